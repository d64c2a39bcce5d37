"""Which words of titles most of them do not have: what a person looks for when titles stand beside each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from app.services.listings.text import fold

_PIECES = re.compile(r"[^\W_\u2e80-\u9fff]+|[\u2e80-\u9fff]|[\W_]+").findall
"""Words, single Chinese characters, and what stands between."""

Part = tuple[str, bool]
"""A piece of a title, and whether most of the titles lack it."""


def title_parts(titles: Sequence[str]) -> list[list[Part]]:
    """Every title in pieces that follow each other; put together they are the title again."""
    pieces = [_PIECES(title) for title in titles]
    words = [Counter(fold(piece) for piece in found if _is_word(piece)) for found in pieces]
    common = _usual(words)
    return [_joined(found, common) for found in pieces]


def _usual(words: Sequence[Counter[str]]) -> Counter[str]:
    """How often more than half of the titles have each word; of two titles, how often both have it."""
    found: Counter[str] = Counter()
    for word in set().union(*words):
        found[word] = sorted((one[word] for one in words), reverse=True)[len(words) // 2]
    return found


def _is_word(piece: str) -> bool:
    return any(letter.isalnum() for letter in piece)


def _joined(pieces: Sequence[str], common: Counter[str]) -> list[Part]:
    """Neighbours of one kind as one part; what stands between two words goes with the one before it. A word that is
    usual, but that this one has more often, differs from there on."""
    made: list[Part] = []
    left = Counter(common)
    for piece in pieces:
        is_other = bool(made) and made[-1][1]
        if _is_word(piece):
            left[fold(piece)] -= 1
            is_other = left[fold(piece)] < 0
        if made and made[-1][1] == is_other:
            made[-1] = (made[-1][0] + piece, is_other)
        else:
            made.append((piece, is_other))
    return made
