"""Orders and their lines as the platform reports them (domain.md 11)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, JsonDict, Minor, Ms


class Order(Base):
    """One order; `status` is the platform's state name, `deadline_ms` when it must be sent. Table: `store_order`."""

    __tablename__ = "store_order"
    __table_args__ = (
        UniqueConstraint("store_id", "order_id"),
        Index("ix_store_order_deadline", "deadline_ms", "id"),
        Index("ix_store_order_created", "created_ms", "id"),
    )

    id: Mapped[Id]
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    order_id: Mapped[str]
    status: Mapped[str]
    buyer_name: Mapped[str] = mapped_column(default="")
    amount_minor: Mapped[Minor | None]
    currency: Mapped[str] = mapped_column(default="USD")
    line_count: Mapped[int] = mapped_column(default=0)
    codes: Mapped[str] = mapped_column(default="")
    search_text: Mapped[str] = mapped_column(default="")
    raw: Mapped[JsonDict] = mapped_column(default=dict)
    created_ms: Mapped[Ms | None]
    paid_ms: Mapped[Ms | None]
    deadline_ms: Mapped[Ms | None]
    synced_ms: Mapped[Ms]


class OrderLine(Base):
    """One line of an order."""

    __tablename__ = "order_line"
    __table_args__ = (UniqueConstraint("store_order_id", "line_id"), Index("ix_order_line_product", "product_id"))

    id: Mapped[Id]
    store_order_id: Mapped[int] = mapped_column(ForeignKey("store_order.id", ondelete="CASCADE"))
    line_id: Mapped[str]
    product_id: Mapped[str]
    title: Mapped[str]
    code: Mapped[str]
    quantity: Mapped[int]
    unit_price_minor: Mapped[Minor | None]
    currency: Mapped[str]
    status: Mapped[str]
