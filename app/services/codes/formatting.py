"""Writing a reading down again: the code a person would write for it (domain.md 7.1)."""

from __future__ import annotations

from collections.abc import Iterable

from app.services.codes.records import Component, Reading
from app.services.codes.rules import signs


def joined(components: Iterable[Component]) -> str:
    """`AB1234*2+CD5678`, in the order given."""
    return "+".join(map(str, components))


def mark_of(country: str) -> str:
    """The warehouse mark of a dispatch country: `_CUS`; "" for home."""
    table = signs()
    if country in ("", table.home):
        return ""
    return table.marks.get(country, f"{table.mark_prefix}{country}")


def spellings_of(country: str) -> list[str]:
    """All marks that name a country: `_CUK`, `_CGB`."""
    table = signs()
    return [f"{table.mark_prefix}{letters}" for letters, code in table.countries.items() if code == country]


def format_code(components: Iterable[Component], ships_from: str = "") -> str:
    """The code of *components* sent from *ships_from*; without a mark where that is home or not said."""
    return joined(components) + mark_of(ships_from)


def display(reading: Reading) -> str:
    """A reading as a code, components in the order in which they first appeared; an unreadable one as it was found."""
    return reading.code.strip() if reading.error else format_code(reading.components, reading.ships_from)
