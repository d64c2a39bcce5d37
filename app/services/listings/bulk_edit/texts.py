"""Text operations of a bulk edit, from one text to another."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from app.services.compliance.rules.keywords import keywords_of
from app.services.listings.bulk_edit.operations import AddText, Case, ReplaceText
from app.services.listings.bulk_edit.patterns import SafePattern, check_replacement, safe_pattern
from app.services.listings.text import fold

_TAG = re.compile(r"(<[^<>]*>)")


class RowRefused(Exception):
    """This one row cannot be changed so: `why` is the key `bulk_edit.refused.<why>`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@lru_cache(maxsize=64)
def pattern_of(operation: ReplaceText) -> SafePattern:
    """What *operation* looks for.

    Raises:
        BadPattern, SlowPattern: it cannot be used.
    """
    written = operation.find if operation.is_regex else re.escape(operation.find)
    pattern = safe_pattern(written, match_case=operation.match_case)
    if operation.is_regex:
        check_replacement(pattern, operation.replacement)
    return pattern


def replaced(text: str, operation: ReplaceText) -> str:
    """*text* with every hit replaced; of a detail page only the words, never the tags.

    Raises:
        RowRefused: the text is too long for the pattern.
    """
    pattern = pattern_of(operation)
    template = operation.replacement if operation.is_regex else operation.replacement.replace("\\", "\\\\")

    def one(part: str) -> str:
        if not pattern.fits(part):
            raise RowRefused("slow_pattern")
        return pattern.replaced(part, template)

    return outside_tags(text, one) if operation.field == "detail_html" else one(text)


def outside_tags(html: str, change: Callable[[str], str]) -> str:
    """*html* with *change* done to every stretch of text between tags."""
    return "".join(part if part.startswith("<") else change(part) for part in _TAG.split(html))


def with_ends(text: str, operation: AddText) -> str:
    """*text* with prefix and suffix, each once."""
    start = "" if text.startswith(operation.prefix) else operation.prefix
    end = "" if text.endswith(operation.suffix) else operation.suffix
    return f"{start}{text}{end}"


def in_case(text: str, case: Case) -> str:
    """*text* in another case. Words in capitals keep them where a word begins: `USB` stays in a title."""
    if case == "upper":
        return text.upper()
    if case == "lower":
        return text.lower()
    if case == "title":
        return re.sub(r"(?<!\S)\S", lambda found: found[0].upper(), text)
    lowered = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in text.split(" "))
    return lowered[:1].upper() + lowered[1:]


def with_keyword(text: str, keyword: str) -> str:
    """*text*, a list of keywords, with one more at its end."""
    words = keywords_of(text)
    return text if fold(keyword) in map(fold, words) else ", ".join([*words, keyword.strip()])


def without_keyword(text: str, keyword: str) -> str:
    """*text* without a keyword; untouched where it is not there."""
    words = keywords_of(text)
    kept = [word for word in words if fold(word) != fold(keyword)]
    return text if len(kept) == len(words) else ", ".join(kept)
