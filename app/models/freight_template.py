"""Freight templates: who pays what for which country and carrier (domain.md 9.1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Ms


class FreightTemplate(Base):
    """A store's template; `services` is the platform's list of settings, None until read."""

    __tablename__ = "freight_template"
    __table_args__ = (UniqueConstraint("store_id", "template_id"),)

    id: Mapped[Id]
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    template_id: Mapped[str]
    name: Mapped[str]
    is_default: Mapped[bool] = mapped_column(default=False)
    services: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    synced_ms: Mapped[Ms]
