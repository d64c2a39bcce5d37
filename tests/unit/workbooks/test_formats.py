"""The same products in every format a supplier sends, whatever the file is called."""

from __future__ import annotations

import datetime
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from app.services.workbooks import (
    FileFormat,
    GroupedBy,
    ListingTable,
    Recognition,
    SheetKind,
    WorkbookError,
    open_workbook,
    read_listings,
    read_table,
    recognise,
)
from tests.unit.workbooks.makers import (
    HEADER,
    ROWS,
    TABLE,
    html_page,
    sheet_xml,
    write_ods,
    write_rows,
    write_text,
    write_xls,
    write_xlsb,
    write_zip,
    xlsx_members,
)

Read = Callable[..., ListingTable]
See = Callable[..., Recognition]

EXPECTED = {
    "product_key": ["P1", "P1", "P2"],
    "title": ["Desk lamp", "Desk lamp", "USB C cable"],
    "sku_code": ["LM4402-WH", "LM4402-BK", "0010072"],
    "price_minor": [1890, 1890, 420],
    "stock": [999, 640, 35],
    "weight_g": [840, 840, 65],
}


def assert_products(table: ListingTable, first_row: int = 2) -> None:
    assert table.fields == EXPECTED
    assert table.properties == {"color": ["White", "Black", "Red"]}
    assert table.rows == [first_row, first_row + 1, first_row + 2]
    assert table.grouped_by is GroupedBy.PRODUCT_KEY
    assert table.groups() == {"P1": [0, 1], "P2": [2]}
    assert table.currency == "USD"
    assert not table.cell_errors
    assert not table.extra


def openpyxl_file(path: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in TABLE:
        book.active.append(row)
    book.save(path)
    return path


class GbkInfo(zipfile.ZipInfo):
    """A member whose name is written as Chinese Windows does: GBK, without a word about it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits


MAKERS: dict[FileFormat, Callable[[Path], Path]] = {
    FileFormat.XLSX: openpyxl_file,
    FileFormat.XLS: write_xls,
    FileFormat.XLSB: write_xlsb,
    FileFormat.ODS: write_ods,
    FileFormat.TEXT: write_text,
    FileFormat.HTML: lambda path: path.write_text(html_page(), "utf-8") and path,
}


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".xlsb", ".ods", ".csv", ".dat", ""])
def test_content_decides_not_the_name(kind: FileFormat, ending: str, tmp_path: Path, read: Read) -> None:
    path = MAKERS[kind](tmp_path / "made")
    dropped = tmp_path / f"产品表 2026{ending}"
    shutil.move(path, dropped)
    with open_workbook(dropped) as opened:
        assert opened.format is kind
        assert opened.name == dropped.name
    assert_products(read(dropped))


def test_reading_by_path_after_the_recognition_went_to_another_process(tmp_path: Path) -> None:
    import pickle

    path = write_rows(tmp_path / "a.xlsx")
    with open_workbook(path) as opened:
        found = pickle.loads(pickle.dumps(recognise(opened)))
    assert_products(read_listings(path, found))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_in_every_encoding_and_delimiter(encoding: str, delimiter: str, tmp_path: Path, read: Read) -> None:
    path = write_text(tmp_path / "a.csv", encoding=encoding, delimiter=delimiter)
    with open_workbook(path) as opened:
        assert opened.delimiter == delimiter
    assert_products(read(path))


def test_excels_line_that_names_the_separator_is_no_row(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.csv"
    plain = write_text(tmp_path / "b.csv", encoding="utf-8", delimiter=";").read_bytes()
    path.write_bytes(b"sep=;\r\n" + plain)
    assert_products(read(path), first_row=3)


def test_text_rows_are_counted_as_excel_counts_them(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.csv"
    path.write_text('SKU,Title,Price\n\nA1,"two\nlines",1.5\n\nA2,t,2\nA3\n', "utf-8")
    table = read(path)
    assert table.rows == [3, 5, 6]
    assert table.fields["title"] == ["two\nlines", "t", "t"]
    assert [(e.row, e.code) for e in table.cell_errors] == [(6, "price_missing")]


def test_chinese_html_saved_as_xls(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "导出.xls"
    head = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><style>td{color:red}</style>'
    path.write_bytes(html_page(head=head).encode("gb18030"))
    assert_products(read(path))


def test_html_spans_nested_tables_entities_and_line_breaks(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.xls"
    path.write_text(
        "<table><tr><th>SKU</th><th>Title</th><th>Price</th><th>Note</th></tr>"
        "<tr><td>A1</td><td rowspan=2>Lamp &amp; shade &lt;LED&gt;</td><td>1.50</td><td>a<br>b</td></tr>"
        "<tr><td>A2</td><td>2.50</td><td><table><tr><td>inner</td></tr></table></td></tr>"
        "<tr><td>A3</td><td colspan=1>Other<script>alert(1)</script></td><td>3</td></tr></table>",
        "utf-8",
    )
    table = read(path)
    assert table.fields["sku_code"] == ["A1", "A2", "A3"]
    assert table.fields["title"] == ["Lamp & shade <LED>", "Lamp & shade <LED>", "Other"]
    assert table.fields["price_minor"] == [150, 250, 300]
    assert table.extra["Note"][0] == "a\nb"


def test_html_page_with_several_tables_offers_them_all(tmp_path: Path, see: See) -> None:
    path = tmp_path / "a.html"
    menu = "<table><tr><td>Home</td><td>Help</td></tr></table>"
    path.write_text(html_page().replace("<body>", f"<body>{menu}"), "utf-8")
    with open_workbook(path) as opened:
        assert [sheet.name for sheet in opened.sheets] == ["Table 1", "Table 2"]
    assert see(path).sheet == "Table 2"


def test_package_with_chinese_names_in_gbk(tmp_path: Path, read: Read) -> None:
    sheet = write_xls(tmp_path / "products.xls").read_bytes()
    path = tmp_path / "数据包.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (
            ("说明/readme.csv", b"a,b\n"),
            ("products.xls", sheet),
            ("图片/主图1.jpg", b"\xff\xd8\xff1"),
            ("__MACOSX/._products.xls", b"x"),
        ):
            archive.writestr(GbkInfo(name), content)
    with open_workbook(path) as opened:
        assert opened.package is not None
        assert opened.package.sheet_member == "products.xls"
        assert opened.name == "数据包.zip/products.xls"
        assert [member.name for member in opened.package.members if member.is_image] == ["图片/主图1.jpg"]
        assert opened.package.read("图片/主图1.jpg", 100) == b"\xff\xd8\xff1"
    assert_products(read(path))


def test_package_gives_its_members_on_request(tmp_path: Path) -> None:
    path = write_zip(
        tmp_path / "a.zip",
        {"deep/list.csv": "x,y\n", "p/products.csv": "SKU,Title,Price\nA1,t,1\n", "p/img/1.jpg": b"picture"},
    )
    with open_workbook(path) as opened:
        package = opened.package
        assert package is not None and package.sheet_member == "p/products.csv"
        assert package.read("p/img/1.jpg", 100) == b"picture"
        with pytest.raises(WorkbookError) as caught:
            package.read("p/img/1.jpg", 3)
        assert caught.value.error_code == "workbook.bomb"
        folder = opened.content.parent
        assert folder.exists()
    assert not folder.exists(), "the unpacked sheet must not outlive the opened file"


@pytest.mark.parametrize("has_price", [False, True])
def test_a_data_package_is_refused_before_its_codes_become_wrong_drafts(tmp_path: Path, has_price: bool) -> None:
    info = '{"skuArray":[{"价格":"3.36","属性":{"14":"193"},"库存":"999","商家编码":"AB1234-BK"}]}'
    header, row = ("产品ID", "商家编码", "价格信息"), ("1005009999999999", "AB1234-BK,AB1234-WH", info)
    rows = [(*header, "价格"), (*row, 3.36)] if has_price else [header, row]
    sheet = write_xls(tmp_path / "p.xls", rows)
    path = write_zip(tmp_path / "a.zip", {"products.xls": sheet.read_bytes()})
    for dropped in (path, sheet):
        with open_workbook(dropped) as opened:
            found = recognise(opened)
            assert found.kind is SheetKind.PACKAGE
            with pytest.raises(WorkbookError) as caught:
                read_listings(opened, found)
        assert caught.value.error_code == "workbook.package_not_read"
        assert dropped.name in str(caught.value.params["file"])


def test_a_note_about_prices_is_no_data_package(tmp_path: Path, read: Read) -> None:
    rows = [("SKU", "标题", "价格", "SKU信息"), ("A1", "Lamp", 3.36, "3 in a box")]
    assert read(write_xls(tmp_path / "a.xls", rows)).fields["price_info"] == ["3 in a box"]


def test_sheets_are_listed_with_visibility_and_the_best_is_chosen(tmp_path: Path, see: See) -> None:
    sheets = {
        "说明": sheet_xml([("怎么填", "标题不超过 128 个字符")]),
        "空": sheet_xml([]),
        "商品": sheet_xml(TABLE),
        "旧": sheet_xml(TABLE),
    }
    path = write_zip(tmp_path / "a.xlsx", xlsx_members(sheets, states={"旧": "hidden"}))
    with open_workbook(path) as opened:
        assert [(sheet.name, sheet.is_visible) for sheet in opened.sheets] == [
            ("说明", True),
            ("空", True),
            ("商品", True),
            ("旧", False),
        ]
    assert see(path).sheet == "商品"
    assert see(path, sheet="旧").kind is SheetKind.LISTINGS
    with pytest.raises(WorkbookError) as caught:
        see(path, sheet="空")
    assert caught.value.error_code == "workbook.empty"
    with pytest.raises(WorkbookError) as caught:
        see(path, sheet="没有")
    assert caught.value.error_code == "workbook.no_sheet"


def test_hidden_sheets_are_used_where_there_is_no_other(tmp_path: Path, read: Read) -> None:
    path = write_zip(tmp_path / "a.xlsx", xlsx_members({"商品": sheet_xml(TABLE)}, states={"商品": "veryHidden"}))
    assert_products(read(path))


def test_a_better_sheet_behind_a_worse_one_wins(tmp_path: Path, see: See) -> None:
    sheets = {"codes": sheet_xml([("SKU",), ("A1",)]), "products": sheet_xml(TABLE)}
    assert see(write_zip(tmp_path / "a.xlsx", xlsx_members(sheets))).sheet == "products"


def test_rows_and_columns_are_excels_own_when_the_area_starts_elsewhere(tmp_path: Path, read: Read) -> None:
    path = write_rows(tmp_path / "a.xlsx", [HEADER, ("P1", "t", "A1", "Red", "x", 1, 1)], first_row=7, first_column=3)
    table = read(path)
    assert table.recognition.header_row == 7
    assert table.rows == [8]
    (error,) = table.cell_errors
    assert (error.row, error.column, error.header, error.value) == (8, "H", "价格(USD)", "x")


@pytest.mark.parametrize("dimension", ["A1", "A1:XFD1048576", "C3:D4"])
def test_a_wrong_dimension_changes_nothing(dimension: str, tmp_path: Path, read: Read) -> None:
    xml = sheet_xml(TABLE).replace("<sheetData>", f'<dimension ref="{dimension}"/><sheetData>')
    assert_products(read(write_zip(tmp_path / "a.xlsx", xlsx_members({"S": xml}))))


def test_trailing_formatted_rows_and_blank_rows_between_are_no_rows(tmp_path: Path, read: Read) -> None:
    rows = [HEADER, ROWS[0], (), ("", None, " "), ROWS[1], ROWS[2]]
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(10, 60))
    xml = sheet_xml(rows).replace("</sheetData>", f"{blank}</sheetData>")
    table = read(write_zip(tmp_path / "a.xlsx", xlsx_members({"S": xml})))
    assert table.rows == [2, 5, 6]
    assert table.fields == EXPECTED
    assert not table.cell_errors


def test_merged_cells_reach_all_their_rows(tmp_path: Path, read: Read) -> None:
    rows = [
        HEADER,
        ("P1", "Desk lamp", "A1", "White", 18.9, 1, 840),
        (None, None, "A2", "Black", None, 2, None),
        ("P2", "Cable", "A3", None, 4.2, 3, 65),
    ]
    merges = [(1, 2, 0, 0), (1, 2, 1, 1), (1, 2, 4, 4), (1, 2, 6, 6)]
    table = read(write_xls(tmp_path / "a.xls", rows, merges))
    assert table.fields["product_key"] == ["P1", "P1", "P2"]
    assert table.fields["price_minor"] == [1890, 1890, 420]
    assert table.fields["weight_g"] == [840, 840, 65]
    assert table.fields["title"] == ["Desk lamp", "Desk lamp", "Cable"]
    assert not table.cell_errors


def test_a_refused_merged_cell_is_one_error_and_refuses_all_its_rows(tmp_path: Path, read: Read) -> None:
    rows = [HEADER, ("P1", "Lamp", "A1", "W", "abc", 1, 1), (None, None, "A2", "B", None, 2, None)]
    table = read(write_xls(tmp_path / "a.xls", rows, [(1, 2, 4, 4)]))
    assert [(e.row, e.column, e.code) for e in table.cell_errors] == [(2, "E", "price_not_number")]
    assert table.refused == {0, 1}


def test_formulas_give_their_cached_values_and_errors_are_blank(tmp_path: Path, read: Read) -> None:
    from tests.unit.workbooks.makers import Raw

    rows = [
        HEADER,
        ("P1", "Lamp", "A1", "W", Raw("><f>9*2.1</f><v>18.9</v></c>"), Raw(' t="e"><v>#N/A</v></c>'), 1),
        ("P2", "Lamp 2", "A2", "W", Raw(' t="e"><v>#DIV/0!</v></c>'), 5, 1),
        ("P3", "Lamp 3", Raw(' t="str"><f>"A"&amp;3</f><v>A3</v></c>'), "W", 1, 5, 1),
    ]
    table = read(write_rows(tmp_path / "a.xlsx", rows))
    assert table.fields["price_minor"] == [1890, None, 100]
    assert table.fields["stock"] == [None, 5, 5]
    assert table.fields["sku_code"] == ["A1", "A2", "A3"]
    assert [(e.row, e.code, e.value) for e in table.cell_errors] == [(3, "error_value", "#DIV/0!")]


def test_dates_in_an_xls_code_column_are_named(tmp_path: Path, read: Read) -> None:
    rows = [HEADER, ("P1", "Lamp", datetime.date(2026, 1, 12), "W", 1, 1, 1)]
    (error,) = read(write_xls(tmp_path / "a.xls", rows)).cell_errors
    assert (error.column, error.code, error.value) == ("C", "code_date", "2026-01-12")


def test_any_table_can_be_read_with_its_types(tmp_path: Path) -> None:
    path = write_text(tmp_path / "统表.csv", [("SKU", "成本价", "重量", "部门"), ("A1", "12.50", "0.84kg", "3C")])
    with open_workbook(path) as opened:
        found = recognise(opened)
        assert found.kind is SheetKind.PRODUCT_TABLE
        table = read_table(opened, found)
    assert [column.values for column in table.columns] == [["A1"], [1250], [840], ["3C"]]
    cost = table.of("cost")
    assert cost is not None and cost.source.header == "成本价"
    assert table.of("title") is None


def test_shared_strings_rich_text_and_prefixed_xml(tmp_path: Path, read: Read) -> None:
    xml = sheet_xml([("SKU", "Title", "Price"), ("A1", "Lamp", 2)])
    prefixed = (
        xml.replace("<", "<x:")
        .replace("<x:/", "</x:")
        .replace('xmlns="', 'xmlns:x="')
        .replace("xml:space", "xml:space")
    )
    table = read(write_zip(tmp_path / "a.xlsx", xlsx_members({"S": prefixed})))
    assert table.fields["sku_code"] == ["A1"]
    assert table.fields["price_minor"] == [200]
