"""Sheets with listings that were not read are named, whatever else a workbook holds."""

from __future__ import annotations

from pathlib import Path

from app.services.workbooks import SheetLeft, open_workbook, recognise, save_template, sheets_left
from tests.unit.workbooks.makers import (
    TABLE,
    Raw,
    html_page,
    sheet_xml,
    write_rows,
    write_text,
    write_zip,
    xlsx_members,
)


def left(path: Path, **how: str) -> tuple[SheetLeft, ...]:
    with open_workbook(path) as opened:
        return sheets_left(opened, recognise(opened, **how).sheet)


def test_visible_sheets_with_listings_are_named_with_their_rows(tmp_path: Path) -> None:
    more = sheet_xml([*TABLE[:2], (None,) * 7, TABLE[3]], first_row=4)
    sheets = {
        "Spring": sheet_xml(TABLE),
        "Autumn": more,
        "Notes": sheet_xml([("Call the supplier", "on Monday")]),
        "Empty": sheet_xml([]),
        "Only a header": sheet_xml(TABLE[:1]),
        "Old": sheet_xml(TABLE),
    }
    path = write_zip(tmp_path / "a.xlsx", xlsx_members(sheets, states={"Old": "hidden"}))
    assert left(path) == (SheetLeft("Autumn", 2),)
    assert left(path, sheet="Autumn") == (SheetLeft("Spring", 3),)
    assert left(path, sheet="Old") == (SheetLeft("Spring", 3), SheetLeft("Autumn", 2))


def test_a_file_with_one_sheet_leaves_nothing(tmp_path: Path) -> None:
    assert left(write_rows(tmp_path / "a.xlsx")) == ()
    assert left(write_text(tmp_path / "a.csv")) == ()
    save_template(tmp_path / "template.xlsx")
    assert left(tmp_path / "template.xlsx") == (), "its page of hints holds examples, not listings"


def test_a_second_table_of_a_page_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(html_page() + html_page(TABLE[:3]), "utf-8")
    assert left(path) == (SheetLeft("Table 2", 2),)


def test_a_sheet_that_cannot_be_read_does_not_stop_the_one_that_can(tmp_path: Path) -> None:
    broken = sheet_xml([(Raw("><v>1</v></c>"),)]).replace("</worksheet>", "")
    path = write_zip(tmp_path / "a.xlsx", xlsx_members({"Good": sheet_xml(TABLE), "Broken": broken}))
    with open_workbook(path) as opened:
        assert sheets_left(opened, "Good") == ()
