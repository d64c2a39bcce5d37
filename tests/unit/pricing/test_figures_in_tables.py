"""Figures in the tables of listings and variants: shown, filtered, sorted; what is stale is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services import sql_told
from app.services.listings import listing_masks
from app.services.listings.figure_fields import OF_VARIANTS
from app.services.listings.filters import parse_filters
from app.services.listings.source import ListingSource
from app.services.listings.variant_source import VariantSource
from app.services.paging import Filter, Query
from app.services.pricing.renewing import renew_figures
from app.services.pricing.watching import ALL_ARE_DUE

pytestmark = pytest.mark.usefixtures("priced")


@pytest.fixture
def shop(db, make_listing):
    """Profits of 5.14 and 16.48, a loss, and one nobody knows."""
    for title, skus in (
        ("P1", (("AB1234", 999, 5),)),
        ("Dear", (("AB1234", 1390, 5), ("AB1234*2", 2990, 5))),
        ("Loss", (("AB1234", 500, 5), ("XX1", 999, 5))),
        ("Unknown", (("XX2", 999, 5),)),
    ):
        make_listing(title, skus, freight_template_id="free")
    renew_figures(db)
    return ListingSource(db), VariantSource(db)


def titles(source, text="", **query):
    asked = Query(filters=parse_filters(text), **query)
    ids = source.ids(asked)
    rows = source.rows(list(ids))
    assert source.count(asked) == len(ids)
    return [getattr(rows[number], "code" if isinstance(source, VariantSource) else "title") for number in ids]


@pytest.mark.parametrize(
    ("text", "listings", "variants"),
    [
        ("margin < 0.05", {"Loss"}, {"AB1234"}),
        ("毛利率 < 5%", {"Loss"}, {"AB1234"}),
        ("profit < 0", {"Loss"}, {"AB1234"}),
        ("利润 > 5 and 利润 < 6", {"P1"}, {"AB1234"}),
        ("cost > 20", {"Dear"}, {"AB1234*2"}),
        ("worst_case = 6.99", {"P1"}, {"AB1234"}),
        ("break_even >= 8.75 and 保本价 < 9", {"P1", "Loss"}, {"AB1234"}),
        ("margin is missing", {"Unknown"}, {"XX1", "XX2"}),
        ("not (profit < 0)", {"P1", "Dear"}, None),
        ("profit < 0 or title = unknown", {"Loss", "Unknown"}, {"AB1234", "XX2"}),
        ("margin in (0.1081, 0.5)", {"P1"}, {"AB1234"}),
    ],
)
def test_figures_narrow_listings_and_variants(shop, text, listings, variants):
    source, of_variants = shop
    assert set(titles(source, text)) == listings
    if variants is not None:
        assert set(titles(of_variants, text)) == variants


def test_figures_sort_both_tables(shop):
    source, of_variants = shop
    assert titles(source, sort="margin") == ["Unknown", "Loss", "P1", "Dear"]
    assert titles(source, "profit > 0", sort="profit", descending=True) == ["Dear", "P1"]
    assert titles(of_variants, "cost > 0", sort="cost", descending=True)[0] == "AB1234*2"
    assert [row.title for row in source.first_page(Query(sort="profit", descending=True), 2)] == ["Dear", "P1"]


UNITS = {"micro": Decimal(1_000_000), "minor": Decimal(100), "bp": Decimal(10_000)}


@pytest.mark.parametrize(("name", "column"), [(name, field.expression) for name, field in OF_VARIANTS.items()])
def test_every_figure_sorts_and_filters_both_tables(shop, name, column):
    source, of_variants = shop
    unit = UNITS[column.rpartition("_")[2]]
    variants = of_variants.first_page(Query(), 50)
    known = sorted({value for row in variants if (value := getattr(row.figures, column)) is not None})
    middle = known[len(known) // 2]
    assert known[0] < middle, "or the filter proves nothing"
    for table in shop:
        shown = [getattr(row.figures, column) for row in table.first_page(Query(sort=name), 50)]
        numbers = [value for value in shown if value is not None]
        assert shown == [None] * (len(shown) - len(numbers)) + sorted(numbers)
        turned = [getattr(row.figures, column) for row in table.first_page(Query(sort=name, descending=True), 50)]
        assert [value for value in turned if value is not None] == sorted(numbers, reverse=True)
    wanted = [row for row in variants if (value := getattr(row.figures, column)) is not None and value >= middle]
    text = f"{name} >= {Decimal(middle) / unit:f}"
    assert sorted(titles(of_variants, text)) == sorted(row.code for row in wanted)
    assert set(titles(source, text)) == {row.title for row in wanted}


def test_rows_show_their_figures_and_why_there_are_none(shop):
    source, of_variants = shop
    rows = {row.title: row.figures for row in source.first_page(Query(), 10)}
    assert (rows["P1"].profit_minor, rows["P1"].margin_bp, rows["P1"].is_stale) == (514, 1081, False)
    assert (rows["Loss"].unknown, rows["Loss"].why, rows["Unknown"].why) == (1, "cost", "cost")
    children = source.children(3)
    assert [(row.figures.why, row.figures.cost_micro) for row in children] == [("", 18_000_000), ("cost", None)]
    assert of_variants.first_page(Query(), 1)[0].figures.why == "cost"


def test_stale_figures_match_nothing_and_say_so(db, shop):
    source, of_variants = shop
    with db.bulk() as connection:
        connection.exec_driver_sql(ALL_ARE_DUE)
    assert not titles(source, "profit > -1000000")
    assert not titles(of_variants, "profit > -1000000")
    assert all(row.figures.is_stale for row in source.first_page(Query(), 10))
    assert all(row.figures.is_stale for row in of_variants.first_page(Query(), 10))
    assert all(row.figures.is_stale for row in source.children(3))


@pytest.mark.parametrize("sort", ["margin", "profit", "cost"])
def test_the_first_in_the_order_of_a_figure_are_those_that_match(shop, monkeypatch, sort):
    monkeypatch.setattr(sql_told, "FEW", 0)
    source, _ = shop
    for text, descending in (("profit > 0", True), ("title !~ dear", False), ("stock > 0 and margin is present", True)):
        query = Query(filters=parse_filters(text), sort=sort, descending=descending)
        ids = source.ids(query).tolist()
        assert len(ids) == source.count(query) > 1
        assert [row.id for row in source.first_page(query, 2)] == ids[:2]
        assert [row.id for row in source.first_page(Query(text="p1", sort=sort), 2)] == list(
            source.ids(Query(text="p1"))
        )


OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "in", "not in", "missing", "present")


@pytest.mark.parametrize("is_of_today", [True, False])
@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("name", OF_VARIANTS)
def test_figures_are_told_by_whichever_listings_are_fewer(db, shop, monkeypatch, name, operator, is_of_today):
    """Of all operators and values, those that most listings are as among them, the same is found as row by row."""
    source, _ = shop
    if not is_of_today:
        with db.bulk() as connection:
            connection.exec_driver_sql("INSERT INTO figure_due (listing_id) SELECT min(id) FROM listing")
    monkeypatch.setattr(sql_told, "FEW", 0)
    read = []
    kept = listing_masks.ListingMasks._kept
    monkeypatch.setattr(listing_masks.ListingMasks, "_kept", lambda *asked: read.append(told := kept(*asked)) or told)
    for value in (-1000, 0, 5, 17.5, 1000):
        bound = (value, 17.5) if operator.endswith("in") else None if operator in ("missing", "present") else value
        query = Query(filters=(Filter(name, operator, bound),))
        sql, params = source.where(query)
        with db.reader.connect() as connection:
            wanted = set(connection.exec_driver_sql(f"SELECT id FROM listing{sql}", tuple(params)).scalars())
        assert set(source.ids(query)) == wanted and source.count(query) == len(wanted)
    assert read
    if is_of_today:
        assert max(one.number(0) for one in read) <= 2, "of four listings no more than half are read"
