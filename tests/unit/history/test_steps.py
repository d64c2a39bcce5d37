"""Back to a point in time through undos of parts, redos and earlier ways back: the state that was there then."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from app.services.clock import from_ms
from app.services.errors import NotFound
from app.services.history.listing import list_changes
from app.services.history.recording import add_range, record_change
from app.services.history.returning import count_since, go_back
from app.services.history.steps import Step, standing
from app.services.history.undo import redo, undo
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listings
from app.services.listings.tags import tags_of

DAY_MS = 86_400_000


@pytest.fixture
def clock(monkeypatch):
    """Everything happens a day after what was before; returns the last moment."""
    moments = [datetime(2030, 1, 1, tzinfo=UTC)]

    def now_ms():
        moments.append(from_ms(int(moments[-1].timestamp() * 1000) + DAY_MS))
        return int(moments[-1].timestamp() * 1000)

    for module in ("history.undo", "history.recording", "listings.editing"):
        monkeypatch.setattr(f"app.services.{module}.now_ms", now_ms, raising=False)
    return lambda: moments[-1]


def edit(db, *records, **fields):
    """Give listings the same fields or tags. Returns: the change's uid, None where all had them."""
    tags = {name: fields.pop(name) for name in ("add_tags", "remove_tags") if name in fields}
    change = edit_listings(db, [ListingEdit(one.id, fields, **tags) for one in records], label="change.edit")
    return change and change.uid


def imported(db, *records):
    """Note listings as made by one import. Returns: the change's uid."""
    with db.bulk() as connection:
        change_id, change = record_change(
            connection, kind="import", label="change.import", params={}, listing_count=len(records)
        )
        add_range(connection, change_id, records[0].id, records[-1].id)
        connection.exec_driver_sql("UPDATE listing SET updated_ms = (SELECT max(created_ms) FROM change)")
    return change.uid


def state(db):
    """What stands, by listing id."""
    with db.read() as session:
        connection = session.connection()
        ids = list(connection.exec_driver_sql("SELECT id FROM listing ORDER BY id").scalars())
        tags = tags_of(connection, ids)
        return {
            one.id: (one.title, one.weight_g, one.skus[0].stock, tags.get(one.id, ()))
            for one in load_listings(session, ids)
        }


@pytest.fixture
def two(make_listing):
    return make_listing("Lamp"), make_listing("Mug")


def test_parts_undone_in_turn_after_all_was_done_again(db, two, clock):
    """Undone, done again, undone for the one, for the other, and that done again: the first undo comes last of all."""
    first = two[0]
    before = state(db)
    both = edit(db, *two, title="both")
    undo(db)
    moment = clock()
    redo(db)
    undo(db, both, only=[first.id]), undo(db), redo(db)
    assert [title for title, *_ in state(db).values()] == ["Lamp", "both"]
    assert go_back(db, moment).conflicts == ()
    assert state(db) == before


def test_created_listings_that_went_in_turn_after_all_came_again(db, two, clock):
    """Nothing stood; what came, and went for the one and the other, goes as a whole."""
    first, second = two
    made = imported(db, *two)
    undo(db)
    moment = clock()
    redo(db)
    undo(db, made, only=[first.id]), undo(db, made, only=[first.id, second.id]), redo(db)
    assert list(state(db)) == [second.id]
    assert go_back(db, moment).conflicts == ()
    assert state(db) == {}


def test_an_undo_whose_place_another_took_is_reversed_through_that_one(db, two, clock):
    edit(db, *two, title="both")
    undo(db), redo(db), undo(db)
    with db.bulk() as connection:
        first, second = connection.exec_driver_sql("SELECT id FROM change WHERE kind = 'undo' ORDER BY id").scalars()
        assert (standing(connection, first), standing(connection, second)) == (second, second)
    redo(db)
    with db.bulk() as connection:
        assert standing(connection, second) is None
        assert standing(connection, first - 1) == first - 1, "a change stands for itself"


def test_an_undo_that_stands_no_more_is_left_alone_and_told(db, two, clock, monkeypatch):
    edit(db, *two, title="both")
    undo(db), redo(db)
    with db.bulk() as connection:
        number = connection.exec_driver_sql("SELECT max(id) FROM change WHERE kind = 'undo'").scalar()
    monkeypatch.setattr("app.services.history.returning.steps_since", lambda *_: [Step(number)])
    done = go_back(db, clock())
    assert (done.restored, done.conflicts) == ((), (two[0].id, two[1].id))
    assert [one[0] for one in state(db).values()] == ["both", "both"]


def test_many_edits_undone_one_by_one_are_nothing(db, two, clock):
    moment = clock()
    for number in range(30):
        edit(db, two[number % 2], title=f"title {number}")
    for _ in range(30):
        undo(db)
    assert count_since(db, moment) == 0


def test_a_listing_that_came_and_went_is_about_its_tags_too(db, two, clock):
    """Tagged, both untagged by an undo of the one and a change: what went meanwhile comes before the tags."""
    first, second = two
    made = imported(db, *two)
    tagged = edit(db, *two, add_tags=("new",))
    undo(db), undo(db)
    moment = clock()
    redo(db), redo(db)
    undo(db, tagged, only=[first.id]), undo(db, made, only=[first.id])
    before = state(db)
    assert before == {second.id: ("Mug", None, 120, ("new",))}
    later = clock()
    assert go_back(db, moment).conflicts == ()
    assert state(db) == {}
    assert go_back(db, later).conflicts == ()
    assert state(db) == before


class Walk:
    """Edits, undos of parts, redos and ways back in any order; remembers what stood after each."""

    def __init__(self, db, clock, records, seed):
        self.db, self.clock, self.records, self.random = db, clock, records, random.Random(seed)
        self.past = [(clock(), state(db))]

    def step(self):
        kind = self.random.choices((self.edit, self.undo, self.part, self.redo, self.back), (4, 4, 4, 4, 2))[0]
        kind()
        self.past.append((self.clock(), state(self.db)))

    def some(self, things):
        return [one for one in things if self.random.random() < 0.6] or [self.random.choice(list(things))]

    def edit(self):
        there = [one for one in self.records if one.id in state(self.db)]
        if there:
            title = {"title": self.random.choice(("Lamp", "one", "two"))}
            tags = {self.random.choice(("add_tags", "remove_tags")): ("new",)}
            fields = self.random.choice((title, {"weight_g": self.random.choice((5, 6))}, tags))
            edit(self.db, *self.some(there), **fields)

    def undo(self):
        with suppress(NotFound):
            undo(self.db)

    def part(self):
        standing = [one for one in list_changes(self.db) if not one.is_undone]
        if standing:
            only = self.some([one.id for one in self.records])
            undo(self.db, self.random.choice(standing).uid, only=only)

    def redo(self):
        with suppress(NotFound):
            redo(self.db)

    def back(self):
        moment, before = self.random.choice(self.past)
        if count_since(self.db, moment):
            assert go_back(self.db, moment).conflicts == ()
        assert state(self.db) == before


@pytest.mark.parametrize("seed", range(40))
def test_every_way_back_brings_the_state_of_its_moment(db, make_listing, clock, seed):
    records = [make_listing("Lamp") for _ in range(3)]
    imported(db, *records)
    walk = Walk(db, clock, records, seed)
    for _ in range(30):
        walk.step()
