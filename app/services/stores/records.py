"""Stores as the window and the command line see them: plain records, no secrets in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.models import StoreAccess, StoreHealth

__all__ = ["Check", "StoreAccess", "StoreHealth", "StoreRecord"]

SOON = "soon"
READ_ONLY = "read_only"
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class StoreRecord:
    """One store with its figures.

    Attributes:
        id: primary key.
        name: as the user calls it; unique.
        alias: four characters (domain.md 4), "" if none.
        colour: number of one of the ten store colours of the theme, from 0.
        gateway: address its calls go to.
        credential_ref: where its tokens lie, `keyring:…`, `vault:…` or `practice:…`; never the tokens.
        access: may everything, or only read.
        health: `ok`, `soon`, `signed_out` or `read_only` (interface.md 6).
        is_practice: a store of the practice market on this computer.
        token_expires_at: end of the sign-in, None where the platform did not say.
        last_sync_at: end of the last whole sync, None before the first.
        listing_quota: listings allowed, None if unknown.
        counts: listings by status; a status without listings is absent.
        to_ship: orders that wait for shipment.
    """

    id: int
    name: str
    alias: str
    colour: int
    gateway: str
    credential_ref: str
    access: str
    health: str
    is_practice: bool
    token_expires_at: datetime | None
    last_sync_at: datetime | None
    listing_quota: int | None
    counts: Mapping[str, int] = field(default_factory=dict)
    to_ship: int = 0

    @property
    def listings(self) -> int:
        """All listings of the store, drafts among them."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a store's health checklist: `level` is `ok`, `warn` or `bad`; title and text are message keys
    with `params`."""

    key: str
    level: str
    title: str
    text: str
    params: Mapping[str, object] = field(default_factory=dict)


def health_of(access: str, health: str, token_expires_ms: int | None, now_ms: int, warn_days: int) -> str:
    """The store's light: what is stored, and what follows from the clock."""
    if health == StoreHealth.SIGNED_OUT or (token_expires_ms is not None and token_expires_ms <= now_ms):
        return StoreHealth.SIGNED_OUT
    if access == StoreAccess.READ_ONLY:
        return READ_ONLY
    if token_expires_ms is not None and token_expires_ms - now_ms < warn_days * DAY_MS:
        return SOON
    return StoreHealth.OK
