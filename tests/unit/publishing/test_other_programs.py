"""What a run says of listings that another program sends from the same database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from app.services.db import Database
from app.services.listings.records import ListingRecord
from app.services.publishing.owner import RunOwner
from app.services.publishing.queue import enqueue
from app.services.publishing.results import BatchResult
from app.services.publishing.run import publish
from tests.unit.publishing.conftest import FAST
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import journal, publish_all, write

Make = Callable[..., ListingRecord]


def in_all(result: BatchResult) -> int:
    """Every listing a result tells of."""
    names = ("queued", "in_review", "live", "rejected", "failed", "unknown", "cancelled", "elsewhere")
    return sum(getattr(result, name) for name in names)


async def test_what_a_living_run_holds_is_told_as_being_sent_elsewhere(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    ids = [make_sellable().id for _ in range(5)]
    enqueue(db, 1, ids)
    with RunOwner(db.path) as other:
        write(db, "UPDATE publish_task SET owner = ? WHERE listing_id <> ?", other.name, ids[4])
        write(db, "UPDATE publish_task SET state = 'sending', attempts = 1 WHERE listing_id = ?", ids[0])
        write(db, "UPDATE publish_task SET state = 'unknown', attempts = 1 WHERE listing_id = ?", ids[1])
        result = await publish(db, market, 1, settings=FAST)
    assert (result.elsewhere, result.in_review, result.queued, result.unknown) == (4, 1, 0, 0)


async def test_only_the_batch_that_was_asked_for_is_told_of(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    enqueue(db, 1, [make_sellable().id for _ in range(2)])
    with RunOwner(db.path) as other:
        write(db, "UPDATE publish_task SET owner = ?", other.name)
        result = await publish_all(db, market, [make_sellable().id])
    assert (result.elsewhere, in_all(result)) == (0, 1)


@pytest.mark.parametrize("state", ["live", "failed", "in_review", "rejected"])
async def test_what_the_other_settles_before_this_run_ends_counts(
    db: Database, make_sellable: Make, market: FakeMarketplace, state: str
) -> None:
    """The journal is read in the end, not what this run remembers."""
    theirs, ours = make_sellable().id, make_sellable().id
    enqueue(db, 1, [theirs, ours])
    with RunOwner(db.path) as other:
        write(db, "UPDATE publish_task SET owner = ? WHERE listing_id = ?", other.name, theirs)

        def settle(_: Any) -> None:
            write(db, "UPDATE publish_task SET owner = '', state = ? WHERE listing_id = ?", state, theirs)

        market.before_write = settle
        result = await publish(db, market, 1, settings=FAST)
    assert (result.elsewhere, in_all(result), result.attempts) == (0, 2, 1)
    assert getattr(result, state) == (2 if state == "in_review" else 1)


async def test_what_was_settled_before_the_run_began_counts_when_it_was_asked_for(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """Another program was quick with what this one had just queued."""
    enqueue(db, 1, [make_sellable().id for _ in range(2)])
    tasks = [row.id for row in journal(db)]
    write(db, "UPDATE publish_task SET state = 'live'")
    assert in_all(await publish(db, market, 1, settings=FAST)) == 0
    result = await publish(db, market, 1, settings=FAST, told_of=tasks)
    assert (result.live, in_all(result), result.attempts) == (2, 2, 0)


async def test_two_runs_at_once_both_account_for_everything(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    enqueue(db, 1, [make_sellable().id for _ in range(80)])
    tasks = [row.id for row in journal(db)]
    both = await asyncio.gather(*(publish(db, market, 1, settings=FAST, parallel=4, told_of=tasks) for _ in range(2)))
    assert [in_all(result) for result in both] == [80, 80]
    assert max(result.in_review for result in both) == 80, "who ended last knows of all"
    assert sum(result.attempts for result in both) == 80
