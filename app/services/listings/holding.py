"""Holding listings back and letting them go again: a person's word with a reason, as changes that can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.recording import add_entries, record_change, this_person
from app.services.history.records import ChangeRecord, Entry
from app.services.listings.holds import NOUN, Hold, image_of, put_hold, read_holds
from app.services.listings.loading import chunks, id_list

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


def hold_listings(db: Database, listing_ids: Iterable[int], reason: str) -> ChangeRecord | None:
    """Hold these listings back: nothing of them is published, queued or not, until they are released. What takes them
    off sale or only lowers their stock still goes, for goods that ran out must not be sold.

    Returns: the change; None where all of them are held for this reason already.
    Raises:
        BadReason: none, or too long a one.
    """
    said = clean_reason(reason)
    hold = Hold(said, this_person(), now_ms())
    return _store(db, listing_ids, hold, "change.held", {"reason": said})


def release_listings(db: Database, listing_ids: Iterable[int]) -> ChangeRecord | None:
    """Let these listings go again; what the checker holds them for besides stands.

    Returns: the change; None where none of them is held.
    """
    return _store(db, listing_ids, None, "change.let_go", {})


def _store(
    db: Database, listing_ids: Iterable[int], hold: Hold | None, label: str, params: Mapping[str, Any]
) -> ChangeRecord | None:
    wanted = sorted(set(listing_ids))
    with db.bulk() as connection:
        entries = _entries(connection, wanted, hold)
        if not entries:
            return None
        for entry in entries:
            put_hold(connection, entry.listing_id, entry.after)
        count = len(entries)
        change_id, change = record_change(
            connection, kind="edit", label=label, params={"n": count, **params}, listing_count=count
        )
        add_entries(connection, change_id, entries)
    recheck(db, [entry.listing_id for entry in entries])
    return change


def _entries(connection: Connection, wanted: list[int], hold: Hold | None) -> list[Entry]:
    """Listings that are there and are held otherwise now."""
    entries = []
    for chunk in chunks(wanted):
        held = read_holds(connection, chunk)
        there = connection.exec_driver_sql(f"SELECT id FROM listing WHERE id IN ({id_list(chunk)}) ORDER BY id")
        for number in there.scalars():
            now = held.get(number)
            if (now and now.reason) != (hold and hold.reason):
                entries.append(Entry(NOUN, number, number, image_of(now), image_of(hold)))
    return entries
