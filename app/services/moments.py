"""States of the database told apart, and answers kept for as long as the state they are of stands still."""

from __future__ import annotations

import sqlite3
from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from app.services.sql_ids import interruptible, stopped_by

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    Bytes = NDArray[np.uint8]
    Whole = NDArray[np.int64]

MOST_BYTES = 12 << 20
"""Room for answers: about a hundred of a million listings, or a dozen of them and a dozen of five million variants."""
MOST_ORDER_BYTES = 12 << 20
"""Room for orders: one of a million and a half rows, or several of few."""
MOST_READING_BYTES = 64 << 20
"""Room for what a whole catalogue was read for: taken only where stores write codes in a way of their own."""
HELPERS = 3
"""So many threads beside the one that asks, whoever of them began the others: with fewer, one that waits for what ends
last would leave a core idle."""
_INFO = "answers"

Moment = tuple[int, int]
T = TypeVar("T")


class Moments:
    """Numbers the states of a database file; threads: any.

    `PRAGMA data_version` of a connection is another after each commit of any other, in this process or elsewhere. So
    one connection that never writes, and that everybody asks, tells whether two snapshots are of the same state. A file
    that takes the place of this one is in another.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._opened = count()
        self._asked: tuple[int, sqlite3.Connection] | None = None
        self._file: tuple[int, int] | None = None

    def now(self) -> Moment:
        """The state as it is now; a later one is greater."""
        with self._lock:
            file = _file_at(self._path)
            if self._asked is None or file != self._file:
                self._close()
                self._file = file
                driver = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
                self._asked = next(self._opened), driver
            number, driver = self._asked
            return number, int(driver.execute("PRAGMA data_version").fetchone()[0])

    def of(self, connection: Connection) -> Moment | None:
        """The state that the transaction of *connection*, in which nothing was read yet, is of; it begins to read. None
        where somebody committed in that very moment."""
        before = self.now()
        connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
        return before if self.now() == before else None

    def close(self) -> None:
        """Close the connection; the next to ask opens one."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._asked is not None:
            self._asked[1].close()
            self._asked = None


def _file_at(path: Path) -> tuple[int, int] | None:
    """What tells the file at *path* from one that is put in its place; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class Sized(Protocol):
    """What can be kept: it says how much room it takes."""

    @property
    def nbytes(self) -> int:
        """Its bytes."""


A = TypeVar("A", bound=Sized)


class Answers(Generic[A]):
    """Answers by what was asked, all of the latest state that was asked about; the ones used last stay.

    Args:
        most_bytes: room for all.
        most_each: room for one.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, most_each: int | None = None) -> None:
        self._lock = Lock()
        self._most, self._size = most_bytes, 0
        self._most_each = most_bytes // 2 if most_each is None else most_each
        self._moment: Moment = (-1, -1)
        self._kept: OrderedDict[Hashable, A] = OrderedDict()

    def get(self, moment: Moment, asked: Hashable) -> A | None:
        """What was put, None where nothing was, or not in this state."""
        with self._lock:
            if moment != self._moment or asked not in self._kept:
                return None
            self._kept.move_to_end(asked)
            return self._kept[asked]

    def asked(self, moment: Moment) -> list[Hashable]:
        """What there are answers to in this state."""
        with self._lock:
            return list(self._kept) if moment == self._moment else []

    def put(self, moment: Moment, asked: Hashable, answer: A) -> None:
        """Keep an answer; those of an older state are let go, one of an older state is not kept."""
        with self._lock:
            if moment > self._moment:
                self._forget()
                self._moment = moment
            if moment < self._moment or asked in self._kept or answer.nbytes > self._most_each:
                return
            self._kept[asked] = answer
            self._size += answer.nbytes
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1].nbytes

    def clear(self) -> None:
        """Let all go."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self._kept.clear()
        self._size = 0


class Kept:
    """What is kept of one database: arrays of bytes, ids of whole tables in an order, what all of it was read for."""

    def __init__(self) -> None:
        self.answers: Answers[Bytes] = Answers()
        self.orders: Answers[memoryview] = Answers(MOST_ORDER_BYTES, MOST_ORDER_BYTES)
        self.readings: Answers[Sized] = Answers(MOST_READING_BYTES, MOST_READING_BYTES)

    def clear(self) -> None:
        """Let all go."""
        for one in (self.answers, self.orders, self.readings):
            one.clear()


class AnswersOfMoment:
    """What is kept of the state a connection reads.

    Args:
        opened: another connection, of the state it finds.
    """

    def __init__(
        self,
        kept: Kept,
        moment: Moment,
        opened: Callable[[], AbstractContextManager[Connection]],
        connection: Connection,
    ) -> None:
        self._kept, self._moment = kept, moment
        self._opened, self._connection = opened, connection
        self._helpers = BoundedSemaphore(HELPERS)

    def get(self, asked: Hashable) -> Bytes | None:
        """As `Answers.get`."""
        return self._kept.answers.get(self._moment, asked)

    def put(self, asked: Hashable, answer: Bytes) -> None:
        """As `Answers.put`."""
        self._kept.answers.put(self._moment, asked, answer)

    def asked(self) -> list[Hashable]:
        """As `Answers.asked`."""
        return self._kept.answers.asked(self._moment)

    def order(self, asked: Hashable) -> Whole | None:
        """The ids that were put under *asked*."""
        import numpy as np

        ids = self._kept.orders.get(self._moment, asked)
        return None if ids is None else np.frombuffer(ids, np.int64)

    def put_order(self, asked: Hashable, ids: array[int]) -> None:
        """Keep the ids of all rows in an order; they are not copied, and can get neither more nor fewer from now on."""
        self._kept.orders.put(self._moment, asked, memoryview(ids))

    def reading(self, asked: Hashable) -> Sized | None:
        """What `put_reading` was given."""
        return self._kept.readings.get(self._moment, asked)

    def put_reading(self, asked: Hashable, found: Sized) -> None:
        """Keep what the whole of the database was read for."""
        self._kept.readings.put(self._moment, asked, found)

    @contextmanager
    def beside(self, work: Callable[[Connection], T]) -> Iterator[Callable[[], T | None]]:
        """Do *work* in a thread of its own, on another connection that reads the same state, while the block does the
        rest.

        Yields: what waits for it: its result, None where there is no such connection, or enough threads are at it.
        Raises: what it raised.
        """
        if not self._helpers.acquire(blocking=False):
            yield lambda: None
            return
        found: list[T] = []
        failed: list[BaseException] = []

        def run() -> None:
            try:
                found.extend(self._done(work))
            except BaseException as error:  # noqa: BLE001  # raised where it is waited for
                failed.append(error)

        thread = Thread(target=run, name="beside")

        def wait() -> T | None:
            thread.join()
            if failed:
                raise failed[0]
            return found[0] if found else None

        try:
            thread.start()
            yield wait
        finally:
            if thread.ident is not None:  # else there is no room for a thread
                thread.join()
            self._helpers.release()

    def _done(self, work: Callable[[Connection], T]) -> list[T]:
        with self._opened() as connection, interruptible(connection, stopped_by(self._connection)):
            other = answers_of(connection)
            if other is None or other._moment != self._moment:
                return []
            other._helpers = self._helpers
            return [work(connection)]


@contextmanager
def with_answers(
    connection: Connection, moments: Moments, kept: Kept, opened: Callable[[], AbstractContextManager[Connection]]
) -> Iterator[None]:
    """Within the block, which reads in one transaction, `answers_of` *connection* has what is kept of its state.

    Args:
        opened: gives another such connection.
    """
    moment = moments.of(connection)
    if moment is not None:
        connection.info[_INFO] = AnswersOfMoment(kept, moment, opened, connection)
    try:
        yield
    finally:
        connection.info.pop(_INFO, None)


def answers_of(connection: Connection) -> AnswersOfMoment | None:
    """What is kept of the state that *connection* reads; None where that is not known."""
    found: Any = connection.info.get(_INFO)
    return found if isinstance(found, AnswersOfMoment) else None


def halved(connection: Connection, one: Callable[[Connection], T], other: Callable[[Connection], T]) -> tuple[T, T]:
    """What both find in the state that *connection* reads; the *other* by a second thread, if there may be one."""
    answers = answers_of(connection)
    if answers is None:
        return one(connection), other(connection)
    with answers.beside(other) as found:
        first, second = one(connection), found()
    return first, second if second is not None else other(connection)
