"""Rules about goods that the company's tables forbid or report (domain.md 13): bundles that hold them included."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Hit, Severity
from app.services.compliance.registry import RuleGroup
from app.services.compliance.verdict_book import rule_of
from app.services.listings.records import ListingRecord


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    book = context.verdicts
    return not book or not any(book.of(sku.code) for sku in record.skus)


GROUP = RuleGroup(_is_fine, ("skus",))


def _told(record: ListingRecord, context: CheckContext, code: str) -> Iterator[Hit]:
    """A variant whose code cannot be read, but may hold such goods, is held: a person must look."""
    for number, sku in enumerate(record.skus):
        for verdict, is_sure in context.verdicts.of(sku.code):
            if rule_of(verdict.kind) != code:
                continue
            params = {
                "code": sku.code,
                "item": verdict.key,
                "source": " · ".join(filter(None, (verdict.source, verdict.as_of))) or "–",
                "reason": f" ({verdict.reason})" if verdict.reason else "",
            }
            severity = Severity(verdict.severity)
            yield Hit(params, number, severity=severity if is_sure or severity is Severity.WARN else Severity.HOLD)


@GROUP.rule("item.forbidden", "sku.code")
def forbidden(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Goods of the IP and prohibited table."""
    yield from _told(record, context, "item.forbidden")


@GROUP.rule("item.feedback", "sku.code")
def feedback(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Goods of the infringement feedback."""
    yield from _told(record, context, "item.feedback")
