"""Editing parts, prices and stock by SKU id, schema documents, deleting (aliexpress-open-platform.md 5.2-5.6)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.practice_market.client import (
    BLACK,
    CERAMIC,
    COLOR,
    FOREIGN_TEMPLATE,
    LEGACY_FIND,
    MUGS,
    NEGATIVE_TEMPLATE,
    OFFER_QUERY,
    PICTURE,
    Client,
    Turned,
    sku,
)
from tests.unit.practice_market.test_feeds import instance

FIELD = "aliexpress.postproduct.redefining.editsimpleproductfiled"
LANGUAGE = "aliexpress.postproduct.redefining.editmultilanguageproduct"
ATTRIBUTES = "aliexpress.postproduct.redefining.editproductcategoryattributes"
CATEGORY = "aliexpress.postproduct.redefining.editproductcidattidsku"
RENEW = "aliexpress.postproduct.redefining.renewexpire"
DELETE = "aliexpress.solution.batch.product.delete"
ONE_PRICE = "aliexpress.postproduct.redefining.editsingleskuprice"
SOME_PRICES = "aliexpress.offer.product.skuprices.edit"
ONE_STOCK = "aliexpress.postproduct.redefining.editsingleskustock"
SOME_STOCKS = "aliexpress.postproduct.redefining.editmutilpleskustocks"
SCHEMA = "aliexpress.solution.product.schema.get"
INSTANCE = "aliexpress.solution.schema.product.instance.post"
FULL = "aliexpress.solution.schema.product.full.update"


@pytest.fixture
async def live(shop: Client, clock: Turned) -> int:
    """A product on sale, one variant of which has a discount."""
    skus = [sku("CF1231-BK", sku_discount_price="3.90"), sku("CF1231-RD", 10, "4.50", 20)]
    product_id = await shop.post_offer(aeop_ae_product_s_k_us=skus)
    clock.turn(2)
    assert await shop.status(product_id) == "onSelling"
    return product_id


async def read(shop: Client, product_id: int, method: str = OFFER_QUERY) -> dict[str, Any]:
    return await shop.result(method, {"product_id": product_id})


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("subject", "New Phone Case", "subject", "New Phone Case"),
        ("detail", "<p>New</p><script>x</script>", "detail", "<p>New</p>"),
        ("deliveryTime", "9", "delivery_time", 9),
        ("groupId", "262007021", "group_id", 262007021),
        ("freightTemplateId", str(NEGATIVE_TEMPLATE), "freight_template_id", NEGATIVE_TEMPLATE),
        ("packageLength", "20", "package_length", 20),
        ("grossWeight", "0.0501", "gross_weight", "0.051"),
        ("wsValidNum", "14", "ws_valid_num", 14),
        ("reduceStrategy", "payment_success_deduct", "reduce_strategy", "payment_success_deduct"),
        ("imageURLs", f"{PICTURE}:{PICTURE}", "image_u_r_ls", f"{PICTURE};{PICTURE}"),
        ("imageURLs", f"{PICTURE};{PICTURE}", "image_u_r_ls", f"{PICTURE};{PICTURE}"),
        ("promiseTemplateId", "510034", "promise_template_id", 510034),
    ],
)
async def test_one_field(shop: Client, live: int, name: str, value: str, field: str, expected: Any) -> None:
    result = await shop.result(FIELD, {"product_id": live, "fied_name": name, "fiedvalue": value})
    assert result == {"success": True, "modify_count": 1, "product_id": live}
    found = await read(shop, live, LEGACY_FIND)
    assert found[field] == expected
    assert found["product_status_type"] == "auditing", "content goes back into review"
    assert len(found["aeop_ae_product_s_k_us"]) == 2, "nothing else changed"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("colour", "red"),
        ("deliveryTime", "soon"),
        ("deliveryTime", "99"),
        ("freightTemplateId", str(FOREIGN_TEMPLATE)),
        ("subject", "x" * 129),
        ("groupId", "262009001"),
        ("imageURLs", "https://gone.invalid/1.jpg"),
    ],
)
async def test_a_wrong_field(shop: Client, live: int, name: str, value: str) -> None:
    result = await shop.result(FIELD, {"product_id": live, "fied_name": name, "fiedvalue": value})
    assert (result["success"], isinstance(result["error_code"], int)) == (False, True)
    assert await shop.status(live) == "onSelling"


async def test_a_language(shop: Client, live: int) -> None:
    info = {"locale": "ru_RU", "subject": "Чехол", "detail": "<p>Мягкий</p>"}
    values = {"product_id": live, "aeop_a_e_product_multilanguage_info": info}
    assert (await shop.result(LANGUAGE, values))["success"] is True
    found = await read(shop, live)
    assert {"locale": "ru_RU", "value": "Чехол"} in found["subject_list"]
    assert [item["locale"] for item in found["detail_source_list"]] == ["en_US", "ru_RU"]
    for locale in ("en_US", "xx_XX"):
        wrong = {"product_id": live, "aeop_a_e_product_multilanguage_info": {**info, "locale": locale}}
        assert (await shop.result(LANGUAGE, wrong))["success"] is False


async def test_attributes(shop: Client, live: int) -> None:
    said = [{"attr_name_id": 3, "attr_value": "CF9"}]
    assert (await shop.result(ATTRIBUTES, {"product_id": live, "product_category_attributes": said}))["success"] is True
    assert (await read(shop, live))["aeop_ae_product_propertys"] == said
    wrong = {"product_id": live, "product_category_attributes": [{"attr_name_id": COLOR, "attr_value_id": BLACK}]}
    assert (await shop.result(ATTRIBUTES, wrong))["success"] is False


async def test_category_attributes_and_skus_together(shop: Client, live: int) -> None:
    values = {
        "product_id": live,
        "category_id": MUGS,
        "product_properties": [{"attr_name_id": 10, "attr_value_id": CERAMIC}],
        "product_skus": [sku("M1")],
    }
    assert (await shop.result(CATEGORY, {**values, "product_properties": []}))["success"] is False
    assert (await shop.result(CATEGORY, values))["success"] is True
    found = await read(shop, live)
    assert (found["category_id"], [row["sku_code"] for row in found["aeop_ae_product_s_k_us"]]) == (MUGS, ["M1"])


async def prices(shop: Client, product_id: int) -> list[tuple[str, str | None, int]]:
    rows = (await read(shop, product_id))["aeop_ae_product_s_k_us"]
    return [(row["sku_price"], row.get("sku_discount_price"), row["ipm_sku_stock"]) for row in rows]


async def test_prices_by_sku_id(shop: Client, live: int) -> None:
    values = {"product_id": live, "sku_id": f"{COLOR}:{BLACK}", "sku_price": "5.00"}
    assert (await shop.result(ONE_PRICE, {**values, "sale_price": "4.80"}))["modify_count"] == 1
    assert (await prices(shop, live))[0] == ("5.00", "4.80", 50)
    await shop.result(SOME_PRICES, {"product_id": live, "sku_id_price_map": {f"{COLOR}:{BLACK}": "6", "14:10": 7}})
    assert [row[:2] for row in await prices(shop, live)] == [("6.00", None), ("7.00", None)]
    assert (await shop.result(ONE_PRICE, {**values, "sku_id": "14:1"}))["error_code"] == 13002002
    assert await shop.status(live) == "onSelling", "prices need no review"


async def test_stock_by_sku_id(shop: Client, live: int) -> None:
    assert (await shop.result(ONE_STOCK, {"product_id": live, "sku_id": "14:10", "ipm_sku_stock": 0}))["success"]
    assert [row[2] for row in await prices(shop, live)] == [50, 0]
    body = await shop.result(SOME_STOCKS, {"product_id": live, "sku_stocks": {"14:193": 0, "14:10": 0}})
    assert body["error_code"] == 13004001, "not all of them"
    await shop.result(SOME_STOCKS, {"product_id": live, "sku_stocks": {"14:193": 3, "14:10": 4}})
    assert [row[2] for row in await prices(shop, live)] == [3, 4]
    assert [row["kind"] for row in await shop.writes(subject=live)] == ["create", "stock", "stock"]


async def test_a_product_without_variants_by_either_key(shop: Client, clock: Turned) -> None:
    product_id = await shop.post_offer(aeop_ae_product_s_k_us=[{**sku("A"), "aeop_s_k_u_property": []}])
    for key, price in (("<none>", "5.00"), ("", "6.00")):
        values = {"product_id": product_id, "sku_id_price_map": {key: price}}
        assert (await shop.result(SOME_PRICES, values))["success"] is True
        assert (await prices(shop, product_id))[0][0] == price


async def test_renewing(shop: Client, live: int, clock: Turned) -> None:
    before = (await read(shop, live))["ws_offline_date"]
    clock.turn(86_400)
    assert (await shop.result(RENEW, {"product_id": live}))["is_success"] is True
    assert (await read(shop, live))["ws_offline_date"] > before


async def test_deleting(shop: Client, live: int) -> None:
    other = await shop.post_offer()
    missing = 1005000000000001
    assert await shop.code(DELETE, {"product_ids": f"{live},{missing}"}) == "F00-00-10001-002"
    assert len(await shop.held()) == 2, "all or none"
    assert (await shop.call(DELETE, {"product_ids": f"{live},{other}"}))["success"] == "true"
    assert await shop.code(OFFER_QUERY, {"product_id": live}) == "F00-00-10001-002"
    assert await shop.ids() == []
    third = await shop.post_offer()
    assert third > other, "an id is never used again"
    await shop.switch(promotion_products=[third])
    assert await shop.code("aliexpress.offer.product.delete", {"product_id": third}) == "13001030"
    await shop.switch(promotion_products=None)
    assert (await shop.call("aliexpress.offer.product.delete", {"product_id": third}))["product_id"] == third


async def test_schema_documents(shop: Client, clock: Turned) -> None:
    schema = json.loads((await shop.result(SCHEMA, {"aliexpress_category_id": MUGS}))["schema"])
    assert schema["properties"]["category_attributes"]["required"] == ["Material"]
    values = schema["properties"]["category_attributes"]["properties"]["Material"]["properties"]["value"]["oneOf"]
    assert {"const": str(CERAMIC), "title": "Ceramic"} in values
    document = instance("M1", category_id=MUGS, category_attributes={"Material": {"value": str(CERAMIC)}})
    product_id = (await shop.result(INSTANCE, {"product_instance_request": document}))["product_id"]
    assert await shop.code(INSTANCE, {"product_instance_request": {**document, "colour": 1}}) == "F00-00-10020-002"
    clock.turn(2)
    changed = {**document, "aliexpress_product_id": product_id, "shipping_preparation_time": 9}
    await shop.result(FULL, {"schema_full_update_request": changed})
    assert (await read(shop, product_id))["delivery_time"] == 9
    result = await shop.result(SCHEMA, {"aliexpress_category_id": 44})
    assert (result["success"], result["error_code"]) == (False, "F00-00-10020-004")
