"""Samples as files: every format, every option, and no more memory for more rows."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image
from python_calamine import CalamineWorkbook

from app.samples import xlsx
from app.samples.__main__ import main
from app.samples.broken import KINDS, TITLE_CHARACTERS
from app.samples.columns import all_columns, first_columns
from app.samples.families import shops
from app.samples.writing import SampleOptions, write_sample


def table(path: Path | io.BytesIO) -> list[list[object]]:
    book = CalamineWorkbook.from_object(path)
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def place(of: str, columns: int = 30) -> int:
    return [column.of for column in first_columns(columns)].index(of)


@pytest.mark.parametrize("rows", [1, 10, 200, 1_234])
def test_exactly_the_rows_asked_for(tmp_path: Path, rows: int) -> None:
    report = write_sample(tmp_path / "s.xlsx", SampleOptions(rows))
    written = table(tmp_path / "s.xlsx")
    assert len(written) == rows + 2
    assert report.rows == rows
    assert report.header_row == 2
    assert len({row[0] for row in written[2:]}) == report.products


def test_rows_of_a_product_share_all_but_the_variant(tmp_path: Path) -> None:
    write_sample(tmp_path / "s.xlsx", SampleOptions(400))
    rows = table(tmp_path / "s.xlsx")[2:]
    for of in ("title", "category", "images", "detail", "template", "handling", "box"):
        assert len({(row[0], row[place(of)]) for row in rows}) == len({row[0] for row in rows}), of
    sizes = Counter(row[0] for row in rows)
    assert set(list(sizes.values())[:-1]) == {2, 3, 4, 5, 6}
    assert len({row[place("code")] for row in rows}) == len(rows)


def test_fewer_rows_are_the_beginning_of_more(tmp_path: Path) -> None:
    for rows in (50, 300):
        write_sample(tmp_path / f"{rows}.xlsx", SampleOptions(rows, seed=4))
    assert table(tmp_path / "300.xlsx")[:52] == table(tmp_path / "50.xlsx")


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".zip"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, ending: str) -> None:
    for name, seed in (("a", 6), ("b", 6), ("c", 7)):
        write_sample(tmp_path / f"{name}{ending}", SampleOptions(12, seed))
    content = [(tmp_path / f"{name}{ending}").read_bytes() for name in "abc"]
    assert content[0] == content[1] != content[2]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_says_the_same_as_the_workbook(tmp_path: Path, encoding: str) -> None:
    write_sample(tmp_path / "s.csv", SampleOptions(60, encoding=encoding))
    write_sample(tmp_path / "s.xlsx", SampleOptions(60))
    with (tmp_path / "s.csv").open(encoding=encoding, newline="") as file:
        lines = list(csv.reader(file))
    sheet = table(tmp_path / "s.xlsx")
    assert lines[1] == sheet[1]
    for line, row in zip(lines[2:], sheet[2:], strict=True):
        assert [cell if isinstance(cell, str) else float(text) for text, cell in zip(line, row, strict=True)] == [
            text if isinstance(cell, str) else cell for text, cell in zip(line, row, strict=True)
        ]


def test_plain_is_the_table_alone(tmp_path: Path) -> None:
    report = write_sample(tmp_path / "s.xlsx", SampleOptions(5, is_plain=True))
    book = CalamineWorkbook.from_object(tmp_path / "s.xlsx")
    assert book.sheet_names == ["报价"]
    assert table(tmp_path / "s.xlsx")[0][0] == "货号(必填)"
    assert report.header_row == 1


@pytest.mark.parametrize("columns", [28, 30, 35])
def test_columns_are_counted(tmp_path: Path, columns: int) -> None:
    write_sample(tmp_path / "s.xlsx", SampleOptions(3, columns=columns))
    assert table(tmp_path / "s.xlsx")[1] == [column.header for column in all_columns()[:columns]]


def test_images_stand_beside_the_sheet_under_the_names_in_it(tmp_path: Path) -> None:
    report = write_sample(tmp_path / "s.xlsx", SampleOptions(20, images=True))
    named = {name for row in table(tmp_path / "s.xlsx")[2:] for name in str(row[place("images")]).split(";")}
    assert {path.relative_to(tmp_path).as_posix() for path in (tmp_path / "images").iterdir()} == named
    assert report.images == len(named) == 2 * report.products
    for name in named:
        with Image.open(tmp_path / name) as image:
            assert min(image.size) >= 800


def test_zip_holds_sheet_and_images(tmp_path: Path) -> None:
    write_sample(tmp_path / "s.zip", SampleOptions(8))
    with zipfile.ZipFile(tmp_path / "s.zip") as package:
        assert package.testzip() is None
        sheet = table(io.BytesIO(package.read("products.xlsx")))
        named = {name for row in sheet[2:] for name in str(row[place("images")]).split(";")}
        assert set(package.namelist()) == {"products.xlsx", *named}
    assert list(tmp_path.iterdir()) == [tmp_path / "s.zip"]


def test_many_products_share_a_bounded_number_of_pictures(tmp_path: Path) -> None:
    write_sample(tmp_path / "s.csv", SampleOptions(3_000))
    with (tmp_path / "s.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[2:]
    assert len({row[0] for row in rows}) > 700
    assert len({row[place("images")] for row in rows}) == 9 * 34
    for row in rows:
        assert row[place("images")][7:9] == row[0][:2]


@pytest.mark.parametrize("shop", list(shops()))
def test_templates_are_those_of_the_shop(tmp_path: Path, shop: str) -> None:
    write_sample(tmp_path / "s.xlsx", SampleOptions(300, shop=shop))
    rows = table(tmp_path / "s.xlsx")[2:]
    assert {row[place("template")] for row in rows} == set(shops()[shop].templates.values())
    assert {row[place("group")] for row in rows} <= {*shops()[shop].groups.values(), ""}


def test_broken_cells_are_where_the_report_says(tmp_path: Path) -> None:
    report = write_sample(tmp_path / "s.xlsx", SampleOptions(200, broken=15))
    rows, good = table(tmp_path / "s.xlsx")[2:], tmp_path / "good.xlsx"
    write_sample(good, SampleOptions(200))
    assert [cell.of for cell in report.broken] == [of for of, _ in KINDS] * 3
    found = {
        (number, column): cell
        for number, (row, other) in enumerate(zip(rows, table(good)[2:], strict=True))
        for column, cell in enumerate(row)
        if cell != other[column]
    }
    assert found == {(cell.row, place(cell.of)): cell.value for cell in report.broken}


def test_broken_cells_look_like_those_of_the_trade(tmp_path: Path) -> None:
    report = write_sample(tmp_path / "s.xlsx", SampleOptions(100, broken=5))
    value = {cell.of: cell.value for cell in report.broken}
    assert value["price"] == "-"
    assert value["stock"] == "1.2万"
    assert value["weight"].endswith("kg?")
    assert value["code"].endswith("E+12")
    assert float(value["code"]) > 1e12
    assert len(value["title"]) == TITLE_CHARACTERS == len(value["title"].strip())


@pytest.mark.parametrize(("rows", "broken"), [(200, 1), (200, 3), (200, 20), (200, 60), (10, 5), (10, 10)])
def test_as_many_cells_as_asked_for_are_broken(tmp_path: Path, rows: int, broken: int) -> None:
    report = write_sample(tmp_path / "s.csv", SampleOptions(rows, broken=broken))
    assert len(report.broken) == broken
    assert len({cell.row for cell in report.broken}) == broken


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("s.xls", SampleOptions(5)),
        ("s.xlsx", SampleOptions(0)),
        ("s.xlsx", SampleOptions(1_000_001)),
        ("s.xlsx", SampleOptions(5, columns=12)),
        ("s.xlsx", SampleOptions(5, columns=36)),
        ("s.csv", SampleOptions(5, encoding="klingon")),
        ("s.xlsx", SampleOptions(5, shop="nobody")),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(tmp_path: Path, name: str, options: SampleOptions) -> None:
    with pytest.raises(ValueError, match=r".+"):
        write_sample(tmp_path / name, options)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_the_file_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("mine", "utf-8")
    with pytest.raises(UnicodeEncodeError):
        write_sample(path, SampleOptions(5, encoding="ascii"))
    assert path.read_text("utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_memory_does_not_grow_with_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "KNOWN_TEXTS", 500)
    peaks = []
    for rows in (1_500, 6_000):
        tracemalloc.start()
        write_sample(tmp_path / "s.xlsx", SampleOptions(rows))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.7 * peaks[0]


def test_command_line_writes_and_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--rows", "30", "--seed", "9", "--broken", "2", "--plain", "--columns", "28"]
    assert main([*arguments, "--out", str(tmp_path / "s.csv"), "--encoding", "gb18030"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["rows"] == 30
    assert report["header_row"] == 1
    assert [cell["of"] for cell in report["broken"]] == ["weight", "code"]
    expected = tmp_path / "expected.csv"
    write_sample(expected, SampleOptions(30, 9, 2, 28, is_plain=True, encoding="gb18030"))
    assert (tmp_path / "s.csv").read_bytes() == expected.read_bytes()


def test_command_line_refuses_with_exit_code_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--rows", "5", "--out", str(tmp_path / "s.pdf")])
    assert stop.value.code == 2
    assert "s.pdf" in capsys.readouterr().err
