"""Profit, margin and worst case of half a million SKUs, results kept, against the best bare NumPy for the same numbers;
and a hundred thousand worst cases against `Decimal`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from app.services.pricing.discounts import Line, Reduction, Step, worst_price
from app.services.pricing.exact import WholeRates, profit_columns, sale_cents
from app.services.pricing.exact_stack import worst_cents
from app.services.pricing.terms import Rates
from tests.benchmarks.ground import Ground
from tests.benchmarks.measuring import Measurement, clocked, interleaved

SKUS = 500_000
BUDGET = 2.0
"""DESIGN.md 9."""
RATES = Rates(Decimal("6.8"), Decimal("0.08"), Decimal("0.03"), Decimal("0.02"), Decimal("0.01"))
PLAN = (
    Reduction(Step.STORE_DISCOUNT, Decimal(3), threshold=Decimal(20)),
    Reduction(Step.STORE_COUPON, Decimal(2), threshold=Decimal(19)),
)


def measure(ground: Ground) -> Iterator[Measurement]:
    """Seconds."""
    count = int(SKUS * ground.sizes.listings / 1_000_000)
    random = np.random.default_rng(9)
    listed, costs = random.integers(100, 20_000, count), random.integers(10**6, 10**8, count)
    rates, repeats = WholeRates.of(RATES), max(7, ground.sizes.repeats)
    took = interleaved(
        {
            "floor": lambda: clocked(lambda: _bare_profit(listed, costs)),
            "ours": lambda: clocked(lambda: profit_columns(sale_cents(listed, 3_000), costs, rates)),
        },
        repeats,
    )
    how = f"{count} SKUs: sale price, profit to the cent, margin; floor: the same four lines, nothing checked"
    yield Measurement("profit.columns", took["ours"], "s", how, floor=took["floor"], budget=BUDGET)
    sale = sale_cents(listed, 3_000)
    took = interleaved(
        {
            "floor": lambda: clocked(lambda: _bare_worst(sale)),
            "ours": lambda: clocked(lambda: worst_cents(sale, PLAN)),
        },
        repeats,
    )
    how = f"{count} SKUs under a spend-off and a coupon; floor: the same baskets by hand for this very plan"
    yield Measurement("profit.worst_case", took["ours"], "s", how, floor=took["floor"], budget=BUDGET)
    yield Measurement("profit.equal", _differences(), "rows", "100 000 worst cases that differ from Decimal", budget=0)


def _bare_profit(listed: np.ndarray, costs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """T, fees and discount as constants: nothing is checked, nothing is refused."""
    sale = (listed * 7_000 + 5_000) // 10_000
    exact = sale * (68_000 * 8_600) - costs * 10_000
    profit = (2 * np.abs(exact) + 10**8) // (2 * 10**8)
    in_cny = sale * 68_000
    margin = (2 * np.abs(exact) + in_cny) // (2 * in_cny)
    return np.where(exact < 0, -profit, profit), np.where(exact < 0, -margin, margin)


def _bare_worst(sale: np.ndarray) -> np.ndarray:
    """The baskets this plan can have, each worked out by its own lines."""
    best, pieces = sale, np.ones_like(sale)
    for goal in (0, 1_900, 2_000, 2_200):
        size = np.maximum(-(-goal // sale), 1)
        goods = sale * size
        goods = goods - np.where(goods >= 2_000, 300, 0)
        goods = goods - np.where(goods >= 1_900, 200, 0)
        better = goods * pieces < best * size
        best, pieces = np.where(better, goods, best), np.where(better, size, pieces)
    return best // pieces


def _differences() -> int:
    """Random plans and prices, whole columns against `Decimal`."""
    random, wrong = np.random.default_rng(10), 0
    for _ in range(500):
        plan = [
            Reduction(Step.STORE_DISCOUNT, off=Decimal(int(random.integers(1, 5_000))) / 10_000),
            Reduction(
                Step.STORE_COUPON,
                Decimal(int(random.integers(1, 500))) / 100,
                threshold=Decimal(int(random.integers(501, 9_000))) / 100,
            ),
        ][: int(random.integers(1, 3))]
        sale = random.integers(1, 10_000, 200)
        worst = worst_cents(sale, plan).tolist()
        wrong += sum(
            int(found != worst_price(Line(Decimal(price) / 100), plan) * 100)
            for price, found in zip(sale.tolist(), worst, strict=True)
        )
    return wrong
