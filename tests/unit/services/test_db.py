"""One writer, many readers, short transactions."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.services import db as services_db
from app.services.db import AUTOCHECKPOINT, Database, roomy

ROOT = Path(__file__).resolve().parents[3]


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
        assert connection.exec_driver_sql("PRAGMA fullfsync").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA checkpoint_fullfsync").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 1000
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def stores_in_the_file_alone(db, folder: Path) -> int:
    """What the database file says without its log."""
    alone = folder / "alone.db"
    shutil.copyfile(db.path, alone)
    with closing(sqlite3.connect(alone)) as connection:
        return connection.execute("SELECT count(*) FROM setting WHERE name LIKE 'long-%'").fetchone()[0]


def write_much(db) -> None:
    """More pages of log than SQLite leaves there at a commit."""
    with db.bulk() as connection, roomy(connection):
        for number in range(6):
            sql = "INSERT INTO setting VALUES (?, json_quote(hex(zeroblob(500000))), 0)"
            connection.exec_driver_sql(sql, (f"long-{number}",))


def autocheckpoint(db) -> int:
    with db.writer.connect() as connection:
        return connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one()


def test_a_long_log_is_carried_over_behind_the_commit(db, tmp_path, monkeypatch):
    go, carry_over = threading.Event(), Database._carry_over
    monkeypatch.setattr(Database, "_carry_over", lambda self: go.wait() and carry_over(self))
    monkeypatch.setattr(services_db, "LONG_LOG", 1 << 20)
    write_much(db)
    assert db.is_carrying and stores_in_the_file_alone(db, tmp_path) == 0
    with db.read() as session:
        assert session.execute(text("SELECT count(*) FROM setting WHERE name LIKE 'long-%'")).scalar_one() == 6
    go.set()
    with db.read():  # a reader who needs nothing of the past holds nobody up
        db._carrier.join()
    assert stores_in_the_file_alone(db, tmp_path) == 6
    assert autocheckpoint(db) == AUTOCHECKPOINT


def test_writers_go_on_while_a_log_is_carried_over_and_closing_waits_for_it(db, tmp_path, monkeypatch):
    go, carry_over = threading.Event(), Database._carry_over
    monkeypatch.setattr(Database, "_carry_over", lambda self: go.wait() and carry_over(self))
    monkeypatch.setattr(services_db, "LONG_LOG", 1)
    with db.read():
        write_much(db)
    first = db._carrier
    with db.bulk() as connection, roomy(connection):
        connection.exec_driver_sql("UPDATE store SET alias = 'meanwhile'")
    assert db._carrier is first and autocheckpoint(db) == AUTOCHECKPOINT
    go.set()
    db.dispose()
    assert not db.is_carrying and alias(db) == "meanwhile"


def test_what_is_rolled_back_leaves_the_log_as_it_was(db, monkeypatch):
    monkeypatch.setattr(services_db, "LONG_LOG", 1 << 40)
    with pytest.raises(RuntimeError), db.bulk() as connection, roomy(connection):
        raise RuntimeError
    write_much(db)
    assert db._carrier is None and autocheckpoint(db) == AUTOCHECKPOINT


def test_every_connection_that_writes_waits_for_the_disk(db):
    """Pools open new connections when old ones are closed: each is set up."""
    for _ in range(2):
        with db.write() as session:
            assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2
        db.dispose()
    with db.bulk() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_what_is_committed_is_there_after_the_process_died_without_a_word(db):
    """Nothing is kept back in memory: another process sees the commit, and so does one that finds only the files."""
    program = (
        "import os, sys; from pathlib import Path; from app.services.db import Database\n"
        "db = Database(Path(sys.argv[1]))\n"
        "with db.bulk() as connection: connection.exec_driver_sql(\"UPDATE store SET alias = 'kept'\")\n"
        "connection = db.writer.connect(); connection.begin()\n"
        "connection.exec_driver_sql(\"UPDATE store SET alias = 'half'\"); os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(db.path)], cwd=ROOT, check=False)
    assert (done.returncode, alias(db)) == (9, "kept")


def test_a_power_cut_at_any_byte_keeps_every_commit_that_was_acknowledged(db, tmp_path):
    """What was flushed when a commit returned is what a power cut leaves, and whatever half of the next came after."""
    log = db.path.with_name(f"{db.path.name}-wal")
    with closing(sqlite3.connect(db.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    flushed = []
    for number in range(6):
        with db.write() as session:
            set_alias(session, str(number))
        flushed.append(log.stat().st_size)
    whole, content = db.path.read_bytes(), log.read_bytes()
    for cut in sorted({*flushed, *range(flushed[0], flushed[-1] + 1, 997)}):
        copy = tmp_path / f"cut-{cut}.db"
        copy.write_bytes(whole)
        copy.with_name(f"{copy.name}-wal").write_bytes(content[:cut])
        acknowledged = sum(size <= cut for size in flushed)
        with closing(sqlite3.connect(copy)) as connection:
            assert int(connection.execute("SELECT alias FROM store").fetchone()[0]) == acknowledged - 1
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
