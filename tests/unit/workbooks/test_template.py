"""The listing template that is shipped: bilingual, checked by Excel, and read by our own import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from app.messages import catalogue
from app.paths import resources
from app.services.workbooks import (
    GroupedBy,
    SheetKind,
    WorkbookError,
    open_workbook,
    read_listings,
    recognise,
    save_template,
)
from app.services.workbooks.fields import field_book
from app.services.workbooks.template import FILE_NAME, header_of, main, template_columns, write_template

SHIPPED = resources() / "templates" / FILE_NAME


@pytest.fixture(params=["shipped", "new"])
def template(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "shipped":
        return SHIPPED
    write_template(tmp_path / "new.xlsx")
    return tmp_path / "new.xlsx"


def test_untouched_it_brings_nothing(template: Path) -> None:
    with open_workbook(template) as opened:
        found = recognise(opened)
        assert (found.sheet, found.kind, found.header_row) == ("商品 Products", SheetKind.LISTINGS, 1)
        with pytest.raises(WorkbookError) as caught:
            read_listings(opened, found)
    assert caught.value.error_code == "workbook.no_rows"


def test_the_example_comes_through_the_import_where_it_is_filled_in(template: Path, tmp_path: Path) -> None:
    """What the hints sheet shows, copied by hand into the listing sheet."""
    book = openpyxl.load_workbook(template)
    sheet, hints = book.worksheets
    for column, row in enumerate(hints.iter_rows(min_row=2, min_col=4, values_only=True), start=1):
        for offset, value in enumerate(row):
            sheet.cell(2 + offset, column, value)
    book.save(tmp_path / "filled.xlsx")
    with open_workbook(tmp_path / "filled.xlsx") as opened:
        found = recognise(opened)
        table = read_listings(opened, found)
    assert (found.sheet, found.kind, found.header_row, found.missing) == ("商品 Products", SheetKind.LISTINGS, 1, ())
    assert not found.unused
    assert not table.cell_errors
    assert table.grouped_by is GroupedBy.PRODUCT_KEY
    assert table.groups() == {"LM4402": [0, 1, 2], "CB1001": [3]}
    assert table.currency == "USD"
    assert table.fields["sku_code"] == ["LM4402-WH", "LM4402-BK", "LM4402-WH_CES", "0010072"]
    assert table.fields["price_minor"] == [1890, 1890, 2350, 420]
    assert table.fields["barcode"][3] == "0012345678905"
    assert table.fields["weight_g"] == [840, 840, 840, 65]
    assert table.fields["images"][0] == ("images/LM4402/1.jpg", "images/LM4402/2.jpg")
    assert table.properties["ships_from"] == ["CN", "CN", "ES", "CN"]
    assert table.properties["size"] == [None, None, None, "2 m"]
    assert not table.extra


def test_every_column_means_what_its_rule_says(template: Path) -> None:
    with open_workbook(template) as opened:
        found = recognise(opened)
    expected = [(c.field, c.name, c.number, c.unit) for c in template_columns()]
    assert [(c.field, c.name, c.number, c.unit) for c in found.columns] == expected


def test_lists_bounds_formats_and_hints(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    sheet, hints = book.worksheets
    checks = {str(check.sqref).split(":")[0]: check for check in sheet.data_validations.dataValidation}
    by_field = {
        (c.name or c.field, c.number): letter for c, letter in zip(template_columns(), _letters(), strict=False)
    }
    ships_from = checks[f"{by_field['ships_from', 0]}2"]
    assert ships_from.type == "list" and "ES" in ships_from.formula1
    price = checks[f"{by_field['price', 0]}2"]
    assert (price.type, price.formula1, price.formula2) == ("decimal", "0.01", "100000")
    stock = checks[f"{by_field['stock', 0]}2"]
    assert (stock.type, stock.formula1, stock.formula2) == ("whole", "0", "999999")
    code = sheet[f"{by_field['sku_code', 0]}5"]
    assert code.number_format == "@"
    assert code.value is None
    for cell in sheet[1]:
        assert "\n" in cell.value
        assert cell.comment is not None
    assert sheet.freeze_panes == "B2"
    assert hints.max_row == len(template_columns()) + 1
    assert all(cell.value for row in hints.iter_rows(max_col=3) for cell in row)
    examples = {(row[0].value or "").split(" ")[0]: [cell.value for cell in row[3:]] for row in hints.iter_rows()}
    assert examples["商家编码"] == ["LM4402-WH", "LM4402-BK", "LM4402-WH_CES", "0010072"]
    assert examples["列"][0] == "例 第 1 行 Example row 1"


def _letters() -> list[str]:
    return [openpyxl.utils.get_column_letter(number) for number in range(1, 60)]


def test_the_shipped_file_is_what_the_rules_make(tmp_path: Path) -> None:
    main([str(tmp_path / "new.xlsx")])
    ours, shipped = openpyxl.load_workbook(tmp_path / "new.xlsx"), openpyxl.load_workbook(SHIPPED)
    assert ours.sheetnames == shipped.sheetnames
    for name in ours.sheetnames:
        assert [[c.value for c in row] for row in ours[name].iter_rows()] == [
            [c.value for c in row] for row in shipped[name].iter_rows()
        ], "run: python -m app.services.workbooks.template"


def test_the_command_writes_it(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    command = [sys.executable, "-m", "app.services.workbooks.template", str(out)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[3], timeout=60)
    assert out.stat().st_size > 5000


def test_a_person_gets_the_shipped_file(tmp_path: Path) -> None:
    save_template(tmp_path / "mine.xlsx")
    assert (tmp_path / "mine.xlsx").read_bytes() == SHIPPED.read_bytes()
    with pytest.raises(WorkbookError) as caught:
        save_template(tmp_path / "none" / "mine.xlsx")
    assert caught.value.error_code == "workbook.no_folder"


def test_columns_are_fields_with_names_and_hints_in_both_languages() -> None:
    for column in template_columns():
        assert column.field == "property" or column.field in field_book().fields
        assert f"workbooks.hint.{column.name or column.field}" in catalogue()
        chinese, english = header_of(column).split("\n")
        assert chinese and english
        assert chinese.startswith("*") is column.is_required
        if column.choices:
            assert len(",".join(column.choices)) <= 250, "Excel's limit for a list in a cell check"
