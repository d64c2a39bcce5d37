"""Variants asked for by their numbers: whole columns at once, five million in some hundredths of a second.

A listing is either due, or all its variants stand in the columns as they are stored (`pricing.watching`): those of due
listings are read from the tables, and nobody knows their figures.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from app.services.expressions.conditions import OPPOSITE, leaves
from app.services.expressions.syntax import All, Condition, Either, Node, Not
from app.services.expressions.writing import to_text
from app.services.listings.code_search import codes_part
from app.services.listings.figure_fields import DUE_IDS
from app.services.listings.late_variants import LateVariants
from app.services.listings.loading import id_list
from app.services.paging import Filter
from app.services.pricing.given import UNKNOWN
from app.services.pricing.sku_columns import Column, SkuColumns
from app.services.sql_conditions import BadValue, Field, bound
from app.services.sql_ids import read_numbers
from app.services.sql_told import Told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Whole = NDArray[np.int64]
    Numbers = NDArray[Any]

STORED = {"id": "id", "listing": "listing_id", "place": "position", "price": "price_minor", "stock": "stock"}
"""Columns that a table has as well, and what they are called there."""
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
WIDEST = 100_000
"""Where the ids of a few listings' variants lie so far from each other, their pieces are no small part of a column."""
FEW_PIECES = 200
"""So many places mean fewer pieces of a column than are worth reading all of it."""


def by_level(node: Node, own: Container[str], *, is_negated: bool = False) -> Node:
    """*node*, or its opposite, without `not`: what asks for no field of *own* stands together in conditions `where`,
    so that listings are gone through once for it."""
    if not any(leaf.name in own for leaf in leaves(node)):
        return Condition("", "where", (to_text(Not(node) if is_negated else node),))
    match node:
        case Not(part=part):
            return by_level(part, own, is_negated=not is_negated)
        case All(parts=parts) | Either(parts=parts):
            of_listings = [part for part in parts if not any(leaf.name in own for leaf in leaves(part))]
            others = [part for part in parts if part not in of_listings]
            whole = [type(node)(tuple(of_listings)) if len(of_listings) > 1 else one for one in of_listings[:1]]
            found = [by_level(part, own, is_negated=is_negated) for part in (*whole, *others)]
            kind = All if isinstance(node, All) is not is_negated else Either
            return found[0] if len(found) == 1 else kind(tuple(found))
        case Condition() if is_negated:
            return replace(node, operator=OPPOSITE[node.operator])
    return node


class Variants:
    """All variants as they stand now; each has its place in every mask and column.

    Attributes:
        there: the places that have one.
        listings: whose each is.
    """

    def __init__(self, connection: Connection, span: tuple[int, ...] = (), listings: tuple[int, ...] = ()) -> None:
        """Args: span, listings: the lowest and the highest id of the variants that stand in the columns and are asked
        about, the id below the lowest and the highest of their listings; none for all."""
        import numpy as np

        self._connection = connection
        self._columns = SkuColumns(connection, *span)
        self._late = late = LateVariants(connection, *listings)
        values = self._columns.owners.values
        self._kept = len(values)
        owners = np.maximum(values, 0)
        self.listings = np.concatenate((owners, late.listings)) if len(late.ids) else owners
        self.there: Mask = self.listings > 0
        self._highest = int(self.listings.max(initial=0))
        self._today = self._without_late()
        self._read: dict[str, Column] = {}

    @classmethod
    def of_few(cls, connection: Connection, listing_ids: Whole) -> Variants | None:
        """The variants of few listings whose ids follow each other; None where theirs lie too far from each other."""
        sql = "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM sku WHERE listing_id BETWEEN ? AND ?"
        first, last = int(listing_ids.min()), int(listing_ids.max())
        low, high = connection.exec_driver_sql(sql, (first, last)).one()
        if high - low > WIDEST:
            return None
        found = cls(connection, (low, high), (first - 1, last))
        found.there &= found.among(listing_ids)
        return found

    def _without_late(self) -> Mask:
        """Places whose figures are of today; `there` loses what the columns have of listings that are due."""
        due, stale = read_numbers(self._connection, DUE_IDS), read_numbers(self._connection, _STALE)
        if not (due.size or stale.size):
            return self.there
        self.there[: self._kept] &= ~self.among(due)[: self._kept]
        today: Mask = self.there & ~self.among(stale)
        today[self._kept :] = False
        return today

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

    def of_listings(self, told: Told) -> Mask:
        """The places of all variants of these listings."""
        found: Mask = told.at(self.listings)
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
        return self.with_ids(ids) & within

    def with_ids(self, ids: Whole) -> Mask:
        """The places of the variants with these ids, also where one of a due listing stood before."""
        import numpy as np

        highest = max(int(ids.max(initial=0)), int(self._late.ids.max(initial=0)))
        chosen = np.zeros(highest + 1, np.bool_)
        chosen[ids] = True
        found: Mask = np.concatenate((self._columns.at_ids(chosen), chosen[self._late.ids]))
        return found

    def with_code(self, condition: Filter, in_sql: tuple[str, Sequence[Any]]) -> Mask:
        """The places whose codes are as `codes_part` says; *in_sql*: the same in SQL, for those that are late, and for
        an item, which more than its characters tells."""
        import numpy as np

        denies = condition.operator == "lacks"
        found = np.concatenate((self._columns.with_code(codes_part(condition)), self._late.ids > 0))
        if denies:
            found[: self._kept] = ~found[: self._kept]
        if condition.operator == "=":
            return self.of_condition(in_sql, self.there & found)
        if len(self._late.ids):
            late = np.arange(len(found)) >= self._kept
            found &= ~late | self.of_condition(in_sql, late)
        mask: Mask = self.there & found
        return mask

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
        found[~kept] = self._late.ids[places[~kept] - self._kept]
        return found

    def within(self, ids: Whole, found: Mask) -> Whole:
        """Of *ids* those of the variants of *found*, in their order."""
        places = self._places(ids)
        return ids[(places >= 0) & found[places]]

    def _places(self, ids: Whole) -> Whole:
        """The places of variants, -1 for those that have none."""
        import numpy as np

        late = np.searchsorted(self._late.ids, ids)
        is_late = late < len(self._late.ids)
        is_late[is_late] = self._late.ids[late[is_late]] == ids[is_late]
        return np.where(is_late, late + self._kept, self._columns.places(ids))

    def numbers(self, name: str) -> tuple[Numbers, int]:
        """A column of `SkuColumns`, and what stands in it for None and for figures that are not of today: the lowest
        number its form has. In the narrowest form, for what is not copied is compared five times as soon."""
        import numpy as np

        if name == "listing":
            return self.listings, 0
        column = self._column(name)
        today = self._today[: self._kept]
        if not len(self._late.ids) and (name in STORED or today is self.there):
            return column.values, column.none
        if name not in STORED:
            figures = np.full(len(self.there), column.none, column.values.dtype)
            np.copyto(figures[: self._kept], column.values, where=today)
            return figures, column.none
        found = np.full(len(self.there), UNKNOWN, np.int64)
        np.copyto(found[: self._kept], column.values, where=column.known)
        found[self._kept :] = self._late.numbers(STORED[name])
        return found, UNKNOWN

    def bring(self, name: str) -> None:
        """Read a column that will be asked for."""
        self._column(name)

    def take(self, columns: Mapping[str, Column]) -> None:
        """Whole columns of the same state that were read elsewhere."""
        self._read.update(columns)

    def _column(self, name: str) -> Column:
        """A column, read once for a question: it is told by it and then sorted."""
        if name not in self._read:
            self._read[name] = self._columns.column(name)
        return self._read[name]

    def whole(self, name: str, chosen: Mask) -> Whole:
        """The numbers of a column at the places of *chosen*, `UNKNOWN` as in `numbers`."""
        import numpy as np

        values, none = self.numbers(name)
        at = values[chosen]
        return np.where(at == none, UNKNOWN, at.astype(np.int64))

    def whole_at(self, name: str, places: Whole) -> Whole:
        """As `whole`, at *places*: of few, no more than their pieces of the column are read."""
        import numpy as np

        is_stored = not len(self._late.ids) and (name in STORED or self._today is self.there)
        if name in ("listing", *self._read) or len(places) > FEW_PIECES or not is_stored:
            values, none = self.numbers(name)
            at = values[places]
            return np.where(at == none, UNKNOWN, at.astype(np.int64))
        return self._columns.whole_at(name, places)

    def matching(self, node: Node, leaf: Callable[[Condition], Mask]) -> Mask:
        """The places where *node*, which has no `not`, holds; *leaf* tells those of one condition."""
        if isinstance(node, Condition):
            return leaf(node)
        if not isinstance(node, All | Either):
            raise TypeError(f"{type(node).__name__} is no part of a filter without `not`")
        found = self.matching(node.parts[0], leaf).copy()
        for part in node.parts[1:]:
            other = self.matching(part, leaf)
            if isinstance(node, All):
                found &= other
            else:
                found |= other
        return found

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
