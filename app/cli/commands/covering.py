"""`cover`: products of another store become drafts of one's own (domain.md 3.2)."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk
from app.cli.failures import sentence
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.cli.spoken import Spoken
from app.messages import tr
from app.services.errors import InputError

if TYPE_CHECKING:
    from app.services.covering.mapping import Things
    from app.services.covering.records import CoverResult
    from app.services.covering.report import ReportLine
    from app.services.covering.rules import CoverRules


def add_to(commands: Commands) -> None:
    """Add `cover`."""
    parser = commands.add("cover", cover)
    parser.add_argument("--from", required=True, dest="source", metavar="STORE", help=tr("cli.help.cover.from"))
    parser.add_argument("--to", required=True, dest="target", metavar="STORE", help=tr("cli.help.cover.to"))
    parser.add_argument("--ids", required=True, type=Path, metavar="FILE", help=tr("cli.help.cover.ids"))
    parser.add_argument("--rules", type=Path, metavar="FILE", help=tr("cli.help.cover.rules"))
    parser.add_argument("--set", action="append", default=[], metavar="RULE=VALUE", help=tr("cli.help.cover.set"))
    parser.add_argument("--update", action="store_true", help=tr("cli.help.cover.update"))
    parser.add_argument("--report", type=Path, metavar="FILE", help=tr("cli.help.cover.report"))


def cover(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Cover the products of a file by the rules kept for the two stores, or by those of another file, which are kept.

    Raises:
        UnknownKind: the report's name; nothing was done.
        NoIds, TooManyIds, FileUnreadable, WorkbookError: the file has no ids; nothing was done.
        BadRule, FormulaError, CannotCover: the rules or the stores cannot be used.
        MarketplaceError: a store is out of reach; nothing was written.
    """
    from app.services.covering.desk import CoverDesk
    from app.services.covering.ids import read_ids_file
    from app.services.covering.report import report_lines
    from app.services.workbooks import check_kind

    if options.report is not None:
        check_kind(options.report)
    source, target = desk.store(options.source), desk.store(options.target)
    wanted = read_ids_file(options.ids)
    front = CoverDesk(desk.app)
    rules = _read_rules(options.rules) if options.rules else front.rules(source.id, target.id)
    rules = _with_settings(rules, [_spelled_out(desk, one) for one in options.set], front.things(target.id))

    async def run() -> CoverResult:
        try:
            return await front.run(source, target, rules, wanted, Spoken(), update=options.update)
        finally:
            await desk.app.disconnect()

    result = asyncio.run(run())
    unwritten = _unwritten(desk, options.report, report_lines(result)) if options.report is not None else []
    is_whole = not (result.failed or result.junk or unwritten)
    return Outcome(_told(result), _lines(result) + unwritten, Exit.DONE if is_whole else Exit.SOME_REFUSED)


def _unwritten(desk: Desk, path: Path, lines: list[ReportLine]) -> list[str]:
    """Write the report. Returns: why that failed, as a line; what was covered stays covered."""
    from app.services.covering.report import export_report
    from app.services.workbooks import WorkbookError

    try:
        export_report(path, lines, desk.language, Spoken())
    except WorkbookError as error:
        return [sentence(error)]
    return []


def _read_rules(path: Path) -> CoverRules:
    from app.services.covering.rules import from_json

    try:
        stored = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError("cover.rules_unreadable", file=path.name, detail=str(error)[:120]) from None
    if not isinstance(stored, dict):
        raise InputError("cover.rules_unreadable", file=path.name, detail="{}")
    return from_json(stored)


def _spelled_out(desk: Desk, setting: str) -> str:
    """`price=@NAME` with the formula of the team's own price rule NAME. Raises: NotFound."""
    name, sign, value = (part.strip() for part in setting.partition("="))
    if name != "price" or not value.startswith("@"):
        return setting
    from app.services.pricing.own_rules import own_rule_called

    return f"{name}{sign}{own_rule_called(desk.app.db, value[1:]).text}"


def _with_settings(rules: CoverRules, settings: list[str], ours: Things) -> CoverRules:
    """*rules* with single ones set as `name=value`; *ours*: what a default can be. Raises: BadRule, FormulaError."""
    from app.services.covering.rules import NO_GROUP, BadRule, from_json, to_json

    stored = to_json(rules)
    for setting in settings:
        name, sign, value = (part.strip() for part in setting.partition("="))
        kind = type(stored.get(name))
        if not sign or name not in stored or kind in (dict, tuple):
            known = ", ".join(key for key, one in stored.items() if not isinstance(one, dict | tuple))
            raise InputError("cover.unknown_rule", name=name, known=known)
        own = {"default_template": ours.templates, "default_service": ours.services, "default_group": ours.groups}
        if value and own.get(name) and value not in own[name] and (name, value) != ("default_group", NO_GROUP):
            raise BadRule(name=name, value=value)
        if name == "stock":
            stored[name] = int(value) if value.isascii() and value.isdigit() else value or None
        else:
            stored[name] = value.casefold() in ("1", "true", "yes") if kind is bool else value
    return from_json(stored)


def _told(result: CoverResult) -> dict[str, Any]:
    from app.services.covering.report import ReportLine, said

    def told(code: str, params: dict[str, object]) -> str:
        return said(ReportLine("failed", "", "", "", "", "", "", code, tuple(params.items())))

    return {
        "copied": len(result.copied),
        "updated": len(result.updated),
        "unchanged": len(result.unchanged),
        "skipped": len(result.skipped),
        "failed": [
            {
                "product_id": one.product_id,
                "code": one.code.removeprefix("error."),
                "message": told(one.code, one.params),
            }
            for one in result.failed
        ],
        "replacements": [
            {
                "product_id": one.product_id,
                "sku": one.code,
                "field": one.field,
                "from": one.before,
                "to": one.after,
                "why": one.why,
            }
            for one in result.replacements
        ],
        "unmapped": [
            {"product_id": one.product_id, "sku": one.code, "field": one.field, "value": one.value, "why": one.why}
            for one in result.unmapped
        ],
        "covered": [
            {"product_id": one.product_id, "listing": one.listing_id or None, "by": one.by, "code": one.code}
            for one in result.skipped
        ],
        "listings": {**result.copied, **result.updated, **result.unchanged},
        "junk": [{"line": one.line, "text": one.text, "why": one.why} for one in result.junk],
        "repeated": result.repeated,
        "change": result.change.uid if result.change is not None else None,
    }


def _lines(result: CoverResult) -> list[str]:
    lines = [tr("cli.covered", n=len(result.copied), updated=len(result.updated), skipped=len(result.skipped))]
    lines.append(tr("cli.cover_replaced", n=len(result.replacements), left=len(result.unmapped)))
    told = _told(result)
    lines += [f"{one['product_id']}: {one['message']}" for one in told["failed"]]
    if result.junk:
        lines.append(
            tr("cli.cover_junk", n=len(result.junk), lines=", ".join(str(one.line) for one in result.junk[:20]))
        )
    return lines
