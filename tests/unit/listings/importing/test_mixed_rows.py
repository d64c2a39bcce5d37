"""Rows of listings that do not stand together: quick ways for those that do must not be taken."""

from __future__ import annotations

import pytest

from app.services.db import Database
from app.services.listings.importing import session
from app.services.tasks import TaskContext
from tests.unit.listings.importing.conftest import HEADERS, Prepare, Sheet

HEAD = (*HEADERS, "Supplier")
LAMP = [("LM1", "Table Lamp", f"LM1-{at}", 18.9, 120 + at, 840, f"Supplier {at}") for at in range(3)]
CASE = [("CS2", "Phone Case", f"CS2-{at}", 4.5, 80 + at, 60, None) for at in range(3)]
MUG = [("MG3", "Coffee Mug", "MG3-1", 7.25, 9, 410, "Potter"), ("MG3", "Coffee Mug", "MG3-2", 7.25, 8, 410, "Potter")]
ORDERS = {
    "together": [*LAMP, *CASE, *MUG],
    "alternating": [LAMP[0], CASE[0], LAMP[1], MUG[0], CASE[1], LAMP[2], CASE[2], MUG[1]],
    "another order": [*MUG, *CASE, *LAMP],
}
SUPPLIERS = [
    '{"Supplier":["Supplier 0","Supplier 1","Supplier 2"]}',
    "{}",
    '{"Supplier":"Potter"}',
]


@pytest.mark.parametrize("first", ORDERS)
def test_every_order_brings_the_same_and_changes_nothing(
    db: Database, sheet: Sheet, prepare: Prepare, first: str
) -> None:
    head = prepare(sheet(*ORDERS[first], headers=HEAD))
    assert (head.counts.rows, head.counts.new, head.error_count) == (8, 3, 0)
    session.apply(head.token, ctx=TaskContext())
    with db.reader.connect() as connection:
        extra = dict(
            connection.exec_driver_sql("SELECT product_key, extra FROM listing JOIN listing_body USING (id)").all()
        )
        stocks = connection.exec_driver_sql("SELECT code, stock FROM sku ORDER BY code").all()
    assert [extra[key] for key in ("LM1", "CS2", "MG3")] == SUPPLIERS
    assert dict(stocks) == {row[2]: row[4] for row in ORDERS[first]}
    for order, rows in ORDERS.items():
        counts = prepare(sheet(*rows, headers=HEAD)).counts
        assert (counts.new, counts.changed, counts.unchanged) == (0, 0, 3), order
    one = [(*row[:4], 1, *row[5:]) if row[2] == "CS2-1" else row for row in ORDERS["alternating"]]
    counts = prepare(sheet(*one, headers=HEAD)).counts
    assert (counts.changed, counts.unchanged) == (1, 2)
