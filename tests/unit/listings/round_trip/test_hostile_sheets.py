"""Edited workbooks with everything a spreadsheet and a tired person do to them: named, and never stopping the rest."""

from __future__ import annotations

import datetime

import pytest

from app.messages import tr
from app.services.listings.round_trip.mark import SHEET, NoMark
from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import WorkbookError
from tests.unit.listings.round_trip.conftest import to_sheet

BAD = (
    ("price", "cheap", "price_not_number"),
    ("price", -1, "negative"),
    ("price", 1.239, "price_decimals"),
    ("price", "€ 12", "price_currency"),
    ("price", "1.23E+06", "scientific_number"),
    ("price", datetime.date(2026, 1, 2), "number_date"),
    ("price", 1e15, "number_too_large"),
    ("price", None, "emptied"),
    ("price", True, "price_not_number"),
    ("stock", 1.5, "count_fraction"),
    ("stock", "1.5.5", "count_not_number"),
    ("sku_code", 1230000, "code_number"),
    ("sku_code", "1.23E+06", "code_scientific"),
    ("sku_code", datetime.date(2026, 3, 1), "code_date"),
    ("sku_code", None, "emptied"),
    ("sku_code", "x" * 500, "code_too_long"),
    ("title", datetime.date(2026, 3, 1), "text_date"),
    ("title", None, "emptied"),
    ("lot_size", 0, "zero"),
    ("weight", "heavy", "weight_not_number"),
    ("freight_template", "Nobody's", "not_of_store"),
    ("category", "Spaceships", "not_of_store"),
    ("unit", "armful", "not_of_store"),
)
"""Cells of a listing each: column, what is typed, why it is not used."""


def test_bad_cells_are_named_with_their_place_and_stop_nothing(db, make_sellable, tmp_path, read):
    made = [make_sellable(f"Lamp {n}", skus=((f"L{n}", 100, 1),), keywords="") for n in range(len(BAD) + 1)]
    sheet = to_sheet(db, [one.id for one in made], tmp_path / "lamps.xlsx")
    for row, (key, value, _) in enumerate(BAD, start=2):
        sheet.put(row, key, value)
    sheet.put(len(BAD) + 2, "stock", 7)
    taken = read(sheet.save())
    found = {error.row: error for error in taken.report.errors}
    assert [found[row].code if row in found else "" for row in range(2, len(BAD) + 2)] == [code for *_, code in BAD]
    for row, (key, _, _) in enumerate(BAD, start=2):
        error, said = found[row], found[row].message(tr)
        assert (error.file, error.sheet, error.field) == ("lamps.xlsx", "Listings", key)
        assert error.header in said and f"Row {row}," in said and "{" not in said
    assert {key: line for key, line in taken.lines.items() if not line[2]} == {(f"L{len(BAD)}", "stock"): (1, 7, "")}
    assert taken.apply().changed == 1


def test_errors_and_uncalculated_formulas_do_not_empty_a_cell(opened, read):
    opened.put(4, "keywords", "=A1&B1")
    cell = opened.cell(2, "group")
    cell.value, cell.data_type = "#N/A", "e"
    taken = read(opened.save())
    assert sorted(code for code, _, _ in taken.errors) == ["error_value", "not_calculated"]
    assert taken.plan.counts.changed == 0


def test_sorted_filtered_and_deleted_rows(opened, read):
    """Rows go by their mark; what is gone is not deleted."""
    page = opened.page
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    for at, values in enumerate([rows[2], rows[0]], start=2):
        for column, value in enumerate(values, start=1):
            page.cell(at, column).value = value
            if isinstance(value, str):
                page.cell(at, column).data_type = "s"  # openpyxl would make a formula of a title that begins with =
    page.delete_rows(4)
    page.row_dimensions[2].hidden = True
    opened.put(2, "stock", 7)
    taken = read(opened.save())
    assert taken.lines == {("BI-1", "stock"): (None, 7, "")}
    assert (taken.report.missing, taken.errors) == (1, [])


def test_rows_that_were_added_or_marked_otherwise_are_named(opened, read):
    page = opened.page
    for at, mark in enumerate((None, "hello", "P999V1"), start=5):
        page.cell(at, 1).value = mark
        opened.put(at, "title", "New")
    taken = read(opened.save())
    assert [(code, row) for code, row, _ in taken.errors] == [("row_added", 5), ("row_unknown", 6), ("row_unknown", 7)]
    assert taken.plan.counts.changed == 0


def test_a_copied_row_is_nothing_unless_it_says_something_else(opened, read):
    page = opened.page
    for column in range(1, page.max_column + 1):
        page.cell(5, column).value = page.cell(2, column).value
    opened.put(4, "stock", 7)
    assert read(opened.save()).errors == []
    opened.put(5, "price", 77)
    opened.put(2, "stock", 50)
    taken = read(opened.save())
    assert [(code, row) for code, row, _ in taken.errors] == [("row_repeated", 5)]
    assert list(taken.lines) == [("BI-1", "stock")]
    assert "2, 5" in taken.said(tr)[0]


def test_an_emptied_cell_of_a_row_that_stands_twice_is_not_used_either(opened, read):
    page = opened.page
    for column in range(1, page.max_column + 1):
        page.cell(5, column).value = page.cell(4, column).value
    opened.put(4, "keywords", None)
    taken = read(opened.save())
    assert [(code, row) for code, row, _ in taken.errors] == [("row_repeated", 5)]
    assert taken.lines == {}


def test_two_rows_of_a_listing_must_agree(opened, read):
    opened.put(2, "title", "One")
    opened.put(3, "title", "Two")
    opened.put(3, "stock", 7)
    taken = read(opened.save())
    assert [(code, row) for code, row, _ in taken.errors] == [("rows_disagree", 3)]
    assert list(taken.lines) == [("ASH-2", "stock")]
    opened.put(3, "title", "One")
    again = read(opened.save())
    assert again.lines["Ash", "title"] == ("Ash lamp", "One", "") and again.errors == []


def test_a_row_with_the_product_id_of_another_listing_is_not_used(opened, read, two, write):
    write("UPDATE listing SET product_id = '1005006000000079' WHERE id = ?", two[0].id)
    for row in (2, 3):
        opened.put(row, "stock", 50)
    opened.put(2, "product_id", "1005006000000013")
    opened.put(2, "price", 77)
    opened.put(3, "product_id", "1005006000000079")
    taken = read(opened.save())
    assert [(code, row) for code, row, _ in taken.errors] == [("id_edited", 2)]
    assert "1005006000000013" in taken.said(tr)[0] and "1005006000000079" in taken.said(tr)[0]
    assert taken.lines == {("ASH-2", "stock"): (6, 50, "")}


def test_product_ids_a_spreadsheet_made_numbers_hinder_nothing(opened, read, two, write):
    write("UPDATE listing SET product_id = '1005006000000079' WHERE id = ?", two[0].id)
    opened.put(2, "product_id", 1005006000000070)
    opened.put(2, "stock", 50)
    taken = read(opened.save())
    assert (taken.errors, taken.lines) == ([], {("0012", "stock"): (5, 50, "")})


def test_headers_renamed_copied_and_columns_added(opened, read):
    page = opened.page
    page.cell(1, opened.columns["stock"]).value = "How many"
    last = page.max_column + 1
    page.cell(1, last).value, page.cell(2, last).value = page.cell(1, opened.columns["price"]).value, 1
    page.cell(1, last + 1).value, page.cell(2, last + 1).value = "My notes", "hm"
    opened.put(2, "stock", 7)
    taken = read(opened.save())
    assert sorted(code for code, _, _ in taken.errors) == ["column_added", "column_copied", "column_renamed"]
    assert taken.lines == {("0012", "stock"): (5, 7, "")}
    assert all("Row 1" in text for text in taken.said(tr))


def test_a_column_taken_away_is_left_alone_whatever_stands_in_its_place(opened, read):
    """Its neighbour has moved there, or notes of the person: neither is taken for it."""
    page, place = opened.page, opened.columns["price"]
    page.delete_cols(place)
    taken = read(opened.save())
    assert ([code for code, _, _ in taken.errors], taken.lines) == (["column_gone"], {})
    page.insert_cols(place)
    for row, text in enumerate(("Notes", 1, 2, 3), start=1):
        page.cell(row, place).value = text
    taken = read(opened.save())
    assert ([code for code, _, _ in taken.errors], taken.lines) == (["column_gone", "column_added"], {})


def test_a_locked_column_taken_away_is_missed_by_nobody(opened, read):
    opened.page.delete_cols(opened.columns["product_key"])
    taken = read(opened.save())
    assert (taken.lines, taken.errors) == ({}, [])


def test_a_renamed_column_is_known_by_its_cells_wherever_the_marks_stand(opened, read):
    for row in opened.page.iter_rows(min_col=1, max_col=2):
        row[0].value, row[1].value = row[1].value, row[0].value
    opened.put(1, "stock", "How many")
    opened.put(2, "stock", 7)
    taken = read(opened.save())
    assert [code for code, _, _ in taken.errors] == ["column_renamed"]
    assert taken.lines == {("0012", "stock"): (5, 7, "")}


def test_a_renamed_column_that_was_empty_is_known_by_nothing(db, two, tmp_path, read):
    sheet = to_sheet(db, [two[0].id], tmp_path / "a.xlsx")
    sheet.put(1, "keywords", "Search words")
    sheet.put(2, "keywords", "ash")
    taken = read(sheet.save())
    assert sorted(code for code, _, _ in taken.errors) == ["column_added", "column_gone"]
    assert taken.lines == {}


def test_a_price_where_there_is_no_variant_is_named(db, make_sellable, tmp_path, read):
    bare = make_sellable("Elm lamp", skus=())
    sheet = to_sheet(db, [bare.id], tmp_path / "bare.xlsx")
    sheet.put(2, "price", 5)
    taken = read(sheet.save())
    assert (taken.lines, [(code, row) for code, row, _ in taken.errors]) == ({}, [("cell_not_of_row", 2)])


def test_rows_above_the_header_and_another_name_of_the_sheet(opened, read):
    opened.page.insert_rows(1, 3)
    opened.page.title = "for Anna"
    opened.put(5, "stock", 7)
    taken = read(opened.save())
    assert taken.lines == {("0012", "stock"): (5, 7, "")} and taken.errors == []


def turn_round(sheet, n):
    """Sort the first *n* rows the other way round, all but their locked columns."""
    keys = [key for key in sheet.columns if not sheet.cell(2, key).protection.locked]
    values = [[sheet.cell(row, key).value for key in keys] for row in range(2, n + 2)]
    for row, moved in enumerate(reversed(values), start=2):
        for key, value in zip(keys, moved, strict=True):
            sheet.put(row, key, value)


def test_values_sorted_without_their_marks_are_refused_as_a_whole(db, make_sellable, tmp_path, read):
    made = [make_sellable(f"Lamp {n}", skus=((f"L{n}", 100 * n, n),)) for n in range(1, 5)]
    sheet = to_sheet(db, [one.id for one in made], tmp_path / "a.xlsx")
    turn_round(sheet, 4)
    taken = read(sheet.save())
    assert [code for code, _, _ in taken.errors] == ["shuffled"] and taken.plan.counts.changed == 0


def test_values_sorted_without_their_marks_are_refused_though_cells_were_edited_emptied_or_deleted(
    db, make_sellable, tmp_path, read
):
    """Some cells are blank, a description is too long for one, a price was put right, a row was deleted."""
    made = [
        make_sellable(
            f"Lamp {n}",
            skus=((f"L{n}", 100 * n, n),),
            keywords="lamp" if n % 2 else "",
            group_id="51" if n % 3 else "",
            detail_html="x" * 40_000 if n == 2 else f"<p>{n}</p>",
        )
        for n in range(1, 8)
    ]
    sheet = to_sheet(db, [one.id for one in made], tmp_path / "a.xlsx")
    turn_round(sheet, 7)
    sheet.put(4, "price", 99)
    sheet.page.delete_rows(7)
    taken = read(sheet.save())
    assert [code for code, _, _ in taken.errors] == ["shuffled"] and taken.plan.counts.changed == 0


def test_one_row_copied_over_others_is_no_sorting(db, make_sellable, tmp_path, read):
    made = [make_sellable(f"Lamp {n}", skus=((f"L{n}", 100 * n, n),)) for n in range(1, 6)]
    sheet = to_sheet(db, [one.id for one in made], tmp_path / "a.xlsx")
    for row in (3, 4, 5, 6):
        for key in ("title", "price", "stock"):
            sheet.put(row, key, sheet.cell(2, key).value)
    taken = read(sheet.save())
    assert taken.errors == [] and taken.plan.counts.changed == 4


def test_the_row_marks_are_gone(opened, read):
    opened.page.delete_cols(1)
    with pytest.raises(NoMark) as caught:
        read(opened.save())
    assert caught.value.params["header"] == "Row mark"


def test_saved_without_the_hidden_sheet(opened, read):
    del opened.book[SHEET]
    with pytest.raises(NoMark):
        read(opened.save())


def test_listings_and_variants_that_are_gone_are_named(opened, read, two, write):
    write("DELETE FROM sku WHERE id = ?", two[0].skus[1].id)
    write("UPDATE listing SET created_ms = created_ms + 1 WHERE id = ?", two[1].id)
    opened.put(3, "stock", 7)
    opened.put(4, "stock", 7)
    opened.put(2, "stock", 8)
    for is_gone in (False, True):  # another one by its number, then none at all
        if is_gone:
            write("DELETE FROM listing WHERE id = ?", two[1].id)
        taken = read(opened.save())
        assert [(code, row) for code, row, _ in taken.errors] == [("variant_gone", 3), ("listing_gone", 4)]
        assert taken.lines == {("0012", "stock"): (5, 8, "")}


def test_a_text_too_long_for_a_cell_stays_as_it_is(db, make_sellable, tmp_path, read):
    record = make_sellable("Elm lamp", detail_html="x" * 40_000)
    sheet = to_sheet(db, [record.id], tmp_path / "a.xlsx")
    assert sheet.cell(2, "detail_html").value is None
    sheet.put(2, "detail_html", "short")
    assert [code for code, _, _ in read(sheet.save()).errors] == ["cell_too_long"] * 1


def test_no_workbook_at_all(tmp_path, read):
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(WorkbookError):
        read(tmp_path / "a.xlsx")
    with pytest.raises(WorkbookError):
        read(tmp_path / "gone.xlsx")


def test_stopping_leaves_no_plan_behind(opened, db):
    from app.services.listings.round_trip.planning import plan_sheet

    opened.put(2, "stock", 7)
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        plan_sheet(db, opened.save(), ctx)


def test_stopping_while_a_plan_is_made_removes_its_file(opened, db, monkeypatch, tmp_path):
    from app.services.listings.round_trip import planning

    folder = tmp_path / "plans"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    opened.put(2, "stock", 7)
    ctx, real = TaskContext(), planning.read_edits

    def read_and_stop(path, ctx):
        edits = real(path, ctx)
        ctx.stop.set()
        return edits

    monkeypatch.setattr(planning, "read_edits", read_and_stop)
    with pytest.raises(TaskCancelled):
        planning.plan_sheet(db, opened.save(), ctx)
    assert list(folder.iterdir()) == []


def test_reading_a_long_workbook_tells_how_far_it_is_and_stops(opened, monkeypatch):
    from app.services.listings.round_trip import reading

    monkeypatch.setattr(reading, "_REPORT_EVERY", 1)
    ctx = TaskContext()
    reading.read_edits(opened.save(), ctx)
    assert ctx.progress.note == "round_trip.reading" and 0 < ctx.progress.done <= (ctx.progress.total or 0)
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        reading.read_edits(opened.path, ctx)
