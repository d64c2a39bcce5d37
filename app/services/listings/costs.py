"""What a formula knows besides the listing: cost, exchange rate, freight. Unknown is None, never 0.

The cost is the cost column of the sheet a listing came from, which stays with it under the sheet's own header; the
rate is a setting (domain.md 20). Freight is not known yet.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import orjson

from app.services.workbooks.header_words import meaning_of

COST = "cost"


def cost_minor(extra: str | None, place: int | None = None) -> int | None:
    """The cost of a variant in hundredths of a CNY, out of `listing.extra`.

    Args:
        place: the variant's place among the rows of its sheet; without one the cost must be the same for all.
    """
    for header, told in orjson.loads(extra or "{}").items():
        if _is_cost(header):
            if isinstance(told, list):
                told = told[place] if place is not None and place < len(told) else None
            return _minor(told)
    return None


def rate_micro(rate: str) -> int | None:
    """CNY for 1 USD in millionths, None where nobody entered it."""
    return int(Decimal(rate) * 10**6) if rate else None


def _is_cost(header: str) -> bool:
    """Whether a header stands above costs in CNY; those in another currency are not guessed at."""
    found = meaning_of(header)
    return found is not None and found.field == COST and found.unit in ("", "CNY")


def _minor(told: object) -> int | None:
    try:
        number = Decimal(str(told))
    except InvalidOperation:
        return None
    return int(number * 100) if number.is_finite() and 0 <= number <= 10**7 else None
