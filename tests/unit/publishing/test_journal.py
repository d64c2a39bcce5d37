"""The journal alone: every step takes effect from the state it expects, and from no other."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, event

from app.models import ListingStatus, TaskAction, TaskState
from app.services.clock import now_ms
from app.services.db import Database
from app.services.listings.loading import load_listing
from app.services.listings.records import ListingRecord
from app.services.publishing import journal
from app.services.publishing.entries import Intent, Reason, TaskKey, Verdict
from app.services.publishing.queue import enqueue
from app.services.publishing.statements import change, change_and_ask
from tests.listing_rows import add_listing

ME, OTHER = "host-1-me", "host-2-other"
PRODUCT = "1005006000000001"


@pytest.fixture
def queued(db: Database, make_sellable: Callable[..., ListingRecord]) -> Callable[..., tuple[ListingRecord, int]]:
    """A queued listing and its task's id."""

    def make(title: str = "", **fields: Any) -> tuple[ListingRecord, int]:
        record = make_sellable(title, **fields)
        enqueue(db, 1, [record.id], release_held=True)
        with db.read() as session:
            task_id = (
                session.connection()
                .exec_driver_sql("SELECT max(id) FROM publish_task WHERE listing_id = ?", (record.id,))
                .scalar_one()
            )
            return load_listing(session, record.id), task_id

    return make


def intent_for(record: ListingRecord, task_id: int, **changes: Any) -> Intent:
    made = Intent(
        task_id,
        record.id,
        1,
        ME,
        TaskAction.CREATE,
        record.content_hash,
        record.title,
        tuple(sorted(sku.code for sku in record.skus)),
        None,
        now_ms(),
    )
    return replace(made, **changes)


def run(db: Database, work: Callable[[Connection], Any]) -> Any:
    with db.bulk() as connection:
        return work(connection)


def task(db: Database, task_id: int) -> Any:
    with db.read() as session:
        return session.connection().exec_driver_sql("SELECT * FROM publish_task WHERE id = ?", (task_id,)).one()


def status(db: Database, listing_id: int) -> str:
    with db.read() as session:
        return load_listing(session, listing_id).status


def claim(db: Database, owner: str = ME, limit: int = 100) -> list[journal.ClaimedTask]:
    return run(db, lambda connection: journal.claim(connection, 1, owner, None, limit, now_ms()))


def sent(db: Database, record: ListingRecord, task_id: int) -> TaskKey:
    """Claim and write the intent."""
    claim(db)
    assert run(db, lambda connection: journal.write_intent(connection, intent_for(record, task_id))) is Verdict.GO
    return TaskKey(task_id, record.id, 1)


def test_two_runs_share_the_queue_and_nothing_is_claimed_twice(db: Database, queued: Callable[..., Any]) -> None:
    ids = [queued()[1] for _ in range(5)]
    mine = claim(db, ME, 3)
    theirs = claim(db, OTHER, 10)
    assert [found.task_id for found in mine] == ids[:3], "the oldest first"
    assert [found.task_id for found in theirs] == ids[3:]
    assert claim(db, ME) == []


def test_a_claim_can_be_limited_to_a_batch(db: Database, queued: Callable[..., Any]) -> None:
    (_, first), (_, second) = queued(), queued()
    batch = task(db, second).batch_id
    found = run(db, lambda connection: journal.claim(connection, 1, ME, batch, 10, now_ms()))
    assert [claimed.task_id for claimed in found] == [second]
    assert task(db, first).owner == ""


def test_the_intent_says_what_leaves_before_it_leaves(db: Database, queued: Callable[..., Any]) -> None:
    record, task_id = queued()
    sent(db, record, task_id)
    row = task(db, task_id)
    assert (row.state, row.owner, row.attempts) == (TaskState.SENDING, ME, 1)
    assert (row.content_hash, row.title) == (record.content_hash, record.title)
    assert row.codes.split("\n") == sorted(sku.code for sku in record.skus)
    assert row.sent_ms is not None
    assert status(db, record.id) == ListingStatus.SENDING


@pytest.mark.parametrize(
    ("prepare", "verdict"),
    [
        ("UPDATE publish_task SET owner = 'host-2-other'", Verdict.LOST),
        ("UPDATE publish_task SET state = 'cancelled'", Verdict.LOST),
        ("UPDATE publish_task SET state = 'sending'", Verdict.LOST),
        ("UPDATE listing SET content_hash = 'edited meanwhile'", Verdict.STALE),
    ],
)
def test_no_intent_where_the_row_moved_on(
    db: Database, queued: Callable[..., Any], prepare: str, verdict: Verdict
) -> None:
    record, task_id = queued()
    claim(db)
    run(db, lambda connection: connection.exec_driver_sql(prepare))
    before = task(db, task_id)
    assert run(db, lambda connection: journal.write_intent(connection, intent_for(record, task_id))) is verdict
    assert task(db, task_id) == before


def test_twins_are_not_under_way_together(db: Database, queued: Callable[..., Any]) -> None:
    """Two listings with one title and the same codes: their answers could not be told apart on the marketplace."""
    skus = (("TWIN-1", 1890, 5), ("TWIN-2", 1890, 5))
    (one, first), (other, second) = (queued("Twin Lamp For Both Bedsides", skus=skus) for _ in range(2))
    key = sent(db, one, first)
    attempt = intent_for(other, second)
    assert run(db, lambda connection: journal.write_intent(connection, attempt)) is Verdict.TWIN
    run(db, lambda connection: journal.mark_unknown(connection, key, ME, Reason("marketplace.unanswered"), 5))
    assert run(db, lambda connection: journal.write_intent(connection, attempt)) is Verdict.TWIN
    run(db, lambda connection: journal.accept(connection, key, PRODUCT, "h", 6))
    assert run(db, lambda connection: journal.write_intent(connection, attempt)) is Verdict.GO


def test_an_edit_has_no_twin(db: Database, queued: Callable[..., Any]) -> None:
    """An edit names its product, so its answer cannot be mistaken for another's."""
    skus = (("TWIN-1", 1890, 5),)
    (one, first), (other, second) = (queued("Twin Lamp For Both Bedsides", skus=skus) for _ in range(2))
    sent(db, one, first)
    edit = intent_for(other, second, action=TaskAction.EDIT, product_id=PRODUCT)
    assert run(db, lambda connection: journal.write_intent(connection, edit)) is Verdict.GO
    assert task(db, second).product_id == PRODUCT


def test_accepting_notes_product_and_hash_once(db: Database, queued: Callable[..., Any]) -> None:
    record, task_id = queued()
    key = sent(db, record, task_id)
    accept = lambda connection: journal.accept(connection, key, PRODUCT, record.content_hash, 7)  # noqa: E731
    assert run(db, accept)
    assert not run(db, accept), "a second answer changes nothing"
    with db.read() as session:
        after = load_listing(session, record.id)
        found = session.connection().exec_driver_sql("SELECT search_text FROM listing_search").scalar_one()
    assert (after.product_id, after.sent_hash, after.status) == (PRODUCT, record.content_hash, "in_review")
    assert PRODUCT in found.split("\n"), "the listing is found by its id"
    assert (task(db, task_id).state, task(db, task_id).owner) == (TaskState.IN_REVIEW, "")


def test_an_answer_to_an_earlier_attempt_changes_nothing(db: Database, queued: Callable[..., Any]) -> None:
    record, task_id = queued()
    key = sent(db, record, task_id)
    run(db, lambda connection: journal.put_back(connection, key, ME, 1))
    run(db, lambda connection: journal.write_intent(connection, intent_for(record, task_id)))
    assert not run(db, lambda connection: journal.accept(connection, key, PRODUCT, "h", 2))
    assert not run(db, lambda connection: journal.put_back(connection, key, "", 2))
    assert not run(db, lambda connection: journal.fail(connection, key, Reason("x"), 2))
    assert task(db, task_id).state == TaskState.SENDING


def mirror_of(db: Database, product_id: str, content_hash: str, sent_hash: str | None) -> int:
    """A listing a sync made of the product before its answer was written down."""
    with db.write() as session:
        return add_listing(
            session,
            store_id=1,
            title="Mirror",
            product_id=product_id,
            content_hash=content_hash,
            sent_hash=sent_hash,
            created_ms=1,
            updated_ms=1,
        ).id


def test_a_mirror_that_a_sync_made_gives_way(db: Database, queued: Callable[..., Any]) -> None:
    record, task_id = queued()
    key = sent(db, record, task_id)
    mirror = mirror_of(db, PRODUCT, "same", "same")
    assert run(db, lambda connection: journal.accept(connection, key, PRODUCT, record.content_hash, 7))
    with db.read() as session:
        assert load_listing(session, record.id).product_id == PRODUCT
        rows = session.connection().exec_driver_sql("SELECT id FROM listing WHERE id = ?", (mirror,)).all()
    assert rows == []


def test_a_mirror_somebody_edited_keeps_its_product_and_the_next_send_is_an_edit(
    db: Database, queued: Callable[..., Any]
) -> None:
    record, task_id = queued()
    key = sent(db, record, task_id)
    mirror = mirror_of(db, PRODUCT, "edited", "as synced")
    assert run(db, lambda connection: journal.accept(connection, key, PRODUCT, record.content_hash, 7))
    with db.read() as session:
        ours, theirs = load_listing(session, record.id), load_listing(session, mirror)
    assert (ours.product_id, ours.sent_hash, ours.status) == (None, record.content_hash, "in_review")
    assert (theirs.product_id, theirs.title) == (PRODUCT, "Mirror")
    run(db, lambda connection: connection.exec_driver_sql("UPDATE publish_task SET state = 'live'"))
    run(
        db,
        lambda connection: connection.exec_driver_sql(
            "UPDATE listing SET content_hash = 'changed since' WHERE id = ?", (record.id,)
        ),
    )
    enqueue(db, 1, [record.id])
    newest = run(
        db,
        lambda connection: connection.exec_driver_sql(
            "SELECT action, product_id FROM publish_task ORDER BY id DESC LIMIT 1"
        ).one(),
    )
    assert tuple(newest) == (TaskAction.EDIT, PRODUCT), "the journal remembers what the listing does not carry"


def test_failing_shows_code_words_and_field(db: Database, queued: Callable[..., Any]) -> None:
    record, task_id = queued()
    key = sent(db, record, task_id)
    reason = Reason("marketplace.title_length", {"n": 139}, "13006001 title too long", "title")
    assert run(db, lambda connection: journal.fail(connection, key, reason, 7))
    with db.read() as session:
        after = load_listing(session, record.id)
    assert (after.status, after.error_code, after.error_text, after.error_field) == (
        "failed",
        reason.code,
        reason.text,
        reason.field,
    )
    assert task(db, task_id).state == TaskState.FAILED
    assert after.sent_hash is None, "the marketplace has nothing of it"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ({}, "ready"),
        ({"product_id": PRODUCT}, "live"),
        ({"product_id": PRODUCT, "off_reason": "user"}, "off"),
    ],
)
def test_a_listing_that_is_not_sent_after_all_is_what_it_was(
    db: Database, queued: Callable[..., Any], before: dict[str, str], expected: str
) -> None:
    record, task_id = queued(**before)
    claim(db)
    key = TaskKey(task_id, record.id, 0)
    assert run(db, lambda connection: journal.drop(connection, key, Reason("publishing.unchanged"), 7))
    assert status(db, record.id) == expected


def test_a_listing_whose_last_review_refused_it_is_rejected_again(db: Database, queued: Callable[..., Any]) -> None:
    record, task_id = queued()
    key = sent(db, record, task_id)
    run(db, lambda connection: journal.accept(connection, key, PRODUCT, "old", 7))
    rejected = (TaskState.REJECTED, ListingStatus.REJECTED, Reason("publishing.rejected"))
    assert run(db, lambda connection: journal.settle_review(connection, task_id, *rejected, 8))
    assert status(db, record.id) == "rejected"
    enqueue(db, 1, [record.id])
    assert status(db, record.id) == "queued"
    run(db, lambda connection: journal.restore_listings(connection, [record.id]))
    assert status(db, record.id) == "rejected"


def test_a_review_is_settled_once(db: Database, queued: Callable[..., Any]) -> None:
    record, task_id = queued()
    key = sent(db, record, task_id)
    run(db, lambda connection: journal.accept(connection, key, PRODUCT, record.content_hash, 7))
    live = (TaskState.LIVE, ListingStatus.LIVE, Reason(""))
    rejected = (TaskState.REJECTED, ListingStatus.REJECTED, Reason("publishing.rejected"))
    assert run(db, lambda connection: journal.settle_review(connection, task_id, *live, 8))
    assert not run(db, lambda connection: journal.settle_review(connection, task_id, *rejected, 9))
    assert status(db, record.id) == "live"


def test_unreadable_pictures_are_uploaded_anew(db: Database, store: int) -> None:
    def uploads(connection: Connection) -> list[str]:
        return list(connection.exec_driver_sql("SELECT url FROM uploaded_image").scalars())

    def add(connection: Connection) -> None:
        for name in ("a", "b"):
            connection.exec_driver_sql("INSERT INTO uploaded_image VALUES (NULL, 1, ?, ?, 0)", (name, f"url-{name}"))

    run(db, add)
    run(db, lambda connection: journal.forget_uploads(connection, store, ["url-a", "url-x"]))
    assert run(db, uploads) == ["url-b"]


def test_the_way_of_a_listing_through_the_journal_goes_straight_to_the_driver(
    db: Database, queued: Callable[..., tuple[ListingRecord, int]]
) -> None:
    """A hundred listings a second in the window's process: SQLAlchemy takes as long for a statement as SQLite."""
    record, task_id = queued()
    claim(db)
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(db.writer, "before_cursor_execute", note)
    try:
        key = TaskKey(task_id, record.id, 1)
        assert run(db, lambda at: journal.write_intent(at, intent_for(record, task_id))) is Verdict.GO
        assert run(db, lambda at: journal.accept(at, key, PRODUCT, record.content_hash, now_ms()))
        ended = (TaskState.LIVE, ListingStatus.LIVE, Reason(""), now_ms())
        assert run(db, lambda at: journal.settle_review(at, task_id, *ended))
    finally:
        event.remove(db.writer, "before_cursor_execute", note)
    assert set(seen) == {"BEGIN IMMEDIATE"}


@pytest.mark.parametrize("do", [change, change_and_ask])
def test_a_statement_that_fails_leaves_nothing_of_the_one_before(db: Database, do: Callable[..., Any]) -> None:
    """Past SQLAlchemy, but within its transaction."""
    insert = "INSERT INTO setting (name, value, updated_ms) VALUES (?, '1', 0) RETURNING name"

    def twice(connection: Connection) -> None:
        do(connection, insert, ("one",))
        do(connection, insert, ("one",))

    with pytest.raises(sqlite3.IntegrityError):
        run(db, twice)
    with db.read() as session:
        assert session.connection().exec_driver_sql("SELECT name FROM setting").all() == []
    assert run(db, lambda connection: change_and_ask(connection, insert, ("one",))) == "one", "the writer is free"
