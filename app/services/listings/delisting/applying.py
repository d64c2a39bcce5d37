"""Doing what a delisting plan says: stocks as one change, then the queue, before everything else in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import orjson

from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.errors import AppError
from app.services.history.recording import record_noted
from app.services.history.records import ChangeRecord
from app.services.listings.delisting.records import LABEL, TO_DO, Delisted, DelistPlan, DelistRow, Step, Waiting
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.publishing.offlining import enqueue_offline, hurry
from app.services.publishing.queue import BatchCreated, enqueue
from app.services.tasks import TaskContext

_ON_SALE = (
    "SELECT id FROM listing WHERE product_id IS NOT NULL AND status <> 'off' AND id IN (SELECT value FROM json_each(?))"
)


def apply_delisting(db: Database, plan: DelistPlan, ctx: TaskContext | None = None, *, source: str = "") -> Delisted:
    """Set the stocks to 0 as one change, and queue what the marketplace must hear of. Where a store's queue cannot take
    anything (signed out, read only), its stocks are 0 here all the same, `skipped` says why nothing was queued, and the
    next plan of the same codes has these variants as unsent.

    Raises:
        TaskCancelled: stopped before the stocks were stored; nothing was written.
    """
    ctx = ctx or TaskContext()
    zero, off = plan.of(Step.ZERO), plan.listings(Step.OFF)
    change = _zeroed(db, zero, source, ctx)
    told = [*zero, *plan.of(Step.UNSENT)]
    stores = {row.store_id: row.store for row in plan.rows if row.step in TO_DO}
    waiting: list[Waiting] = []
    skipped: dict[int, str] = {}
    for store_id, name in sorted(stores.items()):
        ours = [row.listing_id for row in told if row.store_id == store_id and row.listing_id not in off]
        listings, gone = _on_sale(db, ours), [number for number, at in off.items() if at == store_id]
        try:
            for batch_id, count in _off_sale(db, store_id, gone, skipped):
                waiting.append(Waiting(store_id, name, batch_id, count, is_off=True))
            for batch_id, count in _queued(db, store_id, listings, skipped):
                waiting.append(Waiting(store_id, name, batch_id, count))
        except AppError as error:
            skipped.update(dict.fromkeys([*listings, *gone], error.error_code))
    _note_off(db, sum(number not in skipped for number in off), source)
    touched = {row.listing_id for row in told} | off.keys()
    return Delisted(change, len(zero), len(touched), len(off), tuple(waiting), skipped)


def _note_off(db: Database, count: int, source: str) -> None:
    """Let the history say who had listings taken off sale: that is no change here before the platform did it."""
    if count:
        with db.bulk() as connection:
            record_noted(connection, label="change.delist_off", params={"n": count}, source=source)


def _zeroed(db: Database, rows: Iterable[DelistRow], source: str, ctx: TaskContext) -> ChangeRecord | None:
    """All stocks in one change; listings are checked anew."""
    skus: dict[int, dict[int, dict[str, int]]] = defaultdict(dict)
    for row in rows:
        skus[row.listing_id][row.sku_id] = {"stock": 0}
    edits = [ListingEdit(number, skus=dict(own), is_complete=False) for number, own in sorted(skus.items())]
    params = {"n": len(edits), "skus": sum(map(len, skus.values()))}
    change = edit_listings(db, edits, label=LABEL, params=params, source=source, ctx=ctx)
    if change is not None:
        recheck(db, sorted(skus))
    return change


def _on_sale(db: Database, listing_ids: Iterable[int]) -> list[int]:
    """Those that buyers can see: a draft has nothing to send, and what is off sale sells nothing."""
    with db.reader.connect() as connection:
        wanted = orjson.dumps(sorted(set(listing_ids))).decode()
        return list(connection.exec_driver_sql(_ON_SALE, (wanted,)).scalars())


def _off_sale(
    db: Database, store_id: int, listing_ids: list[int], skipped: dict[int, str]
) -> Iterator[tuple[int, int]]:
    """The batch that takes listings off sale, with its count. It goes first: no edit of theirs is sent any more."""
    if listing_ids:
        yield from _noted(enqueue_offline(db, store_id, listing_ids), skipped)


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
