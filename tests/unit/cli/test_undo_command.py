"""`undo` for some listings, for some fields, and back to a point in time, on what the practice market has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.services.application import Application
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing


@pytest.fixture
def two(cli, synced, own_data_folder):
    """Two listings after one change of their titles and weights, with its number."""
    listings = cli("--json", "list", "--store", synced, "--limit", "2").json["listings"]
    ids = [one["id"] for one in listings]
    with Application(own_data_folder) as app:
        edits = [ListingEdit(id, {"title": f"New {id}", "weight_g": 7}) for id in ids]
        change = edit_listings(app.db, edits, label="change.edit", params={"title": "two"})
    return ids, [one["title"] for one in listings], change.uid


def state(folder, ids):
    with Application(folder) as app, app.db.read() as session:
        return [(one.title, one.weight_g) for one in (load_listing(session, id) for id in ids)]


def test_chosen_listings_and_fields(cli, two, own_data_folder):
    (first, second), titles, uid = two
    said = cli("--json", "undo", uid[:8], "--listing", str(second), "--field", "title")
    assert (said.code, said.json["restored"], said.json["conflicts"]) == (0, 1, 0)
    now = state(own_data_folder, [first, second])
    assert now == [(f"New {first}", 7), (titles[1], 7)]
    said = cli("--json", "undo", "--listing", str(second))
    assert (said.code, said.json["restored"]) == (0, 1), "the newest change, what is left of it there"
    assert cli("--json", "undo", uid).json["restored"] == 1
    assert [title for title, _ in state(own_data_folder, [first, second])] == titles
    assert cli("--json", "undo", uid).json["error"]["code"] == "undo.not_found"


@pytest.mark.parametrize(
    ("options", "named"),
    [(("--field", "colour"), ("colour", "title, weight_g")), (("--listing", "999999"), ("999999",))],
)
def test_what_is_no_part_of_the_change_is_refused_and_named(cli, two, own_data_folder, options, named):
    before = state(own_data_folder, two[0])
    said = cli("--json", "undo", two[2], *options)
    assert (said.code, said.json["error"]["code"]) == (2, "undo.no_part")
    assert all(name in said.json["error"]["message"] for name in named)
    assert state(own_data_folder, two[0]) == before


def moments(folder):
    """When the changes were made, oldest first, an hour apart, as `history` says it."""
    start = datetime(2026, 11, 20, 8, tzinfo=UTC)
    with Application(folder) as app, app.db.bulk() as connection:
        ids = list(connection.exec_driver_sql("SELECT id FROM change ORDER BY id").scalars())
        for hour, number in enumerate(ids):
            made_ms = round((start + timedelta(hours=hour)).timestamp() * 1000)
            connection.exec_driver_sql("UPDATE change SET created_ms = ? WHERE id = ?", (made_ms, number))
    return start


@pytest.mark.parametrize("at", ["2026-11-20T08:30Z", "2026-11-20T16:30"])  # Beijing time, as everywhere
def test_back_to_a_point_in_time(cli, two, own_data_folder, at):
    (first, second), _, uid = two
    cli("undo", uid, "--listing", str(first))
    with Application(own_data_folder) as app:
        edit_listings(app.db, [ListingEdit(second, {"title": "Later"})], label="change.edit", params={"title": "x"})
    moments(own_data_folder)
    said = cli("--json", "undo", "--back-to", at)
    assert (said.code, said.json["steps"], said.json["restored"], said.json["conflicts"]) == (0, 2, 2, 0)
    assert state(own_data_folder, [first, second]) == [(f"New {first}", 7), (f"New {second}", 7)]
    assert cli("--json", "undo", "--back-to", at).json["error"]["code"] == "undo.nothing"


def test_back_in_time_names_what_moved_on(cli, two, own_data_folder):
    (first, second), titles, _ = two
    with Application(own_data_folder) as app, app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET title = 'theirs' WHERE id = ?", (first,))
    moments(own_data_folder)
    said = cli("--json", "undo", "--back-to", "2026-11-20T07:00Z")
    assert (said.code, said.json["restored"], said.json["conflicting_listings"]) == (1, 1, [first])
    assert [title for title, _ in state(own_data_folder, [first, second])] == ["theirs", titles[1]]


@pytest.mark.parametrize("options", [(), ("--back-to", "2026-11-20T07:00Z")], ids=["one change", "back in time"])
def test_listings_left_alone_are_named_to_a_person_too(cli, two, own_data_folder, options):
    (first, second), _, _ = two
    with Application(own_data_folder) as app, app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET title = 'theirs' WHERE id = ?", (first,))
    if options:
        moments(own_data_folder)
    said = cli("undo", *options)
    assert said.code == 1
    assert f"  {first}  theirs" in said.out.splitlines() and f"  {second}  " not in said.out


@pytest.mark.parametrize("options", [("abc",), ("--listing", "1"), ("--field", "title")])
def test_a_point_in_time_goes_with_nothing_else(cli, options):
    said = cli("--json", "undo", *options, "--back-to", "2026-11-20T08:00")
    assert (said.code, said.json["error"]["code"]) == (2, "cli.usage")


def test_a_time_that_cannot_be_read_is_refused(cli, synced):
    said = cli("--json", "undo", "--back-to", "yesterday")
    assert (said.code, said.json["error"]["code"]) == (2, "publishing.time")
