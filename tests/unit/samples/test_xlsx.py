"""The small writer of workbooks, read back by two readers that know nothing of it."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from app.samples import xlsx
from app.samples.xlsx import Sheet, column_letters, write_workbook


def written(*sheets: Sheet) -> io.BytesIO:
    target = io.BytesIO()
    write_workbook(target, sheets)
    target.seek(0)
    return target


def test_values_come_back_as_they_were() -> None:
    rows = [["货号", "价", "数"], ["00123", Decimal("3.36"), 999], ["1E5", None, 0], ["4000123456789012345", "", -7]]
    book = CalamineWorkbook.from_filelike(written(Sheet("报价", rows)))
    assert book.sheet_names == ["报价"]
    assert book.get_sheet_by_name("报价").to_python() == [
        ["货号", "价", "数"],
        ["00123", 3.36, 999.0],
        ["1E5", "", 0.0],
        ["4000123456789012345", "", -7.0],
    ]


def test_codes_are_text_cells_and_headers_bold() -> None:
    target = written(Sheet("A", [["code", "n"], ["0012", 5]], [12, 8], 1, frozenset({0})))
    sheet = openpyxl.load_workbook(target).active
    assert sheet["A2"].number_format == "@"
    assert sheet["A2"].value == "0012"
    assert sheet["A1"].font.bold
    assert not sheet["A2"].font.bold
    assert sheet["B2"].value == 5
    assert sheet.column_dimensions["A"].width == 12


@pytest.mark.parametrize(
    "text", ["<b>&amp;</b>", " outer blanks ", "two\nlines", "=1+1", '"quoted" & more', "黑色 ≥ 800"]
)
def test_every_text_survives(text: str) -> None:
    book = CalamineWorkbook.from_filelike(written(Sheet("A", [["header"], [text]], bold_rows=1)))
    assert book.get_sheet_by_index(0).to_python()[1] == [text]
    assert openpyxl.load_workbook(written(Sheet("A", [["header"], [text]]))).active["A2"].value == text


def test_sheets_keep_their_order_and_awkward_names() -> None:
    target = written(Sheet("A & B", [["1"]]), Sheet('"说明" <x>', [["2"]]))
    book = CalamineWorkbook.from_filelike(target)
    assert book.sheet_names == ["A & B", '"说明" <x>']
    assert [book.get_sheet_by_index(number).to_python() for number in (0, 1)] == [[["1"]], [["2"]]]


def test_equal_rows_give_equal_bytes() -> None:
    rows = [["a", n] for n in range(2_000)]
    assert written(Sheet("S", rows)).getvalue() == written(Sheet("S", iter(rows))).getvalue()


def test_more_texts_than_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "KNOWN_TEXTS", 10)
    rows = [[f"text {number % 37}"] for number in range(1_200)]
    book = CalamineWorkbook.from_filelike(written(Sheet("S", rows)))
    assert book.get_sheet_by_index(0).to_python() == rows


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_column_letters(index: int, letters: str) -> None:
    assert column_letters(index) == letters
