"""Publishing to the practice market, which is another process: the rate under its limit, processor time, memory."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.benchmarks.ground import Ground
from tests.benchmarks.measuring import Measurement, run_program

LIMIT = 100
"""Creates a second that the practice market lets through."""
LOOPS = {"asyncio": "the command line's event loop", "qasync": "the window's event loop, without a window"}
PROGRAMS = "tests.benchmarks.programs"
Told = dict[str, Any]


def measure(ground: Ground) -> Iterator[Measurement]:
    """Fresh processes in turns: under the limit on both loops and bare, then without a limit and bare."""
    acts = {
        **{f"paced.{loop}": (f"{PROGRAMS}.publisher", loop, ground.sizes.sent, 1) for loop in LOOPS},
        "paced.bare": (f"{PROGRAMS}.bare_calls", ground.sizes.sent, 1),
        "free": (f"{PROGRAMS}.publisher", "asyncio", ground.sizes.sent, 0),
        "free.bare": (f"{PROGRAMS}.bare_calls", ground.sizes.sent, 0),
    }
    told: dict[str, list[Told]] = {name: [] for name in acts}
    for _ in range(ground.sizes.repeats):
        for name, (module, *arguments) in acts.items():
            told[name].append(run_program(module, ground.copy_of_outbox(), *arguments))
    _check(told, ground.sizes.sent)
    for loop, how in LOOPS.items():
        yield from _paced(loop, how, told[f"paced.{loop}"], told["paced.bare"])
    yield from _free(told["free"], told["free.bare"])


def _check(told: dict[str, list[Told]], sent: int) -> None:
    """A figure of a run that lost a listing, or made one twice, means nothing."""
    for name, runs in told.items():
        for run in runs:
            if name != "paced.bare" and (run["creates"], run["accepted"]) != (sent, sent):
                raise RuntimeError(f"{name}: {run['creates']} created, {run['accepted']} accepted of {sent}")


def _paced(loop: str, how: str, runs: list[Told], bare: list[Told]) -> Iterator[Measurement]:
    name, floor = f"publish.{loop}", _share_of_core(bare)
    yield Measurement(
        f"{name}.rate",
        median(run["rate"] for run in runs),
        "creates/s",
        f"{how}, as the market saw them; the floor is its limit",
        floor=LIMIT,
        budget=0.98,
        at_least=True,
    )
    yield Measurement(
        f"{name}.refused", max(run["refusals"] for run in runs), "calls", f"{how}, refused for the limit", budget=0
    )
    yield Measurement(
        f"{name}.core",
        _share_of_core(runs),
        "% of a core",
        f"{how}, this process while it sends; bare aiohttp + orjson at this pace: {floor:.1f} %",
        budget=20,
    )
    yield Measurement(
        f"{name}.grown", median(run["grown_mb"] for run in runs), "MB", f"{how}, peak above the start of the run"
    )


def _free(runs: list[Told], bare: list[Told]) -> Iterator[Measurement]:
    yield Measurement(
        "publish.free.cpu",
        _cpu_ms_per_call(runs),
        "ms/call",
        "no limit, journal and content included; the floor is bare aiohttp + orjson sending the same listings",
        floor=_cpu_ms_per_call(bare),
        budget=2.5,
    )
    yield Measurement(
        "publish.free.rate",
        median(run["rate"] for run in runs),
        "creates/s",
        "no limit; the floor is the bare calls against the same market",
        floor=median(run["rate"] for run in bare),
    )


def _share_of_core(runs: list[Told]) -> float:
    return median(100 * run["cpu_s"] / run["span_s"] for run in runs)


def _cpu_ms_per_call(runs: list[Told]) -> float:
    return median(1000 * run["cpu_s"] / run["calls"] for run in runs)
