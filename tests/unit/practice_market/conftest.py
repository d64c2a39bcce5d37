"""A practice market on a real port with its own file and a clock that tests turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from app.practice_market import PracticeMarket
from tests.unit.practice_market.client import Client, Turned


@pytest.fixture
def clock() -> Turned:
    """The market's time."""
    return Turned()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections to the market."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def market(tmp_path: Path, clock: Turned) -> AsyncIterator[PracticeMarket]:
    """A market with stores and templates, without listings and orders."""
    async with PracticeMarket(tmp_path / "market.db", seed=False, clock=clock) as running:
        yield running


@pytest.fixture
async def seeded(tmp_path: Path, clock: Turned) -> AsyncIterator[PracticeMarket]:
    """A market with listings and orders."""
    async with PracticeMarket(tmp_path / "seeded.db", seed=True, clock=clock) as running:
        yield running


@pytest.fixture
def shop(market: PracticeMarket, http: aiohttp.ClientSession, clock: Turned) -> Client:
    """The first store of the empty market."""
    return Client(market, http, clock)


@pytest.fixture
def full(seeded: PracticeMarket, http: aiohttp.ClientSession, clock: Turned) -> Client:
    """The first store of the seeded market."""
    return Client(seeded, http, clock)
