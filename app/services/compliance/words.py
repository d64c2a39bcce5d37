"""Words a listing must not or should not carry (domain.md 13): whole words, variants, exceptions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.services.compliance.findings import Label
from app.services.compliance.rule_data import rule_file

Tokens = tuple[bytes, ...]

_WORDS = bytes(ord(chr(n).lower()) if n < 128 and chr(n).isalnum() else ord(" ") for n in range(256))
"""Lower case, a blank for every other sign: many times faster on bytes than on text."""

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")

USUAL_MAX = 20_000
"""Short texts a book remembers as clean; values of attributes and variants repeat in every listing."""


@dataclass(frozen=True, slots=True)
class Word:
    """An entry of a word list: how it is written, the rule that reports it, and where it is harmless."""

    text: str
    code: str
    about: Label
    exceptions: tuple[Tokens, ...] = ()
    harmless: tuple[str, ...] = ()


def folded(text: str) -> str:
    """Lower case, half width; this is what Chinese entries are looked up in."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def latin(text: str) -> str:
    """*text* (folded) without accents, every other sign that is not ASCII turned into a blank."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text)
    for sign in set(text):  # far fewer than there are signs in the text
        if sign > "\x7f" and unicodedata.combining(sign):
            text = text.replace(sign, "")
    return _NOT_ASCII.sub(" ", text)


def tokens(text: str) -> list[bytes]:
    """The words of ASCII text in lower case; hyphens separate."""
    return text.encode("ascii").translate(_WORDS).split()


def hyphenated(text: str) -> list[bytes]:
    """As `tokens`, but a hyphenated word is one word without its hyphens."""
    return text.encode("ascii").translate(_WORDS, b"-").split()


def plurals(word: bytes) -> set[bytes]:
    """*word* and the plural forms English may give it."""
    forms = {word, word + b"s"}
    if word.endswith((b"s", b"x", b"z", b"ch", b"sh")):
        forms.add(word + b"es")
    elif word.endswith(b"y") and word[-2:-1] not in b"aeiou":
        forms.add(word[:-1] + b"ies")
    elif word.endswith(b"fe"):
        forms.add(word[:-2] + b"ves")
    return forms


def variants(term: str) -> set[Tokens]:
    """Token rows that stand for *term*: plural, and, of several words, written as one."""
    row = tokens(latin(folded(term)))
    if not row:
        return set()
    rows = {(*row[:-1], last) for last in plurals(row[-1])}
    return rows | {(b"".join(words),) for words in rows}


class WordBook:
    """All word lists, ready for many texts. `is_clean` is the quick look, `find` says what and is slower."""

    def __init__(self, words: Iterable[tuple[str, Word]]) -> None:
        self._rows: dict[bytes, list[tuple[Tokens, int, Word]]] = {}
        self._inside: list[tuple[str, Word]] = []
        for term, word in words:
            if not term.isascii():
                self._inside.append((folded(term), word))
                continue
            for row in variants(term):
                anchor = max(row, key=len)
                self._rows.setdefault(anchor, []).append((row, row.index(anchor), word))
        self._anchors = frozenset(self._rows)
        self._has_inside = re.compile("|".join(re.escape(term) for term, _ in self._inside) or "(?!)").search
        self._usual: set[str] = set()

    def is_clean(self, text: str) -> bool:
        """Whether `find` has nothing to say; a False may still be a false alarm."""
        if not text.isascii():
            text = folded(text)
            if self._has_inside(text):
                return False
            text = latin(text)
        if self._speaks_of(tokens(text)):
            return False
        return "-" not in text or not self._speaks_of(hyphenated(text))

    def are_clean(self, values: Iterable[str]) -> bool:
        """`is_clean` for short texts that repeat: each is looked at once."""
        usual = self._usual
        for value in values:
            if value not in usual:
                if not self.is_clean(value):
                    return False
                if len(usual) < USUAL_MAX:
                    usual.add(value)
        return True

    def _speaks_of(self, words: Sequence[bytes]) -> bool:
        return not self._anchors.isdisjoint(words) and next(self._rows_of(words), None) is not None

    def find(self, text: str) -> list[Word]:
        """Every listed word in *text* once, in the order of the text."""
        text = folded(text)
        found = dict.fromkeys(self._inside_of(text))
        ascii_text = latin(text)
        found.update(dict.fromkeys(self._rows_of(tokens(ascii_text))))
        if "-" in ascii_text:
            found.update(dict.fromkeys(self._rows_of(hyphenated(ascii_text))))
        return list(found)

    def _inside_of(self, text: str) -> Iterator[Word]:
        if text.isascii():
            return
        for term, word in self._inside:
            rest = text
            for harmless in word.harmless:
                rest = rest.replace(harmless, " ")
            if term in rest:
                yield word

    def _rows_of(self, words: Sequence[bytes]) -> Iterator[Word]:
        present = self._anchors.intersection(words)
        for number in [number for number, token in enumerate(words) if token in present]:
            for row, offset, word in self._rows[words[number]]:
                start = number - offset
                is_here = start >= 0 and tuple(words[start : start + len(row)]) == row
                if is_here and not _is_excepted(words, start, len(row), word.exceptions):
                    yield word


def _is_excepted(words: Sequence[bytes], start: int, length: int, exceptions: Iterable[Tokens]) -> bool:
    """Whether one of the phrases covers the words found at *start*."""
    for phrase in exceptions:
        for first in range(max(0, start + length - len(phrase)), start + 1):
            if tuple(words[first : first + len(phrase)]) == phrase:
                return True
    return False


@cache
def word_book() -> WordBook:
    """The lists of `word_lists.json`."""
    return WordBook(
        (word.text, word)
        for entry in rule_file("word_lists")["lists"]
        for word in (_word(item, entry["code"], Label(**entry["about"])) for item in entry["words"])
    )


def _word(item: str | dict[str, Any], code: str, about: Label) -> Word:
    if isinstance(item, str):
        return Word(item, code, about)
    phrases = item["except"]
    exceptions = tuple(row for phrase in phrases if phrase.isascii() for row in sorted(variants(phrase)))
    harmless = tuple(folded(phrase) for phrase in phrases if not phrase.isascii())
    return Word(item["word"], code, about, exceptions, harmless)
