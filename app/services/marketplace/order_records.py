"""Orders as the port passes them: read from the platform, and the notice that one was shipped.

As in `port`: ids are text, money is minor units, times are aware UTC datetimes, and a missing value is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ShipmentNotice:
    """Declares an order shipped, in whole or (`is_complete` False) in part. Carrier "Other" needs a `tracking_url`."""

    order_id: str
    carrier: str
    tracking_no: str
    is_complete: bool = True
    tracking_url: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class RemoteOrderLine:
    """One line of an order."""

    line_id: str
    product_id: str
    title: str
    sku_code: str
    quantity: int | None
    unit_price_minor: int | None
    currency: str
    status: str


@dataclass(frozen=True, slots=True)
class RemoteOrder:
    """An order; `deadline_at` is when it must be sent, None where the platform names none."""

    order_id: str
    status: str
    created_at: datetime | None
    paid_at: datetime | None
    deadline_at: datetime | None
    amount_minor: int | None
    currency: str
    buyer_name: str
    lines: tuple[RemoteOrderLine, ...]
    raw: dict[str, Any]
