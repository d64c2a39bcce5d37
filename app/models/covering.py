"""Covering another store: how its things become ours, and where covered listings came from (domain.md 3.2)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, JsonDict, Ms


class CoverRules(Base):
    """How listings of one store become listings of another, as `app.services.covering.rules` writes it."""

    __tablename__ = "cover_rules"

    from_store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    to_store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    rules: Mapped[JsonDict]
    updated_ms: Mapped[Ms]


class ListingOrigin(Base):
    """Which product of another store a listing covers. The row outlives its listing, so that a redo finds it again; it
    goes with the listing's store. `from_store_id` may be a store that was removed since.

    `service_template_id`: the own service template a new listing is created with, "" for the platform's default.
    """

    __tablename__ = "listing_origin"
    __table_args__ = (Index("ix_listing_origin_product", "store_id", "product_id"),)

    listing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"))
    from_store_id: Mapped[int]
    product_id: Mapped[str]
    service_template_id: Mapped[str] = mapped_column(default="")
    covered_ms: Mapped[Ms]


class ForeignPicture(Base):
    """An address in another store's photobank that listings of `store_id` show: it is taken over before publishing."""

    __tablename__ = "foreign_picture"
    __table_args__ = ({"sqlite_with_rowid": False},)

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)


class ServiceTemplate(Base):
    """A service (promise) template of a store."""

    __tablename__ = "service_template"
    __table_args__ = ({"sqlite_with_rowid": False},)

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    template_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    synced_ms: Mapped[Ms]


class SkuAssignment(Base):
    """Which operator of the team sells a code: the same code in every store, found by its match key (domain.md 3.1)."""

    __tablename__ = "sku_assignment"
    __table_args__ = (Index("ix_sku_assignment_member", "member"),)

    id: Mapped[Id]
    match_key: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]
    member: Mapped[str]
    assigned_ms: Mapped[Ms]
