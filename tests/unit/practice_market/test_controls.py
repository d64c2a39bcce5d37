"""The practice addresses for trainers: what can be switched, and the legacy token page."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from app.practice_market import PracticeMarket
from app.practice_market.faults import KINDS, Faults
from app.practice_market.storage import Storage
from app.practice_market.switches import CHOICES, DEFAULTS
from tests.unit.practice_market.client import Client, Turned

GROUPS = "aliexpress.product.productgroups.get"


async def test_every_switch_is_described(shop: Client) -> None:
    await shop.switch(missing_discount="kept", audit_delay_s=9)
    async with shop.http.get(shop.gateway + "/practice/switches") as response:
        body = await response.json()
    switches = body["switches"]
    assert switches.keys() == DEFAULTS.keys()
    assert switches["missing_discount"] == {
        "value": "kept",
        "default": "erased",
        "kind": "str",
        "choices": ["erased", "kept"],
        "behaviours": [13],
    }
    assert (switches["audit_delay_s"]["value"], switches["audit_delay_s"]["kind"]) == (9, "float")
    assert switches["script"]["behaviours"] == [17, 20]
    assert body["faults"] == list(KINDS)
    assert body["behaviours"]["13"] == "a missing discount is erased"


async def test_choices_are_checked(shop: Client, market: PracticeMarket) -> None:
    before = market.faults.document()
    for name in CHOICES:
        async with shop.http.post(shop.gateway + "/practice/faults", json={name: "sometimes"}) as response:
            said = f"{name} is 'sometimes'; it must be one of {', '.join(CHOICES[name])}"
            assert (response.status, await response.json()) == (400, {"error": said})
    for document in ({"order_zone": "Mars/Olympus"}, {"order_zone": 5}, {"error_status": 700}, {"error_status": 404.5}):
        async with shop.http.post(shop.gateway + "/practice/faults", json=document) as response:
            assert response.status == 400
            assert (await response.json())["error"].startswith(f"{next(iter(document))} is ")
    assert market.faults.document() == before


async def test_every_choice_can_be_chosen(shop: Client) -> None:
    for name, choices in CHOICES.items():
        for choice in choices:
            assert (await shop.switch(**{name: choice}))[name] == choice
    assert (await shop.switch(clock_skew_s=-5, product_zone_h=-8))["clock_skew_s"] == -5


async def code(shop: Client) -> str:
    """A code from the legacy consent page."""
    params = {"client_id": shop.app_key, "store": "240017301", "response_type": "code", "sp": "ae", "view": "web"}
    async with shop.http.get(shop.gateway + "/authorize", params=params) as response:
        return (await response.text()).split("<code>")[1].split("</code>")[0]


async def test_the_legacy_token_page(shop: Client) -> None:
    form = {"grant_type": "authorization_code", "client_id": shop.app_key, "client_secret": shop.secret, "sp": "ae"}
    async with shop.http.post(shop.gateway + "/token", data={**form, "code": await code(shop)}) as response:
        tokens = await response.json()
    assert tokens.keys() >= {"access_token", "refresh_token", "w1_valid", "r2_valid", "user_nick", "expire_time"}
    again = {**form, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    async with shop.http.post(shop.gateway + "/token", data=again) as response:
        shop.token = (await response.json())["access_token"]
    assert "result" in await shop.call(GROUPS)


async def test_the_legacy_token_page_is_careful(shop: Client) -> None:
    good = {"grant_type": "authorization_code", "client_id": shop.app_key, "client_secret": shop.secret}
    for wrong in ({"client_secret": "x"}, {"client_id": "1"}, {"code": "used"}):
        form = {**good, "code": await code(shop), **wrong}
        async with shop.http.post(shop.gateway + "/token", data=form) as response:
            assert (response.status, (await response.json())["error"]) == (400, "invalid_grant")


async def test_the_security_pages_say_less(shop: Client) -> None:
    answer = await shop.path("/auth/token/security/create", {"code": await code(shop)})
    assert answer["code"] == "0"
    assert "user_nick" not in answer
    again = await shop.path("/auth/token/security/refresh", {"refresh_token": answer["refresh_token"]})
    shop.token = again["access_token"]
    assert "result" in await shop.call(GROUPS)


async def test_switches_outlive_a_restart(tmp_path: Path, http: aiohttp.ClientSession, clock: Turned) -> None:
    """What a trainer switched is there tomorrow; a script is about the calls of one run, and a default stays one."""
    path = tmp_path / "kept.db"
    script = [{"method": GROUPS, "fault": "system_error"}]
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        shop = Client(market, http, clock)
        await shop.switch(audit_delay_s=60, rates={"system_error": 0.2}, product_limit=5, script=script)
        await shop.switch(product_limit=None, missing_discount="kept")
        first = market.faults.document()
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        assert market.faults.document() == {**first, "script": []}
        assert market.faults.switches.product_limit == DEFAULTS["product_limit"]
    async with PracticeMarket(path, seed=False, clock=clock, faults={"audit_delay_s": 7}) as market:
        assert market.faults.switches.audit_delay_s == 7, "what a start is given comes first"
        assert market.faults.switches.missing_discount == "kept"


async def test_kept_switches_this_market_does_not_know(tmp_path: Path, clock: Turned) -> None:
    path = tmp_path / "kept.db"
    async with PracticeMarket(path, seed=False, clock=clock):
        pass
    storage = Storage(path)
    storage.keep("switches", {"of_tomorrow": 1, "audit_delay_s": "soon", "product_limit": 9})
    storage.close()
    async with PracticeMarket(path, seed=False, clock=clock) as market:
        assert market.faults.document() == {**DEFAULTS, "product_limit": 9}


async def test_wrong_switches_are_not_kept(shop: Client, market: PracticeMarket) -> None:
    async with shop.http.post(shop.gateway + "/practice/faults", json={"product_limit": 9, "nobody": 1}) as response:
        assert response.status == 400
    again = Faults()
    again.recall({"product_limit": 9}, {"product_limit": 3})
    assert again.document() == market.faults.document() == DEFAULTS
