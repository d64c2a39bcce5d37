"""Writing a change into the transaction that makes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Connection

from app.services.clock import from_ms, now_ms
from app.services.history.records import ChangeRecord, Entry

_INSERT_CHANGE = (
    "INSERT INTO change (uid, kind, label, params, source, actor, store_id, listing_count, created_ms) "
    "VALUES (?, ?, ?, ?, ?, '', ?, ?, ?)"
)
_INSERT_ENTRY = (
    "INSERT INTO change_entry (change_id, noun, row_id, listing_id, before, after) VALUES (?, ?, ?, ?, ?, ?)"
)


def record_change(
    connection: Connection,
    *,
    kind: str,
    label: str,
    params: dict[str, Any],
    listing_count: int,
    source: str = "",
    store_id: int | None = None,
    moment_ms: int | None = None,
) -> tuple[int, ChangeRecord]:
    """Begin a change in the caller's transaction; entries and ranges are added to the id that comes back."""
    moment = now_ms() if moment_ms is None else moment_ms
    uid = uuid4().hex
    cursor = connection.exec_driver_sql(
        _INSERT_CHANGE, (uid, kind, label, orjson.dumps(params).decode(), source, store_id, listing_count, moment)
    )
    created = from_ms(moment)
    assert created is not None
    record = ChangeRecord(uid, kind, label, params, source, listing_count, created, False, store_id)
    return int(cursor.lastrowid or 0), record


def add_entries(connection: Connection, change_id: int, entries: Iterable[Entry]) -> None:
    """Keep the before- and after-images of *entries*."""
    rows = [
        (change_id, entry.noun, entry.row_id, entry.listing_id, _image(entry.before), _image(entry.after))
        for entry in entries
    ]
    if rows:
        connection.exec_driver_sql(_INSERT_ENTRY, rows)


def can_continue(connection: Connection, change_id: int) -> bool:
    """Whether nothing was changed or undone after this change, and it only edited rows."""
    newer = connection.exec_driver_sql("SELECT 1 FROM change WHERE id > ? LIMIT 1", (change_id,)).first()
    edited = connection.exec_driver_sql("SELECT kind FROM change WHERE id = ?", (change_id,)).scalar()
    return newer is None and edited == "edit"


def extend_entries(connection: Connection, change_id: int, entries: Iterable[Entry]) -> list[Entry]:
    """Let a change's entries end at the new after-images. Returns: entries about rows or columns it does not have."""
    left = []
    for entry in entries:
        stored = connection.exec_driver_sql(
            "SELECT id, after FROM change_entry WHERE change_id = ? AND noun = ? AND row_id = ?",
            (change_id, entry.noun, entry.row_id),
        ).all()
        same = [
            row[0]
            for row in stored
            if row[1] is not None and entry.after is not None and orjson.loads(row[1]).keys() == entry.after.keys()
        ]
        if same:
            connection.exec_driver_sql("UPDATE change_entry SET after = ? WHERE id = ?", (_image(entry.after), same[0]))
        else:
            left.append(entry)
    return left


def add_range(connection: Connection, change_id: int, first_listing_id: int, last_listing_id: int) -> None:
    """Say that the listings from *first* to *last* did not exist before: their whole before-image."""
    connection.exec_driver_sql(
        "INSERT INTO change_range (change_id, first_listing_id, last_listing_id) VALUES (?, ?, ?)",
        (change_id, first_listing_id, last_listing_id),
    )


def _image(row: dict[str, Any] | None) -> str | None:
    return None if row is None else orjson.dumps(row).decode()
