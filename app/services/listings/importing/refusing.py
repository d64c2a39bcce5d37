"""Cells that can be read, but must not be stored in this store: refused like those that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping

from app.services.workbooks import CellError, ListingTable, RecognisedColumn
from app.services.workbooks.limits import limits


class Refuser:
    """Notes refused cells in a table that was read. `done` puts them in the sheet's order."""

    def __init__(self, table: ListingTable) -> None:
        self._table = table
        self._before = table.error_count

    def refuse(self, position: int, column: RecognisedColumn, value: str, code: str, params: Mapping[str, str]) -> None:
        """Refuse one cell, and with it its row."""
        table = self._table
        table.error_count += 1
        table.refused.add(position)
        if len(table.cell_errors) < limits().errors_kept:
            recognition, field = table.recognition, column.field or ""
            place = (recognition.file, recognition.sheet, table.rows[position], column.letter, column.header, field)
            table.cell_errors.append(CellError(*place, value[:80], code, dict(params)))

    def done(self) -> None:
        """Errors by row and column again, if any were added."""
        if self._table.error_count != self._before:
            self._table.cell_errors.sort(key=lambda error: (error.row, len(error.column), error.column))
