"""Logistics attributes of goods: battery, liquid … under the words that tables and people use for them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from app.services.freight.starting_tariffs import rule_file


@cache
def attributes() -> Mapping[str, tuple[str, ...]]:
    """Their keys with the words they go by, folded (`carrier_tariffs.json`)."""
    return {key: tuple(word.casefold() for word in words) for key, words in rule_file()["attributes"].items()}


def attribute_of(text: str) -> str:
    """The key of an attribute; one we do not know is its own, in small letters."""
    folded = text.strip().casefold()
    return next((key for key, words in attributes().items() if folded == key or folded in words), folded)
