"""From a file to a `TableRead`: typed and checked as columns, every cell that cannot be used named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from app.services.collection import without_collection
from app.services.company_tables.channel_rows import channel_rows
from app.services.company_tables.columns import column_of, day_in
from app.services.company_tables.floor_rows import floor_rows
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.product_rows import product_rows
from app.services.company_tables.recognising import KnownTable, recognise_table
from app.services.company_tables.records import TableRead
from app.services.company_tables.verdict_rows import verdict_rows
from app.services.tasks import TaskContext
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.sniff import open_workbook
from app.services.workbooks.tables import SheetTable, read_table

_CHUNK = 1 << 20

Fill = Callable[[TableRead, SheetTable, KnownTable], None]
_FILL: dict[TableKind, Fill] = {
    TableKind.PRODUCTS: product_rows,
    TableKind.FLOORS: floor_rows,
    TableKind.FORBIDDEN: verdict_rows,
    TableKind.FEEDBACK: verdict_rows,
    TableKind.CHANNELS: channel_rows,
}


def read_company_table(path: Path, kind: TableKind | None = None, ctx: TaskContext | None = None) -> TableRead:
    """A company table out of any file the workbook layer opens.

    Args:
        kind: what a person says it is; None lets the headers tell.

    Raises:
        TableError: it is none, or which of them stays open, or a header names a currency nobody knows.
        WorkbookError: it cannot be read, or holds no rows.
        TaskCancelled.
    """
    try:
        digest = file_digest(path)
        with open_workbook(path) as opened:
            known = recognise_table(opened, kind)
            with without_collection():
                table = read_table(opened, known.recognition, ctx, column_of)
                read = TableRead(known.kind, path.name, known.recognition.sheet, digest, row_count=len(table.rows))
                read.as_of = next((day for text in known.titles if (day := day_in(text))), "")
                _FILL[known.kind](read, table, known)
    except OSError as error:
        raise WorkbookError("workbook.not_found", file=path.name) from error
    read.errors = sorted(table.errors, key=lambda error: (error.row, len(error.column), error.column))
    read.error_count = table.error_count
    return read


def file_digest(path: Path) -> str:
    """What tells one file from another: 64 hexadecimal characters."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
