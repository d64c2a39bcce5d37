"""What the store already has: which stored listing a group of rows means, and that listing whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import orjson
from sqlalchemy import Connection

from app.services.listings.importing.sheet import SheetRows
from app.services.listings.loading import chunks, id_list, load_listings
from app.services.listings.marketing.membership import names_of
from app.services.listings.records import ListingRecord
from app.services.listings.text import fold

Found = dict[str, int | None]
"""Listing by name; None where several have it."""

_WANTED = "(SELECT value FROM json_each(?))"
_BY_KEY = f"SELECT product_key, id FROM listing WHERE store_id = ? AND product_key IN {_WANTED}"
_BY_PRODUCT = f"SELECT product_id, id FROM listing WHERE store_id = ? AND product_id IN {_WANTED}"
_BY_TITLE = f"SELECT title_folded, id FROM listing WHERE +store_id = ? AND title_folded IN {_WANTED}"
_BY_CODE = (
    "SELECT sku.code, listing_id FROM sku JOIN listing ON listing.id = sku.listing_id "
    f"WHERE +store_id = ? AND sku.code IN {_WANTED}"
)
"""Asked by what the sheet holds, through the indexes: a store may have a million listings. The plus keeps SQLite from
going through all listings of the store instead."""


class ExistingListings:
    """Finds the listing that a group of rows means: by product key, else by merchant code, else by title.

    A title or code that stands for several listings matches none of them: guessing would change the wrong one.
    """

    def __init__(self, connection: Connection, store_id: int) -> None:
        self.connection = connection
        self.store_id = store_id
        self.is_empty = not connection.exec_driver_sql(
            "SELECT EXISTS (SELECT 1 FROM listing WHERE store_id = ?)", (store_id,)
        ).scalar()

    def match(self, rows: SheetRows, groups: Sequence[list[int]]) -> list[int | None]:
        """Id of the stored listing for each group, None where the rows bring a new one."""
        if self.is_empty:
            return [None] * len(groups)
        keys = rows.firsts(rows.product_keys, groups)
        by_key, by_product = self._by_key(keys)
        matched = [by_key.get(key) or by_product.get(key) if key else None for key in keys]
        open_ones = [number for number, listing_id in enumerate(matched) if listing_id is None]
        self._match_codes(rows, groups, keys, matched, open_ones)
        without = [number for number in open_ones if matched[number] is None and not keys[number]]
        self._match_titles(rows, groups, matched, without)
        return matched

    def load(self, listing_ids: Iterable[int]) -> dict[int, ListingRecord]:
        """The matched listings whole."""
        return {record.id: record for record in load_listings(self.connection, listing_ids)}

    def marketing(self, listing_ids: Sequence[int]) -> dict[int, str]:
        """The marketing group of each of these listings that is in one."""
        return names_of(self.connection, listing_ids)

    def _by_key(self, keys: Sequence[str | None]) -> tuple[Found, Found]:
        by_key = self._found(_BY_KEY, keys)
        missing = [key for key in keys if key and not by_key.get(key)]
        return by_key, self._found(_BY_PRODUCT, missing)

    def _match_codes(
        self,
        rows: SheetRows,
        groups: Sequence[list[int]],
        keys: Sequence[str | None],
        matched: list[int | None],
        numbers: Sequence[int],
    ) -> None:
        """The one listing all known codes point to. With a key of its own in the sheet, a listing that has another
        key is somebody else, unless just that key was corrected."""
        codes = rows.codes
        by_code = self._found(_BY_CODE, (codes[index] for number in numbers for index in groups[number]))
        if not by_code:
            return
        keyed = self._keyed({listing_id for listing_id in by_code.values() if listing_id})
        claims: dict[int, list[int]] = defaultdict(list)
        for number in numbers:
            found = {by_code.get(codes[index] or "") for index in groups[number]}
            named = found - {None}
            if len(named) != 1:
                continue
            if not (keys[number] and named <= keyed):
                matched[number] = named.pop()
            elif len(found) == 1 and (listing_id := named.pop()):
                claims[listing_id].append(number)
        lost = self._without_a_row(rows, [one for one, claim in claims.items() if len(claim) == 1])
        for listing_id, title in lost.items():
            number = claims[listing_id][0]
            if _title_of(rows, groups[number]) in ("", title):  # other goods may well take over a code
                matched[number] = listing_id

    def _match_titles(
        self, rows: SheetRows, groups: Sequence[list[int]], matched: list[int | None], numbers: Sequence[int]
    ) -> None:
        if "title" not in rows.listing or not numbers:
            return
        titles = [_title_of(rows, groups[number]) for number in numbers]
        by_title = self._found(_BY_TITLE, titles)
        for number, title in zip(numbers, titles, strict=True):
            matched[number] = by_title.get(title)

    def _without_a_row(self, rows: SheetRows, listing_ids: Iterable[int]) -> dict[int, str]:
        """Those of *listing_ids* whose key stands nowhere in the sheet any more while all of their codes do, with
        their folded titles."""
        found: dict[int, str] = {}
        codes, keys = frozenset(rows.codes), frozenset(key for key in rows.product_keys if key)
        for chunk in chunks(listing_ids):
            inside = id_list(chunk)
            asked = self.connection.exec_driver_sql(
                f"SELECT id, title_folded, product_key, product_id FROM listing WHERE id IN ({inside}) ORDER BY id"
            )
            lost = {number: title for number, title, *own in asked if keys.isdisjoint(own)}
            skus = self.connection.exec_driver_sql(f"SELECT listing_id, code FROM sku WHERE listing_id IN ({inside})")
            elsewhere = {number for number, code in skus if code not in codes}
            found |= {number: title for number, title in lost.items() if number not in elsewhere}
        return found

    def _keyed(self, listing_ids: set[int]) -> set[int]:
        """Those of *listing_ids* that have a product key."""
        return {
            number
            for chunk in chunks(sorted(listing_ids))
            for number in self.connection.exec_driver_sql(
                f"SELECT id FROM listing WHERE id IN ({id_list(chunk)}) AND product_key <> ''"
            ).scalars()
        }

    def _found(self, sql: str, names: Iterable[str | None]) -> Found:
        wanted = list(dict.fromkeys(name for name in names if name))
        found: Found = {}
        if not wanted:
            return found
        rows = self.connection.exec_driver_sql(sql, (self.store_id, orjson.dumps(wanted).decode()))
        for name, listing_id in rows:
            if found.setdefault(name, listing_id) != listing_id:
                found[name] = None
        return found


def _title_of(rows: SheetRows, group: list[int]) -> str:
    """The folded title of a group; empty where the sheet has none for it."""
    column = rows.listing.get("title")
    title = rows.first(column, group) if column is not None else None
    return fold(title) if title else ""


def marker_of(connection: Connection, store_id: int) -> str:
    """A text that differs whenever a listing of the store may have changed."""
    row = connection.exec_driver_sql(
        "SELECT (SELECT coalesce(max(id), 0) FROM change), (SELECT coalesce(max(id), 0) FROM import_run), count(*), "
        "coalesce(max(updated_ms), 0) "
        "FROM listing WHERE store_id = ?",
        (store_id,),
    ).one()
    return orjson.dumps(list(row)).decode()
