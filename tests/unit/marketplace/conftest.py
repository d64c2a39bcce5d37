"""Fixtures: a stub gateway over real HTTP, a clock under control, a store on both."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
from tests.unit.marketplace.stub import FakeClock, StubMarket, credentials


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def market() -> AsyncIterator[StubMarket]:
    stub = StubMarket()
    await stub.start()
    yield stub
    await stub.stop()


@pytest.fixture
async def gateway(market: StubMarket, clock: FakeClock) -> AsyncIterator[Gateway]:
    opened = Gateway(market.url, clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
async def store(gateway: Gateway) -> AsyncIterator[AliExpressMarketplace]:
    opened = AliExpressMarketplace(credentials(), gateway, store_key="mugs")
    yield opened
    await opened.close()
