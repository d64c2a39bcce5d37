"""Stock items out of the database, and what the goods behind a code come to (domain.md 10.4 P4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.codes.records import Component
from app.services.db import Database
from app.services.stock_items.adding_up import add_up
from app.services.stock_items.reading import stock_items
from app.services.stock_items.records import Goods, StockItem
from tests.new_database import new_database

ROWS = (
    ("AB1234", 6_500_000, 85_000, 100, 50, 20, '["battery"]'),
    ("CD5678", 9_800_000, 140_000, 80, None, 20, "[]"),
    ("EF9012", None, 30_500, None, None, None, None),
    ("GH3456", 0, None, None, None, None, '["liquid"]'),
)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = new_database(tmp_path / "shangjia.db")
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO company_table (id, kind, source, sha256, as_of, row_count, received_ms) "
            "VALUES (1, 'product_table', 'goods.xlsx', '', '2026-11-20', 4, 0)"
        )
        for code, cost, weight, length, width, height, attributes in ROWS:
            connection.exec_driver_sql(
                "INSERT INTO stock_item (code, name, cost_micro, weight_mg, length_mm, width_mm, height_mm, "
                "attributes, picture, table_id, updated_ms) VALUES (?, '', ?, ?, ?, ?, ?, ?, '', 1, 0)",
                (code, cost, weight, length, width, height, attributes),
            )
    return db


def _items(db: Database, *codes: str) -> dict[str, StockItem]:
    with db.reader.connect() as connection:
        return stock_items(connection, codes)


def test_items_come_with_their_source_and_unknown_stays_unknown(db: Database) -> None:
    found = _items(db, "AB1234", "CD5678", "EF9012", "ZZ0001")
    assert sorted(found) == ["AB1234", "CD5678", "EF9012"]
    first = found["AB1234"]
    assert (first.source, first.as_of, first.sides_mm) == ("goods.xlsx", "2026-11-20", (100, 50, 20))
    assert first.attributes == {"battery"}
    assert found["CD5678"].sides_mm is None  # one side missing
    assert found["CD5678"].attributes == frozenset()
    assert found["EF9012"].attributes is None
    assert found["EF9012"].cost_micro is None


def test_a_bundle_costs_and_weighs_what_its_items_do(db: Database) -> None:
    parts = [Component("AB1234", 2), Component("CD5678", 1)]
    goods = add_up(parts, _items(db, "AB1234", "CD5678"))
    assert goods == Goods(22_800_000, 310_000, frozenset({"battery"}))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([Component("AB1234"), Component("ZZ0001")], Goods(None, None, None, ("ZZ0001",))),
        ([Component("AB1234"), Component("EF9012")], Goods(None, 115_500, None, (), ("EF9012",))),
        ([Component("GH3456", 3)], Goods(0, None, frozenset({"liquid"}), (), (), ("GH3456",))),
        ([], Goods(None, None, None)),
    ],
)
def test_one_unknown_part_leaves_the_whole_unknown(db: Database, parts: list[Component], expected: Goods) -> None:
    assert add_up(parts, _items(db, *(part.base for part in parts))) == expected
