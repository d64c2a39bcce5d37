"""Importing the big sheet, new and again, in the worker process of the product; held against bare parse and store.

Every run is a fresh process: the worker of an import, or a program that only parses and stores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from app.services.listings.importing.preview import ImportRequest
from app.services.worker import WorkerProcess
from tests.benchmarks.ground import NAME, Ground
from tests.benchmarks.measuring import Measurement, clocked, cpu_s, peak_mb, run_program

SESSION = "app.services.listings.importing.session"
STORE_ID = 1
PROGRAMS = "tests.benchmarks.programs"

Figures = dict[str, float]


def measure(ground: Ground) -> Iterator[Measurement]:
    """Wall time from the dropped sheet to the commit, processor time beside it, memory of the process that did it."""
    runs: dict[str, list[Figures]] = {"floor": [], "new": [], "again": []}
    slow: Figures = {}
    for _ in range(ground.sizes.repeats):
        runs["floor"].append(run_program(f"{PROGRAMS}.bare_import", ground.sheet, ground.new_folder("bare") / NAME))
        folder = ground.copy_of_store()
        for name, is_again in (("new", False), ("again", True)):
            runs[name].append(_imported(ground.sheet, folder, is_again=is_again))
        slow = slow or run_program(f"{PROGRAMS}.pandas_import", ground.sheet, ground.new_folder("pandas") / NAME)
    found = {name: {key: median(run[key] for run in of) for key in of[0]} for name, of in runs.items()}
    floor, new, again = found["floor"], found["new"], found["again"]
    rows = f"{ground.sizes.sheet_rows} rows × 30 columns"
    bare = "floor: calamine's iter_rows into one executemany of a 30-column table, WAL, committed, a fresh process"
    yield _timed("import.new", new, floor, 1.6, f"{rows}, all new: read, checked, compared, stored; {bare}")
    yield _timed("import.again", again, floor, 1.0, f"{rows}, nothing changed: read and compared; {bare}")
    for name, figures in (("import.new_cpu", new), ("import.again_cpu", again)):
        how = f"{rows}, processor seconds of the worker, all threads; floor: those of the same bare program"
        yield Measurement(name, figures["cpu"], "s", how, floor=floor["cpu"])
    how = f"{rows}: pandas.read_excel(engine='openpyxl') and to_sql, once, against the import of new rows"
    yield Measurement("import.pandas", slow["seconds"], "s", how, floor=new["seconds"], budget=5.0, at_least=True)
    yield Measurement("import.pandas_cpu", slow["cpu"], "s", f"processor seconds of both; {how}", floor=new["cpu"])
    peak = max(run["peak"] for name in ("new", "again") for run in runs[name])
    how = "most memory of a worker process that imported the sheet once; the bare program's and pandas' are below"
    yield Measurement("import.peak", peak, "MB", how, budget=450.0)
    yield Measurement("import.peak_bare", floor["peak"], "MB", "most memory of the bare program")
    yield Measurement("import.peak_pandas", slow["peak"], "MB", "most memory of pandas and openpyxl")
    how = "runs of the unchanged sheet after which the database file was not the same, byte for byte"
    yield Measurement("import.rewritten", sum(run["rewritten"] for run in runs["again"]), "runs", how, budget=0.0)


def _timed(name: str, figures: Figures, floor: Figures, budget: float, how: str) -> Measurement:
    return Measurement(name, figures["seconds"], "s", how, floor=floor["seconds"], budget=budget)


def _imported(sheet: Path, folder: Path, *, is_again: bool) -> Figures:
    """One import as the window has it done. Raises: RuntimeError where the sheet did not do what it should."""
    database = folder / NAME
    before = _digest(database)
    with _worker() as (call, pid):
        used = cpu_s(pid)
        kept: list[Any] = []

        def act() -> None:
            kept.append(call("prepare", database, ImportRequest((str(sheet),), STORE_ID)))
            kept.append(call("apply", kept[0].token))

        seconds = clocked(act)
        figures = {"seconds": seconds, "cpu": cpu_s(pid) - used, "peak": peak_mb(pid)}
    head, result = kept
    counts = head.counts
    if (
        head.problem is not None
        or is_again != (result.change is None)
        or is_again != (counts.new + counts.changed == 0)
    ):
        raise RuntimeError(f"the import did something else: {head.problem or counts}")
    return figures | {"rewritten": float(is_again and _digest(database) != before)}


@contextmanager
def _worker() -> Iterator[tuple[Callable[..., Any], int]]:
    """A fresh worker process with the import's modules loaded, as a window has it some seconds after its start."""
    worker, others = WorkerProcess(), set(psutil.Process().children())
    try:

        def call(name: str, *arguments: Any) -> Any:
            return worker.submit(f"{SESSION}:{name}", *arguments).result()

        call("survey", [])
        (process,) = [
            one for one in set(psutil.Process().children()) - others if "spawn_main" in " ".join(one.cmdline())
        ]
        yield call, process.pid
    finally:
        worker.close()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
