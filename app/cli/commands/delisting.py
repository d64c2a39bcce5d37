"""`delist`: discontinued codes out of every listing, the queue told at once."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk, table
from app.cli.failures import sentence
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import messages, tr
from app.services.errors import AppError

if TYPE_CHECKING:
    from app.services.listings.delisting.records import Delisted, DelistPlan

SHOWN = 20
"""Variants a person is shown."""


def add_to(commands: Commands) -> None:
    """Add `delist`."""
    parser = commands.add("delist", delist)
    parser.add_argument("--store", action="append", metavar="NAME", help=tr("cli.help.delist.store"))
    parser.add_argument("--codes", required=True, type=Path, metavar="FILE", help=tr("cli.help.delist.codes"))
    parser.add_argument("--off-sale", action="store_true", help=tr("cli.help.delist.off_sale"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=tr("cli.help.delist.out"))
    parser.add_argument("--dry-run", action="store_true", help=tr("cli.help.import.dry_run"))
    parser.add_argument("--no-send", action="store_true", help=tr("cli.help.delist.no_send"))


def delist(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Stocks of all variants that contain a discontinued code to 0, or whole listings off sale, then send that.

    Raises:
        NoCodes, UnreadableFile, WorkbookError: nothing can be made of the file.
        NotFound: no such store.
    """
    from app.services.listings.delisting.exporting import export_plan
    from app.services.listings.delisting.pasted import read_file
    from app.services.listings.delisting.plan import plan_delisting

    stores = [desk.store(name) for name in options.store or ()]
    pasted = read_file(options.codes)
    chosen = [store.id for store in stores] or None
    plan = plan_delisting(desk.app.db, pasted, chosen, takes_off=options.off_sale)
    if options.out is not None:
        export_plan(plan, options.out, messages)
    if options.dry_run or plan.is_empty:
        return _outcome(plan, None, [], is_dry=options.dry_run)
    done, failures = asyncio.run(_do(desk, plan, options.codes.name, sends=not options.no_send))
    return _outcome(plan, done, failures, is_dry=False)


async def _do(desk: Desk, plan: DelistPlan, source: str, *, sends: bool) -> tuple[Delisted, list[AppError]]:
    """Store and queue, then send the batches of each store. What cannot be sent now stays queued."""
    from app.cli.spoken import Spoken
    from app.services.listings.delisting.applying import apply_delisting
    from app.services.publishing.desk import PublishDesk
    from app.services.publishing.pauses import StorePaused, paused_stores
    from app.services.stores.leaves import learn_leaves
    from app.services.stores.reading import get_store

    app, failures = desk.app, list[AppError]()
    try:
        for store_id in sorted(set(plan.listings().values())):
            await learn_leaves(app, await asyncio.to_thread(get_store, app.db, store_id))
        done = await asyncio.to_thread(apply_delisting, app.db, plan, source=source)
        paused = await asyncio.to_thread(paused_stores, app.db)
        for one in done.waiting if sends else ():
            try:
                if one.store_id in paused:
                    raise StorePaused(store=one.store)
                await PublishDesk(app).run(one.store_id, one.batch_id, Spoken())
            except AppError as error:  # the other stores are told all the same
                failures.append(error)
    finally:
        await app.disconnect()
    return done, failures


def _outcome(plan: DelistPlan, done: Delisted | None, failures: list[AppError], *, is_dry: bool) -> Outcome:
    from app.services.listings.delisting.records import Step

    zero, off = [*plan.of(Step.ZERO), *plan.of(Step.UNSENT)], plan.of(Step.OFF)
    unreadable, locked = plan.of(Step.UNREADABLE), plan.of(Step.LOCKED)
    told: dict[str, Any] = {
        "listings": len({row.listing_id for row in (*zero, *off)}),
        "skus": len(zero) + len(off),
        "change": done.change.uid if done is not None and done.change is not None else None,
        "codes": plan.codes,
        "zeroed": len(plan.of(Step.ZERO)),
        "off_sale": len({row.listing_id for row in off}),
        "columns": list(plan.columns),
        "unknown": plan.unknown,
        "junk": [{"row": one.number, "value": one.text, "reason": str(one.why)} for one in plan.junk],
        "unreadable": [{"listing": row.listing_id, "code": row.code} for row in unreadable],
        "locked": len(locked),
        "queued": sum(one.listings for one in done.waiting) if done is not None else 0,
        "skipped": {str(number): why for number, why in done.skipped.items()} if done is not None else {},
        "stores": sorted({row.store for row in (*zero, *off)}),
    }
    lines = [tr("cli.delist.preview" if is_dry else "cli.delist.done", n=told["skus"], listings=told["listings"])]
    if plan.columns:
        lines.append(tr("delist.columns", n=len(plan.columns), columns=tr("table.list_separator").join(plan.columns)))
    lines += _shown(plan)
    if told["off_sale"]:
        lines.append(tr("cli.delist.off", n=told["off_sale"]))
    for key in ("unknown", "junk", "unreadable", "skipped"):
        if told[key]:
            lines.append(tr(f"cli.delist.{key}", n=len(told[key])))
    lines += [sentence(error) for error in failures]
    is_partial = bool(unreadable or locked or told["skipped"] or plan.unknown or plan.junk)
    code = Exit.OUT_OF_REACH if failures else Exit.SOME_REFUSED if is_partial else Exit.DONE
    return Outcome(told, lines, code)


def _shown(plan: DelistPlan) -> list[str]:
    rows = [
        (row.store, row.listing[:40], row.code, "–" if row.stock is None else row.stock, tr(f"delist.step.{row.step}"))
        for row in plan.rows[:SHOWN]
    ]
    return table(rows) if rows else []
