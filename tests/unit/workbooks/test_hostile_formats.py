"""Hostile files in the formats other than .xlsx, and what holds for all of them: see `test_hostile_files`."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from app.services.workbooks import (
    ListingTable,
    limits,
    open_workbook,
    read_listings,
    recognise,
)
from app.services.workbooks import limits as limits_module
from tests.unit.workbooks.conftest import code_of
from tests.unit.workbooks.makers import (
    HEADER,
    TABLE,
    biff,
    biff_workbook,
    compound_file,
    ods_content,
    ods_row,
    record,
    write_ods,
    write_rows,
    write_text,
    write_xls,
    write_xlsb,
    xlsb_cells,
)

pytestmark = pytest.mark.usefixtures("bounded_memory")


@pytest.mark.parametrize(
    "body",
    [
        '<table:table-row><table:table-cell table:number-columns-repeated="16384" office:value-type="float" '
        'office:value="1"/></table:table-row>' * 1200,
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" '
        'office:value="1" table:number-columns-repeated="100"/></table:table-row>',
        ods_row(["a"])
        + '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
        + '<table:table-row><table:table-cell table:number-columns-repeated="500"/>'
        '<table:table-cell office:value-type="float" office:value="1"/></table:table-row>',
    ],
)
def test_repeated_cells_of_ods(body: str, tmp_path: Path) -> None:
    assert code_of(write_ods(tmp_path / "a.ods", ods_content(body))) == "workbook.too_large"


def test_repeated_blanks_and_texts_of_ods(tmp_path: Path, smaller: Callable[..., None]) -> None:
    spaces = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>a<text:s text:c="4000000000"/></text:p>'
    )
    path = write_ods(tmp_path / "a.ods", ods_content(spaces + "</table:table-cell></table:table-row>"))
    assert code_of(path) == "workbook.cell_too_large"
    smaller(text_bytes=1_000_000)
    cell = '<table:table-cell table:number-columns-repeated="200" office:value-type="string">'
    text = f"{cell}<text:p>{'x' * 9000}</text:p>"
    path = write_ods(tmp_path / "b.ods", ods_content(f"<table:table-row>{text}</table:table-cell></table:table-row>"))
    assert code_of(path) == "workbook.bomb"


def test_the_million_empty_rows_that_end_every_ods(tmp_path: Path) -> None:
    tail = (
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    path = write_ods(tmp_path / "a.ods", ods_content("".join(map(ods_row, TABLE)) + tail))
    with open_workbook(path) as opened:
        assert read_listings(opened, recognise(opened)).rows == [2, 3, 4]


def test_far_cells_of_xlsb(tmp_path: Path) -> None:
    far_row = record(0x00, struct.pack("<I", 1_000_000) + bytes(13))
    far_cell = record(0x05, struct.pack("<II", 16_000, 0) + struct.pack("<d", 1.0))
    assert code_of(write_xlsb(tmp_path / "a.xlsb", xlsb_cells(TABLE) + far_row + far_cell)) == "workbook.too_large"
    outside = record(0x05, struct.pack("<II", 4_000_000_000, 0) + struct.pack("<d", 1.0))
    assert code_of(write_xlsb(tmp_path / "b.xlsb", xlsb_cells(TABLE) + outside)) == "workbook.damaged"


def test_repeated_strings_and_broken_indexes_of_xlsb(tmp_path: Path, smaller: Callable[..., None]) -> None:
    def cell(column: int, index: int) -> bytes:
        return record(0x07, struct.pack("<III", column, 0, index))

    missing = xlsb_cells([HEADER]) + record(0x00, struct.pack("<I", 1) + bytes(13)) + cell(0, 77)
    assert code_of(write_xlsb(tmp_path / "a.xlsb", missing, ["only"])) == "workbook.damaged"
    smaller(text_bytes=1_000_000)
    many = (
        xlsb_cells([HEADER]) + record(0x00, struct.pack("<I", 1) + bytes(13)) + b"".join(cell(n, 0) for n in range(90))
    )
    assert code_of(write_xlsb(tmp_path / "b.xlsb", many, ["x" * 20_000])) == "workbook.bomb"


def test_far_cells_of_xls(tmp_path: Path) -> None:
    def number(row: int, column: int) -> bytes:
        return biff(0x203, struct.pack("<HHHd", row, column, 0, 1.0))

    path = tmp_path / "a.xls"
    path.write_bytes(compound_file({"Workbook": biff_workbook(number(0, 0) + number(65_535, 65_535))}))
    assert code_of(path) == "workbook.too_large"


@pytest.mark.parametrize("dimensions", [(0, 0xFFFFFFFF, 0, 0xFFFF, 0), (5, 2, 0, 3, 0), (0, 0x00FFFFFF, 0, 256, 0)])
def test_dimensions_of_xls_that_would_reserve_memory(dimensions: tuple[int, ...], tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(compound_file({"Workbook": biff_workbook(biff(0x200, struct.pack("<IIHHH", *dimensions)))}))
    assert code_of(path) == "workbook.damaged"


def test_repeated_strings_of_xls(tmp_path: Path, smaller: Callable[..., None]) -> None:
    long = struct.pack("<HB", 6000, 0) + b"x" * 6000
    table = biff(0xFC, struct.pack("<II", 1, 1) + long)
    labels = b"".join(biff(0xFD, struct.pack("<HHHI", n, 0, 0, 0)) for n in range(300))
    path = tmp_path / "a.xls"
    path.write_bytes(compound_file({"Workbook": biff_workbook(labels, table)}))
    smaller(text_bytes=1_000_000)
    assert code_of(path) == "workbook.bomb"


def test_strings_of_xls_that_go_on_in_the_next_record_are_measured_right(tmp_path: Path) -> None:
    rows = [HEADER, *((f"P{n}", "灯" * 3000 + str(n), f"A{n}", "W", 1, 1, 1) for n in range(20))]
    with open_workbook(write_xls(tmp_path / "a.xls", rows)) as opened:
        assert len(read_listings(opened, recognise(opened)).rows) == 20


def test_circles_in_a_compound_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(compound_file({"Workbook": bytes(5000)}, directory_loop=True))
    assert code_of(path) == "workbook.damaged"
    path.write_bytes(compound_file({"Workbook": bytes(5000)}, mini_fat_sectors=0xFFFF))
    assert code_of(path) == "workbook.damaged"
    path.write_bytes(compound_file({"Something": bytes(5000)}))
    assert code_of(path) == "workbook.not_a_sheet"


def test_spans_and_nesting_of_html(tmp_path: Path, smaller: Callable[..., None]) -> None:
    smaller(cells=10_000)
    page = tmp_path / "a.html"
    cell = "<td colspan=99999999 rowspan=99999999>a</td>"
    page.write_text(f"<table><tr>{cell}</tr></table>")
    assert code_of(page) == "workbook.no_header"
    page.write_text(f"<table>{f'<tr>{cell}</tr>' * 11}</table>")
    assert code_of(page) == "workbook.too_large"
    page.write_text(f"<table><tr>{cell * 11}</tr></table>")
    assert code_of(page) == "workbook.too_large"
    page.write_text("<table>" * 50_000)
    assert code_of(page) == "workbook.not_a_sheet"


def test_too_many_cells_of_text(tmp_path: Path, smaller: Callable[..., None]) -> None:
    smaller(cells=20)
    assert code_of(write_text(tmp_path / "a.csv", [HEADER, *[("a",) * 7] * 20])) == "workbook.too_large"


def test_refused_cells_are_counted_without_keeping_all(tmp_path: Path, smaller: Callable[..., None]) -> None:
    smaller(errors_kept=10)
    rows = [HEADER, *((f"P{n}", "t", f"A{n}", "W", "x", 1, 1) for n in range(50))]
    with open_workbook(write_rows(tmp_path / "a.xlsx", rows)) as opened:
        table: ListingTable = read_listings(opened, recognise(opened))
    assert len(table.cell_errors) == 10
    assert table.error_count == 50
    assert len(table.refused) == 50


def test_a_lower_limit_holds_for_sheets_of_the_common_form(tmp_path: Path, smaller: Callable[..., None]) -> None:
    smaller(cells=100)
    assert code_of(write_rows(tmp_path / "a.xlsx", [HEADER] * 20)) == "workbook.too_large"


def test_limits_are_all_positive_and_documented() -> None:
    documented = limits.Limits.__doc__ or ""
    for name in limits.Limits.__dataclass_fields__:
        assert getattr(limits_module.limits(), name) > 0
        assert name in documented
