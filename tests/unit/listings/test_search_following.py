"""The search tables after texts were changed in part: as if they had been made anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from app.services.listings.search_index import changed_stretch, followed
from app.services.listings.text import bigrams, fold
from tests.new_database import new_database

PIECES = st.sampled_from(
    ["lamp", "la", "mp", " ", "lamplamp", "aaa", "aaaa", "\n", "台灯", "лампа", "no. ", "1003", "x" * 130, "a\0b"]
)
TEXTS = st.lists(PIECES, max_size=7).map("".join)
PARTLY = st.tuples(TEXTS, PIECES, PIECES, TEXTS).map(lambda one: (one[0] + one[1] + one[3], one[0] + one[2] + one[3]))
ODD = range(0xFF00, 0xFFEF)
EDITS = st.lists(st.one_of(PARTLY, PARTLY, st.tuples(TEXTS, TEXTS)), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """How a store makes its search tables and what keeps them in step."""
    db = new_database(tmp_path_factory.mktemp("made") / "shangjia.db")
    with db.reader.connect() as connection:
        made = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name IN ('listing_searched', 'listing_trigram', 'listing_bigram') "
            "OR (type = 'trigger' AND (name GLOB 'listing_trigram_*' OR name GLOB 'listing_bigram_*'))"
        )
        found = sorted(made.scalars(), key=lambda sql: "CREATE TRIGGER" in sql)
    db.dispose()
    return found


@contextmanager
def store_of(tables: list[str], texts: list[str]) -> Iterator[Connection]:
    """Nothing but searched texts, by ids from 1 on, and their tables."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE listing_search (id INTEGER PRIMARY KEY, search_text, bigram_text)")
        for sql in tables:
            connection.exec_driver_sql(sql)
        for text in texts:
            row = (text, bigrams(text))
            connection.exec_driver_sql("INSERT INTO listing_search (search_text, bigram_text) VALUES (?, ?)", row)
        yield connection
    engine.dispose()


def ensure_whole(connection: Connection) -> None:
    """FTS5 compares every row of letters, every size and its totals with the texts. Raises where they differ."""
    for table in ("listing_trigram", "listing_bigram"):
        connection.exec_driver_sql(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")


@settings(max_examples=80, deadline=None)
@given(edits=EDITS, again=TEXTS)
def test_tables_are_as_if_made_anew(tables: list[str], edits: list[tuple[str, str]], again: str) -> None:
    with store_of(tables, [before for before, _ in edits]) as connection:
        with followed(connection) as follow:
            for number, (_, after) in enumerate(edits, 1):
                row = (after, bigrams(after), number)
                connection.exec_driver_sql(
                    "UPDATE listing_search SET search_text = ?, bigram_text = ? WHERE id = ?", row
                )
            follow(
                [(number, before, after) for number, (before, after) in enumerate(edits, 1)],
                [(number, bigrams(before), bigrams(after)) for number, (before, after) in enumerate(edits, 1)],
            )
        ensure_whole(connection)
        connection.exec_driver_sql("UPDATE listing_search SET search_text = ? WHERE id = 1", (again,))
        connection.exec_driver_sql("DELETE FROM listing_search WHERE id = (SELECT max(id) FROM listing_search)")
        ensure_whole(connection)


def test_the_check_sees_what_is_missing(tables: list[str]) -> None:
    with store_of(tables, ["table lamp"]) as connection:
        with followed(connection):
            connection.exec_driver_sql("UPDATE listing_search SET search_text = 'table lamps'")
        with pytest.raises(Exception, match="malformed"):
            ensure_whole(connection)


def test_little_is_written_where_little_is_another() -> None:
    rest = "\nsj0001003-xs\nbath mat"
    assert changed_stretch(f"rug for sink 1003{rest}", f"rug for sink no. 1003{rest}") == ("k 10", "k no. 10")
    assert changed_stretch("lamp", "lamp 2") == ("mp\n\n", "mp 2\n\n")
    whole = ("a lamp lamp\n\n", "a lamb lamp\n\n")
    assert changed_stretch("a lamp lamp", "a lamb lamp") == whole, "the other lamp still has these letters"


def test_no_folded_text_is_folded_further_by_the_tables() -> None:
    """What a stretch leaves out is compared letter by letter, so that the tables must see letters as they are."""
    letters = {folded for code in (*range(1, 0x3000), *ODD) if (folded := fold(chr(code))) and len(folded) == 1}
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE found USING fts5(text, tokenize='trigram')")
    connection.execute("CREATE VIRTUAL TABLE terms USING fts5vocab('found', 'row')")
    connection.execute("INSERT INTO found VALUES (?)", ("".join(f"{letter}\n\n" for letter in sorted(letters)),))
    known = {term[0] for (term,) in connection.execute("SELECT term FROM terms WHERE term GLOB '?' || char(10, 10)")}
    assert not known ^ letters
    connection.close()
