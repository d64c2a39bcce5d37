"""Rates that prices depend on, each with the day and the source it is from (domain.md 10, 19, 20)."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Minor, Ms


class ExchangeRate(Base):
    """CNY for one unit of `currency` in millionths, from the day `as_of` (`YYYY-MM-DD`) on; the newest day counts.

    `source` is the name of a file, or a key of `pricing.source.<key>` with a colon before it (`:typed`).
    """

    __tablename__ = "exchange_rate"
    __table_args__ = (Index("ix_exchange_rate_day", "currency", "as_of", "id"),)

    id: Mapped[Id]
    currency: Mapped[str]
    rate_micro: Mapped[Minor]
    as_of: Mapped[str]
    source: Mapped[str]
    entered_ms: Mapped[Ms]


class Commission(Base):
    """The platform's share in a category and those below it, in hundredths of a percent; the category "" is for all
    others. `source` as of an exchange rate."""

    __tablename__ = "commission"

    id: Mapped[Id]
    category_id: Mapped[str] = mapped_column(unique=True)
    share_bp: Mapped[int]
    source: Mapped[str]
    as_of: Mapped[str]


class PricingSetting(Base):
    """One of the team's numbers prices are made with, as text, where it is not the one of the rule file."""

    __tablename__ = "pricing_setting"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    value: Mapped[str]
    source: Mapped[str]
    as_of: Mapped[str]


class FigureState(Base):
    """One row: figures of this `generation` are made from today's rates, settings, tables and templates; `renewed` is
    the last one all listings were worked out for. Since `inputs` costs, weights and routes are what they are, since
    `rates` the exchange rates: figures that are younger only need to be reckoned again, not read again."""

    __tablename__ = "figure_state"

    id: Mapped[Id]
    generation: Mapped[int]
    renewed: Mapped[int]
    inputs: Mapped[int]
    rates: Mapped[int]


class FigureDue(Base):
    """A listing that changed since its figures were worked out. Triggers put it here."""

    __tablename__ = "figure_due"

    listing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class SkuColumn(Base):
    """A piece of one column over all variants: what they cost and earn, and the numbers that is worked out from.

    `services/pricing/sku_columns.py` reads and writes it: five million variants are asked, sorted and worked out again
    as columns in a tenth of the time that rows take. `segment`: sku id ÷ `SEGMENT`; `data`: a number for each id.
    """

    __tablename__ = "sku_column"

    name: Mapped[str] = mapped_column(primary_key=True)
    segment: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes]


class ListingFigure(Base):
    """The least favourable figures of a listing's variants: the lowest profit, margin and worst case, the highest cost,
    freight, fees and break-even; `unknown` counts the variants whose profit nobody knows, `why` is the first's.

    `cost_micro`, `freight_micro`: millionths of a CNY. `fees_minor`, `profit_minor`, `worst_profit_minor`: hundredths
    of a CNY. `margin_bp`: of revenue, ten thousandths. `even_minor` (list price without loss) and `worst_minor`
    (lowest price a buyer can reach): hundredths of the listing's currency. None is unknown. Its variants' ids lie from
    `first_sku` to `last_sku`. A row outlives its listing until `sku_column` was cleared of it: the listing is in
    `figure_due` meanwhile.
    """

    __tablename__ = "listing_figure"
    __table_args__ = (
        Index("ix_listing_figure_margin", "margin_bp", "generation", "listing_id"),
        Index("ix_listing_figure_profit", "profit_minor", "generation", "listing_id"),
    )

    listing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int]
    cost_micro: Mapped[Minor | None]
    freight_micro: Mapped[Minor | None]
    fees_minor: Mapped[Minor | None]
    profit_minor: Mapped[Minor | None]
    margin_bp: Mapped[Minor | None]
    even_minor: Mapped[Minor | None]
    worst_minor: Mapped[Minor | None]
    worst_profit_minor: Mapped[Minor | None]
    unknown: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(default="")
    first_sku: Mapped[int | None]
    last_sku: Mapped[int | None]
