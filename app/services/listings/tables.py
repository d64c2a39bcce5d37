"""Which columns of a listing stand in which of its tables, and writing to all of them by the names of the columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

LISTING = "listing"
BODY = ("keywords", "detail_html", "attributes", "extra", "remote")
"""Columns of `listing_body`: what is long."""
SEARCHED = ("search_text", "bigram_text")
"""Columns of `listing_search`."""
TABLE_OF = {**dict.fromkeys(BODY, "listing_body"), **dict.fromkeys(SEARCHED, "listing_search")}
"""By column the table beside `listing` that has it."""
PARTS = (LISTING, "listing_body", "listing_search")
"""The tables that have one row for each listing; the others ask for the first."""
WITH_BODY = "listing JOIN listing_body USING (id)"
WHOLE = f"{WITH_BODY} JOIN listing_search USING (id)"
"""What stands behind FROM to read every column of listings."""

UNCHECKED = {"block_count": 0, "hold_count": 0, "warn_count": 0, "error_code": "", "error_text": "", "error_field": ""}
"""Columns of a new listing that nobody has looked at yet."""

Row = Sequence[Any]
Pick = Callable[[Row], Row]


def columns_by_table(columns: Sequence[str]) -> dict[str, list[str]]:
    """*columns* of listings by the table they stand in, in their order."""
    found: dict[str, list[str]] = {}
    for column in columns:
        found.setdefault(TABLE_OF.get(column, LISTING), []).append(column)
    return found


def insert_listings(connection: Connection, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Add listings: rows of *columns*, the id first, and every column of `listing_body` and `listing_search` but
    `remote` among them."""
    for sql, pick in inserting(tuple(columns)):
        connection.exec_driver_sql(sql, list(map(pick, rows)))


def update_listings(connection: Connection, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Set *columns* of listings; the id stands behind their values in each row."""
    for sql, pick in updating(tuple(columns)):
        connection.exec_driver_sql(sql, list(map(pick, rows)))


@lru_cache
def inserting(columns: tuple[str, ...]) -> Sequence[tuple[str, Pick]]:
    """The statements that add one listing, and what each takes of a row of *columns*; as `insert_listings`."""
    parts = columns_by_table(columns)
    found: list[tuple[str, Pick]] = []
    for table in (table for table in PARTS if table in parts):
        names = parts[table] if table == LISTING else [columns[0], *parts[table]]
        sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        found.append((sql, itemgetter(*map(columns.index, names))))
    return found


@lru_cache
def updating(columns: tuple[str, ...], how: str = "UPDATE") -> Sequence[tuple[str, Pick]]:
    """The statements that set *columns* of one listing, and what each takes of a row of their values and the id."""
    found: list[tuple[str, Pick]] = []
    for table, names in columns_by_table(columns).items():
        sql = f"{how} {table} SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?"
        found.append((sql, itemgetter(*map(columns.index, names), len(columns))))
    return found
