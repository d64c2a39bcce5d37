"""Taking changes back, and taking that back. A row that moved on since is named and left alone.

Undoing is itself a change of the kind `undo`, so that redo is nothing but undoing the undo, also after a restart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, text

from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import NotFound
from app.services.history.created import take_back_created
from app.services.history.listing import find_change, newest_to_redo, newest_to_undo
from app.services.history.recording import add_entries, record_change
from app.services.history.records import Entry, UndoResult
from app.services.listings.loading import CHUNK, chunks, id_list, load_listings
from app.services.listings.writing import refresh_derived, replace_images, update_columns
from app.services.tasks import TaskContext

UNDO = "undo"
_TABLES = {"listing": "listing", "sku": "sku"}


def undo(
    db: Database, uid: str | None = None, *, only: Iterable[int] | None = None, ctx: TaskContext | None = None
) -> UndoResult:
    """Take back the change *uid*, or the newest one that is not undone; with *only*, for those listings.

    Raises:
        NotFound: no such change, or nothing left to undo.
        TaskCancelled: stopped; nothing was written.
    """
    return _reverse(db, uid, newest_to_undo, only, ctx)


def redo(db: Database, *, ctx: TaskContext | None = None) -> UndoResult:
    """Take back the newest undo, as long as nothing was changed after it.

    Raises:
        NotFound: nothing to redo.
    """
    return _reverse(db, None, newest_to_redo, None, ctx)


def _reverse(
    db: Database, uid: str | None, newest: Any, only: Iterable[int] | None, ctx: TaskContext | None
) -> UndoResult:
    moment = now_ms()
    with db.bulk() as connection:
        found = find_change(connection, uid) if uid else newest(connection)
        if found is None or found[1].is_undone:
            raise NotFound("undo.nothing" if uid is None else "undo.not_found", name=uid or "")
        change_id, change = found
        is_redo = change.kind == UNDO
        chosen = None if only is None else frozenset(only)
        undo_id, _ = record_change(
            connection,
            kind=UNDO,
            label=change.label,
            params={**change.params, "of": change_id},
            listing_count=0,
            store_id=change.store_id,
            moment_ms=moment,
        )
        restored, conflicts = _restore(connection, change_id, undo_id, moment, chosen, ctx)
        created, stuck = take_back_created(connection, change_id, undo_id, change, chosen)
        done = len(restored) + created
        connection.exec_driver_sql("UPDATE change SET listing_count = ? WHERE id = ?", (done, undo_id))
        if done and chosen is None:
            connection.exec_driver_sql("UPDATE change SET undone_ms = ? WHERE id = ?", (moment, change_id))
        if is_redo:
            _reopen(connection, change.params["of"], undo_id)
        elif not done:
            connection.exec_driver_sql("DELETE FROM change WHERE id = ?", (undo_id,))
    return UndoResult(change, done, tuple(sorted({*conflicts, *stuck})), tuple(sorted(restored)))


def _reopen(connection: Connection, change_id: int, redo_id: int) -> None:
    """After a redo the original stands again and can be undone anew; the redo itself leaves no trace."""
    connection.exec_driver_sql("UPDATE change SET undone_ms = NULL WHERE id = ?", (change_id,))
    connection.exec_driver_sql("DELETE FROM change WHERE id = ?", (redo_id,))


def _restore(
    connection: Connection,
    change_id: int,
    undo_id: int,
    moment_ms: int,
    only: frozenset[int] | None,
    ctx: TaskContext | None,
) -> tuple[set[int], set[int]]:
    """Put the before-images of all entries back, listing by listing. Returns: restored and conflicting listing ids."""
    listing_ids = [
        number
        for number in connection.exec_driver_sql(
            "SELECT DISTINCT listing_id FROM change_entry WHERE change_id = ? ORDER BY listing_id", (change_id,)
        ).scalars()
        if only is None or number in only
    ]
    restored: set[int] = set()
    conflicts: set[int] = set()
    for chunk in chunks(listing_ids, CHUNK):
        if ctx is not None:
            ctx.checkpoint()
        entries = _entries(connection, change_id, chunk)
        conflicting = _moved_on(connection, entries)
        conflicts |= conflicting
        kept = [entry for entry in entries if entry.listing_id not in conflicting]
        for entry in sorted(kept, key=lambda entry: entry.noun != "listing" or entry.after is not None):
            _put_back(connection, entry)  # a listing must be there before its SKUs come back
        restored |= {entry.listing_id for entry in kept}
        add_entries(connection, undo_id, [_reversed(entry) for entry in reversed(kept)])
        refresh_derived(connection, load_listings(connection, {entry.listing_id for entry in kept}), moment_ms)
        if ctx is not None:
            ctx.report(len(restored) + len(conflicts), len(listing_ids))
    return restored, conflicts


def _entries(connection: Connection, change_id: int, listing_ids: Sequence[int]) -> list[Entry]:
    """Newest first: a row changed twice in one change goes back in steps."""
    rows = connection.exec_driver_sql(
        "SELECT noun, row_id, listing_id, before, after FROM change_entry "
        f"WHERE change_id = ? AND listing_id IN ({id_list(listing_ids)}) ORDER BY id DESC",
        (change_id,),
    )
    return [
        Entry(noun, row_id, listing_id, _loaded(before), _loaded(after))
        for noun, row_id, listing_id, before, after in rows
    ]


def _loaded(image: str | None) -> dict[str, Any] | None:
    return None if image is None else orjson.loads(image)


def _reversed(entry: Entry) -> Entry:
    return Entry(entry.noun, entry.row_id, entry.listing_id, entry.after, entry.before)


def _moved_on(connection: Connection, entries: Sequence[Entry]) -> set[int]:
    """Listings of which a row is not any more what the change left behind."""
    moved: set[int] = set()
    groups: dict[tuple[str, tuple[str, ...]], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.noun == "images":
            moved |= _moved_images(connection, entry)
        else:
            groups[entry.noun, tuple(entry.after or ())].append(entry)
    for (noun, columns), group in groups.items():
        listed = ", ".join(f'"{column}"' for column in ("id", *columns))
        inside = id_list([entry.row_id for entry in group])
        now = {
            row[0]: tuple(row[1:])
            for row in connection.exec_driver_sql(f"SELECT {listed} FROM {_TABLES[noun]} WHERE id IN ({inside})")
        }
        for entry in group:
            expected = None if entry.after is None else tuple(entry.after.values())
            if now.get(entry.row_id) != expected:
                moved.add(entry.listing_id)
    return moved


def _moved_images(connection: Connection, entry: Entry) -> set[int]:
    now = connection.exec_driver_sql(
        "SELECT source FROM image WHERE listing_id = ? ORDER BY position", (entry.listing_id,)
    ).scalars()
    expected = (entry.after or {"sources": []})["sources"]
    return set() if list(now) == expected else {entry.listing_id}


def _put_back(connection: Connection, entry: Entry) -> None:
    if entry.noun == "images":
        replace_images(connection, entry.listing_id, (entry.before or {"sources": []})["sources"])
    elif entry.before is None:
        connection.execute(text(f"DELETE FROM {_TABLES[entry.noun]} WHERE id = :id"), {"id": entry.row_id})
    elif entry.after is None:
        columns = ", ".join(f'"{column}"' for column in ("id", *entry.before))
        marks = ", ".join("?" * (len(entry.before) + 1))
        connection.exec_driver_sql(
            f"INSERT INTO {_TABLES[entry.noun]} ({columns}) VALUES ({marks})", (entry.row_id, *entry.before.values())
        )
    else:
        update_columns(connection, _TABLES[entry.noun], entry.row_id, entry.before)
