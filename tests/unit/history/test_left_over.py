"""What an undo left alone stays part of its change: it can be taken back later, and only that."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.errors import NotFound
from app.services.history.contents import ChangeContents
from app.services.history.listing import can_undo, find_change
from app.services.history.recording import add_range, record_change
from app.services.history.undo import redo, undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import ChangeNumber
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing, load_listings
from app.services.paging import Query
from app.services.tasks import TaskContext


def edit(db, *records, **fields):
    """Give listings the same fields. Returns: the change's uid."""
    return edit_listings(db, [ListingEdit(one.id, fields) for one in records], label="change.edit").uid


def bulk(db, operation, *records):
    """Change numbers of all variants in bulk, which is kept as columns. Returns: the change's uid."""
    plan = plan_edit(db, BulkEdit((operation,)), [one.id for one in records], TaskContext(), checks=False)
    try:
        return apply_plan(plan, TaskContext()).change.uid
    finally:
        plan.close()


def titles(db, *records):
    with db.read() as session:
        return [load_listing(session, one.id).title for one in records]


def stocks(db, *records):
    with db.read() as session:
        return [load_listing(session, one.id).skus[0].stock for one in records]


def is_undone(db, uid):
    with db.reader.connect() as connection:
        return find_change(connection, uid)[1].is_undone


def imported(db, *records):
    """Note listings as made by one import. Returns: the change's uid."""
    with db.bulk() as connection:
        change_id, change = record_change(
            connection, kind="import", label="change.import", params={}, listing_count=len(records), moment_ms=1_000
        )
        add_range(connection, change_id, records[0].id, records[-1].id)
        connection.exec_driver_sql("UPDATE listing SET updated_ms = 1000")
    return change.uid


def ids(db):
    with db.reader.connect() as connection:
        return list(connection.exec_driver_sql("SELECT id FROM listing ORDER BY id").scalars())


@pytest.fixture
def two(make_listing):
    return make_listing("Lamp"), make_listing("Mug")


def test_what_was_left_alone_is_taken_back_later(db, two):
    first, second = two
    both = edit(db, *two, title="both")
    later = edit(db, first, title="later")
    done = undo(db, both)
    assert (done.restored, done.conflicts, is_undone(db, both)) == (1, (first.id,), False)
    undo(db, later)
    done = undo(db, both, only=[first.id])
    assert (done.restored, done.conflicts, is_undone(db, both)) == (1, (), True)
    assert titles(db, first, second) == ["Lamp", "Mug"]
    with pytest.raises(NotFound):
        undo(db, both)


def test_what_is_back_and_was_edited_since_is_no_part_of_it_any_more(db, two):
    first, second = two
    both = edit(db, *two, title="both")
    undo(db, both, only=[first.id])
    for title in ("mine", "both"):  # the same that the change made of it, too
        edit(db, first, title=title)
        states = {one.id: one.state for one in ChangeContents(db, both).first_page(Query(), 5)}
        assert states == {first.id: "back", second.id: "stands"}
        assert undo(db, both, only=[first.id]).conflicts == ()
        assert titles(db, first) == [title]
    done = undo(db, both)
    assert (done.restored, done.conflicts, is_undone(db, both)) == (1, (), True)
    assert titles(db, first, second) == ["both", "Mug"]


def test_fields_one_after_another(db, two):
    both = edit(db, *two, title="both", weight_g=7)
    undo(db, both, fields=["title"])
    assert not is_undone(db, both)
    edit(db, two[0], title="mine")
    states = {one.id: one.state for one in ChangeContents(db, both).first_page(Query(), 5)}
    assert set(states.values()) == {"stands"}, "the title is no part of it any more"
    done = undo(db, both, fields=["weight_g"])
    assert (done.restored, done.conflicts, is_undone(db, both)) == (2, (), True)
    assert titles(db, *two) == ["mine", "Mug"]


def test_numbers_kept_as_columns(db, two):
    first, second = two
    before = stocks(db, *two)
    raised = bulk(db, ChangeNumber("stock", "set", Decimal(77)), *two)
    later = bulk(db, ChangeNumber("stock", "set", Decimal(5)), first)
    assert undo(db, raised).conflicts == (first.id,)
    bulk(db, ChangeNumber("stock", "set", Decimal(77)), second)
    undo(db, later)
    states = {one.id: one.state for one in ChangeContents(db, raised).first_page(Query(), 5)}
    assert states == {first.id: "stands", second.id: "back"}
    done = undo(db, raised)
    assert (done.restored, done.conflicts, is_undone(db, raised)) == (1, (), True)
    assert stocks(db, *two) == [before[0], 77], "it was restored, and set again by a change of its own"
    redo(db)
    assert (stocks(db, *two), is_undone(db, raised)) == ([77, 77], False)


def test_redo_goes_back_through_all_parts(db, two):
    both = edit(db, *two, title="both", weight_g=7)
    parts = [{"only": [two[0].id], "fields": ["title"]}, {"only": [two[0].id]}, {}]
    seen = [titles(db, *two)]
    for part in parts:
        assert undo(db, both, **part).conflicts == ()
        seen.append(titles(db, *two))
    assert seen == [["both", "both"], ["Lamp", "both"], ["Lamp", "both"], ["Lamp", "Mug"]]
    for expected in seen[-2::-1]:
        assert is_undone(db, both) is (expected is seen[-2])
        assert redo(db).conflicts == ()
        assert titles(db, *two) == expected
    assert undo(db).restored == 2
    assert (titles(db, *two), is_undone(db, both), can_undo(db)) == (["Lamp", "Mug"], True, None)


def test_created_listings_that_were_kept_go_later(db, two):
    made = imported(db, *two)
    later = edit(db, two[0], title="by hand")
    assert undo(db, made).conflicts == (two[0].id,)
    assert not is_undone(db, made)
    undo(db, later)
    assert (undo(db, made).restored, is_undone(db, made)) == (1, True)
    with db.read() as session:
        assert load_listings(session, [one.id for one in two]) == []


def test_a_created_listing_goes_though_a_later_change_of_others_stands_in_part(db, two):
    first, second = two
    made = imported(db, first)
    both = edit(db, *two, title="both")
    edit(db, second, title="later")
    assert undo(db, made).conflicts == (first.id,)
    assert undo(db, both).conflicts == (second.id,)
    assert undo(db, made).restored == 1, "nothing of the later change stands in it"


def test_a_created_listing_goes_though_numbers_of_others_were_not_taken_back(db, two):
    first, second = two
    made = imported(db, first)
    both = bulk(db, ChangeNumber("stock", "set", Decimal(77)), *two)
    bulk(db, ChangeNumber("stock", "set", Decimal(5)), second)
    assert undo(db, made).conflicts == (first.id,)
    assert undo(db, both).conflicts == (second.id,)
    assert (undo(db, made).restored, ids(db)) == (1, [second.id])


def test_a_created_listing_stays_with_numbers_that_were_taken_back_for_others_alone(db, two):
    first, second = two
    made = imported(db, first)
    both = bulk(db, ChangeNumber("stock", "set", Decimal(77)), *two)
    undo(db, edit(db, first, title="by hand"))  # the last that was done to it is an undo
    undo(db, both, only=[second.id])
    assert (undo(db, made).conflicts, ids(db)) == ((first.id,), [first.id, second.id])
    undo(db, both)
    assert (undo(db, made).restored, ids(db)) == (1, [second.id])


def test_a_created_listing_whose_number_is_another_ones_now_is_no_part_of_it_any_more(db, two, make_listing):
    first, second = two
    made = imported(db, *two)
    done = undo(db, made, only=[second.id])
    assert (done.restored, done.conflicts, is_undone(db, made), ids(db)) == (1, (), False, [first.id])
    assert make_listing("New").id == second.id
    done = undo(db, made)
    assert (done.restored, done.conflicts, is_undone(db, made)) == (1, (), True)
    assert ids(db) == [second.id] and titles(db, second) == ["New"]


def test_a_code_goes_back_with_what_it_is_found_by(db, two, make_listing):
    before = make_listing("Lamp").skus
    named = {before[0].id: {"code": "ZZ-99", "stock": 1}}
    change = edit_listings(db, [ListingEdit(3, skus=named)], label="change.edit")
    assert undo(db, change.uid, fields=["code"]).conflicts == ()
    with db.read() as session:
        now = load_listing(session, 3).skus[0]
    assert (now.code, now.match_key, now.stock) == (before[0].code, before[0].match_key, 1)
