"""What a method gets to work with."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from app.practice_market import journal
from app.practice_market.clock import offset, zone, zone_ms, zone_text
from app.practice_market.faults import Faults
from app.practice_market.storage import Storage


@dataclass(frozen=True, slots=True)
class Context:
    """What a method may touch.

    Attributes:
        storage: the market's memory, inside a transaction that commits when the method returns.
        store: the row of the store that calls.
        faults: switches and dice.
        moment_ms: now, the same for the whole call.
        gateway: own address such as `http://127.0.0.1:8123`, for picture addresses.
        app_key: who calls.
        method: what is called.
        feed_item: the caller's id of the feed item that is carried out, "" outside feeds.
        request_id: what the answer calls the request; of a feed item, that which handed it over.
        is_repeat: a fault carries the request out once more: what comes of it nobody asked for.
    """

    storage: Storage
    store: sqlite3.Row
    faults: Faults
    moment_ms: int
    gateway: str
    app_key: str
    method: str
    feed_item: str = ""
    request_id: str = ""
    is_repeat: bool = False

    @property
    def store_id(self) -> int:
        """The calling store."""
        return int(self.store["store_id"])

    def order_text(self, moment_ms: int | None) -> str | None:
        """An order time as the platform writes it."""
        return zone_text(moment_ms, zone(self.faults.switches.order_zone))

    def order_ms(self, text: str) -> int | None:
        """The moment of an order time, None where it is unreadable."""
        return zone_ms(text, zone(self.faults.switches.order_zone))

    def product_text(self, moment_ms: int | None) -> str | None:
        """A product time as the platform writes it."""
        return zone_text(moment_ms, offset(self.faults.switches.product_zone_h))

    def product_ms(self, text: str) -> int | None:
        """The moment of a product time, None where it is unreadable."""
        return zone_ms(text, offset(self.faults.switches.product_zone_h))

    def accepted(self, kind: str, subject: int, content: Any, said: Any = None) -> None:
        """Enter a write into the market's own record (`journal`)."""
        journal.note(
            self.storage,
            moment_ms=self.moment_ms,
            store_id=self.store_id,
            app_key=self.app_key,
            method=self.method,
            kind=kind,
            subject=subject,
            content=content,
            said=said,
            feed_item=self.feed_item,
            request_id=self.request_id,
            is_repeat=self.is_repeat,
        )
