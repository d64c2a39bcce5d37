"""Filters as text to syntax.

compared = field op value | field ["not"] "in" "(" value { [","] value } ")"
         | field ["not"] "between" value "and" value     both ends included
         | field "is" ["not"] ("missing" | "present") | "(" expression ")"
op = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" (contains) | "!~" (does not contain)

A value with blanks, commas or brackets stands in quotes.
Chinese words do as well: 且 或 非, 包含 不包含, 属于 不属于, 介于 1 和 5, 不介于, 为空 不为空.
Around 介于 and its values no blanks are needed: 价格介于1和5.
"""

from __future__ import annotations

import re
from decimal import Decimal

from app.services.errors import InputError
from app.services.expressions.parser import AND, IS, MAX_DEPTH, MISSING, NOT, OR, PRESENT, RESERVED, Parser
from app.services.expressions.syntax import All, Condition, Node, Not
from app.services.expressions.tokens import Token

OPERATORS = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "~": "contains", "!~": "lacks"}
_SPOKEN = {"包含": "contains", "不包含": "lacks", "为空": "missing", "不为空": "present"}
_IN, _NOT_IN = ("in", "属于"), "不属于"
_BETWEEN, _NOT_BETWEEN = ("between", "介于"), "不介于"
_UP_TO, _ROUNDED_OFF = (*AND, "和", "到", "至"), "之间"
_NUMBER, _DAY = re.compile(r"-?[0-9]+(\.[0-9]+)?"), re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSPACED = tuple(word for word in (*_UP_TO, *OR, _ROUNDED_OFF) if not word.isascii())


class BadExpression(InputError):
    """The expression cannot be read from `position` (1 = first character) on; `rest` is what stands there."""

    code = "filter.bad_expression"


class ConditionParser(Parser):
    """Reads one filter; which fields there are is looked at afterwards."""

    max_length = 20_000
    """Room for a pasted list of codes."""

    def compared(self) -> Node:
        """One condition, or an expression between brackets."""
        if self.token.is_sign("("):
            return self.bracketed()
        if self.token.kind != "name" or self.token.is_word(*RESERVED):
            raise self.refuse(self.token)
        name = self.advance()
        return self._condition(name)

    def _condition(self, name: Token) -> Node:
        token = self.advance()
        if token.kind == "sign" and token.text in OPERATORS:
            return self._with_value(name, OPERATORS[token.text])
        spoken = _SPOKEN.get(token.text, "") if token.kind == "name" else ""
        if spoken in ("missing", "present"):
            return Condition(name.text.casefold(), spoken, (), name.at, token.at)
        if spoken:
            return self._with_value(name, spoken)
        if token.is_word(*IS):
            return self._presence(name)
        if token.is_word(*_IN):
            return self._list(name, "in")
        if token.is_word(_NOT_IN):
            return self._list(name, "not in")
        if token.is_word(*NOT) and self.token.is_word(*_IN):
            self.advance()
            return self._list(name, "not in")
        if token.is_word(*_BETWEEN):
            return self._between(name)
        if token.is_word(_NOT_BETWEEN):
            return Not(self._between(name), token.at)
        if token.is_word(*NOT) and self.token.is_word(*_BETWEEN):
            self.advance()
            return Not(self._between(name), token.at)
        raise self.refuse(token)

    def _between(self, name: Token) -> All:
        """Two conditions: from the first value to the second, both included."""
        if self.token.is_sign("("):
            raise self._not_two(self.token)
        low = self._with_value(name, ">=", *_UNSPACED)
        if not self.token.is_word(*_UP_TO):
            raise self._not_two(self.token)
        self.advance()
        high = self._with_value(name, "<=", *_UNSPACED)
        if _is_above(low.values[0], high.values[0]):
            raise BadExpression(
                "filter.between_crossed", position=low.value_at + 1, low=low.values[0], high=high.values[0]
            )
        if self.token.is_word(_ROUNDED_OFF):
            self.advance(*_UNSPACED)
        return All((low, high), name.at)

    def _with_value(self, name: Token, operator: str, *ends: str) -> Condition:
        value = self.take_value(*ends)
        return Condition(name.text.casefold(), operator, (value.text,), name.at, value.at)

    def _presence(self, name: Token) -> Condition:
        is_not = self.token.is_word(*NOT)
        if is_not:
            self.advance()
        token = self.token
        if not token.is_word(*MISSING, *PRESENT):
            raise self.refuse(token)
        self.advance()
        operator = "missing" if token.is_word(*MISSING) is not is_not else "present"
        return Condition(name.text.casefold(), operator, (), name.at, token.at)

    def _list(self, name: Token, operator: str) -> Condition:
        self.expect("(")
        at, values = self.token.at, [self.take_value().text]
        while not self.token.is_sign(")"):
            if self.token.is_sign(","):
                self.advance()
            values.append(self.take_value().text)
        self.advance()
        return Condition(name.text.casefold(), operator, tuple(values), name.at, at)

    # -- errors ------------------------------------------------------------------------------------------------

    def refuse(self, token: Token) -> BadExpression:
        """What stands there, or that nothing does."""
        if token.kind == "end":
            return BadExpression("filter.incomplete", position=token.at + 1)
        return BadExpression(position=token.at + 1, rest=self.rest(token.at)[:40])

    def _not_two(self, token: Token) -> BadExpression:
        return BadExpression("filter.between", position=token.at + 1)

    def too_long(self) -> BadExpression:
        """How long it may be."""
        return BadExpression("filter.too_long", position=self.max_length + 1, most=self.max_length)

    def too_deep(self, at: int) -> BadExpression:
        """How deep it may be."""
        return BadExpression("filter.too_deep", position=at + 1, most=MAX_DEPTH)


def _is_above(low: str, high: str) -> bool:
    """Whether two numbers, or two days, stand the wrong way round."""
    if _NUMBER.fullmatch(low) and _NUMBER.fullmatch(high):
        return Decimal(low) > Decimal(high)
    return bool(_DAY.fullmatch(low) and _DAY.fullmatch(high)) and low > high
