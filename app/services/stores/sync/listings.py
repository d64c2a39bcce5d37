"""A store's listings: all four states page by page, details of what changed, one transaction a page.

Stopping between two pages loses nothing: what was read carries its mark (`writing.MARK`) and is not read again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from app.models import ListingStatus
from app.services.clock import now_ms
from app.services.compliance import CheckContext, load_context
from app.services.db import Database
from app.services.marketplace.port import (
    ListingSummary,
    Marketplace,
    MarketplaceError,
    RateLimited,
    Refused,
    RemoteListing,
    RemoteStatus,
    SignedOut,
)
from app.services.stores.sync.categories import ensure_attributes
from app.services.stores.sync.mapping import DELETED
from app.services.stores.sync.results import ListingCounts
from app.services.stores.sync.writing import Known, PageWriter, is_current, load_known
from app.services.tasks import TaskContext

log = logging.getLogger(__name__)

PAGE_SIZE = 50
MOST_MISSING = 500
"""So many listings that were not in any list are asked for one by one in one sync; the next one goes on."""

ORDER = (RemoteStatus.IN_REVIEW, RemoteStatus.REJECTED, RemoteStatus.ON_SALE, RemoteStatus.OFF_SALE)
"""A listing moves forward through the states; asked in this order it does not slip between two lists."""


@dataclass(slots=True)
class ListingSync:
    """One pass over a store's listings."""

    db: Database
    marketplace: Marketplace
    store_id: int
    gateway: str
    ctx: TaskContext
    parallel: int = 8
    counts: ListingCounts = field(default_factory=ListingCounts)
    _seen: set[str] = field(default_factory=set)
    _leaves: set[str] = field(default_factory=set)
    _context: CheckContext | None = None

    async def run(self) -> ListingCounts:
        """Read everything there is.

        Raises:
            MarketplaceError: the lists cannot be read; pages written so far stay.
            TaskCancelled: stopped between two pages.
        """
        for status in ORDER:
            page, pages = 1, 1
            while page <= pages:
                self.ctx.checkpoint()
                found = await self.marketplace.list_listings(status, page, PAGE_SIZE)
                pages = found.pages
                await self._take(found.rows)
                done = len(self._seen)
                self.ctx.report(done, None, failed=len(self.counts.failed), note="sync.listings")
                page += 1
        self.counts.seen = len(self._seen)
        await self._look_for_missing()
        return self.counts

    async def _take(self, rows: Sequence[ListingSummary]) -> None:
        """One page: details of what is new or changed, then one transaction. A listing seen before is skipped."""
        fresh = list({row.product_id: row for row in rows if row.product_id not in self._seen}.values())
        known = await asyncio.to_thread(self._known, [row.product_id for row in fresh])
        current = [row for row in fresh if is_current(known.get(row.product_id), row)]
        read = await self._read([row for row in fresh if row not in current])
        await self._write(read)
        self.counts.unchanged += len(current)
        self._seen.update(row.product_id for row in rows)

    def _known(self, product_ids: Sequence[str]) -> dict[str, Known]:
        with self.db.reader.connect() as connection:
            return load_known(connection, self.store_id, product_ids)

    async def _read(self, rows: Sequence[ListingSummary]) -> list[tuple[ListingSummary, RemoteListing]]:
        """Details of *rows*. One that cannot be read fails alone, unless none can be."""
        gate = asyncio.Semaphore(self.parallel)

        async def read_one(row: ListingSummary) -> RemoteListing:
            async with gate:
                return await self.marketplace.read_listing(row.product_id)

        answers = await asyncio.gather(*(read_one(row) for row in rows), return_exceptions=True)
        read: list[tuple[ListingSummary, RemoteListing]] = []
        errors: list[MarketplaceError] = []
        for row, answer in zip(rows, answers, strict=True):
            if isinstance(answer, RemoteListing):
                read.append((row, answer))
            elif isinstance(answer, MarketplaceError) and not isinstance(answer, SignedOut | RateLimited):
                errors.append(answer)
                self.counts.failed[row.product_id] = answer.error_code
            else:
                raise answer
        if errors and not read and all(error.retryable for error in errors):
            raise errors[0]
        return read

    async def _write(self, read: Sequence[tuple[ListingSummary, RemoteListing]]) -> None:
        if read:
            categories = {remote.content.category_id for _, remote in read} - self._leaves
            await ensure_attributes(self.db, self.marketplace, self.gateway, categories)
            self._leaves |= categories
            await asyncio.to_thread(self._write_page, read)

    def _write_page(self, read: Sequence[tuple[ListingSummary, RemoteListing]]) -> None:
        if self._context is None:
            with self.db.read() as session:
                self._context = load_context(session, self.store_id)
        with self.db.bulk() as connection:
            PageWriter(connection, self._context, self.counts).write(read)

    async def _look_for_missing(self) -> None:
        """Listings of ours that stood in no list are asked for: moved meanwhile, or deleted on the platform."""
        missing = await asyncio.to_thread(self._missing)
        gone: list[int] = []
        for listing_id, product_id in missing[:MOST_MISSING]:
            self.ctx.checkpoint()
            try:
                remote = await self.marketplace.read_listing(product_id)
            except Refused:
                gone.append(listing_id)
            except MarketplaceError as error:
                if isinstance(error, SignedOut | RateLimited):
                    raise
                self.counts.failed[product_id] = error.error_code
            else:
                await self._write([(_summary(remote), remote)])
                self.counts.seen += 1
        if gone:
            self.counts.removed = await asyncio.to_thread(self._mark_deleted, gone)

    def _missing(self) -> list[tuple[int, str]]:
        with self.db.reader.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT id, product_id FROM listing WHERE store_id = ? AND product_id IS NOT NULL "
                "AND NOT (status = 'off' AND off_reason = ?) AND NOT EXISTS "
                "(SELECT 1 FROM publish_task WHERE publish_task.listing_id = listing.id "
                "AND state IN ('queued', 'sending', 'unknown')) ORDER BY id",
                (self.store_id, DELETED),
            )
            return [(row[0], row[1]) for row in rows if row[1] not in self._seen]

    def _mark_deleted(self, listing_ids: Sequence[int]) -> list[int]:
        with self.db.bulk() as connection:
            rows = connection.exec_driver_sql(
                "UPDATE listing SET status = ?, off_reason = ?, updated_ms = ? "
                "WHERE id IN (SELECT value FROM json_each(?)) RETURNING id",
                (str(ListingStatus.OFF), DELETED, now_ms(), orjson.dumps(list(listing_ids)).decode()),
            )
            return sorted(row[0] for row in rows)


def _summary(remote: RemoteListing) -> ListingSummary:
    """The list's row of a record that was read without one."""
    content = remote.content
    return ListingSummary(
        product_id=remote.product_id,
        title=content.title,
        status=remote.status,
        price_min_minor=None,
        price_max_minor=None,
        currency=content.currency,
        images=content.images,
        freight_template_id=content.freight_template_id,
        group_id=content.group_id,
        created_at=remote.created_at,
        modified_at=remote.modified_at,
    )
