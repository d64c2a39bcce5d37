"""Bringing a store's data here: listings, groups, freight templates, categories, orders (DESIGN.md 5, Sync)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from app.models import StoreHealth
from app.services.clock import now_ms
from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.marketplace.port import Marketplace, MarketplaceError, Refused
from app.services.stores.quotas import note_profile, read_profile
from app.services.stores.reading import get_store, write_health
from app.services.stores.records import StoreRecord
from app.services.stores.sync.categories import all_leaves, ensure_attributes, leaves_in_use, sync_categories
from app.services.stores.sync.listings import ListingSync
from app.services.stores.sync.orders import sync_orders
from app.services.stores.sync.results import EVERYTHING, ListingCounts, SyncResult, What
from app.services.stores.sync.templates import sync_freight_templates, sync_groups
from app.services.stores.verdicts import note_error
from app.services.tasks import TaskContext

__all__ = ["EVERYTHING", "ListingCounts", "SyncResult", "What", "sync_store"]


async def sync_store(
    db: Database,
    marketplace: Marketplace,
    store_id: int,
    what: Collection[What] = EVERYTHING,
    *,
    ctx: TaskContext | None = None,
    parallel: int = 8,
    order_days: int = 90,
    is_whole: bool = False,
) -> SyncResult:
    """Read *what* of the store. The platform's truth wins, except over local changes that were never sent: those
    stay and are counted as conflicts. Doing it again changes nothing; stopped in the middle, the next one goes on.

    Args:
        parallel: listings whose details are read at the same time.
        is_whole: read all listings, not only what changed since the last sync; small stores are always read whole,
            others once a day.
        order_days: how far back the very first sync of orders reaches, 1–180.

    Raises:
        Refused: the platform refused every part that was asked for; single refusals are in the result.
        SignedOut: the store must be authorised again.
        MarketplaceError: out of reach or out of quota; what was read so far stays. The store's health says from now on
            what is the matter.
        TaskCancelled: stopped at a consistent point.
    """
    ctx = ctx or TaskContext()
    store = await asyncio.to_thread(get_store, db, store_id)
    result = SyncResult()
    try:
        for part in EVERYTHING:
            if part in what:
                try:
                    await _sync_part(part, db, marketplace, store, result, ctx, parallel, order_days, is_whole=is_whole)
                except Refused as error:
                    result.refused[part] = error.error_code
                    if len(result.refused) == len(set(what)):
                        raise
        profile = await read_profile(marketplace) if What.LISTINGS in what else None
    except MarketplaceError as error:
        await asyncio.to_thread(note_error, db, store_id, error)
        raise
    if profile is not None:
        await asyncio.to_thread(note_profile, db, store_id, profile)
    await asyncio.to_thread(_note_success, db, store_id, is_whole=set(EVERYTHING) <= set(what) and not result.refused)
    return result


async def _sync_part(
    part: What,
    db: Database,
    marketplace: Marketplace,
    store: StoreRecord,
    result: SyncResult,
    ctx: TaskContext,
    parallel: int,
    order_days: int,
    *,
    is_whole: bool,
) -> None:
    if part == What.CATEGORIES:
        result.categories = await sync_categories(db, marketplace, store.gateway, ctx=ctx)
        find = all_leaves if store.is_practice else leaves_in_use
        leaves = await asyncio.to_thread(find, db, store.gateway)
        await ensure_attributes(db, marketplace, store.gateway, leaves)
    elif part == What.GROUPS:
        result.groups = await sync_groups(db, marketplace, store.id, ctx=ctx)
    elif part == What.FREIGHT:
        result.freight_templates = await sync_freight_templates(db, marketplace, store.id, ctx=ctx)
    elif part == What.LISTINGS:
        run = ListingSync(db, marketplace, store.id, store.gateway, ctx, parallel, is_whole)
        result.listings = run.counts
        try:
            await run.run()
        finally:
            await asyncio.to_thread(recheck, db, run.counts.touched)
    else:
        counts = await sync_orders(db, marketplace, store.id, ctx=ctx, first_days=order_days)
        result.orders_read, result.order_lines = counts.orders, counts.lines
        result.orders = await asyncio.to_thread(_count_orders, db, store.id)


def _count_orders(db: Database, store_id: int) -> int:
    with db.reader.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM store_order WHERE store_id = ?", (store_id,))
        return int(found.scalar_one())


def _note_success(db: Database, store_id: int, *, is_whole: bool) -> None:
    """The store answers again; a whole sync is noted with its time."""
    with db.bulk() as connection:
        write_health(connection, store_id, StoreHealth.OK)
        if is_whole:
            connection.exec_driver_sql("UPDATE store SET last_sync_ms = ? WHERE id = ?", (now_ms(), store_id))
