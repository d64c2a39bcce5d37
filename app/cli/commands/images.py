"""`images check` and `images repair`: what is wrong with pictures, and putting it right with the originals kept."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Any

from app.cli.commands.listings import matching_ids
from app.cli.desk import Desk
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.images.checking import ImageFinding
    from app.services.images.repair_plans import RepairLine

SHOWN_LINES = 50
"""Lines a person is shown; `--json` gives all."""


def add_to(commands: Commands) -> None:
    """Add `images`."""
    group = commands.group("images")
    check = group.add("check", check_pictures)
    repair = group.add("repair", repair_pictures)
    for parser in (check, repair):
        parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
        parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
    repair.add_argument("--dry-run", action="store_true", help=tr("cli.help.import.dry_run"))
    repair.add_argument("--pad", choices=("white", "edge", "no"), default="white", help=tr("cli.help.images.pad"))
    repair.add_argument("--square", action="store_true", help=tr("cli.help.images.square"))
    repair.add_argument("--no-enlarge", action="store_true", help=tr("cli.help.images.no_enlarge"))


def check_pictures(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Look into the pictures of a store and tell what is wrong with them."""
    from app.services.compliance.findings import Severity
    from app.services.images.checking import check_images

    ids = matching_ids(desk, desk.store(options.store).id, options.where)
    report = check_images(desk.app.db, ids, TaskContext())
    findings = [_finding(line) for line in report.findings]
    told = {
        "listings": report.listings,
        "pictures": report.pictures,
        "remote": report.remote,
        "findings": findings,
    }
    lines = [f"{one['listing']} · {one['message']}" for one in findings[:SHOWN_LINES]]
    if len(findings) > SHOWN_LINES:
        lines.append(tr("cli.more", n=len(findings) - SHOWN_LINES))
    lines.append(tr("cli.images.checked", n=report.pictures, found=len(findings)))
    if report.remote:
        lines.append(tr("images.remote", n=report.remote))
    is_clean = all(line.finding.severity == Severity.WARN for line in report.findings)
    return Outcome(told, lines, Exit.DONE if is_clean else Exit.SOME_REFUSED)


def _finding(line: ImageFinding) -> dict[str, Any]:
    from app.services.compliance.findings import finding_text

    return {
        "listing": line.listing,
        "id": line.listing_id,
        "sku": line.code or None,
        "file": line.source,
        "code": line.finding.code,
        "severity": str(line.finding.severity),
        "message": finding_text(line.finding),
    }


def repair_pictures(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Repair the pictures of a store that need it, as one change; with `--dry-run` only say what would be done."""
    from app.services.images.repair_plans import FOLDER, Repaired, apply_repair, discard, plan_repair
    from app.services.images.repairing import RepairOptions

    db, ctx = desk.app.db, TaskContext()
    ids = matching_ids(desk, desk.store(options.store).id, options.where)
    wanted = RepairOptions(not options.no_enlarge, options.pad, options.square)
    plan = plan_repair(db, desk.app.data_dir / FOLDER, ids, wanted, ctx)
    if options.dry_run:
        discard(db, plan.new_files)
    done = Repaired(None) if options.dry_run else apply_repair(db, plan, ctx)
    reasons = Counter(line.why for line in plan.lines if line.why)
    told = {
        "repaired": len(plan.replaced),
        "fine": plan.fine,
        "remote": plan.remote,
        "refused": reasons.total(),
        "reasons": dict(reasons),
        "listings": done.listings,
        "change": done.change.uid if done.change is not None else None,
        "pictures": [_picture(line, is_dry=options.dry_run) for line in plan.lines],
    }
    lines = [_shown(line) for line in plan.lines[:SHOWN_LINES]]
    key = "cli.images.would_repair" if options.dry_run else "cli.images.repaired"
    lines.append(tr(key, n=len(plan.replaced), fine=plan.fine, refused=reasons.total()))
    if plan.remote:
        lines.append(tr("images.remote", n=plan.remote))
    return Outcome(told, lines, Exit.SOME_REFUSED if reasons else Exit.DONE)


def _picture(line: RepairLine, *, is_dry: bool) -> dict[str, Any]:
    after = line.after
    return {
        "file": line.source,
        "before": _facts(line.before.width, line.before.height, line.before.byte_count, line.before.format),
        "after": _facts(after.width, after.height, after.byte_count, after.format) if after is not None else None,
        "to": line.target if line.target and not is_dry else None,
        "why": line.why or None,
    }


def _facts(width: int | None, height: int | None, byte_count: int | None, kind: str) -> dict[str, Any]:
    return {"width": width, "height": height, "bytes": byte_count, "format": kind or None}


def _shown(line: RepairLine) -> str:
    if line.after is None:
        return f"{line.source} · {tr(f'images.refused.{line.why}')}"
    before, after = line.before, line.after
    return f"{line.source} · {before.width} × {before.height} {before.format} → {after.width} × {after.height}"
