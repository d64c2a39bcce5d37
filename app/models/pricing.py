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
    the last one all listings were worked out for."""

    __tablename__ = "figure_state"

    id: Mapped[Id]
    generation: Mapped[int]
    renewed: Mapped[int]


class FigureDue(Base):
    """A listing that changed since its figures were worked out. Triggers put it here."""

    __tablename__ = "figure_due"

    listing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class SkuFigure(Base):
    """What a variant costs and earns, as it was worked out for `generation`. None is unknown, `why` says for what.

    `cost_micro`, `freight_micro`: millionths of a CNY. `fees_minor`, `profit_minor`, `worst_profit_minor`: hundredths
    of a CNY. `margin_bp`: of revenue, ten thousandths. `even_minor` (list price without loss) and `worst_minor`
    (lowest price a buyer can reach): hundredths of the listing's currency. Rows go with their listing by a trigger: a
    foreign key would be looked up five million times.
    """

    __tablename__ = "sku_figure"
    __table_args__ = ({"sqlite_with_rowid": False},)

    listing_id: Mapped[int] = mapped_column(primary_key=True)
    sku_id: Mapped[int] = mapped_column(primary_key=True)
    generation: Mapped[int]
    cost_micro: Mapped[Minor | None]
    freight_micro: Mapped[Minor | None]
    fees_minor: Mapped[Minor | None]
    profit_minor: Mapped[Minor | None]
    margin_bp: Mapped[Minor | None]
    even_minor: Mapped[Minor | None]
    worst_minor: Mapped[Minor | None]
    worst_profit_minor: Mapped[Minor | None]
    why: Mapped[str] = mapped_column(default="")


class ListingFigure(Base):
    """The least favourable figures of a listing's variants: the lowest profit, margin and worst case, the highest cost,
    freight, fees and break-even; `unknown` counts the variants whose profit nobody knows, `why` is the first's."""

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
