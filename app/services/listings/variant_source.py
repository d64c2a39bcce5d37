"""The Listings table at the level of variants: one row a SKU, the same search box and the same conditions.

Conditions on price, stock, code, item, "ships from" and figures mean the variant itself, all others its listing. What
asks for prices, stock or figures is answered by columns (`variant_masks`), the rest by the tables.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection

from app.services.db import Database
from app.services.expressions.conditions import Sql, parsed, to_sql
from app.services.expressions.syntax import Condition
from app.services.listings.figure_fields import IS_STALE, NO_FIGURES, OF_VARIANTS, are_in_columns, variant_figures
from app.services.listings.loading import chunks, id_list
from app.services.listings.regional_pairs import paired
from app.services.listings.source import (
    CODE_TEXT,
    FIELDS,
    OF_CODE,
    OF_SKU,
    ListingSource,
    ShownFigures,
)
from app.services.listings.text import fold
from app.services.listings.typed import code_patterns, item_patterns, number, price_minor
from app.services.listings.variant_names import VariantNames
from app.services.paging import Filter, Query
from app.services.sql_conditions import as_filter, condition_sql, fields_read
from app.services.sql_ids import collected, interruptible, listed, loaded, read_numbers
from app.services.sql_source import Field, OrderIndex, SqlSource, TableSpec, Where
from app.services.sql_told import Told
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.services.listings.variant_masks import Variants
    from app.services.listings.variant_order import Key

    Mask = NDArray[np.bool_]
    Whole = NDArray[np.int64]

LABEL = 7
"""Where a row has its properties, which it is shown by."""
FEW = 2_000
"""So many hits are sorted; with more of them the first rows are found along an index."""
NEWEST = (200, 3_000)
"""Among the variants of so many of the newest listings first rows are looked for first."""


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
    "barcode": Field("sku.barcode", str),
    **OF_VARIANTS,
}
"""Fields of a variant; the others are its listing's."""
COLUMNS = {"price": "price", "stock": "stock", **{name: field.expression for name, field in OF_VARIANTS.items()}}
"""Fields that columns answer, and the columns."""

_ROWS = f"""
SELECT json_group_array(json_array(
       sku.id, listing.id, listing.store_id, listing.title, listing.status, listing.off_reason,
       (listing.sent_hash IS NOT NULL AND listing.sent_hash <> listing.content_hash), sku.properties, sku.code,
       sku.price_minor, listing.currency, sku.stock, sku.ships_from, sku.barcode,
       coalesce((SELECT source FROM image WHERE image.listing_id = listing.id ORDER BY position LIMIT 1), ''),
       listing.product_id, listing.product_key, {IS_STALE}))
FROM sku JOIN listing ON listing.id = sku.listing_id
LEFT JOIN listing_figure ON listing_figure.listing_id = listing.id
WHERE sku.id IN ({{ids}})
"""
_OWN = len(fields(VariantRow)) - 1
"""Where a row says whether its figures are stale."""
_HOLDS_WORD = (
    "(instr(lower(sku.code), ?) OR NOT EXISTS (SELECT 1 FROM sku AS sibling "
    "WHERE sibling.listing_id = sku.listing_id AND instr(lower(sibling.code), ?)))"
)
"""A word that some code of the listing holds means the variants with that code. Only words with a digit are looked
for in codes (domain.md 7.1: two letters and digits); any other word means all variants of the listings it finds."""


class VariantSource(SqlSource[VariantRow]):
    """Page source of the variants.

    Attributes:
        names: what they are called; its language decides how.
    """

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
        self.names = VariantNames()

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[VariantRow]:
        """The rows of *ids*, in any order."""
        found = loaded(connection, _ROWS.format(ids=id_list(ids)))
        figures = variant_figures(connection, ids)
        labels = self.names.labels(connection, {row[0]: orjson.loads(row[LABEL]) for row in found})
        for row in found:
            row[LABEL] = labels[row[0]]
            row[_OWN] = ShownFigures(row[_OWN], *figures.get(row[0], NO_FIGURES))
        return [VariantRow(*row) for row in found]

    def count(self, query: Query, ctx: TaskContext | None = None) -> int:
        """How many variants match, exactly. Raises: TaskCancelled."""
        with self._connect() as connection, interruptible(connection, ctx):
            asked, own = self._parts(query)
            is_of_columns = self._asks_columns(connection, query)
            if not own and not (is_of_columns and self._listings.is_looked_up(asked)):
                total = self._listings.total(connection, "skus", asked)
                if total is not None:
                    return total
            if is_of_columns:
                return int(self._masked(connection, query)[1].sum())
            where = self._where(connection, query)
            sql = f"SELECT count(*) FROM sku{where.sql}"
            return int(connection.exec_driver_sql(sql, where.params).scalar_one())

    def ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """Ids of all matching variants in order. Raises: TaskCancelled."""
        with self._connect() as connection, interruptible(connection, ctx):
            if self._asks_columns(connection, query):
                return array("q", self._in_order(connection, query).tobytes())
            where = self._where(connection, query)
            sql = f"SELECT id FROM sku{where.sql} ORDER BY {self.order(query)}"
            return collected(connection, sql, where.params, ctx)

    def listing_ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """The listings of all matching variants, each once. Raises: TaskCancelled."""
        with self._connect() as connection, interruptible(connection, ctx):
            if self._asks_columns(connection, query):
                variants, found = self._masked(connection, query)
                return array("q", variants.listings_in(found).tobytes())
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

    def variants_of(self, listing_ids: Sequence[int]) -> list[int]:
        """All variants of these listings, in order."""
        found: list[int] = []
        with self._db.reader.connect() as connection:
            for chunk in chunks(listing_ids):
                sql = f"SELECT id FROM sku WHERE listing_id IN ({id_list(chunk)}) ORDER BY listing_id, position"
                found += connection.exec_driver_sql(sql).scalars()
        return found

    # -- first rows --------------------------------------------------------------------------------------------

    def _first_ids(self, connection: Connection, query: Query, limit: int) -> Sequence[int]:
        """Those of the newest listings come first; else few hits are sorted, many are met soon along an index."""
        if self._asks_columns(connection, query):
            is_newest_first = not (query.sort or query.then) and are_in_columns(connection)
            ids = self._of_newest(connection, query, limit) if is_newest_first else []
            if is_newest_first and not ids:
                ids = self._of_highest(connection, query, limit)
            return ids or list(self._in_order(connection, query, limit).tolist())
        where, index = self._where(connection, query), self._index(query)
        if index is None:
            sql = f"SELECT id FROM sku{where.sql} ORDER BY {self.order(query)} LIMIT ?"
            return listed(connection, sql, (*where.params, limit))
        if where.conditions:
            some = listed(connection, f"SELECT id FROM sku{where.sql} LIMIT ?", (*where.params, FEW + 1))
            if len(some) <= FEW:
                sql = f"SELECT id FROM sku WHERE id IN ({id_list(some)}) ORDER BY {self.order(query)} LIMIT ?"
                return listed(connection, sql, (limit,))
        return self._walk(connection, where, query, limit, index)

    def _of_newest(self, connection: Connection, query: Query, limit: int) -> Sequence[int]:
        """The first variants, if those of the newest listings are enough; none else."""
        from app.services.listings.variant_masks import Variants  # here: NumPy is loaded where it is needed

        for newest in NEWEST:
            ids = read_numbers(connection, f"SELECT id FROM listing ORDER BY id DESC LIMIT {newest}")
            few = Variants.of_few(connection, ids) if ids.size else None
            if few is None:
                return []
            variants, found = self._masked(connection, query, ids, few)
            met = int(found.sum())
            if met >= limit:
                first: list[int] = self._sorted_by_keys(connection, query, variants, found, limit).tolist()
                return first
            if limit * newest > met * NEWEST[-1]:
                return []
        return []

    def _of_highest(self, connection: Connection, query: Query, limit: int) -> Sequence[int]:
        """The first variants of listings alone that are asked for, if those of as many listings are enough; none
        else."""
        asked, own = self._parts(query)
        if own or asked == Query():
            return []
        highest = self._listings.told(connection, asked).highest(limit)
        among = f"SELECT id FROM sku WHERE listing_id IN ({id_list(highest)}) ORDER BY {self.order(query)} LIMIT ?"
        ids = listed(connection, among, (limit,))
        return ids if len(ids) == limit else []

    # -- columns -----------------------------------------------------------------------------------------------

    def _asks_columns(self, connection: Connection, query: Query) -> bool:
        """Whether columns answer *query*: they must where it asks for figures, and are quickest for all that is asked
        unless very many listings are still to be brought into them."""
        names = {query.sort, query.then}.union(*(fields_read(one) for one in query.filters))
        if names & OF_VARIANTS.keys() or {query.sort, query.then} - OWN.keys() - {""}:
            return True
        if query == Query() or (query == Query(sort=query.sort, descending=query.descending) and self._index(query)):
            return False
        return are_in_columns(connection)

    def _masked(
        self,
        connection: Connection,
        query: Query,
        among: Whole | None = None,
        few: Variants | None = None,
        *,
        is_sorted: bool = False,
    ) -> tuple[Variants, Mask]:
        """The variants of *query* among all, or among those of the few listings *among*; *is_sorted*: its order is
        asked for next."""
        from app.services.listings.variant_told import VariantMasks  # here: as above

        def listings(connection: Connection, asked: Query) -> Told:
            if among is None:
                return self._listings.told(connection, asked)
            return self._listings.told_among(connection, asked, among)

        asked, own = self._own_filters(query)
        masks = VariantMasks(connection, OWN, COLUMNS, listings, few)
        order = [COLUMNS[query.sort]] if is_sorted and query.sort in COLUMNS else []
        found = masks.told(asked, own, self._of_codes(query), order)
        return masks.variants, found

    def _in_order(self, connection: Connection, query: Query, limit: int | None = None) -> Whole:
        """Ids of all matching variants in order, or of the first *limit*."""
        variants, found = self._masked(connection, query, is_sorted=True)
        return self._sorted_by_keys(connection, query, variants, found, limit)

    def _sorted_by_keys(
        self, connection: Connection, query: Query, variants: Variants, found: Mask, limit: int | None
    ) -> Whole:
        from app.services.listings.variant_order import Key, ids_in_order  # here: as above

        keys = [Key("sku.listing_id", True, "listing"), Key("sku.position", False, "place")]
        if query.sort or query.then:
            asked = [(query.sort, query.descending), (query.then, query.then_descending)]
            asked = [one for one in asked if one[0]]
            keys = [self._key(connection, *one, are_ties_told=len(asked) > 1) for one in asked]
        last = bool(query.sort or query.then) and keys[0].descending
        return ids_in_order(connection, variants, found, keys, last, limit)

    def _key(self, connection: Connection, name: str, descending: bool, *, are_ties_told: bool) -> Key:
        """What a sort key means for variants; a field of listings, where these stand in its order."""
        from app.services.listings.variant_order import Key, listing_places  # here: as above

        sql = self._field(name).expression
        if name in OWN:
            return Key(sql, descending, COLUMNS.get(name, ""), is_bare_text=name == "barcode")
        self._listings.language = self.names.language
        places = listing_places(connection, self._listings, name, are_ties_told=are_ties_told)
        return Key(sql, descending, places=places)

    # -- conditions --------------------------------------------------------------------------------------------

    def _where(self, connection: Connection, query: Query) -> Where:
        """Conditions on listings become one, those on variants stand beside it."""
        asked, own = self._parts(query)
        conditions: list[tuple[str, Sequence[Any]]] = []
        if asked != Query():
            matching, params = self._listings.selected(connection, asked)
            conditions.append((f"sku.listing_id IN ({matching})", params))
        conditions += own
        return Where() + conditions

    def _parts(self, query: Query) -> tuple[Query, list[tuple[str, Sequence[Any]]]]:
        """What is asked of listings, and the conditions on variants."""
        asked, filters = self._own_filters(query)
        own: list[tuple[str, Sequence[Any]]] = [self._of_filter(one) for one in filters]
        return asked, own + self._of_codes(query)

    @staticmethod
    def _own_filters(query: Query) -> tuple[Query, list[Filter]]:
        """What is asked of listings, and the filters that ask for variants."""
        own = [one for one in query.filters if fields_read(one) & OWN.keys()]
        of_listings = tuple(one for one in query.filters if one not in own)
        own = list(paired(own))  # one that asks for both
        return Query(text=query.text, filters=of_listings, store_ids=query.store_ids), own

    @staticmethod
    def _of_codes(query: Query) -> list[tuple[str, Sequence[Any]]]:
        words = [word for word in fold(query.text).split() if any(map(str.isdigit, word))]
        return [(_HOLDS_WORD, (word, word)) for word in words]

    def _of_filter(self, condition: Filter) -> Sql:
        """A condition on variants in SQL; not for figures."""
        if condition.operator == "where":
            return to_sql(parsed(condition.value), self._of_leaf)
        return condition_sql(condition, self._field, "sku")

    def _of_leaf(self, leaf: Condition) -> Sql:
        """One condition of an expression that asks for both."""
        if leaf.name in OWN:
            return condition_sql(as_filter(leaf), self._field, "sku")
        sql, params = condition_sql(as_filter(leaf), ListingSource.spec.field, "listing")
        return f"sku.listing_id IN (SELECT id FROM listing WHERE {sql})", params
