"""Batch price and stock: partial success, erased discounts, unknown codes (aliexpress-open-platform.md 5.4, 5.5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.practice_market.client import OFFER_QUERY, RED, Client, Turned, sku

PRICES = "aliexpress.solution.batch.product.price.update"
STOCK = "aliexpress.solution.batch.product.inventory.update"
LIST = "mutiple_product_update_list"


@pytest.fixture
async def live(shop: Client, clock: Turned) -> int:
    """A product on sale whose black variant has a discount."""
    skus = [sku("A-BK", sku_discount_price="3.90"), sku("A-RD", RED, "4.50", 20)]
    product_id = await shop.post_offer(aeop_ae_product_s_k_us=skus)
    clock.turn(2)
    assert await shop.status(product_id) == "onSelling"
    return product_id


def update(product_id: int, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"product_id": product_id, "multiple_sku_update_list": list(items), **more}


async def variants(shop: Client, product_id: int) -> dict[str, dict[str, Any]]:
    found = await shop.result(OFFER_QUERY, {"product_id": product_id})
    return {row["sku_code"]: row for row in found["aeop_ae_product_s_k_us"]}


async def test_a_price_without_discount_erases_the_discount(shop: Client, live: int) -> None:
    body = await shop.call(PRICES, {LIST: [update(live, {"sku_code": "A-BK", "price": "5.10"})]})
    assert body["update_success"] is True
    assert body["update_successful_list"] == [{"product_id": live}]
    assert "update_failed_list" not in body
    assert "update_error_code" not in body
    found = await variants(shop, live)
    assert found["A-BK"]["sku_price"] == "5.10"
    assert "sku_discount_price" not in found["A-BK"]
    assert found["A-RD"]["sku_price"] == "4.50"


async def test_a_discount_is_kept_when_named(shop: Client, live: int) -> None:
    items = [{"sku_code": "A-BK", "price": "5.10", "discount_price": "4.80"}]
    await shop.call(PRICES, {LIST: [update(live, *items)]})
    assert (await variants(shop, live))["A-BK"]["sku_discount_price"] == "4.80"


async def test_prices_and_stock_need_no_review(shop: Client, live: int) -> None:
    await shop.call(PRICES, {LIST: [update(live, {"sku_code": "A-BK", "price": "5.10"})]})
    await shop.call(STOCK, {LIST: [update(live, {"sku_code": "A-BK", "inventory": 7})]})
    assert await shop.status(live) == "onSelling"
    query = {"product_status_type": "onSelling"}
    rows = await shop.result("aliexpress.solution.product.list.get", {"aeop_a_e_product_list_query": query})
    row = rows["aeop_a_e_product_display_d_t_o_list"][0]
    assert (row["product_min_price"], row["product_max_price"]) == ("4.50", "5.10")


async def test_products_succeed_one_by_one(shop: Client, live: int) -> None:
    updates = [
        update(live, {"sku_code": "A-BK", "price": "5.10"}),
        update(1005000000000001, {"sku_code": "A-BK", "price": "5.10"}),
    ]
    body = await shop.call(PRICES, {LIST: updates}, simplify=False)
    answer = body["aliexpress_solution_batch_product_price_update_response"]
    assert answer["update_success"] is False
    assert answer["update_error_code"] == "F00-00-10001-002"
    failed = answer["update_failed_list"]["synchronize_product_response_dto"]
    assert [(row["product_id"], row["error_code"]) for row in failed] == [(1005000000000001, "F00-00-10001-002")]
    assert answer["update_successful_list"]["synchronize_product_response_dto"] == [{"product_id": live}]
    assert "result" not in answer


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([{"sku_code": "A-XX", "price": "5"}], "F00-00-10007-024"),
        ([{"sku_code": "A-BK", "price": "5"}, {"sku_code": "A-XX", "price": "5"}], "F00-00-10014-015"),
        ([{"sku_code": "A-BK"}], "F00-00-10020-002"),
        ([{"sku_code": "A-BK", "price": "0"}], "F00-00-10020-002"),
        ([{"sku_code": "A-BK", "price": "5", "discount_price": "5"}], "F00-00-10020-002"),
        ([], "F00-00-10020-002"),
        ([{"sku_code": "A-BK", "price": "5"}] * 201, "F00-00-10020-002"),
    ],
)
async def test_a_product_fails_as_a_whole(shop: Client, live: int, items: list[dict[str, Any]], code: str) -> None:
    body = await shop.call(PRICES, {LIST: [update(live, *items)]})
    assert body["update_failed_list"][0]["error_code"] == code
    assert (await variants(shop, live))["A-BK"]["sku_price"] == "4.20"


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([{"sku_code": "A-BK", "inventory": 1_000_000}], "13002001"),
        ([{"sku_code": "A-BK", "inventory": -1}], "13002001"),
        ([{"sku_code": "A-BK"}], "13002001"),
        ([{"sku_code": "A-BK", "inventory": 0}, {"sku_code": "A-RD", "inventory": 0}], "13004001"),
        ([{"sku_code": "A-XX", "inventory": 5}], "F00-00-10007-024"),
    ],
)
async def test_stock_is_checked(shop: Client, live: int, items: list[dict[str, Any]], code: str) -> None:
    body = await shop.call(STOCK, {LIST: [update(live, *items)]})
    assert body["update_failed_list"][0]["error_code"] == code
    assert (await variants(shop, live))["A-BK"]["ipm_sku_stock"] == 50


async def test_one_variant_may_have_none(shop: Client, live: int) -> None:
    body = await shop.call(STOCK, {LIST: [update(live, {"sku_code": "A-BK", "inventory": 0})]})
    assert body["update_success"] is True
    assert (await variants(shop, live))["A-BK"]["sku_stock"] is False


@pytest.mark.parametrize("count", [0, 21])
async def test_twenty_products_a_call(shop: Client, live: int, count: int) -> None:
    updates = [update(live, {"sku_code": "A-BK", "price": "5"})] * count
    assert await shop.code(PRICES, {LIST: updates}) == "isv.invalid-parameter"


def countries(price: str, code: str = "A-BK") -> dict[str, Any]:
    item = {"sku_code": code, "price": price}
    rows = [{"ship_to_country": "ES", "sku_price_by_country_list": [item]}]
    return {"multi_country_price_configuration": {"price_type": "absolute", "country_price_list": rows}}


async def test_country_prices(shop: Client, live: int) -> None:
    change = {"sku_code": "A-BK", "price": "10.00"}
    body = await shop.call(PRICES, {LIST: [update(live, change, **countries("7.00"))]})
    assert body["update_success"] is True
    found = await shop.result(OFFER_QUERY, {"product_id": live})
    assert found["multi_country_price_configuration"]["country_price_list"][0]["ship_to_country"] == "ES"
    body = await shop.call(OFFER_QUERY, {"product_id": live}, simplify=False)
    kept = body["aliexpress_offer_product_query_response"]["result"]["multi_country_price_configuration"]
    assert "sku_price_by_country_list" in kept["country_price_list"]["single_country_price_dto"][0]


@pytest.mark.parametrize(
    ("price", "code", "expected"), [("6.99", "A-BK", "F00-00-10020-002"), ("9", "A-XX", "F00-00-10014-015")]
)
async def test_country_prices_are_checked(shop: Client, live: int, price: str, code: str, expected: str) -> None:
    change = {"sku_code": "A-BK", "price": "10.00"}
    body = await shop.call(PRICES, {LIST: [update(live, change, **countries(price, code))]})
    assert body["update_failed_list"][0]["error_code"] == expected
