"""New listings handed over together: each settled by itself, none twice, none lost, whatever happens on the way.

Against the practice market over HTTP, whose own record says what there is.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.practice_market import PracticeMarket
from app.services.db import Database
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import Refused, Unanswered
from app.services.publishing.batches import cancel_batch, open_batches
from app.services.publishing.entries import TaskKey
from app.services.publishing.feed_following import FEED_OPEN
from app.services.publishing.feeds import item_id
from app.services.publishing.queue import enqueue
from app.services.publishing.report import batch_report
from app.services.publishing.results import BatchResult
from app.services.publishing.run import publish
from tests.unit.publishing.helpers import journal, states, statuses
from tests.unit.publishing.publisher_program import SETTINGS
from tests.unit.publishing.test_survival import (
    check_once_each,
    connected,
    make_part,
    market,
    run_to_the_end,
    start,
    titles_there,
)

__all__ = ["make_part", "market"]  # fixtures

Make = Callable[..., ListingRecord]
POST = "aliexpress.offer.product.post"
SUBMIT, QUERY, JOBS = (f"aliexpress.solution.feed.{name}" for name in ("submit", "query", "list.get"))
FEEDS = replace(SETTINGS, feed_from=5)


@pytest.fixture(autouse=True)
def prompt(market: PracticeMarket) -> None:
    """A market that comes to a feed at once, unless a test says otherwise."""
    market.faults.update({"feed_delay_s": 0.0, "latency_ms": 0.0, "audit_delay_s": 0.05})


async def send(db: Database, market: PracticeMarket, **changes: Any) -> BatchResult:
    async with connected(market) as marketplace:
        return await publish(db, marketplace, 1, settings=replace(FEEDS, **changes))


def queued(db: Database, make: Make, count: int, **fields: Any) -> list[ListingRecord]:
    records = [make(**fields) for _ in range(count)]
    assert enqueue(db, 1, [record.id for record in records], release_held=True).queued == count
    return records


def calls(market: PracticeMarket, method: str) -> int:
    return int(market.state()["calls"].get(method, 0))


# -- handing over ----------------------------------------------------------------------------------------------------


async def test_many_listings_are_handed_over_together(db: Database, market: PracticeMarket, make_part: Make) -> None:
    records = queued(db, make_part, 12)
    result = await send(db, market)
    assert (result.live, result.attempts, result.failed, result.unknown) == (12, 12, 0, 0), journal(db)[0]
    assert (calls(market, SUBMIT), calls(market, POST)) == (1, 0)
    rows = journal(db)
    assert len({row.feed_item for row in rows}) == 12
    assert {row.feed_job for row in rows} == {str(market.writes(kind="feed")[0]["subject"])}
    await check_once_each(db, market, records)


async def test_a_feed_carries_no_more_than_the_settings_allow(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    records = queued(db, make_part, 40)
    result = await send(db, market, feed_items=15)
    sizes = Counter(row.feed_job for row in journal(db)).values()
    assert (result.live, sorted(sizes)) == (40, [10, 15, 15])
    await check_once_each(db, market, records)


@pytest.mark.parametrize("feed_from", [13, None])
async def test_small_and_middle_batches_go_listing_by_listing(
    db: Database, market: PracticeMarket, make_part: Make, feed_from: int | None
) -> None:
    records = queued(db, make_part, 12)
    result = await send(db, market, feed_from=feed_from)
    assert (result.live, calls(market, SUBMIT), calls(market, POST)) == (12, 0, 12)
    assert {row.feed_item for row in journal(db)} == {""}
    await check_once_each(db, market, records)


async def test_what_no_feed_can_carry_goes_by_itself(db: Database, market: PracticeMarket, make_part: Make) -> None:
    records = [*queued(db, make_part, 5), *queued(db, make_part, 2, lot_size=2)]
    result = await send(db, market)
    assert (result.live, calls(market, SUBMIT), calls(market, POST)) == (7, 1, 2)
    await check_once_each(db, market, records)


async def test_listings_that_look_alike_are_not_handed_over_together(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    twin: dict[str, Any] = {"title": "Brass Lamp Socket Twin", "skus": (("LP9-BK", 489, 5), ("LP9-WH", 489, 5))}
    queued(db, make_part, 5)
    queued(db, make_part, 2, **twin)
    result = await send(db, market)
    assert (result.live, calls(market, SUBMIT), calls(market, POST)) == (7, 1, 1)
    assert len({row.product_id for row in journal(db)}) == 7


def test_the_name_in_a_feed_is_one_attempts_alone() -> None:
    key = TaskKey(31, 7, 1)
    names = {
        item_id(key, "a" * 64),
        item_id(replace(key, attempts=2), "a" * 64),
        item_id(replace(key, task_id=32), "a" * 64),
        item_id(key, "b" * 64),
    }
    assert item_id(key, "a" * 64) == "sj-7-31-1-aaaaaaaaaaaaaaaa"
    assert len(names) == 4


# -- what becomes of each --------------------------------------------------------------------------------------------


async def test_refused_items_come_back_with_the_reason_of_a_single_refusal(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    market.faults.update({"product_limit": 4})
    queued(db, make_part, 6)
    result = await send(db, market)
    (group,) = batch_report(db, result.batch_ids[0]).groups
    assert (result.live, result.failed, group.code) == (4, 2, "marketplace.product_ceiling")
    assert len(group.rows) == 2
    assert group.platform_text


async def test_a_passing_fault_of_an_item_is_tried_again_by_itself(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    market.faults.update({"batch_failure_share": 0.5, "seed": 3})
    records = queued(db, make_part, 12)
    result = await send(db, market)
    assert (result.live, calls(market, SUBMIT)) == (12, 1)
    assert 0 < calls(market, POST) < 12
    await check_once_each(db, market, records)


async def test_a_refused_feed_is_sent_listing_by_listing(db: Database, market: PracticeMarket, make_part: Make) -> None:
    market.faults.update({"feeds_per_day": 0})
    records = queued(db, make_part, 6)
    result = await send(db, market)
    assert (result.live, calls(market, POST)) == (6, 6)
    await check_once_each(db, market, records)


async def test_an_account_without_feeds_publishes_all_the_same(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    market.faults.update({"forbidden_methods": ["aliexpress.solution.feed.*"]})
    records = queued(db, make_part, 6)
    assert (await send(db, market)).live == 6
    await check_once_each(db, market, records)


async def test_a_feed_refused_as_a_whole_in_undocumented_words_says_nothing_of_its_listings(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    """The words were about the feed: each listing is looked up, and sent by itself."""
    records = queued(db, make_part, 6)
    async with connected(market) as marketplace:

        async def refusing(*_: Any) -> str:
            raise Unanswered(Refused.code, code="E-77", text="feeds are sleeping")

        marketplace.submit_feed = refusing  # type: ignore[method-assign]
        result = await publish(db, marketplace, 1, settings=FEEDS)
    assert (result.live, result.failed, calls(market, POST)) == (6, 0, 6), journal(db)[0]
    await check_once_each(db, market, records)


async def test_what_is_collected_can_still_be_taken_back(db: Database, market: PracticeMarket, make_part: Make) -> None:
    queued(db, make_part, 6)
    async with connected(market) as marketplace:

        async def cancelling(category_id: str) -> Any:
            await asyncio.to_thread(cancel_batch, db, 1)
            return await type(marketplace).category_attributes(marketplace, category_id)

        marketplace.category_attributes = cancelling  # type: ignore[method-assign]
        result = await publish(db, marketplace, 1, settings=FEEDS)
    assert (result.cancelled, calls(market, SUBMIT), await titles_there(market)) == (6, 0, [])


# -- answers that do not come ----------------------------------------------------------------------------------------

TAKEN, NOT_TAKEN = ("cut_after_commit", "truncated_json"), ("cut_before_commit",)


@pytest.mark.parametrize("delay_s", [0.0, 0.8])
@pytest.mark.parametrize("fault", [*TAKEN, *NOT_TAKEN])
async def test_a_feed_without_an_answer_is_found_by_its_names_or_sent_again(
    db: Database, market: PracticeMarket, make_part: Make, fault: str, delay_s: float
) -> None:
    """Also where the platform comes to it later than we look: nothing is sent again before."""
    market.faults.update({"script": [{"method": SUBMIT, "fault": fault}], "feed_delay_s": delay_s})
    records = queued(db, make_part, 6)
    result = await send(db, market)
    assert (result.live, result.unknown, result.failed) == (6, 0, 0)
    assert result.attempts == (6 if fault in TAKEN else 12)
    assert calls(market, POST) == (0 if fault in TAKEN else 6), "what comes again goes by itself"
    await check_once_each(db, market, records)


@pytest.mark.parametrize("fault", ["cut_before_commit", "truncated_json"])
async def test_lost_answers_to_our_questions_change_nothing(
    db: Database, market: PracticeMarket, make_part: Make, fault: str
) -> None:
    script = [{"method": SUBMIT, "fault": "cut_after_commit"}]
    script += [{"method": method, "fault": fault} for method in (QUERY, JOBS)]  # type: ignore[misc]
    market.faults.update({"script": script})
    records = queued(db, make_part, 6)
    result = await send(db, market)
    assert (result.live, result.attempts) == (6, 6)
    await check_once_each(db, market, records)


async def test_a_feed_the_platform_does_not_come_to_is_left_to_the_next_run(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    market.faults.update({"feed_delay_s": 3600.0})
    records = queued(db, make_part, 6)
    result = await send(db, market, feed_patience_s=0.3)
    assert (result.unknown, result.live, result.attempts) == (6, 0, 6)
    assert {row.error_code for row in journal(db)} == {FEED_OPEN.code}
    assert [batch.unknown for batch in open_batches(db)] == [6]

    again = await send(db, market, feed_patience_s=0.3)
    assert (again.unknown, again.attempts) == (6, 0), "nothing is sent again while it may still be carried out"

    due(market)
    last = await send(db, market)
    assert (last.live, last.attempts) == (6, 0)
    await check_once_each(db, market, records)


async def test_an_unanswered_feed_the_platform_does_not_come_to_is_not_sent_again(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    market.faults.update({"script": [{"method": SUBMIT, "fault": "cut_after_commit"}], "feed_delay_s": 3600.0})
    records = queued(db, make_part, 6)
    result = await send(db, market, lookup_patience_s=0.3)
    assert (result.unknown, calls(market, SUBMIT), calls(market, POST)) == (6, 1, 0)
    assert {row.error_code for row in journal(db)} == {FEED_OPEN.code}

    due(market)
    assert (await send(db, market)).live == 6
    await check_once_each(db, market, records)


async def test_a_feed_called_off_by_somebody_is_looked_up_by_title_and_codes_and_sent_again(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    market.faults.update({"feed_delay_s": 3600.0})
    records = queued(db, make_part, 6)
    await send(db, market, feed_patience_s=0.2)
    storage(market).execute("UPDATE feed_job SET is_invalidated = 1")
    result = await send(db, market)
    assert (result.live, result.attempts) == (6, 6)
    await check_once_each(db, market, records)


async def test_a_job_nobody_knows_is_searched_by_names(db: Database, market: PracticeMarket, make_part: Make) -> None:
    """The journal's number is wrong: a market that was set up anew, a restored database."""
    market.faults.update({"feed_delay_s": 3600.0})
    records = queued(db, make_part, 6)
    await send(db, market, feed_patience_s=0.2)
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE publish_task SET feed_job = '200000000099999999'")
    due(market)
    result = await send(db, market)
    assert (result.live, result.attempts) == (6, 0)
    await check_once_each(db, market, records)


# -- programs that die -----------------------------------------------------------------------------------------------

POINTS = (
    "in commit 2", "after commit 2", "before submit_feed 1", "in submit_feed 1", "after submit_feed 1", "in commit 3",
    "after commit 3", "before feed_report 1", "in feed_report 1", "after feed_report 1", "in commit 4",
    "after commit 4", "before feed_jobs 1", "in feed_jobs 1", "after feed_jobs 1", "after feed_report 2",
)  # fmt: skip
"""Each program dies at the next of these; every one finds what the ones before it left."""


@pytest.mark.slow
async def test_killed_at_any_point_every_listing_is_there_once(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    market.faults.update({"feed_delay_s": 0.1, "latency_ms": {SUBMIT: 25.0, QUERY: 25.0, JOBS: 25.0}})
    records, deaths = [], []
    for point in POINTS:
        records += queued(db, make_part, 5)
        program = await start(db, market, point, feed_from=5)
        said, _ = await program.communicate()
        assert program.returncode in (0, 9), said
        deaths.append(said.decode() if program.returncode else "")
    assert len([point for point in deaths if point]) >= len(POINTS) - 3, deaths
    last = await run_to_the_end(db, market, feed_from=5)
    assert (last["failed"], last["unknown"], last["queued"]) == (0, 0, 0)
    await check_once_each(db, market, records)


@pytest.mark.slow
async def test_another_program_takes_over_a_feed_while_it_works(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    """The first dies with its feed under way; the second, which had begun before, settles it with its own."""
    market.faults.update({"feed_delay_s": 0.3, "latency_ms": {SUBMIT: 25.0}})
    first = queued(db, make_part, 8)
    dying = await start(db, market, "after submit_feed 1", feed_from=5)
    await wait_for(lambda: {"sending"} <= set(states(db)))
    second = queued(db, make_part, 8)
    living = await start(db, market, "", feed_from=5)
    assert (await dying.wait(), await living.wait()) == (9, 0)
    await run_to_the_end(db, market)  # reviews of whatever was left
    await check_once_each(db, market, [*first, *second])


async def wait_for(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - polled: another process's work
            await asyncio.sleep(0.005)


async def test_stopped_while_a_feed_is_open_it_is_found_at_the_next_start(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    market.faults.update({"feed_delay_s": 0.4})
    records = queued(db, make_part, 6)
    async with connected(market) as marketplace:
        run = asyncio.ensure_future(publish(db, marketplace, 1, settings=FEEDS))
        await wait_for(lambda: calls(market, QUERY) > 0)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
    assert set(statuses(db)) == {"unknown"}
    assert (await send(db, market)).live == 6
    await check_once_each(db, market, records)


def storage(market: PracticeMarket) -> Any:
    """The market's own file: what the platform does behind everybody's back."""
    return market._storage


def due(market: PracticeMarket) -> None:
    """The platform comes to every feed now."""
    storage(market).execute("UPDATE feed_item SET due_ms = 0 WHERE due_ms < 4611686018427387904")
