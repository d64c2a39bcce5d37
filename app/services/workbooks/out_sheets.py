"""What a workbook is written from, and what there is to say of it afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from app.services.workbooks.xlsx_parts import BOLD, HEAD, LOCKED, OPEN, OPEN_HEAD, OPEN_TEXT, TEXT, Check


@dataclass(frozen=True, slots=True)
class OutColumn:
    """A column to write.

    Attributes:
        header: its name.
        is_text: its values are codes or ids that must stay text.
        width: in characters, None for the usual one.
        is_locked: whether the cells of a protected sheet are; of no meaning in any other.
        check: what the spreadsheet watches there.
    """

    header: str
    is_text: bool = False
    width: float | None = None
    is_locked: bool = False
    check: Check | None = None


class Run(NamedTuple):
    """Rows that begin with the same cells: `head`, and behind it each of `rows`. What is shared is made once."""

    head: Sequence[Any]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class OutSheet:
    """A sheet to write; `rows` may be a generator, each row has one value a column, None leaves a cell empty.

    Attributes:
        rows: single rows, or runs of them whose heads are all of one width; not both.
        is_protected: cells of locked columns cannot be typed into; there is no password.
        state: `hidden` (shown again by a menu), `veryHidden` (by no menu) or "".
        fixed_columns: how many stay in view at the left.
    """

    name: str
    columns: Sequence[OutColumn]
    rows: Iterable[Sequence[Any]] | Iterable[Run]
    is_protected: bool = False
    state: str = ""
    fixed_columns: int = 0

    def style(self, column: OutColumn) -> int:
        """The style of a column's cells."""
        if not self.is_protected:
            return TEXT if column.is_text else 0
        return LOCKED if column.is_locked else OPEN_TEXT if column.is_text else OPEN

    def head_style(self, column: OutColumn) -> int:
        """The style of a column's header."""
        if not self.is_protected:
            return BOLD
        return HEAD if column.is_locked else OPEN_HEAD


@dataclass(frozen=True, slots=True)
class CutCell:
    """A text that was longer than a cell can be: where it stands in the written file, and its length before."""

    sheet: str
    row: int
    column: str
    length: int


@dataclass(slots=True)
class WriteReport:
    """What was written: the file, rows of all sheets without headers, and texts that had to be cut."""

    path: Path
    row_count: int = 0
    cut: list[CutCell] = field(default_factory=list)


def single_rows(rows: Iterable[Sequence[Any]] | Iterable[Run]) -> Iterable[Sequence[Any]]:
    """The rows of runs one by one, whole."""
    for row in rows:
        if isinstance(row, Run):
            yield from ([*row.head, *tail] for tail in row.rows)
        else:
            yield row
