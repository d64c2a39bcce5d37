"""Of which day a company table is."""

from __future__ import annotations

from sqlalchemy import Connection

from app.services.clock import OFFICE, from_ms
from app.services.company_tables.kinds import TableKind


def office_day(moment_ms: int) -> str:
    """The office's day of a moment."""
    moment = from_ms(moment_ms)
    assert moment is not None
    return f"{moment.astimezone(OFFICE):%Y-%m-%d}"


def day_of_newest(connection: Connection, kind: TableKind) -> str:
    """The day of the newest table of a kind, "" without one: its own, else the one on which it came."""
    row = connection.exec_driver_sql(
        "SELECT as_of, received_ms FROM company_table WHERE kind = ? ORDER BY id DESC LIMIT 1", (str(kind),)
    ).first()
    return "" if row is None else row[0] or office_day(row[1])
