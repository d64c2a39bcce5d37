"""Putting listings on sale again: as taking them off, but the platform may look at them once more first."""

from __future__ import annotations

from collections.abc import Sequence

from app.models import TaskAction, TaskState
from app.services.clock import now_ms
from app.services.marketplace.port import BatchOutcome, Refused, RemoteStatus
from app.services.publishing.journal import settle_online
from app.services.publishing.offline_sending import OfflineSender
from app.services.publishing.preparing import Prepared, Way


class OnlineSender(OfflineSender):
    """Collects tasks that put a listing on sale again; what comes of it is followed as after any other task."""

    way = Way.ONLINE
    action = TaskAction.ONLINE

    async def _ask(self, product_ids: Sequence[str]) -> BatchOutcome:
        return await self._parts.marketplace.set_online(product_ids)

    async def _is_so(self, product_id: str) -> bool:
        """Whether what was refused is on sale, or in review, already."""
        try:
            remote = await self._parts.marketplace.read_listing(product_id)
        except Refused:
            return False
        return remote.status in (RemoteStatus.ON_SALE, RemoteStatus.IN_REVIEW)

    def _settle(self, prepared: Prepared) -> None:
        key = prepared.key
        self._parts.write(lambda connection: settle_online(connection, key, now_ms()), key.task_id, TaskState.IN_REVIEW)
