"""Which rows of a table are as SQL says, read once and kept: in one pass, by two threads, or by all others where these
are fewer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from app.services.expressions.conditions import Sql
from app.services.moments import answers_of, halved
from app.services.paging import Filter
from app.services.sql_classes import sample_ids
from app.services.sql_ids import read_numbers
from app.services.sql_told import Told

if TYPE_CHECKING:
    from typing import Self

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from app.services.sql_table import TableSpec

    Whole = NDArray[np.int64]
    Bools = NDArray[np.bool_]

MOST_BYTES = 32 << 20
"""Where ids are higher than that, a byte for each is too much."""
SIDES = ("<=", ">")
"""Halves of the rows: those to a middle, and those beyond it."""
_SAMPLE = "WHERE {} IN (SELECT value FROM json_each(?))"
ANY = Filter("", "=")
"""For a SELECT that no one condition asks for."""


class MaskReader:
    """Reads rows of a table in one snapshot of *connection*.

    Attributes:
        highest: the highest of their ids.
    """

    def __init__(self, connection: Connection, spec: TableSpec) -> None:
        self.connection = connection
        self._spec, self._table = spec, spec.table
        self._answers = answers_of(connection)
        sql = f"SELECT coalesce(max(id), 0) FROM {self._table}"
        self.highest = int(connection.exec_driver_sql(sql).scalar_one())

    @property
    def are_for(self) -> bool:
        """Whether a byte for each row is not too much."""
        return self.highest <= MOST_BYTES

    def among(self, ids: Whole) -> Told:
        """The rows with these ids."""
        import numpy as np

        rows: Bools = np.zeros(self.highest + 1, np.bool_)
        rows[ids[ids <= self.highest]] = True
        return Told(rows)

    def read(self, condition: Filter, select: Sql) -> Told:
        """The rows whose ids *select*, which is what *condition* asks for, gives in any order."""
        del condition  # a noun may know more of it
        sql, params = select
        ids = read_numbers(self.connection, f"WITH found(id) AS ({sql}) SELECT id FROM found", tuple(params))
        return self.among(ids)

    def in_halves(self, one: Sql, other: Sql) -> Told:
        """The rows whose ids one of two SELECTs gives, the other by a second thread."""
        first, second = halved(
            self.connection,
            lambda connection: read_numbers(connection, one[0], tuple(one[1])),
            lambda connection: read_numbers(connection, other[0], tuple(other[1])),
        )
        return self.among(first).either(self.among(second))

    def both(self, one: Callable[[Self], Told], other: Callable[[Self], Told]) -> Told:
        """The rows that both *one* and *other* tell, the other by a second thread."""
        return reduce(Told.both, self.side_by_side([one, other]))

    def side_by_side(self, jobs: Sequence[Callable[[Self], Told]]) -> list[Told]:
        """What *jobs* find, in any order: half of them by a second thread."""
        if len(jobs) < 2 or self._answers is None:
            return [job(self) for job in jobs]
        with self._answers.beside(lambda connection: self._of(connection, jobs[1::2])) as others:
            found = [job(self) for job in jobs[::2]]
            done = others()
        return [*found, *(done if done is not None else [job(self) for job in jobs[1::2]])]

    def _of(self, connection: Connection, jobs: Sequence[Callable[[Self], Told]]) -> list[Told]:
        masks = type(self)(connection, self._spec)
        return [job(masks) for job in jobs]

    def fewer(self, table: str, along: str, key: str, wanted: Sql) -> Told:
        """The rows that *wanted*, a condition on rows of *table*, is so of, by these or by all others: which are fewer,
        some rows here and there tell. These are read each time, also where the answer is kept: it is kept by what was
        asked.

        Args:
            table: has one row for each row of the table these masks are of.
            along: the same, and the index it is read along.
            key: its column with their ids.
        """
        where, params = wanted
        sql = f"SELECT count(*), count(CASE WHEN {where} THEN 1 END) FROM {table} {_SAMPLE.format(key)}"
        looked_at, found = self.connection.exec_driver_sql(sql, (*params, sample_ids(self.highest))).one()
        is_most = 2 * found > looked_at
        asked = f"NOT coalesce(({where}), 0)" if is_most else where
        told = self._kept(ANY, (f"SELECT {key} AS id FROM {along} WHERE {asked}", params))
        return told.opposite if is_most else told

    def _kept(self, condition: Filter, select: Sql) -> Told:
        """As `read`, of what is kept if it is there."""
        return self.kept((self._table, select[0], tuple(select[1])), lambda: self.read(condition, select))

    def kept(self, asked: Hashable, found: Callable[[], Told]) -> Told:
        """What is kept under *asked*, else what is *found*, rows and not the rest: it is kept."""
        import numpy as np

        bits = self._answers.get(asked) if self._answers is not None else None
        if bits is not None:
            return Told(np.unpackbits(bits, count=self.highest + 1).view(np.bool_))
        told = found()
        if self._answers is not None:
            self._answers.put(asked, np.packbits(told.rows))
        return told
