"""Cells the user corrected in the import dialog: read like the sheet's own, the file stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

from app.services.workbooks import CellError, ListingTable
from app.services.workbooks.columns import column_for
from app.services.workbooks.fields import field_book


def apply_fixes(table: ListingTable, fixes: Mapping[tuple[int, str], str]) -> None:
    """Put each (Excel row, column letter) → text in the place of a refused cell. A text that cannot be read either
    leaves the refusal standing, with what was typed."""
    if not fixes:
        return
    positions = {row: at for at, row in enumerate(table.rows)}
    columns = {column.letter: column for column in table.recognition.columns}
    for (row, letter), text in fixes.items():
        position, source = positions.get(row), columns.get(letter)
        if position is None or source is None or source.field is None:
            continue
        column = column_for(source)
        column.add((text,))
        column.finish()
        old = [error for error in table.cell_errors if (error.row, error.column) == (row, letter)]
        table.cell_errors[:] = [error for error in table.cell_errors if (error.row, error.column) != (row, letter)]
        table.error_count -= len(old)
        if column.refusals:
            verdict = column.refusals[0][2]
            table.cell_errors.append(
                CellError(
                    table.recognition.file,
                    table.recognition.sheet,
                    row,
                    letter,
                    source.header,
                    source.field,
                    text,
                    verdict.code,
                    dict(verdict.params),
                    verdict.fix,
                )
            )
            table.error_count += 1
            continue
        _put(table, position, source.field, source.name, column.values[0])
        if not any(error.row == row for error in table.cell_errors):
            table.refused.discard(position)
    table.cell_errors.sort(key=lambda error: (error.row, len(error.column), error.column))


def _put(table: ListingTable, position: int, field: str, name: str, value: object) -> None:
    if field == "property":
        table.properties[name][position] = None if value is None else str(value)
        return
    if field == "attribute":
        table.attributes[name][position] = None if value is None else str(value)
        return
    stored = field_book().fields[field].stores
    if stored in table.fields:
        table.fields[stored][position] = value
    if field in ("product_key", "title") and table.grouped_by == field and value is not None:
        table.group_keys[position] = str(value)
        table.groups_cache.clear()
