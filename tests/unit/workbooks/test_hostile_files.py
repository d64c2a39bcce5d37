"""Damaged, locked, empty, huge and hostile files: a clear error, no crash, no unbounded memory.

Several of these files end the process where a reader takes them as they are.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.services.workbooks import (
    WorkbookError,
    open_workbook,
    read_listings,
    recognise,
    zip_guard,
)
from app.services.workbooks import limits as limits_module
from tests.unit.workbooks.conftest import code_of, refusal
from tests.unit.workbooks.makers import (
    HEADER,
    TABLE,
    biff,
    biff_workbook,
    compound_file,
    html_page,
    ods_content,
    ods_row,
    shared_strings,
    sheet_xml,
    write_ods,
    write_rows,
    write_text,
    write_xls,
    write_xlsb,
    write_xlsx_parts,
    write_zip,
    xlsx_members,
)

pytestmark = pytest.mark.usefixtures("bounded_memory")


def far_apart(reference: str, *, before: str = "") -> str:
    """A sheet with a value in A1 and one far away."""
    return sheet_xml([]).replace(
        "</sheetData>",
        f'<row r="1"><c r="A1"><v>1</v></c>{before}</row><row><c r="{reference}"><v>1</v></c></row></sheetData>',
    )


# --- what is no table, or none any more --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook.empty"),
        (b"%PDF-1.7 something", "workbook.not_a_sheet"),
        (b"\x89PNG\r\n\x1a\n\0\0", "workbook.not_a_sheet"),
        (b"\x00\x01\x02\x03" * 100, "workbook.not_a_sheet"),
        (b'{"json": true}', "workbook.not_a_sheet"),
        (b'<?xml version="1.0"?><a/>', "workbook.not_a_sheet"),
        (b"<html><body>no table</body></html>", "workbook.not_a_sheet"),
        (b"Rar!\x1a\x07\x00", "workbook.not_a_sheet"),
        (b"PK\x05\x06" + bytes(18), "workbook.no_products"),
        (b"PK\x03\x04" + b"broken" * 50, "workbook.damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook.damaged"),
        (b"\xff\xfe\x00\xd8" * 10, "workbook.not_a_sheet"),
        (b"\n\n\n", "workbook.empty"),
        (b"hello\nworld\n", "workbook.no_header"),
    ],
)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_is_no_table_is_said_to_be_none(content: bytes, code: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_bytes(content)
    assert code_of(path) == code


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.xlsx") == "workbook.not_found"
    assert code_of(tmp_path) == "workbook.not_found"


@pytest.mark.parametrize("maker", [write_rows, write_xls, write_xlsb, write_ods])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
def test_a_file_cut_off_in_the_middle(maker: Callable[[Path], Path], share: float, tmp_path: Path) -> None:
    path = maker(tmp_path / "a.xlsx")
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    assert code_of(path) in ("workbook.damaged", "workbook.not_a_sheet")


@pytest.mark.parametrize("position", range(40, 900, 61))
def test_flipped_bytes_never_escape_as_another_error(position: int, tmp_path: Path) -> None:
    for maker in (write_rows, write_xls, write_xlsb, write_ods):
        path = maker(tmp_path / "a.dat")
        raw = bytearray(path.read_bytes())
        raw[position % len(raw)] ^= 0xFF
        path.write_bytes(raw)
        try:
            with open_workbook(path) as opened:
                read_listings(opened, recognise(opened))
        except WorkbookError:
            pass  # any other exception fails the test


def test_a_zip_that_is_a_document(tmp_path: Path) -> None:
    members = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}
    assert code_of(write_zip(tmp_path / "a.docx", members)) == "workbook.not_a_sheet"
    members = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}
    assert code_of(write_zip(tmp_path / "a.odt", members)) == "workbook.not_a_sheet"


def test_a_zip_without_products_and_a_zip_in_a_zip(tmp_path: Path) -> None:
    assert code_of(write_zip(tmp_path / "a.zip", {"img/1.jpg": b"x"})) == "workbook.no_products"
    inner = write_zip(tmp_path / "inner.zip", {"products.csv": "a"}).read_bytes()
    assert code_of(write_zip(tmp_path / "b.zip", {"products.xls": inner})) == "workbook.not_a_sheet"
    assert code_of(write_zip(tmp_path / "c.zip", {"products.csv": b""})) == "workbook.empty"


# --- passwords ----------------------------------------------------------------------------------------------------


def test_an_encrypted_office_file(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    path.write_bytes(compound_file({"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(5000)}))
    assert code_of(path) == "workbook.encrypted"


def test_an_encrypted_xls(tmp_path: Path) -> None:
    path = tmp_path / "locked.xls"
    stream = biff_workbook(b"", biff(0x2F, struct.pack("<H", 1) + bytes(52)))
    path.write_bytes(compound_file({"Workbook": stream}))
    assert code_of(path) == "workbook.encrypted"


def test_an_encrypted_ods_and_an_encrypted_zip(tmp_path: Path) -> None:
    assert code_of(write_ods(tmp_path / "a.ods", manifest="<manifest:encryption-data/>")) == "workbook.encrypted"
    path = write_zip(tmp_path / "a.zip", {"products.csv": "a,b"})
    raw = bytearray(path.read_bytes())
    directory = raw.index(b"PK\x01\x02")
    raw[directory + 8] |= 1
    path.write_bytes(raw)
    assert code_of(path) == "workbook.encrypted"


# --- names that leave the folder ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "C:/evil.csv", "..\\evil.csv", "\\\\host\\evil.csv"]
)
def test_members_outside_of_the_archive(name: str, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"products.csv": "SKU,Title,Price\nA,b,1\n", name: "x"})
    assert code_of(path) == "workbook.unsafe_path"


def test_symbolic_links_in_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("products.csv", "a,b")
        link = zipfile.ZipInfo("images")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc")
    assert code_of(path) == "workbook.unsafe_path"


@pytest.mark.parametrize(
    ("name", "is_safe"),
    [("a/b.jpg", True), ("图/1.jpg", True), ("a..b/c", True), ("", False), ("..", False), ("a\x00b", False)],
)
def test_safe_names(name: str, is_safe: bool) -> None:
    assert zip_guard.is_safe_name(name) is is_safe


# --- bombs --------------------------------------------------------------------------------------------------------


def test_a_declared_bomb_is_not_unpacked(tmp_path: Path) -> None:
    big = "<worksheet><sheetData>" + " " * 40_000_000 + "</sheetData></worksheet>"
    assert code_of(write_xlsx_parts(tmp_path / "a.xlsx", big)) == "workbook.bomb"


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    path = write_xlsx_parts(tmp_path / "a.xlsx", sheet_xml([]) + " " * 30_000_000)
    raw = path.read_bytes()
    declared = struct.pack("<I", zipfile.ZipFile(path).getinfo("xl/worksheets/sheet1.xml").file_size)
    path.write_bytes(raw.replace(declared, struct.pack("<I", 1000)))
    assert code_of(path) == "workbook.bomb"


def test_a_bomb_in_a_package(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"products.csv": b"a" * 60_000_000})
    assert code_of(path) == "workbook.bomb"


def test_too_many_members_and_bytes(tmp_path: Path, smaller: Callable[..., None]) -> None:
    smaller(members=3)
    path = write_zip(tmp_path / "a.zip", {f"{n}.csv": "" for n in range(5)})
    assert code_of(path) == "workbook.too_large"
    smaller(package_bytes=10)
    assert code_of(path) == "workbook.too_large"
    smaller(file_bytes=10)
    assert code_of(write_text(tmp_path / "a.csv")) == "workbook.too_large"
    smaller(unpacked_bytes=1000)
    assert code_of(write_rows(tmp_path / "a.xlsx")) == "workbook.bomb"


@pytest.mark.parametrize("reference", ["XFD1048576", "A1048576", "XFD1000"])
def test_values_far_apart_are_measured_before_they_are_read(reference: str, tmp_path: Path) -> None:
    path = write_xlsx_parts(tmp_path / "a.xlsx", far_apart(reference, before='<c r="XFD1"><v>1</v></c>'))
    error = refusal(path)
    assert error.error_code == "workbook.too_large"
    assert error.params["found"] > limits_module.limits().cells


@pytest.mark.parametrize(
    "cells",
    [
        "<c r='XFD1048576'><v>1</v></c>",
        '<c s="1" r="XFD1048576"><v>1</v></c>',
        '<c\nr="XFD1048576"><v>1</v></c>',
        '<c  r = "XFD1048576"><v>1</v></c>',
        '<c r="XFD1048576" x="/>"><v>1</v></c>',
        '<c r="xfd1048576" t="inlineStr"><is><t>x</t></is></c>',
    ],
)
def test_unusual_spellings_of_a_far_cell(cells: str, tmp_path: Path) -> None:
    xml = sheet_xml([]).replace("</sheetData>", f'<row r="1"><c r="A1"><v>1</v></c>{cells}</row></sheetData>')
    assert code_of(write_xlsx_parts(tmp_path / "a.xlsx", xml)) == "workbook.too_large"


def test_far_cells_with_a_prefix(tmp_path: Path) -> None:
    xml = far_apart("XFD1048576").replace("<c ", "<y:c ").replace("</c>", "</y:c>")
    xml = xml.replace("<worksheet", '<worksheet xmlns:y="urn:y"')
    assert code_of(write_xlsx_parts(tmp_path / "a.xlsx", xml)) == "workbook.too_large"


def test_far_cells_without_a_reference(tmp_path: Path) -> None:
    xml = sheet_xml([]).replace(
        "</sheetData>",
        f"<row>{'<c/>' * 16000}<c><v>1</v></c></row>{'<row/>' * 2000}<row><c><v>1</v></c></row></sheetData>",
    )
    assert code_of(write_xlsx_parts(tmp_path / "a.xlsx", xml)) == "workbook.too_large"


@pytest.mark.parametrize("reference", ["A0", "AAAA1", "A9999999", "1A", "A-1"])
def test_references_outside_of_the_grid(reference: str, tmp_path: Path) -> None:
    assert code_of(write_xlsx_parts(tmp_path / "a.xlsx", far_apart(reference))) == "workbook.damaged"


def test_a_sheet_under_another_name_is_judged_all_the_same(tmp_path: Path) -> None:
    parts = xlsx_members({"S": far_apart("XFD1048576")})
    parts["xl/media/picture.png"] = parts.pop("xl/worksheets/sheet1.xml")
    relations = str(parts["xl/_rels/workbook.xml.rels"])
    parts["xl/_rels/workbook.xml.rels"] = relations.replace("worksheets/sheet1.xml", "media/picture.png")
    assert code_of(write_zip(tmp_path / "a.xlsx", parts)) == "workbook.too_large"


def test_cells_behind_a_shared_strings_root_are_judged(tmp_path: Path) -> None:
    xml = far_apart("XFD1048576").replace("<worksheet", "<sst").replace("</worksheet>", "</sst>")
    assert code_of(write_xlsx_parts(tmp_path / "a.xlsx", xml)) == "workbook.too_large"


def test_a_million_blank_rows_do_not_hide_forty_products(tmp_path: Path) -> None:
    blank = (
        "".join(f'<row r="{n}"/>' for n in range(100, 1_048_577, 3)) + '<row r="1048576"><c r="A1048576" s="1"/></row>'
    )
    xml = sheet_xml(TABLE).replace("</sheetData>", f"{blank}</sheetData>")
    with open_workbook(write_xlsx_parts(tmp_path / "a.xlsx", xml)) as opened:
        table = read_listings(opened, recognise(opened))
    assert table.rows == [2, 3, 4]


def test_wide_and_long_sheets_within_the_limit_are_read(tmp_path: Path) -> None:
    header = ("SKU", "Title", "Price", *(f"x{n}" for n in range(200)))
    rows = [header, *((f"A{n}", f"t{n}", 1.5) for n in range(300))]
    with open_workbook(write_rows(tmp_path / "a.xlsx", rows)) as opened:
        assert len(read_listings(opened, recognise(opened)).rows) == 300
    far = sheet_xml([("SKU", "Title", "Price"), ("A1", "t", 1)]).replace(
        "</sheetData>", '<row r="400000"><c r="A400000"><v>7</v></c></row></sheetData>'
    )
    with open_workbook(write_xlsx_parts(tmp_path / "b.xlsx", far)) as opened:
        assert recognise(opened).header_row == 1


def test_one_huge_cell(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.xlsx", [HEADER, ("P", "x" * 3_000_000)])
    assert code_of(path) == "workbook.cell_too_large"
    cdata = sheet_xml([HEADER]).replace(
        "</sheetData>",
        f'<row r="2"><c r="A2" t="inlineStr"><is><t><![CDATA[{"</c> " * 500_000}]]></t></is></c></row></sheetData>',
    )
    assert code_of(write_xlsx_parts(tmp_path / "b.xlsx", cdata)) == "workbook.cell_too_large"
    assert code_of(write_text(tmp_path / "a.csv", [HEADER, ("P", "x" * 3_000_000)])) == "workbook.cell_too_large"
    page = tmp_path / "a.html"
    page.write_text(html_page([HEADER, ("P", "x" * 3_000_000)]), "utf-8")
    assert code_of(page) == "workbook.cell_too_large"
    strings = shared_strings(["x" * 3_000_000])
    assert code_of(write_xlsx_parts(tmp_path / "c.xlsx", sheet_xml(TABLE), xl_sharedStrings_xml=strings)) == (
        "workbook.cell_too_large"
    )


def test_one_shared_string_named_by_very_many_cells(tmp_path: Path, smaller: Callable[..., None]) -> None:
    row = "".join(f'<c r="{letter}{{n}}" t="s"><v>0</v></c>' for letter in "ABCDEFGHIJ")
    rows = "".join(f'<row r="{n}">{row.format(n=n)}</row>' for n in range(1, 2001))
    xml = sheet_xml([]).replace("</sheetData>", f"{rows}</sheetData>")
    path = write_xlsx_parts(tmp_path / "a.xlsx", xml, xl_sharedStrings_xml=shared_strings(["x" * 30_000]))
    smaller(text_bytes=100_000_000)
    assert code_of(path) == "workbook.bomb"


def test_long_shared_strings_that_are_named_once_are_fine(tmp_path: Path, smaller: Callable[..., None]) -> None:
    texts = ["SKU", "Title", "Price", *(f"{n}" + "x" * 2000 for n in range(50))]
    cells = [f'<c r="B{n + 2}" t="s"><v>{n + 3}</v></c>' for n in range(50)]
    rows = "".join(
        f'<row r="{n + 2}"><c r="A{n + 2}" t="inlineStr"><is><t>A{n}</t></is></c>{cell}'
        f'<c r="C{n + 2}"><v>1</v></c></row>'
        for n, cell in enumerate(cells)
    )
    head = '<row r="1">' + "".join(f'<c r="{c}1" t="s"><v>{n}</v></c>' for n, c in enumerate("ABC")) + "</row>"
    xml = sheet_xml([]).replace("</sheetData>", f"{head}{rows}</sheetData>")
    smaller(text_bytes=110_000)
    path = write_xlsx_parts(tmp_path / "a.xlsx", xml, xl_sharedStrings_xml=shared_strings(texts))
    with open_workbook(path) as opened:
        assert len(read_listings(opened, recognise(opened)).rows) == 50


def test_shared_strings_that_announce_more_than_they_are(tmp_path: Path) -> None:
    strings = shared_strings(["a"], ' uniqueCount="99999999999"')
    path = write_xlsx_parts(tmp_path / "a.xlsx", sheet_xml(TABLE), xl_sharedStrings_xml=strings)
    assert code_of(path) == "workbook.damaged"


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"]
)
def test_entities_are_refused_in_every_part(part: str, tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    parts = {**xlsx_members({"S": sheet_xml(TABLE)}), "xl/styles.xml": "<styleSheet/>"}
    parts["xl/sharedStrings.xml"] = shared_strings(["a"])
    parts[part] = bomb + str(parts[part])
    assert code_of(write_zip(tmp_path / "a.xlsx", parts)) == "workbook.entity"


def test_entities_in_ods_and_xlsb(tmp_path: Path) -> None:
    content = ods_content(ods_row(HEADER)).replace("?><", '?><!DOCTYPE a [<!ENTITY x "y">]><', 1)
    assert code_of(write_ods(tmp_path / "a.ods", content)) == "workbook.entity"
    path = write_xlsb(tmp_path / "a.xlsb")
    with zipfile.ZipFile(path) as archive:
        parts: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/_rels/workbook.bin.rels"] = b'<!DOCTYPE a [<!ENTITY x "y">]>' + parts["xl/_rels/workbook.bin.rels"]
    assert code_of(write_zip(path, parts)) == "workbook.entity"


def test_two_directories_in_one_archive(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.xlsx")
    raw = path.read_bytes()
    end = raw.index(b"PK\x05\x06")
    commented = raw[end:-2] + struct.pack("<H", 5)
    path.write_bytes(raw[:end] + commented + raw[end : end + 5])
    assert code_of(path) == "workbook.damaged"


def test_a_workbook_with_a_comment_or_an_embedded_workbook(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.xlsx")
    raw = path.read_bytes()
    path.write_bytes(raw[:-2] + struct.pack("<H", 5) + b"hello")
    with open_workbook(path) as opened:
        assert recognise(opened).header_row == 1
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in xlsx_members({"S": sheet_xml(TABLE)}).items():
            archive.writestr(name, content)
        archive.writestr("xl/embeddings/book.xlsx", raw)
    with open_workbook(path) as opened:
        assert recognise(opened).header_row == 1
