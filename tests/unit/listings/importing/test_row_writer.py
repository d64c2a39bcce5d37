"""Rows put into the database on a thread of their own: order, size of statements, errors, stopping."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.services.db import Database
from app.services.listings.importing.row_writer import VARIABLES_MAX, RowWriter
from app.services.tasks import TaskCancelled

COLUMNS = ("id", "text")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "rows.db")
    with database.bulk() as connection:
        connection.exec_driver_sql("CREATE TABLE thing (id INTEGER PRIMARY KEY, text TEXT)")
    yield database
    database.dispose()


def stored(connection: Connection) -> list[tuple[int, str]]:
    return [tuple(row) for row in connection.exec_driver_sql("SELECT id, text FROM thing ORDER BY id")]


def test_all_rows_are_there_at_the_end_of_the_block(db: Database) -> None:
    rows = [(number, f"t{number}") for number in range(VARIABLES_MAX)]  # twice what one statement takes
    with db.bulk() as connection:
        with RowWriter(connection) as writer:
            writer.insert("thing", COLUMNS, rows[:7])
            writer.insert("thing", COLUMNS, [])
            writer.insert("thing", COLUMNS, rows[7:])
        assert stored(connection) == rows


def test_acts_and_rows_keep_their_order(db: Database) -> None:
    with db.bulk() as connection:
        seen: list[int] = []
        with RowWriter(connection) as writer:
            for number in range(30):
                writer.insert("thing", COLUMNS, [(number, "")])
                writer.do(lambda: seen.append(len(stored(connection))))
        assert seen == list(range(1, 31))


def test_an_error_of_the_thread_reaches_the_caller(db: Database) -> None:
    with pytest.raises(IntegrityError), db.bulk() as connection, RowWriter(connection) as writer:
        for _ in range(50):  # more than may wait: nobody may hang
            writer.insert("thing", COLUMNS, [(1, "same")])
    with db.read() as session:
        assert stored(session.connection()) == []


def test_an_exception_of_the_block_stops_what_waits_and_stays_what_it_is(db: Database) -> None:
    with pytest.raises(TaskCancelled), db.bulk() as connection, RowWriter(connection) as writer:
        writer.insert("thing", COLUMNS, [(1, "kept only if the transaction is")])
        raise TaskCancelled
    with db.read() as session:
        assert stored(session.connection()) == []
