"""Forward: what is left of a list price (domain.md 10.2)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.services.pricing.errors import BadPriceInput, not_negative, share
from app.services.pricing.rounding import EXACT, half_up
from app.services.pricing.terms import NOTHING, Costs, Rates


@dataclass(frozen=True, slots=True)
class Offer:
    """What a buyer is asked for, in USD.

    Attributes:
        list_price: LP of one unit.
        discount: d, the item discount as a share.
        buyer_freight: B, paid by the buyer for the parcel.
        reductions: S, what the seller gives away after the sale price: spend-off, store coupons.

    Raises:
        BadPriceInput: an unknown or negative amount, a discount of 1 or more.
    """

    list_price: Decimal
    discount: Decimal = NOTHING
    buyer_freight: Decimal = NOTHING
    reductions: Decimal = NOTHING

    def __post_init__(self) -> None:
        for field in ("list_price", "buyer_freight", "reductions"):
            not_negative(field, getattr(self, field))
        share("discount", self.discount)

    @property
    def sale_price(self) -> Decimal:
        """SP: LP × (1 − d), half up to the cent."""
        return sale_price(self.list_price, self.discount)


@dataclass(frozen=True, slots=True)
class Profit:
    """Every step of one computation, exact; round where it is shown.

    Attributes:
        sale_price: SP in USD.
        revenue: N, what the buyer pays, in USD.
        commission, affiliate, refunds, payment: what others keep, in USD.
        left_usd: what is left of N, in USD.
        left_cny: the same in CNY.
        costs_cny: goods, freight and packing, in CNY.
        profit_cny: `left_cny` − `costs_cny`.
        margin: profit ÷ revenue; None where there is no revenue.
        markup: profit ÷ costs; None where nothing costs anything.
    """

    sale_price: Decimal
    revenue: Decimal
    commission: Decimal
    affiliate: Decimal
    refunds: Decimal
    payment: Decimal
    left_usd: Decimal
    left_cny: Decimal
    costs_cny: Decimal
    profit_cny: Decimal
    margin: Decimal | None
    markup: Decimal | None


def sale_price(list_price: Decimal, discount: Decimal) -> Decimal:
    """SP of a list price under an item discount: half up to the cent."""
    return half_up(list_price * (1 - discount))


def profit_of(offer: Offer, costs: Costs, rates: Rates) -> Profit:
    """What is left of *offer* after fees and *costs*.

    Raises:
        BadPriceInput: `pricing.reductions`, where they are more than the goods cost.
    """
    goods = offer.sale_price * costs.quantity - offer.reductions
    if goods < 0:
        raise BadPriceInput("pricing.reductions", value=str(offer.reductions), goods=str(goods + offer.reductions))
    revenue = goods + offer.buyer_freight
    fees = (rates.commission * revenue, rates.affiliate * goods, rates.refund * revenue, rates.payment * revenue)
    left_usd = revenue - sum(fees)
    left_cny, paid = rates.exchange * left_usd, costs.total
    profit, in_cny = left_cny - paid, rates.exchange * revenue
    return Profit(
        sale_price=offer.sale_price,
        revenue=revenue,
        commission=fees[0],
        affiliate=fees[1],
        refunds=fees[2],
        payment=fees[3],
        left_usd=left_usd,
        left_cny=left_cny,
        costs_cny=paid,
        profit_cny=profit,
        margin=EXACT.divide(profit, in_cny) if in_cny > 0 else None,
        markup=EXACT.divide(profit, paid) if paid else None,
    )
