"""Syncing orders, templates, groups and categories; whole syncs and refused parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import orjson
import pytest

from app.services.clock import from_ms, now_ms
from app.services.listings.text import fold
from app.services.marketplace.order_records import RemoteOrderLine
from app.services.marketplace.port import Refused, RemoteCategory, RemoteFreightTemplate, RemoteGroup, TemporaryFault
from app.services.stores.reading import get_store
from app.services.stores.sync import EVERYTHING
from app.services.stores.sync.categories import KEPT_MS, leaves_in_use
from app.services.stores.sync.orders import windows

SETTING = {"template": {"logistics_company": "CAINIAO_STANDARD", "all_free_shipping": "Y"}}


def query(db, sql, *params):
    with db.reader.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql, params)]


def execute(db, sql, *params):
    with db.bulk() as connection:
        connection.exec_driver_sql(sql, params)


def test_orders_come_with_their_lines_and_again_change_nothing(db, market, make_order, sync):
    market.orders = [make_order(f"8190226644710{number}") for number in range(5)]
    result = sync("orders")
    assert (result.orders, result.orders_read, result.order_lines) == (5, 5, 5)
    found = query(db, "SELECT order_id, status, amount_minor, line_count, codes, buyer_name, raw FROM store_order")
    assert found[0][:6] == ("81902266447100", "WAIT_SELLER_SEND_GOODS", 3780, 1, "LM4402-WH", "Ana Sample")
    assert orjson.loads(found[0][6])["memo"] == "kept"
    before = query(db, "SELECT id, order_id, status FROM store_order")
    assert sync("orders").orders == 5
    assert query(db, "SELECT id, order_id, status FROM store_order") == before
    assert query(db, "SELECT count(*) FROM order_line") == [(5,)]


def test_an_order_that_moves_on_is_brought_up_to_date(db, market, make_order, sync):
    first = make_order("81902266447103")
    market.orders = [first]
    sync("orders")
    second = RemoteOrderLine("9", "1005002", "Cable", "CB2210", 1, None, "USD", "WAIT")
    market.orders = [replace(first, status="WAIT_BUYER_ACCEPT_GOODS", lines=(second,), deadline_at=None)]
    sync("orders")
    assert query(db, "SELECT status, deadline_ms, codes FROM store_order") == [
        ("WAIT_BUYER_ACCEPT_GOODS", None, "CB2210")
    ]
    assert query(db, "SELECT line_id, unit_price_minor FROM order_line") == [("9", None)]


def test_an_order_can_be_searched_by_number_code_title_and_buyer(db, market, make_order, sync):
    market.orders = [make_order("81902266447103")]
    sync("orders")
    [(text,)] = query(db, "SELECT search_text FROM store_order")
    for word in ("81902266447103", "lm4402-wh", "bedside", "ana"):
        assert fold(word) in text


def test_the_first_sync_reaches_back_and_later_ones_to_the_oldest_open_order(db, market, make_order, sync):
    now = datetime.now(UTC)
    market.orders = [
        make_order("1", created_at=now - timedelta(days=80), status="FINISH"),
        make_order("2", created_at=now - timedelta(days=20)),
        make_order("3", created_at=now - timedelta(days=2), status="FINISH"),
    ]
    assert sync("orders").orders == 3
    first = [argument[0] for argument in market.called("list_orders")]
    assert now - min(first) >= timedelta(days=89)
    market.calls.clear()
    assert sync("orders").orders_read == 2
    asked = min(argument[0] for argument in market.called("list_orders"))
    assert timedelta(days=20) < now - asked < timedelta(days=22)
    market.orders[1] = replace(market.orders[1], status="FINISH")
    sync("orders")
    market.calls.clear()
    result = sync("orders")
    assert (result.orders, result.orders_read) == (3, 1)


def test_windows_cover_the_time_without_gaps_in_spans_the_platform_takes():
    end = now_ms()
    start = end - 100 * 86_400_000
    spans = list(windows(start, end))
    assert spans[0][0] == from_ms(start)
    assert spans[-1][1] == from_ms(end) + timedelta(days=1)
    assert all(last - first <= timedelta(days=30) for first, last in spans)
    assert all(left[1] == right[0] for left, right in pairwise(spans))


def test_orders_written_before_a_fault_stay(db, market, make_order, sync):
    market.orders = [make_order(f"8190226644710{number}") for number in range(5)]

    class Cut(TemporaryFault):
        pass

    listed = market.list_orders

    async def cut_on_page_two(*, created_from, created_to, page=1, page_size=50):
        if page == 2:
            raise Cut
        return await listed(created_from=created_from, created_to=created_to, page=page, page_size=page_size)

    market.list_orders = cut_on_page_two
    with pytest.raises(Cut):
        sync("orders")
    assert query(db, "SELECT count(*) FROM store_order") == [(2,)]


def test_freight_templates_with_settings_and_without_those_gone(db, market, sync):
    market.templates = {
        "700126540": RemoteFreightTemplate("700126540", "Small goods", True, [SETTING]),
        "-1203344556": RemoteFreightTemplate("-1203344556", "Battery", False, []),
    }
    assert sync("freight").freight_templates == 2
    found = query(db, "SELECT id, template_id, name, is_default, services FROM freight_template ORDER BY id")
    assert found[0][1:4] == ("700126540", "Small goods", 1)
    assert orjson.loads(found[0][4]) == [SETTING]
    assert sync("freight").freight_templates == 2
    assert query(db, "SELECT id FROM freight_template ORDER BY id") == [(row[0],) for row in found]
    market.templates = {"700126540": RemoteFreightTemplate("700126540", "Small", True, [SETTING])}
    sync("freight")
    assert query(db, "SELECT id, name FROM freight_template") == [(found[0][0], "Small")]


def test_groups_with_their_parents_and_without_those_gone(db, market, sync):
    market.groups = [RemoteGroup("5081", "Lamps", ""), RemoteGroup("5082", "Table", "5081")]
    assert sync("groups").groups == 2
    market.groups = [RemoteGroup("5082", "Desk", "")]
    assert sync("groups").groups == 1
    assert query(db, "SELECT group_id, parent_id, name FROM product_group") == [("5082", "", "Desk")]


def test_the_category_tree_is_read_once_a_week_with_paths(db, market, sync):
    assert sync("categories").categories == 4
    assert query(db, "SELECT path_en, path_zh, is_leaf FROM category WHERE category_id = '2101'") == [
        ("Lights & Lighting > Table lamps", "灯具照明 > 台灯", 1)
    ]
    market.calls.clear()
    assert sync("categories").categories == 4
    assert market.called("category_children") == []
    execute(db, "UPDATE category SET fetched_ms = fetched_ms - ?", KEPT_MS + 1000)
    market.tree = (*market.tree[:2], RemoteCategory("55", "0", "Tools", "工具", True, 1))
    assert sync("categories").categories == 3
    assert query(db, "SELECT category_id FROM category ORDER BY category_id") == [("21",), ("2101",), ("55",)]


def test_a_tree_read_in_part_goes_on_where_it_stopped(db, market, sync):
    market.faults["category_children:21"] = [TemporaryFault()]
    market.faults["category_children:44"] = []
    with pytest.raises(TemporaryFault):
        sync("categories")
    market.calls.clear()
    assert sync("categories").categories == 4
    assert "0" not in market.called("category_children")


def test_attributes_are_read_for_leaves_in_use_only(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"))
    sync("listings")
    assert market.called("category_attributes") == ["2101"]
    sync("categories")
    assert market.called("category_attributes") == ["2101"]
    assert leaves_in_use(db, "http://127.0.0.1:1") == ["2101"]
    found = query(
        db,
        "SELECT name_zh, is_required, is_sku, position, \"values\" FROM category_attribute WHERE attribute_id = '14'",
    )
    assert found[0][:4] == ("颜色", 1, 1, 1)
    assert orjson.loads(found[0][4])[0] == {"id": "29", "en": "White", "zh": "白色"}


def test_a_whole_sync_is_noted_and_a_part_is_not(db, market, sync):
    sync("groups")
    assert get_store(db, 1).last_sync_at is None
    sync(*EVERYTHING)
    assert get_store(db, 1).last_sync_at is not None


def test_a_refused_part_does_not_stop_the_others(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"))
    market.faults["freight_templates"] = [Refused("marketplace.permission")]
    result = sync(*EVERYTHING)
    assert (result.listings.new, result.refused) == (1, {"freight": "marketplace.permission"})
    assert get_store(db, 1).last_sync_at is None
    market.faults["freight_templates"] = [Refused("marketplace.permission")]
    with pytest.raises(Refused):
        sync("freight")
