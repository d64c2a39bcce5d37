"""Success and error dialects (aliexpress-open-platform.md 4.1-4.4)."""

from __future__ import annotations

import pytest

from app.practice_market.envelope import Gateway, Listed, failure, success
from app.practice_market.refusals import Refusal
from tests.unit.practice_market.client import (
    FOREIGN_TEMPLATE,
    LEGACY_POST,
    OFFER_POST,
    OFFER_QUERY,
    SOLUTION_LIST,
    Client,
    legacy,
    offer,
)

BODY = {
    "result": {
        "target_list": Listed("order_dto", [{"order_id": 1, "memo": None, "tags": Listed("string", ["a"])}]),
        "empty_list": Listed("number", []),
        "count": 0,
    }
}


def test_a_full_answer_is_wrapped_and_its_lists_have_element_keys() -> None:
    assert success("aliexpress.solution.order.get", BODY, simplify=False, request_id="r") == {
        "aliexpress_solution_order_get_response": {
            "result": {"target_list": {"order_dto": [{"order_id": 1, "tags": {"string": ["a"]}}]}, "count": 0},
            "request_id": "r",
        }
    }


def test_a_simplified_answer_is_plain() -> None:
    assert success("aliexpress.solution.order.get", BODY, simplify=True, request_id="r") == {
        "result": {"target_list": [{"order_id": 1, "tags": ["a"]}], "count": 0},
        "request_id": "r",
    }


def test_a_gateway_refusal_in_three_dialects() -> None:
    refusal = Refusal("session.dead")
    text = refusal.wording.text
    assert failure(refusal, Gateway.SYNC, request_id="r") == {
        "error_response": {
            "type": "ISV",
            "code": "IllegalAccessToken",
            "msg": text,
            "request_id": "r",
            "_trace_id_": "r0e0a1b",
        }
    }
    assert failure(refusal, Gateway.REST, request_id="r") == {
        "type": "ISV",
        "code": "IllegalAccessToken",
        "message": text,
        "request_id": "r",
    }
    top = failure(refusal, Gateway.TOP, request_id="r")["error_response"]
    assert (top["code"], top["sub_code"]) == (27, "invalid-sessionkey")


@pytest.mark.parametrize("gateway", [Gateway.SYNC, Gateway.TOP])
def test_a_business_refusal_is_code_fifteen(gateway: Gateway) -> None:
    error = failure(Refusal("sku.code_repeated", code="A1"), gateway, request_id="r")["error_response"]
    assert error["code"] == "15"
    assert error["sub_code"] == "F00-00-10007-007"
    assert "A1" in error["sub_msg"]


def test_a_refusal_needs_its_parameters() -> None:
    with pytest.raises(KeyError):
        Refusal("sku.code_repeated")
    with pytest.raises(KeyError):
        Refusal("nothing.like_this")


async def test_business_error_over_http(shop: Client) -> None:
    error = (await shop.call(OFFER_POST, {"aeop_a_e_product": offer(freight_template_id=FOREIGN_TEMPLATE)}))[
        "error_response"
    ]
    assert error["code"] == "15"
    assert error["msg"] == "Remote service error"
    assert error["sub_code"] == "F00-00-10020-002"
    assert error["sub_msg"] == "#/shipping_template_id: #: 0 subschemas matched instead of one"
    assert error["request_id"]


async def test_failure_inside_a_success_body(shop: Client) -> None:
    document = legacy(freight_template_id=FOREIGN_TEMPLATE)
    body = await shop.call(LEGACY_POST, {"aeop_a_e_product": document}, simplify=False)
    result = body["aliexpress_postproduct_redefining_postaeproduct_response"]["result"]
    assert result["is_success"] is False
    assert isinstance(result["error_code"], int)
    assert "shipping_template_id" in result["error_message"]
    assert "product_id" not in result


async def test_gateway_errors_stay_outside_even_there(shop: Client) -> None:
    shop.token = "50000nobody"
    assert await shop.code(LEGACY_POST, {"aeop_a_e_product": legacy()}) == "IllegalAccessToken"


async def test_an_empty_list_has_no_key(shop: Client) -> None:
    query = {"aeop_a_e_product_list_query": {"product_status_type": "onSelling"}}
    for simplify in (True, False):
        body = await shop.call(SOLUTION_LIST, query, simplify=simplify)
        result = (body if simplify else body["aliexpress_solution_product_list_get_response"])["result"]
        assert result == {"current_page": 1, "product_count": 0, "success": True, "total_page": 0}


async def test_a_detail_unsimplified_has_the_element_keys(shop: Client) -> None:
    product_id = await shop.post_offer()
    body = await shop.call(OFFER_QUERY, {"product_id": product_id}, simplify=False)
    result = body["aliexpress_offer_product_query_response"]["result"]
    first = result["aeop_ae_product_s_k_us"]["aeop_ae_product_sku"][0]
    assert first["aeop_s_k_u_property_list"]["aeop_sku_property"] == [{"sku_property_id": 14, "property_value_id": 193}]
    assert result["subject_list"]["subject"][0]["locale"] == "en_US"


async def test_every_answer_has_its_own_request_id(shop: Client) -> None:
    bodies = [await shop.call("aliexpress.product.productgroups.get") for _ in range(3)]
    assert len({body["request_id"] for body in bodies}) == 3
