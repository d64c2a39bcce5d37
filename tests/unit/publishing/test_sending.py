"""What a run does with each answer of the marketplace."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.models import StoreHealth
from app.services.db import Database
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import (
    ListingContent,
    RateLimited,
    Refused,
    RemoteStatus,
    SignedOut,
    TemporaryFault,
    Unanswered,
    Unreachable,
)
from app.services.publishing import gate, sending
from app.services.publishing.gate import Ending
from app.services.publishing.group_commit import GroupCommit
from app.services.publishing.queue import enqueue
from app.services.publishing.run import publish
from app.services.stores.readiness import StoreClosed
from app.services.stores.reading import get_store, mark_health
from app.services.tasks import TaskContext
from tests.unit.publishing.conftest import FAST, REVIEWED, picture_copy
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import batch_states, journal, loaded, publish_all, states, statuses, write

Make = Callable[..., ListingRecord]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that are seconds in life are hundredths here."""
    monkeypatch.setattr(gate, "TICK_S", 0.01)
    monkeypatch.setattr(gate, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(gate, "LONGEST_PAUSE_S", 0.02)
    monkeypatch.setattr(sending, "FAULT_PAUSE_S", 0.01)


async def test_every_listing_arrives_once_and_becomes_live(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    records = [make_sellable() for _ in range(70)]
    result = await publish_all(db, market, [record.id for record in records], settings=REVIEWED)
    assert market.titles() == sorted(record.title for record in records)
    assert (result.live, result.on_platform, result.attempts, result.failed, result.queued) == (70, 70, 70, 0, 0)
    assert result.ending is None
    for record in records:
        after = loaded(db, record.id)
        assert (after.status, after.sent_hash) == ("live", record.content_hash)
        assert market.products[str(after.product_id)].content.title == record.title
    assert batch_states(db) == ["done"]


async def test_reviews_may_be_pending_at_the_end(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    market.default_verdict = RemoteStatus.IN_REVIEW
    result = await publish_all(db, market, [make_sellable().id])
    assert (result.in_review, result.live, result.on_platform) == (1, 0, 1)
    assert (states(db), statuses(db), batch_states(db)) == (["in_review"], ["in_review"], ["done"])


async def test_the_intent_is_on_disk_before_the_request_leaves(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """Looked at with a connection of its own, at the very moment the request arrives."""
    seen = []

    def look(content: ListingContent) -> None:
        with closing(sqlite3.connect(db.path)) as connection:
            seen.append(
                connection.execute(
                    "SELECT publish_task.state, publish_task.title, listing.status FROM publish_task "
                    "JOIN listing ON listing.id = listing_id WHERE publish_task.title = ?",
                    (content.title,),
                ).fetchone()
            )

    market.before_write = look
    records = [make_sellable() for _ in range(20)]
    await publish_all(db, market, [record.id for record in records])
    assert sorted(seen) == sorted(("sending", record.title, "sending") for record in records)


async def test_no_more_requests_than_asked_for_are_under_way(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    ids = [make_sellable().id for _ in range(30)]
    await publish_all(db, market, ids, parallel=3)
    assert market.most_in_flight == 3


async def test_progress_tells_true_counts(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    market.script.extend([None, Refused("marketplace.title_length", platform_code="13006001", field="title"), None])
    ctx = TaskContext()
    await publish_all(db, market, [make_sellable().id for _ in range(3)], ctx=ctx, parallel=1)
    assert (ctx.progress.done, ctx.progress.total, ctx.progress.failed, ctx.progress.note) == (3, 3, 1, "")


async def test_a_refusal_names_code_words_and_field(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    market.script.append(
        Refused(
            "marketplace.attribute_not_in_category",
            platform_code="F00-00-10003-005",
            platform_text="attribute 200000137 not in category",
            field="attributes",
        )
    )
    record = make_sellable()
    result = await publish_all(db, market, [record.id])
    after = loaded(db, record.id)
    assert (after.status, after.error_code, after.error_field) == (
        "failed",
        "marketplace.attribute_not_in_category",
        "attributes",
    )
    assert after.error_text == "F00-00-10003-005 attribute 200000137 not in category"
    assert (result.failed, result.attempts, len(market.creates)) == (1, 1, 1), "a refusal is not repeated"
    assert batch_states(db) == ["done_with_failures"]


async def test_a_rejected_review(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    market.default_verdict = RemoteStatus.REJECTED
    record = make_sellable()
    result = await publish_all(db, market, [record.id], settings=REVIEWED)
    after = loaded(db, record.id)
    assert (result.rejected, after.status, after.error_code) == (1, "rejected", "publishing.rejected")
    assert after.product_id in market.products, "the platform has it; the next send is an edit"


async def test_a_limit_is_waited_for_and_nothing_fails(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.script.extend([RateLimited(None, retry_after_s=0.03), None, RateLimited(None)])
    ctx = TaskContext()
    notes, report = [], ctx.report

    def noted(*args: object, note: str = "", **rest: object) -> None:
        notes.append((note, rest.get("seconds")))
        report(*args, note=note, **rest)  # type: ignore[arg-type]

    ctx.report = noted  # type: ignore[method-assign,assignment]
    records = [make_sellable() for _ in range(4)]
    result = await publish_all(db, market, [record.id for record in records], ctx=ctx, parallel=1)
    assert (result.in_review, result.failed, result.attempts) == (4, 0, 6)
    assert market.titles() == sorted(record.title for record in records)
    assert ("publishing.rate_limited", 1) in notes
    assert result.waited_s > 0


async def test_a_limit_beyond_patience_ends_the_run_and_keeps_the_queue(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.script.append(RateLimited("marketplace.day_quota", retry_after_s=14_229))
    ids = [make_sellable().id for _ in range(3)]
    result = await publish_all(db, market, ids, parallel=1, settings=replace(FAST, limit_patience_s=60))
    assert (result.ending, result.queued, result.failed) == (Ending.LIMITED, 3, 0)
    assert result.error is not None
    assert result.error.error_code == "marketplace.day_quota"
    assert (states(db), statuses(db), batch_states(db)) == (["queued"] * 3, ["queued"] * 3, ["interrupted"])
    again = await publish(db, market, 1, settings=FAST)
    assert (again.in_review, market.titles()) == (3, sorted(loaded(db, number).title for number in ids))


async def test_signed_out_ends_the_run_and_shows_on_the_store(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.script.extend([None, SignedOut(None, platform_code="IllegalAccessToken")])
    ids = [make_sellable().id for _ in range(4)]
    result = await publish_all(db, market, ids, parallel=1)
    assert result.is_signed_out
    assert (result.in_review, result.queued, result.failed) == (1, 3, 0)
    assert states(db) == ["in_review", "queued", "queued", "queued"]
    assert [row.owner for row in journal(db)] == [""] * 4
    with db.read() as session:
        assert session.connection().exec_driver_sql("SELECT health FROM store").scalar_one() == "signed_out"
    with pytest.raises(StoreClosed):
        await publish(db, market, 1, settings=FAST)
    mark_health(db, 1, StoreHealth.OK)  # somebody signed in again
    again = await publish(db, market, 1, settings=FAST)
    assert (again.ending, len(market.products)) == (None, 4)


async def test_a_wrong_signature_fails_nobody(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    """It would meet every other listing, too."""
    market.script.append(Refused("marketplace.signature", platform_code="IncompleteSignature"))
    result = await publish_all(db, market, [make_sellable().id for _ in range(5)], parallel=1)
    assert (result.ending, result.queued, result.failed, len(market.creates)) == (Ending.BROKEN, 5, 0, 1)
    assert get_store(db, 1).health == "wrong_secret"
    with pytest.raises(StoreClosed):
        await publish(db, market, 1, settings=FAST)
    mark_health(db, 1, StoreHealth.OK)  # the secret was put right
    assert (await publish(db, market, 1, settings=FAST)).in_review == 5


async def test_passing_faults_are_tried_again_then_told(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    fault = TemporaryFault("marketplace.system_error", platform_code="F00-10-10000-001")
    market.script.extend([fault, fault])
    first = make_sellable()
    result = await publish_all(db, market, [first.id])
    assert (result.in_review, result.attempts, len(market.products)) == (1, 3, 1)
    market.script.extend([fault, fault, fault])
    second = make_sellable()
    result = await publish_all(db, market, [second.id])
    assert (result.failed, result.attempts) == (1, 3)
    assert loaded(db, second.id).error_code == "marketplace.system_error"


async def test_an_outage_fails_nobody(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    market.script.extend([Unreachable(None, host="api-sg.aliexpress.com")] * 12)
    result = await publish_all(db, market, [make_sellable().id for _ in range(3)], parallel=2)
    assert (result.in_review, result.failed, len(market.products)) == (3, 0, 3)


async def test_an_outage_beyond_patience_keeps_the_queue(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.script.extend([Unreachable(None, host="api-sg.aliexpress.com")] * 2000)
    settings = replace(FAST, outage_patience_s=0.05)
    result = await publish_all(db, market, [make_sellable().id for _ in range(3)], settings=settings)
    assert (result.ending, result.queued, result.failed) == (Ending.OUT_OF_REACH, 3, 0)
    assert result.error is not None
    assert result.error.error_code == "marketplace.unreachable"
    assert len(market.creates) < 100, "it does not hammer a dead line"
    assert get_store(db, 1).health == "unreachable"
    market.script.clear()
    assert (await publish(db, market, 1, settings=FAST)).in_review == 3
    assert get_store(db, 1).health == "ok"


async def test_what_was_edited_in_the_queue_is_sent_as_it_is_now(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    record = make_sellable()
    made = enqueue(db, 1, [record.id])
    edit_listings(db, [ListingEdit(record.id, fields={"title": "Bedside Lamp With A Better Title"})], label="edit")
    await publish(db, market, 1, made.batch_id, settings=FAST)
    after = loaded(db, record.id)
    assert market.titles() == ["Bedside Lamp With A Better Title"]
    assert after.sent_hash == after.content_hash


async def test_what_was_edited_just_before_it_leaves_is_read_again(
    db: Database, make_sellable: Make, market: FakeMarketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read, then edited, then sent: the intent finds other content than it speaks of."""
    record, turns = make_sellable(), []
    announce = sending.Sender._announce

    async def edit_first(self: sending.Sender, *args: object) -> bool:
        if not turns:
            turns.append(1)
            edit = ListingEdit(record.id, fields={"title": "Bedside Lamp With A Better Title"})
            edit_listings(db, [edit], label="edit")
        return await announce(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(sending.Sender, "_announce", edit_first)
    result = await publish_all(db, market, [record.id])
    assert (result.attempts, market.titles()) == (1, ["Bedside Lamp With A Better Title"])


async def test_what_an_edit_made_unsellable_is_not_sent(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    record = make_sellable()
    made = enqueue(db, 1, [record.id])
    edit_listings(db, [ListingEdit(record.id, fields={"weight_g": None})], label="edit")
    result = await publish(db, market, 1, made.batch_id, settings=FAST)
    after = loaded(db, record.id)
    assert (result.failed, result.attempts, market.creates) == (1, 0, [])
    assert (after.status, after.error_code, after.error_field) == ("failed", "publishing.blocked", "weight_g")


async def test_what_was_edited_back_is_not_sent(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    record = make_sellable(product_id="1005006000000001", sent_hash="older", status="live")
    made = enqueue(db, 1, [record.id])
    write(db, "UPDATE listing SET sent_hash = content_hash")
    result = await publish(db, market, 1, made.batch_id, settings=FAST)
    assert (result.cancelled, market.calls, statuses(db)) == (1, [], ["live"])


async def test_a_live_listing_is_edited(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    record = make_sellable(product_id="1005006000000007", sent_hash="older", status="live")
    result = await publish_all(db, market, [record.id])
    assert [(product_id, content.title) for product_id, content in market.edits] == [("1005006000000007", record.title)]
    assert (result.in_review, market.creates) == (1, [])
    assert loaded(db, record.id).sent_hash == record.content_hash


async def test_a_picture_is_uploaded_once_for_all_who_show_it(
    db: Database, make_sellable: Make, market: FakeMarketplace, pictures: list[str]
) -> None:
    ids = [make_sellable(images=(pictures[0], pictures[1])).id for _ in range(12)]
    await publish_all(db, market, ids)
    assert sorted(market.uploads) == ["lamp-0.jpg", "lamp-1.jpg"]
    assert len({content.images for content in market.creates}) == 1
    await publish_all(db, market, [make_sellable(images=(pictures[1],)).id])
    assert len(market.uploads) == 2, "nor again in the next run"


async def test_a_picture_that_goes_missing_fails_its_listing_only(
    db: Database, make_sellable: Make, market: FakeMarketplace, pictures: list[str], tmp_path: Path
) -> None:
    picture = picture_copy(pictures[1], tmp_path / "own.jpg")
    bad, good = make_sellable(images=(picture,)), make_sellable()
    made = enqueue(db, 1, [bad.id, good.id])
    await asyncio.to_thread(Path(picture).unlink)
    result = await publish(db, market, 1, made.batch_id, settings=FAST)
    after = loaded(db, bad.id)
    assert (result.failed, result.in_review, result.attempts) == (1, 1, 1)
    assert (after.error_code, after.error_field) == ("publishing.image_missing", "images")


@pytest.mark.parametrize("error", [Unanswered(None), TemporaryFault(None, platform_code="13009999"), RateLimited(None)])
async def test_an_upload_is_repeated(
    db: Database, make_sellable: Make, market: FakeMarketplace, error: Exception
) -> None:
    market.upload_script.append(error)
    result = await publish_all(db, market, [make_sellable().id])
    assert (result.in_review, len(market.uploads), result.attempts) == (1, 2, 1)


async def test_a_refused_upload_names_the_pictures(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    market.upload_script.append(Refused("marketplace.image_unsafe", platform_code="08400005", field="images"))
    record = make_sellable()
    result = await publish_all(db, market, [record.id])
    assert (result.failed, market.creates, loaded(db, record.id).error_field) == (1, [], "images")


async def test_an_address_the_platform_cannot_read_is_uploaded_again(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """Somebody cleared the photobank: the address we remember is worth nothing any more."""
    market.script.append(Refused("marketplace.image_unreachable", platform_code="F00-00-10020-004", field="images"))
    record = make_sellable()
    await publish_all(db, market, [record.id])
    result = await publish_all(db, market, [record.id])
    assert (result.in_review, len(market.uploads)) == (1, 2)


@pytest.mark.logs_errors
async def test_a_bug_while_building_fails_one_listing(
    db: Database, make_sellable: Make, market: FakeMarketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = make_sellable(), make_sellable()
    build = sending.Preparer.build

    def broken(self: sending.Preparer, prepared: sending.Prepared) -> ListingContent:
        if prepared.record.id == bad.id:
            raise ZeroDivisionError
        return build(self, prepared)

    monkeypatch.setattr(sending.Preparer, "build", broken)
    result = await publish_all(db, market, [bad.id, good.id])
    assert (result.failed, result.in_review) == (1, 1)
    assert loaded(db, bad.id).error_code == "publishing.internal"


@pytest.mark.logs_errors
async def test_a_bug_after_the_request_left_means_unknown(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    """Nobody knows what the marketplace made of it, so it is looked up, and found."""

    def applied_then_broken() -> None:
        market.add(market.creates[-1])
        raise ZeroDivisionError

    market.script.append(applied_then_broken)
    record = make_sellable()
    result = await publish_all(db, market, [record.id])
    assert (result.in_review, len(market.creates), market.titles()) == (1, 1, [record.title])


@pytest.mark.logs_errors
async def test_without_a_journal_nothing_is_sent(
    db: Database, make_sellable: Make, market: FakeMarketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: no intent, no request."""
    made = enqueue(db, 1, [make_sellable().id for _ in range(3)])
    commit = GroupCommit._commit
    is_full = False

    def full(self: GroupCommit, works: list[object]) -> list[object]:
        if is_full:
            raise sqlite3.OperationalError("database or disk is full")
        return commit(self, works)  # type: ignore[arg-type]

    async def fill(*args: object) -> bool:
        nonlocal is_full
        is_full = True
        return await announce(*args)  # type: ignore[arg-type]

    announce = sending.Sender._announce
    monkeypatch.setattr(GroupCommit, "_commit", full)
    monkeypatch.setattr(sending.Sender, "_announce", lambda self, *args: fill(self, *args))
    result = await publish(db, market, 1, made.batch_id, settings=FAST)
    assert (result.ending, market.creates) == (Ending.BROKEN, [])
    assert result.error is not None
    assert result.error.error_code == "publishing.journal"
    is_full = False
    monkeypatch.setattr(sending.Sender, "_announce", announce)
    again = await publish(db, market, 1, settings=FAST)
    assert (again.in_review, len(market.products)) == (3, 3)
