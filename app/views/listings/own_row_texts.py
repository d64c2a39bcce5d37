"""Changes of rows that are no listings, in words: fields of warehouse templates, freight templates and tariffs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.messages import messages, tr
from app.services.freight.settings import read_services
from app.services.freight.wording import zone_text
from app.services.history.contents import ChangedValue
from app.services.warehouses.countries import countries
from app.views.numbers import integer, money, percent

BP = Decimal(10_000)


def row_field_name(value: ChangedValue) -> str:
    """Which field of the row, "" where this is none of ours."""
    if value.field == "rules" and messages.has(key := f"history.tariff.{value.code}"):
        return tr(key)
    return tr(key) if messages.has(key := f"history.row.{value.field}") else ""


def row_part(value: ChangedValue) -> str:
    """Which part of the field: a country by name; the parts of a tariff are its fields."""
    if value.field == "countries":
        return countries().name(value.code, messages.language) if value.code else ""
    return "" if value.field == "rules" else value.code


def row_text(field: str, part: str, stored: object) -> str | None:
    """A stored value as a person reads it; None where it says itself what it is."""
    if stored is None or stored == "":
        return ""
    if field == "rules" and part == "ranges":
        return _ranges(stored)
    if isinstance(stored, list) and field == "rules":
        return ", ".join(map(str, stored))
    make = _TEXTS.get(field)
    return None if make is None else make(stored)


def _country(stored: Any) -> str:
    if not isinstance(stored, Mapping):
        return str(stored)
    stock, added = stored["stock"], stored["surcharge_minor"]
    text = tr(
        "history.warehouse_country",
        stock="–" if stock is None else integer(stock),
        surcharge="–" if added is None else money(added),
        mark=stored["mark"],
        id=stored["ships_from_id"],
    )
    return f"{text} · {stored['formula']}" if stored["formula"] else text


def _share(stored: Any) -> str:
    return percent(Decimal(stored) / BP)


def _services(stored: Any) -> str:
    if isinstance(stored, str):
        return stored
    return "\n".join(
        f"{', '.join(zone.countries)} {zone_text(zone)}".strip()
        for service in read_services(stored)
        for zone in service.zones
    )


def _ranges(stored: Any) -> str:
    lines = []
    for one in stored:
        key = "history.tariff.any" if one["to_g"] is None else "history.tariff.range"
        parts = [tr(key, to=one["to_g"], base=one["base"])]
        parts += [
            tr("history.tariff.band", above=band["above_g"], unit=band["unit_g"], fee=band["fee"])
            for band in one["bands"]
        ]
        lines.append(", ".join(parts))
    return "\n".join(lines)


_TEXTS: dict[str, Callable[[Any], str]] = {
    "is_virtual": lambda value: tr("warehouses.virtual" if value else "warehouses.real"),
    "price_source": lambda value: tr(f"warehouses.prices.{value}"),
    "zero_missing": lambda value: tr("warehouses.missing.zero" if value else "warehouses.missing.leave"),
    "margin_bp": _share,
    "discount_bp": _share,
    "countries": _country,
    "services": _services,
}
