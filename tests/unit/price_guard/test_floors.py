"""Which floor counts, and the lowest list price that keeps it: the guard's own comparison, answered the other way."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from app.services.listings.marketing.plans import NO_PLAN, DiscountPlan, plan_of
from app.services.price_guard.floors import FloorJudge, floor_for, lowest_list_price, with_planned
from app.services.price_guard.judging import floor_in, plan_in, reach_of
from app.services.price_guard.records import Floor
from app.services.price_guard.settings import Meaning

RATES = {"USD": Decimal("6.8"), "EUR": Decimal("7.4")}
P3 = plan_of(Decimal("0.5"), {"spend_off": "2", "store_coupon": "1"}, has_affiliate=True)
STACK = plan_of(Decimal("0.5"), {"spend_off": "2/15", "store_coupon": "1/10"}, has_affiliate=True)


@pytest.mark.parametrize(
    ("floors", "currency", "chosen"),
    [
        ((Floor(7000, "CNY"), Floor(1000, "USD")), "USD", 1),  # 70 CNY are 10.30 USD: its own currency counts
        ((Floor(7000, "CNY"), Floor(1000, "USD")), "CNY", 0),
        ((Floor(7000, "CNY"), Floor(1000, "USD")), "EUR", 0),  # else the highest as of today
        ((Floor(6700, "CNY"), Floor(1000, "USD")), "EUR", 1),  # and not the larger number
        ((Floor(9999, "JPY"), Floor(1000, "USD")), "EUR", 1),  # what cannot be converted is not compared
        ((Floor(9999, "JPY"),), "EUR", 0),
    ],
)
def test_of_floors_in_several_currencies_the_listings_own_counts(floors, currency, chosen):
    assert floor_for(floors, currency, RATES) == floors[chosen]
    assert floor_for((), currency, RATES) is None


@pytest.mark.parametrize(
    ("floor", "plan", "meaning", "lowest"),
    [
        (Floor(1000, "USD"), NO_PLAN, Meaning.REACH, "10.00"),
        (Floor(1000, "USD"), DiscountPlan(Decimal("0.3")), Meaning.REACH, "14.29"),
        (Floor(1000, "USD"), DiscountPlan(Decimal("0.3")), Meaning.LIST, "10.00"),
        (Floor(6801, "CNY"), NO_PLAN, Meaning.REACH, "10.01"),
        (Floor(1000, "USD"), STACK, Meaning.SALE, "20.00"),
        (Floor(731, "USD"), P3, Meaning.REACH, "20.62"),  # domain.md 10.4, P3
        (Floor(1000, "JPY"), NO_PLAN, Meaning.REACH, None),
        (Floor(1000, "USD"), DiscountPlan(Decimal(1)), Meaning.REACH, None),
    ],
)
def test_the_lowest_list_price(floor, plan, meaning, lowest):
    found = lowest_list_price((floor,), "USD", plan, RATES, meaning)
    assert found == (None if lowest is None else Decimal(lowest))


def test_where_everything_is_given_away_no_price_is_promised():
    generous = plan_of(None, {"store_coupon": "100000"}, has_affiliate=True)
    assert lowest_list_price((Floor(1, "USD"),), "USD", generous, RATES, Meaning.REACH) is None


def test_the_lowest_price_keeps_the_floor_and_a_lower_sale_price_does_not():
    dice = random.Random(20)
    for _ in range(150):
        plan = plan_of(
            Decimal(dice.choice((0, 5, 30, 50))) / 100,
            {"spend_off": dice.choice(("", "2/15", "10%/20")), "store_coupon": dice.choice(("", "1", "1/9"))},
            has_affiliate=True,
        )
        currency, floor = dice.choice(("USD", "EUR", "CNY")), Floor(dice.randint(1, 9000), dice.choice(("USD", "CNY")))
        judge = FloorJudge(RATES, Decimal(0), Meaning.REACH)
        lowest = judge.lowest((floor,), currency, plan)
        assert lowest is not None
        assert judge.keeps(lowest, (floor,), currency, plan) is True
        less = 4 if plan.discount else 1  # a cent of the sale price is up to two of the list price, rounded half up
        assert judge.keeps(lowest - less, (floor,), currency, plan) is False
        known = plan_in(currency, plan, RATES)
        assert known is not None and reach_of(Decimal(lowest) / 100, known).lowest > 0


def test_an_open_discount_is_the_planned_one_and_none_is_none():
    judge = FloorJudge(RATES, Decimal("0.3"), Meaning.REACH)
    assert judge.plan(None, None) == with_planned(NO_PLAN, Decimal("0.3")) == DiscountPlan(Decimal("0.3"))
    assert judge.plan(0, None).discount == 0
    assert judge.keeps(1427, (Floor(1000, "USD"),), "USD", judge.plan(None, None)) is False
    assert judge.keeps(1000, (Floor(1000, "USD"),), "USD", judge.plan(0, None)) is True
    assert judge.keeps(1000, (Floor(1000, "JPY"),), "USD", judge.plan(0, None)) is None


def test_what_is_told_at_a_glance_is_what_the_guard_reckons_to_the_cent():
    dice = random.Random(7)
    for _ in range(600):
        plan = plan_of(
            Decimal(dice.choice((0, 5, 33, 50))) / 100,
            {
                "spend_off": dice.choice(("", "2/15", "10%/20", "7%")),
                "store_coupon": dice.choice(("", "1", "1/9", "20%/10")),
                "select_coupon": dice.choice(("", "3/4")),
            },
            has_affiliate=True,
        )
        meaning, currency = dice.choice(list(Meaning)), dice.choice(("USD", "EUR", "CNY"))
        floors = (Floor(dice.randint(1, 3000), dice.choice(("USD", "CNY"))), Floor(dice.randint(1, 3000), "EUR"))
        judge, price = FloorJudge(RATES, Decimal(0), meaning), dice.randint(1, 6000)
        known, floor = plan_in(currency, plan, RATES), floor_for(floors, currency, RATES)
        assert known is not None and floor is not None
        least = floor_in(currency, floor, RATES)
        for minor in (price, judge.lowest(floors, currency, plan) or price):
            exact = reach_of(Decimal(minor) / 100, known).by(meaning) >= least
            assert judge.keeps(minor, floors, currency, plan) is exact
