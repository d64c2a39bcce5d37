"""The first rows of an answer, by the way that is quickest for the question."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from app.services.paging import Query
from app.services.sql_conditions import fields_read
from app.services.sql_ids import listed, read_numbers
from app.services.sql_narrowed import first_in_order
from app.services.sql_questions import FEW_HITS, MANY_HITS, SqlQuestions
from app.services.sql_search import Match, Reach, Search, thinnest
from app.services.sql_table import OrderIndex, Where

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from app.services.expressions.conditions import Sql

    Whole = NDArray[np.int64]

FEW_OF_SEVERAL = 15_000
"""So many hits are sorted at once of several words: most of the rarest one's may turn out to be none."""
FIRST_LOOK, WINDOW_ROWS = 1_000, 3_000
"""How many first rows: the first of them show whether it is worth going on."""
LISTED_HITS = 30_000
"""Up to so many hits are listed where it is known how rows stand: a third of what reading first rows takes."""
LOOKED_UP_HITS, LOOKED_UP_ROWS = 20_000, 50_000
"""Up to so many hits are listed to look up so many first rows among them: a tenth of what reading their words takes."""


class FirstRows(SqlQuestions):
    """Finds the first ids of an answer."""

    def _first_ids(self, connection: Connection, query: Query, limit: int) -> Sequence[int]:
        """The first ids in order, by the way that is quickest for this question."""
        index, search = self._index(query), Search.of(query.text, self.spec.search)
        if search.words and (narrowed := self._narrowed(connection, query, search, limit)) is not None:
            return narrowed
        if index is None or not search.words:
            return self._plain(connection, query, limit, index)
        match, reach = thinnest(connection, search.quick_matches(), FEW_HITS)
        if match is not None and reach.hits <= FEW_HITS:
            return self._sorted(connection, self._matching(connection, query, search, match), query, limit)
        among = partial(self._among_hits, connection, query, search, match, limit)
        is_thin = reach.rows_for(limit) > FIRST_LOOK
        if is_thin and (found := among()) is not None:
            return found
        met = self._met(connection, query, search, match, reach, limit, index)
        if len(met) == limit:
            return met
        if not is_thin and (found := among()) is not None:  # they lie together, and not where one looks first
            return found
        return self._searched_first(connection, query, search, match, limit, index, is_met=bool(met))

    def _met(
        self,
        connection: Connection,
        query: Query,
        search: Search,
        match: Match | None,
        reach: Reach,
        limit: int,
        index: OrderIndex,
    ) -> Sequence[int]:
        """What is met among the first rows, if that is worth a look."""
        rows = reach.rows_for(limit)
        if match is not None and rows > FIRST_LOOK and self._is_for_looking_up(connection, search, match):
            return self._looked_at(connection, query, search, limit, index, (LOOKED_UP_ROWS, 0), match)
        if match is None or rows <= WINDOW_ROWS:
            return self._window(connection, query, search, limit, index)
        return ()

    def _narrowed(self, connection: Connection, query: Query, search: Search, limit: int) -> list[int] | None:
        """The first ids among the rows that earlier answers leave; None where there are none, or too many to read."""
        masks = self.masks(connection)
        asked = self._asked(query)
        order = masks.order(self.order(query), asked)
        known = masks.known(asked) if order is not None else None
        if order is None or known is None:
            return None
        matching = partial(self._matching_of, connection, query, search)
        return first_in_order(order, known, limit, matching)

    def _matching_of(self, connection: Connection, query: Query, search: Search, ids: Whole, limit: int) -> list[int]:
        """Of *ids*, in their order, the first *limit* that match."""
        table, where = self.spec.table, self._row_by_row(query, search)
        among = orjson.dumps(ids.tolist()).decode()
        sql = f"SELECT {table}.id FROM json_each(?) AS known CROSS JOIN {table} ON {table}.id = known.value"
        return listed(connection, f"{sql}{where.sql} LIMIT ?", (among, *where.params, limit))

    def _among_hits(
        self, connection: Connection, query: Query, search: Search, match: Match | None, limit: int
    ) -> list[int] | None:
        """The first ids among the hits of *match*; None where it is not known how rows stand, or listing the hits would
        take too long."""
        masks = self.masks(connection)
        order = masks.order(self.order(query), self._asked(query))
        if order is None or match is None or not search.is_quick:
            return None
        found = f"SELECT rowid AS id FROM {match.table} WHERE {match.table} MATCH ? LIMIT ?"
        hits = read_numbers(connection, found, (match.expression, LISTED_HITS + 1))
        if len(hits) > LISTED_HITS:
            return None
        return first_in_order(order, masks.among(hits), limit, partial(self._matching_of, connection, query, search))

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
        ordered = f"{self.spec.table} INDEXED BY {index.name} ORDER BY {self.order(query)}"
        table, where = self.spec.table, self._row_by_row(query, search)
        if search.words and search.tables.text and self._asks_words(query):  # nothing else is read of the rows
            table = search.tables.text
            where = Where() + search.conditions(table, "search_text", None)
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
