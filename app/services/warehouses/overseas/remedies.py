"""What puts a problem cell of the grid right with one click, and what that means for the next build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from app.services.warehouses.overseas.grid import GridCell, GridLine
from app.services.warehouses.overseas.merging import EXCLUDED
from app.services.warehouses.overseas.options import BuildOptions

PRICE_CHECKS = frozenset({"below_home", "far_above", "price_range"})
NEAREST = 3
"""So many variants are offered for a row of the sheet without a partner."""
ALIKE = 0.5
"""Share of a code that must be the same as what the row says."""


class Kind(StrEnum):
    """What is done; each is the name of a button, `overseas.remedy.<kind>`."""

    PRICE = "price"
    """Take the template's price."""
    FORGET = "forget"
    """What was typed does not count any more."""
    EXCLUDE = "exclude"
    RESTORE = "restore"
    """A combination that was taken out comes back."""
    ZERO = "zero"
    """Write it with stock 0 and the home price."""
    SHORTEN = "shorten"
    """The variant at home gets a virtual code."""
    KEEP = "keep"
    """Variants of this country are real stock and stay."""


class Remedy(NamedTuple):
    """One click for the goods `key` in `country`; `price_minor` with PRICE only."""

    kind: Kind
    key: str
    country: str = ""
    price_minor: int | None = None


def remedies_of_cell(line: GridLine, country: str) -> tuple[Remedy, ...]:
    """What can be done about a combination, the likeliest first; nothing where it is all right."""
    cell = line.cells.get(country)
    if cell is None or not line.key or line.remark:
        return ()
    usual = cell.suggested_minor
    return tuple(Remedy(kind, line.key, country, usual if kind is Kind.PRICE else None) for kind in _kinds(cell))


def _kinds(cell: GridCell) -> Sequence[Kind]:
    if cell.why == EXCLUDED:
        return [Kind.RESTORE]
    checks = {one.check for one in cell.findings}
    is_bad = bool(checks & PRICE_CHECKS)
    found = [Kind.FORGET] if cell.is_typed else []
    if is_bad and cell.suggested_minor is not None and not cell.is_typed:
        found.append(Kind.PRICE)
    if not cell.source and (cell.why or is_bad):
        found.append(Kind.ZERO)
    if cell.why or is_bad or "code_length" in checks:
        found.append(Kind.EXCLUDE)
    return found


def remedies_of_line(line: GridLine) -> tuple[Remedy, ...]:
    """What can be done about the variant at home."""
    is_long = any(one.check == "code_length" for one in line.findings)
    return (Remedy(Kind.SHORTEN, line.key),) if is_long and line.key else ()


def with_remedy(options: BuildOptions, remedy: Remedy) -> BuildOptions:
    """The options of the next build."""
    spot = (remedy.key, remedy.country)
    prices = {place: price for place, price in options.prices.items() if place != spot}
    if remedy.kind is Kind.PRICE and remedy.price_minor is not None:
        return replace(options, prices={**prices, spot: remedy.price_minor})
    if remedy.kind is Kind.FORGET:
        return replace(options, prices=prices, zeros=options.zeros - {spot})
    if remedy.kind is Kind.EXCLUDE:
        return replace(options, prices=prices, zeros=options.zeros - {spot}, excluded=options.excluded | {spot})
    if remedy.kind is Kind.RESTORE:
        return replace(options, excluded=options.excluded - {spot})
    if remedy.kind is Kind.ZERO:
        return replace(options, prices=prices, zeros=options.zeros | {spot})
    if remedy.kind is Kind.SHORTEN:
        return replace(options, shortened=options.shortened | {remedy.key})
    return options  # KEEP is one of the choices beside the grid, not an edit in it


def nearest_codes(code: str, codes: Sequence[str]) -> list[str]:
    """Variants a row of the sheet most likely means, best first."""
    folded = {one.upper(): one for one in reversed(codes)}
    return [folded[one] for one in get_close_matches(code.upper(), list(folded), NEAREST, ALIKE)]
