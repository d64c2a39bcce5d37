"""Going back to a point in time: every change since then taken back, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.services.clock import to_ms
from app.services.db import Database
from app.services.errors import NotFound
from app.services.history.listing import find_change
from app.services.history.records import ChangeRecord
from app.services.history.undo import Chosen, reverse
from app.services.roles import Role
from app.services.sql_ids import interruptible
from app.services.tasks import TaskContext

_SINCE = (
    "SELECT uid FROM change WHERE kind <> 'undo' AND undone_ms IS NULL AND listing_count > 0 AND created_ms > ? "
    "ORDER BY id DESC"
)


@dataclass(frozen=True, slots=True)
class Returned:
    """Changes taken back, newest first; listings put back; those that moved on since and were left alone."""

    changes: tuple[ChangeRecord, ...]
    restored: tuple[int, ...]
    conflicts: tuple[int, ...]
    suspects: tuple[int, ...] = ()
    """Listings whose findings may be others now."""


def go_back(db: Database, moment: datetime, *, ctx: TaskContext | None = None, role: str = Role.SUPERVISOR) -> Returned:
    """Take back every change made after *moment* that still stands, in one transaction.

    Each is undone as a change of its own, so that redo brings them again one by one, the oldest first.

    Raises:
        NotFound: nothing was changed since.
        NotAllowed: one of the changes is not the role's to take back; nothing was written.
        TaskCancelled: stopped; nothing was written.
    """
    changes: list[ChangeRecord] = []
    restored: set[int] = set()
    conflicts: set[int] = set()
    suspects: set[int] = set()
    with db.bulk() as connection, interruptible(connection, ctx):
        uids = list(connection.exec_driver_sql(_SINCE, (to_ms(moment),)).scalars())
        for number, uid in enumerate(uids):
            if ctx is not None:
                ctx.checkpoint()
            found = find_change(connection, uid)
            assert found is not None
            done = reverse(connection, found, Chosen(), None, role)
            changes.append(done.change)
            restored.update(done.listing_ids)
            conflicts.update(done.conflicts)
            suspects.update(done.suspects)
            if ctx is not None:
                ctx.report(number + 1, len(uids))
        if not changes:
            raise NotFound("undo.nothing", name="")
    return Returned(
        tuple(changes), tuple(sorted(restored)), tuple(sorted(conflicts)), tuple(sorted(suspects - conflicts))
    )
