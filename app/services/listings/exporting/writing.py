"""Listings into a file: .xlsx, .csv, or a data package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.messages import Language, messages, tr
from app.services.db import Database
from app.services.errors import InputError
from app.services.listings.exporting.columns import KEYS, FoundColumns
from app.services.listings.exporting.reading import Rows
from app.services.listings.source import ListingSource
from app.services.paging import Query
from app.services.tasks import TaskContext
from app.services.workbooks import OutColumn, OutSheet, write_csv, write_xlsx

KINDS = (".xlsx", ".csv")


class UnknownKind(InputError):
    """The name of the file to write ends in nothing we can write; `known` lists the endings."""

    code = "export.unknown_kind"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How a sheet is written: its columns in their order, and whether a listing is one row or one a variant."""

    columns: tuple[str, ...] = KEYS
    per_listing: bool = False


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written."""

    file: Path
    listings: int
    skus: int


def export_file(
    database: Path,
    path: Path,
    chosen: Sequence[int] | Query,
    options: ExportOptions | None = None,
    language: Language | None = None,
    *,
    ctx: TaskContext,
) -> ExportResult:
    """`export_listings` for the worker process, which opens the database itself; headers in *language*."""
    db, before = Database(database), messages.language
    messages.language = language or before
    try:
        return export_listings(db, path, chosen, options, ctx=ctx)
    finally:
        messages.language = before
        db.dispose()


def export_listings(
    db: Database,
    path: Path,
    chosen: Sequence[int] | Query,
    options: ExportOptions | None = None,
    *,
    ctx: TaskContext | None = None,
) -> ExportResult:
    """Write listings, ids or all of a filter; an existing file is replaced only when the new one is complete.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.unwritable`, `.too_many_rows`.
        TaskCancelled: stopped; no file is left behind.
    """
    kind, options, ctx = path.suffix.lower(), options or ExportOptions(), ctx or TaskContext()
    if kind not in KINDS:
        raise UnknownKind(file=path.name, known=", ".join(KINDS))
    ids = ListingSource(db).ids(chosen, ctx) if isinstance(chosen, Query) else chosen
    with db.read() as session:
        found = FoundColumns.of(session.connection(), ids, options.columns)
        columns = found.columns(options.columns, per_listing=options.per_listing)
        rows = Rows(session, columns, per_listing=options.per_listing)
        heads = [OutColumn(column.header, column.is_text) for column in columns]
        if kind == ".csv":
            write_csv(path, heads, rows.rows(ids), ctx)
        else:
            write_xlsx(path, [OutSheet(tr("export.sheet"), heads, rows.rows(ids))], ctx)
        return ExportResult(path, rows.listings, rows.skus)
