"""Inches become centimetres where a text can be read surely; what could mean several things is left and said."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace

import pytest

from app.services.listings.bulk_edit.operations import (
    ConvertInches,
)
from app.services.listings.bulk_edit.sizes import converted_page, converted_sides, converted_text
from app.services.listings.bulk_edit.texts import RowRefused
from tests.unit.listings.bulk_edit.drafts import CONTEXT, changed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Case 6.7 inch", "Case 17.02 cm"),
        ("12 in long", "12 in long"),
        ("Box 10 x 5 x 3 in, blue", "Box 25.4 x 12.7 x 7.62 cm, blue"),
        ("Table 30-inch", "Table 76.2 cm"),
        ("屏幕 10英寸", "屏幕 25.4 cm"),
        ('Pipe 1" wide', "Pipe 2.54 cm wide"),
        ("5 in 1 charger", "5 in 1 charger"),
        ("2x3 in 1", "2x3 in 1"),
        ("pinch 3 inches", "pinch 7.62 cm"),
        ("no size", "no size"),
        ("30 cm long", "30 cm long"),
        ("1/2 inch pipe", "1.27 cm pipe"),
        ("1-1/2 inch", "3.81 cm"),
        ("1 1/2 inch", "3.81 cm"),
        ("½ inch, 1½″ and 2 ¾ inch", "1.27 cm, 3.81 cm and 6.99 cm"),
        ("10-12 inch", "25.4-30.48 cm"),
        ("10 to 12 inches", "25.4 to 30.48 cm"),
        ('10"-12"', "25.4-30.48 cm"),
        ("长10~12英寸", "长25.4~30.48 cm"),
        ("1/2-3/4 inch", "1.27-1.91 cm"),
        ("1,200 inch", "3048 cm"),
        ('8"x10" frame', "20.32x25.4 cm frame"),
        ('8" x 10" frame', "20.32 x 25.4 cm frame"),
        ("8 x 10 inch", "20.32 x 25.4 cm"),
        ("1-1/2 x 3 in", "3.81 x 7.62 cm"),
        ('8"W x 10"H', "20.32 cm W x 25.4 cm H"),
        ("iPhone 12 6.1 inch", "iPhone 12 15.49 cm"),
        ("12 inch, 2 pcs", "30.48 cm, 2 pcs"),
        ("12 inch - 2 pack", "30.48 cm - 2 pack"),
        ("10 inch or 12 inch", "25.4 cm or 30.48 cm"),
        ("0.1875 inch", "0.48 cm"),
        (".5 inch", "1.27 cm"),
        ("10inch屏幕", "25.4 cm屏幕"),
        ("12” wide", "30.48 cm wide"),
        ("3, 5 in a box", "3, 5 in a box"),
    ],
)
def test_inches_in_texts(before, after):
    assert converted_text(before) == after


@pytest.mark.parametrize("text", ["12 inch (30 cm)", "30 cm / 12 inch", "12 inch (30 centimetres)", "12-inch, 30-cm"])
def test_inches_beside_centimetres_are_suspicious(text):
    with pytest.raises(RowRefused, match="suspicious_size"):
        converted_text(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "10/12 inch",
            "2/4 inch",
            "1/2.7 inch",
            "1,5 inch",
            "10, 12 inch",
            "10 or 12 inch",
            "1 200 inch",
            "1.2.3 inch",
        ),
        *("5'10\"", "5 ft 10 inch", '1/4"-20', "2 - 12 inch", "12-10 inch", "USB2-12 inch", "2-3-4 inch", "16:9 inch"),
        *(
            "2x3x4x5 inch",
            '8" x 10',
            "12 inch x 2",
            '8"10"',
            '"Model 12" case',
            "12 inch²",
            "No.12 inch",
            "1234567 inch",
        ),
    ],
)
def test_inches_that_can_be_read_in_several_ways_are_suspicious(text):
    with pytest.raises(RowRefused, match="suspicious_size"):
        converted_text(f"Lamp {text}")


@pytest.mark.parametrize(
    "piece", ["1", "1-", "1/", "1,", "1 x ", '1"', "½", " ", "1 ", '="', "<a ='", '<a ="<b', "&amp", "1\n", "<"]
)
def test_sizes_are_read_in_linear_time(piece):
    started = time.process_time()
    for text in (piece * 40_000, f"12 inch {piece * 40_000}", f"{piece * 40_000} inch"):
        for convert in (converted_text, converted_page):
            with suppress(RowRefused):
                assert convert(text)
    assert time.process_time() - started < 10


def test_sides_in_inches_are_rounded_up_and_large_ones_left():
    draft = changed(ConvertInches(), length_cm=10, width_cm=4, height_cm=None, title="Lamp 2 inch")
    assert [draft[name] for name in ("length_cm", "width_cm", "height_cm")] == [26, 11, None]
    assert draft["title"] == "Lamp 5.08 cm" and draft.refused == []
    draft = changed(ConvertInches(), length_cm=300, width_cm=4, height_cm=4)
    assert draft.differences() == {} and draft.refused == [("length_cm", "suspicious_size")]


def test_a_text_with_both_units_is_refused_and_the_others_are_converted():
    draft = changed(ConvertInches(package=False), title="Lamp 12 inch (30 cm)", detail_html="<p>12 inch</p>")
    assert draft.differences() == {"detail_html": "<p>30.48 cm</p>"}
    assert draft.refused == [("title", "suspicious_size")]


def test_a_package_that_holds_the_goods_as_it_is_was_measured_in_centimetres():
    told = [{"name": "Note", "value": None}, {"name": "Size", "value": "36 x 18 x 8 cm"}]
    sides = {"length_cm": 38, "width_cm": 20, "height_cm": 10}
    draft = changed(ConvertInches(attributes=False), attributes=told, **sides)
    assert draft.differences() == {} and draft.refused == [("length_cm", "suspicious_size")]
    told[1]["value"] = "36 x 18 cm"
    assert changed(ConvertInches(attributes=False), attributes=told, **sides)["length_cm"] == 97, "no size of three"
    told[1]["value"] = "36 x 18 x 8 cm"
    unknown = changed(ConvertInches(attributes=False), attributes=told, length_cm=38, width_cm=20)
    assert (unknown["length_cm"], unknown.refused) == (97, []), "a package with two sides holds nothing"


@pytest.mark.parametrize(
    ("limits", "is_carried"),
    [
        ({"side_max_cm": 26}, True),
        ({"side_max_cm": 25}, False),
        ({"girth_max_cm": 70}, True),
        ({"girth_max_cm": 69}, False),
    ],
)
def test_a_package_may_be_as_large_as_carriers_take_it(limits, is_carried):
    """10 × 4 × 4 in are 26 × 11 × 11 cm, 70 cm around and along."""
    limited = replace(CONTEXT.limits, **limits)
    if is_carried:
        assert converted_sides((10, 4, 4), limited) == (26, 11, 11)
    else:
        with pytest.raises(RowRefused, match="suspicious_size"):
            converted_sides((10, 4, 4), limited)


def test_sizes_in_attributes_become_centimetres_unless_the_package_says_they_are():
    """38 in do not fit between sides of 38, 20 and 10 cm: they are centimetres."""
    own = {"name": "Height", "value": "12 inch"}
    unsaid = {"name": "Depth", "value": None}
    theirs = {"name_id": "9", "value_id": "7", "name": "Size", "value": "5 inch"}
    inches = ConvertInches(package=False, fields=())
    draft = changed(inches, attributes=[own, theirs, unsaid], length_cm=38, width_cm=20, height_cm=10)
    assert draft["attributes"] == [own | {"value": "30.48 cm"}, theirs, unsaid]
    suspicious = [own, own | {"value": "38 inch"}]
    draft = changed(inches, attributes=suspicious, length_cm=38, width_cm=20, height_cm=10)
    assert draft.differences() == {} and draft.refused == [("attributes", "suspicious_size")]
    draft = changed(
        ConvertInches(fields=()), attributes=[own | {"value": "38 inch"}], length_cm=38, width_cm=20, height_cm=9
    )
    assert draft["attributes"][0]["value"] == "96.52 cm", "the package was in inches, too"
    assert changed(ConvertInches(attributes=False), attributes=[own]).differences() == {}
