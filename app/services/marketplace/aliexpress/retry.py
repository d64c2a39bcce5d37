"""Trying again: who, how often, after how long. The numbers are in `aliexpress_limits.json`."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from app.services.marketplace.aliexpress.clock import Clock
from app.services.marketplace.aliexpress.mapping.methods import Method, Repeat
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.port import MarketplaceError, RateLimited

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patient a call is.

    Attributes:
        attempts: tries in all, the first one included.
        first_pause_s, factor, longest_pause_s: exponential back-off; half of each pause is chance.
        limit_attempts: tries of a call that meets frequency limits, which say themselves how long to wait.
    """

    attempts: int
    first_pause_s: float
    factor: float
    longest_pause_s: float
    limit_attempts: int

    @classmethod
    def from_rules(cls) -> RetryPolicy:
        """The policy of the rule file."""
        numbers = {name: value for name, value in rules("limits")["retry"].items() if not name.startswith("_")}
        return cls(**numbers)

    def pause_s(self, failures: int, chance: float) -> float:
        """Seconds to wait after that many *failures*; *chance* is from 0 to 1."""
        full = min(self.first_pause_s * self.factor ** (failures - 1), self.longest_pause_s)
        return full * (0.5 + chance / 2)


def may_repeat(error: MarketplaceError, method: Method) -> bool:
    """Whether the same call may be sent again: passing faults always, for the platform applied nothing; a missing
    verdict only where a second call does no harm; refusals never."""
    return error.retryable or (error.is_unanswered and method.repeat in (Repeat.READ, Repeat.HARMLESS))


async def with_retries(
    attempt: Callable[[], Awaitable[T]],
    method: Method,
    *,
    policy: RetryPolicy,
    clock: Clock,
    is_waited_for: Callable[[RateLimited], bool],
    chance: Callable[[], float] = random.random,
) -> T:
    """Run *attempt* until it succeeds, must not be repeated, or patience ends; the last error is raised.

    A limit is not paused for here: the next attempt waits for its turn anyway.
    """
    failures = limits = 0
    while True:
        try:
            return await attempt()
        except RateLimited as limit:
            limits += 1
            if limits >= policy.limit_attempts or not is_waited_for(limit):
                raise
        except MarketplaceError as error:
            failures += 1
            if failures >= policy.attempts or not may_repeat(error, method):
                raise
            pause_s = policy.pause_s(failures, chance())
            log.info("%s: %s, again in %.1f s", method.name, error.error_code, pause_s)
            await clock.sleep(pause_s)
