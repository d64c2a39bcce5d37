"""Every report of a build is a sentence in both languages, with its remedy; nothing shows a bare name of a reason."""

from __future__ import annotations

import pytest

from app.messages import messages
from app.services.warehouses.overseas.building import Place
from app.services.warehouses.overseas.listing_margins import _WHY
from app.services.warehouses.overseas.records import ELSEWHERE, Finding, Offer, Severity
from app.services.warehouses.overseas.remedies import Kind
from app.services.warehouses.overseas.wording import (
    country_name,
    finding_sentence,
    missing_text,
    missing_why,
    removed_text,
    unmatched_text,
)

PRICES = ("no_surcharge", "no_formula", "no_home_price", "no_rate", "no_margin", "no_cost", "no_weight", "unknown_item")
FREIGHT = ("no_route", *(f"freight_{one}" for one in ("country", "too_heavy", "too_light", "attribute", "no_tariff")))


@pytest.fixture(params=["zh", "en"])
def language(request, monkeypatch):
    """Each language in turn."""
    monkeypatch.setattr(messages, "language", request.param)
    return request.param


@pytest.mark.parametrize("why", sorted({*PRICES, *FREIGHT, "formula", "price", "excluded", "", *_WHY.values()}))
def test_every_reason_is_a_sentence(language, why):
    text = missing_why(why, "ES")
    assert text.endswith("。" if language == "zh" else ".")
    assert "_" not in text and "overseas." not in text, "a bare name is no reason"


@pytest.mark.parametrize(
    ("why", "code", "zh", "en"),
    [
        ("formula", "formula.division_by_zero", "除以 0", "divides by 0"),
        ("formula", "formula.too_large", "太大", "too large"),
        ("price", "pricing.no_price_reaches", "没有价格能达到", "no price reaches"),
        ("price", "pricing.out_of_range", "超出范围", "out of range"),
    ],
)
def test_why_nothing_can_be_worked_out_is_said_in_words(language, why, code, zh, en):
    text = missing_why(why, code)
    assert {"zh": zh, "en": en}[language] in text
    assert code not in text


def test_countries_are_called_by_name_and_unknown_places_so(language):
    assert country_name("ES") == {"zh": "西班牙", "en": "Spain"}[language]
    assert country_name(ELSEWHERE) == country_name("") == {"zh": "未知国家", "en": "an unknown place"}[language]
    assert ("西班牙" if language == "zh" else "Spain") in missing_why("no_route", "ES")


def test_a_place_is_named_with_code_and_country(language):
    place = Place(7, "Lamp", "AB1-BK", "FR", "no_cost", "AB1")
    france = country_name("FR")
    for text in (missing_text(place), removed_text(place)):
        assert all(part in text for part in ("Lamp", "AB1-BK", france))
    assert "–" in removed_text(place._replace(code=""))
    row = unmatched_text(Offer("XY1", "FR", 100, 1, row=6))
    assert all(part in row for part in ("6", "XY1", france))


def test_an_unreadable_code_says_what_is_wrong_with_it(language):
    text = finding_sentence(Finding("unreadable", Severity.BLOCK, "1E+5", detail="destroyed"))
    assert "1E+5" in text and "destroyed" not in text


@pytest.mark.parametrize("kind", list(Kind))
def test_every_remedy_is_a_button(language, kind):
    assert messages.has(f"overseas.remedy.{kind}")
