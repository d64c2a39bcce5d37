"""Prices by country in both families' forms (protocol reference 5.2).

The offer family has all three types, absolute ones by SKU id. The solution family has absolute prices by merchant code
only: percentages and differences are worked out when they are sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.services.marketplace.aliexpress.encoding import json_text
from app.services.marketplace.aliexpress.mapping.quotes import COUNTRY, DATA, MAP_ENDING, QUOTES, key_before
from app.services.marketplace.aliexpress.mapping.table import rows
from app.services.marketplace.aliexpress.values import embedded, minor_units, price_text, text, whole
from app.services.marketplace.port import SkuContent, SkuProperty
from app.services.regional_prices import ABSOLUTE, KINDS, PERCENTAGE, RegionalPrices

KIND = "configuration_type"
COUNTRY_PRICES = "multi_country_price_configuration"
BY_COUNTRY, BY_SKU, SHIP_TO = "country_price_list", "sku_price_by_country_list", "ship_to_country"
DELETE = "delete"
"""`price_type` that takes all prices by country away."""

Variants = Iterable[tuple[Mapping[str, Any], Iterable[SkuProperty]]]
"""The SKUs of a detail, each with its sale properties."""


def read_regional(record: Mapping[str, Any], variants: Variants) -> RegionalPrices | None:
    """The prices by country of a detail record; None where they are in a form we do not know, or in both families'."""
    quotes, by_code = record.get(QUOTES), record.get(COUNTRY_PRICES)
    if quotes and by_code:
        return None
    currency = text(record.get("currency_code"))
    try:
        if quotes:
            codes = [(key_before(sku, properties), text(sku.get("sku_code"))) for sku, properties in variants]
            return read_quotes(quotes, codes, currency)
        return read_country_prices(by_code, currency) if by_code else RegionalPrices()
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def read_quotes(
    configuration: Mapping[str, Any], codes: Sequence[tuple[str, str]], currency: str
) -> RegionalPrices | None:
    """Prices of the offer family; *codes* are pairs of SKU id and merchant code. None: variants without codes of their
    own, or quotes that differ by variant where they are no prices.

    Raises:
        ValueError, KeyError: a form nobody documented.
    """
    kind, by_id = text(configuration.get(KIND)), dict(codes)
    steps: dict[str, int] = {}
    prices: dict[str, dict[str, int]] = {}
    if kind not in KINDS or (kind == ABSOLUTE and len({*by_id.values()} - {""}) < len(codes)):
        return None
    for row in rows(embedded(configuration.get(DATA))):
        quoted = row.get(f"{kind}{MAP_ENDING}", row.get(kind))
        if kind == ABSOLUTE:
            if not isinstance(quoted, dict):
                return None
            prices[row[COUNTRY]] = {by_id[key]: _price(value, currency) for key, value in quoted.items()}
            continue
        found = {_step(value, kind, currency) for value in (quoted.values() if isinstance(quoted, dict) else [quoted])}
        if len(found) != 1:
            return None
        steps[row[COUNTRY]] = found.pop()
    return RegionalPrices(kind, steps, prices).tidy()


def read_country_prices(configuration: Mapping[str, Any], currency: str) -> RegionalPrices | None:
    """Prices of the solution family, which are absolute. Raises: ValueError, KeyError."""
    if text(configuration.get("price_type")) not in ("", ABSOLUTE):
        return None
    prices = {
        text(country[SHIP_TO]): {
            text(one["sku_code"]): _price(one.get("price"), currency) for one in rows(country.get(BY_SKU))
        }
        for country in rows(configuration.get(BY_COUNTRY))
    }
    return RegionalPrices(ABSOLUTE, prices=prices).tidy()


def write_quotes(prices: RegionalPrices, ids: Mapping[str, str], currency: str) -> dict[str, Any]:
    """The configuration of the offer family, {} for none; *ids*: SKU id by merchant code."""
    if not prices.kind:
        return {}
    if prices.kind == ABSOLUTE:
        found: list[dict[str, Any]] = [
            # the documented example has numbers here; of two digits they come out as they went in
            {
                COUNTRY: country,
                f"{ABSOLUTE}{MAP_ENDING}": {
                    ids[code]: float(price_text(price, currency)) for code, price in prices.prices[country].items()
                },
            }
            for country in prices.countries
        ]
    else:
        is_percent = prices.kind == PERCENTAGE
        found = [
            {COUNTRY: country, prices.kind: str(step) if is_percent else price_text(step, currency)}
            for country, step in prices.steps.items()
        ]
    return {KIND: prices.kind, DATA: json_text(found)}


def worked_out(prices: RegionalPrices, skus: Sequence[SkuContent]) -> RegionalPrices:
    """*prices* as absolute ones of these variants."""
    found = {
        country: {
            sku.code: price for sku in skus if (price := prices.price(country, sku.code, sku.price_minor)) is not None
        }
        for country in prices.countries
    }
    return RegionalPrices(ABSOLUTE, prices=found).tidy()


def write_country_prices(
    prices: RegionalPrices, currency: str, before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The configuration of the solution family; discounts of the *before* it had stay with their price.

    *prices* are absolute; none is written as the order to delete.
    """
    if not prices.kind:
        return {"price_type": DELETE}
    discounts = {
        (text(country.get(SHIP_TO)), text(one.get("sku_code"))): one["discount_price"]
        for country in rows((before or {}).get(BY_COUNTRY))
        for one in rows(country.get(BY_SKU))
        if one.get("discount_price")
    }
    return {
        "price_type": ABSOLUTE,
        BY_COUNTRY: [
            {
                SHIP_TO: country,
                BY_SKU: [
                    {"sku_code": code, "price": price_text(price, currency)}
                    | ({"discount_price": discounts[country, code]} if (country, code) in discounts else {})
                    for code, price in prices.prices[country].items()
                ],
            }
            for country in prices.countries
        ],
    }


def _price(value: Any, currency: str) -> int:
    price = minor_units(value, currency)
    if price is None:
        raise ValueError("a price by country without price")
    return price


def _step(value: Any, kind: str, currency: str) -> int:
    step = whole(value) if kind == PERCENTAGE else minor_units(value, currency)
    if step is None:
        raise ValueError("a price by country without value")
    return step
