"""What of a listing goes to the marketplace, as one hash: equal hashes, nothing to send.

The hash has two halves, so that a price on half a million variants is renewed by SQL without reading a listing: the
first over texts, pictures and everything else, the second over the prices and stocks of the variants in their order.
A hash is right at every moment, never "to be computed later": "changed since publish" stays a comparison.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import orjson

from app.services.listings.records import ListingRecord
from app.services.regional_prices import RegionalPrices

HALF = 16
"""Hexadecimal characters of each half. Two versions of *one* listing are compared: 64 bits are plenty."""

NUMBERS_HALF = f"substr(content_hash, -{HALF})"
"""The second half in SQL."""


def numbers_sql(price: str, stock: str) -> str:
    """The text of the second half in SQL, over the variants of a listing in their order, of these two expressions."""
    return f"group_concat(ifnull({price}, '') || ',' || ifnull({stock}, ''), ';')"


NUMBERS_SQL = numbers_sql("price_minor", "stock")


def content_hash(record: ListingRecord) -> str:
    """32 hexadecimal characters over everything that would be sent. Columns the platform never sees
    (`product_key`, `extra`, `keywords` order aside) do not count.
    """
    wire: tuple[Any, ...] = (
        record.title,
        record.keywords,
        record.category_id,
        record.freight_template_id,
        record.group_id,
        record.unit,
        record.lot_size,
        record.handling_days,
        record.weight_g,
        record.length_cm,
        record.width_cm,
        record.height_cm,
        record.currency,
        record.detail_html,
        record.attributes,
        [(sku.code, sku.properties, sku.barcode, sku.ships_from) for sku in record.skus],
        record.images,
    )
    if record.regional_prices:  # nothing is added without them: hashes made before there were any stay
        wire = (*wire, list(RegionalPrices.of(record.regional_prices).each()), record.regional_prices["type"])
    numbers = ";".join([f"{_shown(sku.price_minor)},{_shown(sku.stock)}" for sku in record.skus])
    return _half(orjson.dumps(wire)) + numbers_hash(numbers)


def numbers_hash(numbers: str | None) -> str:
    """The second half, of the text `numbers_sql` makes; None, which it is without variants, is the empty text."""
    return _half((numbers or "").encode())


def _half(data: bytes) -> str:
    return blake2b(data, digest_size=HALF // 2).hexdigest()


def _shown(number: int | None) -> int | str:
    return "" if number is None else number
