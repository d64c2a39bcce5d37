"""What a page source knows of its table, and the conditions of a question to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from app.services.paging import Filter
from app.services.sql_conditions import Field, known_field
from app.services.sql_search import NO_TABLES, SearchTables


@dataclass(frozen=True, slots=True)
class OrderIndex:
    """An index that has the rows in an order: its name, and the fields it holds besides (`store` among them)."""

    name: str
    holds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TableSpec:
    """What the common half must know of a noun.

    Attributes:
        table: the base table; it has `id` and, unless `store_column` is "", the store's id.
        fields: by name, for filters and sorting.
        default_sort: order without a sort key, an SQL expression with its direction; ties go by id.
        search_column: the searched text, a column or an expression.
        search: FTS tables over it; none where the table is small enough for LIKE.
        orders: by sort key ("" for the default) the index that has the rows in that order.
        besides: indexes in no such order, smaller than those.
        read: what filters mean together, before SQL is made of them.
    """

    table: str
    fields: Mapping[str, Field]
    default_sort: str
    store_column: str = "store_id"
    search_column: str = "search_text"
    search: SearchTables = NO_TABLES
    orders: Mapping[str, OrderIndex] = field(default_factory=dict)
    besides: tuple[OrderIndex, ...] = ()
    read: Callable[[Sequence[Filter]], Sequence[Filter]] = tuple

    def field(self, name: str) -> Field:
        """The field of this name. Raises: UnknownField."""
        return known_field(self.fields, name)

    def holding(self, names: AbstractSet[str]) -> OrderIndex | None:
        """Of the indexes that hold all fields of these names the one that holds least besides."""
        holding = [index for index in (*self.orders.values(), *self.besides) if names <= index.holds]
        return min(holding, key=lambda index: len(index.holds), default=None)

    def read_from(self, names: AbstractSet[str]) -> str:
        """What is read where only fields of these names are asked for: the table, along such an index if there is
        one."""
        index = self.holding(names)
        return self.table if index is None else f"{self.table} INDEXED BY {index.name}"


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions of a query, ready to be put together: SQL and parameters in step. `is_few`: one of them names so few
    rows that SQLite had better go straight to these."""

    conditions: tuple[str, ...] = ()
    params: tuple[Any, ...] = ()
    is_few: bool = False

    def __add__(self, more: Sequence[tuple[str, Sequence[Any]]]) -> Where:
        """These and *more*."""
        params = [value for _, values in more for value in values]
        return replace(self, conditions=(*self.conditions, *(sql for sql, _ in more)), params=(*self.params, *params))

    @property
    def sql(self) -> str:
        """With WHERE before it; "" where there is no condition."""
        return f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
