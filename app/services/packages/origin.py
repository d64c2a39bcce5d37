"""What a listing keeps of the package it came from: its columns in their order, and the cells we would write otherwise.

Kept as one JSON text among the listing's unknown columns (`PackageRules.kept_header`), because it has to go wherever
they go: undo, covering, export. Cells that we would write the same are not kept, so that texts are not stored twice.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from app.services.compliance import CheckContext
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.packages.meaning import Product, cell_of, label, mark_of, value_of
from app.services.packages.price_info import PriceInfo, PriceInfoError, Variant, read_price_info
from app.services.packages.properties import country_of, packed_parts, part_of
from app.services.packages.rules import package_rules
from app.services.workbooks.grid import Cell, column_letter
from app.services.workbooks.numbers import PriceReader, count_reader
from app.services.workbooks.recognition import RecognisedColumn, Recognition, spelled

_DATE = "date"
_NAMING = ("name_id", "value_id", "name", "value")
"""What of a property decides how it is written."""
_MOST_KNOWN = 20_000


@dataclass(frozen=True, eq=False)
class Frame:
    """The columns of a package: header cells as they are written, and what they mean. Equal ones are one object."""

    header: tuple[str, ...]
    columns: tuple[RecognisedColumn, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """The package row of a listing.

    Attributes:
        frame: its columns.
        cells: position → (the cell, mark of the value it stood for).
    """

    frame: Frame
    cells: Mapping[int, tuple[Cell, str]]

    def kept(self, place: int, value: Any) -> Cell | None:
        """The cell as it came, None where it was not kept or its value is another one by now."""
        cell, mark = self.cells.get(place, (None, ""))
        return cell if cell is not None and mark == mark_of(value) else None

    def raw(self, field: str) -> str:
        """The text that stood in the column of *field*, whatever became of it; "" where it was not kept."""
        for place, column in enumerate(self.frame.columns):
            if column.field == field and place in self.cells:
                return str(self.cells[place][0])
        return ""


def frame_of(recognition: Recognition, header: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """Header cell and meaning of every column from A on."""
    by_index = {column.index: column for column in recognition.columns}
    width = max(len(header), max(by_index, default=-1) + 1)
    found = []
    for index in range(width):
        column = by_index.get(index)
        text = header[index] if index < len(header) else ""
        found.append((text or (column.header if column else ""), spelled(column) if column else None))
    while found and found[-1] == ("", None):
        found.pop()
    return tuple(found)


def columns_of(frame: Sequence[Sequence[Any]]) -> tuple[RecognisedColumn, ...]:
    """The columns a frame describes; of several that nobody understands and one header, each under a name of its own,
    as they are read."""
    found: dict[str, RecognisedColumn] = {}
    for index, (text, meaning) in enumerate(frame):
        column = _column(index, text, meaning)
        if column.field is None and label(column) in found:
            column = replace(column, name=f"{label(column)} ({column.letter})")
        found[label(column) if column.field is None else f"\x00{index}"] = column
    return tuple(found.values())


def _column(index: int, header: str, meaning: str | None) -> RecognisedColumn:
    title, letter = " ".join(header.split()), column_letter(index)
    if meaning is None:
        return RecognisedColumn(index, letter, title)
    rest, _, unit = meaning.partition("[")
    rest, _, number = rest.partition("#") if ":" not in rest else (rest, "", "")
    field, _, name = rest.partition(":")
    return RecognisedColumn(index, letter, title, field, name, unit.rstrip("]"), int(number or 0))


def origin_text(
    frame: Sequence[tuple[str, str | None]],
    columns: Sequence[RecognisedColumn],
    cells: Sequence[Cell],
    product: Product,
    texts: Mapping[str, tuple[str, Any]],
) -> str:
    """What is kept of one row.

    Args:
        frame, columns: see `frame_of`, `columns_of`.
        cells: the row.
        product: what was read of it.
        texts: for price_info and sku_code, what we would write, and the value that stands for.
    """
    named = named_attributes(columns)
    kept: list[list[Any]] = []
    seen: set[str] = set()
    for place, column in enumerate(columns):
        raw = cells[place] if place < len(cells) else ""
        if column.field is not None and column.field in texts:
            ours, value = texts[column.field]
            standard: Cell = ours
        else:
            value = value_of(column, product, named)
            standard = "" if column.field in seen else cell_of(column, value)
        if column.field is not None and column.field != "attribute":
            seen.add(column.field)
        if raw != standard or isinstance(raw, str) != isinstance(standard, str) or isinstance(raw, bool):
            kept.append([place, _stored(raw), mark_of(value)])
    return json.dumps({"columns": frame, "cells": kept}, ensure_ascii=False, separators=(",", ":"))


def named_attributes(columns: Sequence[RecognisedColumn]) -> frozenset[str]:
    """Attributes with a column of their own."""
    return frozenset(column.name for column in columns if column.field == "attribute")


def origin_of(record: ListingRecord) -> Origin | None:
    """The package row a listing came from; None for one that came otherwise, or whose note was damaged."""
    text: Any = record.extra.get(package_rules().kept_header)
    if not isinstance(text, str):
        return None
    try:
        data = json.loads(text)
        pairs = [(str(header), None if meaning is None else str(meaning)) for header, meaning in data["columns"]]
        cells = {int(place): (_loaded(cell), str(mark)) for place, cell, mark in data["cells"]}
        return Origin(_frame(tuple(pairs)), cells)
    except (ValueError, KeyError, TypeError):
        return None


@lru_cache(maxsize=256)
def _frame(pairs: tuple[tuple[str, str | None], ...]) -> Frame:
    return Frame(tuple(header for header, _ in pairs), columns_of(pairs))


def _stored(cell: Cell) -> Any:
    if isinstance(cell, str | bool | int | float):
        return cell
    if isinstance(cell, datetime.timedelta):
        return {_DATE: ["span", cell.total_seconds()]}
    return {_DATE: [type(cell).__name__, cell.isoformat()]}


def _loaded(cell: Any) -> Cell:
    if not isinstance(cell, dict):
        found: Cell = cell
        return found
    kind, text = cell[_DATE]
    if kind == "span":
        return datetime.timedelta(seconds=text)
    if kind == "datetime":
        return datetime.datetime.fromisoformat(text)
    return datetime.date.fromisoformat(text) if kind == "date" else datetime.time.fromisoformat(text)


# -- variants ----------------------------------------------------------------------------------------------------


def variants_value(skus: Sequence[SkuRecord]) -> list[Any]:
    """What tells whether the variants are still the same."""
    return [
        [
            sku.code,
            sku.price_minor,
            sku.stock,
            sku.barcode,
            sku.ships_from,
            [[part.get("name_id"), part.get("value_id") or part.get("value")] for part in sku.properties],
            [part["image"] for part in sku.properties if part.get("image")],
        ]
        for sku in skus
    ]


class VariantWriter:
    """Writes the variants of listings of one store.

    Attributes:
        names: name in the package of a picture.
    """

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self.names: Mapping[str, str] = {}
        self._price, self._count = PriceReader(""), count_reader()
        self._packed: dict[tuple[str, ...], tuple[dict[str, str], str]] = {}

    def text(
        self, skus: Sequence[SkuRecord], category_id: str, old: str = "", extra: Mapping[str, Any] | None = None
    ) -> str:
        """价格信息 of these variants: what *old* says of them stays, where it has such ones.

        `extra`: unknown columns; those with one text a variant go into the variants.
        """
        info = _readable(old)
        left = info.variants if info is not None else []
        lists = {key: value for key, value in (extra or {}).items() if isinstance(value, list)}
        variants = []
        for place, sku in enumerate(skus):
            found = next((one for one in left if one.code == sku.code), None)
            if found is not None:
                left = [one for one in left if one.data is not found.data]
            variant = self._written(sku, category_id, found)
            if found is None:
                variant.data.update({key: one[place] for key, one in lists.items() if place < len(one) and one[place]})
            variants.append(variant)
        if info is None:
            return PriceInfo.of(variants).text()
        info.variants = variants
        return info.text()

    def _written(self, sku: SkuRecord, category_id: str, old: Variant | None) -> Variant:
        packed, named = self._packed_of(sku, category_id)
        variant = Variant() if old is None else old.copy()
        if sku.price_minor is not None and (old is None or self._price(old.price) != sku.price_minor):
            variant.price = f"{sku.price_minor // 100}.{sku.price_minor % 100:02d}"
        if old is None or self._read(old.properties, category_id) != self._read(packed, category_id):
            variant.properties = packed
        if sku.stock is not None and (old is None or self._count(old.stock) != sku.stock):
            variant.stock = str(sku.stock)
        if old is None or old.code != sku.code:
            variant.code = sku.code
        image = next((part["image"] for part in sku.properties if part.get("image")), "")
        country = sku.ships_from if named != sku.ships_from else ""
        for name, value in (
            ("barcode", sku.barcode),
            ("image", self.names.get(image, image)),
            ("ships_from", country),
        ):
            if value and variant.text(name) != value:
                variant.put(name, value)
        return variant

    def _packed_of(self, sku: SkuRecord, category_id: str) -> tuple[dict[str, str], str]:
        """A variant's properties as a package writes them, and the dispatch country among them. Variants of all
        listings repeat them."""
        signs = [part.get(name) or "" for part in sku.properties for name in _NAMING]
        key = (category_id, *signs)
        if (known := self._packed.get(key)) is None:
            packed = packed_parts(self._context, category_id, sku.properties)
            known = packed, country_of(self._context, packed)
            if len(self._packed) < _MOST_KNOWN:
                self._packed[key] = known
        return known

    def _read(self, packed: Mapping[str, str], category_id: str) -> list[dict[str, str]]:
        return [part_of(self._context, category_id, key, text) for key, text in packed.items()]


def _readable(text: str) -> PriceInfo | None:
    try:
        return read_price_info(text) if text else None
    except PriceInfoError:
        return None
