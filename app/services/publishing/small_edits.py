"""Which edits change nothing but price and stock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.services.listings.content import content_hash
from app.services.listings.records import ListingRecord
from app.services.marketplace.records import PriceChange, SkuPrice, SkuStock, StockChange
from app.services.publishing.turns import Facts


@dataclass(frozen=True, slots=True)
class SmallEdit:
    """What of a listing differs from what was sent last; a part is None where nothing of it does."""

    prices: PriceChange | None
    stocks: StockChange | None


def small_edit(record: ListingRecord, product_id: str, facts: Facts | None) -> SmallEdit | None:
    """The edit of *record*, if it changes nothing but prices and stocks; *facts* as the last sync noted them.

    Certain, not guessed: with the prices and stocks of the sync the listing has the very hash that was sent.
    """
    if facts is None or {sku.code for sku in record.skus} != facts.keys() or len(record.skus) != len(facts):
        return None
    was = [replace(sku, price_minor=facts[sku.code][0], stock=facts[sku.code][1]) for sku in record.skus]
    if content_hash(replace(record, skus=was)) != record.sent_hash:
        return None
    pairs = list(zip(record.skus, was, strict=True))
    prices = tuple(
        SkuPrice(now.code, now.price_minor)
        for now, then in pairs
        if now.price_minor is not None and now.price_minor != then.price_minor
    )
    stocks = tuple(
        SkuStock(now.code, now.stock) for now, then in pairs if now.stock is not None and now.stock != then.stock
    )
    return SmallEdit(
        PriceChange(product_id, prices, record.currency) if prices else None,
        StockChange(product_id, stocks) if stocks else None,
    )
