"""Rows put into the database on a thread of their own, while the caller makes the next ones ready.

SQLite lets go of the interpreter only while a statement runs, and waits for it after each. So many rows travel in one
statement; in a statement each, the thread would wait as often as there are rows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import chain
from queue import Queue
from types import TracebackType
from typing import Any

from sqlalchemy import Connection

VARIABLES_MAX = 30_000
"""Question marks in one statement; SQLite takes 32 766."""
AHEAD = 6
"""Calls that may wait: what is made too early lies in memory."""

Row = tuple[Any, ...]


class RowWriter:
    """A context manager; within it the connection belongs to the writer.

    Everything is done in the order of the calls. At the end of the block all of it is done, or, after an exception,
    left alone: roll the transaction back then. What went wrong in the thread is raised by a later call or at the end.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: Queue[Callable[[], None] | None] = Queue(AHEAD)
        self._error: BaseException | None = None
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="row-writer", daemon=True)

    def __enter__(self) -> RowWriter:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_stopped = kind is not None
        self._waiting.put(None)
        self._thread.join()
        if error is None and self._error is not None:
            raise self._error

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Add *rows*, tuples of *columns*; they must not change any more."""
        if rows:
            self.do(lambda: insert_many(self._connection, table, columns, rows))

    def do(self, act: Callable[[], None]) -> None:
        """Call *act* in its turn; it may use the connection."""
        if self._error is not None:
            raise self._error
        self._waiting.put(act)

    def _run(self) -> None:
        while (act := self._waiting.get()) is not None:
            if self._is_stopped or self._error is not None:
                continue  # the caller may be waiting for room
            try:
                act()
            except BaseException as error:  # noqa: BLE001 - raised in the thread that asked
                self._error = error


def insert_many(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Add *rows*, as many at a statement as SQLite takes."""
    at_once = VARIABLES_MAX // len(columns)
    head, marks = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ", f"({', '.join('?' * len(columns))})"
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        values = tuple(chain.from_iterable(some))
        connection.exec_driver_sql(head + ", ".join([marks] * len(some)), values)
