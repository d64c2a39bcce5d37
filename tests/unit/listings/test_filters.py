"""Filters over listings: SQL finds what the expression says, and goes by the indexes there are."""

from __future__ import annotations

import shutil
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services import sql_told
from app.services.clock import day_span
from app.services.codes.keys import match_key
from app.services.expressions.syntax import All, Condition, Either, Not
from app.services.expressions.writing import to_text
from app.services.listings.filters import (
    filters_of,
    parse_filters,
)
from app.services.listings.source import ListingSource
from app.services.listings.tags import add_tags
from app.services.listings.text import bigrams, fold, search_text
from app.services.listings.typed import moments
from app.services.listings.writing import insert_columns
from app.services.paging import Filter, Query
from app.services.sql_conditions import BadValue, UnknownField
from app.services.upgrade import open_database

TITLES = ["Desk lamp", "100% Cotton_Apron", "Кружка Зима", "蓝牙耳机 case", 'A "quoted" \\ title', ""]
CODES = [
    "AB1234",
    "AB1234*2+CD5678",
    "2*AB1234_CUS",
    "AB12345",
    "AB1234-BK",
    "AB1234_R",
    "",
    "HK#AB1234@ABCD",
    "(AB1234+EF9)*2",
]
ITEM_IN = {"AB1234", "AB1234*2+CD5678", "2*AB1234_CUS", "HK#AB1234@ABCD", "(AB1234+EF9)*2"}
DAY = moments("2026-11-01")[0]


@pytest.fixture(scope="module")
def shop(tmp_path_factory, empty_database):
    """A file with eighty listings of every sort, and what is in it by id, said in Python."""
    path = tmp_path_factory.mktemp("shop") / "shangjia.db"
    shutil.copyfile(empty_database, path)
    database = open_database(path)
    rows = {}
    with database.bulk() as connection:
        order = {"id": 1, "store_id": 1, "order_id": "o", "status": "FINISH", "buyer_name": "", "currency": "USD"}
        texts = {"line_count": 1, "codes": "", "search_text": "", "raw": "{}", "synced_ms": 1}
        _put(connection, "store_order", **order, **texts)
        for at in range(1, 81):
            rows[at] = _row(at)
            _insert(connection, at, rows[at])
    yield ListingSource(database), rows
    database.dispose()


def _row(at):
    codes = [CODES[at % 9], CODES[at * 5 % 9]] if at % 6 else []
    return {
        "title": TITLES[at % 6],
        "price": [None, 100, 499, 500, 1250][at % 5],
        "stock": [None, 0, 1, 40][at % 4],
        "status": ["draft", "live", "off"][at % 3],
        "import_run": [None, 1, 2][at * 7 % 3],
        "category": ["", "44", "55"][at % 3],
        "updated": DAY + (at % 5 - 2) * 43_200_000,
        "changed": at % 7 == 0,
        "sku": codes,
        "ships_from": {["CN", "us", ""][(at + one) % 3] for one in range(len(codes))},
        "tag": {tag for tag, every in (("sale", 2), ("new item", 5)) if at % every == 0},
        "product_id": str(9_000 + at) if at % 4 else None,
        "sold": (3 if at % 8 == 1 else 0),
    }


def _put(connection, table, **values):
    marks = ", ".join("?" * len(values))
    connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


TEXTS = ["product_key", "off_reason", "keywords", "code", "freight_template_id", "group_id", "unit", "error_code"]
TEXTS += ["error_text", "error_field", "detail_html"]
COUNTS = ["sku_count", "image_count", "block_count", "hold_count", "warn_count", "lot_size", "created_ms"]
EMPTY = dict.fromkeys(TEXTS, "") | dict.fromkeys(COUNTS, 0)


def _insert(connection, at, row):
    folded = fold(row["title"])
    searched = search_text(row["title"], "", None, row["sku"])
    own = {
        "store_id": 1,
        "product_id": row["product_id"],
        "status": row["status"],
        "title": row["title"],
        "title_folded": folded,
        "search_text": searched,
        "bigram_text": bigrams(searched),
        "category_id": row["category"],
        "currency": "USD",
        "price_min_minor": row["price"],
        "stock_total": row["stock"],
        "content_hash": "a",
        "sent_hash": "b" if row["changed"] else None,
        "import_run_id": row["import_run"],
        "updated_ms": row["updated"],
        "attributes": "[]",
        "extra": "{}",
    }
    insert_columns(connection, "listing", at, EMPTY | own)
    ships = sorted(row["ships_from"])
    row["ships_from"] = {ships[position % len(ships)] for position in range(len(row["sku"]))}
    texts = {"barcode": "", "properties": "[]"}
    for position, code in enumerate(row["sku"]):
        where = ships[position % len(ships)]
        _put(connection, "sku", listing_id=at, position=position, code=code, match_key=code, ships_from=where, **texts)
    add_tags(connection, [(at, tag) for tag in row["tag"]])
    row["sold"] = row["sold"] if row["product_id"] else 0
    if row["sold"]:
        texts = {"title": "", "code": "", "currency": "USD", "status": ""}
        line = {"store_order_id": 1, "line_id": str(at), "product_id": row["product_id"], "quantity": 3}
        _put(connection, "order_line", **line, **texts)


def found(source, text):
    return set(source.ids(Query(filters=parse_filters(text))))


NUMBERS = {"price": ["1", "4.99", "4.995", "5", "12.5"], "stock": ["0", "1", "40"], "sold": ["0", "3"]}
DAYS = ["2026-10-31", "2026-11-01", "2026-11-02"]
WORDS = {"title": ["lamp", "100%", "n_a", "КРУЖ", "耳机", '"', "\\", "zz", "Desk lamp"], "text": ["lamp", "耳机"]}
MANY = {
    "sku": ["AB1234", "ab12345", "CD5678", "*2", "zz"],
    "tag": ["sale", "new item", "old"],
    "ships_from": ["CN", "US", "xx"],
}


def _on(names, operators, values, size=1):
    return st.builds(
        lambda name, operator, given: Condition(name, operator, tuple(given)),
        names,
        operators,
        st.lists(values, min_size=size, max_size=size),
    )


ORDERED, EQUAL, PARTS = ["=", "!=", "<", "<=", ">", ">="], ["=", "!="], ["contains", "lacks"]
atoms = st.one_of(
    *(_on(st.just(name), st.sampled_from(ORDERED), st.sampled_from(values)) for name, values in NUMBERS.items()),
    *(
        _on(st.just(name), st.sampled_from(["in", "not in"]), st.sampled_from(values), 2)
        for name, values in NUMBERS.items()
    ),
    _on(st.just("updated"), st.sampled_from(ORDERED), st.sampled_from(DAYS)),
    _on(st.just("updated"), st.sampled_from(["in", "not in"]), st.sampled_from(DAYS), 2),
    *(_on(st.just(name), st.sampled_from(PARTS), st.sampled_from(values)) for name, values in WORDS.items()),
    *(_on(st.just(name), st.sampled_from([*EQUAL, *PARTS]), st.sampled_from(values)) for name, values in MANY.items()),
    *(
        _on(st.just(name), st.sampled_from(["in", "not in"]), st.sampled_from(values), 2)
        for name, values in MANY.items()
    ),
    _on(st.just("item"), st.sampled_from(EQUAL), st.sampled_from(["AB1234", "ab12345", "EF9", "zz"])),
    _on(st.just("item"), st.sampled_from(["in", "not in"]), st.sampled_from(["AB1234", "CD5678"]), 2),
    _on(st.just("status"), st.sampled_from(EQUAL), st.sampled_from(["draft", "live"])),
    _on(st.just("category"), st.sampled_from(["in", "not in"]), st.sampled_from(["44", "55"]), 2),
    _on(st.just("import_run"), st.sampled_from(["=", "!=", "in", "not in"]), st.sampled_from(["1", "2"])),
    _on(st.just("changed"), st.sampled_from(EQUAL), st.sampled_from(["true", "no"])),
    st.builds(
        lambda name, operator: Condition(name, operator),
        st.sampled_from(["price", "stock", "category", "tag", "sku", "import_run", "title"]),
        st.sampled_from(["missing", "present"]),
    ),
)
expressions = st.recursive(
    atoms,
    lambda part: (
        st.builds(Not, part)
        | st.builds(All, st.lists(part, min_size=2, max_size=3).map(tuple))
        | st.builds(Either, st.lists(part, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(expressions)
def test_sql_finds_what_the_expression_says(shop, node):
    source, rows = shop
    wanted = {at for at, row in rows.items() if holds(node, row) is True}
    text = to_text(node)
    assert found(source, text) == wanted, text
    assert source.count(Query(filters=parse_filters(text))) == len(wanted)


def holds(node, row):
    """Three-valued: None where the row does not tell."""
    match node:
        case Not(part=part):
            inner = holds(part, row)
            return None if inner is None else not inner
        case All(parts=parts):
            results = [holds(part, row) for part in parts]
            return False if False in results else None if None in results else True
        case Either(parts=parts):
            results = [holds(part, row) for part in parts]
            return True if True in results else None if None in results else False
    return _leaf(node, row)


def _leaf(node, row):
    name, operator = node.name, node.operator
    if name in MANY or name == "item":
        return _many(node, row)
    have = {"text": row["title"], "title": row["title"]}.get(name, row.get(name))
    if operator in ("missing", "present"):
        return (have in (None, "")) is (operator == "missing")
    if operator in PARTS:
        return (fold(node.values[0]) in fold(have)) is (operator == "contains")
    wanted = [_value(name, value) for value in node.values]
    if operator in ("=", "in"):
        return have is not None and any(low <= have < high for low, high in wanted)
    if operator in ("!=", "not in"):
        return have is None or not any(low <= have < high for low, high in wanted)
    if have is None:
        return None
    low, high = wanted[0]
    return {"<": have < low, "<=": have < high, ">": have >= high, ">=": have >= low}[operator]


def _value(name, value):
    if name == "updated":
        return day_span(datetime.fromisoformat(value).date())
    if name in ("status", "category"):
        return value, value + "\0"
    if name == "changed":
        yes = value == "true"
        return yes, yes + 1
    exact = float(value) * (100 if name == "price" else 1)
    return round(exact, 6), round(exact, 6) + 1e-6


def _many(node, row):
    name, operator = node.name, node.operator
    have = [one.casefold() for one in row["sku" if name == "item" else name]]
    wanted = [value.casefold() for value in node.values]
    if name == "item":
        known = {"ab1234": ITEM_IN, "ab12345": {"AB12345"}, "ef9": {"(AB1234+EF9)*2"}, "cd5678": {"AB1234*2+CD5678"}}
        some = any(one.upper() in known.get(value, ()) for one in have for value in wanted)
        return some is (operator in ("=", "in"))
    if operator in ("missing", "present"):
        return any(one != "" for one in have) is (operator == "present")
    if operator in PARTS:
        return any(wanted[0] in one for one in have) is (operator == "contains")
    return any(one in wanted for one in have) is (operator in ("=", "in"))


@pytest.fixture(scope="module")
def codes_shop(tmp_path_factory, empty_database):
    path = tmp_path_factory.mktemp("codes") / "shangjia.db"
    shutil.copyfile(empty_database, path)
    database = open_database(path)
    with database.bulk() as connection:
        for at, code in enumerate(["AB1234*2+CD5678", "AB1234", "AB1234_CUS", "AB1234_CGB", "ZZ9"], 1):
            _insert(connection, at, _row(at) | {"sku": [code], "ships_from": {"CN"}, "product_id": None})
            connection.exec_driver_sql("UPDATE sku SET match_key = ? WHERE code = ?", (match_key(code), code))
    yield ListingSource(database)
    database.dispose()


class TestCodes:
    """Codes are found by the goods they stand for, and by how they are written."""

    @pytest.mark.parametrize(
        ("typed", "wanted"),
        [
            ('sku = "cd5678 + AB1234*2"', {1}),
            ("sku = AB1234", {2, 3, 4}),
            ("sku = ab1234_cus", {3}),
            ("sku = AB1234_CUK", {4}),
            ("sku = AB1234_CES", set()),
            ("sku in (AB1234_CUS, CD5678+AB1234*2)", {1, 3}),
            ("sku != AB1234", {1, 5}),
            ("sku ~ _cus", {3}),
            ("sku ~ 1234*2", {1}),
            ("sku !~ AB1234", {5}),
            ("item = CD5678", {1}),
        ],
    )
    def test_found(self, codes_shop, typed, wanted):
        assert found(codes_shop, typed) == wanted


def plan_of(connection, sql, params):
    return " · ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", params))


class TestFinding:
    def test_the_example_of_the_issue(self, shop):
        source, rows = shop
        wanted = {
            at
            for at, row in rows.items()
            if row["price"] and row["price"] < 500 and "us" in row["ships_from"] and "case" in row["title"]
        }
        assert wanted
        assert found(source, 'price < 5 and ships_from = US and title ~ "case"') == wanted

    def test_opposites_leave_out_what_is_unknown_only_where_they_compare(self, shop):
        source, rows = shop
        unknown = {at for at, row in rows.items() if row["price"] is None}
        assert found(source, "not price < 5") == found(source, "price >= 5")
        assert not found(source, "not price < 5") & unknown
        assert unknown <= found(source, "price != 5")
        assert unknown <= found(source, "price not in (5)")
        assert found(source, "not (price is missing)") == set(rows) - unknown

    def test_between_takes_both_ends(self, shop):
        source, rows = shop
        prices = sorted({row["price"] for row in rows.values() if row["price"] is not None})
        low, high = prices[0], prices[-2]
        inside = {at for at, row in rows.items() if row["price"] is not None and low <= row["price"] <= high}
        ends = f"{low / 100} and {high / 100}"
        assert found(source, f"price between {ends}") == inside
        assert found(source, f"price not between {ends}") == {
            at for at, row in rows.items() if row["price"] is not None and not low <= row["price"] <= high
        }

    def test_what_was_never_sold_is_unknown_without_orders(self, shop, db, make_listing):
        source, rows = shop
        assert found(source, "sold = 0") == {at for at, row in rows.items() if not row["sold"]}
        make_listing(product_id="77", status="live")
        make_listing()
        assert len(found(ListingSource(db), "sold = 0")) == 1
        assert len(found(ListingSource(db), "sold is missing")) == 1

    def test_names_are_looked_up_where_a_choice_is_named(self, shop):
        source, rows = shop
        db = source._db
        assert filters_of(db, "", (1,), "en") == ()
        assert filters_of(db, "price < 5", (1,), "en") == (Filter("price", "<", "5"),)
        filters = filters_of(db, 'tag ~ new or store = "晨帆数码" and price < 2', (1,), "en")
        wanted = {at for at, row in rows.items() if "new item" in row["tag"] or (row["price"] or 999) < 200}
        assert set(source.ids(Query(filters=filters))) == wanted
        with pytest.raises(BadValue):
            filters_of(db, "tag = nobody", (1,), "en")

    def test_thousands_of_alternatives_are_no_deep_tree(self, shop):
        source, rows = shop
        assert found(source, " or ".join(f"stock = {number}" for number in range(1_200)))
        codes = ", ".join(f"ZZ{number}" for number in range(1_500))
        assert found(source, f"item in ({codes})") == set()
        assert found(source, f"sku not in ({codes})") == set(rows)

    @pytest.mark.parametrize("text", ["status = live or findings > 3", "status = live or title ~ lamp or tag = sale"])
    def test_a_rich_filter_is_told_along_any_index(self, shop, text, monkeypatch):
        source, _ = shop
        monkeypatch.setattr(sql_told, "FEW", 0)
        query = Query(filters=parse_filters(text))
        with source._db.reader.connect() as connection:
            by_date, by_title = (
                source._looked_up(connection, query, source.spec.orders[sort]) for sort in ("", "title")
            )
            assert ("substr(?, listing.id, 1)" in by_date.sql) is ("tag" in text)
            assert by_title.sql == " WHERE (substr(?, listing.id, 1) = x'01')"
            for index, where in (("ix_listing_updated", by_date), ("ix_listing_title", by_title)):
                sql = f"SELECT id FROM listing INDEXED BY {index}{where.sql}"
                assert f"COVERING INDEX {index}" in plan_of(connection, sql, where.params)
                assert set(connection.exec_driver_sql(sql, where.params).scalars()) == set(source.ids(query))

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("sku = AB1234", "SEARCH sku USING INDEX ix_sku_match_key"),
            ('tag in ("new item", sale)', "SEARCH listing_tag USING COVERING INDEX ix_listing_tag_tag"),
            ("sku ~ 1234", "SCAN listing_trigram"),
            ("sku ~ 1234", "USING INDEX ix_sku_rekeyed"),
            ("item = AB1234", "SEARCH sku USING INDEX ix_sku_listing"),
            ("sku ~ 12", "SCAN sku"),
            ("ships_from = US", "SEARCH sku USING COVERING INDEX ix_sku_ships_from"),
            ("changed = yes", "SCAN changed USING INDEX ix_listing_changed"),
        ],
    )
    def test_variants_and_tags_are_looked_through_once(self, shop, text, read):
        source, _ = shop
        where, params = source.where(Query(filters=parse_filters(text)))
        with source._db.reader.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN SELECT id FROM listing{where}", tuple(params)).all()
        steps = " · ".join(row[3] for row in plan)
        assert read in steps
        assert "CORRELATED" not in steps


def test_an_unknown_field_names_the_usual_ones_only():
    with pytest.raises(UnknownField) as caught:
        parse_filters("colour = red")
    assert caught.value.params["known"].count(",") == 11
