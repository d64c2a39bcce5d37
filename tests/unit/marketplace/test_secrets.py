"""Secrets stay out of logs, texts of exceptions and objects printed by mistake (DESIGN 3.8)."""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway, create_credentials, explain
from app.services.marketplace.port import MarketplaceError
from tests.unit.marketplace.stub import CUT, HALF, SECRETS, Seen, StubMarket, content, credentials, refusal

FRESH = {"access_token": "shh-fresh-access", "refresh_token": "shh-fresh-refresh"}
ALL = (*SECRETS.values(), *FRESH.values(), "shh-code")


def echo(seen: Seen) -> dict[str, Any]:
    """The worst gateway: repeats the request in its sentence."""
    return refusal("MissingParameter", f"got {sorted(seen.params.items())} {' '.join(SECRETS.values())}")


ANSWERS: dict[str, Any] = {
    "refused": refusal("15", "bad title", "F00-00-10020-002"),
    "echo": echo,
    "dead token": refusal("IllegalAccessToken", f"{SECRETS['access_token']} is dead"),
    "limit": refusal("AppApiCallLimit", "This ban will last 90000 seconds"),
    "cut": CUT,
    "half": HALF,
    "no json": b"<html>",
    "redirect": lambda seen: web.Response(status=302, headers={"Location": "https://evil.example"}),
    "status": lambda seen: web.Response(status=500),
    "odd flag": {"result": {"success": SECRETS["access_token"]}},
}


def everything_said(caught: BaseException, caplog: pytest.LogCaptureFixture) -> str:
    said = ["".join(traceback.format_exception(caught)), repr(caught), str(caught), caplog.text]
    said += [f"{record.getMessage()} {record.args!r} {record.exc_text}" for record in caplog.records]
    if isinstance(caught, MarketplaceError):
        said += [repr(explain(caught)), repr(vars(caught))]
    return "\n".join(said)


def assert_clean(said: str) -> None:
    assert not [secret for secret in ALL if secret in said]


@pytest.mark.parametrize("name", ANSWERS)
async def test_no_failure_gives_a_secret_away(
    gateway: Gateway, market: StubMarket, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    market.answer("offer.product.post", ANSWERS[name])
    market.answer("/auth/token/refresh", refusal("IllegalRefreshToken", SECRETS["refresh_token"]))
    store = AliExpressMarketplace(credentials(), gateway, store_key="mugs")

    with pytest.raises(MarketplaceError) as caught:
        await store.create_listing(content())

    assert market.seen
    assert_clean(everything_said(caught.value, caplog))


async def test_a_renewal_gives_no_secret_away(
    gateway: Gateway, market: StubMarket, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    market.answer(
        "offer.product.post",
        lambda seen: (
            {"result": {"product_id": 5}}
            if seen.params["session"] == FRESH["access_token"]
            else refusal("IllegalAccessToken")
        ),
    )
    market.answer("/auth/token/refresh", {**FRESH, "code": "0"})
    store = AliExpressMarketplace(credentials(), gateway, store_key="mugs")

    assert await store.create_listing(content()) == "5"

    objects = (store, store._session, store._session.tokens, store._session.tokens.current, gateway)
    assert_clean(caplog.text + "".join(repr(one) + str(one) for one in objects))


async def test_a_bad_code_is_not_repeated(
    gateway: Gateway, market: StubMarket, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    market.answer("/auth/token/create", {"type": "ISV", "code": "InvalidCode", "message": "shh-code is used up"})

    with pytest.raises(MarketplaceError) as caught:
        await create_credentials(gateway, "500123", SECRETS["app_secret"], ALL[-1])

    assert_clean(everything_said(caught.value, caplog))


async def test_no_connection_gives_no_secret_away(caplog: pytest.LogCaptureFixture, clock: Any) -> None:
    caplog.set_level(logging.DEBUG)
    gateway = Gateway(f"http://127.0.0.1:{unused_port()}", clock=clock)
    store = AliExpressMarketplace(credentials(), gateway, store_key="mugs")

    with pytest.raises(MarketplaceError) as caught:
        await store.create_listing(content())
    await gateway.close()

    assert_clean(everything_said(caught.value, caplog))


def test_credentials_print_nothing() -> None:
    shown = f"{credentials()!r} {credentials()} {replace(credentials(), access_token='shh-fresh-access')!r}"

    assert_clean(shown)
    assert "500123" not in shown


async def test_secrets_travel_in_the_body_only(gateway: Gateway, market: StubMarket) -> None:
    market.answer("offer.product.post", {"result": {"product_id": 5}})
    store = AliExpressMarketplace(credentials(), gateway, store_key="mugs")

    await store.create_listing(content())

    (seen,) = market.seen
    assert seen.path == "/sync"
    assert seen.params["session"] == SECRETS["access_token"]
    assert SECRETS["app_secret"] not in str(seen.params)
