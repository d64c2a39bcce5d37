"""Products as they are kept: one row each, the record as JSON, merchant codes apart for searching."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from app.practice_market.clock import DAY_MS
from app.practice_market.content.fields import cents
from app.practice_market.content.reading import Record, main_title
from app.practice_market.context import Context
from app.practice_market.refusals import Refusal
from app.practice_market.storage import Storage


class Status(StrEnum):
    """States of a product (aliexpress-open-platform.md 5.1)."""

    ON_SALE = "onSelling"
    OFF_SALE = "offline"
    IN_REVIEW = "auditing"
    REJECTED = "editingRequired"


@dataclass(slots=True)
class Product:
    """A product of one store. `row` has what lists and filters need, `record` everything that was sent."""

    row: sqlite3.Row
    record: Record

    @property
    def product_id(self) -> int:
        """The platform's id."""
        return int(self.row["product_id"])

    @property
    def status(self) -> Status:
        """Where it stands."""
        return Status(self.row["status"])


def load(context: Context, product_id: int) -> Product:
    """A product of the calling store.

    Raises:
        Refusal: `product.missing`, also for another store's product.
    """
    row = context.storage.row(
        "SELECT * FROM product WHERE product_id = ? AND store_id = ?", (product_id, context.store_id)
    )
    if row is None:
        raise Refusal("product.missing", product_id=product_id)
    return Product(row, orjson.loads(row["record"]))


def insert(storage: Storage, store_id: int, record: Record, moment_ms: int, *, source: str = "isv") -> int:
    """Keep a new product; it is in review from *moment_ms* on. Returns its id."""
    columns = {
        **_columns(record),
        "store_id": store_id,
        "status": Status.IN_REVIEW,
        "status_after": Status.ON_SALE,
        "review_from_ms": moment_ms,
        "reviews": 1,
        "created_ms": moment_ms,
        "modified_ms": moment_ms,
        "offline_ms": moment_ms + record["ws_valid_num"] * DAY_MS,
        "offline_reason": "",
        "source": source,
    }
    names, marks = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    product_id = storage.execute(f"INSERT INTO product ({names}) VALUES ({marks})", columns).lastrowid
    assert product_id is not None
    _keep_codes(storage, product_id, record)
    return product_id


def replace_record(
    context: Context, product: Product, record: Record, *, is_reviewed: bool, kind: str = "edit", said: Any = None
) -> None:
    """Keep a changed record; with *is_reviewed* the product goes back into review, and after it to where it was.

    An off-sale product stays off sale after its review; a rejected one goes on sale (inferred: 5.3).
    *kind* and *said* go into the record of accepted writes.
    """
    context.accepted(kind, product.product_id, record, said)
    changes = {**_columns(record), "modified_ms": context.moment_ms}
    if is_reviewed:
        changes["status"] = Status.IN_REVIEW
        changes["status_after"] = _after_review(product)
        changes["review_from_ms"] = context.moment_ms
        changes["reviews"] = product.row["reviews"] + 1
    setting = ", ".join(f"{name} = :{name}" for name in changes)
    context.storage.execute(
        f"UPDATE product SET {setting} WHERE product_id = :product_id", {**changes, "product_id": product.product_id}
    )
    context.storage.execute("DELETE FROM sku_code WHERE product_id = ?", (product.product_id,))
    _keep_codes(context.storage, product.product_id, record)


def delete(context: Context, product: Product) -> None:
    """Forget a product for good; its id is never used again.

    Raises:
        Refusal: it is locked.
    """
    refuse_locked(context, product)
    context.storage.execute("DELETE FROM sku_code WHERE product_id = ?", (product.product_id,))
    context.storage.execute("DELETE FROM product WHERE product_id = ?", (product.product_id,))
    context.accepted("delete", product.product_id, None)


def refuse_locked(context: Context, product: Product) -> None:
    """Refuse a change of a product that is punished or in a promotion (5.3, 5.4)."""
    switches, product_id = context.faults.switches, product.product_id
    if product_id in switches.punished_products:
        raise Refusal("product.punished", product_id=product_id)
    is_drawn = context.faults.chance(switches.promotion_share, "promotion", product_id)
    if is_drawn or product_id in switches.promotion_products:
        raise Refusal("product.in_promotion", product_id=product_id)


def refuse_uneditable(context: Context, product: Product) -> None:
    """Refuse an edit of content: locked products and, unless switched off, those in review."""
    refuse_locked(context, product)
    if product.status is Status.IN_REVIEW and context.faults.switches.edits_refused_in_audit:
        raise Refusal("product.in_review", product_id=product.product_id)


def settle_reviews(context: Context) -> None:
    """Give every product whose review is over its verdict. Reviews end when somebody looks: no timer runs."""
    switches = context.faults.switches
    due_ms = context.moment_ms - int(switches.audit_delay_s * 1000)
    due = context.storage.rows(
        "SELECT product_id, store_id, title, codes, reviews, status_after, review_from_ms FROM product"
        " WHERE status = 'auditing' AND review_from_ms <= ?",
        (due_ms,),
    )
    words = {word.casefold() for word in switches.audit_reject_words}
    verdicts = [(_verdict(context, row, words), row["product_id"]) for row in due]
    context.storage.executemany("UPDATE product SET status = ? WHERE product_id = ?", verdicts)


def _verdict(context: Context, row: sqlite3.Row, words: set[str]) -> str:
    title_words = {word.strip("'\"()[],.:;!?").casefold() for word in row["title"].split()}
    share = context.faults.switches.audit_reject_share
    if title_words & words or context.faults.chance(share, "audit", row["product_id"], row["reviews"]):
        return Status.REJECTED
    if context.faults.switches.duplicates_rejected and _is_duplicate(context, row):
        return Status.REJECTED
    return str(row["status_after"])


def _is_duplicate(context: Context, row: sqlite3.Row) -> bool:
    """Whether an earlier listing of the store has the same title and merchant codes."""
    sql = "SELECT 1 FROM product WHERE store_id = ? AND title = ? AND codes = ? AND product_id < ? LIMIT 1"
    return context.storage.value(sql, (row["store_id"], row["title"], row["codes"], row["product_id"])) is not None


def _after_review(product: Product) -> str:
    if product.status is Status.IN_REVIEW:
        return str(product.row["status_after"])
    return Status.OFF_SALE if product.status is Status.OFF_SALE else Status.ON_SALE


def _columns(record: Record) -> dict[str, object]:
    prices = [cents(sku["sku_price"]) for sku in record["aeop_ae_product_s_k_us"]]
    title = main_title(record)
    return {
        "title": title,
        "title_folded": title.casefold(),
        "codes": "\n".join(sorted(sku["sku_code"] for sku in record["aeop_ae_product_s_k_us"])),
        "images": ";".join(record["image_urls"]),
        "category_id": record["category_id"],
        "group_id": record["group_ids"][0] if record["group_ids"] else 0,
        "template_id": record["freight_template_id"],
        "price_min": min(prices),
        "price_max": max(prices),
        "record": orjson.dumps(record),
    }


def _keep_codes(storage: Storage, product_id: int, record: Record) -> None:
    codes = {sku["sku_code"] for sku in record["aeop_ae_product_s_k_us"]}
    storage.executemany("INSERT INTO sku_code VALUES (?, ?)", [(product_id, code) for code in codes])
