"""Company tables for the window. Plain methods touch the disk: call them through the task runner."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.services.company_tables.hits import TableHit
from app.services.company_tables.importing import files_in, looks_like_table
from app.services.company_tables.inbox import list_inbox, old_tables
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.records import InboxRow
from app.services.company_tables.repricing import raise_to_floor
from app.services.history.records import ChangeRecord
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application


class TablesDesk:
    """The inbox: what was received, how old it is, what it hits, and what helps."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def inbox(self) -> list[InboxRow]:
        """The five tables."""
        return list_inbox(self._app.db, self._app.settings.tables_hours)

    def old(self) -> list[InboxRow]:
        """Tables that should have been renewed by now."""
        return old_tables(self._app.db, self._app.settings.tables_hours)

    def import_call(
        self, paths: Sequence[Path], kind: TableKind | None = None, *, may_shrink: bool = False
    ) -> tuple[Any, ...]:
        """The call for the worker process that stores files and folders. Result: `importing.Received`."""
        call = "app.services.company_tables.importing:import_in_worker"
        return call, self._app.db.path, list(paths), kind, may_shrink

    def are_tables(self, paths: Sequence[Path]) -> bool:
        """Whether all dropped files are company tables beyond doubt."""
        files = list(files_in(paths))
        return bool(files) and all(map(looks_like_table, files))

    def counts_call(self) -> tuple[Any, ...]:
        """The call for the worker process that counts listings with an open hit. Result: a count by `TableKind`."""
        return "app.services.company_tables.hits:counts_in_worker", self._app.db.path

    def hits_call(self, kind: TableKind) -> tuple[Any, ...]:
        """The call for the worker process that finds everything a table hits. Result: a list of `TableHit`."""
        return "app.services.company_tables.hits:hits_in_worker", self._app.db.path, kind

    def raise_to_floor(self, hits: Sequence[TableHit], ctx: TaskContext) -> ChangeRecord | None:
        """Give variants the lowest price that keeps their floor."""
        return raise_to_floor(self._app.db, hits, ctx)

    def undo_call(self, uid: str) -> tuple[Any, ...]:
        """The call for the worker process that brings the table before back and checks anew what it judges. Result:
        `UndoResult`. Raises: NewerTable, NotFound."""
        return "app.services.listings.bulk_edit.session:take_back", self._app.db.path, uid, None, None
