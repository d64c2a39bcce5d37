"""Review status, putting on sale and taking off sale (aliexpress-open-platform.md 5.6, 5.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.practice_market.call import Arguments, whole_numbers
from app.practice_market.catalogue import rules
from app.practice_market.checker.belongings import has_template
from app.practice_market.clock import DAY_MS
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.products import Product, Status, load, refuse_locked
from app.practice_market.refusals import Refusal

AUDIT_WORDS = {
    Status.ON_SALE: "approved",
    Status.OFF_SALE: "approved",
    Status.IN_REVIEW: "auditing",
    Status.REJECTED: "refuse",
}


@method("aliexpress.postproduct.redefining.findaeproductstatusbyid", FailureBody("success"))
def find_status(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Where the review stands, in a vocabulary of its own; no reason is given."""
    product = load(context, arguments.integer("product_id"))
    return {"result": {"product_id": product.product_id, "status": AUDIT_WORDS[product.status]}}


@method("aliexpress.postproduct.redefining.onlineaeproduct", FailureBody("success"))
def put_online(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Put off-sale products on sale."""
    return _each(context, arguments, _put_online)


@method("aliexpress.postproduct.redefining.offlineaeproduct", FailureBody("success"))
def take_offline(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Take products off sale."""
    return _each(context, arguments, _take_offline)


def _found(context: Context, product_id: int) -> Product:
    """The product; here a missing one has a code of its own."""
    try:
        return load(context, product_id)
    except Refusal:
        raise Refusal("product.not_here", product_id=product_id) from None


def _put_online(context: Context, product: Product) -> None:
    if product.status is not Status.OFF_SALE:
        raise Refusal("product.not_offline", product_id=product.product_id)
    refuse_locked(context, product)
    if not has_template(context, product.row["template_id"]):
        raise Refusal("product.template_gone", product_id=product.product_id)
    ends_ms = context.moment_ms + product.record["ws_valid_num"] * DAY_MS
    _move(context, product, Status.ON_SALE, ends_ms, "")
    context.accepted("online", product.product_id, product.record)


def _take_offline(context: Context, product: Product) -> None:
    if product.status is not Status.ON_SALE:
        raise Refusal("product.not_online", product_id=product.product_id)
    _move(context, product, Status.OFF_SALE, context.moment_ms, "user_offline")
    context.accepted("offline", product.product_id, product.record)


def _move(context: Context, product: Product, status: Status, offline_ms: int, reason: str) -> None:
    context.storage.execute(
        "UPDATE product SET status = ?, offline_ms = ?, offline_reason = ?, modified_ms = ? WHERE product_id = ?",
        (status, offline_ms, reason, context.moment_ms, product.product_id),
    )


def _each(context: Context, arguments: Arguments, change: Callable[[Context, Product], None]) -> dict[str, Any]:
    """Change every product that can be; the others come back grouped by their reason (partial success)."""
    product_ids = whole_numbers("product_ids", arguments.text("product_ids"))
    if not 1 <= len(product_ids) <= rules()["lists"]["online_ids_max"]:
        raise Refusal("parameter.count", name="product_ids", found=len(product_ids))
    done: list[int] = []
    refused: dict[str, tuple[str, list[int]]] = {}
    for product_id in product_ids:
        try:
            change(context, _found(context, product_id))
            done.append(product_id)
        except Refusal as refusal:
            refused.setdefault(refusal.code, (refusal.wording.text, []))[1].append(product_id)
    details = [
        {"error_code": code, "error_message": text, "product_ids": Listed("number", ids)}
        for code, (text, ids) in refused.items()
    ]
    return {
        "result": {
            "success": not refused,
            "modify_count": len(done),
            "product_id": done[0] if len(product_ids) == 1 and done else None,
            "error_details": Listed("error_detail", details),
        }
    }
