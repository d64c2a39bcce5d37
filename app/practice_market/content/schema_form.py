"""Product documents in schema form (`solution.schema.product.*`, feed items) read into a record.

Source: aliexpress-open-platform.md 5.2 "Schema variant", 5.11. Attributes stand under their English names, values are
ids as text; the value "4" means "other" and wants `customValue`.
"""

from __future__ import annotations

from typing import Any

import orjson

from app.practice_market import categories
from app.practice_market.catalogue import rules
from app.practice_market.content.details import clean
from app.practice_market.content.fields import Fields
from app.practice_market.content.reading import DEFAULTS, Record, read_images, read_weight
from app.practice_market.content.solution import overseas_sku
from app.practice_market.refusals import Refusal

NAMES = {
    "category_id": "category_id",
    "shipping_template_id": "freight_template_id",
    "service_template_id": "promise_template_id",
    "shipping_preparation_time": "delivery_time",
    "product_units_type": "product_unit",
    "package_length": "package_length",
    "package_width": "package_width",
    "package_height": "package_height",
    "size_chart_id": "sizechart_id",
}
KNOWN = frozenset(
    (
        *NAMES,
        "aliexpress_product_id",
        "locale",
        "title_multi_language_list",
        "description_multi_language_list",
        "image_url_list",
        "category_attributes",
        "sku_info_list",
        "inventory_deduction_strategy",
        "package_weight",
        "user_defined_attribute_list",
        "product_group_id",
    )
)


def read_instance(document: dict[str, Any], *, is_strict: bool) -> Record:
    """The record in a schema document; *is_strict* refuses fields nobody documented.

    Raises:
        Refusal: `schema`, `attribute...`, `sku.property_foreign`.
    """
    if is_strict and (unknown := sorted(document.keys() - KNOWN)):
        raise Refusal("schema.unknown", pointer="", key=unknown[0])
    fields = Fields(document)
    category = categories.find(fields.integer("category_id") or 0)
    record: Record = {**DEFAULTS, "locale": fields.text("locale") or "en_US"}
    record.update({ours: fields.integer(theirs) for theirs, ours in NAMES.items() if fields.has(theirs)})
    if fields.has("inventory_deduction_strategy"):
        record["reduce_strategy"] = fields.text("inventory_deduction_strategy")
    record["gross_weight"] = read_weight(fields, "package_weight")
    group_id = fields.integer("product_group_id")
    record["group_ids"] = [group_id] if group_id else []
    record["image_urls"] = read_images(fields.texts("image_url_list"))
    record["subject_list"] = [
        {"locale": item.text("locale"), "value": item.text("title")}
        for item in fields.objects("title_multi_language_list")
    ]
    record["detail_source_list"] = [_detail(item) for item in fields.objects("description_multi_language_list")]
    record["aeop_ae_product_propertys"] = _attributes(fields, category)
    record["aeop_ae_product_s_k_us"] = [_sku(item, category) for item in fields.objects("sku_info_list")]
    return record


def _detail(item: Fields) -> Record:
    modules = []
    for module in item.objects("module_list"):
        kept = dict(module.document)
        if kept.get("type") == "html" and isinstance(kept.get("html"), dict):
            kept["html"] = {**kept["html"], "content": clean(str(kept["html"].get("content", "")))}
        modules.append(kept)
    text = orjson.dumps({"version": "2.0.0", "moduleList": modules}).decode()
    return {"locale": item.text("locale"), "web_detail": text, "mobile_detail": ""}


def _attributes(fields: Fields, category: categories.Category | None) -> list[Record]:
    named = fields.document.get("category_attributes") or {}
    if not isinstance(named, dict):
        raise fields.refuse("category_attributes", "type", expected="JSONObject")
    found: list[Record] = []
    for name, said in named.items():
        attribute = category.attribute_named(name, is_sku=False) if category else None
        if attribute is None or category is None:
            raise Refusal("attribute.foreign", attribute=name, category_id=category.category_id if category else 0)
        if not isinstance(said, dict):
            raise fields.refuse(f"category_attributes/{name}", "type", expected="JSONObject")
        value = Fields(said, f"category_attributes/{name}/")
        chosen = said.get("value")
        for item in chosen if isinstance(chosen, list) else [chosen]:
            found.append(_attribute(attribute, item, value))
    custom = fields.objects("user_defined_attribute_list")
    return found + [
        {"attr_name": item.text("attribute_name"), "attr_value": item.text("attribute_value")} for item in custom
    ]


def _attribute(attribute: categories.Attribute, value: Any, said: Fields) -> Record:
    """Free text where the attribute has no values, otherwise a value id, with a text for "other"."""
    if not attribute.values:
        return {"attr_name_id": attribute.attribute_id, "attr_value": str(value or "")}
    value_id = Fields({"value": value}, said.at("")).integer("value")
    kept: Record = {"attr_name_id": attribute.attribute_id, "attr_value_id": value_id}
    if value_id == categories.other_value_id() or said.has("customValue"):
        kept["attr_value"] = said.text("customValue")
    return kept


def _sku(item: Fields, category: categories.Category | None) -> Record:
    attributes = item.document.get("sku_attributes") or {}
    if not isinstance(attributes, dict) or not all(isinstance(part, dict) for part in attributes.values()):
        raise item.refuse("sku_attributes", "type", expected="JSONObject")
    parts = {name: Fields(part, item.at(f"sku_attributes/{name}/")) for name, part in attributes.items()}
    sku = overseas_sku(item, [_property(name, part, category) for name, part in parts.items()])
    return {**sku, "ean_code": item.text("ean_code")} if item.has("ean_code") else sku


def _property(name: str, part: Fields, category: categories.Category | None) -> Record:
    attribute = category.attribute_named(name, is_sku=True) if category else None
    if attribute is None:
        raise Refusal("sku.property_foreign", attribute=name, category_id=category.category_id if category else 0)
    text = part.text("value")
    value_id = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else attribute.value_named(text)
    if value_id is None:
        raise Refusal("attribute.value", value=text, attribute=attribute.en)
    kept: Record = {"sku_property_id": attribute.attribute_id, "property_value_id": value_id}
    if part.has("alias"):
        kept["property_value_definition_name"] = part.text("alias")
    if part.has("sku_image_url"):
        kept["sku_image"] = read_images([part.text("sku_image_url")])[0]
    return kept


def schema_of(category: categories.Category) -> dict[str, Any]:
    """A JSON schema of what a category wants, values enumerated under `oneOf` (5.2)."""
    own = [item for item in category.attributes if not item.is_sku]
    sale = [item for item in category.attributes if item.is_sku]
    attributes = {
        "type": "object",
        "properties": {item.en: {"type": "object", "properties": {"value": _values(item)}} for item in own},
        "required": [item.en for item in own if item.is_required],
    }
    sku = {
        "type": "object",
        "required": ["sku_code", "inventory", "price"],
        "properties": {
            "sku_code": {"type": "string", "maxLength": rules()["sku"]["code_max"]["solution"]},
            "inventory": {"type": "integer", "minimum": 1, "maximum": rules()["sku"]["stock_max"]},
            "price": {"type": "number"},
            "sku_attributes": {
                "type": "object",
                "properties": {item.en: {"type": "object", "properties": {"value": _values(item)}} for item in sale},
            },
        },
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": category.en,
        "type": "object",
        "required": ["category_id", "title_multi_language_list", "image_url_list", "sku_info_list"],
        "properties": {
            "category_id": {"const": category.category_id},
            "image_url_list": {"type": "array", "maxItems": rules()["images"]["max"]},
            "category_attributes": attributes,
            "sku_info_list": {"type": "array", "items": sku},
        },
    }


def _values(attribute: categories.Attribute) -> dict[str, Any]:
    if not attribute.values:
        return {"type": "string"}
    return {"oneOf": [{"const": str(key), "title": names[0]} for key, names in attribute.values.items()]}
