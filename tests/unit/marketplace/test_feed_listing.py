"""Listings as items of a create feed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
from app.services.marketplace.aliexpress.limits import Caller
from app.services.marketplace.aliexpress.mapping.feed_listing import write_feed_listing
from app.services.marketplace.port import (
    AttributeContent,
    ListingContent,
    MarketplaceError,
    RateLimited,
    Refused,
    RemoteAttribute,
    SkuContent,
    TemporaryFault,
    Unanswered,
)
from app.services.marketplace.records import FeedKind, FeedVerdict
from tests.unit.marketplace.stub import StubMarket, content, credentials


def attribute(number: str, name: str, *, is_sku: bool = False) -> RemoteAttribute:
    return RemoteAttribute(number, name, "", False, is_sku, 1, True, "list_box", ())


ATTRIBUTES = (
    attribute("10", "Material"),
    attribute("2", "Brand Name"),
    attribute("3", "Feature"),
    attribute("14", "Color", is_sku=True),
    attribute("200007763", "Ships From", is_sku=True),
)


def test_an_item_speaks_the_schema_of_its_category() -> None:
    listing = content(
        attributes=(
            AttributeContent("10", "100006063"),
            AttributeContent("2", "4", value="Own brand"),
            AttributeContent("3", "7"),
            AttributeContent("3", "4", value="Stackable"),
            AttributeContent(name="Capacity", value="350 ml"),
        )
    )

    sent = write_feed_listing(listing, ATTRIBUTES)

    assert sent["category_attributes"] == {
        "Material": {"value": "100006063"},
        "Brand Name": {"value": "4", "customValue": "Own brand"},
        "Feature": {"value": ["7", "4"], "customValue": "Stackable"},
    }
    assert sent["user_defined_attribute_list"] == [{"attribute_name": "Capacity", "attribute_value": "350 ml"}]
    assert sent["title_multi_language_list"] == [{"locale": "en_US", "title": "Ceramic mug 350 ml"}]
    assert sent["description_multi_language_list"] == [
        {"locale": "en_US", "module_list": [{"type": "html", "html": {"content": "<p>Mug</p>"}}]}
    ]
    assert (sent["product_units_type"], sent["shipping_template_id"]) == ("100000015", -1700000001)
    assert (sent["package_weight"], sent["shipping_preparation_time"], sent["locale"]) == ("0.420", 3, "en_US")
    first = sent["sku_info_list"][0]
    assert (first["sku_code"], first["inventory"], first["price"]) == ("MUG-BLK-CN", 120, "11.00")
    assert first["sku_attributes"] == {
        "Color": {"value": "193", "alias": "Night", "sku_image_url": "https://ae01.alicdn.com/kf/Hsku193.jpg"},
        "Ships From": {"value": "201336100"},
    }


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"attributes": (AttributeContent("99", "1"),)}, "attribute_not_in_category", "attributes"),
        ({"lot_size": 2}, "field_fixed", "lot_size"),
        ({"group_id": "523"}, "field_fixed", "group_id"),
        ({"freight_template_id": "1000"}, "field_fixed", "freight_template_id"),
        ({"currency": "EUR"}, "field_fixed", "currency"),
        ({"skus": (SkuContent("A", 1100, 3, barcode="4006381333931"),)}, "field_fixed", "sku.barcode"),
    ],
)
def test_what_the_schema_has_no_place_for_is_refused(change: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as caught:
        write_feed_listing(content(**change), ATTRIBUTES)
    assert (caught.value.error_code, caught.value.field) == (f"marketplace.{code}", field)


def test_a_sale_property_must_be_one() -> None:
    listing: ListingContent = content()

    with pytest.raises(Refused) as caught:
        write_feed_listing(listing, [replace(one, is_sku=False) for one in ATTRIBUTES])
    assert caught.value.error_code == "marketplace.sku_property_not_in_category"


async def test_the_item_travels_under_our_own_id(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer("solution.feed.submit", {"job_id": 200000000060024475})

    job = await store.submit_feed(FeedKind.CREATE, [store.feed_item("listing-7-abc", content(), ATTRIBUTES)])

    assert job == "200000000060024475"
    (item,) = market.seen[0].body("item_list")
    assert item["item_content_id"] == "listing-7-abc"
    assert isinstance(item["item_content"], str)


@pytest.mark.parametrize(("verdict", "kind", "code", "field"), [
    ("F00-00-10007-007", Refused, "sku_code_duplicate", "sku.code"),
    ("F00-10-10000-001", Unanswered, "system_error", ""),
    ("7250004", TemporaryFault, "translation_failed", "title"),
])  # fmt: skip
def test_a_verdict_means_what_a_single_call_would_have_met(
    store: AliExpressMarketplace, verdict: str, kind: type[MarketplaceError], code: str, field: str
) -> None:
    error = store.feed_refusal(FeedVerdict("7", False, code=verdict, text="as they say it"))

    assert type(error) is kind
    assert (error.error_code, error.field) == (f"marketplace.{code}", field)
    assert (error.platform_code, error.platform_text) == (verdict, "as they say it")


async def test_feeds_pay_for_many_listings_at_a_slow_pace_only(store: AliExpressMarketplace, gateway: Gateway) -> None:
    post = Caller(credentials().app_key, "mugs", "aliexpress.offer.product.post")
    assert not store.feed_pays(FeedKind.CREATE, 2_000), "at a hundred a second that takes 20 seconds"
    assert store.feed_pays(FeedKind.CREATE, 100_000)

    gateway.limits.obey(post, RateLimited(platform_code="AppApiCallLimit", retry_after_s=30_000.0))

    assert store.feed_pays(FeedKind.CREATE, 100), "the day quota of the call is used up"
    assert not store.feed_pays(FeedKind.CREATE, 99), "too few to gain, whatever the limit"
    assert not store.feed_pays(FeedKind.STOCK, 100_000), "only new listings are handed over by the queue"


async def test_feeds_do_not_pay_while_everything_is_banned(store: AliExpressMarketplace, gateway: Gateway) -> None:
    anything = Caller(credentials().app_key, "mugs", "aliexpress.solution.feed.submit")
    gateway.limits.obey(anything, RateLimited(platform_code="AppCallLimit", retry_after_s=30_000.0))

    assert not store.feed_pays(FeedKind.CREATE, 500), "the feed would wait as long"
