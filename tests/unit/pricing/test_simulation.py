"""The discount-stack simulator: the worked example of domain.md 10.5 step by step, P3, and what is typed wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.messages import Key, Messages
from app.services.listings.marketing.plans import plan_of
from app.services.pricing.discounts import Line
from app.services.pricing.errors import BadPriceInput
from app.services.pricing.simulation import BasketLine, simulate, typed_line
from app.services.pricing.terms import Costs, Rates

TEXTS = {"spend_off": "3/20", "store_coupon": "2/19", "select_coupon": "1", "platform_coupon": "4/20"}
PLAN = plan_of(None, TEXTS, has_affiliate=True)


def test_the_worked_example_step_by_step():
    basket = [
        BasketLine("A", typed_line("A", "20.00", "40")),
        BasketLine("B", typed_line("B", "8", "25%", "2")),
    ]
    found = simulate(basket, PLAN.reductions)
    assert found.stack.goods == Decimal(24)
    assert [(one.amount, one.left) for one in found.stack.taken] == [(3, 21), (2, 19), (1, 18), (0, 18)]
    assert (found.stack.paid, found.stack.by_seller) == (18, 5)
    assert [(one.by_seller, one.each) for one in found.lines] == [
        (Decimal("2.50"), Decimal("2.50")),
        (Decimal("2.50"), Decimal("1.25")),
    ]
    assert [one.net for one in found.lines] == [Decimal("9.50"), Decimal("9.50")]
    assert sum(one.by_seller for one in found.lines) == found.stack.by_seller


def test_profit_after_the_stack_and_the_lowest_price_a_piece():
    rates = Rates(Decimal("6.80"), Decimal("0.08"), Decimal("0.05"), Decimal("0.02"), Decimal("0.01"))
    costs = Costs(Decimal(24), Decimal("16.5384"), Decimal("1.20"))
    plan = plan_of(None, {"spend_off": "2", "store_coupon": "1"}, has_affiliate=True)
    line = Line(Decimal(20), Decimal("0.5"))
    [one] = simulate([BasketLine("P3", line, costs, rates)], plan.reductions).lines
    assert (one.lowest, one.profit_cny.quantize(Decimal("0.01"))) == (Decimal(7), Decimal("-1.75"))
    assert one.margin.quantize(Decimal("0.0001")) == Decimal("-0.0369")
    [free] = simulate([BasketLine("P3", line, costs, rates)], plan.reductions, has_affiliate=False).lines
    assert free.profit_cny - one.profit_cny == Decimal("6.80") * Decimal("0.05") * 7
    two = Line(Decimal(20), Decimal("0.5"), 2)
    pair = simulate([BasketLine("P3", two, costs, rates)], ())
    single = simulate([BasketLine("P3", line, costs, rates)], ())
    assert pair.profit_cny == 2 * single.profit_cny


def test_what_is_unknown_leaves_the_whole_unknown_and_is_named():
    key = Key("guard.unknown.weight")
    known = BasketLine("A", Line(Decimal(20)), Costs(Decimal(1), Decimal(1)), Rates(Decimal(7), Decimal("0.08")))
    found = simulate([known, BasketLine("B", Line(Decimal(9)), unknown=(key,))], ())
    assert found.lines[0].profit_cny is not None
    assert (found.lines[1].profit_cny, found.lines[1].unknown, found.profit_cny) == (None, (key,), None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (("NaN",), "list_price"),
        (("-1",), "list_price"),
        (("0",), "list_price"),
        (("1e99",), "list_price"),
        (("1.005",), "list_price"),
        (("9", "100"), "discount"),
        (("9", "-5"), "discount"),
        (("9", "", "0"), "quantity"),
        (("9", "", "1.5"), "quantity"),
        (("9", "", "Infinity"), "quantity"),
        (("", ""), "list_price"),
    ],
)
def test_what_cannot_be_is_named_with_its_article(typed, field):
    with pytest.raises(BadPriceInput) as refused:
        typed_line("Lamp", *typed)
    assert (refused.value.error_code, refused.value.params["field"]) == ("pricing.typed", f"pricing.field.{field}")
    for language in ("zh", "en"):
        assert "Lamp" in Messages(language).text(refused.value.message_key, **refused.value.params)
    with pytest.raises(BadPriceInput):
        simulate([], ())
