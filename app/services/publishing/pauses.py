"""Stores whose queue stands still: kept in the database, so that every program and every start heeds it."""

from __future__ import annotations

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import InputError, NotFound


class StorePaused(InputError):
    """The store's queue stands still; `store` names it."""

    code = "publishing.store_paused"


def pause_store(db: Database, store_id: int) -> None:
    """Let nothing of this store leave until `resume_store`; requests under way end well. Raises: NotFound."""
    with db.bulk() as connection:
        done = connection.exec_driver_sql(
            "INSERT INTO publish_pause (store_id, since_ms) SELECT id, ? FROM store WHERE id = ? "
            "ON CONFLICT (store_id) DO UPDATE SET since_ms = publish_pause.since_ms",
            (now_ms(), store_id),
        )
    if not done.rowcount:
        raise NotFound(noun="store", name=str(store_id))


def resume_store(db: Database, store_id: int) -> None:
    """Let the store's queue go on; runs that wait notice within a second."""
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM publish_pause WHERE store_id = ?", (store_id,))


def paused_stores(db: Database) -> dict[int, int]:
    """Since when (ms) which stores stand still."""
    with db.reader.connect() as connection:
        return dict(map(tuple, connection.exec_driver_sql("SELECT store_id, since_ms FROM publish_pause")))


def is_paused(connection: Connection, store_id: int) -> bool:
    """Whether this store stands still."""
    found = connection.exec_driver_sql("SELECT 1 FROM publish_pause WHERE store_id = ?", (store_id,)).scalar()
    return found is not None
