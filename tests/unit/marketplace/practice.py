"""A practice market in this process, its clock, and stores on it: fixtures to import, and a listing to send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.practice_market import PracticeMarket
from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
from app.services.marketplace.port import (
    ListingContent,
    RemoteStatus,
    StoreCredentials,
)

POST = "aliexpress.offer.product.post"


class MarketTime:
    """The market's clock and ours: real time plus what a test skips; waiting skips."""

    def __init__(self) -> None:
        self.skipped = timedelta()

    def __call__(self) -> int:
        return int(self.now().timestamp() * 1000)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skipped

    def monotonic(self) -> float:
        return self.now().timestamp()

    async def sleep(self, seconds: float) -> None:
        self.skipped += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@pytest.fixture
def time() -> MarketTime:
    return MarketTime()


@pytest.fixture
async def market(time: MarketTime) -> AsyncIterator[PracticeMarket]:
    async with PracticeMarket(clock=time, faults={"audit_delay_s": 30}) as running:
        yield running


@pytest.fixture
async def gateway(market: PracticeMarket, time: MarketTime) -> AsyncIterator[Gateway]:
    opened = Gateway(market.gateway, clock=time)
    yield opened
    await opened.close()


@pytest.fixture
def open_store(market: PracticeMarket, gateway: Gateway) -> Callable[..., AliExpressMarketplace]:
    def opened(number: int = 0, **options: Any) -> AliExpressMarketplace:
        keys, store = market.credentials, market.credentials["stores"][number]
        credentials = StoreCredentials(
            keys["app_key"], keys["app_secret"], store["access_token"], store["refresh_token"]
        )
        return AliExpressMarketplace(credentials, gateway, store_key=store["name"], **options)

    return opened


@pytest.fixture
def store(open_store: Callable[..., AliExpressMarketplace]) -> AliExpressMarketplace:
    return open_store()


async def draft(
    store: AliExpressMarketplace, title: str = "Laptop Backpack 17 Inch", code: str = "NEW"
) -> ListingContent:
    """A listing that the market will take: one it has, under another title and other codes."""
    rows = (await store.list_listings(RemoteStatus.ON_SALE)).rows
    for row in rows:
        content = (await store.read_listing(row.product_id)).content
        if len(content.skus) == 2:
            skus = tuple(replace(sku, code=f"{code}-{number}") for number, sku in enumerate(content.skus))
            return replace(content, title=title, skus=skus)
    raise AssertionError("no listing with two variants is seeded")
