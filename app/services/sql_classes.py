"""Rows told apart by the value of a field, a byte each: what counts by value are counted with.

Nearly half of all rows, or more, have the value that is most common: it has the byte 0, and these rows are not read at
all. How many there are of it is what the others leave.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from app.services.sql_ids import numbers_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from app.services.sql_table import TableSpec
    from app.services.sql_told import Told

    Bytes = NDArray[np.uint8]

MOST_VALUES = 255
"""A field of so many values tells nothing by a byte."""
NO_LIMIT = -1
"""As SQLite has it."""
LOOKED_AT = 200
"""Rows here and there by which the most common value is guessed: a wrong guess takes longer and changes nothing."""
_SOME = "SELECT (SELECT {value} FROM {table} WHERE id >= place.value ORDER BY id LIMIT 1) FROM json_each(?) AS place"
_EACH = (
    "WITH RECURSIVE one(value) AS (SELECT min({value}) FROM {along} WHERE {among} UNION ALL "
    "SELECT (SELECT min({value}) FROM {along} WHERE {among} AND {value} > one.value) FROM one "
    "WHERE one.value IS NOT NULL LIMIT {limit}) SELECT value FROM one WHERE value IS NOT NULL"
)
"""Each value there is, found by going from one to the next in an index."""


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """`of` has the number of each row's value in `values` by the row's id; 0 is the most common one, and no row."""

    values: list[Any]
    of: Bytes

    def numbers(self, told: Told, total: int) -> dict[Any, int] | None:
        """How many of *told*, rows of a table of *total*, there are of each value; None where there are very many
        values."""
        import numpy as np

        if len(self.values) > MOST_VALUES:
            return None
        found = np.bincount(self.of[told.rows], minlength=len(self.values))
        if told.is_rest:
            all_others = np.bincount(self.of, minlength=len(self.values))
            all_others[0] = total - all_others[1:].sum()
            found = all_others - found
        return {value: int(number) for value, number in zip(self.values, found, strict=True) if number}


def read_classes(connection: Connection, spec: TableSpec, name: str, highest: int) -> Classes:
    """The classes of the field *name* of a table whose ids go to *highest*, along an index that has its rows by store
    and value."""
    import numpy as np

    value, along, store = spec.field(name).expression, spec.read_from({"store", name}), spec.store_column
    of: Bytes = np.zeros(highest + 1, np.uint8)
    known = {_most_common(connection, spec.table, value, highest): 0}
    for of_store in _each(connection, along, store, "true", NO_LIMIT):
        among = f"{store} = {int(of_store)}"
        for one in (*_each(connection, along, value, among, MOST_VALUES + 2), None):
            if known.setdefault(one, len(known)) and len(known) <= MOST_VALUES:
                sql = f"SELECT group_concat(id) FROM {along} WHERE {among} AND {value} IS ?"
                found = connection.exec_driver_sql(sql, (one,)).scalar()
                of[numbers_in(found or "")] = known[one]
    return Classes(list(known), of)


def _each(connection: Connection, along: str, value: str, among: str, most: int) -> list[Any]:
    sql = _EACH.format(along=along, value=value, among=among, limit=most)
    return [one for (one,) in connection.exec_driver_sql(sql).all()]


def _most_common(connection: Connection, table: str, value: str, highest: int) -> Any:
    """The value of most of some rows; "" where none of them has one."""
    counted = Counter(one for one in some_values(connection, table, value, highest) if one is not None)
    return counted.most_common(1)[0][0] if counted else ""


def some_values(connection: Connection, table: str, value: str, highest: int) -> list[Any]:
    """What the expression *value* is in some rows of a table whose ids go to *highest*."""
    sql = _SOME.format(value=value, table=table)
    return [one for (one,) in connection.exec_driver_sql(sql, (sample_ids(highest),)).all()]


def sample_ids(highest: int) -> str:
    """Ids here and there up to *highest*, as a JSON array; some may be of no row."""
    return orjson.dumps(list(range(0, highest + 1, highest // LOOKED_AT + 1))).decode()
