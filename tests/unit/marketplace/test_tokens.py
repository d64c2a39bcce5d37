"""Tokens: exchanged, renewed once for everybody, stored before the old ones are dropped."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.services.marketplace.aliexpress import (
    AliExpressMarketplace,
    Gateway,
    authorise_url,
    create_credentials,
    renew_credentials,
)
from app.services.marketplace.aliexpress.signing import sign_iop
from app.services.marketplace.port import RemoteStatus, SignedOut, StoreCredentials, TemporaryFault
from tests.unit.marketplace.stub import CUT, SECRETS, START, FakeClock, Seen, StubMarket, credentials, refusal, sample

REVIEW = "findaeproductstatusbyid"
REFRESH = "/auth/token/refresh"
NEW = {
    "access_token": "fresh-access",
    "refresh_token": "fresh-refresh",
    "expire_time": 1_775_000_000_000,
    "refresh_token_valid_time": 1_800_000_000_000,
    "code": "0",
    "request_id": "r",
}


def only_fresh(seen: Seen) -> dict[str, Any]:
    """The market knows the new token only."""
    if seen.params["session"] != "fresh-access":
        return refusal("IllegalAccessToken", f"access token {seen.params['session']} has expired")
    return {"result": {"product_id": 1, "status": "auditing"}}


def open_store(gateway: Gateway, **options: Any) -> AliExpressMarketplace:
    return AliExpressMarketplace(credentials(), gateway, store_key="mugs", **options)


async def test_a_code_is_exchanged_for_credentials(gateway: Gateway, market: StubMarket) -> None:
    market.answer("/auth/token/create", sample("auth-token-create"))

    got = await create_credentials(gateway, "500123", "secret", "3_500123_code")

    assert (got.app_key, got.access_token) == ("500123", "50000000000example-access")
    assert got.refresh_token == "50001000000example-refresh"
    assert got.expires_at == datetime(2023, 12, 14, 22, 13, 20, tzinfo=UTC)
    (seen,) = market.seen
    assert seen.path == "/rest/auth/token/create"
    sign = seen.params.pop("sign")
    assert sign == sign_iop(seen.params, "secret", "/auth/token/create")
    assert not {"method", "session"} & set(seen.params)


async def test_a_bad_code_says_so(gateway: Gateway, market: StubMarket) -> None:
    market.answer("/auth/token/create", sample("error-rest-root-level")["body"])

    with pytest.raises(SignedOut) as caught:
        await create_credentials(gateway, "500123", "secret", "x")
    assert caught.value.error_code == "marketplace.code_invalid"


def test_the_page_on_which_the_owner_lets_us_in() -> None:
    url = authorise_url(Gateway("https://api-sg.aliexpress.com/sync"), "500123", "http://127.0.0.1:9/cb?x=1", "state-1")

    assert url == (
        "https://api-sg.aliexpress.com/oauth/authorize?response_type=code&force_auth=true"
        "&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb%3Fx%3D1&client_id=500123&state=state-1"
    )


async def test_a_dead_token_is_renewed_and_the_call_repeated(gateway: Gateway, market: StubMarket) -> None:
    market.answer(REVIEW, only_fresh)
    market.answer(REFRESH, NEW)
    kept: list[StoreCredentials] = []
    store = open_store(gateway, on_new_credentials=kept.append)

    assert await store.review_status("1") is RemoteStatus.IN_REVIEW
    assert await store.review_status("1") is RemoteStatus.IN_REVIEW

    assert [(one.access_token, one.refresh_token) for one in kept] == [("fresh-access", "fresh-refresh")]
    assert kept[0].refresh_expires_at == datetime.fromtimestamp(1_800_000_000, UTC)
    assert kept[0].app_secret == SECRETS["app_secret"]
    assert len(market.of(REFRESH)) == 1
    assert market.of(REFRESH)[0].params["refresh_token"] == SECRETS["refresh_token"]
    assert len(market.of(REVIEW)) == 3


async def test_calls_that_find_the_token_dead_together_share_one_renewal(gateway: Gateway, market: StubMarket) -> None:
    market.answer(REVIEW, only_fresh)
    market.answer(REFRESH, NEW, refusal("IllegalRefreshToken"))
    store = open_store(gateway)

    states = await asyncio.gather(*(store.review_status(str(number)) for number in range(1, 31)))

    assert set(states) == {RemoteStatus.IN_REVIEW}
    assert len(market.of(REFRESH)) == 1


async def test_the_new_pair_is_stored_before_the_old_one_is_dropped(gateway: Gateway, market: StubMarket) -> None:
    market.answer(REVIEW, only_fresh)
    market.answer(REFRESH, NEW)
    in_use: list[str] = []

    async def save(fresh: StoreCredentials) -> None:
        await asyncio.sleep(0)
        in_use.append(store._session.tokens.current.access_token)

    store = open_store(gateway, on_new_credentials=save)
    await store.review_status("1")

    assert in_use == [SECRETS["access_token"]]
    assert store._session.tokens.current.access_token == "fresh-access"


async def test_when_storing_fails_the_work_says_so_and_goes_on_with_the_new_pair(
    gateway: Gateway, market: StubMarket
) -> None:
    market.answer(REVIEW, only_fresh)
    market.answer(REFRESH, NEW)

    def save(fresh: StoreCredentials) -> None:
        raise OSError("vault is locked")

    store = open_store(gateway, on_new_credentials=save)
    with pytest.raises(OSError, match="locked"):
        await store.review_status("1")

    assert await store.review_status("1") is RemoteStatus.IN_REVIEW
    assert len(market.of(REFRESH)) == 1


async def test_a_refused_renewal_signs_the_store_out(gateway: Gateway, market: StubMarket) -> None:
    market.answer(REVIEW, only_fresh)
    market.answer(REFRESH, {"type": "ISV", "code": "IllegalRefreshToken", "message": "dead", "request_id": "r"})

    with pytest.raises(SignedOut) as caught:
        await open_store(gateway).review_status("1")

    assert caught.value.platform_code == "IllegalRefreshToken"
    assert len(market.of(REFRESH)) == 1


async def test_without_a_refresh_token_nobody_is_asked(gateway: Gateway, market: StubMarket) -> None:
    market.answer(REVIEW, only_fresh)
    store = AliExpressMarketplace(replace(credentials(), refresh_token=""), gateway, store_key="mugs")

    with pytest.raises(SignedOut):
        await store.review_status("1")
    assert len(market.seen) == 1


async def test_a_token_that_is_dead_again_at_once_signs_out(gateway: Gateway, market: StubMarket) -> None:
    market.answer(REVIEW, refusal("IllegalAccessToken"))
    market.answer(REFRESH, NEW)

    with pytest.raises(SignedOut):
        await open_store(gateway).review_status("1")
    assert len(market.of(REFRESH)) == 1
    assert len(market.of(REVIEW)) == 2


async def test_a_lost_answer_to_a_renewal_is_asked_for_again(gateway: Gateway, market: StubMarket) -> None:
    market.answer(REVIEW, only_fresh)
    market.answer(REFRESH, CUT, NEW)

    assert await open_store(gateway).review_status("1") is RemoteStatus.IN_REVIEW


async def test_a_renewal_that_never_answers_leaves_the_call_undone(gateway: Gateway, market: StubMarket) -> None:
    """A create refused for its token was not carried out, whatever became of the renewal."""
    market.answer(REVIEW, only_fresh)
    market.answer(REFRESH, CUT)

    with pytest.raises(TemporaryFault) as caught:
        await open_store(gateway).review_status("1")
    assert not caught.value.is_unanswered


async def test_another_programs_renewal_is_taken_over(gateway: Gateway, market: StubMarket) -> None:
    market.answer(REVIEW, only_fresh)
    stored = replace(credentials(), access_token="fresh-access", refresh_token="fresh-refresh")

    store = open_store(gateway, reload_credentials=lambda: stored)

    assert await store.review_status("1") is RemoteStatus.IN_REVIEW
    assert market.of(REFRESH) == []


async def test_what_is_stored_and_dead_too_is_renewed(gateway: Gateway, market: StubMarket) -> None:
    market.answer(REVIEW, only_fresh)
    market.answer(REFRESH, NEW)

    store = open_store(gateway, reload_credentials=credentials)

    assert await store.review_status("1") is RemoteStatus.IN_REVIEW


async def test_a_cancelled_call_does_not_lose_the_new_pair(gateway: Gateway, market: StubMarket) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(seen: Seen) -> dict[str, Any]:
        asked.set()
        await go_on.wait()
        return NEW

    market.answer(REVIEW, only_fresh)
    market.answer(REFRESH, slow)
    kept: list[StoreCredentials] = []
    store = open_store(gateway, on_new_credentials=kept.append)
    call = asyncio.create_task(store.review_status("1"))
    await asked.wait()

    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    go_on.set()
    await closing

    assert [one.access_token for one in kept] == ["fresh-access"]


async def test_an_answer_without_token_is_none(gateway: Gateway, market: StubMarket, clock: FakeClock) -> None:
    market.answer(REFRESH, {"code": "0"})

    with pytest.raises(Exception, match="unreadable"):
        await renew_credentials(gateway, credentials())


async def test_a_wrong_clock_is_corrected_by_the_servers(gateway: Gateway, market: StubMarket) -> None:
    """The server's clock is hours ahead, as its `Date` header says."""
    market.now = START + timedelta(hours=5)
    stamps: list[int] = []

    def strict(seen: Seen) -> dict[str, Any]:
        stamps.append(int(seen.params["timestamp"]))
        if stamps[-1] == int(START.timestamp() * 1000):
            return refusal("IllegalTimestamp", "clock skew")
        return {"result": {"status": "approved"}}

    market.answer(REVIEW, strict)

    assert await open_store(gateway).review_status("1") is RemoteStatus.ON_SALE
    assert len(stamps) == 2
    assert gateway.now() == market.now


async def test_a_clock_that_cannot_be_corrected_is_reported(gateway: Gateway, market: StubMarket) -> None:
    market.now = START + timedelta(hours=5)
    market.answer(REVIEW, refusal("IllegalTimestamp", "clock skew"))

    with pytest.raises(Exception, match=r"marketplace\.clock"):
        await open_store(gateway).review_status("1")
    assert len(market.of(REVIEW)) == 2
