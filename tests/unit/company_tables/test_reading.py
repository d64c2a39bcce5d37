"""The five tables told by their headers; every cell that cannot be used is named, nothing becomes a wrong number."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.company_tables.columns import day_in
from app.services.company_tables.importing import looks_like_table
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.reading import read_company_table
from app.services.company_tables.records import TableError
from app.services.company_tables.rules import attribute_of, severity_of
from app.services.workbooks import OutColumn, OutSheet, write_xlsx


def codes(read):
    return [(error.row, error.column, error.code) for error in read.errors]


HEADS = {
    TableKind.PRODUCTS: ("SKU,中文名称,成本价,重量(g)", "Item code,Cost price,Weight (kg)"),
    TableKind.FLOORS: ("SKU,最低限价", "限价SKU,限价(USD),备注", "seller sku,minimum price,currency"),
    TableKind.FORBIDDEN: ("SKU,违禁类型,原因", "违禁SKU,侵权词", "SKU,IP type,prohibited reason,reason"),
    TableKind.FEEDBACK: ("SKU,侵权类型,反馈日期", "SKU,Type,Feedback date"),
    TableKind.CHANNELS: ("物流属性,可发渠道", "attribute,channel,allowed"),
}


@pytest.mark.parametrize(("kind", "head"), [(kind, head) for kind, heads in HEADS.items() for head in heads])
def test_headers_tell_the_table(sheet, kind, head):
    path = sheet("x.csv", "今日数据", head, ",".join(["AB1234"] + ["5"] * head.count(",")))
    assert read_company_table(path).kind is kind
    assert looks_like_table(path)


def test_sheet_and_file_names_decide_where_headers_do_not(sheet, tmp_path: Path):
    assert read_company_table(sheet("知产违禁总表.csv", "SKU,备注", "AB1234,x")).kind is TableKind.FORBIDDEN
    assert read_company_table(sheet("每日侵权反馈11-21.csv", "SKU,备注", "AB1234,x")).kind is TableKind.FEEDBACK
    with pytest.raises(TableError, match="which_verdict"):
        read_company_table(sheet("x.csv", "SKU,备注", "AB1234,x"))
    assert read_company_table(sheet("x.csv", "SKU,备注", "AB1234,x"), TableKind.FEEDBACK).kind is TableKind.FEEDBACK
    path = tmp_path / "z.xlsx"
    write_xlsx(path, [OutSheet("违禁 2026-11-20", [OutColumn("SKU"), OutColumn("原因")], [("AB1234", "刀")])])
    read = read_company_table(path)
    assert (read.kind, read.as_of) == (TableKind.FORBIDDEN, "2026-11-20")


def test_a_suppliers_sheet_is_none(sheet):
    for head in ("Title,SKU,Price,Cost", "SKU,Price,成本价", "Title,Price"):
        assert not looks_like_table(sheet("s.csv", head, "AB1234,5,5,5"))
    with pytest.raises(TableError, match="not_known"):
        read_company_table(sheet("s.csv", "Title,Price", "Lamp,5"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_encodings(sheet, encoding):
    path = sheet("x.csv", "商品编码,名称,成本价（元）,重量（克）", "ab1234,床头灯,6.5,85", encoding=encoding)
    assert read_company_table(path).rows["stock_item"][0][:4] == ("AB1234", "床头灯", 6_500_000, 85_000)


def test_what_is_missing_or_wrong_stays_unknown_and_is_named(sheet):
    read = read_company_table(
        sheet(
            "统表.csv",
            "SKU,成本价,重量(kg),尺寸,物流属性",
            "AB1234,12.345678,0.0305,10*5*2,带电/液体",
            "CD5678,0,,9x9,普货",
            "EF9012,-3,0,,",
            "1.23E+06,5,5,,",
            "GH3456,12 USD,2,,奇怪属性",
            '"AB1234,CD5678",5,5,,',
            ",5,5,,",
        )
    )
    assert read.rows["stock_item"] == [
        ("AB1234", "", 12_345_678, 30_500, 100, 50, 20, '["battery","liquid"]', ""),
        ("CD5678", "", None, None, None, None, None, "[]", ""),
        ("EF9012", "", None, None, None, None, None, None, ""),
        ("GH3456", "", None, 2_000_000, None, None, None, '["奇怪属性"]', ""),
    ]
    assert codes(read) == [
        (3, "B", "zero"),
        (3, "C", "weight_missing"),
        (3, "D", "size_not_read"),
        (4, "B", "below_zero"),
        (4, "C", "zero"),
        (5, "A", "code_scientific"),
        (6, "B", "price_currency"),
        (7, "A", "code_no_item"),
        (8, "A", "code_missing"),
    ]
    assert (read.row_count, read.refused) == (7, 3)


def test_a_code_twice_with_other_values_is_unknown_not_the_last_one(sheet):
    read = read_company_table(
        sheet("t.csv", "SKU,成本价,重量(g)", "AB1234,5,85", "AB1234,6,85", "AB1234,5,85", "CD5678,5,", "cd5678,,9")
    )
    assert [row[:4] for row in read.rows["stock_item"]] == [
        ("AB1234", "", None, 85_000),
        ("CD5678", "", 5_000_000, 9_000),
    ]
    assert (3, "A", "code_contradicts") in codes(read)


def test_a_currency_nobody_knows_stops_the_table(sheet):
    with pytest.raises(TableError, match="currency"):
        read_company_table(sheet("t.csv", "SKU,成本价(XYZ)", "AB1234,5"))
    read = read_company_table(sheet("t.csv", "SKU,成本价,币种", "AB1234,5,CNY", "CD5678,5,XYZ", "EF9012,5,USD"))
    assert [row[2] for row in read.rows["stock_item"]] == [5_000_000, None, None]
    assert codes(read) == [(3, "C", "currency_unknown"), (4, "C", "price_currency")]


def test_floors_are_rounded_up_keep_their_currency_and_the_higher_one_wins(sheet):
    read = read_company_table(
        sheet(
            "f.csv",
            "SKU,最低限价",
            "AB1234,12.991",
            "2*CD5678,¥35",
            "EF9012,abc",
            "AB1234,12.5",
            "GH3456,0",
            "IJ7890,",
        )
    )
    assert read.rows["price_floor"] == [("AB1234", "AB1234", 1300, "USD"), ("CD5678*2", "2*CD5678", 3500, "CNY")]
    assert [code for *_, code in codes(read)] == ["price_not_number", "floor_contradicts", "zero", "floor_missing"]
    assert read.kept == {"EF9012", "GH3456", "IJ7890"}


def test_verdicts_words_and_severities(sheet):
    read = read_company_table(
        sheet(
            "知产违禁总表.csv",
            "SKU,违禁类型,处理方式,违禁词,登记日期",
            '"AB1234,CD5678",商标,下架,,2026-01-02',
            "EF9012*2+AB1234,,需授权,,",
            ",,,Tesla；iPhone,",
            "GH3456,疑似,,,",
            "IJ7890,,随便,,",
            "AB1234,商标,解除,,2026-03-04",
        )
    )
    assert [(row[0], row[2], row[4]) for row in read.rows["item_verdict"]] == [
        ("AB1234", "clear", "2026-03-04"),
        ("AB1234+EF9012*2", "hold", ""),
        ("CD5678", "block", "2026-01-02"),
        ("GH3456", "warn", ""),
        ("IJ7890", "block", ""),
    ]
    assert [(word, severity) for word, severity, _ in read.words] == [("Tesla", "block"), ("iPhone", "block")]
    assert codes(read) == [(6, "C", "severity_unknown")]


def test_channels_as_lists_as_rows_and_as_a_table_of_marks(sheet):
    def rules(*lines):
        return read_company_table(sheet("c.csv", *lines)).rows["channel_rule"]

    assert rules("物流属性,e邮宝,专线", "带电,√,×", "普货,√,√") == [
        ("battery", "e邮宝", 1),
        ("battery", "专线", 0),
        ("general", "e邮宝", 1),
        ("general", "专线", 1),
    ]
    assert rules("物流属性,可发渠道,不可发渠道", "液体,A;B,C") == [
        ("liquid", "A", 1),
        ("liquid", "B", 1),
        ("liquid", "C", 0),
    ]
    assert rules("attribute,channel,allowed", "magnet,A,no") == [("magnetic", "A", 0)]


def test_words_and_days():
    assert [severity_of(text) for text in ("禁售", "不可售", "可售", "On hold", "什么")] == [
        *("block", "block", "clear", "hold", None),
    ]
    assert (attribute_of("内置电池"), attribute_of("Aerosol")) == ("battery", "aerosol")
    assert day_in("侵权反馈 2026年1月5日") == "2026-01-05"
    assert (day_in("20261121"), day_in("2026-13-40"), day_in("no day")) == ("2026-11-21", None, None)
