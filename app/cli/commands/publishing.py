"""`publish`: send what was never sent or changed since, and settle what an earlier run left."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.counts import check_count
from app.cli.desk import Desk
from app.cli.failures import sentence
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr
from app.services.clock import now_ms
from app.services.errors import InputError
from app.services.stores.records import StoreRecord

if TYPE_CHECKING:
    from app.services.marketplace.records import Loss
    from app.services.publishing.queue import BatchCreated
    from app.services.publishing.report import ReasonGroup
    from app.services.publishing.results import BatchResult
    from app.services.publishing.turns import Schedule

_CANDIDATES = (
    "SELECT id FROM listing WHERE store_id = ? AND (sent_hash IS NULL OR sent_hash <> content_hash) "
    "AND status NOT IN ('queued', 'sending', 'unknown', 'in_review') "
    "AND NOT (status = 'off' AND off_reason = 'deleted') ORDER BY (block_count + hold_count > 0), id LIMIT ?"
)
_UNDER_WAY = "SELECT id FROM publish_task WHERE store_id = ? AND state IN ('waiting', 'queued', 'sending', 'unknown')"
_OF_BATCH = "SELECT id, listing_id FROM publish_task WHERE batch_id = ?"


def add_to(commands: Commands) -> None:
    """Add `publish`."""
    parser = commands.add("publish", publish_store)
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--limit", type=int, metavar="N", help=tr("cli.help.publish.limit"))
    parser.add_argument("--report", type=Path, metavar="FILE", help=tr("cli.help.publish.report"))
    parser.add_argument("--at", metavar="TIME", help=tr("cli.help.publish.at"))
    parser.add_argument("--spread", type=int, default=0, metavar="MIN", help=tr("cli.help.publish.spread"))
    parser.add_argument("--accept-similar", action="store_true", help=tr("cli.help.publish.accept_similar"))
    parser.add_argument("--accept-losses", action="store_true", help=tr("cli.help.publish.accept_losses"))
    switch = parser.add_mutually_exclusive_group()
    switch.add_argument("--pause", action="store_true", help=tr("cli.help.publish.pause"))
    switch.add_argument("--resume", action="store_true", help=tr("cli.help.publish.resume"))


def publish_store(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Queue and send. Ctrl+C stops at a consistent point and keeps the rest for the next time."""
    from app.services.publishing.pauses import StorePaused, paused_stores

    check_count("--limit", options.limit)
    schedule = schedule_of(options.at, options.spread)
    if options.report is not None:
        from app.services.workbooks import check_target

        check_target(options.report, (".xlsx",))
    store = desk.store(options.store)
    if options.pause or options.resume:
        return _switch(desk, store, is_pause=options.pause)
    if store.id in paused_stores(desk.app.db):
        raise StorePaused(store=store.name)
    if options.accept_similar:
        _accept_similar(desk, store)
    run = _run_alone(desk, store, options.limit, schedule, accepts_losses=options.accept_losses)
    return outcome_of(desk, asyncio.run(run), options.report)


def _accept_similar(desk: Desk, store: StoreRecord) -> None:
    """Tell everything that would be held as a second one of the same item apart from the first: a change that can be
    undone."""
    from app.services.compliance.recheck import recheck, with_twins
    from app.services.listings.similar.releasing import release_twins

    ids = _candidates(desk, store.id, None)
    if release_twins(desk.app.db, ids) is not None:
        with desk.app.db.read() as session:
            ids = with_twins(session, ids)
        recheck(desk.app.db, ids)


def schedule_of(at: str | None, spread_min: int = 0) -> Schedule:
    """When to send. Raises: InputError, the time or the span cannot be kept, as in the window."""
    from app.services.publishing.turns import MOST_AHEAD_DAYS, MOST_SPREAD_DAYS, Schedule, moment_of, wrong_start

    check_count("--spread", spread_min, least=0, most=MOST_SPREAD_DAYS * 1440)
    at_ms = 0
    if at is not None:
        at_ms = moment_of(at)
        wrong = wrong_start(at_ms, now_ms())
        if wrong == "over":
            raise InputError("publishing.time_over", value=at)
        if wrong:
            raise InputError("publishing.time_too_far", value=at, days=MOST_AHEAD_DAYS)
    return Schedule(at_ms, spread_min * 60_000)


def _switch(desk: Desk, store: StoreRecord, *, is_pause: bool) -> Outcome:
    """Pause the store's queue, or let it go on."""
    from app.services.publishing.pauses import pause_store, resume_store

    (pause_store if is_pause else resume_store)(desk.app.db, store.id)
    key = "cli.publish.paused" if is_pause else "cli.publish.resumed"
    return Outcome({"store": store.name, "paused": is_pause}, [tr(key, store=store.name)])


@dataclass(frozen=True, slots=True)
class Published:
    """What a run did: `created` what was queued, `taken` the listings it took on, `result` how it ended."""

    created: BatchCreated
    taken: int
    result: BatchResult


async def _run_alone(
    desk: Desk, store: StoreRecord, limit: int | None, schedule: Schedule, *, accepts_losses: bool
) -> Published:
    try:
        return await publish_now(desk, store, limit, schedule, accepts_losses=accepts_losses)
    finally:
        await desk.app.disconnect()


async def publish_now(
    desk: Desk,
    store: StoreRecord,
    limit: int | None = None,
    schedule: Schedule | None = None,
    *,
    accepts_losses: bool = False,
) -> Published:
    """Queue everything of a store that can be sent, at most *limit*, and send it until it is settled; with a
    *schedule* that may take as long as it lasts. *accepts_losses*: edits that an earlier run told the losses of may
    lose exactly these."""
    from app.cli.spoken import Spoken
    from app.services.publishing.queue import enqueue
    from app.services.publishing.run import publish
    from app.services.publishing.turns import AT_ONCE
    from app.services.stores.leaves import learn_leaves
    from app.services.stores.practice import reachable

    app = desk.app
    store = await reachable(app, store, language=desk.language)
    await learn_leaves(app, store)
    ids = await asyncio.to_thread(_candidates, desk, store.id, limit)
    schedule = schedule or AT_ONCE
    accepted = await asyncio.to_thread(_losses, desk, ids) if accepts_losses else {}
    created = await asyncio.to_thread(enqueue, app.db, store.id, ids, schedule=schedule, accepted=accepted)
    taken = await asyncio.to_thread(_taken_on, desk, store.id, created)
    async with app.connected(store) as marketplace:
        result = await publish(
            app.db,
            marketplace,
            store.id,
            ctx=Spoken(),
            parallel=app.settings.parallel_calls,
            waits_for_time=schedule != AT_ONCE,
            told_of=taken,
        )
    return Published(created, len(taken), result)


def outcome_of(desk: Desk, published: Published, report: Path | None = None) -> Outcome:
    """The result object, sentences and exit code of a run; its batches are written to *report*, where one is named."""
    from app.services.publishing.queue import SkipReason
    from app.services.publishing.report_book import write_report

    result, created = published.result, published.created
    told: dict[str, Any] = {
        "queued": published.taken,
        "live": result.live,
        "in_review": result.in_review,
        "rejected": result.rejected,
        "failed": result.failed,
        "unknown": result.unknown,
        "left": result.queued - result.scheduled,
        "elsewhere": result.elsewhere,
        "scheduled": result.scheduled,
        "blocked": created.count(SkipReason.BLOCKED),
        "held": created.count(SkipReason.HELD),
        "doubles": result.doubles,
        "attempts": result.attempts,
        "elapsed_s": round(result.elapsed_s, 3),
        "reasons": _reasons(desk, created, result),
        "ending": None if result.ending is None else str(result.ending),
    }
    if report is not None:
        told["report"] = str(write_report(desk.app.db, _batches(created, result), report).path)
    bad = ("rejected", "failed", "unknown", "left", "elsewhere", "blocked", "held", "doubles")
    code = Exit.SOME_REFUSED if any(told[name] for name in bad) else Exit.DONE
    if result.error is not None:
        told["error"] = {"code": result.error.error_code, "message": sentence(result.error)}
        code = Exit.OUT_OF_REACH
    return Outcome(told, _lines(told), code)


def _candidates(desk: Desk, store_id: int, limit: int | None) -> list[int]:
    with desk.app.db.reader.connect() as connection:
        return list(connection.exec_driver_sql(_CANDIDATES, (store_id, -1 if limit is None else limit)).scalars())


def _losses(desk: Desk, listing_ids: list[int]) -> dict[int, tuple[Loss, ...]]:
    from app.services.publishing.losses import losses_told

    with desk.app.db.reader.connect() as connection:
        return losses_told(connection, listing_ids)


def _taken_on(desk: Desk, store_id: int, created: BatchCreated) -> set[int]:
    """Tasks the run is about: what is open, and what was just queued, even if another program was quick with it."""
    refused = {skipped.listing_id for skipped in created.skipped}
    with desk.app.db.reader.connect() as connection:
        queued = connection.exec_driver_sql(_OF_BATCH, (created.batch_id,)).all()
        under_way = connection.exec_driver_sql(_UNDER_WAY, (store_id,)).scalars()
        return {task_id for task_id, listing_id in queued if listing_id not in refused}.union(under_way)


def _reasons(desk: Desk, created: BatchCreated, result: BatchResult) -> list[dict[str, Any]]:
    """What did not go through, grouped by reason, the most frequent first."""
    from app.services.publishing.losses import WOULD_LOSE
    from app.services.publishing.reasons import reasons_of
    from app.services.publishing.report_book import sentence as reason_sentence

    return [
        {
            "state": str(group.state),
            "code": group.code,
            "message": reason_sentence(group.message_key, group.params, group.code, group.field),
            "field": group.field,
            "count": len(group.rows),
            "listings": list(group.listing_ids),
            "platform_text": group.platform_text,
            **({"losses": _told_losses(group)} if group.code == WOULD_LOSE else {}),
        }
        for group in reasons_of(desk.app.db, (*result.batch_ids, *filter(None, (created.batch_id,))))
    ]


def _told_losses(group: ReasonGroup) -> list[dict[str, Any]]:
    """What each listing of a reason would lose: field, which one, and the value."""
    from app.services.publishing.losses import losses_in
    from app.services.publishing.report_book import sentence

    return [
        {
            "listing": row.listing_id,
            "text": sentence(group.message_key, row.params, group.code),
            "lost": [
                {"field": loss.kind, "name": loss.name, "value": loss.value, "path": loss.path}
                for loss in losses_in(row.params)
            ],
        }
        for row in group.rows
    ]


def _batches(created: BatchCreated, result: BatchResult) -> list[int]:
    """Batches the run had to do with."""
    return sorted({*result.batch_ids, *filter(None, (created.batch_id,))})


def _lines(told: dict[str, Any]) -> list[str]:
    settled = sum(told[name] for name in ("live", "in_review", "failed", "rejected", "unknown"))
    earlier = max(0, settled - told["queued"])
    lines = [
        tr(
            "cli.published",
            n=told["queued"] + earlier,
            live=told["live"],
            in_review=told["in_review"],
            failed=told["failed"] + told["rejected"],
            seconds=f"{told['elapsed_s']:.1f}",
        )
    ]
    if earlier:
        lines.append(tr("cli.publish.earlier", n=earlier))
    for reason in told["reasons"]:
        texts = [of["text"] for of in reason.get("losses", ())] or [reason["message"]]
        lines += [tr("cli.reason", n=reason["count"] // len(texts), text=text) for text in texts]
    if any("losses" in reason for reason in told["reasons"]):
        lines.append(tr("cli.publish.accept_losses"))
    if told["unknown"]:
        lines.append(tr("cli.unknown", n=told["unknown"]))
    if told["scheduled"]:
        lines.append(tr("cli.publish.scheduled", n=told["scheduled"]))
    if told["elsewhere"]:
        lines.append(tr("cli.publish.elsewhere", n=told["elsewhere"]))
    if told["left"]:
        lines.append(tr("cli.left", n=told["left"]))
    if "error" in told:
        lines.append(told["error"]["message"])
    return lines
