"""The columns of cost, freight, fees, profit, margin, break-even and worst case, for listings and for variants."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.messages import tr
from app.services.listings.records import ListingStatus
from app.services.listings.source import ListingRow
from app.services.pricing.terms import LINKED
from app.views.cells import MISSING, Cell, Column
from app.views.numbers import THIN, cents, money, percent, plain_money

if TYPE_CHECKING:
    from app.services.listings.source import ShownFigures, SkuRow
    from app.services.listings.variant_source import VariantRow

    AnyRow = ListingRow | SkuRow | VariantRow

THIN_MARGIN_BP = 500
"""Below 5 % a margin is shown in amber: a returned parcel eats it (interface.md, mock 01)."""
RENEWING = "…"
COLUMNS: tuple[tuple[str, str, str, int, bool], ...] = (
    ("margin", "margin_bp", "", 66, False),
    ("profit", "profit_minor", "unit.cny", 78, True),
    ("cost", "cost_micro", "unit.cny", 78, True),
    ("freight_cost", "freight_micro", "unit.cny", 84, True),
    ("fees", "fees_minor", "unit.cny", 78, True),
    ("break_even", "even_minor", "unit.usd", 84, True),
    ("worst_case", "worst_minor", "unit.usd", 90, True),
    ("worst_profit", "worst_profit_minor", "unit.cny", 90, True),
)
"""Name, figure, unit, width, and whether it is hidden until somebody wants it."""


def figure_columns() -> tuple[Column, ...]:
    """All of them, in their default order."""
    return tuple(
        Column(
            key,
            f"listings.column.{key}",
            _cell(figure),
            width=width,
            min_width=56,
            align="right",
            unit_key=unit,
            sort_key=key,
            child_cell=_cell(figure),
            hidden=hidden,
            edit=_edit(figure) if key in LINKED else None,
        )
        for key, figure, unit, width, hidden in COLUMNS
    )


def _cell(figure: str) -> Callable[[Any], Cell]:
    def cell(row: AnyRow) -> Cell:
        return figure_cell(row.figures, figure)

    return cell


def _edit(figure: str) -> Callable[[Any], str | None]:
    """What an editor begins with: a margin or a profit typed becomes the price that reaches it. None where the row has
    several variants, is being sent, or its figures are not of today."""

    def text(row: AnyRow) -> str | None:
        is_several = isinstance(row, ListingRow) and row.sku_count != 1
        if is_several or row.figures.is_stale or getattr(row, "status", "") == ListingStatus.SENDING:
            return None
        value = getattr(row.figures, figure)
        return "" if value is None else _texts(figure, value)[1]

    return text


def figure_cell(figures: ShownFigures, name: str) -> Cell:
    """One figure: a number of today, why there is none, or that it is being worked out."""
    if figures.is_stale:
        return Cell(RENEWING, tone="text3", tip=tr("figures.renewing_tip"), copied="")
    value: int | None = getattr(figures, name)
    lacking = _lacking(figures)
    if value is None:
        return Cell(MISSING.text, tone="text3", tip=lacking, copied="")
    shown, copied = _texts(name, value)
    tone = _tone(name, value)
    return Cell(shown, tone=tone, strong=tone == "red", tip=lacking, copied=copied)


def _texts(name: str, value: int) -> tuple[str, str]:
    if name == "margin_bp":
        return percent(Decimal(value) / 10_000), f"{Decimal(value) / 100:.2f}%"
    minor = cents(value) if name.endswith("_micro") else value
    return money(minor), plain_money(minor)


def _tone(name: str, value: int) -> str:
    """Red loses money, amber nearly."""
    if name not in ("margin_bp", "profit_minor", "worst_profit_minor"):
        return "text"
    if value < 0:
        return "red"
    return "amber" if name == "margin_bp" and value < THIN_MARGIN_BP else "text"


def _lacking(figures: ShownFigures) -> str:
    """What is unknown and what to do, "" where nothing is."""
    if not figures.why:
        return ""
    why = tr(f"figures.why.{figures.why}")
    return f"{tr('figures.some_unknown', n=figures.unknown)}{THIN}\n{why}" if figures.unknown > 1 else why
