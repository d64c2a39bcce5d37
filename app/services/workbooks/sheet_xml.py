"""A sheet as XML, piece by piece. Cells are made column by column and are bytes from the start: joining is all that is
left to do for a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from typing import Any

from app.services.tasks import TaskContext
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.grid import column_letter
from app.services.workbooks.limits import limits
from app.services.workbooks.out_sheets import CutCell, OutSheet, Run, WriteReport
from app.services.workbooks.xlsx_parts import CellBook, sheet_head, sheet_tail

_PIECE_ROWS = 500
"""Rows of one piece: their XML stays in the processor's cache."""
_KEPT = 1000
"""Values of a column whose cells are kept for the rows to come."""


def sheet_xml(sheet: OutSheet, name: str, report: WriteReport, ctx: TaskContext, *, is_first: bool) -> Iterator[bytes]:
    """The pieces of a sheet; *report* and *ctx* are told of rows as they are made.

    Raises:
        WorkbookError: `.too_many_rows`.
        TaskCancelled: between two pieces.
    """
    columns = sheet.columns
    books = [CellBook(is_text=column.is_text, style=sheet.style(column)) for column in columns]
    header = b"".join(CellBook(is_text=True, style=sheet.head_style(column))[column.header] for column in columns)
    head = sheet_head(is_first=is_first, fixed_columns=sheet.fixed_columns, widths=[column.width for column in columns])
    yield b'%b<row r="1">%b' % (head.encode(), header)
    number, most = 1, limits().write_rows
    for runs in _in_pieces(sheet.rows):
        ctx.checkpoint()
        count = sum(len(run.rows) for run in runs)
        if number + count > most:
            raise WorkbookError("workbook.too_many_rows", file=report.path.name, limit=most - 1)
        yield _rows_xml(books, runs, number + 1)
        _note_cuts(report, name, number + 1, runs, books)
        number += count
        report.row_count += count
        ctx.report(report.row_count)
    checks = [column.check for column in columns]
    yield b"</row>" + sheet_tail(number, checks, is_protected=sheet.is_protected).encode()


def _in_pieces(rows: Iterable[Sequence[Any]] | Iterable[Run]) -> Iterator[list[Run]]:
    """Rows or runs by about as many as go into a piece."""
    source = iter(rows)
    for first in source:
        if isinstance(first, Run):
            yield _filled(first, source)
        else:
            yield [Run((), [first, *islice(source, _PIECE_ROWS - 1)])]


def _filled(first: Run, source: Iterator[Any]) -> list[Run]:
    runs, count = [first], len(first.rows)
    while count < _PIECE_ROWS and (run := next(source, None)) is not None:
        runs.append(run)
        count += len(run.rows)
    return runs


def _rows_xml(books: Sequence[CellBook], runs: Sequence[Run], first_row: int) -> bytes:
    """The rows of a piece. Each ends where the next one begins, the header before them as well."""
    width = len(runs[0].head)
    heads = _joined(books[:width], [run.head for run in runs])
    tails = _joined(books[width:], [row for run in runs for row in run.rows])
    starts = [b'</row><row r="%d">' % row for row in range(first_row, first_row + len(tails))]
    shared = chain.from_iterable(repeat(head, len(run.rows)) for head, run in zip(heads, runs, strict=True))
    return b"".join(chain.from_iterable(zip(starts, shared, tails, strict=True)))


def _joined(books: Sequence[CellBook], rows: Sequence[Sequence[Any]]) -> list[bytes]:
    """The cells of *books* for every row, one behind the other."""
    if not rows:
        return []
    if set(map(len, rows)) != {len(books)}:
        raise ValueError("a row has other columns than the sheet")
    if not books:
        return [b""] * len(rows)
    cells = [book.cells(column) for book, column in zip(books, zip(*rows, strict=True), strict=True)]
    return list(map(b"".join, zip(*cells, strict=True)))


def _note_cuts(report: WriteReport, sheet: str, first_row: int, runs: Sequence[Run], books: Sequence[CellBook]) -> None:
    """Say which texts were cut, and let values go that were kept long enough."""
    if any(book.cut for book in books):
        rows = ([*run.head, *row] for run in runs for row in run.rows)
        for number, row in enumerate(rows, start=first_row):
            for position, (value, book) in enumerate(zip(row, books, strict=True)):
                if type(value) is str and value in book.cut:
                    report.cut.append(CutCell(sheet, number, column_letter(position), len(value)))
    for book in books:
        if len(book) > _KEPT or book.cut:
            book.forget()
