"""Size charts, groups, category facts, photobank, parts of orders, promotions (aliexpress-open-platform.md 5)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.practice_market.client import LEAF, MUGS, OFFER_QUERY, Client, Turned, png

CHARTS = "aliexpress.postproduct.redefining.getsizechartinfobycategoryid"
TEMPLATES = "aliexpress.offer.redefining.getsizetemplatesbycategoryid"
SET_CHART = "aliexpress.postproduct.redefining.setsizechart"
COPY_CHART = "aliexpress.offer.redefining.copysizetemplate"
MAKE_GROUP = "aliexpress.postproduct.redefining.createproductgroup"
GROUPS_OF = "aliexpress.postproduct.redefining.queryproductgroupidbyproductid"
TREE = "aliexpress.solution.seller.category.tree.query"
MAP = "aliexpress.category.tree.list"
SALE = "aliexpress.solution.sku.attribute.query"
SIMPLE = "aliexpress.trade.redefining.findorderlistsimplequery"
PHOTOS = "aliexpress.photobank.redefining."
SINCE = {"create_date_start": "2023-06-01 00:00:00", "page_size": 50}
T_SHIRTS, FORBIDDEN, FOREIGN_CHART = 200007101, 200009102, 880201


async def test_size_charts(shop: Client, clock: Turned) -> None:
    listed = (await shop.result(CHARTS, {"category_id": LEAF}))["sizechart_d_t_o_list"]
    assert listed == [{"sizechart_id": 880100, "name": "Phone models", "model_name": "Phone", "is_default": False}]
    page = await shop.result(TEMPLATES, {"leaf_category_id": T_SHIRTS, "current_page": 1})
    assert (page["total"], page["sizechart_d_t_o_list"][0]["is_default"]) == (1, "true")
    product_id = await shop.post_offer()
    clock.turn(2)
    bound = await shop.result(SET_CHART, {"product_id": product_id, "sizechart_id": 880100})
    assert bound["is_success"] is True
    assert (await shop.result(OFFER_QUERY, {"product_id": product_id}))["sizechart_id"] == 880100
    for chart in (FOREIGN_CHART, 880102):
        wrong = await shop.result(SET_CHART, {"product_id": product_id, "sizechart_id": chart})
        assert wrong["is_success"] is False, "another store's, another category's"
    copied = (await shop.result(COPY_CHART, {"size_template_id": 880102, "target_leaf_id": LEAF}))["size_template_id"]
    assert (await shop.result(SET_CHART, {"product_id": product_id, "sizechart_id": copied}))["is_success"] is True
    assert (await shop.result(COPY_CHART, {"size_template_id": FOREIGN_CHART, "target_leaf_id": LEAF}))[
        "is_success"
    ] is False


async def test_groups(shop: Client) -> None:
    top = await shop.result(MAKE_GROUP, {"name": "Summer", "parent_id": 0})
    below = await shop.result(MAKE_GROUP, {"name": "Hats", "parent_id": top["target"]})
    assert isinstance(below["target"], str)
    product_id = await shop.post_offer(group_id=int(below["target"]))
    held = (await shop.result(GROUPS_OF, {"product_id": product_id}))["target_list"]
    assert held == [{"group_id": below["target"]}]
    for values in ({"name": "x" * 51, "parent_id": 0}, {"name": "帽子", "parent_id": 0}):
        assert (await shop.result(MAKE_GROUP, values))["success"] is False
    assert (await shop.result(MAKE_GROUP, {"name": "Third", "parent_id": below["target"]}))["success"] is False


async def test_categories_of_the_overseas_family(shop: Client) -> None:
    roots = (await shop.call(TREE, {"category_id": 0, "filter_no_permission": False}))["children_category_list"]
    assert json.loads(roots[0]["multi_language_names"]).keys() == {"en", "zh"}
    assert roots[0]["level"] == 1
    maps = (await shop.call(MAP, {"category_id": 0}))["aeop_post_category_list"]
    assert maps[0]["names"] == json.loads(roots[0]["multi_language_names"])
    parent = 200084091
    all_of_them, permitted = [
        {row["children_category_id"] for row in body.get("children_category_list", [])}
        for body in [
            await shop.call(TREE, {"category_id": parent, "filter_no_permission": flag}) for flag in (False, True)
        ]
    ]
    assert all_of_them - permitted == {FORBIDDEN}
    assert permitted
    body = await shop.result(SALE, {"query_sku_attribute_info_request": {"aliexpress_category_id": LEAF}})
    colours = body["supporting_sku_attribute_list"][0]
    assert (colours["aliexpress_sku_name"], colours["support_customized_picture"]) == ("Color", True)
    assert "Brand Name" in {row["aliexpress_common_attribute_name"] for row in body["supporting_common_attribute_list"]}


async def test_what_else_a_category_asks_for(shop: Client) -> None:
    sized = "aliexpress.category.redefining.sizemodelsrequiredforpostcat"
    assert (await shop.call(sized, {"param0": T_SHIRTS}))["result"] is True
    assert (await shop.call(sized, {"param0": MUGS}))["result"] is False
    papers = "aliexpress.category.qualifications.list"
    assert (await shop.call(papers, {"category_id": 200001904}))["support"] is True
    assert (await shop.call(papers, {"category_id": MUGS}))["support"] is False
    persons = await shop.call("aliexpress.category.eu.responsible.persons.list", {"category_id": LEAF})
    assert persons["eu_contact_module_list"][0]["msr_eu_id"] > 0
    assert await shop.code(papers, {"category_id": 44}) == "F00-00-10020-004"


async def test_the_photobank(shop: Client) -> None:
    used = (await shop.upload(png(shade=1), "a.png", group_id="7"))["result"]["photobank_url"]
    free = (await shop.upload(png(shade=2), "b.png"))["result"]["photobank_url"]
    await shop.post_offer(image_u_r_ls=used)
    groups = (await shop.result(PHOTOS + "listgroup"))["photo_bank_image_group_list"]
    assert groups == [{"group_id": "7", "group_name": "7"}]
    found = json.loads((await shop.result(PHOTOS + "queryphotobankimagebypaths", {"paths": [used, free]}))["images"])
    ids = {image["url"]: image["iid"] for image in found}
    assert {image["url"]: image["reference_count"] for image in found} == {used: 1, free: 0}
    for address, is_deleted in ((used, False), (free, True), (free, False)):
        request = {"aeop_delete_image_request": {"image_repository_id": ids[address]}}
        assert (await shop.result(PHOTOS + "delunusephoto", request))["is_success"] is is_deleted
    assert [row["kind"] for row in await shop.writes() if "image" in row["kind"]] == ["image_delete"]


async def test_the_light_order_list(full: Client) -> None:
    body = await full.result(SIMPLE, {"param1": {**SINCE, "page": 1}})
    whole = await full.result("aliexpress.solution.order.get", SINCE)
    assert body["total_item"] == whole["total_count"]
    light, row = body["order_list"][0], whole["target_list"][0]
    assert light["order_id"] == row["order_id"]
    assert light["product_list"][0]["product_unit_price"] == row["product_list"][0]["product_unit_price"]["amount"]


@pytest.fixture
async def order_id(full: Client) -> int:
    """An order that waits to be sent."""
    query = {**SINCE, "order_status": "WAIT_SELLER_SEND_GOODS"}
    return int((await full.result("aliexpress.solution.order.get", query))["target_list"][0]["order_id"])


async def test_an_order_in_parts(full: Client, order_id: int) -> None:
    param: dict[str, Any] = {"param1": {"order_id": order_id}}
    whole = (await full.result("aliexpress.solution.order.info.get", param))["data"]
    base = await full.result("aliexpress.trade.redefining.findorderbaseinfo", param)
    assert base["order_status"] == whole["order_status"] == "WAIT_SELLER_SEND_GOODS"
    trade = await full.result("aliexpress.trade.redefining.findordertradeinfo", param)
    assert (trade["order_amount"], trade["order_amount_cur"]) == (whole["order_amount"]["amount"], "USD")
    assert trade["child_order_list"][0]["product_price"] == whole["child_order_list"][0]["product_price"]["amount"]
    open_address = await full.result("aliexpress.solution.order.receiptinfo.get", param)
    assert {name: open_address[name] for name in whole["receipt_address"]} == whole["receipt_address"]
    masked = await full.result("aliexpress.trade.redefining.findorderreceiptinfo", param)
    assert masked["contact_person"] == open_address["contact_person"][0] + "***"
    assert masked["oaid"]
    assert await full.code("aliexpress.trade.redefining.findorderbaseinfo", {"param1": {"order_id": 1}}) == "-999"


async def test_declared_shipments(full: Client, order_id: int) -> None:
    method = "aliexpress.logistics.querysellershipmentinfo"
    assert "sub_trade_order_list" not in await full.call(method, {"trade_order_id": order_id})
    said = {"out_ref": str(order_id), "send_type": "all", "service_name": "EMS", "logistics_no": "EE123456789CN"}
    await full.result("aliexpress.solution.order.fulfill", said)
    found = (await full.call(method, {"trade_order_id": order_id}))["sub_trade_order_list"][0]
    assert (found["send_type"], found["shipment_list"][0]["logistics_no"]) == ("all", "EE123456789CN")
    assert (await full.writes(kind="shipment"))[0]["said"]["logistics_no"] == "EE123456789CN"
    asked = {**{name: said[name] for name in ("out_ref", "service_name", "logistics_no")}, "origin": "ESCROW"}
    track = "aliexpress.logistics.redefining.querytrackingresult"
    assert (await full.call(track, {**asked, "to_area": "ES"}))["details"] == [
        {"event_date": "2023-11-14 14:13:20", "event_desc": "Parcel handed over", "action_code": "CONSIGN"}
    ]
    unknown = await full.call(track, {**asked, "logistics_no": "EE000000000CN"})
    assert (unknown["result_success"], unknown["error_desc"].split()[2]) == (False, "EE000000000CN")
    refused = await full.call(method, {"trade_order_id": 1})
    assert refused["result_success"] is False


async def test_promotions_asked_beforehand(shop: Client) -> None:
    method, product_id = "aliexpress.marketing.storepromotions.querybyproduct", await shop.post_offer()
    assert "promotion_list" not in await shop.call(method, {"product_id": product_id})
    await shop.switch(promotion_products=[product_id])
    assert (await shop.call(method, {"product_id": product_id}))["promotion_list"][0]["status"] == "Ongoing"
