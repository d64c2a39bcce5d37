"""Which stored match keys may hold which stock items, so that a discontinued item is found among millions of variants.

A key that is nothing but the stock item needs no note: the index over match keys finds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from sqlalchemy import Connection

from app.services.codes.reading import LONE, Reader

_ITEM = r"[A-WYZ0-9]+(?:-[A-WYZ][A-WYZ0-9]*)*"
_SIMPLE = re.compile(
    rf"{_ITEM}|[A-WYZ0-9]+[-_][A-Z][A-WYZ0-9]*|(?![0-9]+X)(?!.*(?:X|-)[0-9]+\Z)[A-Z0-9]+(?:-[A-Z0-9]+)*"
)
"""A stock item in whose spelling nothing else can be hidden: no quantity before or behind an X, and no number at its
end that may be a warehouse."""
_USUAL = re.compile(rf"({_ITEM})(?:\*[1-9][0-9]{{0,2}}|-[0-9]+)")
"""Such an item with a quantity, or with what may be a warehouse, as nearly all other keys are."""
_WORD = re.compile(r"[A-Z0-9_-]+")
_X = re.compile(r"([0-9]+)X(.+)|(.+)X([0-9]+)")
_NUMBERED = re.compile(r"(.+)-[0-9]+")
_NOTE = "INSERT INTO bundle_item (base, match_key) VALUES (?, ?) ON CONFLICT DO NOTHING"


def note_bundles(connection: Connection, keys: Iterable[str]) -> None:
    """Keep the items of these match keys, which have just been stored."""
    rows = [(base, key) for key in set(keys) if not _SIMPLE.fullmatch(key) for base in items_in(key)]
    if rows:
        connection.exec_driver_sql(_NOTE, sorted(rows))


def items_in(key: str) -> set[str]:
    """What may be a stock item in codes with the match key *key*, itself left out.

    Whether `2XAB1234` is a quantity, `HK#` a store's prefix and `-148` a warehouse is not said by the code alone, so
    all of it is possible here. Of a code that cannot be read, every word is.
    """
    if usual := _USUAL.fullmatch(key):
        return {usual[1]}
    reading = _reader().read(key)
    bases = [one.base for one in reading.components] or _WORD.findall(key)
    return {item for base in bases for item in (base, *_hidden(base))} - {key, ""}


@cache
def _reader() -> Reader:
    """Made at the first code: its rules need the checker's."""
    return Reader()


def _hidden(base: str) -> Iterator[str]:
    if LONE.fullmatch(base) and "X" not in base and "-" not in base:
        return
    inner = base.rpartition("#")[2].partition("@")[0]
    for text in {base, inner}:
        yield text
        if found := _X.fullmatch(text):
            yield found[2] or found[3]
        if found := _NUMBERED.fullmatch(text):
            yield found[1]
