"""The workbook of tariffs, channels and local templates: its four sheets, and how their columns may be called."""

from __future__ import annotations

from functools import cache

from app.messages import Language, Messages

LANGUAGES: tuple[Language, ...] = ("zh", "en")

SHEETS: dict[str, tuple[str, ...]] = {
    "tariffs": (
        "key",
        "name",
        "currency",
        "step_g",
        "divisor",
        "from_side_cm",
        "least_g",
        "countries",
        "excluded",
        "source",
        "as_of",
    ),
    "bands": ("key", "to_g", "base", "above_g", "unit_g", "fee"),
    "zones": (
        "template",
        "service",
        "zone",
        "rule",
        "countries",
        "discount",
        "first_fee",
        "from",
        "to",
        "per",
        "fee_usd",
        "source",
    ),
    "channels": ("ships_from", "country", "attribute", "key"),
}
"""Columns by sheet. A tariff has a row in `tariffs` and one a band in `bands`; rows with the same `to_g` are one range.
A template has a row a band in `zones`; rows of the same service and zone number are one zone."""

NEEDED: dict[str, frozenset[str]] = {
    "tariffs": frozenset({"key", "currency"}),
    "bands": frozenset({"key", "base"}),
    "zones": frozenset({"template", "rule"}),
    "channels": frozenset({"ships_from", "key"}),
}
"""The columns a sheet is known by."""

ALL = "*"
"""Every country."""


def head(name: str, texts: Messages) -> str:
    """What stands above a column."""
    return texts.text(f"freight.sheet.{name}")


@cache
def heads() -> dict[str, str]:
    """Folded head of a column, in any language → the column."""
    found = {}
    for language in LANGUAGES:
        texts = Messages(language)
        for name in {name for columns in SHEETS.values() for name in columns}:
            found[folded(head(name, texts))] = name
            found[folded(name)] = name
    return found


@cache
def words(prefix: str, names: tuple[str, ...]) -> dict[str, str]:
    """Folded word of each of *names*, in any language → the name; `<prefix>.<name>` is its message."""
    found = {name: name for name in names}
    for language in LANGUAGES:
        found |= {folded(Messages(language).text(f"{prefix}.{name}")): name for name in names}
    return found


def folded(text: str) -> str:
    """A head or word as it is compared."""
    return "".join(text.casefold().replace("（", "(").replace("）", ")").split())
