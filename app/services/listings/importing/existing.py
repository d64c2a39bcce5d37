"""What the store already has, loaded once and in columns, for matching and comparing a whole sheet."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from sqlalchemy import Connection

from app.services.listings.loading import load_listings
from app.services.listings.records import ListingRecord
from app.services.listings.text import fold


class ExistingListings:
    """Finds the listing that a group of rows means: by product key, else by merchant code, else by title.

    A title or code that stands for several listings matches none of them: guessing would change the wrong one.
    """

    def __init__(self, connection: Connection, store_id: int) -> None:
        self._connection = connection
        self._store_id = store_id
        self.is_empty = not connection.exec_driver_sql(
            "SELECT EXISTS (SELECT 1 FROM listing WHERE store_id = ?)", (store_id,)
        ).scalar()
        self._by_key = self._unique("SELECT product_key, id FROM listing WHERE store_id = ? AND product_key <> ''")
        self._keyed = frozenset(number for number in self._by_key.values() if number)
        self._by_product = self._unique("SELECT product_id, id FROM listing WHERE store_id = ? AND product_id <> ''")
        self._by_title = self._unique("SELECT title_folded, id FROM listing WHERE store_id = ? AND title_folded <> ''")
        self._by_code = self._unique(
            "SELECT DISTINCT sku.code, listing_id FROM sku JOIN listing ON listing.id = sku.listing_id "
            "WHERE store_id = ? AND sku.code <> ''"
        )

    def match(self, product_key: str | None, codes: Iterable[str | None], title: str | None) -> int | None:
        """Id of the stored listing, None where the rows bring a new one."""
        if self.is_empty:
            return None
        if product_key:
            return self._by_key.get(product_key) or self._by_product.get(product_key) or self._by_codes(codes, True)
        return self._by_codes(codes, False) or (self._by_title.get(fold(title)) if title else None)

    def _by_codes(self, codes: Iterable[str | None], only_without_key: bool) -> int | None:
        """The one listing all known codes point to. With a key of its own in the sheet, a listing that has another
        key is somebody else."""
        found = {listing_id for code in codes if code and (listing_id := self._by_code.get(code))}
        if len(found) != 1:
            return None
        listing_id = found.pop()
        return None if only_without_key and listing_id in self._keyed else listing_id

    def load(self, listing_ids: Iterable[int]) -> dict[int, ListingRecord]:
        """The matched listings whole."""
        return {record.id: record for record in load_listings(self._connection, listing_ids)}

    def _unique(self, sql: str) -> dict[str, int | None]:
        found: dict[str, int | None] = {}
        if self.is_empty:
            return found
        for name, listing_id in self._connection.exec_driver_sql(sql, (self._store_id,)):
            found[name] = None if name in found else listing_id
        return found


def marker_of(connection: Connection, store_id: int) -> str:
    """A text that differs whenever a listing of the store may have changed."""
    row = connection.exec_driver_sql(
        "SELECT (SELECT coalesce(max(id), 0) FROM change), count(*), coalesce(max(updated_ms), 0) "
        "FROM listing WHERE store_id = ?",
        (store_id,),
    ).one()
    return orjson.dumps(list(row)).decode()
