"""Formulas: `cost * 1.35 / rate + freight` over the fields of one row at a time, in exact decimal numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, DecimalException

from app.services.expressions.formula_compiler import Compiler, Reads, Values
from app.services.expressions.formula_errors import TooLarge
from app.services.expressions.formula_parser import FormulaParser
from app.services.expressions.functions import USAGES, RowFunction
from app.services.expressions.names import Names
from app.services.expressions.syntax import Node

LIMIT = Decimal(10) ** 15
"""No result is as large as this: prices, stock and weights are far below."""


class Formula:
    """A formula that was read, checked and compiled once, to be worked out for any number of rows. Threads: any.

    Attributes:
        text: as it was typed.
        names: the fields it reads, among those it was compiled with.
    """

    def __init__(self, text: str, node: Node, names: Collection[str], compute: Reads) -> None:
        self.text, self.node, self.names = text, node, frozenset(names)
        self._compute = compute

    def value(self, values: Values) -> Decimal:
        """The result for one row; *values* maps `names` to Decimals, None where unknown.

        28 significant digits; nothing is rounded unless the formula says so.

        Raises:
            MissingValue: a value that is needed is None or absent; a branch of `if` not taken needs none.
            DivisionByZero, BadArgument: what a sign or function was given makes no sense.
            TooLarge: 10^15 or more, or more than 28 digits where a function needs all of them.
        """
        try:
            result = self._compute(values)
            if -LIMIT < result < LIMIT:
                return result
        except DecimalException:
            raise TooLarge(position=1) from None
        raise TooLarge(position=1)

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"


def compile_formula(
    text: str,
    names: Collection[str],
    aliases: Mapping[str, str] | None = None,
    functions: Mapping[str, RowFunction] | None = None,
) -> Formula:
    """Read *text* and check everything that does not depend on a row.

    Grammar: numbers (`1.35`), names, `+ - * /`, brackets, `round(x, n)`, `floor`, `ceil`, `abs`, `min`, `max`,
    `round_to(x, step)`, `ends(x, 0.99)`, `if(condition, a, b)`; conditions compare numbers, ask `name is missing` or
    `is present`, and are joined by `and`, `or`, `not`.

    Args:
        names: the fields there are.
        aliases: other ways to write them: written → name.
        functions: those that only these formulas have; what they read is among `Formula.names`.

    Raises:
        FormulaError: a subclass that says what is wrong, `position` where.
    """
    node = FormulaParser(text).parse()
    own = functions or {}
    compiler = Compiler(Names(names, aliases or {}, (*USAGES, *own)), own)
    compute = compiler.number(node)
    return Formula(text, node, compiler.read, compute)
