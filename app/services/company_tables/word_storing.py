"""The words of the table of forbidden goods: a word list of its own, which every check of texts looks into."""

from __future__ import annotations

from sqlalchemy import Connection

from app.messages import tr
from app.services.company_tables.records import Differences, TableRead
from app.services.compliance.word_lists import note_change
from app.services.compliance.words import word_key
from app.services.history.rows import TOUCHED, keep_rows, new_touched

LIST_KEY = "company-table"
_LIST = "INSERT INTO word_list (key, name, kind, severity, is_on) VALUES (?, ?, 'forbidden', 'block', 1)"
_INSERT = (
    "INSERT INTO listed_word (list_key, word, folded, severity, exceptions, categories, source, as_of, is_on) "
    "VALUES (?, ?, ?, ?, '[]', '[]', ?, ?, 1) RETURNING id"
)
_UPDATE = "UPDATE listed_word SET severity = ?, source = ?, as_of = ? WHERE id = ?"
_KNOWN = (
    "SELECT folded, id, severity FROM listed_word WHERE list_key = ? ORDER BY stores IS NULL, categories = '[]', id"
)
"""Of several verdicts about a word the general one last: it is the table's."""
_STORED = {"clear": "allow"}
"""Our word for a verdict, where a word list has another."""


def store_words(connection: Connection, change_id: int, read: TableRead, day: str) -> Differences:
    """Make the list say what the table says; exceptions and categories that a person gave a word stay. A table without
    any word column leaves the list as it is."""
    wanted = {word_key(word): (word, _STORED.get(severity, severity), reason) for word, severity, reason in read.words}
    wanted.pop("", None)
    known = {folded: (number, severity) for folded, number, severity in connection.exec_driver_sql(_KNOWN, (LIST_KEY,))}
    if not wanted:
        return Differences()
    changed = {key: known[key][0] for key in known.keys() & wanted.keys() if known[key][1] != wanted[key][1]}
    gone = [number for key, (number, _) in known.items() if key not in wanted]
    new = sorted(wanted.keys() - known.keys())
    _keep(connection, change_id, [*changed.values(), *gone])
    if connection.exec_driver_sql("SELECT 1 FROM word_list WHERE key = ?", (LIST_KEY,)).first() is None:
        _created(connection, change_id, "word_list", f'[["{LIST_KEY}"]]')
        connection.exec_driver_sql(_LIST, (LIST_KEY, tr("tables.kind.forbidden")))
    for key, number in changed.items():
        connection.exec_driver_sql(_UPDATE, (wanted[key][1], _source(read, wanted[key][2]), day, number))
    for number in gone:
        connection.exec_driver_sql("DELETE FROM listed_word WHERE id = ?", (number,))
    numbers = [_insert(connection, key, wanted[key], read, day) for key in new]
    if numbers:
        _created(connection, change_id, "listed_word", f"[{','.join(f'[{number}]' for number in numbers)}]")
    differences = Differences(len(new), len(changed), len(gone), len(wanted) - len(new) - len(changed))
    if not differences.is_nothing:
        note_change(connection)
    return differences


def _insert(connection: Connection, key: str, told: tuple[str, str, str], read: TableRead, day: str) -> int:
    word, severity, reason = told
    values = (LIST_KEY, word, key, severity, _source(read, reason), day)
    return int(connection.exec_driver_sql(_INSERT, values).scalar_one())


def _source(read: TableRead, reason: str) -> str:
    return f"{read.file} · {reason}" if reason else read.file


def _keep(connection: Connection, change_id: int, numbers: list[int]) -> None:
    if numbers:
        new_touched(connection, "listed_word")
        connection.exec_driver_sql(f"INSERT INTO {TOUCHED} VALUES (?)", [(number,) for number in sorted(numbers)])
        keep_rows(connection, change_id, "listed_word")
        connection.exec_driver_sql(f"DROP TABLE {TOUCHED}")


def _created(connection: Connection, change_id: int, table: str, keys: str) -> None:
    connection.exec_driver_sql(
        "INSERT INTO change_rows (change_id, table_name, before, created) VALUES (?, ?, '[]', ?)",
        (change_id, table, keys),
    )
