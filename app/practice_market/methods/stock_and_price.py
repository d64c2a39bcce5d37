"""Prices and stock of up to twenty products, SKUs by merchant code (aliexpress-open-platform.md 5.4, 5.5)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.practice_market.call import Arguments
from app.practice_market.catalogue import rules
from app.practice_market.checker.skus import check_price, check_stock
from app.practice_market.content.fields import Fields, cents, money
from app.practice_market.content.reading import Family, Record
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import method
from app.practice_market.products import Product, load, refuse_locked, replace_record
from app.practice_market.refusals import Refusal

LIST = "mutiple_product_update_list"  # spelt like this on the wire
ELEMENT = "synchronize_product_response_dto"
Change = Callable[[Product, Fields], None]


@method("aliexpress.solution.batch.product.price.update")
def update_prices(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Set prices; a SKU named without `discount_price` loses the one it had."""
    return _each(context, arguments, _set_prices)


@method("aliexpress.solution.batch.product.inventory.update")
def update_stock(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Set stock."""
    return _each(context, arguments, _set_stock)


def _each(context: Context, arguments: Arguments, change: Change) -> dict[str, Any]:
    """Products succeed or fail one by one; `update_success` is true only if all succeeded."""
    updates = arguments.documents(LIST)
    limit = rules()["lists"]["batch_products_max"]
    if not 1 <= len(updates) <= limit:
        raise Refusal("parameter.count", name=LIST, found=len(updates))
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for update in updates:
        fields = Fields(update)
        try:
            _update(context, fields, change)
            done.append({"product_id": fields.integer("product_id")})
        except Refusal as refusal:
            failed.append(_failed(update.get("product_id"), refusal))
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


def _update(context: Context, fields: Fields, change: Change) -> None:
    product = load(context, fields.integer("product_id") or 0)
    refuse_locked(context, product)
    change(product, fields)
    replace_record(context, product, product.record, is_reviewed=False)


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


def _set_prices(product: Product, fields: Fields) -> None:
    for index, (sku, item) in enumerate(_named_skus(product, fields)):
        sku["sku_price"], sku["sku_discount_price"] = money(item, "price"), money(item, "discount_price")
        check_price(sku, Family.SOLUTION, index)
    countries = fields.document.get("multi_country_price_configuration")
    if isinstance(countries, dict):
        _check_countries(product, countries)
        product.record["multi_country_price_configuration"] = countries


def _check_countries(product: Product, countries: dict[str, Any]) -> None:
    """A country's price is at least 70 % of the SKU's."""
    share = rules()["sku"]["country_price_share_min"]
    prices = {sku["sku_code"]: cents(sku["sku_price"]) for sku in product.record["aeop_ae_product_s_k_us"]}
    for country in Fields(countries).objects("country_price_list"):
        for item in country.objects("sku_price_by_country_list"):
            code, price = item.text("sku_code"), money(item, "price")
            if code not in prices:
                raise Refusal("sku.code_unknown", code=code, product_id=product.product_id)
            if price is None or cents(price) < Decimal(share) * prices[code]:
                raise item.refuse("price", "share", value=price, share=share)


def _set_stock(product: Product, fields: Fields) -> None:
    for sku, item in _named_skus(product, fields):
        sku["ipm_sku_stock"] = item.integer("inventory")
    check_stock(product.record["aeop_ae_product_s_k_us"], Family.OFFER)
