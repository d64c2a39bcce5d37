"""Logistics attributes of goods: battery, liquid … under the words that tables and people use for them.

The words are those of the company's tables; their rules read sheets, which is loaded when a word is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from app.services.freight.errors import BadFreightInput


@cache
def attributes() -> Mapping[str, tuple[str, ...]]:
    """Their keys with the words that company tables call them by, folded (`company_tables.json`)."""
    from app.services.company_tables.rules import table_rules

    found: dict[str, list[str]] = {}
    for word, key in table_rules().attributes.items():
        found.setdefault(key, []).append(word)
    return {key: tuple(words) for key, words in found.items()}


def attribute_of(text: str) -> str:
    """The key of an attribute; one we do not know is its own, folded."""
    spoken = folded(text)
    return next((key for key, words in attributes().items() if spoken in words), spoken)


def known_attribute(text: str) -> str:
    """The same of what a person types. Raises: BadFreightInput (`freight.no_attribute`), where we do not know it."""
    found = attribute_of(text)
    if found not in attributes():
        raise BadFreightInput("freight.no_attribute", value=text.strip(), known=", ".join(attributes()))
    return found


def known_attributes(text: str) -> frozenset[str]:
    """Several, as a person types them with commas between. Raises: as `known_attribute`."""
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return frozenset(known_attribute(part) for part in parts if part.strip())


def folded(text: str) -> str:
    """A word as these are compared."""
    from app.services.workbooks.fields import folded as as_header

    return as_header(text)


@cache
def without_words() -> tuple[str, ...]:
    """Words for goods without an attribute that have the attribute's word in them, such as 不带电."""
    from app.services.company_tables.rules import table_rules

    words = [word for spellings in attributes().values() for word in spellings]
    return tuple(none for none in table_rules().no_attribute if any(word in none for word in words))
