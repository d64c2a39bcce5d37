"""Every change can be taken back, and taking back can be taken back; rows that moved on are named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.db import Database
from app.services.errors import NotFound
from app.services.history.listing import can_redo, can_undo, changes_of_listing, list_changes
from app.services.history.recording import add_range, record_change
from app.services.history.undo import redo, undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import ChangeNumber
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing, load_listings
from app.services.listings.records import SkuRecord
from app.services.tasks import TaskCancelled, TaskContext


def loaded(db: Database, listing_id: int):
    with db.read() as session:
        return load_listing(session, listing_id)


def test_edit_and_undo_restore_every_column(db, make_listing):
    before = make_listing()
    edit = ListingEdit(
        before.id,
        fields={"title": "Lamp", "weight_g": 840, "attributes": [{"name": "Material", "value": "Oak"}]},
        skus={before.skus[0].id: {"price_minor": 2000, "code": "LM4402-XX"}},
        images=["new.jpg"],
        new_skus=(SkuRecord(None, "LM4402-RD", 2100, 5),),
    )
    change = edit_listings(db, [edit], label="change.edit")
    after = loaded(db, before.id)
    assert (after.title, after.weight_g, after.images) == ("Lamp", 840, ["new.jpg"])
    assert [(sku.code, sku.price_minor) for sku in after.skus] == [
        ("LM4402-XX", 2000),
        ("LM4402-GY", 1890),
        ("LM4402-RD", 2100),
    ]
    assert after.content_hash != before.content_hash
    result = undo(db)
    assert (result.restored, result.conflicts, result.change.uid) == (1, (), change.uid)
    restored = loaded(db, before.id)
    restored.updated_ms = before.updated_ms
    assert restored == before


def test_redo_brings_the_edit_back_and_can_be_undone_again(db, make_listing):
    before = make_listing()
    edit_listings(db, [ListingEdit(before.id, fields={"title": "Lamp"})], label="change.edit")
    undo(db)
    assert can_undo(db) is None
    assert can_redo(db) is not None
    assert redo(db).restored == 1
    assert loaded(db, before.id).title == "Lamp"
    assert can_redo(db) is None
    undo(db)
    assert loaded(db, before.id).title == before.title
    redo(db)
    assert loaded(db, before.id).title == "Lamp"


def test_changes_are_undone_newest_first_and_redone_in_reverse(db, make_listing):
    listing = make_listing(title="zero")
    for title in ("one", "two", "three"):
        edit_listings(db, [ListingEdit(listing.id, fields={"title": title})], label="change.edit")
    titles = []
    for step in (undo, undo, undo, redo, redo, redo):
        step(db)
        titles.append(loaded(db, listing.id).title)
    assert titles == ["two", "one", "zero", "one", "two", "three"]


def test_a_new_change_closes_the_way_to_redo(db, make_listing):
    listing = make_listing(title="zero")
    edit_listings(db, [ListingEdit(listing.id, fields={"title": "one"})], label="change.edit")
    undo(db)
    edit_listings(db, [ListingEdit(listing.id, fields={"title": "other"})], label="change.edit")
    with pytest.raises(NotFound):
        redo(db)
    assert loaded(db, listing.id).title == "other"


def test_rows_that_moved_on_are_left_alone_and_named(db, make_listing):
    first, second = make_listing(), make_listing()
    edits = [ListingEdit(record.id, fields={"title": "bulk"}) for record in (first, second)]
    bulk = edit_listings(db, edits, label="change.edit")
    edit_listings(db, [ListingEdit(first.id, fields={"title": "by hand"})], label="change.edit")
    result = undo(db, bulk.uid)
    assert (result.restored, result.conflicts) == (1, (first.id,))
    assert loaded(db, first.id).title == "by hand"
    assert loaded(db, second.id).title == second.title


def test_an_edit_of_another_column_is_no_conflict(db, make_listing):
    listing = make_listing()
    titled = edit_listings(db, [ListingEdit(listing.id, fields={"title": "Lamp"})], label="change.edit")
    edit_listings(db, [ListingEdit(listing.id, fields={"weight_g": 5})], label="change.edit")
    assert undo(db, titled.uid).conflicts == ()
    assert (loaded(db, listing.id).title, loaded(db, listing.id).weight_g) == (listing.title, 5)


def test_changed_images_are_a_conflict(db, make_listing):
    listing = make_listing()
    first = edit_listings(db, [ListingEdit(listing.id, images=["a.jpg"])], label="change.edit")
    edit_listings(db, [ListingEdit(listing.id, images=["b.jpg"])], label="change.edit")
    assert undo(db, first.uid).conflicts == (listing.id,)


def test_undo_for_chosen_rows_leaves_the_change_standing(db, make_listing):
    records = [make_listing(title=f"Lamp number {number}") for number in range(3)]
    change = edit_listings(db, [ListingEdit(r.id, fields={"title": "same"}) for r in records], label="change.edit")
    assert undo(db, change.uid, only=[records[1].id]).restored == 1
    assert [loaded(db, record.id).title for record in records] == ["same", "Lamp number 1", "same"]
    assert not list_changes(db)[0].is_undone


def created_range(db: Database, first: int, last: int) -> str:
    with db.bulk() as connection:
        change_id, change = record_change(
            connection, kind="import", label="change.import", params={}, listing_count=last - first + 1, moment_ms=1_000
        )
        add_range(connection, change_id, first, last)
    return change.uid


def test_created_listings_vanish_and_come_back_whole(db, make_listing):
    records = [make_listing(title=f"Кружка {number}") for number in range(3)]
    uid = created_range(db, records[0].id, records[-1].id)
    result = undo(db, uid)
    assert result.restored == 3
    with db.read() as session:
        assert load_listings(session, [record.id for record in records]) == []
        assert session.connection().exec_driver_sql("SELECT count(*) FROM sku").scalar() == 0
    assert redo(db).restored == 3
    with db.read() as session:
        back = load_listings(session, [record.id for record in records])
    for record in [*back, *records]:
        record.updated_ms = 0
    assert back == records


def test_a_listing_that_comes_back_whole_says_when_it_was_worked_on_last(db, make_listing):
    records = [make_listing(title=f"Mug {number}") for number in range(2)]
    uid = created_range(db, records[0].id, records[-1].id)
    assert (undo(db).restored, redo(db).restored) == (2, 2)
    assert [loaded(db, record.id).updated_ms for record in records] == [1_000, 1_000]
    assert undo(db, uid).restored == 2, "nobody worked on them, so they go again"


def test_created_listings_that_were_edited_since_are_kept(db, make_listing):
    records = [make_listing() for _ in range(3)]
    uid = created_range(db, records[0].id, records[-1].id)
    edit_listings(db, [ListingEdit(records[1].id, fields={"title": "by hand"})], label="change.edit")
    result = undo(db, uid)
    assert (result.restored, result.conflicts) == (2, (records[1].id,))
    assert loaded(db, records[1].id).title == "by hand"


def test_created_listings_go_again_after_redo(db, make_listing):
    uid = created_range(db, make_listing().id, make_listing().id)
    undo(db)
    redo(db)
    assert (undo(db, uid).restored, can_undo(db)) == (2, None)


@pytest.mark.parametrize("change", [{"fields": {"title": "by hand"}}, {}])
def test_created_listings_whose_edits_were_taken_back_go_as_well(db, make_listing, change):
    """Ctrl+Z twice after an import and an edit: by hand, or of prices in bulk, which are kept as columns."""
    records = [make_listing() for _ in range(3)]
    uid = created_range(db, records[0].id, records[-1].id)
    if change:
        edit_listings(db, [ListingEdit(records[1].id, **change)], label="change.edit")
    else:
        plan = plan_edit(
            db, BulkEdit((ChangeNumber("price_minor", "add", Decimal(1)),)), [records[1].id], TaskContext()
        )
        apply_plan(plan, TaskContext())
        plan.close()
    assert undo(db, uid).conflicts == (records[1].id,), "it stands"
    redo(db)
    undo(db)
    assert (undo(db, uid).restored, can_undo(db)) == (3, None)


def test_history_of_one_listing(db, make_listing):
    first, second = make_listing(), make_listing()
    created_range(db, first.id, first.id)
    edit_listings(db, [ListingEdit(second.id, fields={"title": "other"})], label="change.edit")
    assert [change.kind for change in changes_of_listing(db, first.id)] == ["import"]
    assert [change.kind for change in changes_of_listing(db, second.id)] == ["edit"]


def test_nothing_to_undo_says_so(db):
    with pytest.raises(NotFound):
        undo(db)
    with pytest.raises(NotFound):
        undo(db, "0123456789abcdef")


def test_a_cancelled_undo_changes_nothing(db, make_listing):
    listing = make_listing()
    edit_listings(db, [ListingEdit(listing.id, fields={"title": "Lamp"})], label="change.edit")
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        undo(db, ctx=ctx)
    assert loaded(db, listing.id).title == "Lamp"
    assert can_undo(db) is not None


def test_an_edit_that_changes_nothing_leaves_no_trace(db, make_listing):
    listing = make_listing()
    same = ListingEdit(listing.id, fields={"title": listing.title}, images=list(listing.images))
    assert edit_listings(db, [same], label="change.edit") is None
    assert list_changes(db) == []
    assert loaded(db, listing.id).updated_ms == listing.updated_ms


@pytest.mark.parametrize("status", ["rejected", "failed", "held"])
def test_an_edit_reopens_a_refused_listing(db, make_listing, status):
    listing = make_listing(status=status)
    edit_listings(db, [ListingEdit(listing.id, fields={"title": "Lamp"})], label="change.edit")
    assert loaded(db, listing.id).status == "draft"


def test_typing_on_is_one_step_of_undo(db, make_listing):
    listing = make_listing(title="zero")
    first = edit_listings(db, [ListingEdit(listing.id, fields={"title": "a"})], label="change.edit")
    for text in ("ab", "abc"):
        edit = ListingEdit(listing.id, fields={"title": text})
        again = edit_listings(db, [edit], label="change.edit", continues=first.uid)
        assert again.uid == first.uid
    assert len(list_changes(db)) == 1
    assert undo(db).conflicts == ()
    assert loaded(db, listing.id).title == "zero"
    redo(db)
    assert loaded(db, listing.id).title == "abc"


def test_typing_on_after_somebody_elses_change_is_a_change_of_its_own(db, make_listing):
    listing, other = make_listing(title="zero"), make_listing()
    first = edit_listings(db, [ListingEdit(listing.id, fields={"title": "a"})], label="change.edit")
    edit_listings(db, [ListingEdit(other.id, fields={"weight_g": 5})], label="change.edit")
    edit = ListingEdit(listing.id, fields={"title": "ab"})
    again = edit_listings(db, [edit], label="change.edit", continues=first.uid)
    assert again.uid != first.uid
    assert undo(db, again.uid).restored == 1
    assert loaded(db, listing.id).title == "a"


def test_unknown_fields_are_refused_whole(db, make_listing):
    listing = make_listing()
    with pytest.raises(KeyError):
        edit_listings(db, [ListingEdit(listing.id, fields={"title": "x", "store_id": 2})], label="change.edit")
    assert loaded(db, listing.id).title == listing.title


@pytest.mark.parametrize(("attempts", "kept"), [(0, ()), (1, (1,))])
def test_a_listing_that_was_queued_but_never_sent_can_still_be_taken_back(db, make_listing, attempts, kept):
    record = make_listing()
    uid = created_range(db, record.id, record.id)
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO publish_batch (store_id, state, total, created_ms) VALUES (1, 'done', 1, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, content_hash, title, codes, "
            "attempts, owner, error_code, error_params, error_text, error_field) "
            "VALUES (1, 1, ?, 'create', 'cancelled', '', '', '', ?, '', '', '{}', '', '')",
            (record.id, attempts),
        )
    assert undo(db, uid).conflicts == kept


def test_typing_on_after_a_bulk_edit_of_the_same_number_is_a_change_of_its_own(db, make_listing):
    record = make_listing()
    plan = plan_edit(db, BulkEdit((ChangeNumber("price_minor", "add", Decimal(1)),)), [record.id], TaskContext())
    bulk = apply_plan(plan, TaskContext()).change
    plan.close()
    edit = ListingEdit(record.id, skus={record.skus[0].id: {"price_minor": 5}})
    assert edit_listings(db, [edit], label="change.edit", continues=bulk.uid).uid != bulk.uid
    assert (undo(db).conflicts, undo(db).conflicts) == ((), ())
    assert loaded(db, record.id).skus == record.skus


def test_who_did_it_is_kept(db, make_listing, monkeypatch):
    monkeypatch.setattr("app.services.history.recording.getpass.getuser", lambda: "lin")
    record = make_listing()
    done = edit_listings(db, [ListingEdit(record.id, fields={"title": "Lamp"})], label="change.edit")
    assert (done.actor, list_changes(db)[0].actor) == ("lin", "lin")


def test_created_listings_that_were_tagged_since_are_kept(db, make_listing):
    record = make_listing()
    uid = created_range(db, record.id, record.id)
    edit_listings(db, [ListingEdit(record.id, add_tags=("June",))], label="change.edit")
    assert undo(db, uid).conflicts == (record.id,)


def test_a_listing_that_only_shares_a_bulk_edit_is_no_conflict(db, make_listing):
    """One bulk edit of two listings, of which the import made one: only that one is named."""
    own, other = make_listing(), make_listing()
    uid = created_range(db, own.id, own.id)
    edit = BulkEdit((ChangeNumber("stock", "set", Decimal(77)),))
    plan = plan_edit(db, edit, [own.id, other.id], TaskContext())
    apply_plan(plan, TaskContext())
    plan.close()
    assert undo(db, uid).conflicts == (own.id,)
