"""Rows told by a byte each: what no index of the rows holds is looked up once and then tested in passing.

`id IN (SELECT ...)` makes SQLite build a tree of all ids and search it for each row: with a million that takes a
second. As one byte an id they take a megabyte, and a test some ten billionths of a second.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from app.services.expressions.conditions import Sql
from app.services.listings.loading import id_list
from app.services.paging import Filter
from app.services.sql_ids import read_numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    Whole = NDArray[np.int64]

FEW = 2_000
"""So few rows are named one by one: SQLite goes straight to them."""
MOST_BYTES = 32 << 20
"""Where ids are higher than that, a byte for each is too much."""


class Masks:
    """What is told of the rows of *table* in one snapshot of *connection*.

    Attributes:
        held: fields that need not be looked up, for each row is read with them at hand.
        few: whether what was last asked for is true of few rows.
    """

    def __init__(self, connection: Connection, table: str, held: Container[str]) -> None:
        self.connection, self.held = connection, held
        self.few = False
        self._table = table

    def among(self, condition: Filter, select: Sql, *, is_denied: bool = False) -> Sql:
        """That a row's id is among those that *select*, which is what *condition* asks for, gives in any order; or that
        it is not."""
        ids = self.ids(condition, select)
        self.few = len(ids) <= FEW and not is_denied
        sql, params = self.told(ids) or (f"({self._table}.id IN ({select[0]}))", select[1])
        return (f"NOT {sql}" if is_denied else sql), params

    def told(self, ids: Whole, key: str = "") -> Sql | None:
        """That a row's id, or what *key* has, is one of *ids*; None where a byte for each would be too much."""
        import numpy as np  # here: the window has tables before it needs NumPy

        key = key or f"{self._table}.id"
        if len(ids) <= FEW:
            return f"({key} IN ({id_list(ids.tolist())}))", []
        highest = int(ids.max())
        if highest > MOST_BYTES:
            return None
        found = np.zeros(highest, np.uint8)
        found[ids - 1] = 1
        return f"(substr(?, {key}, 1) = x'01')", [found.tobytes()]

    def ids(self, condition: Filter, select: Sql) -> Whole:
        """The ids of *select*, or the same ones found in a quicker way; some may come more than once."""
        del condition  # a noun may know more of it
        sql, params = select
        return read_numbers(self.connection, f"WITH found(id) AS ({sql}) SELECT id FROM found", tuple(params))
