"""Quota and calls of a store: the platform's numbers where it tells them, ours where it does not. Over real HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.services.application import Application
from app.services.db import Database
from app.services.marketplace.port import Refused, SignedOut
from app.services.marketplace.records import CallsMade, StoreProfile
from app.services.stores.editing import change_store
from app.services.stores.practice import set_up_practice
from app.services.stores.quotas import calls_today, note_calls, note_profile, read_profile
from app.services.stores.reading import get_store
from app.services.stores.source import StoreSource
from app.services.stores.sync import What, sync_store
from tests.benchmarks.market import change_faults
from tests.unit.stores.conftest import MemoryMarketplace

EVENING = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)
"""A minute before midnight in China."""


def test_a_sync_brings_the_platforms_quota_and_counts_its_calls(own_data_folder: Path) -> None:
    async def run(app: Application) -> tuple[Any, ...]:
        store = (await set_up_practice(app))[0]
        before = StoreSource(app.db).detail(store.id).calls.made
        change_faults(store.gateway, {"product_limit": 4321})
        async with app.connected(store) as marketplace:
            await sync_store(app.db, marketplace, store.id, [What.LISTINGS])
        await app.disconnect()
        return get_store(app.db, store.id), StoreSource(app.db).detail(store.id).calls, before

    with Application(own_data_folder) as app:
        store, calls, before = asyncio.run(run(app))

    assert (store.listing_quota, store.own_quota, store.may_post) == (4321, 3000, True)
    assert store.told_at is not None
    assert before > 0 and calls.made > before + 4  # four lists and the profile at least
    assert (calls.limit, calls.used_up_until) == (None, None)


async def test_a_persons_number_is_the_fallback(db: Database) -> None:
    change_store(db, 1, quota=300)
    assert (get_store(db, 1).listing_quota, get_store(db, 1).told_at) == (300, None)

    note_profile(db, 1, StoreProfile(seller_id="200042", listings=12, listings_max=5000))
    told = get_store(db, 1)
    assert (told.listing_quota, told.own_quota, told.seller_id) == (5000, 300, "200042")
    with db.reader.connect() as connection:
        assert StoreSource(db).load_rows(connection, [1])[0].quota_told_ms is not None

    note_profile(db, 1, StoreProfile(shop_name="Mugs"))  # the other family's methods do not name it
    assert (get_store(db, 1).listing_quota, get_store(db, 1).told_at) == (300, None)


async def test_a_store_that_may_not_post_says_so(db: Database) -> None:
    note_profile(db, 1, StoreProfile(may_post=False))

    detail = StoreSource(db).detail(1)

    assert (detail.light.level, detail.light.reason) == ("amber", "may_not_post")
    assert "store.check.quota.forbidden" in [check.title for check in detail.checks]


async def test_a_profile_that_cannot_be_read_costs_nothing_else() -> None:
    refused = MemoryMarketplace(faults={"store_profile": [Refused("marketplace.permission")]})
    assert await read_profile(refused) is None


async def test_a_dead_sign_in_is_not_passed_over() -> None:
    with pytest.raises(SignedOut):
        await read_profile(MemoryMarketplace(faults={"store_profile": [SignedOut()]}))


def test_calls_count_by_the_platforms_day(db: Database) -> None:
    note_calls(db, 1, CallsMade(40), EVENING)
    note_calls(db, 1, CallsMade(2, is_used_up=True), EVENING)
    note_calls(db, 1, CallsMade(7), EVENING + timedelta(minutes=2))
    note_calls(db, 1, CallsMade(0), EVENING)
    note_calls(db, 99, CallsMade(5), EVENING)  # removed meanwhile

    with db.reader.connect() as connection:
        late = calls_today(connection, 1, EVENING)
        next_day = calls_today(connection, 1, EVENING + timedelta(minutes=2))
    assert (late.made, late.limit, late.used_up_until) == (42, 42, EVENING + timedelta(minutes=1))
    assert (next_day.made, next_day.limit, next_day.used_up_until) == (7, 42, None)
