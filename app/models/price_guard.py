"""What the price guard let through on a person's word, and the price rules a team wrote itself (domain.md 10, 13)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, JsonDict, Ms


class PriceRelease(Base):
    """A listing released from quarantine. It holds for the prices and the discount plan that `imprint` covers, and for
    the `reasons` a person saw: pairs of a finding's code and a merchant code."""

    __tablename__ = "price_release"
    __table_args__ = ({"sqlite_with_rowid": False},)

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    imprint: Mapped[str]
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    comment: Mapped[str]
    actor: Mapped[str]
    released_ms: Mapped[Ms]


class SentPrice(Base):
    """The prices of a listing, by merchant code, as the marketplace took them from us last; `our_hash` is the content
    hash that a listing with them has."""

    __tablename__ = "sent_price"
    __table_args__ = ({"sqlite_with_rowid": False},)

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    prices: Mapped[JsonDict]
    sent_ms: Mapped[Ms]
    our_hash: Mapped[str] = mapped_column(default="")


class PriceRule(Base):
    """How a team makes its prices: `body` is what `app.services.pricing.own_rules` reads, by formula or by step."""

    __tablename__ = "price_rule"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    body: Mapped[JsonDict]
    updated_ms: Mapped[Ms]
