"""One condition of a filter in SQL, for any table: comparisons, lists, spans of time, rows beneath a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.services.errors import InputError
from app.services.expressions.conditions import OPPOSITE, Sql, joined, leaves, parsed, to_sql
from app.services.expressions.syntax import Condition
from app.services.listings.text import like_pattern
from app.services.paging import Filter, Operator

_COMPARISONS = {"=": "IS", "!=": "IS NOT", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
DENIALS = ("!=", "not in", "lacks", "missing")
"""Of rows beneath a row: that none of them is as the opposite says."""
FEW_VALUES = 50
"""So many listed values are each looked for by the words of the search; SQLite takes 500 SELECTs in a row."""


class UnknownField(InputError):
    """No such field to filter or sort by: `name`; `known` lists those there are, `position` says where it stands."""

    code = "filter.unknown_column"


class BadValue(InputError):
    """`value` does not fit the field `name`; `position` says where it stands, if it was typed."""

    code = "filter.bad_choice"


@dataclass(frozen=True, slots=True)
class Counted:
    """A number that is 0 of nearly all rows: `select` has the `id` and the `number` of those it is not, `unknown` the
    `id` of those of which nobody knows it."""

    select: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a table in SQL.

    Attributes:
        expression: its value.
        bind: turns a filter's value into what SQL compares; raises ValueError, ArithmeticError or TypeError.
        many: for a field of the rows beneath a row, their table, and what is joined to it; its `listing_id` is the
            row's id.
        span: for a moment, the first and the first no longer meant by a value: a day is many moments.
        holds: for a field with an `=` of its own (an SQL condition with one `?` for every `?` of `bind`'s tuple).
        text: what "contains" looks through, where that is not `expression`, and what it makes of the value.
        order: what rows are sorted by, where that is not `expression`.
        asks: for a field whose value is itself a question: its SQL.
        quick: for a field of the rows beneath: given a condition and its SQL, a SELECT of `listing_id` that finds the
            same without going through all of them; None where it knows none. Also for one that stands `apart`.
        apart: for a field that most indexes of the rows do not hold: the table and its index to look it up in.
        apart_as: its value in that table, where that is not `expression`.
        ids: for a field that says yes or no: a SELECT of the ids of the rows it says yes of.
        counted: where its numbers are found, if only few rows have one.
    """

    expression: str
    bind: Callable[[Any], Any] = lambda value: value
    is_sortable: bool = True
    many: str = ""
    span: Callable[[Any], tuple[Any, Any]] | None = None
    holds: str = ""
    text: tuple[str, Callable[[str], str]] | None = None
    quick: Callable[[Filter, Sql], Sql | None] | None = None
    order: str = ""
    asks: Callable[[str], Sql] | None = None
    apart: str = ""
    apart_as: str = ""
    ids: str = ""
    counted: Counted | None = None

    @property
    def is_apart(self) -> bool:
        """Whether rows can be told by it without reading them."""
        return bool(self.many or self.apart or self.ids or self.counted)


def condition_sql(
    condition: Filter,
    field_of: Callable[[str], Field],
    table: str,
    *,
    row_by_row: bool = False,
) -> Sql:
    """A condition with its parameters.

    Args:
        row_by_row: few rows are asked about, so look beneath each of them.

    Raises:
        UnknownField, BadValue: it does not fit the table.
        BadExpression: an expression that cannot be read.
    """
    if condition.operator == "where":
        return to_sql(
            parsed(condition.value),
            lambda leaf: condition_sql(as_filter(leaf), field_of, table, row_by_row=row_by_row),
        )
    field = field_of(condition.field)
    if not field.many:
        return row_sql(condition, field)
    is_denied = condition.operator in DENIALS
    asked = opposite(condition) if is_denied else condition
    sql, params = _beneath(asked, field, table, row_by_row=row_by_row)
    return (f"NOT {sql}" if is_denied else sql), params


def as_filter(leaf: Condition) -> Filter:
    """A condition of an expression as a table takes it."""
    operator: Operator = leaf.operator  # type: ignore[assignment]  # the grammar has no others
    if operator in ("in", "not in"):
        return Filter(leaf.name, operator, leaf.values)
    return Filter(leaf.name, operator, leaf.values[0] if leaf.values else None)


def as_condition(condition: Filter) -> Condition:
    """A condition of a table, other than an expression, as an expression has it."""
    value = condition.value
    if value is None:
        values: tuple[str, ...] = ()
    elif isinstance(value, tuple | list):
        values = tuple(map(str, value))
    else:
        values = (str(value).casefold() if isinstance(value, bool) else str(value),)
    return Condition(condition.field, condition.operator, values)


def fields_read(condition: Filter) -> set[str]:
    """Names of the fields a condition asks for."""
    return (
        {leaf.name for leaf in leaves(parsed(condition.value))} if condition.operator == "where" else {condition.field}
    )


def known_field(fields: Mapping[str, Field], name: str) -> Field:
    """The field called *name*. Raises: UnknownField."""
    try:
        return fields[name]
    except KeyError:
        raise UnknownField(name=name, known=", ".join(fields)) from None


def opposite(condition: Filter) -> Filter:
    """The condition that holds where *condition* does not; of a comparison, where there is a value."""
    operator: Operator = OPPOSITE[condition.operator]  # type: ignore[assignment]  # both sides are operators
    return replace(condition, operator=operator)


def _beneath(condition: Filter, field: Field, table: str, *, row_by_row: bool) -> Sql:
    """That one of the rows beneath is so: found by an index of theirs or in one pass over them, which takes a tenth of
    the time that looking beneath each row does, unless there are few rows to look beneath."""
    if row_by_row:
        sql, params = row_sql(condition, field)
        first = field.many.split(maxsplit=1)[0]
        return f"EXISTS (SELECT 1 FROM {field.many} WHERE {first}.listing_id = {table}.id AND ({sql}))", params
    sql, params = owners_sql(condition, field)
    return f"{table}.id IN ({sql})", params


def owners_sql(condition: Filter, field: Field) -> Sql:
    """A SELECT of `listing_id` of all rows beneath that are so."""
    if condition.operator == "in" and field.quick is not None and len(condition.value) <= FEW_VALUES:
        found = [owners_sql(Filter(condition.field, "=", value), field) for value in condition.value]
        return " UNION ALL ".join(sql for sql, _ in found), [value for _, params in found for value in params]
    sql, params = row_sql(condition, field)
    quick = field.quick(condition, (sql, params)) if field.quick is not None else None
    return quick or (f"SELECT listing_id FROM {field.many} WHERE {sql}", params)


def row_sql(condition: Filter, field: Field) -> Sql:
    """A condition on one row of a field's own table. Raises: BadValue."""
    if field.asks is not None:
        return field.asks(str(condition.value))
    expression, operator = field.expression, condition.operator
    if operator in ("missing", "present"):
        empty = f"({expression} IS NULL OR {expression} = '')"
        return (empty if operator == "missing" else f"NOT {empty}"), []
    if operator in ("contains", "lacks"):
        text, spelled = field.text or (expression, lambda _: str(bound(field, condition)))
        like = f"coalesce({text}, '') NOT LIKE" if operator == "lacks" else f"{text} LIKE"
        return f"{like} ? ESCAPE '\\'", [like_pattern(spelled(str(condition.value)))]
    if field.span is not None:
        return _moments(condition, field.expression, field.span)
    if operator in ("in", "not in"):
        return _listed(condition, field)
    if field.holds:
        holds = field.holds if operator == "=" else f"({field.holds} IS NOT 1)"
        return holds, list(bound(field, condition))
    return f"{expression} {_COMPARISONS[operator]} ?", [bound(field, condition)]


def _listed(condition: Filter, field: Field) -> Sql:
    """One of several; a row without a value is in no list, so it is not in this one."""
    singles = [Filter(condition.field, "=", value) for value in condition.value]
    if field.holds:
        sql, params = joined([row_sql(single, field) for single in singles], " OR ")
        return (sql if condition.operator == "in" else f"({sql} IS NOT 1)"), params
    values, marks = [bound(field, single) for single in singles], ", ".join("?" * len(singles))
    if condition.operator == "in":
        return f"{field.expression} IN ({marks})", values
    return f"({field.expression} IS NULL OR {field.expression} NOT IN ({marks}))", values


def _moments(condition: Filter, expression: str, span: Callable[[Any], tuple[Any, Any]]) -> Sql:
    """Moments compared with a day: in it, before it, or after it."""
    if condition.operator in ("in", "not in"):
        found = [_moments(Filter(condition.field, "=", value), expression, span) for value in condition.value]
        sql, params = joined(found, " OR ")
        return (sql if condition.operator == "in" else f"({sql} IS NOT 1)"), params
    start, end = _checked(lambda: span(condition.value), condition)
    match condition.operator:
        case "=":
            return f"({expression} >= ? AND {expression} < ?)", [start, end]
        case "!=":
            return f"({expression} IS NULL OR {expression} < ? OR {expression} >= ?)", [start, end]
        case "<" | ">=":
            return f"{expression} {condition.operator} ?", [start]
        case operator:
            return f"{expression} {'<' if operator == '<=' else '>='} ?", [end]


def bound(field: Field, condition: Filter) -> Any:
    """What SQL compares with for the value of a condition. Raises: BadValue."""
    return _checked(lambda: field.bind(condition.value), condition)


def _checked(bind: Callable[[], Any], condition: Filter) -> Any:
    try:
        return bind()
    except (ValueError, ArithmeticError, TypeError):
        raise BadValue(name=condition.field, value=str(condition.value)) from None
