"""Putting records and raw rows into the database: SQL with tuples, derived columns kept in step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

from app.models import ListingStatus
from app.services.codes.bundles import note_bundles
from app.services.codes.keys import match_key
from app.services.listings.derived import DERIVED_COLUMNS, derived_row
from app.services.listings.loading import PACKED
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.tables import LISTING, insert_listings, update_listings

JSON_COLUMNS = PACKED | {"properties"}

SKU_COLUMNS = (
    "listing_id",
    "position",
    "code",
    "match_key",
    "price_minor",
    "stock",
    "ships_from",
    "barcode",
    "properties",
)

_KEY = SKU_COLUMNS.index("match_key")

REOPENED = dict.fromkeys((ListingStatus.FAILED, ListingStatus.REJECTED, ListingStatus.HELD), ListingStatus.DRAFT)
"""An edit makes a refused or held listing a draft again; the checker then says whether it is ready."""


def raw(column: str, value: Any) -> Any:
    """*value* as SQLite keeps it in *column*."""
    return orjson.dumps(value).decode() if column in JSON_COLUMNS and value is not None else value


def cooked(column: str, value: Any) -> Any:
    """What `raw` made, turned back."""
    return orjson.loads(value) if column in JSON_COLUMNS and value is not None else value


def sku_row(listing_id: int, position: int, sku: SkuRecord) -> tuple[Any, ...]:
    """A SKU as a tuple of `SKU_COLUMNS`."""
    return (
        listing_id,
        position,
        sku.code,
        match_key(sku.code),
        sku.price_minor,
        sku.stock,
        sku.ships_from,
        sku.barcode,
        orjson.dumps(sku.properties).decode(),
    )


def keys_of(rows: Iterable[tuple[Any, ...]]) -> set[str]:
    """The match keys of SKU rows, tuples of `SKU_COLUMNS`."""
    return {row[_KEY] for row in rows}


def insert_skus(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add SKU rows, tuples of `SKU_COLUMNS`."""
    if rows:
        marks = ", ".join("?" * len(SKU_COLUMNS))
        connection.exec_driver_sql(f"INSERT INTO sku ({', '.join(SKU_COLUMNS)}) VALUES ({marks})", list(rows))
        note_bundles(connection, keys_of(rows))


def replace_images(connection: Connection, listing_id: int, sources: Iterable[str]) -> None:
    """Give a listing exactly these pictures, in this order."""
    connection.exec_driver_sql("DELETE FROM image WHERE listing_id = ?", (listing_id,))
    rows = [(listing_id, position, source) for position, source in enumerate(sources)]
    if rows:
        connection.exec_driver_sql("INSERT INTO image (listing_id, position, source) VALUES (?, ?, ?)", rows)


def update_columns(connection: Connection, table: str, row_id: int, values: dict[str, Any]) -> None:
    """Set raw columns of one row; of *table* "listing" also those that stand beside it."""
    if table == LISTING:
        update_listings(connection, tuple(values), [(*values.values(), row_id)])
        return
    sets = ", ".join(f'"{column}" = ?' for column in values)
    connection.exec_driver_sql(f"UPDATE {table} SET {sets} WHERE id = ?", (*values.values(), row_id))


def insert_columns(connection: Connection, table: str, row_id: int, values: dict[str, Any]) -> None:
    """Add a row of raw columns under its id; of *table* "listing" also those that stand beside it."""
    columns, row = ("id", *values), (row_id, *values.values())
    if table == LISTING:
        insert_listings(connection, columns, [row])
        return
    names = ", ".join(f'"{column}"' for column in columns)
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", row)


def refresh_derived(connection: Connection, records: Iterable[ListingRecord], moment_ms: int) -> None:
    """Bring the derived columns in step after the records' own columns were written; reopens refused listings."""
    rows = []
    for record in records:
        status = REOPENED.get(ListingStatus(record.status), record.status)
        rows.append((*derived_row(record), status, moment_ms, record.id))
    if rows:
        update_listings(connection, (*DERIVED_COLUMNS, "status", "updated_ms"), rows)
