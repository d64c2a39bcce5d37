"""Before-images of a whole column at once: staged as a table, kept as JSON arrays, written and compared by SQL.

A staged column is a table `(listing_id, row_id, store_id, before, after)` of the connection, in that order: of a
temporary schema, or of an attached file. Half a million prices are packed, undone and done again without a Python
object for each. The work goes block by block of listings, so that everything about a listing is done while its pages
are in memory: in a database of gigabytes that halves the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, repeat
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.listings.loading import chunks, id_list

COLUMNS = ("price_minor", "stock")
"""Columns of `sku` that can be staged."""

BLOCK_ROWS = 10_000
"""Variants of one block, which is one row of `change_column`: its arrays stay below a megabyte, and the pages of a
block, which lie all over the tables, within the memory of the connection (32 MB)."""

STAGED_AT_ONCE = 999
"""Values of one INSERT: as many as SQLite takes a statement wherever it was built."""


@dataclass(frozen=True, slots=True)
class Staged:
    """New values of one column of `sku`: what stands there and what will, in the table *table*.

    *block*: only listings above the first and up to the second id; None for all.
    """

    column: str
    table: str
    block: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.column not in COLUMNS:
            raise KeyError(self.column)

    @property
    def rows(self) -> str:
        """What stands behind FROM to read the rows."""
        if self.block is None:
            return self.table
        first, last = map(int, self.block)
        return f"(SELECT * FROM {self.table} WHERE listing_id > {first} AND listing_id <= {last})"


def new_stage(connection: Connection, column: str) -> Staged:
    """An empty staged column in the temporary schema; `forget` it before the transaction ends."""
    staged = Staged(column, f"temp.staged_{column}")
    connection.exec_driver_sql(
        f"CREATE TABLE {staged.table} "
        "(listing_id INTEGER, row_id INTEGER, store_id INTEGER, before, after, PRIMARY KEY (listing_id, row_id)) "
        "WITHOUT ROWID"
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
            f"SELECT DISTINCT stage.listing_id FROM {staged.rows} AS stage "
            "LEFT JOIN sku ON sku.id = stage.row_id AND sku.listing_id = stage.listing_id "
            f'WHERE sku.id IS NULL OR sku."{staged.column}" IS NOT stage.before'
        ).scalars()
    )


def leave_out(connection: Connection, table: str, listing_ids: Sequence[int]) -> None:
    """Take the rows of these listings out of a table of the stage."""
    for chunk in chunks(listing_ids):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE listing_id IN ({id_list(chunk)})")


def write_column(connection: Connection, staged: Staged) -> None:
    """Give every staged variant its new value. What follows from it is renewed by `renew_numbers`."""
    connection.exec_driver_sql(
        f'UPDATE sku SET "{staged.column}" = stage.after FROM {staged.rows} AS stage WHERE stage.row_id = sku.id'
    )


def blocks(connection: Connection, staged: Sequence[Staged]) -> Iterator[list[Staged]]:
    """*staged* in blocks of whole listings, `BLOCK_ROWS` variants of the fullest column or a few more."""
    first = 0
    while ends := [end for one in staged if (end := _end_of_block(connection, one, first)) is not None]:
        yield [replace(one, block=(first, min(ends))) for one in staged]
        first = min(ends)


def _end_of_block(connection: Connection, staged: Staged, first: int) -> int | None:
    rows = f"SELECT listing_id FROM {staged.table} WHERE listing_id > ? ORDER BY listing_id LIMIT ?"
    found: int | None = connection.exec_driver_sql(
        f"SELECT max(listing_id) FROM ({rows})", (first, BLOCK_ROWS)
    ).scalar()
    return found


def pack(connection: Connection, change_id: int, staged: Staged) -> None:
    """Keep a block of a staged column as part of a change."""
    arrays = ", ".join(f"json_group_array({name})" for name in ("row_id", "listing_id", "before", "after"))
    for store_id in stores_in(connection, staged.rows):
        connection.exec_driver_sql(
            'INSERT INTO change_column (change_id, store_id, "column", first_listing_id, last_listing_id, row_ids, '
            f"listing_ids, before, after) SELECT ?, ?, ?, min(listing_id), max(listing_id), {arrays} "
            f"FROM {staged.rows} WHERE store_id = ?",
            (change_id, store_id, staged.column, store_id),
        )


def stores_in(connection: Connection, rows: str) -> list[int]:
    """The stores of *rows*, what stands behind FROM to read them. Few: each is packed on its own, so that SQLite need
    not put all rows in their order first."""
    return list(connection.exec_driver_sql(f"SELECT DISTINCT store_id FROM {rows}").scalars())


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
                values = zip(listing_ids, row_ids, repeat(store_id, len(row_ids)), left, was, strict=True)
                stage_rows(
                    connection, staged.table, values if only is None else (row for row in values if row[0] in only)
                )
            found.append(staged)
    return found


def stage_rows(connection: Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Put rows of whole tables on the stage, many with one statement: half the time of one by one."""
    driver: Any = connection.connection.driver_connection
    rows = iter(rows)
    if (first := next(rows, None)) is None:
        return
    row, at_once = f"({', '.join('?' * len(first))})", STAGED_AT_ONCE // len(first)
    rows = chain([first], rows)
    while some := list(islice(rows, at_once)):
        driver.execute(f"INSERT INTO {table} VALUES {', '.join([row] * len(some))}", list(chain.from_iterable(some)))


def staged_listings(connection: Connection, staged: Sequence[Staged]) -> list[int]:
    """Listings with a staged variant, each once, in order."""
    if not staged:
        return []
    union = " UNION ".join(f"SELECT DISTINCT listing_id FROM {one.rows}" for one in staged)
    return list(connection.exec_driver_sql(f"{union} ORDER BY listing_id").scalars())
