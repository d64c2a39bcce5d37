"""The workbook to edit itself: what is locked, what can be chosen, what it carries unseen."""

from __future__ import annotations

import openpyxl
import pytest

from app.services.listings.round_trip.desk import RoundTripDesk
from app.services.listings.round_trip.mark import SHEET, NewerMark, NoMark, Origin, has_mark, read_mark
from app.services.listings.round_trip.writing import write_to_edit, write_to_edit_file
from app.services.paging import Query
from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import open_workbook
from tests.unit.listings.round_trip.conftest import to_sheet


def test_ids_are_locked_and_everything_else_can_be_typed_into(opened):
    page = opened.page
    assert page.protection.sheet and page.protection.password is None
    assert not page.protection.sort and not page.protection.autoFilter  # False: allowed
    locked = {key for key in opened.columns if opened.cell(2, key).protection.locked}
    assert {"mark", "product_key", "product_id", "property:Color"} <= locked
    assert not locked & {"title", "price", "stock", "sku_code", "freight_template", "detail_html", "barcode"}
    assert opened.cell(4, "stock").value is None and not opened.cell(4, "stock").protection.locked


def test_the_header_stays_in_view_and_the_rows_can_be_filtered(opened):
    assert opened.page.freeze_panes == "D2"
    assert opened.page.auto_filter.ref.startswith("A1:") and opened.page.auto_filter.ref.endswith("4")


def test_codes_and_texts_are_text_cells_and_no_formula(opened):
    assert (opened.cell(2, "sku_code").value, opened.cell(2, "sku_code").number_format) == ("0012", "@")
    title = opened.cell(4, "title")
    assert (title.value, title.data_type, title.number_format) == ("=Birch lamp", "s", "@")
    assert (opened.cell(2, "price").value, opened.cell(2, "price").data_type) == (18.9, "n")


def test_templates_groups_units_and_categories_are_lists_to_choose_from(opened):
    rules = {str(rule.sqref): rule for rule in opened.page.data_validations.dataValidation}
    choices = opened.book["Choices"]
    assert choices.sheet_state == "hidden"
    offered = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in choices.iter_cols()}
    assert offered["freight_template"] == ["Large parcels", "小件普货"]
    assert offered["group"] == ["Desks", "Lamps"]
    for key in ("freight_template", "group", "unit", "category"):
        letter = openpyxl.utils.get_column_letter(opened.columns[key])
        rule = rules[f"{letter}2:{letter}4"]
        assert rule.type == "list" and rule.formula1.startswith("'Choices'!$")
        assert rule.showInputMessage and rule.prompt
        assert rule.errorStyle == "warning"  # a name that is new since may be meant


def test_numbers_have_bounds_and_every_column_says_what_it_is_for(opened):
    rules = {str(rule.sqref).split("2:")[0]: rule for rule in opened.page.data_validations.dataValidation}
    price, stock = (rules[openpyxl.utils.get_column_letter(opened.columns[key])] for key in ("price", "stock"))
    assert (price.type, price.formula1) == ("decimal", "0")
    assert (stock.type, stock.formula1) == ("whole", "0")
    assert len(rules) == len(opened.columns) and all(rule.prompt for rule in rules.values())
    about = [row[0].value for row in opened.book["About"].iter_rows(min_row=2)]
    assert {"Title", "Price (USD)", "Freight template"} <= set(about)


def test_the_mark_is_in_no_menu_and_says_what_every_row_was(opened, two):
    assert opened.book[SHEET].sheet_state == "veryHidden"
    with open_workbook(opened.path) as source:
        mark = read_mark(source)
    assert mark.currency == "USD" and mark.run
    first = mark.rows[Origin(two[0].id, two[0].skus[0].id)]
    assert (first.values["price"], first.values["sku_code"]) == (1890, "0012")
    assert first.values["group"] == ["Lamps", "51"]
    assert "product_id" not in first.values


def test_two_runs_have_two_marks(db, two, tmp_path):
    runs = set()
    for name in ("a.xlsx", "b.xlsx"):
        write_to_edit(db, tmp_path / name, [two[0].id])
        with open_workbook(tmp_path / name) as source:
            runs.add(read_mark(source).run)
    assert len(runs) == 2


def test_a_filter_stands_for_its_listings(db, two, tmp_path):
    done = write_to_edit_file(db.path, tmp_path / "a.xlsx", Query("ash"), "zh", ctx=TaskContext())
    assert (done.listings, done.skus) == (1, 2)
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames[:2] == ["商品", "说明"]


def test_a_listing_without_variants_has_a_row_without_prices(db, make_sellable, tmp_path):
    bare = make_sellable("Cedar lamp", skus=())
    sheet = to_sheet(db, [bare.id], tmp_path / "a.xlsx")
    assert sheet.cell(2, "mark").value == f"P{bare.id}V0"
    assert sheet.cell(2, "price").value is None


def test_stopping_leaves_no_file(db, two, tmp_path):
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        write_to_edit(db, tmp_path / "a.xlsx", [two[0].id], ctx=ctx)
    assert not list(tmp_path.glob("a.xlsx*"))


def test_only_our_workbooks_are_taken_back(opened, tmp_path):
    plain = openpyxl.Workbook()
    plain.save(tmp_path / "plain.xlsx")
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no zip")
    (tmp_path / "list.csv").write_text("Row mark\nP1V1\n", "utf-8")
    files = [tmp_path / name for name in ("plain.xlsx", "broken.xlsx", "list.csv", "gone.xlsx")]
    assert RoundTripDesk.ours([opened.path, *files]) == [opened.path]
    assert has_mark(opened.path) and not has_mark(files[0])


def test_a_damaged_mark_is_told(opened, read):
    sheet = opened.book[SHEET]
    for row, column, value, error in (
        (1, 1, "something", NoMark),
        (2, 3, "{not json", NoMark),
        (2, 3, '{"version": 1}', NoMark),
        (2, 3, '{"version": 99}', NewerMark),
        (3, 3, "[1, 2]", NoMark),
    ):
        before, sheet.cell(row, column).value = sheet.cell(row, column).value, value
        with pytest.raises(error):
            read(opened.save())
        sheet.cell(row, column).value = before
    assert read(opened.save()).errors == []
