"""The common half of every table's page source: conditions, order and ids in SQL, rows left to the noun."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from app.services.listings.loading import id_list
from app.services.paging import Filter, HasId, Query
from app.services.sql_conditions import (
    BadValue,
    Field,
    UnknownField,
    condition_sql,
    fields_read,
)
from app.services.sql_ids import collected, interruptible, listed, read_numbers
from app.services.sql_masks import Masks
from app.services.sql_search import Match, Search, narrowest, thinnest
from app.services.sql_table import OrderIndex, TableSpec, Where
from app.services.sql_told import Told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from app.services.db import Database
    from app.services.expressions.conditions import Sql
    from app.services.tasks import TaskContext

    Whole = NDArray[np.int64]

__all__ = ["BadValue", "Field", "OrderIndex", "SqlSource", "TableSpec", "UnknownField", "Where"]

RowT = TypeVar("RowT", bound=HasId)
FEW_HITS, FEW_OF_SEVERAL = 2_000, 15_000
"""So many hits are sorted at once; of several words, most hits of the rarest one may turn out to be none."""
MANY_HITS = 30_000
"""With more hits than that the highest ids hold enough of them: they are looked at first."""
FIRST_LOOK, WINDOW_ROWS = 1_000, 3_000
"""How many first rows: the first of them show whether it is worth going on."""
LOOKED_UP_HITS, LOOKED_UP_ROWS = 20_000, 50_000
"""Up to so many hits are listed to look up so many first rows among them: a tenth of what reading their words takes."""
WALKED_HITS = 150_000
"""With more hits than that it is quicker to go through an index of all rows than to fetch the rows of the hits."""


class SqlSource(Generic[RowT]):
    """Page source over one table. A noun gives `spec` and implements `load_rows`. Threads: any."""

    spec: TableSpec

    def __init__(self, db: Database) -> None:
        self._db = db

    def _connect(self) -> AbstractContextManager[Connection]:
        """A snapshot to read from."""
        return self._db.answering()

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[RowT]:
        """The rows of *ids*, in any order."""
        raise NotImplementedError

    def count(self, query: Query, ctx: TaskContext | None = None) -> int:
        """How many rows match, exactly.

        Raises:
            TaskCancelled: stopped, also in the middle of a statement.
        """
        with self._connect() as connection, interruptible(connection, ctx):
            if query == Query(text=query.text):
                search, match, _ = self._searched(connection, query, WALKED_HITS)
                if match is not None and match.proves(search.words):
                    return match.count(connection, -1)
            if self.is_looked_up(query):
                return self._told_number(connection, query)
            matching, params = self.selected(connection, query)
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM ({matching})", tuple(params)).scalar_one())

    def _told_number(self, connection: Connection, query: Query) -> int:
        told = self.told(connection, query)
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
            search, match, hits = self._searched(connection, query, WALKED_HITS)
            if query.filters and not search.words and self.spec.holding({"store", name}):
                masks = self.masks(connection)
                told = masks.numbers_by(name, lambda: self.told(connection, query)) if masks.are_for else None
                if told is not None:
                    return told
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
            order = self.order(query)
            index = self._smallest_index(query, is_sorted=True)
            search, match, hits = self._searched(connection, query, WALKED_HITS)
            table, where = self._all(connection, query, search, match, hits, index)
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

    # -- first rows --------------------------------------------------------------------------------------------

    def _first_ids(self, connection: Connection, query: Query, limit: int) -> Sequence[int]:
        """The first ids in order, by the way that is quickest for this question."""
        index, search = self._index(query), Search.of(query.text, self.spec.search)
        if index is None or not (search.words or query.filters or query.store_ids):
            return self._plain(connection, query, limit, index)
        if not search.words:
            return self._plain(connection, query, limit, index)
        match, reach = thinnest(connection, search.quick_matches(), FEW_HITS)
        if match is not None and reach.hits <= FEW_HITS:
            return self._sorted(connection, self._matching(connection, query, search, match), query, limit)
        met: Sequence[int] = ()
        rows = reach.rows_for(limit)
        if match is not None and rows > FIRST_LOOK and self._is_for_looking_up(connection, search, match):
            met = self._looked_at(connection, query, search, limit, index, (LOOKED_UP_ROWS, 0), match)
        elif match is None or rows <= WINDOW_ROWS:
            met = self._window(connection, query, search, limit, index)
        if len(met) == limit:
            return met
        return self._searched_first(connection, query, search, match, limit, index, is_met=bool(met))

    @staticmethod
    def _is_for_looking_up(connection: Connection, search: Search, match: Match) -> bool:
        """Whether listing the hits takes less time than reading the words of the first rows."""
        return search.is_quick and match.count(connection, LOOKED_UP_HITS + 1) <= LOOKED_UP_HITS

    def _searched_first(
        self,
        connection: Connection,
        query: Query,
        search: Search,
        match: Match | None,
        limit: int,
        index: OrderIndex,
        *,
        is_met: bool,
    ) -> Sequence[int]:
        """What lies too thin to be met among the first rows: few hits are sorted, many are met soon along the index.

        Where the hits may not have all words, most of them may turn out to be none: then they are sorted all the same,
        unless that would take too long or something was met (*is_met*).
        """
        match, is_sure = search.narrowed(connection, match)
        few = FEW_HITS if is_sure or is_met else FEW_OF_SEVERAL
        if match is None or match.count(connection, few + 1) <= few:
            return self._sorted(connection, self._matching(connection, query, search, match), query, limit)
        if query.filters:
            told = self.told(connection, query)
            where = Where(is_few=told.few() is not None)
            where += [told.sql(f"{self.spec.table}.id")]
            if where.is_few:
                return self._sorted(connection, where, query, limit)
        else:
            where = self._matching(connection, query, search, match, walks=True)
        return self._walk(connection, where, query, limit, index)

    def _matching(
        self, connection: Connection, query: Query, search: Search, match: Match | None, *, walks: bool = False
    ) -> Where:
        """The conditions for `_sorted`, or for going along an index (*walks*)."""
        index = None if search.words else self._smallest_index(query, is_sorted=True)
        where = self._looked_up(connection, query, index)
        return where + search.conditions(self.spec.table, self.spec.search_column, match, walks=walks)

    def _plain(self, connection: Connection, query: Query, limit: int, index: OrderIndex | None) -> Sequence[int]:
        """Along an index that holds all that is asked for; without one, all rows are looked at and sorted. What must be
        looked up elsewhere is first looked up of some rows alone."""
        if index is None:
            search, match, _ = self._searched(connection, query, MANY_HITS)
            return self._sorted(connection, self._matching(connection, query, search, match), query, limit)
        if not {name for one in query.filters for name in fields_read(one)} <= index.holds:
            met = self._window(connection, query, Search.of("", self.spec.search), limit, index)
            if len(met) == limit:
                return met
        where = self._looked_up(connection, query, index)
        if where.is_few:
            return self._sorted(connection, where, query, limit)
        return self._walk(connection, where, query, limit, index)

    def _sorted(self, connection: Connection, where: Where, query: Query, limit: int) -> Sequence[int]:
        """All matching rows, sorted; the plus keeps SQLite from fetching them in the order of an index instead. Which
        index to read instead of the table is said where one holds all: SQLite has been seen to take another."""
        plus = "+" if self._index(query) is not None else ""
        is_gone_to = where.is_few or query.text.strip()
        holding = None if is_gone_to else self._smallest_index(query, is_sorted=True)
        table = self.spec.table if holding is None else f"{self.spec.table} INDEXED BY {holding.name}"
        sql, params = self._sorted_sql(connection, table, where, query, plus + self.order(query))
        return listed(connection, f"{sql} LIMIT ?", (*params, limit))

    def _sorted_sql(self, connection: Connection, table: str, where: Where, query: Query, order: str) -> Sql:
        """The ids of all matching rows, sorted by *order*, which is what *query* asks for."""
        return f"SELECT id FROM {table}{where.sql} ORDER BY {order}", list(where.params)

    def _window(
        self, connection: Connection, query: Query, search: Search, limit: int, index: OrderIndex
    ) -> Sequence[int]:
        """What matches among the first rows; looks no further than at the first of them where these are too few."""
        found = self._looked_at(connection, query, search, limit, index, (FIRST_LOOK, 0))
        left = WINDOW_ROWS - FIRST_LOOK
        if len(found) < limit and limit * FIRST_LOOK <= len(found) * WINDOW_ROWS:
            found += self._looked_at(connection, query, search, limit - len(found), index, (left, FIRST_LOOK))
        return found

    def _looked_at(
        self,
        connection: Connection,
        query: Query,
        search: Search,
        limit: int,
        index: OrderIndex,
        rows: tuple[int, int],
        match: Match | None = None,
    ) -> list[int]:
        """What matches among so many rows of the order after so many others; with *match*, only rows among its hits
        are read."""
        table = self.spec.table
        where = self._filters(query, row_by_row=True) + search.conditions(table, self.spec.search_column, None)
        ordered = f"{table} INDEXED BY {index.name} ORDER BY {self.order(query)}"
        walked = f"SELECT id AS walked FROM {ordered} LIMIT ? OFFSET ?"
        params: tuple[Any, ...] = rows
        if match is not None:
            walked, params = f"SELECT walked FROM ({walked}) WHERE walked IN {match.rows}", (*rows, match.expression)
        sql = f"SELECT {table}.id FROM ({walked}) CROSS JOIN {table} ON {table}.id = walked{where.sql} LIMIT ?"
        return listed(connection, sql, (*params, *where.params, limit))

    def _walk(self, connection: Connection, where: Where, query: Query, limit: int, index: OrderIndex) -> Sequence[int]:
        """Along the index until enough are found."""
        table = f"{self.spec.table} INDEXED BY {index.name}"
        sql = f"SELECT id FROM {table}{where.sql} ORDER BY {self.order(query)} LIMIT ?"
        return listed(connection, sql, (*where.params, limit))

    # -- order and conditions ----------------------------------------------------------------------------------

    def sorted_by(self, name: str) -> str:
        """The expression rows are sorted by for a sort key. Raises: UnknownField."""
        field = self._field(name)
        return field.order or field.expression

    def order(self, query: Query) -> str:
        """The ORDER BY of a query.

        Raises:
            UnknownField: a sort key this table does not have.
        """
        keys = []
        for name, descending in ((query.sort, query.descending), (query.then, query.then_descending)):
            if name:
                keys.append(f"{self.sorted_by(name)} {'DESC' if descending else 'ASC'}")
        keys = keys or [self.spec.default_sort]
        direction = "DESC" if keys[0].endswith("DESC") else "ASC"
        return ", ".join([*keys, f"{self.spec.table}.id {direction}"])

    def where(self, query: Query) -> tuple[str, list[Any]]:
        """The WHERE of a query and its parameters; "" where there is none.

        Raises:
            UnknownField, BadValue: a filter that does not fit this table.
        """
        with self._connect() as connection:
            where = self._where(connection, query)
        return where.sql, list(where.params)

    def selected(self, connection: Connection, query: Query) -> Sql:
        """A SELECT of the ids of all matching rows in no order, for the same snapshot of *connection*. Raises: as
        `where`."""
        search, match, hits = self._searched(connection, query, WALKED_HITS)
        table, where = self._all(connection, query, search, match, hits, self._smallest_index(query))
        return f"SELECT id FROM {table}{where.sql}", list(where.params)

    def masks(self, connection: Connection) -> Masks:
        """What tells rows of the table in the snapshot of *connection*."""
        return Masks(connection, self.spec)

    def told(self, connection: Connection, query: Query) -> Told:
        """All matching rows of a query that asks for something. Raises: as `where`."""
        masks = self.masks(connection)
        if not query.text.strip():
            return masks.told(self.spec.read(query.filters), self._stores(query))

        def found() -> Told:
            matching, params = self.selected(connection, query)
            return masks.among(read_numbers(connection, matching, tuple(params)))

        return masks.kept((self.spec.table, query.text, repr(query.filters), query.store_ids), found)

    def told_among(self, connection: Connection, query: Query, ids: Whole) -> Told:
        """Of few rows those that match: nothing else is looked at."""
        table, search = self.spec.table, Search.of(query.text, self.spec.search)
        among = [(f"{table}.id IN ({id_list(ids.tolist())})", ())]
        where = self._filters(query, row_by_row=True) + search.conditions(table, self.spec.search_column, None)
        where += among
        return self.masks(connection).among(
            read_numbers(connection, f"SELECT id FROM {table}{where.sql}", where.params)
        )

    def _index(self, query: Query) -> OrderIndex | None:
        """The index that has the rows in the order of *query*, if there is one."""
        return None if query.then else self.spec.orders.get(query.sort)

    def _smallest_index(self, query: Query, *, is_sorted: bool = False, also: str = "") -> OrderIndex | None:
        """Of the indexes that hold all that the filters of *query* ask for, its order if *is_sorted*, and the field
        *also*, one that leaves least to be looked up elsewhere; of those the one that holds least besides."""
        order = ({query.sort, query.then} - {""} or {""}) if is_sorted else {also} - {""}
        names = {name for condition in query.filters for name in fields_read(condition)}
        if not all(self._field(name).is_apart or self.spec.holding({name}) for name in names):
            return None
        named = [*self.spec.orders.items(), *(("", index) for index in self.spec.besides if not is_sorted)]
        holding = [index for name, index in named if order <= index.holds | {name}]
        return min(holding, key=lambda index: (len(names - index.holds), len(index.holds)), default=None)

    def is_looked_up(self, query: Query) -> bool:
        """Whether *query* asks for what does not stand in the rows."""
        return any(self._field(name).is_apart for condition in query.filters for name in fields_read(condition))

    def _all(
        self,
        connection: Connection,
        query: Query,
        search: Search,
        match: Match | None,
        hits: int,
        index: OrderIndex | None,
    ) -> tuple[str, Where]:
        """Table and conditions for going through every matching row: along *index* where it holds all that is asked
        for and the hits are so many that fetching their rows would take longer."""
        table = self.spec.table
        walks = index is not None and self._is_for_walking(search, match, hits)
        if match is not None and hits <= FEW_HITS:
            where = self._filters(query, row_by_row=True)
        else:
            where = self._looked_up(connection, query, index if walks else None)
        if walks and index is not None and not where.is_few:
            table = f"{table} INDEXED BY {index.name}"
        return table, where + search.conditions(self.spec.table, self.spec.search_column, match, walks=walks)

    @staticmethod
    def _is_for_walking(search: Search, match: Match | None, hits: int) -> bool:
        """Whether nothing but an index needs to be read to tell the rows, and all of it rather than the hits."""
        return not search.words or (match is not None and hits > WALKED_HITS and match.proves(search.words))

    def _where(self, connection: Connection, query: Query) -> Where:
        search, match, _ = self._searched(connection, query, MANY_HITS)
        return self._filters(query) + search.conditions(self.spec.table, self.spec.search_column, match)

    def _searched(self, connection: Connection, query: Query, at_most: int) -> tuple[Search, Match | None, int]:
        """The words of a query, what narrows its rows down, and how far; hits beyond *at_most* are not counted."""
        search = Search.of(query.text, self.spec.search)
        match, hits = narrowest(connection, search.quick_matches(), at_most)
        if match is None:
            match, hits = narrowest(connection, search.looked_up_matches(connection), at_most)
        return search, match, hits

    def _stores(self, query: Query) -> Sql | None:
        if not (query.store_ids and self.spec.store_column):
            return None
        return f"{self.spec.store_column} IN ({', '.join('?' * len(query.store_ids))})", list(query.store_ids)

    def _filters(self, query: Query, *, row_by_row: bool = False) -> Where:
        """The conditions of a query without its words; the rest as in `condition_sql`."""
        stores = self._stores(query)
        found = [
            condition_sql(one, self._field, self.spec.table, row_by_row=row_by_row)
            for one in self.spec.read(query.filters)
        ]
        return Where() + ([stores] if stores is not None else []) + found

    def _looked_up(self, connection: Connection, query: Query, index: OrderIndex | None) -> Where:
        """As `_filters`, for rows that are read along *index*, or themselves without one: what is not at hand there is
        looked up elsewhere."""
        masks, filters = self.masks(connection), self.spec.read(query.filters)
        at_hand = [one for one in filters if self._is_at_hand(one, index)]
        others = [one for one in filters if one not in at_hand]
        stores = self._stores(query)
        is_store_apart = stores is not None and index is not None and "store" not in index.holds
        if not (others or is_store_apart) or not masks.are_for:
            return self._filters(query)
        told = masks.told(others, stores if is_store_apart else None)
        conditions = [told.sql(f"{self.spec.table}.id")]
        conditions += [stores] if stores is not None and not is_store_apart else []
        conditions += [condition_sql(one, self._field, self.spec.table) for one in at_hand]
        return Where(is_few=told.few() is not None) + conditions

    def _is_at_hand(self, condition: Filter, index: OrderIndex | None) -> bool:
        names = fields_read(condition)
        if index is not None:
            return names <= index.holds
        return not any(self._field(name).many for name in names)

    def _field(self, name: str) -> Field:
        return self.spec.field(name)
