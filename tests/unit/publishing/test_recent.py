"""The newest batches stay within reach."""

from __future__ import annotations

from collections.abc import Callable

from app.models import JobState
from app.services.db import Database
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import Refused, Unanswered
from app.services.publishing.queue import enqueue
from app.services.publishing.recent import batch_of, recent_batches
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import publish_all, write

Make = Callable[..., ListingRecord]
TITLE = Refused("marketplace.title_length", platform_code="13006001", field="title")


async def test_counts_of_each_newest_first(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    first, second, blocked = make_sellable(), make_sellable(), make_sellable(weight_g=None)
    market.script.append(TITLE)
    await publish_all(db, market, [first.id, second.id, blocked.id])
    later = make_sellable()
    enqueue(db, 1, [later.id])
    newest, older = recent_batches(db)
    assert (newest.total, newest.on_platform, newest.failed, newest.unknown) == (1, 0, 0, 0)
    assert newest.state == JobState.RUNNING
    assert (older.store_name, older.total, older.on_platform, older.failed) == ("晨帆数码", 3, 1, 2)
    assert older.state == JobState.DONE_WITH_FAILURES
    assert [batch.batch_id for batch in recent_batches(db, limit=1)] == [newest.batch_id]


async def test_unconfirmed_ones_are_counted(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    record = make_sellable()
    market.script.append(Unanswered(None))
    await publish_all(db, market, [record.id])
    write(db, "UPDATE publish_task SET state = 'unknown'")
    assert recent_batches(db)[0].unknown == 1


def test_the_newest_batch_of_a_listing(db: Database, make_sellable: Make) -> None:
    record, other = make_sellable(), make_sellable()
    assert batch_of(db, record.id) is None
    first = enqueue(db, 1, [record.id]).batch_id
    write(db, "UPDATE publish_task SET state = 'failed'")
    second = enqueue(db, 1, [record.id, other.id]).batch_id
    assert first != second
    assert batch_of(db, record.id) == second
