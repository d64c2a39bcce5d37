"""Marketing groups: which discount campaign a listing takes part in. The platform has no call for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Ms


class MarketingGroup(Base):
    """A store's grouping for discount campaigns (domain.md 15).

    `discount_bp` is the discount planned for it in hundredths of a percent (1550: 15.5 % off), None while undecided.
    `discount_plan` is what else takes off in it (`app.services.listings.marketing.plans`), None for nothing.
    No number is given twice: a change that put listings into a group must not find another one in its place.
    """

    __tablename__ = "marketing_group"
    __table_args__ = (UniqueConstraint("store_id", "name"), {"sqlite_autoincrement": True})

    id: Mapped[Id]
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    name: Mapped[str]
    discount_bp: Mapped[int | None]
    discount_plan: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_ms: Mapped[Ms]


class MarketingMember(Base):
    """A listing's marketing group: the key lets it be in one at most. No content: publishing never sends it."""

    __tablename__ = "marketing_member"
    __table_args__ = (Index("ix_marketing_member_group", "group_id"), {"sqlite_with_rowid": False})

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("marketing_group.id", ondelete="CASCADE"))
