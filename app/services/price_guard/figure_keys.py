"""What the figures of a listing depend on."""

from __future__ import annotations

from typing import Any

from app.services.listings.records import ListingRecord


def figure_key(record: ListingRecord) -> tuple[Any, ...]:
    """What the figures of a listing depend on besides tables and settings: not its prices."""
    goods = [(sku.code, sku.ships_from) for sku in record.skus]
    told = record.weight_g, record.currency, record.category_id, record.freight_template_id, repr(record.extra)
    size = record.length_cm, record.width_cm, record.height_cm
    return record.id, record.store_id, told, size, tuple(goods)
