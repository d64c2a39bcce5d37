"""Words a listing must not or should not carry (domain.md 13): whole words, variants, exceptions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from operator import add
from typing import Any

from app.services.compliance.findings import Label, Severity
from app.services.compliance.rule_data import rule_file

Tokens = tuple[bytes, ...]

_WORDS = bytes(ord(chr(n).lower()) if n < 128 and chr(n).isalnum() else ord(" ") for n in range(256))
"""Lower case, a blank for every other sign: many times faster on bytes than on text."""

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")

_RUN = re.compile(r"[^\x00-\x7f]+[\x00-\x7f]?")
"""Signs beyond ASCII and the one behind them: where terms such as 苹果 or 3C数码 can begin."""

USUAL_MAX = 20_000
"""Short texts a book remembers as clean; values of attributes and variants repeat in every listing."""


@dataclass(frozen=True, slots=True)
class Word:
    """An entry of a word list: how it is written, the rule that reports it, and where it is harmless.

    Attributes:
        severity: of this word alone; None for the rule's own.
        categories: ids of the categories under which alone the verdict holds; none for all.
        is_allowed: the verdict is that it may be used.
        list_key: the list it stands in.
        narrowness: how far the verdict is limited, to stores, to categories or to both; 0 where it is not.
    """

    text: str
    code: str
    about: Label
    exceptions: tuple[Tokens, ...] = ()
    harmless: tuple[str, ...] = ()
    severity: Severity | None = None
    categories: frozenset[str] = frozenset()
    is_allowed: bool = False
    list_key: str = ""
    narrowness: int = 0

    def holds(self, path: Set[str]) -> bool:
        """Whether the verdict is about a category, given with those above it."""
        return not self.categories or not self.categories.isdisjoint(path)

    def is_narrower(self, other: Word, path: Set[str]) -> bool:
        """Whether this verdict is limited more than *other*; of two about categories, both of which are in *path*, the
        one about the nearer."""
        if self.narrowness != other.narrowness or not self.categories or not other.categories:
            return self.narrowness > other.narrowness
        nearest = next((one for one in path if one in self.categories or one in other.categories), "")
        return nearest not in other.categories


@dataclass(frozen=True, slots=True)
class _Listed:
    """All verdicts about one word, the one that wins first; what excepts it in one list excepts it in all.

    `exceptions`, `harmless`: those that hold in every category.
    """

    words: tuple[Word, ...]
    exceptions: tuple[Tokens, ...]
    harmless: tuple[str, ...]

    def verdict(self, path: Set[str]) -> Word | None:
        """What holds in a category, itself first and those above it: of each list its narrowest verdict, and of these
        the first; None where none holds, or it allows."""
        of_lists: dict[str, Word] = {}
        for word in self.words:
            if word.holds(path):
                other = of_lists.get(word.list_key)
                if other is None or word.is_narrower(other, path):
                    of_lists[word.list_key] = word
        narrowest = of_lists.values()
        found = next((word for word in self.words if word in narrowest), None)
        return None if found is None or found.is_allowed else found

    def exceptions_in(self, path: Set[str]) -> Iterator[Tokens]:
        """Phrases of words that except it in a category."""
        yield from self.exceptions
        for word in self.words if path else ():
            if word.categories and word.holds(path):
                yield from word.exceptions

    def harmless_in(self, path: Set[str]) -> Iterator[str]:
        """Texts that except it in a category."""
        yield from self.harmless
        for word in self.words if path else ():
            if word.categories and word.holds(path):
                yield from word.harmless


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


def word_key(term: str) -> str:
    """What tells listed words apart: case, width, accents, hyphens and blanks do not."""
    if is_inside(term):
        return "".join(folded(term).split())
    return " ".join(word.decode() for word in tokens(latin(folded(term))))


def is_inside(term: str) -> bool:
    """Whether a term is found inside text, as Chinese is, and not as whole words."""
    if term.isascii():
        return False
    return any(sign > "\x7f" and sign.isalnum() for sign in unicodedata.normalize("NFKD", folded(term)))


class WordBook:
    """All word lists, ready for many texts. `is_clean` is the quick look, `find` says what and is slower.

    Both take no longer with twenty thousand words than with ten: words of a text are looked up, never tried in turn.

    Args:
        words: a term and its verdict each; of several verdicts about one word the first that holds wins, but within
            a list the narrowest.
    """

    def __init__(self, words: Iterable[tuple[str, Word]]) -> None:
        self._rows: dict[bytes, list[tuple[Tokens, int, _Listed]]] = {}
        self._heads: dict[str, list[tuple[str, _Listed]]] = {}
        members: dict[str, list[tuple[str, Word]]] = {}
        for term, word in words:
            members.setdefault(word_key(term), []).append((term, word))
        for its in members.values():
            if any(not word.is_allowed for _, word in its):
                self._add(its)
        self._anchors, self._head_set = frozenset(self._rows), frozenset(self._heads)
        self._singles = frozenset(head for head in self._heads if len(head) == 1)
        self._usual: set[str] = set()

    def _add(self, members: Sequence[tuple[str, Word]]) -> None:
        words = tuple(word for _, word in members)
        listed = _Listed(
            words,
            tuple(dict.fromkeys(row for word in words if not word.categories for row in word.exceptions)),
            tuple(dict.fromkeys(phrase for word in words if not word.categories for phrase in word.harmless)),
        )
        term = members[0][0]
        if is_inside(term):
            term = folded(term).strip()
            first = next(at for at, sign in enumerate(term) if sign > "\x7f")
            self._heads.setdefault(term[first : first + 2], []).append((term, listed))
            return
        for row in variants(term):
            anchor = max(row, key=len)
            self._rows.setdefault(anchor, []).append((row, row.index(anchor), listed))

    def is_clean(self, text: str) -> bool:
        """Whether `find` has nothing to say; a False may still be a false alarm."""
        if not text.isascii():
            text = folded(text)
            if next(self._inside_of(text), None) is not None:
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

    def find(self, text: str, path: Set[str] = frozenset()) -> list[Word]:
        """Every listed word in *text* once, in the order of the text.

        Args:
            path: ids of the listing's category, first, and of those above it.
        """
        text = folded(text)
        found = dict.fromkeys(self._inside_of(text, path))
        ascii_text = latin(text)
        found.update(dict.fromkeys(self._rows_of(tokens(ascii_text), path)))
        if "-" in ascii_text:
            found.update(dict.fromkeys(self._rows_of(hyphenated(ascii_text), path)))
        return [word for listed in found if (word := listed.verdict(path)) is not None]

    def _inside_of(self, text: str, path: Set[str] = frozenset()) -> Iterator[_Listed]:
        """Of folded *text*: the pairs of signs in it lead to the few terms that can stand there."""
        if not self._heads or text.isascii():
            return
        heads: set[str] = set()
        for run in _RUN.findall(text):
            heads.update(map(add, run, run[1:]))
        present = self._head_set.intersection(heads)
        if not self._singles.isdisjoint(text):
            present |= self._singles.intersection(text)
        found = [(text.find(term), term, listed) for head in present for term, listed in self._heads[head]]
        for _, term, listed in sorted((one for one in found if one[0] >= 0), key=lambda one: one[:2]):
            rest = text
            for harmless in listed.harmless_in(path):
                rest = rest.replace(harmless, " ")
            if term in rest:
                yield listed

    def _rows_of(self, words: Sequence[bytes], path: Set[str] = frozenset()) -> Iterator[_Listed]:
        present = self._anchors.intersection(words)
        for number in [number for number, token in enumerate(words) if token in present]:
            for row, offset, listed in self._rows[words[number]]:
                start = number - offset
                is_here = start >= 0 and tuple(words[start : start + len(row)]) == row
                if is_here and not _is_excepted(words, start, len(row), listed.exceptions_in(path)):
                    yield listed


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
    return Word(item["word"], code, about, *excepted(item["except"]))


def excepted(phrases: Iterable[str]) -> tuple[tuple[Tokens, ...], tuple[str, ...]]:
    """Phrases in which a word is harmless, as `Word` has them: rows of words, and texts."""
    phrases = tuple(phrases)
    exceptions = tuple(row for phrase in phrases if not is_inside(phrase) for row in sorted(variants(phrase)))
    harmless = tuple(folded(phrase) for phrase in phrases if is_inside(phrase))
    return exceptions, harmless
