"""`check`: everything that would be refused, before anything is sent."""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from typing import Any

from app.cli.desk import Desk
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr
from app.services.stores.records import StoreRecord

SHOWN_FINDINGS = 50
"""Findings a person is shown; `--json` gives all."""


def add_to(commands: Commands) -> None:
    """Add `check`."""
    parser = commands.add("check", check_store)
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))


def check_store(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Check all listings of a store with the function that guards the send; counts and states are stored."""
    store = desk.store(options.store)
    asyncio.run(_learn(desk, store))
    return checked(desk, store)


def checked(desk: Desk, store: StoreRecord) -> Outcome:
    """The findings of a store's listings as they are now."""
    from app.services.compliance.recheck import check_listings, recheck, refresh_listing_images
    from app.services.compliance.stored_findings import tally

    db = desk.app.db
    refresh_listing_images(db, store_id=store.id)
    totals: Counter[str] = Counter()
    by_rule: dict[tuple[str, str], list[int]] = {}
    findings: list[dict[str, Any]] = []
    with db.read() as session:
        for record, found in check_listings(session, store_id=store.id):
            severities = {str(finding.severity) for finding in found}
            totals["listings"] += 1
            totals["ok"] += not severities & {"block", "hold"}
            totals.update(severities)
            for (code, severity), number in tally(found).items():
                counts = by_rule.setdefault((code, severity), [0, 0])
                counts[0], counts[1] = counts[0] + number, counts[1] + 1
            findings.extend(_object(record, finding) for finding in found)
    recheck(db, store_id=store.id)
    told = {
        "listings": totals["listings"],
        "ok": totals["ok"],
        "blocked": totals["block"],
        "held": totals["hold"],
        "warned": totals["warn"],
        "rules": _rules(by_rule),
        "findings": findings,
    }
    is_clean = totals["ok"] == totals["listings"]
    return Outcome(told, _lines(told), Exit.DONE if is_clean else Exit.SOME_REFUSED)


def _rules(by_rule: dict[tuple[str, str], list[int]]) -> list[dict[str, Any]]:
    """The rules that are broken, worst first, and what can be done about each at once."""
    from app.services.compliance.findings import Severity
    from app.services.listings.findings_overview import remedy_of

    order = [str(one) for one in Severity]
    rows = sorted(by_rule.items(), key=lambda item: (order.index(item[0][1]), -item[1][1], item[0][0]))
    return [
        {"code": code, "severity": severity, "count": count, "listings": listings, "remedy": remedy_of(code)}
        for (code, severity), (count, listings) in rows
    ]


async def _learn(desk: Desk, store: StoreRecord) -> None:
    from app.services.stores.leaves import learn_leaves

    try:
        await learn_leaves(desk.app, store)
    finally:
        await desk.app.disconnect()


def _object(record: Any, finding: Any) -> dict[str, Any]:
    from app.services.compliance.findings import finding_text

    sku = None if finding.sku is None or finding.sku >= len(record.skus) else record.skus[finding.sku].code
    return {
        "listing": record.product_key or record.product_id or str(record.id),
        "id": record.id,
        "sku": sku,
        "field": finding.field,
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding_text(finding),
    }


def _lines(told: dict[str, Any]) -> list[str]:
    lines = [
        " · ".join(
            filter(
                None,
                (
                    tr(f"status.finding.{finding['severity']}"),
                    finding["listing"],
                    finding["sku"],
                    finding["message"],
                ),
            )
        )
        for finding in told["findings"][:SHOWN_FINDINGS]
    ]
    if len(told["findings"]) > SHOWN_FINDINGS:
        lines.append(tr("cli.more", n=len(told["findings"]) - SHOWN_FINDINGS))
    for rule in told["rules"]:
        lines.append(tr("cli.rule", n=rule["listings"], name=tr(f"finding_group.{rule['code']}"), code=rule["code"]))
    lines.append(tr("cli.checked", n=told["listings"], ok=told["ok"], blocked=told["blocked"], held=told["held"]))
    return lines
