"""What window and command line do with the publish queue, over an `Application`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.services.publishing.batches import OpenBatch, open_batches
from app.services.publishing.queue import BatchCreated, enqueue
from app.services.publishing.report import BatchReport, batch_report, send_again
from app.services.publishing.results import BatchResult
from app.services.publishing.run import publish
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application


class PublishDesk:
    """The use cases of publishing. Plain methods touch the disk, `run` is a coroutine for the network."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def enqueue(self, store_id: int, listing_ids: Sequence[int], ctx: TaskContext | None = None) -> BatchCreated:
        """Check and queue. Raises: ReadOnlyStore, NotFound, TaskCancelled."""
        return enqueue(self._app.db, store_id, listing_ids, ctx=ctx)

    def send_again(
        self, batch_id: int, listing_ids: Sequence[int] | None = None, ctx: TaskContext | None = None
    ) -> BatchCreated:
        """Queue what did not go through once more. Raises: NotFound."""
        return send_again(self._app.db, batch_id, listing_ids, ctx=ctx)

    def report(self, batch_id: int) -> BatchReport:
        """What became of a batch. Raises: NotFound."""
        return batch_report(self._app.db, batch_id)

    def open_batches(self) -> list[OpenBatch]:
        """Batches an earlier run left unfinished."""
        return open_batches(self._app.db)

    async def run(self, store_id: int, batch_id: int | None, ctx: TaskContext) -> BatchResult:
        """Send what is queued and follow the reviews. Raises: MarketplaceError, OutOfReach, TaskCancelled."""
        import asyncio

        from app.services.stores.practice import reachable
        from app.services.stores.reading import get_store

        store = await reachable(self._app, await asyncio.to_thread(get_store, self._app.db, store_id))
        async with self._app.connected(store) as marketplace:
            return await publish(self._app.db, marketplace, store_id, batch_id, ctx)
