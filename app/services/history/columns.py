"""Before-images of a whole column at once: staged as a table, kept as JSON arrays, written and compared by SQL.

A staged column is a table `(row_id INTEGER PRIMARY KEY, listing_id, store_id, before, after)` of the connection: of a
temporary schema, or of an attached file. Half a million prices are packed, undone and done again without a Python
object for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.listings.loading import chunks, id_list

COLUMNS = ("price_minor", "stock")
"""Columns of `sku` that can be staged."""

PACKED_ROWS = 10_000
"""Variants in one row of `change_column`: its arrays stay below a megabyte."""


@dataclass(frozen=True, slots=True)
class Staged:
    """New values of one column of `sku`: what stands there and what will, in the table *table*."""

    column: str
    table: str

    def __post_init__(self) -> None:
        if self.column not in COLUMNS:
            raise KeyError(self.column)


def new_stage(connection: Connection, column: str) -> Staged:
    """An empty staged column in the temporary schema; `forget` it before the transaction ends."""
    staged = Staged(column, f"temp.staged_{column}")
    connection.exec_driver_sql(
        f"CREATE TABLE {staged.table} "
        "(row_id INTEGER PRIMARY KEY, listing_id INTEGER NOT NULL, store_id INTEGER NOT NULL, before, after)"
    )
    return staged


def forget(connection: Connection, staged: Sequence[Staged]) -> None:
    """Drop staged columns of the temporary schema."""
    for one in staged:
        connection.exec_driver_sql(f"DROP TABLE {one.table}")


def moved_listings(connection: Connection, staged: Staged) -> set[int]:
    """Listings of which a variant is gone or does not have the value `before` any more."""
    return set(
        connection.exec_driver_sql(
            f"SELECT DISTINCT stage.listing_id FROM {staged.table} AS stage "
            "LEFT JOIN sku ON sku.id = stage.row_id AND sku.listing_id = stage.listing_id "
            f'WHERE sku.id IS NULL OR sku."{staged.column}" IS NOT stage.before'
        ).scalars()
    )


def leave_out(connection: Connection, staged: Staged, listing_ids: Sequence[int]) -> None:
    """Take the rows of these listings out of the stage."""
    for chunk in chunks(listing_ids):
        connection.exec_driver_sql(f"DELETE FROM {staged.table} WHERE listing_id IN ({id_list(chunk)})")


def write_column(connection: Connection, staged: Staged) -> None:
    """Give every staged variant its new value. What follows from it is renewed by `renew_numbers`."""
    connection.exec_driver_sql(
        f'UPDATE sku SET "{staged.column}" = stage.after FROM {staged.table} AS stage WHERE stage.row_id = sku.id'
    )


def pack(connection: Connection, change_id: int, staged: Staged) -> None:
    """Keep a staged column as part of a change."""
    arrays = ", ".join(f"json_group_array({name})" for name in ("row_id", "listing_id", "before", "after"))
    last = -1
    while (end := _end_of_row(connection, staged, last)) is not None:
        connection.exec_driver_sql(
            'INSERT INTO change_column (change_id, store_id, "column", first_listing_id, last_listing_id, row_ids, '
            f"listing_ids, before, after) SELECT ?, store_id, ?, min(listing_id), max(listing_id), {arrays} "
            f"FROM {staged.table} WHERE row_id > ? AND row_id <= ? GROUP BY store_id",
            (change_id, staged.column, last, end),
        )
        last = end


def _end_of_row(connection: Connection, staged: Staged, last: int) -> int | None:
    """The last variant of the next row: by ranges of ids, because grouping all rows would sort them."""
    sql = f"SELECT max(row_id) FROM (SELECT row_id FROM {staged.table} WHERE row_id > ? ORDER BY row_id LIMIT ?)"
    found: int | None = connection.exec_driver_sql(sql, (last, PACKED_ROWS)).scalar()
    return found


def pack_reversed(connection: Connection, change_id: int, staged: Staged, of_change: int) -> None:
    """Keep the whole of a change's column as part of the change that takes all of it back."""
    connection.exec_driver_sql(
        'INSERT INTO change_column (change_id, store_id, "column", first_listing_id, last_listing_id, row_ids, '
        'listing_ids, before, after) SELECT ?, store_id, "column", first_listing_id, last_listing_id, row_ids, '
        'listing_ids, after, before FROM change_column WHERE change_id = ? AND "column" = ? ORDER BY id',
        (change_id, of_change, staged.column),
    )


def unpack(
    connection: Connection, change_id: int, only: frozenset[int] | None, columns: Sequence[str] = COLUMNS
) -> list[Staged]:
    """Stage what takes a change's columns back: `before` is what the change left, `after` what was there."""
    driver: Any = connection.connection.driver_connection
    found = []
    for column in columns:
        rows = connection.exec_driver_sql(
            "SELECT store_id, row_ids, listing_ids, after, before FROM change_column "
            'WHERE change_id = ? AND "column" = ? ORDER BY id',
            (change_id, column),
        ).all()
        if rows:
            staged = new_stage(connection, column)
            for store_id, *arrays in rows:
                row_ids, listing_ids, left, was = map(orjson.loads, arrays)
                values = zip(row_ids, listing_ids, repeat(store_id, len(row_ids)), left, was, strict=True)
                chosen = values if only is None else (row for row in values if row[1] in only)
                driver.executemany(f"INSERT INTO {staged.table} VALUES (?, ?, ?, ?, ?)", chosen)
            found.append(staged)
    return found


def staged_listings(connection: Connection, staged: Sequence[Staged]) -> list[int]:
    """Listings with a staged variant, each once, in order."""
    if not staged:
        return []
    union = " UNION ".join(f"SELECT listing_id FROM {one.table}" for one in staged)
    return list(connection.exec_driver_sql(f"{union} ORDER BY listing_id").scalars())
