"""The delisting plan as a sheet: for the file, and for whoever has to look at the doubtful ones."""

from __future__ import annotations

from pathlib import Path

from app.messages import Messages
from app.services.listings.delisting.records import DelistPlan, DelistRow
from app.services.workbooks import OutColumn, write_sheet

COLUMNS = ("store", "listing", "code", "because", "stock", "step")


def export_plan(plan: DelistPlan, path: Path, texts: Messages) -> int:
    """Write every variant of the plan to an .xlsx or .csv, in the language of *texts*. Returns: how many.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.unwritable`, `.too_many_rows`.
    """
    columns = [OutColumn(texts.text(f"delist.column.{name}"), name != "stock") for name in COLUMNS]
    rows = (_cells(row, texts) for row in plan.rows)
    write_sheet(path, texts.text("delist.sheet"), columns, rows)
    return len(plan.rows)


def _cells(row: DelistRow, texts: Messages) -> tuple[str | int | None, ...]:
    step = texts.text(f"delist.step.{row.step}")
    return (row.store, row.listing, row.code, row.because, row.stock, step)
