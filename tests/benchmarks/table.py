"""The Listings tab of the real window with very many listings, used as a person uses it.

The floor of every figure is a full repaint of the same table with rows that are all there; wheel, jumps and keystrokes
are each followed by one, and held against the same share of those.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.benchmarks.ground import Ground
from tests.benchmarks.measuring import Measurement, run_program, share

PROGRAM = "tests.benchmarks.programs.table"
MANY, FEW = (200, 600), (10, 30)
"""Jumps and notches of the wheel, in a full run and in a quick one."""
SCRIPTS = ("latin", "cyrillic", "chinese")


def measure(ground: Ground) -> Iterator[Measurement]:
    """One long sitting, and a few short ones that only open the tab."""
    folder, repeats = ground.million_of_today, ground.sizes.repeats
    environment = ground.bytecode
    told = run_program(PROGRAM, folder, *(MANY if repeats > 1 else FEW), environment=environment)
    openings = [told, *(run_program(PROGRAM, folder, environment=environment) for _ in range(repeats - 1))]
    yield from _of_opening(openings, median(told["repaint_s"]))
    yield from _of_using(told, median(told["repaint_s"]))
    yield from _of_memory(told)


def _ms(name: str, seconds: float, how: str, floor_s: float, budget: float | None = None) -> Measurement:
    return Measurement(f"table.{name}", seconds * 1000, "ms", how, floor_s * 1000, budget, by_value=True)


def _of_opening(openings: list[dict[str, Any]], floor: float) -> Iterator[Measurement]:
    rows = f"{openings[0]['rows']:,} listings, from the click on the tab, which is built on the way"
    yield _ms("open", median(one["open_s"] for one in openings), f"{rows}, to the first rows", floor, 100)
    counted = median(one["count_of_all_s"] for one in openings)
    yield _ms("count_of_all", counted, f"{rows}, to the exact number", floor, 300)


def _of_using(told: dict[str, Any], floor: float) -> Iterator[Measurement]:
    wheel, jump = told["wheel_s"], told["jump_s"]
    how = f"p99 of {len(wheel)} notches, from the event to the painted rows"
    yield _ms("wheel", share(wheel, 0.99), how, share(told["wheel_floor_s"], 0.99), 8)
    how = f"p95 of {len(jump)} places on the scroll bar, to the rows there"
    yield _ms("jump", share(jump, 0.95), how, share(told["jump_floor_s"], 0.95), 30)
    for name, key, budget in (("sort_indexed", "sort_s", 300), ("sort_other", "sort_other_s", 1200)):
        column, slowest = max(told[key].items(), key=lambda pair: pair[1])
        how = f"slowest of {', '.join(told[key])}: {column}; from the click on the title to the first rows"
        yield _ms(name, slowest, how, floor, budget)
    gaps = told["sort_gap_s"].values()
    yield _ms("sort_gap", max(gaps), "the longest the window did not answer until the order was known", floor, 50)
    for script in SCRIPTS:
        keys = told["search_s"][script]
        how = f"p95 of {len(keys)} keystrokes from the second character on, one every 120 ms, to the rows"
        yield _ms(f"search_{script}", share(keys, 0.95), how, share(told["search_floor_s"][script], 0.95), 30)
    question, slowest = max(told["count_s"].items(), key=lambda pair: pair[1])
    how = "of the processors' time, taken by other machines of the host meanwhile: above one per cent it shows in all"
    yield Measurement("table.stolen", 100 * told["stolen"], "%", how)
    how = f"slowest of {len(told['count_s'])} segments and searches ({question}), to the exact number"
    yield _ms("count", slowest, how, floor, 300)


def _of_memory(told: dict[str, Any]) -> Iterator[Measurement]:
    opened = "memory of the window's process once rows, number, order and counts are known"
    yield Measurement("table.memory", told["opened_mb"], "MB", opened, budget=250)
    used = f"the same at the end of the sitting; its helper processes hold {told['helpers_mb']:.0f} MB beside it"
    yield Measurement("table.memory_used", told["used_mb"], "MB", used)
