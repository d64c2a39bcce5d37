"""The rectangle that the values of an .xlsx sheet span, measured element by element."""

from __future__ import annotations

import string

from app.services.workbooks.limits import limits
from app.services.workbooks.zip_guard import SafeZip

_VALUE_ELEMENTS = frozenset({"v", "is"})


class AreaMeter:
    """Handlers for expat. Follows rows and cells as calamine does, implicit positions included.

    Only cells with a value count: a million blank rows with a border are no reason to refuse forty products.

    Raises:
        WorkbookError: `.too_large` as soon as the rectangle exceeds `Limits.cells`, `.cell_too_large`, `.damaged`
            for a reference outside Excel's grid.
    """

    def __init__(self, archive: SafeZip) -> None:
        self._zip = archive
        self._row = self._column = 0
        self._cell: tuple[int, int] | None = None
        self._top = self._left = limits().rows
        self._bottom = self._right = -1
        self._characters = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A start tag."""
        local = name.rsplit(":", 1)[-1]
        if local == "c":
            if "r" in attributes:
                self._cell = self._position(attributes["r"])
                self._column = self._cell[1]
            else:
                self._cell = (self._row, self._column)
            self._characters = 0
        elif local == "row":
            if "r" in attributes:
                self._row = self._row_number(attributes["r"]) - 1
        elif local in _VALUE_ELEMENTS and self._cell is not None:
            self._grow(*self._cell)

    def end(self, name: str) -> None:
        """An end tag."""
        local = name.rsplit(":", 1)[-1]
        if local == "c":
            self._column, self._cell = self._column + 1, None
        elif local == "row":
            self._row, self._column = self._row + 1, 0

    def text(self, data: str) -> None:
        """Character data."""
        self._characters += len(data)
        if self._cell is not None and self._characters > limits().cell_chars:
            raise self._zip.error("cell_too_large", limit=limits().cell_chars)

    def _row_number(self, reference: str) -> int:
        digits = reference.lstrip(string.ascii_letters)
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 7 and 0 < int(digits) <= limits().rows):
            raise self._zip.error("damaged")
        return int(digits)

    def _position(self, reference: str) -> tuple[int, int]:
        row, column = self._row_number(reference), 0
        letters = reference.rstrip(string.digits)
        if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
            raise self._zip.error("damaged")
        for letter in letters.upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        return row - 1, column - 1

    def _grow(self, row: int, column: int) -> None:
        self._top, self._bottom = min(self._top, row), max(self._bottom, row)
        self._left, self._right = min(self._left, column), max(self._right, column)
        area = (self._bottom - self._top + 1) * (self._right - self._left + 1)
        if area > limits().cells:
            raise self._zip.error("too_large", found=area, limit=limits().cells)
