"""Headers by meaning: in two languages, with units, brackets and stars, wherever they stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.paths import resources
from app.services.workbooks import Recognition, SheetKind, WorkbookError, open_workbook, read_listings, recognise
from app.services.workbooks.fields import FieldType, field_book, folded
from app.services.workbooks.grid import column_index, column_letter
from app.services.workbooks.header_words import is_mark, meaning_of
from tests.unit.workbooks.makers import sheet_xml, write_rows, write_text, write_xlsx_parts

See = Callable[..., Recognition]


@pytest.fixture
def columns(tmp_path: Path, see: See) -> Callable[..., dict[str, str | None]]:
    """Letter → meaning of a sheet with the given rows."""

    def look(*rows: Sequence[Any], **how: Any) -> dict[str, str | None]:
        found = see(write_rows(tmp_path / "a.xlsx", rows), **how)
        return {column.letter: spelled for column, spelled in zip(found.columns, found.mapping.values(), strict=False)}

    return look


def said(header: str) -> str:
    meaning = meaning_of(header)
    if meaning is None:
        return "-"
    text = meaning.field + (f":{meaning.name}" if meaning.name else "")
    text += f"#{meaning.number}" if meaning.number else ""
    return text + (f"[{meaning.unit}]" if meaning.unit else "")


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("商家编码", "sku_code"),
        ("*商家编码", "sku_code"),
        ("【商家编码】", "sku_code"),
        ("商家 编码 ", "sku_code"),
        ("SKU编码（必填）", "sku_code"),
        ("ＳＫＵ 编码", "sku_code"),
        ("Seller SKU", "sku_code"),
        ("seller_sku", "sku_code"),
        ("SKU(商家编码)", "sku_code"),
        ("编码(SKU)", "sku_code"),
        ("产品标题\nProduct title", "title"),
        ("Title*", "title"),
        ("标题 Title", "title"),
        ("产品编号", "product_key"),
        ("货号", "product_key"),
        ("Product ID", "product_id"),
        ("产品ID", "product_id"),
        ("重量(g)", "weight[g]"),
        ("重量（单位：克）", "weight[g]"),
        ("重量g", "weight[g]"),
        ("Weight kg", "weight[kg]"),
        ("Gross weight (KG)", "weight[kg]"),
        ("Weight (g) Required", "weight[g]"),
        ("毛重/kg", "weight[kg]"),
        ("重量(kg/g)", "weight"),
        ("重量", "weight"),
        ("长cm", "length[cm]"),
        ("宽（inch）", "width[in]"),
        ("高 (mm)", "height[mm]"),
        ("包装尺寸(cm)", "package_size[cm]"),
        ("长*宽*高", "package_size"),
        ("price USD", "price[USD]"),
        ("价格(美元)", "price[USD]"),
        ("价格 $", "price[USD]"),
        ("价格￥", "price[CNY]"),
        ("售价（元）", "price[CNY]"),
        ("成本价", "cost"),
        ("库存数量(件)", "stock"),
        ("发货期（天）", "handling_days"),
        ("主图1", "images#1"),
        ("主图 6", "images#6"),
        ("Image URL 3", "images#3"),
        ("图片1 Image 1", "images#1"),
        ("SKU图片", "sku_image"),
        ("关键词2", "keywords#2"),
        ("颜色", "property:color"),
        ("Colour", "property:color"),
        ("尺码", "property:size"),
        ("尺码 Size", "property:size"),
        ("发货地", "property:ships_from"),
        ("Ships From", "property:ships_from"),
        ("规格", "property:spec"),
        ("颜色/尺码", "property:spec"),
        ("属性:材质", "property:材质"),
        ("属性：颜色", "property:color"),
        ("属性(插头类型)", "property:plug"),
        ("Sale property: Scent", "property:Scent"),
        ("产品属性:Brand Name", "attribute:Brand Name"),
        ("属性", "attributes"),
        ("尺寸", "size?"),
        ("Size", "size?"),
        ("包装尺寸 Size", "package_size"),
        ("运费模板ID", "freight_template"),
        ("条形码(EAN)", "barcode"),
        ("价格信息", "price_info"),
        ("不能导入的原因", "reason"),
        ("行标记", "row_mark"),
        ("Row mark", "row_mark"),
        ("价格2", "-"),
        ("备注", "-"),
        ("SKU备注", "-"),
        ("市场价(原价)", "-"),
        ("折后价", "-"),
        ("品牌/型号", "-"),
        ("备注 Price", "-"),
        ("", "-"),
        ("12", "-"),
        ("x" * 300, "-"),
    ],
)
def test_headers(header: str, meaning: str) -> None:
    assert said(header) == meaning


@given(st.text(max_size=60))
def test_any_text_may_stand_in_a_header(text: str) -> None:
    meaning = meaning_of(text)
    assert meaning is None or meaning.field
    assert folded(folded(text)) == folded(text)


@given(st.sampled_from(sorted(field_book().words)), st.sampled_from(["", "*", "( ", "　", "【"]))
def test_every_known_word_is_found_whatever_stands_before_it(word: str, noise: str) -> None:
    meaning = meaning_of(f"{noise}{word.upper()} ")
    assert meaning is not None
    assert meaning.field == field_book().words[word][0]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("必填", True),
        ("(选填)", True),
        ("Required", True),
        ("g", True),
        ("cm / mm", True),
        ("Lamp", False),
        ("", False),
    ],
)
def test_marks(text: str, is_one: bool) -> None:
    assert is_mark(text) is is_one


def test_the_rules_are_consistent() -> None:
    data = json.loads((resources() / "rules" / "sheet_fields.json").read_text("utf-8"))
    assert data["source"] and data["date"]
    book = field_book()
    needed = {field for _, fields in book.kinds for field in fields}
    assert needed <= set(book.fields)
    assert set(book.units["weight"].values()) <= set(book.grams)
    assert set(book.units["length"].values()) <= set(book.centimetres)
    assert book.default_length_unit in book.centimetres
    assert set(book.symbols.values()) <= set(book.units["price"].values())
    assert not set(book.words) & set(book.properties)
    assert not book.ambiguous & (set(book.words) | set(book.properties))
    assert {rule.type for rule in book.fields.values()} <= set(FieldType)


@given(st.integers(0, 16_383))
def test_letters_of_columns(index: int) -> None:
    assert column_index(column_letter(index)) == index
    assert column_index(column_letter(index).lower()) == index


def test_texts_that_are_no_letters() -> None:
    assert column_index("") is None
    assert column_index("商") is None
    assert column_index("ABCD") is None


# --- where the header stands --------------------------------------------------------------------------------------


def test_titles_and_banners_above_the_header(columns: Any, tmp_path: Path, see: See) -> None:
    rows = [
        ("2026 秋季新品 报价表",),
        (),
        ("联系人", "王", "电话", "000"),
        *[("说明", "价格含税")] * 20,
        ("商家编码", "标题", "价格"),
        ("A1", "t", 1),
    ]
    found = see(write_rows(tmp_path / "a.xlsx", rows))
    assert (found.header_row, found.first_row) == (24, 25)
    assert columns(*rows) == {"A": "sku_code", "B": "title", "C": "price", "D": None}


def test_the_header_is_not_searched_for_ever(tmp_path: Path, see: See) -> None:
    rows = [("text", "more")] * 31 + [("商家编码", "标题", "价格"), ("A1", "t", 1)]
    assert see(write_rows(tmp_path / "a.xlsx", rows)).kind is SheetKind.UNKNOWN


def test_a_group_over_its_parts(columns: Any) -> None:
    assert columns(
        ("商家编码", "标题", "包装尺寸(mm)", None, None, "价格(USD)", "备注"),
        (None, None, "长", "宽", "高", None, None),
        ("A1", "t", 10, 3, 4, 3.2, "x"),
    ) == {
        "A": "sku_code",
        "B": "title",
        "C": "length[mm]",
        "D": "width[mm]",
        "E": "height[mm]",
        "F": "price[USD]",
        "G": None,
    }


def test_a_banner_row_that_gives_a_unit(columns: Any) -> None:
    found = columns(
        ("基本信息", None, None, "包装尺寸(cm)", None, None),
        ("商家编码", "标题", "价格", "长", "宽", "高"),
        ("A1", "x", 3.2, 10, 3, 4),
    )
    assert list(found.values()) == ["sku_code", "title", "price", "length[cm]", "width[cm]", "height[cm]"]


def test_a_group_says_nothing_about_parts_of_their_own(columns: Any) -> None:
    found = columns(("价格", None, "SKU", "标题"), ("售价", "备注", None, None), (1, "ok", "A1", "t"))
    assert found == {"A": "price", "B": None, "C": "sku_code", "D": "title"}


def test_two_languages_and_a_row_of_marks(tmp_path: Path, see: See) -> None:
    rows = [
        ("商家编码", "标题", "价格"),
        ("SKU code", "Title", "Price (USD)"),
        ("必填", "必填", "选填"),
        ("A1", "x", 10),
    ]
    found = see(write_rows(tmp_path / "a.xlsx", rows))
    assert (found.header_row, found.first_row) == (1, 4)
    assert [column.header for column in found.columns] == ["商家编码 SKU code", "标题 Title", "价格 Price (USD)"]
    assert found.columns[2].unit == "USD"


def test_a_data_row_is_no_second_header(tmp_path: Path, see: See) -> None:
    rows = [("SKU", "Title", "Price", "Color"), ("Color", "Title", "1", "Size"), ("A2", "t", 2, "Red")]
    assert see(write_rows(tmp_path / "a.xlsx", rows)).first_row == 2


def test_size_is_a_package_size_where_the_cells_are(columns: Any) -> None:
    header = ("SKU", "Size", "Price")
    assert columns(header, ("A", "24x24x38", 3), ("B", "1*2*3cm", 4), ("C", "XL", 5))["B"] == "package_size"
    assert columns(header, ("A", "XL", 3), ("B", "10x12", 4))["B"] == "property:size"
    assert columns(header, ("A", None, 3))["B"] == "property:size"


def test_the_better_named_of_two_columns_wins(columns: Any) -> None:
    found = columns(("SKU", "商家编码", "Price", "价格", "主图1", "图片"), ("a", "b", 1, 2, "x", "y"))
    assert found == {"A": None, "B": "sku_code", "C": None, "D": "price", "E": "images#1", "F": "images"}


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (("商家编码", "价格信息"), SheetKind.PACKAGE),
        (("SKU", "国家", "价格", "库存"), SheetKind.OVERSEAS),
        (("SKU", "标题", "价格"), SheetKind.LISTINGS),
        (("产品ID", "价格"), SheetKind.LISTINGS),
        (("SKU", "成本价", "重量"), SheetKind.PRODUCT_TABLE),
        (("SKU",), SheetKind.CODES),
        (("产品ID",), SheetKind.CODES),
        (("颜色", "备注"), SheetKind.UNKNOWN),
    ],
)
def test_kinds(header: tuple[str, ...], kind: SheetKind, tmp_path: Path, see: See) -> None:
    assert see(write_rows(tmp_path / "a.xlsx", [header, ["x"] * len(header)])).kind is kind


# --- corrected by a person ----------------------------------------------------------------------------------------


def test_an_unknown_sheet_shows_something_to_correct(tmp_path: Path, see: See) -> None:
    path = write_rows(tmp_path / "a.xlsx", [("foo", "bar", "baz"), ("A1", "Lamp", "3")])
    found = see(path)
    assert found.kind is SheetKind.UNKNOWN
    assert [column.header for column in found.columns] == ["foo", "bar", "baz"]
    assert found.missing == ("sku_code", "price")
    with open_workbook(path) as opened, pytest.raises(WorkbookError) as caught:
        read_listings(opened, found)
    assert caught.value.error_code == "workbook.no_header"


def test_meanings_by_header_and_by_letter(tmp_path: Path, see: See) -> None:
    path = write_rows(tmp_path / "a.xlsx", [("note",), ("foo", "bar", "baz"), ("A1", "Lamp", "3")])
    found = see(path, mapping={"FOO ": "sku_code", "B": "title", "c": "price[CNY]"})
    assert (found.header_row, found.kind, found.missing) == (2, SheetKind.LISTINGS, ())
    with open_workbook(path) as opened:
        table = read_listings(opened, found)
    assert table.fields == {"sku_code": ["A1"], "title": ["Lamp"], "price_minor": [300]}
    assert table.currency == "CNY"


def test_a_given_meaning_is_taken_from_another_column_and_none_takes_it_away(tmp_path: Path, see: See) -> None:
    path = write_rows(tmp_path / "a.xlsx", [("SKU", "价格", "促销价", "标题"), ("A1", 5, 3, "t")])
    found = see(path, mapping={"促销价": "price", "标题": None})
    assert [column.field for column in found.columns] == ["sku_code", None, "price", None]
    assert [column.header for column in found.unused] == ["价格", "标题"]


def test_properties_attributes_and_numbers_can_be_given(tmp_path: Path, see: See) -> None:
    path = write_rows(tmp_path / "a.xlsx", [("SKU", "价格", "款", "料", "pic"), ("A1", 5, "x", "y", "z")])
    found = see(path, mapping={"款": "property", "料": "attribute:Material", "pic": "images#2"})
    meanings = [(column.field, column.name, column.number) for column in found.columns[2:]]
    assert meanings == [("property", "款", 0), ("attribute", "Material", 0), ("images", "", 2)]


@pytest.mark.parametrize("meaning", ["nonsense", "", "price[", "Price", "property:a#b"])
def test_a_meaning_that_is_none_is_refused(meaning: str, tmp_path: Path, see: See) -> None:
    path = write_rows(tmp_path / "a.xlsx", [("SKU", "价格"), ("A1", 5)])
    with pytest.raises(WorkbookError) as caught:
        see(path, mapping={"SKU": meaning})
    assert caught.value.error_code == "workbook.no_meaning"


def test_a_saved_mapping_brings_the_same_meaning_back(tmp_path: Path, see: See) -> None:
    rows = [("货源码", "名", "美金", "备"), ("A1", "Lamp", 3, "x")]
    first = see(write_rows(tmp_path / "a.xlsx", rows), mapping={"A": "sku_code", "B": "title", "C": "price[USD]"})
    again = see(write_rows(tmp_path / "b.xlsx", rows), mapping=first.mapping)
    assert again.columns == first.columns
    assert again.signature == first.signature


def test_signatures_ignore_order_and_dress_but_not_words(tmp_path: Path, see: See) -> None:
    def signature(*header: str) -> str:
        return see(write_rows(tmp_path / "a.xlsx", [header, ["x"] * len(header)])).signature

    assert signature("SKU", "价格", "备注") == signature("价格 ", "*备注", "ＳＫＵ")
    assert signature("SKU", "价格", "备注") != signature("SKU", "价格", "说明")
    assert len(signature("SKU")) == 32


def test_the_header_row_can_be_named(tmp_path: Path, see: See) -> None:
    rows = [("SKU", "标题", "价格"), ("old", "old", "1"), ("货号", "品名", "售价"), ("P1", "Lamp", 3)]
    path = write_rows(tmp_path / "a.xlsx", rows, first_row=3)
    assert see(path).header_row == 3
    found = see(path, header_row=5)
    assert (found.header_row, found.first_row) == (5, 6)
    assert [column.field for column in found.columns] == ["product_key", "title", "price"]
    assert see(path, header_row=99).header_row == 6, "beyond the end means the last row"


def test_a_sheet_without_header(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", [("A1", "Lamp", "3"), ("A2", "Cable", "4")])
    with open_workbook(path) as opened:
        found = recognise(opened, header_row=0, mapping={"A": "sku_code", "B": "title", "C": "price"})
        assert (found.header_row, found.first_row) == (0, 1)
        table = read_listings(opened, found)
    assert table.rows == [1, 2]
    assert table.fields["sku_code"] == ["A1", "A2"]


@pytest.mark.parametrize(
    ("header", "code"),
    [(("标题", "价格"), "workbook.no_column.sku_code"), (("商家编码", "标题"), "workbook.no_column.price")],
)
def test_a_missing_column_is_said_before_rows_are_read(header: tuple[str, str], code: str, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.xlsx", [("报价",), header, ("a", "b")])
    with open_workbook(path) as opened, pytest.raises(WorkbookError) as caught:
        read_listings(opened, recognise(opened))
    assert (caught.value.error_code, caught.value.params["row"]) == (code, "2")


def test_no_rows_below_the_header_is_an_error(tmp_path: Path) -> None:
    for rows in ([("SKU", "标题", "价格")], [("SKU", "标题", "价格"), (" ", None, "#N/A")]):
        path = write_text(tmp_path / "a.csv", rows)
        with open_workbook(path) as opened, pytest.raises(WorkbookError) as caught:
            read_listings(opened, recognise(opened))
        assert caught.value.error_code == "workbook.no_rows"


def test_header_cells_that_are_numbers_or_very_long(columns: Any) -> None:
    found = columns(("SKU", 2026, "标题", "价格", "x" * 5000), ("A1", 1, "t", 2, "y"))
    assert found == {"A": "sku_code", "B": None, "C": "title", "D": "price", "E": None}


def test_no_more_sheets_are_opened_than_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = sheet_xml([("产品编号", "标题", "商家编码", "价格", "主图"), ("P", "t", "A", 1, "x")])
    path = write_xlsx_parts(tmp_path / "a.xlsx", full, full, full)
    loaded: list[str] = []
    with open_workbook(path) as opened:
        original = opened.grid
        monkeypatch.setattr(opened, "grid", lambda name: loaded.append(name) or original(name))
        assert recognise(opened).sheet == "Sheet1"
    assert loaded == ["Sheet1"]
