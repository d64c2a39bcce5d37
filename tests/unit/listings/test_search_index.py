"""Indexes made anew after many new rows, and the text that is searched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from app.services.db import Database
from app.services.listings.search_index import UNORDERED, indexed_at_once
from app.services.listings.source import ListingSource
from app.services.listings.text import fold, search_text
from app.services.paging import Query


def indexes(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return {row[0]: row[1] for row in rows}


def test_more_variants_than_are_stored_are_indexed_at_the_end(db: Database) -> None:
    with db.bulk() as connection:
        before = indexes(connection)
        with indexed_at_once(connection, 1):
            assert indexes(connection).keys() == before.keys() - set(UNORDERED)
        assert indexes(connection) == before


def test_a_few_variants_leave_the_indexes_of_a_large_store_alone(db: Database) -> None:
    with db.bulk() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        row = "INSERT INTO sku (listing_id, position, code, match_key, ships_from, barcode, properties) VALUES "
        connection.exec_driver_sql(f"{row} (1, 0, 'A', 'A', '', '', '[]'), (1, 1, 'B', 'B', '', '', '[]')")
        before = indexes(connection)
        with indexed_at_once(connection, 1):
            assert indexes(connection) == before
        assert indexes(connection) == before
        connection.exec_driver_sql("DELETE FROM sku")


def test_a_failure_inside_leaves_all_indexes(db: Database) -> None:
    with db.read() as session:
        before = indexes(session.connection())
    with pytest.raises(ValueError, match="stop"), db.bulk() as connection, indexed_at_once(connection, 1):
        raise ValueError("stop")
    with db.read() as session:
        assert indexes(session.connection()) == before


CODES = st.lists(st.text("Aa1-耳é \t\n\x1cＡß", max_size=5), max_size=4)


@given(CODES)
def test_codes_are_searched_folded_one_a_line_each_once(codes: list[str]) -> None:
    expected = [folded for code in dict.fromkeys(codes) if (folded := fold(code))]
    assert search_text("Title", "", None, codes, "word") == "\n".join(["title", *expected, "word"])


FOUND = {
    "bluetoo": {"Bluetooth Earphones"},
    "EARPHONE": {"Bluetooth Earphones"},
    "НАУШНИК": {"Беспроводные наушники"},
    "проводн": {"Беспроводные наушники"},
    "ё": {"Чёрный чехол"},
    "耳机": {"无线蓝牙耳机"},
    "蓝牙耳": {"无线蓝牙耳机"},
    "牙": {"无线蓝牙耳机"},
    "LM44": {"Bluetooth Earphones", "Беспроводные наушники", "Чёрный чехол", "无线蓝牙耳机"},
    "наушники 耳机": set(),
}


def test_parts_of_words_are_found_in_every_script(db: Database, make_listing) -> None:
    for title in FOUND["LM44"]:
        make_listing(title)
    source = ListingSource(db)
    for typed, found in FOUND.items():
        asked = Query(text=typed)
        assert {row.title for row in source.first_page(asked, 10)} == found, typed
        assert source.count(asked) == len(found)
