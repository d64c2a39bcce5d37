"""Edited workbooks as the worker process takes them back: the plan is kept beside those of typed bulk edits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.services.listings.bulk_edit.session import PlanHead, keep, opened_database
from app.services.listings.round_trip.planning import SheetReport, plan_sheet
from app.services.tasks import TaskContext


@dataclass(frozen=True, slots=True)
class SheetHead:
    """A workbook as the window knows it: its plan, and what else there is to say."""

    plan: PlanHead
    report: SheetReport


def prepare(database: Path, path: Path, *, ctx: TaskContext) -> SheetHead:
    """Work out what an edited workbook would change, without asking the checker, and keep the plan.

    Raises:
        WorkbookError, NoMark, NewerMark: it cannot be taken back.
        TaskCancelled: stopped; nothing is left behind.
    """
    plan, report = plan_sheet(opened_database(database), path, ctx, checks=False)
    return SheetHead(keep(plan, ctx), report)
