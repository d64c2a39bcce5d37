"""One request carried out twice by the network: the second product is seen, told, and never taken for a listing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.messages import tr
from app.practice_market import PracticeMarket
from app.services.db import Database
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import RemoteStatus, Unanswered
from app.services.publishing import doubles
from app.services.publishing.doubles import Double, doubles_of, take_off
from app.services.publishing.queue import enqueue
from app.services.publishing.report import ReasonGroup, batch_report
from app.services.publishing.report_book import write_report
from app.services.publishing.results import BatchResult
from app.services.publishing.run import publish
from app.services.publishing.settling import decide, undecided
from app.services.stores.sync import sync_store
from app.services.stores.sync.results import What
from tests.unit.publishing.helpers import journal, loaded, states
from tests.unit.publishing.publisher_program import SETTINGS
from tests.unit.publishing.test_report_book import read
from tests.unit.publishing.test_survival import connected, make_part, market, titles_there

__all__ = ["make_part", "market"]  # fixtures

Make = Callable[..., ListingRecord]
POST, SUBMIT = "aliexpress.offer.product.post", "aliexpress.solution.feed.submit"
TWICE = "carried_out_twice"
PROMPT = replace(SETTINGS, settle_s=0.0, confirm_s=0.0)


@pytest.fixture(autouse=True)
def prompt(market: PracticeMarket) -> None:
    market.faults.update({"feed_delay_s": 0.0, "latency_ms": 0.0, "audit_delay_s": 0.0})


async def send(db: Database, market: PracticeMarket, **changes: Any) -> BatchResult:
    async with connected(market) as marketplace:
        return await publish(db, marketplace, 1, settings=replace(PROMPT, **changes))


def known(db: Database) -> list[Double]:
    with db.read() as session:
        return doubles_of(session.connection(), 1)


def there(market: PracticeMarket, title: str) -> set[str]:
    return {str(product["product_id"]) for product in market.products() if product["title"] == title}


def doubled(db: Database, batch_id: int | None) -> ReasonGroup:
    assert batch_id is not None
    (group,) = [group for group in batch_report(db, batch_id).groups if group.code == doubles.DOUBLED]
    return group


async def test_the_second_product_of_one_request_is_named_with_the_first(
    db: Database, market: PracticeMarket, make_part: Make, tmp_path: Path
) -> None:
    market.faults.update({"script": [{"method": POST, "fault": TWICE, "skip": 1}]})
    records = [make_part() for _ in range(4)]
    made = enqueue(db, 1, [record.id for record in records])
    result = await send(db, market)
    (double,) = known(db)
    record = loaded(db, double.listing_id)
    group = doubled(db, made.batch_id)
    assert (result.live, result.doubles, len(states(db))) == (4, 1, 4)
    assert {double.product_id, double.double_id} == there(market, record.title)
    assert double.product_id == record.product_id
    assert [row.params for row in group.rows] == [{"product_id": double.product_id, "double": double.double_id}]
    assert double.double_id in tr(group.message_key, **group.params)
    assert made.batch_id is not None
    write_report(db, [made.batch_id], tmp_path / "report.xlsx")
    rows, _ = read(tmp_path / "report.xlsx")
    assert [row["title"] for row in rows if double.double_id in row["reason"]] == [record.title]


async def test_the_store_is_searched_once_for_a_whole_run(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    enqueue(db, 1, [make_part().id for _ in range(6)])
    assert (await send(db, market)).doubles == 0
    assert all(row.searched_ms is not None for row in journal(db))
    before = market.state()["calls"]
    assert (await send(db, market)).doubles == 0
    assert market.state()["calls"] == before, "nothing to search for any more"


async def test_a_feed_carried_out_twice_is_told_item_by_item(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    market.faults.update({"script": [{"method": SUBMIT, "fault": TWICE}]})
    enqueue(db, 1, [make_part().id for _ in range(5)])
    result = await send(db, market, feed_from=5)
    assert (result.live, result.doubles, len(market.products())) == (5, 5, 10)
    assert {one.product_id for one in known(db)} == {row.product_id for row in journal(db)}


async def test_a_run_that_died_before_it_searched_leaves_that_to_the_next(
    db: Database, market: PracticeMarket, make_part: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.faults.update({"script": [{"method": POST, "fault": TWICE}]})
    enqueue(db, 1, [make_part().id])
    with monkeypatch.context() as without:
        without.setattr("app.services.publishing.run.DoubleSearch.run", _nothing)
        assert (await send(db, market)).doubles == 0
    assert known(db) == []
    assert (await send(db, market)).doubles == 1


async def _nothing(self: object) -> None:
    return None


async def test_a_sync_sees_it_too(
    db: Database, market: PracticeMarket, make_part: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.faults.update({"script": [{"method": POST, "fault": TWICE}]})
    record = make_part()
    enqueue(db, 1, [record.id])
    monkeypatch.setattr("app.services.publishing.run.DoubleSearch.run", _nothing)
    await send(db, market)
    async with connected(market) as marketplace:
        await sync_store(db, marketplace, 1, what={What.LISTINGS})
    (double,) = known(db)
    assert (double.listing_id, {double.product_id, double.double_id}) == (record.id, there(market, record.title))


async def test_twins_of_ours_are_no_doubles(db: Database, market: PracticeMarket, make_part: Make) -> None:
    """Two listings that a person made alike on purpose are each other's twins, not superfluous."""
    twin: dict[str, Any] = {"title": "Brass Lamp Socket Twin", "skus": (("LP9-BK", 489, 5), ("LP9-WH", 489, 5))}
    enqueue(db, 1, [make_part(**twin).id for _ in range(2)], release_held=True)
    result = await send(db, market)
    assert (result.live, result.doubles, known(db)) == (2, 0, [])
    async with connected(market) as marketplace:
        await sync_store(db, marketplace, 1, what={What.LISTINGS})
    assert known(db) == []


async def test_another_product_with_the_same_title_is_none(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    title = "Brass Lamp Socket Twin"
    enqueue(db, 1, [make_part(title=title).id, make_part(title=title).id])
    assert (await send(db, market)).doubles == 0


async def test_the_candidates_a_person_did_not_choose_are_superfluous(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    """Carried out twice, and no answer came at all: a person says which one it is."""
    market.faults.update(
        {
            "script": [
                {"method": SUBMIT, "fault": TWICE},
                {"method": "aliexpress.solution.feed.query", "fault": "http_503"},
            ]
        }
    )
    enqueue(db, 1, [make_part().id for _ in range(5)])
    async with connected(market) as marketplace:
        submit = marketplace.submit_feed

        async def unanswered(*args: Any) -> str:
            await submit(*args)
            raise Unanswered

        marketplace.submit_feed = unanswered  # type: ignore[method-assign]
        result = await publish(db, marketplace, 1, settings=replace(PROMPT, feed_from=5))
    waiting = undecided(db, 1)
    assert (result.unknown, len(waiting), {len(one.candidates) for one in waiting}) == (5, 5, {2})
    for one in waiting:
        decide(db, one.listing_id, one.candidates[0])
    assert {one.double_id for one in known(db)} == {one.candidates[1] for one in waiting}


async def test_a_superfluous_product_can_be_taken_off_sale(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    market.faults.update({"script": [{"method": POST, "fault": TWICE}]})
    record = make_part()
    made = enqueue(db, 1, [record.id])
    await send(db, market)
    (double,) = known(db)
    async with connected(market) as marketplace:
        off, failed = await take_off(db, marketplace, 1, made.batch_id)
        statuses = [await marketplace.review_status(one) for one in (double.product_id, double.double_id)]
        online = (await marketplace.list_listings(RemoteStatus.ON_SALE)).rows
    assert (off, failed, known(db)) == ([double], {}, [])
    assert [row.product_id for row in online] == [double.product_id], statuses
    assert await titles_there(market) == [record.title] * 2
