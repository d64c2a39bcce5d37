"""Putting the platform's listing over ours: ids of variants stay, equal meaning keeps our writing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services.compliance import CheckContext
from app.services.compliance.findings import Label
from app.services.compliance.leaf import AttributeFacts
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.stores.sync.merging import adopt, adopt_skus

COLOURS = {"29": Label("白色", "White"), "193": Label("黑色", "Black"), "10": Label("红色", "Red")}
FACTS = (
    AttributeFacts("14", Label("颜色", "Color"), is_sku=True, allows_custom_name=True, position=1, values=COLOURS),
    AttributeFacts(
        "200007763",
        Label("发货地", "Ships From"),
        is_sku=True,
        position=2,
        values={"201336100": Label("中国", "CHINA"), "201336104": Label("西班牙", "SPAIN")},
    ),
    AttributeFacts("2", Label("品牌", "Brand Name"), position=1, values={"201512802": Label("无", "NONE")}),
    AttributeFacts("3", Label("型号", "Model Number"), position=2, show_type="input"),
)


@pytest.fixture
def context():
    return CheckContext(store_id=1, read_attributes=lambda category_id: FACTS)


def sku(number, code, value="White", **changes):
    part = {"name": "Color", "value": value, "name_id": "", "value_id": "", "image": ""}
    return replace(SkuRecord(number, code, 1890, 5, [part], match_key=code.upper()), **changes)


def theirs(code, value_id="29", value="White", **changes):
    part = {"name": "Color", "value": value, "name_id": "14", "value_id": value_id, "image": ""}
    return replace(SkuRecord(None, code, 1890, 5, [part]), **changes)


def ids(merged):
    return [(found.id, found.code) for found in merged]


@pytest.mark.parametrize(
    ("local", "remote", "merged"),
    [
        ("AA BB", "AA BB", [(1, "AA"), (2, "BB")]),
        ("AA BB", "BB AA", [(2, "BB"), (1, "AA")]),
        ("AA BB", "AA", [(1, "AA")]),
        ("AA", "AA BB", [(1, "AA"), (None, "BB")]),
        ("AA BB", "AA XX", [(1, "AA"), (2, "XX")]),
        ("AA BB", "XX AA", [(None, "XX"), (1, "AA")]),
        ("AA AA", "AA AA", [(1, "AA"), (2, "AA")]),
        ("AA AA", "AA", [(1, "AA")]),
        ("AA", "AA AA", [(1, "AA"), (None, "AA")]),
        ("", "AA", [(None, "AA")]),
        ("AA", "", []),
        ("aa bb", "AA BB", [(1, "AA"), (2, "BB")]),
        ("AA AA_CUS AA_CES", "AA_CES AA AA_CUS", [(3, "AA_CES"), (1, "AA"), (2, "AA_CUS")]),
        ("AA_CUS", "AA AA_CUS", [(None, "AA"), (1, "AA_CUS")]),
        ("AA*2+BB AA_CGB", "AA_CUK BB+AA*2", [(2, "AA_CUK"), (1, "BB+AA*2")]),
    ],
)
def test_variants_keep_their_ids_by_code_then_by_place(local, remote, merged):
    ours = [sku(number, code) for number, code in enumerate(local.split(), 1)]
    assert ids(adopt_skus(ours, [theirs(code) for code in remote.split()], frozenset())) == merged


def test_only_variants_that_mean_the_same_keep_their_own_writing():
    ours = [sku(1, "AA", ships_from="ES"), sku(2, "BB", ships_from="FR")]
    first, second = adopt_skus(ours, [theirs("AA", price_minor=1), theirs("BB", price_minor=2)], frozenset({1}))
    assert (first.properties, first.ships_from, first.price_minor) == (ours[0].properties, "ES", 1)
    assert (second.properties[0]["name_id"], second.ships_from, second.price_minor) == ("14", "", 2)


def record(**changes):
    values = {
        "id": 7,
        "store_id": 1,
        "product_key": "LAMP-1",
        "title": "Lamp",
        "category_id": "2101",
        "freight_template_id": "700126540",
        "unit": "100000015",
        "handling_days": 5,
        "weight_g": 840,
        "length_cm": 24,
        "width_cm": 24,
        "height_cm": 38,
        "extra": {"备注": "fragile"},
        "images": ["/photos/a.jpg"],
        "skus": [sku(1, "AA")],
        **changes,
    }
    return ListingRecord(**values)


def remote(**changes):
    return record(id=0, product_key="", extra={}, images=["https://x/a.jpg"], skus=[theirs("AA")], **changes)


ADDRESSES = {"/photos/a.jpg": "https://x/a.jpg"}


def test_what_only_we_have_stays(context):
    merged = adopt(record(), remote(title="Their title"), context, ADDRESSES)
    assert (merged.id, merged.product_key, merged.extra, merged.title) == (
        7,
        "LAMP-1",
        {"备注": "fragile"},
        "Their title",
    )
    assert merged.images == ["/photos/a.jpg"]
    assert merged.skus[0].properties == record().skus[0].properties


def test_pictures_that_were_exchanged_or_never_uploaded_are_theirs(context):
    assert adopt(record(), remote(), context, {}).images == ["https://x/a.jpg"]
    known = {"https://x/a.jpg": "/photos/a.jpg"}
    other_now = record(images=["/photos/new.jpg"])
    assert adopt(other_now, remote(), context, {}, known).images == ["/photos/a.jpg"], "what we sent before"
    exchanged = adopt(record(), remote(), context, {"/photos/a.jpg": "https://x/other.jpg"})
    assert exchanged.images == ["https://x/a.jpg"]


@pytest.mark.parametrize(
    ("ours", "value_id", "value", "is_kept"),
    [
        ("白色", "29", "White", True),
        ("white", "29", "White", True),
        ("Black", "29", "White", False),
        ("Night black", "29", "Night black", True),
        ("Night black", "193", "Night black", True),
        ("Night black", "29", "Deep black", False),
    ],
)
def test_a_sale_property_means_its_value_or_the_sellers_own_name(context, ours, value_id, value, is_kept):
    local = record(skus=[sku(1, "AA", ours)])
    other = remote()
    other.skus = [theirs("AA", value_id, value)]
    merged = adopt(local, other, context, ADDRESSES)
    assert (merged.skus[0].properties == local.skus[0].properties) is is_kept


@pytest.mark.parametrize(
    ("ours", "theirs_", "is_kept"),
    [
        ([("品牌", "无"), ("Model Number", "X1")], [("3", "", "X1"), ("2", "201512802", "NONE")], True),
        ([("Brand Name", "none")], [("2", "201512802", "NONE")], True),
        ([("Model Number", "X1")], [("3", "", "X2")], False),
        ([("Model Number", "X1")], [], False),
        ([], [("3", "", "X1")], False),
    ],
)
def test_attributes_are_compared_by_meaning_in_any_order(context, ours, theirs_, is_kept):
    local = record(attributes=[{"name": name, "value": value} for name, value in ours])
    other = remote()
    other.attributes = [
        {"name_id": name_id, "value_id": value_id, "name": "", "value": value} for name_id, value_id, value in theirs_
    ]
    merged = adopt(local, other, context, ADDRESSES)
    assert merged.attributes == (local.attributes if is_kept else other.attributes)


def test_units_and_keywords_keep_our_spelling(context):
    local = record(unit="PCS", keywords="lamp；bedside light")
    merged = adopt(local, remote(unit="100000015", keywords="lamp, bedside light"), context, ADDRESSES)
    assert (merged.unit, merged.keywords) == ("PCS", "lamp；bedside light")
    merged = adopt(local, remote(unit="100000017", keywords="other"), context, ADDRESSES)
    assert (merged.unit, merged.keywords) == ("100000017", "other")


@pytest.mark.parametrize("ours", ["lamp; night light", ""])
def test_keywords_changed_here_stay_until_they_are_changed_there(context, ours):
    local = record(keywords=ours)
    there = remote(keywords="lamp")
    assert adopt(local, there, context, ADDRESSES, {}, ("lamp",)).keywords == ours
    assert adopt(local, there, context, ADDRESSES, {}, ("desk lamp",)).keywords == "lamp"


def test_a_listing_that_could_not_be_sent_as_it_is_takes_theirs_and_keeps_ids(context):
    local = record(weight_g=None, handling_days=None)
    merged = adopt(local, remote(), context, ADDRESSES)
    assert (merged.weight_g, merged.images, merged.skus[0].id) == (840, ["https://x/a.jpg"], 1)
    assert merged.skus[0].properties[0]["name_id"] == "14"
