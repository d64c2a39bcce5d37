"""`list`, `check`, `publish`, `undo`, `history`, `backup`, `doctor` on what the practice market has."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from app.services.application import Application
from app.services.kept_filters import KeptFilters
from app.services.listings.editing import ListingEdit, edit_listings


def edit(folder: Path, listing_id: int, **fields: object) -> None:
    with Application(folder) as app:
        edit_listings(app.db, [ListingEdit(listing_id, fields)], label="change.edit", params={"title": "a lamp"})


def test_listings_have_the_contracts_keys(cli, synced):
    said = cli("--json", "list", "--store", synced)
    assert said.code == 0
    listings = said.json["listings"]
    assert len(listings) > 10
    for listing in listings:
        assert {"key", "product_id", "title", "status", "category", "freight_template", "images", "skus"} <= set(
            listing
        )
        for sku in listing["skus"]:
            assert {"code", "price", "stock", "properties", "ships_from"} <= set(sku)
            assert re.fullmatch(r"\d+\.\d\d", sku["price"])
    assert any(listing["category_name"] and listing["freight_template_name"] for listing in listings)


def test_where_and_limit(cli, synced):
    everything = cli("--json", "list", "--store", synced).json["listings"]
    live = cli("--json", "list", "--store", synced, "--where", "status = live and price < 5").json["listings"]
    wanted = [
        listing["id"]
        for listing in everything
        if listing["status"] == "live" and min(float(sku["price"]) for sku in listing["skus"]) < 5
    ]
    assert sorted(listing["id"] for listing in live) == sorted(wanted)
    assert 0 < len(live) < len(everything)
    limited = cli("--json", "list", "--store", synced, "--limit", "2").json["listings"]
    assert [listing["id"] for listing in limited] == [listing["id"] for listing in everything[:2]]
    assert "2 listings" in cli("list", "--store", synced, "--limit", "2").out


def test_an_expression_with_brackets_and_names_in_either_language(cli, synced):
    everything = cli("--json", "list", "--store", synced).json["listings"]
    group = next(listing["group_name"] for listing in everything if listing["group_name"])
    where = f'分组 = "{group}" and not (status = live or 状态 = 草稿) or price < 5 and store = "{synced}"'
    found = cli("--json", "list", "--store", synced, "--where", where).json["listings"]
    wanted = [
        listing["id"]
        for listing in everything
        if (listing["group_name"] == group and listing["status"] not in ("live", "draft"))
        or min(float(sku["price"]) for sku in listing["skus"]) < 5
    ]
    assert sorted(listing["id"] for listing in found) == sorted(wanted)
    said = cli("list", "--store", synced, "--where", 'price < 5 and (title ~ "x"')
    assert said.code == 2
    assert "character 27" in said.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--where", "price <"), "filter.incomplete"),
        (("--where", "price < 5 status"), "filter.bad_expression"),
        (("--where", "wieght = 3"), "filter.did_you_mean"),
        (("--where", "colour = 3"), "filter.unknown_field"),
        (("--where", "title < 3"), "filter.bad_operator"),
        (("--where", "price < cheap"), "filter.bad_value"),
        (("--limit", "0"), "cli.limit"),
        (("--limit", "99999999999999999999"), "cli.limit"),
    ],
)
def test_a_wrong_question_is_named(cli, store, arguments, code):
    said = cli("--json", "list", "--store", store, *arguments)
    assert (said.code, said.json["error"]["code"]) == (2, code)


def test_a_history_of_so_many_changes_there_is_not(cli):
    for limit in ("0", "99999999999999999999"):
        said = cli("--json", "history", "--limit", limit)
        assert (said.code, said.json["error"]["code"]) == (2, "cli.limit")


def test_what_the_market_has_passes_the_checker(cli, synced):
    said = cli("--json", "check", "--store", synced)
    assert (said.code, said.json["blocked"], said.json["findings"]) == (0, 0, [])
    assert said.json["ok"] == said.json["listings"] > 10
    assert "0 blocked" in cli("check", "--store", synced).out


def test_findings_name_listing_variant_field_and_remedy(cli, synced, own_data_folder):
    first = cli("--json", "list", "--store", synced, "--limit", "1").json["listings"][0]
    edit(own_data_folder, first["id"], title="台灯 lamp", weight_g=None)
    said = cli("--json", "check", "--store", synced)
    assert (said.code, said.json["blocked"]) == (1, 1)
    for finding in said.json["findings"]:
        assert {"listing", "sku", "field", "code", "severity", "message"} <= set(finding)
        assert finding["listing"] == first["product_id"]
        assert finding["message"]
    assert {finding["field"] for finding in said.json["findings"]} >= {"title", "weight_g"}
    assert "Blocked" in cli("check", "--store", synced).out
    with sqlite3.connect(own_data_folder / "shangjia.db") as connection:
        (count,) = connection.execute("SELECT block_count FROM listing WHERE id = ?", (first["id"],)).fetchone()
    connection.close()
    assert count >= 2


def test_nothing_changed_nothing_published(cli, synced):
    said = cli("--json", "publish", "--store", synced)
    assert said.code == 0
    keys = ("queued", "live", "in_review", "rejected", "failed", "unknown", "attempts")
    assert {name: said.json[name] for name in keys} == dict.fromkeys(keys, 0)
    assert said.json["elapsed_s"] >= 0


def test_a_changed_listing_is_sent_and_a_blocked_one_is_not(cli, synced, own_data_folder):
    live = cli("--json", "list", "--store", synced, "--where", "status = live", "--limit", "2").json["listings"]
    edit(own_data_folder, live[0]["id"], title="Bedside Table Lamp Warm Light With Dimmer")
    edit(own_data_folder, live[1]["id"], title="台灯")
    said = cli("--json", "publish", "--store", synced)
    assert said.code == 1
    assert (said.json["queued"], said.json["blocked"], said.json["attempts"]) == (1, 1, 1)
    assert said.json["live"] + said.json["in_review"] == 1
    assert any(reason["listings"] == [live[1]["id"]] for reason in said.json["reasons"])
    cli("store", "sync", synced)
    after = {row["id"]: row for row in cli("--json", "list", "--store", synced).json["listings"]}
    assert after[live[0]["id"]]["title"] == "Bedside Table Lamp Warm Light With Dimmer"
    assert not after[live[0]["id"]]["changed"]
    assert after[live[1]["id"]]["title"] == "台灯"
    again = cli("--json", "publish", "--store", synced)
    assert (again.json["queued"], again.json["attempts"]) == (0, 0)


def faults(market, **switches: object) -> None:
    """Turn switches of the practice market; None puts one back."""
    request = Request(f"{market['gateway']}/practice/faults", json.dumps(switches).encode())
    request.add_header("Content-Type", "application/json")
    urlopen(request, timeout=10).close()


def test_a_reason_is_told_once_also_where_an_earlier_run_left_something(cli, synced, market, own_data_folder):
    found = cli("--json", "list", "--store", synced, "--where", "status = live", "--limit", "4").json["listings"]
    good, first, second, mended = [listing["id"] for listing in found]
    edit(own_data_folder, good, title="Round Bedside Lamp For Reading")
    for bad in (first, second, mended):
        edit(own_data_folder, bad, title="台灯")
    faults(market, token_lifetime_s=0, refresh_lifetime_s=0)
    assert cli("--json", "publish", "--store", synced).json["left"] == 1
    faults(market, token_lifetime_s=None, refresh_lifetime_s=None)
    assert cli("store", "test", synced).code == 0  # a store that was signed out is not sent to before it answers
    edit(own_data_folder, mended, title="Bedside Table Lamp With A Round Shade")
    edit(own_data_folder, second, title="另一台灯")
    said = cli("--json", "publish", "--store", synced)
    assert (said.json["queued"], said.json["blocked"]) == (2, 2)
    assert sorted(number for reason in said.json["reasons"] for number in reason["listings"]) == [first, second]
    assert [reason["count"] for reason in said.json["reasons"]] == [2]
    lines = cli("publish", "--store", synced).out.splitlines()
    assert len([line for line in lines if "Chinese" in line]) == 1


def test_what_an_earlier_run_left_is_counted_and_said(cli):
    from app.cli.commands.publishing import _lines

    told = dict.fromkeys(("queued", "live", "in_review", "failed", "rejected", "unknown", "scheduled"), 0)
    told |= {"elsewhere": 0, "left": 0, "reasons": [], "elapsed_s": 1.3, "queued": 2, "live": 120, "in_review": 5}
    assert _lines(told) == [
        "125 listings: 120 live, 5 in review, 0 failed, 1.3 s.",
        "123 of them were left from an earlier run.",
    ]
    assert _lines(told | {"queued": 125}) == ["125 listings: 120 live, 5 in review, 0 failed, 1.3 s."]


def test_a_limit_below_one_is_refused(cli, store):
    assert cli("publish", "--store", store, "--limit", "0").code == 2


def test_undo_takes_the_newest_change_back_and_history_shows_it(cli, synced, own_data_folder):
    first, second = cli("--json", "list", "--store", synced, "--limit", "2").json["listings"]
    edit(own_data_folder, first["id"], title="Another lamp")
    edit(own_data_folder, second["id"], title="Yet another lamp")
    changes = cli("--json", "history").json["changes"]
    assert [(change["kind"], change["listings"], change["undone"]) for change in changes] == [("edit", 1, False)] * 2
    assert changes[0]["label"] == "Edited a lamp"
    said = cli("--json", "undo", changes[1]["id"][:8])
    assert (said.code, said.json["restored"], said.json["conflicts"]) == (0, 1, 0)
    titles = [row["title"] for row in cli("--json", "list", "--store", synced, "--limit", "2").json["listings"]]
    assert titles == [first["title"], "Yet another lamp"]
    assert "undone" in cli("history").out
    assert cli("undo").code == 0
    said = cli("--json", "undo")
    assert (said.code, said.json["error"]["code"]) == (2, "undo.nothing")
    assert cli("--json", "undo", "ffffffff").json["error"]["code"] == "undo.not_found"


def test_undo_leaves_what_moved_on_and_says_which(cli, synced, own_data_folder):
    first = cli("--json", "list", "--store", synced, "--limit", "1").json["listings"][0]
    edit(own_data_folder, first["id"], title="Another lamp")
    edit(own_data_folder, first["id"], title="Third lamp")
    older = cli("--json", "history").json["changes"][1]["id"]
    said = cli("--json", "undo", older)
    assert (said.code, said.json["restored"], said.json["conflicts"]) == (1, 0, 1)
    assert said.json["conflicting_listings"] == [first["id"]]


def test_backup_copies_the_database(cli, store, own_data_folder):
    said = cli("--json", "backup")
    copy = Path(said.json["file"])
    assert said.code == 0
    assert copy.parent == own_data_folder / "backups" == Path(said.json["folder"])
    assert said.json["backups"] == [str(copy)]
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT name FROM store").fetchall() == [("Chenfan",)]
    connection.close()


def test_doctor_describes_and_changes_nothing(cli, own_data_folder):
    said = cli("--json", "doctor")
    assert (said.code, said.json["ok"], said.json["problems"]) == (0, True, [])
    assert said.json["database"]["exists"] is False
    assert {"version", "python", "packages", "data", "free_bytes", "credential_store"} <= set(said.json)
    assert not own_data_folder.exists()


def test_doctor_says_what_is_wrong(cli, store, own_data_folder):
    assert cli("--json", "doctor").json["database"]["store"] == 1
    with sqlite3.connect(own_data_folder / "shangjia.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(
            "INSERT INTO sku (listing_id, position, code, match_key, ships_from, barcode, properties) "
            "VALUES (99, 0, '', '', '', '', '[]')"
        )
    connection.close()
    said = cli("--json", "doctor")
    assert (said.code, said.json["ok"], len(said.json["problems"])) == (1, False, 2)
    (own_data_folder / "shangjia.db").write_text("this is no database " * 100)
    (own_data_folder / "settings.json").write_text('{"schema": 99}')
    assert cli("doctor").code == 2
    (own_data_folder / "settings.json").unlink()
    said = cli("doctor")
    assert said.code == 1
    assert "Restore a copy" in said.out


def test_the_trace_is_switched_packed_and_forgotten(cli, store, own_data_folder, tmp_path):
    assert cli("--json", "trace", "on").json["http_trace"] is True
    assert cli("store", "sync", store, "--what", "groups").code == 0
    assert cli("--json", "trace", "off").json["http_trace"] is False

    packed = cli("--json", "trace", "export", "--out", str(tmp_path / "trace.zip")).json
    assert packed["entries"] >= 1
    assert zipfile.is_zipfile(packed["file"])
    said = cli("--json", "trace", "export", "--out", str(tmp_path / "trace.pdf"))
    assert (said.code, said.json["error"]["code"]) == (2, "export.unknown_kind")
    assert cli("trace", "clear").code == 0
    assert cli("--json", "trace", "export", "--out", str(tmp_path / "trace.zip")).json["entries"] == 0


def test_a_filter_saved_in_the_window_is_called_by_its_name(cli, synced, own_data_folder):
    everything = cli("--json", "list", "--store", synced).json["listings"]
    KeptFilters(own_data_folder).put("listings", {"Cheap ones": {"text": "", "filters": [["price", "<", "5"]]}})
    found = cli("--json", "list", "--store", synced, "--where", "@cheap ones").json["listings"]
    assert [one["id"] for one in found] == [
        one["id"] for one in everything if min(float(sku["price"]) for sku in one["skus"]) < 5
    ]
    said = cli("--json", "list", "--store", synced, "--where", "@dear")
    assert (said.code, said.json["error"]["code"]) == (2, "filter.no_such_filter")
