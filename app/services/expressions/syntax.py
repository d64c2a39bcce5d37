"""What a parsed expression consists of. `at` is where a part stands in the text, 0-based; equality leaves it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Compares = Literal["=", "!=", "<", "<=", ">", ">="]


def _place() -> Any:
    return field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: Decimal
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Name:
    """The value of a field."""

    name: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Negative:
    """`-operand`."""

    operand: Node
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Step:
    """`+ operand`, `* operand` …: one step of an arithmetic chain, `at` is the sign's place."""

    sign: str
    operand: Node
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A chain of equal rank from left to right: `first + a - b`, or `first * a / b`."""

    first: Node
    steps: tuple[Step, ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Call:
    """`function(arguments)`."""

    function: str
    arguments: tuple[Node, ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two numbers compared."""

    operator: Compares
    left: Node
    right: Node
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Presence:
    """`name is missing` or `name is present`."""

    name: str
    is_missing: bool
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Condition:
    """A field of a table compared with values as they were typed; none for `missing` and `present`.

    `value_at` is where the first value stands.
    """

    name: str
    operator: str
    values: tuple[str, ...] = ()
    at: int = _place()
    value_at: int = _place()


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: Node
    at: int = _place()


@dataclass(frozen=True, slots=True)
class All:
    """Parts joined by `and`, two at least."""

    parts: tuple[Node, ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Either:
    """Parts joined by `or`, two at least."""

    parts: tuple[Node, ...]
    at: int = _place()


Node = Number | Name | Negative | Arithmetic | Call | Comparison | Presence | Condition | Not | All | Either
