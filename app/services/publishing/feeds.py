"""Handing over new listings as feeds: the intent of every one on disk, then one feed, then its number on disk.

A feed is asynchronous and, at the platform, not idempotent: what may have been taken is never handed over again. So
every listing has a name in the feed that is this attempt's alone, noted with its intent; by these names a feed whose
answer was lost is found among the platform's jobs (`feed_jobs.py`), and what became of each is read
(`feed_following.py`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.services.marketplace.port import ListingContent, MarketplaceError, RemoteAttribute
from app.services.marketplace.records import FeedItem, FeedKind
from app.services.publishing.entries import TaskKey
from app.services.publishing.journal import note_job
from app.services.publishing.lookup import UnknownTask
from app.services.publishing.parts import RunParts
from app.services.publishing.preparing import Prepared, Way
from app.services.publishing.together import Together

log = logging.getLogger(__name__)

MARK = "sj"
"""How our names in feeds begin: jobs without any such name are somebody else's."""


def item_id(key: TaskKey, content_hash: str) -> str:
    """The name of a listing in a feed, the same whenever it is worked out and no other attempt's: task and number
    of the attempt belong to one sending only, listing and content tell what it was."""
    return f"{MARK}-{key.listing_id}-{key.task_id}-{key.attempts}-{content_hash[:16]}"


class FeedSender(Together):
    """Collects new listings and hands them over as feeds. Listings no feed can carry go alone.

    Args:
        count_new: how many new listings wait in the journal. Blocking.
    """

    way = Way.FEED

    def __init__(self, parts: RunParts, look_up: Callable[[UnknownTask], None], count_new: Callable[[], int]) -> None:
        super().__init__(parts, look_up)
        self._count_new = count_new
        self._pays: bool | None = None
        self._items: dict[int, FeedItem] = {}
        self._attributes: dict[str, asyncio.Task[tuple[RemoteAttribute, ...]]] = {}

    async def choose(self, ready: Sequence[Prepared], *, is_last: bool) -> Sequence[Prepared]:
        """Mark those of *ready* that go into a feed. Whether feeds gain is decided once for all that wait together."""
        new = [prepared for prepared in ready if prepared.product_id is None and prepared.attempts == 0]
        if new and self._pays is None:
            self._pays = self._is_enough(len(new) + await asyncio.to_thread(self._count_new))
        if not ready and is_last:
            self._pays = None  # what is queued later is counted by itself
        self._expect(new if self._pays else (), is_last=is_last)
        return ready

    def _is_enough(self, waiting: int) -> bool:
        """Enough listings to gain by a feed; the settings may say how many that are."""
        wanted = self._parts.settings.feed_from
        if wanted is not None:
            return waiting >= max(1, wanted)
        return self._parts.marketplace.feed_pays(FeedKind.CREATE, waiting)

    @property
    def _size(self) -> int:
        return max(1, self._parts.settings.feed_items)

    @property
    def _is_complete(self) -> bool:
        return self._is_last

    async def takes(self, prepared: Prepared, content: ListingContent) -> bool:
        """Whether the next feed carries *prepared*; else it goes alone."""
        if prepared.way is not self.way:
            return False
        try:
            attributes = await self._attributes_of(content.category_id)
            self._items[prepared.task.task_id] = self._parts.marketplace.feed_item("", content, attributes)
        except MarketplaceError as error:  # a group, say, which the form of a feed does not know
            log.info("listing %s goes alone: %s", prepared.record.id, error)
            return False
        return await super().takes(prepared, content)

    async def _attributes_of(self, category_id: str) -> tuple[RemoteAttribute, ...]:
        """Read once a run for each category; a reading that failed is tried again by the next listing."""
        task = self._attributes.get(category_id)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.ensure_future(self._parts.marketplace.category_attributes(category_id))
            self._attributes[category_id] = task
        return await asyncio.shield(task)

    def _name(self, prepared: Prepared, attempt: int) -> str:
        key = replace(prepared.key, attempts=attempt)
        return item_id(key, prepared.record.content_hash)

    async def _send(self, going: Sequence[Prepared], sent_ms: int) -> None:
        """One feed. With its number on disk, wait for what becomes of each."""
        names = [self._name(prepared, prepared.attempts) for prepared in going]
        items = [
            replace(self._items[prepared.task.task_id], item_id=name)
            for prepared, name in zip(going, names, strict=True)
        ]
        job_id = await self._parts.marketplace.submit_feed(FeedKind.CREATE, items)
        self._parts.gate.answered()
        keys = [prepared.key for prepared in going]
        try:
            await self._parts.journal.submit(lambda connection: note_job(connection, keys, job_id))
        except Exception as error:  # noqa: BLE001 - the next start finds the feed by its names
            self._parts.break_off(error)
        for prepared, name in zip(going, names, strict=True):
            self._items.pop(prepared.task.task_id)
            self._look_up(prepared.unknown(sent_ms, name, job_id))

    def _take_back(self, going: Sequence[Prepared]) -> None:
        self._pays = False
        super()._take_back(going)
