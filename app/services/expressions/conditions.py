"""What is done with the syntax of a filter, whatever table it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.services.expressions.condition_parser import ConditionParser
from app.services.expressions.syntax import All, Condition, Either, Node, Not

OPPOSITE = {
    "=": "!=",
    "<": ">=",
    ">": "<=",
    "in": "not in",
    "contains": "lacks",
    "missing": "present",
}
OPPOSITE |= {other: one for one, other in OPPOSITE.items()}
"""`not` before a condition is the opposite condition: a row without the value is in neither of `<` and `>=`."""

Sql = tuple[str, list[Any]]


def parse_condition(text: str) -> Node:
    """The syntax of a filter. Raises: BadExpression, also for a blank text."""
    return ConditionParser(text).parse()


@lru_cache(maxsize=64)
def parsed(text: str) -> Node:
    """The syntax of a filter that `writing` wrote, of any length; remembered, for a table asks again and again."""
    parser = ConditionParser(text)
    parser.max_length = len(text)
    return parser.parse()


def leaves(node: Node) -> Iterator[Condition]:
    """The conditions of a filter, from left to right."""
    match node:
        case All(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from leaves(part)
        case Not(part=part):
            yield from leaves(part)
        case Condition():
            yield node


def mapped(node: Node, change: Callable[[Condition], Node]) -> Node:
    """The same filter with each condition as *change* gives it."""
    match node:
        case All(parts=parts) | Either(parts=parts):
            return replace(node, parts=tuple(mapped(part, change) for part in parts))
        case Not(part=part):
            return replace(node, part=mapped(part, change))
        case Condition():
            return change(node)
    return node


def conjunction(node: Node) -> list[Node]:
    """The parts all of which must hold, brackets of `and` within `and` opened: one part for any other filter."""
    if isinstance(node, All):
        return [one for part in node.parts for one in conjunction(part)]
    return [node]


def to_sql(node: Node, leaf: Callable[[Condition], Sql], *, is_negated: bool = False) -> Sql:
    """*node* as an SQL condition with its parameters; *leaf* gives that of one condition."""
    match node:
        case Not(part=part):
            return to_sql(part, leaf, is_negated=not is_negated)
        case All(parts=parts) | Either(parts=parts):
            found = [to_sql(part, leaf, is_negated=is_negated) for part in parts]
            word = " AND " if isinstance(node, All) is not is_negated else " OR "
            return joined(found, word)
        case Condition():
            return leaf(replace(node, operator=OPPOSITE[node.operator]) if is_negated else node)
    raise TypeError(f"{type(node).__name__} is no part of a filter")


def joined(parts: Sequence[Sql], word: str) -> Sql:
    """Conditions joined by *word*, in brackets: SQLite takes no chain deeper than a thousand, so halves are joined."""
    if len(parts) == 1:
        return parts[0]
    (left, first), (right, second) = (
        joined(half, word) for half in (parts[: len(parts) // 2], parts[len(parts) // 2 :])
    )
    return f"({left}{word}{right})", [*first, *second]
