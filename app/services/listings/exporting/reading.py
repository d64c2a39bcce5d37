"""The rows of an exported sheet, chunk by chunk: plain tuples by SQL, one a variant or one a listing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app.services.compliance import load_context
from app.services.listings.exporting.columns import LISTING_KEYS, SINGLE, SKU_KEYS, Column
from app.services.listings.loading import chunks, id_list
from app.services.listings.marketing.membership import names_of
from app.services.regional_prices import RegionalPrices

_LISTINGS = (
    "SELECT id, store_id, product_key, product_id, title, category_id, weight_g, length_cm, width_cm, height_cm, unit, "
    "lot_size, handling_days, detail_html, keywords, group_id, freight_template_id, attributes, extra, regional_prices "
    "FROM listing WHERE id IN ({})"
)
_SKUS = (
    "SELECT listing_id, id, code, price_minor, stock, barcode, properties FROM sku WHERE listing_id IN ({}) "
    "ORDER BY listing_id, position"
)
_IMAGES = "SELECT listing_id, source FROM image WHERE listing_id IN ({}) ORDER BY listing_id, position"
_ATTRIBUTES, _EXTRA, _REGIONAL = 17, 18, 19
_NO_SKU = (0, None, "", None, None, "", "[]")
_BETWEEN = "\n"
"""Between several values in one cell, as the images have it."""

Cell = str | int | float | None
Raw = Sequence[Any]


@dataclass(slots=True)
class Names:
    """What ids are called in one store, as far as the name leads back to the id."""

    categories: dict[str, str]
    templates: dict[str, str]
    groups: dict[str, str]
    units: dict[str, str]

    @classmethod
    def of(cls, session: Session, store_id: int) -> Names:
        """The names of a store."""
        context = load_context(session, store_id)
        rows = session.connection().exec_driver_sql(
            "SELECT category_id, path_en FROM category JOIN store USING (gateway) WHERE store.id = ?",
            (store_id,),
        )
        return cls(
            _leading_back({row[0]: row[1] for row in rows}, context.resolve_category),
            _leading_back(context.templates, context.resolve_freight_template),
            _leading_back(context.groups, context.resolve_group),
            {number: label.en for number, label in context.units.items()},
        )


def _leading_back(names: dict[str, str], resolve: Callable[[str], str | None]) -> dict[str, str]:
    return {number: name for number, name in names.items() if resolve(name) == number}


class Rows:
    """The rows of some listings in the order of *columns*.

    Attributes:
        listings, skus: how many were given out so far.
    """

    def __init__(self, session: Session, columns: Sequence[Column], *, per_listing: bool = False) -> None:
        self._session, self._width, self._per_listing = session, len(columns), per_listing
        driver: Any = session.connection().connection.driver_connection
        self._run = driver.execute
        at = {column.key: place for place, column in enumerate(columns)}
        self._shared = [(at[key], _READ[key]) for key in LISTING_KEYS if key in at and key in _READ]
        self._images_at, self._marketing_at = at.get("images"), at.get("marketing_group")
        self._regional_at = at.get("regional_prices")
        self._picture_at = at.get("sku_image")
        own = _OF_ALL if per_listing else _OF_ONE
        self._own = [(at[key], read) for key, read in own.items() if key in at]
        self._groups = {
            kind: {key.partition(":")[2]: place for key, place in at.items() if key.startswith(f"{kind}:")}
            for kind in SINGLE
        }
        self._names: dict[int, Names] = {}
        self.listings = self.skus = 0

    def rows(self, listing_ids: Sequence[int]) -> Iterator[list[Cell]]:
        """One row a variant, or a listing; a listing without variants has one row. Ids that are gone are left out."""
        for _, _, cells in self.known_rows(listing_ids):
            yield cells

    def known_rows(self, listing_ids: Sequence[int]) -> Iterator[tuple[int, int | None, list[Cell]]]:
        """As `rows`, with the ids of the listing and of the variant before them."""
        for chunk in chunks(listing_ids):
            inside = id_list(chunk)
            listings = {row[0]: row for row in self._run(_LISTINGS.format(inside))}
            skus: dict[int, list[Raw]] = {}
            for sku in self._run(_SKUS.format(inside)):
                skus.setdefault(sku[0], []).append(sku)
            images: dict[int, list[str]] = {}
            for listing_id, source in self._run(_IMAGES.format(inside)) if self._images_at is not None else ():
                images.setdefault(listing_id, []).append(source)
            marketing = names_of(self._session.connection(), chunk) if self._marketing_at is not None else {}
            for listing_id in chunk:
                if listing_id in listings:
                    own = skus.get(listing_id, [])
                    shared, extra = self._shared_cells(listings[listing_id], images.get(listing_id, []))
                    if self._marketing_at is not None:
                        shared[self._marketing_at] = marketing.get(listing_id)
                    if self._regional_at is not None:
                        shared[self._regional_at] = _regional(listings[listing_id], own)
                    yield from self._of_listing(listings[listing_id], own, shared, extra)

    def _of_listing(
        self, listing: Raw, skus: list[Raw], shared: list[Cell], extra: dict[int, Any]
    ) -> Iterator[tuple[int, int | None, list[Cell]]]:
        self.listings += 1
        self.skus += len(skus)
        if self._per_listing:
            for place in extra:
                shared[place] = _of_row(extra[place], 0)
            yield listing[0], None, self._summed(shared, skus)
            return
        properties, picture_at = self._groups["property"], self._picture_at
        reads_parts = bool(properties) or picture_at is not None
        for number, sku in enumerate(skus or (_NO_SKU,)):
            cells = shared.copy()
            for place, read in self._own:
                cells[place] = read(sku)
            for part in orjson.loads(sku[6]) if reads_parts and sku[6] != "[]" else ():
                if (where := properties.get(part.get("name", ""))) is not None:
                    cells[where] = part.get("value", "")
                if picture_at is not None and part.get("image") and cells[picture_at] is None:
                    cells[picture_at] = part["image"]
            for place in extra:
                cells[place] = _of_row(extra[place], number)
            yield listing[0], sku[1], cells

    def _shared_cells(self, listing: Raw, images: list[str]) -> tuple[list[Cell], dict[int, Any]]:
        """What all variants have, and of columns nobody understood what each may have its own of."""
        cells: list[Cell] = [None] * self._width
        names = self._names_of(listing[1])
        for place, read in self._shared:
            cells[place] = read(listing, names)
        if self._images_at is not None:
            cells[self._images_at] = _BETWEEN.join(images) or None
        attributes = self._groups["attribute"]
        for entry in orjson.loads(listing[_ATTRIBUTES]) if attributes else ():
            if (where := attributes.get(entry.get("name", ""))) is not None:
                cells[where] = entry.get("value", "")
        others = self._groups["other"]
        said = orjson.loads(listing[_EXTRA]) if others else {}
        return cells, {others[name]: value for name, value in said.items() if name in others}

    def _summed(self, cells: list[Cell], skus: list[Raw]) -> list[Cell]:
        """All variants in one row; of a sale property every value once."""
        for place, read in self._own:
            cells[place] = read(skus)
        values: dict[int, dict[str, None]] = {}
        properties = self._groups["property"]
        for sku in skus if properties else ():
            for part in orjson.loads(sku[6]):
                if (where := properties.get(part.get("name", ""))) is not None:
                    values.setdefault(where, {})[part.get("value", "")] = None
        for place, found in values.items():
            cells[place] = _BETWEEN.join(found)
        return cells

    def _names_of(self, store_id: int) -> Names:
        if store_id not in self._names:
            self._names[store_id] = Names.of(self._session, store_id)
        return self._names[store_id]


def _of_row(value: Any, place: int) -> Any:
    """An unknown column's cell: one text for the listing, or a list with one for each of its rows."""
    if isinstance(value, list):
        return value[place] if place < len(value) else None
    return value


def _regional(listing: Raw, skus: Sequence[Raw]) -> str | None:
    """Prices by country, a country a line; nothing where there are none, and where the platform's own are not known."""
    stored = listing[_REGIONAL]
    if not stored or stored in ("{}", "null"):
        return None
    return _BETWEEN.join(RegionalPrices.of(orjson.loads(stored)).lines({sku[2] for sku in skus})) or None


def _picture(sku: Raw) -> str | None:
    if '"image"' not in sku[6]:
        return None
    return next((part["image"] for part in orjson.loads(sku[6]) if part.get("image")), None)


def _lines(values: Iterator[str | None]) -> str | None:
    return _BETWEEN.join(dict.fromkeys(value for value in values if value)) or None


def _price(minor: int | None) -> float | None:
    return None if minor is None else minor / 100


def _known(skus: Sequence[Raw], place: int) -> list[int]:
    return [sku[place] for sku in skus if sku[place] is not None]


_READ: dict[str, Callable[[Raw, Names], Cell]] = {
    "product_key": lambda row, names: row[2] or row[3],
    "product_id": lambda row, names: row[3],
    "title": lambda row, names: row[4] or None,
    "category": lambda row, names: names.categories.get(row[5], row[5]) or None,
    "weight": lambda row, names: row[6],
    "length": lambda row, names: row[7],
    "width": lambda row, names: row[8],
    "height": lambda row, names: row[9],
    "unit": lambda row, names: names.units.get(row[10], row[10]) or None,
    "lot_size": lambda row, names: row[11],
    "handling_days": lambda row, names: row[12],
    "detail_html": lambda row, names: row[13] or None,
    "keywords": lambda row, names: row[14] or None,
    "group": lambda row, names: names.groups.get(row[15], row[15]) or None,
    "freight_template": lambda row, names: names.templates.get(row[16], row[16]) or None,
}
"""Columns of the listing by their key: how a cell is read."""

_OF_ONE: dict[str, Callable[[Any], Cell]] = {
    "sku_code": lambda sku: sku[2] or None,
    "price": lambda sku: _price(sku[3]),
    "stock": lambda sku: sku[4],
    "barcode": lambda sku: sku[5] or None,
}
"""Columns of one variant, besides its picture, which its sale properties hold."""

_OF_ALL: dict[str, Callable[[Any], Cell]] = {
    "sku_code": lambda skus: _lines(sku[2] for sku in skus),
    "price_low": lambda skus: _price(min(_known(skus, 3), default=None)),
    "price_high": lambda skus: _price(max(_known(skus, 3), default=None)),
    "stock": lambda skus: sum(_known(skus, 4)) if skus and len(_known(skus, 4)) == len(skus) else None,
    "barcode": lambda skus: _lines(sku[5] for sku in skus),
    "sku_image": lambda skus: _lines(_picture(sku) for sku in skus),
}
"""Columns of all variants in one row. A total of which a part is unknown is unknown."""

assert {*_OF_ONE, "sku_image"} == set(SKU_KEYS)
