"""Reading what covering needs from both stores: products one by one, names of templates and groups."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from app.services.clock import now_ms
from app.services.covering.mapping import Things
from app.services.covering.records import Failed
from app.services.db import Database
from app.services.marketplace.port import (
    Marketplace,
    MarketplaceError,
    RateLimited,
    RemoteListing,
    SignedOut,
)
from app.services.stores.sync.templates import sync_freight_templates, sync_groups
from app.services.tasks import TaskContext

_UPSERT = (
    "INSERT INTO service_template (store_id, template_id, name, synced_ms) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (store_id, template_id) DO UPDATE SET name = excluded.name, synced_ms = excluded.synced_ms"
)


async def sync_things(db: Database, marketplace: Marketplace, store_id: int, ctx: TaskContext) -> None:
    """Bring a store's freight templates, groups and service templates here.

    Raises:
        MarketplaceError: one of them cannot be read; the others may be here.
    """
    await sync_freight_templates(db, marketplace, store_id, ctx=ctx)
    await sync_groups(db, marketplace, store_id, ctx=ctx)
    ctx.checkpoint()
    services = await marketplace.promise_templates()
    moment = now_ms()
    rows = [(store_id, one.template_id, one.name, moment) for one in services]
    await asyncio.to_thread(_write_services, db, store_id, rows)


def _write_services(db: Database, store_id: int, rows: Sequence[tuple[int, str, str, int]]) -> None:
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM service_template WHERE store_id = ?", (store_id,))
        if rows:
            connection.exec_driver_sql(_UPSERT, list(rows))


def load_things(db: Database, store_id: int) -> Things:
    """What is known here of a store's templates and groups."""
    with db.reader.connect() as connection:

        def names(table: str, column: str) -> dict[str, str]:
            sql = f"SELECT {column}, name FROM {table} WHERE store_id = ? ORDER BY name, {column}"
            return dict(map(tuple, connection.exec_driver_sql(sql, (store_id,))))

        return Things(
            names("freight_template", "template_id"),
            names("service_template", "template_id"),
            names("product_group", "group_id"),
        )


def usual_currency(db: Database, store_id: int) -> str:
    """The currency most listings of a store that are on the platform sell in, "" where there are none."""
    with db.reader.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT currency FROM listing WHERE store_id = ? AND product_id IS NOT NULL "
            "GROUP BY currency ORDER BY count(*) DESC LIMIT 1",
            (store_id,),
        ).scalar()
    return str(found or "")


async def read_products(
    marketplace: Marketplace,
    product_ids: Sequence[str],
    parallel: int,
    ctx: TaskContext,
) -> tuple[list[RemoteListing], list[Failed]]:
    """The records of these products. One that cannot be read fails alone.

    Raises:
        SignedOut, RateLimited: no further product could be read either.
        MarketplaceError: out of reach, and not one product was read.
        TaskCancelled: stopped.
    """
    gate = asyncio.Semaphore(parallel)
    failed: list[Failed] = []

    async def read_one(product_id: str) -> RemoteListing:
        async with gate:
            ctx.checkpoint()
            return await marketplace.read_listing(product_id)

    answers = await asyncio.gather(*map(read_one, product_ids), return_exceptions=True)
    read: list[RemoteListing] = []
    errors: list[MarketplaceError] = []
    for product_id, answer in zip(product_ids, answers, strict=True):
        if isinstance(answer, RemoteListing):
            read.append(answer)
        elif isinstance(answer, MarketplaceError) and not isinstance(answer, SignedOut | RateLimited):
            errors.append(answer)
            failed.append(Failed(product_id, answer.message_key, dict(answer.params)))
        else:
            raise answer
    if errors and not read and all(error.retryable for error in errors):
        raise errors[0]
    return read, failed
