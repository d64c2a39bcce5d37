"""What price rules read besides their price: the cost of the goods behind a code of theirs, and the exchange rate."""

from __future__ import annotations

from decimal import Decimal

from app.services.codes.store_reading import StoreReading
from app.services.db import Database
from app.services.pricing.rates import exchange_rate
from app.services.stock_items.adding_up import add_up
from app.services.stock_items.reading import stock_items

MICRO = Decimal(10**6)


class GoodsCosts:
    """Costs out of the company product table, each code looked up once. A code is read as the own store means it.

    Attributes:
        rate: CNY for one USD, None where nobody entered it.
    """

    def __init__(self, db: Database, store_id: int) -> None:
        self._db, self._codes = db, StoreReading(store_id)
        self._known: dict[str, Decimal | None] = {}
        with db.reader.connect() as connection:
            found = exchange_rate(connection)
        self.rate = None if found is None else found.rate

    def of(self, code: str) -> Decimal | None:
        """CNY for one piece of what *code* stands for; None where any part of it is unknown."""
        if code not in self._known:
            self._known[code] = self._look(code)
        return self._known[code]

    def _look(self, code: str) -> Decimal | None:
        with self._db.reader.connect() as connection:
            reading = self._codes.read(connection, code)
            if reading.error:
                return None
            items = stock_items(connection, [one.base for one in reading.components])
        micro = add_up(reading.components, items).cost_micro
        return None if micro is None else micro / MICRO
