"""Texts, sizes, pictures and attributes through their operations."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.compliance import CheckContext
from app.services.compliance.categories import CategoryFacts, CategoryTree
from app.services.compliance.findings import Label
from app.services.compliance.leaf import AttributeFacts
from app.services.listings.bulk_edit.changing import Draft, change
from app.services.listings.bulk_edit.operations import (
    AddImages,
    AddKeyword,
    AddText,
    ChangeCase,
    ConvertInches,
    InsertDetail,
    RemoveAttribute,
    RemoveImages,
    RemoveKeyword,
    ReorderImages,
    ReplaceImage,
    ReplaceText,
    SetAttribute,
    SetText,
    SetValue,
    StripTags,
)
from app.services.listings.bulk_edit.sizes import converted_sides, converted_text
from app.services.listings.bulk_edit.texts import RowRefused, in_case, with_keyword, without_keyword
from app.services.listings.records import ListingRecord

CONTEXT = CheckContext(
    templates={"501": "Standard"},
    groups={"91": "Lamps"},
    categories=CategoryTree(
        [
            CategoryFacts("1", "", "Lights", "灯", "Lights", "灯", False),
            CategoryFacts("2", "1", "Lamps", "台灯", "Lights > Lamps", "灯 > 台灯", True),
        ]
    ),
)
IMAGES = ["a.jpg", "b.jpg", "c.jpg"]


def changed(*operations, hashes=None, **fields):
    draft = Draft(ListingRecord(1, 1, **fields), CONTEXT, hashes or {})
    change(draft, operations)
    return draft


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        (SetText("title", "New"), "Old", "New"),
        (AddText("title", "2024 ", " XL"), "Lamp", "2024 Lamp XL"),
        (AddText("title", "2024 ", " XL"), "2024 Lamp XL", "2024 Lamp XL"),
        (ChangeCase("title", "upper"), "usb lamp", "USB LAMP"),
        (ChangeCase("title", "lower"), "USB Lamp", "usb lamp"),
        (ChangeCase("title", "title"), "USB-c lamp, éclair", "USB-c Lamp, Éclair"),
        (ChangeCase("title", "sentence"), "USB Table LAMP For You", "USB table LAMP for you"),
    ],
)
def test_titles(operation, before, after):
    assert changed(operation, title=before)["title"] == after


def test_operations_work_on_what_the_ones_before_left():
    draft = changed(ReplaceText("title", "old", "new"), AddText("title", suffix="!"), title="Old lamp")
    assert draft.differences() == {"title": "new lamp!"}
    assert changed(SetText("title", "x"), SetText("title", "Lamp"), title="Lamp").differences() == {}


def test_keywords_are_words_in_any_spelling():
    assert with_keyword("lamp, Desk Light", "desk  LIGHT") == "lamp, Desk Light"
    assert with_keyword("lamp；night light", "led") == "lamp, night light, led"
    assert with_keyword("", "led") == "led"
    assert without_keyword("lamp; LED，desk", "led") == "lamp, desk"
    assert without_keyword("lamp; desk", "led") == "lamp; desk"
    assert changed(AddKeyword("a"), RemoveKeyword("B"), keywords="b, c")["keywords"] == "c, a"


@given(st.text(max_size=30), st.sampled_from(["upper", "lower", "title", "sentence"]))
def test_a_case_written_twice_is_written_once(text, case):
    once = in_case(text, case)
    assert in_case(once, case) == in_case(in_case(once, case), case)


def test_words_of_a_detail_page_are_replaced_and_its_tags_left():
    draft = changed(
        ReplaceText("detail_html", "img", "picture"), detail_html='<img src="img.jpg"><p class="img">My img</p>'
    )
    assert draft["detail_html"] == '<img src="img.jpg"><p class="img">My picture</p>'


def test_a_module_is_put_in_once_and_forbidden_tags_go():
    module = '<widget data-id="7"></widget>'
    draft = changed(InsertDetail(module), InsertDetail("<p>hi</p>", "start"), detail_html="<p>a</p>")
    assert draft["detail_html"] == f"<p>hi</p><p>a</p>{module}"
    assert changed(InsertDetail(module), detail_html=draft["detail_html"]).differences() == {}
    assert changed(StripTags(), detail_html="<p>a</p><script>x</script><pre>b</pre>")["detail_html"] == "<p>a</p>b"


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
    ],
)
def test_inches_in_texts(before, after):
    assert converted_text(before) == after


def test_inches_beside_centimetres_are_suspicious():
    with pytest.raises(RowRefused, match="suspicious_size"):
        converted_text("12 inch (30 cm)")


def test_sides_in_inches_are_rounded_up_and_large_ones_left():
    draft = changed(ConvertInches(), length_cm=10, width_cm=4, height_cm=None, title="Lamp 2 inch")
    assert [draft[name] for name in ("length_cm", "width_cm", "height_cm")] == [26, 11, None]
    assert draft["title"] == "Lamp 5.08 cm" and draft.refused == []
    draft = changed(ConvertInches(), length_cm=300, width_cm=4, height_cm=4)
    assert draft.differences() == {} and draft.refused == [("length_cm", "suspicious_size")]


def test_a_size_in_an_attribute_of_a_tag_is_left():
    draft = changed(ConvertInches(package=False), detail_html='<img width="12"><p>12" wide</p>')
    assert draft["detail_html"] == '<img width="12"><p>30.48 cm wide</p>'
    assert changed(ConvertInches(package=False), title="Lamp <12 inch>")["title"] == "Lamp <30.48 cm>", "no tag"


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


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        (AddImages(("d.jpg", "a.jpg")), ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]),
        (AddImages(("d.jpg",), "start"), ["d.jpg", "a.jpg", "b.jpg", "c.jpg"]),
        (RemoveImages(positions=(0, 2)), ["b.jpg"]),
        (RemoveImages(hashes=("hash-b",)), ["a.jpg", "c.jpg"]),
        (ReorderImages((2, 0)), ["c.jpg", "a.jpg", "b.jpg"]),
        (ReplaceImage("hash-b", "new.jpg"), ["a.jpg", "new.jpg", "c.jpg"]),
        (ReplaceImage("hash-b", "c.jpg"), ["a.jpg", "c.jpg"]),
    ],
)
def test_pictures(operation, after):
    draft = changed(operation, images=list(IMAGES), hashes={"b.jpg": "hash-b", "a.jpg": ""})
    assert draft["images"] == after


def test_a_place_that_is_named_twice_means_one_picture():
    draft = changed(ReorderImages((2, 2, 0, 2)), images=list(IMAGES))
    assert (draft["images"], draft.refused) == (["c.jpg", "a.jpg", "b.jpg"], [])


def test_a_place_without_a_picture_is_refused():
    draft = changed(ReorderImages((3,)), images=list(IMAGES))
    assert (draft.differences(), draft.refused) == ({}, [("images", "too_few_images")])


def test_attributes_are_found_by_id_or_name_and_keep_what_is_not_understood():
    entries = [
        {"name_id": "2", "value_id": "7", "name": "Material", "value": "Wood", "more": "x"},
        {"name_id": "", "value_id": "", "name": "Style ", "value": "Old"},
        {"name_id": "", "value_id": "", "name": "style", "value": "Older"},
    ]
    draft = changed(SetAttribute("material", "Steel", "2", "8"), SetAttribute("STYLE", "New"), attributes=entries)
    assert draft["attributes"] == [
        {"name_id": "2", "value_id": "8", "name": "material", "value": "Steel", "more": "x"},
        {"name_id": "", "value_id": "", "name": "STYLE", "value": "New"},
    ]
    assert changed(SetAttribute("New", "x"), attributes=entries[:1])["attributes"][1]["name"] == "New"
    assert changed(RemoveAttribute("Style"), attributes=entries)["attributes"] == entries[:1]
    assert changed(RemoveAttribute("other"), attributes=entries).differences() == {}


def test_an_attribute_that_only_one_side_knows_by_its_id_is_found_by_name():
    theirs = {"name_id": "2", "value_id": "7", "name": "Material", "value": "Wood"}
    bare = {"name": "Material", "value": "Wood"}
    steel = {"name_id": "2", "value_id": "", "name": "material", "value": "Steel"}
    assert changed(SetAttribute("material", "Steel"), attributes=[theirs])["attributes"] == [steel]
    assert changed(SetAttribute("material", "Steel", "2"), attributes=[bare])["attributes"] == [steel]
    assert changed(SetAttribute("material", "Steel"), attributes=[bare])["attributes"] == [steel | {"name_id": ""}]
    size = {"name_id": "3", "value_id": "9", "name": "Material", "value": "XL"}
    assert changed(RemoveAttribute("Material", "2"), attributes=[size, theirs])["attributes"] == [size]
    assert changed(SetAttribute("Material", "Steel", "3"), attributes=[theirs, size])["attributes"] == [
        theirs,
        size | {"value_id": "", "value": "Steel"},
    ]
    nameless = [{"value": "Wood"}, theirs]
    assert changed(RemoveAttribute("", "2"), attributes=nameless)["attributes"] == nameless[:1]
    assert changed(RemoveAttribute("Material"), attributes=nameless)["attributes"] == nameless[:1]


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("freight_template_id", "501", "502"),
        ("group_id", "91", "92"),
        ("category_id", "2", "1"),
        ("unit", "100000015", "9"),
    ],
)
def test_a_value_must_be_one_of_the_stores(field, good, bad):
    assert changed(SetValue(field, good)).differences() == {field: good}
    assert changed(SetValue(field, bad)).refused == [(field, "not_of_store")]
    assert changed(SetValue(field, ""), **{field: "7"}).differences() == {field: ""}


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


def test_an_attribute_by_its_name_is_the_platforms_where_the_category_knows_it():
    brass = {"7": Label("黄铜", "Brass"), "8": Label("木", "Wood")}
    facts = [AttributeFacts("2", Label("材质", "Material"), allows_custom_name=True, values=brass)]
    context = CheckContext(templates={}, groups={}, categories=CONTEXT.categories, read_attributes=lambda _: facts)

    def attributes(*operations, before=()):
        draft = Draft(ListingRecord(1, 1, category_id="2", attributes=list(before)), context, {})
        change(draft, operations)
        return draft["attributes"]

    wood = {"name_id": "2", "value_id": "8", "name": "Material", "value": "Wood"}
    known = {"name_id": "2", "value_id": "7", "name": "material", "value": "brass"}
    assert attributes(SetAttribute("material", "brass"), before=[wood]) == [known]
    assert attributes(SetAttribute("Material", "Messing", value_id="7"))[0]["value_id"] == "7", "as it was chosen"
    own = attributes(SetAttribute("材质", "Bamboo"), before=[wood])
    assert own == [{"name_id": "2", "value_id": "", "name": "材质", "value": "Bamboo"}], "no value of theirs"
    assert attributes(SetAttribute("Lid", "Red"))[0]["name_id"] == ""
