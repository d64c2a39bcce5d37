"""A price that must not leave leaves by no path: new, edited, small, together, by the clock, on sale again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from app.models import TaskAction
from app.services.compliance.recheck import check_listings
from app.services.compliance.word_desk import WordDesk
from app.services.compliance.word_lists import Entry
from app.services.db import Database
from app.services.history.listing import list_changes
from app.services.history.undo import redo, undo
from app.services.listings.desk import ListingDesk
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.marketing.groups import change_marketing_group, create_marketing_group
from app.services.listings.marketing.membership import put_into
from app.services.listings.marketing.plans import PlanText
from app.services.marketplace.port import RemoteStatus
from app.services.price_guard.quarantine import quarantine
from app.services.price_guard.rechecking import recheck_group
from app.services.price_guard.release import BadComment, NothingHeld, release
from app.services.pricing.team_settings import change_settings
from app.services.publishing.offlining import enqueue_offline
from app.services.publishing.onlining import enqueue_online
from app.services.publishing.queue import SkipReason, enqueue
from app.services.publishing.run import publish
from app.services.publishing.turns import Schedule
from app.services.roles import NotAllowed
from tests.listing_rows import note_synced
from tests.unit.publishing.conftest import REVIEWED
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import journal, loaded, publish_all, states, statuses, write

CODE = "AB1234"


def floor(db: Database, cents: int, code: str = CODE) -> None:
    write(
        db,
        "INSERT OR REPLACE INTO price_floor (match_key, code, floor_minor, currency) VALUES (?, ?, ?, 'USD')",
        code,
        code,
        cents,
    )


def price(db: Database, listing_id: int, cents: int, **more: Any) -> None:
    skus = {sku.id: {"price_minor": cents, **more} for sku in loaded(db, listing_id).skus if sku.id}
    edit_listings(db, [ListingEdit(listing_id, skus=skus)], label="edit")


def run(db: Database, market: FakeMarketplace, batch: int | None = None, **changes: Any) -> None:
    asyncio.run(publish(db, market, 1, batch, settings=replace(REVIEWED, **changes)))


def codes(db: Database, listing_id: int) -> list[str]:
    with db.read() as session:
        [(_, found)] = check_listings(session, [listing_id])
    return [one.code for one in found if one.code.startswith("guard.")]


@pytest.fixture(autouse=True)
def no_discount(db: Database) -> None:
    """Nothing is taken off, so that list prices are what buyers pay."""
    change_settings(db, {"discount": "0"})


@pytest.fixture
def one(db: Database, make_sellable: Callable[..., Any]) -> int:
    """A listing of one variant at 20.00, ready to go."""
    return int(make_sellable(skus=((CODE, 2000, 50),)).id)


@pytest.fixture
def live(db: Database, market: FakeMarketplace, one: int) -> int:
    """The same, on sale."""
    asyncio.run(publish_all(db, market, [one], settings=REVIEWED))
    assert statuses(db) == ["live"]
    return one


def test_a_new_listing_below_its_floor_waits_even_where_others_are_released(db, market, one):
    floor(db, 2001)
    for released in (False, True):
        made = enqueue(db, 1, [one], release_held=released)
        assert (made.queued, made.skipped[0].reason) == (0, SkipReason.HELD)
        assert [finding.code for finding in made.skipped[0].findings] == ["guard.floor"]
    assert statuses(db) == ["held"]
    run(db, market)
    assert market.calls == []
    floor(db, 2000)
    assert enqueue(db, 1, [one]).queued == 1


def test_a_discount_nobody_decided_is_the_planned_one(db, one):
    change_settings(db, {"discount": "0.3"})
    floor(db, 1401)
    assert enqueue(db, 1, [one]).count(SkipReason.HELD) == 1
    floor(db, 1400)
    assert codes(db, one) == []
    write(db, "DELETE FROM pricing_setting")  # the one a team starts with, too (domain.md 20: 30 %)
    floor(db, 1401)
    assert codes(db, one) == ["guard.floor"]
    write(db, "INSERT INTO marketing_group (id, store_id, name, discount_bp, created_ms) VALUES (1, 1, 'None', 0, 0)")
    write(db, "INSERT INTO marketing_member (listing_id, group_id) VALUES (?, 1)", one)
    assert codes(db, one) == [], "a group that decided on nothing"


@pytest.mark.parametrize("schedule", [Schedule(), Schedule(1, 1)])
def test_a_floor_that_comes_while_it_waits_in_the_queue_holds_it(db, market, one, schedule):
    assert enqueue(db, 1, [one], schedule=schedule).queued == 1
    floor(db, 2001)
    run(db, market)
    assert market.calls == []
    assert (states(db), journal(db)[-1].error_code) == (["cancelled"], "publishing.held")


def test_together_and_alone_edits_and_new_ones_wait(db, market, live, make_sellable):
    floor(db, 2001)
    others = [make_sellable(skus=((f"{CODE}*{number}", 2000, 5),)).id for number in range(2, 8)]
    for number in range(2, 8):
        floor(db, 2001, f"{CODE}*{number}")
    market.calls.clear()
    edit_listings(db, [ListingEdit(live, {"title": "Bedside Table Lamp Dimmable Touch Control Warm"})], label="edit")
    made = enqueue(db, 1, [live, *others])
    assert (made.queued, made.count(SkipReason.HELD)) == (0, 7)
    run(db, market, feed_from=2)
    assert market.calls == []


def test_a_small_edit_waits_unless_it_only_takes_stock_away(db, market, live):
    note_synced(db, live, {CODE: [2000, 50]})
    market.calls.clear()
    price(db, live, 1900)
    floor(db, 1950)
    assert enqueue(db, 1, [live]).count(SkipReason.HELD) == 1
    price(db, live, 2000, stock=60)
    floor(db, 2001)
    assert enqueue(db, 1, [live]).count(SkipReason.HELD) == 1
    price(db, live, 2000, stock=10)
    assert enqueue(db, 1, [live]).queued == 1
    run(db, market)
    assert "stock" in market.calls


@pytest.mark.parametrize("severity", ["block", "hold"])
def test_what_only_takes_stock_away_goes_whatever_else_is_found(db, market, live, severity):
    note_synced(db, live, {CODE: [2000, 50]})
    word = loaded(db, live).title.split()[0]
    WordDesk(lambda: db).save([Entry("prohibited_goods", word, severity=severity)])
    market.calls.clear()
    price(db, live, 2000, stock=60)
    assert enqueue(db, 1, [live]).queued == 0
    price(db, live, 2000, stock=10)
    made = enqueue(db, 1, [live])
    assert made.queued == 1
    run(db, market, made.batch_id)
    assert "stock" in market.calls and not {"create", "edit", "prices"} & set(market.calls)
    price(db, live, 2000, stock=0)  # but the marketplace wants something to sell in one variant
    assert enqueue(db, 1, [live]).count(SkipReason.BLOCKED) == 1


def test_what_is_put_on_sale_again_is_judged_by_what_the_marketplace_has(db, market, live):
    run(db, market, enqueue_offline(db, 1, [live]).batch_id)
    price(db, live, 5000)
    floor(db, 2001)
    market.calls.clear()
    batch = enqueue_online(db, 1, [live]).batch_id
    run(db, market, batch)
    assert "online" not in market.calls
    assert statuses(db) == ["off"]
    assert journal(db)[-1].action == TaskAction.ONLINE
    floor(db, 2000)
    run(db, market, enqueue_online(db, 1, [live]).batch_id)
    assert "online" in market.calls


def test_a_jump_against_what_was_sent_waits_without_a_sync(db, market, live):
    price(db, live, 799)
    assert codes(db, live) == ["guard.change"]
    assert enqueue(db, 1, [live]).count(SkipReason.HELD) == 1
    price(db, live, 1399)
    assert codes(db, live) == ["guard.change_warn"]
    made = enqueue(db, 1, [live])
    assert made.queued == 1
    run(db, market, made.batch_id)
    assert loaded(db, live).sent_hash == loaded(db, live).content_hash
    price(db, live, 799)  # the next step counts from there
    assert codes(db, live) == ["guard.change_warn"]


def test_a_release_needs_the_right_and_a_reason_and_ends_with_the_next_price(db, market, one):
    floor(db, 2001)
    for role in ("operator", "clerk", "viewer", "nobody"):
        with pytest.raises(NotAllowed):
            release(db, role, [one], "clearance")
    for comment in ("", "  ", "ok", "x" * 501):
        with pytest.raises(BadComment):
            release(db, "supervisor", [one], comment)
    change = release(db, "supervisor", [one], "  clearance   until Sunday ")
    assert change.params == {"n": 1, "comment": "clearance until Sunday"}
    assert list_changes(db)[0].uid == change.uid
    assert codes(db, one) == []
    with pytest.raises(NothingHeld):
        release(db, "supervisor", [one], "once more")
    undo(db)
    assert codes(db, one) == ["guard.floor"]
    redo(db)
    assert codes(db, one) == []
    made = enqueue(db, 1, [one])
    run(db, market, made.batch_id)
    assert statuses(db) == ["live"]
    price(db, one, 1999)
    assert codes(db, one) == ["guard.floor"]
    assert enqueue(db, 1, [one]).count(SkipReason.HELD) == 1
    price(db, one, 2000)
    assert codes(db, one) == []


def test_what_was_released_leaves_as_it_was_released_or_not_at_all(db, market, one):
    floor(db, 2001)
    release(db, "supervisor", [one], "clearance")
    assert enqueue(db, 1, [one]).queued == 1
    write(db, "UPDATE price_release SET imprint = 'another'")
    run(db, market)
    assert market.calls == []
    assert market.default_verdict is not RemoteStatus.REJECTED


def test_a_deeper_discount_plan_holds_what_passed_and_is_not_covered_by_an_old_release(db, market, one):
    floor(db, 1900)
    group = create_marketing_group(db, 1, "Summer", "3")
    with db.bulk() as connection:
        put_into(connection, one, "Summer")
    assert codes(db, one) == []
    made = enqueue(db, 1, [one])
    assert made.queued == 1
    change_marketing_group(db, group, "Summer", "10")
    assert recheck_group(db, group) == 1
    stored = "SELECT code FROM listing_finding WHERE code LIKE 'guard.%'"
    for go, expected in ((ListingDesk(lambda: db).undo, []), (ListingDesk(lambda: db).redo, ["guard.floor"])):
        go()
        with db.reader.connect() as connection:
            assert list(connection.exec_driver_sql(stored).scalars()) == expected, "taking it back is a change, too"
    with db.reader.connect() as connection:
        stored = connection.exec_driver_sql("SELECT code FROM listing_finding WHERE severity = 'hold'").scalars()
        assert list(stored) == ["guard.floor"]
    run(db, market)  # it was queued before
    assert market.calls == []
    release(db, "supervisor", [one], "summer clearance")
    assert codes(db, one) == []
    change_marketing_group(db, group, "Summer", "10", PlanText({"store_coupon": "2/30"}))
    assert codes(db, one) == ["guard.floor"]
    [held] = quarantine(db).prices or quarantine(db, listing_ids=[one]).prices
    assert (str(held.numbers.list_price), str(held.numbers.lowest), str(held.numbers.floor)) == ("20", "17.00", "19")


def unknown_costs(db: Database, listing_id: int) -> None:
    guard = orjson.dumps({"costs": "on"}).decode()
    write(db, "INSERT INTO setting (name, value, updated_ms) VALUES ('price_guard', ?, 0)", guard)


def a_country_below_the_floor(db: Database, listing_id: int) -> None:
    floor(db, 1950)
    cheap = {"type": "percentage", "countries": {"RU": -10}}
    edit_listings(db, [ListingEdit(listing_id, {"regional_prices": cheap})], label="edit")


def an_unknown_rate(db: Database, listing_id: int) -> None:
    floor(db, 1)
    write(db, "UPDATE price_floor SET currency = 'XYZ'")


def a_deeper_plan(db: Database, listing_id: int) -> None:
    floor(db, 2000)
    create_marketing_group(db, 1, "Summer", "1")
    with db.bulk() as connection:
        put_into(connection, listing_id, "Summer")


REASONS = {
    unknown_costs: "guard.unknown",
    a_country_below_the_floor: "guard.floor",
    an_unknown_rate: "guard.unknown",
    a_deeper_plan: "guard.floor",
}


@pytest.mark.parametrize("make", REASONS, ids=lambda make: make.__name__)
def test_each_reason_stops_what_is_new_and_what_waits_already(db, market, one, make):
    assert enqueue(db, 1, [one]).queued == 1
    make(db, one)
    assert set(codes(db, one)) == {REASONS[make]}
    run(db, market)
    assert (market.calls, states(db)) == ([], ["cancelled"])
    again = enqueue(db, 1, [one], release_held=True)
    assert (again.queued, again.count(SkipReason.HELD)) == (0, 1)
    release(db, "supervisor", [one], "seen by the lead")
    made = enqueue(db, 1, [one])
    assert made.queued == 1
    run(db, market, made.batch_id)
    assert statuses(db) == ["live"]


def test_what_is_on_sale_with_an_unknown_cost_may_only_sell_less(db, market, live):
    note_synced(db, live, {CODE: [2000, 50]})
    unknown_costs(db, live)
    market.calls.clear()
    for changed in ({"cents": 2100}, {"cents": 2000, "stock": 51}):
        price(db, live, **changed)
        assert enqueue(db, 1, [live], release_held=True).count(SkipReason.HELD) == 1
    price(db, live, 2000, stock=10)
    run(db, market, enqueue(db, 1, [live]).batch_id)
    assert "stock" in market.calls and not {"create", "edit", "prices"} & set(market.calls)
    run(db, market, enqueue_offline(db, 1, [live]).batch_id)  # taking it off sale is always allowed
    assert statuses(db) == ["off"]
    market.calls.clear()
    run(db, market, enqueue_online(db, 1, [live]).batch_id)
    assert "online" not in market.calls and statuses(db) == ["off"]
