"""Rates that prices depend on, each with the day and the source it is from (domain.md 10, 19)."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Minor, Ms


class ExchangeRate(Base):
    """CNY for one unit of `currency` in millionths, from the day `as_of` (`YYYY-MM-DD`) on; the newest day counts."""

    __tablename__ = "exchange_rate"
    __table_args__ = (Index("ix_exchange_rate_day", "currency", "as_of", "id"),)

    id: Mapped[Id]
    currency: Mapped[str]
    rate_micro: Mapped[Minor]
    as_of: Mapped[str]
    source: Mapped[str]
    entered_ms: Mapped[Ms]


class Commission(Base):
    """The platform's share in a category, in hundredths of a percent; the category "" is for all others."""

    __tablename__ = "commission"
    __table_args__ = ({"sqlite_with_rowid": False},)

    category_id: Mapped[str] = mapped_column(primary_key=True)
    share_bp: Mapped[int]
    source: Mapped[str]
    as_of: Mapped[str]
