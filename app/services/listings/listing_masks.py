"""Which listings a condition is so of, where the columns of variants or the words of the search know it sooner than the
tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.services.expressions.conditions import Sql
from app.services.listings.code_search import TABLES, codes_part, is_of_many
from app.services.listings.figure_fields import DUE_IDS, OF_LISTINGS, OF_TODAY, VIEW, are_in_columns
from app.services.listings.places import shipped
from app.services.paging import Filter
from app.services.pricing.watching import is_waiting
from app.services.sql_classes import some_values
from app.services.sql_conditions import row_sql
from app.services.sql_ids import read_numbers
from app.services.sql_mask_reader import SIDES
from app.services.sql_masks import Masks
from app.services.sql_search import Match, Search
from app.services.sql_told import Told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

FEW_HITS = 30_000
"""So many rows of listings are read as soon as an index of a million of them."""


class ListingMasks(Masks):
    """`Masks` of listings."""

    def _leaf(self, condition: Filter) -> Told:
        """A figure is asked for the listings that are as *condition* says, or for all others where these are fewer:
        every listing has one row of figures while all are of today."""
        if condition.field not in OF_LISTINGS or is_waiting(self.connection):
            return super()._leaf(condition)
        wanted = row_sql(condition, self._spec.field(condition.field))
        return self.fewer("listing_figure", "listing_figure", "listing_id", wanted)

    def read(self, condition: Filter, select: Sql) -> Told:
        """The listings whose ids *select* gives; figures, and characters of codes and titles, are looked for where that
        is quickest."""
        if codes_part(condition) and is_of_many(self.connection, condition) and are_in_columns(self.connection):
            return self._with_code(condition)
        if condition.field == "title" and condition.operator == "contains":
            return self._with_title(condition, select)
        if condition.field == "text" and condition.operator == "contains":
            return self._with_text(condition, select)
        if condition.field == "ships_from":
            shipping = shipped(self.connection, condition, "listing_id")
            return super().read(condition, select) if shipping is None else self.among(shipping)
        if VIEW in select[0]:
            due = self.among(read_numbers(self.connection, DUE_IDS))
            return super().read(condition, (select[0].replace(VIEW, OF_TODAY), select[1])).both(due.opposite)
        return super().read(condition, select)

    def _with_code(self, condition: Filter) -> Told:
        """The listings that have a variant with a code as *condition* says, which `codes_part` knows."""
        from app.services.listings.source import FIELDS  # here: the source is made of masks
        from app.services.listings.variant_masks import Variants

        variants = Variants(self.connection)
        return self.among(
            variants.listings_in(variants.with_code(condition, row_sql(condition, FIELDS[condition.field])))
        )

    def _with_title(self, condition: Filter, select: Sql) -> Told:
        """Of few listings whose searched text has the characters, which the trigrams know, those whose title has; of
        many it is quicker to look through the index of all titles, half of it by another thread."""
        found = Search.of(str(condition.value), TABLES).quick_matches()
        if found and found[0].count(self.connection, FEW_HITS + 1) <= FEW_HITS:
            return self._matching("listing", found[0], row_sql(condition, self._spec.field(condition.field)))
        titles = some_values(self.connection, self._table, "title_folded", self.highest)
        middle = sorted(one or "" for one in titles)[len(titles) // 2] if titles else ""
        sql, params = select
        one, other = ((f"{sql} AND title_folded {side} ?", [*params, middle]) for side in SIDES)
        return self.in_halves(one, other)

    def _with_text(self, condition: Filter, select: Sql) -> Told:
        """Those whose searched text has the characters."""
        found = Search.of(str(condition.value), TABLES).quick_matches()
        if not found:
            return super().read(condition, select)
        field = self._spec.field(condition.field)
        wanted = row_sql(condition, replace(field, expression=field.apart_as))
        return self._matching(field.apart, found[0], wanted)

    def _matching(self, table: str, match: Match, wanted: Sql) -> Told:
        """The listings of *match* that are as *wanted*, a condition on the rows of *table*."""
        sql, params = wanted
        rows = [match.rows_with(side, self.highest // 2) for side in SIDES]
        one, other = (
            (f"SELECT id FROM {table} WHERE id IN {half} AND {sql}", [match.expression, *params]) for half in rows
        )
        return self.in_halves(one, other)
