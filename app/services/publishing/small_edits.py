"""Which edits change nothing but price, stock and product group: for these the platform has calls of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson
from sqlalchemy import Connection

from app.services.listings.content import content_hash
from app.services.listings.records import ListingRecord
from app.services.marketplace.records import GroupChange, PriceChange, SkuPrice, SkuStock, StockChange
from app.services.publishing.turns import Facts

_GROUPS = "SELECT id, group_id FROM listing_synced WHERE id IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class SmallEdit:
    """What of a listing differs from what was sent last; a part is None where nothing of it does."""

    prices: PriceChange | None
    stocks: StockChange | None
    group: GroupChange | None = None


def load_groups(connection: Connection, listing_ids: Sequence[int]) -> dict[int, str]:
    """In which product group ("" for none) the last sync saw these listings; none where it did not note that."""
    rows = connection.exec_driver_sql(_GROUPS, (orjson.dumps(list(listing_ids)).decode(),))
    return {number: group for number, group in rows if group is not None}


def small_edit(
    record: ListingRecord, product_id: str, facts: Facts | None, group_id: str | None = None
) -> SmallEdit | None:
    """The edit of *record*, if it changes nothing but prices, stocks and its product group; *facts* and *group_id* as
    the last sync noted them.

    Certain, not guessed: with what the sync noted the listing has the very hash that was sent. No call takes a listing
    out of its last group, so that is a whole edit.
    """
    if facts is None or {sku.code for sku in record.skus} != facts.keys() or len(record.skus) != len(facts):
        return None
    was = [replace(sku, price_minor=facts[sku.code][0], stock=facts[sku.code][1]) for sku in record.skus]
    then = replace(record, skus=was)
    group = None
    if content_hash(then) != record.sent_hash:
        if (
            group_id is None
            or not record.group_id
            or content_hash(replace(then, group_id=group_id)) != record.sent_hash
        ):
            return None
        group = GroupChange(product_id, group_id, record.group_id)
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
        group,
    )


def only_takes_stock(record: ListingRecord, facts: Facts | None, group_id: str | None) -> bool:
    """Whether the edit of a listing certainly does nothing but lower stocks: it sells less, at no other price."""
    edit = small_edit(record, record.product_id or "", facts, group_id) if facts is not None else None
    if edit is None or edit.prices is not None or edit.stocks is None:
        return False
    known = facts or {}
    return all(one.stock < (known[one.code][1] or 0) for one in edit.stocks.skus)
