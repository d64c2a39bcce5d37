"""`publish`: send what was never sent or changed since, and settle what an earlier run left."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk
from app.cli.failures import sentence
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import messages, tr
from app.services.errors import InputError
from app.services.stores.records import StoreRecord

if TYPE_CHECKING:
    from app.services.publishing.queue import BatchCreated
    from app.services.publishing.results import BatchResult

_CANDIDATES = (
    "SELECT id FROM listing WHERE store_id = ? AND (sent_hash IS NULL OR sent_hash <> content_hash) "
    "AND status NOT IN ('queued', 'sending', 'unknown', 'in_review') "
    "AND NOT (status = 'off' AND off_reason = 'deleted') ORDER BY (block_count + hold_count > 0), id LIMIT ?"
)
_UNDER_WAY = "SELECT count(*) FROM publish_task WHERE store_id = ? AND state IN ('queued', 'sending', 'unknown')"


def add_to(commands: Commands) -> None:
    """Add `publish`."""
    parser = commands.add("publish", publish_store)
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--limit", type=int, metavar="N", help=tr("cli.help.publish.limit"))


def publish_store(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Queue and send. Ctrl+C stops at a consistent point and keeps the rest for the next time."""
    if options.limit is not None and options.limit < 1:
        raise InputError("cli.limit", value=options.limit)
    store = desk.store(options.store)
    return outcome_of(desk, asyncio.run(_run_alone(desk, store, options.limit)))


@dataclass(frozen=True, slots=True)
class Published:
    """What a run did: `created` what was queued, `taken` the listings it took on, `result` how it ended."""

    created: BatchCreated
    taken: int
    result: BatchResult


async def _run_alone(desk: Desk, store: StoreRecord, limit: int | None) -> Published:
    try:
        return await publish_now(desk, store, limit)
    finally:
        await desk.app.disconnect()


async def publish_now(desk: Desk, store: StoreRecord, limit: int | None = None) -> Published:
    """Queue everything of a store that can be sent, at most *limit*, and send it until it is settled."""
    from app.services.publishing.queue import enqueue
    from app.services.publishing.run import publish
    from app.services.stores.leaves import learn_leaves
    from app.services.stores.practice import reachable

    app = desk.app
    store = await reachable(app, store, language=desk.language)
    await learn_leaves(app, store)
    ids = await asyncio.to_thread(_candidates, desk, store.id, limit)
    created = await asyncio.to_thread(enqueue, app.db, store.id, ids)
    taken = await asyncio.to_thread(_count, desk, store.id)
    async with app.connected(store) as marketplace:
        result = await publish(app.db, marketplace, store.id, parallel=app.settings.parallel_calls)
    return Published(created, taken, result)


def outcome_of(desk: Desk, published: Published) -> Outcome:
    """The result object, sentences and exit code of a run."""
    from app.services.publishing.queue import SkipReason

    result, created = published.result, published.created
    told: dict[str, Any] = {
        "queued": published.taken,
        "live": result.live,
        "in_review": result.in_review,
        "rejected": result.rejected,
        "failed": result.failed,
        "unknown": result.unknown,
        "left": result.queued,
        "blocked": created.count(SkipReason.BLOCKED),
        "held": created.count(SkipReason.HELD),
        "attempts": result.attempts,
        "elapsed_s": round(result.elapsed_s, 3),
        "reasons": _reasons(desk, created, result),
        "ending": None if result.ending is None else str(result.ending),
    }
    bad = ("rejected", "failed", "unknown", "left", "blocked", "held")
    code = Exit.SOME_REFUSED if any(told[name] for name in bad) else Exit.DONE
    if result.error is not None:
        told["error"] = {"code": result.error.error_code, "message": sentence(result.error)}
        code = Exit.OUT_OF_REACH
    return Outcome(told, _lines(told), code)


def _candidates(desk: Desk, store_id: int, limit: int | None) -> list[int]:
    with desk.app.db.reader.connect() as connection:
        return list(connection.exec_driver_sql(_CANDIDATES, (store_id, -1 if limit is None else limit)).scalars())


def _count(desk: Desk, store_id: int) -> int:
    with desk.app.db.reader.connect() as connection:
        return int(connection.exec_driver_sql(_UNDER_WAY, (store_id,)).scalar_one())


def _reasons(desk: Desk, created: BatchCreated, result: BatchResult) -> list[dict[str, Any]]:
    """What did not go through, grouped by reason, the most frequent first."""
    from app.services.publishing.reasons import reasons_of

    return [
        {
            "state": str(group.state),
            "code": group.code,
            "message": _text(group.message_key, group.params, group.code),
            "field": group.field,
            "count": len(group.rows),
            "listings": list(group.listing_ids),
            "platform_text": group.platform_text,
        }
        for group in reasons_of(desk.app.db, (*result.batch_ids, *filter(None, (created.batch_id,))))
    ]


def _text(key: str, params: dict[str, Any], code: str) -> str:
    try:
        return tr(key, **params) if messages.has(key) else code
    except (KeyError, ValueError):
        return code


def _lines(told: dict[str, Any]) -> list[str]:
    lines = [
        tr(
            "cli.published",
            n=told["queued"],
            live=told["live"],
            in_review=told["in_review"],
            failed=told["failed"] + told["rejected"],
            seconds=f"{told['elapsed_s']:.1f}",
        )
    ]
    lines += [tr("cli.reason", n=reason["count"], text=reason["message"]) for reason in told["reasons"]]
    if told["unknown"]:
        lines.append(tr("cli.unknown", n=told["unknown"]))
    if told["left"]:
        lines.append(tr("cli.left", n=told["left"]))
    if "error" in told:
        lines.append(told["error"]["message"])
    return lines
