"""Listings as the solution family writes them (protocol reference 5.2, 5.3, 5.9). They are read by `listing`."""

from __future__ import annotations

from typing import Any

from app.services.marketplace.aliexpress.mapping.listing import (
    DETAIL,
    SOLUTION_DETAILS,
    SOLUTION_TITLE,
    SOLUTION_TITLES,
    language_of,
    locale_of,
    service_template,
)
from app.services.marketplace.aliexpress.mapping.modules import detail_of
from app.services.marketplace.aliexpress.mapping.regional import COUNTRY_PRICES, worked_out, write_country_prices
from app.services.marketplace.aliexpress.mapping.table import (
    TEXT,
    WEIGHT,
    WHOLE,
    Field,
    Form,
    Table,
    id_form,
    write,
)
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.values import price_text
from app.services.marketplace.port import ListingContent, Refused, SkuContent
from app.services.regional_prices import RegionalPrices

LISTING: Table = (
    Field("category_id", "aliexpress_category_id", id_form("category_id")),
    Field("images", "main_image_urls_list", Form(tuple, list)),
    Field("freight_template_id", "freight_template_id", id_form("freight_template_id")),
    Field("handling_days", "shipping_lead_time", WHOLE),
    Field("weight_g", "weight", WEIGHT),
    Field("length_cm", "package_length", WHOLE),
    Field("width_cm", "package_width", WHOLE),
    Field("height_cm", "package_height", WHOLE),
    Field("group_id", "group_id", id_form("group_id")),
)
ONLY_AT_FIRST: Table = (Field("unit_id", "product_unit", id_form("unit_id")),)
"""What a create names and an edit has no field for."""
FIXED = ("unit_id", "currency", "lot_size")
"""What an edit of this family cannot change (protocol reference 5.3)."""
SKU: Table = (Field("code", "sku_code", TEXT), Field("stock", "inventory", WHOLE), Field("barcode", "bar_code", TEXT))
SKU_KEPT = {"sku_discount_price": "discount_price", "ean_code": "ean_code"}
"""What a detail calls it, and what a request does: carried over from the variant as it was."""
PROPERTY_IDS: Table = (
    Field("name_id", "sku_attribute_name_id", id_form("sku.properties")),
    Field("value_id", "sku_attribute_value_id", id_form("sku.properties")),
    Field("custom_name", "sku_attribute_value", TEXT),
)
POST_PROPERTY: Table = (*PROPERTY_IDS, Field("image_url", "sku_image_url", TEXT))
EDIT_PROPERTY: Table = (*PROPERTY_IDS, Field("image_url", "sku_image", TEXT))
SENT_ATTRIBUTE: Table = (
    Field("name_id", "aliexpress_attribute_name_id", id_form("attributes")),
    Field("value_id", "aliexpress_attribute_value_id", id_form("attributes")),
    Field("name", "attribute_name", TEXT),
    Field("value", "attribute_value", TEXT),
)
SENT_SKUS, SENT_PROPERTIES, SENT_ATTRIBUTES = "sku_info_list", "sku_attributes_list", "attribute_list"


def write_solution(content: ListingContent) -> dict[str, Any]:
    """The request that creates *content*. Prices are in the store's own currency, which the request cannot name.

    Raises:
        Refused: `marketplace.field_fixed` for lots, which this family does not know; `marketplace.locale`.
    """
    if content.lot_size != 1:
        raise Refused("marketplace.field_fixed", field="lot_size", name="lot_size")
    language = language_of(locale_of(content.language))
    prices = worked_out(content.regional_prices or RegionalPrices(), content.skus)
    return {
        **rules("wire")["solution_defaults"],
        **service_template(content, "service_policy_id"),
        **write(LISTING, content),
        **write(ONLY_AT_FIRST, content),
        "language": language,
        SOLUTION_TITLES: [{"language": language, SOLUTION_TITLE: content.title}],
        SOLUTION_DETAILS: [{"language": language, DETAIL: detail_of(content.detail_html)}],
        SENT_ATTRIBUTES: [write(SENT_ATTRIBUTE, attribute) for attribute in content.attributes],
        SENT_SKUS: [write_sku(sku, content.currency, POST_PROPERTY) for sku in content.skus],
        **({COUNTRY_PRICES: write_country_prices(prices, content.currency)} if prices.kind else {}),
    }


def write_sku(sku: SkuContent, currency: str, properties: Table) -> dict[str, Any]:
    """One variant as it is sent; *properties* is the table of a create or of an edit."""
    return {
        **write(SKU, sku),
        "price": price_text(sku.price_minor, currency),
        SENT_PROPERTIES: [write(properties, part) for part in sku.properties],
    }
