"""A filter as it is typed: `price < 5 and status = draft and title ~ "case"`. Window and command line share it."""

from __future__ import annotations

import re

from app.services.errors import InputError
from app.services.paging import Filter, Operator

_TOKEN = re.compile(
    r"""\s*(?P<field>[A-Za-z_]+)\s*
        (?P<operator>!=|<=|>=|=|<|>|~|\bnot\s+in\b|\bin\b|\bis\s+missing\b|\bis\s+present\b)\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_VALUE = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s,()]+)')
_AND = re.compile(r"\s+and(?:\s+|$)", re.IGNORECASE)
_OPERATORS: dict[str, Operator] = {"~": "contains", "is missing": "missing", "is present": "present"}


class BadExpression(InputError):
    """The expression cannot be read from `position` (1 = first character) on; `rest` is what stands there."""

    code = "filter.bad_expression"


def parse_filters(expression: str) -> tuple[Filter, ...]:
    """The conditions of *expression*, joined by `and`.

    Grammar: `field op value`, op one of = != < <= > >= ~ (contains), `in (a, b)`, `not in (…)`, `is missing`,
    `is present`. Values with blanks stand in double quotes.

    Raises:
        BadExpression: with the position of the first character that could not be read.
    """
    filters: list[Filter] = []
    position = 0
    text = expression.rstrip()
    while position < len(text):
        if filters:
            joined = _AND.match(text, position)
            if joined is None:
                raise BadExpression(position=position + 1, rest=text[position:].strip())
            position = joined.end()
        condition, position = _condition(text, position)
        filters.append(condition)
    return tuple(filters)


def _condition(text: str, position: int) -> tuple[Filter, int]:
    head = _TOKEN.match(text, position)
    if head is None:
        raise BadExpression(position=position + 1, rest=text[position:].strip())
    written = " ".join(head["operator"].lower().split())
    operator: Operator = _OPERATORS.get(written, written)  # type: ignore[arg-type]  # the pattern admits only these
    position = head.end()
    if operator in ("missing", "present"):
        return Filter(head["field"].lower(), operator), position
    if operator in ("in", "not in"):
        values, position = _list(text, position)
        return Filter(head["field"].lower(), operator, values), position
    value, position = _value(text, position)
    return Filter(head["field"].lower(), operator, value), position


def _value(text: str, position: int) -> tuple[str, int]:
    found = _VALUE.match(text, position)
    if found is None:
        raise BadExpression(position=position + 1, rest=text[position:].strip())
    quoted = found["quoted"]
    return (found["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)), found.end()


def _list(text: str, position: int) -> tuple[tuple[str, ...], int]:
    values: list[str] = []
    if text[position : position + 1] != "(":
        raise BadExpression(position=position + 1, rest=text[position:].strip())
    position += 1
    while True:
        while text[position : position + 1] in (" ", ","):
            position += 1
        if text[position : position + 1] == ")":
            return tuple(values), position + 1
        value, position = _value(text, position)
        values.append(value)
