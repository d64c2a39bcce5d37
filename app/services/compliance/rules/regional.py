"""Rules about prices by country (domain.md 5.5)."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.amounts import money_text
from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Hit, Label
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord
from app.services.regional_prices import ABSOLUTE, KINDS, PERCENTAGE, RegionalPrices, step_text
from app.services.warehouses.countries import countries

GROUP = RuleGroup(lambda record, context: not record.regional_prices, ("regional_prices", "skus"))


def _label(code: str) -> Label:
    table = countries()
    return Label(table.name(code, "zh"), table.name(code, "en"))


@GROUP.rule("regional.type", "regional_prices")
def regional_type(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A type the platform does not have."""
    kind = RegionalPrices.of(record.regional_prices).kind
    if kind and kind not in KINDS:
        yield Hit({"kind": kind})


@GROUP.rule("regional.country", "regional_prices")
def regional_country(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A code of no country."""
    known = countries().names
    for country in RegionalPrices.of(record.regional_prices).countries:
        if country not in known:
            yield Hit({"country": country})


@GROUP.rule("regional.percentage", "regional_prices")
def regional_percentage(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A percentage outside what the platform takes."""
    prices, limits = RegionalPrices.of(record.regional_prices), context.limits
    low, high = limits.regional_percent_min, limits.regional_percent_max
    for country, step in prices.steps.items() if prices.kind == PERCENTAGE else ():
        if not low <= step <= high:
            shown = {name: step_text(PERCENTAGE, of) for name, of in (("percent", step), ("min", low), ("max", high))}
            yield Hit({"country": _label(country), **shown})


@GROUP.rule("regional.too_low", "regional_prices")
def regional_too_low(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A price by country of nothing, or below half of the variant's own; one for each country tells."""
    prices, share = RegionalPrices.of(record.regional_prices), context.limits.regional_share_min
    for country in prices.countries:
        for place, sku in enumerate(record.skus):
            price = None if sku.price_minor is None else prices.price(country, sku.code, sku.price_minor)
            if price is not None and (price <= 0 or price * 100 < (sku.price_minor or 0) * share):
                least = max(1, -(-(sku.price_minor or 0) * share // 100))
                found = {"code": sku.code or f"#{place + 1}", "price": money_text(price), "min": money_text(least)}
                yield Hit({"country": _label(country), **found, "percent": share})
                break


@GROUP.rule("regional.variant", "regional_prices")
def regional_variant(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """An absolute price of a code that no variant has."""
    prices, codes = RegionalPrices.of(record.regional_prices), {sku.code for sku in record.skus}
    if prices.kind == ABSOLUTE:
        for code in sorted({code for of in prices.prices.values() for code in of} - codes):
            yield Hit({"code": code})
