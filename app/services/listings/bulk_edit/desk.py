"""Bulk edits for the window: calls for the worker process, pages of a preview, what can be chosen."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.messages import Language, messages
from app.services.listings.bulk_edit.choosing import EditChoices, category_names, edit_choices
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import VALUE_FIELDS
from app.services.listings.bulk_edit.pictures import content_hash
from app.services.listings.bulk_edit.recipes import Recipes
from app.services.listings.bulk_edit.records import PreviewLine
from app.services.listings.bulk_edit.session import PlanHead
from app.services.listings.bulk_edit.showing import SECTIONS, Section
from app.services.listings.bulk_edit.targets import Target
from app.services.listings.details import Choice, find_categories
from app.services.paging import Query
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application

_SESSION = "app.services.listings.bulk_edit.session"
AT_ONCE = 20_000
SECTION = "section"
"""Field of the preview's filter: `changed`, `same` or `refused`."""


class BulkEditDesk:
    """Calls are (function path, arguments) for the task runner's heavy lane; everything else touches the disk."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self.recipes = Recipes(app.database_path.parent)

    def prepare_call(self, edit: BulkEdit, target: Target) -> tuple[Any, ...]:
        """Work the edit out without asking the checker. Result: `PlanHead`."""
        return f"{_SESSION}:prepare", self._app.database_path, edit, target, False

    def check_call(self, token: str) -> tuple[Any, ...]:
        """Ask the checker about a plan. Result: `PlanHead`, with what it would newly say."""
        return f"{_SESSION}:check", token

    def apply_call(self, token: str) -> tuple[Any, ...]:
        """Store a plan. Result: `Applied`."""
        return f"{_SESSION}:apply", token

    def export_call(self, token: str, out: str, section: Section | None = None) -> tuple[Any, ...]:
        """Write the preview, or a section of it, to a sheet. Result: how many lines."""
        return f"{_SESSION}:export", token, out, messages.language, section

    def discard_call(self, token: str) -> tuple[Any, ...]:
        """Let a plan go."""
        return f"{_SESSION}:discard", token

    def undo_call(
        self, uid: str | None, only: Sequence[int] | None = None, fields: Sequence[str] | None = None
    ) -> tuple[Any, ...]:
        """Take a change back away from the window, the newest one without *uid*. Result: `UndoResult`."""
        return f"{_SESSION}:take_back", self._app.database_path, uid, only, fields, self._app.settings.role

    def redo_call(self) -> tuple[Any, ...]:
        """Take the newest undo back away from the window. Result: `UndoResult`."""
        return f"{_SESSION}:do_again", self._app.database_path, self._app.settings.role

    def return_call(self, moment: datetime) -> tuple[Any, ...]:
        """Take back every change made after *moment* away from the window. Result: `Returned`."""
        return f"{_SESSION}:take_back_since", self._app.database_path, moment, self._app.settings.role

    def choices(self, target: Target, language: Language) -> EditChoices:
        """What the listings may be given."""
        return edit_choices(self._app.db, target, language)

    def find_categories(self, store_id: int, text: str) -> list[tuple[Choice, Choice]]:
        """Leaf categories for a search text."""
        return find_categories(self._app.db, store_id, text)

    def preview_source(self, head: PlanHead, names: Mapping[str, str]) -> PreviewLines:
        """Page source of the preview; *names* of templates, groups and units by id."""
        return PreviewLines(self, head, names)

    def lines(self, token: str, first: int, count: int, names: Mapping[str, str]) -> list[PreviewLine]:
        """Lines by position, ids of values as names. Blocking. Raises: NotFound where the plan is gone."""
        found: list[PreviewLine] = self._app.worker.submit(f"{_SESSION}:page", token, first, count).result()
        ids = {id for line in found if line.field == "category_id" for id in (line.before, line.after)}
        known = {**names, **category_names(self._app.db, ids, messages.language)} if ids else names
        return [_with_names(line, known) if line.field in VALUE_FIELDS else line for line in found]

    @staticmethod
    def picture_hash(path: str) -> str:
        """SHA-256 of a picture file: how a listing's picture is found again. Raises: UnreadableFile."""
        return content_hash(path)


class PreviewLines:
    """Page source over the lines of a plan, one section or all; their order is the plan's own.

    Attributes:
        head: of the plan whose lines are shown; another one may be set before the table asks again.
        names: see `BulkEditDesk.preview_source`.
    """

    def __init__(self, desk: BulkEditDesk, head: PlanHead, names: Mapping[str, str]) -> None:
        self._desk = desk
        self.head, self.names = head, names

    def count(self, query: Query, ctx: TaskContext | None = None) -> int:
        """How many lines the section has."""
        return len(self._range(query))

    def ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """Positions of the section's lines; made piece by piece, so that the window's thread gets its turn."""
        wanted, found = self._range(query), array("q")
        for at in range(0, len(wanted), AT_ONCE):
            found.extend(wanted[at : at + AT_ONCE])
            if ctx is not None:
                ctx.checkpoint()
        return found

    def rows(self, ids: Sequence[int]) -> dict[int, PreviewLine]:
        """The lines at these positions, which stand beside each other."""
        if not ids:
            return {}
        first, last = min(ids), max(ids)
        return {line.id: line for line in self._desk.lines(self.head.token, first, last - first + 1, self.names)}

    def first_page(self, query: Query, limit: int) -> list[PreviewLine]:
        """The first lines."""
        wanted = self._range(query)[:limit]
        return self._desk.lines(self.head.token, wanted.start, len(wanted), self.names) if wanted else []

    def _range(self, query: Query) -> range:
        section: Section | None = next((one.value for one in query.filters if one.field == SECTION), None)
        assert section is None or section in SECTIONS
        return self.head.sections.range(section)


def _with_names(line: PreviewLine, names: Mapping[str, str]) -> PreviewLine:
    before, after = (names.get(value, value) if value else value for value in (line.before, line.after))
    return replace(line, before=before, after=after)
