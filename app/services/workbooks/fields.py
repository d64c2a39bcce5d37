"""What columns can mean: the rules of `resources/rules/sheet_fields.json`, compiled for looking up."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from app.paths import resources

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
_NOT_WORD = re.compile(r"[\W_]+")


class FieldType(StrEnum):
    """How the cells of a field are read."""

    CODE = "code"
    CODE_TEXT = "code_text"
    TEXT = "text"
    LIST = "list"
    PRICE = "price"
    COUNT = "count"
    WEIGHT = "weight"
    LENGTH = "length"
    SIZE = "size"
    IMAGES = "images"
    IMAGE = "image"
    HTML = "html"
    REGIONAL = "regional"
    IGNORED = "ignored"


class SheetKind(StrEnum):
    """What a sheet is for, judged by its columns."""

    LISTINGS = "listings"
    PACKAGE = "package"
    OVERSEAS = "overseas"
    PRODUCT_TABLE = "product_table"
    CODES = "codes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A field: its type, the name its values are stored under (with the unit), whether several columns may carry it."""

    name: str
    type: FieldType
    stores: str
    is_many: bool
    is_core: bool


@dataclass(frozen=True, slots=True)
class FieldBook:
    """All rules.

    Attributes:
        fields: by name.
        words: folded header → field and rank of the word (0 is the best).
        properties: folded header → canonical name of a sale property and rank.
        property_words: canonical name → the words for it, as the rules spell them.
        ambiguous: folded headers that are a clothing size or a package size; the cells decide.
        property_prefixes, attribute_prefixes: folded words before a colon.
        marks: folded words such as "required" that say nothing about the meaning.
        units: field type → folded word → unit.
        symbols: currency sign → currency.
        grams, centimetres: how much a unit is, exactly.
        kg_certain_below, kg_below, g_certain_from: what a weight without a unit can be, see `measures.WeightColumn`.
        default_length_unit: of sizes without a unit.
        max_code_chars, max_price_minor, max_count: beyond these a cell holds something else.
        kinds: kind and the fields it needs, in order of judging.
    """

    fields: dict[str, FieldRule]
    words: dict[str, tuple[str, int]]
    properties: dict[str, tuple[str, int]]
    property_words: dict[str, tuple[str, ...]]
    ambiguous: frozenset[str]
    property_prefixes: tuple[str, ...]
    attribute_prefixes: tuple[str, ...]
    marks: frozenset[str]
    units: dict[str, dict[str, str]]
    symbols: dict[str, str]
    grams: dict[str, Decimal]
    centimetres: dict[str, Decimal]
    kinds: tuple[tuple[SheetKind, frozenset[str]], ...]
    kg_certain_below: int
    kg_below: int
    g_certain_from: int
    default_length_unit: str
    max_code_chars: int
    max_price_minor: int
    max_count: int


def folded(text: str) -> str:
    """A header as it is compared: width and case folded, nothing left but letters and digits."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).translate(_ZERO_WIDTH).casefold())


@cache
def field_book() -> FieldBook:
    """The rules in force.

    Raises:
        ValueError: two fields claim the same header.
    """
    data = json.loads((resources() / "rules" / "sheet_fields.json").read_text("utf-8"))
    fields = {name: _rule(name, entry) for name, entry in data["fields"].items()}
    weight = data["weight_without_unit"]
    return FieldBook(
        fields=fields,
        words=_ranked({name: entry["headers"] for name, entry in data["fields"].items()}),
        properties=_ranked(data["properties"]),
        property_words={name: tuple(words) for name, words in data["properties"].items()},
        ambiguous=frozenset(map(folded, data["size_or_package_size"])),
        property_prefixes=tuple(map(folded, data["property_prefixes"])),
        attribute_prefixes=tuple(map(folded, data["attribute_prefixes"])),
        marks=frozenset(map(folded, data["marks"])),
        units={
            kind: {folded(word): unit for unit, words in units.items() for word in words}
            for kind, units in data["units"].items()
        },
        symbols=dict(data["symbols"]),
        grams={unit: Decimal(amount) for unit, amount in data["grams"].items()},
        centimetres={unit: Decimal(amount) for unit, amount in data["centimetres"].items()},
        kinds=tuple((SheetKind(rule["kind"]), frozenset(rule["all"])) for rule in data["kinds"]),
        kg_certain_below=weight["kg_certain_below"],
        kg_below=weight["kg_below"],
        g_certain_from=weight["g_certain_from"],
        default_length_unit=data["default_length_unit"],
        max_code_chars=data["max_code_chars"],
        max_price_minor=data["max_price_minor"],
        max_count=data["max_count"],
    )


def _rule(name: str, entry: dict[str, Any]) -> FieldRule:
    return FieldRule(
        name, FieldType(entry["type"]), entry.get("stores", name), entry.get("many", False), entry.get("core", False)
    )


def _ranked(words: dict[str, list[str]]) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for name, headers in words.items():
        for rank, header in enumerate(headers):
            key = folded(header)
            if found.setdefault(key, (name, rank))[0] != name:
                raise ValueError(f"the header {header} stands for {found[key][0]} and {name}")
    return found
