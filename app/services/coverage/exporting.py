"""The coverage matrix as a workbook: a row a code, four columns a store; the columns of codes and operators can be
filled in and taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.messages import Messages
from app.services.clock import OFFICE, from_ms
from app.services.coverage.matrix import CoverageMatrix, CoverageRow
from app.services.db import Database
from app.services.paging import Query
from app.services.stores.reading import list_stores
from app.services.tasks import TaskContext
from app.services.upgrade import open_database
from app.services.workbooks import OutColumn, check_kind, write_sheet

AT_ONCE = 1_000


def export_matrix(database: Path, path: Path, asked: Query | Sequence[int], language: str, ctx: TaskContext) -> int:
    """Write the rows of a query, or those with these ids, to an .xlsx or .csv, in the worker process.

    Returns: how many codes.
    Raises:
        UnknownKind: another ending. WorkbookError: `.unwritable`, `.too_many_rows`.
        TaskCancelled: stopped; no file is left behind.
    """
    check_kind(path)
    texts = Messages("zh" if language == "zh" else "en")
    db = open_database(database)
    try:
        matrix = CoverageMatrix(db)
        ids = matrix.ids(asked, ctx) if isinstance(asked, Query) else list(asked)
        stores = [(store.id, store.name) for store in list_stores(db)]
        columns = [OutColumn(texts.text("coverage.column.code"), True), OutColumn(texts.text("coverage.column.member"))]
        for _, name in stores:
            columns += [OutColumn(f"{name} {texts.text(f'coverage.export.{part}')}") for part in _PARTS]
        rows = _rows(db, ids, [number for number, _ in stores], texts, ctx)
        write_sheet(path, texts.text("coverage.sheet"), columns, rows, ctx)
        return len(ids)
    finally:
        db.dispose()


_PARTS = ("price", "stock", "status", "last_sold")


def _rows(
    db: Database, ids: Sequence[int], stores: Sequence[int], texts: Messages, ctx: TaskContext
) -> Iterator[tuple[Any, ...]]:
    matrix = CoverageMatrix(db)
    for start in range(0, len(ids), AT_ONCE):
        ctx.report(start, len(ids))
        chunk = ids[start : start + AT_ONCE]
        found = matrix.rows(list(chunk))
        for number in chunk:
            if number in found:
                yield _row(found[number], stores, texts)


def _row(row: CoverageRow, stores: Sequence[int], texts: Messages) -> tuple[Any, ...]:
    cells: list[Any] = [row.code, row.member]
    for store_id in stores:
        cell = row.stores.get(store_id)
        if cell is None:
            cells += [None] * len(_PARTS)
            continue
        sold = from_ms(cell.last_sold_ms)
        cells += [
            None if cell.price_minor is None else float(Decimal(cell.price_minor) / 100),
            cell.stock,
            texts.text(f"status.listing.{cell.status}"),
            None if sold is None else sold.astimezone(OFFICE).date().isoformat(),
        ]
    return tuple(cells)
