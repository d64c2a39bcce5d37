"""What a method gets to work with."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

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
    """

    storage: Storage
    store: sqlite3.Row
    faults: Faults
    moment_ms: int
    gateway: str
    app_key: str

    @property
    def store_id(self) -> int:
        """The calling store."""
        return int(self.store["store_id"])
