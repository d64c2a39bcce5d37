"""What an edit erases: named in our words, with the value that goes."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from app.services.marketplace.aliexpress.encoding import json_text
from app.services.marketplace.aliexpress.values import text
from app.services.marketplace.records import GROUP_LOST, Loss

ATTRIBUTE, ATTRIBUTE_PART, DETAIL, DETAIL_PAGE, GROUP, REGIONAL_PRICE, VARIANT, VARIANT_PART = (
    "attribute",
    "attribute_part",
    "detail",
    "detail_page",
    GROUP_LOST,
    "regional_price",
    "variant",
    "variant_part",
)
_LONGEST = 160


def loss(path: str, kind: str, name: Any, value: Any, sku: str = "") -> Loss:
    """A loss with its value as text, cut where it is long."""
    said = value if isinstance(value, str) else json_text(value)
    if len(said) > _LONGEST:
        said = f"{said[:_LONGEST]}… {sha256(said.encode()).hexdigest()[:12]}"
    return Loss(path, kind, text(name), said, sku)


def lost_attribute(path: str, name: str, row: dict[str, Any]) -> Loss:
    """An attribute that goes: its value in words where the platform names one, with its unit."""
    value = " ".join(
        text(row[part]) for part in ("attr_value", "attr_value_unit") if row.get(part) not in (None, "")
    ) or text(row.get("attr_value_id"))
    return loss(path, ATTRIBUTE, text(row.get("attr_name")) or name, value)


def lost_variant(path: str, sku: dict[str, Any]) -> Loss:
    """A variant that goes: its price and stock say which one it was."""
    code = text(sku.get("sku_code"))
    price = f"{text(sku.get('sku_price'))} {text(sku.get('currency_code'))}".strip()
    stock = sku.get("ipm_sku_stock")
    return loss(path, VARIANT, code, price if stock is None else f"{price} × {text(stock)}", code)


def lost_part(sku: dict[str, Any], name: str, value: Any) -> Loss:
    """A part of a variant that goes, while the variant stays."""
    code = text(sku.get("sku_code"))
    return loss(f"aeop_ae_product_s_k_us[{code}].{name}", VARIANT_PART, f"{code} · {name}", value)
