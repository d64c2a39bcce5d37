"""Each reason of the guard at its limit and just beyond; what switches it off; what it cannot judge."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.services.listings.marketing.plans import NO_PLAN, DiscountPlan, plan_of
from app.services.price_guard.book import GuardBook
from app.services.price_guard.judging import (
    asked_prices,
    floor_in,
    imprint_of,
    is_released,
    lowest_price,
    numbers_of,
    plan_in,
    reach_of,
    reason_key,
    reasons_of,
    shown_name,
)
from app.services.price_guard.records import CODES, Floor, ListingFacts, Release, SkuFigures, Unknown
from app.services.price_guard.settings import (
    NAMES,
    BadGuardSetting,
    GuardSettings,
    Meaning,
    changed_settings,
    shown,
)
from app.services.pricing.terms import Costs, Rates
from tests.unit.compliance.examples import codes as checker_codes
from tests.unit.compliance.examples import listing, sku

FAR = Decimal("0.2")
FIGURES = SkuFigures(
    Costs(Decimal(24), Decimal("16.5384"), Decimal("1.20")),
    Rates(Decimal("6.80"), Decimal("0.08"), Decimal("0.05"), Decimal("0.02"), Decimal("0.01")),
)
"""Example P3 of domain.md 10.4: break-even at 7.31."""
STACK = plan_of(Decimal("0.5"), {"spend_off": "2", "store_coupon": "1"}, has_affiliate=True)
ALL_OFF = GuardSettings(floors=False, changes=False, far_below=False)


def reasons(record, facts=None, settings=None):
    return list(reasons_of(record, facts or ListingFacts(), settings or GuardSettings(), FAR))


def codes(price, facts, settings=None, **changes):
    found = reasons(listing(skus=[sku(price_minor=price)], **changes), facts, settings)
    return [one.code.removeprefix("guard.") for one in found]


FLOOR = ListingFacts(floors=[Floor(1000, "USD")])
RATED = {"USD": Decimal("6.8"), "EUR": Decimal("7.48")}


@pytest.mark.parametrize(
    ("facts", "settings", "passing", "held", "reason"),
    [
        (FLOOR, None, 1000, 999, "floor"),
        (ListingFacts(floors=[Floor(6801, "CNY")], rates=RATED), None, 1001, 1000, "floor"),
        (ListingFacts(floors=[Floor(1100, "USD")], rates=RATED), None, 1100, 1099, "floor"),
        (ListingFacts(figures=[FIGURES]), None, 731, 730, "break_even"),
        (ListingFacts(figures=[FIGURES]), GuardSettings(min_margin_bp=2000), 960, 959, "margin"),
        (ListingFacts(figures=[FIGURES], plan=DiscountPlan(Decimal("0.5"))), None, 1461, 1460, "break_even"),
        (ListingFacts(remote={"LM4402-BK": 1000}), None, 400, 399, "change"),
        (ListingFacts(remote={"LM4402-BK": 1000}), None, 1600, 1601, "change"),
        (ListingFacts(remote={"LM4402-BK": 1000}), None, 700, 699, "change_warn"),
        (ListingFacts(remote={"LM4402-BK": 3}), GuardSettings(warn_bp=100, hold_bp=3333), 3, 2, "change"),
    ],
)
def test_at_the_limit_a_price_passes_and_a_cent_beyond_it_does_not(facts, settings, passing, held, reason):
    assert reason not in codes(passing, facts, settings)
    assert reason in codes(held, facts, settings)


def test_a_variant_is_far_too_cheap_below_the_share_of_the_middle_price_and_not_at_it():
    def found(*prices, settings=None):
        record = listing(skus=[sku(f"A{number}", price_minor=price) for number, price in enumerate(prices)])
        return [(one.code, one.sku, one.params["median"]) for one in reasons(record, settings=settings)]

    assert found(200, 1000, 1000) == []
    assert found(199, 1000, 1000) == [("price.far_below", 0, "10.00")]
    assert found(1000, 1001, 200, 119) == [("price.far_below", 3, "6.00")]
    assert found(1000, 1001, 200, 120) == []
    assert found(None, 1000, 2) == [("price.far_below", 2, "5.01")]
    assert found(1) == found() == found(None, 5) == []
    assert found(199, 1000, 1000, settings=GuardSettings(far_below=False)) == []


@pytest.mark.parametrize(
    ("price", "stopped"), [(None, "price.missing"), (0, "price.range"), (-1, "price.range"), (-1890, "price.range")]
)
def test_a_price_that_is_none_is_never_judged_but_is_stopped_by_the_checker(price, stopped):
    record = listing(skus=[sku(price_minor=price)])
    facts = ListingFacts(plan=STACK, floors=[Floor(1, "USD")], figures=[FIGURES], remote={"LM4402-BK": 1000})
    assert asked_prices(record, record.skus[0]) == [] and reasons(record, facts) == []
    assert checker_codes(record) == [stopped]


@pytest.mark.parametrize(
    ("meaning", "price"),
    [(Meaning.LIST, "20"), (Meaning.SALE, "10.00"), (Meaning.REACH, "7.00")],
)
def test_the_three_prices_a_floor_can_be_about(meaning, price):
    reach = reach_of(Decimal(20), STACK)
    assert reach.by(meaning) == Decimal(price)
    floor, settings = int(Decimal(price) * 100), GuardSettings(meaning=meaning)
    assert codes(2000, ListingFacts(plan=STACK, floors=[Floor(floor, "USD")]), settings) == []
    assert codes(2000, ListingFacts(plan=STACK, floors=[Floor(floor + 1, "USD")]), settings) == ["floor"]


@pytest.mark.parametrize(
    ("currency", "floor", "least"),
    [
        ("USD", Floor(1000, "USD"), "10"),
        ("USD", Floor(1, "CNY"), "0.01"),  # up, never to nothing
        ("CNY", Floor(1000, "USD"), "68.00"),
        ("EUR", Floor(1100, "USD"), "10.00"),
        ("EUR", Floor(1101, "USD"), "10.01"),
        ("XYZ", Floor(1100, "XYZ"), "11"),
        ("XYZ", Floor(1100, "USD"), None),
        ("USD", Floor(1100, "XYZ"), None),
    ],
)
def test_floors_in_other_currencies(currency, floor, least):
    assert floor_in(currency, floor, RATED) == (None if least is None else Decimal(least))


def test_a_rate_that_is_missing_is_named_for_floor_and_plan():
    found = reasons(listing(skus=[sku()], currency="XYZ"), ListingFacts(floors=[Floor(1, "USD")]))
    assert [(one.code, one.params["what"], one.params["detail"]) for one in found] == [
        ("guard.unknown", Unknown.RATE, "USD, XYZ")
    ]
    assert plan_in("XYZ", STACK, RATED) is None and plan_in("EUR", STACK, {"EUR": Decimal(7)}) is None
    assert plan_in("XYZ", NO_PLAN, {}) is NO_PLAN  # nothing to convert
    amounts = [one.amount for one in plan_in("CNY", STACK, RATED).reductions if one.amount is not None]
    assert sorted(amounts) == [Decimal("6.80"), Decimal("13.60")]


@pytest.mark.parametrize("what", list(Unknown))
def test_each_thing_unknown_is_held_by_itself_and_never_counts_as_nothing(what):
    facts = ListingFacts(figures=[SkuFigures(None, None, (what,), "AB1234")])
    [found] = reasons(listing(skus=[sku(price_minor=10**9)]), facts)
    assert (found.code, found.params["what"], found.params["detail"]) == ("guard.unknown", what, "AB1234")
    half = SkuFigures(FIGURES.costs, FIGURES.rates, (what,))  # known numbers do not outweigh what is missing
    assert codes(10**9, ListingFacts(figures=[half])) == ["unknown"]
    assert lowest_price(facts.figures[0], Decimal(0)) is None


@pytest.mark.parametrize("what", list(Unknown))
def test_a_release_of_one_unknown_thing_is_none_of_another(what):
    record = listing(skus=[sku()])
    by_thing = {one: reasons(record, ListingFacts(figures=[SkuFigures(None, None, (one,), "x")]))[0] for one in Unknown}
    seen = frozenset({reason_key(record, by_thing[what])})
    facts = ListingFacts(release=Release(imprint_of(record, NO_PLAN), seen))
    assert {one for one, reason in by_thing.items() if is_released(record, facts, reason)} == {what}


def test_a_release_is_of_one_rule_one_variant_and_the_imprint_alone():
    record = listing(skus=[sku("A", price_minor=900), sku("B", price_minor=950)])
    facts = ListingFacts(floors=[Floor(1000, "USD")] * 2, remote={"A": 3000})
    floor_a, change_a, floor_b = reasons(record, facts)
    assert [(one.code, one.sku) for one in (floor_a, change_a, floor_b)] == [
        *(("guard.floor", 0), ("guard.change", 0), ("guard.floor", 1)),
    ]
    released = replace(facts, release=Release(imprint_of(record, NO_PLAN), frozenset({reason_key(record, floor_a)})))
    assert [is_released(record, released, one) for one in (floor_a, change_a, floor_b)] == [True, False, False]
    other_codes = replace(record, skus=[record.skus[0], replace(record.skus[1], code="C")])
    assert not is_released(other_codes, released, floor_a)
    assert not is_released(record, facts, floor_a)
    for plan in (replace(NO_PLAN, discount=Decimal("0.1")), replace(STACK, discount=None), STACK):
        assert imprint_of(record, plan) != imprint_of(record, NO_PLAN)


def test_what_is_switched_off_is_not_looked_at_and_nothing_else_is():
    record = listing(skus=[sku("A", price_minor=1), sku("B", price_minor=2000), sku("C", price_minor=2000)])
    facts = ListingFacts(floors=[Floor(1000, "USD")] * 3, remote={"A": 1000})
    every = {one.code for one in reasons(record, facts)}
    assert every == {"price.far_below", "guard.floor", "guard.change"} and every < set(CODES)
    assert reasons(record, facts, ALL_OFF) == []
    for name, code in {"floors": "guard.floor", "changes": "guard.change", "far_below": "price.far_below"}.items():
        left = {one.code for one in reasons(record, facts, changed_settings(GuardSettings(), {name: "off"}))}
        assert left == every - {code}


def test_numbers_a_person_decides_by_are_unknown_where_nothing_is_known():
    cheap = {"type": "percentage", "countries": {"RU": -10}}
    record = listing(skus=[sku(price_minor=2000)], regional_prices=cheap)
    known = numbers_of(record, 0, ListingFacts(plan=STACK, floors=[Floor(6800, "CNY")], figures=[FIGURES], rates=RATED))
    assert (known.list_price, known.lowest, known.floor) == (Decimal(20), Decimal("6.00"), Decimal("10.00"))
    assert known.break_even == Decimal("7.31")
    planned = ListingFacts(DiscountPlan(Decimal("0.3")), floors=[Floor(6800, "CNY")], figures=[FIGURES], rates=RATED)
    assert numbers_of(record, 0, planned).lowest == Decimal("12.60")
    bare = numbers_of(replace(record, currency="EUR"), 0, ListingFacts(plan=STACK, floors=[Floor(1, "CNY")]))
    assert (bare.lowest, bare.floor, bare.break_even) == (None, None, None)
    none = numbers_of(listing(skus=[sku(price_minor=None)]), 0, ListingFacts())
    assert (none.list_price, none.lowest) == (None, None)


@pytest.mark.parametrize(
    ("code", "properties", "name"),
    [(" A ", [], "A"), ("  ", [{"value": "Red"}, {"value": ""}, {"value": "EU"}], "Red · EU"), ("", [], "#3")],
)
def test_a_variant_without_a_code_is_still_named(code, properties, name):
    assert shown_name(sku(code, properties=properties), 2) == name


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hold_bp", "1000", 100_000),
        ("hold_bp", " 60.25 % ", 6025),
        ("warn_bp", "1", 100),
        ("min_margin_bp", "0", 0),
        ("min_margin_bp", "90", 9000),
        ("floors", "off", False),
        ("costs", "on", "on"),
        ("meaning", "sale", "sale"),
    ],
)
def test_settings_as_a_person_types_them_come_back_as_typed(name, text, value):
    settings = changed_settings(GuardSettings(), {name: text})
    assert getattr(settings, name) == value
    assert changed_settings(GuardSettings(), {name: shown(settings, name)}) == settings
    assert all(getattr(settings, one) == getattr(GuardSettings(), one) for one in NAMES if one != name)


NONSENSE = {
    "hold_bp": (
        "",
        "0.99",
        "1000.01",
        "-5",
        "30.005",
        "NaN",
        "sNaN",
        "Infinity",
        "1e999999",
        "-1e999999",
        "三十",
        "5 5",
    ),
    "min_margin_bp": ("90.01", "-0.01", "1e999999"),
    "floors": ("ON", "yes", "1", ""),
    "costs": ("maybe", "true"),
    "meaning": ("lowest", ""),
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in NONSENSE.items() for text in texts])
def test_settings_that_make_no_sense_say_what_they_can_be(name, text):
    with pytest.raises(BadGuardSetting) as caught:
        changed_settings(GuardSettings(), {name: text})
    assert caught.value.params["name"] == name and caught.value.params["known"]


def test_a_warning_above_what_holds_is_refused_however_it_comes_about():
    with pytest.raises(BadGuardSetting, match="warn_above_hold"):
        changed_settings(GuardSettings(), {"warn_bp": "61"})
    with pytest.raises(BadGuardSetting, match="warn_above_hold"):
        changed_settings(GuardSettings(), {"hold_bp": "29.99"})
    assert changed_settings(GuardSettings(), {"warn_bp": "60", "hold_bp": "60"}).warn_bp == 6000


class Source:
    """Facts of a test; counts how often costs are asked for."""

    has_floors, asks_costs, rates = True, True, RATED

    def __init__(self):
        self.asked = []

    def renew(self):
        return GuardSettings(floors=False)

    def floors(self, codes):
        return {"A": [Floor(1000, "USD")]}

    def plans(self, ids):
        return {}

    remote = releases = plans

    def figures(self, records):
        self.asked += records
        return [[FIGURES if one.extra else SkuFigures(None, None, (Unknown.COST,))] * len(one.skus) for one in records]


def test_a_cost_that_the_sheet_says_is_not_judged_by_what_was_known_before():
    source, record = Source(), listing(skus=[sku("A", price_minor=900), sku("  ", price_minor=730)])
    book = GuardBook(source=source)
    book.learn([record, record])
    assert [one.code for one in book.open_reasons(record)] == ["guard.floor", "guard.unknown", "guard.unknown"]
    assert len(source.asked) == 1 and not book.is_fine(record)
    told = replace(record, extra={"成本价": "24"})
    assert [(one.code, one.sku) for one in book.open_reasons(told)] == [("guard.floor", 0), ("guard.break_even", 1)]
    told.skus[1].price_minor = 731  # changed in place, as the window does
    assert [one.code for one in book.open_reasons(told)] == ["guard.floor"]
    book.renew()
    assert book.open_reasons(told) == [] and len(source.asked) == 3
