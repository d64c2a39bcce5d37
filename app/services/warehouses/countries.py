"""Countries: names, dispatch value ids and code marks, out of `resources/rules/countries.json` (domain.md 7.1, 8.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.paths import resources


@dataclass(frozen=True, slots=True)
class DispatchCountry:
    """A country variants may be sent from: `value_ids` of the sale property Ships From, the usual one first, and
    the `mark` its codes carry, "" for the home country."""

    code: str
    value_ids: tuple[str, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class TemplateSeed:
    """A ready-made warehouse template: `countries` are pairs of country and stock (None: unknown)."""

    key: str
    name: Mapping[str, str]
    note: Mapping[str, str]
    is_virtual: bool
    handling_days: int | None
    countries: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Countries:
    """The whole file. `names`: code → language → name; `aliases`: other codes in use → ours (GB is UK)."""

    property_id: str
    home: str
    dispatch: Mapping[str, DispatchCountry]
    by_value_id: Mapping[str, str]
    names: Mapping[str, Mapping[str, str]]
    aliases: Mapping[str, str]
    stock: int
    home_stock: int
    handling_days: int
    templates: tuple[TemplateSeed, ...]

    def code(self, text: str) -> str:
        """The country code as we write it: capitals, aliases resolved."""
        upper = text.strip().upper()
        return self.aliases.get(upper, upper)

    def name(self, code: str, language: str) -> str:
        """The country's name; an unknown code is its own name."""
        entry = self.names.get(self.code(code))
        return entry["zh" if language == "zh" else "en"] if entry else code


@cache
def countries() -> Countries:
    """The rule file, read once."""
    raw: dict[str, Any] = json.loads((resources() / "rules" / "countries.json").read_text("utf-8"))
    dispatch = {
        entry["code"]: DispatchCountry(entry["code"], tuple(entry["value_ids"]), entry["mark"])
        for entry in raw["dispatch"]
    }
    return Countries(
        property_id=raw["ships_from_property_id"],
        home=raw["home"],
        dispatch=dispatch,
        by_value_id={value_id: country.code for country in dispatch.values() for value_id in country.value_ids},
        names=raw["names"],
        aliases=raw["aliases"],
        stock=raw["defaults"]["stock"],
        home_stock=raw["defaults"]["home_stock"],
        handling_days=raw["defaults"]["handling_days"],
        templates=tuple(_seed(entry) for entry in raw["templates"]),
    )


def _seed(entry: dict[str, Any]) -> TemplateSeed:
    return TemplateSeed(
        key=entry["key"],
        name=entry["name"],
        note=entry["note"],
        is_virtual=entry["is_virtual"],
        handling_days=entry["handling_days"],
        countries=tuple((country["country"], country["stock"]) for country in entry["countries"]),
    )
