"""What follows for listings from other numbers of their variants: foreseen, kept with the change, and never believed
where something else happened in between."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from app.services.compliance import check, load_context
from app.services.compliance.findings import counts
from app.services.compliance.recheck import recheck
from app.services.history import column_writing
from app.services.history.undo import redo, undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.operations import ChangeNumber
from app.services.listings.bulk_edit.planning import check_plan
from app.services.listings.derived import DERIVED_COLUMNS, derived_row
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listings
from app.services.listings.tables import WHOLE
from app.services.tasks import TaskContext

TENTH = ChangeNumber("price_minor", "multiply", Decimal("1.1"))
STOCK = ChangeNumber("stock", "set", Decimal(7))


@pytest.fixture
def planned(planned):
    """A plan whose findings were worked out; with *checks* False they were not, as for `edit` on the command line."""
    return partial(planned, checks=True)


@pytest.fixture
def worked_out(monkeypatch):
    """Listings of which was worked out from their variants what follows, block by block."""
    blocks = []
    real = column_writing.note_numbers

    def noted(connection, staged):
        blocks.append({row[0] for one in staged for row in connection.exec_driver_sql(f"SELECT * FROM {one.rows}")})
        real(connection, staged)

    monkeypatch.setattr(column_writing, "note_numbers", noted)
    return blocks


def apply(plan):
    return apply_plan(plan, TaskContext())


def in_step(db):
    """Whether every derived column and count is what Python would make of each listing now."""
    with db.read() as session:
        columns = ", ".join(DERIVED_COLUMNS)
        rows = session.connection().exec_driver_sql(
            f"SELECT id, block_count, hold_count, warn_count, {columns} FROM {WHOLE} ORDER BY id"
        )
        stored = {row[0]: tuple(row[1:]) for row in rows}
        return all(
            stored[one.id] == (*counts(check(one, load_context(session, one.store_id))), *derived_row(one))
            for one in load_listings(session, stored)
        )


def set_stock(db, record, stock):
    """Another edit, which changes the listing's hash and leaves its prices."""
    edit_listings(
        db,
        [ListingEdit(record.id, skus={record.skus[0].id: {"stock": stock}})],
        label="change.edit",
        params={"title": record.title},
    )


def test_a_checked_edit_and_all_that_takes_it_back_read_no_variants_again(db, three, planned, loaded, worked_out):
    before = [loaded(record.id) for record in three]
    done = apply(planned(TENTH, STOCK))
    assert (done.changed, worked_out) == (3, [])
    assert [sku.price_minor for sku in loaded(three[0].id).skus] == [1100, 1650]
    assert in_step(db)
    result = undo(db)
    assert (result.restored, worked_out) == (3, [])
    assert [(one.skus, one.content_hash) for one in (loaded(one.id) for one in before)] == [
        (one.skus, one.content_hash) for one in before
    ]
    recheck(db, result.suspects)
    assert in_step(db)
    assert redo(db).restored == 3 and undo(db).restored == 3 and not worked_out
    recheck(db)
    assert in_step(db)


def test_an_edit_nobody_checked_is_worked_out_and_its_undo_is_not(db, three, planned, worked_out):
    apply(planned(TENTH, checks=False))
    assert worked_out == [{record.id for record in three}]
    assert in_step(db)
    assert undo(db).restored == 3 and len(worked_out) == 1
    recheck(db)
    assert in_step(db)


def test_a_plan_checked_later_foresees_as_well(db, three, planned, worked_out):
    plan = planned(TENTH, checks=False)
    check_plan(plan, TaskContext())
    check_plan(plan, TaskContext())
    assert apply(plan).changed == 3
    assert not worked_out and in_step(db)


def test_a_listing_with_other_numbers_than_foreseen_is_worked_out(db, three, planned, loaded, worked_out):
    plan = planned(TENTH)
    set_stock(db, loaded(three[0].id), 77)
    done = apply(plan)
    assert (done.changed, done.moved, worked_out) == (3, (), [{record.id for record in three}])
    assert [(sku.price_minor, sku.stock) for sku in loaded(three[0].id).skus] == [(1100, 77), (1650, 6)]
    assert in_step(db)
    assert undo(db).restored == 3 and len(worked_out) == 1
    recheck(db)
    assert in_step(db)


def test_only_the_block_of_such_a_listing_is_worked_out(db, three, planned, loaded, worked_out, monkeypatch):
    from app.services.history import columns

    monkeypatch.setattr(columns, "BLOCK_ROWS", 1)
    plan = planned(TENTH)
    set_stock(db, loaded(three[1].id), 77)
    apply(plan)
    assert worked_out == [{three[1].id}]
    assert in_step(db)


def test_a_listing_that_moved_on_is_not_given_what_was_foreseen_of_it(db, three, planned, loaded, worked_out):
    plan = planned(TENTH)
    dear = {loaded(three[1].id).skus[0].id: {"price_minor": 7_00}}
    edit_listings(db, [ListingEdit(three[1].id, skus=dear)], label="change.edit", params={"title": ""})
    done = apply(plan)
    assert (done.changed, done.moved, worked_out) == (2, (three[1].id,), [])
    assert in_step(db)
    result = undo(db)
    assert (result.restored, result.conflicts, worked_out) == (2, (), [])
    recheck(db, result.suspects)
    assert in_step(db)


def test_an_undo_after_another_edit_of_the_listing_is_worked_out(db, three, planned, loaded, worked_out):
    uid = apply(planned(TENTH)).change.uid
    set_stock(db, loaded(three[0].id), 77)
    result = undo(db, uid)
    assert (result.restored, result.conflicts, len(worked_out)) == (3, (), 1)
    assert [(sku.price_minor, sku.stock) for sku in loaded(three[0].id).skus] == [(1000, 77), (1500, 6)]
    recheck(db, result.suspects)
    assert in_step(db)
    assert redo(db).restored == 3  # what the undo kept is not believed either
    recheck(db)
    assert in_step(db)


def test_a_part_of_a_change_goes_back_as_kept_and_one_of_its_columns_is_worked_out(db, three, planned, worked_out):
    uid = apply(planned(TENTH, STOCK)).change.uid
    assert undo(db, uid, only=[three[0].id]).restored == 1 and not worked_out
    recheck(db)
    assert in_step(db)
    assert undo(db, uid, only=[three[1].id], fields=["stock"]).restored == 1
    assert worked_out == [{three[1].id}]
    recheck(db)
    assert in_step(db)


def test_a_conflict_keeps_what_it_has(db, three, planned, write, worked_out):
    uid = apply(planned(TENTH)).change.uid
    write(f"UPDATE sku SET price_minor = 7 WHERE listing_id = {three[1].id}")
    stood = "SELECT price_min_minor, content_hash FROM listing WHERE id = ?"
    with db.bulk() as connection:
        before = connection.exec_driver_sql(stood, (three[1].id,)).one()
    result = undo(db, uid)
    assert (result.restored, result.conflicts, worked_out) == (2, (three[1].id,), [])
    with db.bulk() as connection:
        assert connection.exec_driver_sql(stood, (three[1].id,)).one() == before
    assert redo(db).restored == 2


def test_a_change_of_an_older_program_keeps_nothing_and_goes_back(db, three, planned, write, worked_out):
    apply(planned(TENTH))
    write("DELETE FROM change_following")
    assert undo(db).restored == 3
    assert worked_out == [{record.id for record in three}]
    recheck(db)
    assert in_step(db)


def test_a_refused_listing_is_opened_again_whoever_foresaw_its_numbers(db, three, planned, loaded):
    assert loaded(three[2].id).status == "failed"
    apply(planned(TENTH))
    assert loaded(three[2].id).status in ("draft", "ready")


def test_what_was_foreseen_of_a_listing_that_is_left_alone_is_not_said_of_it(db, three, planned, loaded, write):
    """One is being sent, of another the stock is new: as many as are written have the numbers the plan saw."""
    plan = planned(TENTH)
    set_stock(db, three[0], 77)
    write("UPDATE listing SET status = 'sending' WHERE id = ?", three[1].id)
    done = apply(plan)
    assert (done.changed, done.moved) == (2, (three[1].id,))
    assert in_step(db)
