"""`schedule`: what waits for its time, another time for it, or none at all."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.cli.commands.publishing import schedule_of
from app.cli.desk import Desk, office_text, table, time_text
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr
from app.services.errors import NotFound

if TYPE_CHECKING:
    from app.services.publishing.scheduled import ScheduledBatch


def add_to(commands: Commands) -> None:
    """Add `schedule`."""
    group = commands.group("schedule")
    parser = group.add("list", list_scheduled)
    parser.add_argument("--store", metavar="NAME", help=tr("cli.help.store.name"))
    for name, handler in (("move", move), ("cancel", cancel)):
        parser = group.add(name, handler)
        parser.add_argument("batches", nargs="+", type=int, metavar="BATCH", help=tr("cli.help.schedule.batch"))
        if name == "move":
            parser.add_argument("--at", required=True, metavar="TIME", help=tr("cli.help.schedule.at"))


def list_scheduled(desk: Desk, options: argparse.Namespace) -> Outcome:
    """What waits for a time, the soonest first."""
    from app.services.publishing.scheduled import scheduled_batches

    store = desk.store(options.store) if options.store else None
    found = [one for one in scheduled_batches(desk.app.db) if store is None or one.store_id == store.id]
    rows = [(one.batch_id, _local(one), tr(f"scheduled.what.{one.action}"), one.store_name, one.n) for one in found]
    return Outcome({"scheduled": [_object(one) for one in found]}, table(rows) if rows else [tr("scheduled.none")])


def move(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Let what waits begin at another time. Raises: NotFound, BadTime, InputError."""
    from app.services.publishing.scheduled import move_batches

    at_ms = schedule_of(options.at).at_ms
    known, unknown = _known(desk, options.batches)
    n = move_batches(desk.app.db, known, at_ms)
    said = tr("cli.schedule.moved", n=n, at=office_text(at_ms))
    return _done({"moved": n, "at": time_text(at_ms)}, said, unknown)


def cancel(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Take back what waits; the listings are what they were before. Raises: NotFound."""
    from app.services.publishing.batches import cancel_batch

    known, unknown = _known(desk, options.batches)
    n = sum(cancel_batch(desk.app.db, batch_id) for batch_id in known)
    return _done({"cancelled": n}, tr("cli.schedule.cancelled", n=n), unknown)


def _known(desk: Desk, wanted: Sequence[int]) -> tuple[list[int], list[int]]:
    """Those that wait for a time, and those that do not. Raises: NotFound, none of them does."""
    from app.services.publishing.scheduled import scheduled_batches

    waiting = {one.batch_id for one in scheduled_batches(desk.app.db)}
    asked = list(dict.fromkeys(wanted))
    known = [one for one in asked if one in waiting]
    if not known:
        raise NotFound("scheduled.not_found", name=", ".join(map(str, asked)))
    return known, [one for one in asked if one not in waiting]


def _done(told: dict[str, Any], line: str, unknown: Sequence[int]) -> Outcome:
    lines = [line, *(tr("error.scheduled.not_found", name=str(one)) for one in unknown)]
    return Outcome({**told, "unknown": list(unknown)}, lines, Exit.SOME_REFUSED if unknown else Exit.DONE)


def _object(one: ScheduledBatch) -> dict[str, Any]:
    return {
        "batch": one.batch_id,
        "store": one.store_name,
        "action": str(one.action),
        "listings": one.n,
        "first": time_text(one.first_ms),
        "last": time_text(one.last_ms),
    }


def _local(one: ScheduledBatch) -> str:
    first, last = office_text(one.first_ms), office_text(one.last_ms)
    return first if first == last else f"{first} – {last}"
