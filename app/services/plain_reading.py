"""Reading without SQLAlchemy, whose import takes a quarter of a second: the first rows of a start need not wait for it.

What reads in bare SQL and tuples (`exec_driver_sql`) reads the same through either: `Database.look` gives a connection
of SQLAlchemy's once that is loaded, and one of these before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app.services.listings.text import fold


class PlainResult:
    """The answer to a statement: of SQLAlchemy's `CursorResult` what readers use."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._cursor)

    def all(self) -> list[tuple[Any, ...]]:
        """Every row."""
        return self._cursor.fetchall()

    def one(self) -> tuple[Any, ...]:
        """The one row. Raises: ValueError for none, or for several."""
        (row,) = self._cursor.fetchall()
        return tuple(row)

    def scalars(self) -> Iterator[Any]:
        """The first value of each row."""
        return (row[0] for row in self._cursor)

    def scalar(self) -> Any:
        """The first value of the first row, None where there is none."""
        row = self._cursor.fetchone()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        """The first value of the one row. Raises: ValueError for none, or for several."""
        return self.one()[0]


class PlainConnection:
    """A snapshot of the database in the manner of SQLAlchemy's `Connection`.

    Attributes:
        driver_connection: the driver's own, as `connection.driver_connection` of SQLAlchemy's.
        info: what is noted of it, as SQLAlchemy's has it.
    """

    def __init__(self, driver: sqlite3.Connection) -> None:
        self.driver_connection = driver
        self.info: dict[Any, Any] = {}

    @property
    def connection(self) -> PlainConnection:
        """Itself, where SQLAlchemy has the pool's."""
        return self

    def exec_driver_sql(self, sql: str, params: Sequence[Any] = ()) -> PlainResult:
        """Do one statement with its parameters."""
        return PlainResult(self.driver_connection.execute(sql, params))


def set_up(driver: sqlite3.Connection, pragmas: Sequence[str]) -> None:
    """Set a connection as *pragmas* say; its SQL knows `folded(text)`, for what is not stored folded: every call asks
    for the interpreter, so it is for hundreds of names and not for rows."""
    for pragma in pragmas:
        driver.execute(f"PRAGMA {pragma}")
    driver.create_function("folded", 1, fold, deterministic=True)


@contextmanager
def plain_connection(path: Path, pragmas: Sequence[str]) -> Iterator[PlainConnection]:
    """A snapshot of the file at *path*, set as *pragmas* say, for the length of the block."""
    with closing(sqlite3.connect(path, isolation_level=None)) as driver:
        set_up(driver, pragmas)
        driver.execute("BEGIN")
        yield PlainConnection(driver)
