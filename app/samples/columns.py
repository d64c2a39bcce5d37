"""The columns of the invented supplier's sheet: headers are data (`columns.json`), what stands below them is here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

from app.samples.families import Shop, catalogue
from app.samples.products import Product, Sku
from app.samples.xlsx import Cell

DATA = Path(__file__).with_name("columns.json")
BRAND = "无品牌"
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Line:
    """What one row of the sheet is made from; `images`: file names relative to the sheet's folder."""

    shop: Shop
    product: Product
    sku: Sku
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands above it and the function that gives its cells."""

    header: str
    width: float
    of: str
    is_text: bool
    cell: Callable[[Line], Cell]


@cache
def layout() -> dict[str, Any]:
    """All of `columns.json`; shared, so callers must not change it."""
    data: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return data


@cache
def all_columns() -> tuple[Column, ...]:
    """Every column the sheet can have."""
    return tuple(
        Column(entry["header"], entry["width"], entry["of"], entry.get("text", False), _cell_of(entry["of"]))
        for entry in layout()["columns"]
    )


def first_columns(count: int) -> Sequence[Column]:
    """The first *count* columns.

    Raises:
        ValueError: fewer than those a listing needs, or more than there are.
    """
    columns, least = all_columns(), layout()["least"]
    if not least <= count <= len(columns):
        raise ValueError(f"columns: {count} is not within {least} and {len(columns)}")
    return columns[:count]


def _cell_of(of: str) -> Callable[[Line], Cell]:
    kind, _, name = of.partition(":")
    if kind == "property":
        return partial(_property, name)
    if kind == "fact":
        return lambda line: line.product.family.facts.get(name)
    return _CELLS[of]


def _property(name: str, line: Line) -> Cell:
    family, sku = line.product.family, line.sku
    if sku.first and family.first_name == name:
        return sku.first.name
    return sku.second.name if sku.second and family.second_name == name else None


_CELLS: dict[str, Callable[[Line], Cell]] = {
    "key": lambda line: line.product.key,
    "title": lambda line: line.product.title,
    "name": lambda line: line.product.family.name,
    "category": lambda line: line.product.family.category,
    "code": lambda line: line.sku.code,
    "ships_from": lambda line: line.sku.ships_from,
    "price": lambda line: line.sku.price_minor * CENT,
    "stock": lambda line: line.sku.stock,
    "weight": lambda line: line.sku.weight_g,
    "box": lambda line: "{}*{}*{}".format(*line.product.box_cm),
    "images": lambda line: ";".join(line.images),
    "keywords": lambda line: ", ".join(line.product.keywords),
    "detail": lambda line: line.product.detail_html,
    "group": lambda line: line.shop.groups.get(line.product.family.prefix),
    "template": lambda line: line.shop.templates[line.product.family.goods],
    "handling": lambda line: line.product.handling_days,
    "unit": lambda line: line.product.family.unit,
    "material": lambda line: line.product.material,
    "brand": lambda line: BRAND,
    "barcode": lambda line: line.sku.barcode,
    "cost": lambda line: line.sku.cost_minor * CENT,
    "carton": lambda line: catalogue()["cartons"][line.product.family.goods],
    "fba": lambda line: line.product.fba_note,
    "supplier": lambda line: line.product.supplier,
}
