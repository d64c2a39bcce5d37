"""Taking listings off sale through the queue: a task of its own kind, as safe as any other (DESIGN.md 3.1).

Taking off what is off changes nothing, so such a task may be sent again whenever nobody knows what came of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection

from app.models import JobState, ListingStatus, Priority, TaskAction, TaskState
from app.services.clock import now_ms
from app.services.db import Database
from app.services.listings.loading import chunks
from app.services.publishing.batches import cancel_waiting, close_batches
from app.services.publishing.queue import BatchCreated, Skipped, SkipReason
from app.services.publishing.turns import AT_ONCE, Schedule
from app.services.stores.readiness import ensure_open

_INSERT = (
    "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, priority, due_ms, content_hash, title, "
    "codes, attempts, owner, product_id, error_code, error_params, error_text, error_field) "
    "SELECT ?, store_id, id, ?, ?, ?, ?, content_hash, title, '', 0, '', product_id, '', '{}', '', '' FROM listing "
    "WHERE id = ? AND store_id = ? AND product_id IS NOT NULL AND status <> 'off' AND NOT EXISTS ("
    "SELECT 1 FROM publish_task AS other WHERE other.listing_id = listing.id "
    "AND other.state IN ('queued', 'sending', 'unknown', 'in_review')) RETURNING listing_id"
)
_FACTS = (
    "SELECT id, store_id, product_id IS NOT NULL, status, EXISTS (SELECT 1 FROM publish_task WHERE listing_id = "
    "listing.id AND state IN ('queued', 'sending', 'unknown', 'in_review')) FROM listing "
    "WHERE id IN (SELECT value FROM json_each(?))"
)
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
    back: nobody will see it.

    What the marketplace does not have is skipped as missing, what is off sale already as unchanged, what is under way
    or in review just now as open.

    Raises:
        NotFound, ReadOnlyStore, StoreClosed: as `enqueue`.
    """
    ids = list(dict.fromkeys(listing_ids))
    with db.read() as session:
        ensure_open(session.connection(), store_id)
    with db.bulk() as connection:
        for chunk in chunks(ids):
            cancel_waiting(connection, _ours(connection, store_id, chunk))
        batch_id: int = connection.exec_driver_sql(
            "INSERT INTO publish_batch (store_id, state, total, created_ms) VALUES (?, ?, 0, ?) RETURNING id",
            (store_id, JobState.RUNNING, now_ms()),
        ).scalar_one()
        queued = [
            number
            for place, number in enumerate(ids)
            if _insert(connection, batch_id, store_id, number, schedule.due_ms(place, len(ids)))
        ]
        connection.exec_driver_sql("UPDATE publish_batch SET total = ? WHERE id = ?", (len(queued), batch_id))
        skipped = skip_reasons(connection, store_id, sorted(set(ids) - set(queued)))
        if not queued:
            close_batches(connection, [batch_id])
    return BatchCreated(batch_id if queued else None, len(queued), skipped)


def _ours(connection: Connection, store_id: int, listing_ids: Sequence[int]) -> list[int]:
    """Those the store has on the marketplace: what waits of any other is none of our business."""
    asked = (orjson.dumps(list(listing_ids)).decode(), store_id)
    return list(connection.exec_driver_sql(_OURS, asked).scalars())


def _insert(connection: Connection, batch_id: int, store_id: int, listing_id: int, due_ms: int) -> bool:
    task = (batch_id, TaskAction.OFFLINE, TaskState.QUEUED, Priority.STOCK_OUT, due_ms, listing_id, store_id)
    if connection.exec_driver_sql(_INSERT, task).first() is None:
        return False
    connection.exec_driver_sql(
        "UPDATE listing SET status = ?, error_code = '', error_text = '', error_field = '' WHERE id = ?",
        (ListingStatus.QUEUED, listing_id),
    )
    return True


def skip_reasons(connection: Connection, store_id: int, listing_ids: Sequence[int]) -> tuple[Skipped, ...]:
    """Why these listings cannot be taken off sale, or put on sale again: never published, of another store, under way,
    or like that already."""
    facts = {row[0]: row[1:] for row in connection.exec_driver_sql(_FACTS, (orjson.dumps(list(listing_ids)).decode(),))}
    return tuple(Skipped(number, _why(store_id, facts.get(number))) for number in listing_ids)


def _why(store_id: int, facts: Sequence[object] | None) -> SkipReason:
    if facts is None or not facts[1]:
        return SkipReason.MISSING
    if facts[0] != store_id:
        return SkipReason.OTHER_STORE
    return SkipReason.OPEN if facts[3] else SkipReason.UNCHANGED


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
