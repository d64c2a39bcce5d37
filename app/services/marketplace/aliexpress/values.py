"""Values as they come: numbers as text, prices as text, local times, JSON inside JSON (protocol reference 5.0).

Every reader takes what the platform sends, tolerates the documented forms and returns None (or "" for text and ids)
where the value is absent. A value in no documented form raises `ValueError`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from app.services.marketplace.aliexpress.rules import rules

_EXACT_FLOAT = 2**53
_PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


def ident(value: Any) -> str:
    """An id as text, exact; "" where there is none.

    Raises:
        ValueError: a float beyond 2^53, whose digits are gone already, or no number at all.
    """
    if type(value) is int:
        return str(value)
    if value is None or value == "":
        return ""
    if isinstance(value, float):
        if not value.is_integer() or abs(value) > _EXACT_FLOAT:
            raise ValueError(f"not an id: {value!r}")
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"not an id: {value!r}")
    return str(value).strip()


def text(value: Any) -> str:
    """Text; a number as its digits."""
    return "" if value is None else str(value)


def whole(value: Any) -> int | None:
    """A whole number, also from text such as "3" or "3.0"."""
    if value is None or value == "":
        return None
    if type(value) is int:
        return value
    number = decimal(value)
    if number != number.to_integral_value():
        raise ValueError(f"not a whole number: {value!r}")
    return int(number)


def flag(value: Any) -> bool | None:
    """A boolean, also from "true" and "false"."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in ("true", "1", "y"):
        return True
    if word in ("false", "0", "n"):
        return False
    raise ValueError(f"neither true nor false: {value!r}")


def decimal(value: Any) -> Decimal:
    """A number exactly as it is written, from text or JSON number."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"not a number: {value!r}") from None
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError(f"not a number: {value!r}")
    return number


def minor_units(value: Any, currency: str = "") -> int | None:
    """A price such as "200.07" or "2113.0" in minor units; more digits than the currency has are rounded half up."""
    if value is None or value == "":
        return None
    return _minor(value, currency) if type(value) is str else _minor.__wrapped__(value, currency)


@lru_cache(maxsize=4096)
def _minor(value: Any, currency: str) -> int:
    """A store's prices are few texts said over and over: each is worked out once."""
    return int(decimal(value).scaleb(_digits(currency)).to_integral_value(ROUND_HALF_UP))


def price_text(minor: int, currency: str = "") -> str:
    """Minor units as the platform wants a price: 1100 → "11.00"."""
    digits = _digits(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def grams(value: Any) -> int | None:
    """Kilograms such as "0.420" in whole grams, rounded up (domain.md 19)."""
    if value is None or value == "":
        return None
    return int(decimal(value).scaleb(3).to_integral_value(ROUND_CEILING))


def kilograms(weight_g: int) -> str:
    """Grams as the platform wants a weight: 420 → "0.420"."""
    return f"{Decimal(weight_g).scaleb(-3):.3f}"


def moment(value: Any, zone: str) -> datetime | None:
    """A local time of the platform, `yyyy-MM-dd HH:mm:ss`, as aware UTC.

    Args:
        value: the text; fractions of a second are dropped.
        zone: `order`, `feed` or `tracking` (US Pacific with daylight saving) or `product` (China), see the rules.
            The hour that the end of daylight saving repeats is read as its first passing.
    """
    if value is None or value == "":
        return None
    return _at(str(value).strip()[:19], zone)


@lru_cache(maxsize=4096)
def _at(shown: str, zone: str) -> datetime:
    """The list says a listing's times, and its detail says them again: they are worked out once."""
    if _PLAIN_TIME.fullmatch(shown):  # a list of listings is mostly times, and this is ten times quicker
        local = datetime.fromisoformat(shown)
    else:
        local = datetime.strptime(shown, rules("wire")["timestamp_form"])  # noqa: DTZ007 - the zone follows
    return local.replace(tzinfo=_zone(zone)).astimezone(UTC)


def moment_text(at: datetime, zone: str) -> str:
    """An aware time as the platform's local time, with the seconds without which a filter is ignored."""
    if at.tzinfo is None:
        raise ValueError("a time without zone")
    return at.astimezone(_zone(zone)).strftime(rules("wire")["timestamp_form"])


def span_texts(start: datetime, end: datetime, zone: str) -> tuple[str, str]:
    """A span as the two local times of a filter, wide enough however the platform reads the hour that the end of
    daylight saving repeats: a start in it moves before it, an end in it behind it."""
    return _edge(start, zone, later=False), _edge(end, zone, later=True)


def _edge(at: datetime, zone: str, *, later: bool) -> str:
    local = at.astimezone(_zone(zone))
    if local.replace(fold=1 - local.fold).astimezone(UTC) == at:
        return moment_text(at, zone)
    # Wall clock arithmetic on purpose: the hour that stands on the clock twice.
    hour = local.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    edge = hour + timedelta(hours=1) if later else hour - timedelta(seconds=1)
    return edge.strftime(rules("wire")["timestamp_form"])


def embedded(value: Any) -> Any:
    """JSON inside JSON: parsed where it is text, as it is where the platform sent the object itself."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        raise ValueError("not JSON text") from None


def listed(value: Any) -> list[Any]:
    """A list in any of its forms: plain, under its element key, a lone element, `{}` or absent."""
    if value is None or value == "" or value == {}:
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and len(value) == 1:
        inner = next(iter(value.values()))
        if isinstance(inner, list):
            return inner
    return [value]


def quota_zone() -> ZoneInfo:
    """The zone in which day quotas begin anew."""
    return _zone("quota")


def _digits(currency: str) -> int:
    return int(rules("wire")["currency_digits"].get(currency, 2))


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(rules("wire")["zones"][name])
