"""Groups, prices by country, pictures and attributes in an edited workbook, and what is said where both sides moved."""

from __future__ import annotations

import pytest

from app.messages import tr
from app.services.history.undo import undo
from app.services.listings.editing import ListingEdit
from app.services.listings.marketing.groups import create_marketing_group
from app.services.listings.marketing.membership import names_of
from tests.unit.listings.round_trip.conftest import to_sheet
from tests.unit.publishing.conftest import LAMP_BASE

RU10 = {"type": "percentage", "countries": {"RU": -10}}


def group_of(db, record):
    with db.reader.connect() as connection:
        return names_of(connection, [record.id]).get(record.id, "")


def test_a_marketing_group_goes_by_its_name_in_any_spelling(db, two, tmp_path, read):
    create_marketing_group(db, 1, "Summer sale")
    sheet = to_sheet(db, [one.id for one in two], tmp_path / "groups.xlsx")
    sheet.put(2, "marketing_group", "SUMMER sale")
    sheet.put(4, "marketing_group", "Nobody's")
    taken = read(sheet.save())
    assert taken.lines["Ash", "marketing_group"] == ("", "Summer sale", "")
    assert [code for code, _, _ in taken.errors] == ["marketing_unknown"]
    taken.apply()
    assert (group_of(db, two[0]), group_of(db, two[1])) == ("Summer sale", "")
    again = to_sheet(db, [two[0].id], tmp_path / "again.xlsx")
    for row in (2, 3):
        again.put(row, "marketing_group", None)
    read(again.save()).apply()
    assert group_of(db, two[0]) == ""


def test_prices_by_country_are_set_and_taken_away(opened, read, two, loaded, db, tmp_path):
    opened.put(2, "regional_prices", "RU -10%")
    taken = read(opened.save())
    assert (taken.lines, taken.errors) == ({("Ash", "regional_prices"): ({}, RU10, "")}, [])
    taken.apply()
    assert loaded(two[0].id).regional_prices == RU10
    again = to_sheet(db, [two[0].id], tmp_path / "again.xlsx")
    for row in (2, 3):
        again.put(row, "regional_prices", None)
    assert read(again.save()).lines == {("Ash", "regional_prices"): (RU10, {}, "")}


def test_one_price_for_a_country_is_that_of_every_variant_by_its_new_code(opened, read, two):
    opened.put(2, "regional_prices", "RU 8.49")
    opened.put(3, "sku_code", "ASH-3")
    found = read(opened.save()).lines["Ash", "regional_prices"][1]
    assert found == {"type": "absolute", "countries": {"RU": {"0012": 849, "ASH-3": 849}}}


def test_what_both_sides_changed_is_told_whatever_it_is(opened, read, two, desk, loaded):
    record = loaded(two[0].id)
    theirs = {"regional_prices": {"type": "percentage", "countries": {"ES": 5}}, "attributes": []}
    edit = ListingEdit(record.id, theirs, skus={record.skus[0].id: {"stock": None}}, images=["theirs.jpg", "b.jpg"])
    desk.save([edit], "change.edit")
    opened.put(2, "regional_prices", "RU -10%")
    opened.put(2, "images", "ours.jpg")
    opened.put(2, "stock", 7)
    said = read(opened.save()).said(tr)
    assert len(said) == 3
    assert any("ES +5%" in one for one in said)
    assert any("theirs.jpg" in one and "[" not in one for one in said)
    assert any("–" in one and "None" not in one for one in said)


def test_empty_lines_between_pictures_are_none(opened, read):
    opened.put(2, "images", "a.jpg\n\n  \n b.jpg \n")
    assert read(opened.save()).lines["Ash", "images"][1] == ["a.jpg", "b.jpg"]


def test_a_value_of_an_attribute_gets_the_categorys_id_and_its_neighbours_stay(db, two, loaded, write, tmp_path, read):
    write(
        "UPDATE listing_body SET attributes = ? WHERE id = ?",
        '[{"name_id":"","value_id":"","name":"Power","value":"5 W"},'
        '{"name_id":"","value_id":"1","name":"Lamp base","value":"E27","more":"x"}]',
        two[0].id,
    )
    sheet = to_sheet(db, [one.id for one in two], tmp_path / "with.xlsx")
    sheet.put(2, "attribute:Lamp base", "Other")
    sheet.put(4, "attribute:Lamp base", "e27")
    sheet.put(4, "attribute:Power", "9 W")
    read(sheet.save()).apply()
    assert loaded(two[0].id).attributes == [
        {"name_id": "", "value_id": "", "name": "Power", "value": "5 W"},
        {"name_id": LAMP_BASE, "value_id": "4", "name": "Lamp base", "value": "Other", "more": "x"},
    ]
    assert sorted(loaded(two[1].id).attributes, key=lambda one: one["name"]) == [
        {"name_id": LAMP_BASE, "value_id": "1", "name": "Lamp base", "value": "e27"},
        {"name_id": "", "value_id": "", "name": "Power", "value": "9 W"},
    ]


@pytest.mark.parametrize("is_undone", [False, True])
def test_saved_again_the_workbook_goes_on_from_itself_and_from_nothing_else(db, read, two, desk, tmp_path, is_undone):
    """What happened before it was made and what was undone since do not count."""
    desk.save([ListingEdit(two[0].id, {"title": "Ash lamp 2"})], "change.edit")
    sheet = to_sheet(db, [two[0].id], tmp_path / "again.xlsx")
    sheet.put(2, "price", 20.5)
    read(sheet.save()).apply()
    desk.save([ListingEdit(two[0].id, {"weight_g": 7})], "change.edit")
    if is_undone:
        undo(db)
    sheet.put(2, "price", 21)
    assert read(sheet.save()).lines == {("0012", "price_minor"): (2050, 2100, "" if is_undone else "conflict")}
