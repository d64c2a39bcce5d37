"""A store with listings on sale, and another one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.services.codes.rekeying import rekey
from app.services.db import Database
from app.services.listings.delisting.pasted import read_pasted
from app.services.listings.delisting.plan import plan_delisting
from app.services.listings.delisting.records import DelistPlan

Shop = Callable[..., int]
Planned = Callable[..., DelistPlan]


@pytest.fixture
def shop(db: Database, make_listing: Callable[..., object]) -> Shop:
    """Store a listing with codes; `code=stock` sets a stock other than 5. Returns: its id."""
    numbers = iter(range(1_000, 9_000))

    def add(*codes: str, store: int = 1, status: str = "live", **stocks: int | None) -> int:
        skus = tuple((code, 1890, stocks.get(code, 5)) for code in codes)
        number = next(numbers)
        record = make_listing(
            f"Lamp {number}", skus, status=status, product_id=str(number) if status != "draft" else None
        )
        with db.bulk() as connection:
            connection.exec_driver_sql("UPDATE listing SET store_id = ? WHERE id = ?", (store, record.id))
            rekey(connection)
        return record.id

    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO store (id, name, alias, colour, gateway, credential_ref, seller_id, access, health, "
            "is_practice, is_shared, created_ms) "
            "SELECT 2, 'B', 'b', '', gateway, 'two', '', access, health, 0, 0, 1 FROM store"
        )
    return add


@pytest.fixture
def planned(db: Database) -> Planned:
    def plan(text: str, stores: list[int] | None = None, *, takes_off: bool = False) -> DelistPlan:
        return plan_delisting(db, read_pasted(text), stores, takes_off=takes_off)

    return plan
