"""Figures as fields of the tables of listings and of variants: filtered in one pass over the narrow tables they are
kept in, of which only what is of today counts (views `current_figure` and `current_sku_figure`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from app.services.listings.typed import micro, price_minor, share
from app.services.paging import Query
from app.services.pricing.watching import is_waiting
from app.services.sql_conditions import Field

_BIND: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "cost": ("cost_micro", micro),
    "freight_cost": ("freight_micro", micro),
    "fees": ("fees_minor", price_minor),
    "profit": ("profit_minor", price_minor),
    "margin": ("margin_bp", share),
    "break_even": ("even_minor", price_minor),
    "worst_case": ("worst_minor", price_minor),
    "worst_profit": ("worst_profit_minor", price_minor),
}
"""Column and unit by the field's name."""

OF_LISTINGS = {
    name: Field(
        column,
        bind,
        many="current_figure",
        order=f"(SELECT {column} FROM current_figure WHERE current_figure.listing_id = listing.id)",
    )
    for name, (column, bind) in _BIND.items()
}
OF_VARIANTS = {
    name: Field(
        column,
        bind,
        order=f"(SELECT {column} FROM current_sku_figure AS figure "
        "WHERE figure.listing_id = sku.listing_id AND figure.sku_id = sku.id)",
    )
    for name, (column, bind) in _BIND.items()
}
INDEXED = {name: _BIND[name][0] for name in ("margin", "profit")}
"""Figures of listings that `listing_figure` has an index for."""
SHOWN = tuple(column for column, _ in _BIND.values())
"""Columns a row shows."""


def is_stale(table: str) -> str:
    """Whether a row's figures, of `listing_figure` or `sku_figure`, are of yesterday or were never worked out."""
    return (
        f"({table}.generation IS NOT (SELECT generation FROM figure_state) "
        "OR EXISTS (SELECT 1 FROM figure_due WHERE figure_due.listing_id = listing.id))"
    )


def first_by_figure(connection: Connection, query: Query, limit: int) -> list[int] | None:
    """The first listings in the order of a figure that has an index, where nothing else is asked and all figures are
    of today; None elsewhere, where a figure of every listing must be looked up."""
    column = INDEXED.get(query.sort)
    if column is None or query != Query(sort=query.sort, descending=query.descending) or is_waiting(connection):
        return None
    way = "DESC" if query.descending else "ASC"
    sql = (
        f"SELECT listing_id FROM listing_figure WHERE generation = (SELECT generation FROM figure_state) "
        f"ORDER BY {column} {way}, listing_id {way} LIMIT ?"
    )
    return list(connection.exec_driver_sql(sql, (limit,)).scalars())
