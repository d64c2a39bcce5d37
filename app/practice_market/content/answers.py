"""Product details as each family answers them: the write names become read names (aliexpress-open-platform.md 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.practice_market.content.details import current_addresses, html_of
from app.practice_market.content.reading import OPAQUE, Record, main_title, sku_id
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.photobank import address
from app.practice_market.products import Product, Status

SAME = (
    "category_id",
    "currency_code",
    "freight_template_id",
    "promise_template_id",
    "delivery_time",
    "product_unit",
    "package_length",
    "package_width",
    "package_height",
    "gross_weight",
    "lot_num",
    "package_type",
    "is_pack_sell",
    "base_unit",
    "add_unit",
    "add_weight",
    "bulk_order",
    "bulk_discount",
    "reduce_strategy",
    "sizechart_id",
)
OFFER_ONLY = ("ws_valid_num", "keyword", "locale", "msr_eu_id", "ext_param")
LEGACY_ONLY = ("ws_valid_num", "keyword", "summary", "product_more_keywords1", "product_more_keywords2", "ext_param")
SKU_SAME = (
    "sku_code",
    "sku_price",
    "sku_discount_price",
    "ipm_sku_stock",
    "currency_code",
    "barcode",
    "ean_code",
    "gross_weight",
    "package_length",
    "package_width",
    "package_height",
)
INNER = {
    "aeop_a_e_videos": "aeop_ae_video",
    "country_price_list": "single_country_price_dto",
    "sku_price_by_country_list": "single_sku_price_by_country_dto",
    "market_images": "market_image",
    "aeop_qualification_struct_list": "aeop_qualification_struct",
    "mode_size_chart_list": "mode_size_chart",
}


@dataclass(frozen=True, slots=True)
class Elements:
    """Element keys of the lists in one family's answer."""

    sku: str
    sku_property: str
    property: str


CHINA = Elements("aeop_ae_product_sku", "aeop_sku_property", "aeop_ae_product_property")
SOLUTION = Elements("global_aeop_ae_product_sku", "global_aeop_sku_property", "global_aeop_ae_product_property")


def offer_detail(context: Context, product: Product) -> dict[str, Any]:
    """`result` of `offer.product.query`."""
    record = product.record
    details = [
        {
            "locale": item["locale"],
            "web_detail": current_addresses(item["web_detail"], context.gateway) or None,
            "mobile_detail": current_addresses(item["mobile_detail"], context.gateway) or None,
        }
        for item in record["detail_source_list"]
    ]
    return {
        **_common(context, product, CHINA),
        **{name: record.get(name) for name in OFFER_ONLY},
        "subject_list": Listed("subject", record["subject_list"]),
        "detail_source_list": Listed("detail_source", details),
    }


def legacy_detail(context: Context, product: Product) -> dict[str, Any]:
    """`result` of `findaeproductbyid`."""
    record = product.record
    return {
        **_common(context, product, CHINA),
        **{name: record.get(name) for name in LEGACY_ONLY},
        **_owner(context),
        "subject": main_title(record),
        "detail": current_addresses(html_of(_main_detail(record)["web_detail"]), context.gateway),
        "mobile_detail": _main_detail(record)["mobile_detail"] or None,
        "is_image_dynamic": len(record["image_urls"]) > 1,
        "src": product.row["source"],
        "success": True,
    }


def solution_detail(context: Context, product: Product) -> dict[str, Any]:
    """`result` of `solution.product.info.get`."""
    record = product.record
    titles = [{"locale": item["locale"], "subject": item["value"]} for item in record["subject_list"]]
    details = [
        {
            "locale": item["locale"],
            "web_detail": current_addresses(item["web_detail"], context.gateway) or None,
            "mobile_detail": item["mobile_detail"] or None,
        }
        for item in record["detail_source_list"]
    ]
    return {
        **_common(context, product, SOLUTION),
        **_owner(context),
        "subject": main_title(record),
        "detail": current_addresses(html_of(_main_detail(record)["web_detail"]), context.gateway),
        "multi_language_subject_list": Listed("global_subject", titles),
        "multi_language_description_list": Listed("global_description", details),
    }


def _common(context: Context, product: Product, elements: Elements) -> dict[str, Any]:
    record, row = product.record, product.row
    skus: list[Record] = record["aeop_ae_product_s_k_us"]
    if context.faults.roll(context.faults.switches.missing_sku_share, "sku", product.product_id):
        skus = []
    return {
        **{name: record.get(name) for name in SAME},
        **{name: _listed(name, record.get(name)) for name in OPAQUE},
        "product_id": product.product_id,
        "product_status_type": row["status"],
        "product_price": skus[0]["sku_price"] if len(skus) == 1 else None,
        "image_u_r_ls": ";".join(address(context.gateway, stored) for stored in record["image_urls"]),
        "group_id": row["group_id"] or None,
        "group_ids": Listed("number", record["group_ids"]),
        "aeop_ae_product_propertys": Listed(elements.property, record["aeop_ae_product_propertys"]),
        "aeop_ae_product_s_k_us": Listed(elements.sku, [_sku(context, sku, elements) for sku in skus]),
        "gmt_create": context.product_text(row["created_ms"]),
        "gmt_modified": context.product_text(row["modified_ms"]),
        "ws_offline_date": context.product_text(row["offline_ms"]),
        "ws_display": row["offline_reason"] if row["status"] == Status.OFF_SALE else None,
    }


def _sku(context: Context, sku: Record, elements: Elements) -> dict[str, Any]:
    parts = [
        {**part, **({"sku_image": address(context.gateway, part["sku_image"])} if "sku_image" in part else {})}
        for part in sku["aeop_s_k_u_property"]
    ]
    ending = "" if context.faults.switches.detail_names == "written" else "_list"
    return {
        **{name: sku.get(name) for name in SKU_SAME},
        "id": sku_id(sku),
        "sku_stock": sku["ipm_sku_stock"] > 0,
        f"aeop_s_k_u_property{ending}": Listed(elements.sku_property, parts),
        f"aeop_s_k_u_national_discount_price{ending}": Listed(
            "aeop_sku_national_discount_price", sku.get("aeop_s_k_u_national_discount_price") or []
        ),
    }


def _owner(context: Context) -> dict[str, Any]:
    return {"owner_member_id": context.store["login_id"], "owner_member_seq": context.store_id}


def _main_detail(record: Record) -> dict[str, str]:
    found = [item for item in record["detail_source_list"] if item["locale"] == record["locale"]]
    return next(iter(found or record["detail_source_list"]), {"web_detail": "", "mobile_detail": ""})


def _listed(name: str, value: Any) -> Any:
    """Documents kept as they came, with the element keys their lists have in answers."""
    if isinstance(value, dict):
        return {inner: _listed(inner, part) for inner, part in value.items()}
    if isinstance(value, list) and name in INNER:
        return Listed(INNER[name], [_listed("", item) for item in value])
    return value
