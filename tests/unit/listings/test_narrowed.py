"""First rows while somebody types: found among the rows of what was asked before, and the same as if nothing was."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services import sql_narrowed
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.moments import answers_of
from app.services.paging import Filter, Query
from app.services.sql_narrowed import Asked
from app.services.sql_source import SqlSource
from app.services.stores.source import StoreSource
from tests.unit.listings.test_large_tables import ASKED, expected, rows_of, source

__all__ = ["source"]

LIVE = (Filter("status", "in", ("live",)),)
TYPED = [typed for word in [*ASKED, "lamp sj", "耳机 usb"] for typed in (word[:end] for end in range(1, len(word) + 1))]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(TYPED),
        st.sampled_from([("", False), ("price", True), ("title", False), ("stock", True)]),
        st.sampled_from([(), LIVE]),
        st.sampled_from([(), (1,)]),
        st.sampled_from(["count", "order", "nothing", "everything", "commit"]),
    ),
    max_size=12,
)


def asked(text="", **others):
    return Query(text=text, **others)


def first(source, query, limit=5):
    return [row.id for row in source.first_page(query, limit)]


OTHER_WAYS = ("_window", "_looked_at", "_sorted", "_walk", "_searched_first", "_ordered")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(STEPS, st.sampled_from([(1, 2, 6), (2, 4, 40), (128, 4, 4_000)]))
def test_what_was_asked_before_changes_no_answer(source, monkeypatch, steps, sizes):
    for name, value in zip(("FIRST", "GROWTH", "MOST"), sizes, strict=True):
        monkeypatch.setattr(sql_narrowed, name, value)
    rows = rows_of(source)
    for number, (text, (sort, descending), filters, stores, then) in enumerate(steps):
        query = asked(text, sort=sort, descending=descending, filters=filters, store_ids=stores)
        wanted = expected(rows, query)
        assert first(source, query) == wanted[:5], query
        if then == "count":
            assert source.count(query) == len(wanted), query
        elif then == "order":
            assert list(source.ids(query)) == wanted, query
        elif then == "everything":
            source.ids(asked(sort=sort, descending=descending, filters=filters, store_ids=stores))
        elif then == "commit":
            edit_listings(source._db, [ListingEdit(rows[0]["id"], {"title": f"Slam {number}"})], label="change.edit")
            rows = rows_of(source)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (asked("la"), asked("lam")),
        (asked("耳机"), asked("耳机 usb")),
        (asked("usb"), asked("lamp usb")),
        (asked("lam"), asked("lam", filters=LIVE, store_ids=(1,))),
        (asked("lam", filters=LIVE), asked("lamp", filters=LIVE)),
        (asked("lam", sort="price"), asked("lamp", sort="price")),
        (asked("lam"), asked("lamp", sort="stock")),
        (asked("lamp", store_ids=(1,)), asked("lamp", store_ids=(1,))),
    ],
)
def test_a_narrower_question_is_answered_from_a_wider_one(source, before, now, monkeypatch):
    wanted = expected(rows_of(source), now)
    source.ids(Query(sort=now.sort, filters=before.filters, store_ids=before.store_ids))
    source.count(before)
    assert wanted
    for name in OTHER_WAYS:
        monkeypatch.setattr(SqlSource, name, None)
    assert first(source, now) == wanted[:5]
    assert list(source.ids(now)) == wanted


@pytest.mark.parametrize(
    ("wider", "narrower", "is_so"),
    [
        (Asked("t", ("ab",)), Asked("t", ("cab",)), True),
        (Asked("t", ("ab",)), Asked("t", ("x", "abc")), True),
        (Asked("t", ("ab", "x")), Asked("t", ("abx",)), True),
        (Asked("t", ("abc",)), Asked("t", ("ab",)), False),
        (Asked("t", ("ab", "y")), Asked("t", ("ab",)), False),
        (Asked("t", ("ab",)), Asked("u", ("ab",)), False),
        (Asked("t", ("ab",)), Asked("t", ("ab",), "f", (1,)), True),
        (Asked("t", ("ab",), "f"), Asked("t", ("ab",)), False),
        (Asked("t", ("ab",), "f"), Asked("t", ("ab",), "g"), False),
        (Asked("t", ("ab",), store_ids=(1,)), Asked("t", ("ab",), store_ids=(2,)), False),
    ],
)
def test_a_question_narrows_another_with_less_of_its_words(wider, narrower, is_so):
    assert narrower.narrows(wider) is is_so


def test_known_rows_are_read_no_further_than_is_worth_it(source, monkeypatch):
    monkeypatch.setattr(sql_narrowed, "MOST", 4)
    monkeypatch.setattr(sql_narrowed, "FIRST", 2)
    source.ids(Query())
    source.count(asked("la"))
    read: list[int] = []
    matching = SqlSource._matching_of

    def noted(self, connection, query, search, ids, limit):
        read.append(len(ids))
        return matching(self, connection, query, search, ids, limit)

    monkeypatch.setattr(SqlSource, "_matching_of", noted)
    query = asked("lamp usb")
    assert first(source, query) == expected(rows_of(source), query)[:5]
    assert read == [2]


def test_orders_are_kept_only_where_words_are_looked_up_in_an_index(source):
    """Those of other tables would push out the listings'."""
    source.ids(Query())
    for sort in ("", "name"):
        StoreSource(source._db).ids(Query(sort=sort))
    with source._db.answering() as connection:
        kept = source._db._kept.orders
        assert [asked.table for _, asked in kept.asked(answers_of(connection)._moment)] == ["listing"]
