"""Putting listings into the publish queue: checked, changed, and not queued already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.models import JobState, ListingStatus, Priority, TaskAction, TaskState
from app.services.clock import now_ms
from app.services.compliance.checker import check
from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Finding
from app.services.compliance.images import refresh_image_facts
from app.services.compliance.loading import learn_twins, load_context
from app.services.db import Database
from app.services.listings.loading import chunks, load_listings
from app.services.listings.records import ListingRecord
from app.services.marketplace.records import Loss
from app.services.publishing.batches import cancel_queued, close_batches
from app.services.publishing.entries import Reason
from app.services.publishing.images import sources_of
from app.services.publishing.losses import accept_losses
from app.services.publishing.small_edits import load_groups, only_takes_stock
from app.services.publishing.turns import AT_ONCE, Facts, Schedule, load_facts, priority_of
from app.services.publishing.verdicts import BLOCKED, HELD, blocking, holding, of_stock, reason_from, standing
from app.services.stores.readiness import ensure_open, ensure_room
from app.services.tasks import TaskCancelled, TaskContext

CHUNK = 200
ROUNDS = 3
"""How often a listing is checked anew that was edited while it was being checked."""


class SkipReason(StrEnum):
    """Why a listing was not queued."""

    BLOCKED = "blocked"
    HELD = "held"
    UNCHANGED = "unchanged"
    """The marketplace has exactly this."""
    OPEN = "open"
    """It is queued, under way, unknown or in review already."""
    OTHER_STORE = "other_store"
    MISSING = "missing"
    EDITED = "edited"
    """Somebody keeps editing it just now."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A listing that was not queued, with the findings that forbid it."""

    listing_id: int
    reason: SkipReason
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchCreated:
    """What was queued. `batch_id` is None where nothing was queued and nothing is blocked or held."""

    batch_id: int | None
    queued: int
    skipped: tuple[Skipped, ...]

    def count(self, reason: SkipReason) -> int:
        """How many listings were skipped for *reason*."""
        return sum(skipped.reason is reason for skipped in self.skipped)


@dataclass(slots=True)
class _Candidate:
    """A listing that passed, or why it did not."""

    record: ListingRecord
    product_id: str | None
    priority: Priority
    reason: Reason | None = None
    findings: tuple[Finding, ...] = ()


def enqueue(
    db: Database,
    store_id: int,
    listing_ids: Iterable[int],
    *,
    release_held: bool = False,
    schedule: Schedule = AT_ONCE,
    accepted: Mapping[int, Sequence[Loss]] | None = None,
    ctx: TaskContext | None = None,
) -> BatchCreated:
    """Queue the listings that can be sent: those that pass the checker, differ from what the marketplace has and are
    not queued already. Blocked and held ones are kept in the batch, with their findings, as not sent.

    A few hundred listings are checked and written at a time, so a big batch is already being sent while the rest of
    it is checked. Blocking: call it off the GUI thread.

    Args:
        release_held: a supervisor releases listings that are only on hold, and neither for their prices nor by a
            person.
        schedule: when they are sent. Until then they can be taken back like any that wait.
        accepted: what a person lets the edit of a listing erase, by listing (`losses.py`).

    Raises:
        NotFound: no such store.
        ReadOnlyStore: the store's authorisation allows reading only.
        StoreClosed: its light is red; it says why.
        StoreFull: no room for what is new.
        TaskCancelled: stopped; nothing of it is queued any more.
    """
    ids = list(dict.fromkeys(listing_ids))
    with db.read() as session:
        check_store(session, store_id, ids)
        context = load_context(session, store_id)
    ctx = ctx or TaskContext()
    places = {number: schedule.due_ms(place, len(ids)) for place, number in enumerate(ids)}
    queue = _Queue(db, store_id, context, places, accepted or {}, release_held=release_held)
    try:
        for done, chunk in enumerate(chunks(ids, CHUNK)):
            ctx.checkpoint()
            queue.add(chunk)
            ctx.report(min((done + 1) * CHUNK, len(ids)), len(ids), failed=len(queue.skipped))
    except TaskCancelled:
        queue.take_back()
        raise
    return queue.finish()


def check_store(session: Session, store_id: int, new_ids: Sequence[int] = ()) -> None:
    """Make sure that a store may be published to, and has room if any of *new_ids* is new to it.

    Raises:
        NotFound, ReadOnlyStore, StoreClosed, StoreFull.
    """
    connection = session.connection()
    ensure_room(connection, ensure_open(connection, store_id), list(new_ids))


class _Queue:
    """One call of `enqueue`."""

    def __init__(
        self,
        db: Database,
        store_id: int,
        context: CheckContext,
        due_ms: dict[int, int],
        accepted: Mapping[int, Sequence[Loss]],
        *,
        release_held: bool,
    ) -> None:
        self._db, self._store_id, self._context, self._release_held = db, store_id, context, release_held
        self._due_ms, self._accepted = due_ms, accepted
        self._batch_id: int | None = None
        self._queued = 0
        self._facts: dict[int, Facts] = {}
        self._groups: dict[int, str] | None = None
        self.skipped: list[Skipped] = []

    def add(self, listing_ids: list[int]) -> None:
        """Check and queue a few hundred listings."""
        todo = listing_ids
        for _ in range(ROUNDS):
            candidates = self._candidates(todo)
            if not candidates:
                return
            with self._db.bulk() as connection:
                todo = self._write(connection, candidates)
        self.skipped.extend(Skipped(number, SkipReason.EDITED) for number in todo)

    def take_back(self) -> None:
        """Undo what was queued before the stop."""
        if self._batch_id is not None:
            with self._db.bulk() as connection:
                cancel_queued(connection, [self._batch_id])
                close_batches(connection, [self._batch_id])

    def finish(self) -> BatchCreated:
        """The result; a batch in which nothing waits to be sent is over."""
        if self._batch_id is not None and not self._queued:
            with self._db.bulk() as connection:
                close_batches(connection, [self._batch_id])
        return BatchCreated(self._batch_id, self._queued, tuple(self.skipped))

    def _candidates(self, listing_ids: list[int]) -> list[_Candidate]:
        with self._db.read() as session:
            connection = session.connection()
            open_ids = _open_among(connection, listing_ids)
            records = {record.id: record for record in load_listings(session, listing_ids)}
            fresh = [record for number, record in records.items() if number not in open_ids]
            known = _products_of(connection, [record.id for record in fresh if record.product_id is None])
            live = [record.id for record in fresh if record.product_id is not None]
            self._facts, self._groups = load_facts(connection, live), None
        self._look_at_pictures(fresh)
        found = []
        for number in listing_ids:
            record = records.get(number)
            if record is None:
                self.skipped.append(Skipped(number, SkipReason.MISSING))
            elif record.store_id != self._store_id:
                self.skipped.append(Skipped(number, SkipReason.OTHER_STORE))
            elif number in open_ids:
                self.skipped.append(Skipped(number, SkipReason.OPEN))
            elif record.content_hash == record.sent_hash:
                self.skipped.append(Skipped(number, SkipReason.UNCHANGED))
            else:
                product_id = record.product_id or known.get(number)
                urgency = priority_of(record, product_id, self._facts.get(number))
                found.append(self._judged(_Candidate(record, product_id, urgency)))
        return found

    def _look_at_pictures(self, records: Sequence[ListingRecord]) -> None:
        sources = [source for record in records for source in sources_of(record)]
        self._context.images.forget()
        self._context.images.learn(refresh_image_facts(self._db, sources))
        with self._db.read() as session:
            self._context.twins.forget()
            learn_twins(session, self._context, [record.id for record in records])
        self._context.guard.renew()
        self._context.guard.learn(records)
        self._context.holds.learn(record.id for record in records)

    def _judged(self, candidate: _Candidate) -> _Candidate:
        findings = check(candidate.record, self._context)
        if (blocking(findings) or holding(findings)) and self._only_takes_stock(candidate.record):
            findings = of_stock(findings)
        if blocked := blocking(findings):
            candidate.reason, candidate.findings = reason_from(blocked, BLOCKED), tuple(blocked)
        elif held := self._held(findings):
            candidate.reason, candidate.findings = reason_from(held, HELD), tuple(held)
        return candidate

    def _held(self, findings: Sequence[Finding]) -> list[Finding]:
        """Findings that wait for a person. What the price guard or a person holds nobody releases in passing."""
        return standing(findings) if self._release_held else holding(findings)

    def _only_takes_stock(self, record: ListingRecord) -> bool:
        if record.product_id is None:
            return False
        if self._groups is None:  # asked only where something stands in the way, and then once for all of them
            with self._db.read() as session:
                self._groups = load_groups(session.connection(), list(self._facts))
        return only_takes_stock(record, self._facts.get(record.id), self._groups.get(record.id))

    def _write(self, connection: Connection, candidates: Sequence[_Candidate]) -> list[int]:
        """Put candidates into the journal. Returns: listings that changed since they were read."""
        if self._batch_id is None:
            self._batch_id = connection.exec_driver_sql(
                "INSERT INTO publish_batch (store_id, state, total, created_ms) VALUES (?, ?, 0, ?) RETURNING id",
                (self._store_id, JobState.RUNNING, now_ms()),
            ).scalar_one()
        changed, queued = [], 0
        for candidate in candidates:
            if not _insert(connection, self._batch_id, candidate, self._due_ms[candidate.record.id]):
                changed.append(candidate.record.id)
            elif candidate.reason is None:
                queued += 1
            else:
                reason = SkipReason.HELD if candidate.reason.code == HELD else SkipReason.BLOCKED
                self.skipped.append(Skipped(candidate.record.id, reason, candidate.findings))
        ids = (candidate.record.id for candidate in candidates)
        accept_losses(connection, self._batch_id, {number: self._accepted.get(number, ()) for number in ids})
        connection.exec_driver_sql(
            "UPDATE publish_batch SET total = total + ?, state = ?, finished_ms = NULL WHERE id = ?",
            (len(candidates) - len(changed), JobState.RUNNING, self._batch_id),
        )
        self._queued += queued
        return changed


_INSERT = (
    "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, priority, due_ms, content_hash, title, "
    "codes, attempts, owner, settled_ms, product_id, error_code, error_params, error_text, error_field) "
    "SELECT ?, store_id, id, ?, ?, ?, ?, content_hash, title, '', 0, '', ?, ?, ?, ?, '', ? FROM listing "
    "WHERE id = ? AND content_hash = ? AND NOT EXISTS (SELECT 1 FROM publish_task AS other "
    "WHERE other.listing_id = listing.id AND other.state IN ('queued', 'sending', 'unknown', 'in_review'))"
)


def _insert(connection: Connection, batch_id: int, candidate: _Candidate, due_ms: int) -> bool:
    """Queue one listing, or note why not; False where it is not what was checked any more."""
    record, reason = candidate.record, candidate.reason or Reason("")
    is_queued = candidate.reason is None
    done = connection.exec_driver_sql(
        _INSERT,
        (
            batch_id,
            TaskAction.CREATE if candidate.product_id is None else TaskAction.EDIT,
            TaskState.QUEUED if is_queued else TaskState.CANCELLED,
            candidate.priority,
            due_ms,
            None if is_queued else now_ms(),
            candidate.product_id,
            reason.code,
            orjson.dumps(reason.params, default=str).decode(),
            reason.field,
            record.id,
            record.content_hash,
        ),
    ).rowcount
    if not done:
        return False
    if is_queued:
        connection.exec_driver_sql(
            "UPDATE listing SET status = ?, error_code = '', error_text = '', error_field = '' WHERE id = ?",
            (ListingStatus.QUEUED, record.id),
        )
    elif reason.code == HELD:
        connection.exec_driver_sql(
            "UPDATE listing SET status = ? WHERE id = ? AND status IN ('draft', 'ready', 'failed', 'rejected')",
            (ListingStatus.HELD, record.id),
        )
    return True


def _open_among(connection: Connection, listing_ids: Sequence[int]) -> set[int]:
    rows = connection.exec_driver_sql(
        "SELECT listing_id FROM publish_task WHERE listing_id IN (SELECT value FROM json_each(?)) "
        "AND state IN ('queued', 'sending', 'unknown', 'in_review')",
        (orjson.dumps(list(listing_ids)).decode(),),
    )
    return set(rows.scalars())


def _products_of(connection: Connection, listing_ids: Sequence[int]) -> dict[int, str]:
    """Product ids the journal knows of listings that do not carry them themselves."""
    if not listing_ids:
        return {}
    rows = connection.exec_driver_sql(
        "SELECT listing_id, product_id FROM publish_task WHERE product_id IS NOT NULL "
        "AND listing_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (orjson.dumps(list(listing_ids)).decode(),),
    )
    return dict(map(tuple, rows))
