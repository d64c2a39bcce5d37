"""Conditions on the figures of listings, looked up together: a pass over all figures for each would take three times as
long for three.

`margin < 0.05 and cost > 10` becomes one condition on the field `figures`, whose value is their expression, before SQL
is made of a filter; so does `or`. A listing has one row of figures at most, so both mean the same. What is denied
(`!=`, `is missing`) is so of listings without figures, too, and stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from app.services.expressions.conditions import OPPOSITE, Sql, leaves, parsed, to_sql
from app.services.expressions.syntax import All, Condition, Either, Node, Not
from app.services.expressions.writing import to_text
from app.services.listings.figure_fields import OF_LISTINGS, VIEW
from app.services.paging import Filter
from app.services.sql_conditions import DENIALS, Field, as_condition, as_filter, row_sql

TOGETHER = "figures"
"""The field of conditions that are looked up together; only made here, never typed."""


_UNINDEXED = {name: replace(field, expression=f"+{field.expression}") for name, field in OF_LISTINGS.items()}
"""The plus keeps SQLite from fetching very many rows in the order of an index of one of the figures."""


def _asked(text: str) -> Sql:
    return to_sql(parsed(text), lambda leaf: row_sql(as_filter(leaf), _UNINDEXED[leaf.name]))


FIGURES = Field("", str, is_sortable=False, many=VIEW, asks=_asked)
"""The field `figures`."""


def gathered(filters: Sequence[Filter]) -> tuple[Filter, ...]:
    """Filters of a table, all of which must hold, with those on figures put together."""
    together = [one for one in filters if one.operator != "where" and _is_figure(as_condition(one))]
    if len(together) > 1:
        alone = [one for one in filters if one not in together]
        filters = [*alone, as_filter(_joined(All, [as_condition(one) for one in together]))]
    return tuple(_rewritten(one) if one.operator == "where" else one for one in filters)


def _rewritten(one: Filter) -> Filter:
    figures = sum(leaf.name in OF_LISTINGS for leaf in leaves(parsed(one.value)))
    return Filter("", "where", _gathered_text(one.value)) if figures > 1 else one


@lru_cache(maxsize=64)
def _gathered_text(text: str) -> str:
    return to_text(_gathered(parsed(text)))


def _gathered(node: Node, *, is_negated: bool = False) -> Node:
    """*node*, or its opposite, with `not` before nothing but what speaks of rows beneath."""
    match node:
        case Not(part=part):
            return _gathered(part, is_negated=not is_negated)
        case All(parts=parts) | Either(parts=parts):
            found = [_gathered(part, is_negated=is_negated) for part in parts]
            kind = All if isinstance(node, All) is not is_negated else Either
            together = [part for part in found if _is_figure(part)]
            if len(together) > 1:
                found = [*(part for part in found if not _is_figure(part)), _joined(kind, together)]
            return found[0] if len(found) == 1 else kind(tuple(found))
        case Condition() if is_negated:
            return Condition(node.name, OPPOSITE[node.operator], node.values)
    return node


def _is_figure(node: Node) -> bool:
    return isinstance(node, Condition) and node.name in (*OF_LISTINGS, TOGETHER) and node.operator not in DENIALS


def _joined(kind: type[All] | type[Either], parts: Sequence[Node]) -> Condition:
    opened = [
        parsed(part.values[0]) if part.name == TOGETHER else part for part in parts if isinstance(part, Condition)
    ]
    return Condition(TOGETHER, "=", (to_text(kind(tuple(opened))),))
