"""The first sync of very many listings from the practice market, which is another process: processor time, memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.ground import Ground
from tests.benchmarks.measuring import Measurement, run_program

PROGRAMS = "tests.benchmarks.programs"
FEW, SAMPLE = 5_000, 10_000
"""A smaller store, whose sync says how memory grows with size; details read for the floor, before and after."""
STOPPED_AT = 3
"""A stopped sync breaks off when a third of the listings is here."""
PATIENCE_S = 3600
Told = dict[str, Any]


def measure(ground: Ground) -> Iterator[Measurement]:
    """Fresh processes: bare calls, the whole sync, bare calls again; a small store; a sync that is stopped and goes
    on."""
    count = ground.sizes.synced
    few = min(FEW, count // 4)
    folder = ground.copy_of_shop(count)
    bare = [_bare(folder, count)]
    whole = _sync(folder, count)
    bare.append(_bare(folder, count))
    shutil.rmtree(folder)
    small = _sync(ground.copy_of_shop(few), few)
    yield from _spent(whole, bare, count)
    yield from _grown(whole, small, count, few)
    yield _gone_on(ground, few)


def _bare(folder: Path, count: int) -> Told:
    return run_program(f"{PROGRAMS}.bare_reads", folder, min(SAMPLE, count), patience_s=PATIENCE_S)


def _sync(folder: Path, count: int, stop_at: int = 0) -> Told:
    told = run_program(f"{PROGRAMS}.syncer", folder, stop_at, patience_s=PATIENCE_S)
    if told["failed"] or (not stop_at and told["listings"] != count):
        raise RuntimeError(f"{told['listings']} of {count} listings are here, {told['failed']} could not be read")
    return told


def _spent(whole: Told, bare: list[Told], count: int) -> Iterator[Measurement]:
    yield Measurement(
        "sync.cpu",
        _cpu_ms_per_call(whole),
        "ms/call",
        f"the first sync of {count} listings, mapped, stored, searchable and checked; the floor is bare aiohttp + "
        "orjson making the same calls",
        floor=median(map(_cpu_ms_per_call, bare)),
        budget=2.5,
    )
    yield Measurement("sync.rate", whole["listings"] / whole["took_s"], "listings/s", "as long as the clock ran")


def _grown(whole: Told, small: Told, count: int, few: int) -> Iterator[Measurement]:
    yield Measurement(
        "sync.grown",
        whole["grown_mb"],
        "MB",
        f"peak above the start of the run with {count} listings; with {few} it is {small['grown_mb']:.0f} MB",
        budget=250,
    )
    more = (whole["grown_mb"] - small["grown_mb"]) * 1000 / (count - few)
    yield Measurement("sync.grown.each", more, "kB/listing", f"what each listing beyond {few} adds to the peak")


def _gone_on(ground: Ground, few: int) -> Measurement:
    """Listings that are read twice where a sync is stopped and begun again: what was read is never read again, but
    for the page in hand."""
    folder = ground.copy_of_shop(few)
    before = _sync(folder, few, few // STOPPED_AT)
    after = _sync(folder, few)
    whole = _sync(ground.copy_of_shop(few), few)
    return Measurement(
        "sync.resumed",
        before["calls"] + after["calls"] - whole["calls"],
        "calls",
        f"more than an unbroken sync of {few} listings makes, where one was stopped at a third and another went on",
        budget=110,
    )


def _cpu_ms_per_call(told: Told) -> float:
    return 1000 * told["cpu_s"] / told["calls"]
