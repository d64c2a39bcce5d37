"""The 28 behaviours of aliexpress-open-platform.md 7, in their order: what is documented, and what the switch does.

Raw requests over real HTTP. `data/behaviours.json` names the switches of each.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from app.practice_market.catalogue import load
from app.practice_market.switches import DEFAULTS
from tests.unit.practice_market.client import (
    BLACK,
    COLOR,
    FOREIGN_TEMPLATE,
    LEGACY_POST,
    NEGATIVE_TEMPLATE,
    OFFER_EDIT,
    OFFER_POST,
    OFFER_QUERY,
    OFFLINE,
    PICTURE,
    SOLUTION_GET,
    SOLUTION_LIST,
    SOLUTION_POST,
    STATUS,
    Client,
    Turned,
    legacy,
    live,
    offer,
    png,
    sku,
    solution,
)

GROUPS = "aliexpress.product.productgroups.get"
ORDERS = "aliexpress.solution.order.get"
PRICES = "aliexpress.solution.batch.product.price.update"
ROOTS = "aliexpress.category.redefining.getchildrenpostcategorybyid"
FULFIL = "aliexpress.solution.order.fulfill"
FREIGHT = "aliexpress.freight.redefining.listfreighttemplate"
REFRESH = "/auth/token/refresh"
SINCE = {"create_date_start": "2023-06-01 00:00:00"}
OTHERS = {"seed", "handling_days_max"}
"""Switches of no behaviour in the list: the dice, and a limit two editions of the rules disagree about."""


async def variants(shop: Client, product_id: int) -> list[dict[str, Any]]:
    found = await shop.result(OFFER_QUERY, {"product_id": product_id})
    return list(found["aeop_ae_product_s_k_us"])


def prices(product_id: int, code: str = "CF1231-BK", **item: str) -> dict[str, Any]:
    items = [{"sku_code": code, "price": "4.10", **item}]
    return {"mutiple_product_update_list": [{"product_id": product_id, "multiple_sku_update_list": items}]}


def test_every_behaviour_has_its_switch_and_its_proof() -> None:
    behaviours = load("behaviours")
    assert [int(number) for number in behaviours] == list(range(1, 29))
    named = {switch for entry in behaviours.values() for switch in entry["switches"]}
    assert all(entry["switches"] for entry in behaviours.values())
    assert named | OTHERS == DEFAULTS.keys()
    proofs = {name[5:7] for name in globals() if name.startswith("test_") and name[5:7].isdigit()}
    assert proofs == {f"{number:02}" for number in range(1, 29)}


async def test_01_refusals_come_with_status_200(shop: Client) -> None:
    shop.token = "50000nobody"
    params = shop.params(GROUPS)
    for status in (200, 400, 503):
        await shop.switch(error_status=status)
        async with shop.http.post(shop.gateway + "/sync", data=params) as response:
            assert response.status == status
            assert (await response.json())["error_response"]["code"] == "IllegalAccessToken"


async def test_02_three_dialects(shop: Client) -> None:
    assert (await shop.path(REFRESH, {"refresh_token": "x"}))["message"]
    business = (await shop.call(OFFER_QUERY, {"product_id": 1}))["error_response"]
    assert (business["code"], business["sub_code"]) == ("15", "F00-00-10001-002")
    shop.token = "50000nobody"
    assert (await shop.call(GROUPS))["error_response"]["msg"]


async def test_02_code_15_as_a_number(shop: Client) -> None:
    await shop.switch(code_15="number")
    assert (await shop.call(OFFER_QUERY, {"product_id": 1}))["error_response"]["code"] == 15


@pytest.mark.parametrize(("fields", "number"), [("absent", None), ("zero", 0), ("misleading", 13009999)])
async def test_03_failure_inside_a_good_body(shop: Client, fields: str, number: int | None) -> None:
    await shop.switch(error_fields=fields)
    good = await shop.result(LEGACY_POST, {"aeop_a_e_product": legacy()})
    assert (good["is_success"], good.get("error_code")) == (True, number)
    bad = await shop.result(LEGACY_POST, {"aeop_a_e_product": legacy(category_id=5)})
    assert (bad["is_success"], bad["error_code"]) == (False, 13010996)
    offline = await shop.result(OFFLINE, {"product_ids": str(good["product_id"])})
    assert (offline["success"], offline.get("error_code")) == (False, number), "partial success is no refusal"


async def test_04_simplify(shop: Client) -> None:
    wrapped = await shop.call(GROUPS, simplify=False)
    tree = wrapped["aliexpress_product_productgroups_get_response"]["result"]["target_list"]
    assert len(tree["aeop_ae_product_tree_group"]) == 6
    assert len((await shop.call(GROUPS))["result"]["target_list"]) == 6
    await shop.switch(simplified_wrapper=True)
    kept = (await shop.call(GROUPS))["aliexpress_product_productgroups_get_response"]["result"]["target_list"]
    assert [group["group_id"] for group in kept] == [g["group_id"] for g in tree["aeop_ae_product_tree_group"]]


async def test_04_a_single_item_collapses_as_from_xml(shop: Client) -> None:
    product_id = await shop.post_offer(aeop_ae_product_s_k_us=[sku("A")])
    await shop.switch(one_item_lists="collapsed")
    skus = (await shop.result(OFFER_QUERY, {"product_id": product_id}))["aeop_ae_product_s_k_us"]
    assert skus["sku_code"] == "A"


async def test_05_empty_lists_and_values_are_missing(shop: Client) -> None:
    product_id = await shop.post_offer()
    query = {"aeop_a_e_product_list_query": {"product_status_type": "offline"}}
    name = "aeop_a_e_product_display_d_t_o_list"
    assert name not in await shop.result(SOLUTION_LIST, query)
    assert "sizechart_id" not in await shop.result(OFFER_QUERY, {"product_id": product_id})
    await shop.switch(empty_lists="empty", absent_values="null")
    assert (await shop.result(SOLUTION_LIST, query))[name] == []
    wrapped = await shop.call(SOLUTION_LIST, query, simplify=False)
    assert wrapped["aliexpress_solution_product_list_get_response"]["result"][name] == {}
    assert (await shop.result(OFFER_QUERY, {"product_id": product_id}))["sizechart_id"] is None


async def test_06_json_text_inside_json(shop: Client) -> None:
    first = (await shop.result(ROOTS, {"param0": 0}))["aeop_post_category_list"][0]
    await shop.switch(names="object")
    again = (await shop.result(ROOTS, {"param0": 0}))["aeop_post_category_list"][0]
    assert json.loads(first["names"]) == again["names"]


async def test_07_two_time_zones(full: Client) -> None:
    """Pacific with daylight saving for orders, GMT+8 for products; both can be shifted."""
    before = (await full.result(ORDERS, SINCE))["target_list"][0]
    product_id = (await full.ids())[0]
    made = (await full.result(OFFER_QUERY, {"product_id": product_id}))["gmt_create"]
    await full.switch(order_zone="UTC", product_zone_h=0)
    after = (await full.result(ORDERS, SINCE))["target_list"][0]
    form = "%Y-%m-%d %H:%M:%S"

    def hours(late: str, early: str) -> float:
        return (datetime.strptime(late, form) - datetime.strptime(early, form)) / timedelta(hours=1)  # noqa: DTZ007

    assert after["order_id"] == before["order_id"]
    assert hours(after["gmt_create"], before["gmt_create"]) in (7, 8)
    assert hours(made, (await full.result(OFFER_QUERY, {"product_id": product_id}))["gmt_create"]) == 8


async def test_08_order_queries(full: Client) -> None:
    shown = {row["order_status"] for row in (await full.result(ORDERS, {**SINCE, "page_size": 50}))["target_list"]}
    assert "FINISH" not in shown
    assert (await full.result(ORDERS, {"create_date_start": "2023-11-01"}))["success"] is False, "no seconds, no filter"
    assert (await full.result(ORDERS, {"create_date_start": "2023-01-01 00:00:00"}))["success"] is False, "180 days"
    assert (await full.result(ORDERS, {**SINCE, "order_status": "FINISH"}))["success"] is False, "30 days"
    await full.switch(finished_hidden=False, finished_span_days=400, order_span_days=400)
    shown = {row["order_status"] for row in (await full.result(ORDERS, {**SINCE, "page_size": 50}))["target_list"]}
    assert "FINISH" in shown
    assert (await full.result(ORDERS, {"create_date_start": "2023-01-01 00:00:00"}))["success"] is True
    assert (await full.result(ORDERS, {**SINCE, "order_status": "FINISH"}))["success"] is True


@pytest.mark.parametrize(
    ("forms", "nested", "flat"), [("both", True, True), ("nested", True, False), ("flat", False, True)]
)
async def test_09_nested_or_flat(full: Client, forms: str, nested: bool, flat: bool) -> None:
    await full.switch(nested_parameters=forms)
    assert (await full.result(ORDERS, {"param0": SINCE}))["success"] is nested
    assert (await full.result(ORDERS, SINCE))["success"] is flat


@pytest.mark.parametrize(("forms", "comma", "json_"), [("both", 1, 1), ("comma", 1, 0), ("json", 0, 1)])
async def test_09_comma_lists_or_json(full: Client, forms: str, comma: int, json_: int) -> None:
    await full.switch(list_parameters=forms)
    said = [(await full.result(ORDERS, {**SINCE, "order_status_list": text})) for text in ("IN_ISSUE", '["IN_ISSUE"]')]
    assert [int(answer["success"]) for answer in said] == [comma, json_]


async def test_10_created_is_not_online(shop: Client, clock: Turned) -> None:
    await shop.switch(audit_delay_s=60, audit_reject_share=1.0)
    product_id = await shop.post_offer()
    clock.turn(59)
    assert await shop.status(product_id) == "auditing"
    clock.turn(1)
    assert await shop.status(product_id) == "editingRequired"
    answer = await shop.result(STATUS, {"product_id": product_id})
    assert answer == {"product_id": product_id, "status": "refuse"}, "another word, and no reason"


async def test_11_locked(shop: Client, clock: Turned) -> None:
    product_id = await shop.post_offer()
    edit = {"aeop_a_e_product": offer(product_id=product_id)}
    assert await shop.code(OFFER_EDIT, edit) == "PRODUCT_IN_AUDIT_PENDING"
    clock.turn(2)
    for switches, code in (
        ({"punished_products": [product_id]}, "PRODUCT_IN_LOCK_MODE"),
        ({"punished_products": None, "promotion_products": [product_id]}, "13001030"),
        ({"promotion_products": None, "promotion_share": 1.0}, "13001030"),
    ):
        await shop.switch(**switches)
        assert await shop.code(OFFER_EDIT, edit) == code


async def test_12_batches_succeed_in_part(shop: Client, clock: Turned) -> None:
    ids = [await live(shop, clock) for _ in range(12)]
    await shop.switch(batch_failure_share=0.5)
    updates = [prices(product_id)["mutiple_product_update_list"][0] for product_id in ids]
    body = await shop.call(PRICES, {"mutiple_product_update_list": updates})
    done = [row["product_id"] for row in body["update_successful_list"]]
    failed = [row["product_id"] for row in body["update_failed_list"]]
    assert body["update_success"] is False
    assert sorted(done + failed) == ids
    assert {row["error_code"] for row in body["update_failed_list"]} == {"F00-00-10014-017"}
    shown = [(await variants(shop, product_id))[0]["sku_price"] for product_id in ids]
    assert shown == ["4.10" if product_id in done else "4.20" for product_id in ids], "the answer is true"
    ended = await shop.result(OFFLINE, {"product_ids": f"{ids[0]};1005000000000001"})
    assert (ended["success"], ended["modify_count"]) == (False, 1)


@pytest.mark.parametrize(("switch", "left"), [("erased", None), ("kept", "3.90")])
async def test_13_a_missing_discount(shop: Client, clock: Turned, switch: str, left: str | None) -> None:
    skus = [sku("CF1231-BK", sku_discount_price="3.90")]
    product_id = await live(shop, clock, aeop_ae_product_s_k_us=skus)
    await shop.switch(missing_discount=switch)
    assert (await shop.call(PRICES, prices(product_id)))["update_success"] is True
    assert (await variants(shop, product_id))[0].get("sku_discount_price") == left


@pytest.mark.parametrize(("switch", "is_left"), [("replaces", False), ("merges", True)])
async def test_14_a_full_edit(shop: Client, clock: Turned, switch: str, is_left: bool) -> None:
    video = {"aeop_a_e_videos": [{"media_id": 7, "media_type": "video", "poster_url": PICTURE}]}
    product_id = await live(shop, clock, aeop_a_e_multimedia=video)
    await shop.switch(full_edit=switch)
    await shop.result(OFFER_EDIT, {"aeop_a_e_product": offer(product_id=product_id, delivery_time=6)})
    found = await shop.result(OFFER_QUERY, {"product_id": product_id})
    assert (found["delivery_time"], "aeop_a_e_multimedia" in found) == (6, is_left)


async def test_15_names_differ(shop: Client) -> None:
    """`_list` in what is read, nothing in what is written; a misspelt or read name is refused in a create."""
    product_id = await shop.post_offer()
    assert "aeop_s_k_u_property_list" in (await variants(shop, product_id))[0]
    misnamed = {**sku("A"), "aeop_s_k_u_property_list": [{"sku_property_id": COLOR, "property_value_id": BLACK}]}
    document = {"aeop_a_e_product": offer(aeop_ae_product_s_k_us=[misnamed])}
    assert await shop.code(OFFER_POST, document) == "F00-00-10020-002"
    await shop.switch(unknown_parameters="ignored", detail_names="written")
    assert "result" in await shop.call(OFFER_POST, document)
    assert "aeop_s_k_u_property" in (await variants(shop, product_id))[0]


async def test_16_details_without_skus(shop: Client) -> None:
    product_id = await shop.post_offer()
    await shop.switch(missing_sku_share=0.5)
    found = [await shop.result(SOLUTION_GET, {"product_id": product_id}) for _ in range(24)]
    missing = ["aeop_ae_product_s_k_us" not in detail for detail in found]
    assert {True, False} == set(missing)
    assert any(not later for first, later in pairwise(missing) if first), "the next call is fine"


async def test_17_transient_errors_and_applied_timeouts(shop: Client) -> None:
    faults = ("translation_failed", "service_timeout_applied", "downstream_price", "isp_unavailable")
    await shop.switch(script=[{"method": OFFER_POST, "fault": fault} for fault in faults])
    codes = [await shop.code(OFFER_POST, {"aeop_a_e_product": offer()}) for _ in faults]
    assert codes == ["250004", "ServiceTimeout", "F00-00-10014-017", "isp.top-remote-service-unavailable"]
    assert len(await shop.writes(kind="create")) == 1, "the timed-out one was applied"
    assert await shop.post_offer(), "and then all is well"


async def test_18_limits_in_words(shop: Client, clock: Turned) -> None:
    await shop.switch(qps={GROUPS: 1}, ban_s=14229)
    texts = [(await shop.call(GROUPS)).get("error_response", {}).get("msg", "") for _ in range(2)]
    assert texts == ["", "App call to this API is limited. This ban will last 14229 seconds"]
    await shop.switch(qps={}, ban_s=1, api_qps={OFFER_QUERY: 1})
    codes = [await shop.code(OFFER_QUERY, {"product_id": 1}) for _ in range(2)]
    assert codes == ["F00-00-10001-002", "ApiCallLimit"]
    clock.turn(2)
    await shop.switch(api_qps=None, seller_qps={"*": 1})
    codes = [await shop.code(OFFER_QUERY, {"product_id": 1}) for _ in range(2)]
    assert codes == ["F00-00-10001-002", "SellerCallLimit"]
    await shop.switch(seller_qps=None, daily_quota=1)
    error = (await shop.call(FREIGHT))["error_response"]
    left_s = (datetime.fromtimestamp(clock() / 1000, UTC) + timedelta(hours=8)).replace(hour=0, minute=0, second=0)
    assert error["code"] == "AppCallLimit"
    midnight = left_s + timedelta(days=1) - timedelta(hours=8)
    assert f"{round(midnight.timestamp() - clock() / 1000)} seconds" in error["msg"], "till midnight in GMT+8"


@pytest.mark.parametrize(("form", "signed", "dropped"), [("either", 1, 1), ("signed", 1, 0), ("dropped", 0, 1)])
async def test_19_empty_values(shop: Client, form: str, signed: int, dropped: int) -> None:
    await shop.switch(empty_values=form)
    filled = {name: value for name, value in shop.params(GROUPS).items() if name != "sign"}
    forms = (shop.signed({**filled, "partner_id": ""}), {**shop.signed(filled), "partner_id": ""})
    answers = [await shop.send(params) for params in forms]
    assert [int("error_response" not in answer) for answer in answers] == [signed, dropped]


async def test_19_escaped_and_raw_json(shop: Client) -> None:
    document = solution(multi_language_subject_list=[{"language": "en", "subject": "Cup"}], brand_name="кружка")
    for ascii_only in (True, False):
        text = json.dumps(document, ensure_ascii=ascii_only)
        assert "result" in await shop.call(SOLUTION_POST, {"post_product_request": text})


async def test_19_a_replay_and_a_wrong_clock(shop: Client, clock: Turned) -> None:
    params = shop.params(GROUPS)
    assert "error_response" not in await shop.send(params)
    clock.turn(7201)
    assert (await shop.send(params))["error_response"]["code"] == "IllegalTimestamp"
    await shop.switch(clock_skew_s=-7200)
    assert "error_response" not in await shop.send(params)
    assert "error_response" not in await shop.call(GROUPS)
    await shop.switch(timestamp_tolerance_s=60)
    assert await shop.code(GROUPS) == "IllegalTimestamp"


async def test_20_a_token_dies_in_the_middle(shop: Client) -> None:
    await shop.switch(script=[{"method": OFFER_POST, "fault": "token_revoked", "skip": 1}])
    assert await shop.post_offer()
    for _ in range(2):
        assert await shop.code(OFFER_POST, {"aeop_a_e_product": offer()}) == "IllegalAccessToken", "dead for good"
    answer = await shop.path(REFRESH, {"refresh_token": shop.refresh_token})
    shop.token = answer["access_token"]
    assert await shop.post_offer()


async def test_20_a_lost_refresh_may_lock_out(shop: Client) -> None:
    script = [{"method": REFRESH, "fault": "cut_after_commit"}]
    await shop.switch(refresh_revokes=True, script=script, rates={"cut_after_commit": {"aliexpress.*": 0.0}})
    with pytest.raises(aiohttp.ClientError):
        await shop.path(REFRESH, {"refresh_token": shop.refresh_token})
    assert (await shop.path(REFRESH, {"refresh_token": shop.refresh_token}))["code"] == "IllegalRefreshToken"
    assert await shop.code(GROUPS) == "IllegalAccessToken"


async def test_20_rates_for_everything_spare_the_token_pages(shop: Client) -> None:
    await shop.switch(rates={"system_error": 1.0})
    assert (await shop.path(REFRESH, {"refresh_token": shop.refresh_token}))["code"] == "0"
    await shop.switch(rates={"service_timeout_lost": {"/auth/*": 1.0}})
    assert (await shop.path(REFRESH, {"refresh_token": shop.refresh_token}))["code"] == "ServiceTimeout"


@pytest.mark.parametrize(("switch", "is_refused"), [("refused", True), ("accepted", False)])
async def test_21_a_code_twice(shop: Client, switch: str, is_refused: bool) -> None:
    await shop.switch(duplicate_codes=switch)
    twice = {"aeop_a_e_product": offer(aeop_ae_product_s_k_us=[sku("A"), sku("A", 10)])}
    body = await shop.call(OFFER_POST, twice)
    assert (body.get("error_response", {}).get("sub_code") == "F00-00-10007-007") is is_refused
    assert ("result" in body) is not is_refused


async def test_21_an_unknown_code(shop: Client, clock: Turned) -> None:
    product_id = await live(shop, clock)
    body = await shop.call(PRICES, prices(product_id, "nobody"))
    assert body["update_failed_list"][0]["error_code"] == "F00-00-10007-024"


@pytest.mark.parametrize(("switch", "second"), [(False, "onSelling"), (True, "editingRequired")])
async def test_22_similar_listings(shop: Client, clock: Turned, switch: bool, second: str) -> None:
    """Never an error of the API; a review may find them."""
    await shop.switch(duplicates_rejected=switch)
    ids = [await live(shop, clock), await shop.post_offer()]
    clock.turn(2)
    assert [await shop.status(product_id) for product_id in ids] == ["onSelling", second]


async def test_23_ids_negative_and_beyond_doubles(shop: Client) -> None:
    feed = {"operation_type": "PRODUCT_CREATE", "item_list": [{"item_content_id": "1", "item_content": "{}"}]}
    jobs, templates = [], []
    for switch in (True, False):
        await shop.switch(large_ids=switch)
        jobs.append((await shop.call("aliexpress.solution.feed.submit", feed))["job_id"])
        rows = (await shop.call(FREIGHT))["aeop_freight_template_d_t_o_list"]
        templates.append(NEGATIVE_TEMPLATE in [row["template_id"] for row in rows])
    assert len(str(jobs[0])) == 18
    assert int(float(jobs[0])) != jobs[0], "a double cannot hold it"
    assert jobs[1] < 2**53
    assert templates == [True, False]


async def test_24_unreachable_pictures(shop: Client) -> None:
    foreign = {"aeop_a_e_product": offer(image_u_r_ls=f"{PICTURE};https://shop.example/1.jpg")}
    assert "result" in await shop.call(OFFER_POST, foreign)
    for switches in ({"unreachable_hosts": ["*.example"]}, {"unreachable_hosts": None, "foreign_images": "refused"}):
        await shop.switch(**switches)
        assert await shop.code(OFFER_POST, foreign) == "F00-00-10020-004", "the whole create fails"


async def test_24_limits_of_the_photobank(shop: Client) -> None:
    content = png(40, 40)
    await shop.switch(image_bytes_max=len(content), image_pixels_max=40)
    assert (await shop.upload(content))["result"]["is_success"] is True
    for switches in ({"image_bytes_max": len(content) - 1}, {"image_bytes_max": None, "image_pixels_max": 39}):
        await shop.switch(**switches)
        assert (await shop.upload(content))["result"]["error_code"] == 8400001


async def test_25_feeds_take_their_time(shop: Client, clock: Turned) -> None:
    await shop.switch(feed_delay_s=10, feed_item_ms=1000)
    items = [{"item_content_id": f"row-{n}", "item_content": "{}"} for n in range(8)]
    feed = {"operation_type": "PRODUCT_CREATE", "item_list": items}
    job_id = (await shop.call("aliexpress.solution.feed.submit", feed))["job_id"]

    async def seen() -> tuple[str, list[str]]:
        listed = await shop.call("aliexpress.solution.feed.list.get", {"current_page": 1})
        found = await shop.call("aliexpress.solution.feed.query", {"job_id": job_id})
        assert "status" not in found
        return listed["job_list"][0]["status"], [row["item_content_id"] for row in found.get("result_list", [])]

    assert await seen() == ("QUEUEING", [])
    clock.turn(13.5)
    status, ids = await seen()
    assert (status, sorted(ids)) == ("PROCESSING", ["row-0", "row-1", "row-2", "row-3"])
    clock.turn(60)
    status, ids = await seen()
    assert (status, sorted(ids)) == ("FINISH", [item["item_content_id"] for item in items])
    assert ids != sorted(ids), "the order is nobody's"
    await shop.switch(feed_results="kept")
    assert (await seen())[1] == sorted(ids)


async def waiting(shop: Client) -> int:
    found = await shop.result(ORDERS, {**SINCE, "order_status": "WAIT_SELLER_SEND_GOODS"})
    return int(found["target_list"][0]["order_id"])


@pytest.mark.parametrize(("is_checked", "expected"), [(True, [True, False, False]), (False, [True, True, True])])
async def test_26_shipments(full: Client, is_checked: bool, expected: list[bool]) -> None:
    """After `all` nothing more; a number that does not fit its carrier is refused."""
    await full.switch(shipments_checked=is_checked)
    order = str(await waiting(full))
    said = {"out_ref": order, "send_type": "all", "service_name": "EMS", "logistics_no": "EE123456789CN"}
    good = await full.result(FULFIL, said)
    again = await full.result(FULFIL, {**said, "logistics_no": "EE123456780CN"})
    other = {**said, "logistics_no": "nonsense"} | ({"out_ref": str(await waiting(full))} if is_checked else {})
    wrong = await full.result(FULFIL, other)
    assert [answer["result_success"] for answer in (good, again, wrong)] == expected
    modified = "aliexpress.logistics.sellermodifiedshipmentfortop"
    change = {"out_ref": order, "send_type": "all", "new_service_name": "EMS", "new_logistics_no": "EE111111111CN"}
    refused = await full.call(modified, {**change, "old_service_name": "EMS", "old_logistics_no": "EE999999999CN"})
    assert (refused["result_success"], refused["result_error_code"]) == (False, "15-1002"), "it needs the old number"


async def test_27_ceilings_and_permissions(shop: Client) -> None:
    await shop.switch(product_limit=0)
    error = (await shop.call(OFFER_POST, {"aeop_a_e_product": offer()}))["error_response"]
    assert (error["sub_code"], "150008" in error["sub_msg"]) == ("F00-00-10020-004", True)
    await shop.switch(product_limit=None, forbidden_categories=[offer()["category_id"]])
    code = await shop.code(OFFER_POST, {"aeop_a_e_product": offer()})
    assert code == "CHK_CATEGORY_ID_NO_PERMISSION"
    await shop.switch(forbidden_categories=None, forbidden_methods=["aliexpress.solution.*", "240017302:*"])
    assert await shop.code(SOLUTION_POST, {"post_product_request": solution()}) == "InsufficientPermission"
    assert await shop.post_offer(), "the other family, and the other store's ban"


@pytest.mark.parametrize(("switch", "is_refused"), [("refused", True), ("accepted", False)])
async def test_28_templates_of_another_store(shop: Client, switch: str, is_refused: bool) -> None:
    await shop.switch(foreign_templates=switch)
    body = await shop.call(OFFER_POST, {"aeop_a_e_product": offer(freight_template_id=FOREIGN_TEMPLATE)})
    assert ("error_response" in body) is is_refused
    for verb in ("create", "edit", "delete"):
        assert await shop.code(f"aliexpress.freight.redefining.{verb}freighttemplate") == "InvalidApiPath"


async def test_the_same_seed_meets_the_same_faults(tmp_path: Path, http: aiohttp.ClientSession, clock: Turned) -> None:
    """Two runs with the same calls; another seed differs."""
    runs = []
    for run, seed in enumerate((5, 5, 6)):
        faults = {"seed": seed, "rates": {"system_error": 0.4}}
        async with PracticeMarket(tmp_path / f"{run}.db", seed=False, clock=clock, faults=faults) as market:
            shop = Client(market, http, clock)
            runs.append(["error_response" in await shop.call(GROUPS) for _ in range(20)])
    assert runs[0] == runs[1] != runs[2]
