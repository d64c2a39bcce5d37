"""`sale off` and `sale on`: listings off sale and on sale again, now or at a time."""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.cli.commands.listings import matching_ids
from app.cli.commands.publishing import schedule_of
from app.cli.desk import Desk, office_text, time_text
from app.cli.failures import sentence
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.publishing.queue import BatchCreated, Skipped
    from app.services.publishing.results import BatchResult
    from app.services.stores.records import StoreRecord

OFFLINE, ONLINE = "offline", "online"


def add_to(commands: Commands) -> None:
    """Add `sale`."""
    group = commands.group("sale")
    for name, handler in (("off", take_off), ("on", put_on)):
        parser = group.add(name, handler)
        parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
        parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
        parser.add_argument("--at", metavar="TIME", help=tr("cli.help.sale.at"))
        parser.add_argument("--dry-run", action="store_true", help=tr("cli.help.import.dry_run"))
        parser.add_argument("--no-send", action="store_true", help=tr("cli.help.delist.no_send"))


def take_off(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Take listings off sale. Raises: as `_carry_out`."""
    return _carry_out(desk, options, OFFLINE)


def put_on(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Put listings on sale again. Raises: as `_carry_out`."""
    return _carry_out(desk, options, ONLINE)


@dataclass(slots=True)
class _Done:
    """What a command did: of `matched` listings `ready` can be taken, the others are `skipped`, by reason."""

    action: str
    matched: int
    ready: int
    skipped: Counter[str] = field(default_factory=Counter)
    batch_id: int | None = None
    at_ms: int = 0
    result: BatchResult | None = None


def _carry_out(desk: Desk, options: argparse.Namespace, action: str) -> Outcome:
    """Queue the listings the condition holds for and, unless they wait for a time, send them at once.

    Raises:
        NotFound: no such store.
        ReadOnlyStore, StoreClosed, StorePaused: nothing may be sent to it.
        BadTime, InputError: the time cannot be kept.
        BadExpression, UnknownField, BadValue: the condition cannot be read.
    """
    from app.services.publishing.desk import PublishDesk
    from app.services.publishing.pauses import StorePaused, paused_stores

    schedule = schedule_of(options.at)
    store = desk.store(options.store)
    sends = not (options.at or options.no_send or options.dry_run)
    if sends and store.id in paused_stores(desk.app.db):
        raise StorePaused(store=store.name)
    publishing = PublishDesk(desk.app)
    ids = list(matching_ids(desk, store.id, options.where))
    preview = publishing.sale_preview(ids, action)
    done = _Done(action, len(ids), preview.count, at_ms=schedule.at_ms)
    if options.dry_run:
        found = {number for part in preview.parts for number in part.listing_ids}
        rest = [number for number in ids if number not in found]
        done.skipped = _reasons(publishing.sale_skips(store.id, rest, action))
        return _outcome(done, is_dry=True)
    created = publishing.enqueue_sale(store.id, ids, action, schedule)
    done.ready, done.batch_id = created.queued, created.batch_id
    done.skipped = _reasons(created.skipped)
    if sends and created.queued:
        done.result = asyncio.run(_send(desk, store, created))
    return _outcome(done)


async def _send(desk: Desk, store: StoreRecord, created: BatchCreated) -> BatchResult:
    from app.cli.spoken import Spoken
    from app.services.publishing.desk import PublishDesk

    try:
        return await PublishDesk(desk.app).run(store.id, created.batch_id, Spoken())
    finally:
        await desk.app.disconnect()


def _reasons(skipped: Iterable[Skipped]) -> Counter[str]:
    return Counter(str(one.reason) for one in skipped)


def _outcome(done: _Done, *, is_dry: bool = False) -> Outcome:
    result = done.result
    told: dict[str, Any] = {
        "matched": done.matched,
        "queued": done.ready,
        "skipped": {why: number for why, number in sorted(done.skipped.items()) if number},
        "done": 0 if result is None else result.live + result.in_review,
        "in_review": 0 if result is None else result.in_review,
        "failed": 0 if result is None else result.failed + result.rejected,
        "unknown": 0 if result is None else result.unknown,
        "batch": done.batch_id,
        "at": time_text(done.at_ms or None),
    }
    key = "would" if is_dry else "waits" if done.at_ms and done.ready else "sent" if result is not None else "queued"
    at, n = office_text(done.at_ms or None), told["done"] if key == "sent" else done.ready
    lines = [tr(f"cli.sale.{key}.{done.action}", n=n, at=at)]
    lines += [tr(f"cli.sale.skipped.{why}", n=number) for why, number in told["skipped"].items()]
    for name in ("failed", "unknown"):
        if told[name]:
            lines.append(tr(f"cli.sale.{name}", n=told[name]))
    code = Exit.SOME_REFUSED if told["failed"] or told["unknown"] or _is_partial(done) else Exit.DONE
    if result is not None and result.error is not None:
        told["error"] = {"code": result.error.error_code, "message": sentence(result.error)}
        lines.append(told["error"]["message"])
        code = Exit.OUT_OF_REACH
    return Outcome(told, lines, code)


def _is_partial(done: _Done) -> bool:
    """Whether something was refused: what is so already is no refusal, and a draft is not on sale."""
    harmless = {"unchanged", "missing"} if done.action == OFFLINE else {"unchanged"}
    return any(number for why, number in done.skipped.items() if why not in harmless)
