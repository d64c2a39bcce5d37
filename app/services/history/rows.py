"""Before-images of whole rows of tables that are no listings: company tables with what they say of stock items.

Rows are kept as JSON arrays, `BLOCK` of them in one, made and read by SQLite: yesterday's half a million stock items
come back without a Python object for each. What was not there before is kept by its key alone.
"""

from __future__ import annotations

from sqlalchemy import Connection

from app.services.errors import InputError
from app.services.history.records import TABLE, ChangeRecord

KEYS = {
    "stock_item": ("code",),
    "price_floor": ("match_key", "currency"),
    "item_verdict": ("code", "kind"),
    "channel_rule": ("attribute", "channel"),
    "word_list": ("key",),
    "listed_word": ("id",),
    "company_table": ("id",),
}
"""Tables whose rows can be kept, with their primary keys."""
TOUCHED = "temp.touched_rows"
"""Name of the temporary table with the keys of rows about to be written."""
BLOCK = 20_000


class NewerTable(InputError):
    """A later table of the same kind stands on this one: that is to be taken back first."""

    code = "undo.newer_table"


def keep_rows(connection: Connection, change_id: int, table: str, touched: str = TOUCHED) -> None:
    """Keep the rows of *table* whose keys stand in *touched*, before they are written."""
    keys = KEYS[table]
    same = " AND ".join(f"touched.{key} = stored.{key}" for key in keys)
    ordered = ", ".join(f"touched.{key}" for key in keys)
    insert = "INSERT INTO change_rows (change_id, table_name, before, created) SELECT ?, ?, "
    block = f"(row_number() OVER (ORDER BY {ordered}) - 1) / {BLOCK} AS block"
    whole = ", ".join(f'stored."{name}"' for name in _columns(connection, table))
    connection.exec_driver_sql(
        f"{insert} json_group_array(json(image)), '[]' FROM (SELECT json_array({whole}) AS image, {block} "
        f"FROM {touched} AS touched JOIN {table} AS stored ON {same}) GROUP BY block ORDER BY block",
        (change_id, table),
    )
    connection.exec_driver_sql(
        f"{insert} '[]', json_group_array(json(image)) FROM (SELECT json_array({ordered}) AS image, {block} "
        f"FROM {touched} AS touched LEFT JOIN {table} AS stored ON {same} WHERE stored.{keys[0]} IS NULL) "
        "GROUP BY block ORDER BY block",
        (change_id, table),
    )


def demand_newest(connection: Connection, change: ChangeRecord) -> None:
    """A company table is taken back only while it is the newest of its kind. Raises: NewerTable."""
    params = change.params
    if change.kind != TABLE:
        return
    newest = "SELECT max(id) FROM company_table WHERE kind = ?"
    if connection.exec_driver_sql(newest, (params["kind"],)).scalar() not in (None, params["table"]):
        raise NewerTable(file=change.source)


def swap_rows(connection: Connection, change_id: int, undo_id: int) -> int:
    """Put the kept rows of a change back, keeping what stands there now as part of *undo_id*, which swaps them again.
    What was kept last goes back first. Returns: rows put back or taken away."""
    kept = connection.exec_driver_sql(
        "SELECT id, table_name FROM change_rows WHERE change_id = ? ORDER BY id DESC", (change_id,)
    ).all()
    return sum(_swap(connection, number, table, undo_id) for number, table in kept)


def kept_keys(connection: Connection, change_id: int, table: str) -> list[str]:
    """The first key of every row of *table* that a change wrote."""
    of_rows = "SELECT json_extract(value, '$[0]') FROM change_rows, json_each({}) WHERE change_id = ?1"
    whole = f"{of_rows.format('before')} AND table_name = ?2 UNION {of_rows.format('created')} AND table_name = ?2"
    return list(connection.exec_driver_sql(whole, (change_id, table)).scalars())


def _swap(connection: Connection, number: int, table: str, undo_id: int) -> int:
    keys, columns = KEYS[table], _columns(connection, table)
    named = ", ".join(keys)
    of_before = ", ".join(f"json_extract(value, '$[{columns.index(key)}]')" for key in keys)
    of_created = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(keys)))
    new_touched(connection, table)
    kept, one = "FROM change_rows, json_each({}) WHERE change_rows.id = ?", (number,)
    for column, values in (("before", of_before), ("created", of_created)):
        connection.exec_driver_sql(f"INSERT INTO {TOUCHED} ({named}) SELECT {values} {kept.format(column)}", one)
    count = int(connection.exec_driver_sql(f"SELECT count(*) FROM {TOUCHED}").scalar_one())
    keep_rows(connection, undo_id, table)
    connection.exec_driver_sql(
        f"DELETE FROM {table} WHERE ({named}) IN (SELECT {of_created} {kept.format('created')})", one
    )
    listed = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(columns)))
    connection.exec_driver_sql(
        f"INSERT OR REPLACE INTO {table} ({listed}) SELECT {values} {kept.format('before')}", one
    )
    connection.exec_driver_sql(f"DROP TABLE {TOUCHED}")
    return count


def new_touched(connection: Connection, table: str) -> None:
    """An empty table of keys."""
    named = ", ".join(KEYS[table])
    connection.exec_driver_sql(f"CREATE TABLE {TOUCHED} ({named}, PRIMARY KEY ({named})) WITHOUT ROWID")


def _columns(connection: Connection, table: str) -> list[str]:
    if table not in KEYS:
        raise KeyError(table)
    return [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
