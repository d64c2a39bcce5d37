"""Taking listings off sale through the queue: a task of its own kind, as safe as any other (DESIGN.md 3.1).

Taking off what is off changes nothing, so such a task may be sent again whenever nobody knows what came of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection

from app.models import Priority, TaskAction
from app.services.db import Database
from app.services.listings.loading import chunks
from app.services.publishing.batches import cancel_unsent
from app.services.publishing.queue import BatchCreated
from app.services.publishing.sale_tasks import queue_sale
from app.services.publishing.turns import AT_ONCE, Schedule
from app.services.stores.readiness import ensure_open

_OURS = (
    "SELECT id FROM listing WHERE id IN (SELECT value FROM json_each(?)) AND store_id = ? AND product_id IS NOT NULL"
)
_HURRY = (
    "UPDATE publish_task SET priority = ?, due_ms = 0 WHERE state = 'queued' AND action IN ('create', 'edit') "
    "AND product_id IS NOT NULL "
    "AND listing_id IN (SELECT value FROM json_each(?)) RETURNING listing_id, batch_id"
)


def enqueue_offline(
    db: Database, store_id: int, listing_ids: Sequence[int], schedule: Schedule = AT_ONCE
) -> BatchCreated:
    """Queue taking these listings off sale, before everything else that waits. An edit of theirs that waits is taken
    back: nobody will see it. Until the time of a *schedule* they are edited and sent as ever.

    What the marketplace does not have is skipped as missing, what is off sale already as unchanged, what is under way
    or in review just now as open.

    Raises:
        NotFound, ReadOnlyStore, StoreClosed: as `enqueue`.
    """
    ids = list(dict.fromkeys(listing_ids))
    with db.read() as session:
        ensure_open(session.connection(), store_id)
    with db.bulk() as connection:
        return queue_offline(connection, store_id, ids, schedule)


def queue_offline(
    connection: Connection, store_id: int, listing_ids: Sequence[int], schedule: Schedule = AT_ONCE
) -> BatchCreated:
    """`enqueue_offline` in the caller's transaction; whether the store is open is the caller's to ask."""
    for chunk in chunks(listing_ids) if schedule == AT_ONCE else ():
        cancel_unsent(connection, _ours(connection, store_id, chunk), planned=False)
    return queue_sale(connection, store_id, listing_ids, TaskAction.OFFLINE, schedule)


def _ours(connection: Connection, store_id: int, listing_ids: Sequence[int]) -> list[int]:
    """Those the store has on the marketplace: what waits of any other is none of our business."""
    asked = (orjson.dumps(list(listing_ids)).decode(), store_id)
    return list(connection.exec_driver_sql(_OURS, asked).scalars())


def hurry(db: Database, listing_ids: Sequence[int]) -> dict[int, int]:
    """Let edits that wait in the queue be sent at once and before all others, whatever they were scheduled for.

    Returns: their listings, each with its batch.
    """
    found: dict[int, int] = {}
    with db.bulk() as connection:
        for chunk in chunks(listing_ids):
            asked = (Priority.STOCK_OUT, orjson.dumps(list(chunk)).decode())
            found.update((number, batch) for number, batch in connection.exec_driver_sql(_HURRY, asked))
    return found
