"""Syntax of a formula to closures over Decimals, typed on the way: numbers and truths are not mixed.

Nothing of the formula's text is ever executed as Python.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, cast

from app.services.errors import AppError
from app.services.expressions import arithmetic
from app.services.expressions.formula_errors import (
    BadArgument,
    DivisionByZero,
    FormulaError,
    MissingValue,
    NotACondition,
    NotANumber,
    WrongArguments,
)
from app.services.expressions.functions import FUNCTIONS, IF_USAGE, Function, RowFunction
from app.services.expressions.names import Names
from app.services.expressions.syntax import (
    All,
    Arithmetic,
    Call,
    Comparison,
    Either,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Presence,
    Step,
)

Values = Mapping[str, Decimal | None]
Reads = Callable[[Values], Decimal]
Holds = Callable[[Values], bool]

_STEPS = {"+": arithmetic.add, "-": arithmetic.subtract, "*": arithmetic.multiply}
ZERO = Decimal(0)
_COMPARES: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Compiler:
    """Compiles one formula; `read` gathers the names it needs."""

    def __init__(self, names: Names, functions: Mapping[str, RowFunction]) -> None:
        self._names, self._functions = names, functions
        self.read: set[str] = set()

    def number(self, node: Node) -> Reads:
        """The closure that works out a number. Raises: FormulaError."""
        match node:
            case Number(value=value):
                return lambda _: value
            case Name(name=name, at=at):
                return self._field(name, at)
            case Negative(operand=operand):
                part = self.number(operand)
                return lambda values: arithmetic.negate(part(values))
            case Arithmetic():
                return self._arithmetic(node)
            case Call():
                return self._call(node)
            case _:
                raise NotANumber(position=node.at + 1)

    def truth(self, node: Node) -> Holds:
        """The closure that tells whether a condition holds. Raises: FormulaError."""
        match node:
            case Comparison(operator=sign, left=left, right=right):
                compare, first, second = _COMPARES[sign], self.number(left), self.number(right)
                return lambda values: compare(first(values), second(values))
            case Presence(name=name, is_missing=is_missing, at=at):
                known = self._known(name, at)
                return lambda values: (values.get(known) is None) is is_missing
            case Not(part=part):
                opposite = self.truth(part)
                return lambda values: not opposite(values)
            case All(parts=parts):
                every = [self.truth(part) for part in parts]
                return lambda values: all(holds(values) for holds in every)
            case Either(parts=parts):
                some = [self.truth(part) for part in parts]
                return lambda values: any(holds(values) for holds in some)
            case _:
                raise NotACondition(position=node.at + 1)

    # -- fields ------------------------------------------------------------------------------------------------

    def _known(self, name: str, at: int) -> str:
        known = self._names.find(name, at)
        self.read.add(known)
        return known

    def _field(self, written: str, at: int) -> Reads:
        name, position = self._known(written, at), at + 1

        def read(values: Values) -> Decimal:
            value = values.get(name)
            if value is None:
                raise MissingValue(position=position, name=name)
            return value

        return read

    # -- arithmetic --------------------------------------------------------------------------------------------

    def _arithmetic(self, node: Arithmetic) -> Reads:
        """A closure for each step; where two parts are all there is, without a loop."""
        first = self.number(node.first)
        steps = [(self._step(step), self.number(step.operand)) for step in node.steps]
        if len(steps) > 1:
            return _chained(first, steps)
        apply, second = steps[0]
        operand = node.steps[0].operand
        if isinstance(operand, Number):
            constant = operand.value
            return lambda values: apply(first(values), constant)
        return lambda values: apply(first(values), second(values))

    @staticmethod
    def _step(step: Step) -> Callable[[Decimal, Decimal], Decimal]:
        if step.sign != "/":
            return _STEPS[step.sign]
        position, divide = step.at + 1, arithmetic.divide

        def quotient(left: Decimal, right: Decimal) -> Decimal:
            if not right:
                raise DivisionByZero(position=position)
            return divide(left, right)

        return quotient

    # -- functions ---------------------------------------------------------------------------------------------

    def _call(self, node: Call) -> Reads:
        if node.function == "if":
            return self._choice(node)
        if (own := self._functions.get(node.function)) is not None:
            return self._of_row(node, own)
        function = FUNCTIONS.get(node.function)
        if function is None:
            raise self._names.no_function(node.function, node.at)
        if not function.least <= len(node.arguments) <= function.most:
            raise _wrong_arguments(node, function.usage)
        return self._applied(node, function)

    def _applied(self, node: Call, function: Function) -> Reads:
        parts = [self.number(argument) for argument in node.arguments]
        apply, accepts, position = function.apply, function.accepts, node.at + 1
        constants = [_constant(argument) for argument in node.arguments[1:]]
        if None not in constants and not accepts([ZERO, *cast(list[Decimal], constants)]):  # no row can make it right
            raise BadArgument(position=position, name=node.function, usage=function.usage)

        def result(values: Values) -> Decimal:
            arguments = [part(values) for part in parts]
            if not accepts(arguments):
                raise BadArgument(position=position, name=node.function, usage=function.usage)
            return apply(*arguments) if len(arguments) > 1 or apply not in (min, max) else arguments[0]

        return result

    def _of_row(self, node: Call, function: RowFunction) -> Reads:
        if len(node.arguments) != 1:
            raise _wrong_arguments(node, function.usage)
        part, position = self.number(node.arguments[0]), node.at + 1
        self.read.update(function.reads)

        def result(values: Values) -> Decimal:
            known = [values.get(name) for name in function.reads]
            if None in known:
                raise MissingValue(position=position, name=function.missing)
            argument = part(values)
            try:
                return function.apply(*known, argument)
            except FormulaError:
                raise
            except AppError:
                raise BadArgument(position=position, name=node.function, usage=function.usage) from None

        return result

    def _choice(self, node: Call) -> Reads:
        if len(node.arguments) != 3:
            raise _wrong_arguments(node, IF_USAGE)
        holds = self.truth(node.arguments[0])
        first, second = self.number(node.arguments[1]), self.number(node.arguments[2])
        return lambda values: first(values) if holds(values) else second(values)


def _chained(first: Reads, steps: list[tuple[Callable[[Decimal, Decimal], Decimal], Reads]]) -> Reads:
    def result(values: Values) -> Decimal:
        number = first(values)
        for apply, operand in steps:
            number = apply(number, operand(values))
        return number

    return result


def _constant(node: Node) -> Decimal | None:
    """The number that is written there, None where it takes a row to know it."""
    match node:
        case Number(value=value):
            return value
        case Negative(operand=Number(value=value)):
            return -value
    return None


def _wrong_arguments(node: Call, usage: str) -> FormulaError:
    return WrongArguments(position=node.at + 1, name=node.function, usage=usage)
