"""Categories the overseas sellers' way, and what else a category may ask for (aliexpress-open-platform.md 5.12)."""

from __future__ import annotations

from typing import Any

import orjson

from app.practice_market import categories
from app.practice_market.call import Arguments
from app.practice_market.categories import SHIPS_FROM, Attribute, Category
from app.practice_market.content.fields import Fields
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import method
from app.practice_market.refusals import Refusal

SIZE = 5


@method("aliexpress.solution.seller.category.tree.query")
def list_children(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Categories below one, 0 above the roots; those without permission can be left out."""
    is_filtered = arguments.text("filter_no_permission").lower() == "true"
    found = [
        category
        for category in categories.children(arguments.integer("category_id"))
        if not (is_filtered and _is_forbidden(context, category))
    ]
    rows = [
        {
            "children_category_id": category.category_id,
            "is_leaf_category": category.is_leaf,
            "level": category.level,
            "multi_language_names": orjson.dumps(_names(category)).decode(),
        }
        for category in found
    ]
    return {"is_success": True, "children_category_list": Listed("category_info", rows)}


@method("aliexpress.category.tree.list")
def list_tree(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The newest form: names are a real map, and `success` is text."""
    is_filtered = arguments.text("only_with_permission", "false").lower() == "true"
    rows = [
        {
            "id": category.category_id,
            "names": _names(category),
            "features": {},
            "isleaf": category.is_leaf,
            "level": str(category.level),
        }
        for category in categories.children(arguments.integer("category_id", 0))
        if not (is_filtered and _is_forbidden(context, category))
    ]
    return {"success": "true", "aeop_post_category_list": Listed("aeop_post_category", rows)}


@method("aliexpress.solution.sku.attribute.query")
def list_sale_properties(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Names and values a `solution.product.post` may use."""
    fields = Fields(arguments.document("query_sku_attribute_info_request"))
    category = _leaf(fields.integer("aliexpress_category_id") or 0)
    sale = [_sale(item) for item in category.attributes if item.is_sku]
    common = [_common(item) for item in category.attributes if not item.is_sku]
    return {
        "result": {
            "supporting_common_attribute_list": Listed("supported_common_attribute_dto", common),
            "supporting_sku_attribute_list": Listed("supported_sku_attribute_dto", sale),
        }
    }


@method("aliexpress.category.redefining.sizemodelsrequiredforpostcat")
def wants_size_model(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Whether a category wants a size chart: those with sizes do."""
    return {"result": _leaf(arguments.integer("param0")).attribute(SIZE) is not None}


@method("aliexpress.category.qualifications.list")
def list_qualifications(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Papers a category wants; an electric one wants a certificate."""
    category = _leaf(arguments.integer("category_id"))
    wanted = [item for item in category.attributes if item.en == "Certification"]
    rows = [
        {"key": "ce_certificate", "label": "CE certificate", "type": "IMAGE", "tips": item.en, "required": False}
        for item in wanted
    ]
    return {"support": bool(rows), "qualification_module_list": Listed("qualification_module", rows)}


@method("aliexpress.category.eu.responsible.persons.list")
def list_responsible_persons(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The persons a store named for the EU; a category that ships from abroad supports one."""
    is_supported = _leaf(arguments.integer("category_id")).attribute(SHIPS_FROM) is not None
    rows = [{"msr_eu_id": context.store_id * 10 + 1, "name": f"{context.store['name_en']} EU"}] if is_supported else []
    return {"support": is_supported, "eu_contact_module_list": Listed("eu_contact_module", rows)}


@method("aliexpress.marketing.storepromotions.querybyproduct")
def list_promotions(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Whether a product is locked by a promotion, asked beforehand (5.18)."""
    product_id, switches = arguments.integer("product_id"), context.faults.switches
    is_drawn = context.faults.chance(switches.promotion_share, "promotion", product_id)
    if not is_drawn and product_id not in switches.promotion_products:
        return {"promotion_list": Listed("promotion_simple_info_dto", [])}
    row = {
        "promotion_id": product_id % 10**9,
        "promotion_name": "Practice promotion",
        "start_time": context.order_text(context.moment_ms - 86_400_000),
        "end_time": context.order_text(context.moment_ms + 86_400_000),
        "status": "Ongoing",
    }
    return {"promotion_list": Listed("promotion_simple_info_dto", [row])}


def _leaf(category_id: int) -> Category:
    category = categories.find(category_id)
    if category is None or not category.is_leaf:
        raise Refusal("category.not_leaf", category_id=category_id)
    return category


def _is_forbidden(context: Context, category: Category) -> bool:
    return category.needs_permission or category.category_id in context.faults.switches.forbidden_categories


def _names(category: Category) -> dict[str, str]:
    return {"en": category.en, "zh": category.zh}


def _sale(item: Attribute) -> dict[str, Any]:
    values = [{"aliexpress_sku_value_name": names[0]} for names in item.values.values()]
    return {
        "aliexpress_sku_name": item.en,
        "aliexpress_sku_value_list": Listed("sku_value_simplified_info_dto", values),
        "required": item.is_required,
        "support_customized_name": item.allows_name,
        "support_customized_picture": item.allows_picture,
    }


def _common(item: Attribute) -> dict[str, Any]:
    values = [
        {"aliexpress_common_attribute_value": names[0], "aliexpress_common_attribute_value_id": value_id}
        for value_id, names in item.values.items()
    ]
    return {
        "aliexpress_common_attribute_name": item.en,
        "aliexpress_common_attribute_name_id": item.attribute_id,
        "aliexpress_common_attribute_value_list": Listed("common_attribute_value_info_dto", values),
        "required": item.is_required,
    }
