"""Overseas variants in a data package: 8.4 in the cells, what is not touched, and the second time."""

from __future__ import annotations

import json
import zipfile

import pytest

from app.services.codes.virtual import BadVirtualCode, list_virtual, save_virtual, virtual_line
from app.services.packages import read_package
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.package_file import SameFile, build_package, save_built
from app.services.warehouses.overseas.running import NothingToOffer
from app.services.warehouses.overseas.sheet import read_sheet
from app.services.warehouses.overseas.upload_sheet import write_upload_sheet
from app.services.warehouses.records import PriceSource, WarehouseTemplateRecord
from app.services.warehouses.templates import country_record
from tests.unit.warehouses.overseas.conftest import COLOUR, LAMP_ROW, OTHER_ROW, SHIPS, price_info
from tests.unit.workbooks.makers import write_xls, write_zip


@pytest.fixture
def run(db, tmp_path):
    """Build a package and write it; returns the build and the new package."""

    def go(path, options, out="out.zip"):
        built = build_package(db, path, options)
        report = save_built(db, built, tmp_path / out)
        assert report.left_out == []
        return built, read_package(tmp_path / out)

    return go


def entries(package, row=0):
    return [json.loads(json.dumps(one.data)) for one in package.rows[row].variants]


def test_the_worked_example_cell_by_cell(run, package, sheet, tmp_path):
    path = package([LAMP_ROW, OTHER_ROW])
    before = path.read_bytes()
    built, made = run(path, BuildOptions(sheet()))
    value = {"CN": "201336100", "ES": "201336104", "FR": "201336342"}
    wanted = [
        ("AB1234-BK", "3.36", "999", "193", "CN"),
        ("AB1234-BK_CES", "9.23", "35", "193", "ES"),
        ("AB1234-BK_CFR", "12.20", "35", "193", "FR"),
        ("AB1234-WH", "3.36", "999", "29", "CN"),
        ("AB1234-WH_CES", "9.23", "35", "29", "ES"),
        ("AB1234-BK*2", "6.10", "0", "350853", "CN"),
        ("AB1234-BK*2_CES", "15.80", "20", "350853", "ES"),
    ]
    assert entries(made) == [
        {"价格": price, "属性": {COLOUR: colour, SHIPS: value[country]}, "库存": stock, "商家编码": code}
        for code, price, stock, colour, country in wanted
    ]
    assert [list(one["属性"]) for one in entries(made)] == [[COLOUR, SHIPS]] * 7
    row = made.rows[0]
    assert row.cells[3] == ";".join(code for code, *_ in wanted)
    assert (row.cells[0], row.cells[1], row.cells[4]) == (LAMP_ROW[0], LAMP_ROW[1], LAMP_ROW[4])
    assert made.rows[1].cells == list(OTHER_ROW), "a product nobody speaks of is not written anew"
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("images/a.jpg") == b"red"
    assert path.read_bytes() == before
    assert [(one.row, one.code) for one in built.built.build.unmatched] == [(6, "XY0001")]
    assert built.built.build.checks()["marks"] == 1


def test_the_second_time_nothing_changes(run, package, sheet, tmp_path):
    _, first = run(package([LAMP_ROW, OTHER_ROW]), BuildOptions(sheet()))
    _, second = run(tmp_path / "out.zip", BuildOptions(sheet()), "again.zip")
    assert [row.cells for row in second.rows] == [row.cells for row in first.rows]


def test_what_nobody_knows_goes_with_the_variants(run, package, sheet):
    further = {"图片": "a.jpg", "发货地": "CN", "备注": {"x": ["1"]}}
    info = price_info(("AB1234-BK", 3.36, 999, {COLOUR: "193#Deep black"}), **further)
    _, made = run(package([("1", "T", info, "AB1234-BK", "")]), BuildOptions(sheet()))
    home, spain, _ = entries(made)
    assert home["属性"] == {COLOUR: "193#Deep black", SHIPS: "201336100"}
    assert (spain["图片"], spain["备注"], spain["发货地"]) == ("a.jpg", {"x": ["1"]}, "ES")


def test_a_damaged_row_is_left_alone_and_named(run, package, sheet):
    damaged = ("2", "Broken", "{'skuArray': [", "AB1234-WH", "")
    built, made = run(package([damaged, LAMP_ROW]), BuildOptions(sheet()))
    assert made.rows[0].cells[:4] == list(damaged[:4])
    assert len(made.rows[1].variants) == 7
    assert [one.problem for one in built.built.build.products] == ["package_json_cut", ""]
    assert built.built.build.has_failures


def test_long_codes_get_virtual_codes_that_are_kept(run, db, package, sheet, tmp_path):
    save_virtual(db, dict([virtual_line("CB000123", "AB1234*10")]))
    codes = ["AB1234+CD5678+EF9012", "AB1234+CD5678+EF9013"]
    info = price_info(*((code, "3.36", "9", {COLOUR: str(at)}) for at, code in enumerate(codes)))
    rows = "".join(f"{code},{country},9,5\n" for code in codes for country in ("ES", "FR"))
    overseas = sheet("商家编码,国家,价格,库存\n" + rows)
    _, made = run(package([("1", "T", info, ",".join(codes), "")]), BuildOptions(overseas))
    assert [one["商家编码"] for one in entries(made)] == [
        *(codes[0], "CB000124_CES", "CB000124_CFR"),
        *(codes[1], "CB000125_CES", "CB000125_CFR"),
    ]
    assert sorted(list_virtual(db)) == ["CB000123", "CB000124", "CB000125"]
    _, again = run(tmp_path / "out.zip", BuildOptions(overseas), "again.zip")
    assert entries(again) == entries(made)
    assert len(list_virtual(db)) == 3


def test_a_code_given_away_meanwhile_stops_the_writing(db, package, sheet, tmp_path):
    code = "AB1234+CD5678+EF9012"
    overseas = sheet(f"商家编码,国家,价格,库存\n{code},ES,9,5\n")
    built = build_package(db, package([("1", "T", price_info((code, "3", "9")), code, "")]), BuildOptions(overseas))
    save_virtual(db, dict([virtual_line("CB000001", "ZZ1")]))
    with pytest.raises(BadVirtualCode):
        save_built(db, built, tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()


def test_the_original_is_never_written_over(db, package, sheet):
    path = package([LAMP_ROW])
    with pytest.raises(SameFile):
        save_built(db, build_package(db, path, BuildOptions(sheet())), path)
    with pytest.raises(NothingToOffer):
        build_package(db, path, BuildOptions())


@pytest.mark.parametrize("name", ["upload.xlsx", "upload.csv"])
def test_the_upload_sheet_is_read_again(db, package, sheet, tmp_path, name):
    built = build_package(db, package([LAMP_ROW]), BuildOptions(sheet()))
    assert write_upload_sheet(built.built, tmp_path / name) == 4
    read = read_sheet(tmp_path / name)
    assert read.errors == []
    assert {key: offer[2:4] for key, offer in read.offers.items()} == {
        ("AB1234-BK", "ES"): (923, 35),
        ("AB1234-BK", "FR"): (1220, 35),
        ("AB1234-WH", "ES"): (923, 35),
        ("AB1234-BK*2", "ES"): (1580, 20),
    }


def test_a_template_prices_a_package_by_its_weight_column(db, tmp_path):
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO stock_item (code, name, cost_micro, picture, updated_ms) "
            "VALUES ('CD5678', '', 12000000, '', 1)"
        )
    header = ("产品ID", "价格信息", "商家编码", "重量(kg)")
    info = price_info(("CD5678", "5.99", "999"))
    sheet_file = write_xls(tmp_path / "products.xls", (header, ("1", info, "CD5678", 0.18), ("2", info, "CD5678", "?")))
    path = write_zip(tmp_path / "package.zip", {"products.xls": sheet_file.read_bytes()})
    template = WarehouseTemplateRecord(
        1, "rule", countries=(country_record("ES"),), price_source=PriceSource.RULE, margin_bp=500
    )
    built = build_package(db, path, BuildOptions(template=template)).built.build
    first, second = built.products
    assert [entry.price_minor for entry in first.merged.entries] == [None, 923]
    assert [(one.why, one.subject) for one in second.merged.missing] == [("no_weight", "CD5678")]
    said = [(product.number, one.check, one.code, one.severity) for product, one in built.findings()]
    assert said == [(2, "plain_goods", "CD5678", "warn")], "nobody told whether a battery is in it"
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE stock_item SET attributes = '[]'")
    assert [*build_package(db, path, BuildOptions(template=template)).built.build.findings()] == []
