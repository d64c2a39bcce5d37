"""The market's memory: one SQLite file, committed before any answer leaves. `schema.sql`, then what later versions add.

WAL with `synchronous=NORMAL`: a killed process loses nothing that was committed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

SCHEMAS = tuple(Path(__file__).parent / name for name in ("schema.sql", "schema_2.sql", "schema_3.sql", "schema_4.sql"))
"""One file a version, each adding to the one before."""
SCHEMA_VERSION = len(SCHEMAS)


class Storage:
    """The file and its one connection. Threads: one at a time; the market uses the loop's, seeding its own.

    Raises:
        ValueError: the file is from a newer market.
        OSError: it cannot be opened, or is no database.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise OSError(f"{path}: {error}") from error
        self._connection.row_factory = sqlite3.Row
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.close()
            raise OSError(f"{path}: {error}") from error

    def _prepare(self) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._create()

    def _create(self) -> None:
        version = self.value("PRAGMA user_version")
        if version > SCHEMA_VERSION:
            self.close()
            raise ValueError(f"{self.path}: schema {version}, this market knows {SCHEMA_VERSION}")
        for number, path in enumerate(SCHEMAS[version:], start=version + 1):
            self._connection.executescript(f"BEGIN;{path.read_text('utf-8')}PRAGMA user_version={number};COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit on leaving, roll back on any error."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:  # whatever stopped it: half of a call is never kept
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def execute(self, sql: str, params: tuple[Any, ...] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(sql, params)

    def executemany(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        """Run one statement for every row."""
        self._connection.executemany(sql, rows)

    def rows(self, sql: str, params: tuple[Any, ...] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        """All rows of a question."""
        return self._connection.execute(sql, params).fetchall()

    def row(self, sql: str, params: tuple[Any, ...] | dict[str, Any] = ()) -> sqlite3.Row | None:
        """The first row, or None."""
        found: sqlite3.Row | None = self._connection.execute(sql, params).fetchone()
        return found

    def value(self, sql: str, params: tuple[Any, ...] | dict[str, Any] = ()) -> Any:
        """The first column of the first row, or None."""
        found = self._connection.execute(sql, params).fetchone()
        return None if found is None else found[0]

    def note(self, key: str) -> Any:
        """A value kept with `keep`, or None."""
        found = self.value("SELECT value FROM note WHERE key = ?", (key,))
        return None if found is None else orjson.loads(found)

    def keep(self, key: str, value: Any) -> None:
        """Remember one JSON value under *key*."""
        self.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (key, orjson.dumps(value).decode()))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
