"""Cells corrected in the preview are read like the sheet's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.services.listings.importing.fixing import corrected
from app.services.workbooks import ListingTable, open_workbook, read_listings, recognise

HEADERS = ("Product key", "Title", "SKU", "Price USD", "Stock", "Weight")
Read = Callable[..., ListingTable]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads rows with corrections."""

    def run(
        rows: Sequence[Sequence[Any]],
        fixes: Mapping[tuple[int, str], str],
        headers: Sequence[str] = HEADERS,
        name: str = "sheet.xlsx",
        below: int = 0,
    ) -> ListingTable:
        path = tmp_path / name
        if name.endswith(".csv"):
            path.write_text("\n".join(",".join(map(str, row)) for row in (headers, *rows)), "utf-8")
        else:
            book = openpyxl.Workbook()
            for number, row in enumerate((headers, *rows), 1 + below):
                for column, value in enumerate(row, 1 + below):
                    book.active.cell(number, column, value)
            book.save(path)
        with open_workbook(path) as opened:
            recognition = recognise(opened)
            return read_listings(corrected(opened, recognition.sheet, fixes), recognition)

    return run


def test_without_corrections_the_file_is_read_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("SKU,Price\nA,1", "utf-8")
    with open_workbook(path) as opened:
        assert corrected(opened, "a", {}) is opened


@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
def test_a_refused_cell_takes_the_text(read: Read, name: str) -> None:
    rows = [("K1", "Lamp", "A-1", "free", 5, 840), ("K2", "Mug", "B-1", 8.4, "many", 420)]
    table = read(rows, {(2, "D"): "18.90", (3, "E"): " 12 "}, name=name)
    assert (table.error_count, table.refused) == (0, set())
    assert table.fields["price_minor"] == [1890, 840]
    assert table.fields["stock"] == [5, 12]


def test_a_text_that_is_wrong_as_well_is_refused_in_its_turn(read: Read) -> None:
    table = read([("K1", "Lamp", "A-1", "free", 5, 840)], {(2, "D"): "cheap"})
    assert [(error.row, error.column, error.value, error.code) for error in table.cell_errors] == [
        (2, "D", "cheap", "price_not_number")
    ]
    assert table.refused == {0}


def test_a_sheet_that_does_not_begin_at_a1(read: Read) -> None:
    table = read([("K1", "Lamp", "A-1", "free", 5, 840)], {(5, "G"): "18.90"}, below=3)
    assert table.rows == [5]
    assert table.fields["price_minor"] == [1890]


def test_a_cell_beyond_the_end_of_its_row(read: Read) -> None:
    table = read(
        [("K1", "Lamp", "A-1", "1.50"), ("K2", "Mug", "B-1", "2.50", "7", "420")], {(2, "E"): "9"}, name="s.csv"
    )
    assert table.fields["stock"] == [9, 7]


def test_a_corrected_key_is_passed_on_downwards(read: Read) -> None:
    rows = [("1.2E+06", "Lamp", "A-1", 1, 1, 840), ("", "", "A-2", 2, 2, 840), ("K2", "Mug", "B-1", 3, 3, 420)]
    assert read(rows, {}).refused >= {0}
    table = read(rows, {(2, "A"): "K1"})
    assert table.refused == set()
    assert table.groups() == {"K1": [0, 1], "K2": [2]}


def test_a_corrected_code_is_compared_with_the_others(read: Read) -> None:
    rows = [("A-1", 1.5), ("2.1E+09", 2.5)]
    headers = ("SKU", "Price USD")
    table = read(rows, {(3, "A"): "A-1"}, headers=headers)
    assert [(error.row, error.code) for error in table.cell_errors] == [(3, "code_repeated")]
    assert read(rows, {(3, "A"): "A-2"}, headers=headers).group_keys == ["A-1", "A-2"]


def test_a_corrected_weight_takes_part_in_deciding_the_unit(read: Read) -> None:
    rows = [("K1", "Lamp", "A-1", 1, 1, "12"), ("K2", "Mug", "B-1", 1, 1, "heavy")]
    assert read(rows, {(3, "F"): "13"}).error_count == 2, "12 and 13 may be grams or kilograms"
    table = read(rows, {(3, "F"): "840"})
    assert table.error_count == 0, "840 is grams, so 12 is, too"
    assert table.fields["weight_g"] == [12, 840]


def test_texts_keep_their_zeros(read: Read) -> None:
    table = read([("K1", "Lamp", "1.2E+06", 1, 1, 840)], {(2, "C"): "00123"})
    assert table.fields["sku_code"] == ["00123"]


def test_other_sheets_and_odd_places_are_left_alone(read: Read) -> None:
    rows = [("K1", "Lamp", "A-1", 1.5, 5, 840)]
    table = read(rows, {(99, "A"): "x", (2, "not a column"): "x", (1, "A"): "Product key"})
    assert (table.error_count, table.fields["price_minor"]) == (0, [150])
