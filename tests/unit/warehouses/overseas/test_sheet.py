"""Overseas sheets: every bad row is named with its place and never stops its neighbours."""

from __future__ import annotations

import pytest

from app.messages import Messages
from app.services.warehouses.overseas.sheet import read_sheet
from app.services.workbooks import WorkbookError
from tests.unit.warehouses.overseas.conftest import SHEET


def errors(read):
    return [(one.row, one.column, one.field, one.code) for one in read.errors]


def test_the_sheet_of_the_example(sheet):
    read = read_sheet(sheet())
    assert read.errors == []
    assert read.countries == ("ES", "FR")
    assert read.rows == 5
    assert read.offers["AB1234-BK*2", "ES"][1:] == ("ES", 1580, 20, 5)
    assert [offer.code for offer in read.unmatched({2, 3, 4, 5})] == ["XY0001"]


def test_every_bad_row_has_its_place_and_its_remedy(sheet):
    read = read_sheet(
        sheet(
            SHEET
            + "AB1234-BK_CDE,IT,9,1\n"  # 7
            + "AB1234-BK,日本,9,1\n"
            + "AB1234-BK,Nowhere,9,1\n"
            + "1.23E+06,ES,9,1\n"  # 10
            + "AB1234-WH,IT,abc,1\n"
            + "AB1234-WH,UK,9,1\n"
            + "AB1234-WH,GB,10,1\n"
            + "AB1234-WH,DE,,1\n"
            + "AB1234-WH,DE,0,1\n"  # 15
            + "AB1234-WH,US,9,-4\n"
            + "AB1234-WH,US,9,1000000\n"
            + "AB1234-WH,中国,9,1\n"
            + "AB1234-WH,,9,1\n"
            + ",ES,9,1\n"  # 20
            + "AB 1234,ES,9,1\n"
            + "AB1234-WH,IT,9.999,1\n"
            + "AB1234-WH,法国,9.99,1\n"
        )
    )
    assert errors(read) == [
        (7, "A", "sku_code", "overseas_mark"),
        (8, "B", "country", "overseas_no_dispatch"),
        (9, "B", "country", "overseas_country"),
        (10, "A", "sku_code", "code_scientific"),
        (11, "C", "price", "price_not_number"),
        (12, "B", "country", "overseas_twice"),
        (13, "B", "country", "overseas_twice"),
        (14, "C", "price", "overseas_no_price"),
        (15, "C", "price", "overseas_price"),
        (16, "D", "stock", "negative"),
        (17, "D", "stock", "overseas_stock"),
        (18, "B", "country", "overseas_home"),
        (19, "B", "country", "overseas_no_country"),
        (20, "A", "sku_code", "overseas_no_code"),
        (21, "A", "sku_code", "overseas_code"),
        (22, "C", "price", "price_decimals"),
    ]
    for language in ("zh", "en"):
        said = [one.message(Messages(language).text) for one in read.errors]
        assert all("{" not in text and len(text) > 20 for text in said)
    assert len(read.offers) == 6
    assert read.offers["AB1234-WH", "FR"].price_minor == 999


def test_the_mark_may_say_the_country_and_the_rules_the_stock(sheet):
    read = read_sheet(sheet("SKU code,Price USD\nAB1234_CES,9.23\nAB1234_CGB,9.40\nAB1234,9\n"))
    assert [(one.country, one.price_minor, one.stock) for one in read.offers.values()] == [
        ("ES", 923, 35),
        ("UK", 940, 35),
    ]
    assert errors(read) == [(4, "", "country", "overseas_no_country")]


def test_the_country_may_be_called_ships_from_and_by_any_name(sheet):
    read = read_sheet(
        sheet("商家编码,发货地,价格,库存\nAB1234,西班牙,9.23,35\nAB1234,201336342,9,1\nAB1234,germany,9,1\n")
    )
    assert read.countries == ("ES", "FR", "DE")


def test_a_code_put_right_takes_the_place_of_the_one_in_the_sheet(sheet):
    path = sheet("商家编码,国家,价格,库存\nXY0001,ES,9.23,35\n1.23E+06,ES,8,1\n")
    read = read_sheet(path, fixes={2: "AB1234", 3: "AB1234*2"})
    assert read.errors == []
    assert sorted(read.offers) == [("AB1234", "ES"), ("AB1234*2", "ES")]


@pytest.mark.parametrize("head", ["code,country,price,stock", "编码,国家,价格,库存", "Code,Country,Price (USD),Stock"])
def test_a_bare_code_is_the_merchant_code(sheet, head):
    """The words domain.md 8.4 itself uses."""
    read = read_sheet(sheet(SHEET.replace("商家编码,国家,价格,库存", head)))
    assert read.errors == []
    assert sorted(read.offers) == sorted(read_sheet(sheet()).offers)


def test_a_missing_column_is_named_in_the_readers_words(sheet):
    with pytest.raises(WorkbookError) as error:
        read_sheet(sheet("国家,价格,库存\nES,9.23,35\n"))
    assert "“商家编码”列" in Messages("zh").text(error.value.message_key, **error.value.params)
    assert "no column for “Merchant code”" in Messages("en").text(error.value.message_key, **error.value.params)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("国家,价格,库存\nES,9.23,35\n", "workbook.overseas_column"),
        ("商家编码,国家,库存\nAB1234,ES,35\n", "workbook.overseas_column"),
        ("商家编码,国家,价格(CNY),库存\nAB1234,ES,9,35\n", "workbook.overseas_currency"),
        ("商家编码,国家,价格,库存\n", "workbook.no_rows"),
        ("", "workbook.empty"),
    ],
)
def test_a_sheet_that_is_none(sheet, text, code):
    with pytest.raises(WorkbookError) as caught:
        read_sheet(sheet(text))
    assert caught.value.error_code == code
