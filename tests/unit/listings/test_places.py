"""Variants by the places they ship from: half of the listings by one thread, half by another, each of them once."""

from __future__ import annotations

from collections import Counter

import pytest

from app.services.listings import places
from app.services.listings.places import rarer, shipped
from app.services.listings.source import ListingSource
from app.services.listings.variant_source import VariantSource
from app.services.paging import Filter, Query

SHIPS = (("CN",), ("cn", "US"), ("",), ("", "ES"), (), ("US", "US"), ("Es",), ("", ""))


@pytest.fixture
def ground(db, make_listing):
    """By the id of a listing where its variants ship from."""
    found = {}
    for at, ships in enumerate(SHIPS):
        found[make_listing(skus=tuple((f"C{at}-{one}", 1, 1) for one in range(len(ships)))).id] = ships
    with db.bulk() as connection:
        for id, ships in found.items():
            for at, place in enumerate(ships):
                sql = "UPDATE sku SET ships_from = ? WHERE listing_id = ? AND position = ?"
                connection.exec_driver_sql(sql, (place, id, at))
    return found


def wanted(ground, operator, value):
    is_so = (lambda place: place.upper() == value) if operator == "=" else bool
    return Counter(id for id, ships in ground.items() for place in ships if is_so(place))


@pytest.mark.parametrize(("operator", "value"), [("=", "CN"), ("=", "ES"), ("=", ""), ("=", "XX"), ("present", None)])
@pytest.mark.parametrize("is_beside", [False, True])
def test_each_variant_is_found_once_and_a_listing_once_a_place(db, ground, operator, value, is_beside):
    condition = Filter("ships_from", operator, value)
    with db.answering() if is_beside else db.reader.connect() as connection:
        listings = {id: {place.upper() for place in ships} for id, ships in ground.items()}
        assert Counter(shipped(connection, condition, "listing_id").tolist()) == wanted(listings, operator, value)
        ids = shipped(connection, condition, "id").tolist()
    with db.reader.connect() as connection:
        owners = dict(map(tuple, connection.exec_driver_sql("SELECT id, listing_id FROM sku")))
    assert Counter(owners[id] for id in ids) == wanted(ground, operator, value)


@pytest.mark.parametrize("operator", ["present", "missing"])
def test_with_very_many_places_the_same_is_found(db, ground, operator, monkeypatch):
    queries = [Query(filters=(Filter("ships_from", operator),))]
    sources = (ListingSource(db), VariantSource(db))
    few = [list(source.ids(query)) for source in sources for query in queries]
    monkeypatch.setattr(places, "MOST_PLACES", 2)
    with db.reader.connect() as connection:
        assert shipped(connection, Filter("ships_from", "present"), "id") is None
    db.forget_answers()
    assert [list(source.ids(query)) for source in sources for query in queries] == few
    found = set(wanted(ground, "present", None))
    assert set(few[0]) == (found if operator == "present" else set(ground) - found)


@pytest.mark.parametrize("most", ["", "ES"])
def test_variants_with_and_without_a_place_are_told_by_those_that_are_fewer(db, ground, most):
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE sku SET ships_from = ? WHERE id % 5 > 0", (most,))
    with db.reader.connect() as connection:
        there = dict(map(tuple, connection.exec_driver_sql("SELECT id, ships_from <> '' FROM sku")))
        assert rarer(connection) == ("missing" if most else "present")
        without = shipped(connection, Filter("ships_from", "missing"), "id").tolist()
    assert sorted(without) == [id for id, is_placed in there.items() if not is_placed]
    source = VariantSource(db)
    for operator in ("missing", "present", "missing"):
        wanted = {id for id, is_placed in there.items() if is_placed == (operator == "present")}
        query = Query(filters=(Filter("ships_from", operator),))
        assert set(source.ids(query)) == wanted and source.count(query) == len(wanted)


def test_other_conditions_are_left_to_the_table(db):
    with db.reader.connect() as connection:
        assert shipped(connection, Filter("ships_from", "in", ("CN", "US")), "id") is None
