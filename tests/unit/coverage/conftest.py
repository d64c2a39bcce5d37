"""Three stores that list some of the same codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.models import Order, OrderLine, Store
from app.services.clock import now_ms
from app.services.db import Database

DAY_MS = 86_400_000


@pytest.fixture
def shops(db: Database, make_listing: Callable[..., Any]) -> Database:
    """Store 1: A, B (live), C off sale; store 2: a (another spelling), D; store 3: nothing. A was ordered thrice."""
    moment = now_ms()
    with db.write() as session:
        for name in ("海岚饰品", "北弦音频"):
            session.add(Store(name=name, gateway="http://127.0.0.1:1", credential_ref=name, created_ms=moment))
    make_listing(title="One", product_id="11", status="live", skus=(("AB1", 1000, 5), ("AB2", 1100, None)))
    make_listing(title="Two", product_id="12", status="off", skus=(("AB3", 900, 1),))
    make_listing(title="Twice", status="draft", skus=(("AB1", 700, 2),))
    for title, product_id, skus in (("Three", "21", (("ab1 ", 1250, 0), ("AB4", None, 3))),):
        number = make_listing(title=title, product_id=product_id, status="live", skus=skus).id
        with db.bulk() as connection:
            connection.exec_driver_sql("UPDATE listing SET store_id = 2 WHERE id = ?", (number,))
    with db.write() as session:
        for at, code in enumerate(("AB1", "ab1", "AB9", "AB1")):  # the older spelling is read last
            order = Order(store_id=1, order_id=str(at), status="FINISH", created_ms=at * DAY_MS, synced_ms=moment)
            session.add(order)
            session.flush()
            session.add(
                OrderLine(
                    store_order_id=order.id,
                    line_id="1",
                    product_id="11",
                    title="One",
                    code=code,
                    quantity=1,
                    currency="USD",
                    status="",
                )
            )
    return db
