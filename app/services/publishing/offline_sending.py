"""Taking listings off sale: many in one call, announced like everything else that leaves."""

from __future__ import annotations

from collections.abc import Sequence

from app.models import TaskAction, TaskState
from app.services.clock import now_ms
from app.services.marketplace.port import (
    BatchOutcome,
    MarketplaceError,
    RateLimited,
    Refused,
    RemoteStatus,
    SignedOut,
)
from app.services.marketplace.records import FeedVerdict
from app.services.publishing.entries import Reason
from app.services.publishing.gate import Ending
from app.services.publishing.journal import settle_offline
from app.services.publishing.preparing import Prepared, Way
from app.services.publishing.recovery import UNANSWERED
from app.services.publishing.together import Together

AT_ONCE = 50
"""Products of one call of the platform (aliexpress-open-platform.md 5.6)."""
MOST_FAULTS = 5
"""Passing faults after which a listing counts as refused."""


class OfflineSender(Together):
    """Collects tasks that take a listing off sale and hands them over; none of them goes any other way."""

    way = Way.OFFLINE
    action = TaskAction.OFFLINE

    async def choose(self, ready: Sequence[Prepared], *, is_last: bool) -> Sequence[Prepared]:
        """Take all tasks of this kind; there is nothing to prepare about them."""
        self._hold([prepared for prepared in ready if prepared.action == self.action])
        return [prepared for prepared in ready if prepared.action != self.action]

    @property
    def _size(self) -> int:
        return AT_ONCE

    @property
    def _is_complete(self) -> bool:
        return True  # urgent: what was claimed together is not kept waiting for more

    async def _send(self, going: Sequence[Prepared], sent_ms: int) -> None:
        marketplace = self._parts.marketplace
        outcome = await self._ask([prepared.product_id or "" for prepared in going])
        self._parts.gate.answered()
        unknown = set(outcome.unknown)
        for prepared in going:
            product_id = prepared.product_id or ""
            code = outcome.failed.get(product_id)
            if product_id in unknown:
                self._unanswered([prepared], sent_ms, Reason(UNANSWERED))
            elif code is None or await self._is_so(product_id):
                self._settle(prepared)
            else:
                self._refuse(prepared, marketplace.feed_refusal(FeedVerdict(product_id, False, code=code)))

    async def _ask(self, product_ids: Sequence[str]) -> BatchOutcome:
        return await self._parts.marketplace.set_offline(product_ids)

    async def _is_so(self, product_id: str) -> bool:
        """Whether what was refused is off sale already; a product that cannot be read is not."""
        try:
            return (await self._parts.marketplace.read_listing(product_id)).status is RemoteStatus.OFF_SALE
        except Refused:
            return False

    def _settle(self, prepared: Prepared) -> None:
        key = prepared.key
        self._parts.write(lambda connection: settle_offline(connection, key, now_ms()), key.task_id, TaskState.LIVE)

    def _refuse(self, prepared: Prepared, error: MarketplaceError) -> None:
        prepared.faults += 1
        if error.retryable and prepared.faults < MOST_FAULTS:
            self._put_back(prepared, self._parts.owner)
            self._hold([prepared])
        else:
            self._parts.write_failure(prepared.key, error)

    def _not_taken(self, going: Sequence[Prepared], error: MarketplaceError) -> None:
        """Nothing was taken: tried again as often as passing faults allow, never in another kind of call."""
        gate = self._parts.gate
        if isinstance(error, SignedOut):
            gate.end(Ending.SIGNED_OUT, error)
        elif isinstance(error, RateLimited):
            gate.limited(error)
        elif not gate.failed(error):
            for prepared in going:
                self._refuse(prepared, error)
            return
        self._take_back(going)

    def _take_back(self, going: Sequence[Prepared]) -> None:
        for prepared in going:
            self._put_back(prepared, self._parts.owner)
        self._hold(going)
