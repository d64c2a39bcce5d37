"""The table of variants: order, search and conditions of the variants themselves and of their listings."""

from __future__ import annotations

import pytest

from app.services.listings.filters import parse_filters
from app.services.listings.variant_source import VariantSource
from app.services.paging import Query


@pytest.fixture
def source(db, make_listing):
    make_listing("Earbuds 蓝牙耳机", skus=(("ET0310", 109, 999), ("ET0311", 2000, 0)), status="live")
    make_listing("Кружка «Зима»", skus=(("MG5108+SP0021", 840, 0), ("MG5109", 1120, None)), group_id="71")
    make_listing("Apron", skus=(("AP7701-BE", None, 4),))
    return VariantSource(db)


def codes(source, text="", where="", **question):
    query = Query(text=text, filters=parse_filters(where), **question)
    ids = list(source.ids(query))
    assert source.count(query) == len(ids)
    assert [row.id for row in source.first_page(query, 100)] == ids[:100]
    rows = source.rows(ids)
    assert source.listings_of(ids) == list(dict.fromkeys(rows[one].listing_id for one in ids))
    assert sorted(source.listing_ids(query)) == sorted(source.listings_of(ids))
    return [rows[one].code.split("+")[0] for one in ids]


ALL = ["AP7701-BE", "MG5108", "MG5109", "ET0310", "ET0311"]


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ("", "", ALL),
        ("耳机", "", ["ET0310", "ET0311"]),
        ("КРУЖ", "", ["MG5108", "MG5109"]),
        ("et0311", "", ["ET0311"]),
        ("耳机 0311", "", ["ET0311"]),
        ("5109 кружка", "", ["MG5109"]),
        ("xyz", "", []),
        ("", "price < 10", ["MG5108", "ET0310"]),
        ("", "price is missing", ["AP7701-BE"]),
        ("", "stock = 0", ["MG5108", "ET0311"]),
        ("", "stock = 0 and status = live", ["ET0311"]),
        ("", "stock = 0 or group = 71", ["MG5108", "MG5109", "ET0311"]),
        ("", "not (stock = 0 or title ~ apron)", ["MG5109", "ET0310"]),
        ("", "item = SP0021", ["MG5108"]),
        ("", 'sku ~ "et031"', ["ET0310", "ET0311"]),
        ("", "code = ET0310 or marketing_group = Summer", ["ET0310"]),
        ("", "skus = 1", ["AP7701-BE"]),
        ("", "marketing_group is missing and price > 11", ["MG5109", "ET0311"]),
    ],
)
def test_search_and_conditions(source, text, where, found):
    assert codes(source, text, where) == found


@pytest.mark.parametrize(
    ("sort", "descending", "found"),
    [
        ("code", False, ["AP7701-BE", "ET0310", "ET0311", "MG5108", "MG5109"]),
        ("code", True, ["MG5109", "MG5108", "ET0311", "ET0310", "AP7701-BE"]),
        ("price", True, ["ET0311", "MG5109", "MG5108", "ET0310", "AP7701-BE"]),
    ],
)
def test_order(source, sort, descending, found):
    assert codes(source, sort=sort, descending=descending) == found
    assert codes(source, where="price > 0", sort=sort, descending=descending) == [
        code for code in found if code != "AP7701-BE"
    ]


def test_stores_and_rows(source, db):
    assert codes(source, store_ids=(1,)) == ALL
    assert codes(source, store_ids=(2,)) == []
    row = source.first_page(Query(text="et0311"), 5)[0]
    assert (row.title, row.status, row.label, row.price_minor, row.stock) == (
        "Earbuds 蓝牙耳机", "live", "ET0311", 2000, 0,
    )  # fmt: skip


def test_many_hits_are_found_along_an_index(source, db, make_listing):
    make_listing("Cups", skus=tuple((f"CUP{number:05d}", 100 + number, 1) for number in range(2_100)))
    assert codes(source, where="price >= 1")[:100] == [f"CUP{number:05d}" for number in range(100)]
