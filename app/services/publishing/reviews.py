"""Reviews: what the platform decided about listings it has, asked in as few calls as possible."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from app.models import ListingStatus, TaskState
from app.services.clock import now_ms
from app.services.marketplace.port import Marketplace, Refused, RemoteStatus
from app.services.publishing.entries import NO_REASON, Reason
from app.services.publishing.journal import settle_review

PAGE_SIZE = 99
"""The platform allows fewer than 100 products a page (aliexpress-open-platform.md 5.0)."""
REJECTED = Reason("publishing.rejected")
"""The platform gives no reason for a refused review (aliexpress-open-platform.md 5.8)."""

Pass = Callable[[], Awaitable[bool]]
"""Waits until the next call may leave; False: none may."""

PRODUCT_MISSING = "marketplace.product_missing"
GONE = Reason("publishing.gone")
"""The product was deleted on the platform."""

_ENDS: dict[RemoteStatus | None, tuple[TaskState, ListingStatus, Reason]] = {
    None: (TaskState.FAILED, ListingStatus.FAILED, GONE),
    RemoteStatus.ON_SALE: (TaskState.LIVE, ListingStatus.LIVE, NO_REASON),
    RemoteStatus.OFF_SALE: (TaskState.LIVE, ListingStatus.OFF, NO_REASON),
    RemoteStatus.REJECTED: (TaskState.REJECTED, ListingStatus.REJECTED, REJECTED),
}


@dataclass(frozen=True, slots=True)
class ReviewedTask:
    """A task in review."""

    task_id: int
    batch_id: int
    product_id: str


@dataclass(frozen=True, slots=True)
class ReviewCounts:
    """What one look at the reviews found: ended well, refused, still under way."""

    live: int
    rejected: int
    in_review: int


def tasks_in_review(
    connection: Connection, store_id: int, batch_ids: Iterable[int] | None = None
) -> list[ReviewedTask]:
    """Tasks of a store, or of some batches, that wait for the platform's verdict."""
    of_batches = "" if batch_ids is None else f" AND batch_id IN ({','.join(str(int(number)) for number in batch_ids)})"
    rows = connection.exec_driver_sql(
        "SELECT id, batch_id, product_id FROM publish_task WHERE store_id = ? AND state = 'in_review' "
        f"AND product_id IS NOT NULL{of_batches} ORDER BY id",
        (store_id,),
    )
    return [ReviewedTask(*row) for row in rows]


async def ask_reviews(
    marketplace: Marketplace, product_ids: Iterable[str], may_pass: Pass
) -> dict[str, RemoteStatus | None]:
    """How the reviews of *product_ids* stand, None for a deleted product; unknown ones are left out.

    One call per product for few of them; for many, pages of the platform's lists: those in review first, then
    the refused ones, and those in neither list one by one or by the list of what is on sale, whichever is shorter.

    Raises:
        MarketplaceError: a question could not be asked. Answers up to then are lost, not wrong.
    """
    asked = set(product_ids)
    found: dict[str, RemoteStatus | None] = {}
    for status in (RemoteStatus.IN_REVIEW, RemoteStatus.REJECTED, RemoteStatus.ON_SALE):
        rest = asked - found.keys()
        if len(rest) <= 1 or not await may_pass():
            break
        page = await marketplace.list_listings(status, 1, PAGE_SIZE)
        if page.pages > len(rest):
            continue
        found |= {row.product_id: status for row in page.rows if row.product_id in rest}
        for number in range(2, page.pages + 1):
            if len(found.keys() & rest) == len(rest) or not await may_pass():
                break
            page = await marketplace.list_listings(status, number, PAGE_SIZE)
            found |= {row.product_id: status for row in page.rows if row.product_id in rest}
    for product_id in sorted(asked - found.keys()):
        if not await may_pass():
            break
        try:
            found[product_id] = await marketplace.review_status(product_id)
        except Refused as refusal:
            if refusal.error_code == PRODUCT_MISSING:
                found[product_id] = None
    return found


def settle_reviews(
    connection: Connection, tasks: Iterable[ReviewedTask], found: Mapping[str, RemoteStatus | None]
) -> dict[int, TaskState]:
    """Write the verdicts. Returns: the new states of the tasks that this call settled."""
    settled: dict[int, TaskState] = {}
    moment = now_ms()
    for task in tasks:
        end = _ENDS.get(found[task.product_id]) if task.product_id in found else None
        if end is not None and settle_review(connection, task.task_id, *end, moment):
            settled[task.task_id] = end[0]
    return settled
