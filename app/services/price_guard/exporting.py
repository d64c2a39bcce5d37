"""The simulator's outcome as a sheet."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from app.messages import Messages
from app.services.pricing.rounding import CENT, SHARE, half_up
from app.services.pricing.simulation import LineResult, Simulation
from app.services.workbooks import OutColumn, write_sheet

COLUMNS = (
    "name",
    "list_price",
    "sale",
    "quantity",
    "value",
    "by_seller",
    "each",
    "net",
    "lowest",
    "profit",
    "margin",
    "unknown",
)


def export_simulation(found: Simulation, path: Path, texts: Messages) -> int:
    """Write every article, then what each step takes, to an .xlsx or .csv in the language of *texts*. Returns: rows.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.unwritable`.
    """
    columns = [OutColumn(texts.text(f"simulator.column.{name}"), name in ("name", "unknown")) for name in COLUMNS]
    rows = [_cells(one, texts) for one in found.lines]
    blank: list[Any] = [None] * (len(COLUMNS) - 2)
    for taken in found.stack.taken:
        step = texts.text(f"pricing.step.{taken.reduction.step}")
        rows.append([step, float(-taken.amount), *blank])
    rows.append([texts.text("simulator.paid"), float(found.stack.paid), *blank])
    return write_sheet(path, texts.text("simulator.sheet"), columns, rows).row_count


def unknown_text(one: LineResult, texts: Messages) -> str:
    """What is missing, by name."""
    return ", ".join(texts.text(str(key)) for key in one.unknown)


def _cells(one: LineResult, texts: Messages) -> list[Any]:
    margin = None if one.margin is None else float(half_up(one.margin, SHARE))
    profit = None if one.profit_cny is None else _number(one.profit_cny)
    lowest = None if one.lowest is None else _number(one.lowest)
    amounts = [_number(one.value), _number(one.by_seller), float(one.each), _number(one.net), lowest, profit, margin]
    return [
        one.name,
        _number(one.list_price),
        _number(one.sale),
        one.quantity,
        *amounts,
        unknown_text(one, texts),
    ]


def _number(amount: Decimal) -> float:
    return float(half_up(amount, CENT))
