"""What people and spreadsheets do to cells: nothing of it becomes a wrong number, a wrong day or a wrong code."""

from __future__ import annotations

import datetime

import pytest

from app.services.company_tables.channel_rows import GENERAL
from app.services.company_tables.columns import (
    channels_in,
    cost_reader,
    day_in,
    floor_reader,
    read_attributes,
    read_day,
    side_reader,
    size_reader,
)
from app.services.company_tables.reading import read_company_table
from app.services.company_tables.records import TableError
from app.services.company_tables.rules import answer
from app.services.workbooks.refusals import Refusal
from tests.unit.company_tables.conftest import refusals

NO_AMOUNTS = {
    "zero": (0, -0.0, "0", "0.000", "０"),
    "below_zero": (-1, -0.01, "-3", "−3", "(5)"),
    "price_not_number": (float("nan"), float("inf"), float("-inf"), True, "五", "abc", "5-6", "1/3", "1_000", "=5+5"),
    "number_too_large": (10**9, 1e308, "1000000000"),
    "ambiguous_number": ("12,5",),
    "decimal_comma": ("0,84",),
    "scientific_number": ("1.2E+03", "1e400"),
    "number_date": (datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), datetime.time(1)),
}


@pytest.mark.parametrize(("code", "cell"), [(code, cell) for code, cells in NO_AMOUNTS.items() for cell in cells])
def test_what_is_no_amount_is_neither_a_cost_nor_a_floor(code, cell):
    for read in (cost_reader("成本价"), floor_reader("最低限价")):
        told = read(cell)
        assert isinstance(told, Refusal) and told.code == code


@pytest.mark.parametrize("cell", ["", "  ", "\u3000", "#N/A", "#DIV/0!"])
def test_blank_cells_and_what_excel_shows_for_errors_are_unknown(cell):
    assert cost_reader("成本价")(cell) is floor_reader("限价")(cell) is read_attributes(cell) is read_day(cell) is None


@pytest.mark.parametrize(
    ("header", "cell", "cost"),
    [
        ("成本价", "１２.５", 12_500_000),
        ("成本价", "\u3000 5 ", 5_000_000),
        ("成本价", "1,234.50", 1_234_500_000),
        ("成本价", "￥3", 3_000_000),  # the sign a Chinese keyboard types
        ("成本价", "3元", 3_000_000),
        ("成本价(￥)", 0.1, 100_000),
        ("成本价", 0.000001, 1),
        ("成本价", "0.0000005", 1),
        ("成本价", "0.0000004", "zero"),  # no cost may become nothing by rounding
        ("成本价", "$5", "price_currency"),
        ("成本价(USD)", 5, "price_currency"),
        ("cost_usd", 5, "price_currency"),
        ("成本价(USD)", "¥5", 5_000_000),
    ],
)
def test_costs_are_cny_to_the_millionth(header, cell, cost):
    told = cost_reader(header)(cell)
    assert (told.code if isinstance(told, Refusal) else told) == cost


@pytest.mark.parametrize(
    ("header", "cell", "floor"),
    [
        ("限价", "0.001", (1, "")),
        ("限价", 12.99, (1299, "")),
        ("限价", "12.990000001", (1300, "")),
        ("限价(EUR)", 5, (500, "EUR")),
        ("限价", "€5", (500, "EUR")),
        ("限价(USD)", "5 USD", (500, "USD")),
        ("限价(USD)", "€5", "price_currency"),
        ("限价", "5 XYZ", "price_not_number"),
    ],
)
def test_floors_are_never_rounded_down_and_keep_the_currency_that_is_named(header, cell, floor):
    told = floor_reader(header)(cell)
    assert (told.code if isinstance(told, Refusal) else told) == floor


@pytest.mark.parametrize(
    ("cell", "sides"),
    [
        ("10x5X2cm", (100, 50, 20)),
        ("10 × 5 × 2 in", (254, 127, 51)),
        ("100mm*5cm*2", (100, 50, 20)),
        ("０.５＊1＊1", (5, 10, 10)),
        ("10*5", None),
        ("10*5*2*1", None),
        ("10*-5*2", None),
        ("10*0*2", None),
        ("a*b*c", None),
        ("10*5*99999999", None),
    ],
)
def test_sizes_have_three_sides_or_are_not_read(cell, sides):
    assert size_reader("尺寸")(cell) == (sides or Refusal("size_not_read"))
    assert side_reader("长(mm)")(10.01) == 11


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (datetime.datetime(2026, 1, 2, 23, 59, tzinfo=datetime.UTC), "2026-01-02"),
        (45000, "2023-03-15"),
        (45000.99, "2023-03-15"),
        (20261122, "2026-11-22"),
        ("2026/1/5 10:33", "2026-01-05"),
        ("２０２６－１１－２１", "2026-11-21"),
        ("2026年1月5日", "2026-01-05"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_days_as_excel_and_people_write_them(cell, day):
    assert read_day(cell) == day


@pytest.mark.parametrize(
    "cell",
    [
        *("202611", "2026年11月", "2026111", "2026-02-29", "12026-01-05", "9920260105", "11-22", "22.11.2026", "今天"),
        *(2026.0, 1e300, float("nan"), True),
    ],
)
def test_half_a_day_is_none(cell):
    assert read_day(cell) == Refusal("day_not_read")
    assert day_in(str(cell)) is None


def test_lists_in_a_cell():
    assert channels_in("e邮宝、专线；EMS/ DHL\n,") == ["e邮宝", "专线", "EMS", "DHL"]
    assert channels_in(None) == channels_in(" ; ") == []
    assert read_attributes("带电、内置电池 / 液体") == ("battery", "liquid")
    assert (read_attributes("普货"), read_attributes("、")) == ((), None)
    assert [answer(text) for text in (" √ ", "YES", "是", "×", "否", "?", "")] == [True] * 3 + [False] * 2 + [None] * 2


def test_destroyed_codes_name_themselves_and_others_survive_to_the_last_zero(sheet):
    cells = ["ＡＢ１２３４", "1.2346E+11", "2026-01-02", "#N/A", "'000123", "00123", "AB 9999", "cd5678 ", "X" * 300]
    read = read_company_table(sheet("统表.csv", "SKU,成本价", *(f"{cell},5" for cell in cells)))
    assert [row[0] for row in read.rows["stock_item"]] == ["000123", "00123", "AB1234", "CD5678"]
    assert refusals(read) == [
        (3, "A", "code_scientific"),
        (4, "A", "code_date"),
        (5, "A", "code_missing"),
        (8, "A", "code_unreadable"),
        (10, "A", "code_too_long"),
    ]


def test_a_floor_twice_in_full_width_and_narrow_is_one_code_and_the_higher_counts(sheet):
    lines = ("AB1234*2,12", "２＊ＡＢ１２３４,13", "ab1234*2,12.5", "AB1234*2,13")
    read = read_company_table(sheet("f.csv", "SKU,最低限价", *lines))
    assert [(row[0], row[2], row[3]) for row in read.rows["price_floor"]] == [("AB1234*2", 1300, "USD")]
    assert refusals(read) == [(3, "A", "floor_contradicts"), (4, "A", "floor_contradicts")]


@pytest.mark.parametrize(
    ("floor", "currency", "stored"),
    [
        ("3", "CNY", (300, "CNY")),
        ("3", "人民币", (300, "CNY")),
        ("3", "￥", (300, "CNY")),
        ("3", "", (300, "USD")),
        ("€3", "", (300, "EUR")),
        ("$3", "CNY", None),
        ("3", "XYZ", None),
    ],
)
def test_whose_currency_nobody_knows_sets_no_floor_and_forgets_none(sheet, floor, currency, stored):
    read = read_company_table(sheet("f.csv", "SKU,最低限价,币种", f"AB1234,{floor},{currency}"))
    assert [row[2:] for row in read.rows["price_floor"]] == ([stored] if stored else [])
    assert read.kept == (set() if stored else {"AB1234"})
    assert refusals(read) == ([] if stored else [(2, "C", "currency_unknown")])


def test_contradictions_between_channels_count_as_no_and_unclear_marks_as_nothing(sheet):
    lines = ("带电,√,?", "电池,×,是", "普货,1,0", ",√,√")
    read = read_company_table(sheet("c.csv", "物流属性,A,B", "液体,√,×", *lines))
    rules = {(attribute, channel): allowed for attribute, channel, allowed in read.rows["channel_rule"]}
    assert rules["battery", "A"] == 0 and rules["battery", "B"] == 1
    assert (rules[GENERAL, "A"], rules[GENERAL, "B"]) == (1, 0)
    assert [code for *_, code in refusals(read)] == ["answer_unknown", "channel_contradicts", "attribute_missing"]
    assert read.refused == 1


def test_words_too_long_to_be_words_are_named(sheet):
    head = "SKU,违禁词,原因"
    read = read_company_table(sheet("违禁.csv", head, f"AB1234,Tesla;{'长' * 101},x", f",{'短' * 100},"))
    assert [word for word, *_ in read.words] == ["Tesla", "短" * 100]
    assert refusals(read) == [(2, "B", "word_too_long")]
    assert "100" in read.errors[0].message(lambda key, **params: str(params))


@pytest.mark.parametrize("header", ["成本价(XYZ)", "成本价（ＸＹＺ）", "Cost [ABC]"])
def test_a_header_in_a_currency_nobody_knows_stops_the_table(sheet, header):
    with pytest.raises(TableError, match=r"tables\.currency"):
        read_company_table(sheet("t.csv", f"SKU,{header}", "AB1234,5"))
