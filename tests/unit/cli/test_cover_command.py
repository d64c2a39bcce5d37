"""`cover` against the practice market: a colleague's store by its shared code becomes drafts, which are published."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def shared(cli, market, synced):
    """The alias of the colleague's store, added by its code and read."""
    code = market["shared"][0]
    said = cli(
        "--json", "store", "shared", "-", "--gateway", market["gateway"], stdin=f"{code['alias']} {code['code']}"
    )
    assert said.code == 0, said.err
    assert cli("store", "sync", code["alias"], "--what", "listings").code == 0
    return code["alias"]


def test_the_whole_way_from_a_shared_code_to_live_listings(cli, synced, shared, tmp_path):
    theirs = cli("--json", "list", "--store", shared).json["listings"]
    ids = [one["product_id"] for one in theirs][:3]
    path = tmp_path / "ids.txt"
    path.write_text(
        f"Product ID\n{ids[0]}\nhttps://www.aliexpress.com/item/{ids[1]}.html\nrubbish\n{ids[2]}\n", "utf-8"
    )
    command = ("--json", "cover", "--from", shared, "--to", synced, "--ids", str(path))

    said = cli(*command, "--report", str(tmp_path / "report.xlsx"))
    assert (said.code, said.json["copied"], said.json["skipped"]) == (1, 3, 0)
    assert [one["line"] for one in said.json["junk"]] == [4]
    assert {one["field"] for one in said.json["unmapped"]} == {"freight_template_id", "group_id"}
    assert (tmp_path / "report.xlsx").exists()
    blocked = cli("--json", "check", "--store", synced).json["findings"]
    mine = {one["code"] for one in blocked if one["listing"] in ids}
    assert {"freight_template.foreign", "group.foreign"} <= mine
    refused = cli("--json", "publish", "--store", synced).json
    assert (refused["live"], refused["blocked"]) == (0, 3)

    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"default_template": "1000", "groups": {}, "default_group": "-"}), "utf-8")
    said = cli(*command, "--rules", str(rules), "--set", "price=price * 1.1", "--set", "stock=50", "--update")
    assert (said.json["copied"], said.json["updated"], said.json["unmapped"]) == (0, 3, [])
    assert {one["field"] for one in said.json["replacements"]} >= {"freight_template_id", "group_id", "sku.price"}
    wrong = cli(*command, "--set", "default_template=1").json["error"]
    assert (wrong["code"], "default_template" in wrong["message"]) == ("cover.bad_rule", True)
    again = cli(*command, "--update").json
    assert (again["updated"], again["unchanged"], again["change"]) == (0, 3, None)
    assert cli("--json", "publish", "--store", synced).json["live"] == 3
    assert cli("--json", "store", "sync", synced, "--what", "listings").json["changed"] == 0
    said = cli(*command, "--report", str(tmp_path))  # a folder, whatever its name
    assert (said.code, said.json["error"]["code"]) == (2, "export.unknown_kind")
    (tmp_path / "folder.csv").mkdir()
    said = cli(*command, "--report", str(tmp_path / "folder.csv"))
    assert (said.code, said.json["skipped"]) == (1, 3)  # what was done is told all the same
    done = cli(*command).json
    assert (done["copied"], done["skipped"], done["replacements"]) == (0, 3, [])


def test_what_cannot_be_covered_changes_nothing(cli, market, store, other_secrets, tmp_path):
    cli("--json", "store", "add", "Other", "--gateway", market["gateway"], "--secrets", "-", stdin=other_secrets)
    path = tmp_path / "ids.txt"
    path.write_text("1005006000000150\n", "utf-8")
    junk = tmp_path / "junk.txt"
    junk.write_text("nothing here\n", "utf-8")
    command = ("--json", "cover", "--from", "Other", "--to", store, "--ids", str(path))
    for more, code in (
        (("--set", "colour=red"), "cover.unknown_rule"),
        (("--set", "stock=many"), "cover.bad_rule"),
        (("--set", "price=price *"), None),
        (("--rules", str(junk)), "cover.rules_unreadable"),
        (("--report", str(tmp_path / "report.pdf")), "export.unknown_kind"),
    ):
        said = cli(*command, *more)
        assert said.code == 2
        assert code in (None, said.json["error"]["code"])
    assert cli(*command[:-1], str(junk)).json["error"]["code"] == "cover.no_ids"
    assert cli("cover", "--from", store, "--to", store, "--ids", str(path)).code == 2
    assert cli("cover", "--from", "nobody", "--to", store, "--ids", str(path)).code == 2
