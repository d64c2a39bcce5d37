"""Single rows of small tables as changes keep them: stored and read whole, by the names of their columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection


def insert_row(connection: Connection, table: str, values: Mapping[str, Any]) -> int:
    """Store a row. Returns: its id."""
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    made = connection.exec_driver_sql(
        f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING id", tuple(values.values())
    )
    return int(made.scalar_one())


def row_image(connection: Connection, table: str, number: int) -> dict[str, Any] | None:
    """A row without its id, as the history keeps it."""
    found = connection.exec_driver_sql(f"SELECT * FROM {table} WHERE id = ?", (number,)).mappings().first()
    return None if found is None else {name: value for name, value in found.items() if name != "id"}
