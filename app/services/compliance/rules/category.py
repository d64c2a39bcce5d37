"""Rules about the category and its attributes (domain.md 5.1; aliexpress-open-platform.md 5.2, 5.12)."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Fix, Hit
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    node = context.categories.by_id.get(record.category_id)
    return node is not None and node.is_leaf and context.leaf(record.category_id) is not None


GROUP = RuleGroup(_is_fine, ("category_id",))


@GROUP.rule("category.missing", "category_id")
def missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """There is no category."""
    if not record.category_id.strip():
        yield Hit()


@GROUP.rule("category.unread", "category_id")
def unread(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The marketplace's tree was not read yet, so that nothing can be said about the category."""
    if record.category_id.strip() and not context.categories:
        yield Hit({"category": record.category_id})


@GROUP.rule("category.unknown", "category_id", has_fix=True)
def unknown(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """No category has this id; the remedy puts the one its text means."""
    text = record.category_id
    if text.strip() and context.categories and context.categories.get(text) is None:
        found = context.categories.get(context.resolve_category(text) or "")
        fix = Fix("use_category", "category_id", found.category_id, params={"name": found.label}) if found else None
        yield Hit({"category": text}, fix=fix)


@GROUP.rule("category.not_leaf", "category_id")
def not_leaf(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The category has categories below it; listings sit in leaves only."""
    node = context.categories.get(record.category_id)
    if node is not None and not node.is_leaf:
        yield Hit({"category": node.label})


@GROUP.rule("category.attributes_unread", "category_id")
def attributes_unread(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """What the category asks for was not read yet, so attributes and sale properties cannot be checked."""
    node = context.categories.get(record.category_id)
    if node is not None and node.is_leaf and context.leaf(record.category_id) is None:
        yield Hit({"category": node.label})
