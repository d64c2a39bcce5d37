"""One writer, many readers, short transactions."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError


def alias(db) -> str:
    with db.read() as session:
        return session.execute(text("SELECT alias FROM store")).scalar_one()


def set_alias(session, value: str) -> None:
    session.execute(text("UPDATE store SET alias = :value"), {"value": value})


def test_a_reader_sees_one_moment_while_a_writer_commits(db):
    with db.read() as reading:
        before = reading.execute(text("SELECT alias FROM store")).scalar_one()
        with db.write() as writing:
            set_alias(writing, "new")
        assert reading.execute(text("SELECT alias FROM store")).scalar_one() == before
    assert alias(db) == "new"


def test_a_reader_cannot_write(db):
    with pytest.raises(OperationalError, match="readonly"), db.read() as session:
        set_alias(session, "no")


def test_an_exception_rolls_everything_back(db):
    with pytest.raises(RuntimeError), db.write() as session:
        set_alias(session, "half")
        raise RuntimeError
    assert alias(db) == ""


def test_writers_of_many_threads_queue(db):
    def add() -> None:
        for _ in range(10):
            with db.write() as session:
                seen = int(session.execute(text("SELECT alias FROM store")).scalar_one() or 0)
                set_alias(session, str(seen + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert alias(db) == "40"


def test_the_journal_survives_a_power_cut_by_waiting_for_the_disk(db):
    with db.writer.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
