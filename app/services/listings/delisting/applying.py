"""Doing what a delisting plan says: stocks and sale as one change, then the queue, before everything else in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.errors import AppError
from app.services.history.recording import add_entries, record_change, this_person
from app.services.history.records import DELIST_BOTH_LABEL, DELIST_LABEL, DELIST_OFF_LABEL, ChangeRecord, Entry
from app.services.listings.delisting.records import TO_DO, Delisted, DelistPlan, DelistRow, Step
from app.services.listings.editing import ListingEdit, apply_edits
from app.services.publishing.entries import Waiting
from app.services.publishing.offlining import hurry, queue_offline
from app.services.publishing.queue import BatchCreated, enqueue
from app.services.publishing.sale_changes import NOUN, OFF, ON, heading, image_of, waiting_in
from app.services.stores.readiness import ensure_open
from app.services.tasks import TaskContext

_ON_SALE = (
    "SELECT id FROM listing WHERE product_id IS NOT NULL AND status <> 'off' AND id IN (SELECT value FROM json_each(?))"
)


def apply_delisting(db: Database, plan: DelistPlan, ctx: TaskContext | None = None, *, source: str = "") -> Delisted:
    """Set the stocks to 0 and queue taking listings off sale as one change, and queue what else the marketplace must
    hear of. Where a store's queue cannot take anything (signed out, read only), its stocks are 0 here all the same,
    `skipped` says why nothing was queued, and the next plan of the same codes has these variants as unsent.

    Raises:
        TaskCancelled: stopped before the change was stored; nothing was written.
    """
    ctx = ctx or TaskContext()
    zero, off = plan.of(Step.ZERO), plan.listings(Step.OFF)
    skipped: dict[int, str] = {}
    change, waiting = _changed(db, zero, off, source, skipped, ctx)
    if zero:
        recheck(db, sorted({row.listing_id for row in zero}))
    told = [*zero, *plan.of(Step.UNSENT)]
    stores = {row.store_id: row.store for row in plan.rows if row.step in TO_DO}
    for store_id, name in sorted(stores.items()):
        ours = [row.listing_id for row in told if row.store_id == store_id and row.listing_id not in off]
        listings = _on_sale(db, ours)
        try:
            for batch_id, count in _queued(db, store_id, listings, skipped):
                waiting.append(Waiting(store_id, name, batch_id, count))
        except AppError as error:
            skipped.update(dict.fromkeys(listings, error.error_code))
    touched = {row.listing_id for row in told} | off.keys()
    return Delisted(change, len(zero), len(touched), len(off), tuple(waiting), skipped)


def _changed(
    db: Database, zero: Iterable[DelistRow], off: dict[int, int], source: str, skipped: dict[int, str], ctx: TaskContext
) -> tuple[ChangeRecord | None, list[Waiting]]:
    """Stocks and sale in one transaction. Returns: the change, and what takes listings off sale."""
    skus: dict[int, dict[int, dict[str, int]]] = defaultdict(dict)
    for row in zero:
        skus[row.listing_id][row.sku_id] = {"stock": 0}
    edits = [ListingEdit(number, skus=dict(own), is_complete=False) for number, own in sorted(skus.items())]
    with db.bulk() as connection:
        change_id, change = record_change(
            connection, kind="edit", label=DELIST_LABEL, params={}, listing_count=0, source=source
        )
        zeroed = apply_edits(connection, edits, change_id, now_ms(), ctx)
        gone, batches = _taken_off(connection, off, skipped)
        add_entries(connection, change_id, [Entry(NOUN, one, one, image_of(ON), image_of(OFF)) for one in gone])
        label, params = _told(zeroed, sum(map(len, skus.values())), len(gone))
        if not (zeroed or gone):
            connection.exec_driver_sql("DELETE FROM change WHERE id = ?", (change_id,))
        connection.exec_driver_sql(
            "UPDATE change SET label = ?, params = ?, listing_count = ? WHERE id = ?",
            (label, orjson.dumps(params).decode(), zeroed + len(gone), change_id),
        )
        stored = replace(change, label=label, params=params, listing_count=zeroed + len(gone))
        return stored if zeroed or gone else None, waiting_in(connection, batches)


def _told(zeroed: int, skus: int, off: int) -> tuple[str, dict[str, Any]]:
    """What the history says of listings with stocks *zeroed*, of how many variants, and of others taken *off* sale."""
    who = this_person() or "–"
    if zeroed and off:
        return DELIST_BOTH_LABEL, {"n": zeroed, "skus": skus, "off": off}
    return (DELIST_OFF_LABEL, {"n": off, "who": who}) if off else (DELIST_LABEL, {"n": zeroed, "skus": skus})


def _taken_off(connection: Connection, off: dict[int, int], skipped: dict[int, str]) -> tuple[list[int], list[int]]:
    """Queue taking listings off sale: before everything else, no edit of theirs is sent any more.

    Returns: those that go off sale now and were not going before, and the batches.
    """
    gone: list[int] = []
    batches: list[int] = []
    went = heading(connection, off)
    for store_id in sorted(set(off.values())):
        ours = [number for number, at in off.items() if at == store_id]
        try:
            ensure_open(connection, store_id)
        except AppError as error:
            skipped.update(dict.fromkeys(ours, error.error_code))
            continue
        created = queue_offline(connection, store_id, ours)
        goes = heading(connection, ours)  # off already where putting it on sale was only waiting
        skipped.update((one.listing_id, str(one.reason)) for one in created.skipped if goes.get(one.listing_id) != OFF)
        gone += [number for number in ours if went.get(number) == ON and goes.get(number) == OFF]
        batches += [] if created.batch_id is None else [created.batch_id]
    return gone, batches


def _on_sale(db: Database, listing_ids: Iterable[int]) -> list[int]:
    """Those that buyers can see: a draft has nothing to send, and what is off sale sells nothing."""
    with db.reader.connect() as connection:
        wanted = orjson.dumps(sorted(set(listing_ids))).decode()
        return list(connection.exec_driver_sql(_ON_SALE, (wanted,)).scalars())


def _queued(db: Database, store_id: int, listings: list[int], skipped: dict[int, str]) -> Iterator[tuple[int, int]]:
    """Batches of edits to send, each with its count."""
    hurried = hurry(db, listings)
    yield from Counter(hurried.values()).items()
    if rest := [number for number in listings if number not in hurried]:
        yield from _noted(enqueue(db, store_id, rest), skipped)


def _noted(created: BatchCreated, skipped: dict[int, str]) -> Iterator[tuple[int, int]]:
    skipped.update((one.listing_id, str(one.reason)) for one in created.skipped)
    if created.batch_id is not None and created.queued:
        yield created.batch_id, created.queued
