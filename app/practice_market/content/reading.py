"""Product documents of the China family (`offer.*`, `postaeproduct`, `editaeproduct`) read into a record.

Source: aliexpress-open-platform.md 5.2 and 5.9. Everything that is not read here does not exist: a full edit that
leaves a field out loses it (5.3).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Any

from app.practice_market.call import scalars, whole
from app.practice_market.content.details import clean, module_text, read_modules
from app.practice_market.content.fields import Fields, money
from app.practice_market.photobank import own_path

Record = dict[str, Any]
MAIN_LOCALE = "en_US"
GRAM = Decimal("0.001")


class Family(StrEnum):
    """Which family a document came through; some limits differ (5.9)."""

    OFFER = "offer"
    LEGACY = "legacy"
    SOLUTION = "solution"


INTEGERS = (
    "category_id",
    "freight_template_id",
    "promise_template_id",
    "delivery_time",
    "product_unit",
    "package_length",
    "package_width",
    "package_height",
    "lot_num",
    "base_unit",
    "add_unit",
    "bulk_order",
    "bulk_discount",
    "ws_valid_num",
    "sizechart_id",
)
TEXTS = ("currency_code", "reduce_strategy", "msr_eu_id", "ext_param", "keyword", "summary")
TEXTS_LEGACY = ("product_more_keywords1", "product_more_keywords2", "coupon_start_date", "coupon_end_date")
OPAQUE = (
    "aeop_a_e_multimedia",
    "aeop_national_quote_configuration",
    "market_images",
    "aeop_qualification_struct_list",
    "mode_size_chart_list",
    "multi_country_price_configuration",
)
SKU_OPAQUE = ("aeop_s_k_u_national_discount_price",)
SKU_TEXTS = ("barcode", "ean_code", "gross_weight", "ext_param")
SKU_INTEGERS = ("package_length", "package_width", "package_height")
DEFAULTS: Record = {
    "promise_template_id": 0,
    "currency_code": "USD",
    "lot_num": 1,
    "package_type": False,
    "is_pack_sell": False,
    "ws_valid_num": 30,
    "reduce_strategy": "place_order_withhold",
}


def read_offer(document: dict[str, Any]) -> Record:
    """The record in an `aeop_a_e_product` of the `offer.*` methods.

    Raises:
        Refusal: `schema` for a field of the wrong kind.
    """
    fields = Fields(document)
    record = _common(fields)
    record["locale"] = fields.text("locale") or MAIN_LOCALE
    record["subject_list"] = [
        {"locale": item.text("locale"), "value": item.text("value")} for item in fields.objects("subject_list")
    ]
    record["detail_source_list"] = [
        {
            "locale": item.text("locale"),
            "web_detail": read_modules(item, "web_detail"),
            "mobile_detail": read_modules(item, "mobile_detail"),
        }
        for item in fields.objects("detail_source_list")
    ]
    return record


def read_legacy(document: dict[str, Any]) -> Record:
    """The record in an `aeop_a_e_product` of the older methods: one English title, plain HTML.

    Raises:
        Refusal: `schema` for a field of the wrong kind.
    """
    fields = Fields(document)
    record = _common(fields)
    record.update({name: fields.text(name) for name in TEXTS_LEGACY if fields.has(name)})
    record["locale"] = MAIN_LOCALE
    record["subject_list"] = [{"locale": MAIN_LOCALE, "value": fields.text("subject")}]
    detail = {"web_detail": module_text(clean(fields.text("detail"))), "mobile_detail": ""}
    if fields.has("mobile_detail"):
        detail["mobile_detail"] = read_modules(fields, "mobile_detail")
    record["detail_source_list"] = [{"locale": MAIN_LOCALE, **detail}]
    return record


def main_title(record: Record) -> str:
    """The title in the product's main language, else the first."""
    titles = {item["locale"]: item["value"] for item in record["subject_list"]}
    return str(titles.get(record["locale"]) or next(iter(titles.values()), ""))


def sku_id(sku: Record) -> str:
    """`14:193;200007763:201336100`, or `<none>` without sale properties (5.1)."""
    pairs = [f"{part['sku_property_id']}:{part['property_value_id']}" for part in sku["aeop_s_k_u_property"]]
    return ";".join(pairs) or "<none>"


def read_images(addresses: list[str]) -> list[str]:
    """Picture addresses as they are kept: paths for the own photobank, the rest unchanged."""
    return [own_path(address) or address for address in (raw.strip() for raw in addresses) if address]


def read_weight(fields: Fields, name: str) -> str | None:
    """A weight in kg as text with three decimals, rounded up (5.2), None where missing."""
    weight = fields.decimal(name)
    return None if weight is None else str(weight.quantize(GRAM, ROUND_CEILING))


def filled(fields: Fields, names: tuple[str, ...], read: Callable[[str], Any]) -> Record:
    """The fields of *names* that are there, each read by *read*."""
    return {name: read(name) for name in names if fields.has(name)}


def _common(fields: Fields) -> Record:
    record: Record = dict(DEFAULTS)
    record.update(filled(fields, INTEGERS, fields.integer))
    record.update(filled(fields, TEXTS, fields.text))
    record.update(filled(fields, OPAQUE, fields.document.__getitem__))
    record.update(filled(fields, ("package_type", "is_pack_sell", "is_image_dynamic"), fields.boolean))
    record["gross_weight"] = read_weight(fields, "gross_weight")
    if fields.has("add_weight"):
        record["add_weight"] = read_weight(fields, "add_weight")
    record["group_ids"] = _groups(fields)
    record["image_urls"] = read_images(fields.text("image_u_r_ls").split(";"))
    record["aeop_ae_product_propertys"] = [_property(item) for item in fields.objects("aeop_ae_product_propertys")]
    record["aeop_ae_product_s_k_us"] = [
        _sku(item, fields, record["currency_code"]) for item in fields.objects("aeop_ae_product_s_k_us")
    ]
    return record


def _groups(fields: Fields) -> list[int]:
    """All groups the document names, in `group_ids` or `group_id`; 0 means none."""
    named = scalars("group_ids", fields.document.get("group_ids")) or scalars("group_id", fields.text("group_id"))
    try:
        return [number for number in map(whole, named) if number]
    except ValueError:
        raise fields.refuse("group_id", "type", expected="Integer") from None


def _property(item: Fields) -> Record:
    kept: Record = filled(item, ("attr_name_id", "attr_value_id"), item.integer)
    texts = ("attr_name", "attr_value", "attr_value_start", "attr_value_end", "attr_value_unit")
    return {**kept, **filled(item, texts, item.text)}


def _sku(item: Fields, product: Fields, currency: str) -> Record:
    sku: Record = {
        "sku_code": item.text("sku_code"),
        "sku_price": money(item, "sku_price") or money(product, "product_price"),
        "sku_discount_price": money(item, "sku_discount_price"),
        "ipm_sku_stock": _stock(item),
        "currency_code": item.text("currency_code") or currency,
        "aeop_s_k_u_property": [_sku_property(part) for part in item.objects("aeop_s_k_u_property")],
    }
    sku.update(filled(item, SKU_TEXTS, item.text))
    sku.update(filled(item, SKU_INTEGERS, item.integer))
    sku.update(filled(item, SKU_OPAQUE, item.document.__getitem__))
    return sku


def _stock(item: Fields) -> int | None:
    """`ipm_sku_stock`, or the old yes/no field: true stood for 999 (5.9)."""
    if item.has("ipm_sku_stock"):
        return item.integer("ipm_sku_stock")
    match item.boolean("sku_stock"):
        case None:
            return None
        case has_stock:
            return 999 if has_stock else 0


def _sku_property(part: Fields) -> Record:
    kept: Record = {
        "sku_property_id": part.integer("sku_property_id"),
        "property_value_id": part.integer("property_value_id"),
    }
    kept.update(filled(part, ("property_value_definition_name",), part.text))
    if part.has("sku_image"):
        kept["sku_image"] = read_images([part.text("sku_image")])[0]
    if part.has("image_url_list"):
        kept["image_url_list"] = read_images(part.texts("image_url_list"))
    return kept
