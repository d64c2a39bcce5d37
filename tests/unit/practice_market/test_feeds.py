"""Feeds: what may be submitted, what each item does, what comes back (aliexpress-open-platform.md 5.11)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from tests.unit.practice_market.client import BLACK, OFFER_QUERY, PICTURE, TEMPLATE, Client, Turned, without_none

SUBMIT = "aliexpress.solution.feed.submit"
QUERY = "aliexpress.solution.feed.query"
LIST = "aliexpress.solution.feed.list.get"
INVALIDATE = "aliexpress.solution.feed.invalidate"


def instance(code: str, **changes: Any) -> dict[str, Any]:
    """A product in schema form."""
    variant = {"sku_code": code, "inventory": 50, "price": "4.20"}
    variant["sku_attributes"] = {"Color": {"value": str(BLACK), "alias": "Night"}}
    modules = [{"type": "html", "html": {"content": "<p>Soft<script>x</script></p>"}}]
    document = {
        "category_id": 200001901,
        "locale": "en_US",
        "title_multi_language_list": [{"locale": "en_US", "title": f"Slim Matte Phone Case {code}"}],
        "description_multi_language_list": [{"locale": "en_US", "module_list": modules}],
        "product_units_type": "100000015",
        "image_url_list": [PICTURE],
        "category_attributes": {"Brand Name": {"value": "4", "customValue": "House"}, "Model Number": {"value": code}},
        "sku_info_list": [variant],
        "inventory_deduction_strategy": "place_order_withhold",
        "package_weight": "0.045",
        "package_length": 18,
        "package_width": 10,
        "package_height": 2,
        "shipping_preparation_time": 5,
        "shipping_template_id": str(TEMPLATE),
        "service_template_id": "0",
        "user_defined_attribute_list": [{"attribute_name": "Finish", "attribute_value": "Matte"}],
        **changes,
    }
    return without_none(document)


def feed(operation: str, items: dict[str, Any]) -> dict[str, Any]:
    """Parameters of a submission; contents as JSON text."""
    rows = [{"item_content_id": key, "item_content": json.dumps(value)} for key, value in items.items()]
    return {"operation_type": operation, "item_list": rows}


async def submit(shop: Client, operation: str, items: dict[str, Any]) -> int:
    return int((await shop.call(SUBMIT, feed(operation, items)))["job_id"])


async def results(shop: Client, job_id: int) -> dict[str, dict[str, Any]]:
    """What became of each item, by the caller's id."""
    found = await shop.call(QUERY, {"job_id": job_id})
    return {row["item_content_id"]: json.loads(row["item_execution_result"]) for row in found.get("result_list", [])}


async def carried_out(shop: Client, clock: Turned, operation: str, items: dict[str, Any]) -> dict[str, dict[str, Any]]:
    job_id = await submit(shop, operation, items)
    clock.turn(10)
    return await results(shop, job_id)


async def test_items_of_a_job_that_was_taken_twice_are_marked(shop: Client, clock: Turned) -> None:
    await shop.switch(script=[{"method": SUBMIT, "fault": "carried_out_twice"}])
    for codes in ("AB", "C"):
        await submit(shop, "PRODUCT_CREATE", {code: instance(code) for code in codes})
    clock.turn(10)
    await shop.call(LIST)
    made = await shop.writes(kind="create")
    assert [(row["feed_item"], row["is_repeat"]) for row in made if row["is_repeat"]] == [("A", 1), ("B", 1)]
    requests = {(row["feed_item"], row["request_id"]) for row in made}
    assert sorted(item for item, _ in requests) == ["A", "B", "C"], "each pair came with one request"
    assert len({request for _, request in requests}) == 2


async def test_creating(shop: Client, clock: Turned) -> None:
    found = await carried_out(
        shop, clock, "PRODUCT_CREATE", {"a": instance("A"), "b": instance("B", category_id=5), "c": instance("C")}
    )
    assert {key: item["success"] for key, item in found.items()} == {"a": True, "b": False, "c": True}
    assert found["b"]["errorCode"] == "F00-00-10003-005"
    assert found["b"]["integrationErrorCode"]["request"]["category_id"] == 5
    detail = await shop.result(OFFER_QUERY, {"product_id": found["a"]["productId"]})
    assert detail["product_status_type"] == "auditing"
    assert detail["aeop_ae_product_propertys"] == [
        {"attr_name_id": 2, "attr_value_id": 4, "attr_value": "House"},
        {"attr_name_id": 3, "attr_value": "A"},
        {"attr_name": "Finish", "attr_value": "Matte"},
    ]
    part = detail["aeop_ae_product_s_k_us"][0]["aeop_s_k_u_property_list"][0]
    assert part["property_value_definition_name"] == "Night"
    assert "<script>" not in detail["detail_source_list"][0]["web_detail"]


async def test_the_market_says_which_item_made_what(shop: Client, clock: Turned) -> None:
    found = await carried_out(shop, clock, "PRODUCT_CREATE", {f"row-{n}": instance(f"A{n}") for n in range(90)})
    writes = await shop.writes(kind="create")
    assert {row["feed_item"]: row["subject"] for row in writes} == {
        key: item["productId"] for key, item in found.items()
    }
    assert len(writes) == 90
    assert [row["subject"] for row in await shop.writes(item="row-7")] == [found["row-7"]["productId"]]


async def test_stock_prices_and_full_update(shop: Client, clock: Turned) -> None:
    made = await carried_out(shop, clock, "PRODUCT_CREATE", {"a": instance("A")})
    product_id = made["a"]["productId"]
    stock = {"aliexpress_product_id": product_id, "multiple_sku_update_list": [{"sku_code": "A", "inventory": 7}]}
    price = {"aliexpress_product_id": product_id, "multiple_sku_update_list": [{"sku_code": "A", "price": "6.5"}]}
    whole = instance("A2", aliexpress_product_id=product_id)
    for operation, document in (
        ("PRODUCT_STOCKS_UPDATE", stock),
        ("PRODUCT_PRICES_UPDATE", price),
        ("PRODUCT_FULL_UPDATE", whole),
    ):
        assert (await carried_out(shop, clock, operation, {"x": document}))["x"] == {
            "productId": product_id,
            "success": True,
        }
    assert [row["kind"] for row in await shop.writes(subject=product_id)] == ["create", "stock", "price", "edit"]
    held = (await shop.held(full=1))[0]
    assert (held["codes"], held["record"]["aeop_ae_product_s_k_us"][0]["ipm_sku_stock"]) == (["A2"], 50)
    missing = {"aliexpress_product_id": 1005000000000001, "multiple_sku_update_list": []}
    failed = (await carried_out(shop, clock, "PRODUCT_STOCKS_UPDATE", {"y": missing}))["y"]
    assert (failed["errorCode"], failed["productId"]) == ("F00-00-10001-002", 1005000000000001)


@pytest.mark.parametrize("content", ["{broken", "[1]", '"text"'])
async def test_content_that_is_no_object(shop: Client, clock: Turned, content: str) -> None:
    rows = [{"item_content_id": "a", "item_content": content}]
    job_id = (await shop.call(SUBMIT, {"operation_type": "PRODUCT_CREATE", "item_list": rows}))["job_id"]
    clock.turn(10)
    assert (await results(shop, job_id))["a"]["errorCode"] == "F00-00-10020-002"


async def test_content_as_an_object(shop: Client, clock: Turned) -> None:
    """Some integrations pass the object itself (S18)."""
    rows = [{"item_content_id": "a", "item_content": instance("A")}]
    job_id = (await shop.call(SUBMIT, {"operation_type": "PRODUCT_CREATE", "item_list": rows}))["job_id"]
    clock.turn(10)
    assert (await results(shop, job_id))["a"]["success"] is True


BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "unknown field": ("F00-00-10020-002", {"colour": "red"}),
    "unknown attribute": ("F00-00-10003-005", {"category_attributes": {"Flavour": {"value": "1"}}}),
    "attribute is no object": ("F00-00-10020-002", {"category_attributes": {"Model Number": "A"}}),
    "unknown property": (
        "F00-00-10007-015",
        {"sku_info_list": [{"sku_code": "A", "price": "4", "inventory": 1, "sku_attributes": {"Flavour": {}}}]},
    ),
    "unknown value": (
        "13002004",
        {
            "sku_info_list": [
                {"sku_code": "A", "price": "4", "inventory": 1, "sku_attributes": {"Color": {"value": "Octarine"}}}
            ]
        },
    ),
    "attributes as list": (
        "F00-00-10020-002",
        {"sku_info_list": [{"sku_code": "A", "price": "4", "inventory": 1, "sku_attributes": [1]}]},
    ),
    "stock": ("13002001", {"sku_info_list": [{"sku_code": "A", "price": "4", "inventory": 0}]}),
    "template of another store": ("F00-00-10020-002", {"shipping_template_id": 700126544}),
}


@pytest.mark.parametrize(("code", "changes"), BAD.values(), ids=list(BAD))
async def test_items_are_checked(shop: Client, clock: Turned, code: str, changes: dict[str, Any]) -> None:
    found = await carried_out(shop, clock, "PRODUCT_CREATE", {"a": instance("A", **changes)})
    assert (found["a"]["success"], found["a"]["errorCode"]) == (False, code)
    assert await shop.held() == []


@pytest.mark.parametrize(
    ("operation", "rows", "code"),
    [
        ("PRODUCT_BURN", [{"item_content_id": "a", "item_content": "{}"}], "isv.invalid-parameter"),
        ("PRODUCT_CREATE", [], "isv.invalid-parameter"),
        ("PRODUCT_CREATE", [{"item_content_id": "a", "item_content": "{}"}] * 2, "F00-00-10020-002"),
        ("PRODUCT_CREATE", [{"item_content": "{}"}], "F00-00-10020-002"),
        ("PRODUCT_CREATE", [{"item_content_id": "a"}], "F00-00-10020-002"),
        (
            "PRODUCT_CREATE",
            [{"item_content_id": str(n), "item_content": "{}"} for n in range(2001)],
            "F00-00-10020-002",
        ),
    ],
    ids=["operation", "none", "twice", "no id", "no content", "too many"],
)
async def test_submissions_are_checked(shop: Client, operation: str, rows: list[Any], code: str) -> None:
    assert await shop.code(SUBMIT, {"operation_type": operation, "item_list": rows}) == code


async def test_so_many_feeds_a_day(shop: Client, clock: Turned) -> None:
    await shop.switch(feeds_per_day=2)
    for _ in range(2):
        await submit(shop, "PRODUCT_CREATE", {"a": {}})
    assert await shop.code(SUBMIT, feed("PRODUCT_CREATE", {"a": {}})) == "F00-00-10020-002"
    assert await submit(shop, "PRODUCT_STOCKS_UPDATE", {"a": {}}), "counted by type"
    clock.turn(86_401)
    assert await submit(shop, "PRODUCT_CREATE", {"a": {}})


async def test_listing_and_calling_off(shop: Client, clock: Turned) -> None:
    await shop.switch(feed_delay_s=60)
    first = await submit(shop, "PRODUCT_CREATE", {"a": instance("A")})
    clock.turn(61)
    later = await submit(shop, "PRODUCT_CREATE", {"b": instance("B")})
    body = await shop.call(INVALIDATE, {"job_id_list": f"{first};{later};5"})
    assert body["result"] == {
        "success": False,
        "invalid_successful_list": [later],
        "no_need_invalid_list": [first],
        "invalid_failed_list": [5],
    }
    clock.turn(61)
    jobs = (await shop.call(LIST, {"current_page": 1, "page_size": 1}))["job_list"]
    assert jobs == [{"job_id": later, "operation_type": "PRODUCT_CREATE", "status": "FINISH"}]
    assert (await shop.call(LIST, {"status": "QUEUEING"}))["total_count"] == 0
    assert (await shop.call(LIST, {"feed_type": "PRODUCT_FULL_UPDATE"}))["total_count"] == 0
    since = {"submitted_time_start": "2023-11-14 14:14:00"}  # Pacific, between the two
    assert [job["job_id"] for job in (await shop.call(LIST, since))["job_list"]] == [later]
    assert [held["codes"] for held in await shop.held()] == [["A"]], "what was called off never happened"


async def test_a_job_belongs_to_its_store(market: PracticeMarket, http: aiohttp.ClientSession, clock: Turned) -> None:
    first, second = (Client(market, http, clock, store) for store in (0, 1))
    job_id = await submit(first, "PRODUCT_CREATE", {"a": instance("A")})
    assert await second.code(QUERY, {"job_id": job_id}) == "F00-00-10001-002"
    clock.turn(10)
    assert (await second.call(LIST))["total_count"] == 0
    assert len(await second.held(store=240017301)) == 1, "anybody's call carries it on"


@pytest.mark.parametrize(("switch", "count"), [(True, 1), (False, 2)])
async def test_the_same_item_id_again(shop: Client, clock: Turned, switch: bool, count: int) -> None:
    """By default nothing is remembered, as nothing says the platform does: a caller must look first."""
    await shop.switch(feed_ids_idempotent=switch)
    first = await carried_out(shop, clock, "PRODUCT_CREATE", {"a": instance("A")})
    second = await carried_out(shop, clock, "PRODUCT_CREATE", {"a": instance("A")})
    assert (first == second) is (count == 1)
    assert len(await shop.writes(kind="create")) == count


async def test_feeds_outlive_a_restart(tmp_path: Path, http: aiohttp.ClientSession, clock: Turned) -> None:
    path = tmp_path / "feeds.db"
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        job_id = await submit(Client(market, http, clock), "PRODUCT_CREATE", {"a": instance("A"), "b": instance("B")})
        clock.turn(1.0005)
        shop = Client(market, http, clock)
        assert set(await results(shop, job_id)) == {"a"}
    clock.turn(10)
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        shop = Client(market, http, clock)
        assert {key for key, item in (await results(shop, job_id)).items() if item["success"]} == {"a", "b"}
        assert len(await shop.writes(kind="create")) == 2
