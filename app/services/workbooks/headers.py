"""The meaning of a sheet's columns: found by its header, corrected by a person, kept as a `Recognition`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.fields import SheetKind, field_book, folded
from app.services.workbooks.grid import Cell, Grid, Row, column_index, column_letter
from app.services.workbooks.header_rows import HeaderRows, find_header, header_cells, weight
from app.services.workbooks.header_words import property_name
from app.services.workbooks.limits import limits
from app.services.workbooks.recognition import RecognisedColumn, Recognition, signature_of
from app.services.workbooks.sniff import OpenedFile

_SPELLED = re.compile(r"^(?P<field>[a-z_]+)(?::(?P<name>[^#\[]+))?(?:#(?P<number>\d+))?(?:\[(?P<unit>[A-Za-z]+)\])?$")
_SIDE = r"\d+(?:[.,]\d+)?\D{0,4}"
_DIMENSIONS = re.compile(rf"^\s*{_SIDE}[x×*＊X✕]\D{{0,4}}{_SIDE}[x×*＊X✕]\D{{0,4}}\d")
_ENOUGH = 12  # a sheet with four core fields is what was meant; further sheets are not opened for it
_LETTERS = 1  # a mapping's key this short is a column letter rather than a header
_CODE_FIELDS = frozenset({"sku_code", "product_key", "product_id", "price_info"})
_PRICE_FIELDS = frozenset({"price", "price_info"})
_NAMED_FIELDS = frozenset({"property", "attribute"})


def recognise(
    opened: OpenedFile,
    sheet: str | None = None,
    header_row: int | None = None,
    mapping: Mapping[str, str | None] | None = None,
) -> Recognition:
    """The meaning of *sheet*, or of the visible sheet that means most.

    Args:
        opened: the file.
        sheet: name of a sheet, hidden ones too; None chooses.
        header_row: Excel's number of the row with the column names, 0 for a sheet that has none; None searches the
            first thirty rows.
        mapping: header text or column letter → meaning as in `Recognition.mapping`; None takes a meaning away.

    Raises:
        WorkbookError: `.empty` when no sheet holds anything, `.no_sheet`, `.no_meaning` for a mapping that is none,
            and what the reader finds wrong.
    """
    if sheet is not None:
        found = _of_sheet(opened, sheet, header_row, mapping or {})
        if found is None:
            raise WorkbookError("workbook.empty", file=opened.name)
        return found
    best: Recognition | None = None
    names = [info.name for info in opened.sheets if info.is_visible] or [info.name for info in opened.sheets]
    for name in names[: limits().sheets_looked_at]:
        found = _of_sheet(opened, name, header_row, mapping or {})
        if found is None or (best is not None and _score(found) <= _score(best)):
            opened.forget(name)
            continue
        if best is not None:
            opened.forget(best.sheet)
        best = found
        if _score(best) >= _ENOUGH:
            break
    if best is None:
        raise WorkbookError("workbook.empty", file=opened.name)
    return best


def _score(recognition: Recognition) -> int:
    return sum(weight(field) for field in {column.field for column in recognition.columns} if field)


def _of_sheet(
    opened: OpenedFile, sheet: str, header_row: int | None, mapping: Mapping[str, str | None]
) -> Recognition | None:
    """The meaning of one sheet, None when it is empty."""
    grid = opened.grid(sheet)
    if grid is None:
        return None
    pointed = max(header_row - 1 - grid.first_row, 0) if header_row else None
    rows = grid.head(limits().header_rows + limits().sample_rows + (pointed or 0))
    if not any(cell != "" for row in rows for cell in row):
        return None
    header = None
    if header_row != 0:
        expected = frozenset(key for key in map(folded, mapping) if len(key) > _LETTERS)
        header = find_header(rows, None if pointed is None else min(pointed, len(rows) - 1), expected)
    columns = _mapped(_columns(grid, rows, header), mapping, opened.name)
    known = {column.field for column in columns if column.field}
    missing = (("sku_code",) if not known & _CODE_FIELDS else ()) + (("price",) if not known & _PRICE_FIELDS else ())
    return Recognition(
        file=opened.name,
        sheet=sheet,
        kind=next((kind for kind, needed in field_book().kinds if needed <= known), SheetKind.UNKNOWN),
        header_row=grid.first_row + header.named + 1 if header else 0,
        first_row=grid.first_row + (header.bottom + 2 if header else 1),
        columns=tuple(columns),
        missing=missing,
        signature=signature_of([column.header for column in columns]),
    )


def _columns(grid: Grid, rows: Sequence[Row], header: HeaderRows | None) -> list[RecognisedColumn]:
    """All columns of the area; of two with one meaning the better named keeps it."""
    width = max(map(len, rows), default=0)
    cells = header_cells(rows[header.top : header.bottom + 1]) if header else []
    columns: list[RecognisedColumn] = []
    ranks: list[int] = []
    for position in range(width):
        index = grid.first_column + position
        cell = cells[position] if position < len(cells) else None
        column = RecognisedColumn(index, column_letter(index), cell.text if cell else "")
        meaning = cell.meaning if cell else None
        if meaning is not None and header is not None:
            below = [row[position] for row in rows[header.bottom + 1 :] if position < len(row)]
            field, name = _decided(meaning.field, meaning.name, below)
            column = replace(column, field=field, name=name, unit=meaning.unit, number=meaning.number)
        columns.append(column)
        ranks.append(meaning.rank if meaning else 0)
    return _without_rivals(columns, ranks)


def _decided(field: str, name: str, cells: Sequence[Cell]) -> tuple[str, str]:
    """ "Size" is the package's where most cells read 24x24x38, the buyer's otherwise."""
    if field != "size?":
        return field, name
    filled = [str(cell) for cell in cells if cell != ""]
    measured = sum(_DIMENSIONS.match(text) is not None for text in filled)
    return ("package_size", "") if measured * 2 > len(filled) else ("property", "size")


def _is_many(field: str | None) -> bool:
    rule = field_book().fields.get(field or "")
    return rule is not None and rule.is_many


def _unused(column: RecognisedColumn) -> RecognisedColumn:
    return replace(column, field=None, name="", unit="", number=0)


def _without_rivals(columns: list[RecognisedColumn], ranks: list[int]) -> list[RecognisedColumn]:
    """Every meaning once, except where several columns may carry it (images 1 to 6)."""
    best: dict[tuple[str | None, str], int] = {}
    for position, column in enumerate(columns):
        key = (column.field, column.name)
        if key not in best or ranks[position] < ranks[best[key]]:
            best[key] = position
    return [
        column if _is_many(column.field) or best[column.field, column.name] == position else _unused(column)
        for position, column in enumerate(columns)
    ]


def _mapped(columns: list[RecognisedColumn], mapping: Mapping[str, str | None], file: str) -> list[RecognisedColumn]:
    """Columns with a person's corrections; a meaning given to one column is taken from another."""
    by_header = {folded(column.header): column for column in reversed(columns) if folded(column.header)}
    by_index = {column.index: column for column in columns}
    chosen: dict[int, RecognisedColumn] = {}
    for key, meaning in mapping.items():
        index = column_index(key)
        column = by_header.get(folded(key)) or (by_index.get(index) if index is not None else None)
        if column is not None:
            chosen[column.index] = _as_meant(column, meaning, file)
    taken = {(column.field, column.name) for column in chosen.values() if not _is_many(column.field)}
    return [
        chosen.get(column.index) or (_unused(column) if (column.field, column.name) in taken else column)
        for column in columns
    ]


def _as_meant(column: RecognisedColumn, meaning: str | None, file: str) -> RecognisedColumn:
    """*column* with a meaning as `Recognition.mapping` spells it."""
    if meaning is None:
        return _unused(column)
    parts = _SPELLED.match(meaning)
    if parts is None or (parts["field"] not in field_book().fields and parts["field"] not in _NAMED_FIELDS):
        raise WorkbookError("workbook.no_meaning", file=file, meaning=meaning[:100])
    field, name = parts["field"], (parts["name"] or "").strip()
    if field == "property":
        name = property_name(name or column.header)
    elif field == "attribute":
        name = name or column.header
    unit = parts["unit"] or (column.unit if column.field == field else "")
    return replace(column, field=field, name=name, unit=unit, number=int(parts["number"] or 0))
