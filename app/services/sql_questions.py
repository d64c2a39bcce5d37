"""What a question to a table means in SQL: its order, its conditions, and the rows they tell."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from app.services.listings.loading import id_list
from app.services.paging import Filter, Query
from app.services.sql_conditions import Field, condition_sql, fields_read
from app.services.sql_ids import read_numbers
from app.services.sql_masks import Masks
from app.services.sql_narrowed import Asked
from app.services.sql_search import Match, Search, narrowest
from app.services.sql_table import OrderIndex, TableSpec, Where
from app.services.sql_told import Told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from app.services.db import Database
    from app.services.expressions.conditions import Sql

    Whole = NDArray[np.int64]

Searched = tuple[Search, Match | None, int]
"""The words of a query, what narrows its rows down, and how far."""
FEW_HITS = 2_000
"""So many hits are gone to one by one."""
MANY_HITS = 30_000
"""With more hits than that the highest ids hold enough of them: they are looked at first."""
WALKED_HITS = 150_000
"""With more hits than that it is quicker to go through an index of all rows than to fetch the rows of the hits."""


class SqlQuestions:
    """Questions to one table. Threads: any."""

    spec: TableSpec

    def __init__(self, db: Database) -> None:
        self._db = db

    def _connect(self) -> AbstractContextManager[Connection]:
        """A snapshot to read from."""
        return self._db.answering()

    def sorted_by(self, name: str) -> str:
        """The expression rows are sorted by for a sort key. Raises: UnknownField."""
        field = self._field(name)
        return field.order or field.expression

    def read_in_order(self, name: str) -> str:
        """What is read where all rows are sorted by a sort key: the table, along an index if one is quicker."""
        return self.spec.read_from({name})

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

    def selected(self, connection: Connection, query: Query, searched: Searched | None = None) -> Sql:
        """A SELECT of the ids of all matching rows in no order, for the same snapshot of *connection*; *searched* if
        that was found already. Raises: as `where`."""
        search, match, hits = searched or self._searched(connection, query, WALKED_HITS)
        if match is not None and self._asks_words(query) and search.is_told_alone(match):
            return search.alone(match)
        table, where = self._all(connection, query, search, match, hits, self._smallest_index(query))
        return f"SELECT id FROM {table}{where.sql}", list(where.params)

    def masks(self, connection: Connection) -> Masks:
        """What tells rows of the table in the snapshot of *connection*."""
        return Masks(connection, self.spec)

    def told(self, connection: Connection, query: Query, searched: Searched | None = None) -> Told:
        """All matching rows of a query that asks for something; *searched* as in `selected`. Raises: as `where`."""
        masks = self.masks(connection)
        if not query.text.strip():
            return masks.told(self.spec.read(query.filters), self._stores(query))

        def found() -> Told:
            narrowed = searched or self._searched(connection, query, WALKED_HITS)
            apart = self._told_apart(masks, query, *narrowed)
            if apart is not None:
                return apart
            sql, params = self.selected(connection, query, narrowed)
            return masks.among(read_numbers(connection, sql, tuple(params)))

        return masks.kept(self._asked(query), found)

    def _told_apart(self, masks: Masks, query: Query, search: Search, match: Match | None, hits: int) -> Told | None:
        """The rows that hold the words and those that are as the filters say, each told by themselves; None where the
        hits are so few, or so found, that the filters are better asked of them alone."""
        fewest = FEW_HITS if self._asks_words(query) else MANY_HITS
        if match is None or hits <= fewest or not masks.are_for or not search.is_told_alone(match):
            return None
        if self._asks_words(query):
            return masks.holding(search, match)
        words, filters = Asked(self.spec.table, search.words), self.spec.read(query.filters)
        return masks.both(
            lambda one: one.kept(words, lambda: one.holding(search, match)),
            lambda one: one.told(filters, self._stores(query)),
        )

    def _asked(self, query: Query) -> Asked:
        words = Search.of(query.text, self.spec.search).words
        return Asked(self.spec.table, words, repr(query.filters), query.store_ids)

    def told_among(self, connection: Connection, query: Query, ids: Whole) -> Told:
        """Of few rows those that match: nothing else is looked at."""
        table, search = self.spec.table, Search.of(query.text, self.spec.search)
        where = self._row_by_row(query, search)
        where += [(f"{table}.id IN ({id_list(ids.tolist())})", ())]
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

    def _searched(self, connection: Connection, query: Query, at_most: int) -> Searched:
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

    def _row_by_row(self, query: Query, search: Search) -> Where:
        """The conditions of a query, its words among them, for rows of which each is read."""
        conditions = search.conditions(self.spec.table, self.spec.search_column, None)
        return self._filters(query, row_by_row=True) + conditions

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

    @staticmethod
    def _asks_words(query: Query) -> bool:
        """Whether *query* asks for nothing but its words."""
        return not (query.filters or query.store_ids)
