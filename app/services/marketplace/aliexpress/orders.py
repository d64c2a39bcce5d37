"""Orders on AliExpress: the list over all states, shipment notices, carriers (protocol reference 5.15, 5.16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.services.marketplace.aliexpress.calls import Calls
from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.envelope import reading
from app.services.marketplace.aliexpress.mapping.families import ORDER_FAMILIES, OrderFamily
from app.services.marketplace.aliexpress.mapping.lists import plain_lists
from app.services.marketplace.aliexpress.mapping.methods import (
    CARRIER_LIST,
    SHIPMENT_CHANGE,
    SHIPMENT_DECLARE,
    TRACKING,
)
from app.services.marketplace.aliexpress.mapping.order import read_event, read_order
from app.services.marketplace.aliexpress.mapping.store import read_carrier, write_changed_notice, write_notice
from app.services.marketplace.aliexpress.mapping.table import rows
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.values import span_texts, whole
from app.services.marketplace.order_records import RemoteOrder, ShipmentNotice
from app.services.marketplace.port import ResultPage
from app.services.marketplace.records import RemoteCarrier, TrackingEvent

ORDERS = "orders"
"""The noun under which the family of order methods is remembered."""
_REMEMBERED = 8


@dataclass(slots=True)
class _Question:
    """One question the platform can answer: a state ("" = every open one) and a span it allows."""

    status: str
    created_from: datetime
    created_to: datetime
    pages: int = 0
    total: int = 0


class OrderCalls(Calls):
    """The order part of the port; documented there."""

    _questions: dict[tuple[datetime, datetime, int], list[_Question]]

    async def list_orders(
        self, *, created_from: datetime, created_to: datetime, page: int = 1, page_size: int = 50
    ) -> ResultPage[RemoteOrder]:
        """Orders created in the window. Pages run through several questions, since finished orders are only found
        when asked for, and long windows not at all: first the open ones, then the finished ones.

        `total` is the platform's count, which leaves out some kinds of orders. Orders that change state while the
        pages are read may appear twice or shift: repeat the last days in the next run.
        """
        size = min(page_size, rules("wire")["order_page_max"])
        key = (created_from, created_to, size)
        first: tuple[RemoteOrder, ...] = ()
        if page == 1 or key not in self._questions:
            first = await self._ask(key)
        questions = self._questions[key]
        rest = page
        found: tuple[RemoteOrder, ...] = ()
        for question in questions:
            if rest <= question.pages:
                is_at_hand = page == 1 and question is questions[0]
                found = first if is_at_hand else await self._order_page(question, rest, size)
                break
            rest -= question.pages
        return ResultPage(
            found, page, pages=sum(one.pages for one in questions), total=sum(one.total for one in questions)
        )

    async def read_order(self, order_id: str) -> RemoteOrder:
        """One order in full."""
        query = {
            "order_id": wire_id(order_id, "order_id"),
            "ext_info_bit_flag": rules("wire")["order_flags"],
        }

        async def read(family: OrderFamily) -> RemoteOrder:
            answer = await self._session.call(family.read, {"param1": query})
            with reading(family.read):
                return read_order(plain_lists(answer), now=self._clock.now())

        return await self._families.run(ORDERS, ORDER_FAMILIES, read)

    async def track(self, order_id: str, carrier: str, tracking_no: str, country: str) -> tuple[TrackingEvent, ...]:
        """The way of a parcel so far."""
        params = {
            "out_ref": order_id,
            "service_name": carrier,
            "logistics_no": tracking_no,
            "to_area": country,
            "origin": "ESCROW",
        }
        answer = await self._session.call(TRACKING, params)
        with reading(TRACKING):
            return tuple(read_event(row) for row in rows(answer.get("details")))

    async def carriers(self) -> tuple[RemoteCarrier, ...]:
        """Carrier services that shipment notices may name."""
        answer = await self._session.call(CARRIER_LIST)
        with reading(CARRIER_LIST):
            return tuple(read_carrier(row) for row in rows(answer.get("result_list")))

    async def declare_shipment(self, notice: ShipmentNotice) -> None:
        """Send a shipment notice."""
        await self._session.call(SHIPMENT_DECLARE, write_notice(notice))

    async def change_shipment(self, old_carrier: str, old_tracking_no: str, notice: ShipmentNotice) -> None:
        """Replace carrier and number of an earlier notice."""
        await self._session.call(SHIPMENT_CHANGE, write_changed_notice(old_carrier, old_tracking_no, notice))

    async def _ask(self, key: tuple[datetime, datetime, int]) -> tuple[RemoteOrder, ...]:
        """Count the pages of all questions of a window; the rows of the very first page."""
        created_from, created_to, size = key
        questions = _questions(created_from, created_to)
        firsts = [await self._order_page(question, 1, size) for question in questions]
        self._questions.pop(key, None)
        self._questions[key] = questions
        while len(self._questions) > _REMEMBERED:
            del self._questions[next(iter(self._questions))]
        return firsts[0]

    async def _order_page(self, question: _Question, page: int, size: int) -> tuple[RemoteOrder, ...]:
        start, end = span_texts(question.created_from, question.created_to, "order")
        params: dict[str, Any] = {
            "create_date_start": start,
            "create_date_end": end,
            "order_status": question.status,
            "current_page": page,
            "page_size": size,
        }

        async def ask(family: OrderFamily) -> tuple[RemoteOrder, ...]:
            sent = {name: value for name, value in params.items() if value != ""}
            answer = await self._session.call(family.list, {family.wrapped: sent} if family.wrapped else sent)
            now = self._clock.now()
            with reading(family.list):
                question.pages = whole(answer.get("total_page")) or 0
                question.total = whole(answer.get("total_count")) or 0
                return tuple(read_order(row, now=now) for row in rows(answer.get("target_list")))

        return await self._families.run(ORDERS, ORDER_FAMILIES, ask)


def _questions(created_from: datetime, created_to: datetime) -> list[_Question]:
    """The window in spans the platform takes, open orders before finished ones."""
    questions = []
    for status, days in rules("wire")["order_spans_days"].items():
        start = created_from
        while True:
            end = min(start + timedelta(days=days), created_to)
            questions.append(_Question("" if status == "open" else status, start, end))
            start = end
            if start >= created_to:
                break
    return questions
