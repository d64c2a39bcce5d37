"""Text as it is searched: folded once on writing, because SQLite folds ASCII only."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise


def fold(text: str) -> str:
    """Half-width, case-folded, single spaces: what two spellings of one thing have in common."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


def search_text(title: str, product_key: str, product_id: str | None, codes: Iterable[str], keywords: str = "") -> str:
    """Everything the search box looks through, folded, one field a line so that no hit spans two fields."""
    return "\n".join(filter(None, (*map(fold, (title, product_key, product_id or "")), _codes(codes), fold(keywords))))


def _codes(codes: Iterable[str]) -> str:
    """Folded codes, each once; ASCII without blanks, which codes mostly are, all together."""
    distinct = list(dict.fromkeys(codes))
    joined = "\n".join(distinct)
    if joined.isascii() and joined.split() == distinct:
        return joined.casefold()
    return fold_lines(distinct)


def fold_lines(parts: Iterable[str]) -> str:
    """Folded parts, one a line, empty ones left out."""
    return "\n".join(folded for part in parts if part and (folded := fold(part)))


def bigrams(text: str) -> str:
    """Pairs of neighbouring letters of non-ASCII words, for words of two characters, which trigrams cannot find.

    ASCII text yields nothing: two Latin letters say too little to be worth an index.
    """
    if text.isascii():
        return ""
    pairs: dict[str, None] = {}
    for word in text.split():
        if not word.isascii():
            for left, right in pairwise(word):
                if left.isalnum() and right.isalnum():
                    pairs[left + right] = None
    return " ".join(pairs)


def like_pattern(needle: str) -> str:
    """*needle* as a LIKE pattern for "contains", its own wildcards escaped by a backslash."""
    escaped = needle.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
