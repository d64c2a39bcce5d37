"""What a killed run left behind: its tasks are freed, and what it had on the way becomes unknown."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.publishing.owner import dead_among

UNANSWERED = "marketplace.unanswered"


@dataclass(frozen=True, slots=True)
class Recovered:
    """Tasks of dead runs: `freed` had not been sent, `unknown` may have been."""

    freed: int
    unknown: int


def owners(connection: Connection, store_id: int) -> list[str]:
    """Runs that hold tasks of this store, living or dead."""
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT owner FROM publish_task WHERE store_id = ? AND owner <> '' "
        "AND state IN ('queued', 'sending', 'unknown')",
        (store_id,),
    )
    return list(rows.scalars())


def recover(db: Database, store_id: int) -> Recovered:
    """Take over from dead runs. A run of another living program on this database is left alone.

    Only the lock decides who is dead, never a time: see `owner.py`.
    """
    with db.read() as session:
        dead = dead_among(db.path, owners(session.connection(), store_id))
    if not dead:
        return Recovered(0, 0)
    with db.bulk() as connection:
        return _take_over(connection, store_id, dead, now_ms())


def _take_over(connection: Connection, store_id: int, dead: list[str], moment_ms: int) -> Recovered:
    marks = ", ".join("?" * len(dead))
    listing_ids = connection.exec_driver_sql(
        "UPDATE publish_task SET state = 'unknown', owner = '', settled_ms = ?, error_code = ? "
        f"WHERE store_id = ? AND state = 'sending' AND owner IN ({marks}) RETURNING listing_id",
        (moment_ms, UNANSWERED, store_id, *dead),
    ).scalars()
    unknown = list(listing_ids)
    _show_unknown(connection, unknown)
    freed = connection.exec_driver_sql(
        "UPDATE publish_task SET owner = '' WHERE store_id = ? AND state IN ('queued', 'unknown') "
        f"AND owner IN ({marks})",
        (store_id, *dead),
    ).rowcount
    return Recovered(freed, len(unknown))


def leave_unknown(connection: Connection, owner: str, moment_ms: int) -> None:
    """What this run had under way when it had to end is unknown; the next run looks it up."""
    rows = connection.exec_driver_sql(
        "UPDATE publish_task SET state = 'unknown', owner = '', settled_ms = ?, error_code = ? "
        "WHERE owner = ? AND state = 'sending' RETURNING listing_id",
        (moment_ms, UNANSWERED, owner),
    ).scalars()
    _show_unknown(connection, list(rows))


def _show_unknown(connection: Connection, listing_ids: list[int]) -> None:
    if listing_ids:
        connection.exec_driver_sql(
            "UPDATE listing SET status = 'unknown', error_code = ? WHERE id = ?",
            [(UNANSWERED, number) for number in listing_ids],
        )


def release(connection: Connection, owner: str) -> int:
    """Let go of what this run did not get to. Returns: how many tasks."""
    changed = connection.exec_driver_sql(
        "UPDATE publish_task SET owner = '' WHERE owner = ? AND state IN ('queued', 'unknown')", (owner,)
    )
    return changed.rowcount
