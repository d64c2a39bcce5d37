"""The database: one writer, many readers, short sessions.

Why it is set as it is, in one place (DESIGN.md 3.1: nothing is published twice, whatever loses power):

- `journal_mode=WAL`: readers never wait for the writer, and a commit is one append. Kept in the file.
- `synchronous=FULL` for the writer: every commit is flushed to the disk before it returns. With NORMAL, WAL stays
  sound but the last commits may vanish with the power: an intent would be gone although the request it announced has
  left the machine, and the listing would be sent a second time. What FULL costs is shared by the group commit of the
  queue (`publishing/group_commit.py`). Readers write nothing; theirs is NORMAL.
- `fullfsync`, `checkpoint_fullfsync`: on macOS a plain flush stops at the drive's cache; elsewhere they do nothing.
- `wal_autocheckpoint` stays SQLite's (1 000 pages): a checkpoint flushes the log before it touches the file, and the
  file before the log is used again, so that a cut in the middle of one loses nothing. But a gigabyte of log, as half a
  million prices leave, is carried into the file behind the commit (`roomy`), which is durable without it: who waits for
  the edit need not wait for that, and other writers only ever find that somebody is at it.
- `cache_size`: six readers are kept open, so each megabyte of theirs counts six times; what they read again is in the
  cache of the system. The one used last is used next: it has the pages, the others need not have them, too. The
  writer's is larger: a page it changed and has no room for is written twice.
- `foreign_keys=ON`, `busy_timeout=30000`: two programs may work on one file; a writer waits for the other's commit.
- The file lies on a local disk: WAL needs shared memory, which network drives do not have.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, cast

from app.services.moments import Kept, Moment, Moments, with_answers
from app.services.plain_reading import plain_connection, set_up

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session
    from sqlalchemy.pool import ConnectionPoolEntry

DATABASE_NAME = "shangjia.db"
WRITER_KB = 32_000
ROOMY_KB = 8 * WRITER_KB
AUTOCHECKPOINT = 1_000
"""Pages of log from which on a commit carries it into the file: SQLite's own."""
LONG_LOG = 64 << 20
"""Bytes of log from which on it is carried over by a thread."""
_AFTERWARDS = "log_is_carried_over_afterwards"


def pragmas_of(*, writer: bool) -> tuple[str, ...]:
    """How a connection is set."""
    return (
        "journal_mode=WAL",
        f"synchronous={'FULL' if writer else 'NORMAL'}",
        f"fullfsync={'ON' if writer else 'OFF'}",
        f"checkpoint_fullfsync={'ON' if writer else 'OFF'}",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "temp_store=MEMORY",
        f"cache_size=-{WRITER_KB if writer else 4_000}",
        f"query_only={'OFF' if writer else 'ON'}",
    )


def make_engine(path: Path, *, writer: bool, **pool: Any) -> Engine:
    """An engine whose transactions are real: SQLAlchemy emits BEGIN, so reads are snapshots and DDL rolls back."""
    from sqlalchemy import create_engine, event

    engine = create_engine(f"sqlite:///{path}", **pool)
    pragmas = pragmas_of(writer=writer)

    @event.listens_for(engine, "connect")
    def _configure(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None
        set_up(dbapi, pragmas)

    begin = "BEGIN IMMEDIATE" if writer else "BEGIN"
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


class Database:
    """One SQLite file: `with db.read() as session` is a snapshot, `with db.write() as session` commits or rolls back.

    SQLAlchemy is imported at the first use of `reader` or `writer`; `look` does without it until then.

    Threads: any; at most one `write` at a time in this process, others queue. Never `write` in the GUI thread,
    never nest it.

    Raises:
        sqlalchemy.exc.TimeoutError: from `write`, when another writer holds on for 30 s.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        if os.name == "posix":
            path.chmod(0o600)
        self._making = Lock()
        self._reader: Engine | None = None
        self._writer: Engine | None = None
        self._carrier: Thread | None = None
        self._moments, self._kept = Moments(path), Kept()

    @property
    def reader(self) -> Engine:
        """Connections that cannot write."""
        if self._reader is None:
            with self._making:
                if self._reader is None:
                    # four that ask with their helpers, and dialogs, queue and syncs beside them: none waits for another
                    pool = {"pool_size": 6, "max_overflow": 30, "pool_use_lifo": True}
                    self._reader = make_engine(self.path, writer=False, **pool)
        return self._reader

    @property
    def writer(self) -> Engine:
        """The one connection that writes."""
        if self._writer is None:
            from sqlalchemy import event

            with self._making:
                if self._writer is None:
                    writer = make_engine(self.path, writer=True, pool_size=1, max_overflow=0)
                    event.listen(writer, "checkin", self._on_given_back)
                    self._writer = writer
        return self._writer

    def look(self) -> AbstractContextManager[Connection]:
        """A snapshot for what reads in bare SQL: `exec_driver_sql` with tuples."""
        if self._reader is not None:
            return self._reader.connect()
        plain = plain_connection(self.path, pragmas_of(writer=False))
        return cast("AbstractContextManager[Connection]", plain)

    @contextmanager
    def answering(self, *, in_bare_sql: bool = False) -> Iterator[Connection]:
        """A snapshot for questions whose parts may have been answered before (`moments.answers_of`); *in_bare_sql*: as
        `look`."""
        again = partial(self.answering, in_bare_sql=in_bare_sql)
        snapshot = self.look() if in_bare_sql else self.reader.connect()
        with snapshot as connection, with_answers(connection, self._moments, self._kept, again):
            yield connection

    def moment(self) -> Moment:
        """The state the database is in: another after each commit, and now and then without one."""
        return self._moments.now()

    def moment_of(self, connection: Connection) -> Moment | None:
        """The state that the snapshot of *connection*, in which nothing was read yet, is of; None where somebody
        committed in that very moment."""
        return self._moments.of(connection)

    def forget_answers(self) -> None:
        """As if somebody had written: everything is answered anew."""
        self._kept.clear()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A snapshot that cannot write."""
        from sqlalchemy.orm import Session

        with Session(self.reader, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits at the end of the block, or rolls back on an exception."""
        from sqlalchemy.orm import Session

        with Session(self.writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def bulk(self) -> Iterator[Connection]:
        """As `write`, but a bare connection for set-based SQL and `exec_driver_sql` with tuples."""
        with self.writer.begin() as connection:
            yield connection

    def _on_given_back(self, dbapi: Any, record: ConnectionPoolEntry) -> None:
        """The transaction of a `roomy` block is over: its log is carried into the file, a long one by a thread."""
        if record.info.pop(_AFTERWARDS, None) is None or dbapi is None:
            return
        dbapi.execute(f"PRAGMA wal_autocheckpoint={AUTOCHECKPOINT}")
        log = self.path.with_name(f"{self.path.name}-wal")
        if log.exists() and log.stat().st_size >= LONG_LOG and not self.is_carrying:
            self._carrier = Thread(target=self._carry_over, name="log-carrier", daemon=True)
            self._carrier.start()

    def _carry_over(self) -> None:
        """Without waiting for anybody (PASSIVE): what a reader still needs stays for the next commit to carry over."""
        from sqlalchemy import NullPool

        engine = make_engine(self.path, writer=True, poolclass=NullPool)
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")

    @property
    def is_carrying(self) -> bool:
        """Whether a long log is being carried into the file."""
        return self._carrier is not None and self._carrier.is_alive()

    def dispose(self) -> None:
        """Close every connection; the object can still be used and opens new ones."""
        if self._carrier is not None:
            self._carrier.join()
        for engine in (self._reader, self._writer):
            if engine is not None:
                engine.dispose()
        self._moments.close()
        self._kept.clear()


@contextmanager
def roomy(connection: Connection) -> Iterator[None]:
    """Within the block, which changes very many rows, *connection* has room for eight times as many pages: one that is
    changed again and again is written once. The commit does not wait until the log is carried into the file."""
    usual = connection.exec_driver_sql("PRAGMA main.cache_size").scalar_one()
    connection.exec_driver_sql("PRAGMA wal_autocheckpoint=0")
    connection.info[_AFTERWARDS] = True
    connection.exec_driver_sql(f"PRAGMA main.cache_size=-{ROOMY_KB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA main.cache_size={usual}")
