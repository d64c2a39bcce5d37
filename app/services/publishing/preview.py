"""What pressing Publish would do, from what is stored: a quick look before the question is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.models import StoreAccess
from app.services.db import Database
from app.services.listings.loading import chunks, id_list
from app.services.publishing.pauses import paused_stores

_LOOK = """
SELECT listing.store_id, store.name, store.access, listing.id, listing.block_count, listing.hold_count,
       listing.product_id, listing.sent_hash IS listing.content_hash,
       EXISTS (SELECT 1 FROM publish_task WHERE publish_task.listing_id = listing.id
               AND publish_task.state IN ('queued', 'sending', 'unknown', 'in_review'))
FROM listing JOIN store ON store.id = listing.store_id WHERE listing.id IN ({ids}) ORDER BY listing.id
"""


class Stays(StrEnum):
    """Why a listing would not be sent: its sentence is `publish.stays.<reason>`."""

    BLOCKED = "blocked"
    HELD = "held"
    UNCHANGED = "unchanged"
    OPEN = "open"
    READ_ONLY = "read_only"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class StorePart:
    """The listings of one store that have something to send, blocked ones among them: the report names those.

    `is_paused`: nothing leaves until the store's queue goes on.
    """

    store_id: int
    store_name: str
    listing_ids: tuple[int, ...]
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class PublishPreview:
    """How many listings would be sent, how many of them change live ones, and how many stay behind.

    Attributes:
        stays: of those that stay behind, how many for which reason.
    """

    stores: tuple[StorePart, ...]
    count: int
    live: int
    skipped: int
    stays: Mapping[Stays, int] = field(default_factory=dict)


def publish_preview(db: Database, listing_ids: Sequence[int]) -> PublishPreview:
    """A look at *listing_ids*; `enqueue` checks again and has the last word."""
    parts: dict[tuple[int, str], list[int]] = {}
    stays: Counter[Stays] = Counter()
    wanted = list(dict.fromkeys(listing_ids))
    found = count = live = 0
    with db.read() as session:
        connection = session.connection()
        for chunk in chunks(wanted):
            for row in connection.exec_driver_sql(_LOOK.format(ids=id_list(chunk))):
                store_id, name, access, number, block_count, hold_count, product_id, is_same, is_open = row
                found += 1
                reason = _reason(access, bool(is_same), bool(is_open), block_count, hold_count)
                if reason is None or reason in (Stays.BLOCKED, Stays.HELD):
                    parts.setdefault((store_id, name), []).append(number)
                if reason is None:
                    count, live = count + 1, live + bool(product_id)
                else:
                    stays[reason] += 1
    if len(wanted) > found:
        stays[Stays.MISSING] = len(wanted) - found
    paused = paused_stores(db)
    stores = tuple(StorePart(id, name, tuple(ids), id in paused) for (id, name), ids in parts.items())
    return PublishPreview(stores, count, live, len(wanted) - count, dict(stays))


def _reason(access: str, is_same: bool, is_open: bool, block_count: int, hold_count: int) -> Stays | None:
    if access != StoreAccess.OPERATE:
        return Stays.READ_ONLY
    if is_open:
        return Stays.OPEN
    if is_same:
        return Stays.UNCHANGED
    if block_count:
        return Stays.BLOCKED
    return Stays.HELD if hold_count else None
