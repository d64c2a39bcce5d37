"""The half of the grammar that filters and formulas share: `or`, `and`, `not`, brackets, and how deep they may go.

expression = all { "or" all } ;  all = not { "and" not } ;  not = "not" not | compared
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.services.expressions.syntax import All, Either, Node, Not
from app.services.expressions.tokens import Scanner, Token

MAX_DEPTH = 32
"""Brackets, `not`, minus signs and functions within each other; a person's go four deep."""

AND, OR, NOT = ("and", "并且", "且"), ("or", "或者", "或"), ("not", "非")
IS, MISSING, PRESENT = ("is", "为"), ("missing", "空", "缺失"), ("present", "有值")
RESERVED = (*AND, *OR, *NOT, *IS)


class Parser:
    """Recursive descent over one text. A language says what is compared and how a wrong text is refused."""

    max_length = 2_000

    def __init__(self, text: str) -> None:
        self._scanner = Scanner(text)
        self._depth = 0
        self.token = Token("end", "", 0, 0)

    def parse(self) -> Node:
        """The whole text as one expression. Raises: what `refuse`, `too_long` and `too_deep` give."""
        if len(self._scanner.text) > self.max_length:
            raise self.too_long()
        self.token = self._scanner.token(0)
        node = self.expression()
        if self.token.kind != "end":
            raise self.refuse(self.token)
        return node

    # -- what a language adds ----------------------------------------------------------------------------------

    def compared(self) -> Node:
        """What stands between `and` and `or`."""
        raise NotImplementedError

    def refuse(self, token: Token) -> Exception:
        """The error for a token that does not belong where it stands."""
        raise NotImplementedError

    def too_long(self) -> Exception:
        """The error for a text of more than `max_length` characters."""
        raise NotImplementedError

    def too_deep(self, at: int) -> Exception:
        """The error for more than `MAX_DEPTH` levels."""
        raise NotImplementedError

    # -- the shared half ---------------------------------------------------------------------------------------

    def expression(self) -> Node:
        """Parts joined by `or`."""
        return self._joined(OR, self._all, Either)

    def _all(self) -> Node:
        return self._joined(AND, self._not, All)

    def _joined(self, words: tuple[str, ...], part: Callable[[], Node], kind: type[All] | type[Either]) -> Node:
        parts, at = [part()], self.token.at
        while self.token.is_word(*words):
            self.advance()
            parts.append(part())
        return parts[0] if len(parts) == 1 else kind(tuple(parts), at)

    def _not(self) -> Node:
        if not self.token.is_word(*NOT):
            return self.compared()
        at = self.token.at
        self.advance()
        with self.deeper(at):
            return Not(self._not(), at)

    def bracketed(self) -> Node:
        """An expression between brackets; the current token is the opening one."""
        at = self.token.at
        self.advance()
        with self.deeper(at):
            node = self.expression()
        self.expect(")")
        return node

    # -- tokens ------------------------------------------------------------------------------------------------

    def advance(self, *heads: str) -> Token:
        """Go to the next token, one of *heads* even where a name goes on behind it; the one left behind."""
        left = self.token
        self.token = self._scanner.token(left.end, *heads)
        return left

    def take_value(self, *ends: str) -> Token:
        """Read the current token anew as a value and go on behind it; one of *ends* closes it even without a blank."""
        value = self._scanner.value(self.token.at, *ends)
        if value.kind not in ("word", "text"):
            raise self.refuse(value)
        self.token = self._scanner.token(value.end, *ends)
        return value

    def expect(self, sign: str) -> Token:
        """Pass *sign*."""
        if not self.token.is_sign(sign):
            raise self.refuse(self.token)
        return self.advance()

    def rest(self, at: int) -> str:
        """What is written from *at* on."""
        return self._scanner.text[at:].strip()

    @contextmanager
    def deeper(self, at: int) -> Iterator[None]:
        """One level down."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.too_deep(at)
        yield
        self._depth -= 1
