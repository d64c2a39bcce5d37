"""Any filter over any listings finds what a plain reading of it says, by whatever way the rows are told."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.models import ListingFinding, ListingHold, ListingTag, Order, OrderLine, Sku, Store
from app.services import sql_classes, sql_questions, sql_told
from app.services.db import Database
from app.services.expressions.conditions import OPPOSITE
from app.services.expressions.syntax import All, Condition, Either, Not
from app.services.expressions.writing import to_text
from app.services.listings import late_variants, listing_masks
from app.services.listings.filters import parse_filters
from app.services.listings.source import ListingSource
from app.services.listings.text import bigrams, fold, search_text
from app.services.listings.variant_source import VariantSource
from app.services.paging import Filter, Query
from app.services.pricing.watching import is_waiting
from app.services.upgrade import open_database
from tests.figure_columns import fill_columns
from tests.listing_rows import add_listing

FIGURES = {"cost": ("cost_micro", 10**6), "profit": ("profit_minor", 100), "margin": ("margin_bp", 10_000)}
NUMBERS = {"price": 100, "stock": 1, "weight": 1, "findings": 1, "sold": 1} | {
    name: one for name, (_, one) in FIGURES.items()
}
WORDS = {"title": ("lamp", "case", "灯"), "key": ("k1", "k"), "text": ("lamp", "灯具", "x1")}
MANY = {
    "tag": ("sale", "new"),
    "finding": ("title.emoji", "title.chinese"),
    "ships_from": ("US", "ES"),
    "sku": ("x1", "x"),
}
ONE = {"status": ("live", "draft"), "store": ("1", "2"), "group": ("8", "9")}
FLAGS = ("held", "changed")
DENIES = {"!=": "=", "not in": "in", "lacks": "contains", "missing": "present"}
COMPARE = {
    "=": lambda one, other: one == other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def _random_listings(chance):
    """Listings as a plain reading knows them: a dict each; None is unknown."""
    for number in range(1, 41):
        unknown = lambda *values: chance.choice((None, *values))  # noqa: E731
        yield {
            "id": number * chance.randint(1, 2) + 40 * (number % 2),
            "store": chance.choice((1, 2)),
            "status": chance.choice(ONE["status"]),
            "group": chance.choice(("", *ONE["group"])),
            "title": chance.choice(("Desk lamp", "Phone case", "灯具 lamp", "Cable", "")),
            "key": chance.choice(("", "k1", "k2")),
            "price": unknown(0, 500, 1000),
            "stock": unknown(0, 1, 5),
            "weight": unknown(0, 5),
            "warns": chance.choice((0, 0, 1, 5)),
            "held": chance.random() < 0.3,
            "changed": chance.random() < 0.3,
            "ordered": chance.choice(((), (), (1,), (2, 3))),
            "is_linked": chance.random() < 0.7,
            "tag": set(chance.sample(MANY["tag"], chance.randint(0, 2))),
            "finding": set(chance.sample(MANY["finding"], chance.randint(0, 2))),
            "ships_from": (places := [chance.choice(("", "US", "es")) for _ in range(chance.randint(0, 3))]),
            "numbers": [(unknown(0, 500, 1000), unknown(0, 1, 5)) for _ in places],
            "age": chance.choice(("today", "today", "stale", "due", "never")),
            "figures": {
                "cost": unknown(0, 5 * 10**6),
                "profit": unknown(-100, 0, 500),
                "margin": unknown(-1, 0, 50_000),
            },
        }


def _codes(row):
    return [f"X{at}-{row['id']}" for at in range(len(row["numbers"]))]


def _variants(row):
    """The variants of a listing as a plain reading knows them: the listing with a code and numbers of its own."""
    for at, (code, place, (price, stock)) in enumerate(
        zip(_codes(row), row["ships_from"], row["numbers"], strict=True)
    ):
        yield (row["id"], at), {**row, "sku": [code], "ships_from": [place], "price": price, "stock": stock}


@pytest.fixture(scope="module", params=["of any age", "of today"])
def ground(request, tmp_path_factory, empty_database):
    """A source over random listings, whose figures are *request.param*, and these."""
    is_of_today = request.param == "of today"
    path = tmp_path_factory.mktemp("any") / "shangjia.db"
    shutil.copyfile(empty_database, path)
    database, rows = open_database(path), {}
    with database.write() as session:
        session.add(Store(id=2, name="B", gateway="http://127.0.0.1:1", credential_ref="two", created_ms=1))
        session.flush()
        session.add(Order(id=1, store_id=1, order_id="o", status="FINISH", search_text="", raw={}, synced_ms=1))
        for row in _random_listings(random.Random(4)):
            if row["id"] not in rows:
                rows[row["id"]] = {**row, "age": "today"} if is_of_today else row
                _add(session, rows[row["id"]])
    with database.bulk() as connection:
        for row in rows.values():
            _age(connection, row)
        columns = {name: column for name, (column, _) in FIGURES.items()}
        fill_columns(
            connection,
            {one: {columns[name]: row["figures"][name] for name in columns} for one, row in rows.items()},
        )
        if is_of_today:
            connection.exec_driver_sql("UPDATE figure_state SET renewed = generation")
        assert is_waiting(connection) is not is_of_today
    yield ListingSource(database), rows
    database.dispose()


def _add(session, row):
    id, codes = row["id"], _codes(row)
    searched = search_text(row["title"], row["key"], None, codes)
    product_id = f"10{id}" if row["is_linked"] else None
    add_listing(
        session,
        id=id,
        store_id=row["store"],
        status=row["status"],
        group_id=row["group"],
        title=row["title"],
        title_folded=fold(row["title"]),
        product_key=row["key"],
        product_id=product_id,
        price_min_minor=row["price"],
        stock_total=row["stock"],
        weight_g=row["weight"],
        warn_count=row["warns"],
        search_text=searched,
        bigram_text=bigrams(searched),
        content_hash="b" if row["changed"] else "a",
        sent_hash="a",
        sku_count=len(codes),
        created_ms=1,
        updated_ms=id % 3,
    )
    for (_, at), one in _variants(row):
        numbers = {"price_minor": one["price"], "stock": one["stock"]}
        [code], [place] = one["sku"], one["ships_from"]
        session.add(Sku(listing_id=id, position=at, code=code, match_key=code, ships_from=place, **numbers))
    session.add_all(ListingTag(listing_id=id, tag=tag) for tag in row["tag"])
    for code in row["finding"]:
        session.add(ListingFinding(listing_id=id, code=code, severity="warn", store_id=row["store"], number=1))
    if row["held"]:
        session.add(ListingHold(listing_id=id, reason="", actor="ann", held_ms=1))
    for at, quantity in enumerate(row["ordered"]):  # of the first store alone orders were fetched
        line = {"title": "", "code": "", "currency": "USD", "status": "", "product_id": product_id or "0"}
        session.add(OrderLine(store_order_id=1, line_id=f"{id}-{at}", quantity=quantity, **line))


def _age(connection, row):
    if row["age"] in ("today", "stale"):
        connection.exec_driver_sql("DELETE FROM figure_due WHERE listing_id = ?", (row["id"],))
    if row["age"] != "never":
        columns = ", ".join(column for column, _ in FIGURES.values())
        connection.exec_driver_sql(
            f"INSERT INTO listing_figure (listing_id, {columns}, why, unknown, generation) "
            "VALUES (?, ?, ?, ?, '', 0, (SELECT generation FROM figure_state) - ?)",
            (row["id"], *row["figures"].values(), row["age"] == "stale"),
        )


# -- a plain reading -----------------------------------------------------------------------------------------------


def _is_so(row, node):
    match node:
        case All(parts=parts):
            return all(_is_so(row, part) for part in parts)
        case Either(parts=parts):
            return any(_is_so(row, part) for part in parts)
        case Not(part=part):
            return _is_so(row, _denied(part))
        case Condition():
            if node.operator in DENIES:
                return not _says(row, node.name, DENIES[node.operator], node.values)
            return _says(row, node.name, node.operator, node.values)
    raise TypeError(node)


def _denied(node):
    """`not` as the language has it: of a comparison, the opposite one."""
    match node:
        case All(parts=parts):
            return Either(tuple(map(_denied, parts)))
        case Either(parts=parts):
            return All(tuple(map(_denied, parts)))
        case Not(part=part):
            return part
    return replace(node, operator=OPPOSITE[node.operator])


def _says(row, name, operator, values):
    has = _values(row, name)
    if operator == "present":
        return any(value not in (None, "") for value in has)
    if operator == "contains":
        return any(fold(values[0]) in fold(value) for value in has)
    unit = NUMBERS.get(name)
    wanted = [round(float(value) * unit) if unit else value.casefold() for value in values]
    if unit is None:
        has = [str(value).casefold() for value in has if value is not None]
    if operator == "in":
        return any(value in wanted for value in has)
    return any(value is not None and COMPARE[operator](value, wanted[0]) for value in has)


def _values(row, name):
    """What a field of a listing has: one value, or those of the rows beneath."""
    if name in FIGURES:
        return [row["figures"][name] if row["age"] == "today" else None]
    if name == "sold":
        return [(sum(row["ordered"]) if row["store"] == 1 else None) if row["is_linked"] else 0]
    if name == "findings":
        return [row["warns"]]
    if name == "sku":
        return row.get("sku", _codes(row))
    if name == "text":
        return [search_text(row["title"], row["key"], None, _codes(row))]
    if name in FLAGS:
        return ["yes" if row[name] else "no"]
    return list(row[name]) if name in MANY else [row[name]]


# -- filters -------------------------------------------------------------------------------------------------------


def _leaves():
    plain = st.sampled_from(("=", "!=", "in", "not in"))
    numbers = st.builds(_condition, st.sampled_from(list(NUMBERS)), st.sampled_from((*COMPARE, "!=", "in", "not in")))
    unknown = st.builds(Condition, st.sampled_from([*NUMBERS, "group", "tag", "ships_from"]), _OF_NOTHING)
    words = st.builds(_condition, st.sampled_from([*WORDS, "sku", "tag"]), st.sampled_from(("contains", "lacks")))
    named = st.builds(_condition, st.sampled_from(["tag", "finding", "ships_from", "title", "key", *ONE]), plain)
    flags = st.builds(_condition, st.sampled_from(FLAGS), st.sampled_from(("=", "!=")))
    return st.one_of(numbers, unknown, words, named, flags).flatmap(_with_values)


_OF_NOTHING = st.sampled_from(("missing", "present"))


def _condition(name, operator):
    return Condition(name, operator, ("?",))


def _with_values(leaf):
    if not leaf.values:
        return st.just(leaf)
    choices = ("-1", "0", "1", "5") if leaf.name in NUMBERS else (WORDS | MANY | ONE).get(leaf.name, ("yes", "no"))
    count = 2 if leaf.operator in ("in", "not in") else 1
    chosen = st.lists(st.sampled_from(choices), min_size=1, max_size=count, unique=True)
    return chosen.map(lambda values: Condition(leaf.name, leaf.operator, tuple(values)))


LEAVES = _leaves()
NODES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds(All, st.tuples(parts, parts)), st.builds(Either, st.tuples(parts, parts)), st.builds(Not, parts)
    ),
    max_leaves=5,
)


def _asked(node):
    """Filters as the window has them: the parts of a conjunction each for itself."""
    parts = node.parts if isinstance(node, All) else (node,)
    return tuple(Filter("", "where", to_text(part)) for part in parts)


@settings(max_examples=100, deadline=None)
@given(NODES, st.sampled_from(("", "price", "title", "stock", "margin", "cost", "key")), st.booleans(), st.booleans())
def test_any_filter_finds_what_it_says(ground, node, sort, descending, is_masked):
    source, rows = ground
    query = Query(filters=_asked(node), sort=sort, descending=descending)
    wanted = {id for id, row in rows.items() if _is_so(row, node)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sql_told, "FEW", 0 if is_masked else 10)
        ids = source.ids(query).tolist()
        assert set(ids) == wanted and len(ids) == len(wanted) == source.count(query)
        assert [row.id for row in source.first_page(query, 4)] == ids[:4]
        assert source.count_by("status", query) == Counter(rows[id]["status"] for id in wanted)


TYPED = ("lamp", "la", "灯", "灯具", "x0-", "x", "desk lamp", "lamp x0-", "灯 la", "zzz")
STORES = st.sampled_from(((), (1,), (2,), (1, 2)))
THRESHOLDS = ((0, 0), (2_000, 30_000))
"""Hits from which on words alone, and words beside filters, are told by themselves: from the first, and as it is."""


def _holds_words(row, text):
    searched = search_text(row["title"], row["key"], None, _codes(row))
    return all(word in searched for word in fold(text).split())


@settings(max_examples=100, deadline=None)
@given(
    NODES | st.none(), st.sampled_from(TYPED), st.sampled_from(((), (1,), (2,), (1, 2))), st.sampled_from(THRESHOLDS)
)
def test_words_stores_and_filters_are_told_together(ground, node, text, stores, thresholds):
    source, rows = ground
    query = Query(text=text, filters=_asked(node) if node is not None else (), store_ids=stores)
    wanted = {
        id
        for id, row in rows.items()
        if (node is None or _is_so(row, node)) and _holds_words(row, text) and row["store"] in (stores or (1, 2))
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sql_told, "FEW", 0)
        for name, hits in zip(("FEW_HITS", "MANY_HITS"), thresholds, strict=True):
            patch.setattr(sql_questions, name, hits)
        source._db.forget_answers()
        for _ in ("as after a commit", "again"):
            assert source.count(query) == len(wanted)
            assert set(source.ids(query)) == wanted
            assert source.count_by("status", query) == Counter(rows[id]["status"] for id in wanted)


@settings(max_examples=70, deadline=None)
@given(NODES, st.sampled_from(("", "price", "stock", "margin", "cost")), st.booleans())
def test_any_filter_over_variants_finds_what_it_says(ground, node, sort, descending):
    listings, rows = ground
    source = VariantSource(listings._db)
    query = Query(filters=_asked(node), sort=sort, descending=descending)
    wanted = {key for row in rows.values() for key, one in _variants(row) if _is_so(one, node)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sql_told, "FEW", 0)
        patch.setattr(late_variants, "PIECE", 3)
        ids = source.ids(query).tolist()
        found = source.rows(ids)
        assert {(one.listing_id, int(one.code[1])) for one in found.values()} == wanted
        assert len(ids) == len(wanted) == source.count(query)
        assert [row.id for row in source.first_page(query, 4)] == ids[:4]
        assert set(source.listing_ids(query)) == {listing for listing, _ in wanted}


@pytest.mark.parametrize("text", ["item != X0-4", "item not in (X0-4, X1-3)", "sku != X0-4", "sku not in (X0-4, X1-4)"])
def test_a_code_that_is_denied_is_that_of_no_variant_found(ground, text):
    listings, _ = ground
    source, asked = VariantSource(listings._db), parse_filters(text)
    said = parse_filters(text.replace("!=", "=").replace("not in", "in"))
    everything = set(source.ids(Query()))
    assert set(source.ids(Query(filters=asked))) == everything - set(source.ids(Query(filters=said)))
    assert source.count(Query(filters=asked)) == len(everything) - source.count(Query(filters=said))


@pytest.mark.parametrize("few", [0, 30_000])
@pytest.mark.parametrize("name", ["text", "title"])
@pytest.mark.parametrize("word", ["lamp", "case", "灯具", "able", "zzz", "x1-"])
def test_words_are_looked_for_in_both_halves(ground, monkeypatch, few, name, word):
    source, rows = ground
    monkeypatch.setattr(sql_told, "FEW", 0)
    monkeypatch.setattr(listing_masks, "FEW_HITS", few)
    for operator in ("contains", "lacks"):
        source._db.forget_answers()
        wanted = {id for id, row in rows.items() if _says(row, name, "contains", [word]) is (operator == "contains")}
        query = Query(filters=(Filter(name, operator, word),))
        assert source.count(query) == len(wanted) and set(source.ids(query)) == wanted


def test_a_field_of_very_many_values_is_counted_all_the_same(ground, monkeypatch):
    source, rows = ground
    query = Query(filters=parse_filters("tag is missing or stock > 1"))
    found = source.count_by("status", query)
    monkeypatch.setattr(sql_told, "FEW", 0)
    assert source.count_by("status", query) == found
    monkeypatch.setattr(sql_classes, "MOST_VALUES", 1)
    assert source.count_by("status", query) == found == Counter(rows[id]["status"] for id in source.ids(query))
    assert source.count_by("status", Query(filters=query.filters, store_ids=(2,))) != found


def test_what_is_asked_again_is_of_the_moment_it_is_asked(ground, monkeypatch):
    source, rows = ground
    monkeypatch.setattr(sql_told, "FEW", 0)
    query = Query(filters=(Filter("", "where", "tag = later and not (stock > 999 or sold > 999)"),))
    kept = source.where(query)
    assert source.count(query) == 0
    with source._db.bulk() as connection:
        connection.exec_driver_sql("INSERT INTO listing_tag SELECT id, 'later' FROM listing WHERE stock_total = 5")
    with source._db.reader.connect() as connection:
        later = connection.exec_driver_sql(f"SELECT id FROM listing{kept[0]}", tuple(kept[1])).scalars().all()
    wanted = {id for id, row in rows.items() if row["stock"] == 5 and _values(row, "sold") != [None]}
    assert set(later) == set(source.ids(query)) == wanted and wanted
    with source._db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM listing_tag WHERE tag = 'later'")
    assert source.count(query) == 0


ASKED_AGAIN = (
    "tag is missing or stock > 1", "margin < 0 or price < 9", "item = X0-4 or status = off",
    "sold = 0 and not (held = yes)", "ships_from = US and price >= 5 and cost is present",
)  # fmt: skip
WRITES = (
    "INSERT OR IGNORE INTO listing_tag SELECT id, 'sale' FROM listing WHERE id % 3 = 1",
    "UPDATE listing SET status = 'off', stock_total = 7, updated_ms = updated_ms + 5 WHERE id % 4 = 2",
    "UPDATE sku SET price_minor = 100, ships_from = 'US' WHERE listing_id IN (SELECT listing_id FROM figure_due)",
    "UPDATE listing_figure SET margin_bp = -5 WHERE listing_id % 2",
    "DELETE FROM listing_hold WHERE listing_id % 2",
    "DELETE FROM listing WHERE id % 5 = 3",
)


def test_nothing_is_told_from_before_the_last_commit(ground, tmp_path, monkeypatch):
    """After each commit, of this program or another, everything is answered as by somebody who never asked before."""
    monkeypatch.setattr(sql_told, "FEW", 0)
    path = tmp_path / "shangjia.db"
    with closing(sqlite3.connect(ground[0]._db.path)) as stored, closing(sqlite3.connect(path)) as copy:
        stored.backup(copy)
    database = Database(path)
    kept = [ListingSource(database), VariantSource(database)]
    queries = [Query(filters=parse_filters(text)) for text in ASKED_AGAIN]
    seen = set()
    for number, sql in enumerate(("SELECT 1", *WRITES)):
        if number % 2:
            with closing(sqlite3.connect(path)) as other, other:
                other.execute(sql)
        else:
            with database.bulk() as connection:
                connection.exec_driver_sql(sql)
        strange = Database(path)
        fresh = [ListingSource(strange), VariantSource(strange)]
        for query, (one, other) in product(queries, zip(kept, fresh, strict=True)):
            wanted = other.ids(query)
            seen.add((one, query, tuple(wanted)))
            assert one.ids(query) == wanted and one.count(query) == len(wanted), (sql, query)
            assert [row.id for row in one.first_page(query, 3)] == list(wanted[:3]), (sql, query)
            if isinstance(one, ListingSource):
                statuses = Counter(row.status for row in other.rows(wanted).values())
                assert one.count_by("status", query) == statuses, (sql, query)
        strange.dispose()
    assert len(seen) > 2 * len(queries) * len(kept)
    database.dispose()
