"""The Listings table: its rows, their variants, what can be filtered and sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection

from app.models import ListingStatus
from app.services.listings.loading import id_list
from app.services.listings.text import fold
from app.services.sql_ids import loaded
from app.services.sql_search import SearchTables
from app.services.sql_source import Field, OrderIndex, SqlSource, TableSpec

CHILD_ID_OFFSET = 1 << 40
"""Variants' row ids begin here, so that a variant's row never has a listing's id."""


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One listing as the table shows it. Prices are minor units of `currency`; None is unknown."""

    id: int
    store_id: int
    status: str
    off_reason: str
    title: str
    code: str
    product_id: str | None
    sku_count: int
    price_min_minor: int | None
    price_max_minor: int | None
    currency: str
    stock: int | None
    category: str
    freight_template: str
    group: str
    block_count: int
    hold_count: int
    warn_count: int
    is_changed: bool
    updated_ms: int
    image: str
    image_count: int
    error_code: str
    product_key: str


@dataclass(frozen=True, slots=True)
class SkuRow:
    """One variant as an unfolded row. `id` is the SKU's id plus `CHILD_ID_OFFSET`."""

    id: int
    sku_id: int
    listing_id: int
    label: str
    code: str
    price_minor: int | None
    currency: str
    stock: int | None
    ships_from: str


def price_minor(value: Any) -> int:
    """A price as a person types it, in minor units."""
    return int((Decimal(str(value)) * 100).to_integral_value())


def _flag(value: Any) -> int:
    return int(str(value).lower() in ("1", "true", "yes"))


_SHIPS_FROM = (
    "(SELECT group_concat(DISTINCT sku.ships_from) FROM sku WHERE sku.listing_id = listing.id AND sku.ships_from <> '')"
)
_SKU_CODES = "(SELECT group_concat(sku.code, char(10)) FROM sku WHERE sku.listing_id = listing.id)"

FIELDS = {
    "title": Field("title_folded", lambda value: fold(str(value))),
    "code": Field("code", str),
    "sku": Field(_SKU_CODES, str, is_sortable=False),
    "key": Field("product_key", str),
    "product_id": Field("product_id", str),
    "status": Field("status", lambda value: str(ListingStatus(str(value)))),
    "price": Field("price_min_minor", price_minor),
    "price_max": Field("price_max_minor", price_minor),
    "stock": Field("stock_total", int),
    "skus": Field("sku_count", int),
    "images": Field("image_count", int),
    "category": Field("category_id", str),
    "freight_template": Field("freight_template_id", str),
    "group": Field("group_id", str),
    "ships_from": Field(_SHIPS_FROM, str, is_sortable=False),
    "weight": Field("weight_g", int),
    "handling_days": Field("handling_days", int),
    "findings": Field("(block_count + hold_count + warn_count)", int),
    "blocked": Field("block_count", int),
    "changed": Field("(sent_hash IS NOT NULL AND sent_hash <> content_hash)", _flag),
    "error": Field("error_code", str),
    "import_run": Field("import_run_id", int),
    "updated": Field("updated_ms", int),
    "created": Field("created_ms", int),
}

_HELD = frozenset(
    ("store", "status", "findings", "blocked", "category", "freight_template", "group", "import_run", "updated")
)
"""Fields that `ix_listing_updated` holds (migration 0004)."""

_ROWS = """
SELECT json_group_array(json_array(
       listing.id, listing.store_id, listing.status, listing.off_reason, listing.title, listing.code,
       listing.product_id, listing.sku_count, listing.price_min_minor, listing.price_max_minor, listing.currency,
       listing.stock_total, coalesce(category.name_{language}, listing.category_id),
       coalesce(freight_template.name, listing.freight_template_id), coalesce(product_group.name, listing.group_id),
       listing.block_count, listing.hold_count, listing.warn_count,
       (listing.sent_hash IS NOT NULL AND listing.sent_hash <> listing.content_hash), listing.updated_ms,
       coalesce((SELECT source FROM image WHERE image.listing_id = listing.id ORDER BY position LIMIT 1), ''),
       listing.image_count, listing.error_code, listing.product_key))
FROM listing
JOIN store ON store.id = listing.store_id
LEFT JOIN category ON category.gateway = store.gateway AND category.category_id = listing.category_id
LEFT JOIN freight_template
       ON freight_template.store_id = listing.store_id AND freight_template.template_id = listing.freight_template_id
LEFT JOIN product_group
       ON product_group.store_id = listing.store_id AND product_group.group_id = listing.group_id
WHERE listing.id IN ({ids})
"""


class ListingSource(SqlSource[ListingRow]):
    """Page source of the Listings tab. `language` decides whose category names are shown."""

    spec = TableSpec(
        table="listing",
        fields=FIELDS,
        default_sort="updated_ms DESC",
        search=SearchTables("listing_trigram", "listing_bigram", "listing_trigram_terms"),
        orders={
            "": OrderIndex("ix_listing_updated", _HELD),
            "updated": OrderIndex("ix_listing_updated", _HELD),
            "price": OrderIndex("ix_listing_price"),
            "title": OrderIndex("ix_listing_title"),
        },
    )
    language = "en"

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[ListingRow]:
        """The rows of *ids*, in any order."""
        language = "zh" if self.language == "zh" else "en"
        return [ListingRow(*row) for row in loaded(connection, _ROWS.format(language=language, ids=id_list(ids)))]

    def children(self, id: int) -> list[SkuRow]:
        """The variants of a listing, in order."""
        with self._db.reader.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT sku.id, listing_id, properties, sku.code, price_minor, currency, stock, ships_from "
                "FROM sku JOIN listing ON listing.id = listing_id WHERE listing_id = ? ORDER BY position",
                (id,),
            ).all()
        return [
            SkuRow(CHILD_ID_OFFSET + row[0], row[0], row[1], sku_label(orjson.loads(row[2])), *row[3:]) for row in rows
        ]


def sku_label(properties: list[dict[str, str]]) -> str:
    """What tells a variant from its siblings: its property values."""
    return " · ".join(part["value"] for part in properties if part.get("value"))
