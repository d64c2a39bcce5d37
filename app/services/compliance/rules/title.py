"""Rules about the title (domain.md 5.1, 14.1; aliexpress-open-platform.md 5.2)."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Fix, Hit
from app.services.compliance.registry import RuleGroup
from app.services.compliance.title_text import (
    MARKUP,
    cleaned,
    cut_at_word,
    named,
    repeated,
    strangers,
    without_repeats,
)
from app.services.compliance.words import tokens
from app.services.listings.records import ListingRecord


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    title, limits = record.title, context.limits
    if not (title.isascii() and title.isprintable() and 0 < len(title) <= limits.title_max):
        return False
    if title.isspace() or title.isupper() or "<" in title:
        return False
    words = tokens(title)
    distinct = set(words)
    most = limits.word_repeat_max
    if len(words) - len(distinct) >= most and repeated(title, most, limits.word_repeat_exempt):
        return False
    return context.contact.is_clean(title, distinct)


GROUP = RuleGroup(_is_fine, ("title",))


def _is_long_enough(record: ListingRecord, context: CheckContext) -> bool:
    return context.limits.title_good_min <= len(record.title) <= context.limits.title_good_max


LENGTH_GROUP = RuleGroup(_is_long_enough, ("title",))


def _clean_fix(title: str) -> Fix | None:
    text = cleaned(title)
    return Fix("clean_title", "title", text, params={"title": text}) if text else None


@GROUP.rule("title.missing", "title")
def missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """There is no title."""
    if not record.title.strip():
        yield Hit()


@GROUP.rule("title.too_long", "title", has_fix=True)
def too_long(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """More characters than the platform takes; the remedy cuts at a word."""
    count, limit = len(record.title), context.limits.title_max
    if count > limit:
        cut = cut_at_word(record.title, limit)
        yield Hit({"count": count, "max": limit}, fix=Fix("cut_title", "title", cut, params={"count": len(cut)}))


@GROUP.rule("title.chinese", "title")
def chinese(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Chinese characters."""
    if found := strangers(record.title)["chinese"]:
        yield Hit({"characters": "".join(found[:8])})


@GROUP.rule("title.emoji", "title", has_fix=True)
def emoji(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Emoji and pictograms."""
    if found := strangers(record.title)["emoji"]:
        yield Hit({"characters": named(found)}, fix=_clean_fix(record.title))


@GROUP.rule("title.control", "title", has_fix=True)
def control(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Characters nobody sees: line breaks, tabulators, zero-width signs."""
    if found := strangers(record.title)["control"]:
        yield Hit({"characters": named(found)}, fix=_clean_fix(record.title))


@GROUP.rule("title.not_ascii", "title", has_fix=True)
def not_ascii(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Any other character outside 00–7F, such as full-width letters, curly quotes and accents."""
    if found := strangers(record.title)["other"]:
        yield Hit({"characters": named(found)}, fix=_clean_fix(record.title))


@GROUP.rule("title.markup", "title", has_fix=True)
def markup(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Something in angle brackets."""
    if found := MARKUP.search(record.title):
        yield Hit({"text": found.group()[:30]}, fix=_clean_fix(record.title))


@GROUP.rule("title.repeated_word", "title", has_fix=True)
def repeated_word(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """One word three times or more; the remedy leaves the later ones out."""
    limits = context.limits
    found = repeated(record.title, limits.word_repeat_max, limits.word_repeat_exempt)
    text = without_repeats(record.title, limits.word_repeat_max, limits.word_repeat_exempt) if found else None
    fix = Fix("drop_repeats", "title", text) if text else None
    for word, times in found:
        yield Hit({"word": word, "times": times, "max": limits.word_repeat_max}, fix=fix)


@GROUP.rule("title.capitals", "title")
def capitals(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The whole title in capitals."""
    letters = sum(map(str.isalpha, record.title))
    if record.title.isupper() and letters >= context.limits.capitals_letters:
        yield Hit()


@GROUP.rule("title.contact", "title", has_fix=True)
def contact(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """An address, a telephone number or the name of a messenger; the remedy leaves addresses and numbers out."""
    if found := context.contact.find(record.title):
        text = context.contact.removed(record.title)
        yield Hit({"text": found}, fix=Fix("drop_contact", "title", text) if text else None)


@LENGTH_GROUP.rule("title.length", "title")
def length(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Not as long as titles that are found and read well; off until somebody wants to be told."""
    count, limits = len(record.title), context.limits
    if record.title.strip() and not limits.title_good_min <= count <= limits.title_good_max:
        yield Hit({"count": count, "min": limits.title_good_min, "max": limits.title_good_max})
