"""How high a table's rows are and what they show (interface.md 5)."""

from __future__ import annotations

from typing import NamedTuple


class Density(NamedTuple):
    """A step of density: row and thumbnail in pixels at 100 %, and whether a second line of text is shown."""

    key: str
    row: int
    thumbnail: int
    second_line: bool = False


DENSITIES = (Density("compact", 24, 20), Density("standard", 28, 24), Density("roomy", 40, 36, second_line=True))
"""The steps of Ctrl+plus and Ctrl+minus, tightest first."""

TWO_LINE = Density("two_line", 38, 24, second_line=True)
"""Stores and the overseas builder: a value over its explanation; not among the steps."""

_BY_KEY = {step.key: step for step in (*DENSITIES, TWO_LINE)}


def density(key: str) -> Density:
    """The step called *key*; an unknown one (from newer settings) is `standard`."""
    return _BY_KEY.get(key, _BY_KEY["standard"])


def stepped(key: str, by: int) -> Density:
    """The step *by* places from *key*, staying within the first and the last."""
    keys = [step.key for step in DENSITIES]
    at = keys.index(key) if key in keys else 1
    return DENSITIES[min(max(at + by, 0), len(DENSITIES) - 1)]
