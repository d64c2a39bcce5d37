"""`edit`: any fields of a store's listings at once, as one change that can be undone."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.commands.importing import SHOWN_ERRORS, error_object
from app.cli.commands.listings import matching_ids, matching_variants
from app.cli.desk import Desk, table
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands, HelpInLines
from app.messages import tr
from app.services.errors import InputError
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.listings.bulk_edit.edits import BulkEdit
    from app.services.listings.bulk_edit.planning import Plan
    from app.services.listings.bulk_edit.records import Applied, FindingCount, PlanCounts
    from app.services.listings.bulk_edit.targets import Target
    from app.services.listings.round_trip.planning import SheetReport

SHOWN_LINES = 10
"""Largest changes a person is shown."""
SHOWN_TEXT, SHOWN_BEFORE = 60, 20
"""Characters of a text, and how many of them stand before the place where it differs."""
SHOWN_TITLE = 40
"""Characters of a title that stand for its listing."""


def add_to(commands: Commands) -> None:
    """Add `edit`."""
    parser = commands.add("edit", edit)
    parser.formatter_class, parser.epilog = HelpInLines, tr("cli.help.edit.forms")
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument(
        "--set", default=[], action="append", dest="settings", metavar="FIELD=EXPR", help=tr("cli.help.edit.set")
    )
    parser.add_argument("--recipe", metavar="RECIPE", help=tr("cli.help.edit.recipe"))
    parser.add_argument("--from-sheet", type=Path, metavar="FILE", help=tr("cli.help.edit.from_sheet"))
    parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
    parser.add_argument("--variants", action="store_true", help=tr("cli.help.edit.variants"))
    parser.add_argument("--dry-run", action="store_true", help=tr("cli.help.import.dry_run"))


def edit(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Work a recipe and the settings out for all listings, or single variants, that the condition holds for, or the
    differences of an edited workbook, then store them unless it is a dry run.

    Raises:
        InputError: neither settings nor a recipe nor a workbook, or a workbook and one of them.
        NoSuchRecipe: nothing is kept under that name.
        WorkbookError, NoMark, NewerMark: the workbook cannot be taken back.
        BadSetting, BadOperation, FormulaError: a setting cannot be read; nothing was changed.
        BadExpression, UnknownField, BadValue: the condition cannot be.
    """
    is_typed = bool(options.settings or options.recipe is not None)
    if is_typed == (options.from_sheet is not None) or (options.from_sheet and (options.where or options.variants)):
        raise InputError("cli.edit_what")
    store = desk.store(options.store)
    if options.from_sheet is not None:
        from app.services.listings.round_trip.planning import plan_sheet

        ctx = TaskContext()
        plan, report = plan_sheet(desk.app.db, options.from_sheet, ctx, checks=options.dry_run, store_id=store.id)
        return _with_report(_carried_out(desk, plan, ctx, is_dry=options.dry_run), report)
    wanted = wanted_edit(desk, store.id, options.settings, options.recipe)
    if not options.variants:
        return edited(desk, wanted, matching_ids(desk, store.id, options.where), is_dry=options.dry_run)
    from app.services.listings.bulk_edit.targets import ChosenVariants

    skus = matching_variants(desk, store.id, options.where)
    return edited(desk, wanted, ChosenVariants(skus), is_dry=options.dry_run)


def edited(desk: Desk, wanted: BulkEdit, target: Target, *, is_dry: bool) -> Outcome:
    """Work *wanted* out for these listings or variants, then store it unless it is a dry run."""
    from app.services.listings.bulk_edit.planning import plan_edit

    ctx = TaskContext()
    return _carried_out(desk, plan_edit(desk.app.db, wanted, target, ctx, checks=is_dry), ctx, is_dry=is_dry)


def _carried_out(desk: Desk, plan: Plan, ctx: TaskContext, *, is_dry: bool) -> Outcome:
    """Store a plan unless it is a dry run, and let it go."""
    from app.services.listings.bulk_edit.applying import apply_plan
    from app.services.listings.bulk_edit.records import Applied

    try:
        lines = _largest(plan, ctx) if is_dry and not desk.is_json else []
        applied = Applied(None, plan.counts.changed) if is_dry else apply_plan(plan, ctx)
    finally:
        plan.close()
    return _outcome(plan.counts, applied, lines, is_dry=is_dry)


def _with_report(outcome: Outcome, report: SheetReport) -> Outcome:
    """What there is to say about the workbook besides."""
    outcome.result["rows"], outcome.result["missing_rows"] = report.rows, report.missing
    outcome.result["errors"] = [error_object(error) for error in report.errors]
    outcome.lines.extend(error.message(tr) for error in report.errors[:SHOWN_ERRORS])
    if report.missing:
        outcome.lines.append(tr("cli.sheet_missing", n=report.missing))
    code = outcome.code if not report.errors else Exit.SOME_REFUSED
    return replace(outcome, code=code)


def wanted_edit(desk: Desk, store_id: int, settings: list[str], recipe: str | None = None) -> BulkEdit:
    """A recipe, then the settings, as one edit of this store. Raises: see `edit`."""
    from app.services.compliance import load_context
    from app.services.listings.bulk_edit.edits import BulkEdit
    from app.services.listings.bulk_edit.recipes import Recipes
    from app.services.listings.bulk_edit.typed import parse_setting

    kept = Recipes(desk.app.data_dir).get(recipe).operations if recipe is not None else ()
    with desk.app.db.read() as session:
        context = load_context(session, store_id)
        return BulkEdit((*kept, *(parse_setting(text, context) for text in settings)))


def _largest(plan: Plan, ctx: TaskContext) -> list[str]:
    """The largest changes, as a table."""
    from app.services.listings.bulk_edit.exporting import shown_value
    from app.services.listings.bulk_edit.showing import lines, sections
    from app.services.listings.bulk_edit.value_names import ValueNames

    shown, names = min(SHOWN_LINES, sections(plan, ctx).counts["changed"]), ValueNames(plan)
    rows = []
    for line in lines(plan, 0, shown):
        values = (names.named(line, value) for value in (line.before, line.after))
        before, after = _short(*(shown_value(line.field, value) for value in values))
        rows.append((line.code or line.title[:SHOWN_TITLE], tr(f"bulk_edit.field.{line.field}"), before, "→", after))
    return table(rows) if rows else []


def _short(*values: Any) -> list[str]:
    """Values before and after, on one line each; long ones from a little before the place where they differ."""
    texts = ["–" if value is None else " ".join(str(value).split()) for value in values]
    alike = next((at for at, pair in enumerate(zip(*texts, strict=False)) if len(set(pair)) > 1), min(map(len, texts)))
    first = max(0, alike - SHOWN_BEFORE)
    if first + SHOWN_BEFORE < SHOWN_TEXT or max(map(len, texts)) <= SHOWN_TEXT:
        first = 0
    return [_cut(text, first) for text in texts]


def _cut(text: str, first: int) -> str:
    shown = f"…{text[first:]}" if first else text
    return shown if len(shown) <= SHOWN_TEXT else f"{shown[: SHOWN_TEXT - 1]}…"


def _outcome(counts: PlanCounts, applied: Applied, lines: list[str], *, is_dry: bool) -> Outcome:
    told = {
        "matched": counts.matched,
        "changed": applied.changed,
        "refused": counts.refused + len(applied.moved),
        "change": applied.change.uid if applied.change is not None else None,
        "cells": dict(counts.cells),
        "unchanged": dict(counts.unchanged),
        "reasons": dict(counts.reasons) | ({"moved": len(applied.moved)} if applied.moved else {}),
    }
    if is_dry:
        told["findings"] = [
            {"code": one.code, "severity": one.severity, "count": one.count, "listings": one.listings}
            for one in counts.findings
        ]
    done = "cli.edit_preview" if is_dry else "cli.edited" if applied.changed else "cli.edited_nothing"
    lines.append(tr(done, n=applied.changed, matched=counts.matched))
    for why, number in told["reasons"].items():
        lines.append(tr("cli.edit_refused", n=number, why=tr(f"bulk_edit.refused.{why}")))
    if is_dry:
        lines += [_verdict(one) for one in counts.findings]
    return Outcome(told, lines, Exit.SOME_REFUSED if told["refused"] else Exit.DONE)


def _verdict(one: FindingCount) -> str:
    """What the checker would newly say, with how severe it is, as `check` counts it."""
    told = tr("cli.rule", n=one.listings, name=tr(f"finding_group.{one.code}"), code=one.code)
    return f"{tr(f'status.finding.{one.severity}')} · {told}"
