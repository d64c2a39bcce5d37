"""Files as they come: every format and encoding, wrong endings, nothing inside, tables that look like another one."""

from __future__ import annotations

import pytest

from app.services.company_tables.importing import looks_like_table
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.reading import read_company_table
from app.services.company_tables.records import TableError
from app.services.workbooks.errors import WorkbookError
from tests.unit.workbooks.makers import (
    html_page,
    ods_content,
    ods_row,
    write_ods,
    write_rows,
    write_text,
    write_xls,
    write_xlsb,
    xlsb_cells,
)

ROWS = (("SKU", "中文名称", "成本价", "重量(g)"), ("ab1234", "床头灯", 6.5, 85), ("0010072", "灯泡", "0.1", "12"))
STORED = [("0010072", "灯泡", 100_000, 12_000), ("AB1234", "床头灯", 6_500_000, 85_000)]
WAYS = {
    "t.xlsx": lambda path: write_rows(path, ROWS),
    "t.xls": lambda path: write_xls(path, ROWS),
    "t.xlsb": lambda path: write_xlsb(path, xlsb_cells(ROWS)),
    "t.ods": lambda path: write_ods(path, ods_content("".join(map(ods_row, ROWS)))),
    "html.xls": lambda path: path.write_text(html_page(ROWS), "utf-8"),
    "gbk.xls": lambda path: path.write_bytes(html_page(ROWS, '<meta charset="gbk">').encode("gbk")),
    "xlsx.xls": lambda path: write_rows(path, ROWS),
    "xls.xlsx": lambda path: write_xls(path, ROWS),
    "semicolons.csv": lambda path: write_text(path, ROWS, "utf-8", ";"),
    "tabs.csv": lambda path: write_text(path, ROWS, "utf-16", "\t"),
    "tabs.xls": lambda path: write_text(path, ROWS, "utf-16", "\t"),
    "le.csv": lambda path: write_text(path, ROWS, "utf-16-le"),
    "be.csv": lambda path: write_text(path, ROWS, "utf-16-be"),
    "gb18030.csv": lambda path: write_text(path, ROWS, "gb18030"),
    "bare.csv": lambda path: write_text(path, ROWS, "utf-8"),
}


@pytest.mark.parametrize("name", WAYS)
def test_one_table_in_every_format_and_encoding(tmp_path, name):
    WAYS[name](tmp_path / name)
    read = read_company_table(tmp_path / name)
    assert [row[:4] for row in read.rows["stock_item"]] == STORED
    assert (read.kind, read.errors, read.refused, read.row_count) == (TableKind.PRODUCTS, [], 0, 2)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "workbook.empty"),
        ("headers.csv", "SKU,成本价\n".encode(), "workbook.no_rows"),
        ("blank.csv", "SKU,成本价\n,\n,\n".encode(), "workbook.no_rows"),
        ("nul.csv", "SKU,成本价\nAB\x001234,5\n".encode(), "workbook.not_a_sheet"),
        ("mixed.csv", "SKU,成本价,名称\nAB1234,5,".encode() + b"\xff\xfe\x80\n", "workbook.not_a_sheet"),
        ("half.xlsx", b"PK\x03\x04 no zip", "workbook"),
        ("numbers.csv", b"1,2,3\n4,5,6\n", "tables.not_known"),
        ("code.csv", b"SKU\nAB1234\n", "tables.not_known"),
        ("products.csv", "产品ID,商家编码,产品重量,价格信息\n1,AB1234,0.1,{}\n".encode(), "tables.not_known"),
        ("note.csv", "SKU,备注\nAB1234,x\n".encode(), "tables.which_verdict"),
    ],
)
def test_what_is_no_table_says_why_and_is_never_taken_for_one(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises((TableError, WorkbookError)) as caught:
        read_company_table(path)
    assert caught.value.error_code.startswith(code)
    if not code.startswith("workbook.no_rows"):
        assert not looks_like_table(path)


def test_a_file_that_is_gone_is_named(tmp_path):
    with pytest.raises(WorkbookError, match=r"not_found.*gone\.csv"):
        read_company_table(tmp_path / "gone.csv")
    assert not looks_like_table(tmp_path / "gone.csv")


@pytest.mark.parametrize(
    ("kind", "head", "row"),
    [
        (TableKind.PRODUCTS, "SKU,成本价,重量(g),物流属性,是否套装", "AB1234,5,85,带电,否"),
        (TableKind.PRODUCTS, "SKU,成本价,物流属性,可用渠道", "AB1234,5,带电,EMS"),
        (TableKind.FLOORS, "SKU,最低限价,属性,是否在售", "AB1234,5,带电,是"),
        (TableKind.FLOORS, "SKU,成本价,最低限价", "AB1234,5,9"),
        (TableKind.FORBIDDEN, "SKU,违禁类型,属性,是否在售", "AB1234,专利,带电,否"),
        (TableKind.FEEDBACK, "SKU,重点,侵权投诉,反馈", "AB1234,x,y,z"),
        (TableKind.CHANNELS, "物流属性,EMS,专线,DHL,UPS", "带电,√,×,√,看情况"),
    ],
)
def test_columns_of_another_table_do_not_make_it_the_other_one(sheet, kind, head, row):
    assert read_company_table(sheet("今日.csv", head, row)).kind is kind


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        (TableKind.PRODUCTS, "SKU,最低限价"),
        (TableKind.FLOORS, "SKU,成本价"),
        (TableKind.CHANNELS, "SKU,成本价"),
        (TableKind.FORBIDDEN, "物流属性,渠道"),
    ],
)
def test_a_person_who_names_the_wrong_table_is_told(sheet, kind, head):
    with pytest.raises(TableError, match="not_known"):
        read_company_table(sheet("x.csv", head, "AB1234,5"), kind)


def test_the_first_sheet_that_is_a_table_counts_and_titles_above_give_the_day(tmp_path, sheet):
    lines = ("公司统表 2026年1月5日,,", "制表人,张,", "SKU,成本价,重量(g)", "AB1234,5,85")
    read = read_company_table(sheet("导出 2025-01-01.csv", *lines))
    assert (read.as_of, read.errors, read.row_count) == ("2026-01-05", [], 1)
    assert read_company_table(sheet("统表 202601.csv", *lines[2:])).as_of == ""
