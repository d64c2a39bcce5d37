"""`undo` and `history`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.cli.counts import check_count
from app.cli.desk import Desk, table, time_text
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.history.records import UndoResult
    from app.services.history.returning import Returned
    from app.services.listings.desk import ListingDesk

DEFAULT_LIMIT = 100
UID_SHOWN = 8
"""So many characters tell a change from the others; `undo` takes them."""
MOST_NAMED, TITLE_SHOWN = 20, 60
"""Listings that were left alone, and characters of their titles; JSON has all of them."""


def add_to(commands: Commands) -> None:
    """Add `undo` and `history`."""
    parser = commands.add("undo", undo_change)
    parser.add_argument("change", nargs="?", metavar="CHANGE", help=tr("cli.help.undo.change"))
    parser.add_argument("--listing", action="append", type=int, metavar="N", help=tr("cli.help.undo.listing"))
    parser.add_argument("--field", action="append", metavar="FIELD", help=tr("cli.help.undo.field"))
    parser.add_argument("--back-to", metavar="TIME", help=tr("cli.help.undo.back_to"))
    parser = commands.add("history", list_history)
    parser.add_argument("--limit", type=int, default=DEFAULT_LIMIT, metavar="N", help=tr("cli.help.limit"))


def undo_change(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Take back a change, the newest one if none is named; listings edited since are left alone and named."""
    from app.services.history.records import NO_LISTINGS, TABLE
    from app.services.history.wording import change_label
    from app.services.listings.desk import ListingDesk

    listings = ListingDesk(lambda: desk.app.db, lambda: desk.app.settings.role)
    if options.back_to is not None:
        return _go_back(listings, options)
    _check_part(listings, options)
    done = listings.undo(options.change, options.listing, fields=options.field)
    conflicts = len(done.conflicts)
    told = {
        "restored": done.restored,
        "conflicts": conflicts,
        "change": done.change.uid,
        "conflicting_listings": [number for number in done.conflicts if number > 0],
        "conflicting": list(done.conflict_names),
        **_to_send(done),
    }
    if done.change.kind == TABLE:
        told["entries"] = done.change.params["n"]
    key = "cli.undone_change" if done.change.kind in NO_LISTINGS else "cli.undone"
    lines = [_said(done, key)]
    if done.is_stuck and not options.change and (before := listings.next_to_undo(done.change.uid)) is not None:
        lines.append(tr("cli.undo_before", id=before.uid[:UID_SHOWN], label=change_label(before)))
    if conflicts and not done.is_stuck:
        lines.append(_left(done))
    if conflicts:
        lines += [f"  {name}" for name in (*done.conflict_names, *_names(listings, done.conflicts))]
    return Outcome(told, [*lines, *_sending(told)], Exit.SOME_REFUSED if conflicts else Exit.DONE)


def _said(done: UndoResult, key: str) -> str:
    """The first line: what was undone, or why nothing was."""
    from app.services.history.wording import change_label, left_alone

    label = change_label(done.change)
    if done.is_stuck and done.reasons:
        return tr("history.not_undone", label=label, why=left_alone(done.conflicts, done.reasons))
    return tr("cli.undo_stuck" if done.is_stuck else key, n=done.restored, label=label)


def _left(done: UndoResult | Returned) -> str:
    """What was left alone, and why."""
    from app.services.history.wording import left_alone

    if done.reasons:
        return tr("cli.undo_left", why=left_alone(done.conflicts, done.reasons))
    return tr("cli.undo_conflicts", n=len(done.conflicts))


def _to_send(done: UndoResult | Returned) -> dict[str, Any]:
    """What the marketplace must hear of a delisting that was undone, and why listings were left alone."""
    return {
        "queued": sum(one.listings for one in done.waiting),
        "unsent": list(done.unsent),
        "reasons": {str(number): reason.code for number, reason in sorted(done.reasons.items())},
    }


def _sending(told: dict[str, Any]) -> list[str]:
    lines = [tr("cli.undo_queued", n=told["queued"])] if told["queued"] else []
    return [*lines, tr("cli.undo_unsent", n=len(told["unsent"]))] if told["unsent"] else lines


def _names(listings: ListingDesk, conflicts: Sequence[int]) -> list[str]:
    """The listings that were left alone, by the number `--listing` takes and by their title; the first of very many."""
    from app.services.listings.loading import load_listings

    ids = [number for number in conflicts if number > 0]
    with listings.db.read() as session:
        titles = {one.id: one.title for one in load_listings(session, ids[:MOST_NAMED])}
    named = [f"{number}  {titles.get(number, '')[:TITLE_SHOWN]}".rstrip() for number in ids[:MOST_NAMED]]
    return [*named, "…"] if len(ids) > MOST_NAMED else named


def _check_part(listings: ListingDesk, options: argparse.Namespace) -> None:
    """Raise InputError, naming what is asked for and no part of the change. Raises: NotFound."""
    from app.services.errors import InputError, NotFound
    from app.services.paging import Query

    if options.listing is None and options.field is None:
        return
    change = listings.change(options.change)
    if change is None:
        raise NotFound("undo.not_found" if options.change else "undo.nothing", name=options.change or "")
    contents = listings.change_contents(change.uid)
    options.change = change.uid  # the newest one, which another window may be about to change
    fields, ids = contents.fields(), set(contents.ids(Query()))
    strange = [name for name in options.field or () if name not in fields]
    strange += [str(number) for number in options.listing or () if number not in ids]
    if strange:
        raise InputError("undo.no_part", names=", ".join(strange), fields=", ".join(fields) or "–", n=len(ids))


def _go_back(listings: ListingDesk, options: argparse.Namespace) -> Outcome:
    """Make everything what it was at a moment. Raises: UsageError, BadTime, NotFound."""
    from app.cli.failures import UsageError
    from app.services.clock import from_ms
    from app.services.publishing.turns import moment_of

    for name, value in (("CHANGE", options.change), ("--listing", options.listing), ("--field", options.field)):
        if value is not None:
            raise UsageError(detail=tr("cli.usage.together", name="--back-to", other=name), prog="undo")
    moment = from_ms(moment_of(options.back_to))
    assert moment is not None
    done = listings.go_back(moment)
    conflicts = len(done.conflicts)
    told = {
        "restored": len(done.restored),
        "conflicts": conflicts,
        "steps": len(done.changes),
        "conflicting_listings": [number for number in done.conflicts if number > 0],
        **_to_send(done),
    }
    lines = [tr("cli.went_back", n=len(done.restored), steps=len(done.changes))]
    lines += [_left(done)] if conflicts else []
    lines += [f"  {name}" for name in _names(listings, done.conflicts)]
    return Outcome(told, [*lines, *_sending(told)], Exit.SOME_REFUSED if conflicts else Exit.DONE)


def list_history(desk: Desk, options: argparse.Namespace) -> Outcome:
    """The newest changes, newest first; times are office time."""
    from app.services.clock import at_office
    from app.services.history.listing import list_changes
    from app.services.history.records import NO_LISTINGS
    from app.services.history.wording import change_label

    check_count("--limit", options.limit)
    changes = list_changes(desk.app.db, limit=options.limit)
    rows = [
        (
            change.uid[:UID_SHOWN],
            f"{at_office(change.created_at):%Y-%m-%d %H:%M}",
            "" if change.kind in NO_LISTINGS else change.listing_count,
            tr("cli.undone_mark") if change.is_undone else "",
            change.actor,
            change_label(change),
        )
        for change in changes
    ]
    return Outcome(
        {"changes": [_object(change) for change in changes]}, table(rows) if rows else [tr("cli.no_changes")]
    )


def _object(change: Any) -> dict[str, Any]:
    from app.services.clock import to_ms
    from app.services.history.records import NO_LISTINGS
    from app.services.history.wording import change_label

    return {
        "id": change.uid,
        "kind": change.kind,
        "label": change_label(change),
        "source": change.source,
        "actor": change.actor,
        "listings": 0 if change.kind in NO_LISTINGS else change.listing_count,
        "store": change.store_id,
        "time": time_text(to_ms(change.created_at)),
        "undone": change.is_undone,
    }
