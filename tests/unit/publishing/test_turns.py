"""Whose turn it is: urgent before less urgent, nothing before its time, nothing of a store that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from app.models import Priority
from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import NotFound
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import ListingContent, SkuContent
from app.services.publishing import feeding, gate, run
from app.services.publishing.batches import cancel_batch, cancel_listings, open_batches
from app.services.publishing.pauses import pause_store, paused_stores, resume_store
from app.services.publishing.queue import enqueue
from app.services.publishing.run import publish
from app.services.publishing.turns import DAY_MS, MOST_AHEAD_DAYS, Schedule, priority_of, wrong_start
from app.services.tasks import TaskContext
from tests.listing_rows import note_synced
from tests.unit.publishing.conftest import FAST
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import batch_states, journal, loaded, states, statuses, write

Make = Callable[..., ListingRecord]
MINUTE_MS = 60_000


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "TICK_S", 0.005)
    monkeypatch.setattr(run, "STORE_LOOK_S", 0.01)
    monkeypatch.setattr(feeding, "LONGEST_NAP_S", 0.02)


@pytest.fixture
def live(db: Database, make_sellable: Make) -> Callable[..., ListingRecord]:
    """A listing the platform has, as the last sync saw it, and its edit since."""
    numbers = iter(range(1, 100))

    def make(price: int = 1890, stock: int = 120, title: str = "") -> ListingRecord:
        record = make_sellable(product_id=str(1005006000000900 + next(numbers)))
        facts = {sku.code: [sku.price_minor, sku.stock] for sku in record.skus}
        write(db, "UPDATE listing SET sent_hash = content_hash, status = 'live' WHERE id = ?", record.id)
        note_synced(db, record.id, facts)
        first = record.skus[0]
        skus: dict[int, dict[str, Any]] = {first.id or 0: {"price_minor": price, "stock": stock}}
        fields = {"title": title} if title else {}
        edit_listings(db, [ListingEdit(record.id, fields=fields, skus=skus)], label="change.edit")
        return loaded(db, record.id)

    return make


def as_there(record: ListingRecord) -> ListingContent:
    """What the platform has of a listing, as far as these tests look at it."""
    skus = tuple(SkuContent(sku.code, 1890, 120) for sku in record.skus)
    return ListingContent(record.title, "1", "<p>x</p>", (), skus, "1", 5, "1", 840, 24, 24, 38)


def priorities(db: Database) -> dict[int, int]:
    return {row.listing_id: row.priority for row in journal(db)}


def test_stock_to_zero_before_price_before_the_rest_before_new(
    db: Database, make_sellable: Make, live: Callable[..., ListingRecord]
) -> None:
    new, other = make_sellable(), live(title="Bedside Table Lamp Dimmable Touch Control Warm White")
    price, out = live(price=1990), live(stock=0)
    enqueue(db, 1, [new.id, other.id, price.id, out.id])
    assert priorities(db) == {
        new.id: Priority.NEW,
        other.id: Priority.EDIT,
        price.id: Priority.PRICE,
        out.id: Priority.STOCK_OUT,
    }


async def test_they_leave_in_that_order(
    db: Database, make_sellable: Make, market: FakeMarketplace, live: Callable[..., ListingRecord]
) -> None:
    new, price, out = make_sellable(), live(price=1990), live(stock=0)
    for record in (price, out):
        market.add(as_there(record), product_id=record.product_id or "")
    enqueue(db, 1, [new.id, price.id, out.id])
    await publish(db, market, 1, settings=FAST, parallel=1)
    assert [call for call in market.calls if call in ("stock", "price_minor", "edit", "create")] == [
        "stock",
        "price_minor",
        "create",
    ]


def test_what_nobody_knows_counts_as_urgent(make_sellable: Make) -> None:
    record = make_sellable(product_id="1005006000000001")
    assert priority_of(record, record.product_id, None) == Priority.PRICE
    record.skus[0].stock = 0
    assert priority_of(record, record.product_id, None) == Priority.STOCK_OUT
    assert priority_of(record, record.product_id, {record.skus[0].code: [1890, 0]}) == Priority.PRICE
    assert priority_of(record, None, None) == Priority.NEW


def test_a_schedule_starts_at_its_time_and_spreads_evenly() -> None:
    assert [Schedule().due_ms(place, 3) for place in range(3)] == [0, 0, 0]
    assert [Schedule(1_000, 300).due_ms(place, 3) for place in range(3)] == [1_000, 1_100, 1_200]
    assert Schedule(spread_ms=MINUTE_MS).due_ms(1, 2) >= now_ms() + MINUTE_MS // 2 - 1_000


def test_a_start_lies_ahead_and_within_the_life_of_a_sign_in() -> None:
    most_ms = MOST_AHEAD_DAYS * DAY_MS
    asked = [0, 999, 1_000, 1_001, 1_000 + most_ms, 1_001 + most_ms]
    assert [wrong_start(at_ms, 1_000) for at_ms in asked] == ["over", "over", "over", "", "", "too_far"]


async def test_nothing_leaves_before_its_time(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    at_ms = now_ms() + 60 * MINUTE_MS
    late, soon = make_sellable(), make_sellable()
    enqueue(db, 1, [late.id], schedule=Schedule(at_ms))
    enqueue(db, 1, [soon.id])
    result = await publish(db, market, 1, settings=FAST)
    assert market.titles() == [soon.title]
    assert (result.queued, result.scheduled, states(db)) == (1, 1, ["queued", "in_review"])
    (waiting,) = open_batches(db)
    assert (waiting.queued, waiting.due_ms) == (1, at_ms)


async def test_a_run_may_wait_for_the_time(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    records = [make_sellable() for _ in range(3)]
    enqueue(db, 1, [record.id for record in records], schedule=Schedule(now_ms() + 100, 200))
    result = await publish(db, market, 1, settings=FAST, waits_for_time=True)
    rows = journal(db)
    assert (result.in_review, result.scheduled) == (3, 0)
    assert all(row.sent_ms >= row.due_ms for row in rows)


async def test_waiting_for_the_time_can_be_cancelled(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    made = enqueue(db, 1, [make_sellable().id], schedule=Schedule(now_ms() + 60 * MINUTE_MS))
    ctx = TaskContext()
    running = asyncio.create_task(publish(db, market, 1, ctx=ctx, settings=FAST, waits_for_time=True))
    async with asyncio.timeout(20):
        while ctx.progress.note != "publishing.scheduled":  # noqa: ASYNC110 - the context has no event
            await asyncio.sleep(0.005)
    assert made.batch_id is not None
    assert cancel_batch(db, made.batch_id) == 1
    result = await running
    assert (result.queued, market.creates, statuses(db)) == (0, [], ["ready"])


async def test_single_listings_are_taken_back(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    records = [make_sellable() for _ in range(3)]
    enqueue(db, 1, [record.id for record in records])
    assert cancel_listings(db, [records[1].id, 99]) == 1
    assert statuses(db) == ["queued", "ready", "queued"]
    await publish(db, market, 1, settings=FAST)
    assert market.titles() == sorted([records[0].title, records[2].title])
    assert cancel_listings(db, [records[0].id]) == 0, "what was sent is not taken back"


def test_a_batch_whose_last_listing_is_taken_back_is_over(db: Database, make_sellable: Make) -> None:
    record = make_sellable()
    enqueue(db, 1, [record.id])
    cancel_listings(db, [record.id])
    assert (batch_states(db), open_batches(db)) == (["cancelled"], [])


async def test_a_paused_store_sends_nothing_until_it_may_go_on(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    pause_store(db, 1)
    assert list(paused_stores(db)) == [1]
    enqueue(db, 1, [make_sellable().id])
    ctx = TaskContext()
    running = asyncio.create_task(publish(db, market, 1, ctx=ctx, settings=FAST))
    async with asyncio.timeout(20):
        while batch_states(db) != ["paused"]:  # noqa: ASYNC110 - another program would look, too
            await asyncio.sleep(0.005)
    assert (market.creates, ctx.progress.note) == ([], "publishing.store_paused")
    resume_store(db, 1)
    result = await running
    assert (result.in_review, paused_stores(db)) == (1, {})


async def test_a_pause_reaches_a_run_at_work(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    records = [make_sellable() for _ in range(40)]
    enqueue(db, 1, [record.id for record in records])
    market.before_write = lambda content: pause_store(db, 1) if len(market.creates) == 3 else None
    running = asyncio.create_task(publish(db, market, 1, settings=FAST, parallel=1))
    async with asyncio.timeout(20):
        while batch_states(db) != ["paused"]:  # noqa: ASYNC110 - another program would look, too
            await asyncio.sleep(0.005)
    resume_store(db, 1)
    assert (await running).in_review == 40


def test_only_a_store_that_exists_can_be_paused_and_twice_is_once(db: Database) -> None:
    pause_store(db, 1)
    since = paused_stores(db)
    pause_store(db, 1)
    assert paused_stores(db) == since
    with pytest.raises(NotFound):
        pause_store(db, 7)
