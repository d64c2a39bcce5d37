"""Batches: what one press of the button queued, how far it is, taking the rest of it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from app.models import JobState
from app.services.clock import now_ms
from app.services.db import Database
from app.services.publishing.journal import restore_listings
from app.services.publishing.owner import dead_among

_OPEN = "state IN ('waiting', 'queued', 'sending', 'unknown')"
_UNSENT = "IN ('waiting', 'queued')"


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch with listings that are not sent or not known to have arrived.

    Attributes:
        state: as it ended last, `interrupted` where its program was killed.
        total: listings of the batch.
        queued: not sent. `unknown`: sent without an answer, or on the way when the program was killed.
        created_ms: when the button was pressed.
        due_ms: when the first of the queued ones may be sent; 0 for at once.
        action: what is done to their sale (`offline`, `online`), "" for publishing.
    """

    batch_id: int
    store_id: int
    state: JobState
    total: int
    queued: int
    unknown: int
    created_ms: int
    due_ms: int = 0
    action: str = ""


def open_batches(db: Database, store_id: int | None = None) -> list[OpenBatch]:
    """Batches to resume, oldest first, of one store or of all. Those that a living run works on are left out."""
    of_store = "" if store_id is None else f" AND publish_batch.store_id = {int(store_id)}"
    with db.read() as session:
        connection = session.connection()
        rows = connection.exec_driver_sql(
            "SELECT publish_batch.id, publish_batch.store_id, publish_batch.state, publish_batch.total, "
            f"sum(publish_task.state {_UNSENT}), sum(publish_task.state NOT {_UNSENT}), publish_batch.created_ms, "
            "json_group_array(DISTINCT publish_task.owner), "
            f"coalesce(min(CASE WHEN publish_task.state {_UNSENT} THEN due_ms END), 0), "
            "CASE WHEN min(action) = max(action) AND min(action) IN ('offline', 'online') THEN min(action) ELSE '' END "
            "FROM publish_batch "
            "JOIN publish_task ON publish_task.batch_id = publish_batch.id "
            f"WHERE publish_task.{_OPEN}{of_store} GROUP BY publish_batch.id ORDER BY publish_batch.id"
        ).all()
    found = []
    for batch_id, of, state, total, queued, unknown, created_ms, owners, due_ms, action in rows:
        working = [owner for owner in orjson.loads(owners) if owner]
        if len(dead_among(db.path, working)) == len(working):
            shown = JobState.INTERRUPTED if state == JobState.RUNNING else JobState(state)
            found.append(OpenBatch(batch_id, of, shown, total, queued, unknown, created_ms, due_ms, action))
    return found


def cancel_batch(db: Database, batch_id: int) -> int:
    """Take back what was not sent yet; what is on its way or unknown stays. Returns: listings taken back."""
    with db.bulk() as connection:
        taken = cancel_queued(connection, [batch_id])
        close_batches(connection, [batch_id])
    return taken


def cancel_listings(db: Database, listing_ids: Sequence[int]) -> int:
    """Take back single listings that were not sent yet, of whatever batch. Returns: listings taken back."""
    with db.bulk() as connection:
        return cancel_unsent(connection, listing_ids)


def cancel_unsent(connection: Connection, listing_ids: Sequence[int], *, planned: bool = True) -> int:
    """The same in the caller's transaction; *planned*: with what waits for its time."""
    chosen = orjson.dumps(list(listing_ids)).decode()
    rows = _cancel(connection, "listing_id IN (SELECT value FROM json_each(?))", chosen, planned=planned)
    if rows:
        close_batches(connection, _done_among(connection, {batch_id for _, batch_id in rows}))
    return len({listing_id for listing_id, _ in rows})


def cancel_needless(db: Database, listing_ids: Sequence[int]) -> int:
    """Take back edits that wait at once or for their time, of listings that are again what the marketplace has: an undo
    made them so. Returns: listings taken back."""
    with db.bulk() as connection:
        waiting = connection.exec_driver_sql(
            "SELECT listing_id FROM publish_task JOIN listing ON listing.id = listing_id "
            "WHERE publish_task.state IN ('waiting', 'queued') AND publish_task.owner = '' AND action = 'edit' "
            "AND listing.sent_hash = listing.content_hash"
        ).scalars()
        needless = sorted({*waiting} & {*listing_ids})
        return cancel_unsent(connection, needless) if needless else 0


def _cancel(connection: Connection, condition: str, chosen: str, *, planned: bool = True) -> list[tuple[int, int]]:
    """Cancel unsent tasks. Listings in the queue are what they were before; what waits for its time has not touched
    them. Returns: listing and batch of each."""
    done: list[tuple[int, int]] = []
    for state in ("waiting", "queued") if planned else ("queued",):
        rows = connection.exec_driver_sql(
            f"UPDATE publish_task SET state = 'cancelled', owner = '', settled_ms = ? WHERE state = '{state}' "
            f"AND {condition} RETURNING listing_id, batch_id",
            (now_ms(), chosen),
        ).all()
        if rows and state == "queued":
            restore_listings(connection, [listing_id for listing_id, _ in rows])
        done += map(tuple, rows)
    return done


def _done_among(connection: Connection, batch_ids: Iterable[int]) -> list[int]:
    """Those of *batch_ids* in which nothing is left to send: a run may still be at work on the others."""
    rows = connection.exec_driver_sql(
        "SELECT id FROM publish_batch WHERE id IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM "
        "publish_task WHERE batch_id = publish_batch.id AND publish_task.state IN ('waiting', 'queued', 'sending'))",
        (orjson.dumps(sorted(batch_ids)).decode(),),
    )
    return list(rows.scalars())


def cancel_queued(connection: Connection, batch_ids: Sequence[int]) -> int:
    """Cancel the unsent tasks of these batches; their listings are what they were before."""
    chosen = orjson.dumps(list(batch_ids)).decode()
    return len(_cancel(connection, "batch_id IN (SELECT value FROM json_each(?))", chosen))


def taken_back_among(connection: Connection, task_ids: Sequence[int]) -> int:
    """How many of these tasks somebody took back; one that turned out needless carries its reason."""
    found = connection.exec_driver_sql(
        "SELECT count(*) FROM publish_task WHERE state = 'cancelled' AND error_code = '' "
        "AND id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(task_ids)).decode(),),
    )
    return int(found.scalar_one())


def scheduled_in(connection: Connection, batch_ids: Sequence[int], moment_ms: int) -> int:
    """How many listings of these batches wait for a time after *moment_ms*."""
    found = connection.exec_driver_sql(
        f"SELECT count(*) FROM publish_task WHERE state {_UNSENT} AND (due_ms > ? OR state = 'waiting') "
        "AND batch_id IN (SELECT value FROM json_each(?))",
        (moment_ms, orjson.dumps(list(batch_ids)).decode()),
    )
    return int(found.scalar_one())


def open_as(connection: Connection, batch_ids: Sequence[int], state: JobState = JobState.RUNNING) -> None:
    """Show unfinished batches as *state*: running or paused."""
    connection.exec_driver_sql(
        "UPDATE publish_batch SET state = ?, finished_ms = NULL WHERE id IN (SELECT value FROM json_each(?))",
        (state, orjson.dumps(list(batch_ids)).decode()),
    )


def close_batches(connection: Connection, batch_ids: Sequence[int]) -> None:
    """Write how batches ended: done, done with failures, cancelled, or interrupted where listings are left unsent."""
    rows = connection.exec_driver_sql(
        "SELECT publish_batch.id, total(publish_task.state IN ('waiting', 'queued', 'sending')), "
        "total(publish_task.state = 'cancelled' AND error_code = ''), "
        "total(publish_task.state IN ('failed', 'rejected', 'unknown')) FROM publish_batch "
        "LEFT JOIN publish_task ON publish_task.batch_id = publish_batch.id "
        "WHERE publish_batch.id IN (SELECT value FROM json_each(?)) GROUP BY publish_batch.id",
        (orjson.dumps(list(batch_ids)).decode(),),
    ).all()
    for batch_id, unsent, cancelled, failed in rows:
        state = JobState.DONE_WITH_FAILURES if failed else JobState.DONE
        if cancelled:
            state = JobState.CANCELLED
        if unsent:
            state = JobState.INTERRUPTED
        connection.exec_driver_sql(
            "UPDATE publish_batch SET state = ?, finished_ms = coalesce(finished_ms, ?) WHERE id = ?",
            (state, None if unsent else now_ms(), batch_id),
        )


def close_finished(connection: Connection, batch_ids: Iterable[int]) -> None:
    """Bring the state of batches in step that had ended before, after a review changed what came of them."""
    chosen = orjson.dumps(sorted(batch_ids)).decode()
    finished = connection.exec_driver_sql(
        "SELECT id FROM publish_batch WHERE finished_ms IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
        (chosen,),
    ).scalars()
    close_batches(connection, list(finished))
