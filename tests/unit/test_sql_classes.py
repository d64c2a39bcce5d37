"""Rows counted by the value of a field: as a plain count has it, whichever value was taken for the most common one."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from app.services import sql_classes, sql_told
from app.services.db import Database
from app.services.sql_classes import read_classes
from app.services.sql_conditions import Field
from app.services.sql_masks import Masks
from app.services.sql_table import OrderIndex, TableSpec

SPEC = TableSpec(
    table="thing",
    fields={"store": Field("store_id"), "kind": Field("kind")},
    default_sort="id",
    orders={"": OrderIndex("ix_thing", frozenset({"store", "kind"}))},
)
KINDS = ("live",) * 6 + ("draft", "off", "", None, "LIVE", 7)


@pytest.fixture
def rows():
    """By id the store and the kind; a third of the ids have no row."""
    chance = random.Random(3)
    return {id: (chance.choice((2, 5, 9)), chance.choice(KINDS)) for id in range(1, 300) if chance.random() < 0.66}


@pytest.fixture
def database(tmp_path, rows):
    db = Database(tmp_path / "shangjia.db")
    with db.bulk() as connection:
        connection.exec_driver_sql("CREATE TABLE thing (id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL, kind)")
        connection.exec_driver_sql("CREATE INDEX ix_thing ON thing (store_id, kind, id)")
        for id, (store, kind) in rows.items():
            connection.exec_driver_sql("INSERT INTO thing VALUES (?, ?, ?)", (id, store, kind))
    yield db
    db.dispose()


@pytest.mark.parametrize("looked_at", [1, 3, 200])
def test_the_most_common_value_is_what_the_others_leave(database, rows, monkeypatch, looked_at):
    monkeypatch.setattr(sql_classes, "LOOKED_AT", looked_at)
    with database.reader.connect() as connection:
        classes = read_classes(connection, SPEC, "kind", max(rows))
    assert set(classes.values) == {kind for _, kind in rows.values()}
    assert {id: classes.values[classes.of[id]] for id in rows} == {id: kind for id, (_, kind) in rows.items()}
    assert not np.delete(classes.of, list(rows)).any()
    assert classes.values[0] == "live" or looked_at < 200


@pytest.mark.parametrize("is_rest", [False, True])
@pytest.mark.parametrize("is_known", [False, True])
def test_rows_are_counted_by_value(database, rows, monkeypatch, is_rest, is_known):
    monkeypatch.setattr(sql_told, "FEW", 0)
    some = [id for id in rows if id % 3]
    with database.answering() if is_known else database.reader.connect() as connection:
        masks = Masks(connection, SPEC)
        told = masks.among(np.array(some))
        for _ in range(2):
            found = masks.numbers_by("kind", lambda: told.opposite if is_rest else told)
            assert found == Counter(kind for id, (_, kind) in rows.items() if (id in some) is not is_rest)


def test_what_has_no_rows_or_very_many_values_is_told_apart_by_nothing(database, rows, monkeypatch):
    monkeypatch.setattr(sql_told, "FEW", 0)
    with database.bulk() as connection:
        connection.exec_driver_sql("UPDATE thing SET kind = NULL WHERE store_id = 2")
        connection.exec_driver_sql("UPDATE thing SET kind = id WHERE store_id > 2")
    with database.answering() as connection:
        masks = Masks(connection, SPEC)
        everything = masks.among(np.array(list(rows)))
        assert sum(masks.numbers_by("kind", lambda: everything).values()) == len(rows)
        monkeypatch.setattr(sql_classes, "MOST_VALUES", 20)
        database.forget_answers()
        for _ in range(2):
            assert masks.numbers_by("kind", lambda: everything) is None
    with database.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM thing")
    with database.answering() as connection:
        masks = Masks(connection, SPEC)
        assert masks.numbers_by("kind", lambda: masks.among(np.empty(0, np.int64))) == {}


def test_stores_may_be_more_than_values(database, rows, monkeypatch):
    monkeypatch.setattr(sql_told, "FEW", 0)
    with database.bulk() as connection:
        connection.exec_driver_sql("UPDATE thing SET store_id = id % 9, kind = iif(id % 4, 'live', 'off')")
    monkeypatch.setattr(sql_classes, "MOST_VALUES", 3)
    with database.answering() as connection:
        masks = Masks(connection, SPEC)
        everything = masks.among(np.array(list(rows)))
        found = masks.numbers_by("kind", lambda: everything)
    assert found == Counter("live" if id % 4 else "off" for id in rows)


def test_a_failing_question_ends_the_reading_beside_it(database):
    def failing():
        raise KeyError("asked")

    with database.answering() as connection, pytest.raises(KeyError, match="asked"):
        Masks(connection, SPEC).numbers_by("kind", failing)
