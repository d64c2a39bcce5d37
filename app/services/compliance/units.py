"""Units of sale: the platform's ids and what sheets call them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app.services.compliance.findings import Label
from app.services.compliance.names import NameIndex
from app.services.compliance.rule_data import rule_file


@cache
def units() -> Mapping[str, Label]:
    """Id → name of every unit the platform knows, piece first."""
    return MappingProxyType({unit["id"]: Label(zh=unit["zh"], en=unit["en"]) for unit in rule_file("units")["units"]})


@cache
def _names() -> NameIndex:
    return NameIndex(
        (name, unit["id"])
        for unit in rule_file("units")["units"]
        for name in (unit["id"], unit["en"], *unit["zh"].split("/"), *unit["also"])
    )


def resolve_unit(text: str) -> str | None:
    """The unit id that *text* means: an id or a name such as `pcs`, `件/个`, `Piece (件)`."""
    return _names().find(text)
