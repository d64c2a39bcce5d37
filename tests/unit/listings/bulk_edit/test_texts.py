"""Texts, pictures and attributes through their operations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.compliance import CheckContext
from app.services.compliance.findings import Label
from app.services.compliance.leaf import AttributeFacts
from app.services.listings.bulk_edit.changing import Draft, change
from app.services.listings.bulk_edit.operations import (
    AddImages,
    AddKeyword,
    AddText,
    ChangeCase,
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
from app.services.listings.bulk_edit.texts import in_case, with_keyword, without_keyword
from app.services.listings.records import ListingRecord
from tests.unit.listings.bulk_edit.drafts import CONTEXT, changed

IMAGES = ["a.jpg", "b.jpg", "c.jpg"]


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


def test_a_module_is_put_in_once_and_forbidden_tags_go():
    module = '<widget data-id="7"></widget>'
    draft = changed(InsertDetail(module), InsertDetail("<p>hi</p>", "start"), detail_html="<p>a</p>")
    assert draft["detail_html"] == f"<p>hi</p><p>a</p>{module}"
    assert changed(InsertDetail(module), detail_html=draft["detail_html"]).differences() == {}
    assert changed(StripTags(), detail_html="<p>a</p><script>x</script><pre>b</pre>")["detail_html"] == "<p>a</p>b"


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
