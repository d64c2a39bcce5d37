"""Reading before SQLAlchemy is there: the same answers, the same rules."""

from __future__ import annotations

import sqlite3
from array import array

import pytest

from app.services.db import Database
from app.services.listings.source import ListingSource
from app.services.paging import Filter, Query
from app.services.plain_reading import PlainConnection
from app.services.stores.names import StoreName, store_names
from app.services.tasks import TaskCancelled, TaskContext

QUERIES = (
    Query(),
    Query(sort="price", descending=True),
    Query(text="lamp"),
    Query(text="no such thing"),
    Query(filters=(Filter("status", "=", "live"),), store_ids=(1,)),
    Query(sort="margin"),
)


@pytest.fixture
def plain(db: Database, make_listing) -> Database:
    """The database again, as the first rows of a start read it."""
    for number in range(5):
        make_listing(title=f"Table lamp {number}", status="live" if number % 2 else "draft")
    return Database(db.path)


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_rows_counts_and_order_are_those_of_sqlalchemy(db, plain, query):
    ours, theirs = ListingSource(plain), ListingSource(db)
    db.reader.connect().close()
    assert ours.first_page(query, 3) == theirs.first_page(query, 3)
    assert ours.count(query, TaskContext()) == theirs.count(query)
    ids = ours.ids(query, TaskContext())
    assert isinstance(ids, array) and ids == theirs.ids(query)
    assert ours.rows(ids) == theirs.rows(ids)
    assert ours.count_by("status", query) == theirs.count_by("status", query)
    assert [ours.children(id) for id in ids] == [theirs.children(id) for id in ids]
    assert plain._reader is None, "SQLAlchemy was not asked"


def test_it_is_a_snapshot_that_cannot_write(db, plain):
    with plain.look() as connection:
        count = "SELECT count(*) FROM listing"
        before = connection.exec_driver_sql(count).scalar()
        with db.bulk() as other:
            other.exec_driver_sql("DELETE FROM listing")
        assert connection.exec_driver_sql(count).scalar() == before == 5
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.exec_driver_sql("DELETE FROM listing")


def test_once_sqlalchemy_is_there_it_reads(plain):
    plain.reader.connect().close()
    with plain.look() as connection:
        assert not isinstance(connection, PlainConnection)
    plain.dispose()


def test_a_long_question_can_be_stopped(plain):
    ctx = TaskContext()
    ctx.stop.set()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    from app.services.sql_ids import interruptible

    with pytest.raises(TaskCancelled), plain.look() as connection, interruptible(connection, ctx):
        connection.exec_driver_sql(endless)


def test_results_are_read_as_sqlalchemys(plain):
    numbers = "SELECT value, value * 2 FROM json_each('[1, 2]')"
    with plain.look() as connection:
        ask = connection.exec_driver_sql
        assert list(ask(numbers)) == ask(numbers).all() == [(1, 2), (2, 4)]
        assert list(ask(numbers).scalars()) == [1, 2]
        assert ask(f"{numbers} LIMIT ?", (1,)).one() == (1, 2)
        assert ask(numbers).scalar() == 1
        assert ask(f"{numbers} LIMIT 0").scalar() is None
        for none_or_several in (f"{numbers} LIMIT 0", numbers):
            with pytest.raises(ValueError, match="unpack"):
                ask(none_or_several).scalar_one()


def test_stores_by_name(db, plain):
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET alias = 'CF', colour = '3', is_practice = 1")
    assert store_names(plain) == [StoreName(1, "晨帆数码", "CF", 3, True)]
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET colour = '', is_practice = 0")
    assert store_names(plain) == [StoreName(1, "晨帆数码", "CF", 0, False)]
