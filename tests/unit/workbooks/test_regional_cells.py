"""Prices by country in a cell: every way of writing them, what is refused and why; what is shown reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages import tr
from app.services.regional_prices import RegionalPrices
from app.services.workbooks.refusals import Refusal
from app.services.workbooks.regional_cells import read_regional


@pytest.mark.parametrize(
    ("cell", "kind", "countries"),
    [
        ("RU -10%", "percentage", {"RU": -10}),
        ("RU −10%\nBR ＋5％".replace("＋", "+"), "percentage", {"BR": 5, "RU": -10}),
        ("RU 5%", "percentage", {"RU": 5}),
        ("俄罗斯 −1.50；巴西 +2", "relative", {"BR": 200, "RU": -150}),
        ("RU: 8.49", "absolute", {"RU": {"": 849}}),
        ("United States 5.00", "absolute", {"US": {"": 500}}),
        ("GB 8", "absolute", {"UK": {"": 800}}),
        ("RU 8.49 AB1*2+CD · 9.49 AB-2", "absolute", {"RU": {"AB-2": 949, "AB1*2+CD": 849}}),
        (" RU -10% ;\r\n\n; RU -10%, ", "percentage", {"RU": -10}),
        ("XQ 5", "absolute", {"XQ": {"": 500}}),  # a code we have not heard of: the checker's to refuse
    ],
)
def test_what_is_written_is_read(cell, kind, countries):
    assert read_regional(cell) == {"type": kind, "countries": countries}


@pytest.mark.parametrize("cell", ["", "  ", ";\n;"])
def test_an_empty_cell_says_nothing(cell):
    assert read_regional(cell) is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("RU -10%; BR 5", "regional_mixed"),
        ("RU -1.50\nBR -10%", "regional_mixed"),
        ("RU -1.5%", "regional_percent"),
        ("Atlantis 5", "regional_country"),
        ("=RU 5", "regional_country"),
        ("RU", "regional_unreadable"),
        ("RU 8,49", "regional_unreadable"),
        ("RU 8.499", "regional_unreadable"),
        ("RU 1e5", "regional_unreadable"),
        ("RU ٨.٤٩", "regional_unreadable"),
        ("RU 9999999999.99", "regional_unreadable"),
        ("-10%", "regional_unreadable"),
        (8.49, "regional_unreadable"),
        ("RU -10%\nRU -20%", "regional_twice"),
        ("RU 8.49 A · 9.49 A", "regional_twice"),
        ("RU 8.49 · 9.49 A", "regional_twice"),
        ("R" * 30_000 + " 5", "regional_unreadable"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_line(cell, code):
    found = read_regional(cell)
    assert isinstance(found, Refusal) and found.code == code
    part = dict(found.params)["part"]
    place = {"row": "2", "column": "C", "header": "P"}
    assert len(part) <= 80 and part in tr(f"cell.{code}", part=part, **place)


COUNTRIES = st.sampled_from(["RU", "BR", "ES", "UK", "US"])
CODES = st.text("ABab09_-*+#", min_size=1, max_size=12)


@given(
    st.dictionaries(COUNTRIES, st.dictionaries(CODES, st.integers(0, 10_000_000), min_size=1, max_size=4), min_size=1),
)
def test_fixed_prices_read_back_whatever_the_codes(prices):
    codes = sorted({code for of in prices.values() for code in of})
    one = RegionalPrices("absolute", prices=prices)
    given_back = read_regional("\n".join(one.lines(codes)))
    assert RegionalPrices.of(given_back).for_codes(codes).stored() == one.stored()


@given(st.sampled_from(["percentage", "relative"]), st.dictionaries(COUNTRIES, st.integers(-9999, 9999), min_size=1))
def test_steps_read_back(kind, steps):
    one = RegionalPrices(kind, steps)
    assert read_regional("\n".join(one.lines())) == one.stored()


def test_a_price_without_codes_is_of_all_variants_and_only_of_those():
    said = read_regional("RU 8.49")
    assert RegionalPrices.of(said).for_codes(["A", "B"]).stored() == {
        "type": "absolute",
        "countries": {"RU": {"A": 849, "B": 849}},
    }
    partly = RegionalPrices("absolute", prices={"RU": {"A": 849, "B": 849}})
    assert partly.lines(["A", "B"]) == ["RU 8.49"]
    assert partly.lines(["A", "B", "C"]) == ["RU 8.49 A · 8.49 B"]
