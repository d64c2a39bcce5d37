"""How far the sync of a store's listings came: a row in the database, moved in the transaction that writes a page.

A pass is whole (everything, so that deletions show) or asks only for what changed since the last one. Killed or
stopped, the next sync goes on at the page it had reached.

A store with up to `SMALL` listings is always read whole. A larger one is asked for changes; that is sound because a
change of any kind moves the platform's time of change, and the question overlaps the last one. What leaves no trace
in a list of changes is a deletion: therefore the platform's own counts of the four states are compared with what is
here after each such pass, and where they differ everything is read at once (`ListingSync.run`). Once a day
everything is read anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from sqlalchemy import Connection

from app.services.clock import from_ms, now_ms, to_ms
from app.services.marketplace.port import ListingSummary
from app.services.stores.sync.mapping import DELETED

HOUR_MS = 3_600_000
WHOLE_EVERY_MS = 24 * HOUR_MS
"""A store is read whole at least so often, whatever its counts say."""
SMALL = 1_000
"""Up to so many listings a whole pass costs next to nothing, and every sync is one."""
RESUMED_WITHIN_MS = 6 * HOUR_MS
"""A pass that stood still for longer is begun anew: its lists have moved on."""
OVERLAP_MS = 10 * 60_000
"""Asked for once more each time: changes become visible in lists a little after they were made."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass under way.

    Attributes:
        started_ms: when it began, by this computer's clock.
        since_ms: only what changed since, by the platform's clock; None for everything.
        status: the state whose list is read, "" at the beginning; `page` the next page of it.
    """

    started_ms: int
    since_ms: int | None
    status: str = ""
    page: int = 1

    @property
    def is_whole(self) -> bool:
        """Whether it reads everything."""
        return self.since_ms is None

    @property
    def modified_from(self) -> datetime | None:
        """What the lists are asked for."""
        return from_ms(self.since_ms)


def begin(connection: Connection, store_id: int, *, is_whole: bool) -> Pass:
    """The pass to go on with, or a new one."""
    moment = now_ms()
    row = connection.exec_driver_sql(
        "SELECT full_ms, until_ms, pass_started_ms, pass_since_ms, pass_status, pass_page FROM listing_sync "
        "WHERE store_id = ?",
        (store_id,),
    ).first()
    full_ms, until_ms, started_ms, since_ms, status, page = row or (None, None, None, None, "", 1)
    is_other = is_whole and since_ms is not None
    if started_ms is not None and 0 <= moment - started_ms < RESUMED_WITHIN_MS and not is_other:
        return Pass(started_ms, since_ms, status, page)
    since = None
    if full_ms is not None and until_ms is not None and 0 <= moment - full_ms < WHOLE_EVERY_MS and not is_whole:
        since = None if _is_small(connection, store_id) else until_ms - OVERLAP_MS
    fresh = Pass(moment, since)
    connection.exec_driver_sql("DELETE FROM listing_seen WHERE store_id = ?", (store_id,))
    connection.exec_driver_sql(
        "INSERT INTO listing_sync (store_id, pass_started_ms, pass_since_ms, pass_status, pass_page) "
        "VALUES (?, ?, ?, '', 1) ON CONFLICT (store_id) DO UPDATE SET pass_started_ms = excluded.pass_started_ms, "
        "pass_since_ms = excluded.pass_since_ms, pass_newest_ms = NULL, pass_status = '', pass_page = 1",
        (store_id, moment, since),
    )
    return fresh


def _is_small(connection: Connection, store_id: int) -> bool:
    found = connection.exec_driver_sql(
        "SELECT count(*) FROM (SELECT 1 FROM listing WHERE store_id = ? AND product_id IS NOT NULL LIMIT ?)",
        (store_id, SMALL + 1),
    )
    return int(found.scalar_one()) <= SMALL


def advance(
    connection: Connection, store_id: int, at: Pass, rows: Sequence[ListingSummary], status: str, next_page: int
) -> Pass:
    """A page was written: remember its products and where to go on."""
    product_ids = [row.product_id for row in rows]
    newest = max((to_ms(row.modified_at) or 0 for row in rows), default=0)
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO listing_seen (store_id, product_id) SELECT ?, value FROM json_each(?)",
        (store_id, orjson.dumps(product_ids).decode()),
    )
    connection.exec_driver_sql(
        "UPDATE listing_sync SET pass_status = ?, pass_page = ?, pass_newest_ms = max(coalesce(pass_newest_ms, 0), ?) "
        "WHERE store_id = ?",
        (status, next_page, newest, store_id),
    )
    return replace(at, status=status, page=next_page)


def seen_among(connection: Connection, store_id: int, product_ids: Sequence[str]) -> set[str]:
    """Which of these stood in a list of this pass already."""
    rows = connection.exec_driver_sql(
        "SELECT product_id FROM listing_seen WHERE store_id = ? AND product_id IN (SELECT value FROM json_each(?))",
        (store_id, orjson.dumps(list(product_ids)).decode()),
    )
    return set(rows.scalars())


def count_seen(connection: Connection, store_id: int) -> int:
    """Products that stood in the lists of this pass."""
    found = connection.exec_driver_sql("SELECT count(*) FROM listing_seen WHERE store_id = ?", (store_id,))
    return int(found.scalar_one())


def count_there(connection: Connection, store_id: int) -> int:
    """Listings of ours that the platform has, as far as we know."""
    found = connection.exec_driver_sql(
        "SELECT count(*) FROM listing WHERE store_id = ? AND product_id IS NOT NULL "
        "AND NOT (status = 'off' AND off_reason = ?)",
        (store_id, DELETED),
    )
    return int(found.scalar_one())


def off_by(connection: Connection, store_id: int) -> int:
    """How far the platform's count was from ours when everything had been read because of it."""
    found = connection.exec_driver_sql("SELECT off_by FROM listing_sync WHERE store_id = ?", (store_id,)).scalar()
    return int(found or 0)


def note_off_by(connection: Connection, store_id: int, difference: int) -> None:
    """Remember what reading everything could not settle, so that it is not read again for the same difference."""
    connection.exec_driver_sql("UPDATE listing_sync SET off_by = ? WHERE store_id = ?", (difference, store_id))


def missing(connection: Connection, store_id: int, limit: int) -> list[tuple[int, str]]:
    """Listings of ours that the platform had and that stood in no list of this pass."""
    rows = connection.exec_driver_sql(
        "SELECT id, product_id FROM listing WHERE store_id = ? AND product_id IS NOT NULL "
        "AND NOT (status = 'off' AND off_reason = ?) AND NOT EXISTS "
        "(SELECT 1 FROM publish_task WHERE publish_task.listing_id = listing.id "
        "AND state IN ('queued', 'sending', 'unknown')) AND NOT EXISTS (SELECT 1 FROM listing_seen "
        "WHERE listing_seen.store_id = listing.store_id AND listing_seen.product_id = listing.product_id) "
        "ORDER BY id LIMIT ?",
        (store_id, DELETED, limit),
    )
    return [(row[0], row[1]) for row in rows]


def finish(connection: Connection, store_id: int, done: Pass, *, is_complete: bool) -> None:
    """The pass is over. Where something could not be read, the next one asks for the same time again."""
    took_ms = max(0, now_ms() - done.started_ms)  # a list read early in the pass missed what changed during it
    connection.exec_driver_sql(
        "UPDATE listing_sync SET pass_started_ms = NULL, pass_since_ms = NULL, pass_status = '', pass_page = 1, "
        "full_ms = CASE WHEN ? THEN ? ELSE full_ms END, until_ms = CASE WHEN ? "
        "THEN max(coalesce(until_ms, 0), coalesce(pass_newest_ms, 0) - ?) ELSE until_ms END, pass_newest_ms = NULL "
        "WHERE store_id = ?",
        (done.is_whole and is_complete, done.started_ms, is_complete, took_ms, store_id),
    )
    connection.exec_driver_sql("DELETE FROM listing_seen WHERE store_id = ?", (store_id,))
