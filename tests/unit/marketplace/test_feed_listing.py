"""Listings as items of a create feed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.services.marketplace.aliexpress import AliExpressMarketplace
from app.services.marketplace.aliexpress.mapping.feed_listing import write_feed_listing
from app.services.marketplace.port import AttributeContent, ListingContent, Refused, RemoteAttribute
from app.services.marketplace.records import FeedKind
from tests.unit.marketplace.stub import StubMarket, content


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
