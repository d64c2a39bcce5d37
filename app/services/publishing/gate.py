"""The one door every request of a run passes: closed while paused, limited or cut off, locked once stopped."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
import weakref
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.services.clock import at_office, now_ms
from app.services.errors import AppError
from app.services.marketplace.port import MarketplaceError, RateLimited, Unreachable
from app.services.marketplace.records import Pause
from app.services.publishing.counts import RunCounts
from app.services.publishing.settings import PublishSettings
from app.services.publishing.waits import LIMITED, LIMITED_UNTIL, OUT_OF_REACH, PAUSED, USED_UP
from app.services.tasks import TaskContext

DAY_QUOTA = "marketplace.day_quota"
TICK_S = 0.1
"""How soon a pause, a stop or the end of a wait is noticed."""
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
SILENCES_BEFORE_PAUSE = 3
"""Between two tries while the marketplace does not answer at all; doubled from the first to the longest. One cut
connection among many answers slows nobody down."""
LONG_LIMIT_S = 60.0
"""A limit that lasts longer is told as a time of the day, not as seconds."""
OURS = ("product", "offer", "photobank", "feed")
"""Parts of the names of methods that publishing calls; a limit of another one holds nothing up here."""

_kept: weakref.WeakSet[TaskContext] = weakref.WeakSet()
_woken: weakref.WeakSet[TaskContext] = weakref.WeakSet()


def stop_and_keep(ctx: TaskContext) -> None:
    """Stop a run at its next consistent point and leave what is queued for the next start (interface.md 11, 29).

    `ctx.stop.set()` alone cancels: what is queued is taken back.
    """
    _kept.add(ctx)
    ctx.stop.set()


def wake(ctx: TaskContext) -> None:
    """Let a run that waits for a time look at once what is due: it was moved, taken back or may be sent now."""
    _woken.add(ctx)


class Ending(StrEnum):
    """Why a run ends before everything is sent."""

    CANCELLED = "cancelled"
    KEPT = "kept"
    SIGNED_OUT = "signed_out"
    OUT_OF_REACH = "out_of_reach"
    LIMITED = "limited"
    BROKEN = "broken"
    """A refusal that concerns every listing (signature, permission), or a journal that cannot be written."""


class Gate:
    """Where workers wait. Use `watch()` around the run; make and use it on one event loop.

    Attributes:
        changed: set when the run ends, and by others whenever something was settled; the feeder waits for it.
        ending: why the run stops, None as long as it goes on.
        error: what made it stop, where something did.
        waited_s: seconds spent waiting for limits.
        was_heard: whether the marketplace has said anything in this run, be it no.
        is_held: the store's queue stands still (`pauses.py`); set from outside, as `ctx.pause` is.
    """

    def __init__(
        self,
        ctx: TaskContext,
        counts: RunCounts,
        settings: PublishSettings,
        on_pause: Callable[[bool], None] = lambda is_paused: None,
        pauses: Callable[[], Sequence[Pause]] = tuple,
    ) -> None:
        self._ctx, self._counts, self._settings, self._on_pause = ctx, counts, settings, on_pause
        self._open = asyncio.Event()
        self._open.set()
        self._stopped = asyncio.Event()
        self.changed = asyncio.Event()
        self._until = 0.0
        self._limit: RateLimited | None = None
        self._pauses = pauses
        self._has_said = False
        self._silent_since: float | None = None
        self._silences = 0
        self.ending: Ending | None = None
        self.error: AppError | None = None
        self.waited_s = 0.0
        self.was_heard = False
        self.is_paused = False
        self.is_held = False

    async def wait(self) -> bool:
        """Wait until a request may leave. False: the run ends, nothing may leave any more."""
        while not self._open.is_set():
            await self._open.wait()
        return self.ending is None

    async def sleep(self, seconds: float) -> bool:
        """Sleep, but no longer than until the run ends. False: it ends."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)
        return self.ending is None

    def end(self, ending: Ending, error: AppError | None = None) -> None:
        """Let nothing through any more. The first reason counts, but a keeping one overrules a cancelling one."""
        if self.ending is None or (self.ending is Ending.CANCELLED and ending is Ending.KEPT):
            self.ending, self.error = ending, error
        for event in (self._stopped, self._open, self.changed):
            event.set()

    async def wait_for_end(self) -> None:
        """Return once the run is told to end."""
        await self._stopped.wait()

    def answered(self) -> None:
        """The marketplace said something, be it no: it is there."""
        self._silent_since, self._silences = None, 0
        self.was_heard = True

    def limited(self, error: RateLimited) -> None:
        """A limit: everybody waits as long as the platform says, or ever longer where it does not say."""
        self.answered()
        seconds = error.retry_after_s if error.retry_after_s is not None else FIRST_PAUSE_S
        patience = self._settings.limit_patience_s
        if patience is not None and seconds > patience:
            self.end(Ending.LIMITED, error)
            return
        self._close_until(time.monotonic() + max(seconds, TICK_S), error)

    def failed(self, error: MarketplaceError) -> bool:
        """A call came to nothing. True: because nobody answered, so it says nothing about the listing."""
        if error.platform_code or not (error.is_unanswered or isinstance(error, Unreachable)):
            self.answered()
            return False
        self._silent(error)
        return True

    def _silent(self, error: MarketplaceError) -> None:
        """Wait longer each time, and give up after the settings' patience."""
        now = time.monotonic()
        self._silent_since = self._silent_since if self._silent_since is not None else now
        if now - self._silent_since > self._settings.outage_patience_s:
            self.end(Ending.OUT_OF_REACH, error)
            return
        if self._until <= now:
            self._silences += 1
            if self._silences >= SILENCES_BEFORE_PAUSE:
                pause = FIRST_PAUSE_S * 2.0 ** min(self._silences - SILENCES_BEFORE_PAUSE, 10)
                self._close_until(now + min(pause, LONGEST_PAUSE_S), None)

    def _close_until(self, moment: float, limit: RateLimited | None) -> None:
        if moment > self._until and self.ending is None:
            self._until, self._limit = moment, limit
            self._open.clear()

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[None]:
        """Heed the context's pause and stop, open the gate when a wait is over, say what it waits for."""
        self._look(time.monotonic())
        watcher = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher

    async def _watch(self) -> None:
        last = time.monotonic()
        while True:
            now = time.monotonic()
            if self._limit is not None and self._until > last:
                self.waited_s += min(now, self._until) - last
            last = now
            self._look(now)
            await asyncio.sleep(TICK_S)

    def _look(self, now: float) -> None:
        if self._ctx.stop.is_set() and self.ending is None:
            self.end(Ending.KEPT if self._ctx in _kept else Ending.CANCELLED)
        if self.ending is not None:
            return
        if self._ctx in _woken:
            _woken.discard(self._ctx)
            self.changed.set()
        if self.is_paused != (self.is_held or self._ctx.pause.is_set()):
            self.is_paused = not self.is_paused
            self._on_pause(self.is_paused)
        rest_s = self._until - now
        if self.is_paused or rest_s > 0:
            self._open.clear()
            self._say(rest_s)
        elif not self._open.is_set():
            self._open.set()
            self._counts.say("")
        else:
            self._say_pauses()

    def _say(self, rest_s: float) -> None:
        if self.is_paused:
            self._counts.say(PAUSED if self.is_held else "publishing.paused")
        elif self._limit is None:
            self._counts.say(OUT_OF_REACH, seconds=math.ceil(rest_s))
        elif rest_s <= LONG_LIMIT_S:
            self._counts.say(LIMITED, seconds=math.ceil(rest_s))
        elif self._limit.error_code == DAY_QUOTA:
            self._counts.say(USED_UP, until=clock_time(rest_s))
        else:
            self._counts.say(LIMITED_UNTIL, until=clock_time(rest_s), why=self._limit.platform_code or "–")

    def _say_pauses(self) -> None:
        """A limit that calls wait for by themselves, inside the adapter, is told, too."""
        now = datetime.now(UTC)
        rests_s = [
            (pause.until - now).total_seconds()
            for pause in self._pauses()
            if "." not in pause.scope or any(part in pause.scope for part in OURS)
        ]
        if rests_s and max(rests_s) > 1:
            self._has_said = True
            self._counts.say(LIMITED, seconds=math.ceil(max(rests_s)))
        elif self._has_said:
            self._has_said = False
            self._counts.say("")


def clock_time(rest_s: float) -> str:
    """When *rest_s* are over by the office's clock, to the minute, with the day where it is another one."""
    now = at_office(now_ms())
    then = now + timedelta(seconds=rest_s + 59)
    return then.strftime("%H:%M" if then.date() == now.date() else "%m-%d %H:%M")
