"""Where the header of a sheet stands, and what its rows say about each column together.

Three shapes are known: one row; a row of groups (包装尺寸) over a row of parts (长 宽 高); rows that say the same
in two languages or add "required" and units.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from app.services.workbooks.fields import field_book, folded
from app.services.workbooks.grid import Row
from app.services.workbooks.header_words import Meaning, is_mark, meaning_of
from app.services.workbooks.limits import limits

CORE_WEIGHT = 3
_MOST_CHARS = 120
_FEW = 3  # in a row with fewer texts than this every one must belong to a header
_NUMBER = re.compile(r"[^\w(]?\d+(?:[.,]\d+)?")  # a price or stock that a text file holds: a row of data
_SHARE = (3, 5)  # otherwise three of five


@dataclass(frozen=True, slots=True)
class HeaderRows:
    """Positions among the rows looked at, counted from 0: first row of the header, the row of names, last row."""

    top: int
    named: int
    bottom: int


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """What the header rows say about one column: text in one line, and its meaning if known."""

    text: str
    meaning: Meaning | None


def weight(field: str) -> int:
    """How much a recognised field says: core fields mark a products sheet, others occur anywhere."""
    rule = field_book().fields.get(field)
    return CORE_WEIGHT if rule is not None and rule.is_core else 1


def find_header(
    rows: Sequence[Row], named: int | None = None, expected: frozenset[str] = frozenset()
) -> HeaderRows | None:
    """The header among the first rows that hold something, the earliest of equals.

    Where no word is known the row with most texts is taken, so that a person has something to correct.

    Args:
        rows: the top of the sheet.
        named: the row a person pointed at; only what belongs to it is searched then.
        expected: folded headers of a saved mapping, as good as known words.
    """
    if named is None:
        filled = (number for number, row in enumerate(rows) if any(cell != "" for cell in row))
        candidates = list(islice(filled, limits().header_rows))
        if not candidates:
            return None
        scores = {number: _score(rows[number], expected) for number in candidates}
        if not any(scores.values()):
            scores = {number: sum(map(bool, _texts(rows[number]))) for number in candidates}
        named = max(candidates, key=lambda number: (scores[number], -number))
        if not scores[named]:
            return None
    top = named - 1 if named and _names_groups(rows[named - 1], rows[named]) else named
    bottom = named
    while bottom + 1 < len(rows) and _belongs_to_header(rows[bottom], rows[bottom + 1]):
        bottom += 1
    return HeaderRows(top, named, bottom)


def header_cells(rows: Sequence[Row]) -> list[HeaderCell]:
    """Text and meaning of every column, given the rows of the header."""
    width = max(map(len, rows), default=0)
    layers = [texts + [""] * (width - len(texts)) for texts in map(_texts, rows)]
    groups = _groups(layers) if len(layers) > 1 else [""] * width
    cells = []
    for column in range(width):
        own = [layer[column] for layer in layers if layer[column]]
        if groups[column] and own and own[0] == groups[column]:
            own = own[1:]
        own = list(dict.fromkeys(own))
        meaning, group = _together(own, groups[column])
        names = ([group] if group else []) + ([text for text in own if not is_mark(text)] or own)
        cells.append(HeaderCell(" ".join(" ".join(names).split()), meaning))
    return cells


def _texts(row: Row) -> list[str]:
    return [cell.strip() if isinstance(cell, str) and len(cell) <= _MOST_CHARS else "" for cell in row]


def _score(row: Row, expected: frozenset[str]) -> int:
    texts = [text for text in _texts(row) if text]
    found = {(meaning.field, meaning.name, meaning.number) for text in texts if (meaning := meaning_of(text))}
    return sum(weight(field) for field, _, _ in found) + CORE_WEIGHT * len(expected & set(map(folded, texts)))


def _belongs_to_header(header: Row, row: Row) -> bool:
    """Whether the row below a header goes on with it: another language, parts of a group, units, "required"."""
    cells = [cell for cell in row if cell != ""]
    if not cells or not all(isinstance(cell, str) for cell in cells):
        return False
    texts = [text for text in _texts(row) if text]
    if any(_NUMBER.fullmatch(text) for text in texts):
        return False
    known = sum(meaning_of(text) is not None or is_mark(text) for text in texts)
    if known and len(texts) == len(cells) and _stands_below_groups(header, row):
        return True
    if len(texts) < _FEW:
        return bool(texts) and known == len(texts) == len(cells)
    return known * _SHARE[1] >= len(cells) * _SHARE[0]


def _stands_below_groups(header: Row, row: Row) -> bool:
    """Whether the row has texts only below header cells that reach over several columns, two at least."""
    width = max(len(header), len(row))
    layers = [texts + [""] * (width - len(texts)) for texts in (_texts(header), _texts(row))]
    reached = [bool(group) for group in _groups(layers)]
    filled = [bool(text) for text in layers[1]]
    return sum(filled) > 1 and all(group for group, text in zip(reached, filled, strict=True) if text)


def _names_groups(above: Row, header: Row) -> bool:
    """Whether the row above gives columns a meaning that the header row alone leaves without one."""
    if not all(isinstance(cell, str) for cell in above):
        return False
    width = max(len(above), len(header))
    layers = [texts + [""] * (width - len(texts)) for texts in (_texts(above), _texts(header))]
    groups = _groups(layers)
    for group, upper, lower in zip(groups, *layers, strict=True):
        together = meaning_of(group + lower) or meaning_of(f"{group} {lower}") if group and lower else None
        alone = meaning_of(lower)
        if together is not None and (alone is None or (together.unit and not alone.unit)):
            return True
        if not lower and upper and meaning_of(upper) is not None:
            return True
    return False


def _groups(layers: list[list[str]]) -> list[str]:
    """The text of the top row that reaches over several columns with texts of their own, for each column."""
    top, below = layers[0], ["".join(texts) for texts in zip(*layers[1:], strict=True)]
    groups, current = [], ""
    for column, text in enumerate(top):
        if text:
            reaches = column + 1 < len(top) and not top[column + 1] and bool(below[column] and below[column + 1])
            current = text if reaches else ""
        elif not below[column]:
            current = ""
        groups.append(current)
    return groups


def _together(own: list[str], group: str) -> tuple[Meaning | None, str]:
    """One meaning from a column's texts, the lowest first, and the group's text where it took part in it."""
    found = [meaning for text in reversed(own) if (meaning := meaning_of(text)) is not None]
    alone = found[0] if found else None
    if group and own:
        together = meaning_of(group + own[-1]) or meaning_of(f"{group} {own[-1]}")
        if together is not None and (alone is None or (together.unit and not alone.unit)):
            return (alone and replace(alone, unit=together.unit)) or together, group
    joined = meaning_of(" ".join(own)) if len(own) > 1 else None
    if alone is None:
        return joined, ""
    units = [meaning.unit for meaning in (*found, *([joined] if joined else [])) if meaning.unit]
    return replace(alone, unit=units[0]) if units and joined is not None else alone, ""
