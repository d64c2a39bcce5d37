"""Warehouse templates as the window shows and edits them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PriceSource(StrEnum):
    """Where the prices of a template come from (domain.md 8.3, 10.3)."""

    SHEET = "sheet"
    """Only from an overseas sheet."""
    RULE = "rule"
    """The team rule for virtual overseas variants with the freight of the country's carrier."""
    FORMULA = "formula"
    SURCHARGE = "surcharge"
    """Home price and a fixed amount."""


DISCOUNT_BP = 3000
"""The item discount planned, 30 % (domain.md 20)."""


@dataclass(frozen=True, slots=True)
class StoreFreight:
    """The freight template (the platform's id) that listings of a store take."""

    store_id: int
    template_id: str


@dataclass(frozen=True, slots=True)
class WarehouseCountryRecord:
    """One dispatch country of a template.

    Attributes:
        country: its code, UK for the United Kingdom.
        ships_from_id: value id of the sale property Ships From.
        mark: what its codes carry, such as `_CES`.
        stock: stock of its variants, None if it is not the template's to say.
        surcharge_minor: added to the home price in minor units of USD, None for "by formula or sheet".
        formula: the list price in USD, in the language of formulas; "" for none.
    """

    country: str
    ships_from_id: str
    mark: str
    stock: int | None = None
    surcharge_minor: int | None = None
    formula: str = ""


@dataclass(frozen=True, slots=True)
class WarehouseTemplateRecord:
    """A whole template.

    Attributes:
        id: None while it is not stored.
        is_virtual: goods leave China; else the stock is abroad and variants that exist stay as they are.
        handling_days: at most 5 for overseas (domain.md 8.1).
        margin_bp: target margin of the team rule in hundredths of a percent, None for the one of the price step.
        discount_bp: item discount planned, in hundredths of a percent.
        home_stock: for home variants whose stock nobody knows, None leaves them.
        zero_missing: combinations without a price are written with stock 0 and the home price.
        freight: freight templates of the stores' listings.
    """

    id: int | None
    name: str
    is_virtual: bool = True
    handling_days: int | None = None
    note: str = ""
    countries: tuple[WarehouseCountryRecord, ...] = ()
    price_source: PriceSource = PriceSource.SHEET
    margin_bp: int | None = None
    discount_bp: int = DISCOUNT_BP
    home_stock: int | None = None
    zero_missing: bool = False
    freight: tuple[StoreFreight, ...] = ()


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
    price_source: PriceSource = PriceSource.SHEET
