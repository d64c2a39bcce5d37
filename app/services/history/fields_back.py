"""Taking back a change of nothing but fields of very many listings' own rows: all at once, not entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from app.services.history.columns import stage_rows
from app.services.history.recording import add_entries
from app.services.history.records import Entry
from app.services.listings.field_writing import fields_written_at_once
from app.services.listings.loading import CHUNK, chunks
from app.services.listings.records import LISTING_FIELDS
from app.services.listings.writing import cooked
from app.services.tasks import TaskContext

_OTHERWISE = (
    "SELECT 1 FROM change_entry WHERE change_id = ?1 AND (noun <> 'listing' OR before IS NULL OR after IS NULL) LIMIT 1"
)
_TWICE = "SELECT count(*) <> count(DISTINCT listing_id) FROM change_entry WHERE change_id = ?1"
_FIELDS = "SELECT DISTINCT key FROM change_entry, json_each(after) WHERE change_id = ?1"
_GOING = "temp.going_back"


def fields_only(connection: Connection, change_id: int) -> frozenset[str]:
    """The fields a change is about; none where it is about anything else as well, or about one listing twice."""
    for sql in (_OTHERWISE, _TWICE):
        if connection.exec_driver_sql(sql, (change_id,)).scalar():
            return frozenset()
    found = frozenset(connection.exec_driver_sql(_FIELDS, (change_id,)).scalars())
    return found if found <= set(LISTING_FIELDS) else frozenset()


def restore_fields(
    connection: Connection,
    undo_id: int,
    moment_ms: int,
    fields: frozenset[str],
    entries_left: Callable[[Sequence[int]], list[Entry]],
    listing_ids: Sequence[int],
    moved: set[int],
    ctx: TaskContext | None,
) -> tuple[set[int], set[int], set[int]]:
    """Put *fields* of *listing_ids*, which are in order, back, but for listings that *moved* already.

    Args:
        entries_left: what is taken back of some listings.

    Returns: restored and conflicting listing ids, and those to check anew.
    Raises:
        TaskCancelled: stopped; the transaction must be rolled back.
    """
    restored = set[int]()
    connection.exec_driver_sql(f"CREATE TABLE {_GOING} (listing_id INTEGER PRIMARY KEY)")
    stage_rows(connection, _GOING, zip(listing_ids))
    with fields_written_at_once(connection, fields, f"SELECT listing_id FROM {_GOING}", moment_ms) as writer:
        for chunk in chunks(listing_ids, CHUNK):
            if ctx is not None:
                ctx.checkpoint()
            entries = [entry for entry in entries_left(chunk) if entry.listing_id not in moved]
            wanted = {
                entry.listing_id: {name: cooked(name, value) for name, value in (entry.before or {}).items()}
                for entry in entries
            }
            left = {entry.listing_id: entry.after or {} for entry in entries}
            add_entries(connection, undo_id, writer.write(wanted, left))
            restored |= wanted.keys() - writer.moved
            if ctx is not None:
                ctx.report(len(restored) + len(writer.moved) + len(moved), len(listing_ids))
    connection.exec_driver_sql(f"DROP TABLE {_GOING}")
    return restored, moved | writer.moved, writer.suspects
