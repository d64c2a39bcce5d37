"""Figures and how they are told: one JSON object a line, a value beside the floor it is held against."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 900
"""The longest a measured program may take before it counts as stuck."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure.

    Attributes:
        name: stable, `<benchmark>.<what>`.
        value, unit: the median of the repeats, unless `how` says otherwise.
        floor: the same unit, measured in the same run; None where the budget is a number of its own.
        budget: the highest `ratio` (or the highest `value` where there is no floor or `by_value`); the lowest where
            `at_least`.
        how: what was done, in one sentence.
    """

    name: str
    value: float
    unit: str
    how: str
    floor: float | None = None
    budget: float | None = None
    at_least: bool = False
    by_value: bool = False

    @property
    def ratio(self) -> float | None:
        """Value by floor; None without a floor, or a floor of 0."""
        return self.value / self.floor if self.floor else None

    @property
    def within(self) -> bool | None:
        """Whether the budget is kept; None where there is none."""
        if self.budget is None:
            return None
        judged = self.value if self.ratio is None or self.by_value else self.ratio
        return judged >= self.budget if self.at_least else judged <= self.budget

    def line(self) -> str:
        """One JSON object."""
        told: dict[str, Any] = {
            name: _rounded(value) for name, value in asdict(self).items() if name not in ("at_least", "by_value", "how")
        }
        told["budget_is"] = "least" if self.at_least else "most"
        told["ratio"] = _rounded(self.ratio)
        told["within"] = self.within
        told["how"] = self.how
        return json.dumps(told, ensure_ascii=False)


def _rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    digits = 3 if abs(value) < 100 else 1
    return round(value, digits)


def share(values: Sequence[float], part: float) -> float:
    """The value below which *part* (0 to 1) of all values lie; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def repeated(act: Callable[[], float], times: int) -> float:
    """The median of *times* runs of *act*."""
    return median(act() for _ in range(times))


def interleaved(acts: dict[str, Callable[[], float]], times: int) -> dict[str, float]:
    """Medians of several acts that take turns, so that a change of the machine's mood meets all of them."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(times):
        for name, act in acts.items():
            found[name].append(act())
    return {name: median(values) for name, values in found.items()}


@contextmanager
def quiet() -> Iterator[None]:
    """No garbage collection inside a measured stretch, a full one before it."""
    gc.collect()
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def clocked(act: Callable[[], Any]) -> float:
    """Seconds *act* takes."""
    with quiet():
        started = time.perf_counter()
        act()
        return time.perf_counter() - started


def run_program(
    module: str, *arguments: object, environment: dict[str, str] | None = None, patience_s: float = PATIENCE_S
) -> dict[str, Any]:
    """Run `python -m module` in a fresh process of this interpreter.

    Returns: the JSON object on the last line of its output, with `elapsed_s` from start to end beside it.
    Raises: RuntimeError where it fails.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONHASHSEED": "0", **(environment or {})}
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=patience_s, check=False
    )
    elapsed_s = time.perf_counter() - started
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        raise RuntimeError(f"{module} ended with {done.returncode}: {done.stderr[-2000:]}")
    return {**json.loads(lines[-1]), "elapsed_s": elapsed_s}


def tell(**figures: Any) -> None:
    """What a measured program says: its figures as the last line of its output."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


def peak_mb(pid: int | None = None) -> float:
    """The most memory a process has held so far, in MB (10^6 bytes); on systems that do not say, what it holds now."""
    process = psutil.Process(pid)
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        lines = (line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(next(lines).split()[1]) * 1024 / 1e6
    return process.memory_info().rss / 1e6


def resident_mb(pid: int | None = None) -> float:
    """The memory a process holds now, in MB."""
    return psutil.Process(pid).memory_info().rss / 1e6


def cpu_s(pid: int | None = None) -> float:
    """Processor seconds a process has used, in and out of the kernel."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def stolen() -> Callable[[], float]:
    """Begin to watch the host. Returns: what tells the share of processor time that its other machines took since."""
    begun = psutil.cpu_times()

    def so_far() -> float:
        now = psutil.cpu_times()
        taken = getattr(now, "steal", 0.0) - getattr(begun, "steal", 0.0)  # nobody knows outside Linux
        return float(taken / max(sum(now) - sum(begun), 1e-9))

    return so_far


def each(values: Iterable[float], factor: float) -> list[float]:
    """*values* in another unit."""
    return [value * factor for value in values]
