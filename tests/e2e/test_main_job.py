"""The main job from outside: a sheet becomes live listings, and `kill -9` at any point changes nothing about that."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.program import ROOT, Desk, environment, market

DEMO = ROOT / "resources" / "samples" / "demo-listings.xlsx"
KILLS = 20
SLOW = {"latency_ms": 25, "audit_delay_s": 0.3}
SLOWER = {"latency_ms": 60, "audit_delay_s": 0.3}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk")


def test_a_sheet_becomes_live_listings(tmp_path: Path, desk: Desk) -> None:
    with market(tmp_path / "market", {"audit_delay_s": 0.3}) as shop:
        name = desk.add_store(shop)
        synced = desk.run("store", "sync", name)
        assert synced["listings"] > 70
        assert synced["freight_templates"] >= 4

        before = desk.run("import", DEMO, "--store", name, "--dry-run")
        assert before["listings"]["new"] == 56
        assert desk.run("list", "--store", name, "--where", "status = ready")["listings"] == []

        imported = desk.run("import", DEMO, "--store", name)
        assert (imported["rows"], imported["skus"], imported["errors"]) == (200, 200, [])
        assert imported["listings"] == {"new": 56, "changed": 0, "unchanged": 0, "refused": 0}
        again = desk.run("import", DEMO, "--store", name)
        assert again["listings"] == {"new": 0, "changed": 0, "unchanged": 56, "refused": 0}

        checked = desk.run("check", "--store", name)
        assert checked["blocked"] == 0
        published = desk.run("publish", "--store", name)
        assert (published["live"], published["failed"], published["attempts"]) == (56, 0, 56)
        assert shop.state()["creates"] == 56
        assert desk.run("publish", "--store", name)["queued"] == 0

        live = desk.run("list", "--store", name, "--where", "status = live and skus > 1", "--limit", 500)["listings"]
        ours = [one for one in live if one["key"]]
        assert all(one["product_id"].isdigit() and len(one["product_id"]) == 16 for one in ours)
        assert all(sku["price"].count(".") == 1 for one in ours for sku in one["skus"])

        written = desk.run("export", "--store", name, "--out", tmp_path / "out.xlsx")
        back = desk.run("import", tmp_path / "out.xlsx", "--store", name)
        assert back["listings"]["unchanged"] == written["listings"]
        assert back["listings"]["new"] == back["listings"]["changed"] == 0


def test_a_broken_cell_is_named_marked_and_taken_back_whole(tmp_path: Path, desk: Desk) -> None:
    sheet = tmp_path / "quote.xlsx"
    made = subprocess.run(
        [sys.executable, "-m", "app.samples", "--rows", "60", "--broken", "5", "--out", str(sheet)],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    report = json.loads(made.stdout)
    first_row = report["header_row"] + 1
    broken = {first_row + cell["row"] for cell in report["broken"] if cell["of"] != "title"}
    with market(tmp_path / "market") as shop:
        name = desk.add_store(shop)
        desk.run("store", "sync", name)
        marked = tmp_path / "marked.xlsx"
        imported = desk.run("import", sheet, "--store", name, "--errors", marked, code=1)
        assert {error["row"] for error in imported["errors"]} == broken
        assert all(error["value"] and error["column"] and error["message"] for error in imported["errors"])
        assert marked.stat().st_size > 0
        assert imported["listings"]["new"] > 10
        undone = desk.run("undo", imported["change"])
        assert undone["restored"] == imported["listings"]["new"]
        assert desk.run("list", "--store", name, "--where", "product_id is missing")["listings"] == []


def test_killed_at_twenty_points_every_listing_arrives_exactly_once(tmp_path: Path, desk: Desk) -> None:
    with market(tmp_path / "market", SLOWER) as shop:
        name = desk.add_store(shop)
        desk.run("store", "sync", name, "--what", "freight,groups")
        desk.run("import", DEMO, "--store", name)
        # Every kill costs what is under way: with more at a time, nothing would be left for the last kills.
        (desk.folder / "settings.json").write_text(json.dumps({"parallel_calls": 2}), "utf-8")
        kills = 0
        for point in range(KILLS):
            process = desk.start("publish", "--store", name)
            shop.wait_for_creates(shop.state()["creates"] + point % 3, process)
            if process.poll() is None:
                process.kill()
                kills += 1
            process.wait(60)
            assert process.stdout is not None
            process.stdout.close()
        assert kills == KILLS
        final = desk.run("publish", "--store", name)
        assert (final["failed"], final["unknown"], final["left"]) == (0, 0, 0)
        state = shop.state()
        assert (state["creates"], state["duplicates"]) == (56, 0)
        listings = desk.run("list", "--store", name, "--where", "key is present", "--limit", 500)["listings"]
        assert Counter(one["status"] for one in listings) == {"live": 56}
        ids = [one["product_id"] for one in listings]
        assert len(set(ids)) == 56


def test_two_programs_on_one_database_publish_nothing_twice(tmp_path: Path, desk: Desk) -> None:
    with market(tmp_path / "market", SLOW) as shop:
        name = desk.add_store(shop)
        desk.run("store", "sync", name, "--what", "freight,groups")
        desk.run("import", DEMO, "--store", name)
        both = [desk.start("publish", "--store", name) for _ in range(2)]
        for process in both:
            said, _ = process.communicate(timeout=120)
            told = json.loads(said.splitlines()[-1])
            assert process.returncode == (1 if told["elsewhere"] else 0), "what the other had not settled is no success"
            assert told["live"] + told["in_review"] + told["elsewhere"] == told["queued"]
        desk.run("publish", "--store", name)
        state = shop.state()
        assert (state["creates"], state["duplicates"]) == (56, 0)


def test_a_market_that_is_gone_keeps_the_work_for_later(tmp_path: Path, desk: Desk) -> None:
    with market(tmp_path / "market") as shop:
        name = desk.add_store(shop)
        desk.run("store", "sync", name, "--what", "freight,groups")
        desk.run("import", DEMO, "--store", name)
        desk.run("check", "--store", name)
    told = desk.run("publish", "--store", name, code=3)
    assert told.get("queued", 1) or told["error"]
    listings = desk.run("list", "--store", name, "--where", "key is present", "--limit", 500)["listings"]
    assert len(listings) == 56


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "no-such-file.xlsx", "--store", "nobody"),
        ("publish", "--store", "nobody"),
        ("list", "--store", "nobody", "--where", "price <"),
        ("undo", "0123456789abcdef"),
    ],
)
def test_bad_input_says_what_and_changes_nothing(desk: Desk, arguments: tuple[str, ...]) -> None:
    told = desk.run(*arguments, code=2)
    assert told["error"]["code"]
    assert len(told["error"]["message"]) > 10


def test_the_demo_plays_the_whole_job_headless(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--headless"],
        cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=180, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told["listings"] == told["live"] == 56
    assert told["failed"] == 0
    assert told["elapsed_s"] > 0
