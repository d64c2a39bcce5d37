"""Warehouse templates as the window shows and edits them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WarehouseCountryRecord:
    """One dispatch country of a template.

    Attributes:
        country: its code, UK for the United Kingdom.
        ships_from_id: value id of the sale property Ships From.
        mark: what its codes carry, such as `_CES`.
        stock: stock of its variants, None if it is not the template's to say.
        surcharge_minor: added to the home price in minor units of USD, None for "by formula or sheet".
    """

    country: str
    ships_from_id: str
    mark: str
    stock: int | None = None
    surcharge_minor: int | None = None


@dataclass(frozen=True, slots=True)
class WarehouseTemplateRecord:
    """A whole template; `id` None: not stored yet. `handling_days` at most 5 for overseas (domain.md 8.1)."""

    id: int | None
    name: str
    is_virtual: bool = True
    handling_days: int | None = None
    note: str = ""
    countries: tuple[WarehouseCountryRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class WarehouseTemplateRow:
    """One template as the table shows it; `countries` are codes in the template's order, one blank between."""

    id: int
    name: str
    is_virtual: bool
    country_count: int
    countries: str
    handling_days: int | None
    note: str
    updated_ms: int
