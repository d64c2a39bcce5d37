"""Holding listings back and letting them go again: a person's word with a reason, as changes that can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.recording import add_entries, record_change, this_person
from app.services.history.records import ChangeRecord, Entry
from app.services.listings.holds import NOUN, Hold, image_of, put_holds, read_holds
from app.services.listings.loading import chunks, id_list
from app.services.tasks import TaskCancelled, TaskContext
from app.services.upgrade import open_database

LONGEST_REASON = 200


class BadReason(InputError):
    """A hold says why in 1 to `most` characters."""

    code = "hold.reason"


def clean_reason(reason: str) -> str:
    """A reason as it is stored: single blanks. Raises: BadReason."""
    cleaned = " ".join(reason.split())
    if not 0 < len(cleaned) <= LONGEST_REASON:
        raise BadReason(most=LONGEST_REASON)
    return cleaned


def hold_listings(
    db: Database, listing_ids: Iterable[int], reason: str, ctx: TaskContext | None = None
) -> ChangeRecord | None:
    """Hold these listings back: nothing of them is published, queued or not, until they are released. What takes them
    off sale or only lowers their stock still goes, for goods that ran out must not be sold.

    Returns: the change; None where all of them are held for this reason already.
    Raises:
        BadReason: none, or too long a one.
        TaskCancelled: stopped; nothing was written.
    """
    said = clean_reason(reason)
    hold = Hold(said, this_person(), now_ms())
    return _store(db, listing_ids, hold, "change.held", {"reason": said}, ctx)


def release_listings(db: Database, listing_ids: Iterable[int], ctx: TaskContext | None = None) -> ChangeRecord | None:
    """Let these listings go again; what the checker holds them for besides stands.

    Returns: the change; None where none of them is held.
    Raises:
        TaskCancelled: stopped; nothing was written.
    """
    return _store(db, listing_ids, None, "change.let_go", {}, ctx)


def hold_in_worker(
    database: Path, listing_ids: Sequence[int], reason: str | None, *, ctx: TaskContext
) -> ChangeRecord | None:
    """As `hold_listings`, without a reason as `release_listings`, in the worker process."""
    db = open_database(database)
    try:
        if reason is None:
            return release_listings(db, listing_ids, ctx)
        return hold_listings(db, listing_ids, reason, ctx)
    finally:
        db.dispose()


def _store(
    db: Database,
    listing_ids: Iterable[int],
    hold: Hold | None,
    label: str,
    params: Mapping[str, Any],
    ctx: TaskContext | None,
) -> ChangeRecord | None:
    wanted = sorted(set(listing_ids))
    with db.bulk() as connection:
        entries: list[Entry] = []
        for chunk in chunks(wanted):
            if ctx is not None:
                ctx.checkpoint()
            entries += _entries(connection, chunk, hold)
        if not entries:
            return None
        ids = [entry.listing_id for entry in entries]
        put_holds(connection, ids, hold)
        change_id, change = record_change(
            connection, kind="edit", label=label, params={"n": len(ids), **params}, listing_count=len(ids)
        )
        add_entries(connection, change_id, entries)
    with suppress(TaskCancelled):  # it is stored: what is not counted anew is when it is looked at or sent
        recheck(db, ids, ctx)
    return change


def _entries(connection: Connection, chunk: Sequence[int], hold: Hold | None) -> list[Entry]:
    """Listings that are there and are held otherwise now."""
    held = read_holds(connection, chunk)
    there = connection.exec_driver_sql(f"SELECT id FROM listing WHERE id IN ({id_list(chunk)}) ORDER BY id").scalars()
    return [
        Entry(NOUN, number, number, image_of(held.get(number)), image_of(hold))
        for number in there
        if ((now := held.get(number)) and now.reason) != (hold and hold.reason)
    ]
