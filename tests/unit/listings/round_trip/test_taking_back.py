"""What a person changed in the workbook, against what was written and what the database has now."""

from __future__ import annotations

from app.messages import messages, tr
from app.samples.edited_book import edit_workbook
from app.services.history.listing import list_changes
from app.services.history.undo import undo
from app.services.listings.bulk_edit.showing import all_lines, sections
from app.services.listings.editing import ListingEdit
from app.services.tasks import TaskContext
from tests.unit.listings.round_trip.conftest import to_sheet


def test_a_workbook_nobody_touched_changes_nothing(opened, read):
    raw = read(opened.path)
    saved = read(opened.save())
    for one in (raw, saved):
        assert (one.lines, one.errors, one.report.missing, one.report.rows) == ({}, [], 0, 3)
        assert one.plan.counts.matched == one.plan.counts.same == 2


def test_every_kind_of_cell_comes_back_as_one_change_named_for_its_file(opened, read, two, loaded, db):
    opened.put(2, "price", 20.5)
    opened.put(3, "stock", 99)
    opened.put(2, "title", "Ash lamp, oiled")
    opened.put(3, "sku_code", "00ASH")
    opened.put(2, "freight_template", "Large parcels")
    opened.put(4, "group", "52")
    opened.put(4, "weight", "1.5 kg")
    opened.put(4, "keywords", None)
    opened.put(4, "barcode", "0690123456789")
    taken = read(opened.save())
    assert taken.errors == []
    lines = taken.lines
    assert lines["0012", "price_minor"] == (1890, 2050, "")
    assert lines["ASH-2", "code"] == ("ASH-2", "00ASH", "")
    assert lines["=Birch", "weight_g"][1:] == (1500, "")
    assert lines["Ash", "freight_template_id"] == ("700126548", "700126549", "")
    assert taken.plan.counts.changed == 2
    assert [one.title for one in map(loaded, [two[0].id])] == ["Ash lamp"]  # nothing is stored before
    applied = taken.apply()
    assert applied.changed == 2
    ash, birch = (loaded(one.id) for one in two)
    assert (ash.title, ash.freight_template_id) == ("Ash lamp, oiled", "700126549")
    assert [(sku.code, sku.price_minor, sku.stock) for sku in ash.skus] == [("0012", 2050, 5), ("00ASH", 1990, 99)]
    assert (birch.group_id, birch.weight_g, birch.keywords, birch.skus[0].barcode) == (
        "52",
        1500,
        "",
        "0690123456789",
    )
    change = list_changes(db)[0]
    assert (change.label, change.source, change.listing_count) == ("change.from_sheet", "lamps.xlsx", 2)
    assert "lamps.xlsx" in tr(change.label, **change.params)
    undo(db)
    assert [loaded(one.id).title for one in two] == [one.title for one in two]
    assert [sku.code for sku in loaded(two[0].id).skus] == ["0012", "ASH-2"]


def test_taking_the_same_file_back_twice_changes_nothing_more(opened, read):
    opened.put(2, "price", 20.5)
    opened.put(2, "title", "Ash lamp, oiled")
    read(opened.save()).apply()
    again = read(opened.path)
    assert again.plan.counts.changed == 0 and again.plan.counts.refused == 0 and again.errors == []


def test_saving_it_again_goes_on_from_what_was_taken_back(opened, read, two, loaded):
    opened.put(2, "price", 20.5)
    read(opened.save()).apply()
    opened.put(2, "price", 21)
    second = read(opened.save())
    assert second.lines == {("0012", "price_minor"): (2050, 2100, "")}
    second.apply()
    assert loaded(two[0].id).skus[0].price_minor == 2100


def test_a_value_changed_on_both_sides_is_a_conflict_and_named(opened, read, two, desk, loaded):
    sku = two[0].skus[0]
    desk.save([ListingEdit(two[0].id, {"title": "Ash lamp, waxed"}, skus={sku.id: {"price_minor": 1000}})], "x")
    opened.put(2, "price", 20.5)
    opened.put(2, "title", "Ash lamp, oiled")
    opened.put(2, "stock", 7)
    taken = read(opened.save())
    assert taken.lines["0012", "price_minor"] == (1000, 2050, "conflict")
    assert taken.lines["Ash", "title"] == ("Ash lamp, waxed", "Ash lamp, oiled", "conflict")
    assert taken.lines["0012", "stock"] == (5, 7, "")
    assert [code for code, _, _ in taken.errors] == ["changed_meanwhile", "changed_meanwhile"]
    title = next(text for text in taken.said(tr) if "Title" in text)
    assert all(part in title for part in ("Row 2", "“Ash lamp, oiled”", "“Ash lamp”", "“Ash lamp, waxed”"))
    taken.apply()
    record = loaded(two[0].id)
    assert (record.title, record.skus[0].price_minor, record.skus[0].stock) == ("Ash lamp, waxed", 1000, 7)


def test_a_conflict_names_prices_and_groups_as_their_cells_do(opened, read, two, desk):
    sku = two[0].skus[0]
    desk.save([ListingEdit(two[0].id, {"group_id": "52"}, skus={sku.id: {"price_minor": 1000}})], "x")
    opened.put(2, "price", 20.5)
    opened.put(2, "group", None)
    price, group = read(opened.save()).said(tr)
    assert "“18.90”" in price and "“10.00”" in price
    assert "“Lamps”" in group and "“Desks”" in group and "52" not in group


def test_a_cell_nobody_touched_is_not_put_back(opened, read, two, write, loaded):
    """The program went on meanwhile; the workbook still says what was then."""
    write("UPDATE sku SET price_minor = 4200 WHERE id = ?", two[0].skus[0].id)
    opened.put(2, "stock", 7)
    taken = read(opened.save())
    assert list(taken.lines) == [("0012", "stock")]
    taken.apply()
    assert loaded(two[0].id).skus[0].price_minor == 4200


def test_a_conflict_that_agrees_is_none(opened, read, two, write):
    write("UPDATE sku SET price_minor = 2050 WHERE id = ?", two[0].skus[0].id)
    opened.put(2, "price", 20.5)
    taken = read(opened.save())
    assert taken.errors == [] and taken.plan.counts.changed == 0 and taken.plan.counts.refused == 0


def test_a_value_the_store_does_not_have_is_a_refused_line(opened, read):
    opened.put(4, "group", "Nowhere")
    taken = read(opened.save())
    assert taken.lines == {("=Birch", "group_id"): ("", None, "cell")}
    assert (taken.plan.counts.refused, [code for code, _, _ in taken.errors]) == (1, ["not_of_store"])


def test_zero_is_not_unknown(opened, read):
    opened.put(4, "stock", 0)
    assert read(opened.save()).lines["BI-1", "stock"] == (None, 0, "")


def test_attributes_keep_their_ids(opened, read, two, loaded, write, db, tmp_path):
    write(
        "UPDATE listing_body SET attributes = ? WHERE id = ?",
        '[{"name_id":"10","value_id":"77","name":"Material","value":"Oak"},'
        '{"name_id":"11","value_id":"","name":"Use","value":"Reading"},'
        '{"name_id":"11","value_id":"","name":"Use","value":"Sleeping"},'
        '{"name_id":"","value_id":"","name":"Power","value":"5 W"}]',
        two[0].id,
    )
    sheet = to_sheet(db, [two[0].id], tmp_path / "with.xlsx")
    sheet.put(2, "attribute:Material", "Beech")
    sheet.put(2, "attribute:Use", "Working")
    sheet.put(2, "title", "Beech lamp")
    for row in (2, 3):
        sheet.put(row, "attribute:Power", None)
    taken = read(sheet.save())
    told = all_lines(taken.plan, range(sections(taken.plan, TaskContext()).total))
    assert sorted((one.field, one.why) for one in told) == [("attributes", ""), ("attributes", "cell"), ("title", "")]
    assert [code for code, _, _ in taken.errors] == ["several_values"]
    taken.apply()
    found = loaded(two[0].id).attributes
    assert [(one["name_id"], one["name"], one["value"]) for one in found] == [
        ("10", "Material", "Beech"),
        ("11", "Use", "Reading"),
        ("11", "Use", "Sleeping"),
    ]
    assert found[0]["value_id"] == ""


def test_pictures_and_line_ends(opened, read, two, loaded, write):
    write("UPDATE listing_body SET detail_html = ? WHERE id = ?", "<p>a</p>\r\n<p>b</p>", two[1].id)
    opened.put(2, "images", "https://x.example/1.jpg\nhttps://x.example/2.jpg")
    taken = read(opened.save())
    assert taken.lines["Ash", "images"][1] == ["https://x.example/1.jpg", "https://x.example/2.jpg"]


def test_texts_a_spreadsheet_alters_are_no_change(db, make_sellable, tmp_path, read):
    texts = ("<p>a</p>\r\n<p>b</p>", "  blanks  ", "x" * 40_000, "tab\tand\x01control", "灯 💡", "_x0041_", "'quoted'")
    made = [make_sellable(f"Elm lamp {n}", detail_html=text) for n, text in enumerate(texts)]
    taken = read(to_sheet(db, [one.id for one in made], tmp_path / "a.xlsx").save())
    assert (taken.lines, taken.errors) == ({}, [])


def test_read_only_stores_and_listings_on_their_way_are_left_alone(opened, read, two, write):
    write("UPDATE listing SET status = 'sending' WHERE id = ?", two[0].id)
    opened.put(2, "stock", 7)
    opened.put(4, "stock", 7)
    taken = read(opened.save())
    assert taken.plan.counts.reasons["sending"] == 1 and taken.plan.counts.changed == 1


def test_another_store_is_asked_for(opened, read):
    opened.put(2, "stock", 7)
    taken = read(opened.save(), store_id=2)
    assert [code for code, _, _ in taken.errors] == ["other_store"] and taken.plan.counts.matched == 0


def test_the_change_can_be_told_in_both_languages(opened, read, monkeypatch):
    opened.put(2, "stock", "many")
    taken = read(opened.save())
    english = taken.said(tr)
    monkeypatch.setattr(messages, "language", "zh")
    assert english != taken.said(tr) and all("{" not in text for text in (*english, *taken.said(tr)))


def test_the_sample_of_an_edited_workbook_changes_some_and_is_wrong_in_some(opened, read):
    edit_workbook(opened.path)
    found = read(opened.path)
    assert found.plan.counts.changed
    assert found.report.missing == 1
    assert {error.field for error in found.report.errors} <= {"stock", "freight_template", "price"}
