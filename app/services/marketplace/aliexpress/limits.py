"""Waiting instead of hitting the wall: frequency limits and bans, per app, store and method.

Rates come from `aliexpress_limits.json`. What has no known rate runs free until the platform names a limit; from then
on it is paced at what went through. A ban is obeyed by everybody it concerns, including calls that wait already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.services.marketplace.aliexpress.clock import Clock
from app.services.marketplace.aliexpress.pacing import Departure, Pacer
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.port import RateLimited
from app.services.marketplace.records import Pause

LEVELS = ("store_method", "store", "app_method", "app")
"""A store's own before those it shares: who waits for his own must not stand in everybody's turn. Locks are always
taken in this order."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls what: the parts that limits are counted by."""

    app_key: str
    store_key: str
    method: str


class _Level:
    """One counter of the platform as we know it. Whoever passes a level with a pacer holds its lock meanwhile."""

    def __init__(self, rate: int | None, window_s: float, learned_for_s: float) -> None:
        self.lock = asyncio.Lock()
        self.pacer = Pacer(rate, window_s) if rate else None
        self.banned_until_s = 0.0
        self.ban = RateLimited()
        self._window_s = window_s
        self._learned_for_s = learned_for_s
        self._learned_until_s: float | None = None
        self._window = 0
        self._passed = [0, 0]

    def is_closed(self, now_s: float) -> bool:
        """Whether a call has to look closer: paced or banned."""
        if self._learned_until_s is not None and now_s >= self._learned_until_s:
            self.pacer = self._learned_until_s = None
        return self.pacer is not None or self.banned_until_s > now_s

    def due(self, now_s: float) -> float:
        """When the next call may pass."""
        paced_s = self.pacer.due(now_s) if self.pacer else 0.0
        return max(paced_s, self.banned_until_s)

    def passed(self, now_s: float) -> None:
        """A call went through: remember how many did in this and in the last window."""
        window = int(now_s / self._window_s)
        if window != self._window:
            self._passed = [self._passed[1] if window == self._window + 1 else 0, 0]
            self._window = window
        self._passed[1] += 1

    def obey(self, ban: RateLimited, until_s: float, now_s: float) -> None:
        """Let nobody pass before *until_s*, and go slower after it; the many answers to one ban count once."""
        if self.banned_until_s <= now_s:
            if self.pacer is None:
                self.pacer = Pacer(max(1, *self._passed), self._window_s)
                self._learned_until_s = until_s
            else:
                self.pacer.slow_down()
            if self._learned_until_s is not None:
                self._learned_until_s = until_s + self._learned_for_s
        if until_s > self.banned_until_s:
            self.banned_until_s, self.ban = until_s, ban


class Turn:
    """The permission to send one call. Say `over` when it is answered, well or not."""

    __slots__ = ("_departures", "_levels")

    def __init__(self, levels: tuple[_Level, ...], now_s: float) -> None:
        self._levels = levels
        self._departures: list[tuple[Pacer, Departure]] = [
            (level.pacer, level.pacer.leave(now_s)) for level in levels if level.pacer
        ]

    def over(self, now_s: float, *, was_let_through: bool) -> None:
        """The answer is here; *was_let_through* unless it was a limit."""
        for pacer, departure in self._departures:
            pacer.arrived(departure, now_s)
        if was_let_through:
            for level in self._levels:
                level.passed(now_s)


class Limits:
    """The limits of one gateway, shared by all stores of the process. Threads: the loop's only.

    Args:
        clock: time and waiting.
        rates: replaces the rule file's numbers, e.g. `{"app_method": 20}` or `{"aliexpress.offer.product.post":
            {"app_method": 50}}`; None lifts one.
    """

    def __init__(self, clock: Clock, rates: Mapping[str, Any] | None = None) -> None:
        self._clock = clock
        self._rules = rules("limits")
        self._own = dict(rates or {})
        self._levels: dict[tuple[str, ...], _Level] = {}
        self._routes: dict[Caller, tuple[_Level, ...]] = {}

    async def turn(self, caller: Caller) -> Turn:
        """Wait until *caller* may send.

        Raises:
            RateLimited: the wait would be longer than `longest_wait_s`: nothing is sent, come back later.
        """
        levels = self._routes.get(caller) or self._route(caller)
        while True:
            turn = await self._try(levels)
            if turn is not None:
                return turn

    def obey(self, caller: Caller, limit: RateLimited) -> None:
        """Remember a limit that *caller* met, so that nobody else runs into it."""
        name = self._rules["levels"].get(limit.platform_code, "app_method")
        seconds = limit.retry_after_s if limit.retry_after_s is not None else self._rules["unnamed_ban_s"]
        now_s = self._clock.monotonic()
        level = self._level(name, caller)
        level.obey(limit, now_s + seconds, now_s)

    def is_waited_for(self, limit: RateLimited) -> bool:
        """Whether a call that met *limit* is worth waiting for inside the call."""
        return (limit.retry_after_s or 0.0) <= float(self._rules["longest_wait_s"])

    def pauses(self, caller: Caller) -> tuple[Pause, ...]:
        """The bans that concern the store of *caller*, whichever method met them, the longest first."""
        now_s, now = self._clock.monotonic(), self._clock.now()
        found = []
        for (name, app_key, *rest), level in self._levels.items():
            left_s = level.banned_until_s - now_s
            is_ours = app_key == caller.app_key and (name.startswith("app") or rest[0] == caller.store_key)
            if left_s > 0 and is_ours:
                scope = rest[-1] if name.endswith("method") else name
                found.append(Pause(now + timedelta(seconds=left_s), level.ban.platform_code, scope))
        return tuple(sorted(found, key=lambda pause: pause.until, reverse=True))

    def takes_s(self, caller: Caller, calls: int) -> float:
        """How long that many calls take at least: bans first, then the slowest pace; 0.0 where no limit is known."""
        now_s = self._clock.monotonic()
        return max(
            max(0.0, level.banned_until_s - now_s) + (calls / level.pacer.per_second if level.pacer else 0.0)
            for level in self._route(caller)
        )

    async def _try(self, levels: tuple[_Level, ...]) -> Turn | None:
        """Pass all levels; None when one closed behind us: a ban came, or a limit was learned, while another was
        waited for. Then everything is released, for locks are only ever taken in the order of `LEVELS`."""
        held: list[_Level] = []
        try:
            for level in levels:
                if level.is_closed(self._clock.monotonic()):
                    if level.pacer is not None:
                        await level.lock.acquire()
                        held.append(level)
                    await self._wait(level)
            now_s = self._clock.monotonic()
            if any(level.is_closed(now_s) and (level not in held or level.banned_until_s > now_s) for level in levels):
                return None
            return Turn(levels, now_s)
        finally:
            for level in held:
                level.lock.release()

    async def _wait(self, level: _Level) -> None:
        while True:
            now_s = self._clock.monotonic()
            ban_s = level.banned_until_s - now_s
            if ban_s > self._rules["longest_wait_s"]:
                raise RateLimited(
                    level.ban.error_code,
                    platform_code=level.ban.platform_code,
                    platform_text=level.ban.platform_text,
                    retry_after_s=ban_s,
                )
            wait_s = level.due(now_s) - now_s
            if wait_s <= 0:
                return
            await self._clock.sleep(wait_s)

    def _route(self, caller: Caller) -> tuple[_Level, ...]:
        return self._routes.setdefault(caller, tuple(self._level(name, caller) for name in LEVELS))

    def _level(self, name: str, caller: Caller) -> _Level:
        key = {
            "app": (name, caller.app_key),
            "store": (name, caller.app_key, caller.store_key),
            "app_method": (name, caller.app_key, caller.method),
            "store_method": (name, caller.app_key, caller.store_key, caller.method),
        }[name]
        if key not in self._levels:
            self._levels[key] = _Level(
                self._rate(name, caller.method), self._rules["window_s"], self._rules["learned_for_s"]
            )
        return self._levels[key]

    def _rate(self, name: str, method: str) -> int | None:
        """Own numbers before the rule file's, those of one method before the general ones."""
        for table in (self._own.get(method), self._own, self._rules["methods"].get(method), self._rules["rates"]):
            if table is not None and name in table:
                rate: int | None = table[name]
                return rate
        return None
