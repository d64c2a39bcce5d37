"""The category tree and what a leaf wants to know (aliexpress-open-platform.md 5.12). Names are JSON text."""

from __future__ import annotations

from typing import Any

import orjson

from app.practice_market import categories
from app.practice_market.call import Arguments
from app.practice_market.categories import Attribute, Category
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import method
from app.practice_market.refusals import Refusal


@method("aliexpress.category.redefining.getchildrenpostcategorybyid")
def list_children(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Categories below one; 0 asks for the roots."""
    return _listed(context, categories.children(arguments.integer("param0")))


@method("aliexpress.category.redefining.getpostcategorybyid")
def get_one(context: Context, arguments: Arguments) -> dict[str, Any]:
    """One category."""
    return _listed(context, [_category(arguments.integer("param0"), "param0")])


@method("aliexpress.category.redefining.getallchildattributesresult")
def list_attributes(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Attributes and sale properties of a leaf."""
    return _attributes(context, _category(arguments.integer("cate_id"), "cate_id"))


@method("aliexpress.category.redefining.getchildattributesresultbypostcateidandpath")
def list_attributes_by_path(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The same; no value of this market has attributes of its own, so a path finds nothing below."""
    if arguments.text("param2", "[]") not in ("[]", ""):
        return {"result": {"success": True}}
    return _attributes(context, _category(arguments.integer("param1"), "param1"))


def _category(category_id: int, name: str) -> Category:
    found = categories.find(category_id)
    if found is None:
        raise Refusal("parameter.value", name=name, value=category_id)
    return found


def _listed(context: Context, found: list[Category]) -> dict[str, Any]:
    rows = [
        {
            "id": category.category_id,
            "names": _names(context, category.en, category.zh),
            "level": category.level,
            "isleaf": category.is_leaf,
            "features": "{}",
        }
        for category in found
    ]
    return {"result": {"success": True, "aeop_post_category_list": Listed("aeop_post_category_dto", rows)}}


def _attributes(context: Context, category: Category) -> dict[str, Any]:
    rows = [_attribute(context, attribute) for attribute in category.attributes]
    return {"result": {"success": True, "attributes": Listed("aeop_attribute_dto", rows)}}


def _attribute(context: Context, attribute: Attribute) -> dict[str, Any]:
    values = [{"id": key, "names": _names(context, en, zh)} for key, (en, zh) in attribute.values.items()]
    units = [{"unit_name": unit, "rate": "1"} for unit in attribute.units]
    row = {
        "id": attribute.attribute_id,
        "names": _names(context, attribute.en, attribute.zh),
        "required": attribute.is_required,
        "key_attribute": attribute.is_required,
        "sku": attribute.is_sku,
        "visible": True,
        "attribute_show_type_value": attribute.show_type,
        "input_type": attribute.input_type,
        "customized_name": attribute.allows_name,
        "customized_pic": attribute.allows_picture,
        "features": "{}",
        "units": Listed("aeop_unit", units),
        "values": Listed("aeop_attr_value_dto", values),
    }
    if attribute.is_sku:
        row |= {"spec": attribute.spec, "sku_style_value": attribute.style}
    return row


def _names(context: Context, en: str, zh: str) -> Any:
    names = {"en": en, "zh": zh}
    return orjson.dumps(names).decode() if context.faults.switches.names == "text" else names
