"""Logistics attributes of goods: battery, liquid … under the words that tables and people use for them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from app.services.company_tables.rules import table_rules
from app.services.workbooks.fields import folded


@cache
def attributes() -> Mapping[str, tuple[str, ...]]:
    """Their keys with the words that company tables call them by, folded (`company_tables.json`)."""
    found: dict[str, list[str]] = {}
    for word, key in table_rules().attributes.items():
        found.setdefault(key, []).append(word)
    return {key: tuple(words) for key, words in found.items()}


def attribute_of(text: str) -> str:
    """The key of an attribute; one we do not know is its own, in small letters."""
    spoken = folded(text)
    return table_rules().attributes.get(spoken, spoken)


@cache
def without_words() -> tuple[str, ...]:
    """Words for goods without an attribute that have the attribute's word in them, such as 不带电."""
    words = [word for spellings in attributes().values() for word in spellings]
    return tuple(none for none in table_rules().no_attribute if any(word in none for word in words))
