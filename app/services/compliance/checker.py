"""The one checker: what the grid shows, what `check` prints, what guards every send (DESIGN.md 3.2)."""

from __future__ import annotations

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Finding
from app.services.compliance.registry import Rule
from app.services.compliance.rules import guard, held
from app.services.listings.records import ListingRecord


def check(record: ListingRecord, context: CheckContext) -> list[Finding]:
    """Everything wrong with *record*, in the order of the form. Pure: reads the context, changes nothing.

    Never raises, whatever stands in the record.
    """
    found: list[Finding] = []
    for is_fine, rules in context.plan:
        if not is_fine(record, context):
            for rule in rules:
                found.extend(findings_of(rule, record, context))
    return found


def check_before_sending(record: ListingRecord, context: CheckContext) -> list[Finding]:
    """What is asked again right before a listing is sent: whether a person holds it back, and its prices."""
    hold = context.holds.of(record.id)
    own = [finding for rule in held.GROUP.rules for finding in findings_of(rule, record, context)] if hold else []
    return own + check_prices(record, context)


def check_prices(record: ListingRecord, context: CheckContext) -> list[Finding]:
    """What the price guard alone says of *record*."""
    if guard.GROUP.is_fine(record, context):
        return []
    rules = [rule for rule in guard.GROUP.rules if rule.code in context.severities]
    return [finding for rule in rules for finding in findings_of(rule, record, context)]


def findings_of(rule: Rule, record: ListingRecord, context: CheckContext) -> list[Finding]:
    """What one rule says about *record*."""
    severity = context.severities[rule.code]
    return [
        Finding(rule.code, hit.severity or severity, hit.field or rule.field, hit.sku, hit.params, hit.fix)
        for hit in rule.check(record, context)
    ]
