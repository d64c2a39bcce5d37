"""The columns of the Listings table, and how a listing and a variant fill them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.messages import messages, tr
from app.services.listings.records import ListingStatus
from app.services.listings.source import ListingRow, SkuRow
from app.views.cells import MISSING, Badge, Cell, Column
from app.views.listings.figure_columns import figure_columns
from app.views.numbers import integer, moment, moment_tip, money, money_range, plain_money
from app.views.status import status

if TYPE_CHECKING:
    from app.services.listings.variant_source import VariantRow

USUAL_CURRENCY = "USD"
BEFORE_FIGURES = 6
"""Margin and profit stand right of price and stock, which are pasted side by side."""


def _title(row: ListingRow) -> Cell:
    return Cell(
        row.title or "–",
        tone="text" if row.title else "text3",
        image=row.image or "-",
        second=row.product_id or row.product_key,
        dot=bool(row.is_changed),
        tip=tr("listings.changed_tip") if row.is_changed else "",
        copied=row.title,
    )


def status_cell(row: ListingRow | VariantRow) -> Cell:
    """The status of a listing with why it is off sale, and for what a person holds it back."""
    key = f"listing.{row.status}"
    word = status(key).word
    if row.status == "off" and row.off_reason:
        known = f"listings.off.{row.off_reason}"
        word = tr("listings.off_reason", word=word, reason=tr(known if messages.has(known) else "listings.off.other"))
    reason = row.hold_reason if isinstance(row, ListingRow) else ""
    held = tr("listings.held_for", held=status("listing.held").word, reason=reason) if reason else ""
    return Cell(word, status=key, copied=word, tip=held)


def _findings(row: ListingRow) -> Cell:
    marks = (
        ("red", "octagon", row.block_count),
        ("amber", "bars", row.hold_count),
        ("amber", "triangle", row.warn_count),
    )
    badges = tuple(Badge(str(count), tone, glyph) for tone, glyph, count in marks if count)
    if not badges:
        return Cell("–", tone="text3", copied="0")
    total = row.block_count + row.hold_count + row.warn_count
    tip = tr("listings.findings_tip", block=row.block_count, hold=row.hold_count, warn=row.warn_count)
    return Cell(badges=badges, tip=tip, copied=str(total))


def _price(row: ListingRow) -> Cell:
    if row.price_min_minor is None:
        return MISSING
    low, high = plain_money(row.price_min_minor), plain_money(row.price_max_minor)
    shown = with_currency(money_range(row.price_min_minor, row.price_max_minor), row.currency)
    return Cell(shown, copied=low if low == high else f"{low} - {high}")


def with_currency(text: str, currency: str) -> str:
    """The header names the usual currency; another one stands with its number."""
    return text if currency == USUAL_CURRENCY else f"{text} {currency}"


def _stock(row: ListingRow) -> Cell:
    return stock_cell(row.stock, is_live=row.status == "live")


def stock_cell(stock: int | None, *, is_live: bool) -> Cell:
    """A stock, red where a live one has run out."""
    if stock is None:
        return MISSING
    return Cell(integer(stock), tone="red" if stock == 0 and is_live else "text", copied=str(stock))


def _code(row: ListingRow) -> Cell:
    return Cell(row.code) if row.code else MISSING


def _named(value: str) -> Cell:
    return Cell(value, tone="text2") if value else MISSING


def _updated(row: ListingRow) -> Cell:
    return Cell(moment(row.updated_ms), tone="text2")


def _updated_tip(row: ListingRow) -> str:
    return moment_tip(row.updated_ms)


def _child_title(row: SkuRow) -> Cell:
    return Cell(row.label or tr("listings.only_variant"), tone="text2")


def _child_code(row: SkuRow) -> Cell:
    return Cell(row.code, tone="text2") if row.code else MISSING


def _child_price(row: SkuRow) -> Cell:
    if row.price_minor is None:
        return MISSING
    return Cell(with_currency(money(row.price_minor), row.currency), copied=plain_money(row.price_minor))


def _child_stock(row: SkuRow) -> Cell:
    return stock_cell(row.stock, is_live=False)


def _number(name: str) -> Callable[[ListingRow], Cell]:
    return lambda row: Cell(integer(getattr(row, name)), copied=str(getattr(row, name)))


# -- what an editor in the cell begins with; None where the cell cannot be edited --------------------------------------


def _is_open(row: ListingRow | SkuRow) -> bool:
    return not isinstance(row, ListingRow) or row.status != ListingStatus.SENDING


def _edit_title(row: ListingRow | SkuRow) -> str | None:
    """A variant has no title of its own."""
    return row.title if isinstance(row, ListingRow) and _is_open(row) else None


def _edit_code(row: ListingRow | SkuRow) -> str | None:
    return row.code if _is_only_variant(row) else None


def _edit_price(row: ListingRow | SkuRow) -> str | None:
    if not _is_only_variant(row):
        return None
    return plain_money(row.price_min_minor if isinstance(row, ListingRow) else row.price_minor)


def _edit_stock(row: ListingRow | SkuRow) -> str | None:
    return ("" if row.stock is None else str(row.stock)) if _is_only_variant(row) else None


def _is_only_variant(row: ListingRow | SkuRow) -> bool:
    """A variant's row, or the row of a listing that has only one: its price is that variant's."""
    return _is_open(row) and (not isinstance(row, ListingRow) or row.sku_count == 1)


# -- the columns in their default order ------------------------------------------------------------------------------


def _text(key: str, cell: Callable[[ListingRow], Cell], width: int, min_width: int = 72, **more: object) -> Column:
    """A column of text that is sorted by its own name."""
    return Column(key, f"listings.column.{key}", cell, width=width, min_width=min_width, sort_key=key, **more)  # type: ignore[arg-type]


def _figure(key: str, cell: Callable[[ListingRow], Cell], width: int, min_width: int = 52, **more: object) -> Column:
    """A column of numbers."""
    return _text(key, cell, width, min_width, align="right", **more)


def _leading_columns() -> tuple[Column, ...]:
    return (
        _text("title", _title, 300, 160, child_cell=_child_title, stretch=True, fixed=True, edit=_edit_title),
        _text("code", _code, 132, 96, child_cell=_child_code, elide="middle", edit=_edit_code),
        _text("status", status_cell, 96),
        _figure("findings", _findings, 62, new_value_first=True),
        _figure("price", _price, 100, 72, child_cell=_child_price, unit_key="unit.usd", edit=_edit_price),
        _figure("stock", _stock, 64, child_cell=_child_stock, edit=_edit_stock),
        _text("category", lambda row: _named(row.category), 96),
        _text("freight_template", lambda row: _named(row.freight_template), 80, hidden=True),
    )


def _warehouse_kind(row: ListingRow) -> Cell:
    return Cell(tr(f"listings.warehouse.{row.warehouse_kind}")) if row.warehouse_kind else MISSING


def _hidden_columns() -> tuple[Column, ...]:
    return (
        _text("group", lambda row: _named(row.group), 110, 64, hidden=True),
        _text("marketing_group", lambda row: _named(row.marketing_group), 110, 64, hidden=True),
        _text("warehouse_kind", _warehouse_kind, 110, 64, hidden=True),
        _text("hold_reason", lambda row: _named(row.hold_reason), 150, 64, hidden=True),
        _figure("skus", _number("sku_count"), 64, 48, hidden=True),
        _figure("images", _number("image_count"), 64, 48, hidden=True),
        _text("product_id", lambda row: _named(row.product_id or ""), 150, 130, hidden=True),
        _text("key", lambda row: _named(row.product_key), 120, hidden=True),
    )


def columns() -> tuple[Column, ...]:
    """All columns of the Listings table in their default order.

    Their widths leave the title about 40 characters in a window of 1440 pixels with the side panel open.
    """
    leading = _leading_columns()
    updated = _figure("updated", _updated, 84, new_value_first=True, cell_tip=_updated_tip)
    return (*leading[:BEFORE_FIGURES], *figure_columns(), *leading[BEFORE_FIGURES:], *_hidden_columns(), updated)
