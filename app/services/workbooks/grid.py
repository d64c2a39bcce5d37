"""Cells of one sheet as rows, whatever the file's format."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

Cell = str | float | int | bool | datetime.datetime | datetime.date | datetime.time | datetime.timedelta
"""A cell as read: "" is empty (and an Excel error such as #N/A, which readers do not tell apart)."""

Row = Sequence[Cell]
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The area of a sheet that holds something.

    Attributes:
        first_row, first_column: position in the sheet of the first cell that `rows()` yields, counted from 0.
        height: number of rows, None where it is only known at the end (text files).
        merges: merged cells, positions counted from 0 in the sheet; only their first cell has a value.
        is_text: every cell is text as a person or program wrote it (CSV, HTML), no number was typed.
    """

    first_row: int
    first_column: int
    height: int | None
    merges: tuple[Merge, ...]
    is_text: bool
    rows: Callable[[], Iterator[Row]]

    def head(self, count: int) -> list[Row]:
        """The first *count* rows."""
        return list(islice(self.rows(), count))


def column_letter(index: int) -> str:
    """Excel's letters of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int | None:
    """The column, counted from 0, of Excel's letters; None for anything else."""
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        return None
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
