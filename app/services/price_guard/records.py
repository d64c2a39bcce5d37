"""What the price guard knows of a listing besides its prices. Unknown is None, never 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from app.services.listings.marketing.plans import NO_PLAN, DiscountPlan
from app.services.pricing.terms import NOTHING, Costs, Rates

FLOOR = "guard.floor"
BREAK_EVEN = "guard.break_even"
MARGIN = "guard.margin"
UNKNOWN = "guard.unknown"
CHANGE = "guard.change"
CHANGE_WARN = "guard.change_warn"
FAR_BELOW = "price.far_below"
CODES = (FLOOR, BREAK_EVEN, MARGIN, UNKNOWN, CHANGE, FAR_BELOW)
"""Rules of the checker that put a listing into quarantine; only a release lets it out (`release.py`)."""
HELD_IDS = (
    "SELECT listing_id FROM listing_finding WHERE severity = 'hold' AND code IN "
    f"({', '.join(repr(code) for code in CODES)})"
)
"""Ids of listings in quarantine, as they were checked last."""


class Unknown(StrEnum):
    """What a price cannot be judged without; its word is `guard.unknown.<value>`."""

    COST = "cost"
    WEIGHT = "weight"
    ROUTE = "route"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Floor:
    """The lowest price allowed for a variant's goods, in hundredths of `currency`."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class SkuFigures:
    """What one variant costs to sell.

    Attributes:
        costs: goods, freight and packing; None where one of them is unknown.
        rates: in CNY of one unit of the listing's currency; None where the exchange rate is unknown.
        unknown: what is missing, empty where both are known.
        detail: names what is missing: an item, a country.
        buyer_freight: what the buyer pays for freight, in the listing's currency.
    """

    costs: Costs | None
    rates: Rates | None
    unknown: tuple[Unknown, ...] = ()
    detail: str = ""
    buyer_freight: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Release:
    """A person's word for a listing: the imprint of what it was said of, and the reasons that were seen."""

    imprint: str
    reasons: frozenset[tuple[str, str]]
    comment: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """What is known of one listing.

    Attributes:
        plan: what is taken off: the plan of its marketing group, else the planned discount (domain.md 20).
        remote: prices the marketplace has, in minor units by merchant code; None where it has none or nobody knows.
        release: the last one.
        floors: of its variants, in their order.
        figures: of its variants, in their order; None where the guard does not ask for profit.
        rates: CNY for one unit of a currency, of the currencies somebody entered.
    """

    plan: DiscountPlan = NO_PLAN
    remote: Mapping[str, int] | None = None
    release: Release | None = None
    floors: Sequence[Floor | None] = ()
    figures: Sequence[SkuFigures] | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)
