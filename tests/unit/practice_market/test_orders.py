"""Orders: Pacific times, hidden finished ones, spans, detail (aliexpress-open-platform.md 5.15)."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from tests.unit.practice_market.client import Client, Turned

GET = "aliexpress.solution.order.get"
CHINA_GET = "aliexpress.trade.seller.orderlist.get"
INFO = "aliexpress.solution.order.info.get"
CHINA_INFO = "aliexpress.trade.new.redefining.findorderbyid"
DAY_S = 86_400
PACIFIC = ZoneInfo("America/Los_Angeles")


def pacific(clock: Turned, days: float = 0) -> str:
    """A Pacific time some days from the market's now."""
    return datetime.fromtimestamp(clock() / 1000 + days * DAY_S, PACIFIC).strftime("%Y-%m-%d %H:%M:%S")


async def orders(shop: Client, clock: Turned, **query: Any) -> list[dict[str, Any]]:
    """All orders of the last 170 days, unless said otherwise."""
    query = {"create_date_start": pacific(clock, -170), "page_size": "50", **query}
    found: list[dict[str, Any]] = (await shop.result(GET, query)).get("target_list", [])
    return found


async def all_orders(market: PracticeMarket, http: aiohttp.ClientSession, clock: Turned) -> list[dict[str, Any]]:
    """Orders of both stores, finished ones included."""
    found = []
    for store in (0, 1):
        shop = Client(market, http, clock, store)
        found += await orders(shop, clock)
        found += await orders(shop, clock, order_status="FINISH", create_date_start=pacific(clock, -30))
    return found


async def test_forty_orders_in_all_states(seeded: PracticeMarket, http: aiohttp.ClientSession, clock: Turned) -> None:
    rows = await all_orders(seeded, http, clock)
    states = Counter(row["order_status"] for row in rows)
    assert len({row["order_id"] for row in rows}) == len(rows) == 40
    assert len(states) == 10
    assert states["WAIT_SELLER_SEND_GOODS"] == 14
    assert states["FINISH"] == 3
    for row in rows:
        assert row["product_list"][0]["sku_code"]
        assert row["buyer_signer_fullname"].strip()


async def test_deadlines_run_from_now(seeded: PracticeMarket, http: aiohttp.ClientSession, clock: Turned) -> None:
    rows = [row for row in await all_orders(seeded, http, clock) if row["order_status"] == "WAIT_SELLER_SEND_GOODS"]
    left = sorted(row["timeout_left_time"] for row in rows)
    assert left[0] == 0, "one is overdue"
    assert sum(0 < time < 6 * 3_600_000 for time in left) == 3
    row = next(row for row in rows if row["timeout_left_time"] == 33 * 3_600_000)
    assert (row["left_send_good_day"], row["left_send_good_hour"], row["left_send_good_min"]) == ("1", "9", "0")
    clock.turn(3600)
    later = [row for row in await all_orders(seeded, http, clock) if row["order_status"] == "WAIT_SELLER_SEND_GOODS"]
    assert sorted(row["timeout_left_time"] for row in later)[-1] == left[-1] - 3_600_000


async def test_times_are_pacific(full: Client, clock: Turned) -> None:
    row = (await orders(full, clock, order_status="RISK_CONTROL"))[0]
    created = datetime.strptime(row["gmt_create"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=PACIFIC)
    age_s = clock() / 1000 - created.astimezone(UTC).timestamp()
    assert 0.2 * DAY_S - 1 <= age_s <= 0.9 * DAY_S + 1
    assert row["gmt_pay_time"] > row["gmt_create"]


async def test_finished_orders_need_their_own_question(full: Client, clock: Turned) -> None:
    assert "FINISH" not in {row["order_status"] for row in await orders(full, clock)}
    found = await orders(full, clock, order_status="FINISH", create_date_start=pacific(clock, -30))
    assert {row["order_status"] for row in found} == {"FINISH"}
    assert {row["end_reason"] for row in found} <= {"buyer_accept_goods", "cancel_order_close_trade"}
    assert not any("gmt_send_goods_time" in row for row in found)


@pytest.mark.parametrize("form", ["param0", "flat", "china"])
async def test_three_forms_of_the_question(full: Client, clock: Turned, form: str) -> None:
    query = {"create_date_start": pacific(clock, -170), "page_size": 50}
    expected = [row["order_id"] for row in await orders(full, clock)]
    match form:
        case "param0":
            result = await full.result(GET, {"param0": query})
        case "flat":
            result = await full.result(GET, {key: str(value) for key, value in query.items()})
        case _:
            result = await full.result(CHINA_GET, {"param_aeop_order_query": query})
    assert [row["order_id"] for row in result["target_list"]] == expected


@pytest.mark.parametrize(
    ("method", "parameter", "element", "line_element"),
    [
        (GET, "param0", "order_dto", "order_product_dto"),
        (CHINA_GET, "param_aeop_order_query", "aeop_order_item_dto", "aeop_order_product_dto"),
    ],
)
async def test_element_keys(
    full: Client, clock: Turned, method: str, parameter: str, element: str, line_element: str
) -> None:
    query = {parameter: {"create_date_start": pacific(clock, -170)}}
    body = await full.call(method, query, simplify=False)
    result = body[method.replace(".", "_") + "_response"]["result"]
    rows = result["target_list"][element]
    assert len(rows) == 10 == result["page_size"], "ten a page unless said otherwise"
    assert rows[0]["product_list"][line_element][0]["order_id"] == rows[0]["order_id"]


@pytest.mark.parametrize("states", ['["RISK_CONTROL","IN_ISSUE"]', "RISK_CONTROL,IN_ISSUE"])
async def test_several_states_in_both_list_forms(full: Client, clock: Turned, states: str) -> None:
    found = await orders(full, clock, order_status_list=states)
    assert {row["order_status"] for row in found} == {"RISK_CONTROL", "IN_ISSUE"}


async def test_pages_and_buyers(full: Client, clock: Turned) -> None:
    everything = await orders(full, clock)
    seen = []
    for page in range(1, 100):
        query = {"create_date_start": pacific(clock, -170), "page_size": "7", "current_page": str(page)}
        result = await full.result(GET, query)
        assert result["total_count"] == len(everything)
        if page > result["total_page"]:
            assert "target_list" not in result
            break
        seen += result["target_list"]
    assert seen == everything
    buyer = everything[0]["buyer_login_id"]
    own = await orders(full, clock, buyer_login_id=buyer)
    assert own == [row for row in everything if row["buyer_login_id"] == buyer]


async def test_a_window_of_creation_and_of_change(full: Client, clock: Turned) -> None:
    everything = await orders(full, clock)
    middle = sorted(row["gmt_create"] for row in everything)[len(everything) // 2]
    before = await orders(full, clock, create_date_end=middle)
    after = await orders(full, clock, create_date_start=middle)
    assert {row["gmt_create"] for row in before} & {row["gmt_create"] for row in after} == {middle}
    assert len(before) + len(after) == len(everything) + 1
    changed = await full.result(GET, {"modified_date_start": pacific(clock, -1), "page_size": "50"})
    assert all(row["gmt_update"] >= pacific(clock, -1) for row in changed["target_list"])


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"create_date_start": "2023-11-01"},
        {"create_date_end": "2023-11-14 00:00:00"},
        {"create_date_start": "2023-05-01 00:00:00"},
        {"create_date_start": "2023-10-01 00:00:00", "order_status": "FINISH"},
        {"create_date_start": "2023-11-01 00:00:00", "page_size": "51"},
        {"create_date_start": "2023-11-01 00:00:00", "current_page": "first"},
    ],
    ids=["none", "no seconds", "only end", "half a year", "finished too long", "page", "page text"],
)
async def test_bad_questions(full: Client, query: dict[str, str]) -> None:
    result = await full.result(GET, query)
    assert result["success"] is False
    assert isinstance(result["error_code"], str)
    assert result["error_message"]


async def test_detail_of_the_overseas_family(full: Client, clock: Turned) -> None:
    row = next(row for row in await orders(full, clock) if len(row["product_list"]) == 2)
    result = await full.result(INFO, {"param1": {"order_id": row["order_id"], "ext_info_bit_flag": 31}})
    order = result["data"]
    assert (result["error_code"], order["id"], order["order_status"]) == ("0", row["order_id"], row["order_status"])
    assert order["order_amount"]["amount"] == row["pay_amount"]["amount"]
    assert order["order_amount"]["cent"] == round(float(row["pay_amount"]["amount"]) * 100)
    assert order["order_amount"]["currency"]["symbol"] == "$"
    lines = sum(line["init_order_amt"]["cent"] for line in order["child_order_list"])
    assert lines + order["logistics_amount"]["cent"] == order["order_amount"]["cent"]
    assert order["receipt_address"]["contact_person"] == row["buyer_signer_fullname"]
    variants = [json.loads(line["product_attributes"])["sku"] for line in order["child_order_list"]]
    assert all(variant["pId"] and variant["pValue"] for variant in variants[0])


async def test_detail_of_the_china_family(full: Client, clock: Turned) -> None:
    order_id = (await orders(full, clock))[0]["order_id"]
    body = await full.call(CHINA_INFO, {"param1": {"order_id": order_id}}, simplify=False)
    target = body["aliexpress_trade_new_redefining_findorderbyid_response"]["target"]
    assert target["id"] == order_id
    assert target["child_order_list"]["aeop_tp_child_order_dto"]


async def test_an_unknown_order(full: Client) -> None:
    assert await full.code(INFO, {"param1": {"order_id": 1}}) == "-999"
    assert await full.code(INFO, {"param1": {"order_id": "x"}}) == "F00-00-10020-002"


async def test_a_sent_order_shows_its_parcel(full: Client, clock: Turned) -> None:
    row = (await orders(full, clock, order_status="WAIT_BUYER_ACCEPT_GOODS"))[0]
    order = (await full.result(INFO, {"param1": {"order_id": row["order_id"]}}))["data"]
    assert order["logistic_info_list"][0]["logistics_no"].startswith("LW")
    assert "timeout_left_time" not in row
    assert row["logistics_status"] == "SELLER_SEND_GOODS"
