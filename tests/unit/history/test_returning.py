"""Back to a point in time: everything since then, newest first, conflicts named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.services.clock import from_ms
from app.services.errors import NotFound
from app.services.history.listing import list_changes
from app.services.history.returning import go_back
from app.services.history.undo import redo
from app.services.listings.desk import ListingDesk
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing


def retitle(db, record, *titles):
    for title in titles:
        edit_listings(db, [ListingEdit(record.id, {"title": title})], label="change.edit", params={"title": title})


def at(db, *moments):
    """Give the changes, oldest first, moments of their own."""
    with db.bulk() as connection:
        ids = list(connection.exec_driver_sql("SELECT id FROM change ORDER BY id").scalars())
        for number, moment in zip(ids, moments, strict=True):
            connection.exec_driver_sql("UPDATE change SET created_ms = ? WHERE id = ?", (moment, number))


def title(db, record):
    with db.read() as session:
        return load_listing(session, record.id).title


def test_everything_since_is_taken_back_and_can_be_done_again(db, make_listing):
    record, other = make_listing(), make_listing("Other")
    retitle(db, record, "one", "two")
    retitle(db, other, "Another")
    retitle(db, record, "three")
    at(db, 1000, 2000, 3000, 4000)
    done = ListingDesk(lambda: db).go_back(from_ms(1500))
    assert [one.params["title"] for one in done.changes] == ["three", "Another", "two"]
    assert (done.restored, done.conflicts) == ((record.id, other.id), ())
    assert (title(db, record), title(db, other)) == ("one", "Other")
    assert [one.is_undone for one in list_changes(db)] == [True, True, True, False]
    for expected in ("two", "two", "three"):
        redo(db)
        assert title(db, record) == expected
    assert title(db, other) == "Another"


def test_what_moved_on_is_named_and_left(db, make_listing):
    record, other = make_listing(), make_listing("Other")
    retitle(db, record, "one")
    retitle(db, other, "Another")
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET title = 'theirs' WHERE id = ?", (record.id,))
    done = go_back(db, datetime(1970, 1, 1, tzinfo=UTC))
    assert (done.restored, done.conflicts) == ((other.id,), (record.id,))
    assert title(db, record) == "theirs"


def test_nothing_since_is_said(db, make_listing):
    retitle(db, make_listing(), "one")
    at(db, 1000)
    with pytest.raises(NotFound):
        go_back(db, from_ms(1000))
