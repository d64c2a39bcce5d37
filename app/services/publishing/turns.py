"""Whose turn it is: stock-to-zero before price before the rest before new listings, and not before its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection

from app.models import Priority
from app.services.clock import OFFICE, now_ms
from app.services.errors import InputError
from app.services.listings.records import ListingRecord

DAY_MS = 86_400_000
MOST_AHEAD_DAYS = 90
"""Later than that most sign-ins have ended."""
MOST_SPREAD_DAYS = 7
Facts = Mapping[str, Sequence[int | None]]
"""What the platform last said of a listing's variants: price in minor units and stock, by code."""

_FACTS = "SELECT id, skus FROM listing_synced WHERE id IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a batch is sent: from *at_ms* on, evenly spread over *spread_ms* (0: as fast as limits allow)."""

    at_ms: int = 0
    spread_ms: int = 0

    def due_ms(self, place: int, count: int) -> int:
        """The moment of the listing at *place* (from 0) of *count*; 0 means at once."""
        start = self.at_ms or (now_ms() if self.spread_ms else 0)
        return start + self.spread_ms * place // max(count, 1)


AT_ONCE = Schedule()


class BadTime(InputError):
    """A moment that cannot be read; `value` is what was written."""

    code = "publishing.time"


def moment_of(text: str) -> int:
    """Epoch milliseconds of an ISO time; without a zone it is office time. Raises: BadTime."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return int((moment if moment.tzinfo else moment.replace(tzinfo=OFFICE)).timestamp() * 1000)
    except (ValueError, OverflowError, OSError) as error:
        raise BadTime(value=text) from error


def wrong_start(at_ms: int, moment_ms: int) -> str:
    """Why nothing can be sent from *at_ms* on, seen at *moment_ms*: `over` or `too_far`, "" where it can."""
    if at_ms <= moment_ms:
        return "over"
    return "too_far" if at_ms - moment_ms > MOST_AHEAD_DAYS * DAY_MS else ""


def priority_of(record: ListingRecord, product_id: str | None, facts: Facts | None) -> Priority:
    """How urgent it is to send *record*.

    Without *facts* (never synced since it was published) nobody knows what an edit changes: it counts as urgent.
    """
    if product_id is None:
        return Priority.NEW
    known = facts or {}
    if any(sku.stock == 0 and known.get(sku.code, (None, None))[1] != 0 for sku in record.skus):
        return Priority.STOCK_OUT
    if facts is None:
        return Priority.PRICE
    now = {sku.code: [sku.price_minor, sku.stock] for sku in record.skus}
    return Priority.EDIT if now == {code: list(fact) for code, fact in facts.items()} else Priority.PRICE


def load_facts(connection: Connection, listing_ids: Sequence[int]) -> dict[int, Facts]:
    """What the last sync noted of these listings' variants."""
    if not listing_ids:
        return {}
    rows = connection.exec_driver_sql(_FACTS, (orjson.dumps(list(listing_ids)).decode(),))
    return {number: orjson.loads(text) for number, text in rows if text}
