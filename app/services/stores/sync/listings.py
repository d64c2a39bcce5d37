"""A store's listings: all four states page by page, details of what changed, one transaction a page.

Stopping between two pages loses nothing: the next sync goes on at the page this one had reached (`passes.py`), and
what was read is noted (`marks`) and is not read again. Nothing is kept in memory but the page in hand
and the ids of listings that changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Connection

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
from app.services.stores.sync.known import Known, is_current, load_known
from app.services.stores.sync.mapping import DELETED
from app.services.stores.sync.passes import (
    Pass,
    advance,
    begin,
    count_seen,
    count_there,
    finish,
    missing,
    note_off_by,
    off_by,
    seen_among,
)
from app.services.stores.sync.results import ListingCounts
from app.services.stores.sync.writing import PageWriter
from app.services.tasks import TaskContext

log = logging.getLogger(__name__)

PAGE_SIZE = 99
MOST_MISSING = 500
"""So many listings that were not in any list are asked for one by one in one sync; the next one goes on."""

ORDER = (RemoteStatus.IN_REVIEW, RemoteStatus.REJECTED, RemoteStatus.ON_SALE, RemoteStatus.OFF_SALE)
"""A listing moves forward through the states; asked in this order it does not slip between two lists."""


@dataclass(slots=True)
class ListingSync:
    """One pass over a store's listings; `is_whole` reads everything even where asking for changes would do."""

    db: Database
    marketplace: Marketplace
    store_id: int
    gateway: str
    ctx: TaskContext
    parallel: int = 8
    is_whole: bool = False
    counts: ListingCounts = field(default_factory=ListingCounts)
    _at: Pass = field(default_factory=lambda: Pass(0, None))
    _leaves: set[str] = field(default_factory=set)
    _context: CheckContext | None = None

    async def run(self) -> ListingCounts:
        """Read everything there is, or everything that changed since the last pass and, where the platform then counts
        other than we do, everything after all: something was deleted there.

        Raises:
            MarketplaceError: the lists cannot be read; pages written so far stay.
            TaskCancelled: stopped between two pages.
        """
        await self._pass()
        if not self._at.is_whole and not self.counts.failed:
            difference = await self._difference()
            if difference != await asyncio.to_thread(self._off_by):
                self.is_whole = True
                await self._pass()
                await asyncio.to_thread(self._note_off_by, await self._difference())
        return self.counts

    async def _pass(self) -> None:
        await asyncio.to_thread(self._begin)
        start = next((at for at, status in enumerate(ORDER) if status == self._at.status), 0)
        for status in ORDER[start:]:
            await self._read_list(status, self._at.page if status == self._at.status else 1)
        if self._at.is_whole:
            await self._look_for_missing()
        await asyncio.to_thread(self._finish)

    async def _difference(self) -> int:
        """How many more listings the platform counts than are here; those left to the publish queue count as here."""
        told = 0
        for status in ORDER:
            self.ctx.checkpoint()
            told += (await self.marketplace.list_listings(status, 1, 1)).total
        return told - await asyncio.to_thread(self._count_there) - self.counts.waiting

    def _count_there(self) -> int:
        with self.db.reader.connect() as connection:
            return count_there(connection, self.store_id)

    def _off_by(self) -> int:
        with self.db.reader.connect() as connection:
            return off_by(connection, self.store_id)

    def _note_off_by(self, difference: int) -> None:
        with self.db.bulk() as connection:
            note_off_by(connection, self.store_id, difference)

    async def _read_list(self, status: RemoteStatus, page: int) -> None:
        """The pages of one state from *page* on. Where rows have left the list meanwhile, others have moved up to a
        page that was read: one page back."""
        pages, total = page, 0
        while page <= pages:
            self.ctx.checkpoint()
            found = await self.marketplace.list_listings(status, page, PAGE_SIZE, modified_from=self._at.modified_from)
            has_moved = page > 1 and found.total < total
            pages, total = found.pages, found.total
            if has_moved:
                page -= 1
                continue
            await self._take(found.rows, status, page + 1)
            self.ctx.report(self.counts.seen, None, failed=len(self.counts.failed), note="sync.listings")
            page += 1

    def _begin(self) -> None:
        with self.db.bulk() as connection:
            self._at = begin(connection, self.store_id, is_whole=self.is_whole)
            self.counts.seen = count_seen(connection, self.store_id)

    def _finish(self) -> None:
        with self.db.bulk() as connection:
            finish(connection, self.store_id, self._at, is_complete=not self.counts.failed)
            if not self._at.is_whole:
                self.counts.seen = count_there(connection, self.store_id)

    async def _take(self, rows: Sequence[ListingSummary], status: RemoteStatus, next_page: int) -> None:
        """One page: details of what is new or changed, then one transaction that also says where to go on. A listing
        seen before is skipped."""
        known, seen = await asyncio.to_thread(self._known, [row.product_id for row in rows])
        fresh = list({row.product_id: row for row in rows if row.product_id not in seen}.values())
        current = {row.product_id for row in fresh if is_current(known.get(row.product_id), row)}
        read = await self._read([row for row in fresh if row.product_id not in current])
        await self._learn_categories(read)
        await asyncio.to_thread(
            self._write_page, read, lambda at: advance(at, self.store_id, self._at, rows, status, next_page)
        )
        self.counts.unchanged += len(current)
        self.counts.seen += len(fresh)

    def _known(self, product_ids: Sequence[str]) -> tuple[dict[str, Known], set[str]]:
        with self.db.reader.connect() as connection:
            known = load_known(connection, self.store_id, product_ids)
            return known, seen_among(connection, self.store_id, product_ids)

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

    async def _learn_categories(self, read: Sequence[tuple[ListingSummary, RemoteListing]]) -> None:
        categories = {remote.content.category_id for _, remote in read} - self._leaves
        if categories:
            await ensure_attributes(self.db, self.marketplace, self.gateway, categories)
            self._leaves |= categories

    def _write_page(
        self,
        read: Sequence[tuple[ListingSummary, RemoteListing]],
        then: Callable[[Connection], Pass] = lambda connection: Pass(0, None),
    ) -> None:
        if self._context is None and read:
            with self.db.read() as session:
                self._context = load_context(session, self.store_id)
        with self.db.bulk() as connection:
            if read and self._context is not None:
                PageWriter(connection, self._context, self.counts).write(read)
            then(connection)

    async def _look_for_missing(self) -> None:
        """Listings of ours that stood in no list are asked for: moved meanwhile, or deleted on the platform."""
        absent = await asyncio.to_thread(self._missing)
        gone: list[int] = []
        for listing_id, product_id in absent:
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
                read = [(_summary(remote), remote)]
                await self._learn_categories(read)
                await asyncio.to_thread(self._write_page, read)
                self.counts.seen += 1
        if gone:
            self.counts.removed = await asyncio.to_thread(self._mark_deleted, gone)

    def _missing(self) -> list[tuple[int, str]]:
        with self.db.reader.connect() as connection:
            return missing(connection, self.store_id, MOST_MISSING)

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
