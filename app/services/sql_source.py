"""The common half of every table's page source: conditions, order and ids in SQL, rows left to the noun."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from app.services.paging import HasId, Query
from app.services.sql_conditions import BadValue, Field, UnknownField
from app.services.sql_first_rows import FirstRows
from app.services.sql_ids import collected, interruptible
from app.services.sql_narrowed import in_order
from app.services.sql_questions import WALKED_HITS, Searched
from app.services.sql_table import OrderIndex, TableSpec, Where

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.services.tasks import TaskContext

__all__ = ["BadValue", "Field", "OrderIndex", "SqlSource", "TableSpec", "UnknownField", "Where"]

RowT = TypeVar("RowT", bound=HasId)


class SqlSource(FirstRows, Generic[RowT]):
    """Page source over one table. A noun gives `spec` and implements `load_rows`. Threads: any."""

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[RowT]:
        """The rows of *ids*, in any order."""
        raise NotImplementedError

    def count(self, query: Query, ctx: TaskContext | None = None) -> int:
        """How many rows match, exactly.

        Raises:
            TaskCancelled: stopped, also in the middle of a statement.
        """
        with self._connect() as connection, interruptible(connection, ctx):
            searched = self._searched(connection, query, WALKED_HITS)
            search, match, hits = searched
            is_worth_keeping = bool(search.words) and hits <= WALKED_HITS and self.masks(connection).are_for
            if match is not None and self._asks_words(query) and match.proves(search.words) and not is_worth_keeping:
                return match.count(connection, -1)
            if is_worth_keeping or self.is_looked_up(query):
                return self._told_number(connection, query, searched)
            matching, params = self.selected(connection, query, searched)
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM ({matching})", tuple(params)).scalar_one())

    def _told_number(self, connection: Connection, query: Query, searched: Searched) -> int:
        told = self.told(connection, query, searched)
        every = f"SELECT count(*) FROM {self.spec.table}"
        return told.number(int(connection.exec_driver_sql(every).scalar_one()) if told.is_rest else 0)

    def total(self, connection: Connection, name: str, query: Query) -> int | None:
        """The sum of the numbers of the field *name* over all rows that match; None where no index has all of that."""
        index = self._smallest_index(query, also=name)
        if index is None or query.text.strip():
            return None
        where = self._looked_up(connection, query, index)
        sql = f"SELECT coalesce(sum({self._field(name).expression}), 0) FROM {self.spec.table} INDEXED BY {index.name}"
        return int(connection.exec_driver_sql(sql + where.sql, where.params).scalar_one())

    def count_by(self, name: str, query: Query, ctx: TaskContext | None = None) -> dict[Any, int]:
        """How many rows of *query* there are of each value of the field *name*.

        Raises:
            TaskCancelled: stopped, also in the middle of a statement.
        """
        expression, store = self._field(name).expression, self.spec.store_column
        with self._connect() as connection, interruptible(connection, ctx):
            searched = self._searched(connection, query, WALKED_HITS)
            search, match, hits = searched
            is_told = hits <= WALKED_HITS if search.words else bool(query.filters)
            if is_told and self.spec.holding({"store", name}) and (masks := self.masks(connection)).are_for:
                told = partial(self.told, connection, query, searched)
                numbers = masks.numbers(name, told()) if search.words else masks.numbers_by(name, told)
                if numbers is not None:
                    return numbers
            if store and not query.filters and self._is_for_walking(search, match, hits):
                # by store first: an index of both has the rows in this order, nothing needs to be sorted
                table, groups = self.spec.table, f"{store}, {expression}"
                where = self._filters(query) + search.conditions(table, self.spec.search_column, match, walks=True)
            else:
                table, where = self._all(connection, query, search, match, hits, self.spec.orders.get(""))
                groups = f"+{expression}"
            sql = f"SELECT {expression}, count(*) FROM {table}{where.sql} GROUP BY {groups}"
            found = dict[Any, int]()
            for value, number in connection.exec_driver_sql(sql, where.params):
                found[value] = found.get(value, 0) + int(number)
            return found

    def ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """Ids of all matching rows in order.

        Raises:
            TaskCancelled: stopped, also in the middle of a statement.
        """
        with self._connect() as connection, interruptible(connection, ctx):
            searched = self._searched(connection, query, WALKED_HITS)
            if searched[0].words:
                known = self._in_known_order(connection, query, searched)
                return known if known is not None else self._ordered(connection, query, searched, ctx)
            found = self._ordered(connection, query, searched, ctx)
            if self.spec.search.trigram:  # else nothing is looked for among them
                self.masks(connection).keep_order(self.order(query), self._asked(query), found)
            return found

    def _in_known_order(self, connection: Connection, query: Query, searched: Searched) -> array[int] | None:
        """Ids of all matching rows, if it is known how rows stand of which they are, and looking up which takes less
        time than going through these."""
        search, match, hits = searched
        order = self.masks(connection).order(self.order(query), self._asked(query))
        is_quick = hits <= WALKED_HITS or (match is not None and match.proves(search.words))
        if order is None or not is_quick:
            return None
        return array("q", in_order(order, self.told(connection, query, searched)).tobytes())

    def _ordered(self, connection: Connection, query: Query, searched: Searched, ctx: TaskContext | None) -> array[int]:
        order, index = self.order(query), self._smallest_index(query, is_sorted=True)
        table, where = self._all(connection, query, *searched, index)
        if (self._index(query) or index) is not None and table == self.spec.table:
            order = f"+{order}"  # one pass and a sort: fetching rows in the order of an index costs more
        sql, params = self._sorted_sql(connection, table, where, query, order)
        return collected(connection, sql, params, ctx)

    def rows(self, ids: Sequence[int]) -> dict[int, RowT]:
        """The rows with these ids."""
        with self._connect() as connection:
            return {row.id: row for row in self.load_rows(connection, ids)}

    def first_page(self, query: Query, limit: int) -> list[RowT]:
        """The first *limit* rows in order."""
        with self._connect() as connection:
            ids = self._first_ids(connection, query, limit)
            rows = {row.id: row for row in self.load_rows(connection, ids)}
        return [rows[number] for number in ids if number in rows]
