"""The rule about listings that a person holds back (interface.md 6): nobody else lets them go."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Hit, Severity
from app.services.compliance.registry import RuleGroup
from app.services.listings.holds import CODE
from app.services.listings.records import ListingRecord


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    return context.holds.of(record.id) is None


GROUP = RuleGroup(_is_fine, ("id",))


@GROUP.rule(CODE, "")
def held(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A person holds it back; a hold is a hold, whatever the severities are set to."""
    hold = context.holds.of(record.id)
    if hold is not None:
        yield Hit({"reason": hold.reason, "who": hold.actor or "–"}, severity=Severity.HOLD)
