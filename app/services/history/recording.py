"""Writing a change into the transaction that makes it."""

from __future__ import annotations

import getpass
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Connection

from app.services.clock import from_ms, now_ms
from app.services.history.records import RIGHT, ChangeRecord, Entry, RawRow

_INSERT_CHANGE = (
    "INSERT INTO change (uid, kind, label, params, source, actor, store_id, listing_count, created_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
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
    actor: str = "",
) -> tuple[int, ChangeRecord]:
    """Begin a change in the caller's transaction; entries and ranges are added to the id that comes back.

    *actor*: whose change it is, the person signed in to this computer without one.
    """
    actor = actor or this_person()
    moment = now_ms() if moment_ms is None else moment_ms
    uid = uuid4().hex
    told = orjson.dumps(params).decode()
    cursor = connection.exec_driver_sql(
        _INSERT_CHANGE, (uid, kind, label, told, source, actor, store_id, listing_count, moment)
    )
    created = from_ms(moment)
    assert created is not None
    record = ChangeRecord(uid, kind, label, params, source, listing_count, created, False, store_id, actor)
    return int(cursor.lastrowid or 0), record


def record_right(connection: Connection, *, label: str, store_id: int, store: str) -> None:
    """Write down who allowed or forbade what of a store, in the transaction that does it. It is no change of listings
    and is not undone; it stays when the store is removed."""
    who = this_person()
    params = {"store": store, "who": who or "–"}
    record_change(connection, kind=RIGHT, label=label, params=params, listing_count=0, store_id=store_id, actor=who)


def this_person() -> str:
    """Who is signed in to this computer, "" where it does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a service account may have no name
        return ""


def add_entries(connection: Connection, change_id: int, entries: Iterable[Entry]) -> None:
    """Keep the before- and after-images of *entries*."""
    rows = [
        (change_id, entry.noun, entry.row_id, entry.listing_id, _image(entry.before), _image(entry.after))
        for entry in entries
    ]
    if rows:
        connection.exec_driver_sql(_INSERT_ENTRY, rows)


def can_continue(connection: Connection, change_id: int, kind: str = "edit") -> bool:
    """Whether nothing was changed or undone after this change, and it is of this kind. One with packed columns is
    never gone on with: an entry about the same number beside them would say otherwise."""
    newer = connection.exec_driver_sql("SELECT 1 FROM change WHERE id > ? LIMIT 1", (change_id,)).first()
    packed = connection.exec_driver_sql("SELECT 1 FROM change_column WHERE change_id = ? LIMIT 1", (change_id,)).first()
    found = connection.exec_driver_sql("SELECT kind FROM change WHERE id = ?", (change_id,)).scalar()
    return newer is None and packed is None and found == kind


def extend_entries(connection: Connection, change_id: int, entries: Sequence[Entry]) -> list[Entry]:
    """Let a change's entries end at the new after-images. Returns: entries about rows or columns it does not have.
    What happens to listings the change itself created needs none: before it they were not there."""
    created = connection.exec_driver_sql(
        "SELECT first_listing_id, last_listing_id FROM change_range WHERE change_id = ?", (change_id,)
    ).all()
    entries = [one for one in entries if not any(first <= one.listing_id <= last for first, last in created)]
    stored = _after_images(connection, change_id, entries)
    extended: dict[int, RawRow] = {}
    left = [rest for entry in entries if (rest := _extend(entry, stored[entry.noun, entry.row_id], extended))]
    if extended:
        rows = [(_image(after), number) for number, after in extended.items()]
        connection.exec_driver_sql("UPDATE change_entry SET after = ? WHERE id = ?", rows)
    return left


def _after_images(
    connection: Connection, change_id: int, entries: Sequence[Entry]
) -> defaultdict[tuple[str, int], list[tuple[int, RawRow]]]:
    """Ids and after-images of the entries a change has about the listings of *entries*, by the row they are about."""
    found: defaultdict[tuple[str, int], list[tuple[int, RawRow]]] = defaultdict(list)
    wanted = ",".join(str(number) for number in sorted({entry.listing_id for entry in entries}))
    for number, noun, row_id, after in connection.exec_driver_sql(  # + as in `entries.entries_of`
        "SELECT id, noun, row_id, after FROM change_entry "
        f"WHERE +change_id = ? AND listing_id IN ({wanted}) AND after IS NOT NULL",
        (change_id,),
    ):
        found[noun, row_id].append((number, orjson.loads(after)))
    return found


def _extend(entry: Entry, stored: Sequence[tuple[int, RawRow]], extended: dict[int, RawRow]) -> Entry | None:
    """Put what *entry* says about columns in *stored* there. Returns: an entry with its other columns."""
    before, after = entry.before, entry.after
    if before is None or after is None:
        return entry
    before, after = dict(before), dict(after)
    for number, image in stored:
        for column in image.keys() & after.keys():
            image[column] = after.pop(column)
            before.pop(column, None)
            extended[number] = image
    return replace(entry, before=before, after=after) if after else None


def add_range(connection: Connection, change_id: int, first_listing_id: int, last_listing_id: int) -> None:
    """Say that the listings from *first* to *last* did not exist before: their whole before-image."""
    connection.exec_driver_sql(
        "INSERT INTO change_range (change_id, first_listing_id, last_listing_id) VALUES (?, ?, ?)",
        (change_id, first_listing_id, last_listing_id),
    )


def _image(row: dict[str, Any] | None) -> str | None:
    return None if row is None else orjson.dumps(row).decode()
