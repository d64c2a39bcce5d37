"""What the last sync noted of a listing (`ListingSynced`), so that the next one reads only what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import orjson
from sqlalchemy import Connection

from app.services.clock import to_ms
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import ListingSummary
from app.services.publishing.turns import Facts

_PUT = (
    "INSERT OR REPLACE INTO listing_synced (id, modified_ms, read_ms, said_hash, our_hash, group_id, skus) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_FORGET = "DELETE FROM listing_synced WHERE id IN (SELECT id FROM listing WHERE store_id = ?)"


@dataclass(frozen=True, slots=True)
class Mark:
    """When a listing's record was modified and read, `said_hash` of what it said, `our_hash`, which our listing has
    when it says the same, its product group, and prices and stock by code, which tell how urgent an edit is
    (`publishing/turns.py`)."""

    modified_ms: int | None
    read_ms: int
    said_hash: str
    our_hash: str
    group_id: str
    skus: Facts

    @classmethod
    def of(cls, record: ListingRecord, summary: ListingSummary, moment_ms: int, said_hash: str, our_hash: str) -> Mark:
        """What *record*, just read, says."""
        facts = {sku.code: [sku.price_minor, sku.stock] for sku in record.skus}
        return cls(to_ms(summary.modified_at), moment_ms, said_hash, our_hash, record.group_id, facts)


_own = attrgetter("modified_ms", "read_ms", "said_hash", "our_hash", "group_id")


def put_marks(connection: Connection, marks: Sequence[tuple[int, Mark]]) -> None:
    """Note what was read of listings."""
    rows = [(number, *_own(one), orjson.dumps(one.skus).decode()) for number, one in marks]
    if rows:
        connection.exec_driver_sql(_PUT, rows)


def forget_marks(connection: Connection, store_id: int) -> None:
    """The next sync reads every listing of the store."""
    connection.exec_driver_sql(_FORGET, (store_id,))
