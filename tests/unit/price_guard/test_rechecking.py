"""Findings that follow the planned discount, rates and commissions: after a change of them, its undo and its redo."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.services.compliance.recheck import recheck
from app.services.listings.desk import ListingDesk
from app.services.price_guard.desk import GuardDesk
from app.services.price_guard.rechecking import recheck_in_worker
from app.services.pricing.rates import EnteredRate, enter_rates, remove_rate, set_commissions
from app.services.pricing.team_settings import change_settings
from app.services.tasks import TaskContext


def write(db, sql, *params):
    with db.bulk() as connection:
        connection.exec_driver_sql(sql, params)


def put_floor(db, minor, currency):
    sql = "INSERT INTO price_floor (match_key, code, floor_minor, currency) VALUES ('AB1234', 'AB1234', ?, ?)"
    write(db, sql, minor, currency)


def holds(db, listing):
    with db.reader.connect() as connection:
        sql = "SELECT hold_count FROM listing WHERE id = ?"
        return connection.exec_driver_sql(sql, (listing.id,)).scalar_one()


@pytest.fixture
def guard(db):
    return GuardDesk(SimpleNamespace(db=db, settings=SimpleNamespace(role="supervisor")))


@pytest.fixture
def lamp(db, make_listing):
    """Sold at 10.00 USD, which the planned discount of 30 % brings to 7.00."""
    enter_rates(db, [EnteredRate("7")])
    return make_listing("Lamp", (("AB1234", 1000, 5),))


@pytest.fixture
def follow(db, guard):
    """Check anew what a change asks for; whether it did."""

    def run(*changes):
        call = guard.recheck_call_after(changes)
        if call:
            recheck_in_worker(call[1], ctx=TaskContext())
        return bool(call)

    return run


def test_a_planned_discount_that_changes_is_judged_by_at_once_and_when_it_is_taken_back(db, lamp, follow):
    put_floor(db, 650, "USD")
    recheck(db)
    assert holds(db, lamp) == 0
    assert follow(change_settings(db, {"discount": "0.5"}))
    assert holds(db, lamp) == 1
    listings = ListingDesk(lambda: db)
    listings.undo()
    assert holds(db, lamp) == 0
    listings.redo()
    assert holds(db, lamp) == 1


def test_a_rate_that_is_entered_removed_or_taken_back_is_judged_by(db, lamp, follow):
    put_floor(db, 4500, "CNY")
    recheck(db)
    assert holds(db, lamp) == 0
    assert follow(enter_rates(db, [EnteredRate("6")]))
    assert holds(db, lamp) == 1
    with db.reader.connect() as connection:
        newest = connection.exec_driver_sql("SELECT max(id) FROM exchange_rate").scalar_one()
    assert follow(remove_rate(db, newest))
    assert holds(db, lamp) == 0
    listings = ListingDesk(lambda: db)
    listings.undo()
    assert holds(db, lamp) == 1
    listings.undo()
    assert holds(db, lamp) == 0


def test_a_commission_is_looked_at_where_profits_are_asked_for(db, lamp, guard, follow):
    write(
        db,
        "INSERT INTO stock_item (code, name, cost_micro, weight_mg, picture, updated_ms) "
        "VALUES ('AB1234', '', 20000000, 10000, '', 0)",
    )
    guard.change_settings({"costs": "off"})
    put_floor(db, 100, "USD")
    assert not follow(set_commissions(db, {"": "0.10"}))
    guard.change_settings({"costs": "on"})
    assert follow(set_commissions(db, {"": "0.12"}))


def test_where_prices_are_held_against_nothing_nobody_is_checked_anew(db, lamp, follow):
    assert not follow(change_settings(db, {"discount": "0.5"}), enter_rates(db, [EnteredRate("6")]))
    assert not follow(None)
    assert lamp.id not in ListingDesk(lambda: db).undo().suspects
