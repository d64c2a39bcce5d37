"""Rows as listings: grouping, filling down, required cells, pictures, unknown columns."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages import Messages
from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import (
    CellError,
    GroupedBy,
    ListingTable,
    WorkbookError,
    open_workbook,
    read_listings,
    recognise,
)
from app.services.workbooks.listings import _ADDRESS_GAP, _joined
from tests.unit.workbooks.conftest import codes
from tests.unit.workbooks.makers import TABLE, Raw, write_rows

Table = Callable[..., ListingTable]
FULL = ("产品编号", "标题", "SKU", "价格")


def test_rows_of_one_key_are_one_listing_wherever_they_stand(table: Table) -> None:
    result = table(FULL, ("P1", "Lamp", "A1", 1), ("P2", "Cable", "B1", 2), ("P1", None, "A2", 1))
    assert result.grouped_by is GroupedBy.PRODUCT_KEY
    assert result.groups() == {"P1": [0, 2], "P2": [1]}
    assert result.fields["title"] == ["Lamp", "Cable", "Lamp"]
    assert not result.cell_errors


def test_blank_keys_go_on_with_the_listing_above(table: Table) -> None:
    result = table(
        FULL,
        ("P1", "Lamp", "A1", 1),
        (None, None, "A2", 1),
        (None, "Lamp", "A3", 1),
        (None, "Other lamp", "C1", 3),
        (None, None, "C2", 3),
        ("P2", "Cable", "B1", 2),
    )
    assert result.fields["product_key"] == ["P1", "P1", "P1", None, None, "P2"]
    assert result.group_keys == ["P1", "P1", "P1", "C1", "C2", "P2"]
    assert codes(result) == [(6, "B", "title_missing")]


def test_a_row_without_its_key_joins_the_listing_of_its_title(table: Table) -> None:
    result = table(FULL, ("P2", "Cable", "B1", 2), (None, "Lamp", "A1", 1), ("P1", "Lamp", "A2", 1))
    assert result.group_keys == ["P2", "P1", "P1"]


def test_a_refused_key_is_not_filled_from_above(table: Table) -> None:
    result = table(FULL, ("P1", "Lamp", "A1", 1), (1.5, "Lamp", "A2", 1), (None, None, "A3", 1))
    assert result.fields["product_key"] == ["P1", None, None]
    assert codes(result) == [(3, "A", "code_fraction"), (4, "B", "title_missing")]


def test_the_platforms_id_groups_where_there_is_no_key(table: Table) -> None:
    header = ("产品ID", "SKU", "价格")
    result = table(header, ("1005001234567890", "A1", 1), ("1005001234567890", "A2", 2), ("1005009", "B1", 3))
    assert result.grouped_by is GroupedBy.PRODUCT_ID
    assert result.groups() == {"1005001234567890": [0, 1], "1005009": [2]}


def test_equal_titles_group_where_there_is_no_key(table: Table) -> None:
    header = ("标题", "SKU", "价格")
    result = table(header, ("Lamp", "A1", 1), (None, "A2", 1), ("Cable", "B1", 2), ("Lamp", "A3", 1))
    assert result.grouped_by is GroupedBy.TITLE
    assert result.groups() == {"Lamp": [0, 1, 3], "Cable": [2]}


def test_a_first_row_without_title_is_refused(table: Table) -> None:
    result = table(("标题", "SKU", "价格"), (None, "A1", 1), ("Lamp", "A2", 1))
    assert result.group_keys == ["", "Lamp"]
    assert codes(result) == [(2, "A", "title_missing")]


def test_codes_alone_are_one_row_each_and_may_not_repeat(table: Table) -> None:
    result = table(("SKU", "价格"), ("A1", 1), ("A2", 2), ("A1", 3))
    assert result.grouped_by is GroupedBy.ROW
    assert result.group_keys == ["A1", "A2", "A1"]
    (error,) = result.cell_errors
    assert (error.row, error.code, error.params) == (4, "code_repeated", {"first": "2"})
    assert result.refused == {2}


def test_the_same_code_twice_in_listings_is_for_the_checker(table: Table) -> None:
    assert not table(FULL, ("P1", "Lamp", "A1", 1), ("P2", "Cable", "A1", 2)).cell_errors


def test_every_row_needs_a_code_and_a_price(table: Table) -> None:
    result = table(
        FULL,
        ("P1", "Lamp", None, 1),
        (None, "Cable", None, 2),
        ("P3", "Box", "C1", None),
        ("P4", "Bag", "D1", "x"),
        (1.5, "Hat", 2.5, 3),
    )
    assert codes(result) == [
        (3, "C", "code_missing"),
        (4, "D", "price_missing"),
        (5, "D", "price_not_number"),
        (6, "A", "code_fraction"),
        (6, "C", "code_fraction"),
    ]
    assert result.refused == {1, 2, 3, 4}


def test_keys_alone_may_be_left_out_in_further_rows(table: Table) -> None:
    header = ("产品编号", "标题", "颜色", "价格")
    result = table(header, ("P1", "Lamp", "White", 1), (None, None, "Black", 2), (None, "Cable", None, 3))
    assert result.fields["product_key"] == ["P1", "P1", None]
    assert codes(result) == [(4, "A", "code_missing")]


def test_lines_that_only_look_filled_are_no_rows(text_table: Table) -> None:
    result = text_table(FULL, ("P1", "Lamp", "A1", "1"), (" ", "\u3000", "#N/A", ""), ("P2", "Cable", "B1", "2"))
    assert result.rows == [2, 4]
    assert result.fields["sku_code"] == ["A1", "B1"]
    assert not result.cell_errors


def test_empty_optional_cells_are_unknown_and_zero_is_zero(table: Table) -> None:
    header = (*FULL, "库存", "重量(g)", "每包件数")
    result = table(header, ("P1", "Lamp", "A1", 1, None, None, None), ("P2", "Cable", "B1", 0, 0, 5, 1))
    assert result.fields["stock"] == [None, 0]
    assert result.fields["weight_g"] == [None, 5]
    assert result.fields["lot_size"] == [None, 1]
    assert result.fields["price_minor"] == [100, 0]


def test_fields_that_the_sheet_lacks_are_not_there(table: Table) -> None:
    result = table(FULL, ("P1", "Lamp", "A1", 1))
    assert set(result.fields) == {"product_key", "title", "sku_code", "price_minor"}
    assert result.properties == result.attributes == result.extra == {}


def test_properties_in_the_order_of_the_sheet(table: Table) -> None:
    header = (*FULL, "尺码", "颜色", "发货地", "属性:材质", "规格", "产品属性:Style")
    result = table(header, ("P1", "Lamp", "A1", 1, 38, "White", "CN", "ABS", "EU", "Modern"))
    assert list(result.properties) == ["size", "color", "ships_from", "材质", "spec"]
    assert result.properties["size"] == ["38"]
    assert result.attributes == {"Style": ["Modern"]}


def test_unknown_columns_survive_as_text(table: Table) -> None:
    header = (*FULL, "备注", "备注", None, "日期", None)
    result = table(header, ("P1", "Lamp", "A1", 1, "a", 2.5, "x", True, None), ("P2", "Cable", "B1", 2))
    assert result.extra == {"备注": ["a", None], "备注 (F)": ["2.5", None], "G": ["x", None], "日期": ["TRUE", None]}


@pytest.mark.parametrize(
    ("cells", "images"),
    [
        (("https://a/1.jpg", "https://a/2.jpg"), ("https://a/1.jpg", "https://a/2.jpg")),
        (("https://a/1.jpg;https://a/2.jpg", None), ("https://a/1.jpg", "https://a/2.jpg")),
        (
            ("https://a/1.jpg\nhttps://a/2.jpg", "https://a/3.jpg"),
            ("https://a/1.jpg", "https://a/2.jpg", "https://a/3.jpg"),
        ),
        (("https://a/1,x.jpg,https://a/2.jpg", None), ("https://a/1,x.jpg", "https://a/2.jpg")),
        (("https://a/1.jpg | https://a/2.jpg", None), ("https://a/1.jpg", "https://a/2.jpg")),
        (("img/desk lamp 1.jpg,img/2.jpg", None), ("img/desk lamp 1.jpg", "img/2.jpg")),
        (("图/主图 1.jpg；图/2.jpg", None), ("图/主图 1.jpg", "图/2.jpg")),
        ((None, "https://a/2.jpg"), ("https://a/2.jpg",)),
        ((None, None), None),
        ((" ; ", None), None),
    ],
)
def test_pictures_of_several_columns_and_cells(cells: Sequence[Any], images: Any, table: Table) -> None:
    result = table((*FULL, "主图2", "主图1"), ("P1", "Lamp", "A1", 1, *reversed(cells)))
    assert result.fields["images"] == [images]


def test_keywords(table: Table) -> None:
    header = (*FULL, "关键词1", "关键词2")
    result = table(header, ("P1", "Lamp", "A1", 1, "desk lamp, led lamp；灯", "night light"), ("P2", "Box", "B", 1))
    assert result.fields["keywords"] == [("desk lamp", "led lamp", "灯", "night light"), None]


@given(
    st.lists(
        st.lists(st.sampled_from([None, "https://a/1.jpg", "https://a/2.jpg;https://b/3.jpg"]), min_size=2, max_size=2)
    )
)
def test_joined_columns_keep_order_and_count(rows: list[list[str | None]]) -> None:
    columns = [[row[0] for row in rows], [row[1] for row in rows]]
    joined = _joined(columns, _ADDRESS_GAP, is_address=True)
    for row, images in zip(rows, joined, strict=True):
        expected = tuple(part for cell in row if cell for part in cell.split(";"))
        assert images == (expected or None)


# --- errors as a person reads them --------------------------------------------------------------------------------


def test_the_sentences_of_the_interface(table: Table, text_table: Table) -> None:
    header = ("SKU", "标题", "价格", "毛重")
    weight = table(header, ("A1", "t", 1, "0,84kg?")).cell_errors[0]
    assert weight.message(Messages("zh").text) == (
        "第 2 行 D 列 · 毛重：“0,84kg?” 不是数字。写成 840（克）或 0.84（千克）。"
    )
    assert weight.message(Messages("en").text) == (
        "Row 2, column D, 毛重: “0,84kg?” is not a number. Write 840 (g) or 0.84 (kg)."
    )
    code = text_table(header, ("5.108E+12", "t", "1", "")).cell_errors[0]
    assert "“5.108E+12” 已被 Excel 改成科学计数法，原编码无法还原。" in code.message(Messages("zh").text)


def test_excels_row_numbers_carry_no_comma() -> None:
    error = CellError("a.xlsx", "S", 12846, "I", "", "price", "x", "price_not_number")
    assert error.message(Messages("en").text).startswith("Row 12846, column I, I:")


def test_long_and_broken_values_are_cut(table: Table) -> None:
    error = table(FULL, ("P1", "t", "A1", "x\n" * 500)).cell_errors[0]
    assert len(error.value) == 80
    assert "\n" not in error.value


# --- long work ----------------------------------------------------------------------------------------------------


class Stopping(TaskContext):
    """A context that a person stops after the first report."""

    def report(self, done: int, total: int | None = None, *, failed: int = 0, note: str = "", **params: object) -> None:
        super().report(done, total, failed=failed, note=note, **params)
        self.stop.set()


def test_reading_reports_and_can_be_stopped(tmp_path: Path) -> None:
    rows = [FULL, *((f"P{n}", f"t{n}", f"A{n}", 1) for n in range(2500))]
    path = write_rows(tmp_path / "a.xlsx", rows)
    with open_workbook(path) as opened:
        found = recognise(opened)
        ctx = TaskContext()
        assert len(read_listings(opened, found, ctx).rows) == 2500
        assert (ctx.progress.done, ctx.progress.total) == (2500, 2500)
        stopping = Stopping()
        with pytest.raises(TaskCancelled):
            read_listings(opened, found, stopping)
        assert 0 < stopping.progress.done < 2500


def test_many_rows_in_chunks_are_the_same_as_few(tmp_path: Path, read: Table) -> None:
    rows = [
        (f"P{n // 3}", f"Lamp {n // 3}" if n % 3 == 0 else None, f"A{n:05d}", n / 100, n % 7 or None)
        for n in range(1, 5001)
    ]
    result = read(write_rows(tmp_path / "a.xlsx", [(*FULL, "库存"), *rows]))
    assert result.rows == list(range(2, 5002))
    assert result.fields["price_minor"] == list(range(1, 5001))
    assert result.fields["sku_code"] == [row[2] for row in rows]
    assert result.fields["stock"] == [row[4] for row in rows]
    assert len(result.groups()) == 1667
    assert codes(result) == [(2, "B", "title_missing")], "the listing of P0 starts in a row without title"


def test_garbage_collection_is_as_before(tmp_path: Path, read: Table) -> None:
    import gc

    assert gc.isenabled()
    read(write_rows(tmp_path / "a.xlsx"))
    assert gc.isenabled()
    gc.disable()
    try:
        read(write_rows(tmp_path / "a.xlsx"))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_errors_survive_the_way_from_the_worker() -> None:
    import pickle

    error = WorkbookError("workbook.too_large", file="a.xlsx", found=5, limit=3)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is WorkbookError
    assert (again.error_code, again.params) == (error.error_code, error.params)
    cell = CellError("a", "S", 1, "A", "h", "f", "v", "zero", {"a": "b"}, "x")
    assert pickle.loads(pickle.dumps(cell)) == cell


def test_files_are_read_side_by_side_in_threads(tmp_path: Path, read: Table) -> None:
    paths = [write_rows(tmp_path / f"{n}.xlsx", TABLE) for n in range(4)]
    found: list[int] = []
    threads = [threading.Thread(target=lambda path=path: found.append(len(read(path).rows))) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [3, 3, 3, 3]


def test_an_empty_cell_is_refused_with_what_the_sheet_shows_there(table: Table) -> None:
    result = table(
        ("SKU", "Title", "Price"),
        ("A5", Raw(' t="e"><v>#REF!</v></c>'), 5),
        (Raw(' t="e"><v>#N/A</v></c>'), "Lamp", 1),
        ("A2", "Mug", Raw("><f>B2*2</f><v></v></c>")),
        ("A3", "Cable", Raw("><f>B3*2</f></c>")),
        ("A4", "Hub", Raw(' t="str"><f>IF(B1,1,"")</f><v></v></c>')),
        ("A6", "Case", "#N/A"),
        ("A7", "Bag", None),
        ("A8", "Pen", Raw(' t="e"><f>1/0</f><v>#DIV/0!</v></c>')),
    )
    assert [(error.row, error.column, error.code, error.value) for error in result.cell_errors] == [
        (2, "B", "error_value", "#REF!"),
        (3, "A", "error_value", "#N/A"),
        (4, "C", "not_calculated", "=B2*2"),
        (5, "C", "not_calculated", "=B3*2"),
        (6, "C", "price_missing", ""),
        (7, "C", "error_value", "#N/A"),
        (8, "C", "price_missing", ""),
        (9, "C", "error_value", "#DIV/0!"),
    ]


def test_an_error_in_a_text_file_is_named(text_table: Table) -> None:
    result = text_table(("SKU", "Title", "Price"), ("A1", "Lamp", "#VALUE!"), ("A2", "Mug", ""), ("#REF!", "Hub", "3"))
    found = [(error.row, error.column, error.code, error.value) for error in result.cell_errors]
    assert found == [
        (2, "C", "error_value", "#VALUE!"),
        (3, "C", "price_missing", ""),
        (4, "A", "error_value", "#REF!"),
    ]
