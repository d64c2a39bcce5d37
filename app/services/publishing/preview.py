"""What pressing Publish would do, from what is stored: a quick look before the question is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.models import StoreAccess
from app.services.db import Database
from app.services.listings.loading import chunks, id_list

_LOOK = """
SELECT listing.store_id, store.name, listing.id, listing.block_count + listing.hold_count, listing.product_id
FROM listing JOIN store ON store.id = listing.store_id
WHERE listing.id IN ({ids}) AND store.access = '{operate}' AND listing.sent_hash IS NOT listing.content_hash
  AND NOT EXISTS (SELECT 1 FROM publish_task WHERE publish_task.listing_id = listing.id
                  AND publish_task.state IN ('queued', 'sending', 'unknown', 'in_review'))
"""


@dataclass(frozen=True, slots=True)
class StorePart:
    """The listings of one store that have something to send, blocked ones among them: the report names those."""

    store_id: int
    store_name: str
    listing_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PublishPreview:
    """How many listings would be sent, how many of them change live ones, and how many stay behind."""

    stores: tuple[StorePart, ...]
    count: int
    live: int
    skipped: int


def publish_preview(db: Database, listing_ids: Sequence[int]) -> PublishPreview:
    """A look at *listing_ids*; `enqueue` checks again and has the last word."""
    parts: dict[tuple[int, str], list[int]] = {}
    count = live = 0
    with db.read() as session:
        connection = session.connection()
        for chunk in chunks(listing_ids):
            sql = _LOOK.format(ids=id_list(chunk), operate=StoreAccess.OPERATE)
            for store_id, name, number, in_the_way, product_id in connection.exec_driver_sql(sql):
                parts.setdefault((store_id, name), []).append(number)
                count += not in_the_way
                live += bool(product_id) and not in_the_way
    stores = tuple(StorePart(store_id, name, tuple(ids)) for (store_id, name), ids in parts.items())
    return PublishPreview(stores, count, live, len(listing_ids) - count)
