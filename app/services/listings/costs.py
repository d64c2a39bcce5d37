"""The cost a sheet says: its cost column stays with the listing under the sheet's own header. Unknown is None, never 0.

It counts where the stock items behind a code say none (`services/pricing/goods.py`).
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import orjson

from app.services.workbooks.header_words import meaning_of

COST = "cost"


def told_cost(extra: str | None) -> object:
    """What stands in the cost column of `listing_body.extra`: a text for all variants, a list of one for each row of
    the sheet, None where there is no such column."""
    for header, told in orjson.loads(extra or "{}").items():
        if _is_cost(header):
            return told
    return None


def cost_micro(told: object, place: int | None = None) -> int | None:
    """The cost of a variant in millionths of a CNY, out of what `told_cost` found.

    Args:
        place: the variant's place among the rows of its sheet; without one the cost must be the same for all.
    """
    if isinstance(told, list):
        told = told[place] if place is not None and place < len(told) else None
    return _micro(told)


def _is_cost(header: str) -> bool:
    """Whether a header stands above costs in CNY; those in another currency are not guessed at."""
    found = meaning_of(header)
    return found is not None and found.field == COST and found.unit in ("", "CNY")


def _micro(told: object) -> int | None:
    try:
        number = Decimal(str(told))
    except InvalidOperation:
        return None
    return int(number * 10**6) or None if number.is_finite() and 0 < number <= 10**7 else None
