"""The Orders table: rows, search, segments, one order whole."""

from __future__ import annotations

import pytest

from app.services.errors import NotFound
from app.services.listings.text import fold_lines
from app.services.orders.records import SEGMENTS, masked
from app.services.orders.source import OrderSource, segment_filter
from app.services.paging import Filter, Query
from app.services.sql_source import UnknownField
from app.services.tasks import TaskCancelled, TaskContext

HOUR = 3_600_000


@pytest.fixture
def source(db, make_listing):
    make_listing(product_id="1005001")
    orders = (
        ("81902266447103", "WAIT_SELLER_SEND_GOODS", "Ana María Sample", 510, 3 * HOUR, 100 * HOUR, "EP0090*1"),
        ("81902270118355", "WAIT_SELLER_SEND_GOODS", "Cyril Example", 1153, 2 * HOUR, 90 * HOUR, "AB1234*2"),
        ("81902270441027", "IN_ISSUE", "", None, 5 * HOUR, None, "LM4402-WH"),
        ("81902270999999", "FINISH", "Zoë Person", 2460, HOUR, None, "LM4402-WH"),
    )
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO store (name, alias, colour, gateway, credential_ref, seller_id, access, health, is_practice, "
            "created_ms) VALUES ('橙屿家居', '', '', '', '', '', 'operate', 'ok', 0, 1)"
        )
        for number, (order_id, status, buyer, amount, created, deadline, code) in enumerate(orders, 1):
            connection.exec_driver_sql(
                "INSERT INTO store_order (id, store_id, order_id, status, buyer_name, amount_minor, currency, "
                "line_count, codes, search_text, raw, created_ms, deadline_ms, synced_ms) "
                "VALUES (?, ?, ?, ?, ?, ?, 'USD', 1, ?, ?, '{}', ?, ?, 77)",
                (
                    number,
                    2 if status == "FINISH" else 1,
                    order_id,
                    status,
                    buyer,
                    amount,
                    code,
                    fold_lines((order_id, code, "Replacement Ear Pads", buyer)),
                    created,
                    deadline,
                ),
            )
            connection.exec_driver_sql(
                "INSERT INTO order_line (store_order_id, line_id, product_id, title, code, quantity, "
                "unit_price_minor, currency, status) VALUES (?, ?, '1005001', 'Replacement Ear Pads', ?, 2, NULL, "
                "'USD', 'WAIT')",
                (number, f"{order_id}1", code),
            )
    return OrderSource(db)


def numbers(source, **question):
    query = Query(**question)
    ids = source.ids(query)
    assert source.count(query) == len(ids)
    assert [row.id for row in source.first_page(query, 100)] == list(ids)
    return list(ids)


def test_newest_first_and_by_deadline_with_those_without_last(source):
    assert numbers(source) == [3, 1, 2, 4]
    assert numbers(source, sort="deadline")[:2] == [2, 1]
    assert numbers(source, sort="amount", descending=True)[0] == 4
    assert numbers(source, sort="store", then="created") == [2, 1, 3, 4]


@pytest.mark.parametrize(
    ("text", "found"),
    [("447103", [1]), ("ab1234", [2]), ("ear pads", [3, 1, 2, 4]), ("MARÍA", [1]), ("zoë", [4]), ("nothing", [])],
)
def test_search_by_number_code_title_and_buyer(source, text, found):
    assert numbers(source, text=text) == found


def test_rows_mask_the_buyer_and_keep_unknown_amounts_unknown(source):
    rows = source.rows([1, 3])
    assert (rows[1].buyer, rows[1].amount_minor, rows[1].title) == ("A••• M••• S•••", 510, "Replacement Ear Pads")
    assert (rows[3].buyer, rows[3].amount_minor, rows[3].deadline_ms) == ("", None, None)
    assert rows[1].store == "晨帆数码"
    assert source.rows([99]) == {}


def test_filters_and_stores(source):
    assert numbers(source, filters=(segment_filter("to_ship"),)) == [1, 2]
    assert numbers(source, filters=(Filter("amount", ">=", "11.53"),)) == [2, 4]
    assert numbers(source, filters=(Filter("code", "contains", "LM4402"),)) == [3, 4]
    assert numbers(source, store_ids=(2,)) == [4]
    with pytest.raises(UnknownField):
        source.ids(Query(sort="colour"))


def test_segments_count_without_the_chosen_one(source):
    query = Query(filters=(segment_filter("to_ship"),))
    assert source.segments(query) == {
        "to_ship": 2,
        "problems": 1,
        "risk": 0,
        "shipped": 0,
        "unpaid": 0,
        "closed": 1,
    }
    assert source.segments(Query(text="ab1234"))["to_ship"] == 1
    assert source.segments(Query(store_ids=(1,)))["closed"] == 0


def test_every_state_of_the_vocabulary_is_in_one_segment():
    states = [status for statuses in SEGMENTS.values() for status in statuses]
    assert len(states) == len(set(states)) == 11


def test_an_order_whole_with_the_listing_of_its_lines(source, db):
    detail = source.detail(2)
    assert detail.order.order_id == "81902270118355"
    assert [(line.code, line.quantity, line.unit_price_minor, line.listing_id) for line in detail.lines] == [
        ("AB1234*2", 2, None, 1)
    ]
    assert detail.synced_ms == 77
    assert source.detail(4).lines[0].listing_id is None
    with pytest.raises(NotFound):
        source.detail(99)


def test_an_outdated_question_stops(source):
    context = TaskContext()
    context.stop.set()
    with pytest.raises(TaskCancelled):
        source.ids(Query(), context)


@pytest.mark.parametrize(
    ("name", "shown"), [("Ana Sample", "A••• S•••"), ("", ""), ("李 雷", "李••• 雷•••"), ("a b c d", "a••• b••• c•••")]
)
def test_names_are_masked(name, shown):
    assert masked(name) == shown
