"""What window and command line do with the publish queue, over an `Application`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.models import TaskAction
from app.services.marketplace.port import Marketplace
from app.services.publishing.batches import OpenBatch, cancel_batch, cancel_listings, open_batches
from app.services.publishing.doubles import Double, take_off
from app.services.publishing.offlining import enqueue_offline
from app.services.publishing.onlining import SalePreview, enqueue_online, sale_preview
from app.services.publishing.pauses import pause_store, paused_stores, resume_store
from app.services.publishing.queue import BatchCreated, Skipped, enqueue
from app.services.publishing.recent import RecentBatch, batch_of, recent_batches
from app.services.publishing.remedies import RowNow, StoreChoices, resolve_name, rows_now, store_choices
from app.services.publishing.report import BatchReport, batch_report, send_again
from app.services.publishing.report_book import write_report
from app.services.publishing.results import BatchResult
from app.services.publishing.run import publish
from app.services.publishing.sale_tasks import skip_reasons, taken_off
from app.services.publishing.scheduled import ScheduledBatch, move_batches, scheduled_batches, send_now
from app.services.publishing.settling import Undecided, decide, undecided
from app.services.publishing.turns import AT_ONCE, Schedule
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application


OFFLINE, ONLINE = str(TaskAction.OFFLINE), str(TaskAction.ONLINE)
"""What is done to the sale of a listing, as `enqueue_sale` takes it."""


class PublishDesk:
    """The use cases of publishing. Plain methods touch the disk, `run` is a coroutine for the network."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def enqueue(
        self,
        store_id: int,
        listing_ids: Sequence[int],
        ctx: TaskContext | None = None,
        schedule: Schedule = AT_ONCE,
    ) -> BatchCreated:
        """Check and queue. Raises: ReadOnlyStore, NotFound, TaskCancelled."""
        return enqueue(self._app.db, store_id, listing_ids, schedule=schedule, ctx=ctx)

    def send_again(
        self,
        batch_id: int,
        listing_ids: Sequence[int] | None = None,
        ctx: TaskContext | None = None,
        *,
        accepts_losses: bool = False,
    ) -> BatchCreated:
        """Queue what did not go through once more; *accepts_losses*: even though it loses what was told.

        Raises: NotFound.
        """
        return send_again(self._app.db, batch_id, listing_ids, accepts_losses=accepts_losses, ctx=ctx)

    def report(self, batch_id: int) -> BatchReport:
        """What became of a batch. Raises: NotFound."""
        return batch_report(self._app.db, batch_id)

    def open_batches(self) -> list[OpenBatch]:
        """Batches an earlier run left unfinished."""
        return open_batches(self._app.db)

    def recent(self, limit: int = 20) -> list[RecentBatch]:
        """The newest batches, newest first."""
        return recent_batches(self._app.db, limit=limit)

    def batch_of(self, listing_id: int) -> int | None:
        """The newest batch a listing was in."""
        return batch_of(self._app.db, listing_id)

    def cancel(self, batch_id: int) -> int:
        """Take back what a batch has not sent yet. Returns: how many listings."""
        return cancel_batch(self._app.db, batch_id)

    def cancel_listings(self, listing_ids: Sequence[int]) -> int:
        """Take back single listings that were not sent yet. Returns: how many."""
        return cancel_listings(self._app.db, listing_ids)

    def sale_preview(self, listing_ids: Sequence[int], action: str) -> SalePreview:
        """Which of these can be taken off sale (`offline`) or put on sale again (`online`), by store."""
        return sale_preview(self._app.db, listing_ids, TaskAction(action))

    def taken_off(self, batch_ids: Sequence[int]) -> list[int]:
        """Listings that these batches took off sale and that still are."""
        with self._app.db.reader.connect() as connection:
            return taken_off(connection, batch_ids)

    def sale_skips(self, store_id: int, listing_ids: Sequence[int], action: str) -> tuple[Skipped, ...]:
        """Why these can neither be taken off sale nor be put on sale."""
        with self._app.db.reader.connect() as connection:
            return skip_reasons(connection, store_id, listing_ids, TaskAction(action))

    def enqueue_sale(
        self, store_id: int, listing_ids: Sequence[int], action: str, schedule: Schedule = AT_ONCE
    ) -> BatchCreated:
        """Queue taking listings off sale or putting them on sale again. Raises: as `enqueue`."""
        enqueue_it = enqueue_offline if action == OFFLINE else enqueue_online
        return enqueue_it(self._app.db, store_id, listing_ids, schedule)

    def scheduled(self) -> list[ScheduledBatch]:
        """What waits for a time, the soonest first."""
        return scheduled_batches(self._app.db)

    def move_scheduled(self, batch_ids: Sequence[int], at_ms: int) -> int:
        """Let what waits in these batches begin at another time. Raises: InputError."""
        return move_batches(self._app.db, batch_ids, at_ms)

    def send_scheduled_now(self, batch_ids: Sequence[int]) -> int:
        """Let what waits in these batches be sent at once."""
        return send_now(self._app.db, batch_ids)

    def cancel_scheduled(self, batch_ids: Sequence[int]) -> int:
        """Take back what waits in these batches. Returns: how many listings."""
        return sum(cancel_batch(self._app.db, batch_id) for batch_id in batch_ids)

    def pause_store(self, store_id: int) -> None:
        """Let nothing of a store leave until `resume_store`, in this and every other program. Raises: NotFound."""
        pause_store(self._app.db, store_id)

    def resume_store(self, store_id: int) -> None:
        """Let a store's queue go on."""
        resume_store(self._app.db, store_id)

    def paused_stores(self) -> dict[int, int]:
        """Since when (ms) which stores stand still."""
        return paused_stores(self._app.db)

    def write_report(self, batch_id: int, path: Path, ctx: TaskContext | None = None) -> Path:
        """What became of a batch as a workbook. Returns: the file. Raises: NotFound, InputError, WorkbookError."""
        return write_report(self._app.db, [batch_id], path, ctx).path

    # -- putting right -----------------------------------------------------------------------------------------

    def rows_now(self, batch_id: int, listing_ids: Sequence[int], field: str) -> dict[int, RowNow]:
        """Where listings of a batch stand now, seen from the field to change."""
        return rows_now(self._app.db, batch_id, listing_ids, field)

    def choices(self, store_id: int) -> StoreChoices:
        """Templates and groups of a store."""
        return store_choices(self._app.db, store_id)

    def resolve_name(self, store_id: int, field: str, text: str) -> str | None:
        """The id that *text* means, None for nothing known."""
        return resolve_name(self._app.db, store_id, field, text)

    def undecided(self, store_id: int) -> list[Undecided]:
        """Unconfirmed listings that wait for a person's word."""
        return undecided(self._app.db, store_id)

    def decide(self, listing_id: int, product_id: str | None) -> None:
        """This product is the listing; None: none of them is, it is queued again. Raises: NotUndecided."""
        decide(self._app.db, listing_id, product_id)

    async def take_off_doubles(self, store_id: int, batch_id: int, ctx: TaskContext) -> tuple[list[Double], list[str]]:
        """Take what is superfluous of a batch off sale. Returns: what is off sale, and the products that are not.

        Raises:
            MarketplaceError, OutOfReach: nothing was done.
        """
        async with self._at(store_id) as marketplace:
            ctx.checkpoint()
            off, failed = await take_off(self._app.db, marketplace, store_id, batch_id)
        return off, sorted(failed)

    async def run(self, store_id: int, batch_id: int | None, ctx: TaskContext) -> BatchResult:
        """Send what is queued and follow the reviews. A single batch is waited for, if it is scheduled; of a whole
        store what is not due yet stays queued. Raises: MarketplaceError, OutOfReach, TaskCancelled."""
        async with self._at(store_id) as marketplace:
            return await publish(
                self._app.db,
                marketplace,
                store_id,
                batch_id,
                ctx,
                parallel=self._app.settings.parallel_calls,
                waits_for_time=batch_id is not None,
            )

    @asynccontextmanager
    async def _at(self, store_id: int) -> AsyncIterator[Marketplace]:
        """The marketplace of a store, opened where it is the practice store's."""
        from app.services.stores.practice import reachable
        from app.services.stores.reading import get_store

        store = await reachable(self._app, await asyncio.to_thread(get_store, self._app.db, store_id))
        async with self._app.connected(store) as marketplace:
            yield marketplace
