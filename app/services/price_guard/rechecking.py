"""Counting findings anew where prices are judged differently though no listing was edited."""

from __future__ import annotations

from pathlib import Path

from app.services.compliance.recheck import RecheckResult, recheck
from app.services.db import Database
from app.services.price_guard.suspects import members_of
from app.services.tasks import TaskContext
from app.services.upgrade import open_database


def recheck_group(db: Database, group_id: int) -> int:
    """After another discount plan: check the listings of a marketing group anew, if the guard asks what a buyer can
    reach. What is sent is judged by the plan of that moment in any case. Returns: listings looked at."""
    with db.reader.connect() as connection:
        ids = members_of(connection, [group_id])
    return recheck(db, sorted(ids)).checked if ids else 0


def recheck_in_worker(database: Path, *, ctx: TaskContext) -> RecheckResult:
    """After the guard was told to look at other things: check all listings anew, in the worker process.

    Raises:
        TaskCancelled: stopped; what was counted is stored.
    """
    db = open_database(database)
    try:
        return recheck(db, None, ctx)
    finally:
        db.dispose()
