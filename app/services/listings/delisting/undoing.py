"""After a delisting was undone, or done again: what the marketplace must hear of, as it heard of the delisting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import orjson

from app.services.db import Database
from app.services.errors import AppError
from app.services.history.records import DELIST_LABELS, UndoResult
from app.services.publishing.entries import Waiting
from app.services.publishing.queue import enqueue
from app.services.publishing.sale_changes import waiting_in

_CHANGED = (
    "SELECT id, store_id FROM listing WHERE id IN (SELECT value FROM json_each(?)) AND product_id IS NOT NULL "
    "AND status <> 'off' AND (content_hash IS NOT sent_hash OR EXISTS (SELECT 1 FROM publish_task "
    "WHERE listing_id = listing.id AND action IN ('create', 'edit') AND publish_task.state IN ('sending', 'unknown') "
    "AND publish_task.content_hash <> listing.content_hash)) AND NOT EXISTS (SELECT 1 FROM publish_task "
    "WHERE listing_id = listing.id AND action IN ('create', 'edit') AND publish_task.state = 'queued')"
)
"""Also those of which something else is on its way just now: it counts as sent only when it has arrived."""


def send_back(db: Database, results: Sequence[UndoResult]) -> tuple[tuple[Waiting, ...], tuple[int, ...]]:
    """Queue the listings of undone delistings of which the marketplace had exactly what stood here before: nothing but
    the undone stocks is sent. What else was edited of a listing is a person's to send.

    Returns: what is to be sent now, what was queued by the undo itself included; and listings a person has to send.
    """
    delistings = [result for result in results if result.change.label in DELIST_LABELS]
    as_sent = {number for result in delistings for number in result.as_sent}
    batches = [number for result in results for number in result.batches]
    changed: defaultdict[int, list[int]] = defaultdict(list)
    asked = orjson.dumps(sorted({number for result in delistings for number in result.listing_ids})).decode()
    with db.reader.connect() as connection:
        for number, store_id in connection.exec_driver_sql(_CHANGED, (asked,)):
            changed[store_id].append(number)
    unsent: set[int] = set()
    for store_id, ids in sorted(changed.items()):
        ready = [number for number in ids if number in as_sent]
        unsent.update(ids)
        try:
            created = enqueue(db, store_id, ready) if ready else None
        except AppError:  # nothing may be sent to it just now: the sentence comes when a person sends it
            continue
        if created is not None and created.batch_id is not None:
            batches.append(created.batch_id)
            unsent -= set(ready) - {one.listing_id for one in created.skipped}
    with db.reader.connect() as connection:
        return tuple(waiting_in(connection, batches)), tuple(sorted(unsent))
