"""Rules about the keywords (domain.md 14.1): each at most 128 characters, none twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Fix, Hit
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord
from app.services.listings.text import fold

_BETWEEN = re.compile(r"[,;\n，；、]")
"""What stands between two keywords in the one field for all of them."""


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    """Plain text between commas is looked at quickly; whatever needs folding is left to the rules."""
    text = record.keywords
    if not text:
        return True
    if ";" in text or "  " in text or not (text.isascii() and text.isprintable()):
        return False
    words = [*map(str.strip, text.lower().split(","))]
    limit = context.limits.keyword_max
    return len(set(words)) == len(words) and (len(text) <= limit or max(map(len, words)) <= limit)


GROUP = RuleGroup(_is_fine, ("keywords",))


def keywords_of(text: str) -> list[str]:
    """The keywords in the field, without the blanks around them."""
    return [word for word in map(str.strip, _BETWEEN.split(text)) if word] if text else []


@GROUP.rule("keywords.too_long", "keywords")
def too_long(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """One keyword with more characters than a search takes."""
    limit = context.limits.keyword_max
    for word in keywords_of(record.keywords):
        if len(word) > limit:
            yield Hit({"word": f"{word[:30]}…", "count": len(word), "max": limit})


@GROUP.rule("keywords.repeated", "keywords", has_fix=True)
def repeated(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A keyword that says what another one said; the remedy leaves the first of each."""
    first: dict[str, str] = {}
    again: list[str] = []
    for word in keywords_of(record.keywords):
        if fold(word) in first:
            again.append(word)
        first.setdefault(fold(word), word)
    if again:
        kept = ", ".join(first.values())
        yield Hit({"word": again[0], "count": len(again)}, fix=Fix("drop_repeats", "keywords", kept))
