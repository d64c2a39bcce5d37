"""What variants cost to sell, of listings as they stand or as they would be: from the one place that works it out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import orjson
from sqlalchemy import Connection

from app.services.freight.columns import package_size
from app.services.listings.costs import told_cost
from app.services.listings.records import ListingRecord
from app.services.price_guard.records import SkuFigures, Unknown
from app.services.pricing.inputs import MICRO, InputReader, Missing, SkuInput, SkuSource
from app.services.pricing.sources import UNIT
from app.services.pricing.team_settings import TeamSettings
from app.services.pricing.terms import Costs, Rates

_MEANS = {
    Missing.COST: Unknown.COST,
    Missing.WEIGHT: Unknown.WEIGHT,
    Missing.RATE: Unknown.RATE,
    Missing.CHANNEL: Unknown.ROUTE,
    Missing.CARRIER: Unknown.ROUTE,
    Missing.TEMPLATE: Unknown.ROUTE,
    Missing.ROUTE: Unknown.ROUTE,
    Missing.RANGE: Unknown.COST,
}
"""What is missing, in the guard's words. A missing price is the checker's own finding; fees that take the whole price
are a loss, not unknown."""


def read_figures(connection: Connection, records: Sequence[ListingRecord]) -> list[list[SkuFigures]]:
    """The figures of all variants of *records*, record by record."""
    reader = InputReader.of(connection)
    sources = [_source(record) for record in records]
    rows = iter(reader.read_these(sources))
    return [[_figures(next(rows), reader.settings) for _ in record.skus] for record in records]


def _source(record: ListingRecord) -> SkuSource:
    return SkuSource(
        record.id,
        record.store_id,
        record.category_id,
        record.freight_template_id,
        record.weight_g,
        record.currency,
        told_cost(orjson.dumps(record.extra).decode() if record.extra else None),
        [(sku.id or 0, sku.code, place, sku.price_minor, sku.ships_from) for place, sku in enumerate(record.skus)],
        package_size((record.length_cm, record.width_cm, record.height_cm)),
    )


def _figures(row: SkuInput, settings: TeamSettings) -> SkuFigures:
    unknown = tuple(dict.fromkeys(_MEANS[one] for one in row.missing if one in _MEANS))
    if unknown or row.cost_micro is None or row.freight_micro is None or row.rate is None:
        return SkuFigures(None, None, unknown or (Unknown.COST,), _detail(row, unknown))
    costs = Costs(Decimal(row.cost_micro) / MICRO, Decimal(row.freight_micro) / MICRO, settings.packing)
    commission = Decimal(row.commission_bp) / UNIT
    rates: Rates = settings.rates(Decimal(row.rate) / UNIT, commission)
    return SkuFigures(costs, rates, (), "", Decimal(row.buyer_minor or 0) / 100)


def _detail(row: SkuInput, unknown: Sequence[Unknown]) -> str:
    """Names what is missing: the route's ends, else the currency, else the code."""
    if Unknown.COST in unknown or Unknown.WEIGHT in unknown or not unknown:
        return row.code
    if Unknown.RATE in unknown:
        return row.currency
    return f"{row.ships_from or 'CN'} → {row.country}"
