"""Times as the platform writes them. Inside the market a time is integer epoch milliseconds (`*_ms`), UTC.

Orders speak US Pacific time with daylight saving, products speak GMT+8 (aliexpress-open-platform.md 5.0).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

FORM = "%Y-%m-%d %H:%M:%S"
BEIJING = timezone(timedelta(hours=8))
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def now_ms() -> int:
    """This moment, epoch milliseconds."""
    return time.time_ns() // 1_000_000


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that name; order times are in one of `America/Los_Angeles` unless switched."""
    return ZoneInfo(name)


@cache
def offset(hours: float) -> timezone:
    """The zone that many hours ahead of UTC; product times are in GMT+8 unless switched."""
    return timezone(timedelta(hours=hours))


def zone_text(moment_ms: int | None, place: tzinfo) -> str | None:
    """A moment in the platform's form; None stays None."""
    return None if moment_ms is None else datetime.fromtimestamp(moment_ms / 1000, place).strftime(FORM)


def zone_ms(text: str | None, place: tzinfo) -> int | None:
    """The moment of a text; None where it has another form, for the platform ignores such a filter."""
    try:
        moment = datetime.strptime(text or "", FORM).replace(tzinfo=place)
    except ValueError:
        return None
    return int(moment.timestamp() * 1000)


def next_beijing_midnight_ms(moment_ms: int) -> int:
    """When the day quota starts anew (aliexpress-open-platform.md 6)."""
    shift = 8 * HOUR_MS
    return ((moment_ms + shift) // DAY_MS + 1) * DAY_MS - shift


def request_moment_ms(text: str, *, is_top: bool) -> int | None:
    """The moment a request names as its `timestamp`, None where it is unreadable.

    The newer gateway takes epoch milliseconds or UTC ISO text, the older one GMT+8 text or epoch milliseconds.
    """
    if text.isascii() and text.isdigit():
        return int(text) if len(text) < 16 else None
    if is_top:
        return zone_ms(text, BEIJING)
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp() * 1000)
