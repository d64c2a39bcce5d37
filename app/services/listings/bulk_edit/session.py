"""Bulk edits as they run in the worker process: work one out, show pages of it, store it, let it go.

Plans live in files of the worker, named by tokens; the newest few are kept. All functions are called by import path
through `app.services.worker`.
"""

from __future__ import annotations

import atexit
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from app.messages import Language, Messages
from app.services.db import Database
from app.services.errors import NotFound
from app.services.history.records import UndoResult
from app.services.history.returning import Returned
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.exporting import export_lines
from app.services.listings.bulk_edit.planning import Plan, check_plan, plan_edit, refused_listings
from app.services.listings.bulk_edit.records import Applied, PlanCounts, PreviewLine
from app.services.listings.bulk_edit.showing import Section, Sections, lines, sections
from app.services.listings.bulk_edit.spread import Spread, spread_of
from app.services.listings.bulk_edit.targets import Target
from app.services.listings.desk import ListingDesk
from app.services.roles import Role
from app.services.tasks import TaskContext
from app.services.upgrade import open_database

KEPT_PLANS = 3

_plans: OrderedDict[str, Plan] = OrderedDict()
_databases: dict[Path, Database] = {}


@dataclass(frozen=True, slots=True)
class PlanHead:
    """A plan as the window knows it: its token, the figures, where the lines of each kind begin, how prices move."""

    token: str
    counts: PlanCounts
    sections: Sections
    spread: Spread | None = None


def prepare(database: Path, edit: BulkEdit, target: Target, checks: bool = True, *, ctx: TaskContext) -> PlanHead:
    """Work a bulk edit out and keep it. Nothing is written.

    Raises:
        BadPattern, SlowPattern, FormulaError, BadOperation, UnknownField, BadValue: it makes no sense.
        TaskCancelled: stopped; nothing is left behind.
    """
    return keep(plan_edit(opened_database(database), edit, target, ctx, checks=checks), ctx)


def keep(plan: Plan, ctx: TaskContext) -> PlanHead:
    """Keep a plan that was worked out, and give it a token. Raises: TaskCancelled; then the plan is closed."""
    try:
        head = PlanHead(uuid4().hex, plan.counts, sections(plan, ctx), spread_of(plan))
    except BaseException:  # a stop as well: nobody else knows of the plan's file yet
        plan.close()
        raise
    _plans[head.token] = plan
    while len(_plans) > KEPT_PLANS:
        _plans.popitem(last=False)[1].close()
    return head


def check(token: str, *, ctx: TaskContext) -> PlanHead:
    """Ask the checker about a plan that was prepared without.

    Raises:
        NotFound: the plan is gone.
        TaskCancelled: stopped; the plan is kept as it was.
    """
    plan = _plan(token)
    check_plan(plan, ctx)
    return PlanHead(token, plan.counts, sections(plan, ctx), spread_of(plan))


def page(token: str, first: int, count: int, *, ctx: TaskContext) -> list[PreviewLine]:
    """Lines of a plan by position. Raises: NotFound where the plan is gone."""
    return lines(_plan(token), first, count)


def export(token: str, out: str, language: Language, section: Section | None = None, *, ctx: TaskContext) -> int:
    """Write the lines of a plan, or of a section of it, to a sheet. Returns: how many. Raises: as `export_lines`,
    NotFound."""
    return export_lines(_plan(token), Path(out), ctx, Messages(language), section)


def apply(token: str, *, ctx: TaskContext) -> Applied:
    """Store a plan, then let it go, unless something of it was refused: its reasons can be written to a sheet.

    Raises:
        NotFound: the plan is gone.
        TaskCancelled: stopped; nothing was written, the plan is kept.
    """
    plan = _plan(token)
    refused = refused_listings(plan)
    applied = apply_plan(plan, ctx)
    if not refused:
        discard(token, ctx=ctx)
    return replace(applied, refused=refused, reasons=plan.counts.reasons)


def discard(token: str, *, ctx: TaskContext) -> None:
    """Let a plan go. Safe to call twice."""
    plan = _plans.pop(token, None)
    if plan is not None:
        plan.close()


def take_back(
    database: Path,
    uid: str | None,
    only: Sequence[int] | None = None,
    fields: Sequence[str] | None = None,
    role: str = Role.SUPERVISOR,
    *,
    ctx: TaskContext,
) -> UndoResult:
    """Take back a change, the newest one without *uid*, away from the window: it may be half a million prices.

    Raises: NotFound, TaskCancelled.
    """
    return ListingDesk(lambda: opened_database(database), lambda: role).undo(uid, only, ctx, fields)


def do_again(database: Path, role: str = Role.SUPERVISOR, *, ctx: TaskContext) -> UndoResult:
    """Take the newest undo back, away from the window. Raises: NotFound, TaskCancelled."""
    return ListingDesk(lambda: opened_database(database), lambda: role).redo(ctx)


def take_back_since(database: Path, moment: datetime, role: str = Role.SUPERVISOR, *, ctx: TaskContext) -> Returned:
    """Take back every change made after *moment*, away from the window. Raises: NotFound, TaskCancelled."""
    return ListingDesk(lambda: opened_database(database), lambda: role).go_back(moment, ctx)


@atexit.register
def close_all() -> None:
    """Remove the files of all plans and close the databases; at the end of the worker."""
    while _plans:
        _plans.popitem()[1].close()
    while _databases:
        _databases.popitem()[1].dispose()


def opened_database(database: Path) -> Database:
    """The database, opened once and kept to the end of the worker."""
    if database not in _databases:
        _databases[database] = open_database(database)
    return _databases[database]


def _plan(token: str) -> Plan:
    try:
        return _plans[token]
    except KeyError:
        raise NotFound("bulk_edit.plan_gone", noun="bulk_edit", name=token) from None
