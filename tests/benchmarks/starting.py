"""Start-up: from asking for the process to the painted window, and to the first rows of very many listings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from app.views.view_settings import FileSettings
from tests.benchmarks.ground import Ground
from tests.benchmarks.measuring import Measurement, run_program

STARTS = 7
"""Of each kind in a full run: a start is short, and what else the machine does weighs the more."""
PROGRAMS = "tests.benchmarks.programs"


def measure(ground: Ground) -> Iterator[Measurement]:
    """Fresh processes, floor and program taking turns, after one start of each that is not counted."""
    folder = ground.million_of_today
    _show_listings_first(folder)
    environment = ground.bytecode
    _floor(environment), _start(folder, environment)
    floors, paints, rows = [], [], []
    for _ in range(STARTS if ground.sizes.repeats > 1 else 1):
        floors.append(_floor(environment))
        first_paint, first_rows = _start(folder, environment)
        paints.append(first_paint)
        rows.append(first_rows - first_paint)
    floor = median(floors)
    how = f"median of {len(floors)} fresh processes in turns with the floor: PySide6 and a window with five empty tabs"
    yield Measurement("start.first_paint", median(paints), "s", how, floor=floor, budget=1.5)
    listings = f"{ground.sizes.listings:,} listings, from the first paint to the first rows of the Listings tab"
    yield Measurement("start.first_rows", median(rows), "s", listings, budget=0.5)


def _show_listings_first(folder: Path) -> None:
    settings = FileSettings(folder / "window.ini")
    settings.put("window.tab", "listings")
    settings.sync()


def _floor(environment: dict[str, str]) -> float:
    return float(run_program(f"{PROGRAMS}.empty_window", time.perf_counter(), environment=environment)["first_paint_s"])


def _start(folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds to the first paint and to the first rows."""
    told = run_program(f"{PROGRAMS}.started", folder, time.perf_counter(), environment=environment)
    return told["first_paint_s"], told["first_rows_s"]
