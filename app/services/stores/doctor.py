"""Whether a store can be worked, in one screen: the way to it, its sign-in, what its account may call, its limits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.models import StoreAccess, StoreHealth
from app.services.clock import now_ms
from app.services.errors import AppError
from app.services.marketplace.port import Marketplace, MarketplaceError, RateLimited, RemoteStatus, SignedOut
from app.services.marketplace.records import MethodPermission, Pause, StoreProfile
from app.services.publishing.gate import clock_time
from app.services.stores.light import days_left
from app.services.stores.practice import reachable
from app.services.stores.reading import mark_health
from app.services.stores.records import StoreRecord
from app.services.stores.trying import ATTEMPTS
from app.services.stores.verdicts import note_error
from app.services.stores.wire_check import BAD, OK, SKIPPED, STEPS, WARN, Line, check_wire, line_of_error, skipped

if TYPE_CHECKING:
    from app.services.application import Application

PURPOSES = ("list", "create", "prices", "stocks", "orders", "shipments", "carriers", "categories", "groups", "freight",
            "promises", "profile")  # fmt: skip
"""As `MethodPermission.purpose`, in the order they are told."""
WRITES = ("create", "prices", "stocks", "shipments")
NEEDED = ("list", "create")
"""Without these a store cannot be worked; the others leave a part of it undone."""
AFTER_SIGN_IN = (*(f"may_{purpose}" for purpose in PURPOSES), "quota", "limits")
WRONG_APP = ("marketplace.signature", "marketplace.app_key")
NO_PERMISSION = "marketplace.permission"
"""Refused for the one method, but in the store's name: the sign-in was taken."""
LONG_PAUSE_S = 60
"""Calls do not wait for a longer pause than this (`longest_wait_s` of `aliexpress_limits.json`): they end."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found, one line a check, in the order of their dependence."""

    store: StoreRecord
    lines: tuple[Line, ...]

    @property
    def works(self) -> bool:
        """Whether the store can be worked: the sign-in was tried, and nothing is bad. Warnings do not stop that."""
        is_tried = any(line.key == "sign_in" and line.level in (OK, WARN) for line in self.lines)
        return is_tried and not any(line.level == BAD for line in self.lines)

    @property
    def is_reached(self) -> bool:
        """Whether the marketplace answered and took the sign-in."""
        return not any(line.level == BAD for line in self.lines if line.key in (*STEPS, "sign_in"))


async def examine_store(app: Application, store: StoreRecord) -> Diagnosis:
    """Look at everything; nothing of the store is changed. Its light follows: what is the matter, or well again.

    A check that fails says why and what helps, those that need it say that they were skipped.
    """
    try:
        store = await reachable(app, store)
    except AppError as error:  # the practice market did not start: that is an answer, too
        return Diagnosis(store, (line_of_error("answer", error), *map(skipped, ("sign_in", *AFTER_SIGN_IN))))
    wire = await check_wire(store.gateway, await asyncio.to_thread(app.proxy_of, app.settings.proxy))
    if wire.works:
        lines = await _signed_in(app, store)
    else:
        if any(line.level == BAD and line.key != "clock" for line in wire.lines):
            await asyncio.to_thread(mark_health, app.db, store.id, StoreHealth.UNREACHABLE)
        lines = [skipped("sign_in"), *map(skipped, AFTER_SIGN_IN)]
    return Diagnosis(store, (*wire.lines, *lines))


async def _signed_in(app: Application, store: StoreRecord) -> list[Line]:
    """What only a valid sign-in can tell."""
    try:
        async with app.connected(store, attempts=ATTEMPTS) as marketplace:
            sign_in = await _sign_in(app, store, marketplace)
            if sign_in.level in (BAD, SKIPPED):
                return [sign_in, *map(skipped, AFTER_SIGN_IN[:-1]), _limits(marketplace.pauses())]
            may = await _permissions(store, marketplace)
            quota = await _quota(store, marketplace)
            return [sign_in, *may, quota, _limits(marketplace.pauses())]
    except AppError as error:  # the tokens cannot be read
        return [line_of_error("sign_in", error, "sign_in"), *map(skipped, AFTER_SIGN_IN)]


async def _sign_in(app: Application, store: StoreRecord, marketplace: Marketplace) -> Line:
    """One small question in the store's name."""
    try:
        await marketplace.list_listings(RemoteStatus.ON_SALE, page_size=1)
    except RateLimited:
        return Line("sign_in", SKIPPED, "doctor.sign_in.limited")
    except MarketplaceError as error:
        if error.error_code != NO_PERMISSION:
            await asyncio.to_thread(note_error, app.db, store.id, error)
            is_ours = isinstance(error, SignedOut) or error.error_code in WRONG_APP
            return line_of_error("sign_in", error, "sign_in" if is_ours else "")
    await asyncio.to_thread(mark_health, app.db, store.id, StoreHealth.OK)
    return _expiry(store, app.settings.token_warn_days)


def _expiry(store: StoreRecord, warn_days: int) -> Line:
    days = days_left(store, now_ms())
    if days is None:
        return Line("sign_in", OK, "doctor.sign_in.open")
    if days >= warn_days:
        return Line("sign_in", OK, "doctor.sign_in.ends", {"n": days})
    return Line("sign_in", WARN, "doctor.sign_in.ends", {"n": days}, "doctor.remedy.sign_in", "sign_in")


async def _permissions(store: StoreRecord, marketplace: Marketplace) -> list[Line]:
    """A line for each purpose."""
    try:
        found = await marketplace.permissions()
    except MarketplaceError as error:
        fact = "doctor.sign_in.limited" if isinstance(error, RateLimited) else "doctor.may.unsure"
        return [Line(f"may_{purpose}", SKIPPED, fact) for purpose in PURPOSES]
    is_read_only = store.access != StoreAccess.OPERATE
    return [
        _may(purpose, [one for one in found if one.purpose == purpose], is_read_only=is_read_only)
        for purpose in PURPOSES
    ]


def _may(purpose: str, found: Sequence[MethodPermission], *, is_read_only: bool) -> Line:
    """Whether one of the methods for *purpose* may be called."""
    key = f"may_{purpose}"
    if is_read_only and purpose in WRITES:
        return Line(key, SKIPPED, "doctor.may.read_only")
    if any(one.is_allowed for one in found):
        return Line(key, OK, "doctor.may.yes")
    refused = [one.method for one in found if one.is_allowed is False]
    if not refused:
        return Line(key, SKIPPED, "doctor.may.unsure")
    level = BAD if purpose in NEEDED else WARN
    return Line(key, level, "doctor.may.no", {"methods": ", ".join(refused)}, "doctor.remedy.permission")


async def _quota(store: StoreRecord, marketplace: Marketplace) -> Line:
    """Listings used and allowed, by the platform, else by what is known here."""
    try:
        profile = await marketplace.store_profile()
    except MarketplaceError:
        profile = StoreProfile()
    used = store.counts.get("live", 0) if profile.listings is None else profile.listings
    most = store.listing_quota if profile.listings_max is None else profile.listings_max
    if not profile.may_post:
        return Line("quota", BAD, "doctor.quota.closed", {}, "doctor.remedy.quota")
    if most is None:
        return Line("quota", OK, "doctor.quota.unknown", {"used": used})
    told = {"used": used, "most": most}
    if used >= most:
        return Line("quota", BAD, "doctor.quota.full", told, "doctor.remedy.quota")
    is_told = profile.listings is not None and profile.listings_max is not None
    return Line("quota", OK, "doctor.quota.free" if is_told else "doctor.quota.here", told)


def _limits(pauses: Sequence[Pause]) -> Line:
    """What the platform holds up just now, the longest."""
    if not pauses:
        return Line("limits", OK, "doctor.limits.none")
    longest = pauses[0]
    left_s = longest.until.timestamp() - now_ms() / 1000
    level = BAD if left_s > LONG_PAUSE_S else WARN
    scope = "doctor.limits.all" if longest.scope in ("store", "app") else "doctor.limits.method"
    return Line("limits", level, scope, {"until": clock_time(left_s), "method": longest.scope, "code": longest.code})
