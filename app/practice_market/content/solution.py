"""Product documents of the "solution" family read into a record, with attributes found by id or English name.

Source: aliexpress-open-platform.md 5.2, 5.3 and 5.9.
"""

from __future__ import annotations

from typing import Any

from app.practice_market import categories
from app.practice_market.catalogue import rules
from app.practice_market.content.details import read_modules
from app.practice_market.content.fields import Fields, money
from app.practice_market.content.reading import DEFAULTS, Record, filled, read_images, read_weight
from app.practice_market.refusals import Refusal

NAMES = {
    "aliexpress_category_id": "category_id",
    "freight_template_id": "freight_template_id",
    "service_policy_id": "promise_template_id",
    "shipping_lead_time": "delivery_time",
    "product_unit": "product_unit",
    "package_length": "package_length",
    "package_width": "package_width",
    "package_height": "package_height",
    "size_chart_id": "sizechart_id",
}


def read_post(document: dict[str, Any]) -> Record:
    """The record in a `post_product_request`.

    Raises:
        Refusal: `schema`, `sku.property_foreign`, `attribute.value`.
    """
    fields = Fields(document)
    language = fields.text("language") or "en"
    if language not in rules()["languages"]:
        raise fields.refuse("language", "value", value=language)
    record: Record = {**DEFAULTS, "locale": rules()["languages"][language], "group_ids": [], "gross_weight": None}
    record.update({"image_urls": [], "subject_list": [], "detail_source_list": []})
    record.update({"aeop_ae_product_propertys": [], "aeop_ae_product_s_k_us": []})
    category = categories.find(fields.integer("aliexpress_category_id") or 0)
    record.update(read_changes(document, category, image_field="sku_image_url"))
    if fields.has("subject") and not record["subject_list"]:
        record["subject_list"] = [{"locale": record["locale"], "value": fields.text("subject")}]
    return record


def read_changes(
    document: dict[str, Any], category: categories.Category | None, *, image_field: str = "sku_image"
) -> Record:
    """Only the record's fields that a document names: `solution.product.edit` is partial (5.3).

    *category* is the one the product will have; its names are looked up there.
    """
    fields = Fields(document)
    record: Record = {NAMES[name]: fields.integer(name) for name in NAMES if fields.has(name)}
    if fields.has("inventory_deduction_strategy"):
        record["reduce_strategy"] = fields.text("inventory_deduction_strategy")
    if fields.has("weight"):
        record["gross_weight"] = read_weight(fields, "weight")
    if fields.has("group_id"):
        record["group_ids"] = [group for group in (fields.integer("group_id"),) if group]
    if "main_image_urls_list" in document:
        record["image_urls"] = read_images(fields.texts("main_image_urls_list"))
    record.update(_texts(fields))
    if "attribute_list" in document:
        record["aeop_ae_product_propertys"] = [_attribute(item) for item in fields.objects("attribute_list")]
    if "sku_info_list" in document:
        record["aeop_ae_product_s_k_us"] = [
            _sku(item, category, image_field) for item in fields.objects("sku_info_list")
        ]
    record.update(_extras(fields))
    return record


def _texts(fields: Fields) -> Record:
    record: Record = {}
    if "multi_language_subject_list" in fields.document:
        record["subject_list"] = [
            {"locale": _locale(item), "value": item.text("subject")}
            for item in fields.objects("multi_language_subject_list")
        ]
    if "multi_language_description_list" in fields.document:
        record["detail_source_list"] = [
            {
                "locale": _locale(item),
                "web_detail": read_modules(item, "web_detail"),
                "mobile_detail": read_modules(item, "mobile_detail", is_mobile_strict=True),
            }
            for item in fields.objects("multi_language_description_list")
        ]
    return record


def _extras(fields: Fields) -> Record:
    record: Record = {}
    prices = fields.document.get("multi_country_price_configuration")
    if isinstance(prices, dict):
        record["multi_country_price_configuration"] = None if prices.get("price_type") == "delete" else prices
    if "marketing_images" in fields.document:
        record["market_images"] = [
            {"image_type": item.integer("image_type"), "url": item.text("image_url")}
            for item in fields.objects("marketing_images")
        ]
    return record


def _locale(item: Fields) -> str:
    language = item.text("language")
    if language not in rules()["languages"]:
        raise item.refuse("language", "value", value=language)
    return str(rules()["languages"][language])


def _attribute(item: Fields) -> Record:
    names = {
        "aliexpress_attribute_name_id": "attr_name_id",
        "aliexpress_attribute_value_id": "attr_value_id",
    }
    kept: Record = {ours: item.integer(theirs) for theirs, ours in names.items() if item.has(theirs)}
    texts = filled(item, ("attribute_name", "attribute_value"), item.text)
    return {**kept, **{name.replace("attribute_", "attr_"): value for name, value in texts.items()}}


def overseas_sku(item: Fields, properties: list[Record]) -> Record:
    """A variant as this family and the schema spell it, with the properties that were read already."""
    return {
        "sku_code": item.text("sku_code"),
        "sku_price": money(item, "price"),
        "sku_discount_price": money(item, "discount_price"),
        "ipm_sku_stock": item.integer("inventory"),
        "currency_code": "USD",
        "aeop_s_k_u_property": properties,
    }


def _sku(item: Fields, category: categories.Category | None, image_field: str) -> Record:
    parts = item.objects("sku_attributes_list")
    sku = overseas_sku(item, [_sku_property(part, category, image_field) for part in parts])
    if item.has("bar_code"):
        sku["barcode"] = item.text("bar_code")
    if item.has("ean_code"):
        sku["ean_code"] = item.text("ean_code")
    return sku


def _sku_property(part: Fields, category: categories.Category | None, image_field: str) -> Record:
    name, value = part.text("sku_attribute_name"), part.text("sku_attribute_value")
    attribute_id, value_id = part.integer("sku_attribute_name_id"), part.integer("sku_attribute_value_id")
    if attribute_id is None:
        attribute = category.attribute_named(name, is_sku=True) if category else None
    else:
        attribute = category.attribute(attribute_id) if category else None
    if attribute is None or category is None:
        category_id = category.category_id if category else 0
        raise Refusal("sku.property_foreign", attribute=name or attribute_id, category_id=category_id)
    kept: Record = {"sku_property_id": attribute.attribute_id, "property_value_id": value_id}
    if value_id is None:
        kept["property_value_id"] = attribute.value_named(value)
        if kept["property_value_id"] is None:
            raise Refusal("attribute.value", value=value, attribute=attribute.en)
    elif value and attribute.value_named(value) != value_id:
        kept["property_value_definition_name"] = value
    if part.has(image_field):
        kept["sku_image"] = read_images([part.text(image_field)])[0]
    return kept
