"""The columns of the Listings table, and how a listing and a variant fill them."""

from __future__ import annotations

from typing import Any

from app.messages import tr
from app.services.listings.source import ListingRow, SkuRow
from app.views.cells import MISSING, Badge, Cell, Column
from app.views.numbers import integer, moment, moment_tip, money, money_range, plain_money
from app.views.status import status

INDENT_ICON = "corner-down-right"


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


def _status(row: ListingRow) -> Cell:
    key = f"listing.{row.status}"
    word = status(key).word
    if row.status == "off" and row.off_reason:
        word = tr("listings.off_reason", word=word, reason=tr(f"listings.off.{row.off_reason}"))
    return Cell(word, status=key, copied=word)


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
    return Cell(money_range(row.price_min_minor, row.price_max_minor), copied=low if low == high else f"{low} - {high}")


def _stock(row: ListingRow) -> Cell:
    return _stock_cell(row.stock, is_live=row.status == "live")


def _stock_cell(stock: int | None, *, is_live: bool) -> Cell:
    if stock is None:
        return MISSING
    return Cell(integer(stock), tone="red" if stock == 0 and is_live else "text", copied=str(stock))


def _named(value: str) -> Cell:
    return Cell(value, tone="text2") if value else MISSING


def _updated(row: ListingRow) -> Cell:
    return Cell(moment(row.updated_ms), tone="text2", tip=moment_tip(row.updated_ms))


def _child_title(row: SkuRow) -> Cell:
    return Cell(row.label or tr("listings.only_variant"), icon=INDENT_ICON, tone="text2")


def _child_code(row: SkuRow) -> Cell:
    return Cell(row.code, tone="text2") if row.code else MISSING


def _child_price(row: SkuRow) -> Cell:
    return Cell(money(row.price_minor), copied=plain_money(row.price_minor))


def _child_stock(row: SkuRow) -> Cell:
    return _stock_cell(row.stock, is_live=False)


def _editable(name: str) -> Any:
    """A text cell of a listing that can be edited in place; variants' titles cannot."""
    return lambda row: getattr(row, name) if isinstance(row, ListingRow) else None


def columns() -> tuple[Column, ...]:
    """All columns of the Listings table in their default order."""
    return (
        Column(
            "title",
            "listings.column.title",
            _title,
            _child_title,
            width=300,
            min_width=160,
            sort_key="title",
            stretch=True,
            fixed=True,
            edit=_editable("title"),
        ),
        Column(
            "code",
            "listings.column.code",
            lambda row: Cell(row.code) if row.code else MISSING,
            _child_code,
            width=132,
            min_width=96,
            sort_key="code",
            elide="middle",
        ),
        Column("status", "listings.column.status", _status, width=96, min_width=72, sort_key="status"),
        Column(
            "findings",
            "listings.column.findings",
            _findings,
            width=62,
            min_width=52,
            align="right",
            sort_key="findings",
            new_value_first=True,
        ),
        Column(
            "price",
            "listings.column.price",
            _price,
            _child_price,
            width=108,
            min_width=72,
            align="right",
            sort_key="price",
            unit_key="unit.usd",
        ),
        Column(
            "stock",
            "listings.column.stock",
            _stock,
            _child_stock,
            width=64,
            min_width=52,
            align="right",
            sort_key="stock",
        ),
        Column(
            "category",
            "listings.column.category",
            lambda row: _named(row.category),
            width=112,
            min_width=72,
            sort_key="category",
        ),
        Column(
            "freight_template",
            "listings.column.freight_template",
            lambda row: _named(row.freight_template),
            width=96,
            min_width=72,
            sort_key="freight_template",
        ),
        Column(
            "group",
            "listings.column.group",
            lambda row: _named(row.group),
            width=110,
            min_width=64,
            sort_key="group",
            hidden=True,
        ),
        Column(
            "skus",
            "listings.column.skus",
            lambda row: Cell(integer(row.sku_count)),
            width=64,
            min_width=48,
            align="right",
            sort_key="skus",
            hidden=True,
        ),
        Column(
            "images",
            "listings.column.images",
            lambda row: Cell(integer(row.image_count)),
            width=64,
            min_width=48,
            align="right",
            sort_key="images",
            hidden=True,
        ),
        Column(
            "product_id",
            "listings.column.product_id",
            lambda row: Cell(row.product_id, tone="text2") if row.product_id else MISSING,
            width=150,
            min_width=130,
            sort_key="product_id",
            hidden=True,
        ),
        Column(
            "key",
            "listings.column.key",
            lambda row: _named(row.product_key),
            width=120,
            min_width=72,
            sort_key="key",
            hidden=True,
        ),
        Column(
            "updated",
            "listings.column.updated",
            _updated,
            width=66,
            min_width=52,
            align="right",
            sort_key="updated",
            new_value_first=True,
        ),
    )
