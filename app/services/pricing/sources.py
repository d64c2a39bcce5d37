"""A number with where it is from, and since when: no price rests on one that cannot say so (domain.md 19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from app.messages import Key
from app.services.clock import OFFICE, now_ms
from app.services.pricing.errors import BadPriceInput, named

TYPED, DEFAULT, FROM_SETTINGS = ":typed", ":default", ":settings"
"""Sources that are no file: entered by hand, the program's own start value, the settings file of older versions."""
UNIT = 10_000
"""Shares and rates have four decimals at most: finer ones whole columns could not be computed with."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a number is from: the name of a file, or one of the sources above; `as_of` is `YYYY-MM-DD`."""

    source: str
    as_of: str

    @property
    def shown(self) -> str | Key:
        """The source as a sentence shows it."""
        return Key(f"pricing.source.{self.source[1:]}") if self.source.startswith(":") else self.source


def today() -> str:
    """The office's day."""
    return datetime.fromtimestamp(now_ms() / 1000, OFFICE).date().isoformat()


def day(text: str) -> str:
    """A day as it is kept, `YYYY-MM-DD`; today where nothing is given.

    Raises:
        BadPriceInput: `pricing.no_day`.
    """
    written = text.strip().replace("/", "-").replace(".", "-")
    if not written:
        return today()
    try:
        year, month, number = (int(part) for part in written.split("-"))
        return date(year, month, number).isoformat()
    except ValueError:
        raise BadPriceInput("pricing.no_day", value=text.strip()) from None


def number(field: str, text: str) -> Decimal:
    """What a person typed, a percentage as a share: `8 %` is 0.08.

    Raises:
        BadPriceInput: `pricing.no_number`.
    """
    written = text.strip().replace("％", "%").replace("，", ",")
    is_percent = written.endswith("%")
    try:
        found = Decimal(written.removesuffix("%").strip())
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite():
        raise BadPriceInput("pricing.no_number", field=named(field), value=text.strip())
    return found / 100 if is_percent else found


def fine(field: str, value: Decimal, least: Decimal, most: Decimal) -> int:
    """*value* in ten thousandths.

    Raises:
        BadPriceInput: out of its range, or `pricing.too_fine` with more than four decimals.
    """
    if not least <= value <= most:
        raise BadPriceInput(
            "pricing.not_between", field=named(field), value=str(value), least=str(least), most=str(most)
        )
    if value * UNIT % 1:
        raise BadPriceInput("pricing.too_fine", field=named(field), value=str(value))
    return int(value * UNIT)
