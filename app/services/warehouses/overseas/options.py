"""How a person wants a build to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.services.warehouses.records import WarehouseTemplateRecord


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What offers come from, and what becomes of combinations without one.

    Attributes:
        sheet: overseas sheet; its rows win over the template's prices.
        template: warehouse template; None for the sheet alone.
        zero_missing: write combinations without a price with stock 0 and the home price; else leave them out.
        real: countries whose variants are real stock and stay as they are, besides those of a real template.
        store_id: whose way of writing codes is known; None for the plain grammar.
        fixes: row of the sheet → code a person has put in place of what stands there.
        prices: (match key, country) → price in cents that a person typed; it wins over everything.
        excluded: combinations a person took out, by match key and country.
        zeros: combinations without a price that a person wants with stock 0 and the home price, by the same.
        shortened: match keys of home variants whose code is too long and is to become a virtual one.
    """

    sheet: Path | None = None
    template: WarehouseTemplateRecord | None = None
    zero_missing: bool = False
    real: frozenset[str] = frozenset()
    store_id: int | None = None
    fixes: Mapping[int, str] = field(default_factory=dict)
    prices: Mapping[tuple[str, str], int] = field(default_factory=dict)
    excluded: frozenset[tuple[str, str]] = frozenset()
    zeros: frozenset[tuple[str, str]] = frozenset()
    shortened: frozenset[str] = frozenset()

    @property
    def has_edits(self) -> bool:
        """Whether a person put something right in the grid or the report."""
        return bool(self.fixes or self.prices or self.excluded or self.zeros or self.shortened)
