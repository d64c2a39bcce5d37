"""The Listings table at the level of variants: one row a SKU, the same search box and the same conditions.

Conditions on price, stock, code, item and "ships from" mean the variant itself, all others its listing.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.db import Database
from app.services.expressions.conditions import OPPOSITE, Sql, parsed, to_sql
from app.services.expressions.syntax import Condition
from app.services.listings.figure_fields import OF_VARIANTS, SHOWN, is_stale
from app.services.listings.loading import chunks, id_list
from app.services.listings.source import (
    CODE_TEXT,
    FIELDS,
    OF_CODE,
    OF_SKU,
    ListingSource,
    ShownFigures,
    sku_label,
    with_figures,
)
from app.services.listings.text import fold
from app.services.listings.typed import code_patterns, item_patterns, number, price_minor
from app.services.paging import Filter, Query
from app.services.sql_conditions import as_filter, condition_sql, fields_read, known_field
from app.services.sql_ids import collected, interruptible, listed, loaded
from app.services.sql_source import Field, OrderIndex, SqlSource, TableSpec, Where
from app.services.tasks import TaskContext

LABEL = 7
"""Where a row has its properties, which it is shown by."""
FEW = 2_000
"""So many hits are sorted; with more of them the first rows are found along an index."""


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One variant as a row of its own. `id` is the SKU's; prices are minor units of `currency`; None is unknown."""

    id: int
    listing_id: int
    store_id: int
    title: str
    status: str
    off_reason: str
    is_changed: bool
    label: str
    code: str
    price_minor: int | None
    currency: str
    stock: int | None
    ships_from: str
    barcode: str
    image: str
    product_id: str | None
    product_key: str
    figures: ShownFigures


OWN: dict[str, Field] = {
    "code": Field("sku.code", str),
    "sku": Field("sku.match_key", code_patterns, is_sortable=False, holds=OF_CODE, text=CODE_TEXT),
    "item": Field("sku.match_key", item_patterns, is_sortable=False, holds=OF_SKU),
    "price": Field("sku.price_minor", price_minor),
    "stock": Field("sku.stock", number),
    "ships_from": Field("sku.ships_from COLLATE NOCASE", str),
    **OF_VARIANTS,
}
"""Fields of a variant; the others are its listing's."""

_ROWS = f"""
SELECT json_group_array(json_array(
       sku.id, listing.id, listing.store_id, listing.title, listing.status, listing.off_reason,
       (listing.sent_hash IS NOT NULL AND listing.sent_hash <> listing.content_hash), sku.properties, sku.code,
       sku.price_minor, listing.currency, sku.stock, sku.ships_from, sku.barcode,
       coalesce((SELECT source FROM image WHERE image.listing_id = listing.id ORDER BY position LIMIT 1), ''),
       listing.product_id, listing.product_key,
       {is_stale("sku_figure")}, coalesce(why, ''), why <> '',
       {", ".join(SHOWN)}))
FROM sku JOIN listing ON listing.id = sku.listing_id
LEFT JOIN sku_figure ON sku_figure.listing_id = sku.listing_id AND sku_figure.sku_id = sku.id
WHERE sku.id IN ({{ids}})
"""
_OWN = len(fields(VariantRow)) - 1
"""Where a row's figures begin."""
_HOLDS_WORD = (
    "(instr(lower(sku.code), ?) OR NOT EXISTS (SELECT 1 FROM sku AS sibling "
    "WHERE sibling.listing_id = sku.listing_id AND instr(lower(sibling.code), ?)))"
)
"""A word that some code of the listing holds means the variants with that code. Only words with a digit are looked
for in codes (domain.md 7.1: two letters and digits); any other word means all variants of the listings it finds."""


class VariantSource(SqlSource[VariantRow]):
    """Page source of the variants."""

    spec = TableSpec(
        table="sku",
        fields={**FIELDS, **OWN},
        default_sort="sku.listing_id DESC, sku.position ASC",
        store_column="",
        orders={"": OrderIndex("ix_sku_listing"), "code": OrderIndex("ix_sku_code")},
    )

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self._listings = ListingSource(db)

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[VariantRow]:
        """The rows of *ids*, in any order."""
        found = loaded(connection, _ROWS.format(ids=id_list(ids)))
        for row in found:
            row[LABEL] = sku_label(orjson.loads(row[LABEL]))
        return [VariantRow(*with_figures(row, _OWN)) for row in found]

    def count(self, query: Query, ctx: TaskContext | None = None) -> int:
        """How many variants match, exactly. Raises: TaskCancelled."""
        with self._db.reader.connect() as connection, interruptible(connection, ctx):
            where = self._where(connection, query)
            sql = f"SELECT count(*) FROM sku{where.sql}"
            return int(connection.exec_driver_sql(sql, where.params).scalar_one())

    def ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """Ids of all matching variants in order. Raises: TaskCancelled."""
        with self._db.reader.connect() as connection, interruptible(connection, ctx):
            where = self._where(connection, query)
            sql = f"SELECT id FROM sku{where.sql} ORDER BY {self.order(query)}"
            return collected(connection, sql, where.params, ctx)

    def listing_ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """The listings of all matching variants, each once. Raises: TaskCancelled."""
        with self._db.reader.connect() as connection, interruptible(connection, ctx):
            where = self._where(connection, query)
            return collected(connection, f"SELECT DISTINCT listing_id AS id FROM sku{where.sql}", where.params, ctx)

    def listings_of(self, sku_ids: Sequence[int]) -> list[int]:
        """The listings of these variants, each once, in the order of the variants."""
        owners: dict[int, int] = {}
        with self._db.reader.connect() as connection:
            for chunk in chunks(sku_ids):
                rows = connection.exec_driver_sql(f"SELECT id, listing_id FROM sku WHERE id IN ({id_list(chunk)})")
                owners.update(map(tuple, rows))
        return list(dict.fromkeys(owners[number] for number in sku_ids if number in owners))

    # -- first rows --------------------------------------------------------------------------------------------

    def _first_ids(self, connection: Connection, query: Query, limit: int) -> Sequence[int]:
        """Few hits are sorted, many are met soon along an index."""
        where, index = self._where(connection, query), self._index(query)
        if index is None:
            sql = f"SELECT id FROM sku{where.sql} ORDER BY {self.order(query)} LIMIT ?"
            return listed(connection, sql, (*where.params, limit))
        if where.conditions and not query.sort:
            ids = self._of_newest(connection, query, limit)
            if ids is not None:
                return ids
        if where.conditions:
            some = listed(connection, f"SELECT id FROM sku{where.sql} LIMIT ?", (*where.params, FEW + 1))
            if len(some) <= FEW:
                sql = f"SELECT id FROM sku WHERE id IN ({id_list(some)}) ORDER BY {self.order(query)} LIMIT ?"
                return listed(connection, sql, (limit,))
        return self._walk(connection, where, query, limit, index)

    def _of_newest(self, connection: Connection, query: Query, limit: int) -> Sequence[int] | None:
        """Along the newest listings that match, whose variants come first; None where these were not enough."""
        asked, own = self._parts(query)
        newest = self._listings.newest(connection, asked, limit)
        own.append((f"sku.listing_id IN ({id_list(newest)})", ()))
        where = Where() + own
        sql = f"SELECT id FROM sku{where.sql} ORDER BY {self.order(query)} LIMIT ?"
        ids = listed(connection, sql, (*where.params, limit))
        return ids if len(ids) == limit or len(newest) < limit else None

    # -- conditions --------------------------------------------------------------------------------------------

    def _where(self, connection: Connection, query: Query) -> Where:
        """Conditions on listings become one, those on variants stand beside it."""
        asked, own = self._parts(query)
        conditions: list[tuple[str, Sequence[Any]]] = []
        if asked != Query():
            listings = self._listings.conditions(connection, asked)
            conditions.append((f"sku.listing_id IN (SELECT id FROM listing{listings.sql})", listings.params))
        conditions += own
        return Where() + conditions

    def _parts(self, query: Query) -> tuple[Query, list[tuple[str, Sequence[Any]]]]:
        """What is asked of listings, and the conditions on variants."""
        of_listings = tuple(one for one in query.filters if not fields_read(one) & OWN.keys())
        asked = Query(text=query.text, filters=of_listings, store_ids=query.store_ids)
        own: list[tuple[str, Sequence[Any]]] = [self._of_filter(one) for one in query.filters if one not in of_listings]
        return asked, own + self._of_codes(query)

    @staticmethod
    def _of_codes(query: Query) -> list[tuple[str, Sequence[Any]]]:
        words = [word for word in fold(query.text).split() if any(map(str.isdigit, word))]
        return [(_HOLDS_WORD, (word, word)) for word in words]

    def _of_filter(self, condition: Filter) -> Sql:
        if condition.operator == "where":
            return to_sql(parsed(condition.value), self._of_leaf)
        return self._of_own(condition)

    def _of_own(self, condition: Filter) -> Sql:
        """A condition on the variants themselves; figures are looked through where they lie, in one pass."""
        sql, params = condition_sql(condition, self._field, "sku")
        if condition.field not in OF_VARIANTS:
            return sql, params
        if condition.operator in ("missing", "!=", "not in"):  # of what is not of today nothing is known
            known = condition_sql(_opposite(condition), self._field, "sku")
            return f"sku.id NOT IN (SELECT sku_id FROM current_sku_figure WHERE {known[0]})", known[1]
        return f"sku.id IN (SELECT sku_id FROM current_sku_figure WHERE {sql})", params

    def _of_leaf(self, leaf: Condition) -> Sql:
        """One condition of an expression that asks for both."""
        if leaf.name in OWN:
            return self._of_own(as_filter(leaf))
        sql, params = condition_sql(as_filter(leaf), lambda name: known_field(FIELDS, name), "listing")
        return f"sku.listing_id IN (SELECT id FROM listing WHERE {sql})", params


def _opposite(condition: Filter) -> Filter:
    return replace(condition, operator=OPPOSITE[condition.operator])  # type: ignore[arg-type]  # both are operators
