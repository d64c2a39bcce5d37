from __future__ import annotations

from collections.abc import Callable

from app.services.db import Database
from app.services.listings.records import ListingRecord
from app.services.publishing.queue import enqueue
from app.services.publishing.run import publish
from tests.unit.publishing.conftest import FAST
from tests.unit.publishing.fake_marketplace import FakeMarketplace


async def test_a(db: Database, make_sellable: Callable[..., ListingRecord], market: FakeMarketplace) -> None:
    ids = [make_sellable().id for _ in range(5)]
    made = enqueue(db, 1, ids)
    print(made)
    result = await publish(db, market, 1, made.batch_id, settings=FAST)
    print(result)
    assert 0
