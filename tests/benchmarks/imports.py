"""Importing the big sheet, new and again, held against bare reading of the same file in the same process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineWorkbook

from app.services.application import Application
from app.services.listings.importing.session import plan_import, store
from app.services.stores.reading import list_stores
from app.services.tasks import TaskContext
from tests.benchmarks.ground import Ground
from tests.benchmarks.measuring import Measurement, clocked, interleaved, peak_mb


def measure(ground: Ground) -> Iterator[Measurement]:
    """Wall time of recognise, type, check and store; the floor is one pass of calamine over the sheet."""
    sheet = ground.sheet
    folders = [ground.copy_of_store() for _ in range(ground.sizes.repeats)]
    new, again = iter(folders), iter(folders)
    first = interleaved(
        {"floor": lambda: _read(sheet), "import": lambda: _import(sheet, next(new))}, ground.sizes.repeats
    )
    second = interleaved(
        {"floor": lambda: _read(sheet), "import": lambda: _import(sheet, next(again))}, ground.sizes.repeats
    )
    rows = f"{ground.sizes.sheet_rows} rows × 30 columns, plan and store in this process"
    yield Measurement("import.new", first["import"], "s", f"{rows}, all new", floor=first["floor"])
    yield Measurement("import.again", second["import"], "s", f"{rows}, nothing changed", floor=second["floor"])
    yield Measurement("import.peak", peak_mb(), "MB", "most memory of this process, the sample's writing included")


def _read(sheet: Path) -> float:
    return clocked(lambda: CalamineWorkbook.from_path(str(sheet)).get_sheet_by_index(0).to_python())


def _import(sheet: Path, folder: Path) -> float:
    with Application(folder) as app:
        first = list_stores(app.db)[0].id

        def act() -> None:
            plan, table = plan_import(app.db, app.database_path, sheet, first, TaskContext())
            store(app.db, plan, table.error_count, TaskContext())

        return clocked(act)
