"""Rules about the detail page (domain.md 5.2; aliexpress-open-platform.md 5.2)."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance import detail_text
from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Fix, Hit
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    html = record.detail_html
    return len(html) <= context.limits.detail_max and context.detail_look.is_fine(html)


GROUP = RuleGroup(_is_fine, ("detail_html",))


@GROUP.rule("detail.missing", "detail_html")
def missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Neither text nor a picture."""
    if detail_text.is_empty(record.detail_html):
        yield Hit()


@GROUP.rule("detail.too_long", "detail_html")
def too_long(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """More characters than the platform takes, markup counted."""
    count, limit = len(record.detail_html), context.limits.detail_max
    if count > limit:
        yield Hit({"count": count, "max": limit})


@GROUP.rule("detail.removed_tags", "detail_html", has_fix=True)
def removed_tags(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Tags the platform takes out without a word; the remedy takes them out now."""
    found = detail_text.removed_tags(record.detail_html)
    if found:
        tags = ", ".join(f"<{tag}>" for tag in found)
        fix = Fix("strip_tags", "detail_html", detail_text.without_removed_tags(record.detail_html))
        yield Hit({"tags": tags}, fix=fix)


@GROUP.rule("detail.foreign_link", "detail_html", has_fix=True)
def foreign_link(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A link that leads away from the platform; the remedy leaves what it stands around."""
    found = detail_text.foreign_links(record.detail_html)
    html = detail_text.without_foreign_links(record.detail_html) if found else ""
    fix = Fix("unlink", "detail_html", html) if not detail_text.foreign_links(html) else None
    for address in found:
        yield Hit({"address": address[:80]}, fix=fix)


@GROUP.rule("detail.foreign_image", "detail_html")
def foreign_image(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A picture that lies elsewhere and will not show after publishing."""
    for address in detail_text.foreign_images(record.detail_html, context.images.hosts):
        yield Hit({"address": address[:80]})
