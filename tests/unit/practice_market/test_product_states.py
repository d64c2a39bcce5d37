"""Review, on sale, off sale, and who may not be edited (aliexpress-open-platform.md 5.3, 5.6, 5.8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.practice_market.client import (
    LEGACY_EDIT,
    OFFER_EDIT,
    OFFLINE,
    ONLINE,
    SOLUTION_EDIT,
    STATUS,
    Client,
    Turned,
    legacy,
    offer,
)

PRICES = "aliexpress.solution.batch.product.price.update"
TITLE = {"subject_list": [{"locale": "en_US", "value": "Replica Phone Case"}]}


@pytest.fixture
async def live(shop: Client, clock: Turned) -> int:
    """A product on sale."""
    product_id = await shop.post_offer()
    clock.turn(2)
    return product_id


async def audit_word(shop: Client, product_id: int) -> str:
    return str((await shop.result(STATUS, {"product_id": product_id}))["status"])


async def test_a_review_takes_its_time(shop: Client, clock: Turned) -> None:
    product_id = await shop.post_offer()
    clock.turn(1.4)
    assert await shop.status(product_id) == "auditing"
    assert await audit_word(shop, product_id) == "auditing"
    clock.turn(0.2)
    assert await audit_word(shop, product_id) == "approved"
    assert await shop.status(product_id) == "onSelling"


async def test_the_delay_is_a_switch(shop: Client, clock: Turned) -> None:
    await shop.switch(audit_delay_s=3600)
    product_id = await shop.post_offer()
    clock.turn(3599)
    assert await shop.status(product_id) == "auditing"
    clock.turn(1)
    assert await shop.status(product_id) == "onSelling"


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Replica Phone Case", "editingRequired"),
        ('Phone Case "REPLICA"', "editingRequired"),
        ("Replicable Phone Case", "onSelling"),
    ],
)
async def test_words_are_refused(shop: Client, clock: Turned, title: str, status: str) -> None:
    product_id = await shop.post_offer(subject_list=[{"locale": "en_US", "value": title}])
    clock.turn(2)
    assert await shop.status(product_id) == status
    assert await audit_word(shop, product_id) == ("approved" if status == "onSelling" else "refuse")


async def test_own_words_can_be_switched(shop: Client, clock: Turned) -> None:
    await shop.switch(audit_reject_words=["Bumper"])
    allowed = await shop.post_offer(**TITLE)
    refused = await shop.post_offer(subject_list=[{"locale": "en_US", "value": "Clear bumper"}])
    clock.turn(2)
    assert [await shop.status(item) for item in (allowed, refused)] == ["onSelling", "editingRequired"]


async def test_a_share_is_refused_and_the_same_one_again(shop: Client, clock: Turned) -> None:
    await shop.switch(audit_reject_share=0.5, seed=3)
    ids = [await shop.post_offer() for _ in range(40)]
    clock.turn(2)
    refused = await shop.ids(product_status_type="editingRequired")
    assert 10 <= len(refused) <= 30
    assert sorted(refused + await shop.ids()) == ids


async def test_a_refused_listing_is_mended(shop: Client, clock: Turned) -> None:
    product_id = await shop.post_offer(**TITLE)
    clock.turn(2)
    assert await shop.status(product_id) == "editingRequired"
    await shop.result(OFFER_EDIT, {"aeop_a_e_product": offer(product_id=product_id)})
    assert await shop.status(product_id) == "auditing"
    clock.turn(2)
    assert await shop.status(product_id) == "onSelling"


async def test_no_edit_while_in_review(shop: Client) -> None:
    product_id = await shop.post_offer()
    assert await shop.code(OFFER_EDIT, {"aeop_a_e_product": offer(product_id=product_id)}) == "PRODUCT_IN_AUDIT_PENDING"
    request = {"edit_product_request": {"product_id": product_id, "shipping_lead_time": 3}}
    assert await shop.code(SOLUTION_EDIT, request) == "PRODUCT_IN_AUDIT_PENDING"
    result = await shop.result(LEGACY_EDIT, {"aeop_a_e_product": legacy(product_id=product_id)})
    assert (result["is_success"], result["error_code"]) == (False, 13004002)


async def test_edits_in_review_can_be_switched_on(shop: Client, clock: Turned) -> None:
    await shop.switch(edits_refused_in_audit=False)
    product_id = await shop.post_offer()
    clock.turn(1)
    await shop.result(OFFER_EDIT, {"aeop_a_e_product": offer(product_id=product_id)})
    clock.turn(1)
    assert await shop.status(product_id) == "auditing", "the edit began a new review"
    clock.turn(1)
    assert await shop.status(product_id) == "onSelling"


async def test_off_sale_and_back(shop: Client, live: int, clock: Turned) -> None:
    assert await shop.result(OFFLINE, {"product_ids": str(live)}) == {
        "success": True,
        "modify_count": 1,
        "product_id": live,
    }
    assert await shop.status(live) == "offline"
    assert await audit_word(shop, live) == "approved"
    clock.turn(60)
    assert (await shop.result(ONLINE, {"product_ids": str(live)}))["success"] is True
    assert await shop.status(live) == "onSelling"


async def test_an_edited_listing_off_sale_stays_off_sale(shop: Client, live: int, clock: Turned) -> None:
    await shop.result(OFFLINE, {"product_ids": str(live)})
    await shop.result(OFFER_EDIT, {"aeop_a_e_product": offer(product_id=live)})
    assert await shop.status(live) == "auditing"
    clock.turn(2)
    assert await shop.status(live) == "offline"


async def test_partial_success_names_the_others_by_reason(shop: Client, live: int, clock: Turned) -> None:
    second, auditing = await shop.post_offer(), None
    clock.turn(2)
    auditing = await shop.post_offer()
    await shop.result(OFFLINE, {"product_ids": f"{live};{second}"})
    ids = f"{live};{auditing};1005000000000001;{second}"
    result = await shop.result(ONLINE, {"product_ids": ids})
    assert (result["success"], result["modify_count"]) == (False, 2)
    assert "product_id" not in result
    reasons = {row["error_code"]: row["product_ids"] for row in result["error_details"]}
    assert reasons == {"090015": [auditing], "090014": [1005000000000001]}
    assert await shop.status(live) == await shop.status(second) == "onSelling"


async def test_taking_off_what_is_not_on(shop: Client) -> None:
    product_id = await shop.post_offer()
    result = await shop.result(OFFLINE, {"product_ids": str(product_id)})
    assert result["error_details"][0]["error_code"] == "13001024"


@pytest.mark.parametrize("ids", [";".join(["1005000000000001"] * 51), ";", "12a"])
async def test_ids_are_checked(shop: Client, ids: str) -> None:
    result = await shop.result(OFFLINE, {"product_ids": ids})
    assert (result["success"], result["error_code"]) == (False, 13010996)


@pytest.mark.parametrize(
    ("switch", "code", "number"),
    [
        ("promotion_products", "13001030", 13001030),
        ("punished_products", "PRODUCT_IN_LOCK_MODE", 13001041),
    ],
)
async def test_locked_listings(shop: Client, live: int, switch: str, code: str, number: int) -> None:
    await shop.switch(**{switch: [live]})
    assert await shop.code(OFFER_EDIT, {"aeop_a_e_product": offer(product_id=live)}) == code
    result = await shop.result(LEGACY_EDIT, {"aeop_a_e_product": legacy(product_id=live)})
    assert result["error_code"] == number
    update: list[dict[str, Any]] = [
        {"product_id": live, "multiple_sku_update_list": [{"sku_code": "CF1231-BK", "price": "5"}]}
    ]
    answer = await shop.call(PRICES, {"mutiple_product_update_list": update})
    assert (answer["update_success"], answer["update_failed_list"][0]["error_code"]) == (False, code)
    await shop.switch(**{switch: None})
    assert "result" in await shop.call(OFFER_EDIT, {"aeop_a_e_product": offer(product_id=live)})


async def test_a_share_is_in_promotion(shop: Client, live: int) -> None:
    await shop.switch(promotion_share=1.0)
    assert await shop.code(OFFER_EDIT, {"aeop_a_e_product": offer(product_id=live)}) == "13001030"
