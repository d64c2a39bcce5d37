"""How the benchmarks judge what they measured."""

import json
from typing import NamedTuple

import pytest

from tests.benchmarks import measuring
from tests.benchmarks.gaps import WALL, WORKED, gap_ms
from tests.benchmarks.measuring import Measurement


@pytest.mark.parametrize(
    ("value", "floor", "by_value", "within"),
    [
        (30, 10, False, False),
        (30, 20, False, True),
        (30, 20, True, False),
        (1.5, 20, True, True),
        (3, None, False, False),
    ],
)
def test_a_budget_is_a_ratio_where_there_is_a_floor_unless_it_is_a_value(value, floor, by_value, within):
    figure = Measurement("a.b", value, "ms", "how", floor=floor, budget=2, by_value=by_value)
    assert json.loads(figure.line())["within"] is within


def test_the_gap_of_several_runs_is_the_median_of_each_over_its_phases():
    runs = [
        {"gaps_ms": {"import.reading": [(5, 1), (peak, 2)], "import.storing": [(6, worked)], "idle": [(90, 80)]}}
        for peak, worked in ((10, 3), (40, 4), (20, 9))
    ]
    phases = ("import.reading", "import.storing", "import.never")
    assert gap_ms(runs, phases, 1.0, WALL) == 20
    assert gap_ms(runs, phases, 1.0, WORKED) == 4
    assert gap_ms(runs, ("idle",), 0.5, WALL) == 90


def test_what_other_machines_took_is_a_share_of_all_time(monkeypatch):
    class Times(NamedTuple):
        user: float
        idle: float
        steal: float

    told = iter([Times(10.0, 20.0, 1.0), Times(14.0, 25.0, 2.0)])
    monkeypatch.setattr(measuring.psutil, "cpu_times", lambda: next(told))
    assert measuring.stolen()() == pytest.approx(0.1)


def test_where_nobody_knows_what_was_taken_it_is_nothing(monkeypatch):
    class Times(NamedTuple):
        user: float
        idle: float

    told = iter([Times(10.0, 20.0), Times(14.0, 25.0)])
    monkeypatch.setattr(measuring.psutil, "cpu_times", lambda: next(told))
    assert measuring.stolen()() == 0.0
