"""The rows of an exported sheet, chunk by chunk: plain tuples by SQL, one a variant or one a listing.

What all variants of a listing share is read and written once: it is the head of a run, as far as the columns begin
with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app.services.listings.exporting.columns import LISTING_KEYS, SINGLE, SKU_KEYS, Column
from app.services.listings.exporting.names import Names
from app.services.listings.exporting.tails import Tails, of_row
from app.services.listings.exporting.variants import BETWEEN, CODE, OF_ALL, OF_ONE, Cell, Raw, summed
from app.services.listings.loading import chunks, id_list
from app.services.listings.marketing.membership import names_of
from app.services.listings.tables import WITH_BODY
from app.services.regional_prices import RegionalPrices
from app.services.workbooks import Run

_SKUS = f"SELECT listing_id, id, properties, {', '.join(OF_ONE.values())} FROM sku WHERE listing_id IN ({{}}) "
_SKUS += "ORDER BY listing_id, position"
_NO_SKU = (0, None, "[]", None, None, None, None)

_SHARED = {
    "product_key": "coalesce(nullif(product_key, ''), product_id)",
    "product_id": "product_id",
    "title": "nullif(title, '')",
    "category": "category_id",
    "weight": "weight_g",
    "length": "length_cm",
    "width": "width_cm",
    "height": "height_cm",
    "unit": "unit",
    "lot_size": "lot_size",
    "handling_days": "handling_days",
    "images": "(SELECT group_concat(source, char(10)) FROM "
    "(SELECT source FROM image WHERE listing_id = listing.id ORDER BY position))",
    "detail_html": "nullif(detail_html, '')",
    "keywords": "nullif(keywords, '')",
    "group": "group_id",
    "marketing_group": "NULL",  # `names_of` knows
    "freight_template": "freight_template_id",
    "regional_prices": "nullif(nullif(regional_prices, '{{}}'), 'null')",
}
"""Columns of the listing by their key: how a cell is read."""
_FIXED = ("id", "store_id")

assert set(_SHARED) == set(LISTING_KEYS)
assert {*OF_ONE, "sku_image"} == set(SKU_KEYS)


_NOWHERE = slice(0, 0)


class Rows:
    """The rows of some listings in the order of *columns*.

    Attributes:
        listings, skus: how many were given out so far.
    """

    def __init__(self, session: Session, columns: Sequence[Column], *, per_listing: bool = False) -> None:
        self._session, self._per_listing = session, per_listing
        driver: Any = session.connection().connection.driver_connection
        self._run = driver.execute
        self._at = {column.key: place for place, column in enumerate(columns)}
        self._groups = {
            kind: {key.partition(":")[2]: place for key, place in self._at.items() if key.startswith(f"{kind}:")}
            for kind in SINGLE
        }
        own = set(OF_ALL if per_listing else SKU_KEYS)
        is_own = [column.key in own or column.key.partition(":")[0] in ("property", "other") for column in columns]
        self._head = len(columns) if per_listing else (*is_own, True).index(True)
        self._last = len(_FIXED) + len(columns) - (*reversed(is_own), False).index(False)
        self._behind = [None] * (len(_FIXED) + len(columns) - self._last)
        self._listing_sql = self._select(columns)
        self._tails = Tails(self._at, self._head)
        self._names: dict[int, list[tuple[int, dict[str, str]]]] = {}
        self.listings = self.skus = 0

    def _select(self, columns: Sequence[Column]) -> str:
        """What is read of a listing: its ids, the columns in their order up to the last one variants share, then what
        is told apart into columns."""
        cells = [_SHARED.get(column.key, "NULL") for column in columns][: self._last - len(_FIXED)]
        told = [name for kind, name in (("attribute", "attributes"), ("other", "extra")) if self._groups[kind]]
        return f"SELECT {', '.join((*_FIXED, *cells, *told))} FROM {WITH_BODY} WHERE id IN ({{}})"

    def rows(self, listing_ids: Sequence[int]) -> Iterator[list[Cell]]:
        """One row a variant, or a listing; a listing without variants has one row. Ids that are gone are left out."""
        for _, _, cells in self.known_rows(listing_ids):
            yield cells

    def known_rows(self, listing_ids: Sequence[int]) -> Iterator[tuple[int, int | None, list[Cell]]]:
        """As `rows`, with the ids of the listing and of the variant before them."""
        for listing_id, skus, run in self._known_runs(listing_ids):
            for sku, tail in zip(skus, run.rows, strict=True):
                yield listing_id, sku[1], [*run.head, *tail]

    def runs(self, listing_ids: Sequence[int]) -> Iterator[Run]:
        """As `rows`, the rows of a listing together: what they begin with in common is told once."""
        return map(itemgetter(2), self._known_runs(listing_ids))

    def _known_runs(self, listing_ids: Sequence[int]) -> Iterator[tuple[int, list[Raw], Run]]:
        for chunk in chunks(listing_ids):
            inside = id_list(chunk)
            listings = {row[0]: row for row in self._run(self._listing_sql.format(inside))}
            skus = list(self._run(_SKUS.format(inside)))
            places = _places(skus)
            tails = None if self._per_listing else self._tails.alike(skus)
            marketing = names_of(self._session.connection(), chunk) if "marketing_group" in self._at else {}
            for listing_id in chunk:
                if (listing := listings.get(listing_id)) is not None:
                    place = places.get(listing_id, _NOWHERE)
                    own = skus[place]
                    self.listings += 1
                    self.skus += len(own)
                    cells = self._shared_cells(listing, own)
                    if listing_id in marketing:
                        cells[self._at["marketing_group"]] = marketing[listing_id]
                    if own and tails is not None:
                        yield listing_id, own, Run(cells[: self._head], tails[place])
                    else:
                        yield self._run_of(listing, cells, own)

    def _run_of(self, listing: Raw, cells: list[Any], own: list[Raw]) -> tuple[int, list[Raw], Run]:
        """The rows of a listing; of columns nobody understood each may have its own cell."""
        others = self._groups["other"]
        extra = orjson.loads(listing[-1]) if others else {}
        said = {others[name]: value for name, value in extra.items() if name in others}
        if self._per_listing:
            for place, value in said.items():
                cells[place] = of_row(value, 0)
            for key, read in OF_ALL.items():
                if key in self._at:
                    cells[self._at[key]] = read(own)
            for place, text in summed(own, self._groups["property"]).items():
                cells[place] = text
            return listing[0], [_NO_SKU], Run(cells, [()])
        rows = own or [_NO_SKU]
        return listing[0], rows, Run(cells[: self._head], self._tails.of(rows, cells, said))

    def _shared_cells(self, listing: Raw, skus: list[Raw]) -> list[Any]:
        """What all variants have, in the places of its columns."""
        cells = [*listing[len(_FIXED) : self._last], *self._behind]
        for at, names in self._names_of(listing[1]):
            cells[at] = names.get(cells[at], cells[at]) or None
        place = self._at.get("regional_prices")
        if place is not None and cells[place] is not None:
            codes = {sku[CODE] or "" for sku in skus}
            cells[place] = BETWEEN.join(RegionalPrices.of(orjson.loads(cells[place])).lines(codes)) or None
        if attributes := self._groups["attribute"]:
            for entry in orjson.loads(listing[self._last]):
                if (where := attributes.get(entry.get("name", ""))) is not None:
                    cells[where] = entry.get("value", "")
        return cells

    def _names_of(self, store_id: int) -> list[tuple[int, dict[str, str]]]:
        """The names of a store by the place of their column."""
        if store_id not in self._names:
            named = Names.of(self._session, store_id).by_column()
            self._names[store_id] = [(self._at[key], names) for key, names in named.items() if key in self._at]
        return self._names[store_id]


def _places(skus: Sequence[Raw]) -> dict[int, slice]:
    """Where among *skus*, which come listing by listing, those of each listing stand."""
    counts = Counter(map(itemgetter(0), skus))
    ends = list(accumulate(counts.values()))
    return dict(zip(counts, map(slice, [0, *ends], ends), strict=False))
