"""The examples of domain.md 18.2, and a trial that says where a parcel is worth too much."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.messages import Messages
from app.services.freight.desk import Asked, FreightDesk
from app.services.freight.quoting import Parcel
from app.services.freight.subjects import TypedPrices
from app.services.freight.tax_limits import TaxVerdict, check_parcel, tax_text
from app.services.freight.trial import said, told
from app.services.pricing.rates import EnteredRate, Rate, enter_rates
from app.services.pricing.sources import Origin
from tests.unit.freight.test_trial import App, named

EN, ZH = Messages("en"), Messages("zh")
RATES = {code: Rate(code, Decimal(rate), Origin("typed", "2026-01-01")) for code, rate in (("EUR", "7.8"), ("GBP", 9))}


def parcel(country, currency, *articles):
    """A parcel of articles at these prices."""
    return check_parcel(country, sum(map(Decimal, articles)) * RATES[currency].rate, RATES)


@pytest.mark.parametrize("country", ["DE", "de", "ES", "FR", "IT", "PL", "NL"])
def test_two_articles_each_inside_are_outside_together(country):
    assert parcel(country, "EUR", 90).verdict == TaxVerdict.WITHIN
    both = parcel(country, "EUR", 90, 90)
    assert (both.goods, both.verdict) == (Decimal(180), TaxVerdict.BEYOND)
    assert tax_text(both, EN) == "above EUR 150 (IOSS)"
    assert tax_text(both, ZH) == "超 EUR 150（IOSS）"


def test_exactly_the_limit_is_inside_and_a_cent_more_is_not():
    for country, currency, limit in (("DE", "EUR", "150"), ("UK", "GBP", "135"), ("GB", "GBP", "135")):
        at, above = parcel(country, currency, limit), parcel(country, currency, limit, "0.01")
        assert (at.verdict, above.verdict) == (TaxVerdict.WITHIN, TaxVerdict.BEYOND)
        assert tax_text(at, EN) == ""


def test_other_countries_have_no_limit_here_and_without_a_rate_nothing_is_known():
    for country in ("US", "RU", "BR", "CH", "NO", "TR"):
        assert check_parcel(country, Decimal(100_000), RATES) is None
    unknown = check_parcel("DE", Decimal(100_000), {})
    assert (unknown.goods, unknown.verdict, tax_text(unknown, EN)) == (None, TaxVerdict.UNKNOWN, "no EUR rate (IOSS)")
    assert check_parcel("DE", None, RATES).verdict == TaxVerdict.UNKNOWN


def test_a_trial_says_it_of_the_whole_parcel(db, goods):
    desk = FreightDesk(App(db))
    prices = TypedPrices(Decimal("90"), Decimal(18))

    def rows(pieces):
        asked = Asked(Parcel(200, pieces), prices=prices, targets=("ES", "US", "JP"))
        return desk.try_freight(named(desk, "Small goods"), asked)

    spain, states, japan = rows(2)
    assert said(spain, EN).endswith("no EUR rate (IOSS)")
    assert (told(states)["tax"], told(japan)["tax"]) == (None, None)
    enter_rates(db, [EnteredRate("7.80", "EUR")])
    (one, *_), (two, *_) = rows(1), rows(2)
    assert (told(one)["tax"]["verdict"], said(one, EN)) == ("within", "Earns")
    assert told(two)["tax"] == {"rule": "ioss", "limit": "150 EUR", "goods": "156.92 EUR", "verdict": "beyond"}
    assert said(two, EN) == "Earns · above EUR 150 (IOSS)"
