"""Changing the prices by country of a listing: for some countries, of one type at a time (domain.md 5.5)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.services.compliance.ships_from import ships_from
from app.services.listings.records import ListingRecord
from app.services.regional_prices import ABSOLUTE, PERCENTAGE, RegionalPrices

UNKNOWN, OTHER_TYPE, NO_CODES = "regional_unknown", "regional_type", "regional_codes"
"""Why a listing is refused: what the platform has is not known; it has prices of another type; absolute prices need
codes that tell its variants apart."""


class NotForListing(ValueError):
    """The listing cannot have this: `why` is one of the words above."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def minor_of(kind: str, value: Decimal) -> int:
    """A typed number as it is stored: whole percent, or money in minor units."""
    return int(value) if kind == PERCENTAGE else int(value.scaleb(2))


def with_regional(
    record: ListingRecord, before: dict[str, Any] | None, kind: str, value: int, countries: Collection[str]
) -> dict[str, Any]:
    """The prices by country of *record* with *value* (of *kind*, as stored) for *countries*; the others stay.

    Args:
        before: what stands there, as `RegionalPrices.stored` gives it.

    Raises:
        NotForListing: see its words.
    """
    rest = _known(before).without(countries)
    if rest.kind and rest.kind != kind:
        raise NotForListing(OTHER_TYPE)
    if kind != ABSOLUTE:
        return RegionalPrices(kind, {**rest.steps, **dict.fromkeys(countries, value)}).stored()
    codes = {sku.code for sku in record.skus} - {""}
    if not codes or len(codes) < len(record.skus):
        raise NotForListing(NO_CODES)
    new = {country: dict.fromkeys(codes, value) for country in countries}
    return RegionalPrices(kind, prices={**rest.prices, **new}).stored()


def without_regional(before: dict[str, Any] | None, countries: Collection[str]) -> dict[str, Any]:
    """The prices by country without *countries*, without any where none is named. Raises: NotForListing."""
    prices = _known(before)
    return prices.without(countries or prices.countries).stored()


def _known(before: dict[str, Any] | None) -> RegionalPrices:
    if before is None:
        raise NotForListing(UNKNOWN)
    return RegionalPrices.of(before)


def with_country(record: ListingRecord, prices: RegionalPrices, country: str) -> RegionalPrices:
    """*prices* with one country more, which costs there what it costs everywhere until somebody says otherwise."""
    if country in prices.countries:
        return prices
    if prices.kind != ABSOLUTE:
        return replace(prices, steps={**prices.steps, country: 0})
    own = {sku.code: sku.price_minor for sku in record.skus if sku.code and sku.price_minor is not None}
    return replace(prices, prices={**prices.prices, country: own})


def in_type(record: ListingRecord, prices: RegionalPrices, kind: str) -> RegionalPrices:
    """The same countries with prices of another type: absolute ones are worked out, steps begin at 0."""
    found = RegionalPrices(kind)
    for country in prices.countries:
        found = with_country(record, found, country)
    if kind != ABSOLUTE:
        return found
    worked = {
        country: {
            code: own if (price := prices.price(country, code, own)) is None else price for code, own in of.items()
        }
        for country, of in found.prices.items()
    }
    return replace(found, prices=worked)


def country_codes(text: str) -> tuple[str, ...]:
    """Country codes of what is typed, in order and each once: codes or names, one name or several words. What is no
    country is left as it is, for the caller to refuse."""
    find = ships_from().country
    whole = find(text.strip())
    words = [whole] if whole else re.split(r"[\s,，;；、]+", text.strip())
    return tuple(dict.fromkeys(find(word) or word for word in words))
