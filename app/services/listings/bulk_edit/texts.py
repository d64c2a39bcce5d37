"""Text operations of a bulk edit, from one text to another."""

from __future__ import annotations

import re
from functools import lru_cache

from app.services.compliance.rules.keywords import keywords_of
from app.services.listings.bulk_edit.operations import AddText, Case, ReplaceText
from app.services.listings.bulk_edit.page_texts import DetailPage, as_read
from app.services.listings.bulk_edit.patterns import SafePattern, check_replacement, safe_pattern
from app.services.listings.text import fold


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
    find, replacement = operation.find, _new_text(operation)
    if operation.field == "detail_html" and not operation.is_regex:
        find = as_read(find)  # who copies `&nbsp;` out of the page finds it
    pattern = safe_pattern(find if operation.is_regex else re.escape(find), match_case=operation.match_case)
    if operation.is_regex:
        check_replacement(pattern, replacement)
    return pattern


def _new_text(operation: ReplaceText) -> str:
    return as_read(operation.replacement) if operation.field == "detail_html" else operation.replacement


def replaced(text: str, operation: ReplaceText) -> str:
    """*text* with every hit replaced. Of a detail page only the words between two tags, never the tags: they are
    looked through as a buyer reads them, `&amp;` as `&`, and what is put there is read as it was typed.

    Raises:
        RowRefused: the text is too long for the pattern.
    """
    pattern = pattern_of(operation)
    template = _new_text(operation) if operation.is_regex else _new_text(operation).replace("\\", "\\\\")
    if operation.field != "detail_html":
        _check_fits(pattern, text)
        return pattern.replaced(text, template)
    page = DetailPage(text)
    for stretch in page.stretches:
        _check_fits(pattern, stretch.text)
    return page.with_edits([pattern.hits(stretch.text, template) for stretch in page.stretches])


def _check_fits(pattern: SafePattern, text: str) -> None:
    if not pattern.fits(text):
        raise RowRefused("slow_pattern")


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
