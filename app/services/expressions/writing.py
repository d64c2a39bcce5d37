"""Syntax back to text: with the fewest brackets that keep its meaning, so that reading it gives the same syntax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
_SIGNS = {"contains": "~", "lacks": "!~"}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the language; both sets are read everywhere."""

    conjunction: str
    disjunction: str
    negation: str
    spoken: Mapping[str, str]


ENGLISH = Words("and", "or", "not", {"missing": "is missing", "present": "is present", "in": "in", "not in": "not in"})
CHINESE = Words("且", "或", "非", {"missing": "为空", "present": "不为空", "in": "属于", "not in": "不属于"})


def to_text(node: Node, words: Words = ENGLISH) -> str:
    """*node* as it would be typed."""

    def within(part: Node, rank: int) -> str:
        text = to_text(part, words)
        return f"({text})" if _rank(part) < rank else text

    match node:
        case Number(value=value):
            return f"{value:f}"
        case Name(name=name):
            return name
        case Negative(operand=operand):
            return f"-{within(operand, _SIGNED)}"
        case Arithmetic(first=first, steps=steps):
            rank = _rank(node) + 1
            return within(first, rank) + "".join(f" {step.sign} {within(step.operand, rank)}" for step in steps)
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(to_text(argument, words) for argument in arguments)})"
        case Comparison(operator=sign, left=left, right=right):
            return f"{within(left, _SUM)} {sign} {within(right, _SUM)}"
        case Presence(name=name, is_missing=is_missing):
            return f"{name} {ENGLISH.spoken['missing' if is_missing else 'present']}"
        case Condition():
            return _condition(node, words)
        case Not(part=part):
            return f"{words.negation} {within(part, _NOT)}"
        case All(parts=parts):
            return f" {words.conjunction} ".join(within(part, _NOT) for part in parts)
        case Either(parts=parts):
            return f" {words.disjunction} ".join(within(part, _AND) for part in parts)


def _condition(condition: Condition, words: Words) -> str:
    name, operator, values = condition.name, condition.operator, condition.values
    if operator in ("missing", "present"):
        return f"{name} {words.spoken[operator]}"
    if operator in ("in", "not in"):
        return f"{name} {words.spoken[operator]} ({', '.join(map(as_value, values))})"
    return f"{name} {_SIGNS.get(operator, operator)} {as_value(values[0])}"


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
