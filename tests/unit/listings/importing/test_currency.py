"""Prices of another currency than the store's are refused, never stored as if they were its own."""

from __future__ import annotations

from typing import Any

import pytest

from app.messages import tr
from app.services.db import Database
from app.services.listings.importing import session
from app.services.tasks import TaskContext
from tests.unit.listings.importing.conftest import Prepare, Sheet

PLAIN = ("LM4402", "Bedside Table Lamp", "LM4402-WH")


@pytest.mark.parametrize(
    ("header", "cell", "currency"),
    [
        ("单价(EUR)", 7.2, "EUR"),
        ("单价(元)", 7.2, "CNY"),
        ("价格 RMB", 7.2, "CNY"),
        ("价格(人民币)", 7.2, "CNY"),
        ("售价￥", 7.2, "CNY"),
        ("Price", "¥7.20", "CNY"),
        ("Price", "7.20 EUR", "EUR"),
    ],
)
def test_prices_in_another_currency_are_refused(
    sheet: Sheet, prepare: Prepare, header: str, cell: Any, currency: str
) -> None:
    head = prepare(sheet((*PLAIN, cell), headers=("Product key", "Title", "SKU", header)))
    assert head.verdict_counts == {"refused": 1}
    error = head.errors[0]
    assert (error.code, error.column, error.row, error.value) == ("price_currency", "D", 2, "7.20")
    assert dict(error.params) == {"found": currency, "expected": "USD"}
    assert currency in error.message(tr)
    assert "USD" in error.message(tr)


def test_plain_cells_of_a_column_whose_other_cells_name_it_are_refused_with_them(
    sheet: Sheet, prepare: Prepare
) -> None:
    headers = ("Product key", "Title", "SKU", "Price")
    head = prepare(sheet((*PLAIN, 5), ("CF1240", "Coffee Mug", "CF1240-BK", "€8.40"), headers=headers))
    assert (head.verdict_counts, head.error_count) == ({"refused": 2}, 2)
    assert [error.row for error in head.errors] == [2, 3]


def test_a_column_of_currencies_counts_row_by_row(sheet: Sheet, prepare: Prepare) -> None:
    headers = ("Product key", "Title", "SKU", "Price", "币种")
    rows = [
        ("K1", "Lamp one", "A-1", 1, "USD"),
        ("K2", "Lamp two", "A-2", 2, "欧元"),
        ("K3", "Lamp three", "A-3", 3, ""),
    ]
    rows.append(("K4", "Lamp four", "A-4", 4, "BRL"))
    head = prepare(sheet(*rows, headers=headers))
    assert head.verdict_counts == {"new": 2, "refused": 2}
    assert [(error.row, error.column, error.params["found"]) for error in head.errors] == [
        (3, "D", "EUR"),
        (5, "D", "BRL"),
    ]


@pytest.mark.parametrize(
    ("header", "cell"), [("价格(美元)", 7.2), ("Price", "$7.20"), ("Price USD", 7.2), ("Price", 7)]
)
def test_our_own_currency_and_none_at_all_are_taken(sheet: Sheet, prepare: Prepare, header: str, cell: Any) -> None:
    head = prepare(sheet((*PLAIN, cell), headers=("Product key", "Title", "SKU", header)))
    assert head.verdict_counts == {"new": 1}


def test_a_store_that_sells_in_another_currency_takes_that(sheet: Sheet, prepare: Prepare, db: Database) -> None:
    """Its live listings say which one it is."""
    headers = ("Product key", "Title", "SKU", "Price EUR")
    session.apply(prepare(sheet((*PLAIN, 5), headers=(*headers[:3], "Price"))).token, ctx=TaskContext())
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET product_id = '1005', currency = 'EUR'")
    head = prepare(sheet((*PLAIN, 6), ("CF1240", "Coffee Mug", "CF1240-BK", 8.4), headers=headers))
    assert head.verdict_counts == {"changed": 1, "new": 1}
    session.apply(head.token, ctx=TaskContext())
    with db.reader.connect() as reader:
        assert set(reader.exec_driver_sql("SELECT currency FROM listing").scalars()) == {"EUR"}
    head = prepare(sheet((*PLAIN, 7), headers=(*headers[:3], "Price USD")))
    assert head.errors[0].params == {"found": "USD", "expected": "EUR"}
