"""Listings as the services and the window pass them around: plain records, never database objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.models import ListingStatus

__all__ = ["ROWS_REFUSED", "ListingRecord", "ListingStatus", "SkuRecord"]

ROWS_REFUSED = "rows_refused"
"""`error_code` of a listing that lacks rows of its sheet, which were refused; `error_text` has their numbers."""


@dataclass(slots=True)
class SkuRecord:
    """One variant. `properties`: `{"name", "value", "name_id", "value_id", "image"}` each, in order.

    `id` is None before it is stored. `price_minor` and `stock` None mean unknown.
    """

    id: int | None
    code: str
    price_minor: int | None
    stock: int | None
    properties: list[dict[str, str]] = field(default_factory=list)
    barcode: str = ""
    ships_from: str = ""
    match_key: str = ""


@dataclass(slots=True)
class ListingRecord:
    """Everything of a listing that is edited, checked, hashed or sent.

    `category_id`, `freight_template_id`, `group_id`: the platform's id, or a text nothing matched.
    `service_template_id`: what a covered listing is created with, "" for the platform's default.
    `attributes`: `{"name_id", "value_id", "name", "value"}` each. `regional_prices`: as `RegionalPrices.stored` gives
    them, None for "not known". `images`: paths or addresses, main one first.
    """

    id: int
    store_id: int
    product_key: str = ""
    product_id: str | None = None
    status: str = ListingStatus.DRAFT
    off_reason: str = ""
    title: str = ""
    keywords: str = ""
    category_id: str = ""
    freight_template_id: str = ""
    group_id: str = ""
    unit: str = ""
    lot_size: int = 1
    handling_days: int | None = None
    weight_g: int | None = None
    length_cm: int | None = None
    width_cm: int | None = None
    height_cm: int | None = None
    currency: str = "USD"
    detail_html: str = ""
    attributes: list[dict[str, str]] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    skus: list[SkuRecord] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    content_hash: str = ""
    sent_hash: str | None = None
    error_code: str = ""
    error_text: str = ""
    error_field: str = ""
    updated_ms: int = 0
    remote: dict[str, Any] | None = None
    service_template_id: str = ""
    regional_prices: dict[str, Any] | None = field(default_factory=dict)

    @property
    def is_changed_since_publish(self) -> bool:
        """Whether the marketplace has something else than what stands here."""
        return self.sent_hash is not None and self.sent_hash != self.content_hash


PLAIN_FIELDS = (
    "title",
    "keywords",
    "category_id",
    "freight_template_id",
    "group_id",
    "unit",
    "lot_size",
    "handling_days",
    "weight_g",
    "length_cm",
    "width_cm",
    "height_cm",
    "currency",
    "detail_html",
)
"""Columns of `listing` that say what is sold, each a text or a number; hashes are made in this order."""

LISTING_FIELDS = ("product_key", *PLAIN_FIELDS, "attributes", "extra", "regional_prices")
"""Columns of `listing` that a person may change."""

SKU_FIELDS = ("code", "price_minor", "stock", "properties", "barcode", "ships_from")
"""Columns of `sku` that a person may change."""
