"""Freight templates: who pays what for which country and carrier (domain.md 9.1); what carriers charge, and which of
them the team uses (domain.md 10.3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, JsonDict, Ms


class FreightTemplate(Base):
    """A store's template; `services` is the platform's list of settings, None until read.

    A local template is the team's own plan and belongs to no store: `store_id` is None and `template_id` "". `source`
    says where it came from, `synced_ms` when it was last read or edited.
    """

    __tablename__ = "freight_template"
    __table_args__ = (UniqueConstraint("store_id", "template_id"),)

    id: Mapped[Id]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("store.id"))
    template_id: Mapped[str]
    name: Mapped[str]
    is_default: Mapped[bool] = mapped_column(default=False)
    services: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    synced_ms: Mapped[Ms]
    source: Mapped[str] = mapped_column(default="", server_default="")


class CarrierTariff(Base):
    """A price list of a carrier. `rules` has ranges, step, countries, volumetric weight and limits in the form of
    `resources/rules/carrier_tariffs.json`; `as_of` is the day it holds from, `YYYY-MM-DD` or ""."""

    __tablename__ = "carrier_tariff"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    currency: Mapped[str]
    rules: Mapped[JsonDict]
    source: Mapped[str] = mapped_column(default="")
    as_of: Mapped[str] = mapped_column(default="")
    updated_ms: Mapped[Ms]


class FreightChannel(Base):
    """The tariff a parcel goes with: from a dispatch country, to a destination, with a logistics attribute; "" is any
    country, and goods without attributes of their own rule."""

    __tablename__ = "freight_channel"
    __table_args__ = (UniqueConstraint("ships_from", "country", "attribute"),)

    id: Mapped[Id]
    ships_from: Mapped[str]
    country: Mapped[str] = mapped_column(default="")
    attribute: Mapped[str] = mapped_column(default="")
    tariff_key: Mapped[str]
