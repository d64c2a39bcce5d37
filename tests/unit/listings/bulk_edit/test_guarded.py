"""A bulk edit says beforehand what the price guard will hold; what is stored afterwards is what a whole check finds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.compliance.recheck import recheck
from app.services.history import column_writing
from app.services.history.undo import undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.operations import ChangeNumber
from app.services.listings.bulk_edit.planning import check_plan
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.tasks import TaskContext
from tests.listing_rows import note_synced
from tests.unit.price_guard.guarding import fresh, stored
from tests.unit.publishing.helpers import write


def read(db, number):
    with db.read() as session:
        return load_listing(session, number)


def floor(db, code, cents):
    write(
        db,
        "INSERT INTO price_floor (match_key, code, floor_minor, currency) VALUES (?, ?, ?, 'USD')",
        code,
        code,
        cents,
    )


@pytest.fixture
def listings(db, make_listing):
    """Plain, with a floor, known to the marketplace by a sync, by a send; with nothing unsent, also with a code that
    two of its variants have."""
    ids = [make_listing(title=f"Lamp {n}", skus=((f"AB{n}", 1000, 5), (f"CD{n}", 1100, 5))).id for n in range(5)]
    ids.append(make_listing(title="Lamp 5", skus=(("AB5", 1000, 5), ("", 400, 5), ("", 1100, 5))).id)
    floor(db, "AB1", 420)  # 6.00 under the planned 30 %
    note_synced(db, ids[2], {"AB2": [1000, 5], "CD2": [1100, 5]})
    write(db, "UPDATE listing SET product_id = id WHERE id = ?", ids[2])
    write(db, "UPDATE listing SET product_id = 'x' WHERE id = ?", ids[3])
    write(db, "INSERT INTO sent_price VALUES (?, ?, 1, '')", ids[3], '{"AB3": 1000, "CD3": 400}')
    for number, facts in zip(ids[4:], ({"AB4": 1000, "CD4": 1100}, {"AB5": 1000, "": 1100}), strict=True):
        hashed = read(db, number).content_hash
        note_synced(db, number, {code: [price, 5] for code, price in facts.items()}, our_hash=hashed)
        write(db, "UPDATE listing SET product_id = id, sent_hash = content_hash WHERE id = ?", number)
    recheck(db)
    return ids


@pytest.mark.parametrize("factor", ["0.5", "0.68", "1.1", "1.35", "1.7"])
def test_what_is_stored_is_what_a_check_of_everything_finds(db, planned, listings, factor):
    assert stored(db) == fresh(db) == [(listings[3], "guard.change", 1)]
    plan = planned(ChangeNumber("price_minor", "multiply", Decimal(factor)), checks=True)
    foretold = {(one.code, one.count) for one in plan.counts.findings}
    apply_plan(plan, TaskContext())
    after = fresh(db)
    assert stored(db) == after
    new = {code for _, code, _ in after} - {"guard.change"}
    assert new <= {code for code, _ in foretold}
    assert ("guard.floor" in new) == (factor == "0.5")
    recheck(db, undo(db).suspects)
    assert stored(db) == fresh(db)


def test_prices_that_go_back_to_what_was_sent_are_no_leap_any_more(db, planned, listings):
    twice, half = (ChangeNumber("price_minor", "multiply", Decimal(factor)) for factor in ("2", "0.5"))
    apply_plan(planned(twice, checks=True), TaskContext())
    assert (listings[4], "guard.change", 2) in stored(db)
    assert stored(db) == fresh(db)
    apply_plan(planned(half, checks=True), TaskContext())
    assert stored(db) == fresh(db) == [(listings[3], "guard.change", 1)]


def test_what_has_nothing_unsent_is_not_looked_up_by_its_codes(db, planned, listings):
    write(db, "DELETE FROM sent_price")
    write(db, "DELETE FROM listing_synced WHERE id = ?", listings[2])
    write(db, "UPDATE listing_synced SET skus = 'no JSON'")  # whoever reads it fails
    apply_plan(planned(ChangeNumber("price_minor", "multiply", Decimal("1.1"))), TaskContext())
    with db.reader.connect() as connection:
        prices = connection.exec_driver_sql("SELECT price_minor FROM sku WHERE listing_id = ?", (listings[4],))
        assert list(prices.scalars()) == [1100, 1210]


def test_costs_asked_for_are_asked_of_every_price(db, planned, listings):
    write(db, "INSERT INTO stock_item (code, name, picture, cost_micro, updated_ms) VALUES ('AB0', '', '', 1000000, 0)")
    plan = planned(ChangeNumber("price_minor", "multiply", Decimal("1.1")), checks=True)
    apply_plan(plan, TaskContext())
    assert stored(db) == fresh(db)
    assert {code for _, code, _ in stored(db)} >= {"guard.unknown"}


@pytest.mark.parametrize("checks", ["at once", "later", "later, after a commit", "never"])
@pytest.mark.parametrize("is_written_since", [False, True])
def test_what_the_preview_was_told_stands_for_as_long_as_nobody_writes(
    db, planned, listings, monkeypatch, checks, is_written_since
):
    """A floor that is set after the preview is kept; else neither the guard nor what moved on is asked for again."""
    asked = {"number_suspects": 0, "moved_listings": 0}

    def counting(name, real):
        def count(*arguments):
            asked[name] += 1
            return real(*arguments)

        return count

    for name in asked:
        monkeypatch.setattr(column_writing, name, counting(name, getattr(column_writing, name)))
    plan = planned(ChangeNumber("price_minor", "multiply", Decimal("1.7")), checks=checks == "at once")
    if checks == "later, after a commit":
        write(db, "UPDATE store SET name = 'Other' WHERE id = 1")
    if checks.startswith("later"):
        check_plan(plan, TaskContext())
    if is_written_since:
        floor(db, "AB0", 2000)
    apply_plan(plan, TaskContext())
    assert stored(db) == fresh(db)
    assert ((listings[0], "guard.floor", 1) in stored(db)) is is_written_since
    is_as_planned = not is_written_since and checks != "later, after a commit"
    assert (asked["moved_listings"] == 0) is is_as_planned
    assert (asked["number_suspects"] == 0) is (is_as_planned and checks != "never")


def test_a_listing_that_moved_on_after_the_preview_is_left(db, planned, listings):
    plan = planned(ChangeNumber("price_minor", "multiply", Decimal("1.7")), checks=True)
    write(db, "UPDATE sku SET price_minor = 1234 WHERE listing_id = ?", listings[0])
    assert apply_plan(plan, TaskContext()).moved == (listings[0],)
    assert {sku.price_minor for sku in read(db, listings[0]).skus} == {1234}


@pytest.mark.parametrize(
    ("regional", "factor"),
    [
        ({"type": "absolute", "countries": {"RU": {"AB0": 900}}}, "3"),
        ({"type": "relative", "countries": {"RU": -300}}, "0.5"),
    ],
)
def test_a_new_price_that_makes_one_by_country_too_low_is_foreseen_and_stored(db, planned, listings, regional, factor):
    """Nothing else of the listing is out of order: the rule about prices by country alone reads its price."""
    edit_listings(db, [ListingEdit(listings[0], {"regional_prices": regional})], label="change.edit")
    recheck(db)
    assert "regional.too_low" not in {code for _, code, _ in stored(db)}
    plan = planned(ChangeNumber("price_minor", "multiply", Decimal(factor)), checks=True)
    assert ("regional.too_low", 1) in {(one.code, one.count) for one in plan.counts.findings}
    apply_plan(plan, TaskContext())
    assert (listings[0], "regional.too_low", 1) in stored(db)
    assert stored(db) == fresh(db)
    recheck(db, undo(db).suspects)
    assert stored(db) == fresh(db)
    assert "regional.too_low" not in {code for _, code, _ in stored(db)}
