"""Orders, categories, groups, templates, carriers and pictures against the stub."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from app.services.marketplace.aliexpress import AliExpressMarketplace
from app.services.marketplace.order_records import ShipmentNotice
from app.services.marketplace.port import (
    Refused,
    RemoteAttributeValue,
    RemoteCategory,
    RemoteGroup,
    TemporaryFault,
    Unanswered,
    UploadedImage,
)
from app.services.marketplace.records import (
    RemoteCarrier,
    RemotePromiseTemplate,
    SizeChart,
    StoreProfile,
    TrackingEvent,
)
from tests.unit.marketplace.stub import CUT, START, FakeClock, Seen, StubMarket, refusal, sample

ORDERS = "solution.order.get"


def orders(*ids: int, pages: int = 1, total: int | None = None, **fields: Any) -> dict[str, Any]:
    rows = [{"order_id": order_id, "order_status": "FINISH", **fields} for order_id in ids]
    return {
        "result": {
            "success": True,
            "target_list": rows,
            "total_page": pages,
            "total_count": len(ids) if total is None else total,
        }
    }


class TestOrders:
    async def test_the_recorded_order(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer(ORDERS, lambda seen: orders(pages=0) if "order_status" in seen.params else recorded())

        result = await store.list_orders(created_from=START - timedelta(days=5), created_to=START)

        (order,) = result.rows
        assert (order.order_id, order.status) == ("8123456789012345", "WAIT_SELLER_SEND_GOODS")
        assert order.created_at == datetime(2023, 11, 15, 5, 5, 33, tzinfo=UTC)
        assert order.paid_at == datetime(2023, 11, 15, 5, 6, 10, tzinfo=UTC)
        assert order.deadline_at == START + timedelta(days=2, hours=4, minutes=11)
        assert (order.amount_minor, order.currency, order.buyer_name) == (2340, "USD", "Jane Roe")
        (line,) = order.lines
        assert (line.line_id, line.product_id) == ("8123456789022345", "1005001234560001")
        assert (line.sku_code, line.quantity, line.unit_price_minor, line.currency) == ("MUG-BLK-ES", 2, 1000, "USD")
        assert line.status == "WAIT_SELLER_SEND_GOODS"
        assert order.raw["payment_type"] == "ebanx101"

    async def test_open_orders_come_first_and_finished_ones_are_asked_for(
        self, store: AliExpressMarketplace, market: StubMarket
    ) -> None:
        def answer(seen: Seen) -> dict[str, Any]:
            page = int(seen.params["current_page"])
            if seen.params.get("order_status") == "FINISH":
                return orders(100 + page, pages=1, total=1)
            return orders(page, pages=2, total=2)

        market.answer(ORDERS, answer)
        window = {"created_from": START - timedelta(days=5), "created_to": START}

        pages = [await store.list_orders(**window, page=page, page_size=80) for page in (1, 2, 3, 4)]

        assert [[order.order_id for order in page.rows] for page in pages] == [["1"], ["2"], ["101"], []]
        assert {(page.pages, page.total) for page in pages} == {(3, 3)}
        first = market.seen[0].params
        assert (first["create_date_start"], first["create_date_end"]) == ("2026-02-24 20:00:00", "2026-03-01 20:00:00")
        assert first["page_size"] == "50"
        assert "order_status" not in first

    async def test_the_first_page_counts_anew(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        window = {"created_from": START - timedelta(days=5), "created_to": START}
        market.answer(ORDERS, orders(1))
        before = await store.list_orders(**window)

        market.answer(ORDERS, lambda seen: orders(1, pages=3 if "order_status" in seen.params else 2, total=9))
        after = await store.list_orders(**window)

        assert (before.pages, before.total) == (2, 2)
        assert (after.pages, after.total) == (5, 18)

    async def test_a_run_may_go_on_at_a_later_page(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer(ORDERS, lambda seen: orders(int(seen.params["current_page"]), pages=2))

        result = await store.list_orders(created_from=START - timedelta(days=1), created_to=START, page=2)

        assert [order.order_id for order in result.rows] == ["2"]
        assert result.pages == 4

    async def test_long_windows_are_asked_for_in_spans(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer(ORDERS, orders(pages=0))

        await store.list_orders(created_from=START - timedelta(days=200), created_to=START)

        spans = [(seen.params.get("order_status"), seen.params["create_date_start"][:10]) for seen in market.seen]
        assert [status for status, _ in spans].count(None) == 2
        assert [status for status, _ in spans].count("FINISH") == 7
        assert spans[0] == (None, "2025-08-13")
        ends = [seen.params["create_date_end"] for seen in market.seen]
        starts = [seen.params["create_date_start"] for seen in market.seen]
        assert ends[0] == starts[1]
        assert starts[2] == starts[0]
        assert ends[1] == ends[-1]

    @pytest.mark.parametrize(
        ("fields", "deadline"),
        [
            ({"order_status": "WAIT_SELLER_SEND_GOODS", "timeout_left_time": 60_000}, timedelta(minutes=1)),
            ({"order_status": "SELLER_PART_SEND_GOODS", "left_send_good_day": "1"}, timedelta(days=1)),
            ({"order_status": "WAIT_SELLER_SEND_GOODS"}, None),
            ({"order_status": "WAIT_BUYER_ACCEPT_GOODS", "timeout_left_time": 60_000}, None),
            ({"order_status": "WAIT_SELLER_SEND_GOODS", "timeout_left_time": -60_000}, timedelta(minutes=-1)),
        ],
    )
    async def test_the_deadline_is_the_time_left_to_ship(
        self, store: AliExpressMarketplace, market: StubMarket, fields: dict[str, Any], deadline: timedelta | None
    ) -> None:
        market.answer(
            ORDERS, lambda seen: orders(1, **fields) if "order_status" not in seen.params else orders(pages=0)
        )

        result = await store.list_orders(created_from=START - timedelta(days=1), created_to=START)

        assert result.rows[0].deadline_at == (None if deadline is None else START + deadline)

    async def test_what_is_missing_is_unknown(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer(ORDERS, orders(1, product_list={"order_product_dto": [{"child_id": 2}]}))

        (order,) = (await store.list_orders(created_from=START, created_to=START)).rows

        assert (order.amount_minor, order.currency, order.paid_at) == (None, "", None)
        assert (order.lines[0].unit_price_minor, order.lines[0].quantity) == (None, None)

    async def test_an_order_that_makes_no_sense_is_not_swallowed(
        self, store: AliExpressMarketplace, market: StubMarket
    ) -> None:
        market.answer(ORDERS, orders(1, gmt_create="yesterday"))

        with pytest.raises(Unanswered) as caught:
            await store.list_orders(created_from=START, created_to=START)
        assert caught.value.params["part"] == "gmt_create"
        assert "yesterday" not in str(caught.value)


def recorded() -> dict[str, Any]:
    document: dict[str, Any] = sample("order-get")["body"]
    return document


class TestShipments:
    NOTICE = ShipmentNotice(
        "8123456789012345", "CAINIAO_STANDARD", "LP00123456789012", tracking_url="https://t.example"
    )

    async def test_a_notice(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer("sellershipmentfortop", {"result_success": True, "request_id": "r"})

        await store.declare_shipment(self.NOTICE)

        sent = market.seen[0].params
        assert (sent["out_ref"], sent["send_type"]) == ("8123456789012345", "all")
        assert (sent["service_name"], sent["logistics_no"]) == ("CAINIAO_STANDARD", "LP00123456789012")
        assert sent["tracking_website"] == "https://t.example"
        assert "description" not in sent

    async def test_a_refused_notice_says_why(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer("sellershipmentfortop", sample("order-fulfill")["bodies"][1])

        with pytest.raises(Refused) as caught:
            await store.declare_shipment(self.NOTICE)
        assert caught.value.error_code == "marketplace.order_not_shippable"

    async def test_a_notice_without_answer_is_not_repeated(
        self, store: AliExpressMarketplace, market: StubMarket
    ) -> None:
        market.answer("sellershipmentfortop", CUT)

        with pytest.raises(Unanswered):
            await store.declare_shipment(self.NOTICE)
        assert len(market.seen) == 1

    async def test_a_change_names_old_and_new(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer("sellermodifiedshipmentfortop", {"result_success": True})
        part = ShipmentNotice("8123456789012345", "EMS", "EE123456789CN", is_complete=False)

        await store.change_shipment("CAINIAO_STANDARD", "LP00123456789012", part)

        sent = market.seen[0].params
        names = ("old_service_name", "old_logistics_no", "new_service_name", "new_logistics_no", "send_type")
        assert [sent[name] for name in names] == [
            "CAINIAO_STANDARD",
            "LP00123456789012",
            "EMS",
            "EE123456789CN",
            "part",
        ]
        assert not {"service_name", "logistics_no"} & set(sent)

    async def test_carriers(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        row = {"service_name": "EMS", "display_name": "EMS", "logistics_company": "EMS", "min_process_day": 1}
        market.answer(
            "listlogisticsservice",
            {
                "aliexpress_logistics_redefining_listlogisticsservice_response": {
                    "result_success": True,
                    "result_list": {"aeop_logistics_service_result": [{**row, "tracking_no_regex": "^E.{12}$"}]},
                }
            },
        )

        assert await store.carriers() == (RemoteCarrier("EMS", "EMS", "EMS", "^E.{12}$", 1, None),)


class TestCategories:
    async def test_children_have_names_in_json_text(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        child = {"id": 44, "isleaf": "false", "level": 1, "names": '{"en":"Home","zh":"家居"}', "features": "{}"}
        market.answer("getchildrenpostcategorybyid", {"result": {"success": True, "aeop_post_category_list": [child]}})

        assert await store.category_children() == (RemoteCategory("44", "0", "Home", "家居", False, 1),)
        assert market.seen[0].params["param0"] == "0"

    async def test_attributes_and_sale_properties(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer("getchildattributesresultbypostcateidandpath", sample("category-attributes"))

        material, colour, ships_from = await store.category_attributes("200000346")

        assert (material.attribute_id, material.is_required, material.is_sku) == ("10", True, False)
        assert (material.show_type, material.order, material.name_zh) == ("check_box", 0, "材质")
        assert material.values[1] == RemoteAttributeValue("4", "Other", "其他")
        assert (colour.is_sku, colour.order, colour.allows_custom_name) == (True, 1, True)
        assert ships_from.values[1] == RemoteAttributeValue("201336104", "SPAIN", "")
        assert market.seen[0].params["param1"] == "200000346"

    async def test_groups_come_parents_first(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        inner = {"group_id": 2, "group_name": "Cups"}
        tree = [
            {"group_id": 1, "group_name": "Kitchen", "child_group_list": {"aeop_ae_product_child_group": [inner]}},
            {"group_id": 3, "group_name": "Garden"},
        ]
        market.answer("productgroups.get", {"result": {"target_list": {"aeop_ae_product_tree_group": tree}}})

        assert await store.product_groups() == (
            RemoteGroup("1", "Kitchen", ""),
            RemoteGroup("2", "Cups", "1"),
            RemoteGroup("3", "Garden", ""),
        )

    async def test_no_groups(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer("productgroups.get", {"result": {}})

        assert await store.product_groups() == ()


class TestTemplates:
    async def test_the_list(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer("listfreighttemplate", sample("freight-templates")["list"])

        default, own = await store.freight_templates()

        assert (default.template_id, default.is_default, default.services) == ("1000", True, None)
        assert (own.template_id, own.name, own.is_default) == ("1234567", "EU standard", False)

    async def test_the_detail(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer("getfreightsettingbytemplatequery", sample("freight-templates")["detail"])

        template = await store.freight_template("1234567")

        assert template.services is not None
        (service,) = template.services
        assert service["template"]["logistics_company"] == "CAINIAO_STANDARD"
        assert service["selfdefine_list"][0]["shipping_country"] == "DE"
        assert service["selfstandard_list"] == []

    async def test_the_flat_form_of_the_newer_generation(
        self, store: AliExpressMarketplace, market: StubMarket
    ) -> None:
        row = {"logistics_company": "EMS", "all_free_shipping": "Y", "all_standard_discount": 0}
        market.answer(
            "getfreightsettingbytemplatequery",
            {"is_success": True, "template_id": -5, "template_name": "x", "freight_setting_list": [row]},
        )

        template = await store.freight_template("-5")

        assert template.template_id == "-5"
        assert template.services == [{"template": row, "selfdefine_list": [], "selfstandard_list": []}]

    async def test_bands_by_weight_are_plain_lists(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        band = {"shipping_country": "ES", "self_define_weight_list": {"aeop_freight_selfdefine_weight": [{"end": 1}]}}
        market.answer(
            "getfreightsettingbytemplatequery",
            {"is_success": True, "freight_setting_list": [{"template": {}, "selfdefine_list": [band]}]},
        )

        template = await store.freight_template("5")

        assert template.services is not None
        assert template.services[0]["selfdefine_list"][0]["self_define_weight_list"] == [{"end": 1}]

    async def test_promises(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer(
            "querypromisetemplatebyid",
            {"result": {"error_code": 0, "template_list": {"templatelist": [{"id": 0, "name": "Beginner"}]}}},
        )

        assert await store.promise_templates() == (RemotePromiseTemplate("0", "Beginner"),)
        assert market.seen[0].params["template_id"] == "-1"


class TestImages:
    async def test_an_upload(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer("uploadimageforsdk", sample("photobank-upload"))

        image = await store.upload_image("кружка-01.PNG", b"\x89PNG")

        assert image == UploadedImage("https://ae01.alicdn.com/kf/Hexample0001.jpg", 800, 800)
        (seen,) = market.seen
        assert seen.files["image_bytes"] == ("кружка-01.PNG", "image/png", b"\x89PNG")
        assert seen.params["file_name"] == "кружка-01.PNG"

    async def test_an_upload_is_repeated_for_a_second_one_does_no_harm(
        self, store: AliExpressMarketplace, market: StubMarket, clock: FakeClock
    ) -> None:
        market.answer("uploadimageforsdk", CUT, refusal("ServiceTimeout"), sample("photobank-upload"))

        assert (await store.upload_image("a.jpg", b"x")).url.endswith("Hexample0001.jpg")
        assert [seen.files["image_bytes"][2] for seen in market.seen] == [b"x"] * 3

    @pytest.mark.parametrize(
        ("name", "data", "code"),
        [
            ("a.webp", b"x", "image_format"),
            ("jpg", b"x", "image_format"),
            ("", b"x", "image_format"),
            ("a.jpg", b"", "image_empty"),
        ],
    )
    async def test_what_the_photobank_does_not_take(
        self, store: AliExpressMarketplace, market: StubMarket, name: str, data: bytes, code: str
    ) -> None:
        with pytest.raises(Refused) as caught:
            await store.upload_image(name, data)
        assert (caught.value.error_code, caught.value.field) == (f"marketplace.{code}", "images")
        assert market.seen == []

    async def test_odd_names_are_made_harmless_and_short(
        self, store: AliExpressMarketplace, market: StubMarket
    ) -> None:
        market.answer("uploadimageforsdk", sample("photobank-upload"))

        await store.upload_image('..\\x/"\r\nX-Evil: 1' + "y" * 300 + ".jpg", b"x")

        name = market.seen[0].files["image_bytes"][0]
        assert len(name) == 256
        assert name.startswith(".._x____X-Evil: 1y")
        assert name.endswith("y.jpg")

    async def test_a_refused_image(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer("uploadimageforsdk", {"result": {"is_success": False, "error_code": 8400001}})

        with pytest.raises(Refused) as caught:
            await store.upload_image("a.jpg", b"x")
        assert caught.value.error_code == "marketplace.image_format"


async def test_a_passing_fault_of_a_read_passes(
    store: AliExpressMarketplace, market: StubMarket, clock: FakeClock
) -> None:
    market.answer("productgroups.get", CUT, refusal("ServiceUnavailable"), b"<html>", {"result": {}})

    assert await store.product_groups() == ()
    assert clock.elapsed < 10


async def test_a_fault_that_stays_comes_out(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer("productgroups.get", refusal(15, "system error", "F00-10-10000-001"))

    with pytest.raises(TemporaryFault):
        await store.product_groups()
    assert 3 <= len(market.seen) <= 10


async def test_ids_beyond_two_to_the_53_and_negative_ones_stay_exact(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    exact = 9_007_199_254_740_993
    body = orjson.dumps({"result": {"target_list": [{"group_id": exact, "group_name": "x"}, {"group_id": -exact}]}})
    market.answer("productgroups.get", body)

    assert [group.group_id for group in await store.product_groups()] == [str(exact), str(-exact)]


async def test_a_group_is_made_and_a_listing_put_into_groups(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer("createproductgroup", {"result": {"success": True, "target": "262007009"}})
    market.answer("setgroups", {"result": {"success": True, "target_list": [262007001, 262007009]}})

    assert await store.create_group("Mugs") == "262007009"
    assert await store.set_groups("1", ["262007001", "262007009"]) == ("262007001", "262007009")

    assert market.seen[0].params["parent_id"] == "0"
    assert market.seen[1].params["group_ids"] == "262007001,262007009"


async def test_a_group_that_may_exist_is_made_once(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer("createproductgroup", refusal("ServiceTimeout"))

    with pytest.raises(Unanswered):
        await store.create_group("Mugs")
    assert len(market.seen) == 1


async def test_the_profile_of_either_kind_of_account(store: AliExpressMarketplace, market: StubMarket) -> None:
    profile = {
        "seller_id": 200042,
        "online_store_product_number": "1200",
        "auth_store_product_number": "30",
        "limit_store_product_number": "3000",
        "country": "CN",
        "quotation_currency": "USD",
    }
    market.answer("aliexpress.merchant.profile.get", {"profile": profile}, refusal("InsufficientPermission"))
    shop = {"shop_id": 7, "shop_name": "Mugs", "country_code": "ES", "product_posting_forbidden": True}
    market.answer("solution.merchant.profile.get", shop)

    assert await store.store_profile() == StoreProfile("200042", "", "CN", "USD", 1230, 3000)
    assert await store.store_profile() == StoreProfile("7", "Mugs", "ES", may_post=False)


async def test_size_charts(store: AliExpressMarketplace, market: StubMarket) -> None:
    charts = [{"sizechart_id": 20001, "model_name": "Shoes", "is_default": "true"}, {"sizechart_id": 2, "name": "EU"}]
    market.answer("getsizechartinfobycategoryid", {"result": {"success": True, "sizechart_d_t_o_list": charts}})

    assert await store.size_charts("5") == (SizeChart("20001", "Shoes", True), SizeChart("2", "EU", False))


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("title", "Mug", ("subject", "Mug")),
        ("weight_g", 420, ("grossWeight", "0.420")),
        ("freight_template_id", "-1700000001", ("freightTemplateId", "-1700000001")),
        ("images", ("a", "b"), ("imageURLs", "a;b")),
        ("handling_days", 3, ("deliveryTime", "3")),
    ],
)
async def test_one_field_is_changed_alone(
    store: AliExpressMarketplace, market: StubMarket, name: str, value: object, sent: tuple[str, str]
) -> None:
    market.answer("editsimpleproductfiled", {"result": {"success": True, "modify_count": 1}})

    await store.edit_field("1", name, value)

    (seen,) = market.seen
    assert (seen.params["fied_name"], seen.params["fiedvalue"]) == sent


async def test_a_field_no_single_call_can_change(store: AliExpressMarketplace, market: StubMarket) -> None:
    with pytest.raises(Refused) as caught:
        await store.edit_field("1", "unit_id", "100000015")
    assert (caught.value.error_code, caught.value.field) == ("marketplace.field_fixed", "unit_id")
    assert market.seen == []


async def test_the_recorded_order_in_full(store: AliExpressMarketplace, market: StubMarket) -> None:
    recorded = sample("order-info-get")
    market.answer("solution.order.info.get", recorded.get("body", recorded))

    order = await store.read_order("8123456789012345")

    assert order.order_id and order.status and order.created_at is not None
    assert order.lines[0].sku_code
    assert isinstance(order.raw["receipt_address"], dict)
    assert market.seen[0].body("param1") == {"order_id": 8123456789012345, "ext_info_bit_flag": 31}


async def test_the_way_of_a_parcel_in_pacific_time(store: AliExpressMarketplace, market: StubMarket) -> None:
    event = {"event_date": "2026-03-08 03:30:00", "address": "Yiwu", "event_desc": "Left", "action_code": "LH_DEPART"}
    market.answer("querytrackingresult", {"result_success": True, "details": {"details": [event]}})

    (found,) = await store.track("8123456789012345", "CAINIAO_STANDARD", "LP00123456789012", "ES")

    assert found == TrackingEvent(datetime(2026, 3, 8, 10, 30, tzinfo=UTC), "Yiwu", "Left", "LH_DEPART")
    assert market.seen[0].params["origin"] == "ESCROW"
