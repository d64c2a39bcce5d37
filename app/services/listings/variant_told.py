"""Which variants a question is so of, told by a byte each: conditions on listings by the masks of these, those on the
variants by columns, by codes, or by the table."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property, partial, reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from app.services.expressions.conditions import Sql, leaves, parsed
from app.services.listings.code_search import among_few, codes_part
from app.services.listings.places import rarer, shipped
from app.services.listings.variant_masks import Variants, by_level
from app.services.moments import answers_of
from app.services.paging import Filter, Query
from app.services.pricing.sku_columns import Column, SkuColumns
from app.services.sql_conditions import DENIALS, Field, as_condition, as_filter, condition_sql, fields_read, opposite
from app.services.sql_told import Told

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    Mask = NDArray[np.bool_]


class VariantMasks:
    """What is told of variants in one snapshot of *connection*.

    Args:
        own: fields of a variant; the others are its listing's.
        columns: fields that columns answer, and the columns.
        listings: the listings that are as a question to them says.
        few: the variants of few listings, if only these are asked about.
    """

    def __init__(
        self,
        connection: Connection,
        own: Mapping[str, Field],
        columns: Mapping[str, str],
        listings: Callable[[Connection, Query], Told],
        few: Variants | None = None,
    ) -> None:
        self._connection = connection
        self._answers = answers_of(connection) if few is None else None
        self._own, self._columns, self._listings = own, columns, listings
        self._few = few

    @cached_property
    def variants(self) -> Variants:
        """The variants that are told."""
        return self._few if self._few is not None else Variants(self._connection)

    def told(
        self, asked: Query, own: Sequence[Filter], rest: Sequence[tuple[str, Sequence[Any]]], order: Sequence[str] = ()
    ) -> Mask:
        """The variants of the listings of *asked* that are as the filters *own* and the conditions *rest* say; *order*:
        columns they are then sorted by."""
        self._look_up(asked, own, order)
        found = self.variants.there
        if asked != Query():
            found = found & self.variants.of_listings(self._listings(self._connection, asked))
        for one in own:
            found = found & self._of(one)
        for condition in rest:
            found = self.variants.of_condition(condition, found)
        return found

    def _look_up(self, asked: Query, own: Sequence[Filter], order: Sequence[str]) -> None:
        """What is asked of listings by a second thread, what is asked of the variants meanwhile: both are kept. Columns
        are read by the one that has nothing else to do."""
        if self._answers is None:
            return
        nodes = [
            by_level(parsed(one.value), self._own) if one.operator == "where" else as_condition(one) for one in own
        ]
        parts = [as_filter(leaf) for node in nodes for leaf in leaves(node)]
        listings = [Query(filters=(one,)) for one in parts if one.operator == "where"]
        listings += [asked] if asked != Query() else []
        new = [one for one in parts if one.operator != "where" and self._answers.get(_key(one)) is None]
        names = [self._columns[one.field] for one in new if one.field in self._columns]
        left = deque(dict.fromkeys((*names, *order)))
        if not (listings or left):
            return
        with self._answers.beside(partial(self._read_beside, listings, left)) as others:
            self._read_all([one for one in new if one.field not in self._columns])
            for name in _each(left):
                self.variants.bring(name)
            self.variants.take(others() or {})

    def _read_beside(self, listings: Sequence[Query], left: deque[str], connection: Connection) -> dict[str, Column]:
        """Keep what is asked of listings. Returns: what is *left* of the columns."""
        for one in listings:
            self._listings(connection, one)
        return {name: SkuColumns.whole_column(connection, name) for name in _each(left)}

    def _read_all(self, parts: Sequence[Filter]) -> None:
        """Bring the variants in, and keep what *parts* are so of."""
        known = self.variants.there.size
        for one in parts if known else ():
            self._of(one)

    def _of(self, one: Filter) -> Mask:
        if not fields_read(one) & self._own.keys():
            return self.variants.there & self.variants.of_listings(
                self._listings(self._connection, Query(filters=(one,)))
            )
        if one.operator == "where":
            node = by_level(parsed(one.value), self._own)
            return self.variants.matching(node, lambda leaf: self._of(as_filter(leaf)))
        if self._is_told_by_opposite(one):
            return self.variants.there & ~self._of(opposite(one))
        if one.field == "item" and one.operator == "in":
            return reduce(or_, [self._of(Filter(one.field, "=", value)) for value in one.value])
        return self._kept(one)

    def _is_told_by_opposite(self, one: Filter) -> bool:
        """Whether fewer variants, or those that are found sooner, are as the opposite of *one* says."""
        if self._few is None and one.field == "ships_from" and one.operator in ("missing", "present"):
            return one.operator != rarer(self._connection)
        return one.operator in DENIALS and one.field not in self._columns

    def _kept(self, one: Filter) -> Mask:
        """As `_read`, of what is kept if it is there."""
        import numpy as np  # here: NumPy is loaded where it is needed

        asked = _key(one)
        bits = self._answers.get(asked) if self._answers is not None else None
        if bits is not None:
            found: Mask = np.unpackbits(bits, count=len(self.variants.there)).view(np.bool_)
            return found
        found = self._read(one)
        if self._answers is not None:
            self._answers.put(asked, np.packbits(found))
        return found

    def _read(self, one: Filter) -> Mask:
        field, everything = self._own[one.field], self.variants.there
        if one.field in self._columns:
            return self.variants.compared(one, self._columns[one.field], field)
        sql: Sql = condition_sql(one, self._own.__getitem__, "sku")
        if codes_part(one):
            few = among_few(self._connection, one, sql)
            return self.variants.with_code(one, sql) if few is None else self.variants.of_condition(few, everything)
        shipping = shipped(self._connection, one, "id") if one.field == "ships_from" and self._few is None else None
        if shipping is not None:
            return everything & self.variants.with_ids(shipping)
        if one.operator == "present":  # of texts: an index has those without at its beginning
            sql = f"{field.expression} > ''", []
        return self.variants.of_condition(sql, everything)


def _key(one: Filter) -> Hashable:
    """What is kept of a condition on variants is kept under this."""
    return "sku", one.field, one.operator, repr(one.value)


def _each(left: deque[str]) -> Iterator[str]:
    """One after the other, none of them twice, whichever thread asks."""
    while True:
        try:
            yield left.popleft()
        except IndexError:
            return
