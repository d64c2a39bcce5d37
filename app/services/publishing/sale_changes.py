"""Taking listings off sale, and putting them on sale again, as part of a change that can be undone.

The platform does it, so a change says where a listing was wanted: `{"sale": "on"}` or `"off"`. What was not sent yet is
taken back; what was sent is followed by a task of the other kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import orjson
from sqlalchemy import Connection

from app.models import TaskAction, TaskState
from app.services.errors import AppError
from app.services.publishing.batches import cancel_unsent
from app.services.publishing.entries import Reason, Waiting
from app.services.publishing.offlining import queue_offline
from app.services.publishing.sale_tasks import IS_OFF, queue_sale
from app.services.publishing.turns import AT_ONCE
from app.services.stores.readiness import ensure_open

NOUN: Literal["sale"] = "sale"
"""What a change calls it; its image is `{"sale": "on"}` or `{"sale": "off"}`."""
ON, OFF = "on", "off"
GONE, UNDER_WAY, ON_ALREADY, OFF_ALREADY = "sale.gone", "sale.under_way", "sale.on_already", "sale.off_already"
"""Codes of reasons why a listing is not put where it is wanted."""
_BACK = {ON: TaskAction.OFFLINE, OFF: TaskAction.ONLINE}
"""The task that is taken back, rather than followed by another one, by where its listing is wanted."""
_STANDS = (
    f"SELECT listing.id, listing.store_id, listing.product_id IS NOT NULL, {IS_OFF} OR (busy.id IS NOT NULL "
    "AND off_reason <> ''), coalesce(busy.action, ''), coalesce(busy.state, '') "
    "FROM listing LEFT JOIN publish_task AS busy ON busy.listing_id = listing.id "
    "AND busy.state IN ('queued', 'sending', 'unknown', 'in_review') "
    "WHERE listing.id IN (SELECT value FROM json_each(?))"
)
_WAITING = (
    "SELECT store_id, store.name, batch_id, count(*), action FROM publish_task JOIN store ON store.id = store_id "
    "WHERE batch_id IN (SELECT value FROM json_each(?)) AND state = 'queued' GROUP BY batch_id ORDER BY batch_id"
)


class _Stands(NamedTuple):
    """A listing and the task that is open for it, "" for none."""

    store_id: int
    is_published: bool
    is_off: bool
    action: str
    state: str

    @property
    def heads(self) -> str:
        """Where it is or will be, as far as anybody here wants it."""
        if self.action in (TaskAction.OFFLINE, TaskAction.ONLINE):
            return OFF if self.action == TaskAction.OFFLINE else ON
        return OFF if self.is_off else ON

    def is_taken_back(self, wanted: str) -> bool:
        """Whether taking back what waits is all there is to do."""
        return self.state == TaskState.QUEUED and self.action == _BACK[wanted]


def image_of(wanted: str) -> dict[str, str]:
    """Where a listing is wanted, as a change keeps it."""
    return {NOUN: wanted}


def heading(connection: Connection, listing_ids: Iterable[int]) -> dict[int, str]:
    """Where each of these listings is, or will be once what is under way is done: `ON` or `OFF`."""
    return {number: one.heads for number, one in _stand(connection, listing_ids).items()}


def why_not(connection: Connection, wanted: Mapping[int, str]) -> dict[int, Reason]:
    """Those of these listings that cannot be put where they are *wanted*, each with the reason: gone, there already,
    under way just now, or of a store to which nothing may be sent."""
    stand = _stand(connection, wanted)
    closed: dict[int, Reason | None] = {}
    found = {}
    for number, where in wanted.items():
        one = stand.get(number)
        if one is None or not one.is_published:
            found[number] = Reason(GONE)
        elif one.heads == where:
            found[number] = Reason(ON_ALREADY if where == ON else OFF_ALREADY)
        elif one.is_taken_back(where):
            continue
        elif one.state and not (where == OFF and one.state == TaskState.QUEUED):
            found[number] = Reason(UNDER_WAY)
        else:
            if one.store_id not in closed:
                closed[one.store_id] = _closed(connection, one.store_id)
            if (reason := closed[one.store_id]) is not None:
                found[number] = reason
    return found


def put(connection: Connection, wanted: Mapping[int, str]) -> list[int]:
    """Put these listings where they are *wanted*, through the queue; `why_not` has nothing against any of them.

    Returns: batches of what is to be sent for it.
    """
    stand = _stand(connection, wanted)
    back = [number for number, where in wanted.items() if stand[number].is_taken_back(where)]
    if back:
        cancel_unsent(connection, back, planned=False)
    going: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for number in wanted.keys() - set(back):
        going[stand[number].store_id, wanted[number]].append(number)
    batches = []
    for (store_id, where), ids in sorted(going.items()):
        if where == OFF:
            made = queue_offline(connection, store_id, sorted(ids))
        else:
            made = queue_sale(connection, store_id, sorted(ids), TaskAction.ONLINE, AT_ONCE)
        assert made.batch_id is not None and not made.skipped, made
        batches.append(made.batch_id)
    return batches


def waiting_in(connection: Connection, batch_ids: Sequence[int]) -> list[Waiting]:
    """What these batches have to send now; one of which everything was taken back again has nothing."""
    rows = connection.exec_driver_sql(_WAITING, (orjson.dumps(list(batch_ids)).decode(),))
    sale = (TaskAction.OFFLINE, TaskAction.ONLINE)
    return [Waiting(row[0], row[1], row[2], row[3], row[4] if row[4] in sale else "") for row in rows]


def wanted_by(images: Mapping[int, Mapping[str, Any] | None]) -> dict[int, str]:
    """Where images of a change want their listings."""
    return {number: str((image or {})[NOUN]) for number, image in images.items()}


def _stand(connection: Connection, listing_ids: Iterable[int]) -> dict[int, _Stands]:
    asked = orjson.dumps(sorted(set(listing_ids))).decode()
    rows = connection.exec_driver_sql(_STANDS, (asked,))
    return {row[0]: _Stands(row[1], bool(row[2]), bool(row[3]), row[4], row[5]) for row in rows}


def _closed(connection: Connection, store_id: int) -> Reason | None:
    """Why nothing may be sent to a store, None where it may."""
    try:
        ensure_open(connection, store_id)
    except AppError as error:
        return Reason(error.error_code, dict(error.params))
    return None
