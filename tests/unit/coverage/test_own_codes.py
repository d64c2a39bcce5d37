"""Stores that write something of their own into their codes: what is the same goods stands in one row."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from app.models import Store
from app.services.clock import now_ms
from app.services.codes.keys import match_key
from app.services.codes.known import checked_marks, write_store_marks
from app.services.codes.reading import Reader
from app.services.codes.rules import CodeRules
from app.services.coverage import own_codes as module
from app.services.coverage.assignments import assign, import_assignments
from app.services.coverage.covering import sources_for
from app.services.coverage.matrix import CoverageMatrix
from app.services.coverage.own_codes import NOTHING, own_codes
from app.services.paging import Filter, Query

MARKS = {1: checked_marks("am#"), 2: checked_marks("BM#"), 3: checked_marks("", "@QW", {"148": "US"})}


@pytest.fixture
def lists(db, make_listing):
    """A store lists codes: live, each listing with a product id of its own. The first three stores have `MARKS`."""
    with db.write() as session:
        for name in ("海岚饰品", "北弦音频", "远帆灯具"):
            session.add(Store(name=name, gateway="http://127.0.0.1:1", credential_ref=name, created_ms=now_ms()))
    for store_id, its in MARKS.items():
        write_store_marks(db, store_id, its)
    made = iter(range(100, 100_000))

    def add(store_id, *written, status="live"):
        skus = tuple((code, 1000, 5) for code in written)
        number = make_listing(title="x", product_id=str(next(made)), status=status, skus=skus).id
        with db.bulk() as connection:
            connection.exec_driver_sql("UPDATE listing SET store_id = ? WHERE id = ?", (store_id, number))

    return add


def rows(db, *filters, text=""):
    """Match key → the stores that have it, asked in all its ways, which must agree."""
    matrix, asked = CoverageMatrix(db), Query(text=text, filters=tuple(filters))
    ids = list(matrix.ids(asked))
    assert matrix.count(asked) == len(ids)
    assert [row.id for row in matrix.first_page(asked, 1000)] == ids
    assert list(matrix.ids(Query(text=text, filters=tuple(filters), descending=True))) == ids[::-1]
    found = matrix.rows(ids)
    return {found[number].match_key: sorted(found[number].stores) for number in ids}


def test_two_marks_around_one_code_are_one_row(db, lists):
    lists(1, "AM#NL2101")
    lists(2, "bm#nl2101_CUS")
    lists(3, "NL2101@QW", "NL2102@QW")
    assert rows(db) == {"AM#NL2101": [1, 2, 3], "NL2102@QW": [3]}
    lists(4, "NL2101")
    assert rows(db) == {"NL2101": [1, 2, 3, 4], "NL2102@QW": [3]}


@pytest.mark.parametrize(
    ("first", "third"),
    [
        ("AM#NL1*2", "NL1*2@QW"),
        ("AM#NL1", "NL1_CUS@QW"),
        ("AM#NL1", "NL1-148"),
        ("AM#NL1*2_CRU", "2*NL1-148@QW"),
        ("AM#NL9+AB1", "AB1+NL9@QW"),
        ("AM#AB1*3+NL9_CUS", "NL9+AB1*3-148@QW"),
        ("AM#(AB1+NL9)*2", "AB1*2+NL9*2@QW"),
    ],
)
def test_however_they_are_written(db, lists, first, third):
    lists(1, first)
    lists(3, third)
    assert list(rows(db).values()) == [[1, 3]]


def test_what_a_mark_stands_for_is_another_code_elsewhere(db, lists):
    lists(1, "AM#NL1")
    lists(4, "AM#NL1", "NL1-148", "NL2")
    lists(3, "NL2-148")
    assert rows(db) == {"AM#NL1": [1, 4], "NL1-148": [4], "NL2": [3, 4]}


def test_stores_may_share_a_mark(db, lists):
    write_store_marks(db, 2, MARKS[1])
    lists(1, "AM#NL1", "AM#NL2")
    lists(2, "AM#NL1")
    lists(4, "NL2")
    assert rows(db) == {"AM#NL1": [1, 2], "NL2": [1, 4]}


def test_a_row_is_found_by_every_spelling_in_it(db, lists):
    lists(1, "AM#NL2101")
    lists(2, "BM#NL2101")
    for text in ("AM#NL2101", "bm#nl", "NL2101", "2101"):
        assert list(rows(db, text=text)) == ["AM#NL2101"]
    assert rows(db, text="CM#") == {}


def test_gaps_of_marked_codes_are_told_and_covered(db, lists):
    lists(1, "AM#NL1", "AM#NL2")
    lists(2, "BM#NL1", "BM#NL3")
    lists(2, "BM#NL2", status="off")
    assert list(rows(db, Filter("gap", "=", 1))) == ["BM#NL3"]
    assert list(rows(db, Filter("gap", "=", 2))) == ["AM#NL2"]
    assert list(rows(db, Filter("only", "=", 2))) == ["BM#NL3"]
    gaps = CoverageMatrix(db).ids(Query(filters=(Filter("gap", "=", 3),)))
    assert sum(one.codes for one in sources_for(db, gaps, 3)) == len(gaps) == 3


def test_an_operator_of_any_spelling_has_the_row(db, lists, tmp_path):
    lists(1, "AM#NL1")
    lists(2, "BM#NL1")
    path = tmp_path / "operators.csv"
    path.write_text("SKU,运营\nBM#NL1,Mei\nAM#NL1,Anna\n", "utf-8")
    assert [(one.row, one.why) for one in import_assignments(db, path).refused] == [(3, "twice")]
    (row,) = CoverageMatrix(db).first_page(Query(), 10)
    assert (row.match_key, row.member) == ("AM#NL1", "Mei")
    assign(db, [row.id], "Anna")
    assert CoverageMatrix(db).rows([row.id])[row.id].member == "Anna"


def test_a_catalogue_is_read_once_for_as_long_as_nobody_writes(db, lists, monkeypatch):
    lists(1, "AM#NL1")
    lists(2, "BM#NL1")
    read, real = [], module._plain_keys
    monkeypatch.setattr(module, "_plain_keys", lambda *given: read.append(1) or real(*given))
    assert rows(db) == {"AM#NL1": [1, 2]} and len(read) == 1
    lists(2, "BM#NL2")
    assert rows(db) == {"AM#NL1": [1, 2], "BM#NL2": [2]} and len(read) == 2


def test_nothing_is_read_where_no_store_has_marks(db):
    with db.reader.connect() as connection:
        assert own_codes(connection) is NOTHING


@pytest.mark.parametrize("seed", range(12))
def test_the_view_agrees_with_reading_each_code_as_its_store_means_it(db, lists, seed):
    """As long as no store without a mark writes what is another's mark."""
    chance, held = random.Random(seed), defaultdict(set)
    readers = {store_id: Reader(CodeRules(store=its)) for store_id, its in MARKS.items()}
    for _ in range(chance.randint(5, 40)):
        store_id = chance.randint(1, 4)
        code = "+".join(f"{item}*{n}" if (n := chance.choice((1, 1, 2))) > 1 else item for item in _items(chance))
        code += chance.choice(("", "", "_CUS"))
        if (its := MARKS.get(store_id)) is not None and chance.random() < 0.8:
            code = f"{its.prefix}{code}{its.suffix}"
        lists(store_id, code)
        held[readers[store_id].read(code).match_key if its else match_key(code)].add(store_id)
    assert sorted(rows(db).values()) == sorted(sorted(its) for its in held.values())
    for asked in range(1, 5):
        assert len(rows(db, Filter("gap", "=", asked))) == sum(asked not in its for its in held.values())
        assert len(rows(db, Filter("only", "=", asked))) == sum(its == {asked} for its in held.values())


def _items(chance):
    return chance.sample(("NL1", "NL2", "AB3", "ZZ9"), chance.choice((1, 1, 1, 2)))
