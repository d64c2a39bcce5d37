"""Cells as suppliers and spreadsheets break them, put into otherwise good rows at known places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.samples.columns import Column, Line
from app.samples.xlsx import Cell

TITLE_CHARACTERS = 139
"""Eleven more than a title may have (domain.md 5.1)."""


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """Where a cell was broken: `row` counts data rows from 0, `of` is the column's key, `value` what stands there."""

    row: int
    of: str
    value: str


def _long_title(line: Line) -> str:
    parts = [part for slot in line.product.family.slots for part in slot]
    text = f"{line.product.title} {' '.join(parts)}"[:TITLE_CHARACTERS]
    return f"{text[:-1]}s" if text.endswith(" ") else text


KINDS: Sequence[tuple[str, Callable[[Line], str]]] = (
    ("weight", lambda line: f"0,{line.sku.weight_g:03d}kg?"),
    ("code", lambda line: f"{int(line.sku.barcode[:4]) / 1000:.3f}E+12"),
    ("stock", lambda line: "1.2万"),
    ("title", _long_title),
    ("price", lambda line: "-"),
)
"""What is broken, in turn: the column's key and the broken text."""


def with_broken(
    lines: Iterable[Line], columns: Sequence[Column], rows: int, count: int, found: list[BrokenCell]
) -> Iterator[list[Cell]]:
    """The cells of *lines*, *count* of them broken, spread evenly over *rows*; where and how is added to *found*.

    A title is broken in the first row of a product, where it counts, unless the rows run out.
    """
    places = {column.of: place for place, column in enumerate(columns)}
    for row, line in enumerate(lines):
        cells = [column.cell(line) for column in columns]
        number = len(found)
        if number < count and row >= (2 * number + 1) * rows // (2 * count):
            of, spoil = KINDS[number % len(KINDS)]
            is_last_chance = rows - row <= count - number
            if of != "title" or line.sku is line.product.skus[0] or is_last_chance:
                cells[places[of]] = spoil(line)
                found.append(BrokenCell(row, of, str(cells[places[of]])))
        yield cells
