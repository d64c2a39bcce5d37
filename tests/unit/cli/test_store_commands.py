"""`market` and `store`, against the practice market over HTTP."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from app.messages import Messages
from app.practice_market.switches import ALLOWED
from app.services.application import Application
from app.services.marketplace.aliexpress import AliExpressMarketplace
from app.services.marketplace.port import ListingSummary, ResultPage
from app.services.stores.practice import answers

ROOT = Path(__file__).resolve().parents[3]


def everything_written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and "practice" not in str(path))


def test_the_market_announces_itself_in_one_line(market):
    assert set(market) >= {"gateway", "app_key", "app_secret", "stores"}
    assert len(market["stores"]) == 2
    assert all({"name", "access_token", "refresh_token"} <= set(store) for store in market["stores"])
    assert answers(market["gateway"])


def test_adding_and_listing_shows_no_secret(cli, market, secrets, own_data_folder):
    said = cli("--json", "store", "add", "Chenfan", "--gateway", market["gateway"], "--secrets", "-", stdin=secrets)
    assert said.code == 0
    assert said.json["store"]["name"] == "Chenfan"
    listed = cli("--json", "store", "list")
    assert [store["name"] for store in listed.json["stores"]] == ["Chenfan"]
    assert listed.json["stores"][0]["health"] == "ok"
    shown = said.out + said.err + listed.out + cli("store", "list").out
    written = everything_written(own_data_folder)
    for secret in json.loads(secrets).values():
        assert secret not in shown
        if secret != market["app_key"]:
            assert secret.encode() not in written


def test_the_list_names_the_platforms_quota_and_todays_calls(cli, market, synced):
    store = cli("--json", "store", "list").json["stores"][0]
    assert (store["quota"]["source"], store["quota"]["used"]) == ("platform", store["counts"]["live"])
    assert store["quota"]["limit"] == store["listing_quota"] > 0
    assert store["quota"]["told"]
    assert store["api_calls"]["today"] > 10
    assert store["api_calls"]["used_up_until"] is None
    assert "calls today" in cli("store", "list").out


def test_secrets_may_carry_a_byte_order_mark_and_come_from_a_file(cli, market, secrets, tmp_path):
    path = tmp_path / "secrets.json"
    path.write_text("\ufeff" + secrets, "utf-8")
    assert cli("store", "add", "One", "--gateway", market["gateway"], "--secrets", str(path)).code == 0
    marked = cli("store", "add", "Two", "--gateway", market["gateway"], "--secrets", "-", stdin="\ufeff" + secrets)
    assert marked.code == 0
    assert "practice tokens" in marked.out


def test_adding_says_what_the_marketplace_has(cli, market, secrets):
    add = ("store", "add", "Chenfan", "--gateway", market["gateway"], "--secrets", "-")
    said = cli("--json", *add, stdin=secrets)
    cli("store", "sync", "Chenfan", "--what", "listings")
    live = cli("--json", "store", "list").json["stores"][0]["counts"]["live"]
    assert (said.code, said.json["live"]) == (0, live)
    assert live > 10
    assert f"{live} listings are live" in cli(*add, stdin=secrets).out


def test_a_store_nobody_answers_for_is_saved_and_not_called_connected(cli, secrets):
    add = ("store", "add", "Gone", "--gateway", "http://127.0.0.1:9", "--secrets", "-")
    said = cli("--json", *add, stdin=secrets)
    assert (said.code, said.json["error"]["code"]) == (3, "marketplace.unreachable")
    assert (said.json["store"]["name"], said.json["live"]) == ("Gone", None)
    assert [store["name"] for store in cli("--json", "store", "list").json["stores"]] == ["Gone"]
    told = cli(*add, stdin=secrets)
    assert told.code == 3
    assert "saved, but not connected" in told.out
    assert "Check the network" in told.out
    assert 'store sync "Gone"' in told.out
    assert "Connected" not in told.out


@pytest.mark.parametrize(
    ("wrong", "exit_code", "code", "health"),
    [
        ({"access_token": "dead", "refresh_token": "dead"}, 3, "marketplace.signed_out", "signed_out"),
        ({"app_secret": "wrong"}, 1, "marketplace.signature", "wrong_secret"),
    ],
)
def test_refused_tokens_are_told_at_once(cli, market, secrets, wrong, exit_code, code, health):
    bad = json.dumps({**json.loads(secrets), **wrong})
    said = cli("--json", "store", "add", "Bad", "--gateway", market["gateway"], "--secrets", "-", stdin=bad)
    assert (said.code, said.json["error"]["code"]) == (exit_code, code)
    assert said.json["store"]["health"] == health


@pytest.mark.parametrize(
    ("stdin", "code"),
    [
        ("", "credentials.no_object"),
        ("hush-hush-token", "credentials.no_object"),
        ('["hush-hush-token"]', "credentials.no_object"),
        ('{"app_key": "1", "app_secret": "hush-hush-token"}', "credentials.fields_missing"),
    ],
)
def test_bad_secrets_are_not_repeated(cli, stdin, code):
    said = cli("--json", "store", "add", "X", "--gateway", "http://127.0.0.1:9", "--secrets", "-", stdin=stdin)
    assert (said.code, said.json["error"]["code"]) == (2, code)
    assert "hush-hush" not in said.out + said.err


async def no_listings(self: object, *_: object, **__: object) -> ResultPage[ListingSummary]:
    """The answer of a real store without listings: no test asks the real gateway."""
    return ResultPage((), 1, 0, 0)


def test_a_real_store_needs_a_safe_place_for_its_tokens(cli, secrets, monkeypatch, own_data_folder):
    real = ("store", "add", "Real", "--gateway", "https://api-sg.aliexpress.com", "--secrets", "-")
    said = cli("--json", *real, stdin=secrets)
    assert (said.code, said.json["error"]["code"]) == (2, "credentials.no_store")
    assert "SHANGJIA_VAULT_KEY" in said.json["error"]["message"]
    monkeypatch.setenv("SHANGJIA_VAULT_KEY", "correct horse battery")
    monkeypatch.setattr(AliExpressMarketplace, "list_listings", no_listings)
    said = cli("--json", *real, stdin=secrets)
    assert (said.code, said.json["store"]["practice"]) == (0, False)
    assert (own_data_folder / "vault" / "vault.json").exists()


def test_syncing_counts_and_again_changes_nothing(cli, store, own_data_folder):
    first = cli("--json", "store", "sync", store)
    assert first.code == 0
    counts = {name: first.json[name] for name in ("listings", "orders", "freight_templates", "groups")}
    assert min(counts.values()) > 0
    before = dump(own_data_folder)
    second = cli("--json", "store", "sync", store)
    assert {name: second.json[name] for name in counts} == counts
    assert (second.json["new"], second.json["changed"], second.json["conflicts"]) == (0, 0, 0)
    assert dump(own_data_folder) == before
    assert f"{counts['listings']} listings" in cli("store", "sync", store).out


def dump(folder: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "shangjia.db")
    rows = connection.execute(
        "SELECT id, product_id, status, content_hash, sent_hash, updated_ms FROM listing"
    ).fetchall()
    rows += connection.execute("SELECT id, code, price_minor, stock, properties FROM sku").fetchall()
    rows += connection.execute("SELECT order_id, status, codes FROM store_order").fetchall()
    connection.close()
    return rows


def test_syncing_a_part_reads_only_that(cli, store):
    said = cli("--json", "store", "sync", store, "--what", "groups, freight")
    assert (said.json["listings"], said.json["orders"]) == (0, 0)
    assert said.json["groups"] > 0
    assert said.json["freight_templates"] > 0


def test_two_stores_keep_their_things_apart(cli, market, synced, other_secrets):
    cli("store", "add", "Amber", "--gateway", market["gateway"], "--secrets", "-", stdin=other_secrets)
    assert cli("store", "sync", "Amber").code == 0
    stores = {store["name"]: store for store in cli("--json", "store", "list").json["stores"]}
    assert stores["Amber"]["listings"] > 0
    assert stores["Amber"]["listings"] != stores["Chenfan"]["listings"]
    assert stores["Amber"]["last_sync"] is not None


@pytest.mark.slow
def test_a_marketplace_out_of_reach_is_exit_three_and_keeps_the_store(cli, secrets):
    cli("store", "add", "Gone", "--gateway", "http://127.0.0.1:9", "--secrets", "-", stdin=secrets)
    said = cli("--json", "store", "sync", "Gone", "--what", "groups")
    assert (said.code, said.json["error"]["code"]) == (3, "marketplace.unreachable")
    assert cli("--json", "store", "list").json["stores"][0]["health"] == "unreachable"


def test_a_dead_token_is_exit_three_and_shown(cli, market, secrets):
    dead = json.dumps({**json.loads(secrets), "access_token": "dead", "refresh_token": "dead"})
    cli("store", "add", "Dead", "--gateway", market["gateway"], "--secrets", "-", stdin=dead)
    said = cli("--json", "store", "sync", "Dead", "--what", "groups")
    assert (said.code, said.json["error"]["code"]) == (3, "marketplace.signed_out")
    assert cli("--json", "store", "list").json["stores"][0]["health"] == "signed_out"
    assert "Sign in again" in cli("store", "list").out


@pytest.mark.parametrize(
    ("faults", "zh", "en"),
    [
        (
            '{"seed": 1.5}',
            "seed 是 1.5，应当是 0 到 10000000000 的整数",
            "seed is 1.5; it must be a whole number from 0",
        ),
        ('{"large_ids": 1}', "large_ids 是 1，应当是 true 或 false", "large_ids is 1; it must be true or false"),
        ('{"code_15": "x"}', "code_15 是 'x'，应当是其中之一：text, number", "it must be one of text, number"),
        ('{"lateny_ms": 1}', "没有名为“lateny_ms”的开关，是不是“latency_ms”？", "did you mean “latency_ms”?"),
        ('{"xyz": 1}', "没有名为“xyz”的开关", "there is no switch “xyz”"),
        ("[]", "应当是一个 JSON 对象", "it must be a JSON object"),
    ],
)
def test_wrong_switches_are_named_in_the_users_language(cli, tmp_path, monkeypatch, faults, zh, en):
    (tmp_path / "faults.json").write_text(faults, "utf-8")
    for language, said in (("zh", zh), ("en", en)):
        monkeypatch.setattr("app.cli.main.system_language", lambda language=language: language)
        told = cli("market", "--faults", str(tmp_path / "faults.json"))
        assert (told.code, said in told.err) == (2, True), told.err


def test_whatever_a_switch_can_be_is_said_in_both_languages():
    for allowed in ALLOWED:
        both = [
            Messages(language).text(f"cli.switch.{allowed}", least="1", most="2", known="3")
            for language in ("zh", "en")
        ]
        assert both[1] == ALLOWED[allowed].format(least="1", most="2", known="3") != both[0]


def test_a_market_that_cannot_start_says_why(cli, market, tmp_path):
    port = market["gateway"].rpartition(":")[2]
    said = cli("--json", "market", "--port", port)
    assert (said.code, said.json["error"]["code"]) == (2, "cli.market")
    (tmp_path / "faults.json").write_text('{"no_such_switch": 1}')
    assert cli("market", "--faults", str(tmp_path / "faults.json")).code == 2
    (tmp_path / "faults.json").write_text('{"latency_ms": 5\n"seed": 1}')
    said = cli("market", "--faults", str(tmp_path / "faults.json"))
    assert (said.code, "line 2 is wrong at character 1" in said.err) == (2, True)


def test_the_own_practice_market_is_started_when_a_command_needs_it(cli, own_data_folder):
    """The window registered its practice stores, was closed, and the command line goes on with them."""
    import asyncio

    from app.services.stores.practice import start_practice

    with Application(own_data_folder) as app:
        name = asyncio.run(start_practice(app))[0].name
    said = cli("--json", "store", "sync", name, "--what", "groups")
    assert said.code == 0, said.err
    assert said.json["groups"] > 0


def test_the_market_keeps_its_state_in_the_data_folder_it_was_given(tmp_path):
    def announced() -> dict[str, object]:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "market", "--port", "0", "--data", str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")
        return json.loads(line)

    first, second = announced(), announced()
    assert first["stores"] == second["stores"]
    assert (tmp_path / "market.db").exists()
