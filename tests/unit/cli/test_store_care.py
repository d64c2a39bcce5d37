"""`store test/rename/set/shared/sign-in/disconnect/remove`, against the practice market over HTTP."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from urllib.request import urlopen

import pytest

from app.services.application import Application


def stores(cli):
    return {store["name"]: store for store in cli("--json", "store", "list").json["stores"]}


def test_a_connection_is_tested_part_by_part(cli, store, market, secrets):
    said = cli("--json", "store", "test", store)
    assert (said.code, said.json["works"]) == (0, True)
    assert [part["part"] for part in said.json["parts"]] == ["listings", "orders", "freight", "groups", "categories"]
    assert said.json["store"]["light"]["level"] == "green"
    assert "✓" in cli("store", "test", store).out
    dead = json.dumps({**json.loads(secrets), "access_token": "dead", "refresh_token": "dead"})
    cli("store", "add", "Dead", "--gateway", market["gateway"], "--secrets", "-", stdin=dead)
    said = cli("--json", "store", "test", "Dead")
    assert (said.code, said.json["works"]) == (3, False)
    assert said.json["parts"][0]["error"]["code"] == "marketplace.signed_out"
    assert said.json["store"]["light"] == {"level": "red", "reason": "signed_out", "text": "Sign in again"}


def test_doctor_tells_in_one_screen_whether_a_store_can_be_worked(cli, market, secrets, store):
    said = cli("--json", "doctor", "--store", store)
    assert (said.code, said.json["ok"], said.json["problems"]) == (0, True, [])
    checks = {check["check"]: check["level"] for check in said.json["checks"]}
    assert {checks[name] for name in ("proxy", "dns", "connection", "answer", "clock", "sign_in", "limits")} == {"ok"}
    assert len(said.json["checks"]) < 25
    assert not any(secret in json.dumps(said.json) for secret in json.loads(secrets).values())
    dead = json.dumps({**json.loads(secrets), "access_token": "dead", "refresh_token": "dead"})
    cli("store", "add", "Dead", "--gateway", market["gateway"], "--secrets", "-", stdin=dead)
    said = cli("--json", "doctor", "--store", "Dead")
    assert (said.code, said.json["ok"]) == (3, False)
    assert [problem.split(":")[0] for problem in said.json["problems"]] == ["Sign-in"]
    assert cli("doctor", "--store", "nobody").code == 2


def test_names_aliases_and_rights_are_changed(cli, store):
    assert cli("--json", "store", "rename", store, "Chenfan Digital").json["store"]["name"] == "Chenfan Digital"
    said = cli("--json", "store", "set", "chenfan digital", "--alias", "CF3C", "--quota", "300", "--colour", "4")
    assert (said.json["store"]["alias"], said.json["store"]["listing_quota"]) == ("cf3c", 300)
    said = cli("--json", "store", "set", "cf3c", "--access", "read_only")
    assert said.json["store"]["access"] == "read_only"
    said = cli("--json", "store", "set", "cf3c", "--access", "operate")
    assert (said.code, said.json["error"]["code"]) == (2, "store.not_confirmed")
    said = cli("--json", "store", "set", "cf3c", "--access", "operate", "--yes")
    assert said.json["store"]["access"] == "operate"
    kinds = [change["kind"] for change in cli("--json", "history").json["changes"]]
    assert kinds[:2] == ["right", "right"]
    said = cli("--json", "store", "set", "cf3c", "--alias", "nope!")
    assert (said.code, said.json["error"]["code"]) == (2, "store.bad_alias")
    assert cli("store", "set", "cf3c", "--access", "everything").code == 2


def test_nothing_is_published_to_a_read_only_store(cli, synced):
    cli("store", "set", synced, "--access", "read_only")
    said = cli("--json", "publish", "--store", synced)
    assert (said.code, said.json["error"]["code"]) == (2, "publishing.read_only")


def test_a_disconnected_store_keeps_its_data_and_publishes_nothing(cli, synced, own_data_folder):
    before = stores(cli)[synced]["listings"]
    said = cli("--json", "store", "disconnect", synced)
    assert (said.code, said.json["store"]["connected"]) == (0, False)
    assert stores(cli)[synced]["listings"] == before
    said = cli("--json", "publish", "--store", synced)
    assert (said.code, said.json["error"]["code"]) == (3, "store.closed.disconnected")
    assert synced in said.json["error"]["message"]
    assert not list((own_data_folder / "practice-credentials").glob("*"))


def test_removing_is_said_first_and_leaves_a_copy(cli, synced):
    planned = cli("--json", "store", "remove", synced, "--dry-run")
    assert (planned.code, planned.json["removed"]) == (0, False)
    assert planned.json["on_marketplace"] > 0
    unasked = cli("store", "remove", synced)
    assert (unasked.code, "--yes" in unasked.out) == (2, True)
    assert synced in stores(cli)
    said = cli("--json", "store", "remove", synced, "--yes")
    assert (said.code, said.json["removed"]) == (0, True)
    assert Path(said.json["backup"]).exists()
    assert stores(cli) == {}
    assert cli("--json", "store", "remove", synced).code == 2


def test_shared_codes_that_are_refused_are_told_masked(cli, market, secrets, store):
    digits = "0123456789abcdef" * 2
    pasted = f"abcd AliExpress_{digits}\nwxyz AliExpress_{digits[:9]}"
    said = cli("--json", "store", "shared", "-", "--gateway", market["gateway"], stdin=pasted)
    assert said.code == 1
    assert [one["alias"] for one in said.json["shared"]] == ["abcd", "wxyz"]
    assert [one["error"]["code"] for one in said.json["shared"]] == [
        "marketplace.code_invalid",
        "store.bad_code.short",
    ]
    assert digits not in said.out + said.err
    said = cli("--json", "store", "shared", "-", "--gateway", market["gateway"], stdin="nothing")
    assert (said.code, said.json["error"]["code"]) == (2, "store.no_shared_code")


def test_a_store_is_signed_in_by_the_browser(cli, market, secrets, own_data_folder, monkeypatch, tmp_path):
    """The browser follows the page to the market's first store."""
    opened: list[str] = []

    def follow(url):
        opened.append(url)
        with urlopen(url) as page:
            links = page.read().decode().split('href="')[1:]
        link = links[0].partition('"')[0].replace("&amp;", "&")
        threading.Thread(target=lambda: urlopen(f"{url.partition('?')[0]}{link}").close()).start()

    monkeypatch.setattr("webbrowser.open", follow)
    own = tmp_path / "app.json"
    own.write_text(json.dumps({name: json.loads(secrets)[name] for name in ("app_key", "app_secret")}))
    said = cli("--json", "store", "sign-in", "By browser", "--gateway", market["gateway"], "--app", str(own))
    assert said.code == 0, said.err
    assert said.json["store"]["sign_in_ends"] is not None
    assert json.loads(secrets)["app_secret"] not in said.out + said.err
    again = cli("--json", "store", "sign-in", "By browser")
    assert again.json["store"]["id"] == said.json["store"]["id"]
    with Application(own_data_folder) as app:
        assert len(list((app.data_dir / "practice-credentials").glob("*.json"))) == 1
    assert len(opened) == 2


@pytest.mark.parametrize("stdin", ["", "[]", '{"app_key": "1"}'])
def test_a_bad_app_is_not_repeated(cli, stdin):
    said = cli("--json", "store", "sign-in", "X", "--gateway", "http://127.0.0.1:9", "--app", "-", stdin=stdin)
    assert said.code == 2
    assert said.json["error"]["code"].startswith("credentials.")
