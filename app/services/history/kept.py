"""Things that are no listings and have keys of their own, kept whole by a change: virtual codes, how a store writes its
codes, cover rules, the guard's settings, word lists.

A thing is its rows in one or more tables. Its image in a change is `{"kind", "key", "name", "shown", "rows"}`: `rows`
by table, none where it did not exist; `name` and `shown` are what a person reads. It goes back only while it is what
the change left: numbers and times of rows do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Literal

import orjson
from sqlalchemy import Connection

from app.services.history.recording import add_entries, record_change, this_person
from app.services.history.records import ChangeRecord, Entry

NOUN: Literal["kept"] = "kept"
KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "virtual_code": {"virtual_code": ("code",), "virtual_item": ("code",)},
    "store_codes": {"store_codes": ("store_id",)},
    "cover_rules": {"cover_rules": ("from_store_id", "to_store_id")},
    "setting": {"setting": ("name",)},
    "word_list": {"word_list": ("key",)},
    "whole_word_list": {"word_list": ("key",), "listed_word": ("list_key",)},
}
"""Kind → its tables, a row others refer to first, with the columns that the key fills."""

Key = tuple[Any, ...]
Rows = dict[str, list[dict[str, Any]]]
Shown = Callable[[Rows], str]


class Keeping:
    """Things about to be written: made before, `record`ed after.

    Args:
        names: what each thing is called, by its key.
        shown: a thing in one line; it is given rows of a thing that exists.
    """

    def __init__(self, connection: Connection, kind: str, names: Mapping[Key, str], shown: Shown) -> None:
        self._connection, self._kind, self._names, self._shown = connection, kind, names, shown
        self._before = {key: rows_of(connection, kind, key) for key in names}

    def entries(self) -> list[Entry]:
        """Those that are others now."""
        found = []
        for key, before in self._before.items():
            after = rows_of(self._connection, self._kind, key)
            if compared(before) != compared(after):
                number = _number(self._kind, key)
                images = (self._image(key, rows) for rows in (before, after))
                found.append(Entry(NOUN, number, -number, *images))
        return found

    def _image(self, key: Key, rows: Rows) -> dict[str, Any]:
        shown = self._shown(rows) if any(rows.values()) else None
        return {"kind": self._kind, "key": list(key), "name": self._names[key], "shown": shown, "rows": rows}

    def record(
        self, *, kind: str, label: str, params: Mapping[str, Any], source: str = "", count: int | None = None
    ) -> ChangeRecord | None:
        """One change that can be undone, with who made it; None where nothing differs.

        *count*: what the change counts, things without.
        """
        entries = self.entries()
        if not entries:
            return None
        who = this_person()
        change_id, change = record_change(
            self._connection,
            kind=kind,
            label=label,
            params={**params, "who": who or "–"},
            listing_count=max(1, len(entries) if count is None else count),
            source=source,
            actor=who,
        )
        add_entries(self._connection, change_id, entries)
        return change


def rows_of(connection: Connection, kind: str, key: Sequence[Any]) -> Rows:
    """The rows of a thing as they are stored, by table."""
    found: Rows = {}
    for table, columns in KINDS[kind].items():
        same = " AND ".join(f"{column} = ?" for column in columns)
        stored = connection.exec_driver_sql(f"SELECT * FROM {table} WHERE {same} ORDER BY rowid", tuple(key))
        found[table] = [dict(row) for row in stored.mappings()]
    return found


def compared(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, list[bytes]]:
    """What of rows counts for telling two states of a thing apart."""
    return {
        table: sorted(
            orjson.dumps({name: value for name, value in row.items() if name != "id" and not name.endswith("_ms")})
            for row in its
        )
        for table, its in rows.items()
    }


def is_as(connection: Connection, image: Mapping[str, Any]) -> bool:
    """Whether a thing still is what *image* says."""
    return compared(rows_of(connection, image["kind"], image["key"])) == compared(image["rows"])


def put_thing(connection: Connection, image: Mapping[str, Any]) -> None:
    """Make a thing what *image* says. A number that was given to another row meanwhile is not taken from it."""
    tables = KINDS[image["kind"]]
    for table, columns in reversed([*tables.items()]):
        same = " AND ".join(f"{column} = ?" for column in columns)
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE {same}", tuple(image["key"]))
    for table in tables:
        for row in image["rows"][table]:
            _insert(connection, table, dict(row))


def _insert(connection: Connection, table: str, row: dict[str, Any]) -> None:
    taken = f"SELECT 1 FROM {table} WHERE id = ?"
    if "id" in row and connection.exec_driver_sql(taken, (row["id"],)).first() is not None:
        del row["id"]
    columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values()))


def _number(kind: str, key: Key) -> int:
    """The number a thing goes by in a change; of 40 bits, so that numbers of its values can be made with it."""
    said = orjson.dumps([kind, *key], default=str)
    return int.from_bytes(blake2b(said, digest_size=5).digest()) or 1
