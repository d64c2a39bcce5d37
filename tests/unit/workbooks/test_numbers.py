"""Prices, counts, weights and sizes: exact, or refused with what was probably meant."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.workbooks import ListingTable, Refusal
from app.services.workbooks.measures import length_reader, settle_weights, size_reader, weight_reader
from app.services.workbooks.numbers import PriceReader, count_reader, parse_number
from tests.unit.workbooks.conftest import codes

Table = Callable[..., ListingTable]


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("18.9", 1890),
        ("18.90", 1890),
        ("$18.90", 1890),
        ("US$ 12.5", 1250),
        ("USD 3", 300),
        ("18.9 usd", 1890),
        ("１２．５", 1250),
        ("＄１２．５", 1250),
        ("1,234.50", 123450),
        ("1 234", 123400),
        ("1，234", 123400),
        (".5", 50),
        ("12.", 1200),
        ("0", 0),
        ("+3", 300),
        (18.9, 1890),
        (3.3000000000000003, 330),
        (0.1 + 0.2, 30),
        (1e5, 10000000),
        (7, 700),
        ("\u00a018.9\u200b", 1890),
    ],
)
def test_prices_that_are_taken(cell: Any, minor: int) -> None:
    assert PriceReader("USD")(cell) == minor


@pytest.mark.parametrize(
    ("cell", "reason", "fix"),
    [
        ("12,5", "ambiguous_number", None),
        ("12,50", "ambiguous_number", None),
        ("0,84", "decimal_comma", "0.84"),
        ("1.234,50", "decimal_comma", "1234.50"),
        ("$0,84", "decimal_comma", "$0.84"),
        ("18.995", "price_decimals", "19.00"),
        (1.005, "price_decimals", "1.01"),
        ("1.2万", "number_word", "12000"),
        ("3k", "number_word", "3000"),
        ("¥18.9", "price_currency", None),
        ("18.9 EUR", "price_currency", None),
        ("-3", "negative", None),
        ("−3", "negative", None),
        ("(3)", "negative", None),
        (-0.01, "negative", None),
        ("abc", "price_not_number", None),
        ("18.9?", "price_not_number", None),
        ("18.9 / 20", "price_not_number", None),
        ("18..9", "price_not_number", None),
        ("1,23,456", "price_not_number", None),
        ("$", "price_not_number", None),
        ("1.2E+03", "scientific_number", None),
        (True, "price_not_number", None),
        (float("inf"), "price_not_number", None),
        (datetime.date(2026, 1, 2), "number_date", None),
        ("9" * 20, "number_too_large", None),
        (1e20, "number_too_large", None),
        ("1" * 60, "price_not_number", None),
    ],
)
def test_prices_that_are_refused(cell: Any, reason: str, fix: str | None) -> None:
    verdict = PriceReader("USD")(cell)
    assert isinstance(verdict, Refusal)
    assert (verdict.code, verdict.fix) == (reason, fix)


def test_an_ambiguous_number_names_both_readings() -> None:
    verdict = parse_number("12,5", "price")
    assert isinstance(verdict, Refusal)
    assert dict(verdict.params) == {"first": "12.5", "second": "125"}


@pytest.mark.parametrize("cell", ["", "  ", "#N/A", "\u3000"])
def test_empty_numbers_are_unknown_and_never_zero(cell: str) -> None:
    assert PriceReader("")(cell) is None
    assert count_reader()(cell) is None
    assert weight_reader("g")(cell) is None
    assert length_reader("")(cell) is None
    assert size_reader("")(cell) is None


def test_the_first_sign_decides_the_currency_of_a_column_that_names_none() -> None:
    reader = PriceReader("")
    assert reader("5") == 500
    assert reader.currency == ""
    assert reader("¥6") == 600
    assert reader.currency == "CNY"
    verdict = reader("$7")
    assert isinstance(verdict, Refusal)
    assert dict(verdict.params) == {"found": "USD", "expected": "CNY"}


@given(st.integers(0, 10_000_000_000))
def test_every_price_of_two_decimals_survives_float_text_and_grouping(minor: int) -> None:
    exact = Decimal(minor) / 100
    for cell in (
        float(exact),
        f"{exact:.2f}",
        f"{exact:,.2f}",
        f"$ {exact:.2f}",
        f"{exact:.2f}元".replace("元", " USD"),
    ):
        assert PriceReader("USD")(cell) == minor


@given(st.decimals(0, 10_000_000, places=6))
def test_a_price_is_exact_or_refused(value: Decimal) -> None:
    result = PriceReader("USD")(f"{value:f}")
    if value == value.quantize(Decimal("0.01")):
        assert result == int(value * 100)
    else:
        assert isinstance(result, Refusal)
        assert result.fix is not None
        assert PriceReader("USD")(result.fix) == int((value * 100).to_integral_value("ROUND_HALF_UP"))


@given(st.floats(0, 1e9))
def test_a_float_price_counts_with_the_digits_that_excel_shows(value: float) -> None:
    shown = Decimal(f"{value:.15g}")
    result = PriceReader("USD")(value)
    if shown == shown.quantize(Decimal("0.01")):
        assert result == int(shown * 100)
    else:
        assert isinstance(result, Refusal)


@given(st.text(max_size=45))
def test_no_text_breaks_a_reader(text: str) -> None:
    for read in (PriceReader("USD"), count_reader(), weight_reader("kg"), weight_reader(""), length_reader("in")):
        result = read(text)
        assert result is None or isinstance(result, Refusal | int | Decimal)
    assert size_reader("cm")(text) is None or isinstance(size_reader("cm")(text), Refusal | tuple)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("999", 999),
        (999.0, 999),
        ("1,234", 1234),
        ("12 件", 12),
        ("5天", 5),
        ("7 pcs", 7),
        (0, 0),
        ("12.0", 12),
        ("1.5", "count_fraction"),
        (1.5, "count_fraction"),
        (-1, "negative"),
        ("many", "count_not_number"),
        ("1.2万", "number_word"),
        ("1e3", "scientific_number"),
        ("12,5", "ambiguous_number"),
        (1e12, "number_too_large"),
    ],
)
def test_counts(cell: Any, expected: int | str) -> None:
    result = count_reader()(cell)
    assert (result.code if isinstance(result, Refusal) else result) == expected


@pytest.mark.parametrize(
    ("cell", "unit", "expected"),
    [
        ("840", "g", 840),
        (0.84, "kg", 840),
        (0.8401, "kg", 841),
        ("0.84kg", "g", 840),
        ("840 克", "kg", 840),
        ("1.2 KG", "", 1200),
        ("1斤", "g", 500),
        ("1 lb", "g", 454),
        ("2oz", "", 57),
        ("0.5", "g", 1),
        (0.1 + 0.2, "kg", 300),
        ("0", "g", "zero"),
        (-1, "g", "below_zero"),
        ("0,84kg?", "g", "weight_not_number"),
        ("500-600g", "g", "weight_not_number"),
        ("约500g", "g", "weight_not_number"),
        ("0,84kg", "", "decimal_comma"),
        ("12,5", "kg", "ambiguous_number"),
        (1e12, "g", "number_too_large"),
    ],
)
def test_weights(cell: Any, unit: str, expected: int | str) -> None:
    result = weight_reader(unit)(cell)
    assert (result.code if isinstance(result, Refusal) else result) == expected


@given(st.decimals("0.001", 500, places=4))
def test_weights_are_rounded_up_to_the_gram(value: Decimal) -> None:
    expected = int((value * 1000).to_integral_value(ROUND_CEILING))
    assert weight_reader("kg")(f"{value:f}") == expected
    assert weight_reader("")(f"{value:f}kg") == expected
    assert weight_reader("kg")(float(value)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["840", "1200", "25"], {"840": 840, "1200": 1200, "25": 25}),
        (["0.84", "1.5", "2"], {"0.84": 840, "1.5": 1500, "2": 2000}),
        (["840", "0.84"], {"840": 840, "0.84": 840}),
        (["840", "0.84", "5"], {"5": None}),
        (["5", "7"], {"5": None, "7": None}),
        (["0.3", "35.5"], {"0.3": 300, "35.5": None}),
        (["600", "12.5"], {"600": 600, "12.5": None}),
        (["501"], {"501": 501}),
        (["0.05"], {"0.05": 50}),
    ],
)
def test_weights_that_name_no_unit_follow_the_column(values: list[str], expected: dict[str, int | None]) -> None:
    settled = settle_weights(set(map(Decimal, values)))
    for value, grams in expected.items():
        result = settled[Decimal(value)]
        assert result == (Refusal("weight_unit") if grams is None else grams)


def test_a_weight_column_without_unit(table: Table) -> None:
    header = ("SKU", "Title", "Price", "重量")
    result = table(header, ("A1", "a", 1, 840), ("A2", "b", 1, "0.84"), ("A3", "c", 1, "0.9kg"), ("A4", "d", 1, 5))
    assert result.fields["weight_g"] == [840, 840, 900, None]
    assert codes(result) == [(5, "D", "weight_unit")]
    assert result.cell_errors[0].value == "5"


@pytest.mark.parametrize(
    ("cell", "unit", "expected"),
    [
        (24, "cm", 24),
        (24.1, "cm", 25),
        (240, "mm", 24),
        (241, "mm", 25),
        (9.5, "in", 25),
        (12, "in", 31),
        ('9.5"', "cm", 25),
        ("0.3m", "", 30),
        ("24", "", 24),
        (0, "cm", "zero"),
        ("-2", "cm", "below_zero"),
        ("tall", "cm", "length_not_number"),
    ],
)
def test_sides_in_whole_centimetres_rounded_up(cell: Any, unit: str, expected: int | str) -> None:
    result = length_reader(unit)(cell)
    assert (result.code if isinstance(result, Refusal) else result) == expected


@pytest.mark.parametrize(
    ("cell", "unit", "expected"),
    [
        ("24x24x38", "", (24, 24, 38)),
        ("24*24*38cm", "", (24, 24, 38)),
        ("24 × 24 × 38 cm", "", (24, 24, 38)),
        ("２４Ｘ２４Ｘ３８", "", (24, 24, 38)),
        ("240x240x380mm", "", (24, 24, 38)),
        ("24cm x 24cm x 380mm", "", (24, 24, 38)),
        ('9.5" x 9.5" x 15"', "cm", (25, 25, 39)),
        ("9.5x9.5x15", "in", (25, 25, 39)),
        ("长24宽24高38", "", (24, 24, 38)),
        ("L24 W24 H38", "", (24, 24, 38)),
        ("24x24", "", "size_not_read"),
        ("24x24x38x1", "", "size_not_read"),
        ("axbxc", "", "size_not_read"),
        ("0x1x2", "", "size_not_read"),
        ("24,5x2x3", "", "ambiguous_number"),
        (24.0, "", "size_not_read"),
    ],
)
def test_sizes_in_one_cell(cell: Any, unit: str, expected: tuple[int, ...] | str) -> None:
    result = size_reader(unit)(cell)
    assert (result.code if isinstance(result, Refusal) else result) == expected


@given(st.integers(1, 7000), st.sampled_from([("mm", "0.1"), ("cm", "1"), ("in", "2.54"), ("m", "100")]))
def test_a_side_never_shrinks(amount: int, unit: tuple[str, str]) -> None:
    result = length_reader(unit[0])(amount)
    assert isinstance(result, int)
    assert result == math.ceil(amount * Decimal(unit[1]))


def test_units_come_from_the_header(table: Table) -> None:
    header = ("SKU", "Title", "价格（元）", "Weight kg", "长cm", "宽（inch）", "高(mm)")
    result = table(header, ("A1", "a", 12.5, 0.84, 24, 9.5, 380))
    assert result.currency == "CNY"
    assert result.fields["weight_g"] == [840]
    assert [result.fields[name] for name in ("length_cm", "width_cm", "height_cm")] == [[24], [25], [38]]


def test_one_size_column_fills_three_fields_and_gives_way_to_a_side_of_its_own(table: Table) -> None:
    header = ("SKU", "Title", "Price", "包装尺寸", "高(cm)")
    result = table(header, ("A1", "a", 1, "24x24x38", 40), ("A2", "b", 1, "1x2x3", None), ("A3", "c", 1, None, 9))
    assert result.fields["length_cm"] == [24, 1, None]
    assert result.fields["width_cm"] == [24, 2, None]
    assert result.fields["height_cm"] == [40, 3, 9]


def test_refused_numbers_leave_their_neighbours_alone(table: Table) -> None:
    header = ("SKU", "Title", "Price", "Stock", "Weight(g)")
    result = table(header, ("A1", "a", "1.2万", "many", "0,84kg?"), ("A2", "b", 2, 3, 4))
    assert codes(result) == [(2, "C", "number_word"), (2, "D", "count_not_number"), (2, "E", "weight_not_number")]
    assert result.cell_errors[0].fix == "12000"
    assert result.fields["price_minor"] == [None, 200]
    assert result.fields["stock"] == [None, 3]
    assert result.fields["weight_g"] == [None, 4]
    assert result.refused == {0}


@pytest.mark.parametrize(
    ("header", "currency"),
    [("Price (JPY)", "JPY"), ("价格(HK$)", "HKD"), ("价格(US$)", "USD"), ("单价(日元)", "JPY"), ("售价(₩)", "KRW")],
)
def test_a_word_says_more_about_the_currency_than_its_sign(table: Table, header: str, currency: str) -> None:
    assert table(("SKU", "Title", header), ("A1", "a", 7)).currency == currency
