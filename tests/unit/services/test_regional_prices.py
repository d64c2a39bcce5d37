"""Prices by country: the worked examples of domain.md 5.5, how they are kept, and how they are read."""

from __future__ import annotations

import pytest

from app.services.regional_prices import RegionalPrices, step_text

RU = "RU"


@pytest.mark.parametrize(
    ("kind", "step", "price"),
    [
        ("percentage", -30, 699),
        ("percentage", -10, 899),
        ("percentage", 5, 1049),
        ("percentage", 100, 1998),
        ("relative", -150, 849),
    ],
)
def test_the_examples_on_9_99(kind: str, step: int, price: int) -> None:
    assert RegionalPrices(kind, {RU: step}).price(RU, "AB1", 999) == price
    assert RegionalPrices(kind, {RU: step}).price("ES", "AB1", 999) is None


def test_an_absolute_price_is_of_one_variant_and_country() -> None:
    prices = RegionalPrices("absolute", prices={RU: {"AB1": 849}})
    assert (prices.price(RU, "AB1", 999), prices.price(RU, "AB2", 999), prices.price("ES", "AB1", 999)) == (
        849,
        None,
        None,
    )


def test_half_a_cent_is_rounded_up() -> None:
    assert RegionalPrices("percentage", {RU: -10}).price(RU, "", 5) == 5
    assert RegionalPrices("percentage", {RU: -30}).price(RU, "", 5) == 4


def test_what_is_kept_is_in_one_order_and_comes_back() -> None:
    one = RegionalPrices("percentage", {RU: -10, "ES": 5})
    other = RegionalPrices("percentage", {"ES": 5, RU: -10})
    assert list(one.stored()["countries"]) == ["ES", RU]
    assert str(one.stored()) == str(other.stored()) and RegionalPrices.of(one.stored()) == one
    absolute = RegionalPrices("absolute", prices={RU: {"B": 2, "A": 1}, "ES": {}})
    assert absolute.stored() == {"type": "absolute", "countries": {RU: {"A": 1, "B": 2}}}
    assert RegionalPrices.of(None) == RegionalPrices.of({}) == RegionalPrices()
    assert RegionalPrices("absolute", prices={RU: {}}).tidy() == RegionalPrices()


def test_prices_follow_the_codes_of_their_variants() -> None:
    prices = RegionalPrices("absolute", prices={RU: {"A": 1, "B": 2}, "ES": {"B": 3}})
    assert prices.with_codes({"A": "A2"}, {"A2"}).stored() == {"type": "absolute", "countries": {RU: {"A2": 1}}}


def test_they_are_read_a_country_a_line() -> None:
    assert RegionalPrices("percentage", {RU: -10, "ES": 5}).lines() == ["ES +5%", "RU −10%"]
    assert RegionalPrices("relative", {RU: -150}).lines() == ["RU −1.50"]
    same = {RU: {"A": 849, "B": 849}, "ES": {"A": 849, "B": 949}}
    assert RegionalPrices("absolute", prices=same).lines() == ["ES 8.49 A · 9.49 B", "RU 8.49"]
    assert RegionalPrices().lines() == []
    assert step_text("relative", 5) == "+0.05"
