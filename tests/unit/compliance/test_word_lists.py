"""Word lists of the team: whose verdict wins, where it holds, sheets of words, and listings checked anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.messages import Messages
from app.services.compliance.findings import Severity
from app.services.compliance.loading import load_context
from app.services.compliance.recheck import check_listings, recheck
from app.services.compliance.word_desk import BadWord, WordDesk, new_list, words_of_change
from app.services.compliance.word_lists import CODES, KINDS, USUAL, Entry, Lists, compiled, shipped_lists
from app.services.compliance.word_sheets import NoHead, NoWords, WordSheet, heads, read_words, write_words
from app.services.compliance.words import is_inside, word_book, word_key
from app.services.db import Database
from app.services.errors import NotFound
from app.services.history.listing import list_changes
from app.services.history.undo import undo
from app.services.listings.desk import ListingDesk
from app.services.listings.words_recheck import carrying, recheck_words
from app.services.tasks import TaskContext
from tests.new_database import new_database
from tests.unit.compliance.examples import CLOCKS, LAMPS, LIGHTING
from tests.unit.compliance.stored import OTHER, OWN, add_listing, seed_store

PHOTOBANK = "https://ae01.alicdn.com/kf/a.jpg"
STORES = {OWN: "Chenfan Digital", OTHER: "Amber Isle Home"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[WordDesk]:
    db = new_database(tmp_path / "shangjia.db")
    seed_store(db)
    yield WordDesk(lambda: db)
    db.dispose()


def add(desk: WordDesk, *words: str, **more: object) -> None:
    desk.save([Entry("brands", word, **more) for word in words])  # type: ignore[arg-type]


def said(desk: WordDesk, text: str, store: int | None = OWN, category: str = "") -> list[tuple[str, str]]:
    return [(one.word, str(one.severity)) for one in desk.try_text(text, store, category)]


class TestShipped:
    def test_they_are_what_the_checker_begins_with(self) -> None:
        lists = shipped_lists()
        text = "Nike shoes, apple green, 苹果手机, toy gun and WhatsApp"
        assert [word.text for word in compiled(lists).find(text)] == [word.text for word in word_book().find(text)]
        assert {one.kind for one in lists.lists.values()} == set(KINDS) == set(CODES) == set(USUAL)
        assert all(one.count and one.is_shipped for one in lists.lists.values())


class TestWhoWins:
    def test_the_team_before_what_is_shipped_and_the_latest_day_before_all(self, desk: WordDesk) -> None:
        assert said(desk, "Lego bricks") == [("Lego", "hold")]
        add(desk, "LEGO", severity="block", as_of="2026-05-01")
        assert said(desk, "lego bricks") == [("LEGO", "block")]
        assert desk.lists().lists["brands"].count == shipped_lists().lists["brands"].count, "it took the other's place"
        desk.save([Entry("claims", "lego", severity="allow", as_of="2026-05-02")])
        assert said(desk, "lego bricks") == []
        desk.save([Entry("prohibited_goods", "Lego", as_of="2026-05-03", source="today's feedback")])
        assert said(desk, "lego bricks") == [("Lego", "block")]

    def test_exceptions_of_one_list_hold_in_all(self, desk: WordDesk) -> None:
        desk.save([Entry("prohibited_goods", "apple", as_of="2026-05-01")])
        assert said(desk, "apple green mug") == []
        assert said(desk, "Apples") == [("apple", "block")]

    def test_a_verdict_may_hold_in_some_stores_and_categories_only(self, desk: WordDesk) -> None:
        add(desk, "Zorbax", stores=(OTHER,), severity="block")
        assert said(desk, "zorbax", OWN) == [] and said(desk, "zorbax", OTHER) == [("Zorbax", "block")]
        assert said(desk, "zorbax", None) == [("Zorbax", "block")]
        add(desk, "Quux", categories=(LIGHTING,), severity="block", as_of="2026-05-02")
        add(desk, "Quux", severity="warn", as_of="2026-05-01")
        assert said(desk, "quux", OWN, LAMPS) == [("Quux", "block")], "a lamp lies under lighting"
        assert said(desk, "quux", OWN, CLOCKS) == [("Quux", "warn")]

    def test_lists_can_be_switched_off_and_kept_to_stores(self, desk: WordDesk) -> None:
        brands = desk.lists().lists["brands"]
        desk.save_list(replace(brands, is_on=False))
        assert said(desk, "Nike") == []
        desk.save_list(replace(brands, stores=(OTHER,), severity="warn"))
        assert said(desk, "Nike", OWN) == [] and said(desk, "Nike", OTHER) == [("Nike", "warn")]
        desk.remove_list("brands")
        assert said(desk, "Nike", OWN) == [("Nike", "hold")], "as it was shipped"


class TestWhereAVerdictHolds:
    """A licence for one store or category takes the check away there alone."""

    def test_a_licence_of_a_store_leaves_the_shipped_word_to_the_others(self, desk: WordDesk) -> None:
        add(desk, "Nike", severity="allow", stores=(OTHER,))
        assert said(desk, "nike bag", OTHER) == [] and said(desk, "nike bag", OWN) == [("Nike", "hold")]
        assert said(desk, "nike bag", None) == [("Nike", "hold")], "some store must not"
        with desk.db.read() as session:
            books = {store: load_context(session, store).words for store in (OWN, OTHER)}
        assert books[OTHER].find("Nike bag") == [] and len(books[OWN].find("Nike bag")) == 1

    def test_a_licence_of_a_category_leaves_the_shipped_word_to_the_others(self, desk: WordDesk) -> None:
        add(desk, "Samsung", severity="allow", categories=(LIGHTING,))
        assert said(desk, "samsung", OWN, LAMPS) == []
        assert said(desk, "samsung", OWN, CLOCKS) == said(desk, "samsung", OWN) == [("Samsung", "hold")]

    def test_the_teams_general_word_and_a_narrow_one_stand_side_by_side(self, desk: WordDesk) -> None:
        add(desk, "Kodak", severity="block", as_of="2026-05-01")
        add(desk, "kodak", severity="allow", stores=(OTHER,))
        assert said(desk, "kodak", OTHER) == [], "the narrower one wins, whatever its day"
        assert said(desk, "kodak", OWN) == said(desk, "kodak", None) == [("Kodak", "block")]
        add(desk, "Kodak", severity="warn", stores=(OTHER,), categories=(LIGHTING,))
        assert said(desk, "kodak", OTHER, LAMPS) == [("Kodak", "warn")]
        assert said(desk, "kodak", OTHER, CLOCKS) == []
        kodaks = [one for one in desk.lists().entries["brands"] if word_key(one.word) == "kodak"]
        assert [(one.narrowness, one.severity) for one in kodaks] == [(0, "block"), (1, "allow"), (2, "warn")]

    def test_the_same_stores_and_categories_take_the_others_place(self, desk: WordDesk) -> None:
        add(desk, "Nike", severity="allow", stores=(OTHER, OWN))
        done = desk.save([Entry("brands", "NIKE", "block", stores=(OWN, OTHER))])
        assert (done.added, done.changed) == (0, 1)
        assert said(desk, "nike", OTHER) == [("NIKE", "block")]

    def test_of_narrow_ones_the_latest_then_the_strictest(self, desk: WordDesk) -> None:
        add(desk, "Quux", severity="allow", stores=(OWN,))
        add(desk, "Quux", severity="block", categories=(LIGHTING,))
        assert said(desk, "quux", OWN, LAMPS) == [("Quux", "block")]
        add(desk, "Quux", severity="allow", stores=(OWN,), as_of="2026-05-01")
        assert said(desk, "quux", OWN, LAMPS) == []

    def test_of_two_categories_the_nearer_one_wins(self, desk: WordDesk) -> None:
        add(desk, "Quux", severity="allow", categories=(LAMPS,), as_of="2026-04-01")
        add(desk, "Quux", severity="block", categories=(LIGHTING,), as_of="2026-05-01")
        assert said(desk, "quux", OWN, LAMPS) == []
        assert said(desk, "quux", OWN, LIGHTING) == [("Quux", "block")]
        add(desk, "Quux", severity="warn", categories=(LAMPS, CLOCKS), as_of="2026-05-02")
        assert said(desk, "quux", OWN, LAMPS) == [("Quux", "warn")], "as near, and later"

    def test_what_excepts_it_in_a_category_does_not_elsewhere(self, desk: WordDesk) -> None:
        add(desk, "Nike", exceptions=("nike blue",), categories=(LIGHTING,))
        assert said(desk, "nike blue mug", OWN, LAMPS) == []
        assert said(desk, "nike blue mug", OWN, CLOCKS) == said(desk, "nike blue mug") == [("Nike", "hold")]
        add(desk, "苹果", exceptions=("苹果绿",), categories=(LIGHTING,))
        assert said(desk, "苹果绿台灯", OWN, LAMPS) == []
        assert len(said(desk, "苹果绿台灯", OWN, CLOCKS)) == len(shipped_about("苹果绿台灯"))

    def test_a_narrow_word_that_is_off_switches_nothing_off(self, desk: WordDesk) -> None:
        add(desk, "Nike", stores=(OTHER,), is_on=False)
        assert said(desk, "nike", OTHER) == said(desk, "nike", OWN) == [("Nike", "hold")]

    def test_of_other_lists_the_latest_day_wins_as_before(self, desk: WordDesk) -> None:
        add(desk, "Kodak", severity="allow", stores=(OWN,), as_of="2026-05-01")
        desk.save([Entry("prohibited_goods", "Kodak", as_of="2026-05-03")])
        assert said(desk, "kodak", OWN) == [("Kodak", "block")]

    def test_an_edit_does_not_run_over_another_word(self, desk: WordDesk) -> None:
        add(desk, "Kodak", severity="block")
        add(desk, "Kodak", severity="allow", stores=(OTHER,))
        narrow = next(one for one in desk.lists().entries["brands"] if one.word == "Kodak" and one.stores)
        with pytest.raises(BadWord) as refused:
            desk.save([replace(narrow, stores=None)])
        assert refused.value.error_code == "words.taken"
        for language in ("zh", "en"):
            assert "Kodak" in Messages(language).text(refused.value.message_key, **refused.value.params)  # type: ignore[arg-type]

    def test_undo_and_redo_of_narrow_words(self, desk: WordDesk) -> None:
        add(desk, "Kodak", severity="block")
        add(desk, "Kodak", severity="allow", stores=(OTHER,))
        listings = ListingDesk(lambda: desk.db)
        assert listings.undo().conflicts == () and said(desk, "kodak", OTHER) == [("Kodak", "block")]
        listings.redo()
        assert said(desk, "kodak", OTHER) == [] and said(desk, "kodak", OWN) == [("Kodak", "block")]
        narrow = next(one for one in desk.lists().entries["brands"] if one.word == "Kodak" and one.stores)
        desk.remove([narrow])
        assert said(desk, "kodak", OTHER) == [("Kodak", "block")]
        assert listings.undo().conflicts == (), "the general one beside it does not stand in its place"
        desk.save([replace(narrow, stores=(OWN,))])
        moved = list_changes(desk.db)[0]
        add(desk, "Kodak", severity="warn", stores=(OTHER,))
        assert len(undo(desk.db, moved.uid).conflicts) == 1, "its place was taken"


def shipped_about(text: str) -> list[str]:
    return [word.text for word in word_book().find(text)]


class TestChanging:
    def test_words_go_and_come_back(self, desk: WordDesk) -> None:
        nike = next(one for one in desk.lists().entries["brands"] if one.word == "Nike")
        done = desk.remove([nike])
        assert (done.removed, said(desk, "Nike")) == (1, [])
        off = next(one for one in desk.lists().entries["brands"] if one.word == "Nike")
        assert off.overrules and not off.is_on
        desk.remove([off])
        assert said(desk, "Nike") == [("Nike", "hold")]

    def test_a_list_of_its_own(self, desk: WordDesk) -> None:
        made = new_list("Team words", "chinese", "warn")
        desk.save_list(made)
        desk.save([Entry(made.key, "批发价"), Entry(made.key, "3c数码")])
        assert said(desk, "处理批发价啦，3C数码") == [("批发价", "warn"), ("3c数码", "warn")]
        again = desk.save([Entry(made.key, "批发价")])
        assert again.count == 0, "the same word again changes nothing"
        desk.remove_list(made.key)
        assert made.key not in desk.lists().lists
        assert [change.label for change in list_changes(desk.db)] == ["change.words"] * 3
        desk.save([Entry("brands", "Acme")], "brands.xlsx")
        assert list_changes(desk.db)[0].source == "brands.xlsx"

    def test_every_change_of_words_is_undone_and_done_again(self, desk: WordDesk) -> None:
        def brands() -> dict[str, tuple[str, bool]]:
            return {one.word: (one.severity, one.is_on) for one in desk.lists().entries["brands"]}

        listings, states = ListingDesk(lambda: desk.db), [brands()]
        desk.save([Entry("brands", "Zorbax"), Entry("brands", "Nike", "allow")])
        states.append(brands())
        zorbax = next(one for one in desk.lists().entries["brands"] if one.word == "Zorbax")
        desk.save([replace(zorbax, severity="warn", exceptions=("zorbax blue",))])
        states.append(brands())
        desk.remove([replace(zorbax, severity="warn")])
        states.append(brands())
        assert len({str(state) for state in states}) == 4
        for state in states[2::-1]:
            done = listings.undo()
            assert (done.conflicts, brands()) == ((), state)
            assert words_of_change(desk.db, done.change.uid)
        assert said(desk, "Nike") == [("Nike", "hold")]
        for state in states[1:]:
            listings.redo()
            assert brands() == state
        assert said(desk, "Nike and Zorbax") == [], "one allowed, one gone"

    def test_a_word_entered_again_or_of_a_list_that_is_gone_stays_away(self, desk: WordDesk) -> None:
        desk.save([Entry("brands", "Zorbax")])
        desk.remove([one for one in desk.lists().entries["brands"] if one.word == "Zorbax"])
        desk.save([Entry("brands", "Filler"), Entry("brands", "ZORBAX")])
        gone = list_changes(desk.db)[1]
        assert len(undo(desk.db, gone.uid).conflicts) == 1
        made = new_list("Team words", "chinese", "warn")
        desk.save_list(made)
        desk.save([Entry(made.key, "批发价")])
        desk.remove(desk.lists().entries[made.key])
        removed = list_changes(desk.db)[0]
        desk.remove_list(made.key)
        assert len(undo(desk.db, removed.uid).conflicts) == 1

    @pytest.mark.parametrize(
        ("entry", "code"),
        [
            (Entry("brands", "  "), "words.empty"),
            (Entry("brands", "!?"), "words.empty"),
            (Entry("brands", "x" * 101), "words.too_long"),
            (Entry("brands", "Foo", "deny"), "words.severity"),  # type: ignore[arg-type]
            (Entry("brands", "Foo", as_of="31.12.2026"), "words.day"),
        ],
    )
    def test_what_makes_no_sense_is_refused_and_nothing_stored(self, desk: WordDesk, entry: Entry, code: str) -> None:
        with pytest.raises(BadWord) as refused:
            desk.save([Entry("brands", "Fine"), entry])
        assert refused.value.error_code == code
        assert said(desk, "fine") == []
        with pytest.raises(NotFound):
            desk.save([Entry("nowhere", "Foo")])


class TestListings:
    def test_those_with_the_word_are_checked_anew(self, desk: WordDesk) -> None:
        db = desk.db
        hit = add_listing(db, images=[PHOTOBANK], title="Zorbax Table Lamp with Ceramic Base and Touch Control")
        inside = add_listing(db, images=[PHOTOBANK], detail_html="<p>from ZORBAXES</p>", skus=[])
        other = add_listing(db, images=[PHOTOBANK], skus=[])
        recheck(db)
        done = desk.save([Entry("brands", "Zorbax", severity="block", exceptions=("zorbax table",))])
        assert carrying(db, done.touched, TaskContext()) == [hit, inside]
        assert recheck_words(db, done.touched, TaskContext()).checked == 2 or other
        assert _words_of(db, hit) == [] and _words_of(db, inside) == [("Zorbax", Severity.BLOCK)]
        assert recheck_words(db, (), TaskContext()).checked == 0

    def test_a_store_without_words_of_its_own_shares_its_book(self, desk: WordDesk) -> None:
        add(desk, "Zorbax", stores=(OTHER,))
        with desk.db.read() as session:
            books = [load_context(session, store).words for store in (OWN, OTHER, OWN)]
        assert books[0] is books[2] is not books[1]
        assert books[0].is_clean("zorbax") and not books[1].is_clean("zorbax")


def _words_of(db: Database, listing_id: int) -> list[tuple[str, Severity]]:
    with db.read() as session:
        ((_, findings),) = check_listings(session, [listing_id])
    return [(one.params["word"], one.severity) for one in findings if one.code.startswith("word.")]


@pytest.mark.parametrize(
    ("one", "other"), [("Ray-Ban", "ray ban"), ("Hermès", "HERMES"), ("ＮＩＫＥ", "nike"), ("苹 果", "苹果")]
)
def test_two_spellings_of_one_word(one: str, other: str) -> None:
    assert word_key(one) == word_key(other)
    assert is_inside(one) is is_inside(other)


class TestSheets:
    def read(self, desk: WordDesk, folder: Path, text: str) -> WordSheet:
        path = folder / "words.csv"
        path.write_text(text, "utf-8")
        return read_words(path, desk.lists(), "brands", STORES)

    def test_new_changed_same_and_every_wrong_cell_by_its_place(self, desk: WordDesk, tmp_path: Path) -> None:
        sheet = self.read(
            desk,
            tmp_path,
            "Brand,级别,例外,店铺,日期\nZorbax,block,zorbax green; zorbax red,chenfan digital,2026/5/3\n"
            "nike,允许,,,\nadidas,,,,\n,,,,\nFoo,xx,,Nowhere,31.12\nzorbax,,,CHENFAN digital,\n???,,,,\n",
        )
        assert [(row.row, row.entry.word, row.what) for row in sheet.rows] == [
            (2, "Zorbax", "new"),
            (3, "nike", "changed"),
            (4, "adidas", "same"),
        ], "an empty date forgets nothing"
        first = sheet.rows[0].entry
        assert (first.severity, first.exceptions, first.stores, first.as_of) == (
            "block",
            ("zorbax green", "zorbax red"),
            (OWN,),
            "2026-05-03",
        )
        assert [(one.row, one.column, one.code) for one in sheet.errors] == [
            (6, "B", "severity"),
            (6, "D", "store"),
            (6, "E", "day"),
            (7, "A", "twice"),
            (8, "A", "empty"),
        ]
        for language in ("zh", "en"):
            assert all(one.sentence(Messages(language)) for one in sheet.errors)  # type: ignore[arg-type]
        assert desk.save(sheet.wanted).count == 2

    def test_a_word_may_stand_in_several_rows_for_other_stores(self, desk: WordDesk, tmp_path: Path) -> None:
        text = "Word,Severity,Stores\nKodak,block,\nKodak,allow,Amber Isle Home\nKodak,warn,amber isle home\n"
        sheet = self.read(desk, tmp_path, text)
        assert [(row.row, row.what) for row in sheet.rows] == [(2, "new"), (3, "new")]
        assert [(one.row, one.code) for one in sheet.errors] == [(4, "twice")]
        desk.save(sheet.wanted)
        assert said(desk, "kodak", OWN) == [("Kodak", "block")] and said(desk, "kodak", OTHER) == []
        assert self.read(desk, tmp_path, text).count("same") == 2

    def test_a_category_that_does_not_exist_is_refused(self, desk: WordDesk, tmp_path: Path) -> None:
        path = tmp_path / "words.csv"
        path.write_text(f"Word,Severity,Categories\nSamsung,allow,999999\nNokia,allow,{LAMPS}\n", "utf-8")
        sheet = read_words(path, desk.lists(), "brands", STORES, desk.categories())
        assert [(one.row, one.column, one.value, one.code) for one in sheet.errors] == [(2, "C", "999999", "category")]
        assert [row.entry.word for row in sheet.rows] == ["Nokia"] and sheet.unsure == ()
        for language in ("zh", "en"):
            assert "999999" in sheet.errors[0].sentence(Messages(language))  # type: ignore[arg-type]
        with desk.db.bulk() as connection:
            connection.exec_driver_sql("UPDATE store SET gateway = 'http://elsewhere' WHERE id = ?", (OTHER,))
        assert desk.categories() is None, "of that store's marketplace nothing was read"
        sheet = read_words(path, desk.lists(), "brands", STORES, desk.categories())
        assert (sheet.errors, len(sheet.rows), sheet.unsure) == ((), 2, ("999999", LAMPS))

    def test_a_bare_column_of_words(self, desk: WordDesk, tmp_path: Path) -> None:
        sheet = self.read(desk, tmp_path, "Zorbax\nNike\n")
        assert [(row.entry.word, row.what) for row in sheet.rows] == [("Zorbax", "new"), ("Nike", "same")]
        with pytest.raises(NoWords):
            self.read(desk, tmp_path, "Word\n\n")

    @pytest.mark.parametrize(
        ("text", "row"),
        [
            ("Dear team,\nplease find the list attached.\n", "2"),
            ("Zorbax\nThis file was written by somebody who meant something else entirely\n", "2"),
            ("import os\nprint()\n", "2"),
            ("Zorbax\n<html><body>\n", "2"),
            ("a = 1\n", "1"),
            ("one\ttwo\nthree\tfour\n", "1"),
            ("x" * 61 + "\n", "1"),
        ],
    )
    def test_any_other_text_is_refused_with_place_and_remedy(
        self, desk: WordDesk, tmp_path: Path, text: str, row: str
    ) -> None:
        with pytest.raises(NoHead) as told:
            self.read(desk, tmp_path, text)
        assert told.value.params["row"] == row
        for language in ("zh", "en"):
            texts = Messages(language)  # type: ignore[arg-type]
            said = texts.text(told.value.message_key, **told.value.params)
            assert row in said and ("“词”" in said or "“word”" in said)

    @pytest.mark.parametrize("ending", ["xlsx", "csv"])
    def test_what_was_written_changes_nothing_when_read(self, desk: WordDesk, tmp_path: Path, ending: str) -> None:
        add(desk, "=Zorbax", severity="allow", stores=(OWN, OTHER), categories=(LAMPS,), as_of="2026-05-03")
        path = tmp_path / f"words.{ending}"
        lists = desk.lists()
        for language in ("zh", "en"):
            count = write_words(path, lists, "brands", STORES, Messages(language))  # type: ignore[arg-type]
            sheet = read_words(path, lists, "brands", STORES)
            assert (len(sheet.rows), sheet.count("same"), sheet.errors) == (count, count, ())

    def test_heads_are_data(self) -> None:
        assert all(word == word.casefold() for words in heads().values() for word in words)
        assert isinstance(shipped_lists(), Lists)
