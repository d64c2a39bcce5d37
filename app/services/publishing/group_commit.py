"""Many small writes in few transactions: what comes while one commit waits for the disk goes into the next.

With `synchronous=FULL` every commit costs a write-through to the disk. A hundred listings a second make two
hundred journal entries; together they need a fraction of that many commits, and each entry is still durable when
its future is done.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.services.db import Database

log = logging.getLogger(__name__)
T = TypeVar("T")
Work = Callable[[Connection], Any]

INTERVAL_S = 0.05
"""Between two commits while many come: a hundred listings a second then share twenty commits. Whoever comes
after a pause does not wait."""


@dataclass(slots=True)
class _Entry:
    work: Work
    done: asyncio.Future[Any]


class GroupCommit:
    """Runs `work(connection)` of many callers, in order, in shared transactions on a worker thread.

    A work that raises fails alone: the transaction is rolled back and every work of it is run again by itself.
    Work may therefore run more than once, but takes effect once. Make and call it on one event loop.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[_Entry] = []
        self._drain: asyncio.Task[None] | None = None
        self._next_s = 0.0

    def submit(self, work: Callable[[Connection], T]) -> asyncio.Future[T]:
        """The future holds what *work* returned, once that is on disk, or what it raised.

        Cancelling the future does not take the work back.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append(_Entry(work, done))
        if self._drain is None:
            self._drain = loop.create_task(self._run())
        return done

    async def flush(self) -> None:
        """Wait until everything submitted so far is on disk or has failed. A cancelled wait cuts nothing off."""
        while self._drain is not None:
            await asyncio.shield(self._drain)

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._pause()
                batch, self._waiting = self._waiting, []
                outcomes = await asyncio.to_thread(self._write, [entry.work for entry in batch])
                for entry, (value, error) in zip(batch, outcomes, strict=True):
                    if entry.done.done():
                        continue  # whoever asked was cancelled
                    if error is None:
                        entry.done.set_result(value)
                    else:
                        entry.done.set_exception(error)
                        entry.done.exception()  # looked at: a caller that went away leaves no warning behind
        finally:
            self._drain = None

    async def _pause(self) -> None:
        now = time.monotonic()
        if self._next_s > now:
            await asyncio.sleep(self._next_s - now)
        self._next_s = max(now, self._next_s) + INTERVAL_S

    def _write(self, works: list[Work]) -> list[tuple[Any, Exception | None]]:
        try:
            return [(value, None) for value in self._commit(works)]
        except Exception as error:  # noqa: BLE001 - handed to the caller whose work it was
            if len(works) == 1:
                return [(None, error)]
        return [outcome for work in works for outcome in self._write([work])]

    def _commit(self, works: list[Work]) -> list[Any]:
        while True:
            try:
                with self._db.bulk() as connection:
                    return [work(connection) for work in works]
            except (OperationalError, PoolTimeout, sqlite3.OperationalError) as error:
                if not is_busy(error):
                    raise
                log.warning("another writer holds the database; the publish journal waits")


def is_busy(error: Exception) -> bool:
    """Whether *error* only says that somebody else writes just now: waiting helps."""
    if isinstance(error, PoolTimeout):
        return True
    cause = getattr(error, "orig", error)
    code = getattr(cause, "sqlite_errorcode", 0)  # none where the module itself raises, not SQLite
    return isinstance(cause, sqlite3.OperationalError) and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
