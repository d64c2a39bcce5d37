"""Prices by country: forms of both families, and forms nobody documented."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.services.marketplace.aliexpress.mapping.feed_listing import write_feed_listing
from app.services.marketplace.aliexpress.mapping.listing import write_listing
from app.services.marketplace.aliexpress.mapping.regional import (
    COUNTRY_PRICES,
    read_regional,
    worked_out,
    write_country_prices,
)
from app.services.marketplace.aliexpress.mapping.solution import write_solution
from app.services.marketplace.port import Refused
from app.services.regional_prices import RegionalPrices
from tests.unit.marketplace.stub import content

QUOTES = "aeop_national_quote_configuration"
VARIANTS = [({"id": "14:193", "sku_code": "A"}, ()), ({"id": "14:29", "sku_code": "B"}, ())]


def quotes(kind: Any, data: Any, **more: Any) -> dict[str, Any]:
    text = data if isinstance(data, str) else json.dumps(data)
    return {QUOTES: {"configuration_type": kind, "configuration_data": text}, **more}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, RegionalPrices()),
        (
            quotes("percentage", [{"shiptoCountry": "RU", "percentage": "-10"}]),
            RegionalPrices("percentage", {"RU": -10}),
        ),
        (
            quotes("percentage", [{"shiptoCountry": "RU", "percentageQuoteMap": {"14:193": 5, "14:29": 5.0}}]),
            RegionalPrices("percentage", {"RU": 5}),
        ),
        (quotes("relative", [{"shiptoCountry": "RU", "relative": -1.5}]), RegionalPrices("relative", {"RU": -150})),
        (
            quotes("absolute", [{"shiptoCountry": "RU", "absoluteQuoteMap": {"14:193": 2.05, "14:29": "3"}}]),
            RegionalPrices("absolute", prices={"RU": {"A": 205, "B": 300}}),
        ),
        (quotes("percentage", "[]"), RegionalPrices()),
    ],
)
def test_documented_forms_are_read(record: dict[str, Any], expected: RegionalPrices) -> None:
    assert read_regional(record, VARIANTS) == expected


@pytest.mark.parametrize(
    "record",
    [
        quotes("percentage", [{"shiptoCountry": "RU", "percentageQuoteMap": {"14:193": 5, "14:29": 6}}]),
        quotes("percentage", [{"shiptoCountry": "RU", "percentage": "2.5"}]),
        quotes("percentage", [{"shiptoCountry": "RU"}]),
        quotes("percentage", [{"percentage": "5"}]),
        quotes("odd", []),
        quotes("absolute", [{"shiptoCountry": "RU", "absoluteQuoteMap": {"14:0": 2}}]),
        quotes("absolute", [{"shiptoCountry": "RU", "absolute": 2}]),
        quotes("absolute", "no json"),
        {QUOTES: "text"},
        {COUNTRY_PRICES: {"price_type": "percentage"}},
        {COUNTRY_PRICES: {"country_price_list": [{"ship_to_country": "RU", "sku_price_by_country_list": [{}]}]}},
        quotes(
            "percentage", [{"shiptoCountry": "RU", "percentage": "5"}], **{COUNTRY_PRICES: {"price_type": "absolute"}}
        ),
    ],
)
def test_any_other_form_is_not_known_so_an_edit_leaves_it(record: dict[str, Any]) -> None:
    assert read_regional(record, VARIANTS) is None


def test_variants_without_codes_of_their_own_have_no_absolute_prices_we_could_keep() -> None:
    record = quotes("absolute", [{"shiptoCountry": "RU", "absoluteQuoteMap": {"14:193": 2}}])
    same = [({**sku, "sku_code": "A"}, parts) for sku, parts in VARIANTS]
    assert read_regional(record, same) is None


def test_the_solution_family_keeps_discounts_of_prices_that_stay() -> None:
    before = write_country_prices(RegionalPrices("absolute", prices={"RU": {"A": 900, "B": 950}}), "USD")
    before["country_price_list"][0]["sku_price_by_country_list"][0]["discount_price"] = "7.00"
    after = write_country_prices(RegionalPrices("absolute", prices={"RU": {"A": 910}, "ES": {"B": 1}}), "USD", before)
    assert after == {
        "price_type": "absolute",
        "country_price_list": [
            {"ship_to_country": "ES", "sku_price_by_country_list": [{"sku_code": "B", "price": "0.01"}]},
            {
                "ship_to_country": "RU",
                "sku_price_by_country_list": [{"sku_code": "A", "price": "9.10", "discount_price": "7.00"}],
            },
        ],
    }
    assert write_country_prices(RegionalPrices(), "USD") == {"price_type": "delete"}


def test_a_new_listing_names_them_only_where_it_has_some() -> None:
    plain, own = content(), replace(content(), regional_prices=RegionalPrices("relative", {"RU": -150}))
    assert QUOTES not in write_listing(plain) and COUNTRY_PRICES not in write_solution(plain)
    assert write_listing(own)[QUOTES] == {
        "configuration_type": "relative",
        "configuration_data": '[{"shiptoCountry":"RU","relative":"-1.50"}]',
    }
    first = write_solution(own)[COUNTRY_PRICES]["country_price_list"][0]["sku_price_by_country_list"][0]
    assert first["price"] == f"{(own.skus[0].price_minor - 150) / 100:.2f}"
    assert worked_out(RegionalPrices(), own.skus) == RegionalPrices()


def test_a_feed_cannot_carry_them() -> None:
    with pytest.raises(Refused) as caught:
        write_feed_listing(replace(content(), regional_prices=RegionalPrices("relative", {"RU": -150})), [])
    assert caught.value.error_code == "marketplace.field_fixed"
