"""The market's own record: every accepted write once, in order, with what it did; nothing that was refused."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from app.practice_market.journal import digest
from app.practice_market.storage import SCHEMAS, Storage
from tests.unit.practice_market.client import OFFER_EDIT, OFFER_POST, OFFLINE, ONLINE, Client, Turned, offer, sku

PRICES = "aliexpress.solution.batch.product.price.update"
STOCK = "aliexpress.solution.batch.product.inventory.update"
DELETE = "aliexpress.solution.batch.product.delete"


def update(product_id: int, **item: Any) -> dict[str, Any]:
    items = [{"sku_code": "CF1231-BK", **item}]
    return {"mutiple_product_update_list": [{"product_id": product_id, "multiple_sku_update_list": items}]}


async def test_a_life_in_writes(shop: Client, clock: Turned, market: PracticeMarket) -> None:
    product_id = await shop.post_offer()
    clock.turn(2)
    await shop.call(STOCK, update(product_id, inventory=7))
    await shop.call(PRICES, update(product_id, price="5.10"))
    await shop.result(OFFLINE, {"product_ids": str(product_id)})
    await shop.result(ONLINE, {"product_ids": str(product_id)})
    await shop.result(OFFER_EDIT, {"aeop_a_e_product": offer(product_id=product_id)})
    clock.turn(2)
    await shop.call(DELETE, {"product_ids": [product_id]})
    rows = await shop.writes(subject=product_id)
    assert [row["kind"] for row in rows] == ["create", "stock", "price", "offline", "online", "edit", "delete"]
    assert [row["said"] for row in rows[:3]] == [
        {"codes": ["CF1231-BK", "CF1231-RD"]},
        {"CF1231-BK": 7},
        {"CF1231-BK": ["5.10", None]},
    ]
    assert {(row["store_id"], row["app_key"]) for row in rows} == {(240017301, shop.app_key)}
    assert rows[0]["method"] == OFFER_POST
    assert rows[0]["digest"] != rows[1]["digest"] != rows[2]["digest"]
    assert rows[2]["digest"] == rows[3]["digest"] == rows[4]["digest"], "on and off change no content"
    assert rows[0]["digest"] == rows[5]["digest"], "the edit sent what the create had sent"
    assert rows == market.writes(subject=product_id)
    assert await shop.held() == []


async def test_what_was_refused_or_lost_is_not_there(shop: Client) -> None:
    await shop.code(OFFER_POST, {"aeop_a_e_product": offer(category_id=5)})
    await shop.switch(
        script=[{"method": OFFER_POST, "fault": fault} for fault in ("system_error", "cut_before_commit")]
    )
    await shop.code(OFFER_POST, {"aeop_a_e_product": offer()})
    with pytest.raises(aiohttp.ClientError):
        await shop.call(OFFER_POST, {"aeop_a_e_product": offer()})
    await shop.call(PRICES, update(1005000000000001, price="5"))
    assert await shop.writes() == []


async def test_what_was_applied_unanswered_is_there(shop: Client) -> None:
    faults = ("service_timeout_applied", "cut_after_commit", "cut_mid_answer", "carried_out_twice")
    await shop.switch(script=[{"method": OFFER_POST, "fault": fault} for fault in faults])
    for number, _ in enumerate(faults):
        try:
            await shop.call(OFFER_POST, {"aeop_a_e_product": offer(aeop_ae_product_s_k_us=[sku(f"A{number}")])})
        except aiohttp.ClientError:
            continue
    made = [row["said"]["codes"] for row in await shop.writes(kind="create")]
    assert made == [["A0"], ["A1"], ["A2"], ["A3"], ["A3"]]
    state = await shop.state()
    assert (state["duplicates"], state["stores"][0]["writes"]) == (1, {"create": 5})


async def test_what_a_request_made_the_second_time_is_marked(shop: Client) -> None:
    """Only what the fault added: two requests of one content are two writes that somebody asked for."""
    await shop.switch(script=[{"method": OFFER_POST, "fault": "carried_out_twice", "skip": 1}])
    for _ in range(3):
        await shop.post_offer()
    made = await shop.writes(kind="create")
    assert [row["is_repeat"] for row in made] == [0, 0, 1, 0]
    first, second, again, third = (row["request_id"] for row in made)
    assert second == again
    assert len({first, second, third}) == 3


async def test_content_can_be_judged(shop: Client, market: PracticeMarket) -> None:
    ids = [await shop.post_offer(), await shop.post_offer(), await shop.post_offer(delivery_time=6)]
    held = await shop.held(store=240017301)
    assert [row["product_id"] for row in held] == ids
    assert held[0]["digest"] == held[1]["digest"] != held[2]["digest"]
    assert [row["digest"] for row in held] == [row["digest"] for row in await shop.writes(kind="create")]
    assert {row["writes"] for row in held} == {1}
    full = await shop.held(full=1, after=ids[1])
    assert [row["record"]["delivery_time"] for row in full] == [6]
    assert digest(full[0]["record"]) == held[2]["digest"]
    assert market.products(is_full=True)[2]["record"] == full[0]["record"]
    assert await shop.held(store=240017302) == []


async def test_page_by_page(shop: Client) -> None:
    for _ in range(5):
        await shop.post_offer()
    first = await shop.writes(limit=3)
    rest = await shop.writes(after=first[-1]["write_id"])
    assert [row["subject"] for row in first + rest] == [row["product_id"] for row in await shop.held()]
    assert (len(first), len(rest)) == (3, 2)


@pytest.mark.parametrize("query", [{"store": "x"}, {"after": "1.5"}, {"limit": "9" * 30}])
async def test_wrong_questions(shop: Client, query: dict[str, str]) -> None:
    async with shop.http.get(shop.gateway + "/practice/writes", params=query) as response:
        assert response.status == 400


def test_a_digest_does_not_depend_on_order() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1}) != digest({"a": 1, "b": [3]})


async def test_the_record_outlives_a_restart(tmp_path: Path, http: aiohttp.ClientSession, clock: Turned) -> None:
    path = tmp_path / "kept.db"
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        await Client(market, http, clock).post_offer()
        before = market.writes()
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        assert market.writes() == before != []


async def test_the_day_quota_outlives_a_restart(tmp_path: Path, http: aiohttp.ClientSession, clock: Turned) -> None:
    path, faults = tmp_path / "quota.db", {"daily_quota": 3}
    codes = []
    for _ in range(2):
        async with PracticeMarket(path, seed=False, clock=clock, faults=faults) as market:
            shop = Client(market, http, clock)
            codes += [await shop.code(OFFER_EDIT, {"aeop_a_e_product": offer(product_id=1)}) for _ in range(2)]
    assert codes == ["F00-00-10001-002"] * 3 + ["AppCallLimit"]


async def test_a_market_of_the_first_version_goes_on(
    tmp_path: Path, http: aiohttp.ClientSession, clock: Turned
) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(SCHEMAS[0].read_text("utf-8"))
        old.execute("PRAGMA user_version=1")
        old.commit()
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        shop = Client(market, http, clock)
        assert await shop.post_offer(sizechart_id=880100)
        assert len(market.writes()) == 1
    storage = Storage(path)
    assert storage.value("PRAGMA user_version") == len(SCHEMAS)
    storage.close()


PROGRAM = """
import hashlib, hmac, json, sys, time, urllib.parse, urllib.request
told = json.load(sys.stdin)
answers = []
for number in range(told["count"]):
    sku = {**told["sku"], "sku_code": f"{told['mark']}{number}"}
    document = {**told["document"], "aeop_ae_product_s_k_us": [sku]}
    params = {"app_key": told["app_key"], "method": "aliexpress.offer.product.post", "session": told["session"],
              "timestamp": str(int(time.time() * 1000)), "sign_method": "sha256", "format": "json",
              "simplify": "true", "aeop_a_e_product": json.dumps(document)}
    joined = "".join(key + value for key, value in sorted(params.items()))
    params["sign"] = hmac.new(told["secret"].encode(), joined.encode(), hashlib.sha256).hexdigest().upper()
    body = urllib.parse.urlencode(params).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(told["gateway"] + "/sync", body, timeout=30) as answer:
        answers.append(json.load(answer)["result"]["product_id"])
print(json.dumps(answers))
"""


async def test_several_processes_at_once(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """Three callers, each a process of its own: everyone's products are there once, with ids of their own."""
    async with PracticeMarket(tmp_path / "shared.db", seed=False) as market:
        keys = market.credentials
        told = {
            "gateway": market.gateway,
            "app_key": keys["app_key"],
            "secret": keys["app_secret"],
            "session": keys["stores"][0]["access_token"],
            "count": 20,
            "document": offer(),
            "sku": sku("A"),
        }

        async def caller(mark: str) -> list[int]:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", PROGRAM, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
            output, _ = await process.communicate(json.dumps({**told, "mark": mark}).encode())
            return list(json.loads(output))

        answered = await asyncio.gather(*[caller(mark) for mark in "ABC"])
        held = {row["product_id"]: row["codes"] for row in market.products()}
    expected = {
        product_id: [f"{mark}{number}"]
        for mark, ids in zip("ABC", answered, strict=True)
        for number, product_id in enumerate(ids)
    }
    assert held == expected
    assert len(held) == 60
