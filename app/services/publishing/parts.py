"""What the parts of one run share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.models import TaskState
from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import AppError, OutOfReach
from app.services.marketplace.port import Marketplace, MarketplaceError, WouldLose
from app.services.publishing.counts import RunCounts
from app.services.publishing.entries import Reason, TaskKey
from app.services.publishing.gate import Ending, Gate
from app.services.publishing.group_commit import GroupCommit
from app.services.publishing.images import Uploader
from app.services.publishing.journal import fail
from app.services.publishing.losses import group_names, loss_reason
from app.services.publishing.settings import PublishSettings

NOT_ABOUT_A_LISTING = frozenset(
    f"marketplace.{name}"
    for name in (
        "signature",
        "app_key",
        "api_path",
        "permission",
        "clock",
        "certificate",
        "redirected",
        "insecure_gateway",
        "bad_gateway",
        "rights_suspended",
        "seller_punished",
    )
)
"""Refusals every other listing would meet, too: the run ends instead of failing them one by one."""


class JournalUnwritable(OutOfReach):
    """The publish journal cannot be written (disk full, file gone); nothing is sent without it. `reason` says why."""

    code = "publishing.journal"


@dataclass(eq=False)
class RunParts:
    """The surroundings of sender, reconciler and reviewer. Threads: the run's event loop only.

    Attributes:
        owner: the run's name in the journal.
        batch_ids: batches this run works on.
        unwritten: outcomes on their way to the disk.
    """

    db: Database
    marketplace: Marketplace
    store_id: int
    owner: str
    journal: GroupCommit
    gate: Gate
    counts: RunCounts
    settings: PublishSettings
    uploader: Uploader
    batch_ids: set[int] = field(default_factory=set)
    unwritten: int = 0

    def write(
        self,
        work: Callable[[Connection], bool],
        task_id: int,
        state: TaskState,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Put an outcome into the journal without waiting for the disk; once it is there it counts as *state*.

        An outcome that cannot be written ends the run: the row stays `sending` and is looked up at the next start.
        """
        self.unwritten += 1
        self.journal.submit(work).add_done_callback(lambda done: self._written(done, task_id, state, then))

    def _written(
        self, done: asyncio.Future[bool], task_id: int, state: TaskState, then: Callable[[], None] | None
    ) -> None:
        self.unwritten -= 1
        self.gate.changed.set()
        if done.cancelled():
            return
        error = done.exception()
        if error is not None:
            self.break_off(error)
        elif done.result():
            self.counts.put(task_id, state)
            if then is not None:
                then()

    def break_off(self, error: BaseException) -> None:
        """The journal cannot be written: nothing may be sent any more."""
        self.gate.end(Ending.BROKEN, JournalUnwritable(reason=f"{type(error).__name__}: {error}"[:200]))

    def write_failure(self, key: TaskKey, error: AppError, field_name: str = "") -> None:
        """The task failed for a reason a person can act on."""

        def end(connection: Connection) -> bool:
            reason = reason_of(error, field_name)
            if isinstance(error, WouldLose):
                reason = loss_reason(error, group_names(connection, self.store_id, error.losses))
            return fail(connection, key, reason, now_ms())

        self.write(end, key.task_id, TaskState.FAILED)


def reason_of(error: AppError, field_name: str = "") -> Reason:
    """An error as the journal keeps it."""
    if isinstance(error, WouldLose):
        return loss_reason(error)
    if isinstance(error, MarketplaceError):
        text = " ".join(part for part in (error.platform_code, error.platform_text) if part)
        return Reason(error.error_code, dict(error.params), text, error.field or field_name)
    return Reason(error.error_code, dict(error.params), "", field_name)
