"""Variants: codes, prices, stock, and the same sale properties in the same order on each."""

from __future__ import annotations

import re

from app.practice_market.catalogue import rules
from app.practice_market.categories import Category
from app.practice_market.content.fields import cents
from app.practice_market.content.reading import Family, Record
from app.practice_market.refusals import Refusal

CODE = re.compile(r"[!-;=?-~]+")  # half-width signs without space, < and >


def check(record: Record, family: Family, category: Category, *, is_repeating: bool = False) -> None:
    """Refuse the first wrong variant, then a wrong whole; with *is_repeating* codes may occur twice."""
    skus: list[Record] = record["aeop_ae_product_s_k_us"]
    if not skus:
        raise Refusal("schema.few", pointer="sku_info_list")
    for index, sku in enumerate(skus):
        _check_code(sku["sku_code"], family, index)
        check_price(sku, family, index)
        _check_properties(sku, category, index)
    if not is_repeating:
        _check_codes_differ(skus)
    _check_same_properties(skus)
    _check_order(skus[0], category)
    check_stock(skus, family)


def check_stock(skus: list[Record], family: Family) -> None:
    """Stock per variant and in total (5.5, 5.9); in the China family one variant may have none, but not all."""
    low, high = rules()["sku"]["stock_min"][family], rules()["sku"]["stock_max"]
    for sku in skus:
        stock = sku["ipm_sku_stock"]
        if stock is None or not low <= stock <= high:
            raise Refusal("sku.stock", code=sku["sku_code"], low=low, high=high)
    total = sum(sku["ipm_sku_stock"] for sku in skus)
    if total < 1 or (family is not Family.SOLUTION and total > high):
        raise Refusal("sku.stock_total", high=high)


def _check_code(code: str, family: Family, index: int) -> None:
    longest = rules()["sku"]["code_max"][family]
    if not code.strip():
        raise Refusal("sku.code_empty")
    if len(code) > longest or not CODE.fullmatch(code):
        raise Refusal("schema.code", pointer=f"sku_info_list/{index}/sku_code", code=code, most=longest)


def check_price(sku: Record, family: Family, index: int) -> None:
    """Price in its range, discount price below it; *index* is the SKU's place in the request."""
    low, high = rules()["sku"]["price_min"], rules()["sku"]["price_max"][family]
    price, discounted = sku["sku_price"], sku["sku_discount_price"]
    pointer = f"sku_info_list/{index}/price"
    if price is None or not cents(low) <= cents(price) <= cents(high):
        raise Refusal("schema.range", pointer=pointer, value=price, low=low, high=high)
    if discounted is not None and not 0 < cents(discounted) < cents(price):
        raise Refusal("schema.discount", pointer=pointer, discounted=discounted, price=price)


def _check_properties(sku: Record, category: Category, index: int) -> None:
    properties = sku["aeop_s_k_u_property"]
    longest = rules()["sku"]["properties_max"]
    if len(properties) > longest:
        pointer = f"sku_info_list/{index}/sku_attributes"
        raise Refusal("schema.many", pointer=pointer, most=longest, found=len(properties))
    for part in properties:
        attribute = category.attribute(part["sku_property_id"])
        if attribute is None or not attribute.is_sku:
            raise Refusal("sku.property_foreign", attribute=part["sku_property_id"], category_id=category.category_id)
        if part["property_value_id"] not in attribute.values:
            raise Refusal("attribute.value", value=part["property_value_id"], attribute=attribute.en)
        if "sku_image" in part and not attribute.allows_picture:
            raise Refusal("attribute.custom", attribute=attribute.en)
        _check_alias(part.get("property_value_definition_name", ""), attribute.en, is_allowed=attribute.allows_name)


def _check_alias(alias: str, attribute: str, *, is_allowed: bool) -> None:
    if alias and not is_allowed:
        raise Refusal("attribute.custom", attribute=attribute)
    limits = rules()["sku"]
    if len(alias) > limits["alias_max"] or any(sign in alias for sign in limits["alias_forbidden"]):
        raise Refusal("attribute.malformed", attribute=attribute)


def _check_codes_differ(skus: list[Record]) -> None:
    seen: set[str] = set()
    for sku in skus:
        if sku["sku_code"] in seen:
            raise Refusal("sku.code_repeated", code=sku["sku_code"])
        seen.add(sku["sku_code"])


def _check_same_properties(skus: list[Record]) -> None:
    """The same sale properties in the same order on every SKU, and no combination twice (5.9, domain.md 8.3)."""
    first = _property_ids(skus[0])
    combinations = [tuple(part["property_value_id"] for part in sku["aeop_s_k_u_property"]) for sku in skus]
    if len(set(first)) < len(first) or any(_property_ids(sku) != first for sku in skus):
        raise Refusal("schema.same", pointer="sku_info_list")
    if len(set(combinations)) < len(combinations):
        raise Refusal("schema.unique", pointer="sku_info_list")


def _check_order(sku: Record, category: Category) -> None:
    """Sale properties stand in the category's order, which `spec` gives (5.9)."""
    specs = [attribute.spec for key in _property_ids(sku) if (attribute := category.attribute(key))]
    if specs != sorted(specs):
        raise Refusal("schema.same", pointer="sku_info_list")


def _property_ids(sku: Record) -> list[int]:
    return [part["sku_property_id"] for part in sku["aeop_s_k_u_property"]]
