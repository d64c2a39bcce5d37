"""Numbers, money, weights and times as the window shows them (interface.md 10). Copies use `plain_…`."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.messages import messages, tr
from app.services.clock import OFFICE

PLATFORM = ZoneInfo("America/Los_Angeles")
MINUS = "\u2212"
THIN = "\u202f"
MISSING = "–"
OTHER_SIGNS = "¥￥€£₽"
"""Signs of currencies that listings are not priced in; nothing is ever converted without a word."""
_DOLLARS = re.compile(r"^(?:US\$|USD|\$)|(?:US\$|USD|\$)$", re.IGNORECASE)
_TO_THE_MINUTE = len("2025-11-03 09:41")
_MICRO_A_CENT = 10_000
_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


def integer(number: int | None) -> str:
    """12,846; `–` for unknown, `0` for zero."""
    return MISSING if number is None else f"{number:,}".replace("-", MINUS)


def money(minor: int | None) -> str:
    """Minor units with two decimals, no currency: that stands in the header."""
    if minor is None:
        return MISSING
    whole, rest = divmod(abs(minor), 100)
    return f"{MINUS if minor < 0 else ''}{whole:,}.{rest:02d}"


def plain_money(minor: int | None) -> str:
    """The same for a spreadsheet: no grouping, ASCII minus, nothing for unknown."""
    if minor is None:
        return ""
    whole, rest = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{whole}.{rest:02d}"


def cents(micro: int) -> int:
    """Millionths as hundredths, half up as everything shown (domain.md 19)."""
    return (abs(micro) + _MICRO_A_CENT // 2) // _MICRO_A_CENT * (-1 if micro < 0 else 1)


def money_range(low: int | None, high: int | None) -> str:
    """3.36 – 6.10; equal ends are one number."""
    return money(low) if low == high or high is None else f"{money(low)} – {money(high)}"


def percent(share: Decimal | None) -> str:
    """10.8 % of a fraction, one decimal, thin space that does not break."""
    return MISSING if share is None else f"{share * 100:.1f}{THIN}%".replace("-", MINUS)


def kilograms(grams: int | None) -> str:
    """0.840 without the unit."""
    return MISSING if grams is None else f"{Decimal(grams).scaleb(-3):.3f}"


def moment(milliseconds: int | None, *, now: datetime | None = None, zone: tzinfo = OFFICE) -> str:
    """09:41 today · 06-12 (12 Jun) this year · 2025-11-03 (3 Nov 2025) before, in office time."""
    if milliseconds is None:
        return MISSING
    at = datetime.fromtimestamp(milliseconds / 1000, zone)
    today = (now or datetime.now(UTC)).astimezone(zone)
    if at.date() == today.date():
        return f"{at:%H:%M}"
    if messages.language == "zh":
        return f"{at:%m-%d}" if at.year == today.year else f"{at:%Y-%m-%d}"
    month = tr(f"numbers.month.{at.month}")
    return f"{at.day} {month}" if at.year == today.year else f"{at.day} {month} {at.year}"


def moment_tip(milliseconds: int | None) -> str:
    """The same moment in full: office, platform (Pacific) and UTC."""
    if milliseconds is None:
        return ""
    shown = {
        name: datetime.fromtimestamp(milliseconds / 1000, zone).isoformat(" ", "minutes")[:_TO_THE_MINUTE]
        for name, zone in (("office", OFFICE), ("platform", PLATFORM), ("utc", UTC))
    }
    return tr("numbers.moment_tip", **shown)


def time_left(milliseconds: int | None, *, now_ms: int) -> str:
    """Until a deadline: hours and minutes under a day, else days and hours; negative when overdue."""
    if milliseconds is None:
        return MISSING
    minutes, sign = abs(milliseconds - now_ms) // 60_000, MINUS if milliseconds < now_ms else ""
    if minutes < 24 * 60:
        return sign + tr("numbers.hours_minutes", hours=minutes // 60, minutes=minutes % 60)
    return sign + tr("numbers.days_hours", days=minutes // 1440, hours=minutes % 1440 // 60)


def duration(seconds: float) -> str:
    """3 min 28 s; under a minute with one decimal."""
    if seconds < 60:
        return tr("numbers.seconds", seconds=f"{seconds:.1f}")
    return tr("numbers.minutes_seconds", minutes=int(seconds) // 60, seconds=int(seconds) % 60)


def parse_money(text: str) -> int | None:
    """Minor units of what a person typed or pasted; None for an empty field.

    Full-width digits, blanks and a dollar sign are fine; a comma is a decimal comma only where it cannot be anything
    else.

    Raises:
        ValueError: not an amount with at most two decimals, or one in another currency.
    """
    number = parse_amount(text)
    if number is None:
        return None
    minor = number * 100
    if minor != minor.to_integral_value():
        raise ValueError(text)
    return int(minor)


def parse_amount(text: str) -> Decimal | None:
    """As `parse_decimal`, with what dollars are written with before or behind it."""
    written = _squeezed(text)
    bare = _DOLLARS.sub("", written)
    if written and not bare:
        raise ValueError(text)
    return parse_decimal(bare)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def parse_decimal(text: str, *, signs: str = "") -> Decimal | None:
    """A number as a person types it, with or without *signs* around it; None for an empty field. Raises ValueError for
    anything else."""
    cleaned = _squeezed(text).replace(MINUS, "-").strip(signs)
    if not cleaned or cleaned == MISSING:
        return None
    whole, comma, rest = cleaned.partition(",")
    if comma and "." not in rest and "," not in rest:
        if len(rest) == 3 and whole.lstrip("-") not in ("", "0"):
            raise ValueError(text)  # 1,234 may be either
        cleaned = f"{whole}.{rest}"
    else:
        cleaned = cleaned.replace(",", "")
    if not _NUMBER.fullmatch(cleaned):
        raise ValueError(text)
    return Decimal(cleaned)
