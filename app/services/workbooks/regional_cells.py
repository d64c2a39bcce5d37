"""Prices by country in a cell (domain.md 5.5): one line a country, the way of writing tells their type.

`RU −10%` is a percentage, `RU +1.50` more or less than the variant's price, `RU 8.49` a price for every variant,
`RU 8.49 AB1 · 9.49 AB2` one for each merchant code. It is what `RegionalPrices.lines` says, and reads back the same.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from app.services.regional_prices import ABSOLUTE, BETWEEN, EVERY, PERCENTAGE, RELATIVE
from app.services.workbooks.cell_text import read_text
from app.services.workbooks.fields import field_book
from app.services.workbooks.grid import Cell
from app.services.workbooks.refusals import Refusal, shown

_CODE = re.compile(r"[A-Z]{2}")
_LINE = re.compile(r"([^0-9+\-−－]{1,80}?)[\s:：=]*([+\-−－]?[0-9].*)")
_STEP = re.compile(r"([+\-−－])([0-9]{1,9}(?:\.[0-9]{1,2})?)\s*([%％]?)")
_PRICE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,2})?)(?:\s+(\S.*))?")
_PERCENT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,2})?)\s*[%％]")


class _Unreadable(ValueError):
    """Why the cell is refused."""

    def __init__(self, code: str, part: str) -> None:
        super().__init__(code)
        self.refusal = Refusal(code, params=(("part", shown(part)),))


def read_regional(cell: Cell) -> dict[str, Any] | Refusal | None:
    """The cell as a listing keeps it, `EVERY` in place of a code for a price of all its variants; None if empty.

    Whether the platform takes the values is the checker's to say.
    """
    text = read_text(cell)
    if text is None or isinstance(text, Refusal):
        return text
    kinds: dict[str, str] = {}
    countries: dict[str, Any] = {}
    try:
        for line in filter(None, (part.strip(" ,，\t\r") for part in re.split(r"[\n;；]", text))):
            country, kind, value = _read_line(line)
            kinds.setdefault(kind, line)
            if len(kinds) > 1:
                raise _Unreadable("regional_mixed", line)
            if countries.setdefault(country, value) != value:
                raise _Unreadable("regional_twice", line)
    except _Unreadable as error:
        return error.refusal
    return {"type": next(iter(kinds)), "countries": dict(sorted(countries.items()))} if countries else None


def _read_line(line: str) -> tuple[str, str, Any]:
    """Country, type and value of one line. Raises: _Unreadable."""
    from app.services.compliance.ships_from import (
        ships_from,  # here: the checker takes long to load, and few ask for it
    )

    found = _LINE.fullmatch(line)
    if found is None:
        raise _Unreadable("regional_unreadable", line)
    named = found[1].strip()
    country = ships_from().country(named) or (named if _CODE.fullmatch(named) else None)
    if country is None:
        raise _Unreadable("regional_country", named)
    value = found[2].strip()
    if _STEP.fullmatch(value) or _PERCENT.fullmatch(value):
        return (country, *_step(value, line))
    prices: dict[str, int] = {}
    for part in value.split(BETWEEN):
        price = _PRICE.fullmatch(part.strip())
        if price is None:
            raise _Unreadable("regional_unreadable", line)
        minor = _minor(price[1], line)
        if prices.setdefault(price[2] or EVERY, minor) != minor or (EVERY in prices and len(prices) > 1):
            raise _Unreadable("regional_twice", line)
    return country, ABSOLUTE, dict(sorted(prices.items()))


def _step(value: str, line: str) -> tuple[str, int]:
    sign = -1 if value[0] in "-−－" else 1
    number = value.lstrip("+-−－").rstrip("%％ ")
    if value[-1] not in "%％":
        return RELATIVE, sign * _minor(number, line)
    percent = Decimal(number)
    if percent != percent.to_integral_value():
        raise _Unreadable("regional_percent", line)
    return PERCENTAGE, sign * int(percent)


def _minor(number: str, line: str) -> int:
    minor = int(Decimal(number).scaleb(2))
    if minor > field_book().max_price_minor:
        raise _Unreadable("regional_unreadable", line)
    return minor
