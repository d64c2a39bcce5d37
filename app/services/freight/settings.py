"""Reading the platform's freight settings (aliexpress-open-platform.md 5.14): carriers, zones, bands.

Both forms are read: the nested one of 2020 and the one flattened into the carrier's row of 2023; lists with or
without the wrapper the platform puts around them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from app.services.freight.records import Band, Service, Zone, ZoneKind
from app.services.warehouses.countries import countries

_BETWEEN = re.compile(r"[\s,;，；|]+")
_BY_PIECES = "order_num"
"""`custom_freight_type` of a fee by pieces; every other word means by weight."""
_NO_PERCENT = -1
"""Stands for a discount that cannot be read: no fee is made of it (`buyer_fee`), unlike of 0."""


def read_services(settings: Sequence[Any] | None) -> tuple[Service, ...]:
    """The carriers of a template; entries that cannot be understood are left out, the stored raw text keeps them."""
    return tuple(_service(entry) for entry in settings or () if isinstance(entry, Mapping))


def _service(entry: Mapping[str, Any]) -> Service:
    head = entry.get("template")
    head = head if isinstance(head, Mapping) else entry
    zones: list[Zone] = []
    if _yes(head.get("all_free_shipping")):
        zones.append(Zone(ZoneKind.FREE, is_everywhere=True))
    elif free := _countries(head.get("free_shipping_country")):
        zones.append(Zone(ZoneKind.FREE, free))
    if _yes(head.get("all_standard_shipping")):
        percent = _percent(head.get("all_standard_discount"))
        zones.append(Zone(ZoneKind.STANDARD, is_everywhere=True, discount_percent=percent))
    elif standard := _countries(head.get("standard_shipping_country")):
        percent = _percent(head.get("standard_shipping_discount"))
        zones.append(Zone(ZoneKind.STANDARD, standard, discount_percent=percent))
    for own in _rows(entry.get("selfstandard_list")):
        percent = _percent(own.get("self_standard_discount"))
        where = _countries(own.get("self_standard_country"))
        zones.append(Zone(ZoneKind.STANDARD, where, discount_percent=percent))
    zones.extend(_custom(own) for own in _rows(entry.get("selfdefine_list")))
    return Service(str(head.get("logistics_company") or ""), tuple(zones))


def _custom(own: Mapping[str, Any]) -> Zone:
    """A zone with its own fees. Where a band cannot be read its first fee is left out, so that the zone is refused by
    name instead of billed without the band."""
    where, first_fee = _countries(own.get("shipping_country")), _number(own.get("min_freight"))
    everywhere = own.get("is_everywhere") is True  # only a local template says so
    if own.get("custom_freight_type") == _BY_PIECES:
        start, end = _number(own.get("start_order_num")), _number(own.get("end_order_num"))
        per, fee = _number(own.get("per_add_num")), _number(own.get("add_freight"))
        if start is not None and fee is not None:
            return Zone(ZoneKind.BY_PIECES, where, everywhere, first_fee=first_fee, bands=(Band(start, end, per, fee),))
        is_flat = all(own.get(name) in (None, "") for name in ("start_order_num", "add_freight"))
        return Zone(ZoneKind.BY_PIECES, where, everywhere, first_fee=first_fee if is_flat else None)
    found = [_weight_band(row) for row in _rows(own.get("self_define_weight_list"))]
    bands = tuple(band for band in found if band is not None)
    first_fee = first_fee if len(bands) == len(found) else None
    return Zone(ZoneKind.BY_WEIGHT, where, everywhere, first_fee=first_fee, bands=bands)


def _weight_band(row: Mapping[str, Any]) -> Band | None:
    start, fee = _number(row.get("start_weight")), _number(row.get("interval_unit_freight"))
    if start is None or fee is None:
        return None
    return Band(start, _number(row.get("end_weight")), _number(row.get("interval_unit_weight")), fee)


def _rows(value: Any) -> list[Mapping[str, Any]]:
    """A list with or without its wrapper: `{"elem": [...]}` or `[...]`."""
    if isinstance(value, Mapping):
        value = next((part for part in value.values() if isinstance(part, list)), [])
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _countries(value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else _BETWEEN.split(str(value or ""))
    return tuple(dict.fromkeys(code for part in parts if (code := countries().code(str(part)))))


def _yes(value: Any) -> bool:
    return value is True or str(value).strip().upper() in ("Y", "YES", "TRUE", "1")


def _number(value: Any) -> Decimal | None:
    """None for what is no number, and for those that nothing can be compared with (`NaN`, `Infinity`)."""
    try:
        number = None if value is None or value == "" else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _percent(value: Any) -> int | None:
    """A whole percentage, None where nothing is written."""
    if value is None or value == "":
        return None
    number = _number(value)
    return _NO_PERCENT if number is None or number % 1 else int(number)
