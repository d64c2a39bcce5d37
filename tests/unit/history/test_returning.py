"""Back to a point in time: everything since then, newest first, conflicts named."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.services.clock import from_ms
from app.services.errors import NotFound
from app.services.history.listing import list_changes
from app.services.history.recording import add_range, record_change
from app.services.history.returning import go_back
from app.services.history.undo import redo, undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import ChangeNumber
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.desk import ListingDesk
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.tasks import TaskCancelled, TaskContext


def retitle(db, record, *titles):
    for title in titles:
        edit_listings(db, [ListingEdit(record.id, {"title": title})], label="change.edit", params={"title": title})


def at(db, *moments):
    """Give the changes, oldest first, moments of their own."""
    with db.bulk() as connection:
        ids = list(connection.exec_driver_sql("SELECT id FROM change ORDER BY id").scalars())
        for number, moment in zip(ids, moments, strict=True):
            connection.exec_driver_sql("UPDATE change SET created_ms = ? WHERE id = ?", (moment, number))


def title(db, record):
    with db.read() as session:
        return load_listing(session, record.id).title


def test_everything_since_is_taken_back_and_can_be_done_again(db, make_listing):
    record, other = make_listing(), make_listing("Other")
    retitle(db, record, "one", "two")
    retitle(db, other, "Another")
    retitle(db, record, "three")
    at(db, 1000, 2000, 3000, 4000)
    done = ListingDesk(lambda: db).go_back(from_ms(1500))
    assert [one.params["title"] for one in done.changes] == ["three", "Another", "two"]
    assert (done.restored, done.conflicts) == ((record.id, other.id), ())
    assert (title(db, record), title(db, other)) == ("one", "Other")
    assert [one.is_undone for one in list_changes(db)] == [True, True, True, False]
    for expected in ("two", "two", "three"):
        redo(db)
        assert title(db, record) == expected
    assert title(db, other) == "Another"


def test_what_moved_on_is_named_and_left(db, make_listing):
    record, other = make_listing(), make_listing("Other")
    retitle(db, record, "one")
    retitle(db, other, "Another")
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET title = 'theirs' WHERE id = ?", (record.id,))
    done = go_back(db, datetime(1970, 1, 1, tzinfo=UTC))
    assert (done.restored, done.conflicts) == ((other.id,), (record.id,))
    assert title(db, record) == "theirs"


def test_nothing_since_is_said(db, make_listing):
    retitle(db, make_listing(), "one")
    at(db, 1000)
    with pytest.raises(NotFound):
        go_back(db, from_ms(1000))


def uids(db):
    """Oldest first."""
    return [one.uid for one in reversed(list_changes(db))]


def test_what_was_undone_since_is_done_again(db, make_listing):
    record, other = make_listing("Lamp"), make_listing("Other")
    retitle(db, record, "one")
    retitle(db, other, "two")
    undo(db, uids(db)[0])
    retitle(db, other, "three")
    at(db, 1000, 2000, 3000, 4000)
    assert ListingDesk(lambda: db).count_since(from_ms(2500)) == 2
    done = ListingDesk(lambda: db).go_back(from_ms(2500))
    assert (len(done.changes), done.conflicts) == (2, ())
    assert (title(db, record), title(db, other)) == ("one", "two")
    assert [one.is_undone for one in list_changes(db)] == [True, False, False]
    assert ListingDesk(lambda: db).count_since(from_ms(2500)) == 0
    redo(db)
    assert (title(db, record), list_changes(db)[2].is_undone) == ("Lamp", True), "the undo itself is back"
    redo(db)
    assert title(db, other) == "three"
    with pytest.raises(NotFound):
        redo(db)
    go_back(db, from_ms(2500))
    assert (title(db, record), title(db, other)) == ("one", "two")


def test_a_lone_undo_since_counts(db, make_listing):
    record = make_listing("Lamp")
    retitle(db, record, "one")
    undo(db)
    at(db, 1000, 2000)
    assert ListingDesk(lambda: db).count_since(from_ms(1000)) == 1
    go_back(db, from_ms(1000))
    assert title(db, record) == "one"


def test_what_was_made_and_undone_since_cancels_out(db, make_listing):
    record = make_listing("Lamp")
    retitle(db, record, "one", "two")
    undo(db)
    at(db, 1000, 2000, 3000)
    assert ListingDesk(lambda: db).count_since(from_ms(1500)) == 0
    with pytest.raises(NotFound):
        go_back(db, from_ms(1500))
    assert title(db, record) == "one"


def test_what_was_done_again_since_is_undone_again(db, make_listing):
    record = make_listing("Lamp")
    retitle(db, record, "one")
    undo(db)
    redo(db)
    retitle(db, record, "two")
    at(db, 1000, 2000, 4000)
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE change SET undone_ms = 3000 WHERE kind = 'undo'")
    assert go_back(db, from_ms(2500)).conflicts == ()
    assert title(db, record) == "Lamp"
    redo(db), redo(db)
    assert title(db, record) == "two"
    go_back(db, from_ms(3500))
    assert title(db, record) == "one"


def test_undone_done_again_and_undone_is_nothing_new(db, make_listing):
    record = make_listing("Lamp")
    retitle(db, record, "one")
    undo(db), redo(db), undo(db)
    at(db, 1000, 2000, 4000)
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE change SET undone_ms = 3000 WHERE created_ms = 2000")
    with pytest.raises(NotFound):
        go_back(db, from_ms(2500))
    go_back(db, from_ms(3500))
    assert title(db, record) == "one"


def test_a_time_between_going_back_and_doing_it_again(db, make_listing):
    """At 5500 the change stood, for all was gone back to 2500; at 6000 that was taken back."""
    record = make_listing("Lamp")
    retitle(db, record, "one")
    undo(db)
    at(db, 1000, 3000)
    go_back(db, from_ms(2500))
    at(db, 1000, 3000, 5000)
    redo(db)
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE change SET undone_ms = 6000 WHERE created_ms = 5000")
    assert title(db, record) == "Lamp"
    go_back(db, from_ms(5500))
    assert title(db, record) == "one"
    go_back(db, from_ms(4000))
    assert title(db, record) == "Lamp"


def test_what_stood_between_a_change_and_its_undo_is_gone_through_in_order(db, make_listing):
    """There and back between a change and its undo: without bringing that back first, it could not go."""
    record = make_listing("Lamp")
    retitle(db, record, "one", "two", "one")
    undo(db, uids(db)[0])
    at(db, 1000, 2000, 3000, 4000)
    assert title(db, record) == "Lamp"
    assert ListingDesk(lambda: db).count_since(from_ms(500)) == 4
    assert go_back(db, from_ms(500)).conflicts == ()
    assert title(db, record) == "Lamp"
    for expected in ("one", "two", "one", "Lamp"):
        redo(db)
        assert title(db, record) == expected


def test_a_part_of_a_change_undone_since(db, make_listing):
    one, two = make_listing("Lamp"), make_listing("Mug")
    edits = [ListingEdit(record.id, {"title": "both", "weight_g": 7}) for record in (one, two)]
    change = edit_listings(db, edits, label="change.edit", params={"title": ""})
    undo(db, change.uid, only=[one.id], fields=["title"])
    undo(db, change.uid)
    at(db, 1000, 2000, 3000)
    go_back(db, from_ms(2500))
    assert (title(db, one), title(db, two)) == ("Lamp", "both")
    go_back(db, from_ms(1500))
    assert (title(db, one), title(db, two)) == ("both", "both")


def test_an_undo_that_went_with_what_came_after_it_stays_in_its_place(db, make_listing):
    """Undone, changed; all gone back and brought again: the change still comes after the undo."""
    record = make_listing("Lamp")
    retitle(db, record, "one")
    undo(db)
    retitle(db, record, "two")
    at(db, 1000, 2000, 3000)
    go_back(db, from_ms(1500))
    assert title(db, record) == "one"
    redo(db), redo(db)
    assert title(db, record) == "two"
    assert go_back(db, from_ms(1500)).conflicts == ()
    assert title(db, record) == "one"


def theirs(db, record):
    """Change a listing behind the program's back."""
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET title = 'theirs' WHERE id = ?", (record.id,))


def stored_changes(db):
    with db.bulk() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT id, listing_count, undone_ms FROM change")]


def test_an_undo_that_cannot_be_done_anew_changes_nothing(db, make_listing):
    record = make_listing("Lamp")
    retitle(db, record, "one")
    undo(db)
    at(db, 1000, 2000)
    go_back(db, from_ms(1500))
    theirs(db, record)
    before = stored_changes(db)
    done = redo(db)
    assert (done.restored, done.conflicts, title(db, record)) == (0, (record.id,), "theirs")
    assert stored_changes(db) == before


def test_an_undo_done_anew_is_about_what_it_took_back_this_time(db, make_listing):
    one, two = make_listing("Lamp"), make_listing("Mug")
    edits = [ListingEdit(record.id, {"title": "both"}) for record in (one, two)]
    edit_listings(db, edits, label="change.edit", params={"title": ""})
    undo(db)
    at(db, 1000, 2000)
    go_back(db, from_ms(1500))
    theirs(db, two)
    done = redo(db)
    assert (done.restored, done.conflicts) == (1, (two.id,))
    assert (title(db, one), title(db, two)) == ("Lamp", "theirs")
    again = redo(db)
    assert (again.restored, again.conflicts) == (1, ()), "the other was no part of it"
    assert (title(db, one), title(db, two)) == ("both", "theirs")


def test_an_undo_of_some_created_listings_is_done_anew_for_them_alone(db, make_listing):
    kept, gone = make_listing("Lamp"), make_listing("Mug")
    with db.bulk() as connection:
        change_id, change = record_change(
            connection, kind="import", label="change.import", params={}, listing_count=2, moment_ms=1_000
        )
        add_range(connection, change_id, kept.id, gone.id)
    undo(db, change.uid, only=[gone.id])
    at(db, 1000, 2000)
    go_back(db, from_ms(1500))
    assert title(db, gone) == "Mug"
    assert redo(db).restored == 1
    assert title(db, kept) == "Lamp"
    with pytest.raises(NotFound):
        title(db, gone)


def test_an_undo_of_some_numbers_is_done_anew_for_them_alone(db, make_listing):
    one, two = make_listing("Lamp"), make_listing("Mug")
    plan = plan_edit(
        db, BulkEdit((ChangeNumber("stock", "set", Decimal(77)),)), [one.id, two.id], TaskContext(), checks=False
    )
    uid = apply_plan(plan, TaskContext()).change.uid
    plan.close()
    undo(db, uid, only=[one.id])
    at(db, 1000, 2000)
    go_back(db, from_ms(1500))
    assert (stock(db, one), stock(db, two)) == (77, 77)
    assert redo(db).restored == 1
    assert (stock(db, one), stock(db, two)) == (120, 77)


def stock(db, record):
    with db.read() as session:
        return load_listing(session, record.id).skus[0].stock


def redone(db, made_ms, moment_ms):
    """Say when an undo, by its own moment, was done again."""
    with db.bulk() as connection:
        sql = "UPDATE change SET undone_ms = ? WHERE created_ms = ? AND kind = 'undo'"
        assert connection.exec_driver_sql(sql, (moment_ms, made_ms)).rowcount == 1


def test_undos_of_different_parts_do_not_cancel_out(db, make_listing):
    one, two = make_listing("Lamp"), make_listing("Mug")
    edits = [ListingEdit(record.id, {"title": "both"}) for record in (one, two)]
    change = edit_listings(db, edits, label="change.edit", params={"title": ""})
    undo(db, change.uid, only=[one.id]), redo(db), undo(db, change.uid, only=[two.id])
    at(db, 1000, 2000, 4000)
    redone(db, 2000, 3000)
    assert (title(db, one), title(db, two)) == ("both", "Mug")
    assert go_back(db, from_ms(2500)).conflicts == ()
    assert (title(db, one), title(db, two)) == ("Lamp", "both")


def test_what_stood_between_two_equal_undos_is_gone_through_in_order(db, make_listing):
    """Undone at 2500 as now; meanwhile it was done again, and the title went there and back."""
    record = make_listing("Lamp")
    retitle(db, record, "one")
    first = uids(db)[0]
    undo(db), redo(db)
    retitle(db, record, "two", "one")
    undo(db, first)
    at(db, 1000, 2000, 4000, 5000, 6000)
    redone(db, 2000, 3000)
    assert title(db, record) == "Lamp"
    assert go_back(db, from_ms(2500)).conflicts == ()
    assert title(db, record) == "Lamp"
    for expected in ("one", "two", "one", "Lamp"):
        redo(db)
        assert title(db, record) == expected


def test_another_field_changed_between_a_change_and_its_undo_goes_alone(db, make_listing):
    record = make_listing("Lamp")
    retitle(db, record, "one")
    first = uids(db)[0]
    edit_listings(db, [ListingEdit(record.id, {"weight_g": 7})], label="change.edit", params={"title": ""})
    undo(db, first)
    at(db, 1000, 2000, 3000)
    assert ListingDesk(lambda: db).count_since(from_ms(500)) == 1
    go_back(db, from_ms(500))
    with db.read() as session:
        now = load_listing(session, record.id)
    assert (now.title, now.weight_g) == ("Lamp", record.weight_g)


def test_a_stop_on_the_way_back_leaves_everything_as_it_is(db, make_listing):
    record = make_listing("Lamp")
    retitle(db, record, "one", "two")
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        go_back(db, datetime(1970, 1, 1, tzinfo=UTC), ctx=ctx)
    assert (title(db, record), [one.is_undone for one in list_changes(db)]) == ("two", [False, False])


def test_an_undo_tells_how_far_it_is(db, make_listing):
    one, two = make_listing("Lamp"), make_listing("Mug")
    edits = [ListingEdit(record.id, {"title": "both"}) for record in (one, two)]
    edit_listings(db, edits, label="change.edit", params={"title": ""})
    ctx = TaskContext()
    undo(db, ctx=ctx)
    assert (ctx.progress.done, ctx.progress.total) == (2, 2)
