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
        health: `soon`, `read_only` (interface.md 6) or one of `StoreHealth`.
        is_practice: a store of the practice market on this computer.
        token_expires_at: end of the access token, None where the platform did not say.
        last_sync_at: end of the last whole sync, None before the first.
        listing_quota: listings allowed, None if unknown: the platform's number where it told one, else `own_quota`.
        counts: listings by status; a status without listings is absent.
        to_ship: orders that wait for shipment.
        refresh_expires_at: end of the token that renews the access token, None where the platform did not say.
        signed_out_at: since when it is signed out, its app is refused, or it is out of reach; None while it is well.
        is_shared: came by a shared code (domain.md 4).
        seller_id: the platform's number of the account, "" if it never said.
        own_quota: what a person set for it.
        told_at: when the platform told the quota, None where it is a person's.
        may_post: whether the platform lets it put up listings, None where it did not say.
        paused_at: since when nothing is published to it because somebody said so, None while it goes on.
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
    refresh_expires_at: datetime | None = None
    signed_out_at: datetime | None = None
    is_shared: bool = False
    seller_id: str = ""
    own_quota: int | None = None
    told_at: datetime | None = None
    may_post: bool | None = None
    paused_at: datetime | None = None

    @property
    def sign_in_ends_at(self) -> datetime | None:
        """When the owner must sign in again: the access token renews itself as long as the other one lives."""
        return self.refresh_expires_at or self.token_expires_at

    @property
    def is_disconnected(self) -> bool:
        """Whether its tokens were wiped here."""
        return not self.credential_ref

    @property
    def listings(self) -> int:
        """All listings of the store, drafts among them."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a store's health checklist: `level` is `ok`, `warn` or `bad`; title and text are message keys
    with `params`, in which `since` is a moment in milliseconds. `remedy` names what helps: `sign_in`, `sync`,
    `show_failed`, `show_waiting`, `resume_publishing`, or nothing."""

    key: str
    level: str
    title: str
    text: str
    params: Mapping[str, object] = field(default_factory=dict)
    remedy: str = ""


def health_of(access: str, health: str, ends_ms: int | None, now_ms: int, warn_days: int) -> str:
    """What is stored, and what follows from the clock, the worst. `ends_ms`: end of the sign-in."""
    if health == StoreHealth.SIGNED_OUT or (ends_ms is not None and ends_ms <= now_ms):
        return StoreHealth.SIGNED_OUT
    if health in (StoreHealth.WRONG_SECRET, StoreHealth.WRONG_APP):
        return health
    is_read_only = access == StoreAccess.READ_ONLY
    if not is_read_only and ends_ms is not None and ends_ms - now_ms < warn_days * DAY_MS:
        return SOON
    if health == StoreHealth.UNREACHABLE:
        return health
    return READ_ONLY if is_read_only else StoreHealth.OK
