from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.services.db import Database
from app.services.publishing import group_commit
from app.services.publishing.group_commit import GroupCommit, is_busy


def insert(connection: Connection, name: str) -> str:
    connection.exec_driver_sql("INSERT INTO setting (name, value, updated_ms) VALUES (?, '1', 0)", (name,))
    return name


def names_on_disk(db: Database) -> list[str]:
    """Read by a connection of our own: what it sees is committed."""
    with closing(sqlite3.connect(db.path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM setting ORDER BY rowid")]


async def test_a_done_future_means_it_is_on_disk(db: Database) -> None:
    journal = GroupCommit(db)
    assert await journal.submit(lambda connection: insert(connection, "one")) == "one"
    assert names_on_disk(db) == ["one"]


async def test_what_comes_together_shares_a_commit(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = []
    commit = GroupCommit._commit
    monkeypatch.setattr(GroupCommit, "_commit", lambda self, works: commits.append(len(works)) or commit(self, works))
    journal = GroupCommit(db)
    names = [f"n{number}" for number in range(40)]
    futures = [journal.submit(lambda connection, name=name: insert(connection, name)) for name in names]
    assert await asyncio.gather(*futures) == names
    assert names_on_disk(db) == names
    assert commits == [40]


async def test_a_failing_work_fails_alone(db: Database) -> None:
    journal = GroupCommit(db)
    await journal.submit(lambda connection: insert(connection, "taken"))
    futures = [journal.submit(lambda connection, name=name: insert(connection, name)) for name in ("a", "taken", "b")]
    outcomes = await asyncio.gather(*futures, return_exceptions=True)
    assert outcomes[0] == "a"
    assert isinstance(outcomes[1], IntegrityError)
    assert outcomes[2] == "b"
    assert names_on_disk(db) == ["taken", "a", "b"]


async def test_a_caller_that_is_gone_does_not_take_its_work_back(db: Database) -> None:
    journal = GroupCommit(db)
    journal.submit(lambda connection: insert(connection, "kept")).cancel()
    await journal.flush()
    assert names_on_disk(db) == ["kept"]


async def test_flush_waits_for_everything_submitted_before(db: Database) -> None:
    journal = GroupCommit(db)
    for number in range(5):
        journal.submit(lambda connection, name=f"n{number}": insert(connection, name))
    await journal.flush()
    assert len(names_on_disk(db)) == 5


async def test_a_cancelled_flush_cuts_nothing_off(db: Database) -> None:
    journal = GroupCommit(db)
    journal.submit(lambda connection: insert(connection, "one"))
    waiting = asyncio.create_task(journal.flush())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await journal.flush()
    assert names_on_disk(db) == ["one"]


async def test_waits_for_another_writer(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that writes for longer than SQLite's own patience delays the journal, and loses nothing."""
    locked = OperationalError("BEGIN", {}, _busy_error())
    turns = [locked, PoolTimeout()]
    bulk = db.bulk

    def contended():
        if turns:
            raise turns.pop(0)
        return bulk()

    monkeypatch.setattr(db, "bulk", contended)
    assert await GroupCommit(db).submit(lambda connection: insert(connection, "late")) == "late"
    assert not turns
    assert names_on_disk(db) == ["late"]


async def test_waits_as_well_where_the_driver_itself_says_busy(db: Database) -> None:
    """The journal's statements go straight to the driver, whose error nobody wraps."""
    turns = [_busy_error()]

    def work(connection: Connection) -> str:
        name = insert(connection, "late")
        if turns:
            raise turns.pop()
        return name

    assert await GroupCommit(db).submit(work) == "late"
    assert not turns
    assert names_on_disk(db) == ["late"]


def _busy_error() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
    return error


def test_only_a_busy_database_is_waited_for() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert is_busy(OperationalError("", {}, _busy_error()))
    assert is_busy(_busy_error()), "as the driver says it, past SQLAlchemy"
    assert is_busy(PoolTimeout())
    assert not is_busy(OperationalError("", {}, full))
    assert not is_busy(ValueError())
    assert not is_busy(sqlite3.OperationalError("raised by the module itself, which gives no code"))


async def test_writes_off_the_event_loop(db: Database) -> None:
    threads = []
    await GroupCommit(db).submit(lambda connection: threads.append(threading.current_thread()))
    assert threads[0] is not threading.main_thread()


async def test_late_comers_wait_no_longer_than_the_interval(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """While entries keep coming, commits are `INTERVAL_S` apart; after a pause the next one leaves at once."""
    slept = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(group_commit.asyncio, "sleep", noted)
    monkeypatch.setattr(group_commit.time, "monotonic", lambda: 1_000.0)
    journal = GroupCommit(db)
    await journal.submit(lambda connection: insert(connection, "first"))
    assert slept == []
    await journal.submit(lambda connection: insert(connection, "second"))
    assert slept == [pytest.approx(group_commit.INTERVAL_S)]
