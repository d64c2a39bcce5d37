"""Prices, stocks and feeds of many products: how they are written and how their outcome is read
(protocol reference 5.4, 5.5, 5.11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.marketplace.aliexpress.encoding import json_text, wire_id
from app.services.marketplace.aliexpress.mapping.table import ID, TEXT, Field, Table, read, rows
from app.services.marketplace.aliexpress.values import embedded, flag, ident, new_id, price_text, text
from app.services.marketplace.port import Refused
from app.services.marketplace.records import FeedItem, FeedJob, FeedVerdict, PriceChange, SkuPrice, StockChange

UPDATES = "mutiple_product_update_list"  # spelt like this on the wire
SKUS = "multiple_sku_update_list"
FAILED, DONE = "update_failed_list", "update_successful_list"
JOB: Table = (Field("job_id", "job_id", ID), Field("kind", "operation_type", TEXT), Field("state", "status", TEXT))

Discounts = Mapping[str, str]
"""Discount prices as the platform has them, by merchant code."""


def write_prices(change: PriceChange, discounts: Discounts, *, product: str = "product_id") -> dict[str, Any]:
    """One product of a price batch or, with its id under *product*, of a feed."""
    return {
        product: wire_id(change.product_id, "product_id"),
        SKUS: [_price(sku, change.currency, discounts) for sku in change.skus],
    }


def write_stock(change: StockChange, *, product: str = "product_id") -> dict[str, Any]:
    """One product of a stock batch or of a feed."""
    stocks = [{"sku_code": sku.code, "inventory": sku.stock} for sku in change.skus]
    return {product: wire_id(change.product_id, "product_id"), SKUS: stocks}


def write_price_map(change: PriceChange, sku_ids: Mapping[str, str]) -> dict[str, Any]:
    """The parameters that set prices of one product by the ids of its variants.

    Raises:
        Refused: `marketplace.field_fixed`, for these methods cannot touch discounts; `marketplace.sku_code_unknown`.
    """
    if any(sku.discount_minor is not None or sku.drops_discount for sku in change.skus):
        raise Refused("marketplace.field_fixed", field="sku.discount", name="sku.discount")
    prices = {
        _sku_id(sku.sku_id, sku.code, sku_ids): price_text(sku.price_minor, change.currency) for sku in change.skus
    }
    return {"product_id": wire_id(change.product_id, "product_id"), "sku_id_price_map": prices}


def write_stock_map(change: StockChange, sku_ids: Mapping[str, str]) -> dict[str, Any]:
    """The parameters that set stocks of one product by the ids of its variants."""
    stocks = {_sku_id(sku.sku_id, sku.code, sku_ids): sku.stock for sku in change.skus}
    return {"product_id": wire_id(change.product_id, "product_id"), "sku_stocks": stocks}


def read_outcome(answer: Mapping[str, Any]) -> tuple[set[str], dict[str, str]]:
    """Product ids that worked, and the code of each that did not."""
    done = {ident(row["product_id"]) for row in rows(answer.get(DONE))}
    common = text(answer.get("update_error_code"))
    failed = {ident(row["product_id"]): text(row.get("error_code")) or common for row in rows(answer.get(FAILED))}
    return done - failed.keys(), failed


def write_feed(items: tuple[FeedItem, ...]) -> list[dict[str, Any]]:
    """The items of a feed; each content is a JSON text of its own."""
    return [{"item_content_id": item.item_id, "item_content": json_text(item.content)} for item in items]


def read_verdict(record: Mapping[str, Any]) -> FeedVerdict:
    """What became of one item, out of its JSON text."""
    result = embedded(record.get("item_execution_result") or {})
    if not isinstance(result, dict):
        raise ValueError("a verdict expected")
    is_done = flag(result.get("success"))
    if is_done is None:
        raise ValueError("a verdict without success")
    return FeedVerdict(
        item_id=text(record["item_content_id"]),
        is_done=is_done,
        product_id=_made(result.get("productId")),
        code=text(result.get("errorCode")),
        text=text(result.get("errorMessage")),
    )


def _made(value: Any) -> str:
    """The id in a verdict, "" where it is none: then the item is looked up, and the other verdicts stay readable."""
    try:
        return new_id(value)
    except ValueError:
        return ""


def read_job(record: Mapping[str, Any]) -> FeedJob:
    """A row of the list of jobs."""
    return FeedJob(**read(JOB, record))


def _price(sku: SkuPrice, currency: str, discounts: Discounts) -> dict[str, Any]:
    """One price; without a discount price the platform would drop the one it has."""
    sent = {"sku_code": sku.code, "price": price_text(sku.price_minor, currency)}
    if sku.discount_minor is not None:
        sent["discount_price"] = price_text(sku.discount_minor, currency)
    elif not sku.drops_discount and sku.code in discounts:
        sent["discount_price"] = discounts[sku.code]
    return sent


def _sku_id(known: str, code: str, sku_ids: Mapping[str, str]) -> str:
    found = known or sku_ids.get(code)
    if found is None:
        raise Refused("marketplace.sku_code_unknown", field="sku.code", value=code)
    return found
