"""`explain`, `rates …`, and filters by profit on the command line."""

from __future__ import annotations

import pytest

from app.services.application import Application
from tests.unit.conftest import empty_database, make_listing, write
from tests.unit.pricing.conftest import priced

__all__ = ["empty_database", "make_listing", "priced", "write"]


@pytest.fixture
def db(own_data_folder, empty_database):
    import shutil

    own_data_folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(empty_database, own_data_folder / "shangjia.db")
    app = Application(own_data_folder)
    yield app.db
    app.close()


@pytest.mark.usefixtures("priced")
def test_a_price_is_explained_and_found_for_a_margin(cli, make_listing):
    make_listing("Lamp", (("AB1234", 999, 5), ("XX1", 999, 5)), freight_template_id="free")
    make_listing("Dear", (("AB1234", 2999, 5),), freight_template_id="free")
    store = ("--store", "晨帆数码")
    # two listings have the code: the newest is meant
    found = cli("explain", "AB1234", *store, "--list", "9.99", "--json")
    assert (found.code, found.json["profit_cny"], found.json["margin"]) == (0, "5.14", "0.1081")
    steps = {step["name"]: step for step in found.json["steps"]}
    assert (steps["freight"]["value"], steps["commission"]["value"]) == ("16.5384", "0.5592")
    assert all(steps[name]["source"] and steps[name]["as_of"] for name in ("rate", "commission", "packing"))
    assert cli("explain", "AB1234", *store, "--margin", "15%", "--json").json["list_price"] == "10.59"
    assert float(cli("explain", "AB1234", *store, "--profit", "8", "--json").json["profit_cny"]) >= 8
    unknown = cli("explain", "XX1", *store, "--json")
    assert (unknown.code, unknown.json["unknown"], unknown.json["profit_cny"]) == (1, ["cost", "weight"], None)
    assert "No cost" in cli("explain", "XX1", *store).out
    for wrong in (("NONE",), ("AB1234", "--margin", "90%"), ("AB1234", "--margin", "x"), ("AB1234", "--list", "-1")):
        assert cli("explain", *wrong, *store).code == 2
    listed = cli("list", *store, "--where", "margin < 20%", "--json")
    assert [one["title"] for one in listed.json["listings"]] == ["Lamp"]
    assert len(cli("list", *store, "--where", "利润 > 5", "--json").json["listings"]) == 2


def test_rates_are_entered_listed_imported_and_undone(cli, db, tmp_path):
    assert cli("rates", "list", "--json").json["rates"] == [
        {"currency": "USD", "rate": "6.8", "source": "start value of the program", "as_of": "2019-12-31"}
    ]
    change = cli("rates", "set", "7.05", "--day", "2020-01-01", "--json").json["change"]
    assert change
    assert cli("rates", "set", "7.05", "--day", "2020-01-01", "--json").json["change"] is None
    assert cli("rates", "commission", "5%", "--category", "77", "--json").code == 0
    assert cli("rates", "use", "packing=1.50", "discount=35%", "--json").code == 0
    told = cli("rates", "list", "--json").json
    assert {one["category"]: one["share"] for one in told["commissions"]} == {"": "0.08", "77": "0.05"}
    assert {one["name"]: one["value"] for one in told["settings"]}["packing"] == "1.50"
    listed = cli("rates", "list").out
    assert "entered by hand" in listed
    assert "commission · all other categories" in listed and "commission · 77" in listed
    assert cli("undo", "--json").json["restored"] == 2
    assert cli("undo", change).code == 0
    assert [one["rate"] for one in cli("rates", "list", "--json").json["rates"]] == ["6.8"]
    sheet = tmp_path / "rates.csv"
    sheet.write_text("currency,rate,date\nEUR,7.8,2020-02-02\n", "utf-8")
    assert "EUR" in cli("rates", "import", str(sheet)).out
    assert cli("rates", "renew", "--json").json == {"listings": 0}
    for wrong in (
        ("set", "0"),
        ("set", "7", "--currency", "CNY"),
        ("set", "7", "--day", "31.2.2020"),
        ("commission", "8"),
        ("commission", "5%", "--category", "cables"),
        ("use", "tax=1"),
        ("use", "packing"),
        ("import", str(tmp_path / "none.csv")),
    ):
        said = cli("rates", *wrong)
        assert (said.code, bool(said.err or said.out)) == (2, True), wrong
