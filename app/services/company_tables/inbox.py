"""What the inbox shows: the five tables with their age, and which of them are old or missing."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from app.services.clock import OFFICE, day_span, now_ms
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.records import Differences, InboxRow
from app.services.company_tables.rules import table_rules
from app.services.db import Database

HOUR_MS = 3_600_000
_NEWEST = """
SELECT company_table.kind, company_table.source, company_table.as_of, received_ms, row_count, company_table.id
FROM company_table JOIN (SELECT max(id) AS newest FROM company_table GROUP BY kind) ON newest = company_table.id
"""
_CHANGES = (
    "SELECT uid, params FROM change WHERE kind = 'table' AND undone_ms IS NULL "
    "AND json_extract(params, '$.kind') = ? AND json_extract(params, '$.table') = ? ORDER BY id DESC LIMIT 1"
)


def list_inbox(db: Database, limit_h: int | None = None, moment_ms: int | None = None) -> list[InboxRow]:
    """The five tables in the order of the day.

    Args:
        limit_h: hours after which a daily table is old, a setting; None takes the rule file's.
        moment_ms: now.
    """
    with db.reader.connect() as connection:
        driver: Any = connection.connection.driver_connection
        return inbox_rows(driver, limit_h, moment_ms)


def inbox_rows(
    connection: sqlite3.Connection, limit_h: int | None = None, moment_ms: int | None = None
) -> list[InboxRow]:
    """The same over a plain connection, such as one that cannot write."""
    moment = now_ms() if moment_ms is None else moment_ms
    found = {TableKind(row[0]): row for row in connection.execute(_NEWEST)}
    return [_row(connection, kind, found.get(kind), limit_h, moment) for kind in TableKind]


def old_tables(db: Database, limit_h: int | None = None, moment_ms: int | None = None) -> list[InboxRow]:
    """Tables that are older than the limit. Where no table was ever received nobody works with them: none is old."""
    rows = list_inbox(db, limit_h, moment_ms)
    return [row for row in rows if row.is_old] if any(row.source for row in rows) else []


def _row(
    connection: sqlite3.Connection, kind: TableKind, stored: tuple[Any, ...] | None, limit_h: int | None, moment_ms: int
) -> InboxRow:
    usual = table_rules().age_h[kind]
    limit = usual if usual is None or limit_h is None else limit_h
    if stored is None:
        return InboxRow(kind, limit_h=limit, is_old=limit is not None)
    _, source, as_of, received_ms, rows, table_id = stored
    change = connection.execute(_CHANGES, (str(kind), table_id)).fetchone()
    true_ms = min(received_ms, _end_of(as_of)) if as_of else received_ms
    return InboxRow(
        kind=kind,
        source=source,
        as_of=as_of,
        received_ms=received_ms,
        moment_ms=true_ms,
        rows=rows,
        differences=_differences(orjson.loads(change[1])) if change is not None else None,
        limit_h=limit,
        is_old=limit is not None and moment_ms - true_ms > limit * HOUR_MS,
        change=change[0] if change is not None else "",
    )


def _differences(params: dict[str, int]) -> Differences:
    return Differences(params["new"], params["changed"], params["gone"], params["same"])


def _end_of(day: str) -> int:
    """The last moment of a day of the office."""
    try:
        return day_span(date.fromisoformat(day))[1]
    except ValueError:
        return day_span((datetime.now(OFFICE) + timedelta(days=1)).date())[1]
