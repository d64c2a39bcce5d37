"""Which changes there are, which is next to undo and which to redo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, Row

from app.services.clock import from_ms
from app.services.db import Database
from app.services.history.records import RIGHT, ChangeRecord

_COLUMNS = "id, uid, kind, label, params, source, listing_count, created_ms, undone_ms, store_id, actor"
_LISTED = f"kind <> 'undo' AND (listing_count > 0 OR kind = '{RIGHT}')"
_AT_ONCE = 500
_STANDS = "kind <> 'undo' AND undone_ms IS NULL AND listing_count > 0 ORDER BY id DESC LIMIT 1"


def list_changes(
    db: Database, *, limit: int = 100, matching: Callable[[ChangeRecord], bool] | None = None
) -> list[ChangeRecord]:
    """The newest changes, newest first; undos themselves are shown only as the mark on what they undid. With
    *matching* only those it is true of."""
    with db.read() as session:
        found = _listed(session.connection())
        return list(islice(found if matching is None else filter(matching, found), limit))


def _listed(connection: Connection) -> Iterator[ChangeRecord]:
    """All changes, newest first, read as they are asked for."""
    last = 1 << 62
    while rows := connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM change WHERE {_LISTED} AND id < ? ORDER BY id DESC LIMIT {_AT_ONCE}", (last,)
    ).all():
        yield from map(_record, rows)
        last = rows[-1][0]


def changes_of_listing(db: Database, listing_id: int, *, limit: int = 50) -> list[ChangeRecord]:
    """The newest changes that touched one listing, newest first."""
    with db.read() as session:
        return touching(session.connection(), listing_id, limit)


def touching(connection: Connection, listing_id: int, limit: int = 50) -> list[ChangeRecord]:
    """As `changes_of_listing`, for many listings in turn on one connection."""
    listed = ", ".join(f"change.{column}" for column in _COLUMNS.split(", "))
    rows = connection.exec_driver_sql(
        f"SELECT {listed} FROM change WHERE kind <> 'undo' AND ("
        "id IN (SELECT change_id FROM change_entry WHERE listing_id = ?) OR "
        "id IN (SELECT change_id FROM change_range WHERE ? BETWEEN first_listing_id AND last_listing_id) OR "
        "id IN (SELECT change_id FROM change_column WHERE ? BETWEEN first_listing_id AND last_listing_id "
        "AND EXISTS (SELECT 1 FROM json_each(listing_ids) WHERE value = ?))) "
        "ORDER BY id DESC LIMIT ?",
        (listing_id, listing_id, listing_id, listing_id, limit),
    )
    return [_record(row) for row in rows]


def can_undo(db: Database) -> ChangeRecord | None:
    """What Ctrl+Z would take back."""
    with db.read() as session:
        found = newest_to_undo(session.connection())
        return found[1] if found else None


def can_redo(db: Database) -> ChangeRecord | None:
    """What Ctrl+Y would do again."""
    with db.read() as session:
        found = newest_to_redo(session.connection())
        return found[1] if found else None


def find_change(connection: Connection, uid: str) -> tuple[int, ChangeRecord] | None:
    """The change with this uid, or whose uid begins so if only one does."""
    rows = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM change WHERE substr(uid, 1, ?) = ? AND kind NOT IN ('undo', '{RIGHT}') LIMIT 2",
        (len(uid), uid),
    ).all()
    return (rows[0][0], _record(rows[0])) if uid and len(rows) == 1 else None


def numbered_change(connection: Connection, number: int) -> tuple[int, ChangeRecord]:
    """A change or undo that is there, by its number."""
    found = _first(connection, f"id = {int(number)}")
    assert found is not None
    return found


def newest_to_undo(connection: Connection) -> tuple[int, ChangeRecord] | None:
    """The newest change that stands."""
    return _first(connection, _STANDS)


def next_to_undo(db: Database, uid: str) -> ChangeRecord | None:
    """The newest change that stands among those made before the change *uid*."""
    with db.read() as session:
        connection = session.connection()
        found = find_change(connection, uid)
        before = None if found is None else _first(connection, f"id < {found[0]} AND {_STANDS}")
        return before[1] if before else None


def newest_to_redo(connection: Connection) -> tuple[int, ChangeRecord] | None:
    """The newest undo, unless something was changed after it."""
    return _first(
        connection,
        "kind = 'undo' AND undone_ms IS NULL AND listing_count > 0 "
        f"AND id > (SELECT coalesce(max(id), 0) FROM change WHERE kind NOT IN ('undo', '{RIGHT}')) "
        "ORDER BY id DESC LIMIT 1",
    )


def _first(connection: Connection, condition: str) -> tuple[int, ChangeRecord] | None:
    row = connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM change WHERE {condition}").first()
    return (row[0], _record(row)) if row else None


def _record(row: Row[Any]) -> ChangeRecord:
    _, uid, kind, label, params, source, count, created_ms, undone_ms, store_id, actor = tuple(row)
    created = from_ms(created_ms)
    assert created is not None
    params = orjson.loads(params)
    return ChangeRecord(uid, kind, label, params, source, count, created, undone_ms is not None, store_id, actor)
