"""Pause, cancel, quit, and several runs at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.models import JobState
from app.services.clock import now_ms
from app.services.db import Database
from app.services.listings.apart import all_pairs, tell_apart
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import ListingContent, RemoteStatus, SignedOut
from app.services.publishing import feeding, gate
from app.services.publishing.batches import cancel_batch, open_batches
from app.services.publishing.gate import Ending, stop_and_keep
from app.services.publishing.owner import RunOwner, lock_dir
from app.services.publishing.queue import enqueue
from app.services.publishing.recovery import recover
from app.services.publishing.run import publish, resume
from app.services.tasks import TaskCancelled, TaskContext
from tests.unit.publishing.conftest import FAST, REVIEWED
from tests.unit.publishing.fake_marketplace import Applied, FakeMarketplace
from tests.unit.publishing.helpers import batch_states, journal, loaded, publish_all, states, statuses, write

Make = Callable[..., ListingRecord]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "TICK_S", 0.005)
    monkeypatch.setattr(feeding, "TWIN_PAUSE_S", 0.01)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for a condition, not for a time."""
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - the condition is in the database or in a fake, which ring no bell
            await asyncio.sleep(0.002)


@contextmanager
def at_write(market: FakeMarketplace, number: int, act: Callable[[], Any]) -> Iterator[None]:
    """Do something while the *number*th request is under way."""

    def look(content: ListingContent) -> None:
        if len(market.creates) == number:
            act()

    market.before_write = look
    yield
    market.before_write = lambda content: None


async def test_cancelling_takes_back_what_was_not_sent(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """What is under way is finished and written down first."""
    ids = [make_sellable().id for _ in range(60)]
    ctx = TaskContext()
    with at_write(market, 5, ctx.stop.set), pytest.raises(TaskCancelled):
        await publish_all(db, market, ids, ctx=ctx, parallel=2)
    sent = len(market.products)
    assert 5 <= sent < 60
    assert states(db).count("in_review") == sent
    assert states(db).count("cancelled") == 60 - sent
    assert (statuses(db).count("in_review"), statuses(db).count("ready")) == (sent, 60 - sent)
    assert (batch_states(db), open_batches(db)) == (["cancelled"], [])
    assert {row.owner for row in journal(db)} == {""}
    again = enqueue(db, 1, ids)
    assert again.queued == 60 - sent, "cancelled listings can be published again"


async def test_quitting_keeps_what_was_not_sent_for_the_next_start(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    ids = [make_sellable().id for _ in range(60)]
    ctx = TaskContext()
    with at_write(market, 5, lambda: stop_and_keep(ctx)):
        result = await publish_all(db, market, ids, ctx=ctx, parallel=2)
    sent = len(market.products)
    assert (result.ending, result.queued, result.in_review) == (Ending.KEPT, 60 - sent, sent)
    (batch,) = open_batches(db, 1)
    assert (batch.state, batch.queued, batch.unknown, batch.total) == (JobState.INTERRUPTED, 60 - sent, 0, 60)
    rest = await resume(db, market, 1, batch.batch_id, settings=FAST)
    assert (rest.attempts, rest.in_review) == (60 - sent, 60)
    assert market.titles() == sorted(loaded(db, number).title for number in ids)
    assert (batch_states(db), open_batches(db)) == (["done"], [])


async def test_a_cancelled_coroutine_finishes_what_is_under_way(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """As the window does when it closes: stop is set and the task is cancelled in one go."""
    ids = [make_sellable().id for _ in range(20)]
    made = enqueue(db, 1, ids)
    ctx = TaskContext()
    market.gate.clear()
    task = asyncio.create_task(publish(db, market, 1, made.batch_id, ctx, parallel=3, settings=FAST))
    await until(lambda: market.in_flight == 3)
    ctx.stop.set()
    task.cancel()
    await asyncio.sleep(0)
    market.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(market.products) == 3
    assert (states(db).count("in_review"), states(db).count("queued")) == (3, 17), "kept, not taken back"
    assert {row.owner for row in journal(db)} == {""}
    assert list(lock_dir(db.path).iterdir()) == []


async def test_what_does_not_answer_in_the_time_of_grace_is_unknown(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    ids = [make_sellable().id for _ in range(5)]
    made = enqueue(db, 1, ids)
    ctx = TaskContext()
    market.gate.clear()
    task = asyncio.create_task(publish(db, market, 1, made.batch_id, ctx, parallel=2, settings=FAST, grace_s=0.01))
    await until(lambda: market.in_flight == 2)
    stop_and_keep(ctx)
    result = await task
    market.gate.set()
    assert (result.unknown, result.queued, market.in_flight) == (2, 3, 0)
    assert sorted(states(db)) == ["queued"] * 3 + ["unknown"] * 2
    assert statuses(db).count("unknown") == 2
    again = await publish(db, market, 1, settings=FAST)
    assert (again.in_review, len(market.products)) == (5, 5)


async def test_a_paused_run_sends_nothing_until_it_goes_on(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    ids = [make_sellable().id for _ in range(30)]
    made = enqueue(db, 1, ids)
    ctx = TaskContext()
    ctx.pause.set()
    task = asyncio.create_task(publish(db, market, 1, made.batch_id, ctx, settings=FAST))
    await until(lambda: batch_states(db) == ["paused"])
    assert (market.calls, ctx.progress.note) == ([], "publishing.paused")
    ctx.pause.clear()
    result = await task
    assert (result.in_review, batch_states(db)) == (30, ["done"])


async def test_a_paused_run_can_be_cancelled(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    made = enqueue(db, 1, [make_sellable().id])
    ctx = TaskContext()
    ctx.pause.set()
    task = asyncio.create_task(publish(db, market, 1, made.batch_id, ctx, settings=FAST))
    await until(lambda: ctx.progress.note == "publishing.paused")
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        await task
    assert (states(db), statuses(db), market.calls) == (["cancelled"], ["ready"], [])


async def test_a_batch_can_be_cancelled_without_a_run(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    made = enqueue(db, 1, [make_sellable().id for _ in range(3)])
    assert made.batch_id is not None
    assert cancel_batch(db, made.batch_id) == 3
    assert (states(db), batch_states(db), statuses(db)) == (["cancelled"] * 3, ["cancelled"], ["ready"] * 3)


async def test_cancelling_a_batch_that_is_being_sent_stops_it(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """From another window: the run finds its tasks taken back and leaves them alone."""
    ids = [make_sellable().id for _ in range(10)]
    made = enqueue(db, 1, ids)
    assert made.batch_id is not None
    batch_id = made.batch_id
    with at_write(market, 3, lambda: cancel_batch(db, batch_id)):
        await publish(db, market, 1, batch_id, settings=FAST, parallel=1)
    assert 3 <= len(market.products) <= 4, "one more was announced already"
    assert states(db).count("cancelled") == 10 - len(market.products)
    assert batch_states(db) == ["cancelled"]


async def test_two_runs_at_once_send_everything_once(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    records = [make_sellable() for _ in range(150)]
    enqueue(db, 1, [record.id for record in records])
    one, other = await asyncio.gather(
        publish(db, market, 1, settings=FAST, parallel=4), publish(db, market, 1, settings=FAST, parallel=4)
    )
    assert market.titles() == sorted(record.title for record in records)
    assert one.attempts + other.attempts == 150
    assert min(one.attempts, other.attempts) > 0, "they share the work"


async def test_what_is_queued_while_a_run_works_is_sent_too(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    late = [make_sellable().id for _ in range(3)]
    with at_write(market, 1, lambda: enqueue(db, 1, late)):
        made = enqueue(db, 1, [make_sellable().id for _ in range(2)])
        assert made.batch_id is not None
        result = await publish(db, market, 1, settings=FAST, parallel=1)
    assert (result.in_review, batch_states(db)) == (5, ["done", "done"])


async def test_a_living_run_is_not_taken_over(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    """What it has under way is its own, however long it takes; what it claimed is not sent by others."""
    ids = [make_sellable().id for _ in range(4)]
    made = enqueue(db, 1, ids)
    with RunOwner(db.path) as other:
        write(db, "UPDATE publish_task SET owner = ?", other.name)
        write(db, "UPDATE publish_task SET state = 'sending', attempts = 1 WHERE listing_id = ?", ids[0])
        assert open_batches(db) == [], "it is being worked on"
        result = await publish(db, market, 1, made.batch_id, settings=FAST)
        assert (market.calls, result.attempts) == ([], 0)
        assert states(db) == ["sending", "queued", "queued", "queued"]
    (batch,) = open_batches(db)
    assert (batch.state, batch.queued, batch.unknown) == (JobState.INTERRUPTED, 3, 1)
    result = await publish(db, market, 1, made.batch_id, settings=FAST)
    assert (result.in_review, len(market.products)) == (4, 4)


def test_a_dead_run_leaves_its_requests_unknown(db: Database, make_sellable: Make) -> None:
    ids = [make_sellable().id for _ in range(3)]
    enqueue(db, 1, ids)
    write(db, "UPDATE publish_task SET owner = 'host-1-gone'")
    write(db, "UPDATE publish_task SET state = 'sending', sent_ms = 5 WHERE listing_id = ?", ids[0])
    found = recover(db, 1)
    assert (found.freed, found.unknown) == (2, 1)
    assert (states(db), statuses(db)) == (["unknown", "queued", "queued"], ["unknown", "queued", "queued"])
    assert {row.owner for row in journal(db)} == {""}
    assert journal(db)[0].settled_ms is not None
    assert recover(db, 1) == type(found)(0, 0)


async def test_what_another_program_dies_over_is_taken_up_by_the_one_that_lives(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """It dies in the middle of our run: what it had claimed is sent, what it had sent is looked up, both by us."""
    records = [make_sellable() for _ in range(4)]
    claimed, sent = records[0].id, records[1].id
    enqueue(db, 1, [record.id for record in records])
    with RunOwner(db.path) as other:
        write(db, "UPDATE publish_task SET owner = ? WHERE listing_id IN (?, ?)", other.name, claimed, sent)
        codes = "\n".join(sorted(sku.code for sku in records[1].skus))
        sql = "UPDATE publish_task SET state = 'sending', attempts = 1, sent_ms = ?, title = ?, codes = ? "
        write(db, sql + "WHERE listing_id = ?", now_ms(), records[1].title, codes, sent)
        market.gate.clear()
        task = asyncio.create_task(publish(db, market, 1, settings=FAST, parallel=1))
        await until(lambda: len(market.creates) == 1)
    market.gate.set()
    result = await task
    assert (result.in_review, result.queued, result.unknown) == (4, 0, 0)
    assert market.titles() == sorted(record.title for record in records)


async def test_a_twin_that_another_program_is_sending_is_waited_for(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    skus = (("TWIN-1", 1890, 5),)
    twins = [make_sellable("Twin Lamp For Both Bedsides", skus=skus) for _ in range(2)]
    tell_apart(db, all_pairs([twin.id for twin in twins]))
    enqueue(db, 1, [twins[0].id])
    made = enqueue(db, 1, [twins[1].id])
    with RunOwner(db.path) as other:
        sending = (
            "UPDATE publish_task SET state = 'sending', owner = ?, title = ?, codes = 'TWIN-1' WHERE listing_id = ?"
        )
        write(db, sending, other.name, twins[0].title, twins[0].id)
        task = asyncio.create_task(publish(db, market, 1, made.batch_id, settings=FAST))
        await until(lambda: "upload" in market.calls)
        assert market.creates == []
        write(db, "UPDATE publish_task SET state = 'in_review', owner = '' WHERE listing_id = ?", twins[0].id)
        result = await task
    assert (result.attempts, len(market.products)) == (1, 1)


async def test_a_twin_that_stays_undecided_leaves_the_other_queued(
    db: Database, make_sellable: Make, market: FakeMarketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "TWIN_ROUNDS", 3)
    skus = (("TWIN-1", 1890, 5),)
    twins = [make_sellable("Twin Lamp For Both Bedsides", skus=skus) for _ in range(2)]
    tell_apart(db, all_pairs([twin.id for twin in twins]))

    market.script.append(Applied())
    market.lookup_script.append(lambda: market.add(market.creates[-1]))
    result = await publish_all(db, market, [twin.id for twin in twins], parallel=1)
    assert (sorted(states(db)), result.queued, result.unknown) == (["queued", "unknown"], 1, 1)
    assert len(market.creates) == 1


async def test_reviews_of_earlier_runs_are_followed_but_not_counted_as_progress(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.default_verdict = RemoteStatus.IN_REVIEW
    await publish_all(db, market, [make_sellable().id for _ in range(3)])
    market.default_verdict = RemoteStatus.ON_SALE
    enqueue(db, 1, [make_sellable().id])
    ctx = TaskContext()
    result = await publish(db, market, 1, ctx=ctx, settings=REVIEWED)
    assert (result.live, ctx.progress.total, ctx.progress.done) == (4, 1, 1)
    assert statuses(db) == ["live"] * 4


async def test_a_run_without_work_ends_at_once(db: Database, store: int, market: FakeMarketplace) -> None:
    result = await publish(db, market, store, settings=REVIEWED)
    assert (result.batch_ids, result.attempts, market.calls) == ((), 0, [])


async def test_signing_out_in_the_middle_of_reviews_ends_the_run(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.review_script.append(SignedOut(None))
    result = await publish_all(db, market, [make_sellable().id], settings=REVIEWED)
    assert (result.ending, result.in_review) == (Ending.SIGNED_OUT, 1)
