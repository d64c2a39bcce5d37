"""Figures as fields of the tables of listings and of variants: filtered in one pass over the narrow tables they are
kept in, of which only what is of today counts (view `current_figure`; of variants `variant_masks`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from app.services.expressions.conditions import Sql
from app.services.listings.typed import micro, price_minor, share
from app.services.paging import Query
from app.services.pricing.watching import is_waiting
from app.services.sql_conditions import Field

if TYPE_CHECKING:
    from sqlalchemy import Connection

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

VIEW = "current_figure"
"""Figures of listings that are of today."""
OF_TODAY = "(SELECT * FROM listing_figure WHERE generation = (SELECT generation FROM figure_state))"
"""The same and those of the listings that are due, in half the time: the view asks of each whether it is."""
DUE_IDS = "SELECT listing_id AS id FROM figure_due"

OF_LISTINGS = {
    name: Field(
        column,
        bind,
        many=VIEW,
        order=f"(SELECT {column} FROM {VIEW} WHERE {VIEW}.listing_id = listing.id)",
    )
    for name, (column, bind) in _BIND.items()
}
OF_VARIANTS = {name: Field(column, bind) for name, (column, bind) in _BIND.items()}
"""Their `expression` is the name of a column of `pricing.sku_columns`."""
_FIGURED = (
    "SELECT listing_id, CASE WHEN generation = (SELECT generation FROM figure_state) THEN {} END AS figure "
    "FROM listing_figure WHERE listing_id NOT IN (SELECT listing_id FROM figure_due) "
    "UNION ALL SELECT id, NULL FROM listing WHERE id IN (SELECT listing_id FROM figure_due)"
)
"""All listings with a figure of theirs in one pass over the narrow table: one that is not due has its row there."""
INDEXED = {name: _BIND[name][0] for name in ("margin", "profit")}
"""Figures of listings that `listing_figure` has an index for."""
SHOWN = tuple(column for column, _ in _BIND.values())
"""Columns a row shows."""


IS_STALE = (
    "(listing_figure.generation IS NOT (SELECT generation FROM figure_state) "
    "OR EXISTS (SELECT 1 FROM figure_due WHERE figure_due.listing_id = listing.id))"
)
"""Whether the figures of a listing and its variants are of yesterday or were never worked out."""


def variant_figures(connection: Connection, sku_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Of each variant why figures are missing ("" for nothing), whether any is (0, 1), and the `SHOWN`, as stored."""
    from app.services.pricing.given import reason  # here: the window needs the fields before any figure
    from app.services.pricing.sku_columns import numbers_of

    found = numbers_of(connection, sku_ids, ("lacking", *SHOWN))
    return {number: (reason(lacking or 0), int(bool(lacking)), *rest) for number, (lacking, *rest) in found.items()}


NO_FIGURES = ("", 0, *(None for _ in SHOWN))
"""Of a variant that the columns do not have yet."""


MOST_DUE = 20_000
"""With more listings than that due, what is not a figure is asked of the tables."""


def are_in_columns(connection: Connection) -> bool:
    """Whether nearly all variants stand in the columns."""
    few = f"SELECT count(*) <= {MOST_DUE} FROM (SELECT 1 FROM figure_due LIMIT {MOST_DUE + 1})"
    return bool(connection.exec_driver_sql(few).scalar_one())


def sorted_by_figure(query: Query, among: Sql | None) -> Sql:
    """The ids of listings in the order of a figure: of those whose `listing_id` is as *among* says, of all without."""
    way = "DESC" if query.descending else "ASC"
    figured, (told, params) = _FIGURED.format(_BIND[query.sort][0]), among or ("true", [])
    return f"SELECT listing_id AS id FROM ({figured}) WHERE {told} ORDER BY figure {way}, listing_id {way}", params


def is_in_figure_order(connection: Connection, query: Query) -> bool:
    """Whether an index has the listings in the order of *query*: by a figure that has one, all being of today."""
    return query.sort in INDEXED and not query.then and not is_waiting(connection)


def first_by_figure(connection: Connection, query: Query, limit: int, among: Sql | None) -> list[int]:
    """The first listings in the order of a figure, where `is_in_figure_order`; *among* as for `sorted_by_figure`."""
    column, way = INDEXED[query.sort], "DESC" if query.descending else "ASC"
    told, params = among or ("true", [])
    sql = (
        f"SELECT listing_id FROM listing_figure INDEXED BY ix_listing_figure_{query.sort} "
        f"WHERE generation = (SELECT generation FROM figure_state) AND {told} "
        f"ORDER BY {column} {way}, listing_id {way} LIMIT ?"
    )
    return list(connection.exec_driver_sql(sql, (*params, limit)).scalars())
