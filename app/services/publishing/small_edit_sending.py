"""Edits of nothing but price, stock and product group: calls of their own, and no new review.

A whole edit reads the platform's record, sends it back changed and puts the listing into review again. Where only
prices or stocks differ from what was sent last, the platform's batch calls say the same for twenty listings at once;
a product group has a small call, too (aliexpress-open-platform.md 5.7; domain.md 5.3 knows sources that doubt it, so
an account that may not call it sends whole edits). Stock goes first: what sells without stock costs points, a wrong
price only money, a wrong group nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.models import TaskState
from app.services.clock import now_ms
from app.services.marketplace.port import BatchOutcome, MarketplaceError, RateLimited
from app.services.marketplace.records import FeedVerdict
from app.services.publishing.entries import Reason
from app.services.publishing.feed_following import settle_refusal
from app.services.publishing.journal import accept
from app.services.publishing.preparing import Prepared, Way
from app.services.publishing.recovery import UNANSWERED
from app.services.publishing.together import Together

AT_ONCE = 100
"""Listings handed over together, in calls of the platform's size: what a program that dies leaves to be looked up."""


class SmallEditSender(Together):
    """Collects edits of price, stock and group as they are claimed and hands them over."""

    way = Way.SMALL

    async def choose(self, ready: Sequence[Prepared], *, is_last: bool) -> Sequence[Prepared]:
        """Take those of *ready* that change price, stock or group only and were not on their way before, or may go no
        other way; there is nothing to prepare about them."""
        left = []
        for prepared in ready:
            if prepared.small is not None and (prepared.attempts == 0 or prepared.is_small_only):
                self._hold([prepared])
            else:
                left.append(prepared)
        return left

    @property
    def _size(self) -> int:
        return AT_ONCE

    @property
    def _is_complete(self) -> bool:
        return True  # urgent: what was claimed together is not kept waiting for more

    async def _send(self, going: Sequence[Prepared], sent_ms: int) -> None:
        marketplace = self._parts.marketplace
        edits = {prepared.product_id or "": prepared.small for prepared in going}
        stocks = [edit.stocks for edit in edits.values() if edit is not None and edit.stocks is not None]
        first = await marketplace.set_stock(stocks) if stocks else BatchOutcome((), {})
        open_ids = edits.keys() - first.failed.keys() - set(first.unknown)
        prices = [
            edit.prices
            for product_id, edit in edits.items()
            if edit is not None and edit.prices is not None and product_id in open_ids
        ]
        second = await marketplace.set_prices(prices) if prices else BatchOutcome((), {})
        open_ids -= second.failed.keys() | set(second.unknown)
        groups = [
            edit.group
            for product_id, edit in edits.items()
            if edit is not None and edit.group is not None and product_id in open_ids
        ]
        third = await marketplace.move_groups(groups) if groups else BatchOutcome((), {})
        self._parts.gate.answered()
        outcomes = (first, second, third)
        failed = {number: code for outcome in outcomes for number, code in outcome.failed.items()}
        self._settle(going, sent_ms, failed, [number for outcome in outcomes for number in outcome.unknown])

    def _settle(self, going: Sequence[Prepared], sent_ms: int, failed: dict[str, str], unknown: Iterable[str]) -> None:
        unknown = set(unknown)
        for prepared in going:
            product_id = prepared.product_id or ""
            if product_id in unknown:
                self._unanswered([prepared], sent_ms, Reason(UNANSWERED))
            elif product_id in failed:
                error = self._parts.marketplace.feed_refusal(FeedVerdict(product_id, False, code=failed[product_id]))
                task = prepared.unknown(sent_ms)
                if not settle_refusal(self._parts, task, error, self.feeder.look_again):
                    self._unanswered([prepared], sent_ms, Reason(UNANSWERED))
            else:
                self._accept(prepared, product_id)

    def _not_taken(self, going: Sequence[Prepared], error: MarketplaceError) -> None:
        """As for others; what may go no other way ends with the error, or waits for the next try of the same kind."""
        kept = [prepared for prepared in going if prepared.is_small_only]
        super()._not_taken([prepared for prepared in going if not prepared.is_small_only], error)
        if kept and isinstance(error, RateLimited):
            self._parts.gate.limited(error)
        for prepared in kept:
            settle_refusal(self._parts, prepared.unknown(now_ms()), error, self.feeder.look_again)

    def _accept(self, prepared: Prepared, product_id: str) -> None:
        key, sent_hash = prepared.key, prepared.record.content_hash
        self._parts.write(
            lambda connection: accept(connection, key, product_id, sent_hash, now_ms()),
            key.task_id,
            TaskState.IN_REVIEW,
        )
