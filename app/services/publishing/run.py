"""One run of the publish queue of a store: send, look up, follow the reviews, stop cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection, Coroutine
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.models import JobState, TaskState
from app.services.clock import now_ms
from app.services.db import Database
from app.services.marketplace.port import Marketplace
from app.services.publishing.batches import cancel_queued, close_batches, open_as, scheduled_in, taken_back_among
from app.services.publishing.counts import RunCounts
from app.services.publishing.double_search import DoubleSearch
from app.services.publishing.feed_following import FeedFollower
from app.services.publishing.feeding import Feeder
from app.services.publishing.feeds import FeedSender
from app.services.publishing.gate import Ending, Gate
from app.services.publishing.group_commit import GroupCommit
from app.services.publishing.images import Uploader
from app.services.publishing.journal import held_by_others, note_end, states_of
from app.services.publishing.lookup import UnknownTask, adopt_unknown
from app.services.publishing.offline_sending import OfflineSender
from app.services.publishing.online_sending import OnlineSender
from app.services.publishing.owner import RunOwner
from app.services.publishing.parts import RunParts
from app.services.publishing.pauses import is_paused
from app.services.publishing.preparing import Preparer
from app.services.publishing.queue import check_store
from app.services.publishing.reconcile import Reconciler
from app.services.publishing.recovery import leave_unknown, recover, release
from app.services.publishing.results import BatchResult
from app.services.publishing.reviewing import Reviewer
from app.services.publishing.sending import Sender
from app.services.publishing.settings import PublishSettings, load_settings
from app.services.publishing.small_edit_sending import SmallEditSender
from app.services.publishing.together import Together
from app.services.tasks import TaskCancelled, TaskContext

log = logging.getLogger(__name__)

PARALLEL = 8
AHEAD = 8
"""At most so many listings more than that have their intent on disk and wait for their turn."""
STORE_LOOK_S = 1.0
"""How soon a run notices that its store was paused, or may go on, in whatever program that was said."""
GRACE_S = 35.0
"""How long a stopping run waits for answers under way: a little longer than a request may take. What has not
answered by then is written down as unknown."""


async def publish(
    db: Database,
    marketplace: Marketplace,
    store_id: int,
    batch_id: int | None = None,
    ctx: TaskContext | None = None,
    *,
    parallel: int = PARALLEL,
    settings: PublishSettings | None = None,
    grace_s: float = GRACE_S,
    waits_for_time: bool = False,
    told_of: Collection[int] = (),
) -> BatchResult:
    """Send what is queued of a store, or of one batch, and settle whatever earlier runs left unknown.

    Any number of runs may work on one database at once, in one process or several. Works on any event loop; blocking
    work is done in its default executor. `ctx.pause` holds the next requests back, `ctx.stop` takes back what is not
    sent yet; `gate.stop_and_keep(ctx)` or cancelling the coroutine leaves it queued for the next run. At every one
    of these points no request is under way whose outcome is not in the journal. While the store is paused
    (`pauses.py`) it waits.

    Args:
        batch_id: only this batch; None: everything of the store that is queued.
        parallel: requests under way at a time.
        settings: patience; None: the stored ones.
        waits_for_time: stay until listings that are scheduled for later were sent, too; else they stay queued.
        told_of: tasks that count in the result in any case, even if another run settles them before this one begins.

    Returns: what became of the tasks, those that other runs had taken on included; see `BatchResult.ending` for why
        it ended early.
    Raises:
        NotFound: no such store.
        ReadOnlyStore: the store's authorisation allows reading only.
        TaskCancelled: stopped by `ctx.stop`.
    """
    ctx = ctx or TaskContext()
    with contextlib.ExitStack() as held:
        owner = RunOwner(db.path)
        await asyncio.to_thread(held.enter_context, owner)
        stored = await asyncio.to_thread(_read_store, db, store_id)
        settings = settings or stored
        run = _Run(
            db, marketplace, store_id, batch_id, ctx, owner.name, settings, told_of, waits_for_time=waits_for_time
        )
        return await run.go(parallel, grace_s)


async def resume(
    db: Database, marketplace: Marketplace, store_id: int, batch_id: int, ctx: TaskContext | None = None, **options: Any
) -> BatchResult:
    """Go on with an interrupted batch; see `batches.open_batches`. The same as `publish` with its number."""
    return await publish(db, marketplace, store_id, batch_id, ctx, **options)


def _read_store(db: Database, store_id: int) -> PublishSettings:
    with db.read() as session:
        check_store(session, store_id)
        return load_settings(session, store_id)


def _is_paused(db: Database, store_id: int) -> bool:
    with db.reader.connect() as connection:
        return is_paused(connection, store_id)


class _Run:
    """The life of one run: start, work, end."""

    def __init__(
        self,
        db: Database,
        marketplace: Marketplace,
        store_id: int,
        batch_id: int | None,
        ctx: TaskContext,
        owner: str,
        settings: PublishSettings,
        told_of: Collection[int],
        *,
        waits_for_time: bool,
    ) -> None:
        self._db, self._store_id, self._batch_id, self._owner = db, store_id, batch_id, owner
        self._started_s = time.monotonic()
        self._scheduled = self._taken_back = 0
        self._told_of = set(told_of)
        self._counts = RunCounts(ctx)
        self._gate = Gate(ctx, self._counts, settings, self._show_pause, marketplace.pauses)
        self._journal = GroupCommit(db)
        uploader = Uploader(marketplace, store_id, self._journal)
        self._parts = RunParts(
            db, marketplace, store_id, owner, self._journal, self._gate, self._counts, settings, uploader
        )
        self._preparer = Preparer(db, store_id, owner, batch_id)
        self._reconciler = Reconciler(self._parts)
        self._follower = FeedFollower(self._parts, self._reconciler.add)
        self._ways: tuple[Together, ...] = (
            SmallEditSender(self._parts, self._look_up),
            OfflineSender(self._parts, self._look_up),
            OnlineSender(self._parts, self._look_up),
            FeedSender(self._parts, self._look_up, self._preparer.count_new),
        )
        self._feeder = Feeder(
            self._parts, self._preparer, self._ways, self._hopes, self._take_over, waits_for_time=waits_for_time
        )
        for way in self._ways:
            way.feeder = self._feeder
        self._reconciler.on_queued = self._follower.on_queued = self._feeder.look_again
        self._reviewer = Reviewer(self._parts)

    async def go(self, parallel: int, grace_s: float) -> BatchResult:
        """Work until nothing is left to do or the run is stopped, and leave everything tidy."""
        await self._begin()
        work = asyncio.create_task(self._work(parallel, grace_s))
        cancelled = None
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError as error:
            cancelled = error
            self._gate.end(Ending.KEPT)
            await asyncio.wait({work}, timeout=grace_s + 5)
            work.cancel()
            await asyncio.wait({work})
        finally:
            await self._end()
        if cancelled is not None:
            raise cancelled
        if self._gate.ending is Ending.CANCELLED:
            raise TaskCancelled
        return self._result()

    async def _begin(self) -> None:
        await asyncio.to_thread(recover, self._db, self._store_id)
        await self._heed_pause()
        unknown, states = await self._journal.submit(self._take_stock)
        for task in unknown:
            self._look_up(task)
        self._counts.start(states)

    def _take_stock(self, connection: Connection) -> tuple[list[UnknownTask], dict[int, TaskState]]:
        """Tasks to look up, and the states of everything this run is about. Unknown ones of the whole store are taken
        on, since a listing can hide behind its twin in another batch."""
        unknown = adopt_unknown(connection, self._store_id, self._owner)
        self._told_of.update(held_by_others(connection, self._store_id, self._owner, self._batch_id))
        of_batch = "" if self._batch_id is None else f" AND batch_id = {int(self._batch_id)}"
        rows = connection.exec_driver_sql(
            "SELECT id, batch_id, CASE state WHEN 'waiting' THEN 'queued' ELSE state END FROM publish_task "
            "WHERE store_id = ? AND state IN ('waiting', 'queued', 'unknown', 'in_review') "
            f"AND (owner = ? OR (owner = '' AND state <> 'unknown'{of_batch}))",
            (self._store_id, self._owner),
        ).all()
        self._parts.batch_ids |= {batch_id for _, batch_id, _ in rows}
        open_as(connection, sorted({batch_id for _, batch_id, state in rows if state != TaskState.IN_REVIEW}))
        return unknown, {task_id: TaskState(state) for task_id, _, state in rows}

    async def _work(self, parallel: int, grace_s: float) -> None:
        """Sender, reconciler and reviewer side by side; the last two end when they are not needed any more."""
        async with self._gate.watch():
            parts = (self._reconciler.run(), self._follower.run(), self._reviewer.run(), self._watch_store())
            helpers = [asyncio.create_task(part) for part in parts]
            try:
                senders = [sender.run() for sender in self._senders(parallel)]
                together = [way.run() for way in self._ways]
                await self._drain([self._feeder.run(), *together, *senders], grace_s)
                await self._reviewer.finish()
                await DoubleSearch(self._parts).run()
            finally:
                for helper in helpers:
                    helper.cancel()
                await asyncio.gather(*helpers, return_exceptions=True)
                await self._parts.uploader.close()

    def _hopes(self) -> tuple[int, int]:
        return len(self._reconciler.pending), sum(way.held for way in self._ways) + len(self._follower.pending)

    def _look_up(self, task: UnknownTask) -> None:
        """A feed that the platform has named is followed; whatever else is unknown is looked for."""
        (self._follower if task.feed_job else self._reconciler).add(task)

    async def _take_over(self) -> bool:
        """Another program may have died since this run began: free what it had claimed, look up what it had sent."""
        found = await asyncio.to_thread(recover, self._db, self._store_id)
        if found.unknown:
            for task in await self._journal.submit(lambda at: adopt_unknown(at, self._store_id, self._owner)):
                self._parts.batch_ids.add(task.batch_id)
                self._look_up(task)
                self._counts.put(task.task_id, TaskState.UNKNOWN)
        return bool(found.freed or found.unknown)

    async def _watch_store(self) -> None:
        """Heed a pause of the store; cancelled from outside. The database's being busy is no reason to end."""
        while True:
            await asyncio.sleep(STORE_LOOK_S)
            with contextlib.suppress(SQLAlchemyError):
                await self._heed_pause()

    async def _heed_pause(self) -> None:
        self._gate.is_held = await asyncio.to_thread(_is_paused, self._db, self._store_id)

    def _senders(self, parallel: int) -> list[Sender]:
        slots = asyncio.Semaphore(parallel)
        look_up = self._reconciler.add
        workers = parallel + min(parallel, AHEAD)
        share = (self._parts, self._feeder, self._preparer, look_up, slots, self._ways)
        return [Sender(*share) for _ in range(workers)]

    async def _drain(self, coroutines: list[Coroutine[Any, Any, None]], grace_s: float) -> None:
        """Run to the end or, once the run is told to stop, for the time of grace. A bug in one ends them all."""
        tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
        ended = asyncio.create_task(self._gate.wait_for_end())
        try:
            waiting = {*tasks, ended}
            while any(not task.done() for task in tasks) and not ended.done():
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {ended}:
                    task.result()
            if ended.done():
                await asyncio.wait(tasks, timeout=grace_s)
        finally:
            for task in (*tasks, ended):
                task.cancel()
            await asyncio.gather(*tasks, ended, return_exceptions=True)

    async def _end(self) -> None:
        """Nothing leaves any more: write down what is open and let go of the rest. Shielded, since it must happen."""
        ending = asyncio.ensure_future(self._tidy_up())
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            await ending
            raise

    async def _tidy_up(self) -> None:
        await self._journal.flush()
        try:
            states = await self._journal.submit(self._write_end)
        except Exception as error:  # the rows stay as they are; the next start finds them
            log.exception("the end of the run could not be written")
            self._parts.break_off(error)
        else:
            self._counts.put_all(states)
        self._counts.say("")

    def _write_end(self, connection: Connection) -> dict[int, TaskState]:
        """Returns: where the run's tasks stand in the end; another run may have had its share in them."""
        batches, ending = sorted(self._parts.batch_ids), self._gate.ending
        leave_unknown(connection, self._owner, now_ms())
        if ending is Ending.CANCELLED:
            cancel_queued(connection, batches)
        release(connection, self._owner)
        note_end(connection, self._store_id, self._gate)
        close_batches(connection, batches)
        self._scheduled = scheduled_in(connection, batches, now_ms())
        tasks = [*self._told_of.union(self._counts.tasks())]
        self._taken_back = taken_back_among(connection, tasks)
        return states_of(connection, tasks)

    def _show_pause(self, is_paused: bool) -> None:
        state = JobState.PAUSED if is_paused else JobState.RUNNING
        batches = sorted(self._parts.batch_ids)
        self._journal.submit(lambda connection: open_as(connection, batches, state))

    def _result(self) -> BatchResult:
        batches = sorted(self._parts.batch_ids)
        elapsed_s = time.monotonic() - self._started_s
        return BatchResult.of(self._counts, self._gate, batches, elapsed_s, self._scheduled, self._taken_back)
