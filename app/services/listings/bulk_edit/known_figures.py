"""Cost and freight of the variants of a plan, for its formulas: as they stand now, each unknown NULL."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from app.services.listings.loading import chunks
from app.services.pricing.inputs import InputReader

CHUNK = 2_000
_TABLE = (
    "CREATE TABLE plan.figure (sku_id INTEGER PRIMARY KEY, listing_id INTEGER NOT NULL, cost_micro INTEGER, "
    "freight_micro INTEGER)"
)
_HAS_ITEMS = "SELECT 1 FROM stock_item LIMIT 1"
_IS_THERE = "SELECT 1 FROM plan.sqlite_master WHERE name = 'figure'"


def needs_figures(connection: Connection, columns: Collection[str]) -> bool:
    """Whether a formula over *columns* reads more than what a sheet told."""
    if "freight" in columns:
        return True
    return "cost" in columns and connection.exec_driver_sql(_HAS_ITEMS).first() is not None


def note_figures(connection: Connection) -> None:
    """Fill `plan.figure` for every chosen listing, once a plan."""
    if connection.exec_driver_sql(_IS_THERE).first() is not None:
        return
    connection.exec_driver_sql(_TABLE)
    reader = InputReader.of(connection)
    ids = list(connection.exec_driver_sql("SELECT listing_id FROM plan.chosen WHERE why IS NULL").scalars())
    for chunk in chunks(ids, CHUNK):
        rows = [(one.sku_id, one.listing_id, one.cost_micro, one.freight_micro) for one in reader.read(chunk)]
        connection.exec_driver_sql("INSERT INTO plan.figure VALUES (?, ?, ?, ?)", rows) if rows else None
    connection.exec_driver_sql("CREATE INDEX plan.ix_figure_listing ON figure (listing_id)")
