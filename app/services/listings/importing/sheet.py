"""A typed sheet as the import compares it: columns by what they belong to, values in the database's terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.services.listings.records import SkuRecord

LISTING_COLUMNS = (
    "title",
    "keywords",
    "category_id",
    "freight_template_id",
    "group_id",
    "unit",
    "lot_size",
    "handling_days",
    "weight_g",
    "length_cm",
    "width_cm",
    "height_cm",
    "detail_html",
)
"""Columns of the sheet that describe the listing, whatever row of it they stand in."""

PropertyList = list[dict[str, str]]


@dataclass(slots=True)
class SheetRows:
    """Columns of equal length, one entry a row of the sheet; a column that the sheet does not have is absent.

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
    properties: Callable[[int, str], PropertyList]
    ships_from: Sequence[str]
    images: Sequence[list[str] | None]
    attributes: Sequence[PropertyList]
    extra: dict[str, Sequence[str | None]] = field(default_factory=dict)
    _groups: list[list[int]] | None = field(default=None, repr=False)
    _refused_by_key: dict[Any, list[int]] | None = field(default=None, repr=False)

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

    def sku(self, index: int, category_id: str) -> SkuRecord:
        """The variant of one row, its properties named as the category names them."""
        return SkuRecord(
            None,
            self.codes[index] or "",
            self.prices[index],
            self.stocks[index],
            self.properties(index, category_id),
            self.barcodes[index] or "",
            self.ships_from[index],
        )

    def extras(self, rows: Sequence[int]) -> dict[str, Any]:
        """Unknown columns of a listing: one text where its rows agree, else a list with one text a row."""
        kept: dict[str, Any] = {}
        for header, column in self.extra.items():
            values = [column[index] for index in rows]
            if any(values):
                kept[header] = (
                    values[0] if values.count(values[0]) == len(values) else [value or "" for value in values]
                )
        return kept

    def merged(self, column: Sequence[PropertyList], rows: Sequence[int]) -> PropertyList:
        """The attributes of a listing: those of its first row that has any."""
        for index in rows:
            if column[index]:
                return column[index]
        return []


def resolved(values: Sequence[str | None], resolve: Callable[[str], str | None]) -> list[str | None]:
    """Names turned into ids, each distinct name looked up once; a name nothing matches stays as it is written."""
    found: dict[str, str] = {}
    result: list[str | None] = []
    for value in values:
        if value is None:
            result.append(None)
            continue
        known = found.get(value)
        if known is None:
            known = found[value] = resolve(value) or value
        result.append(known)
    return result
