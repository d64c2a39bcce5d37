"""Warehouse templates: which dispatch countries a listing gets, and with what (domain.md 8)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Minor, Ms


class WarehouseTemplate(Base):
    """A named set of dispatch countries; virtual ones ship from China (domain.md 8.1)."""

    __tablename__ = "warehouse_template"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    is_virtual: Mapped[bool] = mapped_column(default=True)
    handling_days: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
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
