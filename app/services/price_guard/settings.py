"""What the price guard looks at: kept with the data, so that every program on it guards alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal, DecimalException
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.errors import InputError
from app.services.history.kept import Keeping, Rows
from app.services.history.records import GUARD_LABEL, RULES

SETTING = "price_guard"
_ASKED = "SELECT value FROM setting WHERE name = ?"
_HAS_COSTS = "SELECT 1 FROM stock_item WHERE cost_micro IS NOT NULL LIMIT 1"
_PUT = (
    "INSERT INTO setting (name, value, updated_ms) VALUES (?, ?, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_ms = excluded.updated_ms"
)


class Ask(StrEnum):
    """Whether a profit must be known and enough: `auto` as soon as the team has a product table with costs."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Meaning(StrEnum):
    """Which price a floor of the table is about."""

    REACH = "reach"
    """The lowest a buyer can reach, with every discount (domain.md 10.5)."""
    SALE = "sale"
    LIST = "list"


class BadGuardSetting(InputError):
    """`name` cannot be `value`; `known` says what it can be."""

    code = "guard.setting"


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """What is guarded.

    Attributes:
        floors: prices against the floors of the company's table, where it has any.
        costs: break-even, minimum margin, and whatever of them is unknown.
        changes: jumps of a price that the marketplace has.
        far_below: a variant far cheaper than its siblings.
        warn_bp, hold_bp: jumps that are told and that are held, in hundredths of a percent (domain.md 20).
        meaning: which price a floor is about.
        min_margin_bp: least margin on revenue, in hundredths of a percent.
    """

    floors: bool = True
    costs: Ask = Ask.AUTO
    changes: bool = True
    far_below: bool = True
    warn_bp: int = 3000
    hold_bp: int = 6000
    meaning: Meaning = Meaning.REACH
    min_margin_bp: int = 0


NAMES = tuple(one.name for one in fields(GuardSettings))
_SWITCHES = {"on": True, "off": False}


def guard_settings(connection: Connection) -> GuardSettings:
    """The settings in force; a stored value that makes no sense is its default."""
    stored = connection.exec_driver_sql(_ASKED, (SETTING,)).scalar()
    found = GuardSettings()
    for name, value in _kept(stored).items():
        if name in NAMES:
            try:
                found = _with(found, name, _written(value))
            except BadGuardSetting:
                continue
    return found


def _kept(stored: str | None) -> dict[str, Any]:
    """What is stored, nothing where it cannot be read: then everything is guarded."""
    try:
        kept = orjson.loads(stored or "{}")
    except orjson.JSONDecodeError:
        return {}
    return kept if isinstance(kept, dict) else {}


def asks_costs(connection: Connection, settings: GuardSettings) -> bool:
    """Whether a profit must be known and enough."""
    if settings.costs is Ask.AUTO:
        return connection.exec_driver_sql(_HAS_COSTS).first() is not None
    return settings.costs is Ask.ON


def changed_settings(settings: GuardSettings, typed: Mapping[str, str]) -> GuardSettings:
    """*settings* with what a person typed: `on`, `off`, percentages such as `30` for shares.

    Raises:
        BadGuardSetting: no such value; a warning above the limit that holds.
    """
    for name, text in typed.items():
        settings = _with(settings, name, text)
    if settings.warn_bp > settings.hold_bp:
        raise BadGuardSetting("guard.warn_above_hold", warn=shown(settings, "warn_bp"), hold=shown(settings, "hold_bp"))
    return settings


def store_settings(connection: Connection, settings: GuardSettings) -> None:
    """Keep them, and who said so."""
    before = guard_settings(connection)
    keeping = Keeping(connection, "setting", {(SETTING,): ""}, _told)
    connection.exec_driver_sql(_PUT, (SETTING, orjson.dumps(asdict(settings)).decode(), now_ms()))
    told = [f"{name} {shown(settings, name)}" for name in NAMES if shown(before, name) != shown(settings, name)]
    if told:
        keeping.record(kind=RULES, label=GUARD_LABEL, params={"what": ", ".join(told)})


def _told(rows: Rows) -> str:
    """Stored settings in one line, by name."""
    kept = _kept(rows["setting"][0]["value"])
    return ", ".join(f"{name} {_written(value)}" for name, value in kept.items() if name in NAMES)


def shown(settings: GuardSettings, name: str) -> str:
    """One of them as a person types it."""
    value = getattr(settings, name)
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{(Decimal(value) / 100).normalize():f}" if name.endswith("_bp") else str(value)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{Decimal(value) / 100:f}" if isinstance(value, int) else str(value)


def _with(settings: GuardSettings, name: str, text: str) -> GuardSettings:
    values = {one: getattr(settings, one) for one in NAMES}
    values[name] = _value(name, text.strip())
    return GuardSettings(**values)


def _value(name: str, text: str) -> Any:
    if name in ("floors", "changes", "far_below"):
        known: tuple[str, ...] = tuple(_SWITCHES)
        if text in known:
            return _SWITCHES[text]
    elif name in ("costs", "meaning"):
        kind: type[StrEnum] = Ask if name == "costs" else Meaning
        known = tuple(kind)
        if text in known:
            return kind(text)
    else:
        known = ("0–90",) if name == "min_margin_bp" else ("1–1000",)
        if (
            percent := _percent(text, 0 if name == "min_margin_bp" else 1, 90 if name == "min_margin_bp" else 1000)
        ) is not None:
            return percent
    raise BadGuardSetting(name=name, value=text, known=" · ".join(known))


def _percent(text: str, least: int, most: int) -> int | None:
    try:
        number = Decimal(text.removesuffix("%").strip()) * 100
    except DecimalException:  # no number, or one beyond all numbers
        return None
    return int(number) if number.is_finite() and least * 100 <= number <= most * 100 and number == int(number) else None
