"""Baskets for the discount-stack simulator: chosen listings with their costs and their group's plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.messages import Key
from app.services.db import Database
from app.services.listings.loading import load_listings
from app.services.listings.marketing.plans import NO_PLAN, DiscountPlan, plans_of
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.price_guard.figures import read_figures
from app.services.price_guard.records import SkuFigures
from app.services.pricing.discounts import Line
from app.services.pricing.simulation import BasketLine
from app.services.pricing.team_settings import team_settings
from app.services.pricing.terms import NOTHING

MOST = 50
"""Listings in a basket; nobody orders more."""


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines, one of each listing, and the plan of the first that has one. `left_out`: listings without a price in USD,
    or too many of them."""

    lines: tuple[BasketLine, ...]
    plan: DiscountPlan
    left_out: int = 0


def basket_of(db: Database, listing_ids: Sequence[int]) -> Basket:
    """A piece of the cheapest variant of each listing; of one listing alone a piece of each of its variants."""
    with db.read() as session:
        connection = session.connection()
        records = load_listings(session, listing_ids[:MOST])
        plans = plans_of(connection, [record.id for record in records])
        usual = team_settings(connection).discount
        lines: list[BasketLine] = []
        for record, figures in zip(records, read_figures(connection, records), strict=True):
            discount = plans.get(record.id, NO_PLAN).discount
            for number, sku in _chosen(record, alone=len(listing_ids) == 1):
                lines.append(_line(record, sku, figures[number], usual if discount is None else discount))
    plan = next((plans[record.id] for record in records if record.id in plans), NO_PLAN)
    kept = {record.id for record in records if _chosen(record, alone=False)}
    return Basket(tuple(lines), plan, len(listing_ids) - len(kept))


def _chosen(record: ListingRecord, *, alone: bool) -> list[tuple[int, SkuRecord]]:
    if record.currency != "USD":
        return []
    priced = [(number, sku) for number, sku in enumerate(record.skus) if sku.price_minor and sku.price_minor > 0]
    return priced[:MOST] if alone else sorted(priced, key=lambda one: one[1].price_minor or 0)[:1]


def _line(record: ListingRecord, sku: SkuRecord, figures: SkuFigures, discount: Decimal) -> BasketLine:
    unknown = tuple(Key(f"guard.unknown.{one}") for one in figures.unknown)
    line = Line(Decimal(sku.price_minor or 0) / 100, discount or NOTHING)
    name = sku.code.strip() or record.title
    return BasketLine(name, line, figures.costs, figures.rates, unknown, figures.buyer_freight)
