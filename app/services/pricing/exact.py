"""Profit and prices of whole columns in integer arithmetic: the same results as `profit` and `target`, to the cent.

Money in USD is cents, money in CNY millionths (freight tariffs have five decimals), shares and the exchange rate ten
thousandths. All of it fits 64 bits up to `LIMITS`, and no digit is lost on the way: T·N·(1 − fees) has the unit
10⁻¹⁰ CNY, which divided by T·N in 10⁻⁶ CNY is a margin in ten thousandths. NumPy is loaded when
a column is computed, not before.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from app.services.pricing.errors import BadPriceInput, NoPriceReaches, named
from app.services.pricing.terms import Rates

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Known = NDArray[np.bool_]

UNIT = 10_000
"""Ten thousandths of a share or of the exchange rate."""
MICRO = 1_000_000
"""Millionths of a CNY."""
TO_EXACT = 10_000
"""From millionths of a CNY to the unit of the products, 10⁻¹⁰ CNY."""
CENT_CNY = 10**8
"""One hundredth of a CNY in that unit."""
LIMITS = {"revenue": 1_000_000_00, "rate": 100 * UNIT, "costs": 10_000_000 * MICRO}
"""Largest values of a column: revenue of USD 1 000 000, T of 100, costs of CNY 10 000 000."""
MOST_COSTS, MOST_REVENUE = LIMITS["costs"] // 2, LIMITS["revenue"] // 2
"""Largest cost of goods, and price or freight a buyer pays: half of that, so that freight and packing can be added."""


@dataclass(frozen=True, slots=True)
class WholeRates:
    """`Rates` in ten thousandths; exchange rate and commission may be columns.

    Raises:
        BadPriceInput: `pricing.too_fine`, where a rate has more than four decimals; it would have to be rounded.
    """

    exchange: Whole | int
    commission: Whole | int
    affiliate: int
    refund: int
    payment: int

    @classmethod
    def of(cls, rates: Rates) -> WholeRates:
        """The same rates as whole numbers."""
        fields = ("exchange", "commission", "affiliate", "refund", "payment")
        return cls(*(whole(name, getattr(rates, name), UNIT) for name in fields))

    @property
    def of_revenue(self) -> Whole | int:
        """1 − c − r − w: what revenue keeps before affiliates."""
        return UNIT - self.commission - self.refund - self.payment


def whole(field: str, value: Decimal, unit: int) -> int:
    """*value* in units of 1/*unit*.

    Raises:
        BadPriceInput: `pricing.too_fine`, where it is no whole number of them.
    """
    scaled = value * unit
    if scaled != int(scaled):
        raise BadPriceInput("pricing.too_fine", field=named(field), value=str(value))
    return int(scaled)


def sale_cents(list_cents: Whole, discount: Whole | int) -> Whole:
    """SP = LP × (1 − d), half up. *discount* in ten thousandths."""
    return (list_cents * (UNIT - discount) + UNIT // 2) // UNIT


@dataclass(frozen=True, slots=True)
class ProfitColumns:
    """Profit in hundredths of a CNY and margin on revenue in ten thousandths, both half away from zero; where
    `has_margin` is False there is no revenue and the margin means nothing."""

    profit: Whole
    margin: Whole
    has_margin: Known


def profit_columns(
    sale: Whole,
    costs_micro: Whole,
    rates: WholeRates,
    quantity: int = 1,
    freight_cents: Whole | int = 0,
    reductions: int = 0,
) -> ProfitColumns:
    """`profit_of` over columns.

    Args:
        sale: SP in cents.
        costs_micro: C·q + F + K in millionths of a CNY.
        rates: in ten thousandths.
        quantity: q of every row.
        freight_cents: B in cents.
        reductions: S in cents.

    Raises:
        BadPriceInput: `pricing.too_large`, where a product could leave 64 bits.
    """
    import numpy as np

    _within("costs", costs_micro)
    _within("rate", np.asarray(rates.exchange))
    goods = sale * quantity - reductions if quantity != 1 or reductions else sale
    revenue = goods if isinstance(freight_cents, int) and not freight_cents else goods + freight_cents
    _within("revenue", revenue)
    kept = revenue * (rates.exchange * rates.of_revenue) - goods * (rates.exchange * rates.affiliate)
    exact = kept - costs_micro * TO_EXACT
    in_cny = revenue * rates.exchange
    has_margin = in_cny > 0
    return ProfitColumns(
        _divided(exact, np.int64(CENT_CNY)), _divided(exact, np.where(has_margin, in_cny, 1)), has_margin
    )


def fee_columns(sale: Whole, rates: WholeRates, freight_cents: Whole | int = 0) -> Whole:
    """What commission, affiliates, refunds and payment take of one piece, in hundredths of a CNY, half away from
    zero; arguments as of `profit_columns`."""
    import numpy as np

    taken = (sale + freight_cents) * (UNIT - rates.of_revenue) + sale * rates.affiliate
    return _divided(taken * rates.exchange, np.int64(CENT_CNY))


def price_cents(costs_micro: Whole, rates: WholeRates, margin: int = 0, freight_cents: Whole | int = 0) -> Whole:
    """`price_for_margin` over columns for S = 0 and q = 1: SP in cents for a margin in ten thousandths; without one it
    is the break-even.

    Raises:
        BadPriceInput: `pricing.too_large`.
        NoPriceReaches: fees and margin take the whole price.
    """
    import numpy as np

    kept = rates.of_revenue - rates.affiliate - margin
    if (least := int(np.min(kept))) <= 0:
        raise NoPriceReaches(share=str(Decimal(least) / UNIT))
    _within("costs", costs_micro)
    needed = costs_micro * TO_EXACT
    if not isinstance(freight_cents, int) or freight_cents:
        needed = np.maximum(needed - freight_cents * ((kept + rates.affiliate) * rates.exchange), 0)
    return -(-needed // (rates.exchange * kept))


def list_cents(sale: Whole, discount: Whole | int) -> Whole:
    """LP = SP ÷ (1 − d), up to the cent; *discount* in ten thousandths."""
    return -(-sale * UNIT // (UNIT - discount))


def _divided(number: Whole, by: Whole | np.int64) -> Whole:
    """Half away from zero, as `rounding.half_up`."""
    import numpy as np

    size = (2 * np.abs(number) + by) // (2 * by)
    return np.where(number < 0, -size, size)


def _within(name: str, column: Whole) -> None:
    if column.size and (int(column.max()) > LIMITS[name] or int(column.min()) < 0):
        raise BadPriceInput("pricing.too_large", field=named(name))
