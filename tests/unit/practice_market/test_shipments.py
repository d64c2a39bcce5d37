"""Declaring and correcting shipments (aliexpress-open-platform.md 5.16, domain.md 11.3)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from tests.unit.practice_market.client import Client, Turned
from tests.unit.practice_market.test_orders import DAY_S, INFO, orders

CARRIERS = "aliexpress.logistics.redefining.listlogisticsservice"
FULFILL = "aliexpress.solution.order.fulfill"
DECLARE = "aliexpress.logistics.sellershipmentfortop"
CORRECT = "aliexpress.logistics.sellermodifiedshipmentfortop"
NUMBER = "LW44021187CN"
GOOD = {"service_name": "CAINIAO_STANDARD", "logistics_no": NUMBER, "send_type": "all"}


@pytest.fixture
async def waiting(full: Client, clock: Turned) -> dict[str, Any]:
    """An order that waits for the seller."""
    return (await orders(full, clock, order_status="WAIT_SELLER_SEND_GOODS"))[0]


async def declared(shop: Client, order: dict[str, Any], method: str = DECLARE, **changes: str) -> dict[str, Any]:
    """The part of the answer that says whether it worked."""
    body = await shop.call(method, {**GOOD, "out_ref": str(order["order_id"]), **changes})
    found: dict[str, Any] = body["result"] if method == FULFILL else body
    return found


async def status(shop: Client, order: dict[str, Any]) -> str:
    found = await shop.result(INFO, {"param1": {"order_id": order["order_id"]}})
    return str(found["data"]["order_status"])


async def test_carriers_have_rules_that_are_patterns(full: Client) -> None:
    body = await full.call(CARRIERS)
    assert body["result_success"] is True
    rules = {row["service_name"]: row["tracking_no_regex"] for row in body["result_list"]}
    assert re.fullmatch(rules["CAINIAO_STANDARD"], NUMBER)
    assert not re.fullmatch(rules["EMS"], NUMBER)


@pytest.mark.parametrize("method", [FULFILL, DECLARE])
async def test_declaring_a_whole_order(full: Client, clock: Turned, waiting: dict[str, Any], method: str) -> None:
    assert (await declared(full, waiting, method))["result_success"] is True
    assert await status(full, waiting) == "WAIT_BUYER_ACCEPT_GOODS"
    row = next(row for row in await orders(full, clock) if row["order_id"] == waiting["order_id"])
    assert row["gmt_send_goods_time"]
    assert "timeout_left_time" not in row
    again = await declared(full, waiting, method, logistics_no="LW44021188CN")
    assert again["result_success"] is False
    assert again["result_error_code"] == "-999"
    assert "already" in again["result_error_desc"]


async def test_parts_may_come_several_times(full: Client, waiting: dict[str, Any]) -> None:
    for number in ("LW44021187CN", "LW44021188CN"):
        assert (await declared(full, waiting, send_type="part", logistics_no=number))["result_success"] is True
        assert await status(full, waiting) == "SELLER_PART_SEND_GOODS"
    assert (await declared(full, waiting, logistics_no="LW44021189CN"))["result_success"] is True
    assert await status(full, waiting) == "WAIT_BUYER_ACCEPT_GOODS"
    order = (await full.result(INFO, {"param1": {"order_id": waiting["order_id"]}}))["data"]
    assert [parcel["logistics_no"][-5:] for parcel in order["logistic_info_list"]] == ["187CN", "188CN", "189CN"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"service_name": "PIGEON"}, "15-1001"),
        ({"logistics_no": "x"}, "-999"),
        ({"service_name": "EMS"}, "-999"),
        ({"service_name": "Other", "logistics_no": "ABCD1234"}, "-999"),
        ({"send_type": "some"}, "isv.invalid-parameter"),
        ({"out_ref": "1"}, "-999"),
    ],
)
async def test_bad_declarations(full: Client, waiting: dict[str, Any], changes: dict[str, str], code: str) -> None:
    answer = await declared(full, waiting, **changes)
    assert (answer["result_success"], answer["result_error_code"]) == (False, code)
    assert await status(full, waiting) == "WAIT_SELLER_SEND_GOODS"


async def test_an_own_carrier_needs_an_address(full: Client, waiting: dict[str, Any]) -> None:
    changes = {"service_name": "Other", "logistics_no": "ABCD1234", "tracking_website": "https://track.example/"}
    assert (await declared(full, waiting, **changes))["result_success"] is True


@pytest.mark.parametrize("state", ["PLACE_ORDER_SUCCESS", "RISK_CONTROL", "IN_ISSUE"])
async def test_states_that_are_not_to_be_sent(full: Client, clock: Turned, state: str) -> None:
    order = (await orders(full, clock, order_status=state))[0]
    assert (await declared(full, order))["result_success"] is False


async def test_orders_of_another_store(
    seeded: PracticeMarket, http: aiohttp.ClientSession, clock: Turned, waiting: dict[str, Any]
) -> None:
    other = Client(seeded, http, clock, store=1)
    assert (await declared(other, waiting))["result_success"] is False


async def corrected(shop: Client, order: dict[str, Any], old: str, new: str, **changes: str) -> dict[str, Any]:
    values = {
        "old_service_name": "CAINIAO_STANDARD",
        "old_logistics_no": old,
        "new_service_name": "CAINIAO_STANDARD",
        "new_logistics_no": new,
        "send_type": "all",
        "out_ref": str(order["order_id"]),
        **changes,
    }
    return await shop.call(CORRECT, values)


async def test_correcting_twice(full: Client, waiting: dict[str, Any]) -> None:
    await declared(full, waiting)
    numbers = [NUMBER, "LW44021188CN", "LW44021189CN", "LW44021190CN"]
    answers = [await corrected(full, waiting, old, new) for old, new in pairwise(numbers)]
    assert [answer["result_success"] for answer in answers] == [True, True, False]
    assert answers[2]["result_error_code"] == "15-1002"
    order = (await full.result(INFO, {"param1": {"order_id": waiting["order_id"]}}))["data"]
    assert [parcel["logistics_no"] for parcel in order["logistic_info_list"]] == ["LW44021189CN"]


async def test_correcting_needs_the_old_number_and_a_good_new_one(full: Client, waiting: dict[str, Any]) -> None:
    await declared(full, waiting)
    assert (await corrected(full, waiting, "LW00000000CN", NUMBER))["result_error_code"] == "15-1002"
    assert (await corrected(full, waiting, NUMBER, "x"))["result_error_code"] == "-999"
    changed = await corrected(full, waiting, NUMBER, NUMBER, new_service_name="PIGEON")
    assert changed["result_error_code"] == "15-1001"


async def test_correcting_in_time(full: Client, clock: Turned, waiting: dict[str, Any]) -> None:
    await declared(full, waiting)
    clock.turn(10 * DAY_S + 1)
    assert (await corrected(full, waiting, NUMBER, "LW44021188CN"))["result_success"] is False
