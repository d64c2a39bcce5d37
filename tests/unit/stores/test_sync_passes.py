"""A pass over a store's listings: only what changed, from the page it had reached, in bounded memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.services.clock import to_ms
from app.services.marketplace.port import RemoteStatus, TemporaryFault, Unreachable
from app.services.stores.sync import passes
from app.services.stores.sync.listings import ORDER
from app.services.tasks import TaskCancelled, TaskContext

LATER = datetime(2026, 4, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def large(monkeypatch):
    """Every store counts as a large one."""
    monkeypatch.setattr(passes, "SMALL", 0)


def state(db):
    with db.reader.connect() as connection:
        return connection.exec_driver_sql("SELECT * FROM listing_sync").one()


def count(db, table):
    with db.reader.connect() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()


def fill(market, make_lamp, number, **changes):
    market.put(*(make_lamp(f"10050{at:04d}", title=f"Lamp {at}", **changes) for at in range(number)))


@pytest.mark.usefixtures("large")
def test_the_second_sync_asks_only_for_what_changed(db, market, make_lamp, sync):
    fill(market, make_lamp, 5, modified_at=LATER)
    assert sync().listings.new == 5
    until = state(db).until_ms
    assert LATER - timedelta(minutes=1) < datetime.fromtimestamp(until / 1000, UTC) <= LATER
    market.asked_since.clear()
    market.put(make_lamp("100509999", title="New", modified_at=LATER + timedelta(days=1)))
    counts = sync().listings
    assert (counts.new, counts.unchanged, counts.seen) == (1, 5, 6), "five within the overlap, which need no reading"
    since = datetime.fromtimestamp(until / 1000, UTC) - timedelta(milliseconds=passes.OVERLAP_MS)
    assert set(market.asked_since[: -len(ORDER)]) == {since}
    assert market.asked_since[-len(ORDER) :] == [None] * len(ORDER), "then how many there are of each state"
    assert state(db).until_ms > until


@pytest.mark.usefixtures("large")
def test_what_did_not_change_is_not_even_listed(db, market, make_lamp, sync):
    fill(market, make_lamp, 6)
    market.put(make_lamp("100509999", title="Newest", modified_at=LATER))
    sync()
    market.calls.clear()
    assert sync().listings.seen == 7
    assert len(market.called("list_listings")) == 2 * len(ORDER), "changes, then what there is by state"


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_deletion_shows_at_once_for_the_platform_counts_less(db, market, make_lamp, sync, is_replaced):
    fill(market, make_lamp, 3, modified_at=LATER)
    sync()
    del market.listings["100500001"]
    if is_replaced:  # as many as before, one of them another one
        market.put(make_lamp("100509999", title="New", modified_at=LATER + timedelta(days=1)))
    counts = sync().listings
    assert (len(counts.removed), counts.new, state(db).off_by) == (1, int(is_replaced), 0)
    market.calls.clear()
    assert sync().listings.removed == []
    assert len(market.called("list_listings")) == 2 * len(ORDER), "and it is over with"


@pytest.mark.usefixtures("large")
def test_a_difference_that_stays_is_not_looked_into_again(db, market, make_lamp, sync):
    fill(market, make_lamp, 3, modified_at=LATER)
    sync()
    listed = market.list_listings

    async def counting_wrong(status, page=1, page_size=50, **options):
        found = await listed(status, page, page_size, **options)
        return replace(found, total=found.total + 1) if page_size == 1 else found

    market.list_listings = counting_wrong
    assert (sync().listings.seen, state(db).off_by) == (3, len(ORDER))
    market.asked_since.clear()
    sync()
    assert market.asked_since.count(None) == len(ORDER), "counted, not read"
    del market.listings["100500001"]
    assert len(sync().listings.removed) == 1


@pytest.mark.usefixtures("large")
def test_once_a_day_everything_is_read(db, market, make_lamp, sync):
    fill(market, make_lamp, 3)
    sync()
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing_sync SET full_ms = full_ms - ?", (passes.WHOLE_EVERY_MS,))
    market.asked_since.clear()
    assert sync().listings.seen == 3
    assert set(market.asked_since) == {None}


def test_a_small_store_is_always_read_whole(db, market, make_lamp, sync):
    fill(market, make_lamp, 3)
    sync()
    del market.listings["100500001"]
    assert len(sync().listings.removed) == 1


@pytest.mark.parametrize("stopped_at", [("onSelling", 3), ("onSelling", 1), ("offline", 1)])
def test_a_broken_pass_goes_on_at_its_page(db, market, make_lamp, sync, stopped_at):
    fill(market, make_lamp, 7)
    market.put(make_lamp("100509999", status=RemoteStatus.OFF_SALE))
    market.faults[f"list_listings:{stopped_at}"] = [Unreachable(host="x")]
    with pytest.raises(Unreachable):
        sync()
    done, read = count(db, "listing_seen"), set(market.called("list_listings")) - {stopped_at}
    market.calls.clear()
    counts = sync().listings
    assert read
    assert not read & set(market.called("list_listings")), "no page that was read is asked again"
    assert (counts.seen, counts.new, counts.removed) == (8, 8 - done, [])
    assert (count(db, "listing"), count(db, "listing_seen"), state(db).pass_started_ms) == (8, 0, None)


def test_a_pass_that_stood_still_for_long_is_begun_anew(db, market, make_lamp, sync):
    fill(market, make_lamp, 5)
    market.faults["list_listings:('onSelling', 2)"] = [Unreachable(host="x")]
    with pytest.raises(Unreachable):
        sync()
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "UPDATE listing_sync SET pass_started_ms = pass_started_ms - ?", (passes.RESUMED_WITHIN_MS,)
        )
    market.calls.clear()
    assert sync().listings.seen == 5
    assert market.called("list_listings")[0] == (str(ORDER[0]), 1)


def test_a_stop_keeps_the_place(db, market, make_lamp, sync):
    fill(market, make_lamp, 6)

    class AfterTwoPages(TaskContext):
        def report(self, done, total=None, **rest):
            super().report(done, total, **rest)
            if done >= 4:
                self.stop.set()

    with pytest.raises(TaskCancelled):
        sync(ctx=AfterTwoPages())
    assert (state(db).pass_status, state(db).pass_page) == ("onSelling", 3)
    assert sync().listings.seen == 6


def test_rows_that_move_up_while_pages_are_turned_are_not_missed(db, market, make_lamp, sync):
    """A listing leaves the list after its page was read: the first of the next page is now the last of this one."""
    fill(market, make_lamp, 6)
    listed = market.list_listings
    asked = []

    async def leaving(status, page=1, *args, **options):
        found = await listed(status, page, *args, **options)
        asked.append((str(status), page))
        if asked == [("auditing", 1), ("editingRequired", 1), ("onSelling", 1)]:
            market.put(make_lamp("100500000", title="Lamp 0", status=RemoteStatus.OFF_SALE, modified_at=LATER))
        return found

    market.list_listings = leaving
    market.faults["read_listing:100500002"] = []
    counts = sync().listings
    assert (counts.seen, counts.new) == (6, 6)
    assert ("onSelling", 1) in asked[3:], "one page back"


@pytest.mark.usefixtures("large")
def test_what_could_not_be_read_is_asked_for_again(db, market, make_lamp, sync):
    fill(market, make_lamp, 4)
    sync()
    until = state(db).until_ms
    market.put(
        make_lamp("100500000", title="Changed", modified_at=LATER),
        make_lamp("100500001", title="Changed, too", modified_at=LATER + timedelta(days=3)),
    )
    market.faults["read_listing:100500000"] = [TemporaryFault()]
    assert list(sync().listings.failed) == ["100500000"]
    assert state(db).until_ms == until
    assert sync().listings.changed == 1
    assert state(db).until_ms > to_ms(LATER)
