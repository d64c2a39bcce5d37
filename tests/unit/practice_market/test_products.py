"""Creating, reading and editing products through all three families (aliexpress-open-platform.md 5.1-5.3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.practice_market.client import (
    BLACK,
    COLOR,
    LEGACY_EDIT,
    LEGACY_FIND,
    LEGACY_POST,
    OFFER_EDIT,
    OFFER_POST,
    OFFER_QUERY,
    PICTURE,
    RED,
    SOLUTION_EDIT,
    SOLUTION_GET,
    SOLUTION_POST,
    Client,
    Turned,
    legacy,
    offer,
    sku,
    solution,
)

QUOTES = {
    "configuration_type": "absolute",
    "configuration_data": '[{"shiptoCountry":"RU","absoluteQuoteMap":{"14:193":2.0}}]',
}


async def read(shop: Client, product_id: int, method: str = OFFER_QUERY) -> dict[str, Any]:
    return await shop.result(method, {"product_id": product_id})


async def settled(shop: Client, clock: Turned, **changes: Any) -> int:
    """A product that is through its review."""
    product_id = await shop.post_offer(**changes)
    clock.turn(2)
    assert await shop.status(product_id) == "onSelling"
    return product_id


async def test_offer_comes_back_as_it_went(shop: Client) -> None:
    sent = offer(
        aeop_national_quote_configuration=QUOTES,
        aeop_a_e_multimedia={"aeop_a_e_videos": [{"media_id": 7, "media_type": "video", "poster_url": PICTURE}]},
        market_images=[{"image_type": 1, "url": PICTURE}],
        msr_eu_id="12",
        sizechart_id=880100,
        group_id=262007021,
    )
    product_id = (await shop.result(OFFER_POST, {"aeop_a_e_product": sent}))["product_id"]
    found = await read(shop, product_id)
    for name in set(sent) - {"aeop_ae_product_s_k_us", "aeop_ae_product_propertys", "detail_source_list"}:
        assert found[name] == sent[name], name
    assert found["group_ids"] == [262007021]
    assert found["product_status_type"] == "auditing"
    assert (found["lot_num"], found["package_type"], found["promise_template_id"]) == (1, False, 0)
    assert (
        json.loads(found["detail_source_list"][0]["web_detail"])["moduleList"][0]["html"]["content"]
        == "<p>Soft touch</p>"
    )


async def test_skus_are_renamed_between_writing_and_reading(shop: Client) -> None:
    discounted = sku("CF1231-BK", sku_discount_price="3.9", barcode="690123", ean_code="4006381333931")
    discounted["aeop_s_k_u_national_discount_price"] = [{"shipto_country": "RU", "discount_price": "3.5"}]
    discounted["aeop_s_k_u_property"][0].update(property_value_definition_name="Night", sku_image=PICTURE)
    found = await read(shop, await shop.post_offer(aeop_ae_product_s_k_us=[discounted, sku("CF1231-RD", RED)]))
    first = found["aeop_ae_product_s_k_us"][0]
    assert "aeop_s_k_u_property" not in first
    assert first["aeop_s_k_u_property_list"] == [
        {
            "sku_property_id": COLOR,
            "property_value_id": BLACK,
            "property_value_definition_name": "Night",
            "sku_image": PICTURE,
        }
    ]
    assert first["aeop_s_k_u_national_discount_price_list"][0]["shipto_country"] == "RU"
    assert (first["sku_price"], first["sku_discount_price"], first["sku_stock"]) == ("4.20", "3.90", True)
    assert first["barcode"] == "690123"
    assert [row["id"] for row in found["aeop_ae_product_s_k_us"]] == ["14:193", "14:10"]


async def test_a_product_without_variants_has_one_sku(shop: Client) -> None:
    one = {**sku("CF1231"), "sku_price": None, "aeop_s_k_u_property": []}
    found = await read(shop, await shop.post_offer(aeop_ae_product_s_k_us=[one], product_price="3.10"))
    assert [row["id"] for row in found["aeop_ae_product_s_k_us"]] == ["<none>"]
    assert found["product_price"] == found["aeop_ae_product_s_k_us"][0]["sku_price"] == "3.10"


async def test_old_stock_flag_stands_for_999(shop: Client) -> None:
    old = {**sku("CF1231"), "ipm_sku_stock": None, "sku_stock": True}
    found = await read(shop, await shop.post_offer(aeop_ae_product_s_k_us=[old]))
    assert found["aeop_ae_product_s_k_us"][0]["ipm_sku_stock"] == 999


async def test_weight_is_rounded_up(shop: Client) -> None:
    assert (await read(shop, await shop.post_offer(gross_weight="0.0441")))["gross_weight"] == "0.045"


async def test_legacy_product_in_all_families(shop: Client) -> None:
    result = await shop.result(LEGACY_POST, {"aeop_a_e_product": legacy(keyword="phone case")})
    assert result["is_success"] is True
    product_id = result["product_id"]
    old = await read(shop, product_id, LEGACY_FIND)
    assert (old["subject"], old["detail"], old["keyword"]) == (
        "Slim Matte Phone Case",
        "<p>Soft touch</p>",
        "phone case",
    )
    assert (old["success"], old["src"], old["is_image_dynamic"]) == (True, "isv", False)
    new = await read(shop, product_id)
    assert new["subject_list"] == [{"locale": "en_US", "value": "Slim Matte Phone Case"}]


async def test_solution_product_in_all_families(shop: Client) -> None:
    titles = [{"language": "en", "subject": "Case"}, {"language": "ru", "subject": "Чехол"}]
    document = solution(multi_language_subject_list=titles, group_id=262007001)
    product_id = (await shop.result(SOLUTION_POST, {"post_product_request": document}))["product_id"]
    found = await read(shop, product_id, SOLUTION_GET)
    assert found["multi_language_subject_list"][1] == {"locale": "ru_RU", "subject": "Чехол"}
    assert found["subject"] == "Case"
    assert found["detail"] == "<p>Soft</p>"
    first = found["aeop_ae_product_s_k_us"][0]
    assert first["aeop_s_k_u_property_list"] == [{"sku_property_id": COLOR, "property_value_id": BLACK}]
    assert (first["ipm_sku_stock"], first["sku_price"]) == (50, "4.20")
    assert found["aeop_ae_product_propertys"] == [{"attr_name": "Finish", "attr_value": "Matte"}]
    assert (await read(shop, product_id))["delivery_time"] == 5


async def test_solution_sku_attributes_by_id_keep_an_alias(shop: Client) -> None:
    part = {"sku_attribute_name_id": COLOR, "sku_attribute_value_id": BLACK, "sku_attribute_value": "Night"}
    first = {**solution()["sku_info_list"][0], "sku_attributes_list": [{**part, "sku_image_url": PICTURE}]}
    body = {"post_product_request": solution(sku_info_list=[first])}
    found = await read(shop, (await shop.result(SOLUTION_POST, body))["product_id"], SOLUTION_GET)
    shown = found["aeop_ae_product_s_k_us"][0]["aeop_s_k_u_property_list"][0]
    assert (shown["property_value_definition_name"], shown["sku_image"]) == ("Night", PICTURE)


DIRTY = (
    '<p onclick="x">Hi &amp; bye</p><script>alert(1)</script><style>p{}</style><pre>code</pre><input value="1">'
    '<iframe src="x">no</iframe><a href="https://evil.example/">a</a><a href="https://www.aliexpress.com/i">b</a>'
    '<img src="https://evil.example/1.jpg"><img src="https://ae01.alicdn.com/kf/1.jpg"/><button>go</button><br>'
)
CLEAN = (
    '<p onclick="x">Hi &amp; bye</p><a>a</a><a href="https://www.aliexpress.com/i">b</a>'
    '<img src="https://ae01.alicdn.com/kf/1.jpg"><br>'
)


async def test_html_is_cleaned_silently(shop: Client) -> None:
    product_id = (await shop.result(LEGACY_POST, {"aeop_a_e_product": legacy(detail=DIRTY)}))["product_id"]
    assert (await read(shop, product_id, LEGACY_FIND))["detail"] == CLEAN


async def test_modules_are_cleaned_too(shop: Client) -> None:
    modules = [
        {"type": "html", "html": {"content": DIRTY}},
        {"type": "text", "texts": [{"class": "body", "content": "x"}]},
    ]
    detail = json.dumps({"version": "2.0.0", "moduleList": modules})
    found = await read(shop, await shop.post_offer(detail_source_list=[{"locale": "en_US", "web_detail": detail}]))
    kept = json.loads(found["detail_source_list"][0]["web_detail"])["moduleList"]
    assert kept[0]["html"]["content"] == CLEAN
    assert kept[1] == modules[1]


@pytest.mark.parametrize("method", [OFFER_QUERY, SOLUTION_GET])
async def test_a_missing_product(shop: Client, method: str) -> None:
    assert await shop.code(method, {"product_id": 1005000000000001}) == "F00-00-10001-002"


async def test_a_missing_product_in_the_older_family(shop: Client) -> None:
    result = await read(shop, 1005000000000001, LEGACY_FIND)
    assert (result["success"], result["error_code"]) == (False, 13004000)


async def test_full_edit_loses_what_is_not_sent(shop: Client, clock: Turned) -> None:
    product_id = await settled(shop, clock, aeop_national_quote_configuration=QUOTES, sizechart_id=880100)
    changed = offer(product_id=product_id, delivery_time=7)
    assert (await shop.result(OFFER_EDIT, {"aeop_a_e_product": changed}))["product_id"] == product_id
    found = await read(shop, product_id)
    assert found["delivery_time"] == 7
    assert "aeop_national_quote_configuration" not in found
    assert "sizechart_id" not in found
    assert found["product_status_type"] == "auditing"


async def test_full_edit_with_everything_read_keeps_it(shop: Client, clock: Turned) -> None:
    product_id = await settled(shop, clock, aeop_national_quote_configuration=QUOTES)
    before = await read(shop, product_id)
    for row in before["aeop_ae_product_s_k_us"]:
        row["aeop_s_k_u_property"] = row.pop("aeop_s_k_u_property_list")
    await shop.result(OFFER_EDIT, {"aeop_a_e_product": before})
    after = await read(shop, product_id)
    for row in after["aeop_ae_product_s_k_us"]:
        row["aeop_s_k_u_property"] = row.pop("aeop_s_k_u_property_list")
    same = set(before) - {"gmt_modified", "product_status_type"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


async def test_the_older_edit_replaces_translations(shop: Client, clock: Turned) -> None:
    titles = [{"locale": "en_US", "value": "Case"}, {"locale": "ru_RU", "value": "Чехол"}]
    product_id = await settled(shop, clock, subject_list=titles)
    result = await shop.result(LEGACY_EDIT, {"aeop_a_e_product": legacy(product_id=product_id, subject="New case")})
    assert (result["is_success"], result["modify_count"]) == (True, 1)
    assert (await read(shop, product_id))["subject_list"] == [{"locale": "en_US", "value": "New case"}]


async def test_solution_edit_is_partial(shop: Client, clock: Turned) -> None:
    product_id = await settled(shop, clock, aeop_national_quote_configuration=QUOTES, group_id=262007001)
    await shop.result(SOLUTION_EDIT, {"edit_product_request": {"product_id": product_id, "shipping_lead_time": 3}})
    found = await read(shop, product_id)
    assert found["delivery_time"] == 3
    assert found["aeop_national_quote_configuration"] == QUOTES
    assert len(found["aeop_ae_product_s_k_us"]) == 2
    assert found["group_id"] == 262007001


async def test_solution_edit_replaces_the_whole_sku_list(shop: Client, clock: Turned) -> None:
    product_id = await settled(shop, clock)
    part = {"sku_attribute_name": "Color", "sku_attribute_value": "White", "sku_image": PICTURE}
    only = {"sku_code": "CF1231-WH", "price": "5", "inventory": 3, "sku_attributes_list": [part]}
    request = {"product_id": product_id, "sku_info_list": [only]}
    await shop.result(SOLUTION_EDIT, {"edit_product_request": request})
    found = (await read(shop, product_id))["aeop_ae_product_s_k_us"]
    assert [(row["sku_code"], row["sku_price"], row["ipm_sku_stock"]) for row in found] == [("CF1231-WH", "5.00", 3)]
    assert found[0]["aeop_s_k_u_property_list"][0]["sku_image"] == PICTURE
    clock.turn(2)
    assert await shop.ids(sku_code="CF1231-WH") == [product_id]
    assert await shop.ids(sku_code="CF1231-BK") == []


async def test_solution_edit_can_drop_country_prices(shop: Client, clock: Turned) -> None:
    prices = {"price_type": "absolute", "country_price_list": [{"ship_to_country": "ES"}]}
    body = {"post_product_request": solution(multi_country_price_configuration=prices)}
    product_id = (await shop.result(SOLUTION_POST, body))["product_id"]
    clock.turn(2)
    assert (await read(shop, product_id, SOLUTION_GET))["multi_country_price_configuration"] == prices
    drop = {"product_id": product_id, "multi_country_price_configuration": {"price_type": "delete"}}
    await shop.result(SOLUTION_EDIT, {"edit_product_request": drop})
    assert "multi_country_price_configuration" not in await read(shop, product_id, SOLUTION_GET)


async def test_an_edit_is_checked_like_a_create(shop: Client, clock: Turned) -> None:
    product_id = await settled(shop, clock)
    wrong = offer(product_id=product_id, delivery_time=0)
    assert await shop.code(OFFER_EDIT, {"aeop_a_e_product": wrong}) == "F00-00-10020-002"
    request = {"product_id": product_id, "package_length": 701}
    assert await shop.code(SOLUTION_EDIT, {"edit_product_request": request}) == "F00-00-10020-002"
    assert await shop.status(product_id) == "onSelling"


async def test_the_main_language_stays(shop: Client, clock: Turned) -> None:
    product_id = await settled(shop, clock)
    titles = [{"locale": "ru_RU", "value": "Чехол"}]
    changed = offer(product_id=product_id, locale="ru_RU", subject_list=titles)
    assert await shop.code(OFFER_EDIT, {"aeop_a_e_product": changed}) == "F00-00-10020-002"


async def test_an_edit_needs_a_product_of_the_store(shop: Client) -> None:
    assert await shop.code(OFFER_EDIT, {"aeop_a_e_product": offer(product_id=1005000000000001)}) == "F00-00-10001-002"
    assert await shop.code(OFFER_EDIT, {"aeop_a_e_product": offer()}) == "MissingParameter"


async def test_creation_times_are_beijing(shop: Client) -> None:
    """2023-11-14 22:13:20 UTC."""
    found = await read(shop, await shop.post_offer())
    assert found["gmt_create"] == found["gmt_modified"] == "2023-11-15 06:13:20"
    assert found["ws_offline_date"] == "2023-12-15 06:13:20"
