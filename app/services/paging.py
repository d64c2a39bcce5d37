"""What a table asks and how a service answers, page by page, never a whole table in memory."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from app.services.errors import InputError
from app.services.tasks import TaskContext

PAGE_ROWS = 32
"""Rows of one page; fetched by primary key (engineering.md 4). About as many as are in view: of a larger page most
would be waited for and not seen."""

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "lacks", "missing", "present", "where"]
"""`where`: the value is an expression over fields, of `app.services.expressions`; the condition's own field is ""."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: `field` is a name of the source, `value` JSON (a tuple for `in`), absent for `missing`."""

    field: str
    operator: Operator
    value: Any = None

    def to_json(self) -> list[Any]:
        """For saved filters; the reverse of `from_json`."""
        return [self.field, self.operator, list(self.value) if isinstance(self.value, tuple) else self.value]

    @classmethod
    def from_json(cls, stored: Sequence[Any]) -> Filter:
        """The condition that `to_json` wrote."""
        name, operator, value = stored
        return cls(name, operator, tuple(value) if isinstance(value, list) else value)


@dataclass(frozen=True, slots=True)
class Query:
    """A question to a table. Equal queries have equal answers unless the data changed.

    Attributes:
        text: words to search for; empty for all.
        filters: conditions, all of which must hold.
        sort: sort key of a column; empty for the source's own order.
        descending: largest first.
        then: second sort key; ties after it go by id.
        then_descending: direction of the second.
        store_ids: only these stores; empty for all.
        group: key of the grouping in force; empty for none.
    """

    text: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    descending: bool = False
    then: str = ""
    then_descending: bool = False
    store_ids: tuple[int, ...] = ()
    group: str = ""


class HasId(Protocol):
    """A frozen record of one row."""

    @property
    def id(self) -> int:
        """The row's primary key."""


RowT = TypeVar("RowT", bound=HasId, covariant=True)


class PageSource(Protocol[RowT]):
    """Answers a table's questions. Called on worker threads, several at once; raises AppError subclasses."""

    def count(self, query: Query, ctx: TaskContext | None = None) -> int:
        """How many rows match, exactly; stops at `ctx.checkpoint()` when outdated."""

    def ids(self, query: Query, ctx: TaskContext) -> array[int]:
        """Ids of all matching rows in order, `array('q')`; stops at `ctx.checkpoint()` when outdated."""

    def rows(self, ids: Sequence[int]) -> Mapping[int, RowT]:
        """The rows with these ids; one deleted since is absent."""

    def first_page(self, query: Query, limit: int) -> Sequence[RowT]:
        """The first *limit* rows in order, as fast as can be: what the user sees after a keystroke."""


class ChildSource(Protocol[RowT]):
    """A source whose rows unfold: a listing's variants."""

    def children(self, id: int) -> Sequence[RowT]:
        """The rows under row *id*, in order."""


class NothingToTake(InputError):
    """A text from the clipboard holds no filter."""

    code = "filter.nothing_to_take"


@dataclass(frozen=True, slots=True)
class Group:
    """A heading over `count` rows that stand together: `key` is stable, `title` a message key with `params`."""

    key: str
    title: str
    count: int
    params: tuple[tuple[str, object], ...] = ()
    tone: str = "text"


class GroupSource(Protocol):
    """A source that puts headings between its rows; the groups cover all rows, in the order of `ids`."""

    def groups(self, query: Query) -> Sequence[Group]:
        """The headings of *query*, whose `group` is not empty."""
