"""Tasks that take a listing off sale or put it on sale again, before they are sent.

One that waits for its time is `waiting`: it takes no place in the queue, so the listing is edited and sent as ever
until then. When its time comes it is queued, as soon as nothing else of the listing is under way; the journal keeps
one open task a listing, so nothing is sent twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection

from app.models import JobState, ListingStatus, Priority, TaskAction, TaskState
from app.services.clock import now_ms
from app.services.publishing.batches import close_batches
from app.services.publishing.queue import BatchCreated, Skipped, SkipReason
from app.services.publishing.turns import Schedule

_OPEN = (
    "EXISTS (SELECT 1 FROM publish_task AS busy WHERE busy.listing_id = {listing} "
    "AND busy.state IN ('queued', 'sending', 'unknown', 'in_review'))"
)
_PLANNED = (
    "EXISTS (SELECT 1 FROM publish_task AS planned WHERE planned.listing_id = listing.id "
    "AND planned.state = 'waiting' AND planned.action = '{action}')"
)
IS_OFF = "(status = 'off' OR (off_reason <> '' AND status IN ('draft', 'ready', 'held', 'failed')))"
"""Not on sale. Putting it on sale may have failed before, or it was edited since."""
_INSERT = (
    "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, priority, due_ms, content_hash, title, "
    "codes, attempts, owner, product_id, error_code, error_params, error_text, error_field) "
    "SELECT ?, store_id, id, ?, ?, ?, ?, content_hash, title, '', 0, '', product_id, '', '{}', '', '' FROM listing "
    "WHERE id = ? AND store_id = ? AND product_id IS NOT NULL AND "
)
_NOW = {
    TaskAction.OFFLINE: f"status <> 'off' AND NOT {_OPEN.format(listing='listing.id')}",
    TaskAction.ONLINE: f"{IS_OFF} AND NOT {_OPEN.format(listing='listing.id')}",
}
_LATER = {
    TaskAction.OFFLINE: f"status <> 'off' AND NOT {_PLANNED.format(action='offline')}",
    TaskAction.ONLINE: f"({IS_OFF} OR {_PLANNED.format(action='offline')}) AND NOT {_PLANNED.format(action='online')}",
}
_PRIORITY = {TaskAction.OFFLINE: Priority.STOCK_OUT, TaskAction.ONLINE: Priority.NEW}
_FACTS = (
    f"SELECT id, store_id, product_id IS NOT NULL, {_OPEN.format(listing='listing.id')} "
    "OR EXISTS (SELECT 1 FROM publish_task WHERE listing_id = listing.id AND state = 'waiting' AND action = ?) "
    "FROM listing WHERE id IN (SELECT value FROM json_each(?))"
)
_DUE = "store_id = ? AND state = 'waiting' AND owner = '' AND due_ms <= ?"
_FIRST_DUE = f"SELECT id FROM (SELECT id, min(due_ms) FROM publish_task WHERE {_DUE}{{batch}} GROUP BY listing_id)"
_IS_SO = (
    f"(SELECT product_id IS NULL OR {IS_OFF} = (publish_task.action = 'offline') "
    "FROM listing WHERE listing.id = listing_id)"
)


def queue_sale(
    connection: Connection, store_id: int, listing_ids: Sequence[int], action: TaskAction, schedule: Schedule
) -> BatchCreated:
    """Make a batch that does *action* (`offline` or `online`) to these listings, at once or by *schedule*; what it
    cannot be done to is skipped and told why."""
    batch_id: int = connection.exec_driver_sql(
        "INSERT INTO publish_batch (store_id, state, total, created_ms) VALUES (?, ?, 0, ?) RETURNING id",
        (store_id, JobState.RUNNING, now_ms()),
    ).scalar_one()
    queued = [
        number
        for place, number in enumerate(listing_ids)
        if insert_task(connection, batch_id, store_id, number, action, schedule.due_ms(place, len(listing_ids)))
    ]
    connection.exec_driver_sql("UPDATE publish_batch SET total = ? WHERE id = ?", (len(queued), batch_id))
    skipped = skip_reasons(connection, store_id, sorted(set(listing_ids) - set(queued)), action)
    if not queued:
        close_batches(connection, [batch_id])
    return BatchCreated(batch_id if queued else None, len(queued), skipped)


def insert_task(
    connection: Connection, batch_id: int, store_id: int, listing_id: int, action: TaskAction, due_ms: int
) -> bool:
    """Queue one listing, or let it wait for *due_ms*; False where nothing can be done to it."""
    is_later = due_ms > now_ms()
    state = TaskState.WAITING if is_later else TaskState.QUEUED
    task = (batch_id, action, state, _PRIORITY[action], due_ms, listing_id, store_id)
    condition = (_LATER if is_later else _NOW)[action]
    if not connection.exec_driver_sql(_INSERT + condition, task).rowcount:
        return False
    if not is_later:
        _show_queued(connection, [listing_id])
    return True


def skip_reasons(
    connection: Connection, store_id: int, listing_ids: Sequence[int], action: TaskAction
) -> tuple[Skipped, ...]:
    """Why nothing can be done to these listings: never published, of another store, under way or planned already, or
    like that already."""
    asked = (action, orjson.dumps(list(listing_ids)).decode())
    facts = {row[0]: row[1:] for row in connection.exec_driver_sql(_FACTS, asked)}
    return tuple(Skipped(number, _why(store_id, facts.get(number))) for number in listing_ids)


def taken_off(connection: Connection, batch_ids: Sequence[int]) -> list[int]:
    """Listings that these batches took off sale and that still are."""
    found = connection.exec_driver_sql(
        "SELECT listing_id FROM publish_task JOIN listing ON listing.id = listing_id "
        "WHERE batch_id IN (SELECT value FROM json_each(?)) AND action = 'offline' AND publish_task.state = 'live' "
        "AND listing.status = 'off' ORDER BY listing_id",
        (orjson.dumps(list(batch_ids)).decode(),),
    )
    return list(found.scalars())


def _why(store_id: int, facts: Sequence[object] | None) -> SkipReason:
    if facts is None or not facts[1]:
        return SkipReason.MISSING
    if facts[0] != store_id:
        return SkipReason.OTHER_STORE
    return SkipReason.OPEN if facts[2] else SkipReason.UNCHANGED


def let_in(connection: Connection, store_id: int, batch_id: int | None, moment_ms: int) -> None:
    """Queue what has waited for its time, unless something else of the listing is under way: that goes first. What is
    so already is taken back."""
    batch = "" if batch_id is None else f" AND batch_id = {int(batch_id)}"
    first = _FIRST_DUE.format(batch=batch)
    free = f"id IN ({first}) AND NOT {_OPEN.format(listing='publish_task.listing_id')}"
    moot = connection.exec_driver_sql(
        "UPDATE publish_task SET state = 'cancelled', settled_ms = ?, error_code = 'publishing.unchanged' "
        f"WHERE {free} AND {_IS_SO} RETURNING batch_id",
        (moment_ms, store_id, moment_ms),
    ).scalars()
    over = sorted(set(moot))
    queued = connection.exec_driver_sql(
        f"UPDATE publish_task SET state = 'queued' WHERE {free} RETURNING listing_id", (store_id, moment_ms)
    ).scalars()
    _show_queued(connection, list(queued))
    if over and not _has_open(connection, over):
        close_batches(connection, over)


def _has_open(connection: Connection, batch_ids: Sequence[int]) -> bool:
    found = connection.exec_driver_sql(
        "SELECT 1 FROM publish_task WHERE batch_id IN (SELECT value FROM json_each(?)) "
        "AND state IN ('waiting', 'queued', 'sending', 'unknown', 'in_review') LIMIT 1",
        (orjson.dumps(list(batch_ids)).decode(),),
    )
    return found.first() is not None


def _show_queued(connection: Connection, listing_ids: Sequence[int]) -> None:
    connection.exec_driver_sql(
        "UPDATE listing SET status = ?, error_code = '', error_text = '', error_field = '' "
        "WHERE id IN (SELECT value FROM json_each(?))",
        (ListingStatus.QUEUED, orjson.dumps(list(listing_ids)).decode()),
    )
