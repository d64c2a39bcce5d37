"""From gaps to covering: which products of other stores have the codes a store lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from app.services.coverage.matrix import OFFERED, keys_of
from app.services.coverage.own_codes import OF_OWN, OWN, own_codes
from app.services.db import Database

_OFFERED = f"""
WITH {OWN}, offered(spelling, store_id, product_id) AS (
    SELECT sku.match_key, listing.store_id, listing.product_id FROM sku JOIN listing ON listing.id = sku.listing_id
    WHERE sku.match_key IN (SELECT value FROM json_each(?)) AND {OFFERED}
    UNION ALL
    SELECT own.line, listing.store_id, listing.product_id FROM {OF_OWN} WHERE {OFFERED})
SELECT spelling, store_id, min(product_id) FROM offered WHERE store_id <> ? GROUP BY spelling, store_id
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A store and its products that have codes somebody lacks."""

    store_id: int
    product_ids: tuple[str, ...]
    codes: int


def sources_for(db: Database, row_ids: Iterable[int], to_store_id: int) -> list[Source]:
    """Where the codes of these rows can be covered from: the store that has most of them first, and each store with
    those that no store before it has."""
    with db.answering() as connection:
        keys = list(keys_of(connection, row_ids))
        asked = own_codes(connection).of_lines(keys), orjson.dumps(keys).decode(), to_store_id
        rows = connection.exec_driver_sql(_OFFERED, asked).all()
    offered: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for key, store_id, product_id in rows:
        offered[store_id][key] = product_id
    found: list[Source] = []
    while offered:
        best = max(offered, key=lambda store_id: (len(offered[store_id]), -store_id))
        taken = offered.pop(best)
        found.append(Source(best, tuple(dict.fromkeys(taken.values())), len(taken)))
        offered = defaultdict(
            dict,
            {
                store_id: rest
                for store_id, its in offered.items()
                if (rest := {key: one for key, one in its.items() if key not in taken})
            },
        )
    return found
