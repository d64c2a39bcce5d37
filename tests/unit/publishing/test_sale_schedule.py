"""Off sale and on sale again, now or at a time; what waits is shown, moved, sent at once or taken back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from app.models import JobState, Priority, TaskAction
from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.listing import list_changes
from app.services.listings.delisting.applying import apply_delisting
from app.services.listings.delisting.pasted import read_pasted
from app.services.listings.delisting.plan import plan_delisting
from app.services.listings.desk import ListingDesk
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.marketplace.port import RemoteStatus, Unanswered
from app.services.publishing.batches import cancel_batch
from app.services.publishing.offlining import enqueue_offline, hurry
from app.services.publishing.onlining import enqueue_online, sale_preview
from app.services.publishing.queue import SkipReason, enqueue
from app.services.publishing.report import send_again
from app.services.publishing.run import publish
from app.services.publishing.scheduled import move_batches, scheduled_batches, send_now
from app.services.publishing.turns import DAY_MS, Schedule
from tests.unit.publishing.conftest import REVIEWED
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import batch_states, journal, loaded, publish_all, states, statuses, write

HOUR_MS = 3_600_000


@pytest.fixture
def live(db: Database, make_sellable: Any, market: FakeMarketplace) -> list[int]:
    """Three listings on sale."""
    ids = [make_sellable().id for _ in range(3)]
    asyncio.run(publish_all(db, market, ids, settings=REVIEWED))
    assert statuses(db) == ["live"] * 3
    return ids


def run(db: Database, market: FakeMarketplace, batch_id: int | None = None) -> Any:
    return asyncio.run(publish(db, market, 1, batch_id, settings=REVIEWED))


def reasons(db: Database) -> list[str]:
    with db.reader.connect() as connection:
        return list(connection.exec_driver_sql("SELECT off_reason FROM listing ORDER BY id").scalars())


def test_off_and_on_again(db: Database, market: FakeMarketplace, live: list[int]) -> None:
    before = loaded(db, live[0]).sent_hash
    run(db, market, enqueue_offline(db, 1, live[:2]).batch_id)
    assert (statuses(db), reasons(db)) == (["off", "off", "live"], ["user", "user", ""])
    assert sale_preview(db, live, TaskAction.OFFLINE).parts[0].listing_ids == (live[2],)
    preview = sale_preview(db, [*live, 999], TaskAction.ONLINE)
    assert ([part.listing_ids for part in preview.parts], preview.skipped) == ([tuple(live[:2])], 2)
    made = enqueue_online(db, 1, live)
    assert (made.queued, [one.listing_id for one in made.skipped]) == (2, [live[2]])
    result = run(db, market, made.batch_id)
    assert (statuses(db), reasons(db), result.live) == (["live"] * 3, ["", "", ""], 2)
    assert market.calls.count("online") == 1
    assert loaded(db, live[0]).sent_hash == before
    assert sale_preview(db, [], TaskAction.ONLINE).count == 0
    assert enqueue_online(db, 1, live).batch_id is None
    assert JobState.RUNNING not in batch_states(db), "a batch of nothing is over at once"


def test_batches_are_moved_together_or_not_at_all(db: Database, market: FakeMarketplace, live: list[int]) -> None:
    start = now_ms() + 5 * HOUR_MS
    made = [enqueue_offline(db, 1, [one], schedule=Schedule(start)).batch_id or 0 for one in live[:2]]
    write(
        db,
        f"CREATE TRIGGER stuck BEFORE UPDATE ON publish_task WHEN OLD.batch_id = {made[1]} "
        "BEGIN SELECT RAISE(ABORT, 'stuck'); END",
    )
    with pytest.raises(IntegrityError):
        move_batches(db, made, start + HOUR_MS)
    assert {one.first_ms for one in scheduled_batches(db)} == {start}


def test_the_platform_may_look_once_more_before_it_is_on_sale(
    db: Database, market: FakeMarketplace, live: list[int]
) -> None:
    run(db, market, enqueue_offline(db, 1, live).batch_id)
    market.default_verdict = RemoteStatus.REJECTED
    run(db, market, enqueue_online(db, 1, live).batch_id)
    assert statuses(db) == ["rejected"] * 3


def test_an_answer_that_is_lost_is_looked_up(db: Database, market: FakeMarketplace, live: list[int]) -> None:
    run(db, market, enqueue_offline(db, 1, live[:1]).batch_id)
    market.script.append(Unanswered(None))
    run(db, market, enqueue_online(db, 1, live[:1]).batch_id)
    assert statuses(db) == ["live"] * 3
    assert states(db)[-1] == "live"


def test_a_product_that_is_gone_fails_alone(db: Database, market: FakeMarketplace, live: list[int]) -> None:
    run(db, market, enqueue_offline(db, 1, live[:2]).batch_id)
    del market.products[loaded(db, live[0]).product_id or ""]
    run(db, market, enqueue_online(db, 1, live[:2]).batch_id)
    assert statuses(db) == ["failed", "live", "live"]


def test_what_waits_is_listed_moved_and_taken_back(
    db: Database, market: FakeMarketplace, live: list[int], make_sellable: Any
) -> None:
    assert scheduled_batches(db) == []
    start = now_ms() + 5 * HOUR_MS
    off = enqueue_offline(db, 1, live[:2], Schedule(start))
    new = enqueue(db, 1, [make_sellable().id, make_sellable().id], schedule=Schedule(start + HOUR_MS, HOUR_MS))
    waiting = scheduled_batches(db)
    assert [(one.batch_id, one.action, one.n) for one in waiting] == [
        (off.batch_id, TaskAction.OFFLINE, 2), (new.batch_id, TaskAction.CREATE, 2),
    ]  # fmt: skip
    assert [(one.first_ms, one.last_ms) for one in waiting] == [
        (start, start), (start + HOUR_MS, start + HOUR_MS * 3 // 2),
    ]  # fmt: skip
    run(db, market)
    assert statuses(db)[:3] == ["live"] * 3  # not before its time
    assert move_batches(db, [new.batch_id or 0], start - HOUR_MS) == 2
    assert [(one.first_ms - start, one.last_ms - start) for one in scheduled_batches(db)] == [
        (-HOUR_MS, -HOUR_MS // 2), (0, 0),
    ]  # fmt: skip
    for wrong, code in ((now_ms() - 1, "over"), (now_ms() + 91 * DAY_MS, "too_far")):
        with pytest.raises(InputError) as refused:
            move_batches(db, [new.batch_id or 0], wrong)
        assert refused.value.error_code == f"publishing.time_{code}"
    assert cancel_batch(db, new.batch_id or 0) == 2
    assert send_now(db, [off.batch_id or 0]) == 2
    assert scheduled_batches(db) == []
    run(db, market, off.batch_id)
    assert statuses(db) == ["off", "off", "live", "ready", "ready"]
    assert states(db)[3:5] == ["live", "live"]


def test_a_task_a_run_holds_is_not_moved_under_it(db: Database, live: list[int]) -> None:
    made = enqueue_offline(db, 1, live[:1], Schedule(now_ms() + HOUR_MS))
    write(db, "UPDATE publish_task SET owner = 'somebody' WHERE batch_id = ?", made.batch_id)
    assert move_batches(db, [made.batch_id or 0], now_ms() + 2 * HOUR_MS) == 0
    assert journal(db)[-1].due_ms < now_ms() + HOUR_MS + 1


@pytest.mark.parametrize("goes_on", [False, True])
def test_sending_again_does_the_same_once_more_and_no_edit(
    db: Database, market: FakeMarketplace, live: list[int], goes_on: bool
) -> None:
    listing_id, product_id = live[0], loaded(db, live[0]).product_id or ""
    queue_it = enqueue_online if goes_on else enqueue_offline
    if goes_on:
        run(db, market, enqueue_offline(db, 1, [listing_id]).batch_id)
    product = market.products.pop(product_id)
    made = queue_it(db, 1, [listing_id])
    run(db, market, made.batch_id)
    assert statuses(db)[0] == "failed"
    market.products[product_id] = product
    write(db, "UPDATE listing SET content_hash = 'edited meanwhile' WHERE id = ?", listing_id)
    market.edits.clear()
    run(db, market, send_again(db, made.batch_id or 0).batch_id)
    assert statuses(db)[0] == ("live" if goes_on else "off")
    assert market.edits == []


def test_what_the_marketplace_never_had_stays_queued(db: Database, live: list[int], make_sellable: Any) -> None:
    new = make_sellable().id
    enqueue(db, 1, [new], schedule=Schedule(now_ms() + HOUR_MS))
    assert [str(one.reason) for one in enqueue_offline(db, 1, [new]).skipped] == ["missing"]
    assert statuses(db)[-1] == "queued"
    assert states(db)[-1] == "queued"
    assert [str(one.reason) for one in enqueue_online(db, 1, [new, live[0], 999]).skipped] == [
        "unchanged", "missing", "missing",
    ]  # fmt: skip


def test_delisting_sends_an_edit_that_waits_at_once_and_before_all_others(db: Database, live: list[int]) -> None:
    edit_listings(db, [ListingEdit(live[0], {"title": "Another lamp for the table"})], label="change.edit")
    waiting = enqueue(db, 1, live[:1], schedule=Schedule(now_ms() + HOUR_MS)).batch_id
    codes = read_pasted(loaded(db, live[0]).skus[0].code)
    done = apply_delisting(db, plan_delisting(db, codes, takes_off=False), source="gone.xlsx")
    assert [one.batch_id for one in done.waiting if not one.action] == [waiting]
    task = journal(db)[-1]
    assert (task.priority, task.due_ms) == (Priority.STOCK_OUT, 0)
    assert list_changes(db)[0].source == "gone.xlsx"


def test_delisting_puts_nothing_on_sale(db: Database, market: FakeMarketplace, live: list[int]) -> None:
    run(db, market, enqueue_offline(db, 1, live[:1]).batch_id)
    start = now_ms() + HOUR_MS
    enqueue_online(db, 1, live[:1], Schedule(start))
    assert hurry(db, live) == {}
    assert journal(db)[-1].due_ms == start


def test_edits_go_on_while_a_listing_waits_to_go_off_sale(
    db: Database, market: FakeMarketplace, live: list[int]
) -> None:
    planned = enqueue_offline(db, 1, live[:1], Schedule(now_ms() + HOUR_MS))
    assert (states(db)[-1], statuses(db)) == ("waiting", ["live"] * 3)
    assert enqueue_offline(db, 1, live[:1], Schedule(now_ms() + HOUR_MS)).skipped[0].reason is SkipReason.OPEN
    edit_listings(db, [ListingEdit(live[0], {"title": "Another lamp for the table"})], label="change.edit")
    edited = enqueue(db, 1, live[:1])
    assert edited.queued == 1
    send_now(db, [planned.batch_id or 0])  # both are due: the edit is in the queue already and goes first
    run(db, market)
    assert market.calls.count("offline") == 0, "not while the edit is being reviewed"
    run(db, market)
    assert [call for call in market.calls if call != "status"][-2:] == ["edit", "offline"]
    assert (statuses(db)[0], states(db)[-2:]) == ("off", ["live", "live"])
    assert loaded(db, live[0]).sent_hash == loaded(db, live[0]).content_hash


def test_off_at_one_time_and_on_again_at_another(db: Database, market: FakeMarketplace, live: list[int]) -> None:
    off = enqueue_offline(db, 1, live[:1], Schedule(now_ms() + HOUR_MS))
    assert sale_preview(db, live, TaskAction.ONLINE).parts[0].listing_ids == (live[0],)
    on = enqueue_online(db, 1, live[:1], Schedule(now_ms() + 2 * HOUR_MS))
    assert (on.queued, states(db)[-2:]) == (1, ["waiting", "waiting"])
    send_now(db, [off.batch_id or 0])
    run(db, market)
    assert statuses(db)[0] == "off"
    send_now(db, [on.batch_id or 0])
    run(db, market)
    assert (statuses(db)[0], market.calls.count("offline"), market.calls.count("online")) == ("live", 1, 1)


def test_what_is_so_already_when_its_time_comes_is_taken_back(
    db: Database, market: FakeMarketplace, live: list[int]
) -> None:
    planned = enqueue_offline(db, 1, live[:2], Schedule(now_ms() + HOUR_MS))
    run(db, market, enqueue_offline(db, 1, live[:1]).batch_id)
    assert len(scheduled_batches(db)) == 1
    send_now(db, [planned.batch_id or 0])
    calls = market.calls.count("offline")
    run(db, market)
    assert (statuses(db)[:2], market.calls.count("offline") - calls) == (["off", "off"], 1)
    assert [row.state for row in journal(db) if row.batch_id == planned.batch_id] == ["cancelled", "live"]
    assert scheduled_batches(db) == []


def test_taking_back_what_waits_leaves_the_listing_alone(
    db: Database, live: list[int], market: FakeMarketplace
) -> None:
    planned = enqueue_offline(db, 1, live, Schedule(now_ms() + HOUR_MS))
    write(db, "UPDATE listing SET status = 'in_review' WHERE id = ?", live[0])  # an edit of it was sent meanwhile
    assert cancel_batch(db, planned.batch_id or 0) == 3
    assert statuses(db) == ["in_review", "live", "live"]
    assert batch_states(db)[-1] == "cancelled"


def test_an_undo_takes_back_the_edit_that_waited_for_it(db: Database, live: list[int]) -> None:
    """Delisted without sending, then undone: nothing is left to send, and nothing says so."""
    gone = loaded(db, live[0]).skus[0].code
    done = apply_delisting(db, plan_delisting(db, read_pasted(gone)))
    edit_listings(db, [ListingEdit(live[1], {"title": "Another lamp for the bedside"})], label="change.edit")
    assert enqueue(db, 1, [live[1]]).queued == 1
    assert statuses(db) == ["queued", "queued", "live"]
    assert done.change is not None
    ListingDesk(lambda: db).undo(done.change.uid)
    assert statuses(db) == ["live", "queued", "live"]
    assert states(db)[-2:] == ["cancelled", "queued"]
    assert batch_states(db)[-2] in ("done", "cancelled")
    again = ListingDesk(lambda: db).redo()
    assert (statuses(db)[0], len(again.waiting)) == ("queued", 1)  # delisted again, so it is told again
