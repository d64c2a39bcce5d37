"""The pacer against a far side that counts arrivals, in every way a gateway may count them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.marketplace.aliexpress.pacing import Pacer


class Wire:
    """Simulates a run: every call leaves when the pacer allows (a little later: timers are late) and arrives later."""

    def __init__(
        self,
        pacer: Pacer,
        *,
        delay: Callable[[float], float] = lambda at: 0.002,
        service: Callable[[float], float] = lambda at: 0.003,
        tardiness: Callable[[], float] = lambda: 0.0006,
    ) -> None:
        self.pacer, self.delay, self.service, self.tardiness = pacer, delay, service, tardiness
        self.left: list[float] = []
        self.arrived: list[float] = []

    def run(self, calls: int, start: float = 50.0) -> None:
        now, under_way = start, []
        for _ in range(calls):
            while True:
                due = self.pacer.due(now)
                if due <= now:
                    break
                now = due + self.tardiness()
                for back, departure in list(under_way):
                    if back <= now:
                        self.pacer.arrived(departure, back)
                        under_way.remove((back, departure))
            departure = self.pacer.leave(now)
            arrival = now + self.delay(now)
            self.left.append(now)
            self.arrived.append(arrival)
            under_way.append((arrival + self.service(arrival), departure))

    @property
    def rate(self) -> float:
        return (len(self.left) - 1) / (self.left[-1] - self.left[0])

    def most_in(self, window: float) -> int:
        """The most arrivals in any sliding window."""
        times = sorted(self.arrived)
        first = most = 0
        for index, time in enumerate(times):
            while times[first] <= time - window:
                first += 1
            most = max(most, index - first + 1)
        return most


def ticks(step: float) -> Callable[[], float]:
    """Timers that only fire on multiples of *step* (Windows)."""
    dice = random.Random(5)
    return lambda: dice.random() * step


def test_a_hundred_a_second_are_reached_and_never_exceeded() -> None:
    wire = Wire(Pacer(100, 1.0))

    wire.run(3_000)

    assert wire.rate >= 99.0
    assert wire.most_in(1.0) <= 100


@pytest.mark.parametrize("seed", range(6))
def test_answers_of_any_length_cost_neither_rate_nor_limit(seed: int) -> None:
    dice = random.Random(seed)
    wire = Wire(Pacer(100, 1.0), service=lambda at: dice.uniform(0.01, 0.25))

    wire.run(3_000)

    assert wire.rate >= 98.0
    assert wire.most_in(1.0) <= 100


@pytest.mark.parametrize("stall", [0.02, 0.05, 0.1])
def test_a_stall_of_the_far_side_does_not_make_its_window_overflow(stall: float) -> None:
    """For a while nothing is taken in; then everything that waited arrives at once."""

    def delay(at: float) -> float:
        begun = at % 10.0
        return 0.002 + (stall - begun if begun < stall else 0.0)

    wire = Wire(Pacer(100, 1.0), delay=delay)

    wire.run(5_000)

    assert wire.rate >= 98.0
    assert wire.most_in(1.0) <= 100


def test_answers_that_vary_by_nature_do_not_use_up_what_is_kept_for_a_stall() -> None:
    dice = random.Random(2)

    def delay(at: float) -> float:
        begun = at - 70.0
        return 0.002 + (0.1 - begun if 0 <= begun < 0.1 else 0.0)

    wire = Wire(Pacer(100, 1.0), delay=delay, service=lambda at: dice.uniform(0.005, 0.04))

    wire.run(3_000)

    assert wire.rate >= 98.5
    assert wire.most_in(1.0) <= 100


def test_coarse_timers_reach_the_rate_too() -> None:
    wire = Wire(Pacer(100, 1.0), tardiness=ticks(0.0156))

    wire.run(3_000)

    assert wire.rate >= 97.0
    assert wire.most_in(1.0) <= 100


def test_departures_are_even_without_bursts() -> None:
    wire = Wire(Pacer(50, 1.0))

    wire.run(500)

    gaps = [later - earlier for earlier, later in pairwise(wire.left)]
    assert min(gaps) > 0.018
    assert sorted(gaps)[-11] < 0.022
    assert max(gaps) < 0.09


def test_a_long_pause_is_not_made_good_with_a_burst() -> None:
    pacer = Pacer(50, 1.0)
    wire = Wire(pacer)
    wire.run(10)
    now = wire.left[-1] + 30.0

    at_once = 0
    while pacer.due(now) <= now:
        pacer.leave(now)
        at_once += 1

    assert at_once <= 2


def test_lateness_does_not_add_up() -> None:
    dice = random.Random(3)
    wire = Wire(Pacer(20, 1.0), tardiness=lambda: dice.uniform(0.0, 0.012))

    wire.run(1_000)

    assert wire.rate >= 19.5
    assert wire.most_in(1.0) <= 20


@pytest.mark.parametrize(("calls", "window"), [(1, 1.0), (1, 60.0), (3, 1.0), (5_000, 1.0), (150, 86_400.0)])
def test_any_limit_is_kept(calls: int, window: float) -> None:
    wire = Wire(Pacer(calls, window))

    wire.run(min(4 * calls + 2, 12_000))

    assert wire.most_in(window) <= calls


def test_meeting_a_limit_slows_down_and_time_heals() -> None:
    pacer = Pacer(100, 1.0)
    for _ in range(4):
        pacer.slow_down()
    slow, healed = Wire(pacer), Wire(pacer)

    slow.run(150)
    healed.run(3_000, start=slow.left[-1])

    assert slow.rate < 60
    assert (999) / (healed.left[-1] - healed.left[-1000]) > 97


def test_ordinary_jitter_of_the_way_is_covered() -> None:
    dice = random.Random(7)
    wire = Wire(Pacer(100, 1.0), delay=lambda at: dice.uniform(0.001, 0.005))

    wire.run(3_000)

    assert wire.rate >= 98.5
    assert wire.most_in(1.0) <= 100


@settings(max_examples=60)
@given(
    calls=st.integers(1, 120),
    window=st.sampled_from([0.5, 1.0, 2.0, 60.0, 86_400.0]),
    jitter=st.floats(0.0, 0.005),
    latency=st.floats(0.0, 0.5),
    slowest=st.floats(0.0, 1.0),
    timer=st.floats(0.0, 0.016),
    limits_met=st.integers(0, 6),
    seed=st.integers(0, 2**32),
)
def test_no_window_ever_holds_more_than_the_limit(
    calls: int, window: float, jitter: float, latency: float, slowest: float, timer: float, limits_met: int, seed: int
) -> None:
    """Whatever the limit, the way, the answers and the timers are like. The way varies by less than the share of a
    window that is kept for it: more than that nobody at this end can see."""
    dice = random.Random(seed)
    wire = Wire(
        Pacer(calls, window),
        delay=lambda at: latency + dice.random() * min(jitter, window * 0.009),
        service=lambda at: dice.random() * slowest,
        tardiness=lambda: dice.random() * timer,
    )
    for _ in range(limits_met):
        wire.pacer.slow_down()

    wire.run(3 * calls + 40)

    assert wire.most_in(window) <= calls


def windows_of_whole_seconds(times: list[float]) -> Iterator[int]:
    by_second: dict[int, int] = {}
    for time in times:
        by_second[int(time)] = by_second.get(int(time), 0) + 1
    yield from by_second.values()


def test_windows_of_whole_seconds_are_kept_as_well() -> None:
    dice = random.Random(11)
    wire = Wire(Pacer(100, 1.0), delay=lambda at: dice.uniform(0.001, 0.006))

    wire.run(2_000)

    assert max(windows_of_whole_seconds(wire.arrived)) <= 100
