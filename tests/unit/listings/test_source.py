"""The Listings table: search in three scripts, filters, order, variants."""

from __future__ import annotations

import pytest

from app.services.listings.filters import BadExpression, parse_filters
from app.services.listings.source import CHILD_ID_OFFSET, ListingSource
from app.services.listings.text import bigrams, like_pattern
from app.services.paging import Filter, Query
from app.services.sql_source import BadValue, UnknownField


@pytest.fixture
def source(db, make_listing):
    make_listing(title="Wireless Earbuds 蓝牙耳机 Replacement", skus=(("ET0310", 109, 999),), created_ms=3)
    make_listing(title="Кружка «Зима» 350 мл", skus=(("MG5108+SP0021", 840, 0), ("MG5109", 1120, None)), created_ms=2)
    make_listing(title="100% Cotton_Apron", skus=(("AP7701-BE", None, None),), created_ms=1)
    return ListingSource(db)


def titles(source, **question):
    query = Query(**question)
    ids = source.ids(query)
    assert source.count(query) == len(ids)
    assert [row.id for row in source.first_page(query, 100)] == list(ids)
    rows = source.rows(ids)
    return [rows[number].title.split()[0] for number in ids]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("耳机", ["Wireless"]),
        ("蓝牙耳机", ["Wireless"]),
        ("机", ["Wireless"]),
        ("КРУЖ", ["Кружка"]),
        ("ужка мл", ["Кружка"]),
        ("et03", ["Wireless"]),
        ("MG5109", ["Кружка"]),
        ("108+sp", ["Кружка"]),
        ("%", ["100%"]),
        ("n_a", ["100%"]),
        ("e", ["Wireless", "100%"]),
        ("less buds", ["Wireless"]),
        ("耳牙", []),
        ("xyz", []),
        ("ＥＴ０３１０", ["Wireless"]),
        ('"', []),
    ],
)
def test_search_finds_substrings_in_every_script(source, text, found):
    assert titles(source, text=text) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ((Filter("price", "<", "5"),), ["Wireless"]),
        ((Filter("price", ">=", "1.09"),), ["Wireless", "Кружка"]),
        ((Filter("price", "missing"),), ["100%"]),
        ((Filter("stock", "=", 0),), ["Кружка"]),
        ((Filter("stock", "!=", 0),), ["Wireless", "100%"]),
        ((Filter("status", "in", ("draft", "live")),), ["Wireless", "Кружка", "100%"]),
        ((Filter("status", "not in", ("draft",)),), []),
        ((Filter("title", "contains", "cotton"),), ["100%"]),
        ((Filter("sku", "contains", "SP0021"),), ["Кружка"]),
        ((Filter("skus", ">", 1), Filter("price", "<", 10)), ["Кружка"]),
        ((Filter("product_id", "missing"),), ["Wireless", "Кружка", "100%"]),
    ],
)
def test_filters(source, filters, found):
    assert titles(source, filters=filters) == found


def test_order_by_any_key_both_ways_and_by_two_keys(source):
    assert titles(source, sort="title") == ["100%", "Wireless", "Кружка"]
    assert titles(source, sort="title", descending=True) == ["Кружка", "Wireless", "100%"]
    assert titles(source, sort="status", then="price", then_descending=True) == ["Кружка", "Wireless", "100%"]
    assert titles(source) == ["Wireless", "Кружка", "100%"]


def test_only_the_chosen_stores(source):
    assert titles(source, store_ids=(2,)) == []
    assert len(titles(source, store_ids=(1, 2))) == 3


def test_rows_sum_up_their_variants(source):
    row = source.first_page(Query(text="Кружка"), 1)[0]
    assert (row.price_min_minor, row.price_max_minor, row.stock, row.sku_count) == (840, 1120, 0, 2)
    assert (row.is_changed, row.image, row.code) == (0, "lamp-1.jpg", "MG510")
    children = source.children(row.id)
    assert [(child.code, child.price_minor, child.stock) for child in children] == [
        ("MG5108+SP0021", 840, 0),
        ("MG5109", 1120, None),
    ]
    assert all(child.id == child.sku_id + CHILD_ID_OFFSET for child in children)


def test_unknown_fields_and_values_are_named(source):
    with pytest.raises(UnknownField) as unknown:
        source.count(Query(filters=(Filter("wieght", "=", 1),)))
    assert unknown.value.params["name"] == "wieght"
    with pytest.raises(BadValue):
        source.count(Query(filters=(Filter("price", "<", "cheap"),)))


def test_a_typed_expression_becomes_filters():
    assert parse_filters(
        'price < 5 and status in (draft, live) AND title ~ "phone \\"x\\" case" and stock is missing'
    ) == (
        Filter("price", "<", "5"),
        Filter("status", "in", ("draft", "live")),
        Filter("title", "contains", 'phone "x" case'),
        Filter("stock", "missing"),
    )
    assert parse_filters("   ") == ()


@pytest.mark.parametrize(
    ("expression", "position"),
    [("price", 6), ("price <", 8), ("price < 5 stock > 2", 11), ("price < 5 and", 14), ("status in draft", 11)],
)
def test_a_wrong_expression_says_where(expression, position):
    with pytest.raises(BadExpression) as error:
        parse_filters(expression)
    assert error.value.params["position"] == position


def test_bigrams_skip_ascii_words():
    assert bigrams("case 蓝牙耳机") == "蓝牙 牙耳 耳机"
    assert bigrams("ascii only") == ""
    assert like_pattern("5%_\\") == "%5\\%\\_\\\\%"
