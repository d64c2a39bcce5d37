"""Stores: the accounts listings are published to."""

from __future__ import annotations

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Ms
from app.models.kinds import StoreAccess, StoreHealth


class Store(Base):
    """One store. Its tokens lie in the credential store under `credential_ref`, never here; "" after disconnecting.

    `token_expires_ms` ends the access token, `refresh_expires_ms` the token that renews it, None where the platform
    named no end. `signed_out_ms` is since when `health` is not `ok`. `is_shared`: came by a shared
    code (domain.md 4). `listing_quota` is what a person set; `platform_…` and `may_post` what the platform told at
    `profile_ms`, None where it did not.
    """

    __tablename__ = "store"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    alias: Mapped[str] = mapped_column(default="")
    colour: Mapped[str] = mapped_column(default="")
    gateway: Mapped[str]
    credential_ref: Mapped[str]
    seller_id: Mapped[str] = mapped_column(default="")
    access: Mapped[str] = mapped_column(default=StoreAccess.OPERATE)
    health: Mapped[str] = mapped_column(default=StoreHealth.OK)
    is_practice: Mapped[bool] = mapped_column(default=False)
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    token_expires_ms: Mapped[Ms | None]
    refresh_expires_ms: Mapped[Ms | None]
    signed_out_ms: Mapped[Ms | None]
    last_sync_ms: Mapped[Ms | None]
    listing_quota: Mapped[int | None]
    platform_quota: Mapped[int | None]
    platform_listings: Mapped[int | None]
    may_post: Mapped[bool | None]
    profile_ms: Mapped[Ms | None]
    created_ms: Mapped[Ms]


class ApiUse(Base):
    """Calls in the name of a store on one day of the platform (GMT+8, as `2026-11-22`); `used_up_calls`: how many had
    been made when the day's quota was said to be used up."""

    __tablename__ = "api_use"

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(default=0, server_default="0")
    used_up_calls: Mapped[int | None]
