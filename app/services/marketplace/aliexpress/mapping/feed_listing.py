"""A listing as an item of a create feed: the category's schema, keyed by English names (protocol reference 5.11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.mapping.listing import locale_of
from app.services.marketplace.aliexpress.mapping.table import TEXT, WEIGHT, WHOLE, Field, Form, Table, id_form, write
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.values import price_text
from app.services.marketplace.port import (
    AttributeContent,
    ListingContent,
    Refused,
    RemoteAttribute,
    SkuContent,
    SkuProperty,
)

LISTING: Table = (
    Field("category_id", "category_id", id_form("category_id")),
    Field("images", "image_url_list", Form(tuple, list)),
    Field("freight_template_id", "shipping_template_id", id_form("freight_template_id")),
    Field("handling_days", "shipping_preparation_time", WHOLE),
    Field("unit_id", "product_units_type", TEXT),
    Field("weight_g", "package_weight", WEIGHT),
    Field("length_cm", "package_length", WHOLE),
    Field("width_cm", "package_width", WHOLE),
    Field("height_cm", "package_height", WHOLE),
)
SKU: Table = (Field("code", "sku_code", TEXT), Field("stock", "inventory", WHOLE))

Names = dict[str, RemoteAttribute]
"""The category's attributes by id."""


def write_feed_listing(content: ListingContent, attributes: Sequence[RemoteAttribute]) -> dict[str, Any]:
    """The content of a feed item that creates *content*.

    Args:
        content: the listing.
        attributes: those of its category, whose English names are the keys of the schema.

    Raises:
        Refused: `marketplace.attribute_not_in_category` or `marketplace.sku_property_not_in_category` for an id the
            category does not have; `marketplace.field_fixed` for what the schema does not know: lots, a group,
            barcodes, prices by country, another currency than the dollar, the platform's default freight
            template.
    """
    _refuse_what_is_unknown(content)
    names = {attribute.attribute_id: attribute for attribute in attributes}
    locale = locale_of(content.language)
    module = {"type": "html", "html": {"content": content.detail_html}}
    known = [attribute for attribute in content.attributes if attribute.name_id]
    own = [attribute for attribute in content.attributes if not attribute.name_id]
    return {
        **rules("wire")["feed_defaults"],
        **({"service_template_id": content.service_template_id} if content.service_template_id else {}),
        **write(LISTING, content),
        "locale": locale,
        "title_multi_language_list": [{"locale": locale, "title": content.title}],
        "description_multi_language_list": [{"locale": locale, "module_list": [module]}],
        "category_attributes": _attributes(known, names),
        "user_defined_attribute_list": [
            {"attribute_name": attribute.name, "attribute_value": attribute.value} for attribute in own
        ],
        "sku_info_list": [_sku(sku, content.currency, names) for sku in content.skus],
    }


def _refuse_what_is_unknown(content: ListingContent) -> None:
    """What would be lost without a word."""
    unknown = {
        "lot_size": content.lot_size != 1,
        "group_id": bool(content.group_id),
        "sku.barcode": any(sku.barcode for sku in content.skus),
        "currency": content.currency != "USD",
        "regional_prices": bool(content.regional_prices and content.regional_prices.kind),
        "freight_template_id": content.freight_template_id in rules("wire")["feed_templates_refused"],
    }
    for name, is_given in unknown.items():
        if is_given:
            raise Refused("marketplace.field_fixed", field=name, name=name)


def _attributes(known: Sequence[AttributeContent], names: Names) -> dict[str, Any]:
    """Values by name; several of one attribute stand in a list."""
    found: dict[str, list[dict[str, str]]] = {}
    for attribute in known:
        if attribute.name_id not in names:
            raise Refused("marketplace.attribute_not_in_category", field="attributes", platform_code=attribute.name_id)
        entry = {"value": attribute.value_id or attribute.value}
        if attribute.value_id and attribute.value:
            entry["customValue"] = attribute.value
        found.setdefault(names[attribute.name_id].name_en, []).append(entry)
    return {name: entries[0] if len(entries) == 1 else _several(entries) for name, entries in found.items()}


def _several(entries: Sequence[dict[str, str]]) -> dict[str, Any]:
    own = [entry["customValue"] for entry in entries if "customValue" in entry]
    return {"value": [entry["value"] for entry in entries], **({"customValue": own[0]} if own else {})}


def _sku(sku: SkuContent, currency: str, names: Names) -> dict[str, Any]:
    return {
        **write(SKU, sku),
        "price": price_text(sku.price_minor, currency),
        "sku_attributes": dict(_property(part, names) for part in sku.properties),
    }


def _property(part: SkuProperty, names: Names) -> tuple[str, dict[str, str]]:
    attribute = names.get(part.name_id)
    if attribute is None or not attribute.is_sku:
        code = "marketplace.sku_property_not_in_category"
        raise Refused(code, field="sku.properties", platform_code=part.name_id)
    shown = {"value": str(wire_id(part.value_id, "sku.properties"))}
    if part.custom_name:
        shown["alias"] = part.custom_name
    if part.image_url:
        shown["sku_image_url"] = part.image_url
    return attribute.name_en, shown
