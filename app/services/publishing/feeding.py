"""Keeping the senders busy: the next chunk is read while the last one is being sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from app.services.clock import now_ms
from app.services.publishing.gate import clock_time
from app.services.publishing.parts import RunParts
from app.services.publishing.preparing import Prepared, Preparer
from app.services.publishing.together import Together

CHUNK = 32
"""Listings read at a time: enough to hide the reading, few enough not to hold the interpreter for long."""
TWIN_PAUSE_S = 0.5
LONGEST_NAP_S = 30.0
"""A run that waits for its time looks again so often: clocks are set, computers sleep."""
TWIN_ROUNDS = 20
"""How often listings are tried again whose twin another program is sending just now, before they stay queued."""


class Feeder:
    """A queue of prepared listings that fills itself, and that knows when nothing more can come.

    Args:
        ways: collect what is sent together; fed from here, ended with this.
        hopes: how many listings may still turn out to need sending: those being looked up, those in feeds.
        take_over: takes up what other runs died over meanwhile; True: there was something.
        waits_for_time: whether to stay until scheduled listings are due; else they are left queued.

    Attributes:
        is_dry: the journal held no more queued tasks at the last look.
    """

    def __init__(
        self,
        parts: RunParts,
        preparer: Preparer,
        ways: Sequence[Together],
        hopes: Callable[[], tuple[int, int]],
        take_over: Callable[[], Awaitable[bool]],
        *,
        waits_for_time: bool = False,
    ) -> None:
        self._parts, self._preparer, self._ways, self._hopes = parts, preparer, ways, hopes
        self._take_over, self._waits_for_time = take_over, waits_for_time
        self._queue: asyncio.Queue[Prepared | None] = asyncio.Queue()
        self._twins: list[Prepared] = []
        self._twin_rounds = 0
        self._out = 0
        self._later = 0
        self._has_looked_last = False
        self.is_dry = False

    async def take(self) -> Prepared | None:
        """The next listing to send; None: there are no more."""
        prepared = await self._queue.get()
        if prepared is None:
            self._queue.put_nowait(None)  # for the other workers
            return None
        self._out += 1
        if self._queue.qsize() < CHUNK:
            self._parts.gate.changed.set()
        return prepared

    def done(self) -> None:
        """A taken listing needs no more sending, or was given back by one of the calls below."""
        self._out -= 1
        self._parts.gate.changed.set()

    def again(self, prepared: Prepared, after_s: float = 0.0) -> None:
        """Send a listing once more, not before *after_s*."""
        if after_s <= 0:
            self._queue.put_nowait(prepared)
            return
        self._later += 1
        asyncio.get_running_loop().call_later(after_s, self._back, prepared)

    def _back(self, prepared: Prepared) -> None:
        self._later -= 1
        self._queue.put_nowait(prepared)
        self._parts.gate.changed.set()

    def after_twin(self, prepared: Prepared) -> None:
        """Send a listing once its twin is settled."""
        self._twins.append(prepared)

    def look_again(self) -> None:
        """Tasks were queued again: the journal has more."""
        self.is_dry = False
        self._parts.gate.changed.set()

    async def run(self) -> None:
        """Fill the queue until nothing is left to send, or the run ends; then let the workers go."""
        gate = self._parts.gate
        changed = gate.changed
        try:
            while gate.ending is None:
                changed.clear()
                if not self.is_dry and self._queue.qsize() < CHUNK:
                    await self._fill()
                elif self._twins and self._queue.empty() and not self._out and self._twin_rounds < TWIN_ROUNDS:
                    await self._wait(TWIN_PAUSE_S)
                    self._bring_twins()
                elif self._is_finished():
                    if self._has_looked_last:
                        if not await self._take_over() and not await self._nap():
                            return
                        self.is_dry = self._has_looked_last = False
                        continue
                    self.is_dry, self._has_looked_last = False, True  # somebody may have queued more meanwhile
                else:
                    self._say_what_is_open()
                    await self._wait(None)
        finally:
            self._queue.put_nowait(None)
            for way in self._ways:
                way.close()

    def _say_what_is_open(self) -> None:
        looked_up, in_feeds = self._hopes()
        if self._is_idle() and (looked_up or in_feeds):
            note = "publishing.looking_up" if looked_up else "publishing.in_feeds"
            self._parts.counts.say(note, n=looked_up or in_feeds)

    async def _nap(self) -> bool:
        """Wait for what is scheduled; False: nothing is, or nobody wants to wait."""
        due_ms = await asyncio.to_thread(self._preparer.next_due) if self._waits_for_time else None
        if due_ms is None:
            return False
        rest_s = (due_ms - now_ms()) / 1000
        if rest_s > 0:
            self._parts.counts.say("publishing.scheduled", until=clock_time(rest_s))
            await self._wait(min(rest_s, LONGEST_NAP_S))
        return True

    async def _wait(self, seconds: float | None) -> None:
        """Until something changes; the gate sets `changed` when the run ends."""
        try:
            await asyncio.wait_for(self._parts.gate.changed.wait(), seconds)
        except TimeoutError:
            return

    def _bring_twins(self) -> None:
        twins, self._twins = self._twins, []
        self._twin_rounds = 0 if any(self._hopes()) else self._twin_rounds + 1
        for prepared in twins:
            self._queue.put_nowait(prepared)

    async def _fill(self) -> None:
        chunk = await asyncio.to_thread(self._preparer.next_chunk, CHUNK)
        if chunk.ended:
            self._parts.counts.put_all(chunk.ended)
        self._parts.batch_ids |= chunk.batch_ids
        if chunk.ready and not self._parts.gate.is_paused:
            self._parts.counts.say("")
        ready: Sequence[Prepared] = chunk.ready
        for way in self._ways:
            ready = await way.choose(ready, is_last=chunk.claimed < CHUNK)
        for prepared in ready:
            self._queue.put_nowait(prepared)
        self.is_dry = chunk.claimed == 0
        self._has_looked_last = self._has_looked_last and self.is_dry

    def _is_idle(self) -> bool:
        return self._queue.empty() and not (self._out or self._later or self._parts.unwritten)

    def _is_finished(self) -> bool:
        return self._is_idle() and self.is_dry and not any(self._hopes())
