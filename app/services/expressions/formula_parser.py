"""Formulas as text to syntax.

compared = sum [ ("=" | "!=" | "<" | "<=" | ">" | ">=") sum ] | name "is" ("missing" | "present")
sum = product { ("+" | "-") product } ;  product = signed { ("*" | "/") signed }
signed = [ "-" | "+" ] signed | number | name | function "(" expression { "," expression } ")" | "(" expression ")"
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import cast

from app.services.expressions.formula_errors import FormulaError, TooDeep, TooLong, Unexpected
from app.services.expressions.parser import IS, MAX_DEPTH, MISSING, PRESENT, RESERVED, Parser
from app.services.expressions.syntax import (
    Arithmetic,
    Call,
    Compares,
    Comparison,
    Name,
    Negative,
    Node,
    Number,
    Presence,
    Step,
)
from app.services.expressions.tokens import Token

COMPARES = ("=", "!=", "<", "<=", ">", ">=")


class FormulaParser(Parser):
    """Reads one formula; which names there are is looked at afterwards."""

    max_length = 2_000

    def compared(self) -> Node:
        """A number, or two compared."""
        left = self._sum()
        token = self.token
        if token.is_word(*IS) and isinstance(left, Name):
            self.advance()
            return self._presence(left)
        if not token.is_sign(*COMPARES):
            return left
        self.advance()
        return Comparison(cast(Compares, token.text), left, self._sum(), token.at)

    def _presence(self, name: Name) -> Node:
        token = self.token
        if not token.is_word(*MISSING, *PRESENT):
            raise self.refuse(token)
        self.advance()
        return Presence(name.name, token.is_word(*MISSING), name.at)

    def _sum(self) -> Node:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._chain(("*", "/"), self._signed)

    def _chain(self, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        at = self.token.at
        first, steps = part(), []
        while self.token.is_sign(*signs):
            sign = self.advance()
            steps.append(Step(sign.text, part(), sign.at))
        return Arithmetic(first, tuple(steps), at) if steps else first

    def _signed(self) -> Node:
        token = self.token
        if token.is_sign("-", "+"):
            self.advance()
            with self.deeper(token.at):
                operand = self._signed()
            return operand if token.text == "+" else Negative(operand, token.at)
        if token.kind == "number":
            self.advance()
            return Number(Decimal(token.text), token.at)
        if token.kind == "name" and not token.is_word(*RESERVED):
            self.advance()
            return self._call(token) if self.token.is_sign("(") else Name(token.text, token.at)
        if token.is_sign("("):
            return self.bracketed()
        raise self.refuse(token)

    def _call(self, name: Token) -> Node:
        self.advance()
        arguments: list[Node] = []
        with self.deeper(name.at):
            while not self.token.is_sign(")"):
                if arguments:
                    self.expect(",")
                arguments.append(self.expression())
        self.advance()
        return Call(name.text.casefold(), tuple(arguments), name.at)

    # -- errors ------------------------------------------------------------------------------------------------

    def refuse(self, token: Token) -> FormulaError:
        """What stands there, or that nothing does."""
        if token.kind == "end":
            return Unexpected("formula.ended", position=token.at + 1)
        return Unexpected(position=token.at + 1, found=self.rest(token.at)[:20])

    def too_long(self) -> FormulaError:
        """How long it may be."""
        return TooLong(position=self.max_length + 1, most=self.max_length)

    def too_deep(self, at: int) -> FormulaError:
        """How deep it may be."""
        return TooDeep(position=at + 1, most=MAX_DEPTH)
