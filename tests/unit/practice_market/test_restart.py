"""What survives: everything that was answered, and what was committed before the answer got lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.practice_market import PracticeMarket, serve
from tests.unit.practice_market.client import OFFER_POST, OFFER_QUERY, Client, Turned, offer, sku

ROOT = Path(__file__).parents[3]


def now_ms() -> int:
    return int(time.time() * 1000)


class Started:
    """A market in a process of its own, as far as `Client` is concerned."""

    def __init__(self, process: asyncio.subprocess.Process, credentials: dict[str, Any]) -> None:
        self.process = process
        self.credentials = credentials
        self.gateway: str = credentials["gateway"]


@asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[Started]:
    """`python -m app.practice_market`, killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "app.practice_market", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        yield Started(process, json.loads(await process.stdout.readline()))
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_restart_keeps_keys_tokens_and_data(tmp_path: Path, http: aiohttp.ClientSession, clock: Turned) -> None:
    database = tmp_path / "kept.db"
    async with PracticeMarket(database, clock=clock) as market:
        first = market.credentials
        shop = Client(market, http, clock)
        product_id = await shop.post_offer()
        before = await shop.result(OFFER_QUERY, {"product_id": product_id})
    clock.turn(2)
    async with PracticeMarket(database, clock=clock) as market:
        assert {**market.credentials, "gateway": ""} == {**first, "gateway": ""}
        shop = Client(market, http, clock)
        after = await shop.result(OFFER_QUERY, {"product_id": product_id})
        assert after == {**before, "product_status_type": "onSelling"}
        assert await shop.post_offer() > product_id
        assert sum(market.state()["stores"][0]["products"].values()) == 82, "seeded once"


async def test_new_markets_share_no_secrets(tmp_path: Path) -> None:
    secrets = []
    for name in ("a.db", "b.db"):
        async with PracticeMarket(tmp_path / name, seed=False) as market:
            secrets += [market.credentials["app_secret"], market.credentials["stores"][0]["access_token"]]
    assert len(set(secrets)) == 4


async def test_an_empty_market_can_be_filled_later(tmp_path: Path, clock: Turned) -> None:
    database = tmp_path / "later.db"
    async with PracticeMarket(database, seed=False, clock=clock) as market:
        assert market.state()["stores"][0]["products"] == {}
    async with PracticeMarket(database, seed=True, clock=clock) as market:
        assert sum(sum(store["products"].values()) for store in market.state()["stores"]) == 148 + 8


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_without_a_file_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with PracticeMarket(seed=False):
        assert [name.rpartition("-")[0] for name in names(tmp_path)] == ["practice-market"]
    assert names(tmp_path) == []


async def test_a_file_of_a_newer_market_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "newer.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(ValueError, match="99"):
        await PracticeMarket(database).start()


async def test_a_port_that_is_taken(market: PracticeMarket, tmp_path: Path) -> None:
    port = int(market.gateway.rpartition(":")[2])
    other = PracticeMarket(tmp_path / "other.db", port=port, seed=False)
    with pytest.raises(OSError, match=str(port)):
        await other.start()
    async with PracticeMarket(tmp_path / "other.db", seed=False) as again:
        assert again.gateway != market.gateway, "the failed start left its file usable"


@pytest.mark.logs_errors  # asyncio says so when somebody else reaped the killed child first
async def test_answered_creates_survive_a_kill(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """Killed in the middle of a stream of creates: what was answered is there, once, and nothing is half there."""
    arguments = ("--database", str(tmp_path / "killed.db"))
    answered: list[int] = []
    async with started(*arguments) as market:
        shop = Client(market, http, now_ms)  # type: ignore[arg-type]

        async def create(number: int) -> None:
            skus = [sku(f"A{number}")]
            answered.append(await shop.post_offer(aeop_ae_product_s_k_us=skus))
            if len(answered) == 20:
                os.kill(market.process.pid, signal.SIGKILL)

        outcomes = await asyncio.gather(*[create(number) for number in range(60)], return_exceptions=True)
        assert any(isinstance(outcome, aiohttp.ClientError) for outcome in outcomes)
    async with started(*arguments) as market:
        shop = Client(market, http, now_ms)  # type: ignore[arg-type]
        state = await shop.state()
        count = sum(state["stores"][0]["products"].values())
        assert 20 <= len(answered) <= count <= 60
        assert state["duplicates"] == 0
        for product_id in answered:
            assert (await shop.result(OFFER_QUERY, {"product_id": product_id}))["aeop_ae_product_s_k_us"]


async def test_a_create_whose_answer_was_cut_survives(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps({"script": [{"method": OFFER_POST, "fault": "cut_after_commit"}]}), "utf-8")
    arguments = ("--database", str(tmp_path / "cut.db"), "--faults", str(faults))
    async with started(*arguments) as market:
        shop = Client(market, http, now_ms)  # type: ignore[arg-type]
        with pytest.raises(aiohttp.ClientError):
            await shop.send(shop.params(OFFER_POST, {"aeop_a_e_product": offer()}))
        market.process.kill()
        await market.process.wait()
    async with started(*arguments[:2]) as market:
        shop = Client(market, http, now_ms)  # type: ignore[arg-type]
        assert sum((await shop.state())["stores"][0]["products"].values()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_command_says_where_it_is_and_stops_when_told(number: signal.Signals) -> None:
    async with started("--seed", "--port", "0") as market:
        assert market.credentials.keys() == {"gateway", "app_key", "app_secret", "stores", "shared"}
        assert [store["name"] for store in market.credentials["stores"]] == ["晨帆数码", "橙屿家居"]
        assert {"name", "access_token", "refresh_token"} <= market.credentials["stores"][0].keys()
        market.process.send_signal(number)
        rest, errors = await market.process.communicate()
        assert (market.process.returncode, rest, errors) == (0, b"", b"")


@pytest.mark.parametrize("content", ['{"gremlins": 1}', "{broken", None], ids=["unknown", "broken", "missing"])
async def test_a_bad_faults_file_is_said(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "faults.json"
    if content is not None:
        path.write_text(content, "utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "app.practice_market", "--faults", str(path)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert (process.returncode, output) == (2, b"")
    assert b"Traceback" not in errors
    assert len(errors.splitlines()) == 1


async def test_serving_until_cancelled(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    ready: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    serving = asyncio.create_task(serve(0, database=tmp_path / "served.db", ready=ready.set_result))
    credentials = await ready
    async with http.get(credentials["gateway"] + "/practice/state") as response:
        assert response.status == 200
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == handlers
    with pytest.raises(aiohttp.ClientConnectorError):
        await http.get(credentials["gateway"] + "/practice/state")
