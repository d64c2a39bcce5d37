"""`import`, `export`, `template`, `demo`: sheets in and out, and the whole job in one go."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from app.paths import resources
from app.services.workbooks.column_order import in_order

ROOT = Path(__file__).resolve().parents[3]
DEMO = resources() / "samples" / "demo-listings.xlsx"
HEADER = ("产品编号", "标题 Title", "类目", "商家编码", "颜色", "价格 (USD)", "库存", "重量 (g)", "备注")


def sheet(path: Path, *rows: tuple[object, ...], header: tuple[str, ...] = HEADER) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (header, *rows):
        page.append(row)
    book.save(path)
    return path


LAMPS = (
    ("LM-1", "Bedside Table Lamp Dimmable", "Table Lamps", "LM4402-WH", "White", 18.9, 120, 840, "fragile"),
    ("LM-1", "Bedside Table Lamp Dimmable", "Table Lamps", "LM4402-BK", "Black", 19.9, 0, 840, "fragile"),
    ("LM-2", "Folding Desk Lamp", "Table Lamps", "LM4418-WH", "White", 13.2, 396, 460, None),
)


@pytest.fixture
def lamps(tmp_path):
    return sheet(tmp_path / "lamps.xlsx", *LAMPS)


def imported(cli, store, *arguments):
    return cli("--json", "import", *map(str, arguments), "--store", store)


def test_importing_makes_drafts_as_one_change_and_again_changes_nothing(cli, synced, lamps):
    said = imported(cli, synced, lamps)
    assert said.code == 0, said.err
    assert (said.json["rows"], said.json["skus"], said.json["errors"]) == (3, 3, [])
    assert said.json["listings"] == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0}
    assert cli("--json", "history").json["changes"][0]["id"] == said.json["change"]
    listed = cli("--json", "list", "--store", synced, "--where", 'key = "LM-1"').json["listings"]
    assert [(sku["code"], sku["price"], sku["stock"]) for sku in listed[0]["skus"]] == [
        ("LM4402-WH", "18.90", 120),
        ("LM4402-BK", "19.90", 0),
    ]
    again = imported(cli, synced, lamps)
    assert again.json["listings"] == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}
    assert again.json["change"] is None
    assert cli("--json", "undo").json["restored"] == 2
    assert cli("--json", "list", "--store", synced, "--where", 'key = "LM-1"').json["listings"] == []


def test_a_dry_run_stores_nothing(cli, synced, lamps):
    said = imported(cli, synced, lamps, "--dry-run")
    assert (said.code, said.json["listings"]["new"], said.json["change"]) == (0, 2, None)
    assert cli("--json", "history").json["changes"] == []
    assert "Preview only" in cli("import", str(lamps), "--store", synced, "--dry-run").out


def test_refused_cells_are_named_and_marked_in_a_copy_of_the_users_sheet(cli, synced, tmp_path):
    broken = list(map(list, LAMPS))
    broken[1][3] = "1.23E+06"
    broken[2][5] = "cheap"
    path = sheet(tmp_path / "broken.xlsx", *map(tuple, broken))
    marked = tmp_path / "marked.xlsx"
    said = imported(cli, synced, path, "--errors", marked)
    assert said.code == 1
    places = {(error["row"], error["column"]): error for error in said.json["errors"]}
    assert set(places) == {(3, "D"), (4, "F")}
    for error in places.values():
        assert {"file", "sheet", "row", "column", "value", "code", "message"} <= set(error)
        assert str(error["row"]) in error["message"]
    assert places[4, "F"]["value"] == "cheap"
    assert said.json["marked"] == [str(marked)]
    assert said.json["refused_rows"] == 2
    told = cli("import", str(path), "--store", synced, "--dry-run")
    assert "3 rows, 2 of them refused. Listings: 0 new, 0 changed, 1 unchanged, 1 refused." in told.out
    before, changes = path.read_bytes(), cli("--json", "history").json["changes"]
    for out, code in (
        (path, "cli.same_file"),
        (tmp_path / "nowhere" / "marked.xlsx", "workbook.no_folder"),
        (tmp_path, "export.unknown_kind"),
        (marked.with_suffix(".xlsm"), "export.unknown_kind"),
    ):
        refused = imported(cli, synced, path, "--errors", out)
        assert (refused.code, refused.json["error"]["code"]) == (2, code)
    assert (path.read_bytes(), cli("--json", "history").json["changes"]) == (before, changes)
    page = openpyxl.load_workbook(marked).active
    assert page is not None
    assert page["F4"].value == "cheap"
    assert page["F4"].fill.start_color.rgb == "FFFFC7CE"
    assert said.json["listings"]["new"] == 1
    broken[1][3], broken[2][5] = "LM4402-BK", 13.2
    corrected = imported(cli, synced, sheet(path, *map(tuple, broken)))
    assert corrected.code == 0
    assert corrected.json["listings"] == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}


def test_prices_in_another_currency_are_refused_and_never_stored(cli, synced, tmp_path):
    header = tuple("单价(元)" if name.startswith("价格") else name for name in HEADER)
    said = imported(cli, synced, sheet(tmp_path / "yuan.xlsx", *LAMPS, header=header))
    assert said.code == 1
    assert {(error["column"], error["code"]) for error in said.json["errors"]} == {("F", "price_currency")}
    assert "CNY" in said.json["errors"][0]["message"]
    assert "USD" in said.json["errors"][0]["message"]
    assert said.json["change"] is None
    assert cli("--json", "list", "--store", synced, "--where", 'key = "LM-1"').json["listings"] == []


def test_several_files_are_one_change(cli, synced, lamps, tmp_path):
    second = sheet(tmp_path / "more.xlsx", ("LM-3", "Third Lamp", "Table Lamps", "LM9", "White", 5, 1, 100, None))
    said = imported(cli, synced, lamps, second, tmp_path)
    assert (said.json["listings"]["new"], len(said.json["changes"])) == (3, 1)
    assert said.json["change"] == said.json["changes"][0]
    change = cli("--json", "history").json["changes"][0]
    assert (change["id"], change["listings"]) == (said.json["change"], 3)
    assert "Imported lamps.xlsx and others, 2 files" in cli("history").out
    assert cli("--json", "undo").json["restored"] == 3


def test_a_file_that_cannot_be_read_does_not_stop_the_others(cli, synced, lamps, tmp_path):
    empty, bad = tmp_path / "zero.xlsx", tmp_path / "bad.xlsx"
    empty.write_bytes(b"")
    bad.write_bytes(b"PK\x03\x04 this is no workbook")
    said = imported(cli, synced, empty, lamps, bad, tmp_path / "gone.xlsx")
    assert (said.code, said.json["listings"]["new"], len(said.json["changes"])) == (1, 2, 1)
    assert [(one["file"], one["code"]) for one in said.json["refused_files"]] == [
        ("zero.xlsx", "workbook.empty"),
        ("bad.xlsx", "workbook.damaged"),
        ("gone.xlsx", "workbook.not_found"),
    ]
    assert all(one["file"] in one["message"] for one in said.json["refused_files"])
    told = cli("import", str(empty), str(lamps), "--store", synced)
    assert told.code == 1
    assert "“zero.xlsx” is empty" in told.out
    none = imported(cli, synced, empty, bad)
    assert (none.code, none.json["error"]["code"]) == (2, "workbook.empty")


def test_a_second_sheet_with_listings_is_named_and_can_be_chosen(cli, synced, tmp_path):
    path = sheet(tmp_path / "two.xlsx", *LAMPS)
    book = openpyxl.load_workbook(path)
    page = book.create_sheet("Autumn")
    for row in (HEADER, ("LM-3", "Third Lamp", "Table Lamps", "LM9", "White", 5, 1, 100, None)):
        page.append(row)
    book.create_sheet("Notes").append(["nothing to sell"])
    book.save(path)
    said = imported(cli, synced, path)
    assert said.code == 0
    assert said.json["sheets"] == [{"file": "two.xlsx", "sheet": "Sheet", "rows": 3}]
    assert said.json["sheets_left"] == [{"file": "two.xlsx", "sheet": "Autumn", "rows": 1}]
    told = cli("import", str(path), "--store", synced, "--dry-run").out
    assert "Of “two.xlsx” only sheet “Sheet” was read. “Autumn” holds listings, too: 1 row was not read." in told
    other = imported(cli, synced, path, "--sheet", "Autumn")
    assert (other.code, other.json["listings"]["new"]) == (0, 1)
    assert [one["sheet"] for one in other.json["sheets"]] == ["Autumn"]
    missing = imported(cli, synced, path, "--sheet", "Winter")
    assert (missing.code, missing.json["error"]["code"]) == (2, "workbook.no_sheet")


def test_the_second_file_sees_what_the_first_brought(cli, synced, lamps, tmp_path):
    cheaper = [(*row[:5], 1.5, *row[6:]) for row in LAMPS]
    second = sheet(tmp_path / "cheaper.xlsx", *cheaper)
    said = imported(cli, synced, lamps, second)
    assert said.json["listings"] == {"new": 2, "changed": 2, "unchanged": 0, "refused": 0}
    listed = cli("--json", "list", "--store", synced, "--where", 'key = "LM-1"').json["listings"]
    assert {sku["price"] for sku in listed[0]["skus"]} == {"1.50"}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("missing.xlsx", None, "workbook.not_found"),
        ("empty.xlsx", b"", "workbook.empty"),
        ("words.xlsx", b"\x00\x01\x02 nothing", "workbook"),
    ],
)
def test_a_file_that_is_no_sheet_is_bad_input(cli, store, tmp_path, name, content, code):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    said = imported(cli, store, path)
    assert said.code == 2
    assert said.json["error"]["code"].startswith(code)
    assert said.json["error"]["message"]


def data_package(folder: Path, *rows: tuple[object, ...]) -> Path:
    header = ("产品ID", "产品标题", "价格信息", "商家编码", "来源")
    products = sheet(folder / "products.xlsx", *rows, header=header)
    package = folder / "package.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.write(products, "products.xlsx")
    return package


INFO = '{"skuArray":[{"价格":"3.36","属性":{"14":"193"},"库存":"999","商家编码":"AB1234-BK"}]}'
DAMAGED = INFO.replace('"', "'")


def test_a_data_package_is_imported_and_exported_again(cli, synced, tmp_path):
    package = data_package(tmp_path, ("1005009999999999", "Lamp", INFO, "AB1234-BK", "0012"))
    said = imported(cli, synced, package)
    assert (said.code, said.json["rows"], said.json["skus"], said.json["listings"]["new"]) == (0, 1, 1, 1), said.err
    out = tmp_path / "out.zip"
    wanted = ("--store", synced, "--where", 'key = "1005009999999999"', "--out", str(out))
    done = cli("--json", "export", *wanted)
    assert (done.code, done.json["listings"], done.json["skus"]) == (0, 1, 1)
    assert done.json["files"] == [str(out)]
    again = imported(cli, synced, out)
    assert again.json["listings"] == {"new": 0, "changed": 0, "unchanged": 1, "refused": 0}
    unread = cli("--json", "export", "--store", synced, "--out", str(tmp_path / "out.pdf"))
    assert (unread.code, ".zip" in unread.json["error"]["message"]) == (2, True)


def test_a_damaged_price_info_is_repaired_only_with_consent(cli, synced, tmp_path):
    package = data_package(tmp_path, ("1005009999999999", "Lamp", DAMAGED, "AB1234-BK", None))
    said = imported(cli, synced, package)
    (error,) = said.json["errors"]
    assert (said.code, error["row"], error["column"], error["code"]) == (1, 2, "C", "package_json_fix")
    assert error["fix"] == INFO
    assert "character 2" in error["message"]
    assert "--repair" in cli("import", str(package), "--store", synced).out
    repaired = imported(cli, synced, package, "--repair")
    assert (repaired.code, repaired.json["listings"]["new"]) == (0, 1)


def test_what_a_package_cannot_hold_is_named(cli, synced, tmp_path, monkeypatch):
    from app.services.packages.rules import package_rules

    package = data_package(tmp_path, ("1005009999999999", "Lamp", INFO, "AB1234-BK", "x" * 200))
    imported(cli, synced, package)
    narrow = replace(package_rules(), cell_chars=150)
    monkeypatch.setattr("app.services.packages.xls.package_rules", lambda: narrow)
    monkeypatch.setattr("app.services.packages.saving.package_rules", lambda: narrow)
    wanted = ("--store", synced, "--where", 'key = "1005009999999999"', "--out", str(tmp_path / "out.zip"))
    done = cli("--json", "export", *wanted)
    (left_out,) = done.json["left_out"]
    assert (done.code, done.json["listings"], left_out["header"], left_out["length"]) == (1, 0, "来源", 200)
    assert "“Lamp” is in no package" in cli("export", *wanted).out


def test_pictures_alone_are_no_import(cli, store, tmp_path):
    assert imported(cli, store, tmp_path).json["error"]["code"] == "cli.no_sheet"


def test_a_folder_stands_for_the_sheets_in_it(cli, synced, lamps):
    said = imported(cli, synced, lamps.parent)
    assert said.code == 0
    assert [one["file"] for one in said.json["sheets"]] == [lamps.name]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_exported_comes_back_unchanged(cli, synced, lamps, tmp_path, own_data_folder, ending, language):
    from app.services.application import Application

    Application(own_data_folder).change_settings(language=language)
    imported(cli, synced, lamps)
    out = tmp_path / f"out.{ending}"
    said = cli("--json", "export", "--store", synced, "--out", str(out))
    assert (said.code, said.json["file"]) == (0, str(out))
    listed = cli("--json", "list", "--store", synced).json["listings"]
    assert said.json["listings"] == len(listed)
    assert said.json["skus"] == sum(len(listing["skus"]) for listing in listed)
    back = imported(cli, synced, out, "--dry-run")
    assert back.json["errors"] == []
    assert back.json["listings"] == {"new": 0, "changed": 0, "unchanged": len(listed), "refused": 0}


def test_unknown_columns_and_codes_survive_the_way_out(cli, synced, tmp_path):
    path = sheet(
        tmp_path / "codes.xlsx",
        ("0012", "Cable with a number", "Table Lamps", "0012345678901234567", "+White", 5, 1, 100, "a"),
        ("0012", "Cable with a number", "Table Lamps", "AB12E03", "Black", 5, 1, 100, "b"),
    )
    imported(cli, synced, path)
    out = tmp_path / "out.csv"
    cli("export", "--store", synced, "--out", str(out), "--where", 'key = "0012"')
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["Merchant code"] for row in rows] == ["0012345678901234567", "AB12E03"]
    assert [row["Product key"] for row in rows] == ["0012", "0012"]
    assert [row["备注"] for row in rows] == ["a", "b"]
    assert rows[0]["Color"] == "'+White"


def test_a_condition_and_unknown_endings_of_an_export(cli, synced, tmp_path):
    some = cli("--json", "export", "--store", synced, "--out", str(tmp_path / "x.csv"), "--where", "status = off")
    assert 0 < some.json["listings"] < len(cli("--json", "list", "--store", synced).json["listings"])
    said = cli("--json", "export", "--store", synced, "--out", str(tmp_path / "x.pdf"))
    assert (said.code, said.json["error"]["code"]) == (2, "export.unknown_kind")
    said = cli("--json", "export", "--store", synced, "--out", str(tmp_path / "nowhere" / "x.csv"))
    assert (said.code, said.json["error"]["code"]) == (2, "workbook.no_folder")


def test_columns_of_sale_properties_keep_every_listings_order():
    assert in_order([("Color", "Ships From"), ("Color", "Length"), ("Color", "Length", "Ships From")]) == [
        "Color",
        "Length",
        "Ships From",
    ]
    assert in_order([("Plug", "Ships From"), ("Color", "Plug")]) == ["Color", "Plug", "Ships From"]
    assert sorted(in_order([("A", "B"), ("B", "A")])) == ["A", "B"]
    assert in_order([()]) == []


def test_the_template_can_be_saved_and_imported(cli, synced, tmp_path):
    out = tmp_path / "blank.xlsx"
    said = cli("--json", "template", "--out", str(out))
    assert (said.code, said.json) == (0, {"file": str(out)})
    untouched = imported(cli, synced, out)
    assert (untouched.code, untouched.json["error"]["code"]) == (2, "workbook.no_rows")
    assert cli("--json", "history").json["changes"] == []
    book = openpyxl.load_workbook(out)
    book.worksheets[0].append([None if row[3] is None else row[3].value for row in book.worksheets[1].iter_rows(2)])
    book.save(out)
    assert imported(cli, synced, out, "--dry-run").json["listings"]["new"] == 1
    assert cli("template", "--out", str(tmp_path / "blank.doc")).code == 2


def test_the_demo_goes_from_the_workbook_to_live_listings(tmp_path):
    """As `run.py demo --headless` starts it: without --json the result is printed all the same."""
    environment = {**os.environ, "SHANGJIA_DATA": str(tmp_path / "own")}
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--headless"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stderr
    assert {"listings", "live", "failed", "elapsed_s"} <= set(told)
    assert told["live"] == told["listings"] == told["attempts"] > 10
    assert told["failed"] == 0
    assert not (tmp_path / "own" / "shangjia.db").exists()


def test_the_demo_in_a_folder_finds_everything_done_the_second_time(cli, own_data_folder):
    first = cli("--json", "demo", "--headless")
    second = cli("--json", "demo", "--headless")
    assert (first.code, second.code) == (0, 0)
    assert second.json["live"] == first.json["live"] == first.json["attempts"]
    assert second.json["attempts"] == 0
    assert [store["practice"] for store in cli("--json", "store", "list").json["stores"]] == [True, True]


def test_a_demo_without_its_workbook_says_so(cli, monkeypatch):
    monkeypatch.setattr("app.cli.commands.demo.DEMO_WORKBOOK", ("samples", "gone.xlsx"))
    assert cli("--json", "demo", "--headless").json["error"]["code"] == "cli.no_demo"


def test_chosen_columns_and_a_row_a_listing(cli, synced, tmp_path):
    out = tmp_path / "out.csv"
    said = cli(
        *("--json", "export", "--store", synced, "--out", out, "--where", "status = live"),
        *("--columns", "Title, sku_code,库存,price", "--rows", "listing"),
    )
    assert said.code == 0 and said.json["file"] == str(out)
    rows = list(csv.reader(out.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["Title", "Merchant code", "Total stock", "Lowest price (USD)", "Highest price (USD)"]
    live = cli("--json", "list", "--store", synced, "--where", "status = live").json["listings"]
    assert said.json["listings"] == len(live) == len(rows) - 1
    for fixed in (("--columns", "title"), ("--rows", "listing")):
        said = cli("--json", "export", "--store", synced, "--out", tmp_path / "no.zip", *fixed)
        assert (said.code, said.json["error"]["code"]) == (2, "cli.package_whole")
    bad = cli("--json", "export", "--store", synced, "--out", tmp_path / "no.xlsx", "--columns", "title,colour")
    assert bad.code == 2 and "“colour”" in bad.err and "sku_code" in bad.err
    assert not (tmp_path / "no.xlsx").exists()


def test_an_edited_workbook_is_taken_back_as_one_change(cli, synced, tmp_path):
    out = tmp_path / "edit.xlsx"
    said = cli("--json", "export", "--store", synced, "--out", out, "--editable", "--where", "status = live")
    assert said.code == 0 and said.json["skus"] > said.json["listings"] > 0
    book = openpyxl.load_workbook(out)
    page = book.worksheets[0]
    at = {cell.value: cell.column for cell in page[1]}
    code = page.cell(2, at["Merchant code"]).value
    page.cell(2, at["Price (USD)"]).value = 77.7
    page.cell(3, at["Stock"]).value = "a lot"
    page.delete_rows(page.max_row)
    book.save(out)
    edit = ("--json", "edit", "--store", synced, "--from-sheet", out)
    dry = cli(*edit, "--dry-run")
    assert (dry.code, dry.json["changed"], dry.json["change"], dry.json["missing_rows"]) == (1, 1, None, 1)
    error = dry.json["errors"][0]
    assert (error["file"], error["sheet"], error["row"], error["value"]) == ("edit.xlsx", "Listings", 3, "a lot")
    done = cli(*edit)
    assert done.code == 1 and done.json["cells"] == {"price_minor": 1}
    listed = cli("--json", "list", "--store", synced, "--where", "status = live").json["listings"]
    assert "77.70" in [sku["price"] for one in listed for sku in one["skus"] if sku["code"] == code]
    again = cli(*edit)
    assert (again.json["changed"], again.json["change"]) == (0, None)
    assert cli("--json", "undo", done.json["change"]).json["restored"] == 1
    for wrong in (("edit", "--store", synced), (*edit[1:], "--set", "stock=1"), (*edit[1:], "--where", "stock > 1")):
        assert cli(*wrong).code == 2
    plain = cli(*("--json", "export", "--store", synced, "--out", tmp_path / "plain.xlsx"))
    assert plain.code == 0
    assert cli("edit", "--store", synced, "--from-sheet", tmp_path / "plain.xlsx").code == 2
    assert cli("export", "--store", synced, "--out", tmp_path / "x.csv", "--editable").code == 2


def test_terms_of_a_sheet_are_taken_with_consent_and_listed(cli, synced, tmp_path):
    header = (*HEADER[:6], "营销分组", "分国家报价")
    path = sheet(tmp_path / "terms.xlsx", (*LAMPS[0][:6], "Summer", "RU -1.50"), (*LAMPS[1][:6],), header=header)
    refused = imported(cli, synced, path)
    assert (refused.code, refused.json["new_groups"]) == (1, ["Summer"])
    assert [one["code"] for one in refused.json["errors"]] == ["marketing_unknown"]
    assert "--new-groups" in cli("import", str(path), "--store", synced, "--dry-run").out
    said = imported(cli, synced, path, "--new-groups")
    assert said.code == 0, said.err
    where = "marketing_group = Summer and regional_country = RU"
    (listed,) = cli("--json", "list", "--store", synced, "--where", where).json["listings"]
    assert (listed["key"], listed["marketing_group"]) == ("LM-1", "Summer")
    assert listed["regional_prices"] == {"type": "relative", "countries": {"RU": "-1.50"}}
    out = tmp_path / "out.xlsx"
    assert cli("export", "--store", synced, "--where", where, "--out", str(out)).code == 0
    assert imported(cli, synced, out).json["listings"] == {"new": 0, "changed": 0, "unchanged": 1, "refused": 0}
