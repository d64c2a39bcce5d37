"""Characters to tokens. Full-width signs and the quotes of a Chinese keyboard count as their plain twins.

Every character is translated to exactly one, so that positions are those of the text as it was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["name", "number", "text", "word", "sign", "bad", "end"]

_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0x3001: ",",
    ord("×"): "*",
    ord("÷"): "/",
    ord("−"): "-",
}
_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!=", "<>": "!=", "==": "=", "≈": "~"}
_TOKEN = re.compile(
    r"""(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?![\w.]))
      | (?P<name>不?介于|[^\W\d](?:(?!不?介于)\w)*)  # Chinese goes without blanks; no name contains that
      | (?P<text>"(?:[^"\\]|\\.)*"|“(?:[^”\\]|\\.)*”)
      | (?P<sign><=|>=|!=|!~|<>|==|[<>=~≤≥≠≈+\-*/(),])
      | (?P<bad>\S)""",
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r'[^\s,()"“]+')
_BLANKS = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text from `at` to `end` (0-based); `text` is a quoted text's content, a sign's plain form."""

    kind: Kind
    text: str
    at: int
    end: int

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == "sign" and self.text in signs

    def is_word(self, *words: str) -> bool:
        """Whether it is a name written as one of these, in capitals or not."""
        return self.kind == "name" and self.text.casefold() in words


class Scanner:
    """Reads tokens of *text* at any place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._plain = text.translate(_PLAIN)

    def token(self, start: int, *heads: str) -> Token:
        """The token at *start* or after the blanks there; kind `end` behind the last one, `bad` for no token. Of a name
        that begins with one of *heads* only that."""
        at = self._skip(start)
        found = _TOKEN.match(self._plain, at)
        if found is None or found.lastgroup is None:
            return Token("end", "", at, at)
        kind: Kind = found.lastgroup  # type: ignore[assignment]  # the groups are named after the kinds
        head = next((one for one in heads if self._plain.startswith(one, at)), "")
        end = at + len(head) if head else found.end()
        return Token(kind, self._content(kind, at, end), at, end)

    def value(self, start: int, *ends: str) -> Token:
        """As `token`, where a value is expected: what is not quoted ends at a blank, comma or bracket, and before one
        of *ends*."""
        at = self._skip(start)
        found = _WORD.match(self._plain, at)
        if found is None:
            return self.token(at)
        stops = (self._plain.find(one, at, found.end()) for one in ends)
        end = min((stop for stop in stops if stop >= 0), default=found.end())
        return Token("word", self.text[at:end], at, end) if end > at else self.token(at)

    def _skip(self, start: int) -> int:
        blanks = _BLANKS.match(self._plain, start)
        return blanks.end() if blanks is not None else start

    def _content(self, kind: Kind, at: int, end: int) -> str:
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", self.text[at + 1 : end - 1], flags=re.DOTALL)
        plain = self._plain[at:end]
        return _SIGNS.get(plain, plain) if kind == "sign" else plain


def quoted(text: str) -> str:
    """*text* between quotes, so that it is read back as it is."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def as_value(text: str) -> str:
    """*text* as a value is written: bare where that is read back as it is, else between quotes."""
    found = Scanner(text).value(0)
    return text if found.kind == "word" and found.text == text else quoted(text)
