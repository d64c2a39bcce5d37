"""Inches for centimetres, and the reverse: 12 in are 30.48 cm, 30 cm are 11.81 in (domain.md 14.4)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.compliance.checker import check
from app.services.compliance.findings import finding_text
from app.services.compliance.lengths import in_centimetres, inch_sides, is_converted
from app.services.compliance.written_sizes import sizes_of
from app.services.listings.bulk_edit.sizes import converted_sides
from app.services.listings.bulk_edit.texts import RowRefused
from app.services.listings.fixes import edit_of, fixable_rules, fixed
from tests.unit.compliance.examples import context, listing, part, sku

CONTEXT = context()
LENGTH = "property.inch"
COLOURS = {"Black": "193", "White": "29"}


def variants(*texts, colours=("Black",), **fields):
    """A listing with a variant for each text, the colours in turn."""
    skus = [
        sku(f"LM{at}", properties=[part("14", COLOURS[colours[at % len(colours)]]), _length(text)])
        for at, text in enumerate(texts)
    ]
    return listing(skus=skus, **fields)


def _length(text, value_id=""):
    return {"name": "Length", "name_id": "", "value": text, "value_id": value_id, "image": ""}


def found(record, code=LENGTH):
    return [one for one in check(record, CONTEXT) if one.code == code]


@pytest.mark.parametrize(
    ("text", "numbers", "is_inch"),
    [
        ("30 cm", ["30"], False),
        ("12in", ["12"], True),
        ("12-inch", ["12"], True),
        ('7.5"', ["7.5"], True),
        ("30x20×10 厘米", ["30", "20", "10"], False),
        ("12英寸", ["12"], True),
        ("Height 40 centimetres", ["40"], False),
        ("1/2 inch", ["0.5"], True),
        ("1-1/2 in", ["1.5"], True),
        ("½ inch", ["0.500000"], True),
        ("1,200 inch", ["1200"], True),
        ("10-12 cm", ["10", "12"], False),
        ('8"x10"', ["8", "10"], True),
    ],
)
def test_a_length_in_a_text(text, numbers, is_inch):
    (size,) = sizes_of(text)
    assert ([*map(str, size.numbers)], size.is_inch) == (numbers, is_inch)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5 in 1",
        "12 inner",
        "30",
        "cm",
        "30 cmd",
        "1.2.3",
        "٣٠ cm",
        "1,5 cm",
        "10/12 inch",
        "5'10\"",
        "9" * 500 + "mm",
    ],
)
def test_no_length_in_a_text(text):
    assert sizes_of(text) == ()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30 inch", "30 cm"),
        ("30in", "30 cm"),
        ('30"', "30 cm"),
        ("30-inch rod", "30-cm rod"),
        ("30英寸", "30厘米"),
        ('8"x10"', "8x10 cm"),
        ("1/2 inch", "1/2 cm"),
        ("8英寸x10英寸", "8x10厘米"),
    ],
)
def test_the_same_number_in_centimetres(text, meant):
    assert in_centimetres(text, sizes_of(text)[0]) == meant


def test_only_decimals_prove_a_conversion():
    for centimetres, inches, is_one in (("30.48", "12", True), ("30.5", "12", True), ("25", "10", False)):
        assert is_converted(Decimal(centimetres), Decimal(inches)) is is_one
    assert not is_converted(Decimal("30.49"), Decimal(12))


# -- sibling variants -------------------------------------------------------------------------------------------------


def test_the_number_of_a_sibling_in_the_other_unit_is_flagged_and_put_right():
    record = variants("30 cm", "30 inch", "40 cm", "40 cm", colours=("Black", "White"))
    (one,) = found(record)
    assert (one.sku, one.severity, one.field) == (1, "warn", "sku.properties")
    assert "30 inch, 2.54 times off 30 cm" in finding_text(one)
    assert one.fix is not None and edit_of(record, one.fix).skus
    after = fixed(record, CONTEXT, fixable_rules()[LENGTH]).record
    assert [one.properties[1]["value"] for one in after.skus] == ["30 cm", "30 cm", "40 cm", "40 cm"]
    assert found(after) == []


def test_a_remedy_that_would_make_two_equal_variants_is_none():
    (one,) = found(variants("30 cm", "30 inch"))
    assert one.fix is None


def test_the_platforms_own_value_is_flagged_and_left():
    record = variants("30 cm", "30 inch", colours=("Black", "White"))
    record.skus[1].properties[1] = _length("30 inch", "77")
    (one,) = found(record)
    assert one.fix is None


def test_a_sibling_that_is_exactly_the_conversion():
    (one,) = found(variants("30.48 cm", "12 cm", colours=("Black", "White")))
    assert (one.sku, one.fix.params["value"] if one.fix else "") == (1, "30.48 cm")


@pytest.mark.parametrize(
    "texts",
    [
        ("10 cm", "25 cm", "40 cm"),
        ("12 inch", "30 inch"),
        ("12 inch", "30.48 cm"),
        ("30 cm", "30 inch", "12 inch"),  # both units on purpose: which one is wrong nobody can say
        ("30 x 20 cm", "30 x 20 inch"),
        ("S", "M"),
    ],
)
def test_sizes_like_any_other_are_left_alone(texts):
    sides = {"length_cm": 90, "width_cm": 90, "height_cm": 90}
    assert found(variants(*texts, **sides)) == []


def test_a_variant_that_does_not_fit_its_package_in_inches():
    (one,) = found(variants("38 inch", "9 inch"))  # 24 x 24 x 38 cm
    assert one.sku == 0 and "the package" in finding_text(one)
    assert one.fix is not None and one.fix.params["value"] == "38 cm"
    assert found(variants("38 inch", length_cm=None)) == []


# -- the package ------------------------------------------------------------------------------------------------------


def goods(text, length, width, height):
    attributes = [{"name_id": "3", "value_id": "", "name": "Model Number", "value": text}]
    return listing(attributes=attributes, length_cm=length, width_cm=width, height_cm=height)


def test_a_package_in_inches_is_put_right_side_by_side():
    record = goods("60 x 40 x 20 cm", 16, 24, 8)
    assert [(one.field, one.fix.value) for one in found(record, "size.inch") if one.fix] == [
        ("length_cm", 41),
        ("width_cm", 61),
        ("height_cm", 21),
    ]
    after = fixed(record, CONTEXT, fixable_rules()["size.inch"]).record
    assert (after.length_cm, after.width_cm, after.height_cm) == (41, 61, 21)
    assert found(after, "size.inch") == []


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("60 x 40 x 20 cm", (62, 42, 22)),
        ("60 x 40 x 20 cm", (30, 20, 30)),  # folded, or anything else: not 2.54 times off
        ("100 cm", (40, 30, 20)),  # a rolled cable
        ("60 x 40 cm", (24, 16, 8)),
        ("24 x 16 x 8 inch", (24, 16, 8)),
        ("60 x 40 x 20 cm", (24, 16, None)),
        ("0 x 0 x 0 cm", (1, 1, 1)),
    ],
)
def test_a_package_that_is_as_it_is(text, sides):
    assert found(goods(text, *sides), "size.inch") == []


def test_bulk_edit_leaves_sides_that_hold_the_goods_as_they_are():
    limits = CONTEXT.limits
    assert converted_sides((24, 16, 8), limits, ["60 x 40 x 20 cm"]) == (61, 41, 21)
    assert converted_sides((24, 16, 8), limits, ["Oak", "9 cm"]) == (61, 41, 21)
    with pytest.raises(RowRefused):
        converted_sides((62, 42, 22), limits, ["60 x 40 x 20 cm"])
    assert converted_sides((62, None, 22), limits, ["60 x 40 x 20 cm"]) == (158, None, 56)
    assert inch_sides([62, 42, 22], sizes_of("60 x 40 x 20 cm")) == ()


def test_an_attribute_that_is_a_side_in_centimetres_has_its_remedy():
    record = goods("38 inch", 24, 24, 38)
    (one,) = found(record, "attribute.inch")
    assert one.fix is not None and one.fix.value[0]["value"] == "38 cm"
    own = [{"name_id": "10", "value_id": "100006063", "name": "Material", "value": "38 inch"}]
    (kept,) = found(listing(attributes=own), "attribute.inch")
    assert kept.fix is None
