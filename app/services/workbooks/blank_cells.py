"""Required cells that came out empty although the sheet shows something there: an Excel error, or a formula.

Readers give "" for both; the person sees `#N/A` or `=B2*2` and must be told about that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import islice

from app.services.workbooks.books import FileFormat
from app.services.workbooks.cell_text import EXCEL_ERRORS, narrow
from app.services.workbooks.grid import column_index
from app.services.workbooks.refusals import CellError, shown
from app.services.workbooks.sniff import OpenedFile
from app.services.workbooks.tables import SheetTable
from app.services.workbooks.xlsx_cells import CellFacts, Place, XlsxCells

_MISSING = frozenset({"code_missing", "price_missing", "title_missing"})
_WITH_FACTS = frozenset({FileFormat.XLSX, FileFormat.XLSM})


def name_blanks(table: SheetTable, source: OpenedFile) -> None:
    """Say in the refusals of empty cells what the sheet shows there."""
    places = {place for error in table.errors if (place := _place(error)) is not None}
    if not places:
        return
    sheet = table.recognition.sheet
    texts = _error_texts(source, sheet, places)
    facts = XlsxCells(source.content, source.name, sheet).facts(places) if source.format in _WITH_FACTS else {}
    table.errors[:] = [_named(error, texts, facts) for error in table.errors]


def _place(error: CellError) -> Place | None:
    column = column_index(error.column) if error.code in _MISSING else None
    return None if column is None else (error.row - 1, column)


def _error_texts(source: OpenedFile, sheet: str, places: Collection[Place]) -> dict[Place, str]:
    """Cells that hold the name of an error as text, as those of a text file do."""
    grid = source.grid(sheet)
    if grid is None:
        return {}
    columns: dict[int, list[int]] = {}
    for row, column in places:
        columns.setdefault(row, []).append(column)
    found = {}
    rows = islice(grid.rows(), max(columns) - grid.first_row + 1)
    for number, cells in enumerate(rows, grid.first_row):
        for column in columns.get(number, ()):
            position = column - grid.first_column
            cell = cells[position] if 0 <= position < len(cells) else ""
            if isinstance(cell, str) and narrow(cell) in EXCEL_ERRORS:
                found[number, column] = narrow(cell)
    return found


def _named(error: CellError, texts: dict[Place, str], facts: dict[Place, CellFacts]) -> CellError:
    place = _place(error)
    if place is None:
        return error
    known = facts.get(place)
    value = texts.get(place) or (known.error if known is not None else "")
    if value:
        return replace(error, code="error_value", value=value)
    if known is not None and known.is_uncalculated:
        return replace(error, code="not_calculated", value=shown(f"={known.formula or '…'}"))
    return error
