"""By what codes are compared.

`match_key` tells which goods a code stands for, `variant_key` those goods sent from one country: two variants of one
listing have the same match key where they differ in nothing but their warehouse. Both come from the text alone, so that
a stored key never ages; stock items and virtual codes are looked at where a question needs them (`known`, `items`).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from app.services.codes.formatting import mark_of
from app.services.codes.normal import normalise
from app.services.codes.reading import LONE, Reader

_OWN_KEY = re.compile(rf"(?:{LONE.pattern}|[A-Z0-9]+(?:-[A-Z0-9]+)+)(?:\*(?:[2-9]|[1-9][0-9]{{1,2}}))?")
"""One stock item, with a quantity or without, that names no warehouse: nearly every code of a large catalogue is
written like its key, and need not be taken apart."""


def match_key(code: str) -> str:
    """The key of the goods: components sorted, without dispatch country; of an unreadable code its usual spelling,
    without blanks."""
    return code if _OWN_KEY.fullmatch(code) else _keys(code)[0]


def variant_key(code: str) -> str:
    """As `match_key`, with the warehouse mark unless it is home."""
    return code if _OWN_KEY.fullmatch(code) else _keys(code)[1]


@lru_cache(maxsize=100_000)
def _keys(code: str) -> tuple[str, str]:
    reading = _reader().read(code)
    if reading.error:
        spelling = normalise(code).replace(" ", "")
        return spelling, spelling
    return reading.match_key, reading.match_key + mark_of(reading.ships_from)


@cache
def _reader() -> Reader:
    """Made at the first code: its rules need the checker's, which the window loads after it has painted."""
    return Reader()
