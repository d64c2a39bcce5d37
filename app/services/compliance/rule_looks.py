"""Asking some rules of the checker alone, of very many listings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from app.services.compliance.checker import findings_of
from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Finding
from app.services.compliance.registry import Look, Rule
from app.services.compliance.stored_findings import Tally, tally
from app.services.listings.records import ListingRecord

_NOTHING: Tally = Counter()


class RuleLook:
    """The rules of *codes*, and nothing else of the checker."""

    def __init__(self, codes: Collection[str]) -> None:
        self.codes = frozenset(codes)
        self._plans: dict[CheckContext, tuple[tuple[Look, list[Rule]], ...]] = {}

    def tally(self, record: ListingRecord, context: CheckContext) -> Tally:
        """What these rules find in *record*, which need have no more than the fields they read."""
        found: list[Finding] = []
        for is_fine, rules in self._plans.get(context) or self._plan(context):
            if not is_fine(record, context):
                for rule in rules:
                    found.extend(findings_of(rule, record, context))
        return tally(found) if found else _NOTHING

    def _plan(self, context: CheckContext) -> tuple[tuple[Look, list[Rule]], ...]:
        """What is asked with the rules of a store."""
        own = ((look, [rule for rule in rules if rule.code in self.codes]) for look, rules in context.plan)
        self._plans[context] = tuple((look, rules) for look, rules in own if rules)
        return self._plans[context]
