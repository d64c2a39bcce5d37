"""What looks wrong with a package: a carton's size on one piece, girth beyond the limit (domain.md 5.1, 9.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection

from app.services.compliance.rule_data import rule_data
from app.services.freight.quoting import Parcel
from app.services.freight.starting_tariffs import rule_file
from app.services.freight.weights import Size, volumetric_g
from app.services.listings.loading import id_list


def item_sides(connection: Connection, listing_ids: Sequence[int]) -> dict[int, Size]:
    """The package of a listing's only stock item in cm, where all its variants are single pieces with known sides: the
    largest of them."""
    rows = connection.exec_driver_sql(
        "SELECT listing_id, count(*), count(length_mm * width_mm * height_mm), "
        "max(length_mm), max(width_mm), max(height_mm) FROM sku LEFT JOIN stock_item ON stock_item.code = match_key "
        f"WHERE listing_id IN ({id_list(listing_ids)}) GROUP BY listing_id"
    )
    return {
        row[0]: (Decimal(row[3]) / 10, Decimal(row[4]) / 10, Decimal(row[5]) / 10) for row in rows if row[1] == row[2]
    }


def size_flags(parcel: Parcel | None, item: Size | None) -> Iterator[str]:
    """What looks wrong with the size of a parcel, `item` being that of its only stock item: `girth`, `carton`."""
    if parcel is None or parcel.size is None:
        return
    rules, sides = _limits(), parcel.size
    girth = 2 * sum(sides) - max(sides)
    if girth > rule_data().limits.girth_max_cm:
        yield "girth"
    by_item = item is not None and _volume(sides) > rules["carton_times_item"] * _volume(item)
    by_weight = volumetric_g(sides, rules["divisor"]) > rules["carton_times_weight"] * parcel.total_g
    if by_item or (item is None and by_weight):
        yield "carton"


def _volume(sides: Size) -> Decimal:
    length, width, height = sides
    return length * width * height


@cache
def _limits() -> Mapping[str, Any]:
    found: Mapping[str, Any] = rule_file()["flags"]
    return found
