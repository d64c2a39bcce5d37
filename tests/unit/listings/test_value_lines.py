"""Attributes and sale properties as lines: what is asked for first, what filling one in stores and leaves alone."""

from __future__ import annotations

import pytest

from app.services.compliance import CheckContext, check
from app.services.compliance.findings import Label
from app.services.compliance.leaf import AttributeFacts
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.value_lines import (
    add_property,
    category_fields,
    is_like,
    made_alike,
    put_attribute,
    put_property,
    with_choice,
    with_name,
    with_text,
)

BASE, MATERIAL, BRAND, COLOUR, SIZE = "10", "11", "12", "14", "15"


def facts(number, zh, en, values=(), **more):
    labels = {value_id: Label(value_zh, value_en) for value_id, value_zh, value_en in values}
    return AttributeFacts(number, Label(zh, en), values=labels, position=int(number), **more)


ALL = (
    facts(BRAND, "品牌", "Brand", show_type="input"),
    facts(MATERIAL, "材质", "Material", (("1", "木", "Wood"), ("4", "其他", "Other"))),
    facts(BASE, "灯头类型", "Lamp base", (("7", "E27", "E27"), ("8", "E14", "E14")), is_required=True),
    facts(
        COLOUR,
        "颜色",
        "Color",
        (("193", "黑色", "Black"), ("29", "白色", "White")),
        is_sku=True,
        allows_custom_name=True,
    ),
    facts(SIZE, "尺寸", "Size", (("61", "小", "Small"), ("62", "大", "Large")), is_sku=True),
)


def context():
    return CheckContext(store_id=1, store_name="晨帆数码", read_attributes=lambda category_id: ALL)


def record(attributes=(), *skus):
    variants = [SkuRecord(number, f"LM{number}", 100, 1, list(parts)) for number, parts in enumerate(skus, 1)]
    return ListingRecord(1, 1, category_id="9", attributes=list(attributes), skus=variants)


def codes(listing, prefix):
    found = {finding.code for finding in check(listing, context())}
    return sorted(code for code in found if code.startswith(prefix))


def fields(listing):
    return category_fields(listing, context())


def colour(value, **more):
    return {"name": "Color", "value": value, **more}


def size(value):
    return {"name": "Size", "value": value}


class TestAttributes:
    def test_required_ones_come_first_filled_in_or_not(self):
        listing = record([{"name": "Brand", "value": "Noma"}])
        lines = fields(listing).attribute_lines(listing.attributes)
        assert [(line.key, line.is_required, line.text) for line in lines] == [(BASE, True, ""), (BRAND, False, "Noma")]
        also = fields(listing).attribute_lines(listing.attributes, frozenset({MATERIAL}))
        assert [line.key for line in also] == [BASE, MATERIAL, BRAND]

    def test_a_missing_required_value_is_chosen(self):
        listing = record([{"name": "Brand", "value": "Noma", "note": "kept"}])
        line = fields(listing).attribute_lines(listing.attributes)[0]
        assert codes(listing, "attribute.") == ["attribute.required"]
        listing.attributes = put_attribute(listing.attributes, line, with_choice(line, "7"))
        assert listing.attributes == [
            {"name": "Brand", "value": "Noma", "note": "kept"},
            {"name_id": BASE, "name": "Lamp base", "value_id": "7", "value": "E27"},
        ]
        assert codes(listing, "attribute.") == []

    @pytest.mark.parametrize(
        ("entry", "code", "remedy"),
        [
            ({"name": "Material", "value": "Moon rock"}, "attribute.value", lambda line: with_choice(line, "1")),
            ({"name_id": MATERIAL, "value_id": "4"}, "attribute.other", lambda line: with_text(line, "Rattan")),
            ({"name_id": MATERIAL, "value_id": "4"}, "attribute.other", lambda line: with_choice(line, "1")),
            ({"name_id": "999", "value_id": "1"}, "attribute.foreign", lambda line: None),
            ({"name": "Style", "value": ""}, "attribute.empty", lambda line: with_text(line, "Nordic")),
            ({"name": "", "value": "Nordic"}, "attribute.empty", lambda line: with_name(line, "Style")),
            ({"name": "Brand", "value": "No\tma"}, "attribute.signs", lambda line: with_text(line, "Noma")),
            ({"name": "St\tyle", "value": "Nordic"}, "attribute.signs", lambda line: with_name(line, "Style")),
        ],
    )
    def test_every_finding_has_a_line_that_puts_it_right(self, entry, code, remedy):
        listing = record([{"name_id": BASE, "value_id": "7"}, entry])
        assert codes(listing, "attribute.") == [code]
        line = next(one for one in fields(listing).attribute_lines(listing.attributes) if one.entry is entry)
        listing.attributes = put_attribute(listing.attributes, line, remedy(line))
        assert codes(listing, "attribute.") == []
        assert listing.attributes[0] == {"name_id": BASE, "value_id": "7"}

    def test_a_value_written_by_its_name_is_shown_as_chosen(self):
        listing = record([{"name": "材质", "value": "木"}])
        line = fields(listing).attribute_lines(listing.attributes)[1]
        assert (line.key, line.value_id, line.text, str(line.shown)) == (MATERIAL, "1", "", "Wood")

    def test_an_emptied_text_takes_the_entry_away_and_an_own_one_stays_to_be_filled(self):
        listing = record([{"name": "Brand", "value": "Noma"}, {"name": "Style", "value": "Nordic"}])
        _, brand, style = fields(listing).attribute_lines(listing.attributes)
        assert with_text(brand, " ") is None
        assert with_text(style, "") == {"name": "Style", "value": "", "value_id": ""}

    def test_two_entries_of_one_attribute_are_two_lines(self):
        both = [{"name_id": MATERIAL, "value_id": "1"}, {"name_id": MATERIAL, "value_id": "4", "value": "Rattan"}]
        lines = fields(record(both)).attribute_lines(both)[1:]
        assert [(line.number, line.value_id, line.text) for line in lines] == [(0, "1", ""), (1, "4", "Rattan")]
        assert put_attribute(both, lines[1], None) == both[:1]

    def test_without_what_the_category_asks_every_entry_is_a_line(self):
        listing = record([{"name": "Brand", "value": "Noma"}])
        bare = category_fields(listing, CheckContext(store_id=1, store_name="晨帆数码"))
        (line,) = bare.attribute_lines(listing.attributes)
        assert (line.is_own, line.takes_text, line.text) == (True, True, "Noma")


def applied(listing, edits):
    for sku in listing.skus:
        sku.properties = edits.get(sku.id, {}).get("properties", sku.properties)
    return listing


class TestProperties:
    def test_a_choice_is_given_to_all_chosen_variants_and_keeps_their_pictures(self):
        listing = record((), [colour("Black", image="a.jpg")], [colour("Teal")], [colour("White")])
        line = fields(listing).property_lines(listing.skus[0])[0]
        edits = put_property(fields(listing), listing.skus[:2], line, ("id", "29"))
        chosen = {"name": "Color", "name_id": COLOUR, "value_id": "29", "value": "White"}
        assert edits == {1: {"properties": [{**chosen, "image": "a.jpg"}]}, 2: {"properties": [chosen]}}

    def test_an_own_name_stands_beside_the_value_it_names(self):
        listing = record((), [{"name_id": COLOUR, "value_id": "193", "value": "Black"}])
        line = fields(listing).property_lines(listing.skus[0])[0]
        assert (line.names_value, line.text) == (True, "")
        applied(listing, put_property(fields(listing), listing.skus, line, ("text", "Ink")))
        (part,) = listing.skus[0].properties
        assert (part["value_id"], part["value"]) == ("193", "Ink")
        line = fields(listing).property_lines(listing.skus[0])[0]
        assert (line.value_id, line.text) == ("193", "Ink")
        applied(listing, put_property(fields(listing), listing.skus, line, ("text", "")))
        assert listing.skus[0].properties[0]["value"] == "Black"

    def test_equal_variants_are_told_apart(self):
        listing = record((), [colour("Black")], [colour("Black")])
        assert codes(listing, "property.") == ["property.same"]
        line = fields(listing).property_lines(listing.skus[1])[0]
        applied(listing, put_property(fields(listing), listing.skus[1:], line, ("id", "29")))
        assert codes(listing, "property.") == []

    @pytest.mark.parametrize(
        ("part", "code", "value"),
        [
            (size("Huge"), "property.value", ("id", "62")),
            (colour("Bl;ack = ink"), "property.signs", ("text", "Ink")),
            ({"name": "Smell", "value": "Rose"}, "property.unknown", None),
        ],
    )
    def test_a_value_is_put_right_and_a_property_taken_away(self, part, code, value):
        listing = record((), [part])
        assert codes(listing, "property.") == [code]
        line = fields(listing).property_lines(listing.skus[0])[0]
        applied(listing, put_property(fields(listing), listing.skus, line, value))
        assert codes(listing, "property.") == []

    def test_a_property_that_stands_twice_is_taken_away_once(self):
        listing = record((), [colour("Black"), colour("White")])
        assert codes(listing, "property.") == ["property.twice"]
        second = fields(listing).property_lines(listing.skus[0])[1]
        applied(listing, put_property(fields(listing), listing.skus, second, None))
        assert [part["value"] for part in listing.skus[0].properties] == ["Black"]

    def test_an_emptied_value_leaves_its_property(self):
        listing = record((), [size("Small")])
        line = fields(listing).property_lines(listing.skus[0])[0]
        applied(listing, put_property(fields(listing), listing.skus, line, ("id", "")))
        assert listing.skus[0].properties == [{"name": "Size", "value": "", "name_id": SIZE, "value_id": ""}]

    def test_a_property_is_added_where_it_is_not_there_yet(self):
        listing = record((), [colour("Black")], [colour("White"), size("Small")])
        added = add_property(fields(listing), listing.skus, ALL[4])
        new = {"name_id": SIZE, "name": "Size", "value_id": "", "value": ""}
        assert added == {1: {"properties": [colour("Black"), new]}}

    def test_variants_are_made_alike_with_the_values_they_have(self):
        listing = record((), [colour("Black"), size("Small")], [size("Large"), colour("White")], [colour("White")])
        assert codes(listing, "property.") == ["property.different"]
        first = listing.skus[0]
        assert not is_like(fields(listing), listing.skus[1], first)
        applied(listing, made_alike(fields(listing), listing.skus, first))
        assert [[part["value"] for part in sku.properties] for sku in listing.skus] == [
            ["Black", "Small"],
            ["White", "Large"],
            ["White", ""],
        ]
        assert codes(listing, "property.different") == []
