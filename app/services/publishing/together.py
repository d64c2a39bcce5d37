"""Sending listings together: collected while they are prepared, announced in one transaction, handed over at once."""

from __future__ import annotations

import asyncio
import functools
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Protocol

from app.models import TaskState
from app.services.clock import now_ms
from app.services.marketplace.port import (
    ListingContent,
    MarketplaceError,
    RateLimited,
    Refused,
    SignedOut,
    TemporaryFault,
)
from app.services.publishing.entries import Intent, Reason, Verdict
from app.services.publishing.gate import Ending
from app.services.publishing.journal import mark_unknown, put_back, write_intent
from app.services.publishing.lookup import UnknownTask
from app.services.publishing.parts import RunParts, reason_of
from app.services.publishing.preparing import Prepared, Way
from app.services.publishing.recovery import UNANSWERED

log = logging.getLogger(__name__)


class Requeue(Protocol):
    """The feeder, as far as it takes listings back."""

    def again(self, prepared: Prepared, after_s: float = 0.0) -> None:
        """Send once more, in a call of its own."""

    def after_twin(self, prepared: Prepared) -> None:
        """Send once its twin is settled."""

    def look_again(self) -> None:
        """The journal has more."""


class Together(ABC):
    """Collects listings of one kind and hands them over; one of a run for each kind.

    Args:
        look_up: takes what was handed over and is not settled.

    Attributes:
        feeder: takes back what could not be handed over.
        held: listings collected, or on their way to the platform.
        way: the mark of the listings that come here.
    """

    feeder: Requeue
    way: Way

    def __init__(self, parts: RunParts, look_up: Callable[[UnknownTask], None]) -> None:
        self._parts, self._look_up = parts, look_up
        self._expected = 0
        self._is_last = self._is_closed = False
        self._ready: list[Prepared] = []
        self._new, self._empty = asyncio.Event(), asyncio.Event()
        self._empty.set()
        self.held = 0

    @abstractmethod
    async def choose(self, ready: Sequence[Prepared], *, is_last: bool) -> Sequence[Prepared]:
        """Take or mark those of *ready* that go together; *is_last*: the journal has no more just now.

        Returns: what the senders must work on, be it that they only build it.
        """

    @property
    @abstractmethod
    def _size(self) -> int:
        """Listings handed over at once, at most."""

    @property
    @abstractmethod
    def _is_complete(self) -> bool:
        """Whether waiting longer would bring no more."""

    @abstractmethod
    async def _send(self, going: Sequence[Prepared], sent_ms: int) -> None:
        """Hand over what was announced, and settle what is known then.

        Raises:
            MarketplaceError: what it means for all of them; nothing was settled.
        """

    def _expect(self, ready: Sequence[Prepared], *, is_last: bool) -> None:
        for prepared in ready:
            prepared.way = self.way
        self._expected += len(ready)
        self._is_last = is_last
        self._new.set()

    async def takes(self, prepared: Prepared, content: ListingContent) -> bool:
        """Whether *prepared* goes with others; else it goes alone."""
        if prepared.way is not self.way:
            return False
        self._hold([prepared])
        return True

    def _hold(self, more: Sequence[Prepared]) -> None:
        self._ready += more
        self._count(len(more))
        self._new.set()

    def _count(self, more: int) -> None:
        self.held += more
        (self._empty.clear if self.held else self._empty.set)()

    async def let_pass(self) -> None:
        """Wait until nothing is held any more."""
        await self._empty.wait()

    def came(self, prepared: Prepared) -> None:
        """A marked listing is collected, or will not be."""
        if prepared.way is self.way:
            prepared.way = Way.ALONE
            self._expected -= 1
            self._new.set()

    def close(self) -> None:
        """Nothing more will come."""
        self._is_closed = True
        self._new.set()

    async def run(self) -> None:
        """Hand over whatever is complete until nothing more comes or the run ends."""
        try:
            while await self._is_due():
                some, self._ready = self._ready[: self._size], self._ready[self._size :]
                try:
                    await self._hand_over(some)
                finally:
                    self._count(-len(some))
                    self._parts.gate.changed.set()
        finally:
            self._empty.set()

    async def _is_due(self) -> bool:
        while self._parts.gate.ending is None and not (self._is_closed and not self._ready):
            if len(self._ready) >= self._size or (self._ready and not self._expected and self._is_complete):
                return await self._parts.gate.wait()
            self._new.clear()
            await self._new.wait()
        return False

    async def _hand_over(self, some: Sequence[Prepared]) -> None:
        going = await self._announce(some)
        if not going:
            return
        if not await self._parts.gate.wait():
            self._take_back(going)
            return
        self._parts.counts.attempts += len(going)
        sent_ms = now_ms()
        try:
            await self._send(going, sent_ms)
        except (RateLimited, SignedOut, TemporaryFault, Refused) as error:
            self._not_taken(going, error)
        except MarketplaceError as error:
            self._parts.gate.failed(error)
            self._unanswered(going, sent_ms, reason_of(error))
        except Exception:  # a bug after the request left: nobody knows what the marketplace made of it
            log.exception("no verdict on %d listings sent together", len(going))
            self._unanswered(going, sent_ms, Reason(UNANSWERED))

    async def _announce(self, some: Sequence[Prepared]) -> list[Prepared]:
        """Put the intents on disk, all in one transaction. Returns: what may be handed over."""
        intents = [self._intent(prepared) for prepared in some]
        try:
            verdicts = await self._parts.journal.submit(
                lambda connection: [write_intent(connection, intent) for intent in intents]
            )
        except Exception as error:  # noqa: BLE001 - without intents nothing may be sent, whatever the reason
            self._parts.break_off(error)
            return []
        going = []
        for prepared, verdict in zip(some, verdicts, strict=True):
            if verdict is Verdict.GO:
                prepared.attempts += 1
                going.append(prepared)
            elif verdict is Verdict.TWIN:
                self.feeder.after_twin(prepared)
            elif verdict is Verdict.STALE:
                self._put_back(prepared, "", self.feeder.look_again)
        return going

    def _intent(self, prepared: Prepared) -> Intent:
        return prepared.intent(self._parts, self._name(prepared, prepared.attempts + 1))

    def _name(self, prepared: Prepared, attempt: int) -> str:
        """The listing's name in what is handed over, "" where it needs none; *attempt* counts from 1."""
        return ""

    def _unanswered(self, going: Sequence[Prepared], sent_ms: int, reason: Reason) -> None:
        for prepared in going:
            name = self._name(prepared, prepared.attempts)
            task = prepared.unknown(sent_ms, name)
            work = functools.partial(
                mark_unknown, key=task.key, owner=self._parts.owner, reason=reason, moment_ms=task.unknown_ms
            )
            self._parts.write(work, task.task_id, TaskState.UNKNOWN)
            self._look_up(task)

    def _not_taken(self, going: Sequence[Prepared], error: MarketplaceError) -> None:
        """Certainly nothing was taken: every listing goes alone, in another call with limits and perhaps permissions
        of its own. Where nobody is there at all, they wait for the next try together."""
        gate = self._parts.gate
        log.info("%d listings were not taken together: %s", len(going), error)
        if isinstance(error, SignedOut):
            gate.end(Ending.SIGNED_OUT, error)
        elif isinstance(error, TemporaryFault) and gate.failed(error):
            for prepared in going:
                self._put_back(prepared, self._parts.owner)
            self._hold(going)
            return
        else:
            gate.answered()
        self._take_back(going)

    def _take_back(self, going: Sequence[Prepared]) -> None:
        for prepared in going:
            self._put_back(prepared, self._parts.owner)
            self.feeder.again(prepared)

    def _put_back(self, prepared: Prepared, owner: str, then: Callable[[], None] | None = None) -> None:
        key = prepared.key
        self._parts.write(
            lambda connection: put_back(connection, key, owner, now_ms()), key.task_id, TaskState.QUEUED, then
        )
