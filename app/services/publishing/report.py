"""What became of a batch: counts that add up, and what did not go through grouped by reason (mock 05)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection

from app.models import JobState, TaskAction, TaskState
from app.services.db import Database
from app.services.errors import NotFound
from app.services.publishing.doubles import DOUBLED, Double, doubles_of
from app.services.publishing.losses import losses_told
from app.services.publishing.offlining import enqueue_offline
from app.services.publishing.onlining import enqueue_online
from app.services.publishing.queue import BatchCreated, enqueue
from app.services.publishing.verdicts import BLOCKED, HELD, findings_in, told_params
from app.services.publishing.wording import own_name
from app.services.tasks import TaskContext


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One listing that did not go through.

    Attributes:
        params: placeholders of the group's sentence, as they are for this listing.
        platform_text: the platform's own code and words, raw.
    """

    listing_id: int
    product_id: str | None
    title: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    platform_text: str = ""


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """Listings with one reason.

    Attributes:
        state: failed, rejected, unknown, or cancelled for what was blocked or held and never sent; live for what is on
            the platform twice, with the superfluous product as `double` in the rows' params.
        code: of the error or finding; `message_key` its sentence, `params` the placeholders for the first row.
        field: our name of the field to change, "" where no field helps.
        platform_text: of the first row.
    """

    state: TaskState
    code: str
    message_key: str
    params: dict[str, Any]
    field: str
    platform_text: str
    rows: tuple[ReportRow, ...]

    @property
    def listing_ids(self) -> tuple[int, ...]:
        """The listings of the group."""
        return tuple(row.listing_id for row in self.rows)


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A whole batch. The counts of `on_platform`, `queued`, `rejected`, `failed`, `unknown`, `held`, `blocked` and
    `cancelled` add up to `total`.

    Attributes:
        queued: not sent yet, or on the way.
        cancelled: taken back by the user, or nothing was left to send.
        finished_ms: None while something is left to send.
    """

    batch_id: int
    store_id: int
    state: JobState
    total: int
    queued: int
    in_review: int
    live: int
    rejected: int
    failed: int
    unknown: int
    held: int
    blocked: int
    cancelled: int
    attempts: int
    created_ms: int
    finished_ms: int | None
    groups: tuple[ReasonGroup, ...]

    @property
    def on_platform(self) -> int:
        """Listings the marketplace has taken: live or in review."""
        return self.live + self.in_review


def batch_report(db: Database, batch_id: int) -> BatchReport:
    """The state of a batch now; reviews may still change it.

    Raises:
        NotFound: no such batch.
    """
    with db.read() as session:
        connection = session.connection()
        batch = connection.exec_driver_sql(
            "SELECT store_id, state, created_ms, finished_ms FROM publish_batch WHERE id = ?", (batch_id,)
        ).first()
        if batch is None:
            raise NotFound(noun="batch", name=str(batch_id))
        counts, attempts = _counts(connection, batch_id)
        groups = _groups(connection, batch_id, doubles_of(connection, batch[0], batch_id))
    states = {state: sum(n for (of, _), n in counts.items() if of == state) for state in TaskState}
    held, blocked = (counts.get((TaskState.CANCELLED, code), 0) for code in (HELD, BLOCKED))
    return BatchReport(
        batch_id,
        batch[0],
        JobState(batch[1]),
        sum(counts.values()),
        states[TaskState.WAITING] + states[TaskState.QUEUED] + states[TaskState.SENDING],
        states[TaskState.IN_REVIEW],
        states[TaskState.LIVE],
        states[TaskState.REJECTED],
        states[TaskState.FAILED],
        states[TaskState.UNKNOWN],
        held,
        blocked,
        states[TaskState.CANCELLED] - held - blocked,
        attempts,
        batch[2],
        batch[3],
        groups,
    )


def _counts(connection: Connection, batch_id: int) -> tuple[dict[tuple[str, str], int], int]:
    rows = connection.exec_driver_sql(
        "SELECT state, CASE WHEN state = 'cancelled' THEN error_code ELSE '' END, count(*), sum(attempts) "
        "FROM publish_task WHERE batch_id = ? GROUP BY 1, 2",
        (batch_id,),
    ).all()
    return {(state, code): number for state, code, number, _ in rows}, sum(row[3] for row in rows)


_ROWS = (
    "SELECT publish_task.state, publish_task.error_code, publish_task.error_field, publish_task.error_params, "
    "publish_task.error_text, listing_id, coalesce(publish_task.product_id, listing.product_id), listing.title, "
    "listing.code FROM publish_task JOIN listing ON listing.id = listing_id WHERE batch_id = ? "
    "AND (publish_task.state IN ('failed', 'rejected', 'unknown') "
    "OR (publish_task.state = 'cancelled' AND publish_task.error_code IN (?, ?))) ORDER BY publish_task.id"
)

_ORDER = (TaskState.FAILED, TaskState.REJECTED, TaskState.UNKNOWN, TaskState.LIVE, TaskState.CANCELLED)


def _groups(connection: Connection, batch_id: int, doubles: Sequence[Double]) -> tuple[ReasonGroup, ...]:
    """Failures first, then what is unknown, what is there twice, what was held or blocked; in each the most frequent
    first."""
    members: dict[tuple[TaskState, str, str, str, str], list[ReportRow]] = {}
    for row in connection.exec_driver_sql(_ROWS, (batch_id, HELD, BLOCKED)):
        state, code, field_name = TaskState(row[0]), row[1], row[2]
        params = orjson.loads(row[3])
        shown = shown_reason(code, field_name, params)
        key = (state, shown.code, shown.message_key, shown.field, str(params.get("platform_code", "")))
        members.setdefault(key, []).append(ReportRow(row[5], row[6], row[7], row[8], shown.params, row[4]))
    groups = [
        ReasonGroup(state, code, message_key, rows[0].params, field_name, rows[0].platform_text, tuple(rows))
        for (state, code, message_key, field_name, _), rows in members.items()
    ]
    groups += _doubled(connection, doubles)
    return tuple(sorted(groups, key=lambda group: (_ORDER.index(group.state), -len(group.rows), group.code)))


def _doubled(connection: Connection, doubles: Sequence[Double]) -> list[ReasonGroup]:
    """Listings that are on the platform twice: nothing is to be changed in them."""
    if not doubles:
        return []
    ids = orjson.dumps([double.listing_id for double in doubles]).decode()
    found = connection.exec_driver_sql(
        "SELECT id, title, code FROM listing WHERE id IN (SELECT value FROM json_each(?))", (ids,)
    ).all()
    names = {number: (title, code) for number, title, code in found}
    rows = tuple(
        ReportRow(
            double.listing_id,
            double.product_id,
            *names[double.listing_id],
            {"product_id": double.product_id, "double": double.double_id},
        )
        for double in doubles
    )
    return [ReasonGroup(TaskState.LIVE, DOUBLED, f"error.{DOUBLED}", rows[0].params, "", "", rows)]


@dataclass(frozen=True, slots=True)
class Shown:
    """A reason as it is told: `message_key` with `params`, and the field to change."""

    code: str
    message_key: str
    params: dict[str, Any]
    field: str


def shown_reason(code: str, field_name: str, params: dict[str, Any]) -> Shown:
    """How a reason is told: the checker's own by its first finding, everything else as an error."""
    findings = findings_in(params) if code in (HELD, BLOCKED) else []
    if not findings:
        return Shown(code, f"error.{code}", told_params(params), own_name(field_name))
    first = findings[0]
    return Shown(first.code, f"finding.{first.code}", dict(first.params), first.field)


_SALE = {TaskAction.OFFLINE: enqueue_offline, TaskAction.ONLINE: enqueue_online}


def send_again(
    db: Database,
    batch_id: int,
    listing_ids: Iterable[int] | None = None,
    *,
    release_held: bool = False,
    accepts_losses: bool = False,
    ctx: TaskContext | None = None,
) -> BatchCreated:
    """Queue listings of a batch that did not go through once more, as a new batch; None: all of them.

    Only those that failed, were rejected, blocked, held or taken back are considered; what is unknown is looked up,
    never sent again from here. A rejected listing is skipped as unchanged until it was edited. A batch that was to take
    listings off sale, or put them on sale again, does that once more.

    Args:
        accepts_losses: a person lets edits erase what they were not sent for, as it was told, and nothing else.

    Raises:
        NotFound: no such batch. See `enqueue` for the rest.
    """
    with db.read() as session:
        connection = session.connection()
        store_id = connection.exec_driver_sql("SELECT store_id FROM publish_batch WHERE id = ?", (batch_id,)).scalar()
        if store_id is None:
            raise NotFound(noun="batch", name=str(batch_id))
        rows = connection.exec_driver_sql(
            "SELECT listing_id, action FROM publish_task WHERE batch_id = ? "
            "AND state IN ('failed', 'rejected', 'cancelled') ORDER BY id",
            (batch_id,),
        ).all()
    could = dict(map(tuple, rows))
    chosen = None if listing_ids is None else set(listing_ids)
    wanted = [number for number in could if chosen is None or number in chosen]
    if wanted and (queue_sale := _SALE.get(could[wanted[0]])):  # a batch is of one kind
        return queue_sale(db, store_id, wanted)
    with db.reader.connect() as connection:
        accepted = losses_told(connection, wanted) if accepts_losses else {}
    return enqueue(db, store_id, wanted, release_held=release_held, accepted=accepted, ctx=ctx)
