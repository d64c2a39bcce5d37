"""`conflicts`: listings changed here and on the platform, shown field by field, and whose values count."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import messages, tr

if TYPE_CHECKING:
    from app.services.stores.sync.conflicts import Conflict

PAGE = 500


def add_to(commands: Commands) -> None:
    """Add `conflicts`."""
    parser = commands.add("conflicts", conflicts)
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--take", choices=("ours", "theirs"), help=tr("cli.help.conflicts.take"))
    parser.add_argument("--field", action="append", metavar="FIELD", help=tr("cli.help.conflicts.field"))
    parser.add_argument("--listing", action="append", type=int, metavar="N", help=tr("cli.help.conflicts.listing"))


def conflicts(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Show what differs, or let one side count for it."""
    from app.services.stores.sync.conflicts import Side, resolve

    store = desk.store(options.store)
    wanted = set(options.listing or ())
    found = [one for one in _all(desk, store.id) if not wanted or one.listing_id in wanted]
    if not options.take:
        lines = [line for one in found for line in _lines(one)] or [tr("cli.conflicts.none")]
        return Outcome({"conflicts": [_object(one) for one in found]}, lines, Exit.SOME_REFUSED if found else Exit.DONE)
    ids = [one.listing_id for one in found]
    done = resolve(desk.app.db, ids, Side(options.take), options.field)
    told = {"settled": done.settled, "open": done.open, "change": done.change.uid if done.change else None}
    line = tr("cli.conflicts.resolved", n=done.settled, left=done.open)
    return Outcome(told, [line], Exit.SOME_REFUSED if done.open else Exit.DONE)


def _all(desk: Desk, store_id: int) -> list[Conflict]:
    from app.services.stores.sync.conflicts import conflicts as read

    found: list[Conflict] = []
    while page := read(desk.app.db, store_id, after=found[-1].listing_id if found else 0, limit=PAGE):
        found += page
    return found


def _object(one: Conflict) -> dict[str, Any]:
    return {
        "listing": one.listing_id,
        "product_id": one.product_id,
        "title": one.title,
        "differences": [
            {"field": part.field, "code": part.code, "ours": part.ours, "theirs": part.theirs}
            for part in one.differences
        ],
    }


def _lines(one: Conflict) -> list[str]:
    lines = [f"{one.listing_id}  {one.product_id}  {one.title}"]
    for part in one.differences:
        key = f"publish.field.{part.field}"
        name = tr(key) if messages.has(key) else part.field
        lines.append(f"    {part.code} {name}: {_short(part.ours)} ↔ {_short(part.theirs)}".replace("     ", "    "))
    return lines


def _short(value: Any) -> str:
    text = str(value) if value is not None else "–"
    return text if len(text) <= 60 else f"{text[:57]}…"
