"""Rules about listed words: prohibited goods, names that need a licence, suspicious wording (domain.md 13)."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.detail_text import plain_text
from app.services.compliance.findings import Hit
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    words = context.words
    if not words.is_clean(f"{record.title}\n{record.keywords}\n{plain_text(record.detail_html)}"):
        return False
    own = [entry.get("value") or "" for entry in record.attributes if not entry.get("value_id")]
    for look in context.variant_look.all(record.skus):
        own += look.own
    return words.are_clean(own)


GROUP = RuleGroup(_is_fine, ("category_id",), ("title", "keywords", "attributes", "skus", "detail_html"))


def _texts(record: ListingRecord) -> Iterator[tuple[str, int | None, str]]:
    """Field, number of the variant and text of everything the seller wrote; values of the platform's lists are not."""
    yield "title", None, record.title
    yield "keywords", None, record.keywords
    for entry in record.attributes:
        if not entry.get("value_id"):
            yield "attributes", None, entry.get("value") or ""
    for number, sku in enumerate(record.skus):
        for part in sku.properties:
            if not part.get("value_id"):
                yield "sku.properties", number, part.get("value") or ""
    yield "detail_html", None, plain_text(record.detail_html)


def _listed(record: ListingRecord, context: CheckContext, code: str) -> Iterator[Hit]:
    path = context.categories.path(record.category_id)
    for field, number, text in _texts(record):
        if context.words.is_clean(text):
            continue
        for word in context.words.find(text, path):
            if word.code == code:
                yield Hit({"word": word.text, "list": word.about}, number, field=field, severity=word.severity)


@GROUP.rule("word.prohibited", "title")
def prohibited(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Goods that may not be listed."""
    yield from _listed(record, context, "word.prohibited")


@GROUP.rule("word.licence", "title")
def licence(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A brand, or goods that need a permit: somebody has to say that there is one."""
    yield from _listed(record, context, "word.licence")


@GROUP.rule("word.suspect", "title")
def suspect(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Wording that draws the platform's eye."""
    yield from _listed(record, context, "word.suspect")


@GROUP.rule("word.chinese", "title")
def chinese(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Words a supplier's page left behind; the title has a rule of its own about Chinese characters."""
    for hit in _listed(record, context, "word.chinese"):
        if hit.field != "title" or "title.chinese" not in context.severities:
            yield hit


@GROUP.rule("word.contact", "title")
def contact(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Names of messengers and the like; a title in which the rule about titles finds contact data is left to that."""
    is_told = "title.contact" in context.severities and bool(context.contact.find(record.title))
    for hit in _listed(record, context, "word.contact"):
        if hit.field != "title" or not is_told:
            yield hit
