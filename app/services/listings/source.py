"""The Listings table: its rows, their variants, what can be filtered and sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from app.messages import Language, messages
from app.models import ListingStatus
from app.services.codes.normal import normalise
from app.services.expressions.conditions import Sql
from app.services.listings import figures_together
from app.services.listings.code_search import (
    SEARCHED,
    TABLES,
    with_item,
    with_part,
    with_place,
    with_text,
)
from app.services.listings.figure_fields import (
    IS_STALE,
    NO_FIGURES,
    OF_LISTINGS,
    SHOWN,
    first_by_figure,
    is_in_figure_order,
    sorted_by_figure,
    variant_figures,
)
from app.services.listings.listing_masks import ListingMasks
from app.services.listings.regional_pairs import TOGETHER, paired, together_field
from app.services.listings.shown_orders import OF_WHOLE_ROWS, shown_order
from app.services.listings.text import fold
from app.services.listings.typed import code_patterns, country, flag, item_patterns, moments, number, price_minor
from app.services.listings.variant_names import VariantNames
from app.services.paging import Query
from app.services.price_guard.records import HELD_IDS
from app.services.sql_conditions import Counted
from app.services.sql_first_rows import FIRST_LOOK, WINDOW_ROWS
from app.services.sql_ids import loaded
from app.services.sql_source import Field, OrderIndex, SqlSource, TableSpec, Where

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from app.services.db import Database

CHILD_ID_OFFSET = 1 << 40
"""Variants' row ids begin here, so that a variant's row never has a listing's id."""


class ShownFigures(NamedTuple):
    """What a listing or a variant costs and earns (`app.models.pricing.ListingFigure`; of a listing its least
    favourable variant). None is unknown, `why` says for what; of a listing `unknown` variants. `is_stale`: they are
    being worked out anew, the numbers are not of today and are not shown."""

    is_stale: bool
    why: str
    unknown: int
    cost_micro: int | None
    freight_micro: int | None
    fees_minor: int | None
    profit_minor: int | None
    margin_bp: int | None
    even_minor: int | None
    worst_minor: int | None
    worst_profit_minor: int | None


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
    marketing_group: str
    hold_reason: str
    warehouse_kind: str
    figures: ShownFigures


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
    figures: ShownFigures


_SOLD = """CASE
    WHEN listing.product_id IS NULL THEN 0
    WHEN listing.store_id NOT IN (SELECT store_id FROM store_order) THEN NULL
    WHEN listing.product_id NOT IN (SELECT product_id FROM order_line) THEN 0
    ELSE (SELECT coalesce(sum(quantity), 0) FROM order_line JOIN store_order ON store_order.id = store_order_id
           WHERE order_line.product_id = listing.product_id AND store_order.store_id = listing.store_id)
    END"""
"""Pieces in the orders that were fetched; unknown for a store whose orders never were. Lists are made once for all
listings, the sum is left to those that were sold at all."""
_PIECES = Counted(
    "SELECT sold.id, sum(quantity) AS number FROM order_line CROSS JOIN store_order ON store_order.id = store_order_id "
    "CROSS JOIN listing AS sold INDEXED BY uq_listing_store_product "
    "ON sold.product_id = order_line.product_id AND sold.store_id = store_order.store_id GROUP BY +sold.id",
    "SELECT sold.id FROM store CROSS JOIN listing AS sold INDEXED BY uq_listing_store_product "
    "ON sold.store_id = store.id AND sold.product_id IS NOT NULL "
    "WHERE NOT EXISTS (SELECT 1 FROM store_order WHERE store_order.store_id = store.id)",
)
"""The same for those that were sold."""
_CHANGED = "SELECT changed.id FROM listing AS changed WHERE sent_hash IS NOT NULL AND sent_hash <> content_hash"
"""Told by the ids that `ix_listing_changed` has (migration 0018), so that no listing need be read for it."""
OF_SKU = "(instr(sku.match_key, ?) AND (('+' || sku.match_key || '+') GLOB ? OR ('+' || sku.match_key || '+') GLOB ?))"
OF_CODE = "(sku.match_key IS ? AND (sku.code LIKE ? ESCAPE '\\' OR sku.code LIKE ? ESCAPE '\\'))"
CODE_TEXT = ("(sku.match_key || ' ' || sku.code)", normalise)

_BY_TITLE, _BY_KEY = "listing INDEXED BY ix_listing_title", "listing INDEXED BY ix_listing_store_key"
_IN_MARKETING = "marketing_member JOIN marketing_group ON marketing_group.id = marketing_member.group_id"
_SERVED = (
    "listing_origin JOIN listing AS served ON served.id = listing_origin.listing_id "
    "AND listing_origin.service_template_id <> ''"
)
"""An origin outlives its listing; most have the platform's default."""


def _flag(ids: str) -> Field:
    return Field(f"(listing.id IN ({ids}))", flag, ids=ids)


FIELDS = {
    "text": Field(
        SEARCHED,
        lambda value: fold(str(value)),
        is_sortable=False,
        apart="listing_search",
        apart_as="search_text",
        quick=with_text,
    ),
    "title": Field("title_folded", lambda value: fold(str(value)), apart=_BY_TITLE),
    "code": Field("code", str),
    "sku": Field(
        "sku.match_key", code_patterns, is_sortable=False, many="sku", holds=OF_CODE, text=CODE_TEXT, quick=with_part
    ),
    "item": Field("sku.match_key", item_patterns, is_sortable=False, many="sku", holds=OF_SKU, quick=with_item),
    "key": Field("product_key", str, apart=_BY_KEY),
    "product_id": Field("product_id", str),
    "store": Field("store_id", number),
    "status": Field("status", lambda value: str(ListingStatus(str(value)))),
    "price": Field("price_min_minor", price_minor),
    "price_max": Field("price_max_minor", price_minor),
    "stock": Field("stock_total", number),
    "skus": Field("sku_count", number),
    "images": Field("image_count", number),
    "category": Field("category_id", str),
    "freight_template": Field("freight_template_id", str),
    "service_template": Field("listing_origin.service_template_id", str, is_sortable=False, many=_SERVED),
    "group": Field("group_id", str),
    "marketing_group": Field("marketing_group.name", str, many=_IN_MARKETING),
    "regional_type": Field("listing_region.kind", str, is_sortable=False, many="listing_region"),
    "regional_country": Field("listing_region.country", country, is_sortable=False, many="listing_region"),
    "regional_value": Field("listing_region.value", price_minor, is_sortable=False, many="listing_region"),
    "tag": Field("listing_tag.tag", str, is_sortable=False, many="listing_tag"),
    "ships_from": Field("sku.ships_from COLLATE NOCASE", str, is_sortable=False, many="sku", quick=with_place),
    "weight": Field("weight_g", number),
    "handling_days": Field("handling_days", number),
    "findings": Field("(block_count + hold_count + warn_count)", number),
    "blocked": Field("block_count", number),
    "finding": Field("listing_finding.code", str, is_sortable=False, many="listing_finding"),
    "changed": _flag(_CHANGED),
    "quarantined": _flag(HELD_IDS),
    "held": _flag("SELECT listing_id FROM listing_hold"),
    "hold_reason": Field("listing_hold.reason", str, many="listing_hold"),
    "warehouse_kind": Field("listing_warehouse.kind", str, many="listing_warehouse"),
    "error": Field("error_code", str),
    "sold": Field(_SOLD, number, is_sortable=False, counted=_PIECES),
    "import_run": Field("import_run_id", number),
    "updated": Field("updated_ms", span=moments),
    "created": Field("created_ms", span=moments),
    **OF_LISTINGS,
}

_HELD = frozenset(
    {"store", "status", "findings", "blocked", "category", "freight_template", "group", "import_run", "updated"}
    | {"price", "price_max", "stock", "skus", "images", "weight", "handling_days", "created", "product_id", "code"}
    | {"error"}
)
"""Fields that `ix_listing_updated` holds (migration 0018), or that are told by what it holds."""

_ROWS = """
SELECT json_group_array(json_array(
       listing.id, listing.store_id, listing.status, listing.off_reason, listing.title, listing.code,
       listing.product_id, listing.sku_count, listing.price_min_minor, listing.price_max_minor, listing.currency,
       listing.stock_total, coalesce(category.name_{language}, listing.category_id),
       coalesce(freight_template.name, listing.freight_template_id), coalesce(product_group.name, listing.group_id),
       listing.block_count, listing.hold_count, listing.warn_count,
       (listing.sent_hash IS NOT NULL AND listing.sent_hash <> listing.content_hash), listing.updated_ms,
       coalesce((SELECT source FROM image WHERE image.listing_id = listing.id ORDER BY position LIMIT 1), ''),
       listing.image_count, listing.error_code, listing.product_key, coalesce(marketing_group.name, ''),
       coalesce(listing_hold.reason, ''), coalesce(listing_warehouse.kind, ''),
       {stale}, coalesce(listing_figure.why, ''), coalesce(listing_figure.unknown, 0), {figures}))
FROM listing
LEFT JOIN listing_figure ON listing_figure.listing_id = listing.id
JOIN store ON store.id = listing.store_id
LEFT JOIN category ON category.gateway = store.gateway AND category.category_id = listing.category_id
LEFT JOIN freight_template
       ON freight_template.store_id = listing.store_id AND freight_template.template_id = listing.freight_template_id
LEFT JOIN product_group
       ON product_group.store_id = listing.store_id AND product_group.group_id = listing.group_id
LEFT JOIN marketing_member ON marketing_member.listing_id = listing.id
LEFT JOIN marketing_group ON marketing_group.id = marketing_member.group_id
LEFT JOIN listing_hold ON listing_hold.listing_id = listing.id
LEFT JOIN listing_warehouse ON listing_warehouse.listing_id = listing.id
WHERE listing.id IN (SELECT value FROM json_each(?))
"""
"""The ids are a parameter: with them in the text SQLite would prepare the statement anew for each page, which takes a
quarter of its time."""


_WHOLE_ROWS = "listing NOT INDEXED"
_OWN = len(fields(ListingRow)) - 1
"""Where a row's figures begin."""
_SHOWN = ", ".join(f"listing_figure.{column}" for column in SHOWN)
_CHILDREN = f"""
SELECT sku.id, sku.listing_id, properties, sku.code, price_minor, currency, stock, ships_from, {IS_STALE}
FROM sku JOIN listing ON listing.id = sku.listing_id
LEFT JOIN listing_figure ON listing_figure.listing_id = listing.id
WHERE sku.listing_id = ? ORDER BY position
"""


class ListingSource(SqlSource[ListingRow]):
    """Page source of the Listings tab.

    Attributes:
        language: decides whose category names and words are shown, and so sorted by.
    """

    spec = TableSpec(
        table="listing",
        fields={**FIELDS, TOGETHER: together_field(FIELDS), figures_together.TOGETHER: figures_together.FIGURES},
        read=lambda filters: figures_together.gathered(paired(filters)),
        default_sort="updated_ms DESC",
        search_column=SEARCHED,
        search=TABLES,
        orders={
            "": OrderIndex("ix_listing_updated", _HELD),
            "updated": OrderIndex("ix_listing_updated", _HELD),
            "price": OrderIndex("ix_listing_price", frozenset({"price"})),
            "title": OrderIndex("ix_listing_title", frozenset({"title"})),
        },
        besides=(OrderIndex("ix_listing_status", frozenset({"store", "status"})),),
    )

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.language: Language = messages.language
        self._names = VariantNames()

    def _connect(self) -> AbstractContextManager[Connection]:
        """Everything here is bare SQL: the first rows of a start do not wait for SQLAlchemy."""
        return self._db.answering(in_bare_sql=True)

    def masks(self, connection: Connection) -> ListingMasks:
        """As for any table, with what is known of variants and words besides."""
        return ListingMasks(connection, self.spec)

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[ListingRow]:
        """The rows of *ids*, in any order."""
        sql = _ROWS.format(language=self.language, stale=IS_STALE, figures=_SHOWN)
        wanted = orjson.dumps(list(ids)).decode()
        return [ListingRow(*with_figures(row, _OWN)) for row in loaded(connection, sql, (wanted,))]

    def _plain(self, connection: Connection, query: Query, limit: int, index: OrderIndex | None) -> Sequence[int]:
        if is_in_figure_order(connection, query):
            met = self._met_by_figure(connection, query, limit)
            return met or first_by_figure(connection, query, limit, self._among(connection, query))
        return super()._plain(connection, query, limit, index)

    def _met_by_figure(self, connection: Connection, query: Query, limit: int) -> list[int]:
        """What matches among the first listings in the order of a figure; none where that is not enough."""
        import numpy as np  # here: the window has tables before it needs NumPy

        if self._asks_nothing(query):
            return []
        for looked_at in (FIRST_LOOK, WINDOW_ROWS):
            walked = first_by_figure(connection, query, looked_at, None)
            told = self.told_among(connection, query, np.array(walked, np.int64))
            met = [number for number in walked if told.rows[number]]
            if len(met) >= limit or not met:
                return met[:limit]
        return []

    @staticmethod
    def _asks_nothing(query: Query) -> bool:
        return not (query.filters or query.store_ids or query.text.strip())

    def sorted_by(self, name: str) -> str:
        """As for any table; what is shown by a name or a word is sorted by that."""
        return shown_order(name, self.language) or super().sorted_by(name)

    def read_in_order(self, name: str) -> str:
        """As for any table; see `OF_WHOLE_ROWS`."""
        return _WHOLE_ROWS if name in OF_WHOLE_ROWS else super().read_in_order(name)

    def _smallest_index(self, query: Query, *, is_sorted: bool = False, also: str = "") -> OrderIndex | None:
        if is_sorted and OF_WHOLE_ROWS & {query.sort, query.then}:
            return None
        return super()._smallest_index(query, is_sorted=is_sorted, also=also)

    def _sorted_sql(self, connection: Connection, table: str, where: Where, query: Query, order: str) -> Sql:
        if query.sort in OF_LISTINGS and not query.then:
            return sorted_by_figure(query, self._among(connection, query))
        if OF_WHOLE_ROWS & {query.sort, query.then}:
            table = _WHOLE_ROWS
        return super()._sorted_sql(connection, table, where, query, order)

    def _among(self, connection: Connection, query: Query) -> Sql | None:
        """That `listing_id` is among the listings of *query*; None where it asks for all."""
        return None if self._asks_nothing(query) else self.told(connection, query).sql("listing_id")

    def children(self, id: int) -> list[SkuRow]:
        """The variants of a listing, in order."""
        with self._connect() as connection:
            rows = connection.exec_driver_sql(_CHILDREN, (id,)).all()
            figures = variant_figures(connection, [row[0] for row in rows])
            self._names.language = self.language
            labels = self._names.labels(connection, {row[0]: orjson.loads(row[2]) for row in rows})
        return [
            SkuRow(
                CHILD_ID_OFFSET + number,
                number,
                listing_id,
                labels[number],
                *[*shown, ShownFigures(is_stale, *figures.get(number, NO_FIGURES))],
            )
            for number, listing_id, _, *shown, is_stale in rows
        ]


def with_figures(row: Sequence[Any], own: int) -> list[Any]:
    """A row whose figures begin at *own*, with them as one value."""
    return [*row[:own], ShownFigures(*row[own:])]


def sku_label(properties: list[dict[str, str]]) -> str:
    """What tells a variant from its siblings: its property values."""
    return " · ".join(part["value"] for part in properties if part.get("value"))
