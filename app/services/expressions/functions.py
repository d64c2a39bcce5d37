"""The functions a formula may use: all there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from app.services.expressions.arithmetic import CONTEXT, ONE, round_half_up, round_to, with_ending

MOST_DIGITS = 12
MANY = 50
"""Most arguments of `min` and `max`."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function over numbers: how it is written, how many arguments it takes, what it does.

    `accepts` says whether the arguments make sense; the first is never asked about.
    """

    usage: str
    least: int
    most: int
    apply: Callable[..., Decimal]
    accepts: Callable[[Sequence[Decimal]], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class RowFunction:
    """A function of one use of formulas: besides its only argument it is given what a row has.

    Attributes:
        usage: how it is written.
        reads: what it needs of the row, in the order `apply` takes it before the argument.
        apply: raises an `AppError` where the argument makes no sense.
        missing: the name a row is said not to have where any of it is unknown.
    """

    usage: str
    reads: tuple[str, ...]
    apply: Callable[..., Decimal]
    missing: str


def _round(number: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    return round_half_up(number, ONE.scaleb(-int(digits), CONTEXT))


def _floor(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_FLOOR, CONTEXT)


def _ceil(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_CEILING, CONTEXT)


def _are_digits(values: Sequence[Decimal]) -> bool:
    return all(abs(digits) <= MOST_DIGITS and digits == int(digits) for digits in values[1:])


FUNCTIONS: Mapping[str, Function] = {
    "round": Function("round(x, 2)", 1, 2, _round, _are_digits),
    "floor": Function("floor(x)", 1, 1, _floor),
    "ceil": Function("ceil(x)", 1, 1, _ceil),
    "abs": Function("abs(x)", 1, 1, CONTEXT.abs),
    "min": Function("min(a, b, …)", 1, MANY, min),
    "max": Function("max(a, b, …)", 1, MANY, max),
    "round_to": Function("round_to(x, 0.05)", 2, 2, round_to, lambda values: values[1] > 0),
    "ends": Function("ends(x, 0.99)", 2, 2, with_ending, lambda values: 0 <= values[1] < 10**MOST_DIGITS),
}
"""Besides these there is `if(condition, a, b)`, which works out one of two numbers only."""

IF_USAGE = "if(condition, a, b)"
USAGES = {"if": IF_USAGE, **{name: function.usage for name, function in FUNCTIONS.items()}}
"""How each is written, for lists a person chooses from."""
