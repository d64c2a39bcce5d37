"""Going back to a point in time: what was changed, undone and done again since then is reversed, the newest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from app.services.clock import to_ms
from app.services.db import Database
from app.services.errors import NotFound
from app.services.history.left import Chosen
from app.services.history.listing import numbered_change
from app.services.history.records import DELIST_LABELS, ChangeRecord, UndoResult
from app.services.history.steps import Step, standing, steps_since, touched_by
from app.services.history.undo import reverse
from app.services.publishing.entries import Reason, Waiting
from app.services.roles import Role
from app.services.sql_ids import interruptible
from app.services.tasks import TaskContext


@dataclass(frozen=True, slots=True)
class Returned:
    """Changes and undos taken back, newest first; listings put back; those that moved on since and were left alone."""

    changes: tuple[ChangeRecord, ...]
    restored: tuple[int, ...]
    conflicts: tuple[int, ...]
    suspects: tuple[int, ...] = ()
    """Listings whose findings may be others now."""
    delistings: tuple[UndoResult, ...] = ()
    """What was taken back of delistings, or done again of them."""
    waiting: tuple[Waiting, ...] = ()
    """What is to be sent now."""
    unsent: tuple[int, ...] = ()
    """As `UndoResult.unsent`."""

    @property
    def reasons(self) -> dict[int, Reason]:
        """Why listings of `conflicts` were left alone that nobody edited since."""
        return {number: reason for done in self.delistings for number, reason in done.reasons.items()}


def count_since(db: Database, moment: datetime) -> int:
    """How many steps `go_back` would take."""
    with db.reader.connect() as connection:
        return len(steps_since(connection, _milliseconds(moment)))


def go_back(db: Database, moment: datetime, *, ctx: TaskContext | None = None, role: str = Role.SUPERVISOR) -> Returned:
    """Make everything what it was at *moment*, in one transaction: changes made after it are undone, changes undone
    after it are done again.

    Each is reversed as a change of its own, so that redo brings them again one by one, the oldest first.

    Raises:
        NotFound: nothing was changed since.
        NotAllowed: one of the changes is not the role's to take back; nothing was written.
        TaskCancelled: stopped; nothing was written.
    """
    changes: list[ChangeRecord] = []
    restored: set[int] = set()
    conflicts: set[int] = set()
    suspects: set[int] = set()
    delistings: list[UndoResult] = []
    others: set[int] = set()  # put back by anything else: a person sends these
    with db.bulk() as connection, interruptible(connection, ctx):
        steps = steps_since(connection, _milliseconds(moment))
        anew: dict[int, int] = {}
        for number, step in enumerate(steps):
            if ctx is not None:
                ctx.checkpoint()
            done = _reverse(connection, step, anew, role)
            changes.append(done.change)
            if done.change.label in DELIST_LABELS:
                delistings.append(done)
            else:
                others.update(done.listing_ids)
            restored.update(done.listing_ids)
            conflicts.update(done.conflicts)
            suspects.update(done.suspects)
            if ctx is not None:
                ctx.report(number + 1, len(steps))
        if not changes:
            raise NotFound("undo.nothing", name="")
    return Returned(
        tuple(changes),
        tuple(sorted(restored)),
        tuple(sorted(conflicts)),
        tuple(sorted(suspects)),
        tuple(replace(one, as_sent=tuple(sorted({*one.as_sent} - others))) for one in delistings),
    )


def _reverse(connection: Connection, step: Step, anew: dict[int, int], role: str) -> UndoResult:
    """Take a step. *anew*: by the undos that were done again on this way, the ones that stand for them now; where none
    does, its listings are left alone and told."""
    number = standing(connection, anew.get(step.change, step.change))
    if number is None:
        alone = tuple(sorted(touched_by(connection, step.change)))
        return UndoResult(numbered_change(connection, step.change)[1], 0, alone)
    found = numbered_change(connection, number)
    done = reverse(connection, found, Chosen(within=step.anew), None, role, is_kept=True)
    if step.anew is not None and done.restored:
        anew[step.anew] = int(connection.exec_driver_sql("SELECT max(id) FROM change").scalar_one())
    return done


def _milliseconds(moment: datetime) -> int:
    found = to_ms(moment)
    assert found is not None
    return found
