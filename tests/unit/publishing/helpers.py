"""Short words for what the tests of a run do again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from app.services.db import Database
from app.services.listings.loading import load_listing
from app.services.listings.records import ListingRecord
from app.services.publishing.queue import enqueue
from app.services.publishing.results import BatchResult
from app.services.publishing.run import publish
from tests.unit.publishing.conftest import FAST
from tests.unit.publishing.fake_marketplace import FakeMarketplace


async def publish_all(db: Database, market: FakeMarketplace, ids: Iterable[int], **options: Any) -> BatchResult:
    """Queue these listings and send them."""
    made = await asyncio.to_thread(enqueue, db, 1, list(ids))
    options.setdefault("settings", FAST)
    return await publish(db, market, 1, made.batch_id, **options)


def loaded(db: Database, listing_id: int) -> ListingRecord:
    """The listing as it is now."""
    with db.read() as session:
        return load_listing(session, listing_id)


def statuses(db: Database) -> list[str]:
    """Statuses of all listings, oldest first."""
    with db.read() as session:
        return list(session.connection().exec_driver_sql("SELECT status FROM listing ORDER BY id").scalars())


def journal(db: Database) -> list[Any]:
    """All tasks, oldest first."""
    with db.read() as session:
        return list(session.connection().exec_driver_sql("SELECT * FROM publish_task ORDER BY id"))


def states(db: Database) -> list[str]:
    """States of all tasks, oldest first."""
    return [row.state for row in journal(db)]


def batch_states(db: Database) -> list[str]:
    """States of all batches, oldest first."""
    with db.read() as session:
        return list(session.connection().exec_driver_sql("SELECT state FROM publish_batch ORDER BY id").scalars())


def write(db: Database, sql: str, *params: Any) -> None:
    """Change something behind the services' back."""
    with db.bulk() as connection:
        connection.exec_driver_sql(sql, params)
