"""Taking listings off sale through the queue: once, first of all, and as safe as any other task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.practice_market import PracticeMarket
from app.services.clock import now_ms
from app.services.db import Database
from app.services.listings.delisting.applying import apply_delisting
from app.services.listings.delisting.pasted import read_pasted
from app.services.listings.delisting.plan import plan_delisting
from app.services.listings.records import ListingRecord
from app.services.publishing.offlining import enqueue_offline
from app.services.publishing.queue import enqueue
from app.services.publishing.results import BatchResult
from app.services.publishing.run import publish
from app.services.publishing.turns import Schedule
from app.services.stores.sync import sync_store
from app.services.stores.sync.results import What
from tests.unit.publishing.helpers import loaded
from tests.unit.publishing.publisher_program import SETTINGS
from tests.unit.publishing.test_survival import connected, make_part, market

__all__ = ["make_part", "market"]  # fixtures

PROMPT = replace(SETTINGS, settle_s=0.05, confirm_s=0.05)


@pytest.fixture(autouse=True)
def prompt(market: PracticeMarket) -> None:
    market.faults.update({"latency_ms": 0.0, "audit_delay_s": 0.0})


async def send(db: Database, market: PracticeMarket) -> BatchResult:
    async with connected(market) as marketplace:
        return await publish(db, marketplace, 1, settings=PROMPT)


@pytest.fixture
async def live(db: Database, market: PracticeMarket, make_part: Callable[..., ListingRecord]) -> list[int]:
    """Two listings on sale, as a sync has seen them."""
    ids = [make_part().id for _ in range(2)]
    enqueue(db, 1, ids)
    await send(db, market)
    async with connected(market) as marketplace:
        await sync_store(db, marketplace, 1, what={What.LISTINGS})
    return ids


def tasks(db: Database) -> list[tuple]:
    with db.read() as session:
        sql = "SELECT listing_id, action, state, priority FROM publish_task WHERE action = 'offline' ORDER BY id"
        return [tuple(row) for row in session.connection().exec_driver_sql(sql)]


async def there(market: PracticeMarket, record: ListingRecord) -> tuple[str, dict[str, int | None]]:
    """Status and stocks on the marketplace."""
    async with connected(market) as marketplace:
        remote = await marketplace.read_listing(record.product_id or "")
    return str(remote.status), {sku.code: sku.stock for sku in remote.content.skus}


async def test_a_listing_goes_off_sale_once_and_others_stay(db, market, live) -> None:
    first, second = live
    created = enqueue_offline(db, 1, [first, first])
    assert (created.queued, loaded(db, first).status) == (1, "queued")
    result = await send(db, market)
    assert (result.live, result.failed) == (1, 0)
    assert tasks(db) == [(first, "offline", "live", 0)]
    assert (loaded(db, first).status, loaded(db, first).off_reason) == ("off", "user")
    assert (await there(market, loaded(db, first)))[0] == "offline"
    assert (await there(market, loaded(db, second)))[0] == "onSelling"
    again = enqueue_offline(db, 1, [first, 99_999])
    assert again.batch_id is None
    assert {(one.listing_id, str(one.reason)) for one in again.skipped} == {(first, "unchanged"), (99_999, "missing")}


@pytest.mark.parametrize("was_applied", [True, False])
async def test_an_answer_that_never_came_is_looked_up(db, market, live, was_applied) -> None:
    enqueue_offline(db, 1, live)
    with db.bulk() as connection:  # a program that died with the request on its way
        connection.exec_driver_sql(
            "UPDATE publish_task SET state = 'unknown', attempts = 1, sent_ms = 1, settled_ms = 1, owner = '' "
            "WHERE action = 'offline'"
        )
    if was_applied:
        async with connected(market) as marketplace:
            await marketplace.set_offline([loaded(db, number).product_id for number in live])
    await send(db, market)
    assert [(action, state) for _, action, state, _ in tasks(db)] == [("offline", "live")] * 2
    assert {(await there(market, loaded(db, number)))[0] for number in live} == {"offline"}


async def test_off_sale_before_an_edit_that_waits(db, market, live) -> None:
    first, _ = live
    record = loaded(db, first)
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE sku SET stock = 7 WHERE listing_id = ?", (first,))
        connection.exec_driver_sql("UPDATE listing SET content_hash = 'x' WHERE id = ?", (first,))
    enqueue(db, 1, [first], schedule=Schedule(at_ms=now_ms() + 3_600_000))
    assert enqueue_offline(db, 1, [first]).queued == 1
    await send(db, market)
    assert (await there(market, record))[0] == "offline"


async def test_delisting_reaches_the_marketplace_and_nothing_else(db, market, live) -> None:
    first, second = live
    codes = [sku.code for sku in loaded(db, first).skus]
    gone, untouched = codes[0], loaded(db, second)
    plan = plan_delisting(db, read_pasted(gone))
    done = apply_delisting(db, plan)
    assert done.change is not None
    assert done.change.label == "change.delist"
    assert (done.skus, done.listings, done.off, done.skipped) == (1, 1, 0, {})
    before = (await there(market, loaded(db, first)))[1]
    await send(db, market)
    _, after = await there(market, loaded(db, first))
    assert after == before | {gone: 0}
    assert all(stock for code, stock in after.items() if code != gone)
    assert (await there(market, untouched))[1] == {sku.code: sku.stock for sku in untouched.skus}
    assert plan_delisting(db, read_pasted(gone)).is_empty


async def test_a_store_that_could_not_be_told_is_told_the_next_time(db, market, live) -> None:
    first, _ = live
    gone = loaded(db, first).skus[0].code
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET health = 'signed_out'")
    assert apply_delisting(db, plan_delisting(db, read_pasted(gone))).skipped.keys() == {first}
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET health = 'ok'")
    again = plan_delisting(db, read_pasted(gone))
    assert [str(row.step) for row in again.rows] == ["unsent"]
    done = apply_delisting(db, again)
    assert (done.change, done.listings, len(done.waiting)) == (None, 1, 1)
    await send(db, market)
    assert (await there(market, loaded(db, first)))[1][gone] == 0
    assert plan_delisting(db, read_pasted(gone)).is_empty
