"""Settling the unknown: look up, wait, look up again, and only then send again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from sqlalchemy import Connection

from app.models import TaskAction, TaskState
from app.services.clock import now_ms
from app.services.db import Database
from app.services.marketplace.port import (
    MarketplaceError,
    RateLimited,
    Refused,
    RemoteStatus,
    SignedOut,
)
from app.services.publishing.entries import Reason
from app.services.publishing.feed_following import FEED_OPEN, settle_verdict
from app.services.publishing.feed_jobs import JobSearch
from app.services.publishing.gate import Ending
from app.services.publishing.journal import accept, fail_as_told, mark_unknown, put_back, settle_offline, settle_online
from app.services.publishing.lookup import UnknownTask, find_candidates, is_applied, known_products
from app.services.publishing.parts import RunParts, reason_of
from app.services.publishing.preparing import sent_content
from app.services.publishing.turns import Facts, load_facts

log = logging.getLogger(__name__)

AT_A_TIME = 4
"""Look-ups under way together: after an outage a whole batch may be unknown, and one takes a dozen calls."""
ABSENCES_NEEDED = 2
"""Look-ups that must find nothing before a listing is sent again."""
SEVERAL = "publishing.several_found"


class Reconciler:
    """Looks up this run's unknown tasks a few at a time, each not before it can be known.

    Two that are alike may be looked up together: which product is whose is decided in the journal, one by one.

    Attributes:
        pending: tasks that may still be settled in this run. Those left unknown for a person are not among them.
        on_queued: called when a task was queued again, and that is on disk.
    """

    def __init__(self, parts: RunParts) -> None:
        self._parts = parts
        self.pending: dict[int, UnknownTask] = {}
        self._patience: dict[int, float] = {}
        self._new = asyncio.Event()
        self._jobs = JobSearch(parts)
        self.on_queued: Callable[[], None] = lambda: None
        self._looks = {
            TaskAction.CREATE: self._look_for_create,
            TaskAction.EDIT: self._look_at_edit,
            TaskAction.OFFLINE: self._look_whether_off,
            TaskAction.ONLINE: self._look_whether_on,
        }

    def add(self, task: UnknownTask) -> None:
        """Look up *task* once the settle delay is over."""
        settings = self._parts.settings
        rest_s = settings.settle_s - (now_ms() - task.settled_from_ms) / 1000
        task.added_s = time.monotonic()
        task.due_s = task.added_s + min(max(0.0, rest_s), settings.settle_s)  # a clock set back must not wait for days
        self._patience[task.task_id] = task.due_s + settings.lookup_patience_s
        self.pending[task.task_id] = task
        self._new.set()

    async def run(self) -> None:
        """Look up whatever is due until the run ends; cancelled from outside when everything is sent."""
        gate = self._parts.gate
        while gate.ending is None:
            due = sorted(self.pending.values(), key=lambda task: task.due_s)[:AT_A_TIME]
            now_s = time.monotonic()
            if not due or due[0].due_s > now_s:
                await self._wait(due[0].due_s - now_s if due else 3600.0)
            elif await gate.wait():
                await asyncio.gather(*(self._look(task) for task in due if task.due_s <= now_s))
                self._parts.gate.changed.set()

    async def _wait(self, seconds: float) -> None:
        self._new.clear()
        waiting = asyncio.create_task(self._new.wait())
        try:
            await asyncio.wait({waiting}, timeout=seconds)
        finally:
            waiting.cancel()

    async def _look(self, task: UnknownTask) -> None:
        gate = self._parts.gate
        try:
            await self._looks[task.action](task)
        except RateLimited as error:
            gate.limited(error)
        except SignedOut as error:
            gate.end(Ending.SIGNED_OUT, error)
        except Refused as error:
            gate.answered()
            self._refused(task, error)
        except MarketplaceError as error:
            gate.failed(error)
            self._later(task)
        except Exception:  # a fault while looking up one listing must not end the run; it stays unknown
            log.exception("looking up task %s failed", task.task_id)
            self._leave(task, None)

    def _refused(self, task: UnknownTask, error: Refused) -> None:
        """A product that cannot be read cannot be edited either; but a create nobody may look up stays unknown."""
        if task.action != TaskAction.CREATE:
            self._forget(task)
            self._parts.write_failure(task.key, error)
        else:
            self._leave(task, reason_of(error))

    def _later(self, task: UnknownTask, reason: Reason | None = None) -> None:
        task.due_s = time.monotonic() + self._parts.settings.confirm_s
        if task.due_s > self._patience[task.task_id]:
            self._leave(task, reason)

    def _leave(self, task: UnknownTask, reason: Reason | None) -> None:
        """Nothing more can be found out in this run: the task stays unknown, with what is known of it."""
        self._forget(task)
        if reason is not None:
            self._parts.write(
                lambda connection: mark_unknown(connection, task.key, "", reason, task.unknown_ms),
                task.task_id,
                TaskState.UNKNOWN,
            )

    def _forget(self, task: UnknownTask) -> None:
        self.pending.pop(task.task_id, None)
        self._patience.pop(task.task_id, None)

    async def _look_in_feeds(self, task: UnknownTask) -> bool:
        """By its name in a feed. False: that settled it, or it is too early to say."""
        started = [other.sent_ms for other in self.pending.values() if other.feed_item]
        seen = await self._jobs.look(min(started, default=task.sent_ms), task.due_s)
        verdicts = seen.verdicts.get(task.feed_item, [])
        made = [verdict for verdict in verdicts if verdict.is_done and verdict.product_id]
        several = tuple(dict.fromkeys(verdict.product_id for verdict in made))
        if len(several) > 1:  # one feed, carried out more than once
            self._leave(task, Reason(SEVERAL, {"n": len(several), "candidates": list(several)}))
            return False
        if seen.is_open and not made:
            self._later(task, FEED_OPEN)
            return False
        told = (made or verdicts)[:1]
        if told and settle_verdict(self._parts, task, told[0], self.on_queued):
            self._forget(task)
            return False
        return True

    async def _look_for_create(self, task: UnknownTask) -> None:
        if task.feed_item and not await self._look_in_feeds(task):
            return
        parts = self._parts
        skew_ms = round(parts.settings.skew_s * 1000)
        candidates = await find_candidates(parts.marketplace, task, skew_ms, now_ms())
        parts.gate.answered()
        left = await parts.journal.submit(
            lambda connection: _adopt_one(connection, parts.store_id, task, candidates, skew_ms)
        )
        if len(left) == 1:
            self._settled(task)
        elif left:
            self._leave(task, Reason(SEVERAL, {"n": len(left), "candidates": list(left)}))
        else:
            await self._absent(task)

    async def _absent(self, task: UnknownTask) -> None:
        """Not there. Sent again only after a second look, a whole settle delay after this run learned of it (the
        journal's times are a clock's, which may have been set since), and only where no other clock would find it. What
        was refused in words nobody documented ends with these words.
        """
        settings = self._parts.settings
        task.absences += 1
        if task.absences < ABSENCES_NEEDED:
            task.due_s = max(time.monotonic() + settings.confirm_s, task.added_s + settings.settle_s)
        elif doubtful := await self._doubtful(task):
            self._leave(task, Reason(SEVERAL, {"n": len(doubtful), "candidates": list(doubtful)}))
        elif task.said == Refused.code:
            self._forget(task)
            self._parts.write(
                lambda connection: fail_as_told(connection, task.key, now_ms()), task.task_id, TaskState.FAILED
            )
        else:
            self._send_again(task)

    async def _doubtful(self, task: UnknownTask) -> tuple[str, ...]:
        """Products that are this listing unless a clock is right: created outside the window, and nobody else's."""
        parts = self._parts
        doubt_ms = round(parts.settings.doubt_s * 1000)
        candidates = await find_candidates(parts.marketplace, task, doubt_ms, now_ms())
        return await parts.journal.submit(
            lambda connection: _not_known(connection, parts.store_id, task, candidates, doubt_ms)
        )

    async def _look_at_edit(self, task: UnknownTask) -> None:
        """An edit is the same however often it is sent, so one look is enough, and doubt means: send it again."""
        parts = self._parts
        assert task.product_id is not None
        sent = await asyncio.to_thread(sent_content, parts.db, parts.store_id, task.listing_id, task.content_hash)
        remote = None if sent is None else await parts.marketplace.read_listing(task.product_id)
        before = await asyncio.to_thread(_facts_of, parts.db, task.listing_id)
        if remote is None or sent is None or not is_applied(sent, remote, before):
            self._send_again(task)
            return
        parts.gate.answered()
        product_id = task.product_id
        if await parts.journal.submit(
            lambda connection: accept(connection, task.key, product_id, task.content_hash, now_ms())
        ):
            self._settled(task)

    async def _look_whether_off(self, task: UnknownTask) -> None:
        """Off sale it is, or it is taken off once more: that can be done any number of times."""
        assert task.product_id is not None
        remote = await self._parts.marketplace.read_listing(task.product_id)
        self._parts.gate.answered()
        if remote.status is not RemoteStatus.OFF_SALE:
            self._send_again(task)
            return
        self._forget(task)
        self._parts.write(
            lambda connection: settle_offline(connection, task.key, now_ms()), task.task_id, TaskState.LIVE
        )

    async def _look_whether_on(self, task: UnknownTask) -> None:
        """Off sale still, it is put on sale once more; otherwise its review is followed."""
        assert task.product_id is not None
        remote = await self._parts.marketplace.read_listing(task.product_id)
        self._parts.gate.answered()
        if remote.status is RemoteStatus.OFF_SALE:
            self._send_again(task)
            return
        if await self._parts.journal.submit(lambda connection: settle_online(connection, task.key, now_ms())):
            self._settled(task)

    def _settled(self, task: UnknownTask) -> None:
        self._forget(task)
        self._parts.counts.put(task.task_id, TaskState.IN_REVIEW)

    def _send_again(self, task: UnknownTask) -> None:
        self._forget(task)
        self._parts.write(
            lambda connection: put_back(connection, task.key, "", now_ms()),
            task.task_id,
            TaskState.QUEUED,
            self.on_queued,
        )


def _facts_of(db: Database, listing_id: int) -> Facts | None:
    with db.read() as session:
        return load_facts(session.connection(), [listing_id]).get(listing_id)


def _adopt_one(
    connection: Connection, store_id: int, task: UnknownTask, candidates: tuple[str, ...], skew_ms: int
) -> tuple[str, ...]:
    """Settle *task* if exactly one candidate can be its answer. Returns: the candidates that can."""
    left = _not_known(connection, store_id, task, candidates, skew_ms)
    if len(left) == 1:
        accept(connection, task.key, left[0], task.content_hash, now_ms())
    return left


def _not_known(
    connection: Connection, store_id: int, task: UnknownTask, candidates: tuple[str, ...], skew_ms: int
) -> tuple[str, ...]:
    """Candidates that can be the answer to *task*."""
    known = known_products(connection, store_id, task, candidates, skew_ms)
    return tuple(product_id for product_id in candidates if product_id not in known)
