"""How long the window's event loop is held up while it imports, publishes and changes all listings at once, beside the
same window idle.

A gap on a shared machine may be the machine's: idle gaps stand in the same line, and beside the longest gap stands
the longest time the GUI thread itself worked in one (`worked`), which other programs do not lengthen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from tests.benchmarks.ground import Ground
from tests.benchmarks.measuring import Measurement, run_program, share

PROGRAM = "tests.benchmarks.programs.window_gaps"
WORK = {
    "import": (("import.reading", "import.storing"), "{rows} rows read, compared and stored by the import dialog"),
    "publish": (("publish.checking", "publish.sending"), "{sent} listings checked, queued and sent from the tab"),
    "edit": (
        ("edit.planning", "edit.checking", "edit.storing"),
        "the price of every imported listing raised in the bulk edit, shown, checked and stored",
    ),
}
"""Phases of each work, without the moments in which a dialog opens or shows rows."""
ANSWERS = (
    *("publish.asking", "import.opening", "import.shown", "import.stored"),
    *("edit.opening", "edit.shown", "edit.stored"),
)
P99_MS, MAX_MS, PAINTED_MAX_MS = 8, 20, 50
IDLE_S = 1.0
"""Idle twice, at the beginning and the end, so long for each repeat that is asked for."""
WALL, WORKED = 0, 1
Told = Mapping[str, Any]


def measure(ground: Ground) -> Iterator[Measurement]:
    """Fresh windows in turns, with the Listings table repainted ten times a second and with another tab in view."""
    sizes = ground.sizes
    runs: dict[bool, list[Told]] = {False: [], True: []}
    for _ in range(sizes.repeats):
        for paints, told in runs.items():
            arguments = (ground.copy_of_outbox(), ground.sheet, sizes.sent, int(paints), IDLE_S * sizes.repeats)
            told.append(run_program(PROGRAM, *arguments, environment=ground.bytecode))
    for name, (phases, how) in WORK.items():
        said = how.format(rows=sizes.sheet_rows, sent=sizes.sent)
        plain, painted = f"{said}; another tab in view", f"{said}; the Listings table repainted ten times a second"
        yield _figure(f"gaps.{name}.p99", runs[False], phases, plain, P99_MS, part=0.99)
        yield _figure(f"gaps.{name}.max", runs[False], phases, plain, MAX_MS)
        yield _figure(f"gaps.{name}.worked", runs[False], phases, plain, MAX_MS, which=WORKED)
        yield _figure(f"gaps.painted.{name}.max", runs[True], phases, painted, PAINTED_MAX_MS)
        yield _figure(f"gaps.painted.{name}.worked", runs[True], phases, painted, PAINTED_MAX_MS, which=WORKED)
    for which, name in ((WALL, "max"), (WORKED, "worked")):
        how = "a dialog opens, shows its rows, goes; no repaints"
        yield _figure(f"gaps.answers.{name}", runs[False], ANSWERS, how, which=which)
    yield from _beside(runs)


def _figure(
    name: str,
    runs: Sequence[Told],
    phases: Sequence[str],
    how: str,
    budget: float | None = None,
    *,
    part: float = 1.0,
    which: int = WALL,
) -> Measurement:
    what = "the GUI thread's own work in one gap" if which == WORKED else "between two beats of 5 ms"
    return Measurement(
        name,
        gap_ms(runs, phases, part, which),
        "ms",
        f"{how}; {what}; the floor is the same window idle",
        floor=gap_ms(runs, ["idle"], part, which),
        budget=budget,
        by_value=True,
    )


def gap_ms(runs: Sequence[Told], phases: Sequence[str], part: float, which: int) -> float:
    """The median, over *runs*, of the gap below which *part* of all gaps of *phases* lie.

    Args:
        which: `WALL`, the gaps; `WORKED`, the GUI thread's own work in them.
    """
    return median(
        share([gap[which] for phase in phases for gap in run["gaps_ms"].get(phase, ())], part) for run in runs
    )


def _beside(runs: Mapping[bool, Sequence[Told]]) -> Iterator[Measurement]:
    """What the window's process took."""
    for paints, word in ((False, "another tab in view"), (True, "repainted")):
        core = median(100 * run["publish_cpu_s"] / run["publish_s"] for run in runs[paints])
        name = "gaps.painted.publish.core" if paints else "gaps.publish.core"
        yield Measurement(name, core, "% of a core", f"the window's process from Publish to the last verdict; {word}")
    both = [run for told in runs.values() for run in told]
    yield Measurement("gaps.import.s", median(run["import_s"] for run in both), "s", "the import as the user waits")
    how = f"the bulk edit of {min(run['edited'] for run in both)} listings, from the typed number to the stored change"
    yield Measurement("gaps.edit.s", median(run["edit_s"] for run in both), "s", how)
    yield Measurement("gaps.peak", max(run["peak_mb"] for run in both), "MB", "most memory of the window's process")
