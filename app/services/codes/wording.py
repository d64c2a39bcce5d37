"""Sentences about codes, for window and command line."""

from __future__ import annotations

from app.messages import tr
from app.services.codes.records import Component, Doubt, Reading
from app.services.codes.rules import signs
from app.services.warehouses.countries import countries


def error_text(reading: Reading) -> str:
    """Why a code cannot be read, "" where it can."""
    return tr(f"code.error.{reading.error}") if reading.error else ""


def doubt_text(doubt: Doubt) -> str:
    """A warning in words."""
    return tr(f"code.warning.{doubt.code}", subject=doubt.subject, max=signs().code_max)


def kind_text(reading: Reading) -> str:
    """Single, multipack, combination, or unreadable."""
    return tr(f"code.kind.{reading.kind}")


def items_text(items: tuple[Component, ...]) -> str:
    """`AB1234 × 2 + CD5678 × 1`."""
    return " + ".join(f"{one.base} × {one.quantity}" for one in items)


def country_text(reading: Reading, language: str) -> str:
    """The dispatch country in words, "" of a code that cannot be read."""
    return countries().name(reading.ships_from, language) if reading.ships_from else ""
