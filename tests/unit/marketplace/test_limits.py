"""Waiting in front of limits: rates, bans, levels, learning."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.marketplace.aliexpress.limits import Caller, Limits
from app.services.marketplace.port import RateLimited
from app.services.marketplace.records import Pause
from tests.unit.marketplace.stub import START, FakeClock

POST = "aliexpress.offer.product.post"
READ = "aliexpress.offer.product.query"


def caller(method: str = POST, store: str = "one", app: str = "500123") -> Caller:
    return Caller(app, store, method)


def limits(clock: FakeClock, rates: Mapping[str, Any] | None = None) -> Limits:
    return Limits(clock, rates)


async def send(limits: Limits, clock: FakeClock, who: Caller, count: int = 1) -> list[float]:
    """When *count* calls may leave; each is answered at once."""
    left = []
    for _ in range(count):
        turn = await limits.turn(who)
        left.append(clock.elapsed)
        turn.over(clock.monotonic(), was_let_through=True)
    return left


def ban(code: str = "AppApiCallLimit", seconds: float | None = 3.0) -> RateLimited:
    return RateLimited(platform_code=code, retry_after_s=seconds)


async def test_creates_are_paced_at_a_hundred_a_second_by_default(clock: FakeClock) -> None:
    left = await send(limits(clock), clock, caller(), 301)

    assert 300 / left[-1] == pytest.approx(99.5, abs=0.6)


async def test_methods_without_a_known_limit_run_free(clock: FakeClock) -> None:
    assert await send(limits(clock), clock, caller(READ), 500) == [0.0] * 500
    assert clock.sleeps == []


async def test_a_rate_can_be_set_or_lifted(clock: FakeClock) -> None:
    free = limits(clock, {POST: {"app_method": None}})
    slow = limits(clock, {"store_method": 2})

    assert await send(free, clock, caller(), 300) == [0.0] * 300
    assert (await send(slow, clock, caller(READ), 5))[-1] == pytest.approx(2.0, rel=0.05)


async def test_many_at_once_leave_one_after_the_other(clock: FakeClock) -> None:
    limited = limits(clock, {POST: {"app_method": 10}})

    batches = await asyncio.gather(*(send(limited, clock, caller(), 2) for _ in range(20)))

    left = sorted(at for batch in batches for at in batch)
    assert len(left) == 40
    assert all(left[index + 10] - left[index] >= 1.0 for index in range(30))
    assert left[-1] == pytest.approx(3.9, rel=0.03)


async def test_stores_of_one_app_share_its_limit_and_other_apps_do_not(clock: FakeClock) -> None:
    limited = limits(clock, {"app_method": 10})
    await send(limited, clock, caller(store="one"), 10)

    (other_store,) = await send(limited, clock, caller(store="two"))
    (other_app,) = await send(limited, clock, caller(app="500124"))

    assert other_store == pytest.approx(1.0, rel=0.03)
    assert other_app == other_store


async def test_a_stores_own_limit_does_not_hold_up_its_neighbour(clock: FakeClock) -> None:
    limited = limits(clock, {"store_method": 1})
    await send(limited, clock, caller(store="one"))

    slow = asyncio.create_task(send(limited, clock, caller(store="one")))
    await asyncio.sleep(0)
    (neighbour,) = await send(limited, clock, caller(store="two"))

    assert neighbour < 0.1
    assert (await slow)[0] >= 1.0


async def test_a_ban_holds_everybody_it_concerns(clock: FakeClock) -> None:
    limited = limits(clock)
    limited.obey(caller(READ), ban(seconds=3.0))

    (same_method,) = await send(limited, clock, caller(READ, store="two"))
    assert same_method == pytest.approx(3.0)


async def test_a_ban_of_one_method_leaves_the_others_alone(clock: FakeClock) -> None:
    limited = limits(clock)
    limited.obey(caller(READ), ban(seconds=3.0))

    assert await send(limited, clock, caller(POST)) == [0.0]


@pytest.mark.parametrize(
    ("code", "method", "store", "is_held"),
    [
        ("SellerCallLimit", POST, "one", True),
        ("SellerCallLimit", POST, "two", False),
        ("AppCallLimit", POST, "two", True),
        ("accesscontrol.limited-by-app-api-access-count", READ, "two", True),
        ("accesscontrol.limited-by-app-api-access-count", POST, "one", False),
        ("SomethingNew", READ, "two", True),
    ],
)
async def test_who_is_held_depends_on_what_was_limited(
    clock: FakeClock, code: str, method: str, store: str, is_held: bool
) -> None:
    limited = limits(clock)
    limited.obey(caller(READ), ban(code, 2.0))

    (left,) = await send(limited, clock, caller(method, store))

    assert (left >= 2.0) is is_held


async def test_a_ban_that_comes_while_waiting_is_obeyed(clock: FakeClock) -> None:
    limited = limits(clock, {"store_method": 1})
    await send(limited, clock, caller())
    waiting = asyncio.create_task(send(limited, clock, caller()))
    await asyncio.sleep(0)

    limited.obey(caller(), ban(seconds=20.0))

    assert (await waiting)[0] >= 20.0


async def test_a_ban_of_a_limit_that_was_passed_already_is_obeyed_too(clock: FakeClock) -> None:
    """The call has its method's turn and waits for the app's, when the method is banned."""
    limited = limits(clock, {"app": 1})
    await send(limited, clock, caller(READ))
    waiting = asyncio.create_task(send(limited, clock, caller(POST)))
    await asyncio.sleep(0)

    limited.obey(caller(POST), ban(seconds=20.0))

    assert (await waiting)[0] >= 20.0


async def test_a_ban_without_a_length_lasts_a_moment(clock: FakeClock) -> None:
    limited = limits(clock)
    limited.obey(caller(READ), ban(seconds=None))

    assert (await send(limited, clock, caller(READ)))[0] == pytest.approx(1.0)


async def test_a_long_ban_is_reported_instead_of_waited_for_and_nothing_is_sent(clock: FakeClock) -> None:
    limited = limits(clock)
    long = RateLimited("marketplace.day_quota", platform_code="AppCallLimit", retry_after_s=14_229.0)
    assert not limited.is_waited_for(long)
    limited.obey(caller(READ), long)
    clock.elapsed += 229.0

    with pytest.raises(RateLimited) as caught:
        await limited.turn(caller(POST))

    assert (caught.value.error_code, caught.value.retry_after_s) == ("marketplace.day_quota", pytest.approx(14_000.0))
    assert clock.sleeps == []


async def test_a_shorter_ban_does_not_shorten_a_longer_one(clock: FakeClock) -> None:
    limited = limits(clock)
    limited.obey(caller(READ), ban(seconds=30.0))
    limited.obey(caller(READ), ban(seconds=1.0))

    assert (await send(limited, clock, caller(READ)))[0] == pytest.approx(30.0)


async def test_an_unknown_limit_is_learned_from_what_went_through_and_tried_again_later(clock: FakeClock) -> None:
    limited = limits(clock)
    await send(limited, clock, caller(READ), 20)
    limited.obey(caller(READ), ban(seconds=1.0))

    learned = await send(limited, clock, caller(READ), 61)
    assert 60 / (learned[-1] - learned[0]) == pytest.approx(19.9, rel=0.03)

    clock.elapsed += 70.0
    free = await send(limited, clock, caller(READ), 50)
    assert free[0] == free[-1]


async def test_many_answers_to_one_ban_slow_down_once(clock: FakeClock) -> None:
    limited = limits(clock, {"app_method": 100})
    for _ in range(30):
        limited.obey(caller(), ban(seconds=1.0))

    left = await send(limited, clock, caller(), 101)

    assert 100 / (left[-1] - left[0]) > 75


async def test_a_cancelled_wait_lets_the_next_one_through(clock: FakeClock) -> None:
    limited = limits(clock, {"store_method": 1})
    await send(limited, clock, caller())
    waiting = asyncio.create_task(limited.turn(caller()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert (await send(limited, clock, caller()))[0] == pytest.approx(1.005, rel=0.01)


async def test_the_slower_of_two_limits_decides_and_neither_blocks(clock: FakeClock) -> None:
    limited = limits(clock, {"app": 20, "app_method": 5})

    slow, quick = await asyncio.gather(send(limited, clock, caller(POST), 11), send(limited, clock, caller(READ), 11))

    assert slow[-1] == pytest.approx(2.0, rel=0.1)
    assert quick[-1] == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("method", [POST, READ])
async def test_a_seller_who_must_wait_does_not_hold_up_another_at_a_paced_method(clock: FakeClock, method: str) -> None:
    """The one who waits for his own ban must not stand in the turn that all stores share meanwhile."""
    limited = limits(clock)
    limited.obey(caller(method, store="one"), ban("SellerCallLimit", 30.0))
    slow = asyncio.create_task(send(limited, clock, caller(method, store="one")))
    await asyncio.sleep(0)

    (neighbour,) = await send(limited, clock, caller(method, store="two"))

    assert neighbour < 1.0
    assert (await slow)[0] >= 30.0


async def test_a_pace_of_each_store_leaves_every_store_its_own(clock: FakeClock) -> None:
    limited = limits(clock, {"store": 5})

    alone = (await send(limited, clock, caller(READ, store="zero"), 26))[-1]
    start = clock.elapsed
    together = await asyncio.gather(*(send(limited, clock, caller(READ, store=str(n)), 26) for n in range(6)))

    assert [left[-1] - start for left in together] == pytest.approx([alone] * 6, rel=0.02)


async def test_pauses_are_told_with_their_end_and_scope(clock: FakeClock) -> None:
    limited = limits(clock)
    assert limited.pauses(caller()) == ()
    limited.obey(caller(READ), ban("AppApiCallLimit", 40.0))
    limited.obey(caller(POST), ban("SellerCallLimit", 20.0))
    limited.obey(caller(POST, store="two"), ban("SellerCallLimit", 90.0))

    assert limited.pauses(caller()) == (
        Pause(START + timedelta(seconds=40), "AppApiCallLimit", READ),
        Pause(START + timedelta(seconds=20), "SellerCallLimit", "store"),
    )
    clock.elapsed += 30
    assert [pause.scope for pause in limited.pauses(caller())] == [READ]


class FarSide:
    """A gateway's counter, written from the documentation: at most so many arrivals in any sliding second."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.arrivals: list[float] = []

    def arrive(self, at: float) -> None:
        self.arrivals.append(at)

    def worst(self) -> int:
        times = sorted(self.arrivals)
        return max(sum(1 for time in times if start <= time < start + 1.0) for start in times)


@settings(max_examples=20)
@given(
    rate=st.integers(1, 40),
    stores=st.integers(1, 4),
    lateness=st.lists(st.floats(0.0, 0.0045), min_size=1, max_size=7),
)
def test_no_mix_of_stores_and_late_arrivals_exceeds_the_limit(rate: int, stores: int, lateness: list[float]) -> None:
    """The bucket as a property: whatever leaves through it, the far side never counts more than the limit,
    as long as the way's length varies within the half per cent of a window that is kept in hand (`pacing`)."""

    async def run() -> FarSide:
        clock = FakeClock()
        limited = Limits(clock, {POST: {"app_method": rate}})
        far = FarSide(rate)

        async def call(number: int) -> None:
            turn = await limited.turn(caller(store=str(number % stores)))
            way_s = lateness[number % len(lateness)]
            far.arrive(clock.elapsed + way_s)
            turn.over(clock.monotonic() + 2 * way_s, was_let_through=True)

        await asyncio.gather(*(call(number) for number in range(3 * rate + 1)))
        return far

    far = asyncio.run(run())
    assert len(far.arrivals) == 3 * rate + 1
    assert far.worst() <= rate
