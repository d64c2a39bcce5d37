"""Cells the user corrected in the import dialog: read like the sheet's own, the file stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.services.workbooks import OpenedFile
from app.services.workbooks.grid import Grid, Row, column_index

Fixes = Mapping[tuple[int, str], str]
"""(Excel row, column letter) → text in place of what the sheet says."""


class CorrectedFile(OpenedFile):
    """An opened file as if the user's corrections stood in one of its sheets.

    Everything that reads it (required cells, keys that go on downwards, repeated codes, units settled by the whole
    column) judges the corrected text like any other, so a text that cannot be read either is refused in its turn.
    It lives no longer than *opened*, which keeps owning the file.
    """

    def __init__(self, opened: OpenedFile, sheet: str, fixes: Fixes) -> None:
        vars(self).update(vars(opened))  # the same file, sheets and loaded grids; nothing is opened twice
        self._corrected = sheet
        self._texts: dict[int, dict[int, str]] = {}
        for (row, letter), text in fixes.items():
            index = column_index(letter)
            if index is not None:
                self._texts.setdefault(row, {})[index] = text

    def grid(self, sheet: str) -> Grid | None:
        """The cells of *sheet*, the corrected ones in place. Raises: as `OpenedFile.grid`."""
        grid = super().grid(sheet)
        if grid is None or sheet != self._corrected:
            return grid
        return replace(grid, rows=lambda: self._rows(grid))

    def _rows(self, grid: Grid) -> Iterator[Row]:
        for number, row in enumerate(grid.rows(), grid.first_row + 1):
            texts = self._texts.get(number)
            yield row if texts is None else _corrected(row, texts, grid.first_column)


def _corrected(row: Row, texts: Mapping[int, str], first_column: int) -> Row:
    cells = list(row)
    for index, text in texts.items():
        position = index - first_column
        if position >= 0:
            cells.extend([""] * (position + 1 - len(cells)))
            cells[position] = text
    return cells


def corrected(opened: OpenedFile, sheet: str, fixes: Fixes) -> OpenedFile:
    """*opened* with *fixes* in *sheet*; itself where there are none."""
    return CorrectedFile(opened, sheet, fixes) if fixes else opened
