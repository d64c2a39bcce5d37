"""What a price cannot be computed from is named, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.messages import messages
from app.services.pricing.discounts import Line, Reduction, Step, spread, stack_discounts, worst_case
from app.services.pricing.errors import BadPriceInput, NoPriceReaches
from app.services.pricing.profit import Offer, profit_of
from app.services.pricing.target import list_price_for, price_for_margin
from app.services.pricing.team_rules import MarginStep, price_by_step, team_rules
from app.services.pricing.terms import Costs, Rates

RATES = Rates(Decimal("6.8"), Decimal("0.08"))
COSTS = Costs(Decimal(10), Decimal(5))


@pytest.mark.parametrize(
    ("code", "field", "make"),
    [
        ("unknown", "cost", lambda: Costs(None, Decimal(5))),
        ("unknown", "freight", lambda: Costs(Decimal(5), None)),
        ("out_of_range", "cost", lambda: Costs(Decimal(-1), Decimal(5))),
        ("out_of_range", "cost", lambda: Costs(Decimal("nan"), Decimal(5))),
        ("out_of_range", "quantity", lambda: Costs(Decimal(1), Decimal(5), quantity=0)),
        ("out_of_range", "rate", lambda: Rates(Decimal(0), Decimal("0.08"))),
        ("unknown", "rate", lambda: Rates(None, Decimal("0.08"))),
        ("no_share", "commission", lambda: Rates(Decimal(7), Decimal(8))),
        ("no_share", "discount", lambda: Offer(Decimal(1), Decimal(1))),
        ("out_of_range", "list_price", lambda: Offer(Decimal(-1))),
        ("out_of_range", "reductions", lambda: Offer(Decimal(1), reductions=Decimal(-1))),
        ("no_share", "margin", lambda: price_for_margin(COSTS, RATES, Decimal(1))),
        (
            "out_of_range",
            "buyer_freight",
            lambda: price_for_margin(COSTS, RATES, Decimal(0), buyer_freight=Decimal(-1)),
        ),
        ("no_share", "discount", lambda: list_price_for(Decimal(1), Decimal("1.5"))),
        (
            "unknown",
            "freight",
            lambda: team_rules()["overseas"].list_price(Decimal(1), Decimal(7), Decimal("0.1"), Decimal("0.3")),
        ),
        (
            "no_share",
            "margin",
            lambda: team_rules()["overseas"].list_price(Decimal(1), Decimal(7), Decimal(1), Decimal("0.3"), Decimal(1)),
        ),
    ],
)
def test_a_number_out_of_range_is_named_in_both_languages(code, field, make):
    with pytest.raises(BadPriceInput) as caught:
        make()
    assert caught.value.error_code == f"pricing.{code}"
    for language in ("zh", "en"):
        messages.language = language
        said = messages.text(caught.value.message_key, **caught.value.params)
        assert messages.text(f"pricing.field.{field}") in said


@pytest.fixture(autouse=True)
def _language():
    before = messages.language
    yield
    messages.language = before


def test_reductions_never_exceed_the_goods():
    with pytest.raises(BadPriceInput, match=r"pricing\.reductions"):
        profit_of(Offer(Decimal("2.00"), reductions=Decimal("2.01")), COSTS, RATES)


@pytest.mark.parametrize("margin", ["0.92", "0.95"])
def test_a_margin_that_takes_all_reaches_no_price(margin):
    with pytest.raises(NoPriceReaches):
        price_for_margin(COSTS, RATES, Decimal(margin))
    with pytest.raises(NoPriceReaches):
        team_rules()["buyer_pays"].list_price(Decimal(1), Decimal(7), Decimal("0.87"), Decimal(0))


def test_nothing_sold_and_nothing_paid_have_no_share():
    assert profit_of(Offer(Decimal(0)), COSTS, RATES).margin is None
    assert profit_of(Offer(Decimal(1)), Costs(Decimal(0), Decimal(0)), RATES).markup is None


def test_a_swapped_coupon_is_caught():
    with pytest.raises(BadPriceInput, match=r"pricing\.swapped"):
        Reduction(Step.STORE_COUPON, Decimal(20), threshold=Decimal(2))
    with pytest.raises(BadPriceInput, match=r"pricing\.one_reduction"):
        Reduction(Step.STORE_COUPON)
    with pytest.raises(BadPriceInput, match=r"pricing\.one_reduction"):
        Reduction(Step.STORE_COUPON, Decimal(1), Decimal("0.1"))


def test_an_order_takes_one_coupon_of_a_kind():
    coupon = Reduction(Step.STORE_COUPON, Decimal(1))
    with pytest.raises(BadPriceInput, match=r"pricing\.one_coupon"):
        stack_discounts([Line(Decimal(10))], [coupon, coupon])
    assert worst_case(Line(Decimal(10)), [coupon, Reduction(Step.STORE_COUPON, Decimal(2))]).paid == Decimal(8), (
        "the worst of the two"
    )


def test_steps_without_a_last_one_say_so():
    with pytest.raises(BadPriceInput, match=r"pricing\.no_step"):
        price_by_step([MarginStep(Decimal(2), Decimal(0), Decimal("0.03"))], lambda _: Decimal(5))


def test_what_is_spread_sums_up():
    assert spread(Decimal("0.05"), [Decimal(1), Decimal(1), Decimal(1)]) == (
        Decimal("0.02"),
        Decimal("0.02"),
        Decimal("0.01"),
    )
    assert spread(Decimal("1.00"), [Decimal(0), Decimal(0)]) == (0, 0)
    assert sum(
        spread(Decimal("7.77"), [Decimal("3.33"), Decimal("0.01"), Decimal("9.99"), Decimal("4.20")])
    ) == Decimal("7.77")
