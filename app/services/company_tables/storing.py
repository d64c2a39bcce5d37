"""Putting a company table into the database: compared by its keys, in one transaction, as one change.

Everything is set-based: the rows go into a staged table, what differs is found, kept and written by SQLite. A table
says everything of its kind, so what it does not name any more goes; two things stay: what rows of this table say that
could not be read, and feedback that the table of forbidden goods is too old to know of.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.company_tables.days import day_of_newest, office_day
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.records import Differences, Row, TableError, TableRead
from app.services.company_tables.rules import table_rules
from app.services.company_tables.word_storing import store_words
from app.services.history.recording import record_change
from app.services.history.records import TABLE, ChangeRecord
from app.services.history.rows import KEYS, TOUCHED, keep_rows, new_touched

COLUMNS = {
    "stock_item": (
        *("code", "name", "cost_micro", "weight_mg", "length_mm", "width_mm", "height_mm", "attributes", "picture"),
    ),
    "price_floor": ("match_key", "code", "floor_minor", "currency"),
    "item_verdict": ("code", "kind", "severity", "reason", "as_of"),
    "channel_rule": ("attribute", "channel", "is_allowed"),
}
"""Columns of the rows of a `TableRead`, by stored table."""
_STORES = {
    TableKind.PRODUCTS: "stock_item",
    TableKind.FLOORS: "price_floor",
    TableKind.FORBIDDEN: "item_verdict",
    TableKind.FEEDBACK: "item_verdict",
    TableKind.CHANNELS: "channel_rule",
}
_STAGE, _GONE = "temp.staged_rows", "temp.gone_rows"


def store_table(
    connection: Connection, read: TableRead, *, may_shrink: bool = False
) -> tuple[ChangeRecord, Differences]:
    """Store *read* in the caller's transaction.

    Raises:
        TableError: `tables.shrunk`: much of what was known would go; *may_shrink* says that this is meant.
    """
    moment, stored = now_ms(), _STORES[read.kind]
    day = read.as_of or office_day(moment)
    rows = read.rows[stored]
    if read.kind is TableKind.FEEDBACK:
        rows = [(*row[:4], row[4] or day) for row in rows]
    _stage(connection, stored, rows)
    _find_gone(connection, stored, read)
    differences = _count(connection, stored, len(rows))
    if not may_shrink:
        check_gone(read, differences)
    change_id, change = record_change(
        connection,
        kind=TABLE,
        label=f"change.table.{read.kind}",
        params={"kind": str(read.kind), "table": 0, "n": len(rows) + len(read.words)},
        listing_count=1,
        source=read.file,
        moment_ms=moment,
    )
    table_id = _new_table(connection, change_id, read, moment)
    _write(connection, change_id, stored, table_id, moment)
    if read.kind is TableKind.FORBIDDEN:
        words = store_words(connection, change_id, read, day)
        if not may_shrink:
            check_gone(read, words)
        differences += words
    _finish(connection, change_id, change, table_id, differences)
    return change, differences


def check_gone(read: TableRead, differences: Differences) -> None:
    """A table that lost most of its rows is rather a part of it, and one of which no row can be used is a broken one:
    stored without asking, it would lift every hold and forget every cost it does not name.

    Raises: TableError (`tables.shrunk`).
    """
    rules, known = table_rules(), differences.gone + differences.changed + differences.same
    is_empty = differences.gone == known and not differences.new
    is_part = differences.gone >= rules.gone_from and differences.gone > known * rules.gone_share
    if differences.gone and (is_empty or is_part):
        raise TableError("tables.shrunk", file=read.file, gone=differences.gone, known=known)


def _stage(connection: Connection, stored: str, rows: Sequence[Row]) -> None:
    columns, keys = COLUMNS[stored], KEYS[stored]
    for name in (_STAGE, _GONE, TOUCHED):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
    connection.exec_driver_sql(
        f"CREATE TABLE {_STAGE} ({', '.join(columns)}, PRIMARY KEY ({', '.join(keys)})) WITHOUT ROWID"
    )
    if rows:
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {_STAGE} VALUES ({marks})", list(rows))


def _same(stored: str) -> str:
    return " AND ".join(f"stage.{key} = stored.{key}" for key in KEYS[stored])


def _differs(stored: str) -> str:
    values = [name for name in COLUMNS[stored] if name not in KEYS[stored]]
    return " OR ".join(f"stage.{name} IS NOT stored.{name}" for name in values)


def _find_gone(connection: Connection, stored: str, read: TableRead) -> None:
    """Keys that this table does not name any more, and that therefore go."""
    keys = KEYS[stored]
    named = ", ".join(f"stored.{key}" for key in keys)
    conditions = [f"stage.{keys[0]} IS NULL"]
    params: list[str] = []
    if stored == "item_verdict":
        conditions.append("stored.kind = ?")
        params.append(str(read.kind))
    if read.kind is TableKind.FEEDBACK:  # what yesterday's table of forbidden goods cannot know yet stays
        conditions.append("stored.as_of < ?")
        params.append(day_of_newest(connection, TableKind.FORBIDDEN))
    connection.exec_driver_sql(
        f"CREATE TABLE {_GONE} ({', '.join(keys)}, PRIMARY KEY ({', '.join(keys)})) WITHOUT ROWID"
    )
    connection.exec_driver_sql(
        f"INSERT INTO {_GONE} SELECT {named} FROM {stored} AS stored LEFT JOIN {_STAGE} AS stage ON {_same(stored)} "
        f"WHERE {' AND '.join(conditions)}",
        tuple(params),
    )
    if read.kept:
        held = [(key,) for key in sorted(read.kept)]
        connection.exec_driver_sql(f"DELETE FROM {_GONE} WHERE {keys[0]} = ?", held)


def _count(connection: Connection, stored: str, rows: int) -> Differences:
    joined = f"FROM {_STAGE} AS stage JOIN {stored} AS stored ON {_same(stored)}"
    known = int(connection.exec_driver_sql(f"SELECT count(*) {joined}").scalar_one())
    changed = int(connection.exec_driver_sql(f"SELECT count(*) {joined} WHERE {_differs(stored)}").scalar_one())
    gone = int(connection.exec_driver_sql(f"SELECT count(*) FROM {_GONE}").scalar_one())
    return Differences(rows - known, changed, gone, known - changed)


def _new_table(connection: Connection, change_id: int, read: TableRead, moment_ms: int) -> int:
    made = connection.exec_driver_sql(
        "INSERT INTO company_table (kind, source, sha256, as_of, row_count, received_ms) VALUES (?, ?, ?, ?, ?, ?)",
        (str(read.kind), read.file, read.sha256, read.as_of, read.row_count, moment_ms),
    )
    table_id = int(made.lastrowid or 0)
    connection.exec_driver_sql(
        "INSERT INTO change_rows (change_id, table_name, before, created) VALUES (?, 'company_table', '[]', ?)",
        (change_id, f"[[{table_id}]]"),
    )
    return table_id


def _write(connection: Connection, change_id: int, stored: str, table_id: int, moment_ms: int) -> None:
    """Keep what is there, then write what is new or other and delete what went; the rest is not touched."""
    columns, keys = COLUMNS[stored], KEYS[stored]
    named = ", ".join(f"stage.{key}" for key in keys)
    others = f"LEFT JOIN {stored} AS stored ON {_same(stored)} WHERE stored.{keys[0]} IS NULL OR {_differs(stored)}"
    new_touched(connection, stored)
    connection.exec_driver_sql(f"INSERT INTO {TOUCHED} SELECT {named} FROM {_STAGE} AS stage {others}")
    connection.exec_driver_sql(f"INSERT INTO {TOUCHED} SELECT {', '.join(keys)} FROM {_GONE}")
    keep_rows(connection, change_id, stored)
    listed = ", ".join(f"stage.{name}" for name in columns)
    own, values = ("table_id", "?") if stored != "stock_item" else ("table_id, updated_ms", "?, ?")
    params: tuple[int, ...] = (table_id,) if stored != "stock_item" else (table_id, moment_ms)
    connection.exec_driver_sql(
        f"INSERT OR REPLACE INTO {stored} ({', '.join(columns)}, {own}) "
        f"SELECT {listed}, {values} FROM {_STAGE} AS stage {others}",
        params,
    )
    connection.exec_driver_sql(
        f"DELETE FROM {stored} WHERE ({', '.join(keys)}) IN (SELECT {', '.join(keys)} FROM {_GONE})"
    )
    for name in (_STAGE, _GONE, TOUCHED):
        connection.exec_driver_sql(f"DROP TABLE {name}")


def _finish(
    connection: Connection, change_id: int, change: ChangeRecord, table_id: int, differences: Differences
) -> None:
    """The change names its table and what was new, so that the inbox can say it later."""
    change.params.update(
        table=table_id,
        new=differences.new,
        changed=differences.changed,
        gone=differences.gone,
        same=differences.same,
    )
    connection.exec_driver_sql(
        "UPDATE change SET params = json_patch(params, json_object('table', ?, 'new', ?, 'changed', ?, 'gone', ?, "
        "'same', ?)) WHERE id = ?",
        (table_id, differences.new, differences.changed, differences.gone, differences.same, change_id),
    )
