"""Every switch: what is answered, and what was applied (aliexpress-open-platform.md 7)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from app.practice_market.faults import KINDS, Faults
from tests.unit.practice_market.client import OFFER_POST, OFFER_QUERY, SOLUTION_GET, Client, Turned, offer

GROUPS = "aliexpress.product.productgroups.get"
SCRIPT: dict[str, Any] = {"method": OFFER_POST, "fault": "system_error"}
CODES = {
    "service_timeout_applied": "ServiceTimeout",
    "service_timeout_lost": "ServiceTimeout",
    "internal_error_applied": "InternalError",
    "internal_error_lost": "InternalError",
    "system_error": "F00-10-10000-001",
    "isp_unavailable": "isp.top-remote-service-unavailable",
    "isp_timeout_applied": "isp.top-remote-connection-timeout",
    "isp_timeout_lost": "isp.top-remote-connection-timeout",
    "service_unavailable": "ServiceUnavailable",
    "system_error_applied": "F00-10-10000-001",
    "translation_failed": "250004",
    "downstream_price": "F00-00-10014-017",
    "data_conflict": "F00-00-10009-002",
    "thread_pool_full": "F00-00-10014-018",
    "hsf_timeout": "13250015",
    "photobank_fetch": "10006008",
    "token_revoked": "IllegalAccessToken",
}
PAGES = {
    "html_page": (200, "text/html", 0),
    "html_page_applied": (200, "text/html", 1),
    "truncated_json": (200, "application/json", 1),
    "http_503": (503, "text/plain", 0),
    "redirected": (302, "application/octet-stream", 0),
    "carried_out_twice": (200, "application/json", 2),
}
CUTS = {"cut_before_commit": 0, "cut_after_commit": 1, "cut_mid_answer": 1}


async def kept(shop: Client) -> int:
    """How many products the store has."""
    return sum((await shop.state())["stores"][0]["products"].values())


def test_every_kind_is_tested() -> None:
    assert CODES.keys() | CUTS.keys() | PAGES.keys() == KINDS.keys()


@pytest.mark.parametrize(("fault", "code"), CODES.items())
async def test_a_fault_with_an_answer(shop: Client, fault: str, code: str) -> None:
    await shop.switch(rates={fault: 1.0})
    assert await shop.code(OFFER_POST, {"aeop_a_e_product": offer()}) == code
    assert await kept(shop) == (1 if fault.endswith("_applied") else 0)
    assert (await shop.state())["faults"] == {fault: 1}


@pytest.mark.parametrize(("fault", "expected"), PAGES.items())
async def test_something_else_than_an_answer(shop: Client, fault: str, expected: tuple[int, str, int]) -> None:
    await shop.switch(script=[{"method": OFFER_POST, "fault": fault}])
    params = shop.params(OFFER_POST, {"aeop_a_e_product": offer()})
    async with shop.http.post(shop.gateway + "/sync", data=params, allow_redirects=False) as response:
        assert (response.status, response.content_type, await kept(shop)) == expected
        assert ("Location" in response.headers) is (fault == "redirected")


async def test_half_of_the_json_in_a_whole_answer(shop: Client) -> None:
    await shop.switch(script=[{"method": GROUPS, "fault": "truncated_json"}])
    async with shop.http.post(shop.gateway + "/sync", data=shop.params(GROUPS)) as response:
        text = await response.text()
    assert text.startswith("{")
    with pytest.raises(ValueError, match=r"\w"):
        json.loads(text)


@pytest.mark.parametrize(("fault", "count"), CUTS.items())
async def test_a_cut_connection(shop: Client, fault: str, count: int) -> None:
    await shop.switch(rates={fault: 1.0})
    params = shop.params(OFFER_POST, {"aeop_a_e_product": offer()})
    with pytest.raises(aiohttp.ClientError):
        await shop.send(params)
    assert await kept(shop) == count


async def test_a_cut_answer_begins_well(shop: Client, market: PracticeMarket) -> None:
    """Half a body comes with a good status."""
    await shop.switch(rates={"cut_mid_answer": 1.0})
    async with shop.http.post(market.gateway + "/sync", data=shop.params(GROUPS)) as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


async def test_the_platform_is_to_blame(shop: Client) -> None:
    await shop.switch(rates={"service_timeout_lost": 1.0})
    assert (await shop.call(GROUPS))["error_response"]["type"] == "ISP"
    await shop.switch(rates={"internal_error_lost": 1.0})
    assert (await shop.call(GROUPS))["error_response"]["type"] == "SYSTEM"


async def test_rates_by_method(shop: Client) -> None:
    await shop.switch(rates={"system_error": {"aliexpress.offer.*": 1.0, OFFER_QUERY: 0.0}})
    assert await shop.code(OFFER_POST, {"aeop_a_e_product": offer()}) == "F00-10-10000-001"
    assert await shop.code(OFFER_QUERY, {"product_id": 1}) == "F00-00-10001-002", "its own entry comes first"
    assert "result" in await shop.call(GROUPS)


async def test_a_script_says_exactly_which_call(shop: Client) -> None:
    step = {"method": OFFER_POST, "fault": "service_timeout_applied", "skip": 1, "times": 2}
    await shop.switch(script=[step])
    answers = [await shop.call(OFFER_POST, {"aeop_a_e_product": offer()}) for _ in range(4)]
    assert ["error_response" in answer for answer in answers] == [False, True, True, False]
    assert await kept(shop) == 4
    await shop.switch(audit_delay_s=1)
    assert "result" in await shop.call(OFFER_POST, {"aeop_a_e_product": offer()}), "the script is not begun again"


def drawn(document: dict[str, Any], count: int = 300) -> list[str]:
    faults = Faults(document)
    return [name for name, _ in (faults.draw(OFFER_POST) or ("", None) for _ in range(count))]


def test_draws_repeat_with_the_seed() -> None:
    rates = {"rates": {"system_error": 0.1, "cut_after_commit": 0.05}}
    assert drawn({**rates, "seed": 5}) == drawn({**rates, "seed": 5}) != drawn({**rates, "seed": 6})
    names = drawn(rates, 2000)
    assert 120 < names.count("system_error") < 280
    assert 50 < names.count("cut_after_commit") < 150


def test_draws_do_not_depend_on_other_methods() -> None:
    rates: dict[str, Any] = {"rates": {"system_error": 0.5}}
    faults = Faults(rates)
    mixed = []
    for _ in range(50):
        faults.draw(GROUPS)
        mixed.append((faults.draw(OFFER_POST) or ("", None))[0])
    assert mixed == drawn(rates, 50)


async def test_latency(shop: Client, market: PracticeMarket, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("app.practice_market.desk.asyncio.sleep", sleep)
    market.faults.update({"latency_ms": 250})
    assert await shop.call(GROUPS)
    market.faults.update({"latency_ms": {"aliexpress.offer.*": 40}})
    assert await shop.call(GROUPS)
    assert await shop.post_offer()
    assert [seconds for seconds in waited if seconds] == [0.25, 0.04]


async def test_slow_calls_do_not_hold_up_others(shop: Client) -> None:
    await shop.switch(latency_ms={OFFER_POST: 60_000})
    slow = asyncio.create_task(shop.call(OFFER_POST, {"aeop_a_e_product": offer()}))
    assert "result" in await shop.call(GROUPS)
    assert not slow.done()
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow


async def test_details_without_skus(shop: Client) -> None:
    product_id = await shop.post_offer()
    await shop.switch(missing_sku_share=0.5)
    found = [await shop.result(SOLUTION_GET, {"product_id": product_id}) for _ in range(30)]
    missing = ["aeop_ae_product_s_k_us" not in detail for detail in found]
    assert 5 < sum(missing) < 25


async def test_a_full_store(shop: Client) -> None:
    await shop.switch(product_limit=2)
    for _ in range(2):
        await shop.post_offer()
    body = await shop.call(OFFER_POST, {"aeop_a_e_product": offer()})
    assert body["error_response"]["sub_code"] == "F00-00-10020-004"
    assert "150008" in body["error_response"]["sub_msg"]


async def test_handling_days_and_foreign_pictures(shop: Client) -> None:
    await shop.switch(handling_days_max=7, foreign_images="refused")
    assert await shop.code(OFFER_POST, {"aeop_a_e_product": offer(delivery_time=8)}) == "F00-00-10020-002"
    foreign = offer(image_u_r_ls="https://shop.example/1.jpg")
    assert await shop.code(OFFER_POST, {"aeop_a_e_product": foreign}) == "F00-00-10020-004"
    assert await shop.post_offer(delivery_time=7), "the platform's own picture host is fine"


async def test_switches_are_changed_one_by_one(shop: Client, market: PracticeMarket) -> None:
    before = market.faults.document()
    after = await shop.switch(audit_delay_s=9, promotion_products=[7])
    assert after == {**before, "audit_delay_s": 9, "promotion_products": [7]}
    assert await shop.switch(audit_delay_s=None, promotion_products=None) == before
    async with shop.http.get(market.gateway + "/practice/faults") as response:
        assert await response.json() == before


@pytest.mark.parametrize(
    "document",
    [
        {"audit_delay": 1},
        {"audit_delay_s": "long"},
        {"audit_delay_s": -1},
        {"audit_delay_s": True},
        {"edits_refused_in_audit": 1},
        {"audit_reject_words": "replica"},
        {"rates": {"gremlins": 0.1}},
        {"rates": {"system_error": "often"}},
        {"rates": {"system_error": {"*": "often"}}},
        {"rates": 0.5},
        {"qps": 5},
        {"script": {}},
        {"script": [{"fault": "gremlins", "method": "*"}]},
        {"script": [{"fault": "system_error"}]},
        {"script": [{**SCRIPT, "often": 1}]},
        {"script": [{**SCRIPT, "times": -1}]},
        {"latency_ms": {"*": "slow"}},
    ],
)
async def test_wrong_switches_change_nothing(shop: Client, market: PracticeMarket, document: dict[str, Any]) -> None:
    before = market.faults.document()
    changed = {"seed": 77, **document}
    async with shop.http.post(market.gateway + "/practice/faults", json=changed) as response:
        assert response.status == 400
        assert (await response.json())["error"]
    assert market.faults.document() == before
    with pytest.raises(ValueError, match=r"\w"):
        PracticeMarket(faults=document)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [("[1]", "application/json", 400), ("{", "application/json", 400), ("{}", "text/plain", 415)],
)
async def test_only_json_objects_switch(shop: Client, content: str, kind: str, status: int) -> None:
    """Plain text could be sent by any web page."""
    headers = {"Content-Type": kind}
    async with shop.http.post(shop.gateway + "/practice/faults", data=content, headers=headers) as response:
        assert response.status == status


async def test_state_counts(shop: Client, market: PracticeMarket, clock: Turned) -> None:
    first = await shop.post_offer()
    await shop.post_offer()
    await shop.code(OFFER_POST, {"aeop_a_e_product": offer(category_id=5)})
    await shop.code("aliexpress.none")
    clock.turn(2)
    assert await shop.status(first) == "onSelling"
    state = await shop.state()
    assert state == market.state()
    assert state["calls"] == {OFFER_POST: 3, OFFER_QUERY: 1}
    assert state["applied"] == {OFFER_POST: 2, OFFER_QUERY: 1}
    assert state["creates"] == 2
    assert state["duplicates"] == 1, "same title, same codes"
    assert state["refusals"] == {"F00-00-10020-004": 1, "InvalidApiPath": 1}
    assert state["peak_per_second"][OFFER_POST] == 3
    assert [store["products"] for store in state["stores"]] == [{"onSelling": 2}, {}, {}]
