"""Counting anew after prices and stocks changed asks the rules of numbers alone, and ends where a whole check ends."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from app.services.compliance import number_recheck
from app.services.compliance.number_recheck import recheck_numbers
from app.services.compliance.recheck import check_listings, recheck
from app.services.compliance.stored_findings import counted
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import ChangeNumber
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.desk import ListingDesk
from app.services.paging import Query
from app.services.tasks import TaskCancelled, TaskContext
from tests.unit.publishing.helpers import write

REGIONAL = '{"type": "absolute", "countries": {"RU": {"AB2": 900}}}'


def stored(db):
    """Findings, counts and state of each listing as they are kept."""
    with db.reader.connect() as connection:
        run = connection.exec_driver_sql
        found = {number: Counter() for number in run("SELECT id FROM listing").scalars()}
        for number, code, severity, times in run("SELECT listing_id, code, severity, number FROM listing_finding"):
            found[number][code, severity] = times
        rows = run("SELECT id, block_count, hold_count, warn_count, status FROM listing").all()
    return {number: (found[number], tuple(counts), status) for number, *counts, status in rows}


def fresh(db):
    """Findings and counts of each listing as everything says when it is checked now."""
    with db.read() as session:
        found = {
            record.id: Counter((one.code, str(one.severity)) for one in its) for record, its in check_listings(session)
        }
    return {number: (tally, counted(tally)) for number, tally in found.items()}


def agrees(db):
    kept = stored(db)
    return {number: (tally, counts) for number, (tally, counts, _) in kept.items()} == fresh(db)


@pytest.fixture
def listings(db, make_listing):
    """One with a bad title, one near its floor, one with a price by country, two with one code, one without stock."""
    skus = [((f"AB{number}", 1000, 5), (f"CD{number}", 1100, 5)) for number in range(6)]
    titles = ["L", "Lamp one", "Lamp two", "Lamp three", "Lamp four", "Lamp five"]
    made = [make_listing(title=title, skus=own).id for title, own in zip(titles, skus, strict=True)]
    write(db, "UPDATE listing SET regional_prices = ? WHERE id = ?", REGIONAL, made[2])
    write(db, "UPDATE sku SET code = 'AB3', match_key = 'AB3' WHERE listing_id = ?", made[4])
    write(db, "UPDATE sku SET stock = 0 WHERE listing_id = ?", made[5])
    write(db, "INSERT INTO price_floor (match_key, code, floor_minor, currency) VALUES ('AB1', 'AB1', 900, 'USD')")
    recheck(db)
    return made


@pytest.fixture
def whole(monkeypatch):
    """Listings that were checked whole all the same."""
    asked = []
    real = number_recheck.recheck
    monkeypatch.setattr(number_recheck, "recheck", lambda db, ids, ctx: (asked.extend(ids), real(db, ids, ctx)))
    return asked


@pytest.mark.parametrize("column", ["price_minor", "stock"])
@pytest.mark.parametrize("value", [None, 0, 1, 300, 900, 5_000, 10**8])
def test_it_ends_where_a_whole_check_ends(db, listings, whole, column, value):
    write(db, f"UPDATE sku SET {column} = ? WHERE id IN (SELECT min(id) FROM sku GROUP BY listing_id)", value)
    recheck_numbers(db, listings)
    assert agrees(db) and whole == []
    states = {number: status for number, (_, _, status) in stored(db).items()}
    recheck(db)
    assert states == {number: status for number, (_, _, status) in stored(db).items()}


def test_what_is_stored_and_no_full_count_is_checked_whole(db, listings, whole):
    write(db, "UPDATE listing SET warn_count = warn_count + 1 WHERE id = ?", listings[1])
    write(db, "DELETE FROM listing_finding WHERE listing_id = ?", listings[0])
    recheck_numbers(db, listings)
    assert whole == listings[:2]
    assert agrees(db)


@pytest.mark.parametrize("factor", ["0.1", "0.5", "1.5", "3"])
def test_an_edit_and_its_undo_in_the_window_end_there_too(db, listings, factor):
    before = stored(db)
    edit = BulkEdit((ChangeNumber("price_minor", "multiply", Decimal(factor)),))
    plan = plan_edit(db, edit, Query(), TaskContext())
    new = Counter({one.code: one.count for one in plan.counts.findings})
    apply_plan(plan, TaskContext())
    plan.close()
    assert agrees(db)
    gained = sum((tally - before[number][0] for number, (tally, _, _) in stored(db).items()), Counter())
    assert {code for code, _ in gained} == set(new)
    ListingDesk(lambda: db).undo()
    assert stored(db) == before


def test_it_stops_where_it_is_told_to(db, listings):
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        recheck_numbers(db, listings, ctx)
