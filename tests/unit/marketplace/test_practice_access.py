"""Signing in, clocks, limits and quotas against the practice market over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.practice_market import PracticeMarket
from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway, create_credentials
from app.services.marketplace.aliexpress.limits import Limits
from app.services.marketplace.port import (
    MarketplaceError,
    Refused,
    RemoteStatus,
    SignedOut,
    StoreCredentials,
)
from tests.unit.marketplace.practice import POST, MarketTime, draft, gateway, market, open_store, store, time

__all__ = ["gateway", "market", "open_store", "store", "time"]


async def test_tokens_that_die_in_the_middle_are_renewed_once(
    open_store: Callable[..., AliExpressMarketplace], market: PracticeMarket, time: MarketTime
) -> None:
    kept: list[StoreCredentials] = []
    store = open_store(on_new_credentials=kept.append)
    market.faults.update({"token_lifetime_s": 3600, "refresh_revokes": True})
    await time.sleep(3601)

    results = await asyncio.gather(*(store.list_listings(status) for status in RemoteStatus for _ in range(5)))

    assert len(results) == 20
    assert len(kept) == 1
    assert kept[0].expires_at is not None
    again = AliExpressMarketplace(kept[0], store._session.gateway, store_key="again")
    assert await again.product_groups()


async def test_a_store_whose_refresh_token_is_dead_must_be_authorised_again(
    store: AliExpressMarketplace, market: PracticeMarket, time: MarketTime
) -> None:
    market.faults.update({"token_lifetime_s": 60, "refresh_lifetime_s": 60})
    await time.sleep(61)

    with pytest.raises(SignedOut):
        await store.product_groups()


async def test_a_wrong_code_is_refused_after_the_signature(gateway: Gateway, market: PracticeMarket) -> None:
    keys = market.credentials
    with pytest.raises(SignedOut) as caught:
        await create_credentials(gateway, keys["app_key"], keys["app_secret"], "3_nonsense")
    assert caught.value.platform_code == "InvalidCode"

    with pytest.raises(MarketplaceError) as refused:
        await create_credentials(gateway, keys["app_key"], "wrong", "3_nonsense")
    assert refused.value.error_code == "marketplace.signature"


async def test_a_computer_whose_clock_is_wrong_works_all_the_same(
    market: PracticeMarket, time: MarketTime, open_store: Callable[..., AliExpressMarketplace]
) -> None:
    late = MarketTime()
    late.skipped = timedelta(hours=-5)
    gateway = Gateway(market.gateway, clock=late)
    opened = open_store()
    store = AliExpressMarketplace(opened._session.tokens.current, gateway, store_key="late")

    assert await store.product_groups()
    assert abs(gateway.now() - time.now()) < timedelta(minutes=1)
    await gateway.close()


async def test_creates_never_meet_the_limit_of_a_hundred_a_second(market: PracticeMarket) -> None:
    """In real time, with as many connections as allowed: two and a half seconds of full load."""
    gateway = Gateway(market.gateway)
    keys, account = market.credentials, market.credentials["stores"][0]
    credentials = StoreCredentials(keys["app_key"], keys["app_secret"], account["access_token"])
    store = AliExpressMarketplace(credentials, gateway, store_key="one")
    content = await draft(store)

    await asyncio.gather(*(store.create_listing(replace(content, title=f"Backpack {n}")) for n in range(250)))
    await gateway.close()

    state = market.state()
    assert state["applied"][POST] == 250
    assert state["refusals"] == {}
    assert state["peak_per_second"][POST] <= 100


async def test_an_unexpected_limit_is_outlived(
    market: PracticeMarket, open_store: Callable[..., AliExpressMarketplace]
) -> None:
    market.faults.update({"qps": {"*": 10}, "ban_s": 1})
    gateway = Gateway(market.gateway)
    store = AliExpressMarketplace(open_store()._session.tokens.current, gateway, store_key="one")

    done = await asyncio.gather(*(store.product_groups() for _ in range(25)))
    await gateway.close()

    assert len(done) == 25
    assert sum(market.state()["refusals"].values()) <= 64


async def test_a_day_quota_comes_out_with_the_time_to_wait(
    store: AliExpressMarketplace, market: PracticeMarket, time: MarketTime
) -> None:
    of_beijing = (time.now() + timedelta(hours=8)).time()
    if of_beijing.hour == 23:  # a day that ends at once is waited for
        await time.sleep(2 * 3600)
    market.faults.update({"daily_quota": 3})
    for _ in range(3):
        await store.product_groups()

    with pytest.raises(MarketplaceError) as caught:
        await store.product_groups()

    assert caught.value.retry_after_s is not None
    assert 0 < caught.value.retry_after_s <= 86_400


async def test_one_store_cannot_touch_anothers_listing(open_store: Callable[..., AliExpressMarketplace]) -> None:
    mine, other = open_store(0), open_store(1)
    product_id = (await mine.list_listings(RemoteStatus.ON_SALE)).rows[0].product_id

    with pytest.raises(Refused) as caught:
        await other.read_listing(product_id)
    assert caught.value.error_code == "marketplace.product_missing"


async def test_limits_can_be_lifted_for_a_market_without(market: PracticeMarket, time: MarketTime) -> None:
    market.faults.update({"qps": {}})
    gateway = Gateway(market.gateway, clock=time, limits=Limits(time, {POST: {"app_method": None}}))
    keys, account = market.credentials, market.credentials["stores"][0]
    credentials = StoreCredentials(keys["app_key"], keys["app_secret"], account["access_token"])
    store = AliExpressMarketplace(credentials, gateway, store_key="one")
    content = await draft(store)
    before = time.skipped

    await asyncio.gather(*(store.create_listing(replace(content, title=f"Backpack {n}")) for n in range(120)))
    await gateway.close()

    assert time.skipped == before
