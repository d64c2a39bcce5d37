"""The user's own sheet with the refused cells marked, ready to be corrected and dropped again."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from app.messages import Messages
from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import (
    CellError,
    ListingTable,
    MarkedCopy,
    WorkbookError,
    marked_copy,
    open_workbook,
    read_listings,
    recognise,
)
from app.services.workbooks import limits as limits_module
from tests.unit.workbooks.conftest import codes
from tests.unit.workbooks.makers import html_page, ods_content, ods_row, write_ods, write_text, write_xls, write_zip

Read = Callable[..., ListingTable]
ZH, EN = Messages("zh").text, Messages("en").text
HEADER = ("商家编码", "标题", "价格", "备注")
BAD = (HEADER, ("A1", "Lamp", "1.2万", "keep"), ("=A2", "Cable", 2, "=1+1"), ("5.1E+12", "Box", "x", None))
RED = "FFFFC7CE"


def rich_workbook(path: Path) -> Path:
    """A sheet with what people put into sheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "报价"
    for row in [("报价表",), HEADER, ("A1", "Lamp", "x", "=1+1"), ("A2", "Cable", 2, "n"), ("A3", "Box", -3, None)]:
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet["B3"].font = Font(bold=True, color="FF0000FF")
    sheet["D3"].comment = Comment("mine", "me")
    sheet.column_dimensions["B"].width = 50
    sheet.freeze_panes = "A3"
    check = DataValidation(type="list", formula1='"a,b"')
    check.add("D3:D9")
    sheet.add_data_validation(check)
    hidden = book.create_sheet("隐藏")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "untouched"
    book.save(path)
    return path


def mark(path: Path, out: Path, read: Read, translate: Any = ZH, **how: Any) -> tuple[MarkedCopy, Any]:
    result = marked_copy(path, read(path).cell_errors, out, translate, **how)
    return result, openpyxl.load_workbook(out)


def test_a_workbook_keeps_what_it_had(tmp_path: Path, read: Read) -> None:
    result, book = mark(rich_workbook(tmp_path / "a.xlsx"), tmp_path / "out.xlsx", read)
    assert result == MarkedCopy(tmp_path / "out.xlsx", 2, 2, is_whole=True)
    sheet = book["报价"]
    assert sheet["C3"].fill.fgColor.rgb == RED
    assert sheet["C3"].value == "x"
    assert "不是价格" in sheet["C3"].comment.text
    assert sheet["C5"].fill.fgColor.rgb == RED
    assert sheet["E2"].value == "不能导入的原因"
    assert sheet["E3"].value == sheet["C3"].comment.text
    assert sheet["E4"].value is None
    assert sheet["D3"].value == "=1+1", "formulas stay formulas in the user's own workbook"
    assert sheet["D3"].comment.text.strip() == "mine"
    assert sheet["B3"].font.bold and sheet["B3"].font.color.rgb == "FF0000FF"
    assert sheet.column_dimensions["B"].width == 50
    assert sheet.freeze_panes == "A3"
    assert str(sheet.merged_cells) == "A1:D1"
    assert len(sheet.data_validations.dataValidation) == 1
    assert book["隐藏"].sheet_state == "hidden"
    assert book["隐藏"]["A1"].value == "untouched"


def test_the_copy_can_be_corrected_and_dropped_again(tmp_path: Path, read: Read) -> None:
    out = tmp_path / "out.xlsx"
    _, book = mark(rich_workbook(tmp_path / "a.xlsx"), out, read, EN)
    book["报价"]["C3"] = 5
    book.save(out)
    table = read(out)
    assert codes(table) == [(5, "C", "negative")]
    assert table.recognition.has("reason")
    assert "Reason" not in table.extra
    again, second = mark(out, tmp_path / "second.xlsx", read, EN)
    assert again.row_count == 1
    sheet = second["报价"]
    assert sheet["E3"].value is None, "the reason of a corrected row must be gone"
    assert sheet["E5"].value.startswith("Row 5, column C")
    assert sheet.max_column == 5, "one column of reasons, not one more each time"


@pytest.mark.parametrize("kind", ["csv", "xls", "ods", "html", "zip"])
def test_other_formats_come_back_as_xlsx(kind: str, tmp_path: Path, read: Read) -> None:
    makers: dict[str, Callable[[Path], Path]] = {
        "csv": lambda path: write_text(path, BAD, "gb18030"),
        "xls": lambda path: write_xls(path, BAD),
        "ods": lambda path: write_ods(path, ods_content("".join(map(ods_row, BAD)))),
        "html": lambda path: path.write_text(html_page(BAD), "utf-8") and path,
        "zip": lambda path: write_zip(path, {"products.xls": write_xls(tmp_path / "p.xls", BAD).read_bytes()}),
    }
    result, book = mark(makers[kind](tmp_path / f"a.{kind}"), tmp_path / "out.xlsx", read)
    sheet = book[book.sheetnames[0]]
    assert result.is_whole
    assert (result.cell_count, result.row_count) == (3, 2)
    assert [cell.value for cell in sheet[1]] == [*HEADER, "不能导入的原因"]
    assert sheet["C2"].fill.fgColor.rgb == sheet["A4"].fill.fgColor.rgb == sheet["C4"].fill.fgColor.rgb == RED
    assert "12000" in sheet["C2"].comment.text
    assert sheet["E4"].value.count("\n") == 1, "both reasons of the row"
    for place, text in (("A3", "=A2"), ("D3", "=1+1")):
        assert sheet[place].value == text
        assert sheet[place].data_type == "s", "text that looks like a formula must stay text"


def test_codes_of_a_text_file_stay_text_in_the_copy(tmp_path: Path, read: Read) -> None:
    rows = [HEADER, ("00123", "a", "x", "\x01bad"), ("1234567890123456789", "b", "x", "")]
    _, book = mark(write_text(tmp_path / "a.csv", rows), tmp_path / "out.xlsx", read)
    sheet = book.active
    assert [sheet["A2"].value, sheet["A3"].value] == ["00123", "1234567890123456789"]
    assert sheet["D2"].value == "bad"


def test_rows_keep_their_numbers_when_the_table_starts_below(tmp_path: Path, read: Read) -> None:
    rows: list[Any] = [(), ("title",), (), HEADER, ("A1", "Lamp", "x", ""), ("A2", "Box", "2", "")]
    _, book = mark(write_text(tmp_path / "a.csv", rows), tmp_path / "out.xlsx", read)
    assert book.active["C5"].fill.fgColor.rgb == RED
    assert book.active["E4"].value == "不能导入的原因"
    assert book.active["A6"].value == "A2"


def test_a_huge_sheet_comes_back_with_its_refused_rows(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    lowered = replace(limits_module.limits(), marked_cells=50)
    monkeypatch.setattr(sys.modules["app.services.workbooks.marked_copy"], "limits", lambda: lowered)
    rows = [HEADER, *((f"A{n}", f"t{n}", "x" if n % 100 == 7 else 1, "note") for n in range(1000))]
    for path in (write_text(tmp_path / "a.csv", rows), write_xls(tmp_path / "a.xls", rows), _openpyxl(tmp_path, rows)):
        result, book = mark(path, tmp_path / "out.xlsx", read)
        assert (result.is_whole, result.row_count, result.cell_count) == (False, 10, 10)
        sheet = book.active
        assert sheet.max_row == 11
        assert sheet["A2"].value == "A7"
        assert sheet["C2"].fill.fgColor.rgb == RED
        assert sheet["E2"].value.startswith("第 9 行"), "the reason names the row of the original"


def _openpyxl(folder: Path, rows: Any) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def test_a_merged_cell_is_marked_in_its_first_cell(tmp_path: Path) -> None:
    path = rich_workbook(tmp_path / "a.xlsx")
    errors = [CellError("a.xlsx", "报价", 1, "C", "报价表", "price", "x", "price_not_number")]
    marked_copy(path, errors, tmp_path / "out.xlsx", ZH)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["报价"]
    assert sheet["A1"].fill.fgColor.rgb == RED
    assert sheet["A1"].comment is not None


def test_an_error_without_a_column_still_has_its_reason(tmp_path: Path) -> None:
    path = rich_workbook(tmp_path / "a.xlsx")
    errors = [CellError("a.xlsx", "报价", 4, "", "", "stock", "", "count_not_number")]
    result = marked_copy(path, errors, tmp_path / "out.xlsx", EN)
    assert (result.cell_count, result.row_count) == (0, 1)
    assert "Row 4" in openpyxl.load_workbook(tmp_path / "out.xlsx")["报价"]["E4"].value


def test_macros_stay_in_an_xlsm_and_leave_an_xlsx(tmp_path: Path, read: Read) -> None:
    plain = rich_workbook(tmp_path / "plain.xlsx")
    path = tmp_path / "a.xlsm"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(
                    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
            target.writestr(name, content)
        target.writestr("xl/vbaProject.bin", b"macros")
    mark(path, tmp_path / "out.xlsm", read)
    assert zipfile.ZipFile(tmp_path / "out.xlsm").read("xl/vbaProject.bin") == b"macros"
    mark(path, tmp_path / "out.xlsx", read)
    assert "xl/vbaProject.bin" not in zipfile.ZipFile(tmp_path / "out.xlsx").namelist()


def test_a_corrected_recognition_decides_where_reasons_go(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", [("x", "y"), ("foo", "bar"), ("A1", "z")])
    with open_workbook(path) as opened:
        found = recognise(opened, header_row=2, mapping={"foo": "sku_code", "bar": "price"})
        errors = read_listings(opened, found).cell_errors
    marked_copy(path, errors, tmp_path / "out.xlsx", ZH, recognition=found)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert [cell.value for cell in sheet["C"]] == [None, "不能导入的原因", errors[0].message(ZH)]


def test_a_locked_target_and_a_stop_leave_no_file(tmp_path: Path, read: Read) -> None:
    path = write_text(tmp_path / "a.csv", BAD)
    errors = read(path).cell_errors
    with pytest.raises(WorkbookError) as caught:
        marked_copy(path, errors, tmp_path / "none" / "out.xlsx", ZH)
    assert caught.value.error_code == "workbook.no_folder"
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"older")
    ctx = TaskContext()
    ctx.stop.set()
    for source in (path, rich_workbook(tmp_path / "b.xlsx")):
        with pytest.raises(TaskCancelled):
            marked_copy(source, read(source).cell_errors, out, ZH, ctx)
        assert out.read_bytes() == b"older"
    assert not list(tmp_path.glob("*.part"))


def test_openpyxl_and_pandas_stay_out_of_the_import_path(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", BAD)
    program = (
        "import sys, pathlib\n"
        "from app.services.workbooks import *\n"
        f"opened = open_workbook(pathlib.Path({str(path)!r}))\n"
        "read_listings(opened, recognise(opened))\n"
        "bad = {'openpyxl', 'pandas', 'numpy', 'sqlalchemy', 'PySide6'} & set(sys.modules)\n"
        "assert not bad, bad\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[3], timeout=60)
