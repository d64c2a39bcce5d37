"""Which matched listings are what the sheet says, found column by column; most of a sheet that comes again is.

Nothing is decided here that `plan` would decide otherwise: a listing in doubt is left to the comparison by fields.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.listings.importing.sheet import PropertyList, SheetRows
from app.services.listings.loading import id_list
from app.services.listings.marketing.membership import names_of
from app.services.listings.tables import WITH_BODY
from app.services.listings.text import fold

Matched = Sequence[tuple[int, list[int]]]
"""Pairs of a stored listing's id and the rows that mean it."""

Sku = tuple[Any, ...]
"""Columns of `_SKUS`."""
_CODE, _VALUES, _TEXT = 1, slice(2, 6), 6

_FIXED = ("id", "product_key", "product_id", "category_id", "attributes", "extra")
_SKUS = (
    "SELECT listing_id, code, price_minor, stock, barcode, ships_from, properties FROM sku "
    "WHERE listing_id IN ({}) ORDER BY listing_id, position"
)
_IMAGES = "SELECT listing_id, source FROM image WHERE listing_id IN ({}) ORDER BY listing_id, position"


class QuickLook:
    """Compares raw columns of the database with those of the sheet."""

    def __init__(self, connection: Connection, rows: SheetRows) -> None:
        self._connection, self._rows = connection, rows
        self._same_properties: dict[tuple[str, int], bool] = {}

    def same(self, matched: Matched) -> set[int]:
        """Positions in *matched* of listings in which the rows surely change nothing."""
        ids, groups = [pair[0] for pair in matched], [pair[1] for pair in matched]
        inside = id_list(ids)
        stored = self._stored(ids, inside)
        suspects = self._other_fields(groups, stored)
        suspects |= self._other_images(ids, groups, inside)
        suspects |= self._other_terms(ids, groups)
        suspects |= self._other_skus(ids, groups, inside, stored["category_id"])
        return set(range(len(ids))) - suspects

    def _stored(self, ids: list[int], inside: str) -> dict[str, Sequence[Any]]:
        """Columns of the listings, in the order of *ids*."""
        names = list(dict.fromkeys((*_FIXED, *self._rows.listing)))
        query = f"SELECT {', '.join(names)} FROM {WITH_BODY} WHERE id IN ({inside})"
        by_id = {row[0]: row for row in self._fetched(query)}
        return dict(zip(names, zip(*[by_id[number] for number in ids], strict=True), strict=True))

    # -- fields and pictures -----------------------------------------------------------------------------------

    def _other_fields(self, groups: Sequence[list[int]], stored: dict[str, Sequence[Any]]) -> set[int]:
        rows, suspects = self._rows, set[int]()
        for name, column in rows.listing.items():
            suspects.update(_differing(rows.firsts(column, groups), stored[name]))
        keys = zip(rows.firsts(rows.product_keys, groups), stored["product_key"], stored["product_id"], strict=True)
        suspects.update(number for number, (key, *own) in enumerate(keys) if key and key not in own)
        text = rows.texts.of
        attributes = [rows.merged(rows.attributes, group) for group in groups]
        suspects.update(_differing([text(one) if one else None for one in attributes], stored["attributes"]))
        extras = [rows.extras(group) for group in groups]
        suspects.update(_differing([text(one) if one else None for one in extras], stored["extra"]))
        return suspects

    def _other_images(self, ids: list[int], groups: Sequence[list[int]], inside: str) -> set[int]:
        wanted = self._rows.firsts(self._rows.images, groups)
        if not any(wanted):
            return set()
        stored: dict[int, list[str]] = defaultdict(list)
        for listing_id, source in self._fetched(_IMAGES.format(inside)):
            stored[listing_id].append(source)
        return set(_differing(wanted, [stored.get(number, []) for number in ids]))

    def _other_terms(self, ids: list[int], groups: Sequence[list[int]]) -> set[int]:
        """Listings in another marketing group, and all for which prices by country are given: whether these are the
        same, their codes tell."""
        rows, suspects = self._rows, set[int]()
        if rows.marketing:
            stored = names_of(self._connection, ids)
            suspects.update(_differing(rows.firsts(rows.marketing, groups), [stored.get(one, "") for one in ids]))
        if rows.regional:
            given = rows.firsts(rows.regional, groups)
            suspects.update(number for number, one in enumerate(given) if one is not None)
        return suspects

    # -- variants ----------------------------------------------------------------------------------------------

    def _other_skus(
        self, ids: list[int], groups: Sequence[list[int]], inside: str, stored_categories: Sequence[str]
    ) -> set[int]:
        found = self._fetched(_SKUS.format(inside))
        wanted, properties = self._wanted_skus(ids, groups, stored_categories)
        if found == wanted:  # the sheet's order is mostly the one in which the listings came
            return set()
        stored: dict[int, list[Sku]] = defaultdict(list)
        for sku in found:
            stored[sku[0]].append(sku)
        suspects, start = set(), 0
        for number, (listing_id, group) in enumerate(zip(ids, groups, strict=True)):
            end = start + len(group)
            there, own = stored.get(listing_id, []), wanted[start:end]
            if there != own and not self._are_known(own, properties[start:end], there):
                suspects.add(number)
            start = end
        return suspects

    def _wanted_skus(
        self, ids: list[int], groups: Sequence[list[int]], stored_categories: Sequence[str]
    ) -> tuple[list[Sku], list[PropertyList]]:
        """Each row's variant as the database would have it, and its properties, listing by listing."""
        rows = self._rows
        column = rows.listing.get("category_id")
        own = rows.firsts(column, groups) if column is not None else [None] * len(groups)
        named = [one if one is not None else there for one, there in zip(own, stored_categories, strict=True)]
        indexes = list(chain.from_iterable(groups))
        counts = list(map(len, groups))
        properties = rows.properties.of(indexes, chain.from_iterable(map(repeat, named, counts)))
        skus = zip(
            chain.from_iterable(map(repeat, ids, counts)),
            _texts(_picked(rows.codes, indexes)),
            _picked(rows.prices, indexes),
            _picked(rows.stocks, indexes),
            _texts(_picked(rows.barcodes, indexes)),
            _picked(rows.ships_from, indexes),
            map(rows.texts.of, properties),
            strict=True,
        )
        return list(skus), properties

    def _are_known(self, wanted: list[Sku], properties: list[PropertyList], there: list[Sku]) -> bool:
        """Whether every row is a stored variant of which it says nothing new."""
        by_code = {sku[_CODE]: sku for sku in there}
        for sku, own in zip(wanted, properties, strict=True):
            stored = by_code.get(sku[_CODE])
            if stored is None:
                return False
            for value, old in zip(sku[_VALUES], stored[_VALUES], strict=True):
                if value not in (None, "") and value != old:
                    return False
            if own and sku[_TEXT] != stored[_TEXT] and not self._is_same_properties(stored[_TEXT], own):
                return False
        return True

    def _is_same_properties(self, stored: str, properties: PropertyList) -> bool:
        key = (stored, id(properties))
        known = self._same_properties.get(key)
        if known is None:
            known = self._same_properties[key] = same_properties(properties, orjson.loads(stored))
        return known

    def _fetched(self, sql: str) -> list[Any]:
        """Plain tuples: SQLAlchemy's rows cost as much again."""
        cursor = self._connection.exec_driver_sql(sql).cursor
        return [] if cursor is None else list(cursor.fetchall())


def _picked(column: Sequence[Any], indexes: Sequence[int]) -> Sequence[Any]:
    """The entries of *column* at *indexes*."""
    if indexes == list(range(indexes[0], indexes[0] + len(indexes))):
        return column[indexes[0] : indexes[-1] + 1]
    return [column[index] for index in indexes]


def _texts(column: Sequence[str | None]) -> Sequence[str]:
    return [text or "" for text in column]


def _differing(wanted: Sequence[Any], stored: Sequence[Any]) -> list[int]:
    """Positions at which the sheet says something else; None says nothing."""
    if list(stored) == wanted:
        return []
    pairs = zip(wanted, stored, strict=True)
    return [number for number, (new, old) in enumerate(pairs) if new is not None and new != old]


def same_properties(left: PropertyList, right: PropertyList) -> bool:
    """Whether two lists of properties or attributes mean the same."""
    return len(left) == len(right) and all(map(_same_property, left, right))


def _same_property(left: dict[str, str], right: dict[str, str]) -> bool:
    """By ids where both have them, else by what is written; a picture named on one side only does not count."""
    images = left.get("image", ""), right.get("image", "")
    if all(images) and images[0] != images[1]:
        return False
    if left.get("value_id") and right.get("value_id"):
        return (left.get("name_id"), left["value_id"]) == (right.get("name_id"), right["value_id"])
    return fold(left.get("value", "")) == fold(right.get("value", ""))
