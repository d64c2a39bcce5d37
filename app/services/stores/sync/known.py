"""What is known of a listing before its record is read: whether it must be read at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.models import ListingStatus
from app.services.clock import to_ms
from app.services.marketplace.port import ListingSummary
from app.services.stores.sync.mapping import STATUS

BUSY = frozenset({ListingStatus.QUEUED, ListingStatus.SENDING, ListingStatus.UNKNOWN})
"""The publish queue owns the status of these."""
OPEN_WORK = frozenset({ListingStatus.DRAFT, ListingStatus.READY, ListingStatus.HELD, ListingStatus.FAILED})
"""Statuses that speak of unsent local work: they stay while there is any."""
SAME_SECOND_MS = 2_000
"""The platform's times have whole seconds: a change within the second of the read would go unnoticed."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is here of a listing of the platform: enough to tell whether its record must be read."""

    listing_id: int
    status: str
    modified_ms: int | None
    read_ms: int | None
    said_hash: str | None


def load_known(connection: Connection, store_id: int, product_ids: Sequence[str]) -> dict[str, Known]:
    """What is here of these listings, by product id."""
    if not product_ids:
        return {}
    rows = connection.exec_driver_sql(
        "SELECT product_id, id, status, modified_ms, read_ms, said_hash FROM listing "
        "LEFT JOIN listing_synced USING (id) "
        f"WHERE store_id = ? AND product_id IN ({', '.join('?' * len(product_ids))})",
        (store_id, *product_ids),
    )
    return {row[0]: Known(*row[1:]) for row in rows}


def is_current(known: Known | None, summary: ListingSummary) -> bool:
    """Whether the record need not be read: same state, same time of change, and not read in the very second of it."""
    modified = to_ms(summary.modified_at)
    if known is None or modified is None or known.modified_ms != modified or known.read_ms is None:
        return False
    return known.read_ms - modified > SAME_SECOND_MS and (
        known.status == STATUS[summary.status] or known.status in BUSY | OPEN_WORK
    )
