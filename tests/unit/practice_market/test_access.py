"""App keys, timestamps, sessions, authorisation codes and renewal (aliexpress-open-platform.md 1.3-1.5, 3)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from tests.unit.practice_market.client import Client, Turned

GROUPS = "aliexpress.product.productgroups.get"
MONTH_S = 30 * 86_400
BACK = "http://127.0.0.1:9/callback?from=market"


async def code_of(shop: Client, params: dict[str, str], path: str = "/sync") -> str:
    body = await shop.send(params, path)
    return str(body.get("error_response", body).get("code", ""))


@pytest.mark.parametrize("name", ["app_key", "timestamp", "sign", "method"])
async def test_a_missing_system_parameter_is_named(shop: Client, name: str) -> None:
    params = shop.params(GROUPS)
    del params[name]
    error = (await shop.send(params))["error_response"]
    assert error["code"] == "MissingParameter"
    assert f"'{name}'" in error["msg"]


@pytest.mark.parametrize(("name", "code"), [("app_key", 28), ("timestamp", 30), ("sign", 24), ("method", 21)])
async def test_the_same_on_the_legacy_gateway(shop: Client, name: str, code: int) -> None:
    params = shop.params(GROUPS)
    del params[name]
    assert await code_of(shop, params, "/router/rest") == str(code)


async def test_an_unknown_app(shop: Client) -> None:
    shop.app_key = "111"
    assert await shop.code(GROUPS) == "InvalidAppKey"


async def test_a_wrong_secret(shop: Client) -> None:
    shop.secret = "wrong"
    assert await shop.code(GROUPS) == "IncompleteSignature"


@pytest.mark.parametrize("sign_method", ["md5", "hmac-sha256"])
async def test_the_newer_gateway_takes_sha256_only(shop: Client, sign_method: str) -> None:
    params = shop.signed({**shop.params(GROUPS), "sign_method": sign_method})
    assert await code_of(shop, params) == "IncompleteSignature"


@pytest.mark.parametrize(
    ("seconds", "code"), [(7190, ""), (-7190, ""), (7210, "IllegalTimestamp"), (-7210, "IllegalTimestamp")]
)
async def test_two_hours_of_clock_error_are_tolerated(shop: Client, clock: Turned, seconds: int, code: str) -> None:
    params = shop.signed({**shop.params(GROUPS), "timestamp": str(clock() + seconds * 1000)})
    assert await code_of(shop, params) == code


@pytest.mark.parametrize(
    ("text", "code"), [("2023-11-14T22:13:20Z", ""), ("yesterday", "IllegalTimestamp"), ("1" * 20, "IllegalTimestamp")]
)
async def test_forms_of_a_timestamp(shop: Client, text: str, code: str) -> None:
    assert await code_of(shop, shop.signed({**shop.params(GROUPS), "timestamp": text})) == code


async def test_ten_minutes_on_the_legacy_gateway(shop: Client, clock: Turned) -> None:
    def md5(params: dict[str, str]) -> dict[str, str]:
        import hashlib

        joined = "".join(key + value for key, value in sorted(params.items()) if key != "sign")
        text = f"{shop.secret}{joined}{shop.secret}"
        return {**params, "sign": hashlib.md5(text.encode()).hexdigest().upper()}

    for seconds, code in ((590, ""), (610, "31")):
        moment = str(clock() - seconds * 1000)
        params = md5({**shop.params(GROUPS), "sign_method": "md5", "timestamp": moment})
        assert await code_of(shop, params, "/router/rest") == code


async def test_a_missing_and_a_wrong_session(shop: Client) -> None:
    params = {key: value for key, value in shop.params(GROUPS).items() if key != "session"}
    assert await code_of(shop, shop.signed(params)) == "MissingParameter"
    shop.token = "50000nobody"
    assert await shop.code(GROUPS) == "IllegalAccessToken"


async def test_the_session_may_be_called_access_token(shop: Client) -> None:
    params = {key: value for key, value in shop.params(GROUPS).items() if key != "session"}
    assert await code_of(shop, shop.signed({**params, "access_token": shop.token})) == ""


async def test_a_token_speaks_for_one_store(market: PracticeMarket, http: aiohttp.ClientSession, clock: Turned) -> None:
    first, second = (Client(market, http, clock, store) for store in (0, 1))
    product_id = await first.post_offer()
    assert await second.code("aliexpress.offer.product.query", {"product_id": product_id}) == "F00-00-10001-002"
    assert await second.ids(product_status_type="auditing") == []


async def test_a_token_dies_after_a_month(shop: Client, clock: Turned) -> None:
    clock.turn(MONTH_S - 1)
    assert "result" in await shop.call(GROUPS)
    clock.turn(1)
    assert await shop.code(GROUPS) == "IllegalAccessToken"


async def test_a_shorter_life_holds_for_tokens_already_given(shop: Client, clock: Turned) -> None:
    await shop.switch(token_lifetime_s=60)
    clock.turn(61)
    assert await shop.code(GROUPS) == "IllegalAccessToken"
    answer = await shop.path("/auth/token/refresh", {"refresh_token": shop.refresh_token})
    assert answer["expires_in"] == 60
    shop.token = answer["access_token"]
    assert "result" in await shop.call(GROUPS)


async def test_refreshing(shop: Client, clock: Turned) -> None:
    answer = await shop.path("/auth/token/refresh", {"refresh_token": shop.refresh_token})
    assert answer["code"] == "0"
    assert answer["expire_time"] == clock() + MONTH_S * 1000
    assert answer["access_token"] != shop.token
    assert answer["refresh_token"] != shop.refresh_token
    assert {type(answer[name]) for name in ("user_id", "seller_id", "havana_id", "user_nick")} == {str}
    assert "result" in await shop.call(GROUPS), "the old token lives on"
    again = await shop.path("/auth/token/refresh", {"refresh_token": shop.refresh_token})
    assert again["code"] == "0", "and so does the old refresh token"


async def test_refreshing_may_lock_out(shop: Client) -> None:
    await shop.switch(refresh_revokes=True)
    answer = await shop.path("/auth/token/refresh", {"refresh_token": shop.refresh_token})
    assert await shop.code(GROUPS) == "IllegalAccessToken"
    refused = await shop.path("/auth/token/refresh", {"refresh_token": shop.refresh_token})
    assert refused["code"] == "IllegalRefreshToken"
    assert refused["message"]
    shop.token = answer["access_token"]
    assert "result" in await shop.call(GROUPS)


async def test_a_refresh_token_dies_too(shop: Client, clock: Turned) -> None:
    clock.turn(366 * 86_400)
    refused = await shop.path("/auth/token/refresh", {"refresh_token": shop.refresh_token})
    assert refused["code"] == "IllegalRefreshToken"


async def test_the_signature_comes_before_the_code(shop: Client) -> None:
    wrong = shop.secret
    assert (await shop.path("/auth/token/create", {"code": "nonsense"}))["code"] == "InvalidCode"
    shop.secret = "wrong" + wrong
    assert (await shop.path("/auth/token/create", {"code": "nonsense"}))["code"] == "IncompleteSignature"


async def authorise(shop: Client, **query: str) -> aiohttp.ClientResponse:
    """Follow the consent page of the first store."""
    params = {"response_type": "code", "force_auth": "true", "client_id": shop.app_key, **query}
    return await shop.http.get(shop.gateway + "/oauth/authorize", params=params, allow_redirects=False)


async def test_authorising_from_page_to_token(shop: Client, clock: Turned) -> None:
    page = await authorise(shop, redirect_uri=BACK, state="s 1")
    text = await page.text()
    assert text.count("<a href=") == 2
    assert "晨帆数码" in text
    back = await authorise(shop, redirect_uri=BACK, state="s 1", store="240017301")
    assert back.status == 302
    query = parse_qs(urlsplit(back.headers["Location"]).query)
    assert query["state"] == ["s 1"]
    assert query["from"] == ["market"]
    answer = await shop.path("/auth/token/create", {"code": query["code"][0], "uuid": "1"})
    shop.token = answer["access_token"]
    assert "result" in await shop.call(GROUPS)
    again = await shop.path("/auth/token/create", {"code": query["code"][0]})
    assert again["code"] == "InvalidCode", "a code is good once"


async def test_a_code_lives_half_an_hour(shop: Client, clock: Turned) -> None:
    page = await authorise(shop, store="240017302")
    code = (await page.text()).split("<code>")[1].split("</code>")[0]
    clock.turn(1801)
    assert (await shop.path("/auth/token/create", {"code": code}))["code"] == "InvalidCode"


@pytest.mark.parametrize(
    "query",
    [{"client_id": "1"}, {"redirect_uri": "https://evil.example/"}, {"store": "1"}],
    ids=["app", "back", "store"],
)
async def test_authorising_is_careful(shop: Client, query: dict[str, str]) -> None:
    assert (await authorise(shop, **query)).status == 400


@pytest.mark.parametrize("place", ["/sync", "/rest"])
async def test_a_path_api_sent_as_method(shop: Client, clock: Turned, place: str) -> None:
    """The python SDK posts path APIs to whatever address it was given, with the path as `method`."""
    params = {
        "app_key": shop.app_key,
        "timestamp": str(clock()),
        "sign_method": "sha256",
        "method": "/auth/token/refresh",
        "format": "json",
        "simplify": "false",
        "refresh_token": shop.refresh_token,
    }
    answer = await shop.send(shop.signed(params, "/auth/token/refresh"), place)
    assert answer["code"] == "0"
    assert answer["access_token"]
    refused = await shop.send({**params, "sign": "0"}, place)
    assert refused["code"] == "IncompleteSignature"
