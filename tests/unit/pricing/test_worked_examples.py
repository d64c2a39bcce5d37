"""P1–P5 and 10.5 of domain.md, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.pricing.discounts import Line, Reduction, Step, stack_discounts, worst_case, worst_price
from app.services.pricing.profit import Offer, profit_of
from app.services.pricing.rounding import SHARE, half_up
from app.services.pricing.target import break_even, list_price_for, price_for_margin
from app.services.pricing.team_rules import margin_steps, price_by_step, team_rules
from app.services.pricing.terms import Costs, Rates
from tests.unit.pricing.worked import TEAM_RULES

T = Decimal("6.80")
FEES = Rates(T, Decimal("0.08"), Decimal("0.03"), Decimal("0.02"), Decimal("0.01"))
LAMP = Costs(Decimal("18.00"), Decimal("16.5384"), Decimal("1.20"))


def test_p1_forward_with_free_shipping():
    found = profit_of(Offer(Decimal("9.99"), Decimal("0.30")), LAMP, FEES)
    assert found.sale_price == Decimal("6.99")
    assert (found.commission, found.affiliate, found.refunds, found.payment) == (
        Decimal("0.5592"), Decimal("0.2097"), Decimal("0.1398"), Decimal("0.0699"),
    )  # fmt: skip
    assert (found.left_usd, found.left_cny, found.costs_cny) == (
        Decimal("6.0114"),
        Decimal("40.87752"),
        Decimal("35.7384"),
    )
    assert half_up(found.profit_cny) == Decimal("5.14")
    assert (half_up(found.margin, SHARE), half_up(found.markup, SHARE)) == (Decimal("0.1081"), Decimal("0.1438"))


def test_p2_reverse_and_break_even():
    discount = Decimal("0.35")
    price = price_for_margin(LAMP, FEES, Decimal("0.15"), discount)
    assert (price.sale_price, price.list_price) == (Decimal("7.41"), Decimal("11.40"))
    forward = profit_of(Offer(price.list_price, discount), LAMP, FEES)
    assert (half_up(forward.profit_cny), half_up(forward.margin, SHARE)) == (Decimal("7.60"), Decimal("0.1507"))
    even = break_even(LAMP, FEES, discount)
    assert (even.sale_price, even.list_price) == (Decimal("6.12"), Decimal("9.42"))
    assert half_up(profit_of(Offer(even.list_price, discount), LAMP, FEES).profit_cny) == Decimal("0.05")


def test_p3_a_stack_of_discounts_makes_a_loss():
    rates, costs = (
        Rates(T, Decimal("0.08"), Decimal("0.05"), Decimal("0.02"), Decimal("0.01")),
        Costs(Decimal("24"), Decimal("16.5384"), Decimal("1.20")),
    )
    offer = {"list_price": Decimal("20.00"), "discount": Decimal("0.50")}
    plain = profit_of(Offer(**offer), costs, rates)
    assert (plain.revenue, plain.left_cny, plain.costs_cny) == (Decimal("10.00"), Decimal("57.12"), Decimal("41.7384"))
    assert (half_up(plain.profit_cny), half_up(plain.margin, SHARE)) == (Decimal("15.38"), Decimal("0.2262"))
    stacked = profit_of(Offer(**offer, reductions=Decimal("3.00")), costs, rates)
    assert (stacked.revenue, stacked.left_cny) == (Decimal("7.00"), Decimal("39.984"))
    assert (half_up(stacked.profit_cny), half_up(stacked.margin, SHARE)) == (Decimal("-1.75"), Decimal("-0.0369"))
    survives = break_even(costs, rates, Decimal("0.50"), reductions=Decimal("3.00"))
    assert (survives.sale_price, survives.list_price) == (Decimal("10.31"), Decimal("20.62"))
    at_it = profit_of(Offer(Decimal("20.62"), Decimal("0.50"), reductions=Decimal("3.00")), costs, rates)
    assert half_up(at_it.profit_cny) == Decimal("0.02")


def test_p4_a_bundle_whose_buyer_pays_part_of_the_freight():
    costs = Costs(2 * Decimal("6.50") + Decimal("9.80"), Decimal("10.206") + 230 * Decimal("0.05277"), Decimal("1.80"))
    rates = Rates(T, Decimal("0.05"), refund=Decimal("0.02"), payment=Decimal("0.01"))
    found = profit_of(Offer(Decimal("12.80"), Decimal("0.25"), Decimal("2.43"), Decimal("0.50")), costs, rates)
    assert (found.sale_price, found.revenue) == (Decimal("9.60"), Decimal("11.53"))
    assert (found.commission, found.refunds, found.payment) == (Decimal("0.5765"), Decimal("0.2306"), Decimal("0.1153"))
    assert (found.left_usd, found.left_cny, found.costs_cny) == (
        Decimal("10.6076"),
        Decimal("72.13168"),
        Decimal("46.9431"),
    )
    assert (half_up(found.profit_cny), half_up(found.margin, SHARE)) == (Decimal("25.19"), Decimal("0.3213"))


@pytest.mark.parametrize(("rule", "freight", "price"), TEAM_RULES)
def test_p5_team_rules(rule, freight, price):
    sum_of_freight = None if freight is None else Decimal(freight)
    assert team_rules()[rule].list_price(
        Decimal("12.00"), T, Decimal("0.05"), Decimal("0.30"), sum_of_freight
    ) == Decimal(price)


UNROUNDED = ("3.3537", "7.1180", "9.2288", "9.6916", "9.7431", "10.4888", "12.1910", "12.2373", "12.4790", "13.3945")


@pytest.mark.parametrize(("example", "unrounded"), list(zip(TEAM_RULES, UNROUNDED, strict=True)))
def test_p5_before_rounding(example, unrounded):
    """A rate ten thousand times smaller shows four more digits of the price."""
    rule, freight, price = example
    paid = None if freight is None else Decimal(freight)
    fine = team_rules()[rule].list_price(Decimal(12), T / 10_000, Decimal("0.05"), Decimal("0.30"), paid) / 10_000
    assert half_up(fine, Decimal("0.0001")) == Decimal(unrounded)
    falls_short = {"3.3537": "3.35", "9.6916": "9.69", "9.7431": "9.74", "12.1910": "12.19", "13.3945": "13.39"}
    if unrounded in falls_short:
        assert half_up(fine) == Decimal(falls_short[unrounded]) < Decimal(price)
    assert (half_up(fine) < Decimal(price)) == (half_up(fine) < fine)


def test_margins_by_price_are_those_of_the_source():
    told = [(step.below and str(step.below), str(step.least), str(step.most)) for step in margin_steps()]
    assert told == [
        ("2", "0", "0.03"),
        ("5", "0.03", "0.05"),
        ("8", "0.05", "0.08"),
        ("10", "0.08", "0.10"),
        (None, "0.10", "0.17"),
    ]


def test_margins_follow_the_price_they_lead_to():
    def price(margin: Decimal, cost: Decimal) -> Decimal:
        return price_for_margin(Costs(cost, Decimal(0)), FEES, margin).list_price

    steps = margin_steps()
    for cost, margin in (("5", "0.03"), ("20", "0.05"), ("35", "0.08"), ("48", "0.10"), ("90", "0.17")):
        wanted = price(Decimal(margin), Decimal(cost))
        assert price_by_step(steps, lambda share, cost=cost: price(share, Decimal(cost))) == wanted
        step = next(step for step in steps if step.below is None or wanted < step.below)
        assert step.most == Decimal(margin)


ITEMS = [Line(Decimal("20.00"), Decimal("0.40")), Line(Decimal("8.00"), Decimal("0.25"), 2)]
STORE = [
    Reduction(Step.PLATFORM_COUPON, Decimal(4), threshold=Decimal(20)),
    Reduction(Step.SELECT_COUPON, Decimal(1)),
    Reduction(Step.STORE_DISCOUNT, Decimal(3), threshold=Decimal(20)),
    Reduction(Step.STORE_COUPON, Decimal(2), threshold=Decimal(19)),
]


def test_105_discounts_stack_in_their_order_and_are_spread_by_value():
    found = stack_discounts(ITEMS, STORE)
    assert found.goods == Decimal("24.00")
    assert [one.left for one in found.taken] == [Decimal("21.00"), Decimal("19.00"), Decimal("18.00"), Decimal("18.00")]
    assert (found.paid, found.by_seller) == (Decimal("18.00"), Decimal("5.00"))
    assert found.by_line == (Decimal("2.50"), Decimal("2.50"))
    assert found.by_line[1] / ITEMS[1].quantity == Decimal("1.25"), "of each piece of B"


@pytest.mark.parametrize(
    ("coupon", "left"),
    [
        (Reduction(Step.STORE_COUPON, Decimal(30)), "258.00"),
        (Reduction(Step.STORE_COUPON, off=Decimal("0.3")), "201.60"),
    ],
)
def test_105_coupons_by_amount_and_by_share(coupon, left):
    assert stack_discounts([Line(Decimal(320), Decimal("0.10"))], [coupon]).paid == Decimal(left)


def test_the_worst_case_is_the_dearest_reachable_basket():
    line = Line(Decimal("20.00"), Decimal("0.50"))
    spend_off = Reduction(Step.STORE_DISCOUNT, Decimal(2), threshold=Decimal(10))
    coupon = Reduction(Step.STORE_COUPON, Decimal(1), threshold=Decimal(5))
    assert worst_case(line, [spend_off, coupon]).paid == Decimal("7.00"), "P3"
    larger = Reduction(Step.STORE_DISCOUNT, Decimal(9), threshold=Decimal(30))
    found = worst_case(line, [spend_off, coupon, larger])
    assert (found.goods, found.paid) == (Decimal("30.00"), Decimal("20.00")), "6.67 a piece is below 7.00"
    assert worst_case(line, [Reduction(Step.PLATFORM_COUPON, Decimal(4), threshold=Decimal(5))]).paid == Decimal(
        "10.00"
    )


def test_a_coupon_that_is_only_reached_after_the_discount_needs_a_larger_basket():
    line = Line(Decimal("10.00"))
    stack = [
        Reduction(Step.STORE_DISCOUNT, Decimal(5), threshold=Decimal(10)),
        Reduction(Step.STORE_COUPON, Decimal(12), threshold=Decimal(15)),
    ]
    found = worst_case(line, stack)
    assert (found.goods, found.paid) == (Decimal("20.00"), Decimal("3.00"))


def test_a_list_price_sells_at_the_wanted_price():
    found = list_price_for(Decimal("6.12"), Decimal("0.30"))
    assert (found.sale_price, found.list_price) == (Decimal("6.12"), Decimal("8.75"))


def test_the_worst_basket_is_as_large_as_the_threshold_needs():
    stack = worst_case(Line(Decimal("12.00")), [Reduction(Step.STORE_DISCOUNT, Decimal(3), threshold=Decimal(20))])
    assert (stack.goods, stack.paid) == (Decimal("24.00"), Decimal("21.00"))
    assert worst_price(Line(Decimal("12.00")), [Reduction(Step.STORE_DISCOUNT, Decimal(3), threshold=Decimal(20))]) == (
        Decimal("10.50")
    )
