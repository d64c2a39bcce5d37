"""The upload sheet of domain.md 3.3 step 5: code, country, price and stock of every overseas variant, read again as an
overseas sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.messages import tr
from app.services.tasks import TaskContext
from app.services.warehouses.overseas.running import Built
from app.services.workbooks import OutColumn, write_sheet

COLUMNS = ("code", "country", "price", "stock", "product")


def write_upload_sheet(built: Built, path: Path, ctx: TaskContext | None = None) -> int:
    """Write the overseas variants of a build to an .xlsx or .csv. Returns: how many.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.unwritable`, `.too_many_rows`.
        TaskCancelled: stopped; no file is left behind.
    """
    columns = [OutColumn(tr(f"overseas.sheet.{name}"), name in ("code", "country", "product")) for name in COLUMNS]
    return write_sheet(path, tr("overseas.sheet"), columns, _rows(built), ctx).row_count


def _rows(built: Built) -> Iterator[tuple[Any, ...]]:
    for product in built.build.products:
        for entry in product.merged.entries:
            if entry.is_added:
                price = product.variants[entry.own].price_minor if entry.price_minor is None else entry.price_minor
                amount = None if price is None else price / 100
                yield entry.code, entry.country, amount, entry.stock, product.name
