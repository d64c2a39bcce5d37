"""Columns that follow from others and are stored so that SQL can sort and search by them."""

from __future__ import annotations

import unicodedata
from typing import Any

from app.services.listings.content import content_hash
from app.services.listings.records import ListingRecord
from app.services.listings.text import bigrams, fold, search_text

SHORTEST_STEM = 4
"""A shorter common beginning of codes says nothing about the listing."""


def match_key(code: str) -> str:
    """A code in the spelling two writings of it share: half-width, capitals, no blanks (domain.md 7.2 step 1)."""
    if not code.isascii():
        code = unicodedata.normalize("NFKC", code).replace("×", "*")
    return "".join(code.split()).upper()


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
    codes = [sku.code for sku in record.skus if sku.code]
    prices = [sku.price_minor for sku in record.skus if sku.price_minor is not None]
    stocks = [sku.stock for sku in record.skus if sku.stock is not None]
    searched = search_text(record.title, record.product_key, record.product_id, codes, record.keywords)
    return {
        "title_folded": fold(record.title),
        "code": common_code(codes),
        "sku_count": len(record.skus),
        "price_min_minor": min(prices, default=None),
        "price_max_minor": max(prices, default=None),
        "stock_total": sum(stocks) if stocks else None,
        "image_count": len(record.images),
        "search_text": searched,
        "bigram_text": bigrams(searched),
        "content_hash": content_hash(record),
    }
