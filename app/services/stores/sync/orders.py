"""A store's orders and their lines, page by page, one transaction a page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.clock import from_ms, now_ms, to_ms
from app.services.db import Database
from app.services.listings.text import fold_lines
from app.services.marketplace.order_records import RemoteOrder
from app.services.marketplace.port import Marketplace
from app.services.tasks import TaskContext

PAGE_SIZE = 50
SPAN = timedelta(days=30)
"""One question's window: finished orders cannot be asked for over more (aliexpress-open-platform.md 5.15)."""
OVERLAP = timedelta(days=1)
"""The lists lag behind, and clocks differ."""
LONGEST_MS = 180 * 86_400_000
"""The platform shows no older orders."""
CLOSED = "FINISH"

_UPSERT_ORDER = (
    "INSERT INTO store_order (store_id, order_id, status, buyer_name, amount_minor, currency, line_count, codes, "
    "search_text, raw, created_ms, paid_ms, deadline_ms, synced_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (store_id, order_id) DO UPDATE SET status = excluded.status, buyer_name = excluded.buyer_name, "
    "amount_minor = excluded.amount_minor, currency = excluded.currency, line_count = excluded.line_count, "
    "codes = excluded.codes, search_text = excluded.search_text, raw = excluded.raw, "
    "created_ms = excluded.created_ms, paid_ms = excluded.paid_ms, deadline_ms = excluded.deadline_ms, "
    "synced_ms = excluded.synced_ms"
)
_INSERT_LINE = (
    "INSERT INTO order_line (store_order_id, line_id, product_id, title, code, quantity, unit_price_minor, currency, "
    "status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """Orders and lines the platform told of."""

    orders: int = 0
    lines: int = 0


async def sync_orders(
    db: Database, marketplace: Marketplace, store_id: int, *, ctx: TaskContext, first_days: int = 90
) -> OrderCounts:
    """Read the orders that may have changed: all of the last *first_days* at first, later those since the oldest
    order that is not finished.

    Raises: MarketplaceError, TaskCancelled; pages written so far stay.
    """
    moment = now_ms()
    start = await asyncio.to_thread(_start_ms, db, store_id, moment, first_days)
    seen: set[str] = set()
    lines = 0
    for first, last in windows(start, moment):
        page, pages = 1, 1
        while page <= pages:
            ctx.checkpoint()
            found = await marketplace.list_orders(created_from=first, created_to=last, page=page, page_size=PAGE_SIZE)
            pages = found.pages
            fresh = [order for order in found.rows if order.order_id not in seen]
            await asyncio.to_thread(_write_page, db, store_id, fresh, moment)
            seen.update(order.order_id for order in fresh)
            lines += sum(len(order.lines) for order in fresh)
            ctx.report(len(seen), None, note="sync.orders")
            page += 1
    return OrderCounts(len(seen), lines)


def windows(start_ms: int, end_ms: int) -> Iterator[tuple[datetime, datetime]]:
    """The time from *start_ms* until a little after *end_ms* in spans the platform takes, oldest first."""
    first, end = from_ms(start_ms), from_ms(end_ms)
    assert first is not None and end is not None
    end += OVERLAP
    while first < end:
        last = min(first + SPAN, end)
        yield first, last
        first = last


def _start_ms(db: Database, store_id: int, moment_ms: int, first_days: int) -> int:
    """From where to ask: the oldest order that still moves, else the newest we have, a day earlier for safety."""
    with db.reader.connect() as connection:
        newest, oldest_open = connection.exec_driver_sql(
            "SELECT max(created_ms), min(CASE WHEN status <> ? THEN created_ms END) FROM store_order "
            "WHERE store_id = ? AND created_ms >= ?",
            (CLOSED, store_id, moment_ms - LONGEST_MS),
        ).one()
    if newest is None:
        return moment_ms - first_days * 86_400_000
    overlap_ms = round(OVERLAP.total_seconds() * 1000)
    return int(min(newest, newest if oldest_open is None else oldest_open)) - overlap_ms


def _write_page(db: Database, store_id: int, orders: Sequence[RemoteOrder], moment_ms: int) -> None:
    if orders:
        with db.bulk() as connection:
            connection.exec_driver_sql(_UPSERT_ORDER, [_order_row(store_id, order, moment_ms) for order in orders])
            _replace_lines(connection, store_id, orders)


def _order_row(store_id: int, order: RemoteOrder, moment_ms: int) -> tuple[Any, ...]:
    codes = list(dict.fromkeys(line.sku_code for line in order.lines if line.sku_code))
    titles = [line.title for line in order.lines]
    return (
        store_id,
        order.order_id,
        order.status,
        order.buyer_name,
        order.amount_minor,
        order.currency,
        len(order.lines),
        "\n".join(codes),
        fold_lines((order.order_id, *codes, *titles, order.buyer_name)),
        orjson.dumps(order.raw).decode(),
        to_ms(order.created_at),
        to_ms(order.paid_at),
        to_ms(order.deadline_at),
        moment_ms,
    )


def _replace_lines(connection: Connection, store_id: int, orders: Sequence[RemoteOrder]) -> None:
    numbers = orjson.dumps([order.order_id for order in orders]).decode()
    found = connection.exec_driver_sql(
        "SELECT order_id, id FROM store_order WHERE store_id = ? AND order_id IN (SELECT value FROM json_each(?))",
        (store_id, numbers),
    )
    ids = {row[0]: row[1] for row in found}
    connection.exec_driver_sql(
        "DELETE FROM order_line WHERE store_order_id = ?", [(number,) for number in ids.values()]
    )
    rows = [
        (
            ids[order.order_id],
            line.line_id,
            line.product_id,
            line.title,
            line.sku_code,
            line.quantity,
            line.unit_price_minor,
            line.currency,
            line.status,
        )
        for order in orders
        for line in order.lines
    ]
    if rows:
        connection.exec_driver_sql(_INSERT_LINE, rows)
