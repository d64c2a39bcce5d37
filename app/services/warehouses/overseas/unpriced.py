"""A build of which nothing came, because the template's prices lack something: told as what it is, not as done."""

from __future__ import annotations

from collections import Counter

from app.services.errors import InputError
from app.services.warehouses.overseas.building import Build
from app.services.warehouses.overseas.wording import missing_why


class NothingPriced(InputError):
    """None of `n` combinations could be priced: `why` says what most of them lack, and the remedy; `count` of them."""

    code = "overseas.nothing_priced"


def demand_prices(build: Build) -> None:
    """Raises: NothingPriced where prices were asked for, none could be had, and nothing else is to be written."""
    unpriced = build.unpriced()
    if unpriced and not build.changed:
        ((why, subject), count), *_ = Counter((one.why, one.subject) for one in unpriced).most_common(1)
        raise NothingPriced(n=len(unpriced), why=missing_why(why, subject), count=count)
