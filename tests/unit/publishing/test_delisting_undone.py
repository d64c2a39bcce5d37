"""A delisting is one change: undone and done again, here and on the practice market."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest

from app.models import TaskState
from app.practice_market import PracticeMarket
from app.services.db import Database
from app.services.history.listing import can_undo, list_changes
from app.services.history.wording import change_label
from app.services.listings.delisting.applying import apply_delisting
from app.services.listings.delisting.pasted import read_pasted
from app.services.listings.delisting.plan import plan_delisting
from app.services.listings.delisting.records import Delisted
from app.services.listings.desk import ListingDesk
from app.services.listings.editing import ListingEdit
from app.services.listings.records import ListingRecord
from app.services.paging import Query
from app.services.publishing.offlining import enqueue_offline
from app.services.publishing.onlining import enqueue_online
from app.services.publishing.queue import enqueue
from tests.unit.publishing.helpers import loaded, states, statuses, write
from tests.unit.publishing.test_offline import live, prompt, send, there
from tests.unit.publishing.test_survival import make_part, market

__all__ = ["live", "make_part", "market", "prompt"]  # fixtures


@pytest.fixture
def desk(db: Database) -> ListingDesk:
    return ListingDesk(lambda: db)


@pytest.fixture
async def three(db: Database, market: PracticeMarket, make_part: Callable[..., ListingRecord]) -> list[int]:
    """Three listings on sale."""
    ids = [make_part().id for _ in range(3)]
    enqueue(db, 1, ids)
    await send(db, market)
    assert statuses(db) == ["live"] * 3
    return ids


def codes(db: Database, listing_id: int) -> list[str]:
    return [sku.code for sku in loaded(db, listing_id).skus]


def delist(db: Database, listing_ids: Iterable[int], *, one: int | None = None) -> Delisted:
    """All variants of these listings, and the first one of the listing *one*."""
    gone = [code for number in listing_ids for code in codes(db, number)] + (codes(db, one)[:1] if one else [])
    return apply_delisting(db, plan_delisting(db, read_pasted("\n".join(gone))))


def stocks(db: Database, listing_id: int) -> dict[str, int | None]:
    return {sku.code: sku.stock for sku in loaded(db, listing_id).skus}


def label(db: Database) -> str:
    return change_label(list_changes(db)[0])


class TestOnThePracticeMarket:
    async def test_a_stock_that_was_sent_is_back_after_undo_and_sending(self, db, market, live, desk) -> None:
        first, second = live
        before = stocks(db, first)
        gone, *_ = before
        assert delist(db, [], one=first).change.label == "change.delist"
        await send(db, market)
        assert (await there(market, loaded(db, first)))[1] == before | {gone: 0}
        done = desk.undo()
        assert [(one.listings, one.action) for one in done.waiting] == [(1, "")] and done.unsent == ()
        assert stocks(db, first) == before
        await send(db, market)
        assert await there(market, loaded(db, first)) == ("onSelling", before)
        assert (await there(market, loaded(db, second)))[1] == stocks(db, second)
        again = desk.redo()
        assert (again.restored, len(again.waiting)) == (1, 1)
        await send(db, market)
        assert (await there(market, loaded(db, first)))[1] == before | {gone: 0}

    async def test_a_whole_listing_off_sale_is_on_sale_after_undo_and_sending(self, db, market, live, desk) -> None:
        first, second = live
        done = delist(db, [first])
        assert (done.change.label, done.change.listing_count, done.off) == ("change.delist_off", 1, 1)
        await send(db, market)
        assert (await there(market, loaded(db, first)))[0] == "offline"
        back = desk.undo()
        assert (back.restored, back.conflicts, back.listing_ids) == (1, (), (first,))
        assert [(one.store_id, one.listings, one.action) for one in back.waiting] == [(1, 1, "online")]
        await send(db, market)
        assert (await there(market, loaded(db, first)))[0] == "onSelling"
        assert statuses(db) == ["live", "live"]
        assert [one.action for one in desk.redo().waiting] == ["offline"]
        await send(db, market)
        assert (await there(market, loaded(db, first)))[0] == "offline"
        desk.undo(done.change.uid)
        await send(db, market)
        assert (await there(market, loaded(db, first)))[0] == "onSelling"
        assert (await there(market, loaded(db, second)))[0] == "onSelling"


def test_an_edit_made_before_stays_when_what_was_delisted_is_undone(db, live, desk) -> None:
    first, second = live
    desk.save([ListingEdit(second, {"title": "Brass Lamp Socket Of Another Series"})], "Socket")
    delist(db, [first])
    assert can_undo(db).label == "change.delist_off"
    desk.undo()
    assert loaded(db, second).title == "Brass Lamp Socket Of Another Series"
    assert (states(db)[-1], statuses(db)) == ("cancelled", ["live", "live"])
    assert can_undo(db).label == "change.edit"


def test_stocks_and_whole_listings_are_one_change_that_says_both(db, three, desk) -> None:
    first, second, third = three
    before = stocks(db, third)
    done = delist(db, [first, second], one=third)
    assert label(db) == "Delisted codes: stock to 0 in 1 listing (variants: 1), listings off sale: 2"
    assert (done.change.listing_count, len(list_changes(db))) == (3, 1)
    assert [(one.listings, one.action) for one in done.waiting] == [(2, "offline"), (1, "")]
    back = desk.undo()
    assert (back.restored, back.conflicts, back.waiting, back.unsent) == (3, (), (), ())
    assert (statuses(db), stocks(db, third)) == (["live"] * 3, before)
    assert list_changes(db)[0].is_undone
    assert set(states(db)[-3:]) == {"cancelled"}


async def test_chosen_listings_and_fields_are_undone_alone(db, market, three, desk) -> None:
    first, second, third = three
    before = stocks(db, third)
    uid = delist(db, [first, second], one=third).change.uid
    await send(db, market)
    contents = desk.change_contents(uid)
    assert contents.fields() == ("sale", "stock")
    shown = contents.rows(contents.ids(Query()))
    assert [(one.field, one.before, one.after) for one in shown[first].values] == [("sale", "on", "off")]
    assert {one.state for one in shown.values()} == {"stands"}
    desk.undo(uid, [first])
    assert statuses(db) == ["queued", "off", "live"]
    assert contents.rows([first, second])[first].state == "back"
    assert not list_changes(db)[0].is_undone
    assert desk.undo(uid, fields=["stock"]).listing_ids == (third,)
    assert (stocks(db, third), statuses(db)[1]) == (before, "off")
    rest = desk.undo(uid)
    assert (rest.restored, rest.listing_ids) == (1, (second,))
    assert list_changes(db)[0].is_undone
    await send(db, market)
    assert statuses(db) == ["live"] * 3


async def test_what_cannot_come_back_is_named_with_its_reason(db, market, three, desk) -> None:
    first, second, _ = three
    uid = delist(db, three).change.uid
    await send(db, market)
    enqueue_online(db, 1, [first])
    await send(db, market)
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET product_id = NULL WHERE id = ?", (second,))
    done = desk.undo(uid)
    assert (done.restored, done.conflicts) == (1, (first, second))
    assert {number: reason.code for number, reason in done.reasons.items()} == {
        first: "sale.on_already", second: "sale.gone",
    }  # fmt: skip
    assert statuses(db)[2] == "queued"
    assert not list_changes(db)[0].is_undone


@pytest.mark.parametrize("state", [TaskState.SENDING, TaskState.UNKNOWN])
def test_what_is_just_leaving_is_left_alone(db, live, desk, state) -> None:
    first, _ = live
    uid = delist(db, [first]).change.uid
    write(db, "UPDATE publish_task SET state = ?, attempts = 1 WHERE action = 'offline'", state)
    done = desk.undo(uid)
    assert (done.is_stuck, done.conflicts, done.reasons[first].code) == (True, (first,), "sale.under_way")
    assert not list_changes(db)[0].is_undone
    row = desk.change_contents(uid).rows([first])[first]
    assert (row.state, row.why.code) == ("no", "sale.under_way")


@pytest.mark.parametrize(
    ("closed", "code"),
    [("health = 'signed_out'", "store.closed.signed_out"), ("access = 'read'", "publishing.read_only")],
)
async def test_a_closed_store_is_named_and_its_listings_wait(db, market, live, desk, closed, code) -> None:
    first, second = live
    before = stocks(db, second)
    uid = delist(db, [first], one=second).change.uid
    await send(db, market)
    write(db, f"UPDATE store SET {closed}")
    done = desk.undo(uid)
    assert (done.listing_ids, done.conflicts, done.waiting) == ((second,), (first,), ())
    assert (done.reasons[first].code, bool(done.reasons[first].params["store"])) == (code, True)
    assert (stocks(db, second), done.unsent) == (before, (second,)), "here it is back; a person sends it"
    assert statuses(db) == ["off", "live"]
    row = desk.change_contents(uid).rows([first])[first]
    assert (row.state, row.why.code) == ("no", code)
    write(db, "UPDATE store SET health = 'ok', access = 'operate'")
    assert [one.action for one in desk.undo(uid).waiting] == ["online"]
    await send(db, market)
    assert (await there(market, loaded(db, first)))[0] == "onSelling"


def test_what_was_not_sent_is_taken_back_though_the_store_is_closed(db, live, desk) -> None:
    first, _ = live
    delist(db, [first])
    write(db, "UPDATE store SET health = 'signed_out'")
    assert (desk.undo().conflicts, statuses(db)) == ((), ["live", "live"])
    done = desk.redo()
    assert (done.restored, done.reasons[first].code) == (0, "store.closed.signed_out")


def test_a_closed_store_takes_nothing_off_sale_and_the_history_says_nothing(db, live) -> None:
    first, second = live
    write(db, "UPDATE store SET health = 'signed_out'")
    done = delist(db, [first])
    assert (done.change, list_changes(db)) == (None, [])
    assert done.skipped == {first: "store.closed.signed_out"}
    assert delist(db, [first], one=second).change.label == "change.delist"
    assert label(db) == "Delisted codes: stock to 0 in 1 listing (variants: 1)"


async def test_what_else_was_edited_of_a_listing_is_not_sent_by_an_undo(db, market, live, desk) -> None:
    first, _ = live
    uid = delist(db, [], one=first).change.uid
    await send(db, market)
    desk.save([ListingEdit(first, {"title": "Brass Lamp Socket Of Another Series"})], "Socket")
    done = desk.undo(uid)
    assert (done.restored, done.waiting, done.unsent) == (1, (), (first,))
    assert statuses(db)[0] == "live"


async def test_delisting_once_more_what_is_on_its_way_off_is_no_change(db, market, live, desk) -> None:
    first, _ = live
    uid = delist(db, [first]).change.uid
    again = delist(db, [first])
    assert (again.change, len(again.waiting), len(list_changes(db))) == (None, 1, 1)
    desk.undo(uid)
    assert statuses(db) == ["live", "live"]
    await send(db, market)
    assert (await there(market, loaded(db, first)))[0] == "onSelling"


async def test_an_edit_that_waits_is_no_way_back_from_off_sale(db, market, live, desk) -> None:
    first, _ = live
    uid = delist(db, [first]).change.uid
    await send(db, market)
    desk.save([ListingEdit(first, {"title": "Brass Lamp Socket Of Another Series"})], "Socket")
    enqueue(db, 1, [first])
    assert desk.undo(uid).reasons[first].code == "sale.under_way"
    await send(db, market)
    assert statuses(db)[0] == "off"
    assert desk.undo(uid).reasons == {}


async def test_done_again_it_takes_an_edit_back_that_waits(db, market, live, desk) -> None:
    first, _ = live
    delist(db, [first])
    desk.undo()
    write(db, "UPDATE listing SET sent_hash = 'older' WHERE id = ?", first)
    enqueue(db, 1, [first])
    assert statuses(db)[0] == "queued"
    assert [one.action for one in desk.redo().waiting] == ["offline"]
    await send(db, market)
    assert (await there(market, loaded(db, first)))[0] == "offline"
    enqueue_offline(db, 1, [first])
    assert desk.undo().unsent == (first,), "the edit that was taken back is told"


async def test_going_back_to_a_time_puts_listings_on_sale_again(db, market, live, desk) -> None:
    first, second = live
    desk.save([ListingEdit(second, {"title": "Brass Lamp Socket Of Another Series"})], "Socket")
    write(db, "UPDATE change SET created_ms = created_ms - 1000")
    moment = list_changes(db)[0].created_at
    delist(db, [first])
    await send(db, market)
    write(db, "UPDATE store SET access = 'read'")
    stuck = desk.go_back(moment)
    assert (stuck.conflicts, stuck.reasons[first].code) == ((first,), "publishing.read_only")
    write(db, "UPDATE store SET access = 'operate'")
    back = desk.go_back(moment)
    assert ([one.action for one in back.waiting], back.unsent, back.reasons) == (["online"], (), {})
    assert loaded(db, second).title == "Brass Lamp Socket Of Another Series"
    await send(db, market)
    assert statuses(db) == ["live", "live"]


async def test_delisting_what_waits_to_go_on_sale_takes_that_back(db, market, live, desk) -> None:
    first, _ = live
    delist(db, [first])
    await send(db, market)
    desk.undo()
    done = delist(db, [first])
    assert (done.change.label, done.skipped, done.waiting) == ("change.delist_off", {}, ())
    assert statuses(db)[0] == "off"
    assert [one.action for one in desk.undo().waiting] == ["online"]
    await send(db, market)
    assert statuses(db) == ["live", "live"]


async def test_an_undo_while_the_stocks_are_on_their_way_says_that_they_are_to_be_sent_again(
    db: Database, market: PracticeMarket, live: list[int], desk: ListingDesk
) -> None:
    first, _ = live
    before = stocks(db, first)
    delist(db, [], one=first)
    write(db, "UPDATE publish_task SET state = 'unknown', sent_ms = 1, attempts = 1, owner = '' WHERE state = 'queued'")
    done = desk.undo()
    assert (stocks(db, first), done.waiting, done.unsent) == (before, (), (first,))


async def test_going_back_sends_nothing_but_what_was_delisted(
    db: Database, market: PracticeMarket, live: list[int], desk: ListingDesk
) -> None:
    first, _ = live
    old = loaded(db, first).title
    moment = datetime.now(UTC)
    await asyncio.sleep(0.01)
    desk.save([ListingEdit(first, {"title": "Brass Lamp Socket Of Another Series"})], "T")
    enqueue(db, 1, [first])
    await send(db, market)
    for number in live:
        delist(db, [], one=number)
    await send(db, market)
    done = desk.go_back(moment)
    assert loaded(db, first).title == old
    assert ([one.listings for one in done.waiting], done.unsent) == ([1], (first,))


async def test_findings_follow_where_going_back_leaves_the_sale_alone(
    db: Database, market: PracticeMarket, live: list[int], desk: ListingDesk
) -> None:
    first, _ = live
    desk.save([ListingEdit(first, {"title": ""})], "T")
    moment = datetime.now(UTC)
    await asyncio.sleep(0.01)
    desk.save([ListingEdit(first, {"title": "Brass Lamp Socket Of Another Series"})], "T")
    delist(db, [first])
    await send(db, market)
    enqueue_online(db, 1, [first])
    await send(db, market)
    done = desk.go_back(moment)
    assert (loaded(db, first).title, done.conflicts) == ("", (first,))
    with db.reader.connect() as connection:
        found = connection.exec_driver_sql("SELECT code FROM listing_finding WHERE listing_id = ?", (first,)).scalars()
        assert "title.missing" in set(found)


async def test_a_listing_edited_after_it_failed_to_come_back_is_off_sale_all_the_same(
    db: Database, market: PracticeMarket, live: list[int], desk: ListingDesk
) -> None:
    first, _ = live
    change = delist(db, [first]).change
    assert change is not None
    await send(db, market)
    write(db, "UPDATE listing SET status = 'failed', error_code = 'x' WHERE id = ?", first)
    desk.save([ListingEdit(first, {"title": "Brass Lamp Socket Of Another Series"})], "T")
    done = desk.undo(change.uid)
    assert (done.reasons, [one.listings for one in done.waiting]) == ({}, [1])
