"""The one light of a store with its reason: red stops bulk jobs, amber warns, green is well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.models import StoreAccess, StoreHealth
from app.services.clock import OFFICE
from app.services.stores.records import DAY_MS, READ_ONLY, SOON, StoreRecord

RED, AMBER, GREEN, GRAY = "red", "amber", "green", "gray"
QUOTA_WARN_SHARE = 0.9
"""From this share of the listing quota on the store is nearly full."""
LAST_WARNING_DAYS = 1
"""The second, louder warning before a sign-in ends (domain.md 20: 7 and 1 days)."""


@dataclass(frozen=True, slots=True)
class Light:
    """A store's light: `level` is red, amber, green or gray; the reason is the message `store.light.<reason>`."""

    level: str
    reason: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def needs_somebody(self) -> bool:
        """Whether a person must act."""
        return self.level in (RED, AMBER)

    @property
    def key(self) -> str:
        """Message key of the reason."""
        return f"store.light.{self.reason}"


def light_of(store: StoreRecord, now_ms: int) -> Light:
    """The worst that is the matter with *store*."""
    for light in (_sign_in(store, now_ms), _quota(store)):
        if light is not None and not (light.level == AMBER and store.health == StoreHealth.UNREACHABLE):
            return light
    if store.health == StoreHealth.UNREACHABLE:
        return Light(AMBER, "unreachable", {"at": _clock(store.signed_out_at, now_ms)})
    if store.health == READ_ONLY:
        return Light(GRAY, "read_only")
    if store.paused_at is not None:
        return Light(GRAY, "paused")
    return Light(GREEN, "practice" if store.is_practice else "ok")


def days_left(store: StoreRecord, now_ms: int) -> int | None:
    """Whole days until the sign-in ends; below 0 it is over, None where the platform named no end."""
    ends = store.sign_in_ends_at
    return None if ends is None else int((ends.timestamp() * 1000 - now_ms) // DAY_MS)


def _sign_in(store: StoreRecord, now_ms: int) -> Light | None:
    if store.is_disconnected and store.health == StoreHealth.SIGNED_OUT:
        return Light(RED, "disconnected")
    if store.health == StoreHealth.SIGNED_OUT:
        return Light(RED, "signed_out")
    if store.health in (StoreHealth.WRONG_SECRET, StoreHealth.WRONG_APP):
        return Light(RED, store.health)
    days = days_left(store, now_ms)
    if store.health == SOON and days is not None:
        return Light(AMBER, "last_day", {"n": days}) if days < LAST_WARNING_DAYS else Light(AMBER, "ends", {"n": days})
    return None


def _clock(moment: datetime | None, now_ms: int) -> str:
    """The time of *moment* on the office's wall, or its day where that is not today."""
    if moment is None:
        return "–"
    at = moment.astimezone(OFFICE)
    return at.strftime("%H:%M" if at.date() == datetime.fromtimestamp(now_ms / 1000, OFFICE).date() else "%m-%d")


def _quota(store: StoreRecord) -> Light | None:
    live, quota = store.counts.get("live", 0), store.listing_quota
    if store.access == StoreAccess.READ_ONLY:
        return None
    if store.may_post is False:
        return Light(AMBER, "may_not_post")
    if quota is None:
        return None
    if live >= quota:
        return Light(RED, "full", {"live": live, "quota": quota})
    if live >= quota * QUOTA_WARN_SHARE:
        return Light(AMBER, "nearly_full", {"percent": live * 100 // quota, "live": live, "quota": quota})
    return None
