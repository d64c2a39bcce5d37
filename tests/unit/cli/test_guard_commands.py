"""`guard`, `discount` and plans of `group` as they are typed: nothing sends a price below its floor."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from openpyxl import load_workbook


def floor(folder, code, minor, currency="USD"):
    with closing(sqlite3.connect(folder / "shangjia.db")) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO price_floor VALUES (?, ?, ?, ?, NULL)", (code, code, minor, currency)
        )
        connection.commit()


def test_a_price_below_its_floor_waits_until_a_supervisor_says_why(cli, synced, own_data_folder):
    listing = cli("--json", "list", "--store", synced, "--where", "status = live", "--limit", "1").json["listings"][0]
    where = f"product_id = {listing['product_id']}"
    code, price = listing["skus"][0]["code"], float(listing["skus"][0]["price"])
    floor(own_data_folder, code.upper(), round(price * 100))
    assert cli("--json", "edit", "--store", synced, "--set", "price=price*0.95", "--where", where).code == 0
    held = cli("--json", "guard", "list", "--store", synced).json
    assert held["listings"] == 1
    assert {(one["code"], one["sku"]) for one in held["held"]} == {("guard.floor", code)}
    one = held["held"][0]
    assert (one["floor"], one["break_even"]) == (f"{price:.2f}", None)
    assert float(one["lowest"]) < price and code in one["message"]
    assert code in cli("guard", "list").out
    assert cli("--json", "publish", "--store", synced).json["queued"] == 0
    release = ("guard", "release", "--store", synced, "--where", where, "--comment")
    assert cli("--json", "guard", "set", "--role", "operator").json["role"] == "operator"
    refused = cli("--json", *release, "clearance sale")
    assert (refused.code, refused.json["error"]["code"]) == (2, "role.not_allowed")
    assert cli("--json", "guard", "set", "--changes", "off").code == 2
    assert cli("--json", "guard", "set", "--role", "boss").code == 2
    cli("guard", "set", "--role", "supervisor")
    assert cli("--json", *release, "x").json["error"]["code"] == "guard.comment"
    done = cli("--json", *release, "clearance sale")
    assert (done.code, done.json["released"]) == (0, 1)
    assert cli("--json", "guard", "list").json == {"listings": 0, "held": []}
    assert "clearance sale" in cli("history").out
    assert cli("--json", "publish", "--store", synced).json["queued"] == 1
    assert cli("--json", "edit", "--store", synced, "--set", "price=price*0.99", "--where", where).code == 0
    assert cli("--json", "guard", "list").json["listings"] == 1
    for switch, listings in (("off", 0), ("on", 1), ("off", 0)):
        cli("guard", "set", "--floors", switch)
        assert cli("--json", "guard", "list").json["listings"] == listings, "stored findings follow the settings"
    assert cli("undo").code == 0
    assert cli("--json", "guard", "list").json["listings"] == 1


def test_the_guard_is_set_and_what_makes_no_sense_is_refused(cli):
    before = cli("--json", "guard", "set").json
    assert (before["costs"], before["asks_costs"], before["warn"], before["hold"], before["meaning"]) == (
        "auto", False, "30", "60", "reach",
    )  # fmt: skip
    after = cli("--json", "guard", "set", "--hold", "75.5", "--meaning", "list", "--min-margin", "3%").json
    assert (after["hold"], after["meaning"], after["min_margin"]) == ("75.5", "list", "3")
    for option, value in (
        ("--hold", "NaN"), ("--hold", "0"), ("--warn", "80"), ("--costs", "maybe"), ("--min-margin", "-1"),
        ("--min-margin", "91"), ("--floors", "1"), ("--hold", "1e9"), ("--warn", "1.005"),
    ):  # fmt: skip
        said = cli("--json", "guard", "set", option, value)
        assert (said.code, said.json["error"]["code"].partition(".")[0]) == (2, "guard"), (option, value)
        assert option in said.json["error"]["message"] or option == "--warn", "the option is named as it is typed"
    assert cli("--json", "guard", "set").json == after


def test_the_worked_example_is_typed_and_written_to_a_sheet(cli, tmp_path):
    out = tmp_path / "stack.xlsx"
    plan = ("--spend-off", "3/20", "--store-coupon", "2/19", "--select-coupon", "1", "--platform-coupon", "4/20")
    said = cli("--json", "discount", "--item", "20,40", "--item", "8,25,2", *plan, "--out", out).json
    assert [(one["left"], one["reached"]) for one in said["steps"]] == [
        ("21.00", True), ("19.00", True), ("18.00", True), ("18.00", False),
    ]  # fmt: skip
    assert (said["goods"], said["paid"], said["by_seller"], said["profit_cny"]) == ("24.00", "18.00", "5.00", None)
    assert [(one["by_seller"], one["each"]) for one in said["lines"]] == [("2.50", "2.5"), ("2.50", "1.25")]
    assert [cell.value for cell in load_workbook(out).active[3]][:4] == ["2", 8, 6, 2]
    assert "−3.00" in cli("discount", "--item", "20,40", "--item", "8,25,2", *plan).out
    for wrong in (("--item", "0"), ("--item", "9,100"), ("--item", "9,1,1,1"), (), ("--item", "9", "--store", "X")):
        assert cli("--json", "discount", *wrong).code == 2, wrong
    assert cli("--json", "discount", "--item", "9", "--spend-off", "20/3").json["error"]["code"] == "pricing.swapped"


def test_a_plan_is_typed_for_a_group_and_tried_on_its_listings(cli, synced):
    group = ("group", "add", "Summer", "--store", synced, "--discount", "40", "--store-coupon")
    assert cli("--json", *group, "8/20").json["error"]["code"] == "marketing.high_coupon"
    assert "--high-coupon" in cli(*group, "8/20").err
    made = cli("--json", *group, "8/20", "--high-coupon").json
    assert (made["plan"], made["affiliate"]) == ({"store_coupon": "8/20"}, True)
    changed = cli(
        "--json", "group", "rename", "Summer", "--store", synced, "--spend-off", "5%/30", "--affiliate", "off"
    )
    assert changed.json["error"]["code"] == "marketing.high_coupon"  # asked about at every change
    changed = cli(
        "--json", "group", "rename", "Summer", "--store", synced, "--store-coupon", "2/20", "--spend-off", "5%/30",
        "--affiliate", "off",
    )  # fmt: skip
    assert (changed.json["plan"], changed.json["affiliate"]) == ({"spend_off": "5%/30", "store_coupon": "2/20"}, False)
    assert "5%/30" in cli("group", "list").out
    live = cli("--json", "list", "--store", synced, "--where", "status = live", "--limit", "2").json["listings"]
    where = " or ".join(f"product_id = {one['product_id']}" for one in live)
    cli("group", "assign", "Summer", "--store", synced, "--where", where)
    said = cli("--json", "discount", "--store", synced, "--where", where)
    assert (said.code, len(said.json["lines"])) == (0, 2)
    assert {one["step"] for one in said.json["steps"]} == {"store_discount", "store_coupon"}
    assert all(one["unknown"] and one["profit_cny"] is None for one in said.json["lines"])
    cheapest = min(float(sku["price"]) for sku in live[0]["skus"])
    assert float(said.json["lines"][0]["list_price"]) == cheapest


def test_p5_as_a_kept_rule_sets_prices_by_cost_and_freight(cli, synced, own_data_folder):
    kept = cli("--json", "rule", "keep", "Free", "--kind", "free_shipping", "--margin", "5", "--discount", "30")
    assert kept.code == 0 and "freight" in kept.json["text"]
    assert cli("--json", "rule", "keep", "Bad", "--kind", "buyer_pays", "--margin", "90").code == 2
    assert cli("--json", "rule", "keep", "Bad", "--formula", "price / (1 - 1").code == 2
    cli("rule", "keep", "Zero", "--formula", "price / 0")
    assert [one["name"] for one in cli("--json", "rule", "list").json["rules"]] == ["Free", "Zero"]
    listing = cli("--json", "list", "--store", synced, "--where", "status = live", "--limit", "1").json["listings"][0]
    where = f"product_id = {listing['product_id']}"
    tried = cli("--json", "rule", "apply", "Zero", "--store", synced, "--where", where, "--dry-run")
    assert (tried.code, tried.json["changed"]) == (1, 0) and "division_by_zero" in tried.json["reasons"]
    unknown = cli("--json", "rule", "apply", "Free", "--store", synced, "--where", where, "--dry-run")
    assert (unknown.code, set(unknown.json["reasons"])) == (1, {"unknown_cost"})
    with closing(sqlite3.connect(own_data_folder / "shangjia.db")) as connection:
        for sku in listing["skus"]:
            connection.execute(
                "INSERT INTO stock_item (code, name, picture, cost_micro, weight_mg, attributes, updated_ms) "
                "VALUES (?, '', '', 12000000, 180000, '[]', 0)",
                (sku["code"].upper(),),
            )
        connection.commit()
    done = cli("--json", "rule", "apply", "Free", "--store", synced, "--where", where)
    assert (done.code, done.json["changed"]) == (0, 1)
    after = cli("--json", "list", "--store", synced, "--where", where).json["listings"][0]
    assert {sku["price"] for sku in after["skus"]} == {"7.12"}
    assert cli("--json", "rule", "remove", "Zero").code == 0
    assert cli("--json", "rule", "apply", "Zero", "--store", synced).json["error"]["code"] == "guard.no_rule"
