"""What a store is made of: categories, groups, templates, profile.

Source: aliexpress-open-platform.md 5.7, 5.8, 5.12, 5.14, 5.19, 5.20.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from tests.unit.practice_market.client import FOREIGN_TEMPLATE, LEAF, MUGS, OFFER_QUERY, TEMPLATE, Client, Turned

CHILDREN = "aliexpress.category.redefining.getchildrenpostcategorybyid"
ONE = "aliexpress.category.redefining.getpostcategorybyid"
ATTRIBUTES = "aliexpress.category.redefining.getallchildattributesresult"
ATTRIBUTES_BY_PATH = "aliexpress.category.redefining.getchildattributesresultbypostcateidandpath"
TREE = "aliexpress.product.productgroups.get"
TOP_GROUPS = "aliexpress.postproduct.redefining.getproductgrouplist"
SET_GROUPS = "aliexpress.postproduct.redefining.setgroups"
FREIGHT = "aliexpress.freight.redefining.listfreighttemplate"
SETTINGS = "aliexpress.freight.redefining.getfreightsettingbytemplatequery"
PROMISES = "aliexpress.postproduct.redefining.querypromisetemplatebyid"


async def children(shop: Client, parent_id: int) -> list[dict[str, Any]]:
    found = await shop.result(CHILDREN, {"param0": parent_id})
    rows: list[dict[str, Any]] = found.get("aeop_post_category_list", [])
    return rows


async def test_the_tree_has_three_levels_and_about_sixty_leaves(shop: Client) -> None:
    leaves, levels, todo = [], set(), [0]
    while todo:
        for row in await children(shop, todo.pop()):
            levels.add(row["level"])
            names = json.loads(row["names"])
            assert names["en"].isascii()
            assert names["zh"]
            (leaves if row["isleaf"] else todo).append(row["id"])
    assert levels == {1, 2, 3}
    assert len(leaves) == len(set(leaves)) >= 60


async def test_one_category_and_a_leaf_without_children(shop: Client) -> None:
    assert await children(shop, LEAF) == []
    row = (await shop.result(ONE, {"param0": LEAF}))["aeop_post_category_list"][0]
    assert (row["id"], row["isleaf"], row["level"]) == (LEAF, True, 3)
    assert await shop.code(ONE, {"param0": 5}) == "isv.invalid-parameter"


@pytest.mark.parametrize(
    ("method", "params"),
    [
        (ATTRIBUTES, {"cate_id": MUGS}),
        (ATTRIBUTES_BY_PATH, {"param1": MUGS}),
        (ATTRIBUTES_BY_PATH, {"param1": str(MUGS), "param2": "[]"}),
    ],
)
async def test_attributes_of_a_leaf(shop: Client, method: str, params: dict[str, Any]) -> None:
    rows = (await shop.result(method, params))["attributes"]
    by_id = {row["id"]: row for row in rows}
    material, color, ships_from = by_id[10], by_id[14], by_id[200007763]
    assert (material["required"], material["sku"], json.loads(material["names"])["zh"]) == (True, False, "材质")
    assert "spec" not in material
    assert (color["spec"], color["sku_style_value"], color["customized_name"], color["customized_pic"]) == (
        1,
        "COLOUR_ATLA",
        True,
        True,
    )
    assert len(color["values"]) >= 20
    assert {value["id"] for value in ships_from["values"]} >= {201336100, 201336104, 201336106, 203124900}
    assert ships_from["customized_name"] is False


async def test_attributes_have_element_keys(shop: Client) -> None:
    body = await shop.call(ATTRIBUTES, {"cate_id": MUGS}, simplify=False)
    result = body["aliexpress_category_redefining_getallchildattributesresult_response"]["result"]
    rows = result["attributes"]["aeop_attribute_dto"]
    assert rows[0]["values"]["aeop_attr_value_dto"][0]["id"] == 201512802
    assert "values" not in next(row for row in rows if row["id"] == 3), "free text has no values"


async def test_no_value_has_attributes_of_its_own(shop: Client) -> None:
    found = await shop.result(ATTRIBUTES_BY_PATH, {"param1": MUGS, "param2": '["14=193"]'})
    assert found == {"success": True}


async def test_groups(shop: Client) -> None:
    tree = (await shop.result(TREE))["target_list"]
    cables = next(row for row in tree if row["group_name"] == "Cables & Chargers")
    assert [row["group_id"] for row in cables["child_group_list"]] == [262007021, 262007022]
    assert "child_group_list" not in next(row for row in tree if row["group_name"] == "Audio")
    top = await shop.result(TOP_GROUPS)
    assert [row["group_id"] for row in top["target_list"]] == [row["group_id"] for row in tree]


async def test_binding_groups(shop: Client, clock: Turned) -> None:
    product_id = await shop.post_offer(group_id=262007001)
    clock.turn(2)
    values = {"product_id": product_id, "group_ids": "262007021,262007003"}
    assert (await shop.result(SET_GROUPS, values))["target_list"] == [262007021, 262007003]
    found = await shop.result(OFFER_QUERY, {"product_id": product_id})
    assert found["group_ids"] == [262007021, 262007003]
    assert found["product_status_type"] == "onSelling", "groups need no review"
    assert await shop.ids(group_id=262007002) == [product_id]


@pytest.mark.parametrize("group_ids", ["262009001", "nine", ",".join(["262007001"] * 31)])
async def test_binding_groups_is_checked(shop: Client, group_ids: str) -> None:
    product_id = await shop.post_offer()
    result = await shop.result(SET_GROUPS, {"product_id": product_id, "group_ids": group_ids})
    assert result["success"] is False
    assert result["error_code"]


async def test_freight_templates_belong_to_a_store(
    market: PracticeMarket, http: aiohttp.ClientSession, clock: Turned
) -> None:
    ids = []
    for store in (0, 1):
        body = await Client(market, http, clock, store).call(FREIGHT)
        assert body["result_success"] is True
        rows = body["aeop_freight_template_d_t_o_list"]
        assert (rows[0]["template_id"], rows[0]["is_default"]) == (1000, True)
        assert any(row["template_id"] < 0 for row in rows)
        ids.append({row["template_id"] for row in rows})
    assert ids[0] & ids[1] == {1000}
    assert TEMPLATE in ids[0]
    assert FOREIGN_TEMPLATE in ids[1]


async def test_the_settings_of_a_template(shop: Client) -> None:
    body = await shop.call(SETTINGS, {"template_id": TEMPLATE}, simplify=False)
    answer = body["aliexpress_freight_redefining_getfreightsettingbytemplatequery_response"]
    assert (answer["is_success"], answer["template_name"], answer["template_id"]) == (True, "小件普货", TEMPLATE)
    carriers = answer["freight_setting_list"]["aeop_freight_setting"]
    standard = carriers[0]
    assert standard["template"]["logistics_company"] == "CAINIAO_STANDARD"
    assert standard["template"]["standard_shipping_discount"] == 30
    own = standard["selfdefine_list"]["aeop_freight_selfdefine"][0]
    bands = own["self_define_weight_list"]["aeop_freight_selfdefine_weight"]
    assert [band["start_weight"] for band in bands] == [0, 0.5, 2]
    assert all(first["end_weight"] == second["start_weight"] for first, second in pairwise(bands))
    assert "selfdefine_list" not in carriers[1]


async def test_settings_by_pieces_and_groups_of_countries(shop: Client) -> None:
    liquid = (await shop.call(SETTINGS, {"template_id": 700126549}))["freight_setting_list"]
    assert liquid[0]["selfdefine_list"][0]["custom_freight_type"] == "order_num"
    battery = (await shop.call(SETTINGS, {"template_id": 700126541}))["freight_setting_list"]
    assert [row["self_standard_discount"] for row in battery[0]["selfstandard_list"]] == [10, 5]


async def test_a_template_of_another_store_is_not_shown(shop: Client) -> None:
    body = await shop.call(SETTINGS, {"template_id": FOREIGN_TEMPLATE})
    assert body["is_success"] is False
    assert str(FOREIGN_TEMPLATE) in body["error_desc"]


async def test_service_templates(shop: Client) -> None:
    assert [row["id"] for row in (await shop.result(PROMISES, {"template_id": -1}))["template_list"]] == [0, 510034]
    assert [row["id"] for row in (await shop.result(PROMISES, {"template_id": 0}))["template_list"]] == [0]


async def test_profiles(shop: Client, clock: Turned) -> None:
    await shop.post_offer()
    await shop.switch(product_limit=3000)
    clock.turn(2)
    profile = (await shop.call("aliexpress.merchant.profile.get"))["profile"]
    assert profile == {
        "seller_id": 240017301,
        "online_store_product_number": "1",
        "auth_store_product_number": "0",
        "limit_store_product_number": "3000",
        "country": "CN",
        "quotation_currency": "USD",
    }
    shown = await shop.call("aliexpress.solution.merchant.profile.get")
    assert (shown["shop_name"], shown["shop_id"]) == ("Chenfan Digital", 240017301)
