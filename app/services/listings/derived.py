"""Columns that follow from others and are stored so that SQL can sort and search by them."""

from __future__ import annotations

from typing import Any

from app.services.listings.content import content_hash
from app.services.listings.records import ListingRecord
from app.services.listings.text import bigrams, fold, search_text

SHORTEST_STEM = 4
"""A shorter common beginning of codes says nothing about the listing."""

DERIVED_COLUMNS = (
    "title_folded",
    "code",
    "sku_count",
    "price_min_minor",
    "price_max_minor",
    "stock_total",
    "image_count",
    "search_text",
    "bigram_text",
    "content_hash",
)


def common_code(codes: list[str]) -> str:
    """One code for a listing: its only code, the beginning all its codes share, or the first one."""
    if len(codes) < 2:
        return codes[0] if codes else ""
    low, high = min(codes), max(codes)
    length = next((i for i, pair in enumerate(zip(low, high, strict=False)) if pair[0] != pair[1]), len(low))
    stem = low[:length].rstrip("-_*+# ")
    return stem if len(stem) >= SHORTEST_STEM else codes[0]


def derive(record: ListingRecord) -> dict[str, Any]:
    """Values of the derived columns of `listing`, `content_hash` among them.

    Prices of unknown SKUs are left out of the range; stock is None where no SKU's stock is known.
    """
    return dict(zip(DERIVED_COLUMNS, derived_row(record), strict=True))


def derived_row(record: ListingRecord) -> tuple[Any, ...]:
    """The same as a tuple of `DERIVED_COLUMNS`, for bulk."""
    skus = record.skus
    codes = [sku.code for sku in skus if sku.code]
    prices = [sku.price_minor for sku in skus if sku.price_minor is not None]
    stocks = [sku.stock for sku in skus if sku.stock is not None]
    searched = search_text(record.title, record.product_key, record.product_id, codes, record.keywords)
    return (
        fold(record.title),
        common_code(codes),
        len(skus),
        min(prices) if prices else None,
        max(prices) if prices else None,
        sum(stocks) if stocks else None,
        len(record.images),
        searched,
        bigrams(searched),
        content_hash(record),
    )
