"""The import as it runs in the worker process: prepare a plan, show pages of it, store it.

Plans live in the memory of the worker, named by tokens; the newest few are kept. All functions are called by
import path through `app.services.worker`, or directly by the command line.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import uuid4

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.services.compliance import CheckContext, check, load_context
from app.services.compliance.findings import counts as count_findings
from app.services.compliance.images import refresh_image_facts
from app.services.compliance.loading import learn_images
from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.errors import AppError, NotFound
from app.services.history.records import ChangeRecord
from app.services.listings.importing.applying import apply_plan
from app.services.listings.importing.conversion import to_rows
from app.services.listings.importing.existing import ExistingListings, marker_of
from app.services.listings.importing.fixing import apply_fixes
from app.services.listings.importing.pictures import PictureFinder
from app.services.listings.importing.plan import Comparison
from app.services.listings.importing.preview import (
    FileHead,
    ImportHead,
    ImportRequest,
    ImportResult,
    PreviewColumn,
    PreviewRow,
)
from app.services.listings.importing.records import ImportCounts, ImportPlan
from app.services.listings.importing.showing import RowShower
from app.services.listings.records import ListingRecord
from app.services.tasks import TaskContext
from app.services.upgrade import open_database
from app.services.workbooks import ListingTable, OpenedFile, Recognition, open_workbook, read_listings, recognise

KEPT_PLANS = 2
ERRORS_SENT = 200
IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp")

_plans: OrderedDict[str, PlannedImport] = OrderedDict()
_databases: dict[Path, Database] = {}


@dataclass(slots=True)
class PlannedImport:
    """A plan with what is needed to show its rows and to make it anew."""

    database: Path
    request: ImportRequest
    plan: ImportPlan
    table: ListingTable
    shower: RowShower


def prepare(database: Path, request: ImportRequest, *, ctx: TaskContext) -> ImportHead:
    """Read the sheet, compare it with the store, keep the plan. A file that cannot be read is a head with `problem`.

    Raises:
        TaskCancelled: stopped.
        WorkbookError: none of the files is a sheet of listings.
    """
    db = _database(database)
    sheets, heads, others = _sorted_out(request.paths)
    if not sheets:
        problem = next((head.problem for head in heads if head.problem is not None), None)
        raise problem or AppError("import.no_sheet", file=Path(request.paths[0]).name)
    path = sheets[min(request.file_at, len(sheets) - 1)]
    token = uuid4().hex
    with open_workbook(path) as opened:
        saved = _saved_mapping(db, opened, request)
        recognition = recognise(opened, request.sheet, request.header_row, {**saved, **(request.mapping or {})} or None)
        head = _empty_head(token, request, heads, opened, recognition, has_saved_mapping=bool(saved))
        try:
            planned = _planned(db, database, request, opened, recognition, others, ctx)
        except AppError as error:
            return replace(head, problem=error)
    _plans[token] = planned
    while len(_plans) > KEPT_PLANS:
        _plans.popitem(last=False)
    plan, verdicts = planned.plan, Counter(str(verdict) for verdict in planned.plan.verdicts)
    files = tuple(
        replace(one, row_count=plan.counts.rows, sheet=recognition.sheet) if one.name == path.name else one
        for one in head.files
    )
    return replace(
        head,
        files=files,
        counts=plan.counts,
        verdict_counts=dict(verdicts),
        errors=tuple(plan.errors[:ERRORS_SENT]),
        error_count=planned.table.error_count,
    )


def row_ids(token: str, verdicts: Sequence[str], text: str, *, ctx: TaskContext) -> array[int]:
    """Ids (counted from 1) of the rows with one of *verdicts*, all without any, that contain *text*."""
    return _plan(token).shower.ids(frozenset(verdicts), text)


def rows(token: str, ids: Sequence[int], *, ctx: TaskContext) -> list[PreviewRow]:
    """The rows with these ids."""
    shower = _plan(token).shower
    return [shower.row(number) for number in ids]


def apply(token: str, *, ctx: TaskContext) -> ImportResult:
    """Store the plan; made anew first if the store's listings changed since.

    Raises:
        NotFound: the plan is gone: read the file again.
        TaskCancelled: stopped; nothing was written.
    """
    planned = _plan(token)
    db = _database(planned.database)
    with db.read() as session:
        marker = marker_of(session.connection(), planned.request.store_id)
    if marker != planned.plan.marker:
        head = prepare(planned.database, planned.request, ctx=ctx)
        if head.problem is not None:
            raise head.problem
        planned = _plan(head.token)
    return store(db, planned.plan, planned.table.error_count, ctx)


def store(db: Database, plan: ImportPlan, error_count: int, ctx: TaskContext) -> ImportResult:
    """Apply *plan*, read the pictures it names, check what it touched."""
    change = apply_plan(db, plan, ctx)
    if change is not None:
        _check_touched(db, plan, change)
    return ImportResult(change, plan.counts, tuple(plan.errors[:ERRORS_SENT]), error_count)


def marked(token: str, out: str, language: str, *, ctx: TaskContext) -> str:
    """A copy of the user's own sheet at *out* with the refused cells marked. Returns: its path."""
    from app.messages import Messages
    from app.services.workbooks import marked_copy

    planned = _plan(token)
    path = _sorted_out(planned.request.paths)[0][planned.request.file_at]
    translate = Messages("zh" if language == "zh" else "en").text
    marked_copy(path, planned.plan.errors, Path(out), translate)
    return out


def plan_import(
    db: Database, database: Path, path: Path, store_id: int, ctx: TaskContext, *, others: Sequence[Path] = ()
) -> tuple[ImportPlan, ListingTable]:
    """Read and compare one file without keeping anything: the command line.

    Raises:
        WorkbookError, TaskCancelled.
    """
    request = ImportRequest((str(path),), store_id)
    with open_workbook(path) as opened:
        saved = _saved_mapping(db, opened, request)
        recognition = recognise(opened, mapping=saved or None)
        planned = _planned(db, database, request, opened, recognition, others, ctx)
    return planned.plan, planned.table


# -- making a plan -------------------------------------------------------------------------------------------------


def _planned(
    db: Database,
    database: Path,
    request: ImportRequest,
    opened: OpenedFile,
    recognition: Recognition,
    others: Sequence[Path],
    ctx: TaskContext,
) -> PlannedImport:
    table = read_listings(opened, recognition, ctx)
    apply_fixes(table, request.fixes)
    finder = PictureFinder(opened.path, others, opened.package, database.parent / "images")
    with db.read() as session:
        context = load_context(session, request.store_id)
        sheet = to_rows(table, context, finder)
        _learn(session, context, sheet.images)
        existing = ExistingListings(session.connection(), request.store_id)
        comparison = Comparison(sheet, existing, request.store_id, partial(_counted, context=context))
        comparison.run(ctx)
        marker = marker_of(session.connection(), request.store_id)
    plan = ImportPlan(
        store_id=request.store_id,
        file=opened.path.name,
        sheet=recognition.sheet,
        sha256=_sha256(opened.path),
        new=comparison.new,
        changed=comparison.changed,
        counts=comparison.counts(),
        errors=list(table.cell_errors),
        verdicts=comparison.verdicts,
        changes=comparison.changes,
        marker=marker,
        mapping=dict(recognition.mapping),
    )
    return PlannedImport(database, request, plan, table, RowShower(table, plan))


def _counted(record: ListingRecord, *, context: CheckContext) -> tuple[int, int, int]:
    findings = check(record, context)
    return count_findings(findings) if findings else (0, 0, 0)


def _learn(session: Session, context: CheckContext, images: Sequence[list[str] | None]) -> None:
    sources = {source for listed in images if listed for source in listed}
    if sources:
        learn_images(session, context, sources)


def _check_touched(db: Database, plan: ImportPlan, change: ChangeRecord) -> None:
    """New pictures are read and judged; changed listings are judged anew."""
    with_images = [new.record for new in plan.new if new.record.images]
    sources = {source for record in with_images for source in record.images}
    sources |= {source for changed in plan.changed for source in changed.edit.images or ()}
    if sources:
        refresh_image_facts(db, sources)
    ids = [record.id for record in with_images] + [changed.edit.listing_id for changed in plan.changed]
    if ids:
        recheck(db, ids)


def _sorted_out(paths: Sequence[str]) -> tuple[list[Path], list[FileHead], list[Path]]:
    """Sheets in their order, a head for each of them and the rest, and everything that may hold pictures."""
    sheets: list[Path] = []
    heads: list[FileHead] = []
    others: list[Path] = []
    for text in paths:
        path = Path(text)
        if path.is_dir() or path.suffix.lower() in IMAGE_ENDINGS:
            others.append(path)
            continue
        try:
            with open_workbook(path) as opened:
                kind = "package" if opened.package is not None else "listings"
        except AppError as error:
            heads.append(FileHead(path.name, "unknown", problem=error))
            continue
        sheets.append(path)
        heads.insert(len(sheets) - 1, FileHead(path.name, kind))
    heads += [FileHead(path.name, "images") for path in others]
    return sheets, heads, others


def _empty_head(
    token: str,
    request: ImportRequest,
    heads: Sequence[FileHead],
    opened: OpenedFile,
    recognition: Recognition,
    *,
    has_saved_mapping: bool,
) -> ImportHead:
    return ImportHead(
        token=token,
        store_id=request.store_id,
        files=tuple(heads),
        file=opened.path.name,
        sheets=tuple(info.name for info in opened.sheets),
        sheet=recognition.sheet,
        header_row=recognition.header_row,
        first_row=recognition.first_row,
        columns=tuple(
            PreviewColumn(one.letter, one.header, one.field, one.name, one.unit) for one in recognition.columns
        ),
        missing=recognition.missing,
        counts=ImportCounts(),
        verdict_counts={},
        errors=(),
        error_count=0,
        signature=recognition.signature,
        has_saved_mapping=has_saved_mapping,
    )


# -- saved mappings, databases, plans ------------------------------------------------------------------------------


def save_mapping(db: Database, name: str, signature: str, mapping: Mapping[str, str | None]) -> None:
    """Keep a mapping for sheets with these headers."""
    from app.services.clock import now_ms

    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO sheet_mapping (name, signature, mapping, updated_ms) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (signature) DO UPDATE SET name = excluded.name, mapping = excluded.mapping, "
            "updated_ms = excluded.updated_ms",
            (name, signature, orjson.dumps(dict(mapping)).decode(), now_ms()),
        )


def mapping_of(token: str, *, ctx: TaskContext) -> dict[str, str | None]:
    """The whole mapping a plan was read with."""
    return dict(_plan(token).table.recognition.mapping)


def _saved_mapping(db: Database, opened: OpenedFile, request: ImportRequest) -> dict[str, str | None]:
    if request.mapping:
        return {}
    recognition = recognise(opened, request.sheet, request.header_row)
    with db.read() as session:
        return _stored_mapping(session.connection(), recognition.signature)


def _stored_mapping(connection: Connection, signature: str) -> dict[str, str | None]:
    stored = connection.exec_driver_sql("SELECT mapping FROM sheet_mapping WHERE signature = ?", (signature,)).scalar()
    return {} if stored is None else dict(orjson.loads(stored))


def _database(path: Path) -> Database:
    if path not in _databases:
        _databases[path] = open_database(path)
    return _databases[path]


def _plan(token: str) -> PlannedImport:
    try:
        return _plans[token]
    except KeyError:
        raise NotFound("import.plan_gone", noun="import", name=token) from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
