"""Times as the platform writes them. Inside the market a time is integer epoch milliseconds (`*_ms`), UTC.

Orders speak US Pacific time with daylight saving, products speak GMT+8 (aliexpress-open-platform.md 5.0).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
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
def pacific() -> ZoneInfo:
    """The zone of order times."""
    return ZoneInfo("America/Los_Angeles")


def pacific_text(moment_ms: int | None) -> str | None:
    """An order time; None stays None."""
    return None if moment_ms is None else datetime.fromtimestamp(moment_ms / 1000, pacific()).strftime(FORM)


def beijing_text(moment_ms: int | None) -> str | None:
    """A product time; None stays None."""
    return None if moment_ms is None else datetime.fromtimestamp(moment_ms / 1000, BEIJING).strftime(FORM)


def pacific_ms(text: str | None) -> int | None:
    """The moment of an order time; None where the text has another form, for the platform ignores such a filter."""
    return _moment(text, pacific())


def beijing_ms(text: str | None) -> int | None:
    """The moment of a product time; None where the text has another form."""
    return _moment(text, BEIJING)


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
        return beijing_ms(text)
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp() * 1000)


def _moment(text: str | None, zone: ZoneInfo | timezone) -> int | None:
    try:
        moment = datetime.strptime(text or "", FORM).replace(tzinfo=zone)
    except ValueError:
        return None
    return int(moment.timestamp() * 1000)
