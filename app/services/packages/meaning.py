"""What a column of a package says of a listing, and how it is written: the same in both directions.

`value_of` takes the value a column stands for out of a listing; `cell_of` writes it. Whether a cell was touched since
it was read is a comparison of `mark_of` the values, so what nobody changed comes out as it went in.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.services.workbooks.fields import field_book
from app.services.workbooks.grid import Cell
from app.services.workbooks.recognition import RecognisedColumn

Values = Mapping[str, Any]

_TEXTS = {"category": "category_id", "freight_template": "freight_template_id", "group": "group_id"}
_SIDES = {"length": "length_cm", "width": "width_cm", "height": "height_cm"}
_COUNTS = frozenset({"lot_size", "handling_days"})
_DEFAULTS = {"lot_size": 1}
VARIANTS = frozenset({"price_info", "sku_code"})
"""Fields of the columns that all variants of a product share."""


@dataclass(frozen=True, slots=True)
class Product:
    """A listing as packages see it.

    Attributes:
        values: columns of `listing` by name, `images` as a list.
        attributes: name → value.
        extra: columns nobody understood, by header.
    """

    values: Values
    attributes: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


def label(column: RecognisedColumn) -> str:
    """Under which name a column that is not understood is kept: its own, where an other has the same header."""
    return column.name or column.header or column.letter


def value_of(column: RecognisedColumn, product: Product, named: frozenset[str] = frozenset()) -> Any:
    """What *product* has for *column*, None for nothing. *named*: attributes with a column of their own."""
    name = column.field
    if name == "attribute":
        return product.attributes.get(column.name) or None
    if name == "attributes":
        return {key: value for key, value in product.attributes.items() if key not in named} or None
    if name == "package_size":
        sides = [product.values.get(side) for side in _SIDES.values()]
        return sides if all(sides) else None
    if name in ("product_key", "product_id"):
        own = product.values.get(name)
        return own or product.values.get("product_id" if name == "product_key" else "product_key") or None
    if name in field_book().fields and (stored := _stored(name)) in product.values:
        value = product.values[stored] or None
        return None if value == _DEFAULTS.get(name) else value
    kept = product.extra.get(label(column))
    return (kept[0] if isinstance(kept, list) and kept else kept) or None


def _stored(name: str) -> str:
    return _TEXTS.get(name) or field_book().fields[name].stores


def cell_of(column: RecognisedColumn, value: Any) -> Cell:
    """*value* as a cell of *column*: numbers in the column's unit, else with their own."""
    if value is None:
        return ""
    name = column.field
    if name == "weight":
        return _weight(value, column.unit)
    if name in _SIDES:
        return int(value) if column.unit in ("", "cm") else f"{value} cm"
    if name == "package_size":
        return "x".join(map(str, value)) + ("" if column.unit in ("", "cm") else " cm")
    if name in _COUNTS:
        return int(value)
    if name == "attributes":
        return "; ".join(f"{key}: {one}" for key, one in value.items())
    return "\n".join(value) if isinstance(value, list) else str(value)


def _weight(grams: int, unit: str) -> Cell:
    if unit == "g":
        return grams
    return grams / 1000 if unit == "kg" else f"{grams} g"


def mark_of(value: Any) -> str:
    """Eight characters that tell whether a value is still the same."""
    text = json.dumps(value, ensure_ascii=True, default=str, separators=(",", ":"))
    return f"{zlib.crc32(text.encode()):08x}"


def needed(product: Product, columns: Sequence[RecognisedColumn]) -> list[str]:
    """Fields of *product* with a value that no column of *columns* carries."""
    present = {column.field for column in columns}
    if "package_size" in present:
        present |= set(_SIDES)
    if {"product_id", "product_key"} & present:
        present |= {"product_id", "product_key"}
    values = product.values
    return [
        name
        for name, stored in _OWN.items()
        if name not in present and values.get(stored) not in (None, "", [], _DEFAULTS.get(name))
    ]


_OWN = {
    "product_key": "product_key",
    "title": "title",
    "keywords": "keywords",
    **_TEXTS,
    "weight": "weight_g",
    **_SIDES,
    "unit": "unit",
    "lot_size": "lot_size",
    "handling_days": "handling_days",
    "images": "images",
    "detail_html": "detail_html",
}
"""Fields a listing must not lose, and the column of `listing` each stands for."""
