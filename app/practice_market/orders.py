"""Orders as they are kept, and what may be done to them (aliexpress-open-platform.md 5.15, domain.md 11)."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from app.practice_market.context import Context
from app.practice_market.refusals import Refusal


class OrderStatus(StrEnum):
    """The states a shipment moves an order between."""

    TO_SEND = "WAIT_SELLER_SEND_GOODS"
    PART_SENT = "SELLER_PART_SEND_GOODS"
    SENT = "WAIT_BUYER_ACCEPT_GOODS"


def owned(context: Context, order_id: int) -> sqlite3.Row:
    """An order of the calling store.

    Raises:
        Refusal: `order.missing`, also for another store's order.
    """
    row = context.storage.row(
        "SELECT * FROM trade_order WHERE order_id = ? AND store_id = ?", (order_id, context.store_id)
    )
    if row is None:
        raise Refusal("order.missing", order_id=order_id)
    return row


def mark_sent(context: Context, order_id: int, *, is_whole: bool) -> None:
    """Move an order on after a declaration; sent as a whole, its deadline is over."""
    status = OrderStatus.SENT if is_whole else OrderStatus.PART_SENT
    context.storage.execute(
        "UPDATE trade_order SET status = ?, modified_ms = ?, sent_ms = coalesce(sent_ms, ?),"
        " deadline_ms = iif(?, NULL, deadline_ms) WHERE order_id = ?",
        (status, context.moment_ms, context.moment_ms if is_whole else None, is_whole, order_id),
    )
