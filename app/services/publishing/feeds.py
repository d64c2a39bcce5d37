"""Handing over new listings together: the intent of every one on disk, then one feed, then its number on disk.

A feed is asynchronous and, at the platform, not idempotent: what may have been taken is never handed over again. So
every listing has a name in the feed that is this attempt's alone, noted with its intent; by these names a feed whose
answer was lost is found among the platform's jobs (`feed_jobs.py`), and what became of each is read
(`feed_following.py`).
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.models import TaskState
from app.services.clock import now_ms
from app.services.marketplace.port import (
    ListingContent,
    MarketplaceError,
    RateLimited,
    Refused,
    RemoteAttribute,
    SignedOut,
    TemporaryFault,
)
from app.services.marketplace.records import FeedItem, FeedKind
from app.services.publishing.entries import Intent, Reason, TaskKey, Verdict
from app.services.publishing.gate import Ending
from app.services.publishing.journal import mark_unknown, note_job, put_back, write_intent
from app.services.publishing.lookup import UnknownTask
from app.services.publishing.parts import RunParts, reason_of
from app.services.publishing.preparing import Prepared
from app.services.publishing.recovery import UNANSWERED

log = logging.getLogger(__name__)

MARK = "sj"
"""How our names in feeds begin: jobs without any such name are somebody else's."""


class Requeue(Protocol):
    """The feeder, as far as it takes listings back."""

    def again(self, prepared: Prepared, after_s: float = 0.0) -> None:
        """Send once more, in a call of its own."""

    def after_twin(self, prepared: Prepared) -> None:
        """Send once its twin is settled."""

    def look_again(self) -> None:
        """The journal has more."""


@dataclass(slots=True)
class _Held:
    """A listing that waits for its feed."""

    prepared: Prepared
    content: ListingContent
    item: FeedItem


def item_id(key: TaskKey, content_hash: str) -> str:
    """The name of a listing in a feed, the same whenever it is worked out and no other attempt's: task and number
    of the attempt belong to one sending only, listing and content tell what it was."""
    return f"{MARK}-{key.listing_id}-{key.task_id}-{key.attempts}-{content_hash[:16]}"


class FeedSender:
    """Collects new listings and hands them over; one of a run. Listings no feed can carry go by themselves.

    Args:
        count_new: how many new listings wait in the journal. Blocking.
        look_up: takes what was handed over, until it is settled.

    Attributes:
        feeder: takes back what could not be handed over.
        held: listings collected, or on their way to the platform.
    """

    feeder: Requeue

    def __init__(self, parts: RunParts, count_new: Callable[[], int], look_up: Callable[[UnknownTask], None]) -> None:
        self._parts, self._count_new, self._look_up = parts, count_new, look_up
        self._pays: bool | None = None
        self._expected = 0
        self._is_last = self._is_closed = False
        self._ready: list[_Held] = []
        self._new = asyncio.Event()
        self._attributes: dict[str, asyncio.Task[tuple[RemoteAttribute, ...]]] = {}
        self.held = 0

    async def choose(self, ready: Sequence[Prepared], *, is_last: bool) -> None:
        """Mark those of *ready* that go into a feed. Whether feeds gain is decided once for all that wait together;
        *is_last*: the journal has no more just now."""
        new = [prepared for prepared in ready if prepared.is_first_create]
        if new and self._pays is None:
            self._pays = self._is_enough(len(new) + await asyncio.to_thread(self._count_new))
        for prepared in new if self._pays else ():
            prepared.by_feed = True
            self._expected += 1
        if not ready and is_last:
            self._pays = None  # what is queued later is counted by itself
        self._is_last = is_last
        self._new.set()

    def _is_enough(self, waiting: int) -> bool:
        """Enough listings to gain by a feed; the settings may say how many that are."""
        wanted = self._parts.settings.feed_from
        if wanted is not None:
            return waiting >= max(1, wanted)
        return self._parts.marketplace.feed_pays(FeedKind.CREATE, waiting)

    async def takes(self, prepared: Prepared, content: ListingContent) -> bool:
        """Whether the next feed carries *prepared*; else it goes by itself."""
        if not prepared.by_feed:
            return False
        try:
            attributes = await self._attributes_of(content.category_id)
            item = self._parts.marketplace.feed_item("", content, attributes)
        except MarketplaceError as error:  # a group, say, which the form of a feed does not know
            log.info("listing %s goes by itself: %s", prepared.record.id, error)
            return False
        self._ready.append(_Held(prepared, content, item))
        self.held += 1
        return True

    def came(self, prepared: Prepared) -> None:
        """A marked listing is collected, or will not be."""
        if prepared.by_feed:
            prepared.by_feed = False
            self._expected -= 1
            self._new.set()

    def close(self) -> None:
        """Nothing more will come."""
        self._is_closed = True
        self._new.set()

    async def run(self) -> None:
        """Hand over whatever is complete until nothing more comes or the run ends."""
        while await self._is_due():
            some, self._ready = self._ready[: self._size], self._ready[self._size :]
            try:
                await self._hand_over(some)
            finally:
                self.held -= len(some)
                self._parts.gate.changed.set()

    @property
    def _size(self) -> int:
        return max(1, self._parts.settings.feed_items)

    async def _is_due(self) -> bool:
        while self._parts.gate.ending is None and not (self._is_closed and not self._ready):
            is_complete = self._is_last and not self._expected
            if len(self._ready) >= self._size or (self._ready and is_complete):
                return await self._parts.gate.wait()
            self._new.clear()
            await self._new.wait()
        return False

    async def _attributes_of(self, category_id: str) -> tuple[RemoteAttribute, ...]:
        """Read once a run for each category; a reading that failed is tried again by the next listing."""
        task = self._attributes.get(category_id)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.ensure_future(self._parts.marketplace.category_attributes(category_id))
            self._attributes[category_id] = task
        return await asyncio.shield(task)

    async def _hand_over(self, some: Sequence[_Held]) -> None:
        going = await self._announce(some)
        if not going:
            return
        if not await self._parts.gate.wait():
            self._take_back(going)
            return
        self._parts.counts.attempts += len(going)
        sent_ms = now_ms()
        try:
            job_id = await self._parts.marketplace.submit_feed(FeedKind.CREATE, [held.item for held in going])
        except (RateLimited, SignedOut, TemporaryFault, Refused) as error:
            self._not_taken(going, error)
        except MarketplaceError as error:
            self._parts.gate.failed(error)
            self._unanswered(going, sent_ms, reason_of(error))
        except Exception:  # a bug after the request left: nobody knows what the marketplace made of it
            log.exception("no verdict on a feed of %d listings", len(going))
            self._unanswered(going, sent_ms, Reason(UNANSWERED))
        else:
            self._parts.gate.answered()
            await self._taken(going, sent_ms, job_id)

    async def _announce(self, some: Sequence[_Held]) -> list[_Held]:
        """Put the intents on disk, all in one transaction. Returns: what may be handed over."""
        intents = [self._intent(held) for held in some]
        try:
            verdicts = await self._parts.journal.submit(
                lambda connection: [write_intent(connection, intent) for intent in intents]
            )
        except Exception as error:  # noqa: BLE001 - without intents nothing may be sent, whatever the reason
            self._parts.break_off(error)
            return []
        going = []
        for held, verdict in zip(some, verdicts, strict=True):
            if verdict is Verdict.GO:
                held.prepared.attempts += 1
                going.append(held)
            elif verdict is Verdict.TWIN:
                self.feeder.after_twin(held.prepared)
            elif verdict is Verdict.STALE:
                self._put_back(held.prepared, "", self.feeder.look_again)
        return going

    def _intent(self, held: _Held) -> Intent:
        prepared = held.prepared
        key = replace(prepared.key, attempts=prepared.attempts + 1)
        held.item = replace(held.item, item_id=item_id(key, prepared.record.content_hash))
        return prepared.intent(self._parts, held.content, held.item.item_id)

    async def _taken(self, going: Sequence[_Held], sent_ms: int, job_id: str) -> None:
        """The feed has a number: on disk with it, then wait for what becomes of each."""
        keys = [held.prepared.key for held in going]
        try:
            await self._parts.journal.submit(lambda connection: note_job(connection, keys, job_id))
        except Exception as error:  # noqa: BLE001 - the next start finds the feed by its names
            self._parts.break_off(error)
        for held in going:
            self._look_up(held.prepared.unknown(held.content, sent_ms, held.item.item_id, job_id))

    def _unanswered(self, going: Sequence[_Held], sent_ms: int, reason: Reason) -> None:
        owner = self._parts.owner
        for held in going:
            task = held.prepared.unknown(held.content, sent_ms, held.item.item_id)
            work = functools.partial(mark_unknown, key=task.key, owner=owner, reason=reason, moment_ms=task.unknown_ms)
            self._parts.write(work, task.task_id, TaskState.UNKNOWN)
            self._look_up(task)

    def _not_taken(self, going: Sequence[_Held], error: MarketplaceError) -> None:
        """Certainly nothing was taken: every listing goes by itself, which is another call with limits of its own and
        perhaps another permission. Where nobody is there at all, they wait for the next try together."""
        gate = self._parts.gate
        log.info("a feed of %d listings was not taken: %s", len(going), error)
        if isinstance(error, SignedOut):
            gate.end(Ending.SIGNED_OUT, error)
        elif isinstance(error, TemporaryFault) and gate.failed(error):
            for held in going:
                self._put_back(held.prepared, self._parts.owner)
            self._ready += going
            self.held += len(going)
            return
        else:
            gate.answered()
        self._pays = False
        self._take_back(going)

    def _take_back(self, going: Sequence[_Held]) -> None:
        for held in going:
            self._put_back(held.prepared, self._parts.owner)
            self.feeder.again(held.prepared)

    def _put_back(self, prepared: Prepared, owner: str, then: Callable[[], None] | None = None) -> None:
        key = prepared.key
        self._parts.write(
            lambda connection: put_back(connection, key, owner, now_ms()), key.task_id, TaskState.QUEUED, then
        )
