"""Price, margin and profit as one: type any of them, and the list price that reaches it follows (domain.md 10.2)."""

from __future__ import annotations

from decimal import Decimal

from app.services.pricing.errors import BadPriceInput, named, positive
from app.services.pricing.explaining import CENTS, Terms
from app.services.pricing.profit import Offer, profit_of
from app.services.pricing.rounding import CENT
from app.services.pricing.sources import number
from app.services.pricing.target import break_even, price_for_margin
from app.services.pricing.terms import NOTHING, Costs, Wanted


def wanted_value(wanted: Wanted, text: str) -> Decimal:
    """What a person typed: CNY, or a margin as `15 %`, `15` or `0.15`; no margin is 1 or more, so those are percent.

    Raises:
        BadPriceInput: no number.
    """
    value = number(wanted, text)
    return value / 100 if wanted == "margin" and abs(value) >= 1 and "%" not in text and "％" not in text else value


def list_price_for(terms: Terms, wanted: Wanted, value: Decimal) -> int:
    """The lowest list price in hundredths that earns *value*: a share of revenue, or CNY a piece. Rounded up, then
    checked forward.

    Raises:
        NoPriceReaches: fees and margin take the whole price.
        BadPriceInput: a margin of 1 or more, a loss beyond all costs, or a price of nothing.
    """
    if wanted == "margin":
        found = price_for_margin(terms.costs, terms.rates, value, terms.discount, terms.buyer_freight)
    else:
        if (whole := terms.costs.total + value) < 0:
            raise BadPriceInput(field=named("profit"), value=str(value))
        found = break_even(Costs(whole, NOTHING), terms.rates, terms.discount, terms.buyer_freight)
    listed = positive("list_price", found.list_price)
    while not _reaches(terms, listed, wanted, value):
        listed += CENT
    return int(listed * CENTS)


def _reaches(terms: Terms, listed: Decimal, wanted: Wanted, value: Decimal) -> bool:
    found = profit_of(Offer(listed, terms.discount, terms.buyer_freight), terms.costs, terms.rates)
    earned = found.margin if wanted == "margin" else found.profit_cny
    return earned is not None and earned >= value
