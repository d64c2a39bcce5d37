"""From our words to the platform's ids."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Label
from app.services.compliance.leaf import AttributeFacts
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.marketplace.port import AttributeContent, SkuProperty
from app.services.publishing.content_builder import ContentIncomplete, build_content, keywords_of
from app.services.regional_prices import RegionalPrices

LEAF = "39050502"
COLOUR = AttributeFacts(
    "14",
    Label("颜色", "Color"),
    is_sku=True,
    allows_custom_name=True,
    position=1,
    values={"193": Label("黑色", "Black"), "771": Label("米色", "Beige"), "29": Label("白色", "White")},
)
SHIPS_FROM = AttributeFacts(
    "200007763",
    Label("发货地", "Ships From"),
    is_sku=True,
    position=3,
    values={"201336100": Label("中国", "CHINA"), "201336104": Label("西班牙", "SPAIN")},
)
PLUG = AttributeFacts(
    "200000181",
    Label("插头", "Plug Type"),
    is_sku=True,
    position=2,
    values={"1": Label("欧规", "EU Plug"), "2": Label("美规", "US Plug")},
)
BASE = AttributeFacts(
    "200000137",
    Label("灯头类型", "Lamp base"),
    position=4,
    values={"8": Label("E27", "E27"), "4": Label("其他", "Other")},
)
BRAND = AttributeFacts("2", Label("品牌", "Brand"), show_type="input", position=5)
URLS = {"a.jpg": "https://ae01.alicdn.com/kf/a.jpg", "b.jpg": "https://ae01.alicdn.com/kf/b.jpg"}


@pytest.fixture
def context() -> CheckContext:
    facts = (COLOUR, SHIPS_FROM, PLUG, BASE, BRAND)
    return CheckContext(read_attributes=lambda category_id: facts if category_id == LEAF else ())


def sku(code: str, *properties: dict[str, str], **fields: Any) -> SkuRecord:
    return SkuRecord(1, code, 1890, 120, list(properties), **fields)


def record(**changes: Any) -> ListingRecord:
    whole = ListingRecord(
        id=7,
        store_id=1,
        title="Bedside Table Lamp",
        keywords="lamp, bedside；touch|dimmable",
        category_id=LEAF,
        freight_template_id="-1234567890",
        group_id="262007001",
        unit="pcs",
        lot_size=1,
        handling_days=5,
        weight_g=840,
        length_cm=24,
        width_cm=25,
        height_cm=38,
        detail_html="<p>Warm light.</p>",
        skus=[sku("LM4402-BK", {"name": "颜色", "value": "黑色"}, barcode="6901234567892")],
        images=["a.jpg", "b.jpg"],
    )
    return replace(whole, **changes)


def properties(listing: ListingRecord, context: CheckContext) -> list[tuple[SkuProperty, ...]]:
    return [variant.properties for variant in build_content(listing, context, URLS).skus]


def test_everything_goes_over(context: CheckContext) -> None:
    content = build_content(record(), context, URLS)
    assert (content.title, content.category_id, content.detail_html) == (
        "Bedside Table Lamp",
        LEAF,
        "<p>Warm light.</p>",
    )
    assert content.images == (URLS["a.jpg"], URLS["b.jpg"])
    assert (content.freight_template_id, content.group_id, content.unit_id) == ("-1234567890", "262007001", "100000015")
    assert (content.weight_g, content.length_cm, content.width_cm, content.height_cm) == (840, 24, 25, 38)
    assert (content.handling_days, content.lot_size, content.currency) == (5, 1, "USD")
    assert content.keywords == ("lamp", "bedside", "touch")
    (variant,) = content.skus
    assert (variant.code, variant.price_minor, variant.stock, variant.barcode) == (
        "LM4402-BK",
        1890,
        120,
        "6901234567892",
    )
    assert variant.properties == (SkuProperty("14", "193"),)


@pytest.mark.parametrize(
    ("text", "words"), [("", ()), (" , ;", ()), ("one", ("one",)), ("a b，c\nd,e", ("a b", "c", "d"))]
)
def test_keywords(text: str, words: tuple[str, ...]) -> None:
    assert keywords_of(text) == words


def test_ids_that_are_known_are_kept(context: CheckContext) -> None:
    listing = record(skus=[sku("A", {"name": "Colour", "name_id": "14", "value": "Beige", "value_id": "771"})])
    assert properties(listing, context) == [(SkuProperty("14", "771"),)]


def test_a_name_of_the_sellers_own_for_a_known_value(context: CheckContext) -> None:
    entry = {"name": "Color", "name_id": "14", "value": "Midnight", "value_id": "193"}
    assert properties(record(skus=[sku("A", entry)]), context) == [(SkuProperty("14", "193", "Midnight"),)]


def test_own_names_stand_on_values_that_no_variant_uses(context: CheckContext) -> None:
    """Also not on one that a later variant names."""
    listing = record(
        skus=[
            sku("A", {"name": "Color", "value": "Midnight"}),
            sku("B", {"name": "Color", "value": "Black"}),
            sku("C", {"name": "Color", "value": "Sunrise"}),
        ]
    )
    assert properties(listing, context) == [
        (SkuProperty("14", "771", "Midnight"),),
        (SkuProperty("14", "193"),),
        (SkuProperty("14", "29", "Sunrise"),),
    ]


def test_one_own_name_is_one_value(context: CheckContext) -> None:
    listing = record(
        skus=[
            sku("A", {"name": "Color", "value": "Midnight"}, {"name": "Plug Type", "value": "EU Plug"}),
            sku("B", {"name": "Color", "value": "midnight "}, {"name": "Plug Type", "value": "US Plug"}),
        ]
    )
    found = properties(listing, context)
    assert {variant[0].value_id for variant in found} == {"193"}
    assert [variant[1].value_id for variant in found] == ["1", "2"]


def test_more_own_names_than_values_cannot_be_sent(context: CheckContext) -> None:
    listing = record(skus=[sku(name, {"name": "Color", "value": name}) for name in ("One", "Two", "Three", "Four")])
    with pytest.raises(ContentIncomplete) as caught:
        build_content(listing, context, URLS)
    assert caught.value.field == "sku.properties"


def test_properties_stand_in_the_categorys_order(context: CheckContext) -> None:
    entries = (
        {"name": "Ships From", "value": "ES"},
        {"name": "Plug Type", "value": "欧规"},
        {"name": "颜色", "value": "白色"},
    )
    assert properties(record(skus=[sku("A", *entries)]), context) == [
        (SkuProperty("14", "29"), SkuProperty("200000181", "1"), SkuProperty("200007763", "201336104"))
    ]


def test_the_warehouse_column_becomes_a_property_of_every_variant(context: CheckContext) -> None:
    """Who names no warehouse is at home; all variants must have the same properties."""
    listing = record(
        skus=[
            sku("A", {"name": "Color", "value": "Black"}, ships_from="ES"),
            sku("B", {"name": "Color", "value": "Black"}),
        ]
    )
    assert properties(listing, context) == [
        (SkuProperty("14", "193"), SkuProperty("200007763", "201336104")),
        (SkuProperty("14", "193"), SkuProperty("200007763", "201336100")),
    ]


def test_a_warehouse_that_is_a_property_already_is_not_said_twice(context: CheckContext) -> None:
    entry = {"name": "Ships From", "name_id": "200007763", "value": "SPAIN", "value_id": "201336104"}
    listing = record(skus=[sku("A", entry, ships_from="ES")])
    assert properties(listing, context) == [(SkuProperty("200007763", "201336104"),)]


def test_pictures_of_variants_are_addresses(context: CheckContext) -> None:
    listing = record(skus=[sku("A", {"name": "Color", "value": "Black", "image": "b.jpg"})])
    assert properties(listing, context) == [(SkuProperty("14", "193", image_url=URLS["b.jpg"]),)]


def test_a_listing_without_variants(context: CheckContext) -> None:
    assert properties(record(skus=[sku("A")]), context) == [()]


@pytest.mark.parametrize(
    ("entry", "sent"),
    [
        ({"name": "灯头类型", "value": "E27"}, AttributeContent("200000137", "8")),
        (
            {"name_id": "200000137", "value_id": "8", "name": "Lamp base", "value": "E27"},
            AttributeContent("200000137", "8"),
        ),
        ({"name": "Lamp base", "value_id": "4", "value": "G53"}, AttributeContent("200000137", "4", "", "G53")),
        ({"name": "Brand", "value": "Northlane"}, AttributeContent("2", "", "", "Northlane")),
        ({"name": "Feature", "value": "Touch"}, AttributeContent("", "", "Feature", "Touch")),
    ],
)
def test_attributes_in_the_four_ways_the_platform_knows(
    context: CheckContext, entry: dict[str, str], sent: AttributeContent
) -> None:
    assert build_content(record(attributes=[entry]), context, URLS).attributes == (sent,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category_id": ""}, "category_id"),
        ({"freight_template_id": ""}, "freight_template_id"),
        ({"handling_days": None}, "handling_days"),
        ({"unit": "handful"}, "unit"),
        ({"weight_g": None}, "weight_g"),
        ({"length_cm": None}, "length_cm"),
        ({"width_cm": None}, "width_cm"),
        ({"height_cm": None}, "height_cm"),
        ({"images": ["c.jpg"]}, "images"),
        ({"skus": [SkuRecord(1, "A", None, 5)]}, "sku.price"),
        ({"skus": [sku("A", {"name": "Taste", "value": "Sweet"})]}, "sku.properties"),
        ({"skus": [sku("A", {"name": "Plug Type", "value": "UK Plug"})]}, "sku.properties"),
    ],
)
def test_what_is_unknown_is_never_guessed(context: CheckContext, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ContentIncomplete) as caught:
        build_content(record(**changes), context, URLS)
    assert caught.value.field == field


def test_a_category_nobody_read_yet_takes_ids_as_they_are(context: CheckContext) -> None:
    entry = {"name_id": "14", "value_id": "193", "name": "Color", "value": "Black"}
    listing = record(category_id="1", skus=[sku("A", entry)], attributes=[{"name_id": "2", "value": "Northlane"}])
    content = build_content(listing, context, URLS)
    assert content.skus[0].properties == (SkuProperty("14", "193"),)
    assert content.attributes == (AttributeContent("2", "", "", "Northlane"),)


def test_a_covered_listing_is_created_with_its_own_service_template(context: CheckContext) -> None:
    assert build_content(record(), context, URLS).service_template_id == ""
    assert build_content(record(service_template_id="520202"), context, URLS).service_template_id == "520202"


def test_prices_by_country_go_over_and_not_known_stays_not_known(context: CheckContext) -> None:
    ten = RegionalPrices("percentage", {"RU": -10})
    assert build_content(record(regional_prices=ten.stored()), context, URLS).regional_prices == ten
    assert build_content(record(regional_prices={}), context, URLS).regional_prices == RegionalPrices()
    assert build_content(record(regional_prices=None), context, URLS).regional_prices is None
