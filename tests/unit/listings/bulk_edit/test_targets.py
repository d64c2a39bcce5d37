"""A bulk edit of single variants: numbers of no others change, what belongs to a listing changes in theirs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.models import Store
from app.services.history.undo import undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.choosing import stores_of
from app.services.listings.bulk_edit.operations import ChangeNumber, SetText
from app.services.listings.bulk_edit.showing import all_lines, sections
from app.services.listings.bulk_edit.targets import ChosenVariants
from app.services.listings.filters import parse_filters
from app.services.listings.variant_source import VariantSource
from app.services.paging import Query
from app.services.tasks import TaskContext

DOUBLE = ChangeNumber("price_minor", "multiply", Decimal(2))


def stored(db, column="price_minor"):
    """The column of every variant by its code."""
    with db.bulk() as connection:
        return dict(map(tuple, connection.exec_driver_sql(f"SELECT code, {column} FROM sku ORDER BY id")))


def ids(db, *codes):
    with db.bulk() as connection:
        known = dict(map(tuple, connection.exec_driver_sql("SELECT code, id FROM sku")))
    return [known[code] for code in codes]


@pytest.fixture
def two(db, make_listing):
    return [
        make_listing("Lamp one", (("A-1", 1000, 5), ("A-2", 1500, 6), ("A-3", 900, 7))),
        make_listing("Lamp two", (("B-1", 2000, 5), ("B-2", 2100, 8))),
    ]


def test_no_other_variant_of_their_listings_changes(db, two, planned):
    before = stored(db)
    plan = planned(DOUBLE, chosen=ChosenVariants(ids(db, "A-2", "B-1")))
    assert (plan.counts.matched, plan.counts.changed, plan.counts.cells) == (2, 2, {"price_minor": 2})
    shown = sections(plan, TaskContext())
    assert {(one.code, one.before, one.after) for one in all_lines(plan, shown.range())} == {
        ("A-2", 1500, 3000),
        ("B-1", 2000, 4000),
    }
    assert stored(db) == before
    applied = apply_plan(plan, TaskContext())
    assert applied.changed == 2
    assert stored(db) == {**before, "A-2": 3000, "B-1": 4000}
    with db.bulk() as connection:
        prices = connection.exec_driver_sql("SELECT price_min_minor, price_max_minor FROM listing ORDER BY id").all()
    assert [tuple(row) for row in prices] == [(900, 3000), (2100, 4000)]
    undo(db)
    assert stored(db) == before


def test_a_filter_of_variants_is_followed_at_the_moment_of_the_plan(db, two, planned):
    dear = Query(filters=parse_filters("price >= 15 and title ~ lamp"))
    assert len(VariantSource(db).ids(dear)) == 3
    plan = planned(ChangeNumber("stock", "set", Decimal(0)), chosen=ChosenVariants(dear))
    apply_plan(plan, TaskContext())
    assert stored(db, "stock") == {"A-1": 5, "A-2": 0, "A-3": 7, "B-1": 0, "B-2": 0}


def test_one_result_for_the_chosen_is_worked_out_from_the_lowest_of_them(db, two, planned):
    one = ChangeNumber("price_minor", "percent", Decimal(10), per_listing=True)
    apply_plan(planned(one, chosen=ChosenVariants(ids(db, "A-1", "A-2", "B-2"))), TaskContext())
    assert stored(db) == {"A-1": 1100, "A-2": 1100, "A-3": 900, "B-1": 2000, "B-2": 2310}


def test_what_belongs_to_a_listing_changes_in_theirs(db, two, planned):
    operations = (DOUBLE, SetText("title", "Lamp new"), ChangeNumber("handling_days", "set", Decimal(4)))
    apply_plan(planned(*operations, chosen=ChosenVariants(ids(db, "B-2"))), TaskContext())
    assert stored(db)["B-2"] == 4200 and stored(db)["B-1"] == 2000
    with db.bulk() as connection:
        rows = connection.exec_driver_sql("SELECT title, handling_days FROM listing ORDER BY id").all()
    assert rows[0][0] == "Lamp one" and rows[0][1] != 4
    assert tuple(rows[1]) == ("Lamp new", 4)


def test_variants_that_are_gone_are_passed_over_and_locked_listings_refused(db, two, planned, write):
    write("UPDATE listing SET status = 'sending' WHERE id = ?", two[1].id)
    plan = planned(DOUBLE, chosen=ChosenVariants([*ids(db, "A-1", "B-1"), 99_999]))
    assert (plan.counts.matched, plan.counts.changed, plan.counts.reasons) == (2, 1, {"sending": 1})


def test_nothing_chosen_changes_nothing(db, two, planned):
    plan = planned(DOUBLE, chosen=ChosenVariants([]))
    assert (plan.counts.matched, plan.counts.changed) == (0, 0)


def test_stores_of_variants(db, two):
    with db.write() as session:
        session.add(Store(id=2, name="Second", gateway="http://127.0.0.1:1", credential_ref="two", created_ms=1))
    names = {1: "晨帆数码", 2: "Second"}
    asked = {(1,): ids(db, "A-1", "B-1"), (1, 2): Query(), (2,): Query(store_ids=(2,)), (): []}
    for stores, skus in asked.items():
        assert stores_of(db, ChosenVariants(skus)) == [(number, names[number]) for number in stores]


def test_all_variants_of_some_listings(db, two):
    assert VariantSource(db).variants_of([two[1].id, two[0].id]) == ids(db, "A-1", "A-2", "A-3", "B-1", "B-2")
