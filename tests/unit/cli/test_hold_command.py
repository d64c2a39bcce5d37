"""`hold` as it is typed: what is held is not published by any command until it is released."""

from __future__ import annotations

from app.cli.commands import holding

WHY = "waits for the licence"


def test_held_listings_stay_through_every_command_that_publishes(cli, synced, monkeypatch):
    of = ("--store", synced)
    listing = cli("--json", "list", *of, "--where", "status = live", "--limit", "1").json["listings"][0]
    where = (*of, "--where", f"product_id = {listing['product_id']}")
    assert (listing["held"], listing["warehouse_kind"]) == (None, "")
    assert cli("hold", "add", *where).code == 2  # a reason is asked for
    assert cli("--json", "hold", "add", *where, "--reason", " ").json["error"]["code"] == "hold.reason"
    done = cli("--json", "hold", "add", *where, "--reason", WHY)
    assert (done.code, done.json["matched"], done.json["changed"]) == (0, 1, 1)
    assert cli("--json", "hold", "add", *where, "--reason", WHY).json["change"] is None
    [held] = cli("--json", "hold", "list", *of).json["held"]
    assert (held["reason"], held["status"]) == (WHY, "live")
    assert held["listing"] and held["since"].endswith("+00:00")
    assert WHY in cli("hold", "list", *of).out
    both = [one["id"] for one in cli("--json", "list", *of, "--limit", "2").json["listings"]]
    with monkeypatch.context() as released:  # by another program, since they were looked for
        released.setattr(holding, "matching_ids", lambda *_: [*both, listing["id"]])
        assert [one["reason"] for one in cli("--json", "hold", "list", *of).json["held"]][-1] == WHY
    assert cli("--json", "edit", "--set", "price=price*1.01", *where).json["changed"] == 1
    for more in ((), ("--accept-similar",)):
        said = cli("--json", "publish", *of, *more)
        assert (said.code, said.json["queued"], said.json["held"]) == (1, 0, 1)
    assert cli("--json", "edit", "--set", "warehouse_kind=virtual", *where).json["changed"] == 1
    [found] = cli("--json", "list", *of, "--where", "warehouse_kind = virtual and held = yes").json["listings"]
    assert (found["held"], found["warehouse_kind"]) == (WHY, "virtual")
    assert cli("edit", "--set", "warehouse_kind=imaginary", *where).code == 2
    assert cli("--json", "hold", "release", *where).json["changed"] == 1
    assert "Nothing changed" in cli("hold", "release", *where).out
    assert cli("--json", "publish", *of).json["queued"] == 1
