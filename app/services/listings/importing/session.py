"""The import as it runs in the worker process: prepare a plan, show pages of it, store it.

Plans live in the memory of the worker, named by tokens; the newest few are kept. All functions are called by
import path through `app.services.worker`, or directly by the command line.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from app.services.compliance.images import refresh_image_facts
from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.errors import AppError, NotFound
from app.services.listings.importing.applying import apply_plan
from app.services.listings.importing.dropped import Dropped, FileUnreadable, sort_out
from app.services.listings.importing.existing import marker_of
from app.services.listings.importing.heads import ERRORS_SENT, kind_of, planned_head, recognised_head, with_file
from app.services.listings.importing.marking import mark, mark_applied
from app.services.listings.importing.pictures import unpack
from app.services.listings.importing.planning import (
    IMAGES,
    Planned,
    make_plan,
    plan_import,
    recognised,
)
from app.services.listings.importing.preview import (
    FileHead,
    ImportHead,
    ImportRequest,
    ImportResult,
    PreviewRow,
)
from app.services.listings.importing.records import ImportPlan
from app.services.listings.importing.repeats import repeated
from app.services.listings.importing.showing import RowShower
from app.services.tasks import TaskContext
from app.services.upgrade import open_database
from app.services.workbooks import OpenedFile, Recognition, SheetKind, open_workbook, recognise

__all__ = ["plan_import", "store"]  # the command line finds both here

KEPT_PLANS = 3
KEPT_ROWS = 50_000
"""Rows of plans that are kept while another one is made; a large sheet takes hundreds of megabytes."""
LISTING_KINDS = frozenset({SheetKind.LISTINGS, SheetKind.PACKAGE, SheetKind.OVERSEAS})

_plans: OrderedDict[str, PlannedImport] = OrderedDict()
_databases: dict[Path, Database] = {}
_drops: dict[str, str] = {}
"""The drop of which a file was stored last, and the change that made."""


@dataclass(slots=True)
class PlannedImport:
    """A plan with what is needed to show its rows and to make it anew."""

    database: Path
    request: ImportRequest
    planned: Planned
    shower: RowShower

    @property
    def plan(self) -> ImportPlan:
        """What would be stored."""
        return self.planned.plan


# -- reading -------------------------------------------------------------------------------------------------------


def prepare(database: Path, request: ImportRequest, *, ctx: TaskContext) -> ImportHead:
    """Read the sheet in view, compare it with the store, keep the plan. What cannot be read is a head with `problem`.

    Raises:
        TaskCancelled: stopped.
    """
    ctx.report(0, None, note="import.opening")
    dropped = sort_out(request.paths)
    heads = {str(path): FileHead(str(path), path.name, "sheet") for path in dropped.sheets}
    heads |= {str(path): FileHead(str(path), path.name, "images") for path in dropped.pictures}
    named = [*dict.fromkeys(request.paths), *heads]  # and what was found in folders
    head = ImportHead(uuid4().hex, request.store_id, tuple(heads[path] for path in dict.fromkeys(named)))
    if not dropped.sheets:
        return replace(head, problem=AppError("import.no_sheet", file=Path(request.paths[0]).name))
    _make_room()
    wanted = request.path is not None and request.path in heads
    candidates = [Path(request.path)] if wanted and request.path else list(dropped.sheets)
    return _Reading(_database(database), database, request, dropped, ctx).read(head, candidates)


class _Reading:
    """One call of `prepare`: goes through the candidates until one of them holds listings."""

    def __init__(
        self, db: Database, database: Path, request: ImportRequest, dropped: Dropped, ctx: TaskContext
    ) -> None:
        self._db, self._database, self._request = db, database, request
        self._dropped, self._ctx = dropped, ctx

    def read(self, head: ImportHead, candidates: Sequence[Path]) -> ImportHead:
        """The head of the first candidate that holds listings; of the first one at all where none does."""
        others: list[ImportHead] = []
        for path in candidates:
            self._ctx.checkpoint()
            try:
                with _opened(path) as opened:
                    recognition, has_saved = self._recognised(opened)
                    found = recognised_head(head, path, opened, recognition, has_saved_mapping=has_saved)
                    if recognition.kind in LISTING_KINDS or len(candidates) == 1:
                        return self._planned(found, path, opened, recognition)
            except AppError as error:
                found = replace(with_file(head, path, problem=error), path=str(path), file=path.name, problem=error)
            others.append(found)
            head = replace(head, files=found.files)
        readable = next((found for found in others if found.problem is None), None)
        if readable is None:
            return replace(others[0], files=head.files)
        return self.read(head, [Path(readable.path)])

    def _recognised(self, opened: OpenedFile) -> tuple[Recognition, bool]:
        request = self._request
        return recognised(self._db, opened, request.sheet, request.header_row, request.mapping)

    def _planned(self, head: ImportHead, path: Path, opened: OpenedFile, recognition: Recognition) -> ImportHead:
        request = replace(self._request, path=str(path))
        try:
            planned = make_plan(
                self._db,
                opened,
                recognition,
                request.store_id,
                self._database.parent / IMAGES,
                self._ctx,
                others=self._dropped.pictures,
                fixes=request.fixes,
                is_preview=True,
                makes_groups=request.makes_groups,
                language=request.language,
            )
        except AppError as error:
            return replace(head, problem=error)
        shower = RowShower(planned.table, planned.plan, planned.sheet.images, planned.names)
        _keep(head.token, PlannedImport(self._database, request, planned, shower))
        return replace(planned_head(head, path, planned, shower), makes_groups=request.makes_groups)


def survey(paths: Sequence[str], *, ctx: TaskContext) -> list[FileHead]:
    """What further dropped sheets seem to be, without reading their rows.

    Raises:
        TaskCancelled: stopped between two files.
    """
    heads = []
    for path in map(Path, paths):
        ctx.checkpoint()
        head = FileHead(str(path), path.name, "sheet")
        try:
            with _opened(path) as opened:
                found = recognise(opened)
                heads.append(replace(head, kind=kind_of(opened, found), sheet=found.sheet))
        except AppError as error:
            heads.append(replace(head, kind="unknown", problem=error))
    return heads


def row_ids(token: str, verdicts: Sequence[str], text: str, *, ctx: TaskContext) -> array[int]:
    """Ids (counted from 1) of the rows with one of *verdicts*, all without any, that contain *text*."""
    return _plan(token).shower.ids(frozenset(verdicts), text)


def rows(token: str, ids: Sequence[int], *, ctx: TaskContext) -> list[PreviewRow]:
    """The rows with these ids."""
    shower = _plan(token).shower
    return [shower.row(number) for number in ids]


# -- storing -------------------------------------------------------------------------------------------------------


def apply(token: str, *, ctx: TaskContext) -> ImportResult:
    """Store the plan; made anew first if the store's listings changed since.

    Raises:
        NotFound: the plan is gone: read the file again.
        AppError: the file cannot be read any more.
        TaskCancelled: stopped; nothing was written.
    """
    kept = _plan(token)
    db = _database(kept.database)
    with db.read() as session:
        marker = marker_of(session.connection(), kept.request.store_id)
    if marker != kept.plan.marker:
        head = prepare(kept.database, kept.request, ctx=ctx)
        if head.problem is not None:
            raise head.problem
        _plans[token] = kept = _plans.pop(head.token)
    plan = kept.plan
    packed = kept.planned.packed
    unpack([packed[source] for source in _pictures_of(plan) if source in packed], ctx)
    drop = kept.request.drop
    result = store(db, plan, kept.planned.table.error_count, ctx, continues=_drops.get(drop))
    if result.change is not None:
        _drops.clear()
        if drop:
            _drops[drop] = result.change.uid
        del _plans[token]  # done with: a large sheet takes hundreds of megabytes
    return result


def store(
    db: Database, plan: ImportPlan, error_count: int, ctx: TaskContext, *, continues: str | None = None
) -> ImportResult:
    """Read the pictures *plan* names, check its new listings, store it, check what it changed.

    Args:
        continues: see `apply_plan`.

    Raises:
        TaskCancelled: stopped; nothing was written but what is known about pictures.
    """
    pictures = refresh_image_facts(db, _pictures_of(plan), ctx)
    change = apply_plan(db, plan, pictures, ctx, continues=continues)
    again = [changed.edit.listing_id for changed in plan.changed]
    again += repeated(db, plan.store_id, plan.new) if change is not None else []
    if again:
        recheck(db, again)
    return ImportResult(change, plan.counts, tuple(plan.errors[:ERRORS_SENT]), error_count)


def marked(token: str, out: str, language: str, *, ctx: TaskContext) -> str:
    """A copy of the user's own sheet at *out* with the refused cells marked and the corrected ones corrected.

    Returns: its path. Raises: WorkbookError, NotFound, TaskCancelled.
    """
    kept = _plan(token)
    recognition = kept.planned.table.recognition
    path = Path(kept.request.path or kept.request.paths[0])
    mark(path, kept.plan.errors, Path(out), language, ctx, recognition=recognition, fixes=kept.request.fixes)
    return out


def export_errors(database: Path, change_uid: str, path: str, out: str, language: str, *, ctx: TaskContext) -> str:
    """The refused cells of an import that was applied, marked in the sheet it came from.

    Returns: *out*. Raises: as `mark_applied`.
    """
    mark_applied(_database(database), change_uid, Path(path), Path(out), language, ctx)
    return out


def recheck_store(database: Path, store_id: int, *, ctx: TaskContext) -> None:
    """Check every listing of a store anew.

    Raises: TaskCancelled.
    """
    recheck(_database(database), None, ctx, store_id=store_id)


def _pictures_of(plan: ImportPlan) -> list[str]:
    """Every picture the plan would store, of listings and of variants."""
    edits = [changed.edit for changed in plan.changed]
    found = {source for new in plan.new for source in new.record.images}
    found.update(source for edit in edits for source in edit.images or ())
    lists = {id(sku.properties): sku.properties for new in plan.new for sku in new.record.skus}
    lists |= {id(sku.properties): sku.properties for edit in edits for sku in edit.new_skus}
    changed = [values.get("properties", []) for edit in edits for values in edit.skus.values()]
    found.update(part.get("image", "") for properties in (*lists.values(), *changed) for part in properties)
    return sorted(found - {""})


# -- files, plans and databases of this process --------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[OpenedFile]:
    """`open_workbook`, with what the operating system refuses told like any other problem.

    Raises: WorkbookError, FileUnreadable.
    """
    try:
        opened = open_workbook(path)
    except OSError as error:
        raise FileUnreadable(file=path.name, why=error.strerror or type(error).__name__) from error
    with opened:
        yield opened


def _keep(token: str, kept: PlannedImport) -> None:
    _plans[token] = kept
    while len(_plans) > KEPT_PLANS:
        _plans.popitem(last=False)


def _make_room() -> None:
    """Let go of large plans before another one is made; whoever still looks at one asks for it again."""
    while sum(kept.plan.counts.rows for kept in _plans.values()) > KEPT_ROWS:
        _plans.popitem(last=False)


def _plan(token: str) -> PlannedImport:
    try:
        return _plans[token]
    except KeyError:
        raise NotFound("import.plan_gone", noun="import", name=token) from None


def _database(path: Path) -> Database:
    if path not in _databases:
        _databases[path] = open_database(path)
    return _databases[path]
