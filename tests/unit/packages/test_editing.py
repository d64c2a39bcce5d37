"""A package opened, changed and saved: what was not touched comes out as it went in."""

from __future__ import annotations

import datetime
import zipfile
from dataclasses import replace

import pytest

from app.services.packages import Variant, read_package, save_package
from app.services.packages.records import separator_in, separator_of
from app.services.packages.rules import package_rules
from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import WorkbookError, open_workbook
from tests.unit.packages.conftest import HEADER, LAMP, PLAIN, PRODUCT_ID, ROWS, info
from tests.unit.workbooks.makers import write_rows, write_text, write_xls, write_zip


def cells(path, sheet=0):
    """All cells with their types."""
    with open_workbook(path) as opened:
        grid = opened.grid(opened.sheets[sheet].name)
        return [[(type(cell).__name__, cell) for cell in row] for row in grid.rows()]


@pytest.fixture
def narrow(monkeypatch):
    """An .xls that holds little."""

    def change(**limits):
        rules = replace(package_rules(), **limits)
        for module in ("saving", "xls", "exporting"):
            monkeypatch.setattr(f"app.services.packages.{module}.package_rules", lambda: rules)

    return change


def test_nothing_changed_is_nothing_changed(package, tmp_path):
    odd = (*ROWS, ("0003", "=1+1", 1e-7, PLAIN, "CD5678", datetime.date(2026, 11, 22), "a,b", False))
    path = package(odd)
    report = save_package(read_package(path), tmp_path / "out.zip")
    assert cells(tmp_path / "out.zip") == cells(path)
    assert (report.listings, report.skus, report.pictures, report.left_out) == (3, 4, 2, [])
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["products.xls", "images/a.jpg", "images/b.jpg"]
        assert archive.read("images/b.jpg") == b"blue"


def test_new_variants_rewrite_two_cells_of_their_row_and_nothing_else(package, tmp_path):
    path = package()
    found = read_package(path)
    lamp = found.rows[0]
    abroad = lamp.variants[0].copy()
    abroad.code, abroad.price, abroad.stock = "AB1234-BK_CES", "9.23", "35"
    abroad.properties = {**abroad.properties, "200007763": "201336104"}
    lamp.replace_variants([*lamp.variants, abroad])
    assert (lamp.is_changed, found.rows[1].is_changed) == (True, False)
    save_package(found, tmp_path / "out.zip")
    before, after = cells(path), cells(tmp_path / "out.zip")
    changed = [(row, column) for row in range(3) for column in range(8) if before[row][column] != after[row][column]]
    assert changed == [(1, 3), (1, 4)]
    assert after[1][4][1] == "AB1234-BK;AB1234-WH;AB1234-BK_CES", "the separator is the one that was there"
    again = read_package(tmp_path / "out.zip").rows[0].variants
    assert [(one.code, one.price, one.stock) for one in again][-1] == ("AB1234-BK_CES", "9.23", "35")


def test_a_row_with_one_code_gets_the_separator_of_its_neighbours(package):
    found = read_package(package())
    plain = found.rows[1]
    plain.replace_variants([*plain.variants, Variant.of("CD5679", "6", "1")])
    assert plain.text(found.columns.codes) == "CD5678;CD5679"
    alone = read_package(package(ROWS[1:]), separator="|").rows[0]
    alone.replace_variants([*alone.variants, Variant.of("CD5679", "6", "1")])
    assert alone.text(alone.columns.codes) == "CD5678|CD5679"


@pytest.mark.parametrize(
    ("text", "codes", "found"),
    [
        ("A,B", ["A", "B"], ","),
        ("A , B , C", ["A", "B", "C"], " , "),
        ("A\nB", ["A", "B"], "\n"),
        ("A", ["A"], None),
        ("A,B;C", ["A", "B", "C"], None),
        ("B,A", ["A", "B"], None),
        ("A,B", ["A", ""], None),
    ],
)
def test_the_separator_is_told_from_the_codes(text, codes, found):
    assert separator_of(text, codes) == found
    assert separator_in("AB1234*2+CD5678") is None


def test_damage_is_told_and_repaired_only_when_asked(package, tmp_path):
    path = package(((PRODUCT_ID, "Lamp", 1, LAMP.replace('"', "'"), "AB1234-BK,AB1234-WH"), ROWS[1]), HEADER)
    found = read_package(path)
    (problem,) = found.problems
    assert (problem.row, problem.column, problem.code, problem.position, problem.fix) == (
        2,
        "D",
        "package_json",
        2,
        LAMP,
    )
    assert found.rows[0].variants == []
    with pytest.raises(ValueError, match="package_json"):
        found.rows[0].replace_variants([])
    save_package(found, tmp_path / "kept.zip")
    assert cells(tmp_path / "kept.zip") == cells(path)
    assert found.repair() == 1
    assert not found.problems
    assert [one.code for one in found.rows[0].variants] == ["AB1234-BK", "AB1234-WH"]
    save_package(found, tmp_path / "repaired.zip")
    assert cells(tmp_path / "repaired.zip")[1][3] == ("str", LAMP)


def test_rows_can_be_added_and_cells_changed(package, tmp_path):
    found = read_package(package())
    row = found.new_row()
    title, product_id = found.recognition.of("title")[0], found.recognition.of("product_id")[0]
    row.put(product_id, "0099")
    row.put(title, "New one")
    row.replace_variants([Variant.of("EF9012", "1.00", "5")])
    del found.rows[0]
    save_package(found, tmp_path / "out.zip")
    saved = cells(tmp_path / "out.zip")
    assert [row[0][1] for row in saved] == ["产品ID", "0010072", "0099"]
    assert saved[2][3][1] == info(("EF9012", "1.00", "5"))


def test_other_sheets_rows_above_and_blank_columns_stay(tmp_path, narrow):
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in (
        ("说明", [("read me", 1.5)]),
        ("products", [("exported", ""), (), ("", "产品ID", "", "价格信息"), ("", "1", 7, PLAIN)]),
        ("more", [("x",)] * 5),
    ):
        page = book.add_sheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell != "":
                    page.write(number, column, cell)
    book.save(str(tmp_path / "products.xls"))
    path = write_zip(
        tmp_path / "a.zip", {"p/products.xls": (tmp_path / "products.xls").read_bytes(), "p/readme.txt": b"t"}
    )
    found = read_package(path)
    save_package(found, tmp_path / "out.zip")
    with open_workbook(tmp_path / "out.zip") as opened:
        assert [info.name for info in opened.sheets] == ["说明", "products", "more"]
    for sheet in range(3):
        assert cells(tmp_path / "out.zip", sheet) == cells(path, sheet)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["products.xls", "p/readme.txt"]
    narrow(sheet_rows=4)
    assert save_package(found, tmp_path / "out.zip").sheets_left_out == ["more"], "said, not cut"
    with open_workbook(tmp_path / "out.zip") as opened:
        assert [info.name for info in opened.sheets] == ["说明", "products"]


@pytest.mark.parametrize("kind", ["xlsx", "xlsx named xls", "html named xls", "gbk csv", "utf-16 csv", "sheet alone"])
def test_whatever_the_sheet_is_it_is_read_by_its_content(tmp_path, kind):
    rows = [HEADER[:5], (PRODUCT_ID, "台灯", "0.35", LAMP, "AB1234-BK,AB1234-WH")]
    html = "".join(
        "<tr>" + "".join(f"<td>{cell.replace(chr(34), '&quot;')}</td>" for cell in row) + "</tr>" for row in rows
    )
    made = {
        "xlsx": lambda: ("products.xlsx", write_rows(tmp_path / "a", rows).read_bytes()),
        "xlsx named xls": lambda: ("products.xls", write_rows(tmp_path / "a", rows).read_bytes()),
        "html named xls": lambda: ("products.xls", f"<html><meta charset=utf-8><table>{html}</table>".encode()),
        "gbk csv": lambda: ("products.csv", write_text(tmp_path / "a", rows, "gb18030").read_bytes()),
        "utf-16 csv": lambda: ("products.xls", write_text(tmp_path / "a", rows, "utf-16").read_bytes()),
        "sheet alone": lambda: ("", write_xls(tmp_path / "a", rows).read_bytes()),
    }[kind]()
    path = tmp_path / "b.zip"
    if made[0]:
        write_zip(path, dict([made]))
    else:
        path.write_bytes(made[1])
    found = read_package(path)
    assert [found.rows[0].text(column) for column in found.recognition.columns] == list(rows[1])
    save_package(found, tmp_path / "out.zip")
    assert [[cell for _, cell in row] for row in cells(tmp_path / "out.zip")] == [list(row) for row in rows]


def test_what_an_xls_cannot_hold_is_split_or_left_out_and_never_cut(package, tmp_path, narrow):
    rows = [
        (f"000{n}", f"Lamp {n}", 1, PLAIN, "CD5678", "y" * (70 if n == 3 else 1), f"images/{n}.jpg") for n in range(6)
    ]
    pictures = {f"images/{n}.jpg": bytes([n]) for n in range(6)} | {"images/extra.png": b"e"}
    found = read_package(package(rows, members=pictures))
    narrow(sheet_rows=3, cell_chars=65)
    report = save_package(found, tmp_path / "out.zip")
    assert [path.name for path in report.files] == ["out.zip", "out-2.zip", "out-3.zip"]
    assert (report.listings, report.skus) == (5, 5)
    (long,) = report.left_out
    assert (long.row, long.column, long.header, long.length, long.limit) == (5, "F", "神秘列", 70, 65)
    names = [zipfile.ZipFile(path).namelist()[1:] for path in report.files]
    assert names == [
        ["images/0.jpg", "images/1.jpg", "images/3.jpg", "images/extra.png"],
        ["images/2.jpg", "images/4.jpg"],
        ["images/5.jpg"],
    ]
    assert [row[0][1] for path in report.files for row in cells(path)[1:]] == ["0000", "0001", "0002", "0004", "0005"]
    narrow(sheet_columns=3)
    with pytest.raises(WorkbookError, match="too_many_columns"):
        save_package(found, tmp_path / "wide.zip")
    assert not (tmp_path / "wide.zip").exists()


def test_a_cell_counts_as_excel_counts(narrow):
    from app.services.packages.xls import too_long

    narrow(cell_chars=10)
    assert [too_long(text) for text in ("x" * 10, "x" * 11, "😀" * 5, "😀" * 6, "灯" * 10)] == [
        False,
        True,
        False,
        True,
        False,
    ]


def test_ids_of_nineteen_digits_and_numbers_keep_what_they_are(tmp_path):
    from app.services.packages.xls import write_xls as write

    row = [
        "1005009999999999123",
        2**60,
        12.0,
        0.1,
        float("inf"),
        True,
        datetime.time(8, 30),
        datetime.timedelta(hours=30),
    ]
    write(tmp_path / "a.xls", [("a/b", [row]), ("a/b", [[None, "", "x"]])])
    ((*found,),) = cells(tmp_path / "a.xls")
    assert found[:6] == [
        ("str", "1005009999999999123"),
        ("str", str(2**60)),
        ("int", 12),
        ("float", 0.1),
        ("str", "inf"),
        ("bool", True),
    ]


def test_a_sheet_without_price_info_is_no_package(tmp_path):
    for rows, code in (([("SKU", "价格"), ("A1", 1)], "no_price_info"), ([HEADER], "no_rows")):
        with pytest.raises(WorkbookError, match=code) as caught:
            read_package(write_xls(tmp_path / "a.xls", rows))
        assert caught.value.params["file"] == "a.xls"


def test_a_damaged_picture_is_left_out_and_named(package, tmp_path):
    path = package()
    data = bytearray(path.read_bytes())
    at = data.index(b"images/a.jpg") + len("images/a.jpg")
    data[at : at + 2] = b"\xff\xff"
    path.write_bytes(data)
    report = save_package(read_package(path), tmp_path / "out.zip")
    assert (report.missing_pictures, report.pictures) == (["images/a.jpg"], 1)


def test_stopping_leaves_no_file(package, tmp_path):
    found, ctx = read_package(package()), TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        save_package(found, tmp_path / "out.zip", ctx)
    assert not list(tmp_path.glob("out*"))


def test_texts_at_both_ends_between_and_alone(tmp_path):
    """xlwt is told the bounds of a row by its first and last cell only: no cell may fall outside them."""
    from app.services.packages.xls import write_xls as write

    rows = [
        ["a", "b", "a", "", None, "c", 7, "d"],
        [None, "", "alone"],
        [],
        [1.5, "b", True, "b", datetime.date(2026, 11, 22)],
        ["a", "a"],
        *([f"text {number}", "灯" * number, f"code {number}", number, "end"] for number in range(1, 1200)),
        [*[""] * 255, "last column"],
    ]
    write(tmp_path / "a.xls", [("s", rows), ("t", [[None, "a", "b", "b"]])])
    found = [[cell for _, cell in row] for row in cells(tmp_path / "a.xls")]
    width = len(found[0])
    assert width == 256
    expected = [[("" if cell is None else cell) for cell in row] for row in rows]
    assert found == [[*row, *[""] * (width - len(row))] for row in expected]
    assert [[cell for _, cell in row] for row in cells(tmp_path / "a.xls", 1)] == [["a", "b", "b"]]
