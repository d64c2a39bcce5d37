"""Conditions on prices by country that are asked together speak of the same country.

`regional_country = RU and regional_value < 5` means the listings whose price for Russia is below 5, not those that have
a price for Russia and one below 5 for anybody. Such conditions become one on the field `regional`, whose value is their
expression, before SQL is made of a filter. What is asked of several countries is asked of each; what is denied, and
what stands on different sides of an `or`, is not put together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from app.services.expressions.conditions import Sql, conjunction, joined, leaves, parsed
from app.services.expressions.syntax import All, Condition, Either, Node, Not
from app.services.expressions.writing import to_text
from app.services.paging import Filter
from app.services.sql_conditions import DENIALS, Field, as_condition, as_filter, row_sql

COUNTRY = "regional_country"
TOGETHER = "regional"
"""The field of conditions that speak of the same country; only made here, never typed."""


def together_field(fields: Mapping[str, Field]) -> Field:
    """The field `regional`, over the fields it puts together."""

    def asked(text: str) -> Sql:
        found = [row_sql(as_filter(leaf), fields[leaf.name]) for leaf in leaves(parsed(text))]
        return joined(found, " AND ")

    return Field("", str, is_sortable=False, many=fields[COUNTRY].many, asks=asked)


def paired(filters: Sequence[Filter]) -> tuple[Filter, ...]:
    """Filters of a table, all of which must hold, with those on prices by country put together."""
    alone: list[Filter] = []
    parts: list[Condition] = []
    for one in filters:
        node = parsed(one.value) if one.operator == "where" else as_condition(one)
        if isinstance(node, Condition) and _is_positive(node):
            parts.append(node)
        elif one.operator == "where" and _asks(node):
            alone.append(Filter("", "where", _rewritten(one.value)))
        else:
            alone.append(one)
    return (*alone, *(as_filter(one) for one in _together(parts)))


def _asks(node: Node) -> bool:
    return any(leaf.name.startswith(TOGETHER) for leaf in leaves(node))


def _is_positive(node: Condition) -> bool:
    return node.name.startswith(f"{TOGETHER}_") and node.operator not in DENIALS


@lru_cache(maxsize=64)
def _rewritten(text: str) -> str:
    return to_text(_paired(parsed(text)))


def _paired(node: Node) -> Node:
    match node:
        case All():
            parts = [_paired(part) for part in conjunction(node)]
            asked = [part for part in parts if isinstance(part, Condition) and _is_positive(part)]
            rest = [part for part in parts if not (isinstance(part, Condition) and _is_positive(part))]
            whole = (*rest, *_together(asked))
            return whole[0] if len(whole) == 1 else All(whole)
        case Either(parts=parts):
            return Either(tuple(map(_paired, parts)))
        case Not(part=part):
            return Not(_paired(part))
    return node


def _together(asked: Sequence[Condition]) -> Iterator[Condition]:
    """One condition for each country that is asked for, with all that is asked of it; for any country without."""
    countries = [one for one in asked if one.name == COUNTRY]
    others = [one for one in asked if one.name != COUNTRY]
    if not others or len(asked) == 1:
        yield from asked
        return
    for group in [(country, *others) for country in countries] or [tuple(others)]:
        yield Condition(TOGETHER, "=", (to_text(All(group) if len(group) > 1 else group[0]),))
