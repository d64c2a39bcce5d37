"""Writing the old Excel format: every cell as what it is, text as text cells (domain.md 6).

xlwt writes what it is given into memory; rows are handed to it in blocks so that only their bytes are kept. What an
.xls cannot hold has to be refused before: `too_long`, `PackageRules.sheet_rows`.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app.services.packages.rules import package_rules
from app.services.tasks import TaskContext
from app.services.workbooks.grid import Cell

_BLOCK_ROWS = 500
_EXACT_INTEGERS = 2**53  # beyond, every spreadsheet rounds
_FIRST_YEAR = 1900
_NAME_CHARS = 31
_FORBIDDEN_IN_NAMES = str.maketrans("[]:*?/\\'", "        ")
_DATE, _MOMENT, _TIME, _SPAN = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss", "[h]:mm:ss"

Rows = Iterable[Sequence[Cell | None]]


def units(text: str) -> int:
    """Length as Excel counts it: UTF-16 units, so an emoji is two."""
    return len(text) if text.isascii() else len(text) + sum(sign > "\uffff" for sign in text)


def too_long(text: str) -> bool:
    """Whether a cell of an .xls cannot hold *text*."""
    most = package_rules().cell_chars
    return len(text) * 2 > most and units(text) > most


def write_xls(path: Path, sheets: Sequence[tuple[str, Rows]], ctx: TaskContext | None = None) -> None:
    """Write a workbook.

    Args:
        path: the file, overwritten.
        sheets: name and rows of each; None and "" leave a cell empty.
        ctx: stops between blocks of rows.

    Raises:
        TaskCancelled: stopped.
        OSError: the file cannot be written.
    """
    import xlwt

    book, ctx, taken = xlwt.Workbook(encoding="utf-8"), ctx or TaskContext(), set[str]()
    pen = _Pen(book)
    with ExitStack() as open_files:
        for name, rows in sheets:
            sheet = book.add_sheet(_sheet_name(name, taken), cell_overwrite_ok=False)
            open_files.callback(_close, sheet)
            _fill(sheet, rows, pen, ctx)
        ctx.checkpoint()
        book.save(str(path))


def _fill(sheet: Any, rows: Rows, pen: _Pen, ctx: TaskContext) -> None:
    for number, cells in enumerate(rows):
        filled = [(column, cell) for column, cell in enumerate(cells) if cell is not None and cell != ""]
        if filled:
            pen.write_row(sheet.row(number), filled)
        if number % _BLOCK_ROWS == _BLOCK_ROWS - 1:
            ctx.checkpoint()
            sheet.flush_row_data()


def _close(sheet: Any) -> None:
    """Blocks of rows that were handed over lie in a file that xlwt never closes."""
    if sheet.row_tempfile is not None:
        sheet.row_tempfile.close()


class _Pen:
    """Writes cells with the format that keeps each what it is."""

    def __init__(self, book: Any) -> None:
        import xlwt
        from xlwt.Cell import StrCell

        def style(number_format: str) -> Any:
            return xlwt.easyxf(num_format_str=number_format)

        self._text, self._plain = style("@"), style("General")
        self._date, self._moment, self._time, self._span = map(style, (_DATE, _MOMENT, _TIME, _SPAN))
        self._text_format, self._shared = book.add_style(self._text), book.add_str
        self._text_cell = StrCell

    def write_row(self, row: Any, filled: Sequence[tuple[int, Cell]]) -> None:
        """Put the cells of a row, one or more, into a row of xlwt.

        xlwt looks up the format and widens the row's and the sheet's bounds for every cell; of texts between the
        first and the last one neither is news, and they are half of the cells or more.
        """
        index, ends = row.get_index(), (filled[0][0], filled[-1][0])
        make, put, shared, text_format = self._text_cell, row.insert_cell, self._shared, self._text_format
        for column, cell in filled:
            if type(cell) is str and column not in ends:
                put(column, make(index, column, text_format, shared(cell)))
            else:
                self.write(row, column, cell)

    def write(self, row: Any, column: int, cell: Cell) -> None:
        """Put *cell* into a row of xlwt."""
        if isinstance(cell, str):
            row.set_cell_text(column, cell, self._text)
        elif isinstance(cell, bool):
            row.set_cell_boolean(column, cell, self._plain)
        elif isinstance(cell, int | float):
            self._number(row, column, cell)
        elif isinstance(cell, datetime.timedelta):
            row.set_cell_number(column, cell / datetime.timedelta(days=1), self._span)
        elif isinstance(cell, datetime.time):
            row.set_cell_date(column, cell, self._time)
        elif cell.year < _FIRST_YEAR:
            row.set_cell_text(column, str(cell), self._text)
        else:
            is_moment = isinstance(cell, datetime.datetime)
            row.set_cell_date(column, cell, self._moment if is_moment else self._date)

    def _number(self, row: Any, column: int, cell: float) -> None:
        if not math.isfinite(cell) or (isinstance(cell, int) and abs(cell) > _EXACT_INTEGERS):
            row.set_cell_text(column, str(cell), self._text)
        else:
            row.set_cell_number(column, cell, self._plain)


def _sheet_name(name: str, taken: set[str]) -> str:
    """*name* as Excel allows it, different from those *taken*, and then one of them."""
    plain = " ".join(name.translate(_FORBIDDEN_IN_NAMES).split())[:_NAME_CHARS] or package_rules().sheet_name
    found, number = plain, 1
    while found.casefold() in taken:
        number += 1
        found = f"{plain[: _NAME_CHARS - 4]} {number}"
    taken.add(found.casefold())
    return found
