"""Comparisons of the price guard, exact to the cent; domain.md 10.4 P1 and P3, 10.5, 10.6, 14.3."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.listings.marketing.plans import NO_PLAN, DiscountPlan, plan_of
from app.services.price_guard.judging import floor_in, imprint_of, is_released, reach_of, reason_key, reasons_of
from app.services.price_guard.records import Floor, ListingFacts, Release, SkuFigures, Unknown
from app.services.price_guard.settings import GuardSettings, Meaning
from app.services.pricing.profit import Offer, profit_of
from app.services.pricing.terms import Costs, Rates
from tests.unit.compliance.examples import listing, sku

FAR = Decimal("0.2")
P3 = SkuFigures(
    Costs(Decimal(24), Decimal("16.5384"), Decimal("1.20")),
    Rates(Decimal("6.80"), Decimal("0.08"), Decimal("0.05"), Decimal("0.02"), Decimal("0.01")),
)
STACK = plan_of(Decimal("0.5"), {"spend_off": "2", "store_coupon": "1"}, has_affiliate=True)


def found(facts: ListingFacts, settings: GuardSettings | None = None, price: int = 2000, **changes):
    record = listing(skus=[sku(price_minor=price)], **changes)
    reasons = reasons_of(record, facts, settings or GuardSettings(), FAR)
    return [(one.code.removeprefix("guard."), dict(one.params)) for one in reasons]


def codes(*asked, **named):
    return [code for code, _ in found(*asked, **named)]


def test_stacked_discounts_that_make_a_loss_are_held_and_the_price_that_survives_is_not():
    facts = ListingFacts(plan=STACK, figures=[P3])
    [(code, told)] = found(facts)
    assert (code, told["price"], told["least"]) == ("break_even", "7.00", "7.31")
    assert codes(facts, price=2060) == ["break_even"]
    assert codes(facts, price=2061) == []  # sells at 10.31, as 20.62 does
    assert codes(ListingFacts(plan=replace(STACK, reductions=()), figures=[P3])) == []


def test_a_margin_is_asked_for_only_above_break_even():
    margin = GuardSettings(min_margin_bp=2000)
    facts = ListingFacts(figures=[P3])
    assert codes(facts, margin, price=730) == ["break_even"]
    [(code, told)] = found(facts, margin, price=950)
    assert (code, told["least"], told["percent"]) == ("margin", "9.60", "20")
    assert codes(facts, margin, price=960) == []
    assert codes(facts, GuardSettings(min_margin_bp=9000), price=960) == ["margin"]


@pytest.mark.parametrize(("meaning", "least"), [(Meaning.LIST, 1000), (Meaning.SALE, 2000), (Meaning.REACH, 2600)])
def test_a_floor_is_about_the_price_that_is_set(meaning, least):
    facts = ListingFacts(plan=STACK, floors=[Floor(1000, "USD")])
    assert codes(facts, GuardSettings(meaning=meaning), price=least) == []
    assert codes(facts, GuardSettings(meaning=meaning), price=least - 2) == ["floor"]
    assert codes(facts, GuardSettings(meaning=meaning, floors=False), price=1) == []


def test_a_floor_in_another_currency_is_converted_up_and_an_unknown_rate_is_named():
    assert floor_in("USD", Floor(6801, "CNY"), {"USD": Decimal("6.8")}) == Decimal("10.01")
    assert floor_in("CNY", Floor(1000, "USD"), {"USD": Decimal("6.8")}) == Decimal("68.00")
    assert floor_in("EUR", Floor(1000, "EUR"), {}) == Decimal(10)
    [(code, told)] = found(ListingFacts(floors=[Floor(6801, "CNY")]))
    assert (code, told["what"], told["detail"]) == ("unknown", Unknown.RATE, "USD")


def test_what_is_unknown_is_named_and_never_taken_for_nothing():
    figures = SkuFigures(None, None, (Unknown.COST, Unknown.ROUTE), "AB1234, US")
    assert [told["what"] for _, told in found(ListingFacts(figures=[figures]))] == [Unknown.COST, Unknown.ROUTE]
    assert codes(ListingFacts(figures=[SkuFigures(None, P3.rates)])) == ["unknown"]
    assert codes(ListingFacts(figures=None)) == []


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (1300, []),
        (1301, ["change_warn"]),
        (1600, ["change_warn"]),
        (1601, ["change"]),
        (700, []),
        (699, ["change_warn"]),
        (399, ["change"]),
    ],
)
def test_jumps_against_what_the_marketplace_has(price, expected):
    facts = ListingFacts(remote={"LM4402-BK": 1000})
    assert codes(facts, price=price) == expected
    assert codes(facts, GuardSettings(changes=False), price=price) == []
    assert codes(ListingFacts(remote={"OTHER": 1000}), price=price) == []


def test_a_price_for_one_country_is_held_by_itself():
    facts = ListingFacts(floors=[Floor(1900, "USD")])
    cheap = {"type": "percentage", "countries": {"RU": -10, "US": 5}}
    [(code, told)] = found(facts, regional_prices=cheap)
    assert (code, told["country"], told["price"]) == ("floor", "RU", "18.00")
    exact = {"type": "absolute", "countries": {"BR": {"LM4402-BK": 1850}}}
    assert [told["country"] for _, told in found(facts, regional_prices=exact)] == ["BR"]


def test_a_plan_in_dollars_takes_off_other_currencies_or_is_named():
    facts = ListingFacts(plan=STACK, floors=[Floor(5000, "CNY")], rates={"USD": Decimal("6.8")})
    [(code, told)] = found(facts, price=13000, currency="CNY")
    assert (code, told["price"]) == ("floor", "44.60")  # 65.00 − 3 × 6.80
    [(code, told)] = found(facts, currency="EUR")
    assert (code, told["detail"]) == ("unknown", "EUR")
    tiny = plan_of(Decimal(0), {"spend_off": "0.05/0.06"}, has_affiliate=False)  # 0.02 off from 0.01 on, once rounded
    rates = {"USD": Decimal("6.8"), "KWD": Decimal(22)}
    facts = ListingFacts(plan=tiny, floors=[Floor(100, "KWD")], rates=rates)
    [(code, told)] = found(facts, price=100, currency="KWD")
    assert (code, told["price"]) == ("floor", "0.98"), "a reduction counts, whatever rounding makes of its threshold"


def test_a_release_holds_for_the_prices_the_plan_and_the_reasons_it_was_said_of():
    record = listing(skus=[sku(price_minor=700), sku("LM4402-WH", price_minor=800)])
    facts = ListingFacts(floors=[Floor(1000, "USD"), None])
    [reason] = reasons_of(record, facts, GuardSettings(), FAR)
    seen = frozenset({reason_key(record, reason)})
    released = replace(facts, release=Release(imprint_of(record, NO_PLAN), seen))
    assert is_released(record, released, reason)
    for changed in (
        replace(record, skus=[replace(record.skus[0], price_minor=699), record.skus[1]]),
        replace(record, skus=[record.skus[0], replace(record.skus[1], price_minor=900)]),
        replace(record, currency="EUR"),
        replace(record, regional_prices={"type": "percentage", "countries": {"RU": -1}}),
    ):
        assert not is_released(changed, released, reason)
    assert not is_released(record, replace(released, plan=DiscountPlan(Decimal("0.1"))), reason)
    assert not is_released(record, replace(released, release=Release(imprint_of(record, NO_PLAN), frozenset())), reason)
    assert is_released(replace(record, title="Another title", images=[]), released, reason)


MONEY = st.integers(1, 500_00).map(lambda cents: Decimal(cents) / 100)


@given(
    price=st.integers(1, 1_000_00),
    discount=st.sampled_from(["0", "0.1", "0.35", "0.7"]),
    off=st.integers(1, 300),
    more=st.integers(1, 9_000),
    cost=MONEY,
)
def test_whatever_passes_loses_nothing_in_the_worst_order(price, discount, off, more, cost):
    plan = plan_of(
        Decimal(discount), {"store_coupon": f"{Decimal(off) / 100}/{Decimal(off + more) / 100}"}, has_affiliate=True
    )
    figures = replace(P3, costs=Costs(cost, Decimal("3.5"), Decimal("1.2")))
    reach = reach_of(Decimal(price) / 100, plan)
    assert reach.lowest <= reach.sale <= reach.list_price
    held = "break_even" in codes(ListingFacts(plan=plan, figures=[figures]), price=price)
    if not held and reach.lowest == reach.lowest.quantize(Decimal("0.01")):
        assert profit_of(Offer(reach.lowest), figures.costs, figures.rates).profit_cny >= 0


@given(
    st.lists(st.one_of(st.none(), st.integers(-(10**12), 10**12)), max_size=4),
    st.sampled_from([NO_PLAN, STACK]),
    st.one_of(st.none(), st.integers(-5, 10**12)),
)
def test_whatever_stands_there_is_answered(prices, plan, before):
    record = listing(skus=[sku(f"A{number}", price_minor=price) for number, price in enumerate(prices)])
    facts = ListingFacts(
        plan=plan,
        remote={"A0": before} if before is not None else None,
        floors=[Floor(1000, "CNY")] * len(prices),
        figures=[P3] * len(prices),
        rates={"USD": Decimal("6.8")},
    )
    assert all(0 <= one.sku < len(prices) for one in reasons_of(record, facts, GuardSettings(), FAR))
