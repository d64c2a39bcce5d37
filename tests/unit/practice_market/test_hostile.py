"""Nonsense from outside is refused in the platform's words; it never breaks the market or leaks another store."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from app.practice_market.call import whole
from app.practice_market.photobank import measure
from app.practice_market.storage import Storage
from tests.unit.practice_market.client import (
    LEGACY_POST,
    OFFER_POST,
    OFFER_QUERY,
    OFFLINE,
    SOLUTION_EDIT,
    SOLUTION_LIST,
    SOLUTION_POST,
    Client,
    Turned,
    legacy,
    offer,
    sku,
    solution,
)
from tests.unit.practice_market.test_feeds import instance

UPDATES = "mutiple_product_update_list"
HUGE = 10**19
TEXTS = (None, "", " ", "x", "-1", "1e400", "NaN", "ﷺ" * 9)
OTHERS = (0, -1, HUGE - 1, 1.5, True, [], [[]], [None], ["x"], [{}], {}, {"x": []})
ODD: list[Any] = [*TEXTS, *OTHERS]
ROUNDS = 120


INSTANCE_POST = "aliexpress.solution.schema.product.instance.post"
COUNTRY = {
    "ship_to_country": "ES",
    "sku_price_by_country_list": [{"sku_code": "CF1231-BK", "price": "4.00", "discount_price": "3.00"}],
}
COUNTRIES = {"multi_country_price_configuration": {"price_type": "absolute", "country_price_list": [COUNTRY]}}
QUOTED = [{"shiptoCountry": "ES", "absoluteQuoteMap": {"14:193": 2.5}}]
EXTRAS = {
    "aeop_national_quote_configuration": {
        "configuration_type": "absolute",
        "configuration_data": json.dumps(QUOTED),
    },
    "market_images": [{"image_type": 1, "url": "https://ae01.alicdn.com/kf/H1.jpg"}],
    "aeop_a_e_multimedia": {"aeop_a_e_videos": [{"media_id": 7, "media_type": "video", "poster_url": "x"}]},
    "mode_size_chart_list": [{"hips": "1", "mode_size": "M"}],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Ways to every value inside a JSON document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield (*path, key)
        yield from places(part, (*path, key))


def spoiled(document: dict[str, Any], dice: Random) -> dict[str, Any]:
    """The document with one to three values replaced by odd ones."""
    document = copy.deepcopy(document)
    for _ in range(dice.randint(1, 3)):
        *way, last = dice.choice(list(places(document)))
        target: Any = document
        for step in way:
            target = target[step]
        target[last] = copy.deepcopy(dice.choice(ODD))
    return document


@pytest.mark.parametrize(
    ("method", "parameter", "document"),
    [
        (OFFER_POST, "aeop_a_e_product", offer()),
        (OFFER_POST, "aeop_a_e_product", offer(**EXTRAS)),
        (LEGACY_POST, "aeop_a_e_product", legacy()),
        (SOLUTION_POST, "post_product_request", solution()),
        (SOLUTION_POST, "post_product_request", solution(**COUNTRIES)),
        (INSTANCE_POST, "product_instance_request", instance("A")),
    ],
    ids=["offer", "offer with extras", "legacy", "solution", "solution with countries", "schema"],
)
async def test_spoiled_products(shop: Client, method: str, parameter: str, document: dict[str, Any]) -> None:
    """`send` asserts status 200: a crash would be 500. Whatever is accepted can be read again."""
    dice, accepted = Random(7), 0
    for _ in range(ROUNDS):
        body = await shop.call(method, {parameter: spoiled(document, dice)})
        result = body.get("result", {})
        assert result or body["error_response"]["code"]
        if "product_id" in result:
            accepted += 1
            assert await shop.result(OFFER_QUERY, {"product_id": result["product_id"]})
    assert accepted < ROUNDS / 2


@pytest.mark.parametrize(
    "data", [*ODD, [1], {"a": 1}, [{"shiptoCountry": "ES"}], [{"shiptoCountry": 1, "xQuoteMap": []}]]
)
async def test_odd_quotes(shop: Client, data: Any) -> None:
    """JSON text inside JSON: whatever it says, it is refused or kept, and can be read again."""
    quotes = {"configuration_type": "percentage", "configuration_data": json.dumps(data)}
    body = await shop.call(OFFER_POST, {"aeop_a_e_product": offer(aeop_national_quote_configuration=quotes)})
    found = body.get("result") or body["error_response"]
    assert "product_id" in found or found["sub_code"] == "F00-00-10020-002"


async def test_spoiled_feed_items(shop: Client, clock: Turned) -> None:
    """Every item is answered for, with the caller's id."""
    dice, known = Random(11), 1005006000000001
    documents: list[Any] = [spoiled(instance("A"), dice) for _ in range(ROUNDS)]
    items = [{"item_content_id": f"i{number}", "item_content": json.dumps(d)} for number, d in enumerate(documents)]
    for operation in ("PRODUCT_CREATE", "PRODUCT_FULL_UPDATE", "PRODUCT_STOCKS_UPDATE", "PRODUCT_PRICES_UPDATE"):
        feed = {"operation_type": operation, "item_list": items}
        job_id = (await shop.call("aliexpress.solution.feed.submit", feed))["job_id"]
        clock.turn(10)
        found = await shop.call("aliexpress.solution.feed.query", {"job_id": job_id})
        assert len(found["result_list"]) == ROUNDS
        for row in found["result_list"]:
            assert json.loads(row["item_execution_result"])["success"] in (True, False)
        update = {"aliexpress_product_id": known, "multiple_sku_update_list": [{"sku_code": "A", "price": "5"}]}
        documents = [spoiled({**instance("A"), **update}, dice) for _ in range(ROUNDS)]
        items = [{"item_content_id": f"i{number}", "item_content": json.dumps(d)} for number, d in enumerate(documents)]


@pytest.mark.parametrize(
    ("method", "parameter", "document"),
    [
        ("aliexpress.solution.feed.submit", "item_list", [{"item_content_id": "1", "item_content": "{}"}]),
        ("aliexpress.offer.product.skuprices.edit", "sku_id_price_map", {"14:193": "5"}),
        ("aliexpress.postproduct.redefining.editmutilpleskustocks", "sku_stocks", {"14:193": 5}),
        ("aliexpress.postproduct.redefining.editproductcategoryattributes", "product_category_attributes", [{}]),
        ("aliexpress.photobank.redefining.delunusephoto", "aeop_delete_image_request", {"image_repository_id": 1}),
        ("aliexpress.trade.redefining.findorderlistsimplequery", "param1", {"create_date_start": "x", "page": 1}),
        ("aliexpress.solution.sku.attribute.query", "query_sku_attribute_info_request", {"aliexpress_category_id": 1}),
        (
            "aliexpress.postproduct.redefining.editmultilanguageproduct",
            "aeop_a_e_product_multilanguage_info",
            {"locale": "ru_RU", "subject": "x", "detail": "y"},
        ),
    ],
)
async def test_spoiled_parts(shop: Client, method: str, parameter: str, document: Any) -> None:
    product_id, dice = await shop.post_offer(), Random(12)
    await shop.switch(edits_refused_in_audit=False, unknown_parameters="ignored")
    for _ in range(40):
        said = spoiled({"said": document}, dice)["said"]
        values = {parameter: said, "product_id": product_id, "operation_type": "PRODUCT_CREATE"}
        assert await shop.call(method, values)
    for name in ("deliveryTime", "grossWeight", "imageURLs", "subject", "groupId", "detail", "freightTemplateId"):
        for odd in ("", " ", "x", "-1", "1e400", "NaN", "{}", "[", ":http", ";;"):
            values = {"product_id": product_id, "fied_name": name, "fiedvalue": odd}
            assert await shop.call("aliexpress.postproduct.redefining.editsimpleproductfiled", values)


@pytest.mark.parametrize(
    "method", [OFFER_QUERY, OFFLINE, SOLUTION_LIST, SOLUTION_EDIT, "aliexpress.solution.order.get"]
)
async def test_spoiled_questions(full: Client, method: str) -> None:
    query = {
        "product_status_type": "onSelling",
        "current_page": 1,
        "page_size": 20,
        "product_id": 1,
        "group_id": 1,
        "subject": "case",
        "excepted_product_ids": [1],
        "gmt_create_start": "2023-01-01 00:00:00",
        "create_date_start": "2023-11-01 00:00:00",
        "order_status_list": ["FINISH"],
    }
    await full.switch(unknown_parameters="ignored")
    dice = Random(8)
    for _ in range(ROUNDS):
        odd = spoiled(query, dice)
        shown = odd["product_id"] if isinstance(odd["product_id"], str) else json.dumps(odd["product_id"])
        values = {"aeop_a_e_product_list_query": odd, "param0": odd, "edit_product_request": odd, "product_id": shown}
        assert await full.call(method, {**values, "product_ids": shown})


@pytest.mark.parametrize("method", ["price", "inventory"])
async def test_spoiled_batches(shop: Client, method: str) -> None:
    """The first product is never spoiled, and always answered for."""
    product_id, dice = await shop.post_offer(), Random(9)
    good = {"product_id": product_id, "multiple_sku_update_list": [{"sku_code": "CF1231-BK", method: 5}]}
    countries = {"country_price_list": [{"sku_price_by_country_list": [{"sku_code": "CF1231-BK", "price": "5"}]}]}
    for _ in range(ROUNDS):
        bad = spoiled({"updates": [{**good, "multi_country_price_configuration": countries}]}, dice)["updates"]
        if not isinstance(bad, list) or not all(isinstance(item, dict) for item in bad):
            continue
        body = await shop.call(f"aliexpress.solution.batch.product.{method}.update", {UPDATES: [good, *bad]})
        assert {"product_id": product_id} in body["update_successful_list"]


@pytest.mark.parametrize(
    ("method", "parameter"),
    [
        ("aliexpress.photobank.redefining.listimagepagination", "aeop_image_pagination_request"),
        ("aliexpress.trade.seller.orderlist.get", "param_aeop_order_query"),
        ("aliexpress.solution.order.info.get", "param1"),
    ],
)
async def test_spoiled_requests(full: Client, method: str, parameter: str) -> None:
    request = {"location_type": "subGroup", "group_id": "1", "current_page": 1, "page_size": 5, "order_id": 1}
    request |= {"create_date_start": "2023-11-01 00:00:00", "modified_date_end": "x", "buyer_login_id": "x"}
    await full.switch(unknown_parameters="ignored")
    dice = Random(10)
    for _ in range(ROUNDS):
        assert await full.call(method, {parameter: spoiled(request, dice)})


@pytest.mark.parametrize("text", ["", "x", "1_0", " 1", "１２", "1.0", str(2**63), "9" * 5000])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"^.{0,40}$"):
        whole(text)


def test_numbers_have_64_bits() -> None:
    assert [whole(text) for text in ("0", "-7", str(2**63 - 1))] == [0, -7, 2**63 - 1]


async def test_ids_beyond_64_bits(shop: Client) -> None:
    assert await shop.code(OFFER_QUERY, {"product_id": HUGE}) == "isv.invalid-parameter"
    assert await shop.code(OFFER_POST, {"aeop_a_e_product": offer(category_id=str(HUGE))}) == "F00-00-10020-002"
    assert (await shop.result(OFFLINE, {"product_ids": str(HUGE)}))["error_code"] == 13010996


async def test_words_of_sql_are_words(shop: Client, clock: Turned) -> None:
    title = "Case'; DROP TABLE product; --"
    product_id = await shop.post_offer(subject_list=[{"locale": "en_US", "value": title}])
    clock.turn(2)
    assert await shop.ids(subject="'; DROP") == [product_id]
    assert await shop.ids(subject="%") == []
    assert await shop.ids(sku_code="' OR 1=1 --") == []


@pytest.mark.parametrize("host", ["[broken", "127.0.0.1.evil.example", "evil.example:80", ""])
async def test_hosts(shop: Client, host: str) -> None:
    async with shop.http.get(shop.gateway + "/practice/state", headers={"Host": host}) as response:
        assert response.status in (400, 403)


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://[broken", "javascript:alert(1)", "http://127.0.0.1@evil.example/"]
)
async def test_callbacks(shop: Client, back: str) -> None:
    params = {"client_id": shop.app_key, "redirect_uri": back, "store": "240017301"}
    async with shop.http.get(shop.gateway + "/oauth/authorize", params=params, allow_redirects=False) as response:
        assert response.status == 400


async def test_the_consent_page_escapes(shop: Client) -> None:
    params = {"client_id": shop.app_key, "state": '"><script>alert(1)</script>'}
    async with shop.http.get(shop.gateway + "/oauth/authorize", params=params) as response:
        assert "<script>" not in await response.text()


async def test_a_body_that_is_too_large(shop: Client) -> None:
    content = BytesIO(b"aeop_a_e_product=" + b"x" * 17_000_000)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with shop.http.post(shop.gateway + "/sync", data=content, headers=headers) as response:
        assert response.status == 413


def test_a_jpeg_with_fill_bytes() -> None:
    frame = b"\xff\xc0\x00\x11\x08\x00\x1e\x00\x28\x03" + b"\0" * 12
    found = measure(b"\xff\xd8\xff\xff\xff\xe0\x00\x04ab" + frame)
    assert found is not None
    assert (found.width, found.height) == (40, 30)


@pytest.mark.parametrize("content", [b"not a database" * 100, None], ids=["text", "no folder"])
async def test_a_file_that_cannot_be_used(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / ("bad.db" if content else "missing/bad.db")
    if content:
        path.write_bytes(content)
    with pytest.raises(OSError, match=r"bad\.db"):
        Storage(path)
    with pytest.raises(OSError, match=r"bad\.db"):
        await PracticeMarket(path).start()


@pytest.mark.parametrize("faults", [[], "x", "", 5, 0, False])
def test_switches_that_are_no_object(faults: Any) -> None:
    with pytest.raises(ValueError, match="faults must be an object"):
        PracticeMarket(faults=faults)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"rates": {"html_page": 2}}, "rates.html_page is 2; it must be a number from 0 to 1"),
        ({"rates": {"html_page": {"*": 1.5}}}, r"rates.html_page.\* is 1.5; it must be a number from 0 to 1"),
        ({"rates": {"gremlins": 0.1}}, "rates is 'gremlins'; it must be a kind of fault: .*html_page"),
        ({"token_lifetime_s": float("inf")}, "token_lifetime_s is inf; it must be a number from 0 to 10000000000"),
        ({"token_lifetime_s": float("nan")}, "token_lifetime_s is nan; it must be a number"),
        ({"clock_skew_s": -1e300}, "clock_skew_s is -1e\\+300; it must be a number from -10000000000"),
        ({"daily_quota": 1.5}, "daily_quota is 1.5; it must be a whole number from 0"),
        ({"seed": 10**30}, "seed is 10{30}; it must be a whole number"),
        ({"product_zone_h": -24}, "product_zone_h is -24; it must be a number from -14 to 14"),
        ({"promotion_share": 1.01}, "promotion_share is 1.01; it must be a number from 0 to 1"),
        ({"code_15": []}, r"code_15 is \[\]; it must be one of text, number"),
        ({"large_ids": 1}, "large_ids is 1; it must be true or false"),
        ({"forbidden_methods": [1]}, r"forbidden_methods is \[1\]; it must be a list of texts"),
        ({"promotion_products": ["1"]}, r"promotion_products is \['1'\]; it must be a list of whole numbers"),
        ({"order_zone": "Mars"}, "order_zone is 'Mars'; it must be a time zone"),
        ({"error_status": 99}, "error_status is 99; it must be a whole number from 200 to 599"),
        ({"script": [{"method": "*", "fault": "x"}]}, r"script\[0\].fault is 'x'; it must be a kind of fault"),
        ({"script": [{"method": "*", "fault": "html_page", "times": 1.5}]}, r"script\[0\].times is 1.5; it must be"),
        ({"x": 1}, "there is no switch 'x'$"),
        ({"daily_qouta": 1}, "there is no switch 'daily_qouta'; did you mean 'daily_quota'"),
    ],
)
def test_what_no_switch_can_be_is_told_in_a_sentence(document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        PracticeMarket(faults=document)


async def test_a_partial_edit_leaves_alone_what_another_family_made(shop: Client, clock: Turned) -> None:
    """One variant without stock, no description, the platform's template: fine for one family, not for the other."""
    skus = [sku("A", stock=0), sku("B", color=10)]
    changes = {"aeop_ae_product_s_k_us": skus, "detail_source_list": None, "freight_template_id": 1000}
    product_id = await shop.post_offer(**changes)
    clock.turn(2)
    edit = {"product_id": product_id, "shipping_lead_time": 3}
    assert await shop.result(SOLUTION_EDIT, {"edit_product_request": edit})
    clock.turn(2)
    wrong = {"product_id": product_id, "freight_template_id": 1000}
    assert await shop.code(SOLUTION_EDIT, {"edit_product_request": wrong}) == "F00-00-10020-002"


async def test_stores_do_not_see_each_other(seeded: PracticeMarket, http: aiohttp.ClientSession, clock: Turned) -> None:
    shops = [Client(seeded, http, clock, store) for store in (0, 1)]
    for status in ("onSelling", "offline", "auditing", "editingRequired"):
        first, second = [set(await shop.ids(product_status_type=status)) for shop in shops]
        assert first
        assert second
        assert not first & second
