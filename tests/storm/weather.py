"""What a storm is made of: switches of the practice market, one kind of weather after the other."""

from __future__ import annotations

from random import Random
from typing import Any

from app.practice_market.faults import KINDS, Switches

CREATE, EDIT = "aliexpress.offer.product.post", "aliexpress.offer.product.edit"
SUBMIT = "aliexpress.solution.feed.submit"
WRITES = (CREATE, EDIT, SUBMIT)
DRIZZLE = 0.11 / len(KINDS)
"""The share of calls that meet each kind of fault, whatever the weather."""


def _rates(**shares: float) -> dict[str, Any]:
    """Each kind at its share for writes, and a drizzle of all kinds for every call."""
    return {kind: {**dict.fromkeys(WRITES, shares.get(kind, DRIZZLE)), "*": DRIZZLE} for kind in KINDS}


CUTS = dict.fromkeys(("cut_before_commit", "cut_after_commit", "cut_mid_answer"), 0.1)
UNTOLD = [kind for kind in KINDS if kind.endswith(("_applied", "_lost"))]
LOST = dict.fromkeys(UNTOLD, 0.24 / len(UNTOLD))

WEATHERS: dict[str, dict[str, Any]] = {
    "drizzle": {},
    "every kind": {"rates": _rates(**dict.fromkeys(KINDS, 0.44 / len(KINDS)))},
    "cut connections": {"rates": _rates(**CUTS)},
    "answers lost": {"rates": _rates(**LOST)},
    "slow": {"latency_ms": {**dict.fromkeys(WRITES, 350.0), "*": 60.0}},
    "frequency limit": {"qps": {**dict.fromkeys(WRITES, 4.0), "*": 60.0}, "ban_s": 1.0},
    "day quota used up": {"daily_quota": 1},
    "tokens die": {"token_lifetime_s": 0.7},
    "signed out": {"token_lifetime_s": 0.0, "refresh_lifetime_s": 0.0},
    "promotion lock": {"promotion_share": 0.4},
    "reviews refuse": {"audit_reject_share": 0.3},
    "details without variants": {"missing_sku_share": 0.3},
    "store is full": {"product_limit": 1},
    "market gone": {},
    "feeds wait": {"feed_delay_s": 4.0},
    "calls doubled": {"rates": _rates(carried_out_twice=0.5)},
    "items of feeds fail": {"batch_failure_share": 0.4},
}
"""Switches by name; what one does not name stands at its default, with a drizzle of every fault."""

BASE: dict[str, Any] = {
    "latency_ms": {**dict.fromkeys(WRITES, 15.0), "*": 2.0},
    "audit_delay_s": 0.3,
    "feed_delay_s": 0.2,
}
FEEDS_FROM = (1_000_000, 4)
"""How many new listings must wait before they go as a feed: every second round, none does."""
CLOCKS_H = (0.0, 0.0, 0.75, -1.5, 3.0, -5.0, 13.0)
"""How wrong the computer's clock may be: nobody set it, a wrong zone, noon for midnight."""

POINTS = tuple(
    f"{place} {number}"
    for number in (1, 2, 3, 5)
    for place in (
        "before commit", "in commit", "after commit", "in claim", "in upload_image", "before create_listing",
        "in create_listing", "after create_listing", "in edit_listing", "after edit_listing", "before find_listings",
        "in find_listings", "after find_listings", "before submit_feed", "in submit_feed", "after submit_feed",
        "in feed_report", "after feed_report", "after feed_jobs",
    )
)  # fmt: skip
"""Where a program may end itself, as a power cut would end it."""


def switches(name: str, seed: int) -> dict[str, Any]:
    """The whole document for a weather: everything not named is reset."""
    reset = {key: None for key in Switches.__dataclass_fields__ if key not in ("script", "seed")}
    return {**reset, **BASE, "rates": _rates(), **WEATHERS[name], "seed": seed}


def calm() -> dict[str, Any]:
    """The sky after the storm."""
    return {**switches("drizzle", 1), "rates": None, "latency_ms": None}


def forecast(dice: Random, rounds: int) -> list[str]:
    """Weathers for *rounds*: every kind before any comes again, in an order of its own each time."""
    names: list[str] = []
    while len(names) < rounds:
        names += dice.sample(list(WEATHERS), len(WEATHERS))
    return names[:rounds]
