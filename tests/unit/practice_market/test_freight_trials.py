"""Trials of freight over HTTP, and the worked examples of domain.md 9.3 (aliexpress-open-platform.md 5.14)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.practice_market.freight import Parcel, charges, parcel_weight, standard_fee
from tests.unit.practice_market.client import FOREIGN_TEMPLATE, NEGATIVE_TEMPLATE, TEMPLATE, Client

SELLER = "aliexpress.freight.redefining.calculatefreight"
BUYER, BUYER_GET = "aliexpress.logistics.buyer.freight.calculate", "aliexpress.logistics.buyer.freight.get"
SAID = {"count": 1, "country": "ES", "height": 2, "length": 18, "width": 10, "weight": "0.5"}
PLAIN = {
    "logistics_company": "CAINIAO_STANDARD",
    "all_free_shipping": "N",
    "all_standard_shipping": "N",
    "all_standard_discount": 0,
    "free_shipping_country": "",
    "standard_shipping_country": "",
    "standard_shipping_discount": 0,
}
BY_PIECES = {
    "shipping_country": "ES",
    "custom_freight_type": "order_num",
    "start_order_num": 1,
    "end_order_num": 2,
    "min_freight": 3,
    "per_add_num": 2,
    "add_freight": 1.5,
}
BANDS = ((0, 0.5, 0.5, 4.0), (0.5, 2, 0.1, 0.6), (2, 10, 0.5, 2.2))
NAMES = ("start_weight", "end_weight", "interval_unit_weight", "interval_unit_freight")
BY_WEIGHT = {
    "shipping_country": "ES",
    "custom_freight_type": "weight",
    "min_freight": 4.0,
    "self_define_weight_list": [dict(zip(NAMES, band, strict=True)) for band in BANDS],
}


def cents(service: dict[str, Any], pieces: int = 1, weight: str = "0.5", country: str = "ES") -> int | None:
    (charge,) = charges([{"template": PLAIN, **service}], Parcel(pieces, Decimal(weight), country))
    return charge.buyer_cents


@pytest.mark.parametrize(("pieces", "expected"), list(enumerate([300, 300, 450, 450, 600, 600, 750], start=1)))
def test_f2_by_pieces(pieces: int, expected: int) -> None:
    assert cents({"selfdefine_list": [BY_PIECES]}, pieces) == expected


@pytest.mark.parametrize(
    ("weight", "expected"), [("1.05", 760), ("2.6", 1740), ("0.8", 580), ("0.2", 400), ("10", 4820), ("10.001", None)]
)
def test_f3_by_weight(weight: str, expected: int | None) -> None:
    assert cents({"selfdefine_list": [BY_WEIGHT]}, weight=weight) == expected


@pytest.mark.parametrize(("pieces", "expected"), [(1, "0.400"), (3, "0.400"), (4, "0.650"), (5, "0.650"), (8, "1.150")])
def test_f5_custom_weight(pieces: int, expected: str) -> None:
    weight = parcel_weight(Decimal("0.400"), pieces, base=3, step=2, step_kg=Decimal("0.250"))
    assert weight == Decimal(expected)
    assert parcel_weight(Decimal("0.400"), pieces) == Decimal("0.4") * pieces


@pytest.mark.parametrize(
    ("changes", "share"),
    [
        ({}, None),
        ({"all_free_shipping": "Y"}, 0),
        ({"free_shipping_country": "FR,ES"}, 0),
        ({"standard_shipping_country": "ES", "standard_shipping_discount": 30}, 70),
        ({"all_standard_shipping": "Y", "all_standard_discount": 10}, 90),
    ],
)
def test_the_models(changes: dict[str, Any], share: int | None) -> None:
    """The standard rate less a discount; in no list: not served, never free (domain.md 9.1)."""
    full = standard_fee("CAINIAO_STANDARD", Decimal("0.5"))
    expected = None if share is None else round(full * share)
    assert cents({"template": {**PLAIN, **changes}}) == expected


def test_a_group_of_its_own_comes_before_the_plain_standard() -> None:
    template = {**PLAIN, "standard_shipping_country": "ES", "standard_shipping_discount": 30}
    own = [{"self_standard_country": "ES,IT", "self_standard_discount": 100}]
    assert cents({"template": template, "selfstandard_list": own}) == 0


@settings(max_examples=60)
@given(st.decimals("0.001", "9", places=3), st.decimals("0", "1", places=3))
def test_more_weight_never_costs_less(weight: Decimal, more: Decimal) -> None:
    light = cents({"selfdefine_list": [BY_WEIGHT]}, weight=str(weight))
    heavy = cents({"selfdefine_list": [BY_WEIGHT]}, weight=str(weight + more))
    assert light is not None
    assert heavy is not None
    assert light <= heavy


async def test_one_row_a_service_for_the_seller(shop: Client) -> None:
    body = await shop.call(SELLER, {**SAID, "freight_template_id": TEMPLATE, "is_custom_pack_weight": False})
    rows = {row["service_name"]: row for row in body["aeop_freight_calculate_result_d_t_o_list"]}
    assert body["result_success"] is True
    assert rows["CAINIAO_STANDARD"]["freight"] == {"amount": "0.00", "cent": 0, "currency_code": "USD"}
    assert rows["CAINIAO_STANDARD"]["standard_freight"]["cent"] == 700
    assert rows["CAINIAO_PREMIUM"]["error_code"] == 0
    body = await shop.call(
        SELLER, {**SAID, "country": "ZZ", "freight_template_id": TEMPLATE, "is_custom_pack_weight": False}
    )
    assert {row["error_code"] for row in body["aeop_freight_calculate_result_d_t_o_list"]} == {1}
    assert not any("freight" in row for row in body["aeop_freight_calculate_result_d_t_o_list"])


async def test_custom_weight_and_a_negative_template(shop: Client) -> None:
    custom = {"is_custom_pack_weight": True, "pack_base_unit": 2, "pack_add_unit": 1, "pack_add_weight": "0.5"}
    said = {**SAID, "country": "US", "count": 4, "freight_template_id": NEGATIVE_TEMPLATE, **custom}
    body = await shop.call(SELLER, said)
    rows = {row["service_name"]: row for row in body["aeop_freight_calculate_result_d_t_o_list"]}
    assert rows["CAINIAO_STANDARD"]["freight"]["cent"] == 900 + 350, "0.5 + 2 x 0.5 kg: the first kilogram and one half"
    wrapped = await shop.call(SELLER, said, simplify=False)
    inside = wrapped["aliexpress_freight_redefining_calculatefreight_response"]
    assert inside["aeop_freight_calculate_result_d_t_o_list"]["aeopfreightcalculateresultdtolist"]


@pytest.mark.parametrize(
    "changes", [{"freight_template_id": FOREIGN_TEMPLATE}, {"freight_template_id": 5}, {"count": 0}]
)
async def test_what_cannot_be_tried(shop: Client, changes: dict[str, Any]) -> None:
    said = {**SAID, "freight_template_id": TEMPLATE, "is_custom_pack_weight": False, **changes}
    body = await shop.call(SELLER, said)
    assert body["result_success"] is False
    assert body["result_error_desc"]


@pytest.mark.parametrize("changes", [{"weight": "-1"}, {"weight": "heavy"}, {"weight": ""}, {"length": "long"}])
async def test_what_cannot_be_read(shop: Client, changes: dict[str, Any]) -> None:
    said = {**SAID, "freight_template_id": TEMPLATE, "is_custom_pack_weight": False, **changes}
    assert "error_response" in await shop.call(SELLER, said)


@pytest.mark.parametrize(
    ("method", "name", "listed"),
    [
        (BUYER, "param_aeop_freight_calculate_for_buyer_d_t_o", "aeop_freight_calculate_result_for_buyer_d_t_o_list"),
        (BUYER_GET, "aeopFreightCalculateForBuyerDTO", "aeop_freight_calculate_result_for_buyer_dtolist"),
    ],
)
async def test_what_a_buyer_pays(shop: Client, method: str, name: str, listed: str) -> None:
    product_id = await shop.post_offer(gross_weight="0.300")
    said = {"product_id": product_id, "product_num": 2, "country_code": "UK", "send_goods_country_code": "CN"}
    found = await shop.result(method, {name: said})
    rows = {row["service_name"]: row for row in found[listed]}
    assert found["success"] is True
    standard = rows["CAINIAO_STANDARD"]
    assert (standard["freight"]["cent"], standard["estimated_delivery_time"], standard["error_code"]) == (
        round((210 + 980 * 0.6) * 0.7),
        "20-39",
        0,
    )
    for changes in ({"country_code": "ZZ"}, {"product_id": 1}):
        nothing = await shop.result(method, {name: {**said, **changes}})
        assert (nothing["success"], listed in nothing) == (False, False)
        assert nothing["error_desc"]


async def test_the_shape_of_the_recorded_answer(shop: Client) -> None:
    """`samples/buyer-freight-calculate.json`: names, kinds and the wrapper."""
    said = {"product_id": await shop.post_offer(), "product_num": 1, "country_code": "US"}
    body = await shop.call(BUYER, {"param_aeop_freight_calculate_for_buyer_d_t_o": said}, simplify=False)
    result = body["aliexpress_logistics_buyer_freight_calculate_response"]["result"]
    row = result["aeop_freight_calculate_result_for_buyer_d_t_o_list"]["aeop_freight_calculate_result_for_buyer_dto"][0]
    kinds = {name: type(value).__name__ for name, value in row.items()}
    assert kinds == {
        "service_name": "str",
        "tracking_available": "str",
        "estimated_delivery_time": "str",
        "error_code": "int",
        "freight": "dict",
    }
    assert {name: type(value).__name__ for name, value in row["freight"].items()} == {
        "amount": "str",
        "cent": "int",
        "currency_code": "str",
    }
