"""Requests without an answer: looked up, never guessed, never sent twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.models import StoreHealth, TaskAction
from app.services.clock import from_ms, now_ms
from app.services.db import Database
from app.services.listings.apart import all_pairs, tell_apart
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import (
    AttributeContent,
    RateLimited,
    Refused,
    RemoteListing,
    RemoteStatus,
    SignedOut,
    SkuProperty,
    TemporaryFault,
    Unanswered,
)
from app.services.publishing import gate, reconcile
from app.services.publishing.gate import Ending
from app.services.publishing.lookup import UnknownTask, is_applied
from app.services.publishing.run import publish
from app.services.publishing.settling import NotUndecided, decide, undecided
from app.services.regional_prices import RegionalPrices
from app.services.stores.reading import mark_health
from tests.unit.publishing.conftest import FAST
from tests.unit.publishing.fake_marketplace import Applied, FakeMarketplace
from tests.unit.publishing.helpers import batch_states, journal, loaded, publish_all, states, write

Make = Callable[..., ListingRecord]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "TICK_S", 0.01)
    monkeypatch.setattr(gate, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(gate, "LONGEST_PAUSE_S", 0.02)


async def test_an_applied_write_is_found_and_not_sent_again(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.script.append(Applied())
    record = make_sellable()
    result = await publish_all(db, market, [record.id])
    (product_id,) = market.products
    after = loaded(db, record.id)
    assert (result.in_review, result.attempts, len(market.creates)) == (1, 1, 1)
    assert (after.product_id, after.sent_hash, after.status) == (product_id, record.content_hash, "in_review")


async def test_a_lost_write_is_sent_again_after_two_looks_and_one_around(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.script.append(Unanswered(None))
    record = make_sellable()
    result = await publish_all(db, market, [record.id])
    assert market.calls == ["upload", "create", "find", "find", "find", "create", "titled"]
    narrow, again, wide = (look["to"] - look["from"] for look in market.lookups)
    assert abs(narrow - again) < timedelta(minutes=1)
    assert wide > narrow + timedelta(hours=48)
    assert (result.in_review, result.attempts, market.titles()) == (1, 2, [record.title])


async def test_a_write_that_is_applied_late_is_found_by_the_second_look(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """The first look comes before the marketplace has made it, the second one after."""
    market.script.append(Unanswered(None))
    market.lookup_script.extend([None, lambda: market.add(market.creates[0])])
    record = make_sellable()
    await publish_all(db, market, [record.id])
    assert (len(market.creates), market.titles()) == (1, [record.title])
    assert loaded(db, record.id).status == "in_review"


async def test_the_question_names_title_codes_and_window(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.script.append(Applied())
    before = datetime.now(UTC)
    record = make_sellable()
    await publish_all(db, market, [record.id], settings=replace(FAST, skew_s=600))
    (asked,) = market.lookups
    assert asked["title"] == record.title
    assert asked["codes"] == tuple(sorted(sku.code for sku in record.skus))
    assert before - timedelta(seconds=601) < asked["from"] <= before - timedelta(seconds=590)
    assert asked["to"] > datetime.now(UTC) + timedelta(seconds=590)


async def test_several_candidates_are_shown_not_guessed(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    def made_twice_by_others() -> None:
        market.add(market.creates[-1])
        market.add(market.creates[-1])
        raise Unanswered(None)

    market.script.append(made_twice_by_others)
    record = make_sellable()
    result = await publish_all(db, market, [record.id])
    assert (result.unknown, result.attempts) == (1, 1)
    assert (states(db), loaded(db, record.id).status, batch_states(db)) == (
        ["unknown"],
        "unknown",
        ["done_with_failures"],
    )
    (open_one,) = undecided(db, 1)
    assert (open_one.listing_id, set(open_one.candidates)) == (record.id, set(market.products))
    assert open_one.codes == tuple(sorted(sku.code for sku in record.skus))

    again = await publish(db, market, 1, settings=FAST)
    assert (again.unknown, len(market.creates)) == (1, 1), "another run does not guess either"

    chosen = open_one.candidates[1]
    decide(db, record.id, chosen)
    after = loaded(db, record.id)
    assert (after.product_id, after.status, after.sent_hash) == (chosen, "in_review", record.content_hash)
    assert (states(db), undecided(db, 1), batch_states(db)) == (["in_review"], [], ["done"])
    with pytest.raises(NotUndecided):
        decide(db, record.id, None)


async def test_a_person_may_say_that_none_of_them_is_it(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    def made_by_others() -> None:
        market.add(market.creates[-1])
        market.add(market.creates[-1])
        raise Unanswered(None)

    market.script.append(made_by_others)
    record = make_sellable()
    await publish_all(db, market, [record.id])
    decide(db, record.id, None)
    result = await publish(db, market, 1, settings=FAST)
    assert (result.in_review, len(market.products)) == (1, 3)
    assert loaded(db, record.id).product_id not in undecided(db, 1)


async def test_a_product_that_another_listing_made_is_not_the_answer(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """A twin that went through before has the same title and codes; its product is taken."""
    skus = (("TWIN-1", 1890, 5), ("TWIN-2", 1890, 5))
    first = make_sellable("Twin Lamp For Both Bedsides", skus=skus)
    await publish_all(db, market, [first.id])
    market.script.append(Unanswered(None))
    second = make_sellable("Twin Lamp For Both Bedsides", skus=skus)
    tell_apart(db, [(first.id, second.id)])
    result = await publish_all(db, market, [second.id])
    assert (result.in_review, len(market.products)) == (1, 2)
    assert loaded(db, first.id).product_id != loaded(db, second.id).product_id


async def test_an_older_listing_of_ours_is_not_the_answer(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """The platform's list may name no creation time; what we had long before is not what we have just sent."""
    skus = (("TWIN-1", 1890, 5),)
    old = make_sellable("Twin Lamp For Both Bedsides", skus=skus, product_id="1005006000000099", status="live")
    record = make_sellable("Twin Lamp For Both Bedsides", skus=skus)
    tell_apart(db, [(old.id, record.id)])

    async def find_the_old_one(**question: object) -> tuple[RemoteListing, ...]:
        assert question["title"] == old.title
        return (RemoteListing("1005006000000099", RemoteStatus.ON_SALE, market.creates[0], None, None, {}),)

    market.find_listings = find_the_old_one  # type: ignore[method-assign,assignment]
    market.script.append(Unanswered(None))
    result = await publish_all(db, market, [record.id])
    assert (result.in_review, len(market.creates)) == (1, 2)
    assert loaded(db, record.id).product_id in market.products


async def test_twins_in_one_batch_are_sent_one_after_the_other(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """Both unanswered, one applied, one lost: each ends with a product of its own."""
    skus = (("TWIN-1", 1890, 5), ("TWIN-2", 1890, 5))
    twins = [make_sellable("Twin Lamp For Both Bedsides", skus=skus) for _ in range(2)]
    tell_apart(db, all_pairs([twin.id for twin in twins]))
    market.script.extend([Applied(), Unanswered(None)])
    result = await publish_all(db, market, [twin.id for twin in twins])
    products = {loaded(db, twin.id).product_id for twin in twins}
    assert (result.in_review, result.queued) == (2, 0)
    assert products == set(market.products)
    assert len(products) == 2
    assert market.most_in_flight == 1


@pytest.mark.parametrize(
    "error", [TemporaryFault(None, platform_code="13009999"), Unanswered(None), RateLimited(None, retry_after_s=0.01)]
)
async def test_a_look_that_fails_is_repeated_and_counts_as_none(
    db: Database, make_sellable: Make, market: FakeMarketplace, error: Exception
) -> None:
    market.script.append(Applied())
    market.lookup_script.append(error)
    record = make_sellable()
    result = await publish_all(db, market, [record.id])
    assert (result.in_review, len(market.creates), market.calls.count("find")) == (1, 1, 2)


async def test_a_refused_look_leaves_it_unknown(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    market.script.append(Unanswered(None))
    market.lookup_script.append(Refused("marketplace.permission", platform_code="InsufficientPermission"))
    record = make_sellable()
    result = await publish_all(db, market, [record.id])
    assert (result.unknown, len(market.creates), loaded(db, record.id).error_code) == (1, 1, "marketplace.permission")


async def test_patience_ends_and_the_next_run_goes_on(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.script.append(Applied())
    market.lookup_script.extend([TemporaryFault(None, platform_code="13009999")] * 3)
    record = make_sellable()
    result = await publish_all(db, market, [record.id], settings=replace(FAST, lookup_patience_s=0.0, confirm_s=0.001))
    assert (result.unknown, states(db)) == (1, ["unknown"])
    market.lookup_script.clear()
    again = await publish(db, market, 1, settings=FAST)
    assert (again.in_review, len(market.creates)) == (1, 1)


async def test_signed_out_while_looking_up_keeps_it_unknown(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.script.append(Applied())
    market.lookup_script.append(SignedOut(None))
    result = await publish_all(db, market, [make_sellable().id])
    assert (result.ending, result.unknown, states(db)) == (Ending.SIGNED_OUT, 1, ["unknown"])


@pytest.mark.logs_errors
async def test_a_bug_while_looking_up_ends_nothing(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    market.script.append(Unanswered(None))
    market.lookup_script.append(ZeroDivisionError())
    ids = [make_sellable().id, make_sellable().id]
    result = await publish_all(db, market, ids, parallel=1)
    assert (result.unknown, result.in_review) == (1, 1)


async def test_nothing_is_looked_up_before_the_settle_delay(
    db: Database, make_sellable: Make, market: FakeMarketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The delay counts from the moment we gave up on the answer, not only from the request."""
    waits = []
    monkeypatch.setattr(reconcile.time, "monotonic", lambda: 1_000.0)

    class Parts:
        settings = replace(FAST, settle_s=90.0, lookup_patience_s=100.0)

    reconciler = reconcile.Reconciler(Parts())  # type: ignore[arg-type]
    for sent_ago_s, unknown_ago_s in ((200, 30), (30, 200), (200, 200), (-500, -500)):
        moment = now_ms()
        sent_ms, unknown_ms = moment - sent_ago_s * 1000, moment - unknown_ago_s * 1000
        task = UnknownTask(1, 1, 1, 1, TaskAction.CREATE, "h", "t", (), None, sent_ms, unknown_ms)
        reconciler.add(task)
        waits.append(task.due_s - 1_000.0)
    assert waits[:2] == pytest.approx([60, 60], abs=1)
    assert waits[2] == 0
    assert waits[3] == 90, "a clock that was set back does not make it wait for ever"


async def test_an_applied_edit_is_recognised(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    market.script.append(Applied())
    record = make_sellable(product_id="1005006000000007", sent_hash="older", status="live")
    result = await publish_all(db, market, [record.id])
    assert (result.in_review, market.calls) == (1, ["upload", "edit", "read"])
    assert loaded(db, record.id).sent_hash == record.content_hash


async def test_a_lost_edit_is_sent_again(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    record = make_sellable(product_id="1005006000000007", sent_hash="older", status="live")
    market.script.append(Unanswered(None))
    other = make_sellable()
    await publish_all(db, market, [other.id])
    market.add(market.creates[0], product_id="1005006000000007")
    market.script.append(Unanswered(None))
    market.calls.clear()
    result = await publish_all(db, market, [record.id])
    assert (result.in_review, market.calls) == (1, ["edit", "read", "edit"])
    assert market.products["1005006000000007"].content.title == record.title


async def test_an_edit_that_was_changed_since_is_sent_as_it_is_now(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    record = make_sellable(product_id="1005006000000007", sent_hash="older", status="live")

    def edited_meanwhile() -> None:
        edit = ListingEdit(record.id, fields={"title": "Bedside Lamp With A Better Title"})
        edit_listings(db, [edit], label="edit")
        raise Unanswered(None)

    market.script.append(edited_meanwhile)
    result = await publish_all(db, market, [record.id])
    assert (result.in_review, market.calls) == (1, ["upload", "edit", "edit"])
    assert market.titles() == ["Bedside Lamp With A Better Title"]


async def test_an_edit_of_a_product_that_is_gone_fails_with_the_reason(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    record = make_sellable(product_id="1005006000000007", sent_hash="older", status="live")
    market.script.append(Unanswered(None))
    result = await publish_all(db, market, [record.id])
    assert (result.failed, loaded(db, record.id).error_code) == (1, "marketplace.product_missing")


async def test_an_unknown_one_of_another_batch_is_looked_up_too(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    first = make_sellable()
    market.script.append(Applied())
    market.lookup_script.append(SignedOut(None))
    await publish_all(db, market, [first.id])
    mark_health(db, 1, StoreHealth.OK)  # somebody signed in again
    result = await publish_all(db, market, [make_sellable().id])
    assert (states(db), len(market.creates)) == (["in_review", "in_review"], 2)
    assert result.on_platform == 2


async def test_equality_is_what_the_platform_gives_back(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """The order of variants and stock that was sold are no evidence; everything else is."""
    await publish_all(db, market, [make_sellable().id])
    (remote,) = market.products.values()
    sent = market.creates[0]
    sku = sent.skus[0]
    assert is_applied(sent, replace(remote, content=replace(remote.content, skus=sent.skus[::-1])))
    changes = (
        {"title": "Other"},
        {"category_id": "1"},
        {"detail_html": "x"},
        {"group_id": "9"},
        {"attributes": (AttributeContent("", "", "Finish", "Brushed"),)},
        {"unit_id": "1"},
        {"lot_size": 5},
        {"images": ()},
        {"freight_template_id": "1"},
        {"handling_days": 6},
        {"weight_g": 841},
        {"height_cm": 39},
        {"skus": (replace(sku, price_minor=1), *sent.skus[1:])},
        {"skus": (replace(sku, code="OTHER"), *sent.skus[1:])},
        {"skus": (replace(sku, properties=(SkuProperty("14", "771"),)), *sent.skus[1:])},
        {"skus": (replace(sku, barcode="4006381333931"), *sent.skus[1:])},
        {"skus": sent.skus[1:]},
    )
    for change in changes:
        assert not is_applied(sent, replace(remote, content=replace(remote.content, **change))), change  # type: ignore[arg-type]


async def test_prices_by_country_that_one_family_works_out_are_the_ones_that_were_sent(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    await publish_all(db, market, [make_sellable().id])
    (remote,) = market.products.values()
    sent = replace(market.creates[0], regional_prices=RegionalPrices("percentage", {"RU": -10}))
    worked_out = {sku.code: (sku.price_minor * 90 + 50) // 100 for sku in sent.skus}
    for prices, is_same in ((worked_out, True), ({**worked_out, sent.skus[0].code: 1}, False)):
        there = RegionalPrices("absolute", prices={"RU": prices})
        assert is_applied(sent, replace(remote, content=replace(remote.content, regional_prices=there))) is is_same
    assert not is_applied(sent, remote)


@pytest.mark.parametrize(
    ("wanted", "before", "now", "is_ours"),
    [
        (5, 50, 5, True),
        (0, 50, 50, False),  # sells what is not there: sent again
        (5, 50, 49, False),
        (5, 50, 3, True),  # ours, two of them sold
        (50, 3, 3, False),
        (50, 3, 2, False),
        (50, 3, 49, True),
        (50, None, 49, False),  # nobody knows what was there: sent again
        (None, 3, 7, True),
        (5, 50, None, True),
    ],
)
async def test_the_stock_there_tells_whether_an_edit_of_it_arrived(
    db: Database, make_sellable: Make, market: FakeMarketplace,
    wanted: int | None, before: int | None, now: int | None, is_ours: bool,
) -> None:  # fmt: skip
    await publish_all(db, market, [make_sellable().id])
    (remote,) = market.products.values()
    first, *rest = remote.content.skus
    sent = replace(remote.content, skus=(replace(first, stock=wanted), *rest))
    there = replace(remote, content=replace(remote.content, skus=(replace(first, stock=now), *rest)))
    assert is_applied(sent, there, {first.code: (first.price_minor, before)}) is is_ours


async def test_a_lost_edit_of_stock_alone_is_sent_again(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    record = make_sellable()
    await publish_all(db, market, [record.id])
    write(db, "UPDATE publish_task SET state = 'live'")
    stocks = {sku.id: {"stock": 7} for sku in record.skus if sku.id is not None}
    edit_listings(db, [ListingEdit(record.id, skus=stocks)], label="change.edit")
    market.script.append(Unanswered(None))
    result = await publish_all(db, market, [record.id])
    (remote,) = market.products.values()
    assert [sku.stock for sku in remote.content.skus] == [7, 7]
    assert (result.in_review, len(market.edits)) == (1, 2)


async def test_the_journal_remembers_when_it_was_sent(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    market.script.append(Unanswered(None))
    market.lookup_script.append(Refused(None))
    await publish_all(db, market, [make_sellable().id])
    (row,) = journal(db)
    sent, unknown = from_ms(row.sent_ms), from_ms(row.settled_ms)
    assert sent is not None
    assert unknown is not None
    assert before <= sent <= unknown <= datetime.now(UTC)
    write(db, "UPDATE publish_task SET owner = 'host-1-gone'")
    decide(db, row.listing_id, None)
    assert states(db) == ["queued"], "a run that is gone stands in nobody's way"


@pytest.mark.parametrize("hours", [-13, -2, 2, 13])
async def test_what_a_wrong_clock_hides_is_shown_to_a_person_not_sent_again(
    db: Database, make_sellable: Make, market: FakeMarketplace, hours: int
) -> None:
    """Somebody sets the clock between request and look-up: the product is there, but not in the window."""
    at = datetime.now(UTC) + timedelta(hours=hours)

    def made_at_another_time() -> None:
        market.add(market.creates[-1], at=at)
        raise Unanswered(None)

    market.script.append(made_at_another_time)
    record = make_sellable()
    result = await publish_all(db, market, [record.id])
    assert (result.unknown, len(market.creates), states(db)) == (1, 1, ["unknown"])
    (open_one,) = undecided(db, 1)
    assert open_one.candidates == tuple(market.products)

    decide(db, record.id, open_one.candidates[0])
    assert (loaded(db, record.id).product_id, states(db)) == (open_one.candidates[0], ["in_review"])


async def test_a_product_of_last_week_is_not_doubtful(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    def older_one() -> None:
        market.add(market.creates[-1], at=datetime.now(UTC) - timedelta(days=7))
        raise Unanswered(None)

    market.script.append(older_one)
    result = await publish_all(db, market, [make_sellable().id])
    assert (result.in_review, result.unknown, len(market.creates)) == (1, 0, 2)


async def test_a_clock_set_forward_does_not_shorten_the_settle_delay(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """The journal says hours have passed: absence is believed only once this run has waited itself."""
    market.script.append(Unanswered(None))
    market.lookup_script.append(TemporaryFault(None))
    await publish_all(db, market, [make_sellable().id], settings=replace(FAST, lookup_patience_s=0.0, confirm_s=0.1))
    assert states(db) == ["unknown"]
    write(db, "UPDATE publish_task SET sent_ms = 1, settled_ms = 1")
    looks: list[float] = []
    market.lookup_script.extend([lambda: looks.append(time.monotonic())] * 3)
    await publish(db, market, 1, settings=replace(FAST, settle_s=0.2))
    assert looks[1] - looks[0] >= 0.19
    assert (len(market.creates), states(db)) == (2, ["in_review"])


async def test_a_batch_that_got_no_answer_is_looked_up_several_at_a_time(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """Twins among them: each product becomes one listing's, though both were asked about at once."""
    skus = (("TWIN-1", 1890, 5),)
    records = [make_sellable() for _ in range(6)] + [make_sellable("Twin Lamp For Both Bedsides", skus=skus)] * 2
    market.script.extend([Applied()] * 7)
    busy = most = 0
    find = market.find_listings

    async def counted(**asked: Any) -> tuple[RemoteListing, ...]:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.01)
        found = await find(**asked)
        busy -= 1
        return found

    market.find_listings = counted  # type: ignore[method-assign]
    result = await publish_all(db, market, [record.id for record in records], parallel=8)
    assert (result.in_review, result.unknown, len(market.creates)) == (7, 0, 7)
    assert 1 < most <= reconcile.AT_A_TIME
    assert len({loaded(db, record.id).product_id for record in records}) == 7
