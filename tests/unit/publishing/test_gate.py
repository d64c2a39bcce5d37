"""The door: when it is closed, what it says, and what locks it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.models import TaskState
from app.services.clock import at_office, now_ms
from app.services.marketplace.port import RateLimited, Refused, TemporaryFault, Unanswered, Unreachable
from app.services.marketplace.records import Pause
from app.services.publishing import gate as module
from app.services.publishing.counts import RunCounts
from app.services.publishing.gate import Ending, Gate, stop_and_keep
from app.services.tasks import TaskContext
from tests.unit.publishing.conftest import FAST


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module.time, "monotonic", clock.monotonic)
    return clock


@pytest.fixture
def ctx() -> TaskContext:
    return TaskContext()


@pytest.fixture
async def gate(ctx: TaskContext) -> Gate:
    return Gate(ctx, RunCounts(ctx), FAST)


def look(gate: Gate, clock: Clock, after_s: float = 0.0) -> bool:
    """Let time pass and the watcher look. Returns: whether the gate is open."""
    clock.now_s += after_s
    gate._look(clock.now_s)
    return gate._open.is_set()


async def test_a_limit_closes_it_for_as_long_as_the_platform_says(gate: Gate, clock: Clock, ctx: TaskContext) -> None:
    gate.limited(RateLimited(None, retry_after_s=38))
    assert not look(gate, clock)
    assert (ctx.progress.note, dict(ctx.progress.params)) == ("publishing.rate_limited", {"seconds": 38})
    assert not look(gate, clock, 37.5)
    assert dict(ctx.progress.params) == {"seconds": 1}
    assert look(gate, clock, 1)
    assert ctx.progress.note == ""


async def test_a_long_limit_is_told_as_a_time_of_the_day(gate: Gate, clock: Clock, ctx: TaskContext) -> None:
    gate.limited(RateLimited("marketplace.day_quota", retry_after_s=14_229))
    look(gate, clock)
    assert ctx.progress.note == "publishing.quota_used_up"
    said = str(dict(ctx.progress.params)["until"])
    assert re.fullmatch(r"(\d\d-\d\d )?\d\d:\d\d", said)
    expected = {(at_office(now_ms()) + timedelta(seconds=14_229 + more)).strftime("%H:%M") for more in (0, 60)}
    assert said[-5:] in expected


async def test_the_longer_of_two_waits_counts(gate: Gate, clock: Clock) -> None:
    gate.limited(RateLimited(None, retry_after_s=30))
    gate.limited(RateLimited(None, retry_after_s=2))
    assert not look(gate, clock, 20)
    assert look(gate, clock, 11)


async def test_silence_makes_it_wait_ever_longer_until_somebody_answers(clock: Clock, ctx: TaskContext) -> None:
    gate = Gate(ctx, RunCounts(ctx), replace(FAST, outage_patience_s=600.0))
    lost = Unreachable(None, host="api-sg.aliexpress.com")
    waits = []
    for _ in range(9):
        assert gate.failed(lost), "it says nothing about the listing"
        waits.append(max(0.0, gate._until - clock.now_s))
        look(gate, clock, waits[-1])
    assert waits[:2] == [0, 0], "one cut connection slows nobody down"
    assert waits[2:] == [1, 2, 4, 8, 16, 30, 30]
    gate.answered()
    gate.failed(lost)
    assert look(gate, clock)


async def test_silence_beyond_patience_ends_the_run(ctx: TaskContext, clock: Clock) -> None:
    gate = Gate(ctx, RunCounts(ctx), replace(FAST, outage_patience_s=60.0))
    gate.failed(Unanswered(None))
    clock.now_s += 59
    gate.failed(Unanswered(None))
    assert gate.ending is None
    clock.now_s += 2
    last = Unanswered(None)
    gate.failed(last)
    assert (gate.ending, gate.error) == (Ending.OUT_OF_REACH, last)
    assert not await gate.wait()


@pytest.mark.parametrize(
    "error",
    [
        TemporaryFault("marketplace.system_error", platform_code="F00-10-10000-001"),
        TemporaryFault("marketplace.sku_missing"),
        Unanswered(None, platform_code="ServiceTimeout"),
        Refused(None, platform_code="1"),
    ],
)
async def test_a_no_is_an_answer(gate: Gate, clock: Clock, error: Exception) -> None:
    for _ in range(10):
        assert not gate.failed(error)  # type: ignore[arg-type]
    assert look(gate, clock)


async def test_stop_cancels_and_may_be_told_to_keep(ctx: TaskContext, clock: Clock) -> None:
    kept = TaskContext()
    for context, ending in ((ctx, Ending.CANCELLED), (kept, Ending.KEPT)):
        gate = Gate(context, RunCounts(context), FAST)
        context.stop.set() if context is ctx else stop_and_keep(context)
        look(gate, clock)
        assert gate.ending is ending
        assert not await gate.wait()


async def test_the_first_reason_counts_but_keeping_overrules_cancelling(gate: Gate) -> None:
    gate.end(Ending.CANCELLED)
    gate.end(Ending.SIGNED_OUT)
    assert gate.ending is Ending.CANCELLED
    gate.end(Ending.KEPT)
    assert gate.ending is Ending.KEPT
    gate.end(Ending.CANCELLED)
    assert gate.ending is Ending.KEPT


async def test_pause_is_told_once(ctx: TaskContext, clock: Clock) -> None:
    told: list[bool] = []
    gate = Gate(ctx, RunCounts(ctx), FAST, told.append)
    ctx.pause.set()
    assert not look(gate, clock)
    look(gate, clock)
    ctx.pause.clear()
    assert look(gate, clock)
    assert told == [True, False]


async def test_a_sleeper_wakes_when_the_run_ends(gate: Gate) -> None:
    sleeping = asyncio.create_task(gate.sleep(3_600))
    await asyncio.sleep(0)
    gate.end(Ending.KEPT)
    assert not await sleeping


async def test_waiting_for_limits_is_measured(ctx: TaskContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TICK_S", 0.001)
    gate = Gate(ctx, RunCounts(ctx), FAST)
    async with gate.watch():
        gate.limited(RateLimited(None, retry_after_s=0.02))
        assert await gate.wait()
    assert 0.01 < gate.waited_s < 5


def test_counts_move_a_task_from_state_to_state(ctx: TaskContext) -> None:
    counts = RunCounts(ctx)
    counts.start({1: TaskState.QUEUED, 2: TaskState.UNKNOWN, 3: TaskState.IN_REVIEW})
    assert (ctx.progress.done, ctx.progress.total, ctx.progress.failed) == (0, 2, 0), "3 was sent by an earlier run"
    counts.put(1, TaskState.IN_REVIEW)
    counts.put(1, TaskState.REJECTED)
    counts.put(4, TaskState.FAILED)
    counts.put(3, TaskState.LIVE)
    assert (ctx.progress.done, ctx.progress.total, ctx.progress.failed) == (2, 3, 2)
    assert (counts.of(TaskState.LIVE), counts.of(TaskState.REJECTED, TaskState.FAILED)) == (1, 2)
    assert counts.of(TaskState.QUEUED, TaskState.IN_REVIEW) == 0


def test_a_run_that_only_follows_reviews_shows_them(ctx: TaskContext) -> None:
    counts = RunCounts(ctx)
    counts.start({1: TaskState.IN_REVIEW, 2: TaskState.IN_REVIEW})
    assert (ctx.progress.done, ctx.progress.total) == (2, 2)


async def test_a_limit_of_more_than_a_minute_says_until_when_and_why(
    gate: Gate, clock: Clock, ctx: TaskContext
) -> None:
    gate.limited(RateLimited("marketplace.rate_limited_for", platform_code="AppApiCallLimit", retry_after_s=900))
    look(gate, clock)
    said = dict(ctx.progress.params)
    assert (ctx.progress.note, said["why"]) == ("publishing.rate_limited_until", "AppApiCallLimit")
    assert re.fullmatch(r"(\d\d-\d\d )?\d\d:\d\d", str(said["until"]))


async def test_a_limit_that_calls_wait_for_inside_the_adapter_is_told_and_forgotten(
    clock: Clock, ctx: TaskContext
) -> None:
    pauses: list[Pause] = []
    gate = Gate(ctx, RunCounts(ctx), FAST, pauses=lambda: pauses)
    until = datetime.now(UTC) + timedelta(seconds=30)

    pauses[:] = [Pause(until, "AppApiCallLimit", "aliexpress.solution.order.get")]
    assert look(gate, clock) and ctx.progress.note == ""  # orders hold nothing up here
    pauses[:] = [Pause(until, "AppApiCallLimit", "aliexpress.offer.product.post")]
    assert look(gate, clock) and ctx.progress.note == "publishing.rate_limited"
    assert 25 < int(str(dict(ctx.progress.params)["seconds"])) <= 30
    pauses[:] = []
    assert look(gate, clock) and ctx.progress.note == ""
