"""Families of goods whose parts combine to products; the data is `families.json`."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("families.json")


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a sale property.

    Attributes:
        name: Chinese, as the sheet has it.
        tail: what it adds to a merchant code, without the hyphen.
        pieces: pieces in the pack where the value is a quantity, else 0.
        share: price and weight against the plainest value.
        colour: red, green and blue of its picture, or None.
    """

    name: str
    tail: str
    pieces: int
    share: float
    colour: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Family:
    """What all products of one kind share. Money in CNY, weight in grams, box in whole centimetres."""

    prefix: str
    name: str
    category: str
    picture: str
    goods: str
    title: str
    slots: tuple[tuple[str, ...], ...]
    keywords: tuple[str, ...]
    first_name: str
    first: tuple[Value, ...]
    second_name: str
    second: tuple[Value, ...]
    material: str
    facts: dict[str, str]
    unit: str
    cost_cny: tuple[float, float]
    weight_g: tuple[int, int]
    box_cm: tuple[int, int, int]

    @property
    def combinations(self) -> int:
        """How many different titles the family has."""
        return math.prod(len(slot) for slot in self.slots)

    def words(self, combination: int) -> list[str]:
        """The parts of the title number *combination*, one of each slot."""
        chosen = []
        for slot in self.slots:
            combination, place = divmod(combination, len(slot))
            chosen.append(slot[place])
        return chosen


@dataclass(frozen=True, slots=True)
class Shop:
    """A store the sheet is meant for: its freight template for each sort of goods, its group for each family prefix."""

    name: str
    templates: dict[str, str]
    groups: dict[str, str]


@cache
def shops() -> dict[str, Shop]:
    """The stores of the practice market by their names; the first is the one to use unless told otherwise."""
    return {name: Shop(name, **entry) for name, entry in catalogue()["shops"].items()}


@cache
def catalogue() -> dict[str, Any]:
    """All of `families.json`; shared, so callers must not change it."""
    data: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return data


@cache
def values() -> dict[str, Value]:
    """Every value of a sale property by its Chinese name."""
    return {
        name: Value(
            name,
            entry.get("tail", ""),
            entry.get("pieces", 0),
            entry.get("share", 1.0),
            tuple(entry["colour"]) if "colour" in entry else None,
        )
        for name, entry in catalogue()["values"].items()
    }


@cache
def families() -> tuple[Family, ...]:
    """All families in the order of the data."""
    return tuple(_family(entry) for entry in catalogue()["families"])


def _family(entry: dict[str, Any]) -> Family:
    second = entry.get("second") or {"name": "", "values": ()}
    return Family(
        prefix=entry["prefix"],
        name=entry["name"],
        category=entry["category"],
        picture=entry["picture"],
        goods=entry["goods"],
        title=entry["title"],
        slots=tuple(tuple(slot) for slot in entry["slots"]),
        keywords=tuple(entry["keywords"]),
        first_name=entry.get("first_name", "颜色"),
        first=tuple(values()[name] for name in entry["first"] or ()),
        second_name=second["name"],
        second=tuple(values()[name] for name in second["values"]),
        material=entry["material"],
        facts=entry.get("facts", {}),
        unit=entry.get("unit", "件"),
        cost_cny=tuple(entry["cost_cny"]),
        weight_g=tuple(entry["weight_g"]),
        box_cm=tuple(entry["box_cm"]),
    )
