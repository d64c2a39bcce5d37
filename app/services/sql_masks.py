"""Rows told by a byte each: every condition is looked up once, where it is known soonest, and joined in memory.

`id IN (SELECT ...)` makes SQLite build a tree of all ids and search it for each row: with a million that takes a
second. As one byte an id they take a megabyte, and a test some ten billionths of a second; `and`, `or` and how many
there are take less than a thousandth of a second. A bit of each is kept for as long as nobody writes
(`app.services.moments`): whoever adds a condition to a filter, or counts what is shown, asks the others again.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial, reduce
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any

from app.services.expressions.conditions import OPPOSITE, Sql, leaves, parsed, to_sql
from app.services.expressions.syntax import All, Condition, Either, Node, Not
from app.services.listings.loading import id_list
from app.services.paging import Filter
from app.services.sql_classes import Classes, read_classes
from app.services.sql_conditions import (
    DENIALS,
    Counted,
    Field,
    as_condition,
    as_filter,
    bound,
    condition_sql,
    opposite,
    owners_sql,
    row_sql,
)
from app.services.sql_ids import read_numbers
from app.services.sql_mask_reader import ANY, SIDES, MaskReader
from app.services.sql_narrowed import Asked, known
from app.services.sql_search import Match, Search
from app.services.sql_told import Told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]


class Masks(MaskReader):
    """What is told of the rows of a table in one snapshot of *connection*."""

    def told(self, filters: Sequence[Filter], store: Sql | None = None) -> Told:
        """The rows that are as all *filters* say, and as *store*, a condition on the store's id; one of both there is.

        What is answered already and what is looked up elsewhere goes first: if that is so of few rows, only these are
        read for the others.
        """
        parts = [parsed(one.value) if one.operator == "where" else as_condition(one) for one in filters]
        held = [one for one in parts if self._is_read_along(one)]
        others = sorted((one for one in parts if one not in held), key=_is_wide)
        first = [one for one in others if not _is_wide(one)]
        found: list[Told] = []
        for at, part in enumerate(first):
            found = [reduce(Told.both, [*found, self._node(part)])]
            few = found[0].few()
            if few is not None:
                return self._of_few(few, [*others[at + 1 :], *held], store)
        jobs: list[Callable[[Masks], Told]] = [partial(Masks._node, node=part) for part in others[len(first) :]]
        if held or store is not None:
            jobs.append(partial(Masks._along, parts=held, kind=All, store=store))
        return reduce(Told.both, [*found, *self.side_by_side(jobs)])

    def numbers_by(self, name: str, told: Callable[[], Told]) -> dict[Any, int] | None:
        """How many of the rows that *told* tells there are of each value of the field *name*, which a second thread
        reads meanwhile; None where there are very many values."""
        if self._answers is None or self._kept_classes(name) is not None:
            return self.numbers(name, told())
        with self._answers.beside(lambda connection: type(self)(connection, self._spec)._classes(name)):
            rows = told()
        return self.numbers(name, rows)

    def numbers(self, name: str, told: Told) -> dict[Any, int] | None:
        """The same of rows that are known already."""
        if told.few() is not None:
            expression = self._spec.field(name).expression
            where, params = told.sql("id")
            sql = f"SELECT {expression}, count(*) FROM {self._table} WHERE {where} GROUP BY +{expression}"
            return dict(map(tuple, self.connection.exec_driver_sql(sql, tuple(params))))
        every = f"SELECT count(*) FROM {self._table}"
        total = int(self.connection.exec_driver_sql(every).scalar_one()) if told.is_rest else 0
        return self._classes(name).numbers(told, total)

    def _classes(self, name: str) -> Classes:
        """The values of a field, and which of them each row has."""
        import numpy as np

        found = self._kept_classes(name)
        if found is None:
            found = read_classes(self.connection, self._spec, name, self.highest)
            if self._answers is not None:
                self._answers.put((self._table, "values", name), np.array(found.values, object))
                self._answers.put((self._table, "classes", name), found.of)
        return found

    def _kept_classes(self, name: str) -> Classes | None:
        if self._answers is None:
            return None
        values, of = (self._answers.get((self._table, what, name)) for what in ("values", "classes"))
        return Classes(values.tolist(), of) if values is not None and of is not None else None

    # -- questions with words --------------------------------------------------------------------------------

    def holding(self, search: Search, match: Match) -> Told:
        """The rows that hold the words of *search*, which are hits of *match* and told alone."""
        one, other = (search.alone(match, (side, self.highest // 2)) for side in SIDES)
        return self.in_halves(one, other)

    def known(self, asked: Asked) -> Told | None:
        """What earlier answers leave of the rows that *asked* may find; None where there are none."""
        return None if self._answers is None else known(self._answers, asked, self.highest + 1)

    def order(self, order: str, asked: Asked) -> Whole | None:
        """The ids of rows among which all of *asked* are, in an *order*; None where that is not known."""
        if self._answers is None:
            return None
        known = self._answers.order((order, asked.without_words))
        return known if known is not None else self._answers.order((order, Asked(self._table)))

    def keep_order(self, order: str, asked: Asked, ids: array[int]) -> None:
        """Keep the ids that answer *asked*, which has no words; as `AnswersOfMoment.put_order`."""
        if self._answers is not None and self.are_for:
            self._answers.put_order((order, asked.without_words), ids)

    # -- parts of a filter -------------------------------------------------------------------------------------

    def _node(self, node: Node, *, is_negated: bool = False) -> Told:
        match node:
            case Not(part=part):
                return self._node(part, is_negated=not is_negated)
            case All(parts=parts) | Either(parts=parts):
                held = [part for part in parts if self._is_read_along(part)]
                jobs: list[Callable[[Masks], Told]] = [
                    partial(Masks._node, node=part, is_negated=is_negated) for part in parts if part not in held
                ]
                if held:
                    jobs.append(partial(Masks._along, parts=held, kind=type(node), is_negated=is_negated))
                is_both = isinstance(node, All) is not is_negated
                return reduce(Told.both if is_both else Told.either, self.side_by_side(jobs))
            case Condition():
                if self._is_read_along(node):
                    return self._along([node], All, is_negated=is_negated)
                return self._leaf(as_filter(_denied(node) if is_negated else node))
        raise TypeError(f"{type(node).__name__} is no part of a filter")

    def _is_read_along(self, node: Node) -> bool:
        """Whether *node* asks for nothing but what stands in the rows."""
        return not any(self._spec.field(leaf.name).is_apart for leaf in leaves(node))

    def _along(
        self,
        parts: Sequence[Node],
        kind: type[All] | type[Either],
        store: Sql | None = None,
        *,
        is_negated: bool = False,
    ) -> Told:
        """The rows that are as *parts* say, read in one pass along an index; all others, where these are fewer."""
        names = frozenset(leaf.name for part in parts for leaf in leaves(part))
        conditions = []
        if parts:
            node = parts[0] if len(parts) == 1 else kind(tuple(parts))
            conditions.append(
                to_sql(node, lambda leaf: row_sql(as_filter(leaf), self._spec.field(leaf.name)), is_negated=is_negated)
            )
        if store is not None:
            names |= {"store"}
            conditions.append(store)
        where, params = " AND ".join(sql for sql, _ in conditions), [one for _, some in conditions for one in some]
        return self.fewer(self._table, self._spec.read_from(names), "id", (where, params))

    def _of_few(self, ids: list[int], rest: Sequence[Node], store: Sql | None) -> Told:
        """Of few rows those that are as *rest* and *store* say."""
        conditions = [
            to_sql(part, lambda leaf: condition_sql(as_filter(leaf), self._spec.field, self._table, row_by_row=True))
            for part in rest
        ]
        conditions += [store] if store is not None else []
        where = " AND ".join([f"{self._table}.id IN ({id_list(ids)})", *(f"({sql})" for sql, _ in conditions)])
        params = tuple(value for _, values in conditions for value in values)
        return self.among(read_numbers(self.connection, f"SELECT id FROM {self._table} WHERE {where}", params))

    def _leaf(self, condition: Filter) -> Told:
        field, is_denial = self._spec.field(condition.field), condition.operator in DENIALS
        if field.counted is not None:
            return self._counted(condition, field, field.counted)
        asked = opposite(condition) if is_denial else condition
        if field.ids and condition.operator in ("=", "!="):
            is_denial = is_denial is bool(bound(field, condition))
            select: Sql = (field.ids, [])
        elif field.many:
            select = owners_sql(asked, field)
        else:
            wanted = row_sql(asked, replace(field, expression=field.apart_as or field.expression))
            quick = field.quick(asked, wanted) if field.quick is not None else None
            select = quick or (f"SELECT id FROM {field.apart or self._table} WHERE {wanted[0]}", wanted[1])
        told = self._kept(asked, select)
        return told.opposite if is_denial else told

    def _counted(self, condition: Filter, field: Field, counted: Counted) -> Told:
        """A condition on a number that is 0 of nearly all rows: by those of which it is another, and those of which
        nobody knows it."""
        known = self._kept(ANY, (counted.unknown, [])).opposite
        if condition.operator in ("missing", "present"):
            return known if condition.operator == "present" else known.opposite
        is_so_of_0 = _is_so(0, condition, field)
        asked, is_denial = opposite(condition) if is_so_of_0 else condition, condition.operator in DENIALS
        sql, params = row_sql(asked, replace(field, expression="number"))
        told = self._kept(asked, (f"SELECT id FROM ({counted.select}) WHERE {sql}", params))
        told = told.opposite if is_so_of_0 else told
        if is_denial is is_so_of_0:
            return told
        return known.both(told) if is_so_of_0 else known.opposite.either(told)


def _is_wide(node: Node) -> bool:
    """Whether many rows may be as *node* says: more than have just this value."""
    return not (isinstance(node, Condition) and node.operator == "=")


def _denied(leaf: Condition) -> Condition:
    return replace(leaf, operator=OPPOSITE[leaf.operator])


def _is_so(number: int, condition: Filter, field: Field) -> bool:
    """Whether a comparison holds for a number."""
    if condition.operator in ("in", "not in"):
        values = [bound(field, Filter(condition.field, "=", value)) for value in condition.value]
        return (number in values) is (condition.operator == "in")
    compare = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}[condition.operator]
    return bool(compare(number, bound(field, condition)))
