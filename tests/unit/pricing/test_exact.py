"""Whole columns give what `Decimal` gives, on every one of a hundred thousand cases."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from app.services.pricing.discounts import Line, Reduction, Step, worst_price
from app.services.pricing.errors import BadPriceInput, NoPriceReaches
from app.services.pricing.exact import (
    WholeRates,
    fee_columns,
    list_cents,
    price_cents,
    profit_columns,
    sale_cents,
)
from app.services.pricing.exact_stack import worst_cents
from app.services.pricing.profit import Offer, profit_of
from app.services.pricing.rounding import SHARE, half_up
from app.services.pricing.target import list_price_for, price_for_margin
from app.services.pricing.terms import Costs, Rates

CASES, ROUNDS = 100_000, 100


def _rates(random: np.random.Generator) -> Rates:
    shares = (Decimal(int(part)) / 10_000 for part in random.integers(0, 1_500, 4))
    return Rates(Decimal(int(random.integers(1, 200_000))) / 10_000, *shares)


def test_every_one_of_a_hundred_thousand_cases_equals_decimal():
    random = np.random.default_rng(20_261_122)
    each = CASES // ROUNDS
    for _ in range(ROUNDS):
        rates = _rates(random)
        discount, freight, off, pieces = (int(random.integers(0, most)) for most in (9_000, 900, 3, 4))
        listed = random.integers(off + 20, 10 ** int(random.integers(3, 8)), each)
        costs = random.integers(0, 10 ** int(random.integers(5, 11)), each)
        pieces += 1
        sale = sale_cents(listed, discount)
        found = profit_columns(sale, costs, WholeRates.of(rates), pieces, freight, off * (sale.min() > 2))
        share, b, s = Decimal(discount) / 10_000, Decimal(freight) / 100, Decimal(off * int(sale.min() > 2)) / 100
        for row in range(each):
            offer = Offer(Decimal(int(listed[row])) / 100, share, b, s)
            wanted = profit_of(offer, Costs(Decimal(0), Decimal(int(costs[row])) / 1_000_000, quantity=pieces), rates)
            assert int(sale[row]) == wanted.sale_price * 100
            assert int(found.profit[row]) == half_up(wanted.profit_cny) * 100
            assert bool(found.has_margin[row]) == (wanted.margin is not None)
            if wanted.margin is not None:
                assert int(found.margin[row]) == half_up(wanted.margin, SHARE) * 10_000


def test_prices_from_a_target_equal_decimal():
    random = np.random.default_rng(7)
    for _ in range(ROUNDS):
        rates, margin, discount = _rates(random), int(random.integers(0, 3_000)), int(random.integers(0, 9_000))
        costs = random.integers(0, 10**9, CASES // ROUNDS)
        freight = random.integers(0, 900, CASES // ROUNDS) * int(random.integers(0, 2))
        sale = price_cents(costs, WholeRates.of(rates), margin, freight)
        listed = list_cents(sale, discount)
        assert (sale_cents(listed, discount) >= sale).all()
        for row in range(CASES // ROUNDS):
            paid = Costs(Decimal(0), Decimal(int(costs[row])) / 1_000_000)
            shares = Decimal(margin) / 10_000, Decimal(discount) / 10_000
            wanted = price_for_margin(paid, rates, *shares, Decimal(int(freight[row])) / 100)
            assert (int(sale[row]), int(listed[row])) == (wanted.sale_price * 100, wanted.list_price * 100)
            assert list_price_for(wanted.sale_price, Decimal(discount) / 10_000) == wanted


def _reductions(random: np.random.Generator) -> list[Reduction]:
    """Some of what a plan can hold, with thresholds that prices reach by one piece or by several."""
    found = []
    for step in random.permutation(np.array([str(one) for one in Step]))[: int(random.integers(0, 5))]:
        threshold = Decimal(int(random.integers(0, 2) * random.integers(50, 20_000))) / 100
        if random.integers(0, 2):
            found.append(
                Reduction(Step(step), off=Decimal(int(random.integers(1, 6_000))) / 10_000, threshold=threshold)
            )
        else:
            most = int(threshold * 100) - 1 if threshold else 2_000
            found.append(Reduction(Step(step), Decimal(int(random.integers(1, most))) / 100, threshold=threshold))
    return found


def test_worst_cases_equal_decimal():
    random = np.random.default_rng(11)
    for _ in range(ROUNDS):
        reductions = _reductions(random)
        sale = random.integers(1, 10 ** int(random.integers(2, 6)), 60)
        worst = worst_cents(sale, reductions)
        for row in range(60):
            wanted = worst_price(Line(Decimal(int(sale[row])) / 100), reductions)
            assert int(worst[row]) == wanted * 100, (sale[row], reductions)


def test_fees_equal_decimal():
    random = np.random.default_rng(12)
    for _ in range(ROUNDS):
        rates, freight = _rates(random), int(random.integers(0, 900))
        sale = random.integers(0, 10**6, 50)
        found = fee_columns(sale, WholeRates.of(rates), freight)
        for row in range(50):
            offer = Offer(Decimal(int(sale[row])) / 100, buyer_freight=Decimal(freight) / 100)
            wanted = profit_of(offer, Costs(Decimal(0), Decimal(0)), rates)
            assert int(found[row]) == half_up((wanted.revenue - wanted.left_usd) * rates.exchange) * 100


def test_rates_of_every_row_give_what_one_rate_for_all_gives():
    random = np.random.default_rng(13)
    sale, costs = random.integers(1, 10**5, 40), random.integers(0, 10**8, 40)
    rates = [_rates(random) for _ in range(40)]
    whole = [WholeRates.of(one) for one in rates]
    same = replace(whole[0], exchange=np.array([one.exchange for one in whole]), commission=np.arange(40) * 10)
    found = profit_columns(sale, costs, same, freight_cents=np.arange(40))
    even = price_cents(costs, same, freight_cents=np.arange(40))
    for row in range(40):
        one = replace(whole[0], exchange=whole[row].exchange, commission=row * 10)
        single = profit_columns(sale[[row]], costs[[row]], one, freight_cents=row)
        assert (single.profit[0], single.margin[0]) == (found.profit[row], found.margin[row])
        assert price_cents(costs[[row]], one, freight_cents=row)[0] == even[row]


def test_what_cannot_be_exact_is_refused():
    with pytest.raises(BadPriceInput, match=r"pricing\.too_fine"):
        WholeRates.of(Rates(Decimal("6.80001"), Decimal("0.08")))
    rates = WholeRates.of(Rates(Decimal("6.8"), Decimal("0.08")))
    for sale, costs in (([10**9], [1]), ([1], [10**14]), ([1], [-1]), ([-1], [1])):
        with pytest.raises(BadPriceInput, match=r"pricing\.too_large"):
            profit_columns(np.array(sale), np.array(costs), rates)
    with pytest.raises(NoPriceReaches):
        price_cents(np.array([1]), rates, 9_200)


def test_the_largest_values_stay_exact():
    rates = Rates(Decimal(100), Decimal("0.0001"))
    found = profit_columns(np.array([10**8]), np.array([10**13]), WholeRates.of(rates))
    wanted = profit_of(Offer(Decimal(1_000_000)), Costs(Decimal(0), Decimal(10_000_000)), rates)
    assert int(found.profit[0]) == half_up(wanted.profit_cny) * 100
    assert int(found.margin[0]) == half_up(wanted.margin, SHARE) * 10_000
