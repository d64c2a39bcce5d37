"""Reading rows and very many ids without keeping the other threads of the interpreter waiting.

SQLite puts them into one text while it needs no interpreter at all; the text is taken apart in small pieces. Fetching
a million rows one by one would make the window stutter for half a second, and even a page of 128: the interpreter is
let go and asked back for every row, and each time a window that is painting keeps it for some milliseconds.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from app.services.tasks import TaskContext

    Whole = NDArray[np.int64]

PIECE = 1 << 17
"""Characters taken apart at a time: about fifteen thousand ids, a millisecond."""
_STOPPED_BY = "stopped by"
LOOK_EVERY = 20_000
"""Steps of SQLite's machine between two looks at whether the answer is still wanted: about a millisecond."""


def listed(connection: Connection, sql: str, params: Sequence[Any] = ()) -> list[Any]:
    """The values of the one column of *sql*, numbers or texts, in its order."""
    whole = f"WITH found(value) AS ({sql}) SELECT json_group_array(value) FROM found"
    return loaded(connection, whole, params)


def loaded(connection: Connection, sql: str, params: Sequence[Any] = ()) -> list[Any]:
    """The JSON array that *sql* makes of everything it finds."""
    found: list[Any] = orjson.loads(connection.exec_driver_sql(sql, tuple(params)).scalar_one())
    return found


def collected(connection: Connection, sql: str, params: Sequence[Any], ctx: TaskContext | None = None) -> array[int]:
    """The ids that *sql* gives, in its order.

    Raises:
        TaskCancelled: stopped between two pieces.
    """
    text = connection.exec_driver_sql(f"SELECT group_concat(id) FROM ({sql})", tuple(params)).scalar()
    found: array[int] = array("q")
    start = 0
    while text and start < len(text):
        if ctx is not None:
            ctx.checkpoint()
        end = text.find(",", start + PIECE)
        end = len(text) if end < 0 else end
        found.extend(map(int, text[start:end].split(",")))
        start = end + 1
    return found


def read_numbers(connection: Connection, sql: str, params: tuple[Any, ...] = ()) -> Whole:
    """The whole numbers of the column `id` of *sql*, one or several in a row of it, in its order: as one text, so that
    the interpreter is not asked for each row, taken apart in pieces, so that other threads are let in between.

    Raises:
        TaskCancelled: the connection is `interruptible`, and was stopped between two pieces.
    """
    text = connection.exec_driver_sql(f"SELECT group_concat(id) FROM ({sql})", params).scalar() or ""
    return numbers_in(text, stopped_by(connection))


def numbers_in(text: str | int, ctx: TaskContext | None = None) -> Whole:
    """The whole numbers that SQL put into one text with commas between them. Raises: TaskCancelled."""
    import numpy as np

    found, text, start = [np.empty(0, np.int64)], str(text), 0
    while start < len(text):
        if ctx is not None:
            ctx.checkpoint()
        end = text.find(",", start + PIECE)
        end = len(text) if end < 0 else end
        found.append(np.fromstring(text[start:end], np.int64, sep=","))
        start = end + 1
    return np.concatenate(found)


@contextmanager
def interruptible(connection: Connection, ctx: TaskContext | None) -> Iterator[None]:
    """Within the block, a statement of *connection* ends soon after *ctx* was told to stop.

    Raises:
        TaskCancelled: it was.
    """
    if ctx is None:
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: int(ctx.stop.is_set()), LOOK_EVERY)
    connection.info[_STOPPED_BY] = ctx
    try:
        yield
    except _stopped():
        ctx.checkpoint()
        raise
    finally:
        driver.set_progress_handler(None, 0)
        connection.info.pop(_STOPPED_BY, None)


def stopped_by(connection: Connection) -> TaskContext | None:
    """What stops the statements of an `interruptible` *connection*."""
    found: TaskContext | None = connection.info.get(_STOPPED_BY)
    return found


def _stopped() -> tuple[type[Exception], ...]:
    """What a statement that is stopped ends with: the driver's error, or SQLAlchemy's around it."""
    from sqlalchemy.exc import OperationalError

    return sqlite3.OperationalError, OperationalError
