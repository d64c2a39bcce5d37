"""Filling the search tables and indexes for many listings at once, new ones or such as get other texts.

The triggers that keep them in step write every row on its own, which takes five times as long: FTS5 puts what it
has gathered on the disk at the end of each statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

INDEXES = (
    ("listing_trigram", "search_text", "listing_searched"),
    ("listing_bigram", "bigram_text", "listing"),
)
"""Search tables, their column, and where it comes from (migrations 0002, 0004)."""

UNORDERED = ("ix_sku_code", "ix_sku_match_key", "ix_listing_title", "ix_listing_price")
"""Indexes in which new rows land anywhere."""


@contextmanager
def filled_at_once(connection: Connection, first_id: int) -> Iterator[None]:
    """Within the block, listings may be inserted with ids from *first_id* on, and nothing else be done to listings;
    the search tables cover them at its end. On an exception the transaction must be rolled back.
    """
    triggers = [_made_by(connection, "trigger", f"{table}_insert") for table, *_ in INDEXES]
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for table, column, content in INDEXES:
        connection.exec_driver_sql(
            f"INSERT INTO {table}(rowid, {column}) SELECT id, {column} FROM {content} WHERE id >= ?", (first_id,)
        )
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


@contextmanager
def indexed_at_once(connection: Connection, sku_count: int) -> Iterator[None]:
    """Within the block, *sku_count* variants are inserted. Where that are more than are stored, the indexes over
    texts and prices, which come in no order, are made anew at its end: sorting once is cheaper than finding each
    one's place. On an exception the transaction must be rolled back.
    """
    stored = connection.exec_driver_sql("SELECT count(*) FROM sku").scalar_one()
    indexes = [] if stored > sku_count else [_made_by(connection, "index", name) for name in UNORDERED]
    for name, _ in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    for _, sql in indexes:
        connection.exec_driver_sql(sql)


MANY = 1_000
"""From so many listings on, taking all out of the search tables and putting them back beats the triggers."""


@contextmanager
def reindexed_at_once(connection: Connection, chosen: str) -> Iterator[None]:
    """Within the block, texts of the listings of *chosen*, a SELECT of ids that stays the same, may be changed, and no
    listing come or go; the search tables follow at its end. On an exception the transaction must be rolled back.
    """
    for table, column, content in INDEXES:
        connection.exec_driver_sql(
            f"INSERT INTO {table}({table}, rowid, {column}) SELECT 'delete', id, {column} FROM {content} "
            f"WHERE id IN ({chosen})"
        )
    triggers = [_made_by(connection, "trigger", f"{table}_update") for table, *_ in INDEXES]
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for table, column, content in INDEXES:
        connection.exec_driver_sql(
            f"INSERT INTO {table}(rowid, {column}) SELECT id, {column} FROM {content} WHERE id IN ({chosen})"
        )
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


def _made_by(connection: Connection, kind: str, name: str) -> tuple[str, str]:
    """A trigger's or index's name and the statement that makes it."""
    sql = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = ? AND name = ?", (kind, name)
    ).scalar_one()
    return name, str(sql)
