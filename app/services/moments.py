"""States of the database told apart, and answers kept for as long as the state they are of stands still."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    Bytes = NDArray[np.uint8]

MOST_BYTES = 12 << 20
"""Room for answers: about a hundred of a million listings, or a dozen of them and a dozen of five million variants."""
_INFO = "answers"

Moment = tuple[int, int]


class Moments:
    """Numbers the states of a database file; threads: any.

    `PRAGMA data_version` of a connection is another after each commit of any other, in this process or elsewhere. So
    one connection that never writes, and that everybody asks, tells whether two snapshots are of the same state.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._opened = count()
        self._asked: tuple[int, sqlite3.Connection] | None = None

    def now(self) -> Moment:
        """The state as it is now; a later one is greater."""
        with self._lock:
            if self._asked is None:
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
            if self._asked is not None:
                self._asked[1].close()
                self._asked = None


class Answers:
    """Arrays of bytes by what was asked, all of the latest state that was asked about; the ones used last stay."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._lock = Lock()
        self._most, self._size = most_bytes, 0
        self._moment: Moment = (-1, -1)
        self._kept: OrderedDict[Hashable, Bytes] = OrderedDict()

    def get(self, moment: Moment, asked: Hashable) -> Bytes | None:
        """What was put, None where nothing was, or not in this state."""
        with self._lock:
            if moment != self._moment or asked not in self._kept:
                return None
            self._kept.move_to_end(asked)
            return self._kept[asked]

    def put(self, moment: Moment, asked: Hashable, answer: Bytes) -> None:
        """Keep an answer; those of an older state are let go, one of an older state is not kept."""
        with self._lock:
            if moment > self._moment:
                self._forget()
                self._moment = moment
            if moment < self._moment or asked in self._kept or answer.nbytes > self._most // 2:
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


class AnswersOfMoment:
    """What is kept of the state a connection reads."""

    def __init__(self, answers: Answers, moment: Moment) -> None:
        self._answers, self._moment = answers, moment

    def get(self, asked: Hashable) -> Bytes | None:
        """As `Answers.get`."""
        return self._answers.get(self._moment, asked)

    def put(self, asked: Hashable, answer: Bytes) -> None:
        """As `Answers.put`."""
        self._answers.put(self._moment, asked, answer)


@contextmanager
def with_answers(connection: Connection, moments: Moments, answers: Answers) -> Iterator[None]:
    """Within the block, which reads in one transaction, `answers_of` *connection* has what is kept of its state."""
    moment = moments.of(connection)
    if moment is not None:
        connection.info[_INFO] = AnswersOfMoment(answers, moment)
    try:
        yield
    finally:
        connection.info.pop(_INFO, None)


def answers_of(connection: Connection) -> AnswersOfMoment | None:
    """What is kept of the state that *connection* reads; None where that is not known."""
    found: Any = connection.info.get(_INFO)
    return found if isinstance(found, AnswersOfMoment) else None
