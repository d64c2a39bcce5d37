"""Values of a filter as a person types them, as SQL compares them. A value that is none raises ValueError."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from app.services.clock import day_span
from app.services.codes.formatting import spellings_of
from app.services.codes.keys import match_key, variant_key
from app.services.codes.reading import read_code
from app.services.listings.text import like_pattern

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_YES, _NO = ("1", "true", "yes", "是"), ("0", "false", "no", "否")
_BEFORE, _AFTER = "[+(*#]", "[+*()@]"


def _plain(value: Any) -> str:
    return unicodedata.normalize("NFKC", str(value)).strip().casefold()


def _decimal(value: Any) -> Decimal:
    text = _plain(value).replace("−", "-")
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(text)
    return Decimal(text)


def _bound(exact: Decimal) -> int | float:
    """Whole numbers stay whole; between two of them any fraction compares alike."""
    whole = int(exact)
    return whole if whole == exact else float(exact)


def number(value: Any) -> int | float:
    """A number."""
    return _bound(_decimal(value))


def price_minor(value: Any) -> int | float:
    """A price in minor units."""
    return _bound(_decimal(value) * 100)


def micro(value: Any) -> int | float:
    """An amount in millionths."""
    return _bound(_decimal(value) * 10**6)


def share(value: Any) -> int | float:
    """A share in ten thousandths: `0.05` or `5%`."""
    text = _plain(value)
    exact = _decimal(text.removesuffix("%").strip())
    return _bound(exact * (100 if text.endswith("%") else 10_000))


def flag(value: Any) -> int:
    """True or false."""
    text = _plain(value)
    if text not in (*_YES, *_NO):
        raise ValueError(text)
    return int(text in _YES)


def country(value: Any) -> str:
    """A country's code, by code or name; what is none is looked for as it is written, in capitals."""
    from app.services.compliance.ships_from import ships_from  # here: the window needs the fields, not the checker

    return ships_from().country(str(value).strip()) or str(value).strip().upper()


def moments(value: Any) -> tuple[int, int]:
    """From when until when: a day of the office (`2026-11-01`), or one millisecond since the epoch."""
    if isinstance(value, int):
        return value, value + 1
    found = _DAY.fullmatch(_plain(value))
    if found is None:
        raise ValueError(value)
    return day_span(date(*map(int, found.groups())))


def code_patterns(value: Any) -> tuple[str, str, str]:
    """The goods of a code, and LIKE patterns for its spelling: a code with a warehouse mark means just that warehouse
    (GB and UK are one), one without means all of them."""
    code = str(value)
    if variant_key(code) == match_key(code):
        return match_key(code), "%", "%"
    marks = [like_pattern(mark) for mark in spellings_of(read_code(code).ships_from)]
    return match_key(code), marks[0], marks[-1]


def item_patterns(value: Any) -> tuple[str, str, str]:
    """The stock item *value* as codes have it, and GLOB patterns for codes with it in them (domain.md 7.1), a plus put
    before and after.

    `AB1234` is in `AB1234*2+CD5678` and `2*AB1234_CUS`, not in `AB12345`, `AB1234-BK` or `AB1234_R`. A quantity written
    with X (`2XAB1234`) is not seen: whether it is one, only the list of stock items tells.
    """
    key = match_key(str(value))
    if not key:
        raise ValueError(value)
    item = re.sub(r"([*?\[])", r"[\1]", key)
    return key, f"*{_BEFORE}{item}{_AFTER}*", f"*{_BEFORE}{item}_C[A-Z][A-Z]{_AFTER}*"
