"""Numbers of a plan, worked out by SQL into its tables: variants' and listings' alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.services.listings.bulk_edit.formulas import scale
from app.services.listings.bulk_edit.known_figures import FIGURES, needs_figures, note_figures
from app.services.listings.bulk_edit.numbers import Worked, refusal, rounded
from app.services.listings.bulk_edit.operations import SKU_NUMBERS
from app.services.listings.costs import COST, cost_micro, told_cost
from app.services.pricing.rates import Rate

_OF_LISTING = {"price_minor": "listing.price_min_minor", "stock": "listing.stock_total"}
"""What a formula of a listing's own number reads for a number of the variants."""

_EXTRA = "(SELECT extra FROM listing_body WHERE listing_body.id = chosen.listing_id)"
_OF_CHOSEN = "{sku}.id IN (SELECT sku_id FROM plan.chosen_sku)"


def work_out(connection: Connection, worked: Worked, rate: Rate | None = None, *, of_variants: bool = False) -> None:
    """Fill `plan.of_<column>` for every chosen listing that may be changed.

    Args:
        rate: CNY for 1 USD, if it is known.
        of_variants: of numbers of variants only those of the chosen ones.
    """
    change = worked.change
    if worked.function is not None:
        name, function = worked.function
        driver: Any = connection.connection.driver_connection
        driver.create_function(name, len(worked.columns), function, deterministic=True)
        driver.create_function("cost_micro", 2, _cost, deterministic=True)
    if needs_figures(connection, worked.columns):
        note_figures(connection)
    before = _source(worked, worked.column)
    base = _base(worked, worked.column, of_variants=of_variants)
    known = {"rate": "NULL" if rate is None else str(rate.micro)}
    if needs_figures(connection, worked.columns):
        known |= {name: _figure(worked, column) for name, column in FIGURES.items()}
    columns = (known.get(name) or _base(worked, name, of_variants=of_variants) for name in worked.columns)
    value = worked.after.format(before=base, columns=", ".join(columns))
    after = rounded("value", change.rounding, scale(worked.column))
    after = after if change.rounding is None else f"CASE WHEN typeof(value) = 'integer' THEN {after} ELSE value END"
    is_needed = worked.is_of_listing or any(name not in SKU_NUMBERS for name in worked.columns)
    sku = "" if worked.is_of_listing else "CROSS JOIN sku ON sku.listing_id = chosen.listing_id"
    sku += f" AND {_OF_CHOSEN.format(sku='sku')}" if sku and of_variants else ""
    listing = "CROSS JOIN listing ON listing.id = chosen.listing_id" if is_needed else ""
    row_id = "chosen.listing_id" if worked.is_of_listing else "sku.id"
    connection.exec_driver_sql(
        f"INSERT INTO plan.of_{worked.column} (row_id, listing_id, store_id, before, after, why) "
        f"WITH raw AS MATERIALIZED (SELECT {row_id} AS row_id, chosen.listing_id, chosen.store_id, {before} AS before, "
        f"{value} AS value FROM plan.chosen {listing} {sku} WHERE chosen.why IS NULL), "
        f"done AS (SELECT row_id, listing_id, store_id, before, {after} AS after FROM raw) "
        f"SELECT row_id, listing_id, store_id, before, CASE WHEN typeof(after) = 'integer' THEN after END, "
        f"{refusal(change, 'before', 'after')} FROM done"
    )


def _figure(worked: Worked, column: str) -> str:
    """Where a figure of a row is read; a listing has one where all its variants have the same."""
    if worked.is_of_listing:
        same = f"CASE WHEN count(*) = count({column}) AND min({column}) = max({column}) THEN min({column}) END"
        return f"(SELECT {same} FROM plan.figure WHERE figure.listing_id = chosen.listing_id)"
    return f"(SELECT {column} FROM plan.figure WHERE figure.sku_id = sku.id)"


def _cost(extra: str | None, place: int | None) -> int | None:
    return cost_micro(told_cost(extra), place)


def _source(worked: Worked, column: str) -> str:
    """Where *column* of a row is read."""
    if column == COST:
        return f"cost_micro({_EXTRA}, {'NULL' if worked.is_of_listing else 'sku.position'})"
    if column in SKU_NUMBERS:
        return _OF_LISTING[column] if worked.is_of_listing else f"sku.{column}"
    return f"listing.{column}"


def _base(worked: Worked, column: str, *, of_variants: bool) -> str:
    """What is reckoned with: the row's own number, or the lowest of the listing's variants, or of its chosen ones."""
    if worked.change.per_listing and column in SKU_NUMBERS and not worked.is_of_listing:
        among = f" AND {_OF_CHOSEN.format(sku='other')}" if of_variants else ""
        return f"(SELECT min({column}) FROM sku AS other WHERE other.listing_id = chosen.listing_id{among})"
    return _source(worked, column)
