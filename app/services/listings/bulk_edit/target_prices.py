"""`price_for(0.15)` in a formula: the list price that earns a margin, as the linked triple of the grid works it out."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from app.services.pricing.explaining import CENTS, Terms
from app.services.pricing.inputs import MICRO, Missing, SkuInput
from app.services.pricing.linked import list_price_for
from app.services.pricing.sources import UNIT
from app.services.pricing.team_settings import TeamSettings
from app.services.pricing.terms import NOTHING, Costs, Rates

TERMS = {
    "of_costs": MICRO,
    "of_rate": UNIT,
    "of_kept": UNIT,
    "of_affiliate": UNIT,
    "of_discount": UNIT,
    "of_buyer": CENTS,
}
"""What it needs of a variant, and how many of the stored unit make one: all costs in CNY, CNY for one unit of the
listing's currency, the share of goods that is left and the affiliate's, the planned discount, freight the buyer pays.
No name a person may type begins so."""
KEPT = 1 << 14


def terms_row(row: SkuInput, settings: TeamSettings) -> tuple[int | None, ...]:
    """`TERMS` of a variant, each None where one of them is unknown; its own price is not asked for."""
    if row.cost_micro is None or row.freight_micro is None or row.rate is None or set(row.missing) - {Missing.PRICE}:
        return (None,) * len(TERMS)
    affiliate = int(settings.affiliate * UNIT)
    taken = row.commission_bp + affiliate + int((settings.refund + settings.payment) * UNIT)
    costs = row.cost_micro + row.freight_micro + int(settings.packing * MICRO)
    return costs, row.rate, UNIT - taken, affiliate, row.discount_bp, row.buyer_minor or 0


@lru_cache(maxsize=KEPT)
def price_for(
    costs: Decimal, rate: Decimal, kept: Decimal, affiliate: Decimal, discount: Decimal, buyer: Decimal, margin: Decimal
) -> Decimal:
    """The lowest list price that earns *margin*, a share of revenue; rounded up, then checked forward.

    Raises:
        BadPriceInput, NoPriceReaches: as `list_price_for`.
    """
    rates = Rates(rate, 1 - kept - affiliate, affiliate)
    terms = Terms(Costs(costs, NOTHING), rates, discount, buyer)
    return Decimal(list_price_for(terms, "margin", margin)) / CENTS
