"""Taking listings off sale and putting them on sale again, now or at a time: what can be, and queueing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.models import StoreAccess, TaskAction
from app.services.db import Database
from app.services.listings.loading import chunks, id_list
from app.services.publishing.queue import BatchCreated
from app.services.publishing.sale_tasks import IS_OFF, queue_sale
from app.services.publishing.turns import AT_ONCE, Schedule
from app.services.stores.readiness import ensure_open

_OPEN = "EXISTS (SELECT 1 FROM publish_task AS busy WHERE busy.listing_id = listing.id AND busy.state IN ({states}))"
_UNDER_WAY = "'sending', 'unknown', 'in_review'"
_ANY = f"'queued', {_UNDER_WAY}"
_CAN = {
    # an edit that waits is taken back by `enqueue_offline`
    TaskAction.OFFLINE: f"status <> 'off' AND NOT {_OPEN.format(states=_UNDER_WAY)}",
    TaskAction.ONLINE: f"({IS_OFF} OR EXISTS (SELECT 1 FROM publish_task WHERE listing_id = listing.id "
    "AND state = 'waiting' AND action = 'offline')) "
    f"AND NOT {_OPEN.format(states=_ANY)}",
}


@dataclass(frozen=True, slots=True)
class SalePart:
    """Listings of one store that can be taken off sale, or put on sale again."""

    store_id: int
    store_name: str
    listing_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SalePreview:
    """What would be done, by store; `skipped` counts the listings nothing can be done to: never published, like that
    already, under way, or of a store that may only be read."""

    parts: tuple[SalePart, ...]
    skipped: int

    @property
    def count(self) -> int:
        """Listings of all stores."""
        return sum(len(part.listing_ids) for part in self.parts)


def sale_preview(db: Database, listing_ids: Sequence[int], action: TaskAction) -> SalePreview:
    """Which of these listings *action* (`offline` or `online`) can be done to, by store."""
    found: dict[tuple[int, str], list[int]] = {}
    ids = list(dict.fromkeys(listing_ids))
    with db.reader.connect() as connection:
        for chunk in chunks(ids):
            rows = connection.exec_driver_sql(
                "SELECT store_id, store.name, listing.id FROM listing JOIN store ON store.id = store_id "
                f"WHERE listing.id IN ({id_list(chunk)}) AND product_id IS NOT NULL AND {_CAN[action]} "
                f"AND access = '{StoreAccess.OPERATE!s}'"
            )
            for store_id, name, listing_id in rows:
                found.setdefault((store_id, name), []).append(listing_id)
    parts = tuple(SalePart(*store, tuple(numbers)) for store, numbers in sorted(found.items()))
    return SalePreview(parts, len(ids) - sum(len(part.listing_ids) for part in parts))


def enqueue_online(
    db: Database, store_id: int, listing_ids: Sequence[int], schedule: Schedule = AT_ONCE
) -> BatchCreated:
    """Queue putting these listings on sale again. What is not off sale, or under way just now, is skipped.

    Raises:
        NotFound, ReadOnlyStore, StoreClosed: as `enqueue`.
    """
    ids = list(dict.fromkeys(listing_ids))
    with db.read() as session:
        ensure_open(session.connection(), store_id)
    with db.bulk() as connection:
        return queue_sale(connection, store_id, ids, TaskAction.ONLINE, schedule)
