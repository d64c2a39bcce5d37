"""What a filter over listings may name: the fields of `resources/rules/filter_fields.json`, compiled for looking up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.paths import resources

_NAMED = ("=", "!=", "contains", "lacks", "in", "not in", "missing", "present")
_ORDERED = ("=", "!=", "<", "<=", ">", ">=", "in", "not in", "missing", "present")
OPERATORS: dict[str, tuple[str, ...]] = {
    "number": _ORDERED,
    "date": _ORDERED,
    "text": _NAMED,
    "choice": _NAMED,
    "flag": ("=", "!="),
    "item": ("=", "!=", "in", "not in"),
    "words": ("contains", "lacks"),
}
"""What can be asked of each kind of field."""


@dataclass(frozen=True, slots=True)
class KnownField:
    """A field: its name for the table, its kind, and other ways to write it."""

    name: str
    kind: str
    aliases: tuple[str, ...]

    def spelling(self, language: str) -> str:
        """Its name where the language is *language*."""
        chinese = (alias for alias in self.aliases if not alias.isascii())
        return next(chinese, self.name) if language == "zh" else self.name


@cache
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = json.loads((resources() / "rules" / "filter_fields.json").read_text("utf-8"))
    return rules


@cache
def known_fields() -> dict[str, KnownField]:
    """All fields by their own name."""
    return {name: KnownField(name, one["kind"], tuple(one["names"])) for name, one in _rules()["fields"].items()}


@cache
def spellings() -> dict[str, str]:
    """Every way to write a field, folded, to its name."""
    fields = known_fields().values()
    written = {alias.casefold(): field.name for field in fields for alias in field.aliases}
    return written | {field.name: field.name for field in fields}
