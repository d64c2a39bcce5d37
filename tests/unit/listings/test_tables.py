"""A listing's row and what stands beside it: written by the names of the columns, gone together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.services.listings.tables import BODY, PARTS, SEARCHED, WHOLE, columns_by_table, update_listings
from app.services.listings.writing import insert_columns

WHOLE_ROWS = f"SELECT * FROM {WHOLE} ORDER BY id"


def rows(connection: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.exec_driver_sql(WHOLE_ROWS).mappings()]


def test_columns_by_their_tables():
    assert columns_by_table(("title", "remote", "status", "search_text", "keywords")) == {
        "listing": ["title", "status"],
        "listing_body": ["remote", "keywords"],
        "listing_search": ["search_text"],
    }
    assert columns_by_table(()) == {}


def test_every_column_beside_is_known(db):
    with db.reader.connect() as connection:
        told = {table: {row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")} for table in PARTS}
    assert told["listing_body"] == {"id", *BODY}
    assert told["listing_search"] == {"id", *SEARCHED}
    assert told["listing"].isdisjoint((*BODY, *SEARCHED))


def test_a_row_that_went_comes_back_whole(db, make_listing):
    listing = make_listing(keywords="lamp, desk", detail_html="<p>Brass</p>", extra={"Cost": "4"}, remote={"a": 1})
    with db.bulk() as connection:
        [before] = rows(connection)
        connection.exec_driver_sql("DELETE FROM listing WHERE id = ?", (listing.id,))
        for table in PARTS:
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0
        number = before.pop("id")
        insert_columns(connection, "listing", number, before)
        assert rows(connection) == [{"id": number, **before}]
        for table in ("listing_trigram", "listing_bigram"):
            connection.exec_driver_sql(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")


def test_each_value_lands_in_its_row(db, make_listing):
    ids = [make_listing(f"Lamp {number}").id for number in range(3)]
    with db.bulk() as connection:
        new = [(f"Desk {number}", f"word {number}", f"found {number}", number) for number in ids[:2]]
        update_listings(connection, ("title", "keywords", "search_text"), new)
        found = [(row["title"], row["keywords"], row["search_text"], row["id"]) for row in rows(connection)]
        assert found[:2] == new and found[2][0] == "Lamp 2"
        asked = "SELECT rowid FROM listing_trigram WHERE listing_trigram MATCH '\"fou\"' ORDER BY rowid"
        assert list(connection.exec_driver_sql(asked).scalars()) == ids[:2]
