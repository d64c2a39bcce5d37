"""The market's category tree and what each leaf allows; invented, but in the shapes of the real one.

Colour (14), size (5), brand (2) and Ships From (200007763) carry the real ids (domain.md 8.2), the rest is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from app.practice_market.catalogue import load, rules

SHIPS_FROM = 200007763
CHINA_VALUES = (201336100, 201441035)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute or sale property as one category has it.

    Attributes:
        attribute_id: the platform's id.
        en, zh: names.
        is_required: whether a product must carry it.
        is_sku: True for a sale property; `spec` is its place among them, from 1.
        show_type, input_type, style, units: how an editor shows it (aliexpress-open-platform.md 5.12).
        allows_name, allows_picture: whether a SKU may rename or picture the value.
        values: value id to English and Chinese name; empty for free text.
    """

    attribute_id: int
    en: str
    zh: str
    is_required: bool
    is_sku: bool
    spec: int
    show_type: str
    input_type: str
    style: str
    units: tuple[str, ...]
    allows_name: bool
    allows_picture: bool
    values: dict[int, tuple[str, str]]

    def value_named(self, name: str) -> int | None:
        """The value whose English name is *name*, any case."""
        folded = name.strip().casefold()
        return next((key for key, names in self.values.items() if names[0].casefold() == folded), None)


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the tree; only a leaf accepts products and has attributes."""

    category_id: int
    parent_id: int
    level: int
    en: str
    zh: str
    is_leaf: bool
    needs_permission: bool
    attributes: tuple[Attribute, ...]

    def attribute(self, attribute_id: int) -> Attribute | None:
        """The attribute with that id, if the category has it."""
        return next((item for item in self.attributes if item.attribute_id == attribute_id), None)

    def attribute_named(self, name: str, *, is_sku: bool) -> Attribute | None:
        """The attribute or sale property with that English name, any case."""
        folded = name.strip().casefold()
        return next((a for a in self.attributes if a.is_sku == is_sku and a.en.casefold() == folded), None)


@cache
def tree() -> dict[int, Category]:
    """All categories by id, parents before children."""
    found: dict[int, Category] = {}
    for root in load("categories"):
        _grow(found, root, parent_id=0, level=1)
    return found


def find(category_id: int) -> Category | None:
    """The category with that id."""
    return tree().get(category_id)


def children(parent_id: int) -> list[Category]:
    """Categories directly below *parent_id*; 0 is above the roots."""
    return [item for item in tree().values() if item.parent_id == parent_id]


def leaves() -> list[Category]:
    """All categories that accept products."""
    return [item for item in tree().values() if item.is_leaf]


def _grow(found: dict[int, Category], node: dict[str, Any], parent_id: int, level: int) -> None:
    below = node.get("children", [])
    found[node["id"]] = Category(
        category_id=node["id"],
        parent_id=parent_id,
        level=level,
        en=node["en"],
        zh=node["zh"],
        is_leaf=not below,
        needs_permission=node.get("needs_permission", False),
        attributes=() if below else tuple(_attributes(node)),
    )
    for child in below:
        _grow(found, child, node["id"], level + 1)


def _attributes(leaf: dict[str, Any]) -> list[Attribute]:
    required = leaf.get("required", ())
    return [_attribute(name, is_required=name in required) for name in (*leaf["facts"], *leaf["sku"])]


@cache
def _attribute(name: str, *, is_required: bool) -> Attribute:
    entry = load("attributes")[name]
    return Attribute(
        attribute_id=entry["id"],
        en=entry["en"],
        zh=entry["zh"],
        is_required=is_required,
        is_sku=entry.get("sku", False),
        spec=entry.get("spec", 0),
        show_type=entry["show"],
        input_type=entry["input"],
        style=entry.get("style", "NORMAL"),
        units=tuple(entry.get("units", ())),
        allows_name=entry.get("custom_name", False),
        allows_picture=entry.get("custom_picture", False),
        values={value_id: (en, zh) for value_id, en, zh in entry["values"]},
    )


def other_value_id() -> int:
    """The value that means "Other" and wants a text (5.2, way 3)."""
    return int(rules()["attributes"]["other_value_id"])
