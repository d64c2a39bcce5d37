"""What of a listing goes to the marketplace, as one hash: equal hashes, nothing to send."""

from __future__ import annotations

from hashlib import blake2b

import orjson

from app.services.listings.records import ListingRecord


def content_hash(record: ListingRecord) -> str:
    """32 hexadecimal characters over everything that would be sent. Columns the platform never sees
    (`product_key`, `extra`, `keywords` order aside) do not count.
    """
    wire = (
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
        [(sku.code, sku.price_minor, sku.stock, sku.properties, sku.barcode, sku.ships_from) for sku in record.skus],
        record.images,
    )
    return blake2b(orjson.dumps(wire), digest_size=16).hexdigest()
