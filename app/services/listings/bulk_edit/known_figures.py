"""Cost, freight, margin and profit of the variants of a plan, for its formulas: as they stand, each unknown NULL."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from app.services.listings.bulk_edit.target_prices import TERMS, terms_row
from app.services.listings.loading import chunks
from app.services.pricing.figures import FigureColumns
from app.services.pricing.inputs import InputReader

CHUNK = 2_000
_TABLE = (
    "CREATE TABLE plan.figure (sku_id INTEGER PRIMARY KEY, listing_id INTEGER NOT NULL, cost_micro INTEGER, "
    f"freight_micro INTEGER, margin_bp INTEGER, profit_minor INTEGER, {', '.join(f'{name} INTEGER' for name in TERMS)})"
)
_OWN = {"cost": "cost_micro", "freight": "freight_micro", "margin": "margin_bp", "profit": "profit_minor"}
FIGURES = {**_OWN, **{name: name for name in TERMS}}
"""What a formula may read of them: name → column."""
_INSERT = f"INSERT INTO plan.figure VALUES ({', '.join('?' * (2 + len(FIGURES)))})"
_HAS_ITEMS = "SELECT 1 FROM stock_item LIMIT 1"
_IS_THERE = "SELECT 1 FROM plan.sqlite_master WHERE name = 'figure'"


def needs_figures(connection: Connection, columns: Collection[str]) -> bool:
    """Whether a formula over *columns* reads more than what a sheet told."""
    if (FIGURES.keys() - {"cost"}) & set(columns):
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
        rows = reader.read(chunk)
        columns = FigureColumns(rows, reader.settings)
        figures = zip(*(columns.known(name) for name in _OWN.values()), strict=True)
        found = [
            (one.sku_id, one.listing_id, *known, *terms_row(one, reader.settings))
            for one, known in zip(rows, figures, strict=True)
        ]
        if found:
            connection.exec_driver_sql(_INSERT, found)
    connection.exec_driver_sql("CREATE INDEX plan.ix_figure_listing ON figure (listing_id)")
