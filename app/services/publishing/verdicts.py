"""The checker's findings as reasons in the journal, and back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.services.compliance.findings import Finding, Label, Severity
from app.services.listings.holds import CODE as HELD_BY_PERSON
from app.services.price_guard.records import CODES as GUARD_CODES
from app.services.publishing.entries import Reason

BLOCKED = "publishing.blocked"
HELD = "publishing.held"


def blocking(findings: Sequence[Finding]) -> list[Finding]:
    """Findings that forbid sending."""
    return [finding for finding in findings if finding.severity == Severity.BLOCK]


def holding(findings: Sequence[Finding]) -> list[Finding]:
    """Findings that forbid sending until somebody releases the listing."""
    return [finding for finding in findings if finding.severity == Severity.HOLD]


def standing(findings: Sequence[Finding]) -> list[Finding]:
    """Findings that forbid sending and that nobody lets pass along with others: of the price guard, which only
    `price_guard.release` releases, and a person's hold, which only `listings.holding.release_listings` does."""
    return [finding for finding in holding(findings) if finding.code in GUARD_CODES or finding.code == HELD_BY_PERSON]


def of_stock(findings: Sequence[Finding]) -> list[Finding]:
    """Findings that matter to an edit that does nothing but lower stocks, so that goods that ran out are not sold: of
    the rest of the listing nothing is sent."""
    return [finding for finding in findings if finding.field == "sku.stock"]


def reason_from(findings: Sequence[Finding], code: str) -> Reason:
    """Why a listing is not sent: *code* is `BLOCKED` or `HELD`, the first finding names the field."""
    kept = [_kept(finding) for finding in findings]
    return Reason(code, {"n": len(kept), "findings": kept}, "", findings[0].field if findings else "")


def findings_in(params: Mapping[str, Any]) -> list[Finding]:
    """The findings of a reason; what an older program wrote differently is left out."""
    found = []
    for entry in params.get("findings", ()):
        if isinstance(entry, dict) and entry.get("severity") in tuple(Severity):
            values = {name: _thawed(value) for name, value in entry.get("params", {}).items()}
            severity = Severity(entry["severity"])
            found.append(Finding(entry["code"], severity, entry["field"], entry.get("sku"), values))
    return found


def told_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """The placeholders of a reason as the journal keeps them, names in two languages as such."""
    return {name: _thawed(value) for name, value in params.items()}


def _kept(finding: Finding) -> dict[str, Any]:
    params = {name: _frozen(value) for name, value in finding.params.items()}
    return {
        "code": finding.code,
        "severity": finding.severity,
        "field": finding.field,
        "sku": finding.sku,
        "params": params,
    }


def _frozen(value: Any) -> Any:
    return {"zh": value.zh, "en": value.en} if isinstance(value, Label) else value


def _thawed(value: Any) -> Any:
    return Label(**value) if isinstance(value, dict) and value.keys() == {"zh", "en"} else value
