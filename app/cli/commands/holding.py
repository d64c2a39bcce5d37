"""`hold`: holding listings back from being published, releasing them, and what is held."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from app.cli.commands.listings import matching_ids
from app.cli.desk import Desk, table
from app.cli.outcome import Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.history.records import ChangeRecord


def add_to(commands: Commands) -> None:
    """Add `hold`."""
    group = commands.group("hold")
    for name, handler in (("add", hold), ("release", release), ("list", list_held)):
        parser = group.add(name, handler)
        parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
        if name != "list":
            parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
        if name == "add":
            parser.add_argument("--reason", required=True, metavar="TEXT", help=tr("cli.help.hold.reason"))


def hold(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Hold the listings the condition holds for. Raises: BadReason, as `list`."""
    from app.services.listings.holding import hold_listings

    ids = matching_ids(desk, desk.store(options.store).id, options.where)
    return _outcome(hold_listings(desk.app.db, ids, options.reason), "hold.done", len(ids))


def release(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Release those the condition holds for that are held. Raises: as `list`."""
    from app.services.listings.holding import release_listings

    ids = matching_ids(desk, desk.store(options.store).id, options.where)
    return _outcome(release_listings(desk.app.db, ids), "hold.let_go", len(ids))


def list_held(desk: Desk, options: argparse.Namespace) -> Outcome:
    """What is held in a store, by whom, since when, and why."""
    from app.services.clock import from_ms
    from app.services.listings.holds import read_holds
    from app.services.listings.loading import load_listings

    ids = matching_ids(desk, desk.store(options.store).id, "held = yes")
    with desk.app.db.read() as session:
        holds = read_holds(session.connection(), ids)
        found = [
            {
                "listing": record.product_key or record.product_id or str(record.id),
                "title": record.title,
                "status": str(record.status),
                "reason": (one := holds[record.id]).reason,
                "by": one.actor,
                "since": since.isoformat() if (since := from_ms(one.held_ms)) else "",
            }
            for record in load_listings(session, filter(holds.__contains__, ids))
        ]
    lines = table([(one["listing"], one["by"], one["reason"], one["title"]) for one in found]) if found else []
    return Outcome({"held": found}, [*lines, tr("cli.listings", n=len(found))])


def _outcome(change: ChangeRecord | None, key: str, matched: int) -> Outcome:
    count = change.listing_count if change is not None else 0
    said = tr(key, n=count) if count else tr("cli.hold.nothing")
    return Outcome({"matched": matched, "changed": count, "change": change.uid if change is not None else None}, [said])
