"""Warehouse templates: which dispatch countries a listing gets, and with what (domain.md 8)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Minor, Ms


class WarehouseTemplate(Base):
    """A named set of dispatch countries; virtual ones ship from China (domain.md 8.1).

    `price_source`: `PriceSource`. `margin_bp`, `discount_bp`: shares in hundredths of a percent, the margin None for
    "by price step". `home_stock`: of home variants whose stock nobody knows.
    """

    __tablename__ = "warehouse_template"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    is_virtual: Mapped[bool] = mapped_column(default=True)
    handling_days: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    price_source: Mapped[str] = mapped_column(default="sheet", server_default="sheet")
    margin_bp: Mapped[int | None]
    discount_bp: Mapped[int] = mapped_column(default=3000, server_default="3000")
    home_stock: Mapped[int | None]
    zero_missing: Mapped[bool] = mapped_column(default=False, server_default="0")
    created_ms: Mapped[Ms]
    updated_ms: Mapped[Ms]


class WarehouseCountry(Base):
    """One dispatch country of a template: the mark its codes carry, the Ships-From value id, stock, surcharge."""

    __tablename__ = "warehouse_country"
    __table_args__ = (UniqueConstraint("warehouse_template_id", "country"),)

    id: Mapped[Id]
    warehouse_template_id: Mapped[int] = mapped_column(ForeignKey("warehouse_template.id", ondelete="CASCADE"))
    position: Mapped[int]
    country: Mapped[str]
    ships_from_id: Mapped[str]
    mark: Mapped[str]
    stock: Mapped[int | None]
    surcharge_minor: Mapped[Minor | None]
    formula: Mapped[str] = mapped_column(default="", server_default="")


class WarehouseFreight(Base):
    """The freight template that listings of a store take with a warehouse template: the platform's id."""

    __tablename__ = "warehouse_freight"

    warehouse_template_id: Mapped[int] = mapped_column(
        ForeignKey("warehouse_template.id", ondelete="CASCADE"), primary_key=True
    )
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    template_id: Mapped[str]
