"""Up to which value of a parcel's goods a destination's tax is collected at the sale (domain.md 18.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from app.messages import Messages, messages
from app.paths import resources
from app.services.pricing.rates import Rate
from app.services.pricing.rounding import EXACT
from app.services.warehouses.countries import countries


@dataclass(frozen=True, slots=True)
class TaxLimit:
    """A rule of `destination_tax.json`, called `freight.tax.<key>`: the goods of one parcel, without freight and
    insurance, may be worth `limit` units of `currency`."""

    key: str
    limit: Decimal
    currency: str


class TaxVerdict(StrEnum):
    """Whether a parcel keeps the limit; unknown where nobody knows a rate or the price."""

    WITHIN = "within"
    BEYOND = "beyond"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TaxCheck:
    """A parcel against the limit of its destination; `goods` in the limit's currency, None where not known."""

    limit: TaxLimit
    goods: Decimal | None

    @property
    def verdict(self) -> TaxVerdict:
        """A parcel worth exactly the limit keeps it."""
        if self.goods is None:
            return TaxVerdict.UNKNOWN
        return TaxVerdict.BEYOND if self.goods > self.limit.limit else TaxVerdict.WITHIN


def check_parcel(country: str, goods_cny: Decimal | None, rates: Mapping[str, Rate]) -> TaxCheck | None:
    """All goods of one parcel against the destination's limit; None where the country has none.

    Args:
        goods_cny: what the buyer pays for them in CNY, without freight; None where not known.
        rates: CNY for one unit, by currency.
    """
    limit = _limits().get(countries().code(country))
    if limit is None:
        return None
    rate = rates.get(limit.currency)
    goods = None if goods_cny is None or rate is None else EXACT.divide(goods_cny, rate.rate)
    return TaxCheck(limit, goods)


def tax_text(check: TaxCheck, texts: Messages = messages) -> str:
    """What a person should know of it; "" where the limit is kept."""
    name, limit = texts.text(f"freight.tax.{check.limit.key}"), f"{check.limit.currency} {check.limit.limit}"
    if check.verdict == TaxVerdict.BEYOND:
        return texts.text("freight.tax.beyond", name=name, limit=limit)
    if check.verdict == TaxVerdict.UNKNOWN:
        return texts.text("freight.tax.unknown", name=name, currency=check.limit.currency)
    return ""


@cache
def _limits() -> Mapping[str, TaxLimit]:
    """The rule file by country, read once."""
    told: dict[str, Any] = json.loads((resources() / "rules" / "destination_tax.json").read_text("utf-8"))
    return {
        country: TaxLimit(row["key"], Decimal(row["limit"]), row["currency"])
        for row in told["limits"]
        for country in row["countries"]
    }
