"""How a call may be sent: verbs, places of parameters, uploads, compression (aliexpress-open-platform.md 1)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import aiohttp
import pytest
from yarl import URL

from app.practice_market import PracticeMarket
from tests.unit.practice_market.client import OFFER_POST, SOLUTION_LIST, Client, Turned, offer, png, texts

GROUPS = "aliexpress.product.productgroups.get"
SYSTEM = ("app_key", "method", "session", "timestamp", "sign_method", "sign", "format", "simplify")


async def body_of(response: aiohttp.ClientResponse) -> dict[str, object]:
    assert response.status == 200
    body: dict[str, object] = await response.json()
    return body


async def test_everything_in_the_query_of_a_get(shop: Client) -> None:
    params = shop.params(GROUPS, simplify=True)
    async with shop.http.get(shop.gateway + "/sync", params=params) as response:
        assert "result" in await body_of(response)


async def test_everything_in_the_query_of_an_empty_post(shop: Client) -> None:
    long = offer(image_u_r_ls=";".join(f"https://ae01.alicdn.com/kf/{'x' * 3000}{n}.jpg" for n in range(6)))
    query = urlencode(shop.params(OFFER_POST, {"aeop_a_e_product": long}, simplify=True))
    assert len(query) > 16_000
    async with shop.http.post(URL(f"{shop.gateway}/sync?{query}", encoded=True)) as response:
        assert "result" in await body_of(response)


async def test_system_parameters_in_the_query_and_the_rest_in_the_body(shop: Client) -> None:
    """The Java SDK, which also says `method` twice."""
    params = shop.params(OFFER_POST, {"aeop_a_e_product": offer()})
    query = [(name, params[name]) for name in SYSTEM] + [("method", OFFER_POST)]
    form = {name: value for name, value in params.items() if name not in SYSTEM}
    async with shop.http.post(shop.gateway + "/sync", params=query, data=form) as response:
        assert "aliexpress_offer_product_post_response" in await body_of(response)


async def test_a_parameter_with_two_values_is_not_signed(shop: Client) -> None:
    params = shop.params(GROUPS)
    query = [*params.items(), ("session", "another")]
    async with shop.http.get(shop.gateway + "/sync", params=query) as response:
        assert (await body_of(response))["error_response"]["code"] == "IncompleteSignature"  # type: ignore[index]


async def test_text_parts_of_a_multipart_body(shop: Client) -> None:
    form = aiohttp.FormData()
    params = shop.params("aliexpress.photobank.redefining.uploadimageforsdk", {"file_name": "кружка-01.png"})
    for name, value in params.items():
        form.add_field(name, value)
    form.add_field("image_bytes", png(), filename="image_bytes", content_type="image/png")
    async with shop.http.post(shop.gateway + "/sync", data=form) as response:
        body = await body_of(response)
    result = body["aliexpress_photobank_redefining_uploadimageforsdk_response"]["result"]  # type: ignore[index]
    assert result["file_name"] == "кружка-01.png"


async def test_empty_values_are_good_signed_or_left_out(shop: Client, clock: Turned) -> None:
    """Vector V9: python SDKs sign them, Java leaves them out."""
    system = {"app_key": shop.app_key, "method": GROUPS, "session": shop.token, "timestamp": str(clock())}
    filled = {**system, "sign_method": "sha256", "simplify": "true"}
    for signed in (shop.signed({**filled, "partner_id": ""}), {**shop.signed(filled), "partner_id": ""}):
        assert "result" in await shop.send(signed)


async def test_large_answers_are_compressed_where_asked_for(full: Client) -> None:
    query = {"aeop_a_e_product_list_query": {"product_status_type": "onSelling"}}
    for encoding, expected in (("gzip", "gzip"), ("identity", None)):
        params = full.params(SOLUTION_LIST, query)
        headers = {"Accept-Encoding": encoding}
        async with full.http.post(full.gateway + "/sync", data=params, headers=headers) as response:
            assert response.headers.get("Content-Encoding") == expected
            assert await response.json()


@pytest.mark.parametrize("sign_method", ["md5", "hmac", "hmac-sha256"])
async def test_the_legacy_gateway(shop: Client, clock: Turned, sign_method: str) -> None:
    beijing = datetime.fromtimestamp(clock() / 1000, UTC) + timedelta(hours=8)
    params = {
        "app_key": shop.app_key,
        "method": SOLUTION_LIST,
        "session": shop.token,
        "timestamp": beijing.strftime("%Y-%m-%d %H:%M:%S"),
        "format": "json",
        "v": "2.0",
        "sign_method": sign_method,
        **texts({"aeop_a_e_product_list_query": {"product_status_type": "onSelling"}}),
    }
    joined = "".join(key + value for key, value in sorted(params.items())).encode()
    secret = shop.secret.encode()
    signs = {
        "md5": hashlib.md5(secret + joined + secret).hexdigest(),
        "hmac": hmac.new(secret, joined, "md5").hexdigest(),
        "hmac-sha256": hmac.new(secret, joined, "sha256").hexdigest(),
    }
    body = await shop.send({**params, "sign": signs[sign_method].upper()}, "/router/rest")
    assert body["aliexpress_solution_product_list_get_response"]["result"]["success"] is True
    refused = await shop.send({**params, "sign": "0" * 32}, "/router/rest")
    assert refused["error_response"]["code"] == 25


async def test_other_host_names_are_turned_away(market: PracticeMarket, http: aiohttp.ClientSession) -> None:
    async with http.get(market.gateway + "/practice/state", headers={"Host": "evil.example"}) as response:
        assert response.status == 403


async def test_an_unknown_method(shop: Client) -> None:
    assert await shop.code("aliexpress.solution.product.vanish") == "InvalidApiPath"
    assert (await shop.path("/auth/token/vanish", {}))["code"] == "InvalidApiPath"


async def test_a_missing_and_an_unreadable_business_parameter(shop: Client) -> None:
    missing = (await shop.call(OFFER_POST))["error_response"]
    assert missing["code"] == "MissingParameter"
    assert "aeop_a_e_product" in missing["msg"]
    assert await shop.code(OFFER_POST, {"aeop_a_e_product": "{broken"}) == "isv.invalid-parameter"
    assert await shop.code(OFFER_POST, {"aeop_a_e_product": "[1]"}) == "isv.invalid-parameter"
    assert await shop.code("aliexpress.offer.product.query", {"product_id": "many"}) == "isv.invalid-parameter"
