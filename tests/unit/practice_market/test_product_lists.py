"""Product lists: one state at a time, filters, pages (aliexpress-open-platform.md 5.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.practice_market.client import (
    LEGACY_LIST,
    OFFLINE,
    PICTURE,
    RED,
    SOLUTION_LIST,
    Client,
    Turned,
    offer,
    sku,
)

BOTH = pytest.mark.parametrize("method", [SOLUTION_LIST, LEGACY_LIST])


def named(title: str) -> dict[str, Any]:
    return {"subject_list": [{"locale": "en_US", "value": title}]}


@pytest.fixture
async def three(shop: Client, clock: Turned) -> list[int]:
    """Three products on sale, created an hour apart, oldest first."""
    ids = [await shop.post_offer(**named("Slim Matte Phone Case"), group_id=262007021)]
    clock.turn(3600)
    ids.append(await shop.post_offer(**named("Leather Wallet Phone Case"), group_id=262007001))
    clock.turn(3600)
    codes = [sku("CF1268-BN"), sku("CF1268-RD", RED, "12.00")]
    ids.append(await shop.post_offer(**named("100% Clear Bumper"), aeop_ae_product_s_k_us=codes))
    clock.turn(2)
    return ids


@BOTH
async def test_a_row(shop: Client, clock: Turned, method: str) -> None:
    product_id = await shop.post_offer(image_u_r_ls=f"{PICTURE};{PICTURE}", group_id=262007001)
    clock.turn(2)
    query = {"aeop_a_e_product_list_query": {"product_status_type": "onSelling"}}
    result = await shop.result(method, query)
    assert result["aeop_a_e_product_display_d_t_o_list"] == [
        {
            "currency_code": "USD",
            "freight_template_id": 700126540,
            "gmt_create": "2023-11-15 06:13:20",
            "gmt_modified": "2023-11-15 06:13:20",
            "group_id": 262007001,
            "image_u_r_ls": f"{PICTURE};{PICTURE}",
            "owner_member_id": "cn1520034417chenf",
            "owner_member_seq": 240017301,
            "product_id": product_id,
            "product_max_price": "4.50",
            "product_min_price": "4.20",
            "src": "isv",
            "subject": offer()["subject_list"][0]["value"],
            "ws_offline_date": "2023-12-15 06:13:20",
        }
    ]


@pytest.mark.parametrize(
    ("method", "element"),
    [(SOLUTION_LIST, "item_display_dto"), (LEGACY_LIST, "aeop_ae_product_display_sample_dto")],
)
async def test_element_keys(shop: Client, three: list[int], method: str, element: str) -> None:
    query = {"aeop_a_e_product_list_query": {"product_status_type": "onSelling"}}
    body = await shop.call(method, query, simplify=False)
    result = body[method.replace(".", "_") + "_response"]["result"]
    assert len(result["aeop_a_e_product_display_d_t_o_list"][element]) == 3


@BOTH
async def test_pages(shop: Client, three: list[int], method: str) -> None:
    seen = []
    for page in (1, 2, 3):
        query = {"product_status_type": "onSelling", "current_page": page, "page_size": 2}
        result = await shop.result(method, {"aeop_a_e_product_list_query": query})
        assert (result["product_count"], result["total_page"], result["current_page"]) == (3, 2, page)
        seen += [row["product_id"] for row in result.get("aeop_a_e_product_display_d_t_o_list", [])]
    assert seen == three[::-1]


@BOTH
@pytest.mark.parametrize(
    "query",
    [
        {"page_size": 100},
        {"page_size": 0, "current_page": -1},
        {"product_status_type": ""},
        {"product_status_type": "sold"},
        {"subject": "чехол"},
        {"subject": "x" * 129},
    ],
)
async def test_bad_questions_are_refused_in_the_body(shop: Client, method: str, query: dict[str, Any]) -> None:
    query = {"product_status_type": "onSelling", **query}
    result = await shop.result(method, {"aeop_a_e_product_list_query": query})
    assert (result["success"], result["error_code"]) == (False, 13010996)


@BOTH
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [2, 1, 0]),
        ({"subject": "phone case"}, [1, 0]),
        ({"subject": "CASE wallet"}, [1]),
        ({"subject": "100%"}, [2]),
        ({"subject": "case_"}, []),
        ({"group_id": 262007001}, [1]),
        ({"group_id": 262007002}, [0]),
        ({"gmt_create_start": "2023-11-15 07:13:20"}, [2, 1]),
        ({"gmt_create_end": "2023-11-15 07:13:20"}, [1, 0]),
        ({"gmt_create_start": "2023-11-15 07:13:20", "gmt_create_end": "2023-11-15 07:13:20"}, [1]),
        ({"gmt_create_start": "2023-11-15"}, [2, 1, 0]),
        ({"gmt_modified_start": "2023-11-15 08:13:20"}, [2]),
        ({"off_line_time": 29}, []),
        ({"off_line_time": 30}, [2, 1, 0]),
        ({"ws_display": "user_offline"}, []),
    ],
)
async def test_filters(shop: Client, three: list[int], method: str, query: dict[str, Any], expected: list[int]) -> None:
    assert await shop.ids(method, **query) == [three[index] for index in expected]


@BOTH
async def test_one_product_and_all_but_some(shop: Client, three: list[int], method: str) -> None:
    assert await shop.ids(method, product_id=three[1]) == [three[1]]
    assert await shop.ids(method, product_id=str(three[1])) == [three[1]]
    assert await shop.ids(method, excepted_product_ids=three[1:]) == [three[0]]
    assert await shop.ids(method, excepted_product_ids=f"{three[0]},{three[1]}") == [three[2]]


async def test_a_merchant_code_is_found_exactly(shop: Client, three: list[int]) -> None:
    assert await shop.ids(sku_code="CF1268-RD") == [three[2]]
    assert await shop.ids(sku_code="CF1231-BK") == [three[1], three[0]]
    assert await shop.ids(sku_code="CF1268") == []
    query = {"product_status_type": "onSelling", "sku_code": "CF1268-RD"}
    refused = await shop.result(LEGACY_LIST, {"aeop_a_e_product_list_query": query})
    assert "[sku_code]" in refused["error_message"], "the older list does not know the filter"
    await shop.switch(unknown_parameters="ignored")
    assert await shop.ids(LEGACY_LIST, sku_code="CF1268-RD") == three[::-1]


async def test_why_it_is_off_sale(shop: Client, three: list[int]) -> None:
    await shop.result(OFFLINE, {"product_ids": str(three[0])})
    query = {"product_status_type": "offline", "ws_display": "user_offline"}
    result = await shop.result(SOLUTION_LIST, {"aeop_a_e_product_list_query": query})
    assert [row["ws_display"] for row in result["aeop_a_e_product_display_d_t_o_list"]] == ["user_offline"]
    assert await shop.ids(product_status_type="offline", ws_display="punish_offline") == []
