"""Filling the search tables and indexes for many listings at once, new ones or such as get other texts.

The triggers that keep them in step write every row on its own, which takes five times as long: FTS5 puts what it
has gathered on the disk at the end of each statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

INDEXES = (
    ("listing_trigram", "search_text", "listing_searched"),
    ("listing_bigram", "bigram_text", "listing_search"),
)
"""Search tables, their column, and where it comes from (migrations 0002, 0004, 0033)."""

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


Retold = tuple[int, str, str]
"""A listing, and a text of it before and after."""
BEHIND = "\n\n"
"""What the view of the searched texts puts behind each, so that its last letters begin a row of three as well."""
_UNREAD = re.compile("[\0\ufffe\uffff]")
"""Signs that tables do not read as they are: a NUL ends the text, the others are taken for U+FFFD."""
_LEAVE = "INSERT INTO {table}({table}, rowid, {column}) VALUES ('delete', ?, ?)"
_ENTER = "INSERT INTO {table}(rowid, {column}) VALUES (?, ?)"
_SIZE = "UPDATE listing_trigram_docsize SET sz = ? WHERE id = ?"


@contextmanager
def followed(connection: Connection) -> Iterator[Callable[[Sequence[Retold], Sequence[Retold]], None]]:
    """Within the block, texts of listings may be changed whose search tables then follow by what is yielded: it takes
    searched texts and bigrams before and after, by ids that only grow from call to call. Where little of a text is
    another, little is written: a tenth of what taking the whole text out and putting it back costs. On an exception
    the transaction must be rolled back.
    """
    triggers = [_made_by(connection, "trigger", f"{table}_update") for table, *_ in INDEXES]
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield lambda texts, pairs: _follow(connection, texts, pairs)
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


def _follow(connection: Connection, texts: Sequence[Retold], pairs: Sequence[Retold]) -> None:
    driver: Any = connection.connection.driver_connection
    stretches: list[Retold] = []
    sizes: list[tuple[bytes, int]] = []
    for number, before, after in texts:
        if before != after:
            left, entered = changed_stretch(before, after)
            stretches.append((number, left, entered))
            if len(entered) < len(after + BEHIND):  # or the table counts by itself
                sizes.append((_varint(len(after)), number))
    others = [one for one in pairs if one[1] != one[2]]
    for (table, column, _), rows in zip(INDEXES, (stretches, others), strict=True):
        for sql, place in ((_LEAVE, 1), (_ENTER, 2)):
            driver.executemany(sql.format(table=table, column=column), [(row[0], row[place]) for row in rows])
    driver.executemany(_SIZE, sizes)


def changed_stretch(before: str, after: str) -> tuple[str, str]:
    """What of a searched text leaves the table of rows of three letters, and what enters it.

    That is the stretch that differs, with two letters on either side. A row of letters in it that also stands elsewhere
    in the new text would be lost; then it is the whole texts.
    """
    before, after = before + BEHIND, after + BEHIND
    if _UNREAD.search(before) or _UNREAD.search(after):
        return before, after
    same = _same_length(before, after)
    same_behind = _same_length(before[same:][::-1], after[same:][::-1])
    first, behind = max(0, same - 2), max(0, same_behind - 2)
    old, new = before[first : len(before) - behind], after[first : len(after) - behind]
    for at in range(len(old) - 2):
        row = old[at : at + 3]
        if row not in new and row in after:
            return before, after
    return old, new


def _same_length(one: str, other: str) -> int:
    """How many letters the texts begin with are the same."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _varint(number: int) -> bytes:
    """A number as a table notes how many rows of letters a text has: seven bits a byte, the highest first."""
    found = bytes([number & 0x7F])
    while number := number >> 7:
        found = bytes([number & 0x7F | 0x80]) + found
    return found


def _made_by(connection: Connection, kind: str, name: str) -> tuple[str, str]:
    """A trigger's or index's name and the statement that makes it."""
    sql = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = ? AND name = ?", (kind, name)
    ).scalar_one()
    return name, str(sql)
