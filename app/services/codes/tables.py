"""Lists of stock items and virtual codes out of files: text lines, or any sheet (DESIGN.md 7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from app.services.codes.normal import normalise
from app.services.codes.reading import is_virtual_code, read_code
from app.services.codes.records import Component
from app.services.codes.virtual import BadVirtualCode, virtual_line
from app.services.errors import InputError
from app.services.workbooks.cell_text import keep_text
from app.services.workbooks.sniff import open_workbook

MOST_ROWS = 1_000_000


class UnreadableFile(InputError):
    """A file of codes cannot be read; `file` names it."""

    code = "code.unreadable_file"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A row that was left out: its number in the file, what stands there, and why, the name of a sentence."""

    number: int
    text: str
    code: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class CodeTable:
    """What a file holds: stock items, virtual codes, and rows that are neither."""

    items: set[str] = field(default_factory=set)
    virtual: dict[str, tuple[Component, ...]] = field(default_factory=dict)
    bad: list[BadLine] = field(default_factory=list)


def read_code_table(path: Path) -> CodeTable:
    """Known stock items, one a row (its first cell), and virtual codes: `CB000123=AB1234*10` in one cell, or the code
    with its items in the cells beside it, each an item, an item with its quantity, or an item and then a number.

    Raises:
        UnreadableFile, WorkbookError: the file cannot be opened.
    """
    table = CodeTable()
    bundles: dict[str, _Bundle] = {}
    for number, cells in rows_of(path):
        cells = [cell for cell in cells if cell]
        head, sign, rest = cells[0].partition("=")
        name = normalise(head)
        if is_virtual_code(name) and (sign or len(cells) > 1):
            parts = list(_amounts([rest, *cells[1:]] if sign else cells[1:]))
            bundles.setdefault(name, _Bundle()).add(number, parts)
        elif sign:
            table.bad.append(BadLine(number, cells[0][:80], "code.virtual_name", {"name": head.strip()[:40]}))
        else:
            _add_item(table, number, cells[0])
    for name, bundle in bundles.items():
        if bundle.contradiction:
            number, base, other = bundle.contradiction
            told: dict[str, object] = {"name": name, "item": base, "other": other}
            table.bad.append(BadLine(number, name, "code.virtual_twice", told))
            continue
        try:
            table.virtual.update([virtual_line(name, "+".join(bundle.parts))])
        except BadVirtualCode as error:
            table.bad.append(BadLine(bundle.first, name, error.error_code, error.params))
    return table


class _Bundle:
    """What a file says of one virtual code, in one row or one row an item. The same row again says nothing new; an
    item that two rows count is a contradiction, for adding them up would sell more pieces than there are."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.first = 0
        self.contradiction: tuple[int, str, int] | None = None
        self._rows: set[tuple[str, ...]] = set()
        self._counted: dict[str, int] = {}

    def add(self, number: int, parts: list[str]) -> None:
        """Take the items of row *number* in."""
        self.first = self.first or number
        row = tuple(map(normalise, parts))
        if row in self._rows:
            return
        self._rows.add(row)
        self.parts += parts
        bases = {one.base for part in parts for one in read_code(part).components}
        for base in sorted(bases):
            if (other := self._counted.setdefault(base, number)) != number:
                self.contradiction = self.contradiction or (number, base, other)


def _add_item(table: CodeTable, number: int, text: str) -> None:
    name = normalise(text)
    if is_wrong_item(name):
        table.bad.append(BadLine(number, text[:80], "code.no_item", {"value": text.strip()[:80]}))
    elif name:
        table.items.add(name)


def is_wrong_item(name: str) -> bool:
    """Whether a normalised text cannot be a stock item: two words, several items, a quantity. `2XL100` can."""
    reading = read_code(name)
    return bool(reading.error) or [one.base for one in reading.components] != [name]


def _amounts(cells: Sequence[str]) -> Iterator[str]:
    """Items with their quantities: a cell with a bare number counts the item before it."""
    waiting = ""
    for cell in filter(None, (cell.strip() for cell in cells)):
        if waiting and cell.isascii() and cell.isdigit():
            yield f"{waiting}*{cell}"
            waiting = ""
            continue
        if waiting:
            yield waiting
        waiting = cell
    if waiting:
        yield waiting


def rows_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text file or of a file's first sheet that hold something, with their number from 1.

    Raises:
        UnreadableFile, WorkbookError.
    """
    try:
        with open_workbook(path) as book:
            grid = book.grid(book.sheets[0].name)
            if grid is None:
                return
            for number, row in enumerate(islice(grid.rows(), MOST_ROWS), grid.first_row + 1):
                cells = [keep_text(cell) or "" for cell in row]
                if any(cells):
                    yield number, cells
    except OSError as error:
        raise UnreadableFile(file=path.name) from error
