"""Variants asked for by their numbers: whole columns at once, five million in some hundredths of a second.

A listing is either due, or all its variants stand in the columns as they are stored (`pricing.watching`): those of due
listings are read from the tables, and nobody knows their figures.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from app.services.expressions.conditions import OPPOSITE
from app.services.expressions.syntax import All, Condition, Either, Node, Not
from app.services.listings.code_search import codes_part
from app.services.listings.loading import id_list
from app.services.paging import Filter
from app.services.pricing.given import UNKNOWN
from app.services.pricing.sku_columns import SkuColumns
from app.services.sql_conditions import BadValue, Field, bound
from app.services.sql_ids import read_numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Whole = NDArray[np.int64]
    Numbers = NDArray[Any]

STORED = {"id": "id", "listing": "listing_id", "place": "position", "price": "price_minor", "stock": "stock"}
"""Columns that a table has as well, and what they are called there."""
_LATE_VALUES = " || ',' || ".join(f"coalesce({name}, {UNKNOWN})" for name in STORED.values())
_LATE = f"SELECT {_LATE_VALUES} AS id FROM sku WHERE listing_id IN (SELECT listing_id FROM figure_due) ORDER BY sku.id"
_STALE = (
    "SELECT listing_id AS id FROM figure_state CROSS JOIN listing_figure "
    "WHERE figure_state.generation <> renewed AND listing_figure.generation <> figure_state.generation"
)
_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_DENIALS = ("!=", "not in", "missing")
FEW = 20_000
"""So many variants are looked up one by one."""


class Variants:
    """All variants as they stand now; each has its place in every mask and column.

    Attributes:
        there: the places that have one.
        listings: whose each is.
    """

    def __init__(self, connection: Connection) -> None:
        import numpy as np

        self._connection, self._columns = connection, SkuColumns(connection)
        owners = self._columns.owners
        late = read_numbers(connection, _LATE).reshape(-1, len(STORED))
        self._late = dict(zip(STORED, late.T, strict=True))
        self.there = np.concatenate((owners.known, np.ones(len(late), np.bool_)))
        kept = np.where(owners.known, owners.values, 0)
        self.listings = np.concatenate((kept, self._late["listing"])) if len(late) else kept
        self._kept = len(owners.values)
        self._highest = int(self.listings.max(initial=0))
        self._today = self._without_late()

    def _without_late(self) -> Mask:
        """Places whose figures are of today; `there` loses what the columns have of listings that are due."""
        self.there[: self._kept] &= ~self.of_listings("SELECT listing_id AS id FROM figure_due")[: self._kept]
        today: Mask = self.there & ~self.of_listings(_STALE)
        today[self._kept :] = False
        return today

    def of_listings(self, sql: str, params: tuple[Any, ...] = ()) -> Mask:
        """The places of all variants of the listings whose `id` *sql* gives."""
        return self.among(read_numbers(self._connection, sql, params))

    def among(self, listing_ids: Whole) -> Mask:
        """The places of all variants of these listings, whatever of them is there."""
        import numpy as np

        ids = listing_ids
        if not ids.size:
            return np.zeros(len(self.listings), np.bool_)
        chosen = np.zeros(self._highest + 1, np.bool_)
        chosen[ids[ids <= self._highest]] = True
        found: Mask = chosen[self.listings]
        return found

    def of_condition(self, condition: tuple[str, Sequence[Any]], within: Mask) -> Mask:
        """Those *within* that are so by an SQL condition over `sku`."""
        import numpy as np

        sql, params = condition
        if np.count_nonzero(within) <= FEW:
            few = id_list(self.ids(np.flatnonzero(within)).tolist())
            ids = read_numbers(self._connection, f"SELECT id FROM sku WHERE id IN ({few}) AND ({sql})", tuple(params))
        else:
            ids = read_numbers(self._connection, f"SELECT id FROM sku WHERE {sql}", tuple(params))
        found = np.zeros(len(self.there), np.bool_)
        places = self._places(ids)
        found[places[places >= 0]] = True
        return found & within

    def with_code(self, condition: Filter, in_sql: tuple[str, Sequence[Any]]) -> Mask:
        """The places whose codes are as `codes_part` says; *in_sql*: the same in SQL, for those that are late, and for
        an item, which more than its characters tells."""
        import numpy as np

        denies = condition.operator == "lacks"
        found = np.concatenate((self._columns.with_code(codes_part(condition)), self._late["id"] > 0))
        if denies:
            found[: self._kept] = ~found[: self._kept]
        if condition.operator == "=":
            return self.of_condition(in_sql, self.there & found)
        if len(self._late["id"]):
            late = np.arange(len(found)) >= self._kept
            found &= ~late | self.of_condition(in_sql, late)
        return self.there & found

    def listings_in(self, found: Mask) -> Whole:
        """The listings the variants of *found* are of, each once, in the order of their ids."""
        import numpy as np

        chosen = np.zeros(self._highest + 1, np.bool_)
        chosen[self.listings[found]] = True
        return np.flatnonzero(chosen).astype(np.int64, copy=False)

    def ids(self, places: Whole) -> Whole:
        """The ids of the variants at these places."""
        import numpy as np

        kept = places < self._kept
        found = np.empty(len(places), np.int64)
        found[kept] = self._columns.ids_at(places[kept])
        found[~kept] = self._late["id"][places[~kept] - self._kept]
        return found

    def within(self, ids: Whole, found: Mask) -> Whole:
        """Of *ids* those of the variants of *found*, in their order."""
        places = self._places(ids)
        return ids[(places >= 0) & found[places]]

    def _places(self, ids: Whole) -> Whole:
        """The places of variants, -1 for those that have none."""
        import numpy as np

        late = np.searchsorted(self._late["id"], ids)
        is_late = late < len(self._late["id"])
        is_late[is_late] = self._late["id"][late[is_late]] == ids[is_late]
        return np.where(is_late, late + self._kept, self._columns.places(ids))

    def numbers(self, name: str) -> tuple[Numbers, int]:
        """A column of `SkuColumns`, and what stands in it for None and for figures that are not of today: the lowest
        number its form has. In the narrowest form, for what is not copied is compared five times as soon."""
        import numpy as np

        column = self._columns.column(name)
        today = self._today[: self._kept]
        if not len(self._late["id"]) and (name in STORED or np.array_equal(today, self.there)):
            return column.values, column.none
        found = np.full(len(self.there), UNKNOWN, np.int64)
        known = column.known if name in STORED else column.known & today
        np.copyto(found[: self._kept], column.values, where=known)
        if name in STORED:
            found[self._kept :] = self._late[name]
        return found, UNKNOWN

    def whole(self, name: str, chosen: Mask) -> Whole:
        """The numbers of a column at the places of *chosen*, `UNKNOWN` as in `numbers`."""
        import numpy as np

        values, none = self.numbers(name)
        at = values[chosen]
        return np.where(at == none, UNKNOWN, at.astype(np.int64))

    def matching(self, node: Node, leaf: Callable[[Condition], Mask], *, is_negated: bool = False) -> Mask:
        """The places where *node* holds; *leaf* tells those of one condition."""
        match node:
            case Not(part=part):
                return self.matching(part, leaf, is_negated=not is_negated)
            case All(parts=parts) | Either(parts=parts):
                found = self.matching(parts[0], leaf, is_negated=is_negated)
                for part in parts[1:]:
                    other = self.matching(part, leaf, is_negated=is_negated)
                    found = found & other if isinstance(node, All) is not is_negated else found | other
                return found
            case Condition():
                return leaf(replace(node, operator=OPPOSITE[node.operator]) if is_negated else node)
        raise TypeError(f"{type(node).__name__} is no part of a filter")

    def compared(self, condition: Filter, name: str, field: Field) -> Mask:
        """The places where a number is as *condition* says; of what nobody knows nothing is said but that.

        Raises:
            BadValue: no such number, or nothing that is asked of numbers.
        """
        import numpy as np

        values, none = self.numbers(name)
        found: Mask = values != none
        match condition.operator:
            case "missing" | "present":
                pass
            case "in" | "not in":
                wanted = [bound(field, Filter(condition.field, "=", value)) for value in condition.value]
                found &= np.isin(values, wanted)
            case "=" | "!=":
                found &= values == bound(field, condition)
            case asked if asked in _OPERATORS:
                found &= _OPERATORS[asked](values, bound(field, condition))
            case _:
                raise BadValue(name=condition.field, value=str(condition.value))
        mask: Mask = self.there & (~found if condition.operator in _DENIALS else found)
        return mask
