"""Prices and stock: of up to twenty products by merchant code, or of one by SKU id (aliexpress-open-platform.md 5.4,
5.5)."""

from __future__ import annotations

from typing import Any

from app.practice_market import shapes
from app.practice_market.call import Arguments
from app.practice_market.catalogue import rules
from app.practice_market.checker.skus import check_price, check_stock
from app.practice_market.content.fields import Fields, money
from app.practice_market.content.reading import Family, Record, sku_id
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.pricing import Change, set_prices, set_stock, update
from app.practice_market.products import load, refuse_locked, replace_record
from app.practice_market.refusals import Refusal

LIST = shapes.ITEM_BY_ITEM  # spelt like this on the wire
ELEMENT = "synchronize_product_response_dto"
FAILURE = FailureBody("success")


@method("aliexpress.solution.batch.product.price.update")
def update_prices(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Set prices; a SKU named without `discount_price` loses the one it had."""
    return _each(context, arguments, set_prices)


@method("aliexpress.solution.batch.product.inventory.update")
def update_stock(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Set stock."""
    return _each(context, arguments, set_stock)


@method("aliexpress.postproduct.redefining.editsingleskuprice", FAILURE)
def edit_price(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Set the price of one SKU, named by its id; `sale_price` is the discount."""
    said = {"price": arguments.text("sku_price"), "discount": arguments.text("sale_price", "")}
    return _by_id(context, arguments, {arguments.text("sku_id"): said}, "price")


@method("aliexpress.offer.product.skuprices.edit", FAILURE)
def edit_prices(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Set prices of SKUs by id; a product without variants has the id `<none>` or the empty key."""
    named = arguments.document("sku_id_price_map")
    return _by_id(context, arguments, {key or "<none>": {"price": value} for key, value in named.items()}, "price")


@method("aliexpress.postproduct.redefining.editsingleskustock", FAILURE)
def edit_one_stock(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Set the stock of one SKU by id."""
    return _by_id(
        context, arguments, {arguments.text("sku_id"): {"stock": arguments.integer("ipm_sku_stock")}}, "stock"
    )


@method("aliexpress.postproduct.redefining.editmutilpleskustocks", FAILURE)
def edit_stocks(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Set stock of several SKUs by id."""
    named = arguments.document("sku_stocks")
    return _by_id(context, arguments, {key: {"stock": value} for key, value in named.items()}, "stock")


def _by_id(context: Context, arguments: Arguments, changes: dict[str, Record], kind: str) -> dict[str, Any]:
    """Change SKUs of one product by id; all of them or none.

    Raises:
        Refusal: the product or a SKU is missing, the product is locked, or a value does not fit.
    """
    product = load(context, arguments.integer("product_id"))
    refuse_locked(context, product)
    by_id = {sku_id(sku): sku for sku in product.record["aeop_ae_product_s_k_us"]}
    for index, (key, change) in enumerate(changes.items()):
        if key not in by_id:
            raise Refusal("sku.none_matches", product_id=product.product_id)
        sku, fields = by_id[key], Fields(change)
        if kind == "price":
            sku["sku_price"], sku["sku_discount_price"] = money(fields, "price"), money(fields, "discount")
            check_price(sku, Family.OFFER, index)
        else:
            sku["ipm_sku_stock"] = fields.integer("stock")
    check_stock(product.record["aeop_ae_product_s_k_us"], Family.OFFER)
    replace_record(context, product, product.record, is_reviewed=False, kind=kind, said=changes)
    return {"result": {"success": True, "modify_count": len(changes), "product_id": product.product_id}}


def _each(context: Context, arguments: Arguments, change: Change) -> dict[str, Any]:
    """Products succeed or fail one by one; `update_success` is true only if all succeeded."""
    updates = arguments.documents(LIST)
    limit = rules()["lists"]["batch_products_max"]
    if not 1 <= len(updates) <= limit:
        raise Refusal("parameter.count", name=LIST, found=len(updates))
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for document in updates:
        fields = Fields(document)
        try:
            shapes.check_item(document, context.method, context.faults.switches)
            update(context, fields.integer("product_id") or 0, fields, change)
            done.append({"product_id": fields.integer("product_id")})
        except Refusal as refusal:
            failed.append(_failed(document.get("product_id"), refusal))
    last = failed[-1] if failed else {}
    return {
        "update_success": not failed,
        "update_error_code": last.get("error_code"),
        "update_error_message": last.get("error_message"),
        "update_failed_list": Listed(ELEMENT, failed),
        "update_successful_list": Listed(ELEMENT, done),
    }


def _failed(product_id: Any, refusal: Refusal) -> dict[str, Any]:
    return {"product_id": product_id, "error_code": refusal.code, "error_message": refusal.wording.text}
