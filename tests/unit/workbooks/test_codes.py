"""Codes, ids and barcodes: exact to the last zero, or refused because a spreadsheet has destroyed them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.services.workbooks import ListingTable, RecognisedColumn, Refusal
from app.services.workbooks.cell_text import keep_text, narrow, read_code, read_code_text, read_text, trimmed
from app.services.workbooks.columns import CodeColumn, Column, TextColumn
from app.services.workbooks.fields import field_book
from tests.unit.workbooks.conftest import codes
from tests.unit.workbooks.makers import Raw

Table = Callable[..., ListingTable]

HEADER = ("SKU", "Title", "Price", "Barcode", "Freight template", "Size name")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("00123", "00123"),
        ("1234567890123456789", "1234567890123456789"),
        ("AB12E03", "AB12E03"),
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
