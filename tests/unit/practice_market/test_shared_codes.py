"""Shared-store codes of the market: issued, redeemed, passed on, withdrawn (domain.md 4)."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from app.practice_market.storage import SCHEMAS
from tests.unit.practice_market.client import Client, Turned

CREATE, REFRESH = "/auth/token/create", "/auth/token/refresh"
GROUPS = "aliexpress.product.productgroups.get"
NEIGHBOUR, OWN = 240017303, 240017301


async def told(shop: Client, path: str, document: Any = None, status: int = 200) -> dict[str, Any]:
    """The answer of a practice address."""
    verb = "GET" if document is None else "POST"
    async with shop.http.request(verb, f"{shop.gateway}/practice/{path}", json=document) as response:
        assert response.status == status
        body: dict[str, Any] = await response.json()
    return body


async def test_a_new_market_has_a_code_for_the_colleagues_store(shop: Client, market: PracticeMarket) -> None:
    (offered,) = market.credentials["shared"]
    assert (offered["name"], offered["name_en"], offered["alias"]) == ("北弦音频", "Northlane Audio", "nlau")
    assert re.fullmatch(r"AliExpress_[0-9a-f]{32}", offered["code"])
    assert "Northlane Audio" not in [store["name_en"] for store in market.credentials["stores"]]
    tokens = await shop.path(CREATE, {"code": offered["code"]})
    assert tokens["seller_id"] == str(NEIGHBOUR)
    shop.token = tokens["access_token"]
    assert "result" in await shop.call(GROUPS)
    assert len(market.credentials["stores"]) == 2, "its tokens are not one's own"


async def test_the_colleagues_listings_can_be_read(full: Client, seeded: PracticeMarket) -> None:
    full.token = (await full.path(CREATE, {"code": seeded.credentials["shared"][0]["code"]}))["access_token"]
    assert len(await full.ids()) == 7
    assert [row["alias"] for row in (await told(full, "codes"))["stores"]] == ["nlau", "chfn", "ambr"]


async def test_codes_are_issued_for_any_store_and_can_be_passed_on(shop: Client, clock: Turned) -> None:
    issued = await told(shop, "codes", {"store": OWN})
    assert (issued["alias"], issued["store_id"], issued["is_withdrawn"]) == ("chfn", OWN, False)
    clock.turn(90 * 86_400)
    users = [(await shop.path(CREATE, {"code": issued["code"]}))["user_id"] for _ in range(2)]
    assert users == [str(OWN)] * 2, "for a whole team, and for long"
    assert issued["code"] in [code["code"] for code in (await told(shop, "codes"))["codes"]]


async def test_withdrawing_ends_what_was_opened_and_what_was_renewed(shop: Client, market: PracticeMarket) -> None:
    code = market.credentials["shared"][0]["code"]
    own, tokens = shop.token, await shop.path(CREATE, {"code": code})
    renewed = await shop.path(REFRESH, {"refresh_token": tokens["refresh_token"]})
    left = await told(shop, "codes/withdraw", {"code": code})
    assert [found["is_withdrawn"] for found in left["codes"]] == [True]
    assert (await shop.path(CREATE, {"code": code}))["code"] == "InvalidCode"
    assert (await shop.path(REFRESH, {"refresh_token": renewed["refresh_token"]}))["code"] == "IllegalRefreshToken"
    for shop.token in (tokens["access_token"], renewed["access_token"]):
        assert await shop.code(GROUPS) == "IllegalAccessToken"
    shop.token = own
    assert "result" in await shop.call(GROUPS)


@pytest.mark.parametrize(
    ("path", "document", "wrong"),
    [
        ("codes", {"store": 5}, "store"),
        ("codes", {"store": "240017303"}, "store"),
        ("codes", {"store": True}, "store"),
        ("codes", {}, "store"),
        ("codes", [240017303], "store"),
        ("codes/withdraw", {"code": "AliExpress_0"}, "code"),
        ("codes/withdraw", {"code": 7}, "code"),
    ],
)
async def test_wrong_orders(shop: Client, path: str, document: Any, wrong: str) -> None:
    before = await told(shop, "codes")
    assert await told(shop, path, document, status=400) == {"error": wrong}
    assert await told(shop, "codes") == before


async def test_only_json_issues_codes(shop: Client) -> None:
    """Plain text could be sent by any web page."""
    for path in ("codes", "codes/withdraw"):
        async with shop.http.post(f"{shop.gateway}/practice/{path}", data='{"store": 240017303}') as response:
            assert response.status == 415


async def test_codes_outlive_a_restart(tmp_path: Path, http: aiohttp.ClientSession, clock: Turned) -> None:
    path = tmp_path / "kept.db"
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        issued = await told(Client(market, http, clock), "codes", {"store": OWN})
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        assert [code["alias"] for code in market.credentials["shared"]].count("nlau") == 1
        shop = Client(market, http, clock)
        assert (await shop.path(CREATE, {"code": issued["code"]}))["user_id"] == str(OWN)


async def test_an_older_market_gets_its_colleague(tmp_path: Path, clock: Turned) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        for schema in SCHEMAS[:2]:
            old.executescript(schema.read_text("utf-8"))
        old.execute("PRAGMA user_version=2")
        old.commit()
    for _ in range(2):
        async with PracticeMarket(path, seed=True, clock=clock) as market:
            assert [code["alias"] for code in market.credentials["shared"]] == ["nlau"]
            assert sum(market.state()["stores"][2]["products"].values()) == 8


async def test_the_consent_page_offers_ones_own_stores_only(shop: Client) -> None:
    query = {"client_id": shop.app_key, "response_type": "code"}
    async with shop.http.get(shop.gateway + "/oauth/authorize", params=query) as response:
        page = await response.text()
    assert "Amber Isle Home" in page
    assert "Northlane Audio" not in page


async def test_a_store_opened_by_a_code_keeps_its_owners_tokens(
    tmp_path: Path, http: aiohttp.ClientSession, clock: Turned
) -> None:
    """The owner goes on with tokens of their own, though a colleague's are newer."""
    path = tmp_path / "own.db"
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        shop = Client(market, http, clock)
        clock.turn(5)
        await shop.path(CREATE, {"code": (await told(shop, "codes", {"store": OWN}))["code"]})
        before = market.credentials["stores"]
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        assert market.credentials["stores"] == before
