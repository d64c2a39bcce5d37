"""What becomes of the variants that contain a discontinued code: seen before it is done."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from sqlalchemy import Connection

from app.models import ListingStatus, StoreAccess
from app.services.codes.normal import normalise
from app.services.db import Database
from app.services.listings.delisting.finding import Hit, find_variants
from app.services.listings.delisting.pasted import Pasted
from app.services.listings.delisting.records import DelistPlan, DelistRow, Step
from app.services.listings.loading import chunks
from app.services.publishing.turns import load_facts
from app.services.tasks import TaskContext

_OTHERS = "SELECT listing_id, id FROM sku WHERE listing_id IN (SELECT value FROM json_each(?)) AND stock IS NOT 0"
_CHANGED = (
    "SELECT id FROM listing WHERE id IN (SELECT value FROM json_each(?)) AND product_id IS NOT NULL "
    "AND status <> 'off' AND content_hash IS NOT sent_hash"
)


def plan_delisting(
    db: Database,
    pasted: Pasted,
    store_ids: Iterable[int] | None = None,
    *,
    takes_off: bool = False,
    ctx: TaskContext | None = None,
) -> DelistPlan:
    """Look the codes up and decide for each variant. Nothing is written.

    A listing on the marketplace of which every variant would be without stock goes off sale as a whole: the platform
    takes no listing without any stock.

    Args:
        store_ids: only these stores; None for all.
        takes_off: take whole listings off sale, whatever else they sell.

    Raises:
        TaskCancelled.
    """
    ctx = ctx or TaskContext()
    plan = DelistPlan(junk=pasted.junk, codes=len(pasted.codes), takes_off=takes_off, columns=pasted.columns)
    with db.reader.connect() as connection:
        hits = list(find_variants(connection, pasted.codes, store_ids, ctx))
        stores = {
            number: (name, access == StoreAccess.OPERATE)
            for number, name, access in connection.exec_driver_sql("SELECT id, name, access FROM store")
        }
        off = _whole(connection, hits) if not takes_off else {hit.listing_id for hit in hits if hit.because}
        unsent = _unsent(connection, hits)
    hits.sort(key=lambda hit: (hit.store_id, hit.listing_id, hit.sku_id))
    for hit in hits:
        store, is_ours = stores[hit.store_id]
        step = _step(hit, is_off=hit.listing_id in off, is_ours=is_ours, is_unsent=hit.sku_id in unsent)
        told = (store, hit.title, hit.code, hit.because, hit.stock, step, hit.is_doubtful)
        plan.rows.append(DelistRow(hit.sku_id, hit.listing_id, hit.store_id, *told))
    seen = {normalise(hit.because) for hit in hits if hit.because}
    plan.unknown = [code for code in pasted.codes if code not in seen]
    return plan


def _whole(connection: Connection, hits: list[Hit]) -> set[int]:
    """Listings that would have no stock left at all, though they have some now."""
    gone = {hit.sku_id for hit in hits if hit.because}
    wanted = {hit.listing_id for hit in hits if hit.because}
    with_stock: set[int] = set()
    staying: set[int] = set()
    for chunk in chunks(sorted(wanted)):
        for listing_id, sku_id in connection.exec_driver_sql(_OTHERS, (orjson.dumps(list(chunk)).decode(),)):
            with_stock.add(listing_id)
            if sku_id not in gone:
                staying.add(listing_id)
    return with_stock - staying


def _unsent(connection: Connection, hits: list[Hit]) -> set[int]:
    """Variants without stock here that the marketplace, for all that is known, still sells: the program ended before
    they were queued, or the store could not be told."""
    empty = [hit for hit in hits if hit.because and hit.stock == 0]
    unsent: set[int] = set()
    for chunk in chunks(sorted({hit.listing_id for hit in empty})):
        changed = set(connection.exec_driver_sql(_CHANGED, (orjson.dumps(list(chunk)).decode(),)).scalars())
        facts = load_facts(connection, sorted(changed))
        unsent.update(
            hit.sku_id
            for hit in empty
            if hit.listing_id in changed and facts.get(hit.listing_id, {}).get(hit.code, (None, None))[1] != 0
        )
    return unsent


def _step(hit: Hit, *, is_off: bool, is_ours: bool, is_unsent: bool) -> Step:
    if not hit.because:
        return Step.UNREADABLE
    if not is_ours or hit.status == ListingStatus.SENDING:
        return Step.LOCKED
    if is_off and hit.product_id is not None and hit.status != ListingStatus.OFF:
        return Step.OFF
    if is_off and hit.status == ListingStatus.OFF:
        return Step.DONE
    if hit.stock != 0:
        return Step.ZERO
    return Step.UNSENT if is_unsent else Step.DONE
