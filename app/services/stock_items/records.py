"""Stock items, and what the goods behind a code come to. What is None is unknown, never 0."""

from __future__ import annotations

from dataclasses import dataclass

Sides = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class StockItem:
    """One item of the warehouse.

    Attributes:
        code: normalised.
        cost_micro: of one piece, in millionths of a CNY.
        weight_mg: of one piece, in milligrams.
        sides_mm: length, width, height in millimetres.
        attributes: logistics attributes such as `battery`; None while nobody told them.
        source, as_of: file and day of the table that says so.
    """

    code: str
    name: str = ""
    cost_micro: int | None = None
    weight_mg: int | None = None
    sides_mm: Sides | None = None
    attributes: frozenset[str] | None = None
    picture: str = ""
    source: str = ""
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Goods:
    """What all stock items of a code come to.

    Attributes:
        cost_micro: cost of all pieces in millionths of a CNY.
        weight_mg: weight of all pieces without packing.
        attributes: of any of the items; None where one of them is not told.
        unknown_items: codes of items nobody knows.
        without_cost, without_weight: codes of known items whose cost or weight is not told.
    """

    cost_micro: int | None
    weight_mg: int | None
    attributes: frozenset[str] | None
    unknown_items: tuple[str, ...] = ()
    without_cost: tuple[str, ...] = ()
    without_weight: tuple[str, ...] = ()
