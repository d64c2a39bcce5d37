"""`sale`, `schedule` and `group` as they are typed: counts, exit codes, and what stands in the store afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.services.clock import at_office


def statuses(cli, store, where=""):
    return [one["status"] for one in cli("--json", "list", "--store", store, "--where", where).json["listings"]]


def later(hours):
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="minutes")


def test_listings_go_off_sale_and_on_again(cli, synced):
    live = [one for one in cli("--json", "list", "--store", synced).json["listings"] if one["status"] == "live"]
    where = " or ".join(f"product_id = {one['product_id']}" for one in live[:2])
    off = ("sale", "off", "--store", synced, "--where", where)
    tried = cli("--json", *off, "--dry-run")
    assert (tried.code, tried.json["matched"], tried.json["queued"], tried.json["batch"]) == (0, 2, 2, None)
    assert "2 listings would go off sale; nothing was changed" in cli(*off, "--dry-run").out
    said = cli("--json", *off)
    assert (said.code, said.json["queued"], said.json["done"], said.json["failed"]) == (0, 2, 2, 0)
    assert statuses(cli, synced, where) == ["off", "off"]
    again = cli("--json", *off)
    assert (again.code, again.json["queued"], again.json["skipped"]) == (0, 0, {"unchanged": 2})
    on = cli("--json", "sale", "on", "--store", synced, "--where", where)
    assert (on.code, on.json["queued"], on.json["done"]) == (0, 2, 2)
    assert statuses(cli, synced, where) == ["live", "live"]
    wrong = cli("--json", "sale", "off", "--store", synced, "--where", "nonsense = 3")
    assert wrong.code == 2 and "nonsense" in wrong.json["error"]["message"]
    assert cli("sale", "off", "--store", "Nobody").code == 2


def test_an_edit_of_a_listing_off_sale_leaves_it_there_until_it_is_put_on_sale(cli, synced):
    first = next(
        one
        for one in cli("--json", "list", "--store", synced).json["listings"]
        if one["status"] == "live" and one["skus"]
    )
    where = f"product_id = {first['product_id']}"
    cli("--json", "sale", "off", "--store", synced, "--where", where)
    assert cli("--json", "edit", "--store", synced, "--set", "stock=34", "--where", where).json["changed"] == 1
    assert cli("--json", "publish", "--store", synced).json["live"] == 1
    assert statuses(cli, synced, where) == ["off"]
    assert cli("--json", "sale", "on", "--store", synced, "--where", where).json["done"] == 1
    assert statuses(cli, synced, where) == ["live"]


def test_what_waits_is_listed_moved_and_taken_back(cli, synced):
    assert cli("--json", "schedule", "list").json == {"scheduled": []}
    live = len(statuses(cli, synced, "status = live"))
    at = later(3)
    said = cli("--json", "sale", "off", "--store", synced, "--where", "status = live", "--at", at)
    assert (said.code, said.json["queued"], said.json["done"]) == (0, live, 0)
    waiting = cli("--json", "schedule", "list", "--store", synced).json["scheduled"]
    assert [(one["action"], one["listings"], one["store"]) for one in waiting] == [("offline", live, synced)]
    assert waiting[0]["first"] == said.json["at"] == at.replace("+00:00", ":00Z")
    batch = str(waiting[0]["batch"])
    moved = cli("--json", "schedule", "move", batch, "--at", later(9))
    assert (moved.code, moved.json["moved"]) == (0, live)
    assert cli("--json", "schedule", "list").json["scheduled"][0]["first"] == moved.json["at"] != waiting[0]["first"]
    gone = cli("--json", "schedule", "cancel", batch, "99999")
    assert (gone.code, gone.json) == (1, {"cancelled": live, "unknown": [99999]})
    office = f"{at_office(datetime.fromisoformat(at)):%Y-%m-%d %H:%M}"
    assert office in cli("sale", "off", "--store", synced, "--where", "status = live", "--at", at).out
    assert office in cli("schedule", "list").out
    assert "No batch 99999 waits" in cli("schedule", "cancel", "99999").err
    assert len(statuses(cli, synced, "status = live")) == live


@pytest.mark.parametrize(
    ("at", "code"),
    [("yesterday", "publishing.time"), ("2001-01-01T00:00", "publishing.time_over"),
     ("9999-01-01T00:00", "publishing.time_too_far")],
)  # fmt: skip
def test_a_time_that_cannot_be_kept_is_refused_and_nothing_is_queued(cli, store, at, code):
    said = cli("--json", "sale", "on", "--store", store, "--at", at)
    assert (said.code, said.json["error"]["code"]) == (2, code)
    assert cli("--json", "schedule", "list").json["scheduled"] == []


def test_marketing_groups_go_to_a_sheet_and_come_back(cli, synced, tmp_path):
    cli("group", "add", "Summer", "--store", synced, "--discount", "15.5")
    put = cli("--json", "group", "assign", "Summer", "--store", synced, "--where", "status = live").json
    sheet = tmp_path / "groups.csv"
    out = cli("--json", "group", "export", "--store", synced, "--out", str(sheet))
    assert (out.code, out.json["listings"]) == (0, len(statuses(cli, synced)))
    same = cli("--json", "group", "import", str(sheet), "--store", synced)
    assert (same.code, same.json["changed"], same.json["change"]) == (0, 0, None)
    sheet.write_text(sheet.read_text("utf-8-sig").replace("Summer", "Winter") + "1,,No such,Winter,\n", "utf-8")
    read = cli("--json", "group", "import", str(sheet), "--store", synced)
    assert (read.code, read.json["changed"], read.json["new_groups"]) == (1, put["changed"], 1)
    assert len(read.json["unknown"]) == 1 and read.json["refused"] == []
    assert cli("group", "export", "--store", synced, "--out", str(tmp_path / "x.pdf")).code == 2
    assert cli("undo", read.json["change"]).code == 0
    assert len(statuses(cli, synced, "marketing_group = Summer")) == put["changed"]


def test_marketing_groups_are_made_renamed_filled_and_removed(cli, synced):
    made = cli("--json", "group", "add", "Summer", "--store", synced, "--discount", "15.5")
    assert made.json == {
        "id": made.json["id"], "store": synced, "name": "Summer", "discount": "15.5", "listings": 0, "plan": {},
        "affiliate": True,
    }  # fmt: skip
    assert cli("--json", "group", "add", "summer", "--store", synced).json["error"]["code"] == "marketing.taken"
    put = cli("--json", "group", "assign", "SUMMER", "--store", synced, "--where", "status = live")
    count = len(statuses(cli, synced, "marketing_group = Summer"))
    assert (put.code, put.json["changed"]) == (0, count) and count > 0
    renamed = cli("--json", "group", "rename", "Summer", "July", "--store", synced)
    assert (renamed.json["name"], renamed.json["discount"], renamed.json["listings"]) == ("July", "15.5", count)
    assert "“Summer” → “July”" in cli("history").out
    assert cli("--json", "undo", renamed.json["change"]).json["restored"] == 1
    cheaper = cli("--json", "group", "rename", "Summer", "--discount", "20", "--store", synced)
    assert (cheaper.json["name"], cheaper.json["discount"]) == ("Summer", "20")
    full = cli("--json", "group", "remove", "Summer", "--store", synced)
    assert (full.code, full.json["error"]["code"]) == (2, "marketing.not_empty")
    assert cli("--json", "group", "assign", "", "--store", synced).json["changed"] == count
    assert cli("group", "remove", "Summer", "--store", synced).code == 0
    assert cli("--json", "group", "list").json["groups"] == []
    for wrong in (("rename", "Summer", "June"), ("assign", "Summer"), ("remove", "Summer")):
        said = cli("--json", "group", *wrong, "--store", synced)
        assert (said.code, said.json["error"]["code"]) == (2, "marketing.not_found")
    assert cli("group", "rename", "Summer", "--store", synced).code == 2


def test_a_store_that_stands_still_sends_nothing_but_plans(cli, synced):
    cli("publish", "--store", synced, "--pause")
    said = cli("--json", "sale", "off", "--store", synced)
    assert said.code != 0 and said.json["error"]["code"] == "publishing.store_paused"
    assert cli("--json", "sale", "off", "--store", synced, "--at", later(2)).json["queued"] > 0
    planned = cli("--json", "schedule", "list").json["scheduled"]
    assert [one["action"] for one in planned] == ["offline"]


def test_what_is_only_queued_is_sent_by_publish(cli, synced):
    live = cli("--json", "list", "--store", synced, "--where", "status = live", "--limit", "1").json["listings"][0]
    where = f"product_id = {live['product_id']}"
    said = cli("--json", "sale", "off", "--store", synced, "--where", where, "--no-send")
    assert (said.code, said.json["queued"], said.json["done"]) == (0, 1, 0)
    assert statuses(cli, synced, where) == ["queued"]
    open_ones = cli("--json", "sale", "off", "--store", synced, "--where", where, "--dry-run")
    assert open_ones.json["queued"] + sum(open_ones.json["skipped"].values()) == 1
    cli("publish", "--store", synced, "--limit", "1")
    assert statuses(cli, synced, where) == ["off"]
