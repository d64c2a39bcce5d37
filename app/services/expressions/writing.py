"""Syntax back to text: with the fewest brackets that keep its meaning, so that reading it gives the same syntax."""

from __future__ import annotations

from app.services.expressions.syntax import (
    All,
    Arithmetic,
    Call,
    Comparison,
    Condition,
    Either,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Presence,
)
from app.services.expressions.tokens import as_value

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGNED, _ATOM = range(8)


def to_text(node: Node) -> str:
    """*node* as it would be typed, in the English words of the language."""
    match node:
        case Number(value=value):
            return f"{value:f}"
        case Name(name=name):
            return name
        case Negative(operand=operand):
            return f"-{_within(operand, _SIGNED)}"
        case Arithmetic(first=first, steps=steps):
            rank = _rank(node)
            parts = [f" {step.sign} {_within(step.operand, rank + 1)}" for step in steps]
            return _within(first, rank + 1) + "".join(parts)
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(to_text, arguments))})"
        case Comparison(operator=sign, left=left, right=right):
            return f"{_within(left, _SUM)} {sign} {_within(right, _SUM)}"
        case Presence(name=name, is_missing=is_missing):
            return f"{name} is {'missing' if is_missing else 'present'}"
        case Condition():
            return condition_text(node)
        case Not(part=part):
            return f"not {_within(part, _NOT)}"
        case All(parts=parts):
            return " and ".join(_within(part, _NOT) for part in parts)
        case Either(parts=parts):
            return " or ".join(_within(part, _AND) for part in parts)


def condition_text(condition: Condition) -> str:
    """One condition of a filter."""
    name, operator = condition.name, condition.operator
    if operator in ("missing", "present"):
        return f"{name} is {operator}"
    if operator in ("in", "not in"):
        return f"{name} {operator} ({', '.join(map(as_value, condition.values))})"
    sign = {"contains": "~", "lacks": "!~"}.get(operator, operator)
    return f"{name} {sign} {as_value(condition.values[0])}"


def _within(node: Node, rank: int) -> str:
    text = to_text(node)
    return f"({text})" if _rank(node) < rank else text


def _rank(node: Node) -> int:
    match node:
        case Either():
            return _OR
        case All():
            return _AND
        case Not():
            return _NOT
        case Comparison() | Presence() | Condition():
            return _COMPARE
        case Arithmetic(steps=steps):
            return _SUM if steps[0].sign in "+-" else _PRODUCT
        case Negative():
            return _SIGNED
        case _:
            return _ATOM
