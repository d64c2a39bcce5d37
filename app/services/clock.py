"""Time as the database keeps it: integer milliseconds since the epoch, UTC."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Asia/Shanghai")
"""Where the team sits: its days are what the window shows and what a date in a filter means."""


def now_ms() -> int:
    """This moment."""
    return time.time_ns() // 1_000_000


def to_ms(moment: datetime | None) -> int | None:
    """An aware datetime as milliseconds; None stays None."""
    return None if moment is None else round(moment.timestamp() * 1000)


def from_ms(milliseconds: int | None) -> datetime | None:
    """Milliseconds as an aware UTC datetime; None stays None."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def at_office(moment: datetime | int) -> datetime:
    """The same moment by the office's clock; a number is milliseconds."""
    at = datetime.fromtimestamp(moment / 1000, UTC) if isinstance(moment, int) else moment
    return at.astimezone(OFFICE)


def day_span(day: date) -> tuple[int, int]:
    """First and first no longer meant moment of a day of the office, in milliseconds."""
    start = datetime(day.year, day.month, day.day, tzinfo=OFFICE)
    return round(start.timestamp() * 1000), round((start + timedelta(days=1)).timestamp() * 1000)
