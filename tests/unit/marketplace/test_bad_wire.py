"""What may stand between us and the platform: each ends in a plain error with a remedy, and nothing is sent twice."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.messages import Messages
from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway, explain, remedy_of
from app.services.marketplace.port import MarketplaceError, Refused, SignedOut, Unanswered
from tests.unit.marketplace.certificates import certificate
from tests.unit.marketplace.stub import CUT, HALF, StubMarket, content, credentials, refusal

POST = "offer.product.post"
TROUBLE: dict[str, tuple[Any, type[MarketplaceError], str, str]] = {
    "wrong secret": (refusal("IncompleteSignature", "no match"), Refused, "signature", "check_secret"),
    "revoked": (refusal("IllegalAccessToken", "revoked"), SignedOut, "signed_out", "sign_in"),
    "html": (b"<!DOCTYPE html><title>Sign in</title>", Unanswered, "html_answer", "check_network"),
    "truncated": (b'{"aliexpress_offer_product_post_response": {"result": {"prod', Unanswered, "truncated", "look_up"),
    "empty": (b"", Unanswered, "unreadable", "look_up"),
    "cut": (CUT, Unanswered, "unanswered", "look_up"),
    "half": (HALF, Unanswered, "unanswered", "look_up"),
    "redirect": (
        lambda seen: web.Response(status=308, headers={"Location": "https://elsewhere.example/sync"}),
        Unanswered,
        "redirected",
        "check_gateway",
    ),
    "forbidden": (lambda seen: web.Response(status=403, body=b"<html>"), Unanswered, "http_status", "check_network"),
    "bad gateway": (lambda seen: web.Response(status=502, body=b"<html>"), Unanswered, "unanswered", "look_up"),
}


def said(error: MarketplaceError, language: str) -> str:
    key, params, _ = explain(error)
    return Messages(language).text(key, **params)


@pytest.mark.parametrize("name", TROUBLE)
async def test_a_create_that_meets_trouble_is_sent_once_and_explained(
    store: AliExpressMarketplace, market: StubMarket, name: str
) -> None:
    answer, kind, message, remedy = TROUBLE[name]
    market.answer(POST, answer)
    market.answer("/auth/token/refresh", {"type": "ISV", "code": "IllegalRefreshToken", "message": "revoked"})

    with pytest.raises(MarketplaceError) as caught:
        await store.create_listing(content())

    error = caught.value
    assert (type(error), error.error_code) == (kind, f"marketplace.{message}")
    assert remedy_of(error) == f"remedy.marketplace.{remedy}"
    assert len(market.of(POST)) == 1
    for language in ("zh", "en"):
        assert "{" not in said(error, language)
        assert Messages(language).text(remedy_of(error))


@pytest.mark.parametrize("name", ["html", "truncated", "empty", "cut", "half", "bad gateway"])
async def test_a_read_outlives_passing_trouble(store: AliExpressMarketplace, market: StubMarket, name: str) -> None:
    answer = TROUBLE[name][0]
    market.answer("product.productgroups.get", answer, answer, {"result": {"target_list": []}})

    assert await store.product_groups() == ()
    assert len(market.seen) == 3


@pytest.mark.parametrize("names", [["elsewhere.example"], ["*.elsewhere.example"]])
async def test_a_certificate_of_somebody_else_stops_everything(
    tmp_path: Path, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed by an authority the computer trusts, but for another host."""
    reached: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        reached.append(await request.text())
        return web.Response()

    application = web.Application()
    application.router.add_post("/sync", handle)
    server = TestServer(application, scheme="https")
    await server.start_server(ssl=certificate(tmp_path, names))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting(tmp_path))
    gateway = Gateway(f"https://localhost:{server.port}")
    store = AliExpressMarketplace(credentials(), gateway, store_key="mugs")

    with pytest.raises(Refused) as caught:
        await store.create_listing(content())
    await gateway.close()
    await server.close()

    assert caught.value.error_code == "marketplace.certificate"
    assert remedy_of(caught.value) == "remedy.marketplace.check_network"
    assert reached == []


def trusting(folder: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(folder / "cert.pem"))
    assert context.check_hostname
    return context
