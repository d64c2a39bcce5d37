"""Following the reviews while a run works and, for a while, after it; and one look at them at any time."""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections.abc import Mapping, Sequence

from app.models import TaskState
from app.services.db import Database
from app.services.marketplace.port import Marketplace, MarketplaceError, RateLimited, RemoteStatus, SignedOut
from app.services.publishing.batches import close_finished
from app.services.publishing.gate import Ending
from app.services.publishing.journal import states_of
from app.services.publishing.parts import RunParts
from app.services.publishing.reviews import (
    ReviewCounts,
    ReviewedTask,
    ask_reviews,
    settle_reviews,
    tasks_in_review,
)
from app.services.stores.verdicts import note_error
from app.services.tasks import TaskContext

log = logging.getLogger(__name__)

PAUSE_GROWTH = 1.5
SHORTEST_PAUSE_S = 0.01
SETTLED_AT_A_TIME = 50


class Reviewer:
    """Asks now and then how the reviews of this run's batches stand."""

    def __init__(self, parts: RunParts) -> None:
        self._parts = parts

    async def run(self) -> None:
        """Ask with growing pauses until the run ends; cancelled from outside when nobody waits any more."""
        settings, gate = self._parts.settings, self._parts.gate
        pause_s = max(settings.review_first_s, SHORTEST_PAUSE_S)
        while await gate.sleep(pause_s) and await gate.wait():
            await self._look()
            pause_s = max(min(pause_s * PAUSE_GROWTH, settings.review_pause_max_s), SHORTEST_PAUSE_S)

    async def finish(self) -> None:
        """Everything is sent: wait for the reviews, but no longer than the settings' patience or the run's end."""
        counts, gate = self._parts.counts, self._parts.gate
        until = time.monotonic() + self._parts.settings.review_patience_s
        while gate.ending is None and time.monotonic() < until and (waiting := counts.of(TaskState.IN_REVIEW)):
            counts.say("publishing.in_review", n=waiting)
            gate.changed.clear()
            await _wait(gate.changed, until - time.monotonic())
        counts.say("")

    async def _look(self) -> None:
        parts = self._parts
        mine = parts.counts.tasks(TaskState.IN_REVIEW)
        tasks, decided = await asyncio.to_thread(_read_all, parts, mine)
        if decided:
            parts.counts.put_all(decided)
            parts.gate.changed.set()
        if not tasks:
            return
        try:
            found = await ask_reviews(parts.marketplace, [task.product_id for task in tasks], parts.gate.wait)
        except RateLimited as error:
            parts.gate.limited(error)
        except SignedOut as error:
            parts.gate.end(Ending.SIGNED_OUT, error)
        except MarketplaceError as error:  # asked again after the next pause
            log.info("reviews cannot be asked for: %s", error)
        else:
            parts.gate.answered()
            await self._settle([task for task in tasks if task.product_id in found], found)
            parts.gate.changed.set()

    async def _settle(self, tasks: Sequence[ReviewedTask], found: Mapping[str, RemoteStatus | None]) -> None:
        """A few at a time: intents and outcomes of the senders must not wait behind a thousand verdicts."""
        for start in range(0, len(tasks), SETTLED_AT_A_TIME):
            some = tasks[start : start + SETTLED_AT_A_TIME]
            settled = await self._parts.journal.submit(functools.partial(settle_reviews, tasks=some, found=found))
            self._parts.counts.put_all(settled)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


def _read_all(parts: RunParts, mine: Sequence[int]) -> tuple[list[ReviewedTask], dict[int, TaskState]]:
    """Tasks to ask about, and those of ours that another program has settled meanwhile."""
    with parts.db.read() as session:
        connection = session.connection()
        tasks = tasks_in_review(connection, parts.store_id, sorted(parts.batch_ids))
        open_ids = {task.task_id for task in tasks}
        return tasks, states_of(connection, [task_id for task_id in mine if task_id not in open_ids])


async def poll_reviews(
    db: Database, marketplace: Marketplace, store_id: int, ctx: TaskContext | None = None
) -> ReviewCounts:
    """Ask once how the reviews of a store stand and write down what was decided.

    Raises:
        MarketplaceError: the marketplace could not be asked; the store's light says why, where that concerns it all.
        TaskCancelled: stopped; nothing was written.
    """
    ctx = ctx or TaskContext()
    tasks = await asyncio.to_thread(_read, db, store_id)

    async def may_pass() -> bool:
        ctx.checkpoint()
        return True

    try:
        found = await ask_reviews(marketplace, [task.product_id for task in tasks], may_pass)
    except MarketplaceError as error:
        await asyncio.to_thread(note_error, db, store_id, error)
        raise
    settled = await asyncio.to_thread(_settle, db, tasks, found)
    states = list(settled.values())
    rejected = sum(state != TaskState.LIVE for state in states)
    ctx.report(len(tasks), len(tasks), failed=rejected)
    return ReviewCounts(len(states) - rejected, rejected, len(tasks) - len(states))


def _read(db: Database, store_id: int) -> list[ReviewedTask]:
    with db.read() as session:
        return tasks_in_review(session.connection(), store_id)


def _settle(
    db: Database, tasks: Sequence[ReviewedTask], found: Mapping[str, RemoteStatus | None]
) -> dict[int, TaskState]:
    batch_of = {task.task_id: task.batch_id for task in tasks}
    with db.bulk() as connection:
        settled = settle_reviews(connection, tasks, found)
        close_finished(connection, {batch_of[task_id] for task_id in settled})
    return settled
