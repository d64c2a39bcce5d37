"""Colour words of sale properties against the colours of a picture (`resources/rules/colours.json`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from app.services.compliance.rule_data import rule_file

_LATIN = re.compile(r"[a-z]+").findall
_ANYTHING_ELSE = re.compile(r"[a-z]+|[\u4e00-\u9fff]+").findall


def colour_rules() -> Any:
    """The whole file."""
    return rule_file("colours")


@cache
def _by_word() -> dict[str, str]:
    return {word: name for name, words in colour_rules()["words"].items() for word in words}


def named_colour(value: str) -> str:
    """The one clear colour that a property's value names, such as `Black` or 黑色; "" for none, several, or a mixed
    shade."""
    words = _ANYTHING_ELSE(value.lower())
    found = {_by_word()[word] for word in words if word in _by_word()}
    others = [word for word in words if word in colour_rules()["shades"]]
    return found.pop() if len(found) == 1 and not others else ""


def contradicts(named: str, colours: Mapping[str, float]) -> str:
    """The colour that a picture clearly has instead of the one that is named; "" where it may be the named one."""
    rules = colour_rules()
    if not colours or colours.get(named, 0.0) > rules["named_most"]:
        return ""
    if sum(colours.get(name, 0.0) for name in rules["also"][named]) > rules["also_most"]:
        return ""
    seen = max(colours, key=lambda name: colours[name])
    return seen if colours[seen] >= rules["seen_least"] else ""
