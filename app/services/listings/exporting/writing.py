"""Listings into a file: .xlsx, .csv, or a data package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.messages import Language, messages, tr
from app.services.db import Database
from app.services.listings.exporting.columns import KEYS, FoundColumns
from app.services.listings.exporting.reading import Rows
from app.services.listings.source import ListingSource
from app.services.paging import Query
from app.services.tasks import TaskContext
from app.services.workbooks import KINDS, OutColumn, check_kind, write_sheet

if TYPE_CHECKING:
    from app.services.packages import PackageReport

PACKAGE = ".zip"
"""Ending of a data package."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How a file is written.

    Attributes:
        columns: of a sheet, in their order.
        per_listing: whether a listing is one row of a sheet, or one a variant.
        separator: between merchant codes in a package, see `write_package`.
    """

    columns: tuple[str, ...] = KEYS
    per_listing: bool = False
    separator: str = ""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written. `package`: what else there is to say of a data package, None for other files."""

    file: Path
    listings: int
    skus: int
    package: PackageReport | None = None


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
    """Write listings, ids or all of a filter, to an .xlsx or .csv, or as a data package to a .zip; an existing file is
    replaced only when the new one is complete.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.unwritable`, `.too_many_rows`.
        TaskCancelled: stopped; no file is left behind.
    """
    options, ctx = options or ExportOptions(), ctx or TaskContext()
    kind = check_kind(path, (*KINDS, PACKAGE))
    ids = ListingSource(db).ids(chosen, ctx) if isinstance(chosen, Query) else chosen
    if kind == PACKAGE:
        from app.services.packages import write_package

        report = write_package(db, path, ids, separator=options.separator, ctx=ctx)
        return ExportResult(path, report.listings, report.skus, report)
    with db.read() as session:
        found = FoundColumns.of(session.connection(), ids, options.columns)
        columns = found.columns(options.columns, per_listing=options.per_listing)
        rows = Rows(session, columns, per_listing=options.per_listing)
        heads = [OutColumn(column.header, column.is_text) for column in columns]
        write_sheet(path, tr("export.sheet"), heads, rows.runs(ids), ctx)
        return ExportResult(path, rows.listings, rows.skus)
