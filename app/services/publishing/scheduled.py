"""What waits for its time in the queue: shown, moved to another time, sent at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.models import TaskAction
from app.services.clock import at_office, now_ms
from app.services.db import Database
from app.services.errors import InputError
from app.services.publishing.turns import MOST_AHEAD_DAYS, wrong_start

_WAITING = "state IN ('waiting', 'queued') AND owner = '' AND due_ms > 0"


@dataclass(frozen=True, slots=True)
class ScheduledBatch:
    """The listings of a batch that wait for a time: `first_ms` and `last_ms` are the same unless they are spread.

    `action`: `create` stands for publishing, new listings and edits together.
    """

    batch_id: int
    store_id: int
    store_name: str
    action: TaskAction
    n: int
    first_ms: int
    last_ms: int


def scheduled_batches(db: Database) -> list[ScheduledBatch]:
    """What waits for a time, the soonest first."""
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT batch_id, publish_task.store_id, store.name, "
            "CASE WHEN action IN ('create', 'edit') THEN 'create' ELSE action END AS kind, count(*), min(due_ms), "
            f"max(due_ms) FROM publish_task JOIN store ON store.id = publish_task.store_id WHERE {_WAITING} "
            "GROUP BY batch_id, kind ORDER BY min(due_ms), batch_id"
        ).all()
    return [
        ScheduledBatch(batch_id, store_id, name, TaskAction(action), n, first_ms, last_ms)
        for batch_id, store_id, name, action, n, first_ms, last_ms in rows
    ]


def move_batches(db: Database, batch_ids: Sequence[int], at_ms: int) -> int:
    """Let what waits in these batches begin at *at_ms*, all or none; what is spread stays spread. Returns: listings
    moved.

    A run that waits for them notices within half a minute.

    Raises:
        InputError: the time is over (`publishing.time_over`) or too far away (`publishing.time_too_far`).
    """
    wrong = wrong_start(at_ms, now_ms())
    if wrong:
        said = at_office(at_ms).isoformat(" ", "minutes")
        raise InputError(f"publishing.time_{wrong}", value=said, days=MOST_AHEAD_DAYS)
    with db.bulk() as connection:
        return sum(_shift(connection, batch_id, at_ms) for batch_id in batch_ids)


def send_now(db: Database, batch_ids: Sequence[int]) -> int:
    """Let what waits in these batches be sent at once. Returns: listings."""
    with db.bulk() as connection:
        return sum(
            connection.exec_driver_sql(
                f"UPDATE publish_task SET due_ms = 0 WHERE batch_id = ? AND {_WAITING}", (batch_id,)
            ).rowcount
            for batch_id in batch_ids
        )


def _shift(connection: Connection, batch_id: int, at_ms: int) -> int:
    first_ms = connection.exec_driver_sql(
        f"SELECT min(due_ms) FROM publish_task WHERE batch_id = ? AND {_WAITING}", (batch_id,)
    ).scalar()
    if first_ms is None:
        return 0
    return connection.exec_driver_sql(
        f"UPDATE publish_task SET due_ms = due_ms + ? WHERE batch_id = ? AND {_WAITING}",
        (at_ms - first_ms, batch_id),
    ).rowcount
