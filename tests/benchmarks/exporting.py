"""Exporting 100 000 rows × 30 columns: from the database to the .xlsx, the writer alone, and the way back from Excel.

The floor is zlib at level 6 over the very XML that was written, the alternative openpyxl's write-only mode with the
same rows in memory. Acts take turns; wall time is judged, for the writer compresses beside the making of rows, and
processor time is told with it.
"""

from __future__ import annotations

import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from app.services.db import Database
from app.services.listings.exporting import KEYS, ExportOptions, export_listings
from app.services.listings.exporting.columns import FoundColumns
from app.services.listings.exporting.reading import Rows
from app.services.listings.importing.session import plan_import, store
from app.services.listings.round_trip.planning import plan_sheet
from app.services.listings.round_trip.writing import write_to_edit
from app.services.tasks import TaskContext
from app.services.upgrade import open_database
from app.services.workbooks import OutColumn, OutSheet, write_xlsx
from app.services.worker import WorkerProcess
from tests.benchmarks.ground import NAME, Ground
from tests.benchmarks.measuring import Measurement, peak_mb, quiet

COLUMNS = 30
EDITED = 2_000
"""Listings that are opened in Excel and taken back."""

Figures = dict[str, list[tuple[float, float]]]


def measure(ground: Ground) -> Iterator[Measurement]:
    """Seconds of the clock and of the processor; megabytes."""
    folder = ground.copy_of_store()
    db = open_database(folder / NAME)
    try:
        ids = _stored(db, ground.sheet)
        with db.read() as session:
            keys = tuple(
                one.key for one in FoundColumns.of(session.connection(), ids, KEYS).columns(KEYS, per_listing=False)
            )
        options = ExportOptions(keys[:COLUMNS])
        found = _timed(db, folder, ids, options, ground.sizes.repeats)
        yield from _told(found, f"{ground.sizes.sheet_rows} rows × {COLUMNS} columns")
        yield _memory(db, folder, ids, options)
        yield from _way_back(db, folder, ids[:EDITED])
    finally:
        db.dispose()


def _stored(db: Database, sheet: Path) -> list[int]:
    """The listings of the big sheet, imported. Returns: all ids of the store."""
    plan, table = plan_import(db, db.path, sheet, 1, TaskContext())
    store(db, plan, table.error_count, TaskContext())
    with db.reader.connect() as connection:
        return list(connection.exec_driver_sql("SELECT id FROM listing WHERE store_id = 1 ORDER BY id").scalars())


def _timed(db: Database, folder: Path, ids: Sequence[int], options: ExportOptions, repeats: int) -> Figures:
    columns, rows = _in_memory(db, ids, options)
    whole, written, bare = (folder / f"{name}.xlsx" for name in ("whole", "written", "bare"))
    write_xlsx(written, [OutSheet("rows", columns, rows)])
    with zipfile.ZipFile(written) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    acts: dict[str, Callable[[], Any]] = {
        "floor": lambda: [zlib.compress(part, 6) for part in parts],
        "writer": lambda: write_xlsx(written, [OutSheet("rows", columns, rows)]),
        "export": lambda: export_listings(db, whole, ids, options),
    }
    found: Figures = {name: [] for name in acts}
    for _ in range(repeats):
        for name, act in acts.items():
            found[name].append(_clocked(act))
    found["openpyxl"] = [_clocked(lambda: _by_openpyxl(bare, columns, rows))]
    return found


def _in_memory(db: Database, ids: Sequence[int], options: ExportOptions) -> tuple[list[OutColumn], list[list[Any]]]:
    with db.read() as session:
        found = FoundColumns.of(session.connection(), ids, options.columns).columns(options.columns, per_listing=False)
        return [OutColumn(one.header, one.is_text) for one in found], list(Rows(session, found).rows(ids))


def _by_openpyxl(path: Path, columns: Sequence[OutColumn], rows: Sequence[Sequence[Any]]) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("rows")
    sheet.append([column.header for column in columns])
    for row in rows:
        sheet.append(row)
    book.save(path)


def _clocked(act: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of the clock and of the processor."""
    with quiet():
        started, used = time.perf_counter(), time.process_time()
        act()
        return time.perf_counter() - started, time.process_time() - used


def _told(found: Figures, what: str) -> Iterator[Measurement]:
    wall, cpu = ({name: median(run[at] for run in runs) for name, runs in found.items()} for at in (0, 1))
    floor = "floor: zlib level 6 of the XML that was written"
    for name, how in (
        ("export", "read from the database and written"),
        ("writer", "written from rows in memory, as the floors of engineering.md were measured"),
    ):
        yield Measurement(f"export.{name}", wall[name], "s", f"{what}, {how}; {floor}", wall["floor"], 1.5)
        yield Measurement(f"export.{name}_cpu", cpu[name], "s", f"{what}, {how}, processor; {floor}", cpu["floor"])
    how = f"{what}: openpyxl write-only from rows in memory, once, processor; floor: our writer of the same rows"
    yield Measurement("export.openpyxl", cpu["openpyxl"], "s", how, cpu["writer"], 8.0, at_least=True)


def _memory(db: Database, folder: Path, ids: Sequence[int], options: ExportOptions) -> Measurement:
    """In a fresh worker process: the most it held, beyond what it held after exporting one listing."""
    worker, others = WorkerProcess(), set(psutil.Process().children())
    call = "app.services.listings.exporting:export_file"
    try:
        worker.submit(call, db.path, folder / "one.xlsx", list(ids[:1]), options, "en").result()
        (pid,) = [one.pid for one in set(psutil.Process().children()) - others if "spawn_main" in str(one.cmdline())]
        before = peak_mb(pid)
        worker.submit(call, db.path, folder / "all.xlsx", list(ids), options, "en").result()
        extra = peak_mb(pid) - before
    finally:
        worker.close()
    return Measurement(
        "export.peak", extra, "MB", "memory of the worker beyond that of exporting one listing", None, 150.0
    )


def _way_back(db: Database, folder: Path, ids: Sequence[int]) -> Iterator[Measurement]:
    path = folder / "edited.xlsx"
    made = _clocked(lambda: write_to_edit(db, path, ids))[0]
    yield Measurement("export.to_edit", made, "s", f"{len(ids)} listings written to be edited in Excel")

    def take_back() -> None:
        plan, _ = plan_sheet(db, path, TaskContext())
        plan.close()

    back = _clocked(take_back)[0]
    yield Measurement(
        "export.taken_back", back, "s", f"the same workbook, unchanged, read and compared; {len(ids)} listings"
    )
