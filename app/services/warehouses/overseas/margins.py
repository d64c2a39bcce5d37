"""What overseas variants earn, by the figures every other place shows (`pricing/figures.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.services.codes.records import Reading
from app.services.listings.marketing.plans import NO_PLAN
from app.services.pricing.figures import FigureColumns
from app.services.pricing.given import UNKNOWN
from app.services.pricing.inputs import Missing, SkuInput
from app.services.pricing.rates import Rate, commission_of, exchange_rate
from app.services.pricing.sources import UNIT
from app.services.pricing.team_settings import TeamSettings, team_settings
from app.services.warehouses.overseas.prices import TemplatePrices, Unknown
from app.services.warehouses.overseas.records import Own, Unpriced

MICRO = 10**6


@dataclass(frozen=True, slots=True)
class Earning:
    """Freight in millionths of a CNY and margin on revenue in hundredths of a percent; None where unknown, and `why`
    names the first thing that is missing."""

    freight_micro: int | None
    margin_bp: int | None
    why: Unpriced | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What all variants are reckoned with."""

    settings: TeamSettings
    rate: Rate | None
    commission_bp: int
    discount_bp: int

    @classmethod
    def of(cls, connection: Connection, discount_bp: int | None) -> Terms:
        """As everything stands now; *discount_bp* of the template, None for the team's."""
        settings = team_settings(connection)
        planned = int(settings.discount * UNIT) if discount_bp is None else discount_bp
        return cls(settings, exchange_rate(connection), int(commission_of(connection).share * UNIT), planned)


Wanted = tuple[Own, Reading, str, int | None]
"""A variant, its reading, the country and the price in cents."""


def earnings(wanted: Sequence[Wanted], prices: TemplatePrices, terms: Terms) -> list[Earning]:
    """Freight and margin of each."""
    rows, whys = [], list[Unpriced | None]()
    for one in wanted:
        row, why = _row(one, prices, terms)
        rows.append(row)
        whys.append(why)
    margins = FigureColumns(rows, terms.settings).listed("margin_bp") if rows else []
    return [
        Earning(row.freight_micro, None if margin == UNKNOWN else margin, why)
        for row, margin, why in zip(rows, margins, whys, strict=True)
    ]


def _row(one: Wanted, prices: TemplatePrices, terms: Terms) -> tuple[SkuInput, Unpriced | None]:
    own, reading, country, price = one
    row = SkuInput(0, 0, 0, own.code, "USD", "", "", price, country, NO_PLAN, terms.commission_bp)
    row.rate = None if terms.rate is None else terms.rate.whole
    row.discount_bp, row.buyer_minor = terms.discount_bp, 0
    unknown = list(_learn(row, own, reading, country, prices))
    if row.rate is None:
        unknown.append(Unpriced("no_rate"))
        row.missing.append(Missing.RATE)
    if price is None:
        row.missing.append(Missing.PRICE)
    return row, unknown[0] if unknown else None


def _learn(row: SkuInput, own: Own, reading: Reading, country: str, prices: TemplatePrices) -> Iterator[Unpriced]:
    """Put cost and freight into *row*; what is unknown is named."""
    try:
        row.cost_micro = int(prices.cost(own, reading) * MICRO)
    except Unknown as error:
        row.missing.append(Missing.COST)
        yield error.unpriced
    freight = prices.freight_of(own, reading, country)
    if isinstance(freight, Unpriced):
        row.missing.append(Missing.CARRIER)
        yield freight
    else:
        row.freight_micro = int((freight * MICRO).to_integral_value())
