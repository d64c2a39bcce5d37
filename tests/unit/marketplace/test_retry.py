"""Which errors are repeated, for which calls, how often and after how long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from app.services.marketplace.aliexpress.mapping.methods import IMAGE_UPLOAD, LISTING_CREATE, LISTING_READ, Method
from app.services.marketplace.aliexpress.retry import RetryPolicy, may_repeat, with_retries
from app.services.marketplace.port import (
    MarketplaceError,
    RateLimited,
    Refused,
    SignedOut,
    TemporaryFault,
    Unanswered,
    Unreachable,
)
from tests.unit.marketplace.stub import FakeClock

POLICY = RetryPolicy(attempts=4, first_pause_s=0.5, factor=2, longest_pause_s=1.5, limit_attempts=6)


class Flaky:
    """Fails with the given errors in turn, then answers; the last error goes on for ever if *forever*."""

    def __init__(self, *errors: MarketplaceError, forever: bool = False) -> None:
        self.errors, self.forever, self.tries = list(errors), forever, 0

    async def __call__(self) -> str:
        self.tries += 1
        if self.forever:
            raise self.errors[0]
        if self.errors:
            raise self.errors.pop(0)
        return "done"


async def run(
    attempt: Callable[[], Awaitable[str]], method: Method, clock: FakeClock, is_waited_for: bool = True
) -> str:
    return await with_retries(
        attempt,
        method,
        policy=POLICY,
        clock=clock,
        is_waited_for=lambda limit: is_waited_for,
        chance=lambda: 1.0,
    )


@pytest.mark.parametrize(
    ("error", "read", "create", "upload"),
    [
        (TemporaryFault(), True, True, True),
        (Unreachable(host="gw"), True, True, True),
        (Unanswered(), True, False, True),
        (Refused(), False, False, False),
        (SignedOut(), False, False, False),
        (MarketplaceError(), False, False, False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_may_be_repeated(error: MarketplaceError, read: bool, create: bool, upload: bool) -> None:
    allowed = [may_repeat(error, method) for method in (LISTING_READ, LISTING_CREATE, IMAGE_UPLOAD)]

    assert allowed == [read, create, upload]


async def test_a_passing_fault_passes_with_growing_pauses(clock: FakeClock) -> None:
    flaky = Flaky(TemporaryFault(), TemporaryFault(), TemporaryFault())

    assert await run(flaky, LISTING_CREATE, clock) == "done"
    assert clock.sleeps == [0.5, 1.0, 1.5]


async def test_patience_ends_and_the_error_comes_out(clock: FakeClock) -> None:
    flaky = Flaky(TemporaryFault(platform_code="F00-10-10000-001"), forever=True)

    with pytest.raises(TemporaryFault) as caught:
        await run(flaky, LISTING_READ, clock)

    assert flaky.tries == POLICY.attempts
    assert caught.value.platform_code == "F00-10-10000-001"


@pytest.mark.parametrize("error", [Refused(), SignedOut(), Unanswered()])
async def test_a_create_is_sent_once_when_it_might_be_there(error: MarketplaceError, clock: FakeClock) -> None:
    flaky = Flaky(error, forever=True)

    with pytest.raises(type(error)):
        await run(flaky, LISTING_CREATE, clock)

    assert flaky.tries == 1
    assert clock.sleeps == []


async def test_a_read_without_answer_is_asked_again(clock: FakeClock) -> None:
    flaky = Flaky(Unanswered(), Unanswered())

    assert await run(flaky, LISTING_READ, clock) == "done"
    assert flaky.tries == 3


async def test_limits_are_waited_for_elsewhere_and_more_patiently(clock: FakeClock) -> None:
    assert await run(Flaky(*(RateLimited() for _ in range(5))), LISTING_CREATE, clock) == "done"
    assert clock.sleeps == []

    flaky = Flaky(RateLimited(), forever=True)
    with pytest.raises(RateLimited):
        await run(flaky, LISTING_CREATE, clock)
    assert flaky.tries == POLICY.limit_attempts


async def test_a_limit_that_lasts_too_long_comes_out_at_once(clock: FakeClock) -> None:
    flaky = Flaky(RateLimited(retry_after_s=9_000.0), forever=True)

    with pytest.raises(RateLimited):
        await run(flaky, LISTING_READ, clock, is_waited_for=False)

    assert flaky.tries == 1


def test_half_of_a_pause_is_chance() -> None:
    assert POLICY.pause_s(2, 0.0) == 0.5
    assert POLICY.pause_s(2, 1.0) == 1.0
    assert POLICY.pause_s(9, 1.0) == POLICY.longest_pause_s


def test_the_rule_file_is_bounded() -> None:
    policy = RetryPolicy.from_rules()

    assert 2 <= policy.attempts <= 10
    assert sum(policy.pause_s(failures, 1.0) for failures in range(1, policy.attempts)) < 60
