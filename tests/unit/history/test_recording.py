"""How a change is written: images that end where the newest edit ends, what may be gone on with, what it is called."""

from __future__ import annotations

import getpass
from functools import partial

import orjson
import pytest

from app.messages import messages
from app.services.history.columns import COLUMNS, Staged, blocks, forget, leave_out, new_stage, staged_listings
from app.services.history.entries import entries_of, moved_on, put_back, reversed_entry
from app.services.history.listing import can_redo, can_undo, changes_of_listing, find_change, list_changes
from app.services.history.recording import (
    add_entries,
    add_range,
    can_continue,
    extend_entries,
    record_change,
    record_right,
    this_person,
)
from app.services.history.records import RIGHT, ChangeRecord, Entry
from app.services.history.undo import undo
from app.services.history.wording import change_label, said


@pytest.fixture
def begun(db):
    """Begin changes in one transaction each; gives the id and the record."""

    def begin(kind="edit", label="change.edit", listing_count=1, **more):
        with db.bulk() as connection:
            return record_change(
                connection, kind=kind, label=label, params=more.pop("params", {}), listing_count=listing_count, **more
            )

    return begin


def stored(db, change_id):
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT noun, row_id, before, after FROM change_entry WHERE change_id = ? ORDER BY id", (change_id,)
        )
        return [(row[0], row[1], *(orjson.loads(image) if image else None for image in row[2:])) for row in rows]


class TestContinuing:
    def test_an_image_ends_where_the_last_edit_ends(self, db, begun):
        number, _ = begun()
        with db.bulk() as connection:
            add_entries(
                connection, number, [Entry("listing", 1, 1, {"title": "a", "unit": ""}, {"title": "b", "unit": "x"})]
            )
            newer = Entry("listing", 1, 1, {"title": "b", "weight_g": None}, {"title": "c", "weight_g": 5})
            left = extend_entries(connection, number, [newer, Entry("sku", 1, 1, {"code": "A"}, {"code": "B"})])
        assert stored(db, number) == [("listing", 1, {"title": "a", "unit": ""}, {"title": "c", "unit": "x"})]
        assert [(one.noun, one.before, one.after) for one in left] == [
            ("listing", {"weight_g": None}, {"weight_g": 5}),
            ("sku", {"code": "A"}, {"code": "B"}),
        ]

    def test_what_the_change_made_itself_needs_no_image(self, db, begun):
        number, _ = begun()
        with db.bulk() as connection:
            add_range(connection, number, 10, 12)
            inside, outside = (Entry("listing", at, at, {"title": "a"}, {"title": "b"}) for at in (12, 13))
            assert extend_entries(connection, number, [inside, outside]) == [outside]

    def test_a_made_or_deleted_row_is_an_entry_of_its_own(self, db, begun):
        number, _ = begun()
        made, gone = Entry("sku", 5, 1, None, {"code": "A"}), Entry("sku", 6, 1, {"code": "B"}, None)
        with db.bulk() as connection:
            assert extend_entries(connection, number, [made, gone]) == [made, gone]

    def test_only_the_newest_of_its_kind_goes_on(self, db, begun):
        first, _ = begun()
        with db.bulk() as connection:
            assert can_continue(connection, first)
            assert not can_continue(connection, first, "import")
            connection.exec_driver_sql(
                'INSERT INTO change_column (change_id, store_id, "column", first_listing_id, last_listing_id, row_ids, '
                "listing_ids, before, after) VALUES (?, 1, 'stock', 1, 1, '[1]', '[1]', '[1]', '[2]')",
                (first,),
            )
            assert not can_continue(connection, first)
        second, _ = begun()
        with db.bulk() as connection:
            assert not can_continue(connection, first) and can_continue(connection, second)


class TestLists:
    def test_rights_are_history_but_nothing_to_undo(self, db, begun):
        _, edit = begun()
        with db.bulk() as connection:
            record_right(connection, label="change.access_given", store_id=1, store="Chenfan")
            record_right(connection, label="change.access_given", store_id=1, store="Chenfan")
        assert [one.kind for one in list_changes(db)] == [RIGHT, RIGHT, "edit"]
        assert list_changes(db, limit=1)[0].label == "change.access_given"
        found = can_undo(db)
        assert found is not None and found.uid == edit.uid
        assert can_redo(db) is None

    def test_a_beginning_names_a_change_unless_it_names_two(self, db, begun):
        _, one = begun()
        with db.bulk() as connection:
            assert find_change(connection, one.uid[:6])[1] == one
            assert find_change(connection, "") is None
            assert find_change(connection, one.uid + "0") is None
            assert find_change(connection, "%") is None
            connection.exec_driver_sql("UPDATE change SET uid = 'aa1' WHERE uid = ?", (one.uid,))
        begun()
        with db.bulk() as connection:
            connection.exec_driver_sql("UPDATE change SET uid = 'aa2' WHERE uid <> 'aa1'")
            assert find_change(connection, "aa") is None
            assert find_change(connection, "aa2") is not None

    def test_changes_of_one_listing_wherever_it_is_noted(self, db, begun):
        numbers = [begun()[0] for _ in range(3)]
        with db.bulk() as connection:
            add_entries(connection, numbers[0], [Entry("listing", 7, 7, {"title": "a"}, {"title": "b"})])
            add_range(connection, numbers[1], 5, 9)
            connection.exec_driver_sql(
                'INSERT INTO change_column (change_id, store_id, "column", first_listing_id, last_listing_id, row_ids, '
                "listing_ids, before, after) VALUES (?, 1, 'stock', 6, 8, '[1,2]', '[6,8]', '[1,1]', '[2,2]')",
                (numbers[2],),
            )
        assert len(changes_of_listing(db, 7)) == 2
        assert len(changes_of_listing(db, 8)) == 2
        assert len(changes_of_listing(db, 10)) == 0

    def test_who_it_was_where_the_computer_does_not_say(self, monkeypatch, begun):
        def nobody():
            raise OSError("no name")

        monkeypatch.setattr(getpass, "getuser", nobody)
        assert this_person() == ""
        assert begun()[1].actor == "" and begun(actor="Ann")[1].actor == "Ann"


def extended(connection, change_id, listing_ids):
    """What the change has about these listings goes on to other titles."""
    left = extend_entries(
        connection, change_id, [Entry("listing", one, one, {"title": "Lamp"}, {"title": "2"}) for one in listing_ids]
    )
    assert left == []


def steps_of(connection, act):
    """How many steps SQLite's machine takes in *act*, in tens."""
    found, driver = [], connection.connection.driver_connection
    driver.set_progress_handler(lambda: found.append(1), 10)
    act()
    driver.set_progress_handler(None, 0)
    return len(found)


class TestRows:
    @pytest.mark.parametrize("noun", ["listing", "sku", "assignment", "group"])
    def test_a_reversed_entry_reversed_is_itself(self, noun):
        entry = Entry(noun, 1, 2, {"a": 1}, None)
        assert reversed_entry(reversed_entry(entry)) == entry

    def test_rows_go_back_in_steps_and_those_that_moved_are_named(self, db, begun, make_listing):
        record, number = make_listing("First"), begun()[0]
        steps = [("First", "Second"), ("Second", "Third")]
        with db.bulk() as connection:
            add_entries(
                connection,
                number,
                [Entry("listing", record.id, record.id, {"title": a}, {"title": b}) for a, b in steps],
            )
            connection.exec_driver_sql("UPDATE listing SET title = 'Third' WHERE id = ?", (record.id,))
            newest, oldest = entries_of(connection, number, [record.id])
            assert (moved_on(connection, [newest]), moved_on(connection, [oldest])) == (set(), {record.id})
            put_back(connection, newest)
            assert moved_on(connection, [oldest]) == set()

    @pytest.mark.parametrize("read", [entries_of, extended])
    def test_some_listings_of_a_large_change_cost_what_they_do_in_a_small_one(self, db, begun, read):
        steps = []
        for count in (50, 2_000):
            number = begun()[0]
            with db.bulk() as connection:
                entries = [Entry("listing", one, one, {"title": ""}, {"title": "Lamp"}) for one in range(count)]
                add_entries(connection, number, entries)
                steps.append(steps_of(connection, partial(read, connection, number, list(range(20, 40)))))
        assert steps[1] < 1.5 * steps[0]

    def test_a_row_that_is_gone_moved_on(self, db, make_listing):
        record = make_listing()
        sku = record.skus[0]
        with db.bulk() as connection:
            kept = Entry("sku", sku.id, record.id, {"code": "X"}, {"code": sku.code})
            assert moved_on(connection, [kept]) == set()
            connection.exec_driver_sql("DELETE FROM sku WHERE id = ?", (sku.id,))
            assert moved_on(connection, [kept]) == {record.id}
            assert moved_on(connection, [Entry("sku", sku.id, record.id, {"code": sku.code}, None)]) == set()

    def test_pictures_are_compared_as_a_list(self, db, make_listing):
        record = make_listing(images=("a.jpg", "b.jpg"))
        with db.bulk() as connection:
            same = Entry("images", record.id, record.id, {"sources": []}, {"sources": ["a.jpg", "b.jpg"]})
            other = Entry("images", record.id, record.id, {"sources": []}, {"sources": ["b.jpg", "a.jpg"]})
            assert (moved_on(connection, [same]), moved_on(connection, [other])) == (set(), {record.id})


class TestColumns:
    def test_only_columns_that_may_be_packed(self):
        assert COLUMNS == ("price_minor", "stock")
        with pytest.raises(KeyError):
            Staged("code; DROP TABLE sku", "temp.x")

    def test_blocks_hold_whole_listings_and_all_of_them(self, db, monkeypatch):
        monkeypatch.setattr("app.services.history.columns.BLOCK_ROWS", 3)
        with db.bulk() as connection:
            staged = new_stage(connection, "stock")
            rows = [(listing, listing * 10 + at, 1, 0, 1) for listing in (1, 2, 4, 9) for at in range(2)]
            connection.exec_driver_sql(f"INSERT INTO {staged.table} VALUES (?, ?, ?, ?, ?)", rows)
            found = [staged_listings(connection, block) for block in blocks(connection, [staged])]
            assert [one for block in found for one in block] == [1, 2, 4, 9] and len(found) > 1
            leave_out(connection, staged.table, [2, 9, 77])
            assert staged_listings(connection, [staged]) == [1, 4]
            assert staged_listings(connection, []) == []
            forget(connection, [staged])


class TestWording:
    def change(self, label, **params):
        with_params = {"uid": "u", "kind": "edit", "label": label, "params": params}
        return ChangeRecord(**with_params, source="", listing_count=1, created_at=None, is_undone=False)

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_a_message_within_a_message_follows_the_language(self, monkeypatch, language):
        monkeypatch.setattr(messages, "language", language)
        told = change_label(self.change("change.group_deleted", name=said("sheet_field.title")))
        assert ("标题" if language == "zh" else "Title") in told

    def test_another_versions_change_is_told_by_its_label(self):
        assert change_label(self.change("change.of_the_future", n=1)) == "change.of_the_future"
        assert change_label(self.change("change.group_deleted")) == "change.group_deleted"

    def test_hostile_params_are_only_text(self):
        assert "{0.__class__}" in change_label(self.change("change.group_deleted", name="{0.__class__}"))


def test_an_undo_of_chosen_listings_leaves_the_change_open(db, begun, make_listing):
    records, (number, change) = [make_listing("A"), make_listing("B")], begun(listing_count=2)
    with db.bulk() as connection:
        add_entries(
            connection,
            number,
            [Entry("listing", one.id, one.id, {"title": "old"}, {"title": one.title}) for one in records],
        )
    assert undo(db, change.uid, only=[records[0].id]).restored == 1
    assert not list_changes(db)[0].is_undone
    assert undo(db, change.uid, fields=["weight_g"]).restored == 0
    rest = undo(db, change.uid)
    assert (rest.restored, rest.conflicts) == (1, ())
    assert list_changes(db)[0].is_undone
