"""Rules about prices by country (domain.md 5.5)."""

from __future__ import annotations

from typing import Any

import pytest

from app.messages import Messages
from app.services.compliance.findings import finding_text
from app.services.regional_prices import RegionalPrices
from tests.unit.compliance.examples import findings, only, sku


def told(kind: str, own: int = 999, **countries: Any) -> list[str]:
    prices = RegionalPrices(kind, prices=countries) if kind == "absolute" else RegionalPrices(kind, steps=countries)
    found = findings(skus=[sku("LM1", price_minor=own)], regional_prices=prices.stored())
    assert all(one.field == "regional_prices" and one.severity == "block" for one in found)
    return [one.code for one in found]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("percentage", -30, []),
        ("percentage", -10, []),
        ("percentage", 5, []),
        ("percentage", 100, []),
        ("percentage", -31, ["regional.percentage"]),
        ("percentage", 101, ["regional.percentage"]),
        ("relative", -150, []),
        ("relative", -499, []),
        ("relative", -500, ["regional.too_low"]),
        ("relative", -999, ["regional.too_low"]),
        ("relative", -5000, ["regional.too_low"]),
        ("absolute", {"LM1": 500}, []),
        ("absolute", {"LM1": 499}, ["regional.too_low"]),
        ("absolute", {"LM1": 0}, ["regional.too_low"]),
        ("absolute", {"LM1": 99_999}, []),
        ("absolute", {"LM2": 899}, ["regional.variant"]),
    ],
)
def test_ranges(kind: str, value: Any, expected: list[str]) -> None:
    assert told(kind, RU=value) == expected


def test_the_sentence_names_the_range() -> None:
    found = only(regional_prices={"type": "percentage", "countries": {"RU": -31}})
    assert finding_text(found, Messages("en")) == "The price for Russia is −31%, not −30% to +100%."


def test_half_of_9_99_is_5_00() -> None:
    prices = {"type": "absolute", "countries": {"RU": {"LM1": 499}}}
    found = only(skus=[sku("LM1", price_minor=999)], regional_prices=prices)
    assert finding_text(found, Messages("en")) == (
        "LM1 costs 4.99 in Russia: at least 50 % of the variant's price is needed, that is 5.00."
    )
    assert "俄罗斯" in finding_text(found, Messages("zh")) and "5.00" in finding_text(found, Messages("zh"))


def test_each_country_tells_once_and_unknown_ones_are_named() -> None:
    cheap = {"type": "relative", "countries": {"ES": -900, "RU": -900}}
    two = [sku("LM1", price_minor=999), sku("LM2", price_minor=999)]
    found = [one for one in findings(skus=two, regional_prices=cheap) if one.code.startswith("regional")]
    assert [one.code for one in found] == ["regional.too_low"] * 2
    assert told("percentage", XX=5) == ["regional.country"]


def test_a_type_nobody_has_is_refused_and_none_is_fine() -> None:
    assert "regional.type" in [one.code for one in findings(regional_prices={"type": "odd", "countries": {"RU": 1}})]
    assert findings(regional_prices=None) == findings(regional_prices={}) == []
