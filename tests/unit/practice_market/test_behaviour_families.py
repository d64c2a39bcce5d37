"""Behaviours of aliexpress-open-platform.md 7 that must hold for every method of their kind, by raw HTTP.

`test_behaviours.py` has each behaviour once with its switch; here are the families: every dialect, every flag, every
method that writes, every way to edit.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from app.practice_market.methods.registry import find, names
from tests.unit.practice_market.client import (
    COLOR,
    LEAF,
    LEGACY_EDIT,
    LEGACY_FIND,
    LEGACY_POST,
    OFFER_EDIT,
    OFFER_POST,
    OFFER_QUERY,
    PICTURE,
    SOLUTION_EDIT,
    SOLUTION_GET,
    SOLUTION_LIST,
    Client,
    Turned,
    legacy,
    live,
    offer,
    sku,
    solution,
)

GROUPS = "aliexpress.product.productgroups.get"
ORDERS = "aliexpress.solution.order.get"
CREATE, REFRESH = "/auth/token/create", "/auth/token/refresh"
PRICES = "aliexpress.solution.batch.product.price.update"
STOCKS = "aliexpress.solution.batch.product.inventory.update"
FEED = "aliexpress.solution.feed.submit"


# -- 1, 2: dialects ----------------------------------------------------------------------------------------------------


def spoiled(shop: Client, what: str) -> dict[str, str]:
    params = {name: value for name, value in shop.params(GROUPS).items() if name != "sign"}
    changes = {
        "signature": {},
        "method": {"method": "aliexpress.nobody"},
        "session": {"session": "50000nobody"},
        "time": {"timestamp": "1000000000000"},
        "app": {"app_key": "1"},
        "parameter": {"nobody": "1"},
    }[what]
    signed = shop.signed({**params, **changes})
    return {**signed, "sign": "0" * 64} if what == "signature" else signed


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("signature", "IncompleteSignature"),
        ("method", "InvalidApiPath"),
        ("session", "IllegalAccessToken"),
        ("time", "IllegalTimestamp"),
        ("app", "InvalidAppKey"),
    ],
)
async def test_01_and_02_every_refusal_of_the_gateway(shop: Client, what: str, code: str) -> None:
    """HTTP 200 (`send` sees to it), wrapped, with `msg` and a trace."""
    error = (await shop.send(spoiled(shop, what)))["error_response"]
    assert (error["code"], bool(error["msg"]), "message" in error) == (code, True, False)
    assert error["type"] in ("ISV", "SYSTEM")
    assert error["request_id"]


async def test_02_the_business_is_code_15(shop: Client) -> None:
    error = (await shop.send(spoiled(shop, "parameter")))["error_response"]
    assert error["code"] in ("15", "isv.invalid-parameter", "InvalidParameter")
    business = (await shop.call(OFFER_QUERY, {"product_id": 1}))["error_response"]
    assert business.keys() >= {"code", "msg", "sub_code", "sub_msg", "request_id"}


async def test_02_path_apis_fail_at_the_root(shop: Client) -> None:
    for path, values, code in (
        (CREATE, {"code": "nobody"}, "InvalidCode"),
        (REFRESH, {"refresh_token": "nobody"}, "IllegalRefreshToken"),
        ("/auth/token/vanish", {}, "InvalidApiPath"),
    ):
        body = await shop.path(path, values)
        assert body.keys() == {"type", "code", "message", "request_id"}
        assert body["code"] == code


# -- 3: flags ----------------------------------------------------------------------------------------------------------


def test_03_every_documented_flag_is_there() -> None:
    failures = [found.failure for found in map(find, names()) if found.failure is not None]
    assert {failure.flag for failure in failures} == {"success", "is_success", "result_success"}
    assert {failure.text for failure in failures} >= {"error_message", "error_desc", "error_msg", "result_error_desc"}
    assert {failure.code for failure in failures} >= {"error_code", "result_error_code"}


async def test_03_the_batch_calls_have_a_flag_of_their_own(shop: Client) -> None:
    updates = [{"product_id": 1, "multiple_sku_update_list": [{"sku_code": "A", "inventory": 5}]}]
    body = await shop.call(STOCKS, {"mutiple_product_update_list": updates})
    assert body["update_success"] is False
    assert body["update_failed_list"][0]["error_code"]


# -- 6: JSON inside JSON -----------------------------------------------------------------------------------------------


async def test_06_schema_and_feed_results_are_text(shop: Client, clock: Turned) -> None:
    schema = await shop.result("aliexpress.solution.product.schema.get", {"aliexpress_category_id": LEAF})
    assert json.loads(schema["schema"])["properties"]
    feed = {"operation_type": "PRODUCT_CREATE", "item_list": [{"item_content_id": "1", "item_content": "{}"}]}
    job_id = (await shop.call(FEED, feed))["job_id"]
    clock.turn(60)
    (row,) = (await shop.call("aliexpress.solution.feed.query", {"job_id": job_id}))["result_list"]
    assert json.loads(row["item_execution_result"])["success"] is False


# -- 11: every way to edit ---------------------------------------------------------------------------------------------

EDITS: dict[str, dict[str, Any]] = {
    OFFER_EDIT: {"aeop_a_e_product": lambda id: offer(product_id=id)},
    LEGACY_EDIT: {"aeop_a_e_product": lambda id: legacy(product_id=id)},
    SOLUTION_EDIT: {"edit_product_request": lambda id: {"product_id": id, "shipping_lead_time": 3}},
    "aliexpress.postproduct.redefining.editsimpleproductfiled": {
        "product_id": lambda id: id,
        "fied_name": lambda id: "deliveryTime",
        "fiedvalue": lambda id: "4",
    },
    "aliexpress.postproduct.redefining.editsingleskuprice": {
        "product_id": lambda id: id,
        "sku_id": lambda id: "14:193",
        "sku_price": lambda id: "5.00",
    },
    "aliexpress.postproduct.redefining.editsingleskustock": {
        "product_id": lambda id: id,
        "sku_id": lambda id: "14:193",
        "ipm_sku_stock": lambda id: 9,
    },
    PRICES: {
        "mutiple_product_update_list": lambda id: [
            {"product_id": id, "multiple_sku_update_list": [{"sku_code": "CF1231-BK", "price": "4.10"}]}
        ]
    },
    STOCKS: {
        "mutiple_product_update_list": lambda id: [
            {"product_id": id, "multiple_sku_update_list": [{"sku_code": "CF1231-BK", "inventory": 7}]}
        ]
    },
    "aliexpress.offer.product.delete": {"product_id": lambda id: id},
}


def is_refused(body: dict[str, Any]) -> bool:
    """Whether an answer says no in any of the dialects."""
    if "error_response" in body:
        return True
    inner = body.get("result", body)
    flags = [inner[name] for name in ("success", "is_success", "result_success", "update_success") if name in inner]
    return flags == [False]


@pytest.mark.parametrize("method", EDITS)
async def test_11_a_locked_product_is_edited_by_no_method(shop: Client, clock: Turned, method: str) -> None:
    product_id = await live(shop, clock)
    before = (await shop.held(full=1))[0]["record"]
    values = {name: make(product_id) for name, make in EDITS[method].items()}
    for switches in (
        {"promotion_products": [product_id]},
        {"promotion_products": None, "punished_products": [product_id]},
    ):
        await shop.switch(**switches)
        assert is_refused(await shop.call(method, values)), switches
    assert (await shop.held(full=1))[0]["record"] == before
    assert [write["kind"] for write in await shop.writes()] == ["create"]
    await shop.switch(punished_products=None)
    assert not is_refused(await shop.call(method, values)), "it was the lock"


# -- 14, 15: three ways to edit ----------------------------------------------------------------------------------------


async def test_14_the_older_full_edit_replaces_too(shop: Client, clock: Turned) -> None:
    video = {"aeop_a_e_videos": [{"media_id": 7, "media_type": "video", "poster_url": PICTURE}]}
    made = await shop.result(LEGACY_POST, {"aeop_a_e_product": legacy(aeop_a_e_multimedia=video)})
    clock.turn(2)
    edited = await shop.result(LEGACY_EDIT, {"aeop_a_e_product": legacy(product_id=made["product_id"])})
    assert edited["is_success"] is True
    found = await shop.result(LEGACY_FIND, {"product_id": made["product_id"]})
    assert "aeop_a_e_multimedia" not in found


async def test_14_the_solution_edit_is_partial_but_for_its_variants(shop: Client, clock: Turned) -> None:
    product_id = await live(shop, clock, aeop_a_e_multimedia={"aeop_a_e_videos": [{"media_id": 7}]})
    variant = solution()["sku_info_list"][0]
    edit = {"product_id": product_id, "sku_info_list": [{**variant, "price": "4.40"}]}
    await shop.result(SOLUTION_EDIT, {"edit_product_request": edit})
    found = await shop.result(OFFER_QUERY, {"product_id": product_id})
    assert [one["sku_code"] for one in found["aeop_ae_product_s_k_us"]] == ["CF1231-BK"], "the other one is gone"
    assert "aeop_a_e_multimedia" in found


async def test_15_the_picture_of_a_variant_has_three_names(shop: Client) -> None:
    """`sku_image_url` is written, `sku_image` is read, `image_url_list` is a gallery beside it."""
    attribute = {"sku_attribute_name": "Color", "sku_attribute_value": "black", "sku_image_url": PICTURE}
    info = {**solution()["sku_info_list"][0], "sku_attributes_list": [attribute]}
    request = {"post_product_request": solution(sku_info_list=[info])}
    made = await shop.result("aliexpress.solution.product.post", request)
    detail = await shop.result(SOLUTION_GET, {"product_id": made["product_id"]})
    (part,) = detail["aeop_ae_product_s_k_us"][0]["aeop_s_k_u_property_list"]
    assert part["sku_image"] == PICTURE


# -- 19, 20: signing and tokens ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("prefix", "is_good"), [(REFRESH, True), ("", False), (f"/rest{REFRESH}", False)])
async def test_19_the_path_stands_in_front_of_what_is_signed(shop: Client, prefix: str, is_good: bool) -> None:
    values = {"refresh_token": shop.refresh_token, "app_key": shop.app_key, "sign_method": "sha256"}
    params = shop.signed({**values, "timestamp": str(shop._clock())}, prefix)
    body = await shop.send(params, f"/rest{REFRESH}")
    assert body["code"] == ("0" if is_good else "IncompleteSignature")


async def test_19_the_signature_is_looked_at_before_the_code(shop: Client) -> None:
    values = {"code": "nobody", "app_key": shop.app_key, "sign_method": "sha256", "timestamp": str(shop._clock())}
    assert (await shop.send({**values, "sign": "0"}, f"/rest{CREATE}"))["code"] == "IncompleteSignature"
    assert (await shop.send(shop.signed(values, CREATE), f"/rest{CREATE}"))["code"] == "InvalidCode"


async def test_20_a_refresh_replaces_both_tokens_and_old_ones_end_in_time(shop: Client, clock: Turned) -> None:
    await shop.switch(token_lifetime_s=60, refresh_lifetime_s=600)
    clock.turn(61)
    assert await shop.code(GROUPS) == "IllegalAccessToken"
    renewed = await shop.path(REFRESH, {"refresh_token": shop.refresh_token})
    assert renewed["access_token"] != shop.token
    assert renewed["refresh_token"] != shop.refresh_token
    assert (renewed["expires_in"], renewed["expire_time"] - clock()) == (60, 60_000)
    shop.token = renewed["access_token"]
    assert "result" in await shop.call(GROUPS)
    clock.turn(601)
    assert (await shop.path(REFRESH, {"refresh_token": renewed["refresh_token"]}))["code"] == "IllegalRefreshToken"


# -- 24, 27 ------------------------------------------------------------------------------------------------------------


async def test_24_pictures_of_variants_are_looked_at_too(shop: Client) -> None:
    gone = "https://ae01.alicdn.invalid/kf/Hgone.jpg"
    part = {"sku_property_id": COLOR, "property_value_id": 193}
    for spoilt in ({**part, "sku_image": gone}, {**part, "image_url_list": [PICTURE, gone]}):
        document = offer(aeop_ae_product_s_k_us=[{**sku("A"), "aeop_s_k_u_property": [spoilt]}])
        assert await shop.code(OFFER_POST, {"aeop_a_e_product": document}) == "F00-00-10020-004"


async def test_27_the_older_method_names_the_ceiling_by_number(shop: Client) -> None:
    await shop.switch(product_limit=0)
    body = await shop.result(LEGACY_POST, {"aeop_a_e_product": legacy()})
    assert (body["is_success"], body["error_code"]) == (False, 7150008)


# -- deterministic under a seed ----------------------------------------------------------------------------------------

UNRULY = {
    "rates": {"system_error": 0.2, "service_timeout_applied": 0.2, "data_conflict": 0.1},
    "audit_reject_share": 0.4,
    "promotion_share": 0.3,
    "missing_sku_share": 0.3,
    "batch_failure_share": 0.3,
}


async def day(folder: Path, http: aiohttp.ClientSession, seed: int) -> list[Any]:
    """Everything a market answers to the same day's calls, but for its request ids."""
    clock = Turned()
    async with PracticeMarket(folder, seed=False, clock=clock, faults={**UNRULY, "seed": seed}) as market:
        shop = Client(market, http, clock)
        said = []
        for number in range(25):
            made = await shop.call(OFFER_POST, {"aeop_a_e_product": offer(aeop_ae_product_s_k_us=[sku(f"A{number}")])})
            clock.turn(2)
            ids = [row["product_id"] for row in market.products()]
            edit = {"aeop_a_e_product": offer(product_id=ids[-1] if ids else 1)}
            said += [made, await shop.call(OFFER_EDIT, edit)]
            query = {"product_status_type": "onSelling", "page_size": 99}
            said.append(await shop.call(SOLUTION_LIST, {"aeop_a_e_product_list_query": query}))
        return [without_ids(body) for body in said]


def without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_ids(part) for name, part in value.items() if name not in ("request_id", "_trace_id_")}
    return [without_ids(part) for part in value] if isinstance(value, list) else value


async def test_the_same_seed_is_the_same_day(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """Faults, verdicts, locks and shares alike, whatever file and whatever keys; another seed is another day."""
    days = [await day(tmp_path / f"{number}.db", http, seed) for number, seed in enumerate((3, 3, 4))]
    assert days[0] == days[1] != days[2]


async def test_details_are_read_at_once_by_many(full: Client) -> None:
    """One market, twenty callers at the same time: nobody's answer is mixed up with another's."""
    ids = await full.ids()
    calls = [full.result(OFFER_QUERY, {"product_id": product_id}) for product_id in ids[:20]]
    assert [found["product_id"] for found in await asyncio.gather(*calls)] == ids[:20]
