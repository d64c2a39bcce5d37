"""What the own store covers already: by where a listing came from, by a code in any spelling, within one list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.codes.keys import match_key
from app.services.covering.existing import CODE, ORIGIN, by_code, by_origin, twice_among
from app.services.covering.records import Mapped
from app.services.listings.records import ListingRecord, SkuRecord


def draft(product_id, *codes):
    skus = [SkuRecord(None, code, 100, 1) for code in codes]
    return Mapped(product_id, ListingRecord(0, 1, skus=skus))


@pytest.fixture
def shop(db, make_listing):
    """Listing 1 came from product 900 and has two codes; listing 2 was deleted on the platform, 3 is off sale."""
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO store (id, name, alias, colour, gateway, credential_ref, seller_id, access, health, "
            "is_practice, created_ms) VALUES (2, 'Theirs', '', '', 'http://x', 'two', '', 'read_only', 'ok', 0, 1)"
        )
    for number, (codes, status, why) in enumerate(
        ((("AB1234*2+CD5678", "EF1"), "live", ""), (("GH2",), "off", "deleted"), (("JK3",), "off", "user")), 1
    ):
        record = make_listing(f"Lamp {number}", tuple((code, 100, 1) for code in codes))
        with db.bulk() as connection:
            connection.exec_driver_sql(
                "UPDATE listing SET status = ?, off_reason = ? WHERE id = ?", (status, why, record.id)
            )
            connection.exec_driver_sql(
                "INSERT INTO listing_origin (listing_id, store_id, from_store_id, product_id, "
                "service_template_id, covered_ms) VALUES (?, 1, 2, ?, '', 1)",
                (record.id, str(899 + number)),
            )
    return db


def asked(db, function, *args, store=1):
    with db.reader.connect() as connection:
        return function(connection, store, *args)


def test_by_origin_unless_it_was_deleted(shop):
    found = asked(shop, by_origin, ["900", "901", "902", "903", ""])
    assert {one.product_id: (one.listing_id, one.by) for one in found.values()} == {
        "900": (1, ORIGIN),
        "902": (3, ORIGIN),
    }
    assert asked(shop, by_origin, ["900"], store=2) == {}
    assert asked(shop, by_origin, []) == {}


@pytest.mark.parametrize(
    ("codes", "listing"),
    [
        (("cd5678+2*ab1234",), 1),  # the same goods in another order
        (("NEW", "ef1"), 1),
        (("GH2",), None),
        (("JK3",), 3),
        (("",), None),
        ((), None),
        (("AB1234",), None),  # a part of the bundle is another thing
    ],
)
def test_by_a_code_in_any_spelling(shop, codes, listing):
    found = asked(shop, by_code, [draft("1", *codes)])
    assert [one.listing_id for one in found.values()] == ([] if listing is None else [listing])
    assert all(one.by == CODE and match_key(one.code) in map(match_key, codes) for one in found.values())


def test_a_hostile_code_is_only_a_code(shop):
    assert asked(shop, by_code, [draft("1", "'); DROP TABLE sku; --", '"\\', "\x00")]) == {}
    assert asked(shop, by_origin, ["' OR 1=1 --"]) == {}


def test_the_first_of_a_list_wins():
    drafts = [draft("1", "A1", "A2"), draft("2", "B1"), draft("3", "a2", "C1"), draft("4", "C1"), draft("5", "")]
    assert twice_among(drafts) == {"3": "1"}  # the third is not put up, so its other code is free for the fourth


CODES = st.sampled_from(["A1", "a1", "B2", "C3", ""])


@given(st.lists(st.lists(CODES, max_size=3), max_size=6))
def test_what_is_left_of_a_list_shares_no_code(lists):
    drafts = [draft(str(number), *codes) for number, codes in enumerate(lists)]
    twice = twice_among(drafts)
    kept = [one for one in drafts if one.product_id not in twice]
    keys = [{key for sku in one.record.skus if (key := match_key(sku.code))} for one in kept]
    assert sum(map(len, keys)) == len(set().union(*keys))
    assert all(int(first) < int(second) for second, first in twice.items())
