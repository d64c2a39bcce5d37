"""What a damaged 价格信息 text was probably meant to say. Only ever a proposal: a person has to agree (domain.md 6).

Read as JSON are also: single and typographic quotes, full-width punctuation, commas too many or too few between
entries, bare words as keys, brackets missing at the very end. A text that ends inside a value gets no proposal:
what is lost cannot be guessed.
"""

from __future__ import annotations

import re
from typing import Any

from app.services.packages.price_info import JsonNumber, PriceInfoError, checked
from app.services.packages.rules import package_rules

_PAIRS = {'"': '"', "'": "'", "“": "”", "”": "”", "‘": "’", "’": "’", "＂": "＂", "「": "」"}
_WIDE = str.maketrans("｛｝［］：，", "{}[]:,")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"[^\s\"'“”‘’{}\[\]:,｛｝［］：，]+")
_WORDS: dict[str, Any] = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_ENDS = re.compile(r"\s*(?:[,:}\]，：｝］]|$)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def proposal(text: str) -> str | None:
    """The text as it should probably be; None where nothing sensible can be proposed."""
    reader = _Reader(text.strip().lstrip("\ufeff"))
    try:
        return checked(reader.whole()).text()
    except (PriceInfoError, _GivenUp):
        return None


class _GivenUp(Exception):
    """There is no telling what was meant."""


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def whole(self) -> Any:
        """The only value of the text."""
        value = self._value(0)
        if self._next() not in ("", ",", "}", "]"):
            raise _GivenUp
        if self._text[self._at :].strip(" \t\r\n,}]，｝］"):
            raise _GivenUp
        return value

    def _next(self) -> str:
        """The next sign that is no blank, "" at the end."""
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        return self._text[self._at : self._at + 1].translate(_WIDE)

    def _value(self, depth: int) -> Any:
        if depth > package_rules().depth:
            raise _GivenUp
        sign = self._next()
        if sign == "{":
            return self._object(depth)
        if sign == "[":
            return self._array(depth)
        if sign in _PAIRS and sign:
            return self._string()
        if (found := _NUMBER.match(self._text, self._at)) and _ENDS.match(self._text, found.end()):
            self._at = found.end()
            return JsonNumber(found[0])
        return self._word()

    def _word(self) -> Any:
        found = _WORD.match(self._text, self._at)
        if found is None or found[0] not in _WORDS:
            raise _GivenUp
        self._at = found.end()
        return _WORDS[found[0]]

    def _object(self, depth: int) -> dict[str, Any]:
        self._at += 1
        made: dict[str, Any] = {}
        while not self._closes("}"):
            key = self._key()
            if self._next() != ":" or key in made:
                raise _GivenUp
            self._at += 1
            made[key] = self._value(depth + 1)
            self._skip_commas()
        return made

    def _array(self, depth: int) -> list[Any]:
        self._at += 1
        made: list[Any] = []
        while not self._closes("]"):
            made.append(self._value(depth + 1))
            self._skip_commas()
        return made

    def _closes(self, bracket: str) -> bool:
        """Whether the container ends here; it also does at the end of the text."""
        self._skip_commas()
        sign = self._next()
        if sign in ("}", "]") and sign != bracket:
            raise _GivenUp
        if sign == bracket:
            self._at += 1
        return sign in ("", bracket)

    def _skip_commas(self) -> None:
        while self._next() == ",":
            self._at += 1

    def _key(self) -> str:
        if self._next() in _PAIRS:
            return self._string()
        found = _WORD.match(self._text, self._at)
        if found is None:
            raise _GivenUp
        self._at = found.end()
        return found[0]

    def _string(self) -> str:
        """A quoted text; a quote that no comma, colon or bracket follows belongs to it (an apostrophe, an inch)."""
        opening = self._text[self._at]
        closing = {_PAIRS[opening], opening} | ({'"'} if opening in "“”" else set())
        self._at += 1
        made: list[str] = []
        while self._at < len(self._text):
            sign = self._text[self._at]
            self._at += 1
            if sign == "\\" and self._at < len(self._text):
                made.append(self._escaped())
            elif sign in closing and _ENDS.match(self._text, self._at):
                return "".join(made)
            else:
                made.append(sign)
        raise _GivenUp

    def _escaped(self) -> str:
        sign = self._text[self._at]
        self._at += 1
        if sign == "u":
            digits = self._text[self._at : self._at + 4]
            if not re.fullmatch(r"[0-9a-fA-F]{4}", digits):
                raise _GivenUp
            self._at += 4
            return chr(int(digits, 16))
        return _ESCAPES.get(sign, sign)
