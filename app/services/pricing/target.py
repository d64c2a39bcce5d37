"""Reverse: the lowest price that reaches a margin (domain.md 10.2)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.services.pricing.errors import BadPriceInput, NoPriceReaches, named, needed, not_negative, share
from app.services.pricing.rounding import EXACT, up
from app.services.pricing.terms import NOTHING, Costs, Rates


@dataclass(frozen=True, slots=True)
class TargetPrice:
    """A price that reaches its target, in USD: the lowest sale price that does, and the list price that sells at it or,
    as cents are whole, a little above."""

    list_price: Decimal
    sale_price: Decimal


def price_for_margin(
    costs: Costs,
    rates: Rates,
    margin: Decimal,
    discount: Decimal = NOTHING,
    buyer_freight: Decimal = NOTHING,
    reductions: Decimal = NOTHING,
) -> TargetPrice:
    """The price whose margin on revenue is at least *margin* (a share, such as 0.15), rounded up twice: SP, then LP.

    With freight paid by the buyer or with reductions the wanted sale price follows from the same balance: revenue
    keeps `1 − c − r − w − t`, and affiliates are paid on goods alone.

    Raises:
        BadPriceInput: a value is out of its range.
        NoPriceReaches: fees and margin take the whole price.
    """
    for field, amount in (("buyer_freight", buyer_freight), ("reductions", reductions)):
        not_negative(field, amount)
    if (margin := needed("margin", margin)) >= 1:
        raise BadPriceInput("pricing.no_share", field=named("margin"), value=str(margin))
    kept = rates.kept - margin
    if kept <= 0:
        raise NoPriceReaches(share=str(kept))
    of_freight = buyer_freight * (kept + rates.affiliate)
    goods = EXACT.divide(EXACT.divide(costs.total, rates.exchange) - of_freight, kept)
    wanted = up(EXACT.divide(max(goods + reductions, NOTHING), Decimal(costs.quantity)))
    return list_price_for(wanted, discount)


def break_even(
    costs: Costs,
    rates: Rates,
    discount: Decimal = NOTHING,
    buyer_freight: Decimal = NOTHING,
    reductions: Decimal = NOTHING,
) -> TargetPrice:
    """The lowest price at which nothing is lost.

    Raises: as `price_for_margin`.
    """
    return price_for_margin(costs, rates, NOTHING, discount, buyer_freight, reductions)


def list_price_for(wanted: Decimal, discount: Decimal) -> TargetPrice:
    """*wanted* ÷ (1 − d), up to the cent: it sells at *wanted* USD or more under the item discount.

    Raises:
        BadPriceInput: the discount is no share below 1.
    """
    share("discount", discount)
    listed = up(EXACT.divide(wanted, 1 - discount))
    return TargetPrice(listed, wanted)
