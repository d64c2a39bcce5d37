"""What became of feeds the platform has named: asked for now and then, settled listing by listing."""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from app.models import TaskState
from app.services.clock import from_ms, now_ms
from app.services.marketplace.port import MarketplaceError, RateLimited, Refused, SignedOut
from app.services.marketplace.records import FeedKind, FeedVerdict
from app.services.publishing.entries import Reason
from app.services.publishing.gate import Ending
from app.services.publishing.journal import accept, forget_uploads, mark_unknown, put_back, uploads_of
from app.services.publishing.lookup import UnknownTask
from app.services.publishing.parts import NOT_ABOUT_A_LISTING, RunParts
from app.services.publishing.recovery import UNANSWERED

log = logging.getLogger(__name__)

PAUSE_GROWTH = 1.5
STATE_EVERY = 3
"""Verdicts are counted at every look; whether the feed is over without some of them, only at every third."""
FEED_OPEN = Reason("publishing.feed_open")
"""Nothing may be sent again as long as the platform may still come to it."""


def settle_verdict(parts: RunParts, task: UnknownTask, verdict: FeedVerdict, on_queued: Callable[[], None]) -> bool:
    """Write down what the platform says of one listing of a feed. False: its word leaves open what was done."""
    key, product_id = task.key, verdict.product_id
    if verdict.is_done:
        if product_id:
            parts.write(
                lambda connection: accept(connection, key, product_id, task.content_hash, now_ms()),
                key.task_id,
                TaskState.IN_REVIEW,
            )
        return bool(product_id)
    return settle_refusal(parts, task, parts.marketplace.feed_refusal(verdict), on_queued)


def settle_refusal(parts: RunParts, task: UnknownTask, error: MarketplaceError, on_queued: Callable[[], None]) -> bool:
    """Write down that one listing of several was not taken: as failed, or queued again where it may be taken later.
    False: the error leaves open what was done."""
    key = task.key
    if error.is_unanswered:
        return False
    is_its_own = isinstance(error, Refused) and error.error_code not in NOT_ABOUT_A_LISTING
    if is_its_own and error.field == "images":
        _forget_pictures(parts, task.listing_id)
    if is_its_own or task.attempts >= parts.settings.passing_tries:
        parts.write_failure(key, error)
    else:  # a passing fault, a limit: it comes again by itself
        parts.write(
            lambda connection: put_back(connection, key, "", now_ms()), key.task_id, TaskState.QUEUED, on_queued
        )
    return True


def _forget_pictures(parts: RunParts, listing_id: int) -> None:
    """The platform could not read them: they are uploaded anew the next time."""

    def forget(connection: Connection) -> list[str]:
        urls = uploads_of(connection, parts.store_id, listing_id)
        forget_uploads(connection, parts.store_id, urls)
        return urls

    def forgotten(done: asyncio.Future[list[str]]) -> None:
        if not done.cancelled() and done.exception() is None:
            parts.uploader.forget(done.result())

    parts.journal.submit(forget).add_done_callback(forgotten)


class FeedFollower:
    """Follows the feeds of a run, its own and those an earlier one left.

    Args:
        look_up: takes listings that their feed leaves open: without a verdict when it is over, or with one that does
            not say what was done.

    Attributes:
        pending: listings whose feed has not told yet.
        on_queued: called when a listing was queued again, and that is on disk.
    """

    def __init__(self, parts: RunParts, look_up: Callable[[UnknownTask], None]) -> None:
        self._parts, self._look_up = parts, look_up
        self.pending: dict[int, UnknownTask] = {}
        self.on_queued: Callable[[], None] = lambda: None
        self._until: dict[str, float] = {}
        self._looks = 0
        self._pause_s = 0.0
        self._new = asyncio.Event()

    def add(self, task: UnknownTask) -> None:
        """Follow the feed of *task*."""
        self.pending[task.task_id] = task
        self._until.setdefault(task.feed_job, time.monotonic() + self._parts.settings.feed_patience_s)
        self._pause_s = self._parts.settings.feed_first_s
        self._new.set()

    async def run(self) -> None:
        """Look with growing pauses until the run ends; cancelled from outside when everything is settled."""
        gate = self._parts.gate
        while gate.ending is None:
            if not self.pending:
                self._new.clear()
                await self._new.wait()
            elif await gate.sleep(self._pause_s) and await gate.wait():
                self._pause_s = min(self._pause_s * PAUSE_GROWTH, self._parts.settings.feed_pause_max_s)
                self._looks += 1
                for job_id in sorted({task.feed_job for task in self.pending.values()}):
                    await self._look(job_id)
                gate.changed.set()

    async def _look(self, job_id: str) -> None:
        gate = self._parts.gate
        try:
            await self._look_at(job_id)
        except RateLimited as error:
            gate.limited(error)
        except SignedOut as error:
            gate.end(Ending.SIGNED_OUT, error)
        except Refused as error:  # nobody knows the job: it is searched by the names in it
            gate.answered()
            log.warning("feed %s: %s", job_id, error)
            self._hand_on(self._of(job_id))
        except MarketplaceError as error:
            gate.failed(error)
            self._heed_patience(job_id)
        except Exception:  # a fault with one feed must not end the run; its listings stay unknown
            log.exception("following feed %s failed", job_id)
            self._leave(self._of(job_id))

    async def _look_at(self, job_id: str) -> None:
        parts = self._parts
        report = await parts.marketplace.feed_report(job_id)
        parts.gate.answered()
        verdicts = {verdict.item_id: verdict for verdict in report.verdicts}
        told = [task for task in self._of(job_id) if task.feed_item in verdicts]
        for task in told:
            del self.pending[task.task_id]
            if not settle_verdict(parts, task, verdicts[task.feed_item], self.on_queued):
                self._hand_on([task])
        rest = self._of(job_id)
        if rest and (report.is_over or await self._is_over(job_id, rest)):
            self._hand_on(rest)
        self._heed_patience(job_id)

    async def _is_over(self, job_id: str, tasks: Sequence[UnknownTask]) -> bool:
        """Whether the platform lists the job as finished; asked rarely, and judged by the next look's verdicts."""
        if self._looks % STATE_EVERY:
            return False
        marketplace, since_ms = self._parts.marketplace, min(task.sent_ms for task in tasks)
        since = from_ms(min(since_ms, now_ms()) - round(self._parts.settings.doubt_s * 1000))
        assert since is not None
        jobs = await marketplace.feed_jobs(FeedKind.CREATE, since)
        if not any(job.job_id == job_id and job.is_over for job in jobs):
            return False
        verdicts = {verdict.item_id for verdict in (await marketplace.feed_report(job_id)).verdicts}
        return not any(task.feed_item in verdicts for task in tasks)

    def _of(self, job_id: str) -> list[UnknownTask]:
        return [task for task in self.pending.values() if task.feed_job == job_id]

    def _heed_patience(self, job_id: str) -> None:
        if time.monotonic() > self._until[job_id]:
            self._leave(self._of(job_id))

    def _leave(self, tasks: Sequence[UnknownTask]) -> None:
        """The platform takes its time: the next run goes on."""
        for task in tasks:
            self.pending.pop(task.task_id, None)
            self._mark(task, "", FEED_OPEN)

    def _hand_on(self, tasks: Sequence[UnknownTask]) -> None:
        """The feed will say no more about these."""
        for task in tasks:
            self.pending.pop(task.task_id, None)
            task.unknown_ms = now_ms()
            self._mark(task, self._parts.owner, Reason(UNANSWERED))
            self._look_up(task)

    def _mark(self, task: UnknownTask, owner: str, reason: Reason) -> None:
        work = functools.partial(mark_unknown, key=task.key, owner=owner, reason=reason, moment_ms=now_ms())
        self._parts.write(work, task.task_id, TaskState.UNKNOWN)
