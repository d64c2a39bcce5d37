"""A typed sheet as the import compares it: columns by what they belong to, values in the database's terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, Protocol

from app.services.listings.importing.texts import SharedTexts
from app.services.listings.records import PLAIN_FIELDS, SkuRecord

LISTING_COLUMNS = tuple(name for name in PLAIN_FIELDS if name != "currency")
"""Columns of the sheet that describe the listing, whatever row of it they stand in."""

PropertyList = list[dict[str, str]]


class Properties(Protocol):
    """Sale properties of the sheet's rows."""

    def of(self, rows: Iterable[int], categories: Iterable[str]) -> list[PropertyList]:
        """The properties of *rows*, each named as its category names them; equal ones may be one list."""


@dataclass(slots=True)
class SheetRows:
    """Columns of equal length, one entry a row of the sheet; a column that the sheet does not have is absent.

    Values of different rows may be one object, so that nobody may change them.

    Attributes:
        row_numbers: Excel's numbers.
        group_keys: equal for rows of one listing; "" for a refused row that belongs to none.
        refused: indexes of rows with a refused cell.
        listing: `LISTING_COLUMNS` the sheet has; None = the cell says nothing.
        codes, prices, stocks, barcodes: the variant; None = unknown.
        product_keys: the sheet's own key of the product.
        properties: sale properties of a row in its listing's category.
        ships_from: dispatch country of each row, "" = none named.
        images: pictures of each row, already resolved to paths or addresses.
        attributes: category attributes of each row.
        extra: columns nobody understood, by their header.
        regional: prices by country of each row as `read_regional` gives them, None where it says nothing; empty
            without the column. Which codes a price of all variants is of, only the listing tells.
        marketing: the marketing group of each row, likewise.
        texts: JSON texts of properties, attributes and extra columns, made once for equal ones.
    """

    row_numbers: Sequence[int]
    group_keys: Sequence[Any]
    refused: set[int]
    listing: dict[str, Sequence[Any]]
    codes: Sequence[str | None]
    prices: Sequence[int | None]
    stocks: Sequence[int | None]
    barcodes: Sequence[str | None]
    product_keys: Sequence[str | None]
    properties: Properties
    ships_from: Sequence[str]
    images: Sequence[list[str] | None]
    attributes: Sequence[PropertyList]
    extra: dict[str, Sequence[str | None]] = field(default_factory=dict)
    regional: Sequence[dict[str, Any] | None] = ()
    marketing: Sequence[str | None] = ()
    texts: SharedTexts = field(default_factory=SharedTexts, repr=False)
    _groups: list[list[int]] | None = field(default=None, repr=False)
    _refused_by_key: dict[Any, list[int]] | None = field(default=None, repr=False)
    _extras: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict, repr=False)

    def groups(self) -> list[list[int]]:
        """Indexes of the rows of each listing, refused rows left out; in the order of the sheet."""
        if self._groups is None:
            self._groups = self._grouped()
        return self._groups

    def refused_of(self, group: Sequence[int]) -> list[int]:
        """Excel's numbers of the refused rows that belong to the listing of *group*."""
        if self._refused_by_key is None:
            self._refused_by_key = {}
            for index in sorted(self.refused):
                self._refused_by_key.setdefault(self.group_keys[index], []).append(self.row_numbers[index])
        return self._refused_by_key.get(self.group_keys[group[0]], [])

    def _grouped(self) -> list[list[int]]:
        groups: dict[Any, list[int]] = {}
        refused = self.refused
        for index, key in enumerate(self.group_keys):
            if not key:
                continue
            members = groups.get(key)
            if members is None:
                members = groups[key] = []
            if index not in refused:
                members.append(index)
        return list(groups.values())

    def first(self, column: Sequence[Any], rows: Sequence[int]) -> Any:
        """The first value a column has in *rows*; None where it says nothing."""
        for index in rows:
            value = column[index]
            if value is not None:
                return value
        return None

    def firsts(self, column: Sequence[Any], groups: Sequence[list[int]], default: Any = None) -> list[Any]:
        """`first` for many groups, *default* where a column says nothing."""
        found = [column[group[0]] for group in groups]
        if None in found:
            for number, value in enumerate(found):
                if value is None:
                    value = self.first(column, groups[number])
                    found[number] = default if value is None else value
        return found

    def of_listing(self, column: Sequence[Any], rows: Sequence[int]) -> Any:
        """`first` of a column that the sheet may not have."""
        return self.first(column, rows) if column else None

    def skus(self, rows: Sequence[int], categories: Iterable[str]) -> list[SkuRecord]:
        """The variants of *rows*, their properties named as the category of each names them."""
        codes, prices, stocks, barcodes, places = (
            self.codes,
            self.prices,
            self.stocks,
            self.barcodes,
            self.ships_from,
        )
        return list(
            map(
                SkuRecord,
                repeat(None),
                [codes[index] or "" for index in rows],
                [prices[index] for index in rows],
                [stocks[index] for index in rows],
                self.properties.of(rows, categories),
                [barcodes[index] or "" for index in rows],
                [places[index] for index in rows],
            )
        )

    def sku(self, index: int, category_id: str) -> SkuRecord:
        """The variant of one row, its properties named as the category names them."""
        return self.skus([index], [category_id])[0]

    def extras(self, rows: Sequence[int]) -> dict[str, Any]:
        """Unknown columns of a listing: one text where its rows agree, else a list with one text a row."""
        if not self.extra:
            return {}
        place = together(rows)
        if place is not None:
            key = tuple([tuple(column[place]) for column in self.extra.values()])
        else:
            key = tuple([tuple([column[index] for index in rows]) for column in self.extra.values()])
        kept = self._extras.get(key)
        if kept is None:
            kept = self._extras[key] = _extras_of(zip(self.extra, key, strict=True))
        return kept

    def merged(self, column: Sequence[PropertyList], rows: Sequence[int]) -> PropertyList:
        """The attributes of a listing: those of its first row that has any."""
        for index in rows:
            if column[index]:
                return column[index]
        return []


def together(rows: Sequence[int]) -> slice | None:
    """Where *rows*, which ascend, stand behind one another, as those of a listing mostly do; None where they do not."""
    first, last = rows[0], rows[-1]
    return slice(first, last + 1) if last - first == len(rows) - 1 else None


def _extras_of(columns: Iterable[tuple[str, tuple[str | None, ...]]]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for header, values in columns:
        if any(values):
            is_one = values.count(values[0]) == len(values)
            kept[header] = values[0] if is_one else [value or "" for value in values]
    return kept


def resolved(values: Sequence[str | None], resolve: Callable[[str], str | None]) -> list[str | None]:
    """Names turned into ids, each distinct name looked up once; a name nothing matches stays as it is written."""
    found: dict[str | None, str | None] = {None: None}
    for value in set(values):
        if value is not None:
            found[value] = resolve(value) or value
    return [found[value] for value in values]
