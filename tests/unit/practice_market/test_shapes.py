"""Unknown parameters and fields, kinds and counts: checked for every method from the documented shapes."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from app.practice_market.catalogue import load
from app.practice_market.methods import find
from app.practice_market.methods.registry import names
from tests.unit.practice_market.client import (
    LEGACY_POST,
    OFFER_EDIT,
    OFFER_POST,
    OFFER_QUERY,
    OFFLINE,
    SOLUTION_LIST,
    SOLUTION_POST,
    Client,
    legacy,
    offer,
    png,
    sku,
    solution,
)

PRICES = "aliexpress.solution.batch.product.price.update"
PARAMETER, FIELD = "isv.invalid-parameter", "F00-00-10020-002"


def test_every_method_has_its_shape() -> None:
    assert load("shapes").keys() == set(names())
    assert find(OFFER_POST).name == OFFER_POST


def test_the_misspellings_are_there() -> None:
    text = json.dumps(load("shapes"))
    for word in ("mutiple_product_update_list", "fied_name", "fiedvalue", "aeop_ae_product_s_k_us", "image_u_r_ls"):
        assert f'"{word}"' in text


async def refused(shop: Client, method: str, values: dict[str, Any]) -> tuple[str, str]:
    """Code and text of what must be refused."""
    error = (await shop.call(method, values))["error_response"]
    return error["sub_code"], error["sub_msg"]


@pytest.mark.parametrize("name", ["productId", "product_Id", "page", "product_ids"])
async def test_an_unknown_parameter(shop: Client, name: str) -> None:
    product_id = await shop.post_offer()
    values = {"product_id": product_id, name: "1"}
    assert await refused(shop, OFFER_QUERY, values) == (PARAMETER, f"invalid parameter {name}: unknown parameter")
    await shop.switch(unknown_parameters="ignored")
    assert "result" in await shop.call(OFFER_QUERY, values)


async def test_an_empty_unknown_parameter_says_nothing(shop: Client) -> None:
    product_id = await shop.post_offer()
    assert "result" in await shop.call(OFFER_QUERY, {"product_id": product_id, "whatever": ""})


@pytest.mark.parametrize(
    ("changes", "place", "key"),
    [
        ({"multiple_product_update_list": []}, "", "multiple_product_update_list"),
        ({"subject": "Case"}, "", "subject"),
        ({"aeop_ae_product_s_k_us": [sku("A"), sku("B", 10, sku_stok=1)]}, "aeop_ae_product_s_k_us/1", "sku_stok"),
        ({"subject_list": [{"locale": "en_US", "subject": "x"}]}, "subject_list/0", "subject"),
        ({"aeop_a_e_multimedia": {"videos": []}}, "aeop_a_e_multimedia", "videos"),
        ({"group_ids": [262007021]}, "", "group_ids"),
    ],
)
async def test_an_unknown_field(shop: Client, changes: dict[str, Any], place: str, key: str) -> None:
    text = f"#/{place}: extraneous key [{key}] is not permitted"
    assert await refused(shop, OFFER_POST, {"aeop_a_e_product": offer(**changes)}) == (FIELD, text)
    await shop.switch(unknown_parameters="ignored")
    assert text not in json.dumps(await shop.call(OFFER_POST, {"aeop_a_e_product": offer(**changes)}))


async def test_names_of_another_family(shop: Client) -> None:
    assert (await refused(shop, SOLUTION_POST, {"post_product_request": solution(gross_weight="1")}))[0] == FIELD
    result = await shop.result(LEGACY_POST, {"aeop_a_e_product": legacy(subject_list=[])})
    assert (result["is_success"], result["error_code"]) == (False, 13010996), "inside the body where there is a flag"


async def test_an_edit_may_send_back_all_that_was_read(shop: Client) -> None:
    product_id = await shop.post_offer()
    await shop.switch(edits_refused_in_audit=False, detail_names="written")
    found = await shop.result(OFFER_QUERY, {"product_id": product_id})
    assert "result" in await shop.call(OFFER_EDIT, {"aeop_a_e_product": found})
    assert await shop.code(OFFER_EDIT, {"aeop_a_e_product": {**found, "colour": "red"}}) == FIELD


@pytest.mark.parametrize(
    ("method", "values", "code"),
    [
        (OFFER_QUERY, {"product_id": "1.5"}, PARAMETER),
        (OFFER_POST, {"aeop_a_e_product": "[]"}, PARAMETER),
        (SOLUTION_LIST, {"aeop_a_e_product_list_query": "{"}, PARAMETER),
        (SOLUTION_LIST, {"aeop_a_e_product_list_query": {"product_status_type": ["onSelling"]}}, FIELD),
        (SOLUTION_LIST, {"aeop_a_e_product_list_query": {"page_size": "many"}}, FIELD),
        (SOLUTION_LIST, {"aeop_a_e_product_list_query": {"page_size": True}}, FIELD),
        (OFFER_POST, {"aeop_a_e_product": offer(is_pack_sell="maybe")}, FIELD),
        (OFFER_POST, {"aeop_a_e_product": offer(aeop_a_e_multimedia=[1])}, FIELD),
        (OFFER_POST, {"aeop_a_e_product": offer(market_images="x")}, FIELD),
        ("aliexpress.offer.product.skuprices.edit", {"product_id": 1, "sku_id_price_map": "[1]"}, PARAMETER),
        ("aliexpress.solution.seller.category.tree.query", {"category_id": 0, "filter_no_permission": "ja"}, PARAMETER),
        ("aliexpress.solution.batch.product.delete", {"product_ids": list(range(101))}, PARAMETER),
        ("aliexpress.photobank.redefining.queryphotobankimagebypaths", {"paths": ["x"] * 21}, PARAMETER),
    ],
)
async def test_kinds_and_counts(shop: Client, method: str, values: dict[str, Any], code: str) -> None:
    body = await shop.call(method, values)
    inside = body.get("result", {})
    found = body.get("error_response", {}).get("sub_code") or {13010996: code}.get(inside.get("error_code"))
    assert found == code


async def test_a_file_nobody_wants(shop: Client) -> None:
    """Whatever its name is."""
    form = aiohttp.FormData()
    form.add_field("picture", png(), filename="a.png", content_type="image/png")
    params = shop.params("aliexpress.photobank.redefining.uploadimageforsdk", {"file_name": "a.png"}, simplify=True)
    async with shop.http.post(shop.gateway + "/sync", params=params, data=form) as response:
        result = (await response.json())["result"]
    assert (result["is_success"], "picture" in result["error_message"]) == (False, True)


async def test_batches_are_checked_product_by_product(shop: Client) -> None:
    product_id = await shop.post_offer()
    good = {"product_id": product_id, "multiple_sku_update_list": [{"sku_code": "CF1231-BK", "price": "5"}]}
    bad = {**good, "multiple_sku_update_list": [{"sku_code": "CF1231-BK", "sku_price": "6"}]}
    body = await shop.call(PRICES, {"mutiple_product_update_list": [good, bad]})
    assert body["update_successful_list"] == [{"product_id": product_id}]
    assert "[sku_price]" in body["update_failed_list"][0]["error_message"]


async def test_ids_of_online_and_offline_keep_their_own_separator(shop: Client) -> None:
    product_id = await shop.post_offer()
    result = await shop.result(OFFLINE, {"product_ids": f"{product_id};{product_id}"})
    assert result["error_details"][0]["product_ids"] == [product_id, product_id]
