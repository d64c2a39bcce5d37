"""Virtual codes, store marks, cover rules, guard settings, whole word lists: taken back; what moved on is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.services.codes.known import checked_marks, store_marks, write_store_marks
from app.services.codes.records import Component
from app.services.codes.virtual import list_virtual, remove_virtual, save_virtual
from app.services.compliance import check, load_context
from app.services.compliance.word_desk import WordDesk, new_list, words_of_change
from app.services.compliance.word_lists import Entry
from app.services.covering.rules import CoverRules, load_rules, save_rules
from app.services.db import Database
from app.services.history.contents import ChangeContents
from app.services.history.kept import KINDS, rows_of
from app.services.history.listing import list_changes
from app.services.history.returning import go_back
from app.services.history.undo import redo, undo
from app.services.listings.desk import ListingDesk
from app.services.listings.records import ListingRecord
from app.services.price_guard.settings import changed_settings, guard_settings, store_settings
from app.services.roles import NotAllowed, Role
from app.views.listings.field_values import field_name

ONE, TWO = (Component("AB1234", 2),), (Component("AB1234", 3), Component("CD5678", 1))


def newest(db: Database) -> str:
    return list_changes(db)[0].uid


def values(db: Database, uid: str) -> list[tuple[str, str, Any, Any, str]]:
    """Title, field, before, after and state of everything a change did."""
    contents = ChangeContents(db, uid)
    rows = contents.rows(contents.ids(None))  # type: ignore[arg-type]
    return [(row.title, one.field, one.before, one.after, row.state) for row in rows.values() for one in row.values]


def guard(db: Database, **typed: str) -> None:
    with db.bulk() as connection:
        store_settings(connection, changed_settings(guard_settings(connection), typed))


def hold_share(db: Database) -> int:
    with db.reader.connect() as connection:
        return guard_settings(connection).hold_bp


def test_virtual_codes_come_back_each_by_itself_and_a_newer_one_stays(db: Database) -> None:
    save_virtual(db, {"CB000001": ONE, "CB000002": ONE})
    first = newest(db)
    save_virtual(db, {"CB000002": TWO})
    second = newest(db)
    assert values(db, second) == [("CB000002", "virtual_code", "AB1234*2", "AB1234*3+CD5678", "stands")]
    back = undo(db, first)
    assert (back.restored, len(back.conflicts), list_virtual(db)) == (1, 1, {"CB000002": TWO})
    assert [one for one in values(db, first) if one[4] == "moved"] == [
        ("CB000002", "virtual_code", None, "AB1234*2", "moved")
    ]
    redo(db)
    assert list_virtual(db) == {"CB000001": ONE, "CB000002": TWO}
    undo(db, second)
    undo(db, first)
    assert list_virtual(db) == {}
    save_virtual(db, {"CB000001": ONE})
    assert remove_virtual(db, ["cb000001", "CB000009"]) == 1
    assert undo(db).restored == 1
    assert list_virtual(db) == {"CB000001": ONE}


def test_how_a_store_writes_its_codes_comes_back(db: Database) -> None:
    write_store_marks(db, 1, checked_marks("HK#", "", {"148": "US"}))
    write_store_marks(db, 1, checked_marks("HK#", "@ABCD"))
    write_store_marks(db, 1, checked_marks("HK#", "@ABCD"))  # says nothing new
    assert len(list_changes(db)) == 2
    [(name, field, before, after, _)] = values(db, newest(db))
    assert (field, before, after) == ("store_codes", "HK#…, 148=US", "HK#…@ABCD")
    assert name and field_name(field) == "How codes are written"
    undo(db), undo(db)
    with db.reader.connect() as connection:
        assert store_marks(connection) == {}
    redo(db)
    with db.reader.connect() as connection:
        assert dict(store_marks(connection)[1].countries) == {"148": "US"}


def test_cover_rules_come_back(db: Database) -> None:
    for rules in (CoverRules(stock=5), CoverRules(stock=5, price="price * 1.1")):
        save_rules(db, 1, 1, rules)
    assert values(db, newest(db))[0][2:4] == ("stock: 5", "price: price * 1.1; stock: 5")
    undo(db)
    assert load_rules(db, 1, 1) == CoverRules(stock=5)
    undo(db)
    assert load_rules(db, 1, 1) == CoverRules()


def test_guard_settings_come_back_but_only_by_who_may_set_them(db: Database) -> None:
    start = list_changes(db)
    guard(db, hold_bp="75")
    moment = list_changes(db)[0].created_at
    guard(db, hold_bp="80")
    assert (values(db, newest(db))[0][1], hold_share(db)) == ("setting", 8000)
    operator = ListingDesk(lambda: db, lambda: Role.OPERATOR)
    for act in (operator.undo, lambda: operator.go_back(moment.replace(year=1971))):
        with pytest.raises(NotAllowed):
            act()
    assert hold_share(db) == 8000
    go_back(db, moment.replace(year=1971))
    assert (hold_share(db), start) == (6000, [])
    with pytest.raises(NotAllowed):
        operator.redo()


def test_a_whole_list_comes_back_with_its_words_and_its_switch(db: Database) -> None:
    desk, listings = WordDesk(lambda: db), ListingDesk(lambda: db)
    team = new_list("Team words", "forbidden", "warn")
    desk.save_list(team)
    desk.save([Entry(team.key, f"word {number}") for number in range(30)])
    before = desk.lists()
    desk.remove_list(team.key)
    [(name, field, was, after, _)] = values(db, newest(db))
    assert (name, field, after) == ("Team words", "whole_word_list", None)
    assert was.startswith("forbidden · warn · on: word 0, word 1,") and was.endswith("+10")
    assert {one.word for one in words_of_change(db, newest(db))} == {f"word {number}" for number in range(30)}
    listings.undo()
    assert desk.lists().entries[team.key] == before.entries[team.key]
    listings.redo()
    assert team.key not in desk.lists().lists
    removed = newest(db)
    desk.save_list(new_list("Team words", "brand", "block"))  # somebody makes another one of the name
    assert len(listings.undo(removed).conflicts) == 1
    brands = desk.lists().lists["brands"]
    desk.save_list(replace(brands, is_on=False))
    assert [one.word for one in words_of_change(db, newest(db))]
    listings.undo()
    assert desk.lists().lists["brands"].is_on


def test_words_that_come_back_count_at_the_next_check(db: Database, make_listing: Callable[..., ListingRecord]) -> None:
    desk, listings = WordDesk(lambda: db), ListingDesk(lambda: db)
    record = make_listing("Lamp of Zorbion")

    def words() -> list[str]:
        with db.read() as session:
            found = check(record, load_context(session, 1))
        return [one.code for one in found if one.code.startswith("word.")]

    assert words() == []
    team = new_list("Team words", "forbidden", "warn")
    desk.save_list(team)
    desk.save([Entry(team.key, "zorbion")])
    assert len(words()) == 1
    listings.undo()
    assert words() == []
    listings.redo()
    assert len(words()) == 1


def test_a_new_list_that_has_words_by_now_is_not_taken_from_under_them(db: Database) -> None:
    desk, listings = WordDesk(lambda: db), ListingDesk(lambda: db)
    team = new_list("Team words", "forbidden", "warn")
    desk.save_list(team)
    made = newest(db)
    assert values(db, made)[0][3] == "forbidden · warn · on"
    desk.save([Entry(team.key, "wholesale")])
    assert len(listings.undo(made).conflicts) == 1
    assert [one.word for one in desk.lists().entries[team.key]] == ["wholesale"]
    assert listings.undo().conflicts == ()
    assert listings.undo(made).conflicts == ()
    assert team.key not in desk.lists().lists
    listings.redo()
    assert desk.lists().lists[team.key].severity == "warn"


def test_a_word_whose_number_was_given_away_comes_back_under_another(db: Database) -> None:
    desk = WordDesk(lambda: db)
    team = new_list("Team words", "forbidden", "warn")
    desk.save_list(team)
    desk.save([Entry(team.key, "first")])
    desk.remove_list(team.key)
    gone = newest(db)
    desk.save([Entry("brands", "Zorbax")])  # takes the free number
    assert undo(db, gone).conflicts == ()
    lists = desk.lists()
    assert [one.word for one in lists.entries[team.key]] == ["first"]
    assert "Zorbax" in {one.word for one in lists.entries["brands"]}


def test_every_kind_names_tables_that_are_there(db: Database) -> None:
    with db.reader.connect() as connection:
        for kind, tables in KINDS.items():
            key = [0] * max(map(len, tables.values()))
            assert rows_of(connection, kind, key) == {table: [] for table in tables}
