"""What a person holds back leaves by no path until it is released: new, queued, scheduled, sent again, put on sale."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.models import TaskState
from app.services.compliance.recheck import refresh_listing_images
from app.services.compliance.rule_data import BadRuleSetting, rule_data
from app.services.db import Database
from app.services.history.contents import ChangeContents
from app.services.history.undo import redo, undo
from app.services.history.wording import change_label
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.filters import parse_filters
from app.services.listings.holding import BadReason, hold_listings, release_listings
from app.services.listings.source import ListingSource
from app.services.marketplace.port import RateLimited
from app.services.paging import Query
from app.services.publishing import journal as entries
from app.services.publishing.entries import Verdict
from app.services.publishing.offlining import enqueue_offline
from app.services.publishing.onlining import enqueue_online
from app.services.publishing.preview import Stays, publish_preview
from app.services.publishing.queue import SkipReason, enqueue
from app.services.publishing.report import send_again
from app.services.publishing.run import publish
from app.services.publishing.turns import Schedule
from app.services.tasks import TaskCancelled, TaskContext
from tests.listing_rows import note_synced
from tests.unit.publishing.conftest import REVIEWED
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import journal, loaded, publish_all, states, statuses
from tests.unit.publishing.test_journal import ME, intent_for

WHY = "waits for the licence"


def run(db: Database, market: FakeMarketplace, batch: int | None = None, **changes: Any) -> None:
    asyncio.run(publish(db, market, 1, batch, settings=replace(REVIEWED, **changes)))


def found(db: Database, text: str) -> set[int]:
    return set(ListingSource(db).ids(Query(filters=parse_filters(text))))


@pytest.fixture
def one(db: Database, make_sellable: Callable[..., Any]) -> int:
    """A listing that is ready to go."""
    return int(make_sellable(skus=(("AB1234", 2000, 50),)).id)


@pytest.fixture
def live(db: Database, market: FakeMarketplace, one: int) -> int:
    """The same, on sale."""
    asyncio.run(publish_all(db, market, [one], settings=REVIEWED))
    market.calls.clear()
    return one


def test_a_hold_is_a_state_with_a_reason_and_its_release_lets_go(db, market, one, make_sellable):
    other = make_sellable(skus=(("CD5678", 900, 5),)).id
    refresh_listing_images(db)
    for reason in ("", "   ", "x" * 201):
        with pytest.raises(BadReason):
            hold_listings(db, [one], reason)
    change = hold_listings(db, [one, one, 9999], f"  {WHY.replace(' ', '  ')} ")
    assert change is not None and (change.listing_count, change_label(change)) == (1, f"1 listing held: {WHY}")
    assert hold_listings(db, [one], WHY) is None
    assert (statuses(db), found(db, "held = yes")) == (["held", "ready"], {one})
    assert found(db, 'status = held and hold_reason ~ "licence"') == {one}
    assert found(db, "暂缓 = no") == found(db, "hold_reason is missing") == {other}
    row = ListingSource(db).first_page(Query(filters=parse_filters("held = yes")), 5)[0]
    assert (row.hold_reason, row.hold_count) == (WHY, 1)
    assert publish_preview(db, [one, other]).stays == {Stays.HELD: 1}
    for released in (False, True):
        made = enqueue(db, 1, [one], release_held=released)
        assert (made.queued, made.skipped[0].reason, made.skipped[0].findings[0].code) == (
            0,
            SkipReason.HELD,
            "listing.held",
        )
        assert made.skipped[0].findings[0].params["reason"] == WHY
    again = send_again(db, made.batch_id, release_held=True)  # a retry
    assert (again.queued, again.count(SkipReason.HELD)) == (0, 1)
    edit_listings(db, [ListingEdit(one, {"title": "Bedside Table Lamp Dimmable Touch Control Warm"})], label="edit")
    assert enqueue(db, 1, [one], release_held=True).queued == 0  # edited a moment ago: still held
    run(db, market)
    assert market.calls == []
    assert release_listings(db, [other]) is None
    release_listings(db, [one, other])
    assert (statuses(db), found(db, "held = yes")) == (["ready", "ready"], set())
    run(db, market, enqueue(db, 1, [one]).batch_id)
    assert statuses(db) == ["live", "ready"]


@pytest.mark.parametrize("schedule", [Schedule(), Schedule(1, 1)], ids=["at once", "scheduled"])
def test_what_waits_in_the_queue_stops_when_its_turn_comes(db, market, one, schedule):
    assert enqueue(db, 1, [one], schedule=schedule).queued == 1
    hold_listings(db, [one], WHY)
    run(db, market)
    assert (market.calls, states(db), journal(db)[-1].error_code) == ([], ["cancelled"], "publishing.held")
    assert statuses(db) == ["held"]


def test_a_hold_between_the_last_look_and_the_request_is_seen(db, one):
    enqueue(db, 1, [one])
    with db.bulk() as connection:
        [task] = entries.claim(connection, 1, ME, None, 5, 2**50)
    hold_listings(db, [one], WHY)
    intent = intent_for(loaded(db, one), task.task_id)
    with db.bulk() as connection:
        assert entries.write_intent(connection, intent) is Verdict.STALE
        assert entries.write_intent(connection, replace(intent, passes_hold=True)) is Verdict.GO
    assert states(db) == [TaskState.SENDING]


def test_live_ones_keep_their_state_and_neither_edits_nor_feeds_leave(db, market, live, make_sellable):
    others = [make_sellable(skus=((f"AB1234*{number}", 2000, 5),)).id for number in range(2, 6)]
    edit_listings(db, [ListingEdit(live, {"title": "Bedside Table Lamp Dimmable Touch Control Warm"})], label="edit")
    assert enqueue(db, 1, [live, *others]).queued == 5
    hold_listings(db, [live, *others], WHY)
    run(db, market, feed_from=2)
    assert market.calls == []
    assert statuses(db) == ["live", *["held"] * 4]
    assert found(db, "held = yes and status = live") == {live}


def test_nothing_is_put_on_sale_again_but_all_may_be_taken_off(db, market, live):
    hold_listings(db, [live], WHY)
    run(db, market, enqueue_offline(db, 1, [live]).batch_id)
    assert (market.calls.count("offline"), statuses(db)) == (1, ["off"])
    run(db, market, enqueue_online(db, 1, [live]).batch_id)
    assert ("online" in market.calls, statuses(db)) == (False, ["off"])
    release_listings(db, [live])
    run(db, market, enqueue_online(db, 1, [live]).batch_id)
    assert "online" in market.calls


def test_goods_that_ran_out_stop_selling_all_the_same(db, market, live):
    note_synced(db, live, {"AB1234": [2000, 50]})
    hold_listings(db, [live], WHY)
    [sku] = loaded(db, live).skus
    for stock, count in ((60, 0), (10, 1)):
        edit_listings(db, [ListingEdit(live, skus={sku.id: {"stock": stock}})], label="edit")
        assert enqueue(db, 1, [live]).queued == count
    run(db, market)
    assert "stock" in market.calls


def test_held_while_its_stock_was_on_the_way_it_never_goes_as_a_whole(db, market, live):
    note_synced(db, live, {"AB1234": [2000, 50]}, group_id=None)
    [sku] = loaded(db, live).skus
    edit_listings(db, [ListingEdit(live, skus={sku.id: {"stock": 10}})], label="edit")

    def held_meanwhile() -> None:
        hold_listings(db, [live], WHY)
        raise RateLimited

    market.script.append(held_meanwhile)
    run(db, market, enqueue(db, 1, [live]).batch_id)
    assert market.calls[:2] == ["stock", "stock"]
    assert "edit" not in market.calls


def test_undo_and_redo_and_a_conflict_that_is_named(db, one):
    first = hold_listings(db, [one], WHY)
    contents = ChangeContents(db, first.uid)
    assert contents.fields() == ("hold",)
    [value] = contents.children(one)
    assert (value.field, value.before, value.after) == ("hold", None, WHY)
    undo(db)
    assert (found(db, "held = yes"), contents.rows([one])[one].state) == (set(), "back")
    redo(db)
    second = hold_listings(db, [one], "another reason")
    assert undo(db, first.uid).conflicts == (one,)
    undo(db, second.uid)
    assert found(db, "hold_reason ~ licence") == {one}
    assert undo(db, first.uid).restored == 1


def test_nobody_can_switch_a_hold_off_by_a_setting() -> None:
    for value in ("off", "warn"):
        with pytest.raises(BadRuleSetting):
            rule_data({"severities": {"listing.held": value}})


def test_a_stop_before_it_is_stored_changes_nothing_and_one_after_it_no_more(db, one, make_sellable):
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        hold_listings(db, [one], WHY, ctx)
    assert found(db, "held = yes") == set()

    class Late(TaskContext):
        """Is stopped once the hold is stored."""

        def checkpoint(self) -> None:
            if found(db, "held = yes"):
                raise TaskCancelled

    assert hold_listings(db, [one], WHY, Late()) is not None
    assert found(db, "held = yes") == {one}
