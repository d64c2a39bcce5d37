"""Prices by country, in both families' forms (aliexpress-open-platform.md 5.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson

from app.practice_market.catalogue import rules
from app.practice_market.content.fields import Fields, cents, money
from app.practice_market.content.reading import Record, sku_id
from app.practice_market.refusals import Refusal

COUNTRY = "multi_country_price_configuration"
QUOTES = "aeop_national_quote_configuration"


def check(record: Record) -> None:
    """Refuse prices by country that are not of this product, or too far from its own."""
    if isinstance(record.get(COUNTRY), dict):
        check_countries(record, record[COUNTRY])
    if isinstance(record.get(QUOTES), dict):
        _check_quotes(record, Fields(record[QUOTES], f"{QUOTES}/"))


def check_countries(record: Record, countries: Record) -> None:
    """Absolute prices of known countries and SKUs: at least 70 % of the SKU's, a discount from 10 % to below it."""
    fields, skus = Fields(countries, f"{COUNTRY}/"), record["aeop_ae_product_s_k_us"]
    prices = {sku["sku_code"]: cents(sku["sku_price"]) for sku in skus}
    if fields.has("price_type") and fields.text("price_type") != "absolute":
        raise fields.refuse("price_type", "value", value=fields.text("price_type"))
    for country in fields.objects("country_price_list"):
        if country.text("ship_to_country") not in rules()["priced_countries"]:
            raise country.refuse("ship_to_country", "value", value=country.text("ship_to_country"))
        for item in country.objects("sku_price_by_country_list"):
            _check_country_price(item, prices)


def _check_country_price(item: Fields, prices: dict[str, int]) -> None:
    limits, code = rules()["sku"], item.text("sku_code")
    if code not in prices:
        raise Refusal("sku.code_foreign", code=code)
    price, discounted = money(item, "price"), money(item, "discount_price")
    share = limits["country_price_share_min"]
    if price is None or cents(price) < Decimal(share) * prices[code]:
        raise item.refuse("price", "share", value=price, share=share)
    low = Decimal(limits["country_discount_share_min"]) * cents(price)
    if discounted is not None and not low <= cents(discounted) < cents(price):
        raise item.refuse("price", "discount", discounted=discounted, price=price)


def _check_quotes(record: Record, quotes: Fields) -> None:
    """`[{"shiptoCountry": "RU", "absoluteQuoteMap": {"14:173": 2.0}}]`, keys are SKU ids, "" without properties."""
    kind = quotes.text("configuration_type")
    if kind not in rules()["quotes"]["kinds"]:
        raise quotes.refuse("configuration_type", "value", value=kind)
    known = {"" if sku_id(sku) == "<none>" else sku_id(sku) for sku in record["aeop_ae_product_s_k_us"]}
    for row in _rows(quotes):
        quoted = [value for name, value in row.items() if name.endswith("QuoteMap")] or [row.get(kind)]
        for part in quoted:
            if isinstance(part, dict) and not part.keys() <= known:
                raise Refusal("sku.code_foreign", code=sorted(part.keys() - known)[0])
            for value in part.values() if isinstance(part, dict) else [part]:
                _check_quote(quotes, kind, value)


def _rows(quotes: Fields) -> list[Record]:
    try:
        rows = orjson.loads(quotes.text("configuration_data"))
    except orjson.JSONDecodeError:
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("shiptoCountry") for row in rows):
        raise quotes.refuse("configuration_data", "type", expected="JSONArray of JSONObject")
    return rows


def _check_quote(quotes: Fields, kind: str, value: Any) -> None:
    low, high = rules()["quotes"]["percentage"]
    number = Fields({"value": value}, quotes.at("configuration_data/")).decimal("value")
    if number is None or (kind == "percentage" and not low <= number <= high):
        raise quotes.refuse("configuration_data", "range", value=value, low=low, high=high)
