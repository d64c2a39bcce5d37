"""The common half of every table's page source: conditions, order and ids in SQL, rows left to the noun."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from app.services.db import Database
from app.services.errors import InputError
from app.services.listings.text import bigrams, fold, like_pattern, trigram_query
from app.services.paging import Filter, HasId, Query
from app.services.tasks import TaskContext

RowT = TypeVar("RowT", bound=HasId)
IDS_PER_STEP = 20_000
_COMPARISONS = {"=": "IS", "!=": "IS NOT", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class UnknownField(InputError):
    """No such field to filter or sort by: `name`; `known` lists those there are."""

    code = "filter.unknown_field"


class BadValue(InputError):
    """`value` does not fit the field `name`."""

    code = "filter.bad_value"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a table in SQL: `expression`, and `bind`, which turns a filter's value into what SQL compares."""

    expression: str
    bind: Callable[[Any], Any] = lambda value: value
    is_sortable: bool = True


@dataclass(frozen=True, slots=True)
class TableSpec:
    """What the common half must know of a noun.

    Attributes:
        table: the base table; it has `id` and, unless `store_column` is "", the store's id.
        fields: by name, for filters and sorting.
        default_sort: order without a sort key, an SQL expression with its direction; ties go by id.
        trigram: name of the FTS table over `search_text`, "" where the table is small enough for LIKE.
        bigram: likewise for words of two characters.
    """

    table: str
    fields: Mapping[str, Field]
    default_sort: str
    store_column: str = "store_id"
    search_column: str = "search_text"
    trigram: str = ""
    bigram: str = ""


class SqlSource(Generic[RowT]):
    """Page source over one table. A noun gives `spec` and implements `load_rows`. Threads: any."""

    spec: TableSpec

    def __init__(self, db: Database) -> None:
        self._db = db

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[RowT]:
        """The rows of *ids*, in any order."""
        raise NotImplementedError

    def count(self, query: Query) -> int:
        """How many rows match, exactly."""
        where, params = self.where(query)
        with self._db.reader.connect() as connection:
            sql = f"SELECT count(*) FROM {self.spec.table}{where}"
            return int(connection.exec_driver_sql(sql, tuple(params)).scalar_one())

    def ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """Ids of all matching rows in order."""
        where, params = self.where(query)
        found: array[int] = array("q")
        with self._db.reader.connect() as connection:
            sql = f"SELECT id FROM {self.spec.table}{where} ORDER BY {self.order(query)}"
            cursor = connection.exec_driver_sql(sql, tuple(params)).cursor
            assert cursor is not None
            while rows := cursor.fetchmany(IDS_PER_STEP):
                found.extend([row[0] for row in rows])
                if ctx is not None:
                    ctx.checkpoint()
        return found

    def rows(self, ids: Sequence[int]) -> dict[int, RowT]:
        """The rows with these ids."""
        with self._db.reader.connect() as connection:
            return {row.id: row for row in self.load_rows(connection, ids)}

    def first_page(self, query: Query, limit: int) -> list[RowT]:
        """The first *limit* rows in order."""
        where, params = self.where(query)
        with self._db.reader.connect() as connection:
            sql = f"SELECT id FROM {self.spec.table}{where} ORDER BY {self.order(query)} LIMIT ?"
            ids = connection.exec_driver_sql(sql, (*params, limit)).scalars().all()
            rows = {row.id: row for row in self.load_rows(connection, ids)}
        return [rows[number] for number in ids if number in rows]

    def order(self, query: Query) -> str:
        """The ORDER BY of a query.

        Raises:
            UnknownField: a sort key this table does not have.
        """
        keys = []
        for name, descending in ((query.sort, query.descending), (query.then, query.then_descending)):
            if name:
                keys.append(f"{self._field(name).expression} {'DESC' if descending else 'ASC'}")
        keys = keys or [self.spec.default_sort]
        direction = "DESC" if keys[0].endswith("DESC") else "ASC"
        return ", ".join([*keys, f"{self.spec.table}.id {direction}"])

    def where(self, query: Query) -> tuple[str, list[Any]]:
        """The WHERE of a query and its parameters; "" where there is none.

        Raises:
            UnknownField, BadValue: a filter that does not fit this table.
        """
        conditions: list[str] = []
        params: list[Any] = []
        if query.store_ids and self.spec.store_column:
            conditions.append(f"{self.spec.store_column} IN ({', '.join('?' * len(query.store_ids))})")
            params.extend(query.store_ids)
        for condition in query.filters:
            sql, values = self._condition(condition)
            conditions.append(sql)
            params.extend(values)
        for word in fold(query.text).split():
            sql, values = self._search(word)
            conditions.append(sql)
            params.extend(values)
        return (f" WHERE {' AND '.join(conditions)}" if conditions else ""), params

    def _field(self, name: str) -> Field:
        try:
            return self.spec.fields[name]
        except KeyError:
            raise UnknownField(name=name, known=", ".join(self.spec.fields)) from None

    def _condition(self, condition: Filter) -> tuple[str, list[Any]]:
        field = self._field(condition.field)
        expression, operator = field.expression, condition.operator
        if operator in ("missing", "present"):
            empty = f"({expression} IS NULL OR {expression} = '')"
            return (empty if operator == "missing" else f"NOT {empty}"), []
        if operator == "contains":
            return f"{expression} LIKE ? ESCAPE '\\'", [like_pattern(str(condition.value))]
        if operator in ("in", "not in"):
            values = [self._bound(field, condition.field, value) for value in condition.value]
            negation = "NOT " if operator == "not in" else ""
            return f"{expression} {negation}IN ({', '.join('?' * len(values))})", values
        return f"{expression} {_COMPARISONS[operator]} ?", [self._bound(field, condition.field, condition.value)]

    @staticmethod
    def _bound(field: Field, name: str, value: Any) -> Any:
        try:
            return field.bind(value)
        except (ValueError, ArithmeticError, TypeError):
            raise BadValue(name=name, value=str(value)) from None

    def _search(self, word: str) -> tuple[str, list[Any]]:
        """Rows that contain *word*: an index narrows them down where there is one, LIKE decides."""
        spec = self.spec
        recheck, params = f"{spec.search_column} LIKE ? ESCAPE '\\'", [like_pattern(word)]
        for table, expression in (
            (spec.trigram, trigram_query(word)),
            (spec.bigram, bigrams(word).replace(" ", " AND ")),
        ):
            if table and expression:
                found = f"{spec.table}.id IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)"
                return f"{found} AND {recheck}", [expression, *params]
        return recheck, params
