"""The table of variants: order, search and conditions of the variants themselves and of their listings."""

from __future__ import annotations

import pytest

from app.services.listings import code_search, figure_fields, variant_masks, variant_order
from app.services.listings.filters import parse_filters
from app.services.listings.source import FIELDS, ListingSource
from app.services.listings.variant_source import OWN, VariantSource
from app.services.paging import Query
from app.services.pricing.renewing import renew_figures
from app.services.pricing.sku_columns import numbers_of

OF_LISTINGS = sorted(name for name, field in FIELDS.items() if field.is_sortable and name not in OWN)


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


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("name", OF_LISTINGS)
def test_variants_stand_in_any_order_of_their_listings(source, db, name, descending):
    listings = list(ListingSource(db).ids(Query(sort=name, descending=descending)))
    for where in ("", "price > 0"):
        query = Query(filters=parse_filters(where), sort=name, descending=descending)
        rows = source.first_page(query, 99)
        stand = [listings.index(row.listing_id) for row in rows]
        assert stand == sorted(stand)
        assert [row.id for row in rows] == list(source.ids(query))
        assert len(rows) == source.count(query)
        assert source.first_page(query, 2) == rows[:2]


def test_variants_of_listings_with_one_value_go_by_the_second_key(source):
    of_draft, of_live = ["AP7701-BE", "MG5108", "MG5109"], ["ET0310", "ET0311"]
    assert codes(source, sort="status", then="price") == of_draft + of_live
    assert codes(source, sort="status", then="price", then_descending=True) == of_draft[::-1] + of_live[::-1]
    assert codes(source, sort="status", descending=True, then="code") == of_live + of_draft
    assert codes(source, where="stock = 0", sort="stock", then="title") == ["ET0311", "MG5108"]


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


QUESTIONS = (
    "", "price < 10", "price != 10.9", "price is missing", "price in (8.4, 11.2)", "price not in (8.4, 11.2)",
    "stock = 0", "stock > 3 or price < 9", "not (stock = 0 or title ~ apron)", "stock is missing and price > 1",
    "sku ~ et03", "sku ~ 1", "not sku ~ 1", "sku ~ sp0021", "sku ~ \"5108+\"", "sku ~ ä1", "sku ~ \"2*zz\"",
    "sku ~ zz1234*2", "item = SP0021", "item = ZZ1234", "item = ET031", "sku ~ 0 and price > 5", "status = live",
    "status = live or sku ~ 51", "title ~ earbuds", "group = 71 and stock is missing", "cost < 1", "cost is missing",
    "profit > 0 or price < 9", "margin is missing and sku ~ et", "ships_from = CN or price < 2",
)  # fmt: skip
ORDERS = ({}, {"sort": "price"}, {"sort": "stock", "descending": True, "then": "price"}, {"then": "stock"})
ORDERS += ({"sort": "code", "then": "stock"}, {"sort": "price", "descending": True, "then": "code"}, {"sort": "cost"})


def test_columns_and_tables_answer_alike(source, db, make_listing, monkeypatch):
    """Asked of the tables, of columns that have nothing yet, of filled ones, and of some late ones beside them."""
    make_listing("Odd", skus=(("2*ZZ1234", 500, 1), ("Ä1", 500, 2), ("zz1234", 500, None)))
    listings = ListingSource(db)
    questions = [Query(filters=parse_filters(where)) for where in QUESTIONS]
    questions += [Query(filters=parse_filters(where), **order) for where in ("", "price > 4") for order in ORDERS]
    questions += [Query(text="51 кружка", filters=parse_filters("price < 9"), store_ids=(1,))]

    def answers():
        return [
            (
                list(source.ids(query)),
                [row.id for row in source.first_page(query, 3)],
                source.count(query),
                sorted(source.listing_ids(query)),
                listings.count(query) if query == Query(filters=query.filters) else None,
            )
            for query in questions
        ]

    monkeypatch.setattr(figure_fields, "MOST_DUE", -1)
    of_tables = answers()
    monkeypatch.undo()
    assert all(found[1] == found[0][:3] and found[2] == len(found[0]) for found in of_tables)
    assert answers() == of_tables, "all are late"
    renew_figures(db)
    assert answers() == of_tables, "all stand in the columns"
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET updated_ms = updated_ms + 1 WHERE title LIKE 'O%'")
    monkeypatch.setattr(code_search, "MANY_LISTINGS", 0)
    assert answers() == of_tables, "the last listing is late"


def test_variants_that_went_leave_nothing_behind(source, db, make_listing):
    gone = make_listing("Gone", skus=(("GN0001", 300, 1), ("GN0002", 300, 1)))
    kept = make_listing("Kept", skus=(("KP0001", 300, 1), ("KP0002", 300, 1)))
    renew_figures(db)
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM listing WHERE id = ?", (gone.id,))
        connection.exec_driver_sql("DELETE FROM sku WHERE code = 'KP0001'")
        connection.exec_driver_sql("UPDATE listing SET updated_ms = updated_ms + 1 WHERE id = ?", (kept.id,))
    for _ in range(2):
        assert codes(source, where="price = 3") == ["KP0002"]
        assert codes(source, where="sku ~ 000") == ["KP0002"]
        renew_figures(db)
    with db.reader.connect() as connection:
        assert set(numbers_of(connection, [one.id for one in (*gone.skus, *kept.skus)], ("price",))) == {
            kept.skus[1].id
        }


@pytest.mark.parametrize("limit", [100, 2, None])
@pytest.mark.parametrize("then", ["margin", "stock"])
def test_very_many_are_sorted_by_what_only_tables_have_and_then_by_a_column(db, source, monkeypatch, then, limit):
    renew_figures(db)
    for module in (variant_masks, variant_order):
        monkeypatch.setattr(module, "FEW", 2)
    monkeypatch.setattr(variant_order, "WALKED", 1)
    query = Query(filters=parse_filters("price > 1"), sort="code", descending=True, then=then)
    found = source.ids(query) if limit is None else [row.id for row in source.first_page(query, limit)]
    rows = source.rows(list(found))
    assert [rows[one].code for one in found] == ["MG5109", "MG5108+SP0021", "ET0311", "ET0310"][:limit]
