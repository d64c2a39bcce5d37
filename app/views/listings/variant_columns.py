"""The columns of the table of variants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.services.listings.records import ListingStatus
from app.views.cells import MISSING, Cell, Column
from app.views.listings.columns import status_cell, stock_cell, with_currency
from app.views.listings.figure_columns import figure_columns
from app.views.numbers import money, plain_money

if TYPE_CHECKING:
    from app.services.listings.variant_source import VariantRow


def _title(row: VariantRow) -> Cell:
    return Cell(
        row.title or "–",
        tone="text" if row.title else "text3",
        image=row.image or "-",
        second=row.product_id or row.product_key,
        dot=bool(row.is_changed),
        copied=row.title,
    )


def _price(row: VariantRow) -> Cell:
    if row.price_minor is None:
        return MISSING
    return Cell(with_currency(money(row.price_minor), row.currency), copied=plain_money(row.price_minor))


def _named(value: str) -> Cell:
    return Cell(value, tone="text2") if value else MISSING


def _open(text: Callable[[VariantRow], str]) -> Callable[[VariantRow], str | None]:
    """What the editor begins with, unless the listing is being sent."""
    return lambda row: None if row.status == ListingStatus.SENDING else text(row)


def variant_columns() -> tuple[Column, ...]:
    """All columns in their default order; price, stock and code are edited in the cell."""
    return (
        Column(
            "title",
            "listings.column.title",
            _title,
            width=260,
            min_width=140,
            stretch=True,
            fixed=True,
            sort_key="title",
        ),
        Column("variant", "listings.sku.label", lambda row: _named(row.label), width=160, min_width=80),
        Column(
            "code",
            "listings.column.code",
            lambda row: Cell(row.code) if row.code else MISSING,
            width=150,
            min_width=96,
            elide="middle",
            sort_key="code",
            edit=_open(lambda row: row.code),
        ),
        Column(
            "price",
            "listings.column.price",
            _price,
            width=90,
            min_width=72,
            align="right",
            unit_key="unit.usd",
            sort_key="price",
            edit=_open(lambda row: plain_money(row.price_minor)),
        ),
        Column(
            "stock",
            "listings.column.stock",
            lambda row: stock_cell(row.stock, is_live=row.status == ListingStatus.LIVE),
            width=70,
            min_width=52,
            align="right",
            sort_key="stock",
            edit=_open(lambda row: "" if row.stock is None else str(row.stock)),
        ),
        *figure_columns(),
        *_last_columns(),
    )


def _last_columns() -> tuple[Column, ...]:
    return (
        _text("ships_from", "listings.filter.ships_from", lambda row: _named(row.ships_from), 90),
        _text("status", "listings.column.status", status_cell, 100),
        _text("barcode", "listings.column.barcode", lambda row: _named(row.barcode), 120, hidden=True),
        _text("key", "listings.column.key", lambda row: _named(row.product_key), 120, hidden=True),
    )


def _text(key: str, title: str, cell: Callable[[VariantRow], Cell], width: int, *, hidden: bool = False) -> Column:
    """A column of text that is sorted by its own name."""
    return Column(key, title, cell, width=width, hidden=hidden, sort_key=key)
