"""Which columns of a list hold the discontinued codes: beside them stand names, dates, and the codes sold instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from app.services.compliance.rule_data import rule_file
from app.services.workbooks.fields import folded
from app.services.workbooks.grid import column_letter
from app.services.workbooks.header_words import meaning_of

WITHIN = 10
"""A head is looked for in so many rows."""
NO_HEAD = -1
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The columns that are read.

    Attributes:
        places: from 0.
        names: their heads, else their letters; empty where there is no other column.
        head: the row of the heads, `NO_HEAD` without any; above it there are no codes.
    """

    places: tuple[int, ...]
    names: tuple[str, ...] = ()
    head: int = NO_HEAD

    def of(self, cells: Sequence[str]) -> list[str]:
        """What stands in these columns of a row."""
        return [cells[place] for place in self.places if place < len(cells) and cells[place]]


def headed(rows: Rows, share: Callable[[str], float]) -> Chosen | None:
    """The columns whose head names codes; where a head only says which column holds the codes sold instead, the first
    other one with codes. None without such a head. *share*: see `unheaded`."""
    found = [(at, places) for at in range(min(WITHIN, len(rows))) if (places := _named(rows, at))]
    wide = [one for one in found if len(_filled(rows[one[0]])) > 1]  # a title is one cell
    for at, places in (wide or found)[:1]:
        return Chosen(places, _names(rows, places, rows[at]), at)
    if rows and (instead := _instead(rows[0])) and not any(map(share, rows[0])):
        place = _first_with_codes(rows[1:], share, instead)
        return Chosen(place, _names(rows, place, rows[0]), 0)
    return None


def unheaded(rows: Rows, share: Callable[[str], float]) -> Chosen:
    """The only column, or of several the first that holds codes. *share*: how much of a cell is codes, from 0 to 1."""
    filled = sorted({place for cells in rows for place in _filled(cells)})
    places = tuple(filled) if len(filled) == 1 else _first_with_codes(rows, share, set())
    return Chosen(places, _names(rows, places, ()))


def _first_with_codes(rows: Rows, share: Callable[[str], float], left_out: set[int]) -> tuple[int, ...]:
    """A column of nothing but codes comes before names in which something looks like one."""
    width = max(map(len, rows), default=0)
    shares = {
        place: [share(cells[place]) for cells in rows if place < len(cells) and cells[place]]
        for place in range(width)
        if place not in left_out
    }
    tests: tuple[Callable[[list[float]], bool], ...] = (
        lambda found: 2 * found.count(1) >= len(found) > 0,
        lambda found: 1 in found,
        any,
    )
    for test in tests:
        for place, found in shares.items():
            if test(found):
                return (place,)
    return ()


def _named(rows: Rows, at: int) -> tuple[int, ...]:
    """The columns of row *at* whose cell names codes, the plainest names alone; none that names what comes instead,
    itself or in a head above several columns."""
    ranks = {place: rank for place, cell in enumerate(rows[at]) if (rank := _rank(cell)) is not None}
    above = set(_grouped_instead(rows[at - 1], len(rows[at]))) if at else set()
    ranks = {place: rank for place, rank in ranks.items() if place not in above} or ranks
    return tuple(place for place, rank in ranks.items() if rank == min(ranks.values()))


def _grouped_instead(cells: Sequence[str], width: int) -> Iterator[int]:
    """Columns below a head that stands over several of them."""
    label = ""
    for place in range(width if len(_filled(cells)) > 1 else 0):
        label = (cells[place] if place < len(cells) else "") or label
        if len(label) <= len("replacement SKU") and is_instead(label):
            yield place


@cache
def _rank(head: str) -> int | None:
    """How surely a head names the codes meant, 0 the most; None where it names something else."""
    if len(head) > 80 or is_instead(head):
        return None
    rest = _gone_words().sub(" ", _small(head)).strip()
    meaning = meaning_of(rest)
    field = meaning.field if meaning is not None else ""
    is_bare = folded(rest) in rule_file("delist")["bare"]
    if (field == "sku_code" or is_bare) and rest != _small(head).strip():
        return 0
    if field == "sku_code":
        return 1
    return 2 if is_bare or field == "product_key" else None


def is_instead(head: str) -> bool:
    """Whether a head names what is sold instead."""
    text = _small(head)
    for word in rule_file("delist")["not_instead"]:
        text = text.replace(word, " ")
    return _instead_words().search(text) is not None


def _instead(cells: Sequence[str]) -> set[int]:
    return {place for place, cell in enumerate(cells) if cell and len(cell) <= 80 and is_instead(cell)}


def _filled(cells: Sequence[str]) -> list[int]:
    return [place for place, cell in enumerate(cells) if cell]


def _names(rows: Rows, places: Sequence[int], head: Sequence[str]) -> tuple[str, ...]:
    if len({place for cells in rows for place in _filled(cells)}) < 2:
        return ()
    return tuple(" ".join(head[place].split()) if place < len(head) else column_letter(place) for place in places)


def _small(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _gone_words() -> re.Pattern[str]:
    return _words("gone", r"(?![a-z])")


@cache
def _instead_words() -> re.Pattern[str]:
    return _words("instead", "")


def _words(name: str, end: str) -> re.Pattern[str]:
    """Words of Latin letters begin where no other letter stands, and end with *end*."""
    words: list[str] = rule_file("delist")[name]
    return re.compile("|".join(rf"(?<![a-z]){word}{end}" if word.isascii() else word for word in words))
