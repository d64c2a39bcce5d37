"""Answers: every recorded sample, wrapped and not, right and wrong."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from app.services.marketplace.aliexpress.envelope import open_answer, reading
from app.services.marketplace.aliexpress.errors import TokenDead, Undocumented
from app.services.marketplace.aliexpress.mapping import methods
from app.services.marketplace.aliexpress.mapping.methods import Method, Repeat
from app.services.marketplace.aliexpress.values import listed
from app.services.marketplace.port import (
    MarketplaceError,
    RateLimited,
    Refused,
    SignedOut,
    TemporaryFault,
    Unanswered,
)
from tests.unit.marketplace.stub import START, refusal, sample

SOLUTION_LIST = Method("aliexpress.solution.product.list.get")
PRICES = Method("aliexpress.solution.batch.product.price.update", place=(), flags=("update_success",))
FULFIL = Method("aliexpress.solution.order.fulfill", Repeat.UNAPPLIED, flags=("result_success",))
ORDER = Method("aliexpress.solution.order.info.get", place=("result", "data"))
FEED = Method("aliexpress.solution.feed.query", place=())


def opened(document: Any, method: Method = SOLUTION_LIST, **options: Any) -> dict[str, Any]:
    return open_answer(orjson.dumps(document), method, now=START, **options)


def refused(document: Any, method: Method = SOLUTION_LIST, **options: Any) -> MarketplaceError:
    with pytest.raises(MarketplaceError) as caught:
        opened(document, method, **options)
    return caught.value


def test_wrapped_and_simplified_lists_say_the_same() -> None:
    wrapped = opened(sample("product-list-get")["body"])
    simplified, empty = (opened(body) for body in sample("product-list-get.simplified")["bodies"])
    key = "aeop_a_e_product_display_d_t_o_list"

    assert listed(wrapped[key])[0] == listed(simplified[key])[0]
    assert listed(empty.get(key)) == []
    assert empty["product_count"] == 0


@pytest.mark.parametrize(
    ("document", "method", "key"),
    [
        (sample("product-info-get"), Method("a.info.get"), "subject"),
        (sample("product-post")["body"], methods.LISTING_CREATE, "product_id"),
        (sample("order-get")["body"], methods.ORDER_LIST, "target_list"),
        (sample("category-attributes"), methods.CATEGORY_ATTRIBUTES, "attributes"),
        (sample("photobank-upload"), methods.IMAGE_UPLOAD, "photobank_url"),
        (sample("freight-templates")["list"], methods.FREIGHT_LIST, "aeop_freight_template_d_t_o_list"),
        (sample("freight-templates")["detail"], methods.FREIGHT_READ, "freight_setting_list"),
        (sample("online-offline.partial"), methods.LISTING_ONLINE, "error_details"),
        (sample("auth-token-create"), methods.TOKEN_CREATE, "refresh_token"),
        (sample("order-fulfill")["bodies"][0], FULFIL, "result_success"),
        (sample("order-info-get"), ORDER, "child_order_list"),
        (sample("feed-life-cycle")["query"], FEED, "result_list"),
        (sample("buyer-freight-calculate"), Method("a.freight.calculate"), "success"),
    ],
)
def test_every_sample_opens_at_its_content(document: Any, method: Method, key: str) -> None:
    assert key in opened(document, method)


def test_a_dead_token() -> None:
    error = refused(sample("error-sync-illegal-access-token")["body"])

    assert type(error) is TokenDead
    assert isinstance(error, SignedOut)
    assert error.platform_code == "IllegalAccessToken"


def test_an_error_of_the_rest_gateway_lies_at_the_root() -> None:
    error = refused(sample("error-rest-root-level")["body"], methods.TOKEN_CREATE)

    assert isinstance(error, SignedOut)
    assert (error.error_code, error.platform_text) == (
        "marketplace.code_invalid",
        "the authorization code is invalid",
    )


def test_the_sub_code_of_a_business_refusal_counts_and_its_text_names_the_field() -> None:
    schema, passing = (refused(body) for body in sample("error-business-code-15")["bodies"])

    assert (type(schema), schema.platform_code, schema.field) == (
        Refused,
        "F00-00-10020-002",
        "freight_template_id",
    )
    assert (type(passing), passing.platform_code) == (TemporaryFault, "F00-10-10000-001")


def test_limits_name_their_seconds_or_last_until_midnight_in_china() -> None:
    errors = [refused(body) for body in sample("error-rate-limit")["bodies"]]

    assert [type(error) for error in errors] == [RateLimited] * 3
    assert [error.retry_after_s for error in errors] == [1.0, 37.0, 12 * 3600.0]
    assert [error.error_code for error in errors] == [
        "marketplace.rate_limited_for",
        "marketplace.rate_limited_for",
        "marketplace.day_quota",
    ]


def test_a_false_flag_inside_a_success_body_is_a_refusal() -> None:
    shipment = refused(sample("order-fulfill")["bodies"][1], methods.SHIPMENT_DECLARE)
    prices = refused(sample("batch-price-update.partial")["body"], PRICES)

    assert (type(shipment), shipment.platform_code) == (Refused, "-999")
    assert shipment.error_code == "marketplace.order_not_shippable"
    assert (type(prices), prices.field) == (TemporaryFault, "sku.price")


def test_the_flag_decides_and_not_the_code_beside_it() -> None:
    said = {"result": {"success": True, "error_code": 24000011, "error_message": "empty"}}

    assert opened(said)["error_code"] == 24000011


@pytest.mark.parametrize(("code", "is_refused"), [(0, False), ("0", False), ("", False), (13004000, True)])
def test_without_a_flag_the_code_decides(code: object, is_refused: bool) -> None:
    said = {"a_response": {"result": {"error_code": code, "status": "auditing"}}}

    if is_refused:
        assert refused(said, methods.LISTING_REVIEW).error_code == "marketplace.product_missing"
    else:
        assert opened(said, methods.LISTING_REVIEW)["status"] == "auditing"


def test_a_flag_as_text_is_understood() -> None:
    assert opened({"result": {"success": "true"}}) == {"success": "true"}
    assert isinstance(refused({"result": {"success": "false"}}), Refused)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "unreadable"),
        (b"[1]", "unreadable"),
        (b'"ok"', "unreadable"),
        (b"null", "unreadable"),
        (b"<html>proxy</html>", "html_answer"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "html_answer"),
        (b'{"result": ', "truncated"),
        (b'{"result": {"product_id": 100500', "truncated"),
    ],
)
def test_an_answer_that_is_none_leaves_open_what_happened(body: bytes, message: str) -> None:
    with pytest.raises(Unanswered) as caught:
        open_answer(body, methods.LISTING_CREATE, now=START)
    assert caught.value.error_code == f"marketplace.{message}"
    assert caught.value.params["method"] == "aliexpress.offer.product.post"
    assert caught.value.is_unanswered


def test_a_flag_that_is_no_flag_leaves_open_what_happened() -> None:
    assert refused({"result": {"success": "perhaps"}}).is_unanswered


def test_a_number_as_code_is_text_afterwards() -> None:
    assert refused(refusal(15, "x", "13004002")).platform_code == "13004002"
    assert refused(refusal(27, "x")).platform_code == "27"


def test_secrets_in_the_platforms_sentence_are_blanked() -> None:
    error = refused(refusal("IllegalAccessToken", "token abc123 is dead"), secrets=("abc123", ""))

    assert error.platform_text == "token *** is dead"


@pytest.mark.parametrize("mistake", [ValueError, TypeError, KeyError, AttributeError])
def test_a_value_in_no_documented_form_makes_the_answer_unreadable(mistake: type[Exception]) -> None:
    with pytest.raises(Unanswered) as caught, reading(methods.LISTING_CREATE):
        raise mistake("x")
    assert caught.value.error_code == "marketplace.unreadable"


@pytest.mark.parametrize(("kind", "expected"), [("ISV", Undocumented), ("ISP", Unanswered), ("SYSTEM", Unanswered)])
def test_an_unknown_code_is_judged_by_whose_fault_it_is(kind: str, expected: type[MarketplaceError]) -> None:
    """Something new that broke on their side may have broken after our write was done."""
    body = {"error_response": {"type": kind, "code": "BrandNew", "msg": "never seen"}}

    with pytest.raises(MarketplaceError) as caught:
        open_answer(orjson.dumps(body), methods.LISTING_CREATE, now=START)

    assert type(caught.value) is expected
    assert (caught.value.platform_code, caught.value.platform_text) == ("BrandNew", "never seen")


def test_an_unknown_sub_code_is_a_refusal_of_the_business_whoever_reports_it() -> None:
    body = refusal("15", "never seen", "F99-00-12345-678")
    body["error_response"]["type"] = "ISP"

    with pytest.raises(Refused):
        open_answer(orjson.dumps(body), methods.LISTING_CREATE, now=START)
