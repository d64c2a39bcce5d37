"""Filling the search tables for many new listings at once.

The triggers that keep them in step write every row on its own, which takes five times as long: FTS5 puts what it
has gathered on the disk at the end of each statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

INDEXES = (
    ("listing_trigram", "search_text", "listing_searched"),
    ("listing_bigram", "bigram_text", "listing"),
)
"""Search tables, their column, and where it comes from (migrations 0002, 0004)."""


@contextmanager
def filled_at_once(connection: Connection, first_id: int) -> Iterator[Callable[[int], None]]:
    """Within the block, listings may be inserted with ids from *first_id* on, and nothing else be done to listings;
    the search tables cover them at its end. On an exception the transaction must be rolled back.

    Yields: a function that lets them cover the listings below an id already; better few times than often.
    """
    triggers = [_trigger(connection, f"{table}_insert") for table, *_ in INDEXES]
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    covered = first_id

    def cover(end_id: int) -> None:
        nonlocal covered
        for table, column, content in INDEXES:
            connection.exec_driver_sql(
                f"INSERT INTO {table}(rowid, {column}) SELECT id, {column} FROM {content} WHERE id >= ? AND id < ?",
                (covered, end_id),
            )
        covered = end_id

    yield cover
    last_id = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM listing").scalar_one()
    cover(last_id + 1)
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


def _trigger(connection: Connection, name: str) -> tuple[str, str]:
    sql = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", (name,)
    ).scalar_one()
    return name, str(sql)
