"""`similar`, `images check` and `images repair` on a synced store."""

from __future__ import annotations

TITLE = "Walnut Desk Organiser Drawer"


def groups(cli, store):
    found = cli("--json", "similar", "--store", store)
    assert found.code == 0 and {"looked_at", "similar", "unseen", "groups"} <= set(found.json)
    return [({one["id"] for one in group["listings"]}, group["why"]) for group in found.json["groups"]]


def test_similar_listings_are_found_and_told_apart(cli, synced):
    two = cli("--json", "list", "--store", synced, "--limit", "2").json["listings"]
    ids = {one["id"] for one in two}
    for one in two:
        where = f'title ~ "{one["title"]}"'
        assert cli("edit", "--store", synced, "--set", f"title={TITLE}", "--where", where).code == 0
    (ours,) = [why for together, why in groups(cli, synced) if ids <= together]
    assert "title" in ours
    shares = [group["shares"] for group in cli("--json", "similar", "--store", synced).json["groups"]]
    assert any(its.get("title") == 1.0 for its in shares)
    assert "Nearly the same title" in cli("similar", "--store", synced).out
    said = cli("--json", "similar", "--store", synced, "--not-same", *(one["key"] or one["product_id"] for one in two))
    assert said.json["listings"] == 2
    assert not [together for together, _ in groups(cli, synced) if together == ids]
    assert cli("--json", "undo", said.json["change"]).json["restored"] == 1
    assert [together for together, _ in groups(cli, synced) if ids <= together]


def test_what_similar_cannot_use_is_said(cli, synced):
    assert "7" in cli("similar", "--store", synced, "--title-share", "7").err
    assert cli("similar", "--store", synced, "--not-same", "nobody", "nothing").code == 2


def test_pictures_are_checked_and_a_dry_run_stores_nothing(cli, synced):
    said = cli("--json", "images", "check", "--store", synced)
    assert {"listings", "pictures", "findings"} <= set(said.json) and said.json["listings"] > 0
    assert said.json["remote"] > 0 and "on the web" in cli("images", "check", "--store", synced).out
    done = cli("--json", "images", "repair", "--store", synced, "--dry-run")
    assert done.json["change"] is None
    assert {"repaired", "fine", "refused", "reasons", "pictures"} <= set(done.json)
