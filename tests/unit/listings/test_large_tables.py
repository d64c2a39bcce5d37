"""Searching and ordering very many listings: every way to the answer gives the same answer, and reads no more than it
must."""

from __future__ import annotations

import math
import random
from array import array
from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import sql_first_rows, sql_ids, sql_questions, sql_source
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.figure_fields import OF_LISTINGS
from app.services.listings.source import ListingSource
from app.services.listings.text import fold
from app.services.paging import Filter, Query
from app.services.sql_ids import collected, interruptible
from app.services.sql_search import GRAMS, NO_TABLES, Reach, Search, SearchTables, _grams, narrowest, thinnest
from app.services.tasks import TaskCancelled, TaskContext

TABLES = SearchTables("listing_trigram", "listing_bigram", "listing_trigram_terms")
WORDS = ["lamp", "Lampe", "slam", "蓝牙耳机", "耳机", "机", "Лампа", "лам", "SJ001-ZZ", "sj", "usb", "c", "Ünal", "q?"]
ASKED = [
    "lam",
    "la",
    "mp",
    "耳机",
    "耳",
    "机",
    "蓝牙耳机",
    "ла",
    "лам",
    "sj001",
    "zz",
    "usb c",
    "lamp usb",
    "c",
    "ün",
    "?",
    "qx",
]
PATHS = {
    "as it is": {},
    "window": {
        "FEW_HITS": 0,
        "FEW_OF_SEVERAL": 0,
        "MANY_HITS": 0,
        "FIRST_LOOK": 4,
        "WINDOW_ROWS": 12,
        "WALKED_HITS": 0,
        "LOOKED_UP_HITS": -1,
    },
    "looked up": {"FEW_HITS": 0, "FIRST_LOOK": 0, "LOOKED_UP_ROWS": 12},
    "walk": {
        "FEW_HITS": 0,
        "FEW_OF_SEVERAL": 0,
        "MANY_HITS": 10**6,
        "FIRST_LOOK": 0,
        "WINDOW_ROWS": 0,
        "LOOKED_UP_HITS": -1,
    },
    "unsure": {"FEW_HITS": 0, "FIRST_LOOK": 1, "WINDOW_ROWS": 2, "LOOKED_UP_HITS": -1},
    "sort": {"FEW_HITS": 10**6, "FEW_OF_SEVERAL": 10**6, "MANY_HITS": 10**6},
}


@pytest.fixture
def source(db, make_listing, filled_once):
    def fill():
        draw = random.Random(3)
        for number in range(40):
            title = " ".join(draw.choices(WORDS, k=draw.randint(1, 4)))
            status = draw.choice(["draft", "live"])
            skus = ((f"{draw.choice(['SJ', 'QX'])}{number:03d}", draw.choice([None, 100, 250]), 5),)
            make_listing(title=title, skus=skus, created_ms=number, status=status)

    filled_once(fill)
    return ListingSource(db)


def go(monkeypatch, path):
    """Let every answer be found on one of the `PATHS`."""
    for name, value in PATHS[path].items():
        known = [module for module in (sql_first_rows, sql_questions, sql_source) if hasattr(module, name)]
        assert known, name
        for module in known:
            monkeypatch.setattr(module, name, value)


def rows_of(source):
    with source._db.reader.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT id, search_text, status, price_min_minor, title_folded, updated_ms, stock_total "
            "FROM listing JOIN listing_search USING (id)"
        )
        return [dict(row._mapping) for row in found]


def expected(rows, query):
    """What the query means, said in Python."""
    words = fold(query.text).split()
    statuses = [condition.value for condition in query.filters if condition.field == "status"]
    kept = [
        row
        for row in rows
        if all(word in row["search_text"] for word in words) and all(row["status"] in one for one in statuses)
    ]
    column = {"": "updated_ms", "price": "price_min_minor", "title": "title_folded", "stock": "stock_total"}[query.sort]
    descending = query.descending or not query.sort

    def key(row):
        value = row[column]
        return (value is not None, value if value is not None else 0, row["id"])  # NULL is the smallest in SQLite

    return [row["id"] for row in sorted(kept, key=key, reverse=descending)]


@pytest.mark.parametrize("path", PATHS)
def test_every_way_gives_the_same_answer(source, path, monkeypatch):
    go(monkeypatch, path)
    rows = rows_of(source)
    live = (Filter("status", "in", ("live",)),)
    orders = [("", False), ("price", False), ("price", True), ("title", True), ("stock", False)]
    for text, (sort, descending), filters in product(["", *ASKED], orders, [(), live]):
        query = Query(text=text, sort=sort, descending=descending, filters=filters)
        wanted = expected(rows, query)
        source._db.forget_answers()  # else first rows are found among these
        assert list(source.ids(query)) == wanted, query
        assert source.count(query) == len(wanted), query
        status = {row["id"]: row["status"] for row in rows}
        assert source.count_by("status", query) == Counter(status[id] for id in wanted), query
        source._db.forget_answers()
        for limit in (3, 100):
            assert [row.id for row in source.first_page(query, limit)] == wanted[:limit], (query, limit)


LISTINGS = {"listed": {}, "too many": {"LISTED_HITS": 2}, "together": {"FIRST_LOOK": 10**6, "WINDOW_ROWS": 1}}
"""Beside `FEW_HITS`: what decides whether the hits of a word are listed where it is known how rows stand."""


@pytest.mark.parametrize("listing", LISTINGS)
def test_known_orders_give_the_same_first_rows(source, listing, monkeypatch):
    """The order of all rows is known once a table was opened: of a word only the hits are gone through then."""
    for name, value in {"FEW_HITS": 0, "FIRST_LOOK": 0, "LOOKED_UP_HITS": -1, **LISTINGS[listing]}.items():
        monkeypatch.setattr(sql_first_rows, name, value)
    taken, among = Counter(), source._among_hits

    def among_hits(*args):
        found = among(*args)
        taken[found is not None] += 1
        return found

    monkeypatch.setattr(source, "_among_hits", among_hits)
    rows, live = rows_of(source), (Filter("status", "in", ("live",)),)
    for text, (sort, descending), filters in product(
        ASKED, [("", False), ("price", False), ("title", True)], [(), live]
    ):
        query = Query(text=text, sort=sort, descending=descending, filters=filters)
        for known in (Query(sort=sort, descending=descending), query):
            source._db.forget_answers()
            source.ids(Query(sort=known.sort, descending=known.descending, filters=known.filters))
            for limit in (3, 100):
                found = [row.id for row in source.first_page(query, limit)]
                assert found == expected(rows, query)[:limit], (query, limit)
    assert bool(taken[True]) is (listing != "too many")


def test_hits_are_not_listed_where_several_words_must_come_together(source, monkeypatch):
    source.ids(Query())
    asked = []
    monkeypatch.setattr(sql_first_rows, "FEW_HITS", 0)
    monkeypatch.setattr(sql_first_rows, "read_numbers", lambda *args: asked.append(args))
    source.first_page(Query(text="lamp slam"), 3)
    assert asked == []


@pytest.mark.parametrize("query", [Query(), Query(text="lam"), Query(sort="stock")])
def test_long_answers_can_be_stopped(source, query):
    stopped = TaskContext()
    stopped.stop.set()
    with pytest.raises(TaskCancelled):
        source.ids(query, stopped)
    assert source.count(query, TaskContext()) == source.count(query)


def test_a_count_is_stopped_in_the_middle(source, monkeypatch):
    monkeypatch.setattr(sql_ids, "LOOK_EVERY", 1)
    stopped = TaskContext()
    stopped.stop.set()
    for ask in (source.count, lambda query, ctx: source.count_by("status", query, ctx)):
        with pytest.raises(TaskCancelled):
            ask(Query(text="lamp"), stopped)


def test_the_statuses_of_all_listings_are_counted_without_sorting(db):
    plan = plan_of(db, "SELECT status, count(*) FROM listing GROUP BY store_id, status")
    assert "COVERING INDEX ix_listing_status" in plan and "TEMP B-TREE" not in plan


def test_a_word_at_the_very_end_of_a_text_is_found(db, make_listing):
    record = make_listing(title="Ceramic lamp", keywords="warm 灯", skus=(("A1", 1, 1),))
    source = ListingSource(db)
    for text in ("灯", "m 灯", "rm", "warm"):
        assert list(source.ids(Query(text=text))) == [record.id], text


def test_the_index_follows_edits_and_deletions(db, make_listing, source):
    record = make_listing(title="Zebra lamp", skus=(("ZB1", 1, 1),))
    edit_listings(db, [ListingEdit(record.id, {"title": "Quokka 灯"})], label="change.edit")
    assert source.count(Query(text="zebra")) == source.count(Query(text="ze")) == 0
    assert list(source.ids(Query(text="kka"))) == list(source.ids(Query(text="灯"))) == [record.id]
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM sku WHERE listing_id = ?", (record.id,))
        connection.exec_driver_sql("DELETE FROM image WHERE listing_id = ?", (record.id,))
        connection.exec_driver_sql("DELETE FROM listing WHERE id = ?", (record.id,))
        for table in ("listing_trigram", "listing_bigram"):
            connection.exec_driver_sql(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
    assert source.count(Query(text="kka")) == 0


# -- what is read --------------------------------------------------------------------------------------------------


def plan_of(db, sql, *params):
    with db.reader.connect() as connection:
        return " · ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", params))


@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query(store_ids=(1,)),
        Query(sort="updated", descending=True, filters=(Filter("status", "in", ("live", "off")),)),
        Query(filters=(Filter("findings", ">", 0), Filter("category", "=", "5"))),
        Query(filters=(Filter("import_run", "=", 5),), store_ids=(1, 2)),
        Query(filters=(Filter("margin", "<", "0.05"),)),
    ],
)
def test_what_the_grid_asks_for_is_read_from_the_index_alone(db, query):
    source = ListingSource(db)
    where, params = source.where(query)
    index = source._index(query)
    sql = f"SELECT id FROM listing INDEXED BY {index.name}{where} ORDER BY {source.order(query)}"
    plan = plan_of(db, sql, *params)
    assert "COVERING INDEX ix_listing_updated" in plan and "TEMP B-TREE" not in plan


def test_the_indexes_hold_every_column_they_promise(db):
    spec = ListingSource.spec
    for index in (*spec.orders.values(), *spec.besides):
        for name in index.holds - OF_LISTINGS.keys():  # figures are looked up by the listing's number
            sql = f"SELECT count(*) FROM listing INDEXED BY {index.name} WHERE {spec.fields[name].expression} IS NOT ?"
            with db.reader.connect() as connection:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("",)).all()
            assert f" listing USING COVERING INDEX {index.name}" in plan[0][3], (index.name, name)


def test_other_conditions_are_not_taken_for_held(db):
    source = ListingSource(db)
    index = source.spec.orders[""]
    assert source.spec.holding({"price"}) is source.spec.orders["price"]
    assert source.spec.holding({"status", "price"}) == index
    assert [source.spec.holding({"store", "status"})] == list(source.spec.besides)
    assert source.spec.holding({"price", "title"}) is None
    assert not index.holds & {"title", "text", "tag", "margin", "sold", "held"}
    assert source._index(Query(sort="stock")) is None
    assert source._index(Query(sort="price", then="title")) is None


# -- words ---------------------------------------------------------------------------------------------------------


@given(st.text(min_size=3, max_size=30), st.integers(2, 9))
def test_chosen_trigrams_stand_in_the_word(word, most):
    grams = _grams(word, most)
    assert 1 <= len(grams) <= most
    assert all(len(gram) == 3 and gram in word for gram in grams)
    assert grams[0] == word[:3] and grams[-1] == word[-3:]


def test_a_search_takes_the_words_with_the_fewest_hits(db, make_listing):
    for number in range(6):
        make_listing(title="Lamp zq" if number == 2 else "Lamp", skus=((f"C{number}", 1, 1),))
    search = Search.of("lamp zq", TABLES)
    with db.reader.connect() as connection:
        quick = search.quick_matches()
        looked_up = search.looked_up_matches(connection)
        best, hits = narrowest(connection, [*quick, *looked_up], 100)
        assert (best, hits) == (looked_up[0], 1)
        assert best.proved == {"zq"}
        assert narrowest(connection, quick, 3) == (quick[0], 4)
        assert narrowest(connection, [], 3) == (None, 4)
    [(member, params), (like, pattern)] = search.conditions("listing", "search_text", best, walks=True)
    assert member.startswith("+listing.id IN") and params == [best.expression]
    assert like.startswith("search_text LIKE") and pattern == ["%lamp%"]


def test_how_thin_hits_lie_is_told_by_the_first_of_them(db, make_listing):
    for number in range(12):
        make_listing(title="Lamp usb" if number % 4 == 0 else "Lamp", skus=((f"C{number}", 1, 1),))
    with db.reader.connect() as connection:
        [lamp], [usb] = Search.of("lamp", TABLES).quick_matches(), Search.of("usb", TABLES).quick_matches()
        assert lamp.reach(connection, 3).rows_for(10) == 10
        assert usb.reach(connection, 3).rows_for(10) == pytest.approx(30, abs=1)
        assert thinnest(connection, [lamp, usb], 1)[0] == thinnest(connection, [usb, lamp], 5)[0] == usb
        assert thinnest(connection, [], 5) == (None, Reach(6, 0))
        [nothing] = Search.of("zzz", TABLES).quick_matches()
        assert nothing.reach(connection, 3).rows_for(10) == math.inf


def test_words_that_are_looked_up_narrow_down_together_with_the_others(db, make_listing):
    for number, title in enumerate(["Lamp zq", "Mug zq", "Lamp", "耳机 zq"]):
        make_listing(title=title, skus=((f"C{number}", 1, 1),))
    with db.reader.connect() as connection:
        for text, hits, is_sure in (("lamp zq", 1, True), ("zq", 3, True), ("耳机 zq", 1, False), ("耳机", 1, True)):
            search = Search.of(text, TABLES)
            match, _ = thinnest(connection, search.quick_matches(), 10)
            match, is_said_sure = search.narrowed(connection, match)
            assert (match.count(connection, 10), is_said_sure) == (hits, is_sure), text
        many = Search.of("bedside table lamp dimmable", TABLES)
        assert not many.narrowed(connection, many.quick_matches()[0])[1]


def test_few_trigrams_stand_for_many_words():
    search = Search.of("bedside table lamp dimmable touch control", TABLES)
    [match] = search.quick_matches()
    assert match.expression.count(" AND ") < GRAMS
    assert match.proved == frozenset()


def test_a_table_without_indexes_is_searched_by_looking():
    search = Search.of("lamp 灯", NO_TABLES)
    assert search.quick_matches() == []
    assert [params for _, params in search.conditions("t", "lower(note)", None)] == [["%lamp%"], ["%灯%"]]


@pytest.mark.parametrize(
    ("word", "is_proved"),
    [("usb", True), ("耳机壳", True), ("лам", False), ("lamp", False), ("耳机", True), ("ла", False)],
)
def test_only_what_the_index_is_sure_of_needs_no_second_look(word, is_proved):
    [match] = Search.of(word, TABLES).quick_matches()
    assert (word in match.proved) is is_proved


# -- ids -----------------------------------------------------------------------------------------------------------


def test_ids_come_in_order_however_many(db):
    numbers = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 60000) SELECT id FROM n"
    with db.reader.connect() as connection:
        found = collected(connection, f"{numbers} ORDER BY id % 7, id DESC", ())
        assert collected(connection, f"{numbers} WHERE id > ?", (70_000,)) == array("q")
    assert list(found) == sorted(range(1, 60_001), key=lambda number: (number % 7, -number))


def test_a_statement_that_nobody_waits_for_ends(db):
    ctx = TaskContext()
    ctx.stop.set()
    endless = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT max(id) FROM n"
    with db.reader.connect() as connection:
        with pytest.raises(TaskCancelled), interruptible(connection, ctx):
            connection.exec_driver_sql(endless).scalar()
        connection.rollback()
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_ids_of_an_outdated_question_are_not_read(source):
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        source.ids(Query(), ctx)


def test_numbers_of_an_outdated_question_are_not_taken_apart(source):
    """SQLite has put them together by then; a million of them keep the window from painting meanwhile."""
    ctx = TaskContext()
    numbers = ",".join(map(str, range(1, 50)))
    assert sql_ids.numbers_in(numbers, ctx).tolist() == list(range(1, 50))
    with source._db.answering() as connection, pytest.raises(TaskCancelled), interruptible(connection, ctx):
        assert len(sql_ids.read_numbers(connection, "SELECT id FROM listing")) == 40
        stopped = "SELECT id FROM listing UNION ALL SELECT 0 WHERE stopped()"
        connection.connection.create_function("stopped", 0, lambda: ctx.stop.set() or 1)
        sql_ids.read_numbers(connection, stopped)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "condition",
    [
        Filter("sku", "contains", "SJ"),
        Filter("sku", "lacks", "01"),
        Filter("item", "=", "QX005"),
        Filter("ships_from", "missing"),
        Filter("tag", "in", ("A", "B")),
        Filter("tag", "!=", "A"),
        Filter("", "where", "sku ~ SJ or price < 2"),
    ],
)
def test_rows_beneath_are_found_alike_on_every_way(source, db, monkeypatch, path, condition):
    """One pass over all variants, or beneath each of the first rows: the same rows in the same order."""
    go(monkeypatch, path)
    with db.bulk() as connection:
        connection.exec_driver_sql("INSERT INTO listing_tag SELECT id, 'A' FROM listing WHERE id % 3 = 0")
    query = Query(filters=(condition,))
    everything = list(source.ids(query))
    assert len(everything) == source.count(query)
    for limit in (1, 3, 100):
        assert [row.id for row in source.first_page(query, limit)] == everything[:limit]
