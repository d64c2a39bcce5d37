"""Which listings a change of whole rows (`history.rows`) concerns: those that hold goods it speaks of."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from sqlalchemy import Connection

from app.services.compliance.word_lists import note_change
from app.services.history.rows import kept_keys

GOODS = ("stock_item", "price_floor", "item_verdict")
"""Tables whose first key is a stock item or the match key of goods."""
_WANTED = "temp.wanted_goods"
_HOLDING = f"""
WITH wanted(key) AS (
  SELECT key FROM {_WANTED}
  UNION SELECT virtual_item.code FROM virtual_item JOIN {_WANTED} ON key = base
), keys(key) AS (
  SELECT key FROM wanted UNION SELECT match_key FROM wanted CROSS JOIN bundle_item ON base = key
)
SELECT DISTINCT listing_id FROM keys CROSS JOIN sku ON sku.match_key = keys.key
"""


def listings_with(connection: Connection, keys: Iterable[str]) -> set[int]:
    """Listings with a variant that holds one of these stock items or goods, bundles and virtual codes included; where
    a code can be read in several ways, a listing too many."""
    connection.exec_driver_sql(f"CREATE TABLE {_WANTED} (key PRIMARY KEY) WITHOUT ROWID")
    try:
        asked = orjson.dumps(list(keys)).decode()
        connection.exec_driver_sql(f"INSERT OR IGNORE INTO {_WANTED} SELECT value FROM json_each(?)", (asked,))
        return set(connection.exec_driver_sql(_HOLDING).scalars())
    finally:
        connection.exec_driver_sql(f"DROP TABLE {_WANTED}")


def changed_goods(connection: Connection, change_id: int) -> set[str]:
    """Stock items and match keys of which a change says something else."""
    return {key for table in GOODS for key in kept_keys(connection, change_id, table)}


def swapped_suspects(connection: Connection, change_id: int) -> set[int]:
    """Listings to check anew after whole rows of a change went back; word lists are read anew where they did."""
    if kept_keys(connection, change_id, "listed_word"):
        note_change(connection)
    goods = changed_goods(connection, change_id)
    return listings_with(connection, goods) if goods else set()
