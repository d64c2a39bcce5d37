"""Prices and stock of one product, SKUs named by merchant code (aliexpress-open-platform.md 5.4, 5.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.practice_market.catalogue import rules
from app.practice_market.checker.regions import check_countries
from app.practice_market.checker.skus import check_price, check_stock
from app.practice_market.content.fields import Fields, money
from app.practice_market.content.reading import Family, Record
from app.practice_market.context import Context
from app.practice_market.products import Product, load, refuse_locked, replace_record
from app.practice_market.refusals import Refusal

Change = Callable[[Context, Product, Fields], Any]


def update(context: Context, product_id: int, fields: Fields, change: Change) -> None:
    """Change a product that is not locked; no review follows.

    Raises:
        Refusal: it is missing or locked, or what is said does not fit.
    """
    product = load(context, product_id)
    refuse_locked(context, product)
    if context.faults.roll(context.faults.switches.batch_failure_share, "batch", product_id):
        raise Refusal("fault.downstream_price")
    said = change(context, product, fields)
    kind = "price" if change is set_prices else "stock"
    replace_record(context, product, product.record, is_reviewed=False, kind=kind, said=said)


def set_prices(context: Context, product: Product, fields: Fields) -> dict[str, list[str | None]]:
    """Set prices; a SKU named without `discount_price` loses the one it had. Answers what was set, by code."""
    is_kept = context.faults.switches.missing_discount == "kept"
    said = {}
    for index, (sku, item) in enumerate(_named_skus(product, fields)):
        before = sku["sku_discount_price"]
        sku["sku_price"], sku["sku_discount_price"] = money(item, "price"), money(item, "discount_price")
        if is_kept and not item.has("discount_price"):
            sku["sku_discount_price"] = before
        check_price(sku, Family.SOLUTION, index)
        said[sku["sku_code"]] = [sku["sku_price"], sku["sku_discount_price"]]
    countries = fields.document.get("multi_country_price_configuration")
    if isinstance(countries, dict):
        check_countries(product.record, countries)
        product.record["multi_country_price_configuration"] = countries
    return said


def set_stock(context: Context, product: Product, fields: Fields) -> dict[str, int | None]:
    """Set stock. Answers what was set, by code."""
    said = {}
    for sku, item in _named_skus(product, fields):
        sku["ipm_sku_stock"] = item.integer("inventory")
        said[sku["sku_code"]] = sku["ipm_sku_stock"]
    check_stock(product.record["aeop_ae_product_s_k_us"], Family.OFFER)
    return said


def _named_skus(product: Product, fields: Fields) -> list[tuple[Record, Fields]]:
    """The SKUs an update names and what it says about each.

    Raises:
        Refusal: no code, or one of several, is not the product's; more SKUs than a call may have.
    """
    by_code = {sku["sku_code"]: sku for sku in product.record["aeop_ae_product_s_k_us"]}
    items = fields.objects("multiple_sku_update_list")
    limit = rules()["sku"]["skus_per_stock_call_max"]
    if not 1 <= len(items) <= limit:
        raise fields.refuse("multiple_sku_update_list", "many", most=limit, found=len(items))
    unknown = [item.text("sku_code") for item in items if item.text("sku_code") not in by_code]
    if len(unknown) == len(items):
        raise Refusal("sku.none_matches", product_id=product.product_id)
    if unknown:
        raise Refusal("sku.code_unknown", code=unknown[0], product_id=product.product_id)
    return [(by_code[item.text("sku_code")], item) for item in items]
