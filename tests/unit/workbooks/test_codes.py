"""Codes, ids and barcodes: exact to the last zero, or refused because a spreadsheet has destroyed them."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.services.listings.importing.fixing import corrected
from app.services.workbooks import (
    ListingTable,
    RecognisedColumn,
    Refusal,
    open_workbook,
    read_listings,
    recognise,
)
from app.services.workbooks.cell_text import keep_text, narrow, read_code, read_code_text, read_text, trimmed
from app.services.workbooks.columns import CodeColumn, Column, TextColumn
from app.services.workbooks.fields import field_book
from app.services.workbooks.xlsx_cells import XlsxCells
from tests.unit.workbooks.conftest import codes
from tests.unit.workbooks.makers import Raw, sheet_xml, write_zip, xlsx_members

Table = Callable[..., ListingTable]

HEADER = ("SKU", "Title", "Price", "Barcode", "Freight template", "Size name")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("00123", "00123"),
        ("1234567890123456789", "1234567890123456789"),
        ("AB12E03", "AB12E03"),
        ("1E-5", "1E-5"),
        ("2025/3/1", "2025/3/1"),
        (" LM4402-WH ", "LM4402-WH"),
        ("ＡＢ１２３４＊２", "AB1234*2"),
        ("AB\u200b12\ufeff", "AB12"),
        ("AB\u00a01234", "AB 1234"),
        ("AB1234 × 2", "AB1234 × 2"),
        ('="00123"', "00123"),
        ("'00123", "00123"),
        ("'=AB", "=AB"),
        (123.0, "123"),
        (4000123456789.0, "4000123456789"),
        (999999999999999.0, "999999999999999"),
        (42, "42"),
        (0.0, "0"),
        ("x²", "x²"),
    ],
)
def test_codes_that_are_taken(cell: Any, code: str) -> None:
    assert read_code(cell) == code


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1.23E+06", "code_scientific"),
        ("4.00012E+12", "code_scientific"),
        ("5.108e12", "code_scientific"),
        ("1E5", "code_scientific"),
        ("1.23e-05", "code_scientific"),
        ("1E-05", "code_scientific"),
        ("１.２３Ｅ＋０６", "code_scientific"),
        (1e15, "code_long_number"),
        (4000123456789012345.0, "code_long_number"),
        (-1e15, "code_long_number"),
        (10**15, "code_long_number"),
        (1234.5, "code_fraction"),
        (float("inf"), "code_fraction"),
        (True, "code_truth"),
        (datetime.date(2026, 1, 2), "code_date"),
        (datetime.datetime(2026, 1, 2, 3, 4), "code_date"),  # noqa: DTZ001 - cells have no zone
        (datetime.time(3, 4), "code_date"),
        (datetime.timedelta(hours=30), "code_date"),
        ("A1\nA2", "code_line_break"),
        ("x" * 101, "code_too_long"),
    ],
)
def test_codes_that_a_spreadsheet_has_destroyed(cell: Any, reason: str) -> None:
    verdict = read_code(cell)
    assert isinstance(verdict, Refusal)
    assert verdict.code == reason
    assert verdict.fix is None, "what is lost cannot be proposed"


@pytest.mark.parametrize("cell", ["", " ", "\u3000\u200b", "#N/A", "#REF!", "'"])
def test_empty_codes_are_unknown(cell: str) -> None:
    assert read_code(cell) is None


def test_refused_codes_name_their_cell(table: Table) -> None:
    rows = [
        HEADER,
        ("5.108E+12", "a", 1, 1234567890123456.0, 700126548, "M"),
        (True, "b", 2, "0012345678905", "Standard post", 38),
        (Raw(' s="1"><v>45000.5</v></c>'), "c", 3, 12.5, True, "L"),
    ]
    result = table(*rows)
    assert codes(result) == [
        (2, "A", "code_scientific"),
        (2, "D", "code_long_number"),
        (3, "A", "code_truth"),
        (4, "A", "code_fraction"),
        (4, "D", "code_fraction"),
        (4, "E", "code_truth"),
    ]
    assert result.fields["barcode"] == [None, "0012345678905", None]
    assert result.fields["freight_template"] == ["700126548", "Standard post", None]
    assert result.properties["size"] == ["M", "38", "L"]
    assert result.refused == {0, 1, 2}
    first = result.cell_errors[0]
    assert (first.sheet, first.header, first.field, first.value) == ("Sheet1", "SKU", "sku_code", "5.108E+12")


def test_a_truth_value_beside_the_number_one(table: Table) -> None:
    result = table(HEADER, (1, "a", 1), (True, "b", 1), (1, "c", 1), (0, "d", 1), (False, "e", 1))
    assert codes(result) == [(3, "A", "code_truth"), (6, "A", "code_truth")]
    assert result.fields["sku_code"] == ["1", None, "1", "0", None]


def test_text_codes_of_a_csv_are_never_numbers(text_table: Table) -> None:
    result = text_table(HEADER, ("00123", "a", "1", "1E5", "", ""), ("123", "b", "2", "0099", "", ""))
    assert result.fields["sku_code"] == ["00123", "123"]
    assert codes(result) == [(2, "D", "code_scientific")]
    assert result.fields["barcode"] == [None, "0099"]


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_whole_numbers_become_their_digits(number: int) -> None:
    assert read_code(float(number)) == str(number)
    assert read_code(number) == str(number)


@given(st.text("0123456789", min_size=1, max_size=30))
def test_digits_as_text_come_out_as_they_went_in(digits: str) -> None:
    assert read_code(digits) == digits


@given(st.text(max_size=120))
@example("\u200b \u200b")
@example("'")
@example('=""')
def test_a_taken_code_is_stable_and_visible(text: str) -> None:
    code = read_code(text)
    if isinstance(code, str):
        assert code
        assert code == code.strip()
        assert len(code) <= field_book().max_code_chars
        assume(not code.startswith(("'", '="')))
        assert read_code(code) == code


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40))
def test_narrowing_leaves_ascii_alone_and_folds_full_width(text: str) -> None:
    assert narrow(text) == text
    wide = "".join(chr(ord(character) + 0xFEE0) for character in text)
    assert narrow(wide) == text


COLUMN = RecognisedColumn(0, "A", "SKU", "sku_code")
CELLS = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(["", "1E5", "AB12E03", "A\nB", "'=x", "#N/A", " a ", "\u200b", "_x000D_", "x" * 101, "ＡＢ"]),
        st.floats(allow_nan=False),
        st.booleans(),
        st.dates(),
        st.integers(-10, 10**17),
    ),
    max_size=60,
)


@given(CELLS, st.integers(1, 20))
def test_columns_read_in_chunks_say_the_same_as_cell_by_cell(cells: list[Any], size: int) -> None:
    for kind, convert in (
        (CodeColumn, read_code),
        (TextColumn, read_text),
        (TextColumn, keep_text),
        (Column, read_code_text),
    ):
        column = kind(COLUMN, convert)
        for start in range(0, len(cells), size):
            column.add(tuple(cells[start : start + size]))
        column.finish()
        expected = [convert(cell) for cell in cells]
        assert column.values == [None if isinstance(value, Refusal) else value for value in expected]
        assert column.refusals == [
            (position, cells[position], value) for position, value in enumerate(expected) if isinstance(value, Refusal)
        ]


@given(st.lists(st.text("AB12\u200b 'E#", max_size=6), min_size=1, max_size=80))
def test_clean_columns_take_the_short_way_to_the_same_values(cells: list[str]) -> None:
    varied = [f"{cell}{number}x" for number, cell in enumerate(cells)]
    for kind, convert in ((CodeColumn, read_code), (TextColumn, read_text)):
        column = kind(COLUMN, convert)
        column.add(varied)
        assert column.values == [None if isinstance(v := convert(cell), Refusal) else v for cell in varied]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Desk lamp\u00a0", "Desk lamp"),
        ("\u3000灯\u200b", "灯"),
        ("two\nlines", "two\nlines"),
        ("a_x000D_\nb", "a\nb"),
        ("'=1+1", "=1+1"),
        ("Men's", "Men's"),
        ("'quoted'", "'quoted'"),
        ("１２寸", "１２寸"),
        (38.0, "38"),
        (12.5, "12.5"),
        (7, "7"),
        (True, "TRUE"),
        ("", None),
        ("#N/A", None),
    ],
)
def test_prose_is_only_trimmed(cell: Any, text: str | None) -> None:
    assert read_text(cell) == text


def test_a_date_where_a_size_belongs_is_refused(table: Table) -> None:
    result = table(HEADER, ("A1", "a", 1, None, None, Raw(' t="d"><v>2026-10-12</v></c>')))
    assert codes(result) == [(2, "F", "text_date")]
    assert result.cell_errors[0].value == "2026-10-12"


@given(st.text(max_size=30))
def test_trimming_leaves_nothing_to_trim(text: str) -> None:
    assert trimmed(trimmed(text)) == trimmed(text)
    assert trimmed(text) in text


STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts><numFmt numFmtId="164" formatCode="000000"/><numFmt numFmtId="165" formatCode="&quot;AB-&quot;0000"/>'
    '<numFmt numFmtId="166" formatCode="0_ "/><numFmt numFmtId="167" formatCode="#,##0.00"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="11"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="11"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/>'
    '<xf numFmtId="167"/><xf numFmtId="48"/></cellXfs></styleSheet>'
)
STYLES_RELATION = (
    '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" '
    'Target="{target}"/></Relationships>'
)


def styled(path: Path, *numbers: tuple[int, object], target: str = "styles.xml") -> Path:
    """A sheet whose codes are numeric cells of a style."""
    rows: list[tuple[object, ...]] = [("SKU", "Title", "Price")]
    rows += [(Raw(f' s="{style}"><v>{number}</v></c>'), f"Lamp {number} {style}", 1) for style, number in numbers]
    parts = xlsx_members({"Sheet1": sheet_xml(rows)})
    relations = str(parts["xl/_rels/workbook.xml.rels"])
    relations = relations.replace("</Relationships>", STYLES_RELATION.format(target=target))
    return write_zip(path, {**parts, "xl/styles.xml": STYLES, "xl/_rels/workbook.xml.rels": relations})


@pytest.mark.parametrize("target", ["styles.xml", "/xl/styles.xml", "../xl/styles.xml"])
def test_a_numeric_code_is_read_as_excel_shows_it(tmp_path: Path, read: Table, target: str) -> None:
    numbers = ((0, 7), (2, 123), (2, 1234567), (3, 12), (4, 55), (5, 4400), (2, 0))
    result = read(styled(tmp_path / "a.xlsx", *numbers, target=target))
    assert result.fields["sku_code"] == ["7", "000123", "1234567", "AB-0012", "55", "4400", "000000"]
    assert result.cell_errors == []


def test_a_numeric_code_in_scientific_notation_is_lost(tmp_path: Path, read: Table) -> None:
    result = read(styled(tmp_path / "a.xlsx", (1, 1230000), (0, 1230000), (6, 45000)))
    assert [(e.row, e.code, e.value) for e in result.cell_errors] == [
        (2, "code_scientific", "1.23E+06"),
        (4, "code_scientific", "4.5E+04"),
    ]
    assert result.fields["sku_code"] == [None, "1230000", None]
    assert result.refused == {0, 2}


def test_what_is_typed_in_place_of_a_lost_code_is_taken(tmp_path: Path) -> None:
    path = styled(tmp_path / "a.xlsx", (1, 1230000), (2, 5))
    with open_workbook(path) as opened:
        found = recognise(opened)
        table = read_listings(corrected(opened, found.sheet, {(2, "A"): "123E4-A"}), found)
    assert (table.fields["sku_code"], table.cell_errors) == (["123E4-A", "000005"], [])


@pytest.mark.parametrize("formats", ["<numFmts", "<styleSheet/>", ""])
def test_styles_that_cannot_be_read_change_nothing(tmp_path: Path, formats: str) -> None:
    path = styled(tmp_path / "a.xlsx", (2, 5))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    cells = XlsxCells(write_zip(tmp_path / "b.xlsx", {**parts, "xl/styles.xml": formats}), "b.xlsx", "Sheet1")
    assert cells.formats == {}
    assert cells.facts({(1, 0)})[1, 0].value == "5"
    assert XlsxCells(path, "a.xlsx", "Elsewhere").facts({(1, 0)}) == {}


def test_cells_without_references_and_with_prefixes_are_found(tmp_path: Path) -> None:
    xml = (
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c s="2"><x:v>2</x:v></x:c></x:row>'
        '<x:row r="4"><x:c r="C4" t="e"><x:f>B1</x:f><x:v>#REF!</x:v></x:c><x:c/></x:row></x:sheetData></x:worksheet>'
    )
    path = write_zip(tmp_path / "a.xlsx", xlsx_members({"Sheet1": xml}))
    facts = XlsxCells(path, "a.xlsx", "Sheet1").facts({(0, 1), (3, 2), (3, 3), (9, 9)})
    assert set(facts) == {(0, 1), (3, 2), (3, 3)}
    assert (facts[0, 1].style, facts[0, 1].value) == (2, "2")
    assert (facts[3, 2].error, facts[3, 2].formula, facts[3, 2].is_uncalculated) == ("#REF!", "B1", False)


def test_cells_cut_by_a_block_boundary_are_found(tmp_path: Path) -> None:
    rows = [(number, f"text {number}" * 40, number + 0.5) for number in range(9000)]
    path = write_zip(tmp_path / "a.xlsx", xlsx_members({"Sheet1": sheet_xml(rows)}))
    places = {(row, column) for row in range(9000) for column in (0, 2)}
    facts = XlsxCells(path, "a.xlsx", "Sheet1").facts(places)
    assert facts.keys() == places
    assert all(float(facts[row, 2].value) == float(facts[row, 0].value) + 0.5 == row + 0.5 for row in range(9000))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(("quote", "gap"), [('"', " "), ("'", " "), ('"', "  ")])
def test_however_a_cell_is_written_its_facts_are_the_same(tmp_path: Path, encoding: str, quote: str, gap: str) -> None:
    cells = (
        '<c r="A1"/><c r="B1" s="3" t="n"><v>7</v></c><c r="C1" t="str"><f>A1&amp;"x"</f><v></v></c>'
        '<c r="D1"><f t="shared" si="0"/></c><c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    ).replace('"', quote)
    cells = cells.replace(f"{quote}x{quote}", '"x"').replace("<c ", f"<c{gap}")
    text = f'<worksheet xmlns="m"><sheetData><row r="1">{cells}</row></sheetData></worksheet>'
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    path = write_zip(tmp_path / "a.xlsx", {**xlsx_members({"Sheet1": ""}), "xl/worksheets/sheet1.xml": xml})
    facts = XlsxCells(path, "a.xlsx", "Sheet1").facts({(0, column) for column in range(6)})
    assert set(facts) == {(0, column) for column in range(5)}
    assert (facts[0, 0].value, facts[0, 1].value, facts[0, 1].style) == ("", "7", 3)
    assert (facts[0, 2].formula, facts[0, 2].is_uncalculated) == ('A1&"x"', False)
    assert (facts[0, 3].formula, facts[0, 3].is_uncalculated) == ("", True)
    assert (facts[0, 4].error, facts[0, 4].is_uncalculated) == ("#DIV/0!", False)


SAVED_DATES = ("2025/3/1", "3/1/2025", "1-Mar", "Mar-01", "3月1日", "2025年3月1日", "2025-03-01", "2025/3/1 0:00")


@pytest.mark.parametrize("code", SAVED_DATES)
def test_a_date_in_a_text_file_was_a_code(text_table: Table, table: Table, code: str) -> None:
    rows = [("SKU", "Title", "Price"), (code, "a", "1"), ("A1", "b", "1"), ("MAR-7", "c", "1"), ("10-12", "d", "1")]
    result = text_table(*rows)
    assert codes(result) == [(2, "A", "code_date")]
    assert result.cell_errors[0].value == code
    assert result.fields["sku_code"] == [None, "A1", "MAR-7", "10-12"]
    assert table(*rows).cell_errors == [], "in a workbook the cell says that it is text"
    assert text_table(rows[0], (f'="{code}"', "a", "1")).fields["sku_code"] == [code]


def test_one_date_among_many_clean_codes_is_found(text_table: Table) -> None:
    rows = [(f"A{number}", f"Lamp {number}", "1") for number in range(600)]
    rows[550] = ("5-Mar", "Lamp", "1")
    assert codes(text_table(("SKU", "Title", "Price"), *rows)) == [(552, "A", "code_date")]
