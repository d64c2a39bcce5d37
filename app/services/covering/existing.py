"""Which products of another store the own store covers already: by remembered origin, else by a merchant code."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection

from app.services.codes.keys import match_key
from app.services.covering.records import Already, Mapped

ORIGIN, CODE = "origin", "code"
_THERE = "NOT (listing.status = 'off' AND listing.off_reason = 'deleted')"
_BY_ORIGIN = f"""
SELECT listing_origin.product_id, max(listing.id) FROM listing_origin
JOIN listing ON listing.id = listing_origin.listing_id AND listing.store_id = listing_origin.store_id
WHERE listing_origin.store_id = ? AND listing_origin.product_id IN (SELECT value FROM json_each(?)) AND {_THERE}
GROUP BY listing_origin.product_id
"""
_BY_CODE = f"""
SELECT sku.match_key, min(listing.id) FROM sku JOIN listing ON listing.id = sku.listing_id
WHERE sku.match_key IN (SELECT value FROM json_each(?)) AND listing.store_id = ? AND {_THERE}
GROUP BY sku.match_key
"""
_OF_STORE = "SELECT product_id FROM listing WHERE store_id = ? AND product_id IN (SELECT value FROM json_each(?))"


def of_store(connection: Connection, store_id: int, product_ids: Sequence[str]) -> set[str]:
    """Those that are the store's own products, whatever their state."""
    rows = connection.exec_driver_sql(_OF_STORE, (store_id, orjson.dumps(list(product_ids)).decode()))
    return set(rows.scalars())


def by_origin(connection: Connection, store_id: int, product_ids: Sequence[str]) -> dict[str, Already]:
    """Products that were covered before and whose listing is still there, by product id."""
    rows = connection.exec_driver_sql(_BY_ORIGIN, (store_id, orjson.dumps(list(product_ids)).decode()))
    return {row[0]: Already(row[0], row[1], ORIGIN) for row in rows}


def by_code(connection: Connection, store_id: int, drafts: Sequence[Mapped]) -> dict[str, Already]:
    """Products one of whose merchant codes, as they would be here, a listing of the store has: the same item is never
    put up twice in one store (domain.md 14.3)."""
    keys = {key: sku.code for draft in drafts for sku in draft.record.skus if (key := match_key(sku.code))}
    rows = connection.exec_driver_sql(_BY_CODE, (orjson.dumps(list(keys)).decode(), store_id))
    listings: dict[str, int] = dict(map(tuple, rows))
    found: dict[str, Already] = {}
    for draft in drafts:
        hits = [sku.code for sku in draft.record.skus if match_key(sku.code) in listings]
        if hits:
            found[draft.product_id] = Already(draft.product_id, listings[match_key(hits[0])], CODE, hits[0])
    return found


def twice_among(drafts: Sequence[Mapped]) -> dict[str, str]:
    """Products that share a merchant code with an earlier one of the same list, by that one's id."""
    first: dict[str, str] = {}
    found: dict[str, str] = {}
    for draft in drafts:
        keys = [key for sku in draft.record.skus if (key := match_key(sku.code))]
        twin = next((first[key] for key in keys if key in first), None)
        if twin is not None:
            found[draft.product_id] = twin
            continue
        first.update(dict.fromkeys(keys, draft.product_id))
    return found
