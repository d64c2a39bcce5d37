"""Where a bulk edit is worked out before anything is written: a file of its own, attached to the database as `plan`.

A million rows before → after lie in tables, not in memory; the same tables are what applying joins. The file is the
owner's only and goes with the plan.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from app.services.db import Database, make_engine
from app.services.history.columns import Staged
from app.services.listings.bulk_edit.operations import LISTING_NUMBERS, SKU_NUMBERS
from app.services.listings.numbers import FORESEEN
from app.services.sql_ids import interruptible
from app.services.tasks import TaskContext

_TABLES = (
    "chosen (listing_id INTEGER PRIMARY KEY, store_id INTEGER, why TEXT)",
    "chosen_sku (sku_id INTEGER PRIMARY KEY)",
    "edited (listing_id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL, hash TEXT NOT NULL, edit TEXT NOT NULL, "
    "title TEXT, why TEXT)",
    "line (id INTEGER PRIMARY KEY, listing_id INTEGER NOT NULL, sku_id INTEGER, field TEXT NOT NULL, before TEXT, "
    "after TEXT, why TEXT)",
    f"foreseen {FORESEEN}",
    "finding (listing_id INTEGER NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL, number INTEGER NOT NULL)",
)
_NUMBERS = (
    "CREATE TABLE plan.of_{column} (listing_id INTEGER, row_id INTEGER, store_id INTEGER NOT NULL, before INTEGER, "
    "after INTEGER, why TEXT, PRIMARY KEY (listing_id, row_id)) WITHOUT ROWID"
)
_STAGED = (
    "CREATE VIEW plan.staged_{column} AS SELECT listing_id, row_id, store_id, before, after FROM of_{column} "
    "WHERE why IS NULL"
)


PREFIX = "shangjia-edit-"


def _sweep() -> None:
    """Remove the plans of processes that were killed: nobody else ever would."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdecimal() and not _lives(int(owner)):
            with suppress(OSError):  # somebody else's, or still open where open files cannot be removed
                path.unlink()


def _lives(pid: int) -> bool:
    """Whether a process is there. Windows cannot be asked so; it keeps files that are open."""
    if os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class PlanFile:
    """The tables of one plan. Threads: one at a time.

    Tables: `chosen` the listings asked for; `chosen_sku` the variants, where not all of these listings are meant;
    `of_<column>` every number with what becomes of it, `why` it does not;
    `staged_<column>` of those the ones that change; `edited` other edits by listing, `line` each field of them;
    `finding` what the checker would newly say; `foreseen` what will be said of listings once their variants have other
    numbers, where the checker was asked.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        _sweep()
        handle, name = tempfile.mkstemp(prefix=f"{PREFIX}{os.getpid()}-", suffix=".db")
        os.close(handle)
        self.path = Path(name)
        self._engine: Engine = make_engine(db.path, writer=False, pool_size=1, max_overflow=0)
        with self._attached(self._engine) as connection:
            for table in _TABLES:
                connection.exec_driver_sql(f"CREATE TABLE plan.{table}")

    def add_numbers(self, connection: Connection, column: str) -> None:
        """Make the tables of one number."""
        assert column in (*SKU_NUMBERS, *LISTING_NUMBERS)
        connection.exec_driver_sql(_NUMBERS.format(column=column))
        connection.exec_driver_sql(_STAGED.format(column=column))

    def staged(self, columns: Sequence[str]) -> list[Staged]:
        """The changes of these columns of variants."""
        return [Staged(column, f"plan.staged_{column}") for column in columns]

    @contextmanager
    def open(self, ctx: TaskContext | None = None) -> Iterator[Connection]:
        """A snapshot of the database in which only the plan is written; a long statement ends when *ctx* is stopped."""
        with self._attached(self._engine) as connection, interruptible(connection, ctx):
            yield connection

    @contextmanager
    def writing(self, ctx: TaskContext | None = None) -> Iterator[Connection]:
        """A transaction that writes the database, the plan beside it."""
        with self._attached(self.db.writer) as connection, interruptible(connection, ctx):
            yield connection

    @contextmanager
    def _attached(self, engine: Engine) -> Iterator[Connection]:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            is_writer = engine is self.db.writer
            if not is_writer:
                driver.execute("PRAGMA query_only=OFF")
            driver.execute("ATTACH ? AS plan", (str(self.path),))
            try:
                driver.execute("PRAGMA plan.journal_mode=MEMORY")
                driver.execute("PRAGMA plan.synchronous=OFF")
                with connection.begin():
                    yield connection
            finally:
                driver.execute("DETACH plan")

    def close(self) -> None:
        """Remove the file. Safe to call twice."""
        self._engine.dispose()
        self.path.unlink(missing_ok=True)
