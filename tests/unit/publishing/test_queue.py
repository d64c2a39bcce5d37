"""What gets into the queue, what does not, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.models import Store, StoreAccess
from app.services.compliance.findings import Severity
from app.services.db import Database
from app.services.errors import NotFound
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.listings.records import ListingRecord
from app.services.publishing import queue
from app.services.publishing.batches import open_batches
from app.services.publishing.queue import SkipReason, enqueue
from app.services.publishing.run import publish
from app.services.stores.readiness import ReadOnlyStore
from app.services.tasks import TaskCancelled, TaskContext
from tests.unit.publishing.conftest import picture_copy
from tests.unit.publishing.fake_marketplace import FakeMarketplace


def status(db: Database, listing_id: int) -> str:
    with db.read() as session:
        return load_listing(session, listing_id).status


def tasks(db: Database) -> list[tuple[Any, ...]]:
    with db.read() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT listing_id, action, state, content_hash, error_code FROM publish_task ORDER BY id"
        )
        return [tuple(row) for row in rows]


def hold_capitals(db: Database) -> None:
    """Listings with a shouting title wait for a release."""
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO setting (name, value, updated_ms) VALUES ('compliance', ?, 0)",
            ('{"severities": {"title.capitals": "hold"}}',),
        )


def test_listings_that_pass_are_queued(db: Database, make_sellable: Callable[..., ListingRecord]) -> None:
    records = [make_sellable() for _ in range(3)]
    made = enqueue(db, 1, [record.id for record in records])
    assert (made.queued, made.skipped) == (3, ())
    assert tasks(db) == [(record.id, "create", "queued", record.content_hash, "") for record in records]
    assert [status(db, record.id) for record in records] == ["queued"] * 3
    (batch,) = open_batches(db, 1)
    assert (batch.batch_id, batch.total, batch.queued, batch.unknown) == (made.batch_id, 3, 3, 0)


def test_a_listing_named_twice_is_queued_once(db: Database, make_sellable: Callable[..., ListingRecord]) -> None:
    record = make_sellable()
    assert enqueue(db, 1, [record.id, record.id]).queued == 1


def test_what_the_marketplace_has_is_edited(db: Database, make_sellable: Callable[..., ListingRecord]) -> None:
    record = make_sellable(product_id="1005006000000001", sent_hash="older", status="live")
    enqueue(db, 1, [record.id])
    assert tasks(db) == [(record.id, "edit", "queued", record.content_hash, "")]


def test_blocked_listings_are_told_with_their_findings(
    db: Database, make_sellable: Callable[..., ListingRecord]
) -> None:
    good, bad = make_sellable(), make_sellable(weight_g=None, status="draft")
    made = enqueue(db, 1, [good.id, bad.id])
    assert made.queued == 1
    (skipped,) = made.skipped
    assert (skipped.listing_id, skipped.reason) == (bad.id, SkipReason.BLOCKED)
    assert "weight_g" in [finding.field for finding in skipped.findings]
    assert all(finding.severity is Severity.BLOCK for finding in skipped.findings)
    assert status(db, bad.id) == "draft"
    assert tasks(db)[1][2:] == ("cancelled", bad.content_hash, "publishing.blocked")


def test_a_batch_of_nothing_but_blocked_ones_is_over(db: Database, make_sellable: Callable[..., ListingRecord]) -> None:
    made = enqueue(db, 1, [make_sellable(images=()).id])
    assert made.batch_id is not None
    assert made.queued == 0
    assert open_batches(db) == []


def test_held_listings_wait_for_a_release(db: Database, make_sellable: Callable[..., ListingRecord]) -> None:
    hold_capitals(db)
    record = make_sellable("BEDSIDE TABLE LAMP DIMMABLE TOUCH CONTROL")
    made = enqueue(db, 1, [record.id])
    assert [(skipped.reason, skipped.findings[0].code) for skipped in made.skipped] == [
        (SkipReason.HELD, "title.capitals")
    ]
    assert status(db, record.id) == "held"
    released = enqueue(db, 1, [record.id], release_held=True)
    assert (released.queued, status(db, record.id)) == (1, "queued")


def test_unchanged_open_foreign_and_missing_ones_are_skipped(
    db: Database, make_sellable: Callable[..., ListingRecord]
) -> None:
    with db.write() as session:
        session.add(Store(name="橙屿家居", gateway="http://127.0.0.1:1", credential_ref="two", created_ms=1))
    already = make_sellable()
    enqueue(db, 1, [already.id])
    same = make_sellable(product_id="1005006000000001", status="live")
    foreign = make_sellable()
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET sent_hash = content_hash WHERE id = ?", (same.id,))
        connection.exec_driver_sql("UPDATE listing SET store_id = 2 WHERE id = ?", (foreign.id,))
    made = enqueue(db, 1, [already.id, same.id, foreign.id, 99_999])
    assert {skipped.listing_id: skipped.reason for skipped in made.skipped} == {
        already.id: SkipReason.OPEN,
        same.id: SkipReason.UNCHANGED,
        foreign.id: SkipReason.OTHER_STORE,
        99_999: SkipReason.MISSING,
    }
    assert (made.batch_id, made.queued) == (None, 0)
    assert made.count(SkipReason.OPEN) == 1
    assert len(tasks(db)) == 1


def test_a_picture_that_vanished_blocks(
    db: Database, make_sellable: Callable[..., ListingRecord], pictures: list[str], tmp_path: Path
) -> None:
    """The file is looked at when it counts, not when it was imported."""
    picture = picture_copy(pictures[0], tmp_path / "own.jpg")
    record = make_sellable(images=(picture,))
    Path(picture).unlink()
    made = enqueue(db, 1, [record.id])
    assert [finding.code for finding in made.skipped[0].findings] == ["image.missing"]


def test_nothing_is_queued_for_a_store_that_may_only_be_read(
    db: Database, make_sellable: Callable[..., ListingRecord]
) -> None:
    record = make_sellable()
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET access = ?", (StoreAccess.READ_ONLY,))
    with pytest.raises(ReadOnlyStore):
        enqueue(db, 1, [record.id])
    assert tasks(db) == []


async def test_nothing_is_sent_to_a_store_that_became_read_only(
    db: Database, make_sellable: Callable[..., ListingRecord], market: FakeMarketplace
) -> None:
    enqueue(db, 1, [make_sellable().id])
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET access = ?", (StoreAccess.READ_ONLY,))
    with pytest.raises(ReadOnlyStore):
        await publish(db, market, 1)
    assert market.calls == []


def test_an_unknown_store_is_named(db: Database) -> None:
    with pytest.raises(NotFound):
        enqueue(db, 7, [1])


def test_an_edit_during_the_check_is_checked_again(
    db: Database, make_sellable: Callable[..., ListingRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is queued is what was checked: an edit between check and journal brings a second check."""
    record = make_sellable()
    check, turns = queue.check, []

    def check_slowly(checked: ListingRecord, context: Any) -> Any:
        found = check(checked, context)
        turns.append(checked.title)
        if len(turns) == 1:
            edit = ListingEdit(record.id, fields={"title": "Bedside Lamp With A Better Title"})
            edit_listings(db, [edit], label="edit.title")
        return found

    monkeypatch.setattr(queue, "check", check_slowly)
    made = enqueue(db, 1, [record.id])
    assert (made.queued, turns) == (1, [record.title, "Bedside Lamp With A Better Title"])
    with db.read() as session:
        assert tasks(db)[0][3] == load_listing(session, record.id).content_hash


def test_a_listing_that_somebody_keeps_editing_is_left_alone(
    db: Database, make_sellable: Callable[..., ListingRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    record, check = make_sellable(), queue.check
    turns = iter(range(100))

    def check_slowly(checked: ListingRecord, context: Any) -> Any:
        edit_listings(db, [ListingEdit(record.id, fields={"title": f"Lamp Title {next(turns)}"})], label="edit.title")
        return check(checked, context)

    monkeypatch.setattr(queue, "check", check_slowly)
    made = enqueue(db, 1, [record.id])
    assert [(skipped.listing_id, skipped.reason) for skipped in made.skipped] == [(record.id, SkipReason.EDITED)]
    assert tasks(db) == []


def test_stopping_takes_back_what_was_queued(db: Database, make_sellable: Callable[..., ListingRecord]) -> None:
    records = [make_sellable() for _ in range(queue.CHUNK + 1)]
    ctx = TaskContext()
    report = ctx.report

    def stop_after_the_first_chunk(*args: Any, **kwargs: Any) -> None:
        report(*args, **kwargs)
        ctx.stop.set()

    ctx.report = stop_after_the_first_chunk  # type: ignore[method-assign]
    with pytest.raises(TaskCancelled):
        enqueue(db, 1, [record.id for record in records], ctx=ctx)
    assert ctx.progress.done == queue.CHUNK
    assert {row[2] for row in tasks(db)} == {"cancelled"}
    assert {status(db, record.id) for record in records} == {"ready"}
    assert open_batches(db) == []


def test_progress_counts_what_was_looked_at(db: Database, make_sellable: Callable[..., ListingRecord]) -> None:
    ids = [make_sellable().id, make_sellable(weight_g=None).id]
    ctx = TaskContext()
    enqueue(db, 1, ids, ctx=ctx)
    assert (ctx.progress.done, ctx.progress.total, ctx.progress.failed) == (2, 2, 1)
