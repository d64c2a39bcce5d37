"""Orders (protocol reference 5.15). Times are US Pacific; money is text with its own currency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.services.marketplace.aliexpress.mapping.table import (
    ID,
    ORDER_TIME,
    TEXT,
    TRACKING_TIME,
    WHOLE,
    Field,
    Table,
    read,
    rows,
)
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.values import minor_units, text, whole
from app.services.marketplace.order_records import RemoteOrder, RemoteOrderLine
from app.services.marketplace.records import TrackingEvent

ORDER: Table = (
    Field("order_id", "order_id", ID, also=("id",)),
    Field("status", "order_status", TEXT),
    Field("created_at", "gmt_create", ORDER_TIME),
    Field("paid_at", "gmt_pay_time", ORDER_TIME, also=("gmt_pay_success",)),
    Field("buyer_name", "buyer_signer_fullname", TEXT),
)
LINE: Table = (
    Field("line_id", "child_id", ID, also=("child_order_id", "id")),
    Field("product_id", "product_id", ID),
    Field("title", "product_name", TEXT),
    Field("sku_code", "sku_code", TEXT),
    Field("quantity", "product_count", WHOLE),
    Field("status", "son_order_status", TEXT, also=("order_status", "show_status")),
)
EVENT: Table = (
    Field("at", "event_date", TRACKING_TIME),
    Field("place", "address", TEXT),
    Field("text", "event_desc", TEXT),
    Field("action", "action_code", TEXT, also=("status",)),
)
AMOUNTS = ("pay_amount", "order_amount")
UNIT_PRICES = ("product_unit_price", "product_price")
LINES = ("product_list", "child_order_list")
TIME_LEFT_MS = "timeout_left_time"
TIME_LEFT = (("left_send_good_day", "days"), ("left_send_good_hour", "hours"), ("left_send_good_min", "minutes"))


def read_order(record: dict[str, Any], *, now: datetime) -> RemoteOrder:
    """One order of the list.

    Args:
        record: the platform's, kept as `raw`.
        now: aware; the platform names the time left, not the deadline.

    Raises:
        ValueError: a value in no documented form.
    """
    amount, currency = _money(record, AMOUNTS)
    lines = next((rows(record[name]) for name in LINES if record.get(name)), [])
    return RemoteOrder(
        deadline_at=_deadline(record, now),
        amount_minor=amount,
        currency=currency,
        lines=tuple(_line(line) for line in lines),
        raw=record,
        **read(ORDER, record),
    )


def read_event(record: Mapping[str, Any]) -> TrackingEvent:
    """A step of a parcel."""
    return TrackingEvent(**read(EVENT, record))


def _line(record: Mapping[str, Any]) -> RemoteOrderLine:
    price, currency = _money(record, UNIT_PRICES)
    return RemoteOrderLine(unit_price_minor=price, currency=currency, **read(LINE, record))


def _money(record: Mapping[str, Any], names: tuple[str, ...]) -> tuple[int | None, str]:
    money: dict[str, Any] = next((record[name] for name in names if isinstance(record.get(name), dict)), {})
    currency = text(money.get("currency_code"))
    return minor_units(money.get("amount"), currency), currency


def _deadline(record: Mapping[str, Any], now: datetime) -> datetime | None:
    """When it must be sent, to the minute: the time left is measured when the answer is made, so seconds are noise."""
    if record.get("order_status") not in rules("wire")["must_ship"]:
        return None
    left = {unit: whole(record.get(name)) for name, unit in TIME_LEFT}
    left_ms = whole(record.get(TIME_LEFT_MS))
    if left_ms is not None:
        at = now + timedelta(milliseconds=left_ms)
    elif any(number is not None for number in left.values()):
        at = now + timedelta(**{unit: number or 0 for unit, number in left.items()})
    else:
        return None
    return at.replace(second=0, microsecond=0)
