"""What of a listing goes to the marketplace, as one hash: equal hashes, nothing to send.

The hash has two halves, so that a price on half a million variants is renewed by SQL without reading a listing: the
first over texts, pictures and everything else, the second over the prices and stocks of the variants in their order.
A hash is right at every moment, never "to be computed later": "changed since publish" stays a comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import orjson

from app.services.listings.records import PLAIN_FIELDS, ListingRecord
from app.services.regional_prices import RegionalPrices

HALF = 16
"""Hexadecimal characters of each half. Two versions of *one* listing are compared: 64 bits are plenty."""

NUMBERS_HALF = f"substr(content_hash, -{HALF})"
"""The second half in SQL."""


def numbers_sql(price: str, stock: str) -> str:
    """The text of the second half in SQL, over the variants of a listing in their order, of these two expressions."""
    return f"group_concat(ifnull({price}, '') || ',' || ifnull({stock}, ''), ';')"


NUMBERS_SQL = numbers_sql("price_minor", "stock")


SENT_FIELDS = (*(name for name in PLAIN_FIELDS if name != "keywords"), "attributes")
"""What is sent of the listing's own row, in the order of the hash; regional prices stand behind all else. The platform
takes no keywords (aliexpress-open-platform.md 5.2): they are for searching, checks and sheets."""

_sent = attrgetter(*SENT_FIELDS)


def content_hash(record: ListingRecord) -> str:
    """32 hexadecimal characters over everything that would be sent. Columns the platform never sees (`product_key`,
    `extra`, `keywords`) do not count.
    """
    variants = [(sku.code, sku.properties, sku.barcode, sku.ships_from) for sku in record.skus]
    numbers = [shown_numbers(sku.price_minor, sku.stock) for sku in record.skus]
    half = numbers_hash(";".join(numbers))
    return hash_of_parts(_sent(record), variants, record.images, record.regional_prices, half)


def hash_of_parts(
    sent: Iterable[Any],
    variants: Sequence[tuple[str, Any, str, str]],
    images: Sequence[str],
    regional_prices: dict[str, Any] | None,
    numbers: str,
) -> str:
    """`content_hash` of a listing that is no record, for very many of them.

    Args:
        sent: values of `SENT_FIELDS`.
        variants: code, properties, barcode and dispatch country of each.
        numbers: the second half.
    """
    title, *others = sent
    wire: tuple[Any, ...] = (title, "", *others, variants, images)  # hashes without keywords were made with this place
    if regional_prices:  # nothing is added without them: hashes made before there were any stay
        wire = (*wire, list(RegionalPrices.of(regional_prices).each()), regional_prices["type"])
    return _half(orjson.dumps(wire)) + numbers


def shown_numbers(price_minor: int | None, stock: int | None) -> str:
    """Price and stock of a variant in the text of the second half."""
    return f"{'' if price_minor is None else price_minor},{'' if stock is None else stock}"


def numbers_hash(numbers: str | None) -> str:
    """The second half, of the text `numbers_sql` makes; None, which it is without variants, is the empty text."""
    return _half((numbers or "").encode())


def _half(data: bytes) -> str:
    return blake2b(data, digest_size=HALF // 2).hexdigest()
