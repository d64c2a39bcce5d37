"""Getting listings ready to be sent, a chunk at a time and off the event loop: read, check, find pictures, build."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.models import Priority, TaskAction, TaskState
from app.services.clock import now_ms
from app.services.compliance.checker import check, check_before_sending
from app.services.compliance.context import CheckContext
from app.services.compliance.images import refresh_image_facts
from app.services.compliance.loading import load_context
from app.services.db import Database
from app.services.errors import AppError
from app.services.listings.loading import load_listings
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import ListingContent
from app.services.publishing.content_builder import ContentIncomplete, build_content
from app.services.publishing.entries import ClaimedTask, Intent, Reason, TaskKey
from app.services.publishing.images import ImageRef, find_uploads, sources_of
from app.services.publishing.journal import claim, count_new, drop, fail, next_due
from app.services.publishing.lookup import UnknownTask
from app.services.publishing.losses import NOTHING, Leave, leaves_of
from app.services.publishing.parts import RunParts
from app.services.publishing.sale_tasks import let_in
from app.services.publishing.small_edits import SmallEdit, load_groups, only_takes_stock, small_edit
from app.services.publishing.taking_over import detail_pictures
from app.services.publishing.turns import load_facts
from app.services.publishing.verdicts import BLOCKED, HELD, blocking, holding, of_stock, reason_from, standing

log = logging.getLogger(__name__)

CONTEXT_AGE_S = 60.0
"""A context older than this is read anew, so that a sync or a changed rule reaches a run that lasts for hours."""
CHECK_HOLDS_MS = 10 * 60_000
"""A listing that was not edited since it passed the checker needs no second check for so long."""
UNCHANGED = Reason("publishing.unchanged")
INTERNAL = "publishing.internal"
SALE = frozenset({TaskAction.OFFLINE, TaskAction.ONLINE})
"""What is done to a listing as it stands on the platform: nothing of its content is sent."""


class Way(StrEnum):
    """How a listing is sent."""

    ALONE = "alone"
    FEED = "feed"
    SMALL = "small"
    OFFLINE = "offline"
    ONLINE = "online"


@dataclass(slots=True)
class Prepared:
    """A listing on its way to the marketplace.

    Attributes:
        attempts: how often it had been sent, kept in step by the sender.
        urls: photobank addresses by source; `missing`: pictures to upload first.
        content: built, unless pictures are missing.
        faults: passing faults met in this run.
        leave: what an edit may erase of the platform's record.
        waited_s: how long this run has let a review of it go on.
        way: how it goes: alone, or together with others.
        small: what changes, where that is nothing but price, stock and group.
        is_small_only: it passes what is found of it because it lowers stocks and nothing else, so that it never
            becomes a whole edit, which would send all the rest, too. No other edit passes a hold that comes later.
    """

    task: ClaimedTask
    record: ListingRecord
    product_id: str | None
    attempts: int
    urls: dict[str, str]
    missing: dict[str, ImageRef]
    content: ListingContent | None = None
    faults: int = 0
    leave: Leave = NOTHING
    waited_s: float = 0.0
    way: Way = Way.ALONE
    small: SmallEdit | None = None
    is_small_only: bool = False

    @property
    def key(self) -> TaskKey:
        """What a change in the journal must still find."""
        return TaskKey(self.task.task_id, self.task.listing_id, self.attempts)

    @property
    def action(self) -> TaskAction:
        """Edit what the marketplace has, create what it does not have, unless it is to go off sale or on sale again."""
        if self.task.action in SALE:
            return TaskAction(self.task.action)
        return TaskAction.CREATE if self.product_id is None else TaskAction.EDIT

    @property
    def codes(self) -> tuple[str, ...]:
        """Merchant codes, sorted."""
        return tuple(sorted(sku.code for sku in self.record.skus))

    def intent(self, parts: RunParts, feed_item: str = "") -> Intent:
        """What is about to be sent."""
        return Intent(
            self.task.task_id,
            self.record.id,
            parts.store_id,
            parts.owner,
            self.action,
            self.record.content_hash,
            self.record.title,
            self.codes,
            self.product_id,
            now_ms(),
            feed_item,
            self.is_small_only or self.action == TaskAction.OFFLINE,
        )

    def unknown(self, sent_ms: int, feed_item: str = "", feed_job: str = "") -> UnknownTask:
        """The same as a task to be looked up: it was sent at *sent_ms* and given up on now."""
        return UnknownTask(
            self.task.task_id,
            self.task.listing_id,
            self.task.batch_id,
            self.attempts,
            self.action,
            self.record.content_hash,
            self.record.title,
            self.codes,
            self.product_id,
            sent_ms,
            now_ms(),
            feed_item,
            feed_job,
        )


@dataclass(slots=True)
class Chunk:
    """What one look into the queue brought: listings to send, and tasks that ended without being sent."""

    ready: list[Prepared] = field(default_factory=list)
    ended: dict[int, TaskState] = field(default_factory=dict)
    batch_ids: set[int] = field(default_factory=set)
    claimed: int = 0


class Preparer:
    """Claims and prepares tasks of one run. Threads: any, one at a time."""

    def __init__(self, db: Database, store_id: int, owner: str, batch_id: int | None) -> None:
        self._db, self._store_id, self._owner, self._batch_id = db, store_id, owner, batch_id
        self._turn = threading.Lock()
        self._context: CheckContext | None = None
        self._context_until = 0.0

    def next_chunk(self, size: int) -> Chunk:
        """Take up to *size* tasks that nobody works on. Blocking; an empty chunk means there are none."""
        with self._turn:
            with self._db.bulk() as connection:
                let_in(connection, self._store_id, self._batch_id, now_ms())
                tasks = claim(connection, self._store_id, self._owner, self._batch_id, size, now_ms())
            chunk = Chunk(batch_ids={task.batch_id for task in tasks}, claimed=len(tasks))
            if tasks and (endings := self._prepare(tasks, chunk)):
                self._end(endings, chunk)
            return chunk

    def next_due(self) -> int | None:
        """When (ms) the next task that nobody works on may be sent; None where there is none. Blocking."""
        with self._db.read() as session:
            return next_due(session.connection(), self._store_id, self._batch_id, now_ms())

    def count_new(self) -> int:
        """New listings that are due, were never sent, and that nobody works on. Blocking."""
        with self._db.read() as session:
            return count_new(session.connection(), self._store_id, self._batch_id, now_ms())

    def build(self, prepared: Prepared) -> ListingContent:
        """Content of a listing whose pictures were uploaded meanwhile. Blocking.

        Raises:
            ContentIncomplete: see `build_content`.
        """
        with self._turn, self._db.read() as session:
            return build_content(prepared.record, self._fresh_context(session), prepared.urls)

    def _fresh_context(self, session: Session) -> CheckContext:
        now = time.monotonic()
        if self._context is None or now > self._context_until:
            self._context = load_context(session, self._store_id)
            self._context_until = now + CONTEXT_AGE_S
        return self._context

    def _prepare(self, tasks: Sequence[ClaimedTask], chunk: Chunk) -> list[tuple[ClaimedTask, Reason]]:
        with self._db.read() as session:
            context = self._fresh_context(session)
            records = {record.id: record for record in load_listings(session, [task.listing_id for task in tasks])}
            edited = [task.listing_id for task in tasks if task.product_id and task.priority <= Priority.EDIT]
            known = load_facts(session.connection(), edited)
            groups = load_groups(session.connection(), edited)
            pages = detail_pictures(session.connection(), self._store_id, [*records.values()])
        of_each = {number: [*sources_of(record), *pages.get(number, ())] for number, record in records.items()}
        sources = [source for its in of_each.values() for source in its]
        facts = refresh_image_facts(self._db, sources)
        context.images.forget()
        context.images.learn(facts)
        context.guard.renew()
        context.guard.learn([*records.values()])
        context.holds.learn(records)
        with self._db.read() as session:
            urls, refs = find_uploads(session, self._store_id, facts, sources)
            edits = [task.task_id for task in tasks if task.product_id or records[task.listing_id].product_id]
            leaves = leaves_of(session.connection(), edits) if edits else {}
        endings = []
        for task in tasks:
            record = records[task.listing_id]
            try:
                may_pass = only_takes_stock(record, known.get(task.listing_id), groups.get(task.listing_id))
                outcome = _judge(task, record, context, of_each[record.id], urls, refs, may_pass=may_pass)
            except AppError as error:
                outcome = Reason(error.error_code, dict(error.params), "", getattr(error, "field", ""))
            except Exception as error:  # one listing must not stop the others
                log.exception("listing %s cannot be prepared", task.listing_id)
                outcome = Reason(INTERNAL, {"what": type(error).__name__})
            if isinstance(outcome, Prepared):
                outcome.leave = leaves.get(task.task_id, outcome.leave)
                if outcome.action == TaskAction.EDIT and outcome.product_id and task.listing_id in known:
                    outcome.small = small_edit(
                        record, outcome.product_id, known[task.listing_id], groups.get(task.listing_id)
                    )
                chunk.ready.append(outcome)
            else:
                endings.append((task, outcome))
        return endings

    def _end(self, endings: list[tuple[ClaimedTask, Reason]], chunk: Chunk) -> None:
        with self._db.bulk() as connection:
            for task, reason in endings:
                chunk.ended[task.task_id] = _ended(connection, task, reason)


def _ended(connection: Connection, task: ClaimedTask, reason: Reason) -> TaskState:
    key = TaskKey(task.task_id, task.listing_id, task.attempts)
    if reason.code in (UNCHANGED.code, HELD):
        drop(connection, key, reason, now_ms())
        return TaskState.CANCELLED
    fail(connection, key, reason, now_ms())
    return TaskState.FAILED


def _judge(
    task: ClaimedTask,
    record: ListingRecord,
    context: CheckContext,
    sources: Sequence[str],
    urls: dict[str, str],
    refs: dict[str, ImageRef],
    *,
    may_pass: bool = False,
) -> Prepared | Reason:
    """Ready to be sent, or why not: the same checker that speaks in the grid has the last word here. *sources*: all its
    pictures. *may_pass*: it only lowers stocks, so that what is found of the rest of it does not matter."""
    if task.action in SALE:
        product_id = record.product_id or task.product_id
        if task.action == TaskAction.ONLINE and (
            held := standing(check_before_sending(context.guard.there(record), context))
        ):
            return reason_from(held, HELD)
        return Prepared(task, record, product_id, task.attempts, {}, {}) if product_id else UNCHANGED
    if record.content_hash == record.sent_hash:
        return UNCHANGED
    is_small_only, reason = _stopped(task, record, context, may_pass=may_pass)
    if reason is not None:
        return reason
    prepared = Prepared(
        task,
        record,
        record.product_id or task.product_id,
        task.attempts,
        {source: urls[source] for source in sources if source in urls},
        {source: refs[source] for source in sources if source in refs},
        is_small_only=is_small_only,
    )
    if not prepared.missing and not prepared.is_small_only:
        prepared.content = build_content(record, context, prepared.urls)
    return prepared


def _stopped(
    task: ClaimedTask, record: ListingRecord, context: CheckContext, *, may_pass: bool
) -> tuple[bool, Reason | None]:
    """Whether it passes only because it lowers stocks, and what it does not pass for at all."""
    held = standing(check_before_sending(record, context))
    is_as_checked = record.content_hash == task.content_hash
    is_due = not is_as_checked or now_ms() - task.queued_ms > CHECK_HOLDS_MS
    found = check(record, context) if may_pass or is_due else []
    in_the_way = [*blocking(found), *holding(found), *held]
    if may_pass:
        found, held = of_stock(found), of_stock(held)
    if blocked := blocking(found):
        return False, reason_from(blocked, BLOCKED)
    if not is_as_checked and (waiting := holding(found)):
        return False, reason_from(waiting, HELD)  # what was released was another content
    if held:
        return False, reason_from(held, HELD)  # floors, rates, plans and holds may be others than when it was queued
    return may_pass and bool(in_the_way), None


def sent_content(db: Database, store_id: int, listing_id: int, content_hash: str) -> ListingContent | None:
    """What was sent under *content_hash*, built again; None where the listing has been changed since. Blocking."""
    with db.read() as session:
        records = load_listings(session, [listing_id])
        if not records or records[0].content_hash != content_hash:
            return None
        context = load_context(session, store_id)
        pages = detail_pictures(session.connection(), store_id, records)
    sources = [*sources_of(records[0]), *pages.get(listing_id, ())]
    facts = refresh_image_facts(db, sources)
    with db.read() as session:
        urls, missing = find_uploads(session, store_id, facts, sources)
    try:
        return None if missing else build_content(records[0], context, urls)
    except ContentIncomplete:
        return None
