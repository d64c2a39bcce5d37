"""One row a code, one cell a store: gaps, what is listed nowhere else, whose it is."""

from __future__ import annotations

import pytest

from app.models import Order, OrderLine
from app.services.codes.known import checked_marks, write_store_marks
from app.services.coverage.assignments import assign, import_assignments
from app.services.coverage.covering import sources_for
from app.services.coverage.exporting import export_matrix
from app.services.coverage.matrix import CoverageMatrix, UnknownCondition
from app.services.paging import Filter, Query
from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import UnknownKind, open_workbook
from tests.unit.coverage.conftest import DAY_MS


def codes(db, *filters, **query):
    """Codes of a question, asked in all its ways, which must agree."""
    matrix, asked = CoverageMatrix(db), Query(filters=tuple(filters), **query)
    ids = list(matrix.ids(asked))
    assert [row.id for row in matrix.first_page(asked, 100)] == ids
    assert matrix.count(asked) == len(ids)
    rows = matrix.rows(ids)
    return [rows[number].match_key for number in ids]


def test_two_spellings_of_a_code_are_one_row(shops):
    assert codes(shops) == ["AB1", "AB2", "AB3", "AB4"]
    assert codes(shops, descending=True) == ["AB4", "AB3", "AB2", "AB1"]


def test_a_cell_says_price_stock_state_and_when_it_last_sold(shops):
    rows = CoverageMatrix(shops).first_page(Query(), 10)
    first = rows[0].stores
    assert set(first) == {1, 2}
    cell = first[1]
    assert (cell.status, cell.price_minor, cell.stock, cell.last_sold_ms, cell.more) == ("live", 1000, 5, 3 * DAY_MS, 1)
    assert (first[2].price_minor, first[2].stock, first[2].last_sold_ms) == (1250, 0, None)
    assert rows[1].stores[1].stock is None
    assert rows[3].stores[2].price_minor is None


@pytest.mark.parametrize("states", [("off", "draft"), ("draft", "off"), ("off", "draft", "live"), ("live", "draft")])
def test_of_several_listings_one_on_sale_stands_for_them_else_a_draft(db, make_listing, states):
    """Whichever of them is the older."""
    made = {state: make_listing(status=state, skus=(("AB7", 1000, 5),)).id for state in states}
    (row,) = CoverageMatrix(db).first_page(Query(), 10)
    best = "live" if "live" in states else "draft"
    cell = row.stores[1]
    assert (cell.status, cell.listing_id, cell.more) == (best, made[best], len(states) - 1)


def test_gaps_and_what_is_nowhere_else(shops):
    assert codes(shops, Filter("gap", "=", 2)) == ["AB2"]
    assert codes(shops, Filter("gap", "=", 1)) == ["AB4"]
    assert codes(shops, Filter("gap", "=", 3)) == ["AB1", "AB2", "AB4"]
    assert codes(shops, Filter("only", "=", 1)) == ["AB2"]
    assert codes(shops, Filter("only", "=", 2), Filter("gap", "=", 3)) == ["AB4"]


@pytest.fixture
def marked(shops, make_listing):
    """Store 3 writes `AM#` in front of its codes and has AB2, AB4 from another country, and one of its own."""
    write_store_marks(shops, 3, checked_marks("am#"))
    skus = (("AM#AB2", 1500, 7), ("am#ab4_CUS", 1600, 8), ("AM#ZZ9", 1700, 9))
    number = make_listing(title="Marked", product_id="31", status="live", skus=skus).id
    with shops.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET store_id = 3 WHERE id = ?", (number,))
    return shops


def test_a_code_with_the_mark_of_its_store_is_what_it_reads_as(marked):
    assert codes(marked) == codes(marked, descending=True)[::-1] == ["AB1", "AB2", "AB3", "AB4", "AM#ZZ9"]
    assert codes(marked, Filter("gap", "=", 3)) == ["AB1"]
    assert codes(marked, Filter("gap", "=", 2)) == ["AB2", "AM#ZZ9"]
    assert codes(marked, Filter("only", "=", 1)) == []
    assert codes(marked, Filter("only", "=", 3)) == ["AM#ZZ9"]
    assert codes(marked, text="AM#AB2") == ["AB2"]
    rows = CoverageMatrix(marked).first_page(Query(), 10)
    assert [(row.code, set(row.stores)) for row in rows[1:4]] == [("AB2", {1, 3}), ("AB3", {1}), ("AB4", {2, 3})]
    assert (rows[1].stores[3].price_minor, rows[3].stores[3].stock) == (1500, 8)


def test_an_operator_given_to_a_marked_code_has_its_row(marked, tmp_path):
    path = tmp_path / "operators.csv"
    path.write_text("SKU,运营\nAM#AB2,Li Wei\nAB2,Anna\nam#ab4_CUS,Mei\nAM#ZZ9,Mei\n", "utf-8")
    done = import_assignments(marked, path)
    assert (done.codes, [(one.row, one.why) for one in done.refused]) == (3, [(3, "twice")])
    rows = CoverageMatrix(marked).first_page(Query(), 10)
    assert [row.member for row in rows] == ["", "Li Wei", "", "Mei", "Mei"]


def test_the_mark_of_another_store_is_part_of_a_code(marked, make_listing):
    make_listing(title="Not theirs", product_id="41", status="live", skus=(("AM#AB1", 1000, 1), ("AM#AB2", 1, 1)))
    assert codes(marked, text="AM#") == ["AB2", "AB4", "AM#AB1", "AM#AB2", "AM#ZZ9"]
    assert codes(marked, Filter("gap", "=", 3)) == ["AB1", "AM#AB1"]


@pytest.mark.parametrize("store_id", [1, 2, 3])
def test_every_gap_of_marked_codes_can_be_covered(marked, store_id):
    with marked.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET status = 'off' WHERE product_id = '11'")
    asked = Query(filters=(Filter("gap", "=", store_id),))
    sources = sources_for(marked, CoverageMatrix(marked).ids(asked), store_id)
    assert sum(one.codes for one in sources) == CoverageMatrix(marked).count(asked) > 0


def test_a_marked_code_sold_when_it_was_ordered(marked):
    with marked.write() as session:
        order = Order(store_id=3, order_id="m", status="FINISH", created_ms=9 * DAY_MS, synced_ms=1)
        session.add(order)
        session.flush()
        line = {"title": "Marked", "quantity": 1, "currency": "USD", "status": ""}
        session.add(OrderLine(store_order_id=order.id, line_id="1", product_id="31", code="AM#AB2", **line))
    row = CoverageMatrix(marked).first_page(Query(text="AB2"), 1)[0]
    assert row.stores[3].last_sold_ms == 9 * DAY_MS


def test_operators_are_found_and_sorted(shops):
    ids = list(CoverageMatrix(shops).ids(Query()))
    assign(shops, ids[:1], "Li Wei")
    assign(shops, ids[2:3], "Anna")
    assert codes(shops, Filter("member", "=", "Li Wei")) == ["AB1"]
    assert codes(shops, Filter("member", "missing")) == ["AB2", "AB4"]
    assert codes(shops, sort="member") == ["AB3", "AB1", "AB2", "AB4"]
    assert codes(shops, text="li") == ["AB1"]
    assert codes(shops, text="ab2") == ["AB2"]


def test_an_unknown_condition_is_refused(shops):
    with pytest.raises(UnknownCondition):
        CoverageMatrix(shops).count(Query(filters=(Filter("colour", "=", 1),)))


def test_how_many_codes_each_store_has(shops):
    assert CoverageMatrix(shops).shares() == {1: 2, 2: 2}


def test_gaps_are_covered_from_the_store_that_has_most(shops):
    ids = CoverageMatrix(shops).ids(Query(filters=(Filter("gap", "=", 3),)))
    found = sources_for(shops, ids, 3)
    assert [(one.store_id, one.product_ids, one.codes) for one in found] == [(1, ("11",), 2), (2, ("21",), 1)]


@pytest.mark.parametrize("store_id", [1, 2, 3])
def test_every_gap_can_be_covered(shops, make_listing, store_id):
    """Neither a draft of another store nor what it took off sale can be taken over."""
    make_listing(title="Draft", status="draft", skus=(("AB7", 1000, 5),))
    asked = Query(filters=(Filter("gap", "=", store_id),))
    sources = sources_for(shops, CoverageMatrix(shops).ids(asked), store_id)
    assert sum(one.codes for one in sources) == CoverageMatrix(shops).count(asked) > 0


def test_the_matrix_goes_into_a_workbook(shops, tmp_path):
    path = tmp_path / "coverage.xlsx"
    assert export_matrix(shops.path, path, Query(), "en", TaskContext()) == 4
    with open_workbook(path) as book:
        rows = [list(row) for row in book.grid(book.sheets[0].name).rows()]
    assert rows[0][:3] == ["Merchant code", "Operator", "晨帆数码 price"]
    assert rows[1][:6] == ["AB1", "", 10.0, 5, "Live", "1970-01-04"]
    assert rows[2][3] == ""
    assert export_matrix(shops.path, tmp_path / "part.csv", [1], "zh", TaskContext()) == 1
    with pytest.raises(UnknownKind):
        export_matrix(shops.path, tmp_path / "coverage.doc", Query(), "en", TaskContext())
    stopped = TaskContext()
    stopped.stop.set()
    with pytest.raises(TaskCancelled):
        export_matrix(shops.path, tmp_path / "none.xlsx", [1, 2], "en", stopped)
    assert not (tmp_path / "none.xlsx").exists()
