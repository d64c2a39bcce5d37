"""The journal's own statements, straight to the driver within the transaction of a `Connection`.

Every listing that is sent takes nine of them, a hundred times a second and in the window's process: SQLAlchemy makes
a context, a result and its columns for each, which takes as long as the statement itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection


def change(connection: Connection, sql: str, values: Sequence[Any]) -> int:
    """Do a statement. Returns: how many rows it changed. Raises: sqlite3.Error, bare."""
    return _driver(connection).execute(sql, values).rowcount


def change_and_ask(connection: Connection, sql: str, values: Sequence[Any]) -> Any:
    """Do a statement with RETURNING. Returns: the first value of the first row, None where it changed none. Raises:
    sqlite3.Error, bare."""
    rows = _driver(connection).execute(sql, values).fetchall()  # all: the statement is over with this line
    return rows[0][0] if rows else None


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
