"""The history of changes from the user's side: look into a change, take back part of it, go back to a point in time."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from app.services.errors import AppError
from app.services.history.recording import this_person
from app.services.history.records import ChangeRecord
from app.services.listings.desk import ListingDesk
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.listings.marketing.groups import change_marketing_group, create_marketing_group
from app.views.history_dialog import PAGE, HistoryDialog
from app.views.language import language
from app.views.listings.history_list import HistoryList, change_text
from app.views.paged_table_model import PagedTableModel
from app.views.widgets.buttons import Button
from app.views.widgets.label import ElidedLabel, Label
from tests.unit.conftest import db, empty_database, filled_once, kept_filling, make_listing

__all__ = ["db", "empty_database", "filled_once", "kept_filling", "make_listing"]


@pytest.fixture
def desk(db):
    return ListingDesk(lambda: db)


@pytest.fixture
def three(desk, make_listing):
    """Three listings and three changes: titles and weights of the first two, then a title, then the other price."""
    lamp, mug, chair = make_listing("Lamp"), make_listing("Mug"), make_listing("Chair")
    both = [ListingEdit(one.id, fields={"title": f"{one.title} 2", "weight_g": 500}) for one in (lamp, mug)]
    desk.save(both, "Two")
    desk.save([ListingEdit(chair.id, fields={"title": "Armchair"})], "Armchair")
    desk.save([ListingEdit(lamp.id, skus={lamp.skus[0].id: {"price_minor": 5}})], "Lamp price")
    return [lamp.id, mug.id, chair.id]


@pytest.fixture
def history(qtbot, context, desk, three):
    """The dialog, its changes read."""
    context.services = SimpleNamespace(listings=desk)
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(1440, 900)
    parent.show()
    window = HistoryDialog(context, parent)
    window.show()
    qtbot.waitUntil(lambda: len(window.shown) == min(PAGE, len(desk.history(PAGE))))
    yield window
    if isValid(window):
        window.close()
    qtbot.waitUntil(lambda: context.runner.is_idle)


def opened(qtbot, history, at):
    """Press "Show" of change number *at* and wait for its listings."""

    def buttons():
        found = [one for one in history.changes.findChildren(Button) if one.isVisible() and one.text() == "Show"]
        return sorted(found, key=lambda one: one.mapTo(history, QPoint()).y())

    qtbot.waitUntil(lambda: len(buttons()) == len(history.shown))  # lines come and go with what is read
    shows = buttons()
    qtbot.mouseClick(shows[at], Qt.MouseButton.LeftButton)
    pane = history.pane
    qtbot.waitUntil(lambda: pane.table is not None and pane.table.paged.is_ordered)
    qtbot.waitUntil(lambda: pane.table.paged.record(0) is not None)
    return pane


def rows(pane):
    model = pane.table.paged
    return [[model.index(row, at).data() or "" for at in range(5)] for row in range(model.rowCount())]


def test_a_change_is_shown_with_its_listings(qtbot, history):
    pane = opened(qtbot, history, 2)
    assert rows(pane) == [
        ["Lamp 2", "2 values", "", "", "Yes"],
        ["Mug 2", "2 values", "", "", "Yes"],
    ]
    pane.table.toggle_fold(0)
    qtbot.waitUntil(lambda: pane.table.paged.rowCount() == 4)
    assert rows(pane)[1:3] == [["", "Title", "Lamp", "Lamp 2", ""], ["", "Weight (g)", "–", "500", ""]]
    assert pane.undo.text() == "Undo all 2 listings"
    qtbot.waitUntil(pane.back.isVisible)
    assert pane.back.text() == "Undo the 2 changes after this"


def test_a_change_of_something_else_is_not_said_to_be_of_listings(qtbot, history, desk, db):
    group = create_marketing_group(db, 1, "Summer")
    change_marketing_group(db, group, "Autumn", "")
    history.load()
    qtbot.waitUntil(lambda: history.shown[0].kind == "group")
    pane = opened(qtbot, history, 0)
    assert pane.undo.text() == "Undo this change"


def test_chosen_rows(qtbot, history, desk, three):
    pane = opened(qtbot, history, 2)
    wanted = []
    history.part_wanted.connect(lambda *what: wanted.append(what))
    pane.table.select_ids([three[1]])
    assert pane.undo.text() == "Undo 1 chosen listing"
    qtbot.mouseClick(pane.undo, Qt.MouseButton.LeftButton)
    ((uid, only, fields),) = wanted
    assert (only, fields) == ([three[1]], None)
    assert desk.undo(uid, only, fields=fields).restored == 1
    history.load()
    qtbot.waitUntil(lambda: pane.table.paged.record(1) is not None and pane.table.paged.record(1).state == "back")
    assert [row[-1] for row in rows(pane)] == ["Yes", "Undone already"]


def test_chosen_fields(qtbot, history, desk, db, three):
    pane = opened(qtbot, history, 2)
    assert set(pane.chips) == {"title", "weight_g"}
    wanted = []
    history.part_wanted.connect(lambda *what: wanted.append(what))
    qtbot.mouseClick(pane.chips["weight_g"], Qt.MouseButton.LeftButton)
    assert pane.undo.text() == "Undo Weight (g) of 2 listings"
    qtbot.mouseClick(pane.undo, Qt.MouseButton.LeftButton)
    uid, only, fields = wanted[0]
    assert (only, fields) == (None, ["weight_g"])
    desk.undo(uid, only, fields=fields)
    with db.read() as session:
        assert [(load_listing(session, id).title, load_listing(session, id).weight_g) for id in three[:2]] == [
            ("Lamp 2", None),
            ("Mug 2", None),
        ]


def test_what_was_edited_since_is_said_before(qtbot, history, desk, three, context):
    desk.save([ListingEdit(three[1], fields={"title": "Cup"})], "Cup")
    context.changes.tell({"listing"})
    qtbot.waitUntil(lambda: len(history.shown) == 4)
    pane = opened(qtbot, history, 3)
    assert [row[-1] for row in rows(pane)] == ["Yes", "Edited since"]
    assert "leaves it alone" in pane.table.paged.cells(1)[4].tip


def test_it_says_when_who_and_from_which_file(qtbot, history, desk, three, db, context):
    edit = ListingEdit(three[0], fields={"title": "Out of a sheet"})
    change = edit_listings(db, [edit], label="change.from_sheet", params={"n": 1}, source="autumn.xlsx")
    context.changes.tell({"listing"})
    qtbot.waitUntil(lambda: len(history.shown) == 4)
    said = opened(qtbot, history, 0).detail.text()
    assert change.actor in said and said.endswith("autumn.xlsx")


def test_back_to_a_point_in_time(qtbot, history, desk):
    pane = opened(qtbot, history, 2)
    wanted = []
    history.return_wanted.connect(wanted.append)
    qtbot.waitUntil(pane.back.isVisible)
    qtbot.mouseClick(pane.back, Qt.MouseButton.LeftButton)
    assert wanted == [history.shown[2]]


def test_an_undo_counts_as_something_after_it(qtbot, history, desk):
    """A is made, B is made, A is undone: who goes back to B brings A again."""
    desk.undo(history.shown[2].uid, [1])
    history.load()
    pane = opened(qtbot, history, 0)
    qtbot.waitUntil(pane.back.isVisible)
    assert pane.back.text() == "Undo the 1 change after this"


def test_the_newest_change_has_none_after_it(qtbot, history):
    pane = opened(qtbot, history, 0)
    assert not pane.back.isVisible()
    assert not pane.chips  # one field alone is no choice


def test_another_change_takes_the_place(qtbot, history):
    opened(qtbot, history, 0)
    pane = opened(qtbot, history, 1)
    qtbot.waitUntil(lambda: rows(pane)[0][3] == "Armchair")
    assert rows(pane) == [["Armchair", "Title", "Chair", "Armchair", "Yes"]]


def test_undone_changes_cannot_be_undone_again(qtbot, history, desk):
    pane = opened(qtbot, history, 1)
    desk.undo(history.shown[1].uid)
    history.load()
    qtbot.waitUntil(lambda: not pane.undo.isEnabled())
    assert pane.undo.toolTip() == "Undone"


def test_a_change_that_is_gone_says_so(qtbot, history, db):
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM change")

    def buttons():
        return [one for one in history.changes.findChildren(Button) if one.isVisible() and one.text() == "Show"]

    qtbot.waitUntil(lambda: len(buttons()) == len(history.shown))  # lines come and go with what is read
    shows = buttons()
    qtbot.mouseClick(shows[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(history.pane.problem.isVisible)
    assert history.pane.problem.text()


def test_the_model_keeps_qts_rules(qtbot, history):
    pane = opened(qtbot, history, 2)
    model = pane.table.paged
    assert isinstance(model, PagedTableModel)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    pane.table.toggle_fold(0)
    qtbot.waitUntil(lambda: model.rowCount() == 4)
    pane.table.toggle_fold(0)
    assert model.rowCount() == 2
    tester.deleteLater()


def test_the_language_changes_while_it_is_open(qtbot, history):
    pane = opened(qtbot, history, 2)
    language.set_language("zh")
    QApplication.processEvents()
    assert pane.undo.text() == "撤销全部 2 件"
    assert [chip.text() for chip in pane.chips.values()] == ["标题", "重量（克）"]
    assert rows(pane)[0][1] == "2 处"
    assert isinstance(history.changes, HistoryList)


def test_a_bulk_edit_is_called_by_its_fields(each_language):
    change = ChangeRecord(
        "1", "edit", "change.bulk_edit", {"n": 2, "fields": ["price_minor", "title"]}, "", 2, datetime.now(UTC), False
    )
    wanted = {"en": "Bulk edit · Price, Title · 2 listings", "zh": "批量修改 · 价格、标题 · 2 件"}
    assert change_text(change) == wanted[each_language]


@pytest.mark.parametrize(("file", "shown"), [("quote.xlsx", ["other.xlsx"]), ("other.xlsx", [])])
def test_the_file_is_named_once(qtbot, file, shown):
    made = HistoryList(opens=True)
    qtbot.addWidget(made)
    change = ChangeRecord("1", "import", "change.import", {"file": file}, "other.xlsx", 2, datetime.now(UTC), False)
    made.show_changes([change])
    texts = [label.text() for label in made.findChildren(ElidedLabel)]
    assert [text for text in texts if text == "other.xlsx"] == shown


def test_a_company_table_is_called_by_its_entries_not_by_listings(each_language):
    params = {"kind": "price_floors", "table": 1, "n": 300}
    change = ChangeRecord("1", "table", "change.table.price_floors", params, "", 1, datetime.now(UTC), False)
    assert change_text(change) == {"en": "Price-floor table: 300 entries", "zh": "限价产品总表：300 条"}[each_language]


class TestMany:
    """Every cell that is typed is a change of its own: what is older can still be found."""

    COUNT = 230

    @pytest.fixture
    def three(self, desk, three, db, filled_once):
        def fill():
            import_of_both = [ListingEdit(id, fields={"weight_g": 700}) for id in three[:2]]
            edit_listings(
                db,
                import_of_both,
                label="change.from_sheet",
                params={"n": 2, "file": "a sheet"},
                source="spring-quote.xlsx",
            )
            for number in range(self.COUNT):
                desk.save([ListingEdit(three[2], fields={"title": f"Chair {number}"})], "Chair")
            return three

        return filled_once(fill)

    def test_older_ones_are_a_page_away(self, qtbot, history, desk, context, three):
        newest = history.shown
        assert history.older.isVisible() and not history.newer.isVisible()
        seen = list(newest)
        for _ in range(self.COUNT // 50):
            before = history.shown
            qtbot.mouseClick(history.older, Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda before=before: history.shown != before)
            seen += history.shown
        assert history.newer.isVisible() and not history.older.isVisible()
        assert seen == desk.history(1000)
        for _ in range(self.COUNT // 50):
            before = history.shown
            qtbot.mouseClick(history.newer, Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda before=before: history.shown != before)
        assert history.shown == newest

    def test_a_new_change_makes_no_other_row_anew(self, qtbot, history, desk, context, three):
        second = history.changes.findChildren(ElidedLabel)[0]
        desk.save([ListingEdit(three[2], fields={"title": "Stool"})], "Stool")
        newest = history.shown[0]
        context.changes.tell({"listing"})
        qtbot.waitUntil(lambda: history.shown[0] != newest)
        assert history.shown[1] == newest and len(history.shown) == 50
        assert second in history.changes.findChildren(ElidedLabel) and second.isVisible()

    def test_a_page_that_is_gone_gives_way_to_the_one_before(self, qtbot, history, desk, db, context):
        for _ in range(self.COUNT // 50):
            before = history.shown
            qtbot.mouseClick(history.older, Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda before=before: history.shown != before)
        with db.bulk() as connection:
            newest = "SELECT id FROM change ORDER BY id DESC LIMIT 60"
            connection.exec_driver_sql(f"DELETE FROM change WHERE id NOT IN ({newest})")
        context.changes.tell({"listing"})
        qtbot.waitUntil(lambda: len(history.shown) == 10)
        assert history.newer.isVisible()

    def test_what_is_shown_of_a_change_is_searched(self, qtbot, history, each_language):
        for words in ("spring-quote", "SPRING-QUOTE.xlsx", change_text_of_sheet(each_language)):
            history.search.setText(words)
            qtbot.waitUntil(lambda: [one.source for one in history.shown] == ["spring-quote.xlsx"])
            history.search.clear()
            qtbot.waitUntil(lambda: len(history.shown) == 50)
        history.search.setText("nobody")
        qtbot.waitUntil(lambda: not history.shown)
        said = {"en": "No change matches.", "zh": "没有符合的修改。"}[each_language]
        qtbot.waitUntil(lambda: said in [one.text() for one in history.changes.findChildren(Label) if one.isVisible()])
        history.search.setText(this_person())
        qtbot.waitUntil(lambda: len(history.shown) == 50)

    def test_changes_of_one_listing_can_be_left_out(self, qtbot, history):
        history.which.choose("many")
        qtbot.waitUntil(lambda: len(history.shown) == 2)
        assert not history.older.isVisible()
        pane = opened(qtbot, history, 0)
        qtbot.waitUntil(pane.back.isVisible)
        assert pane.back.text() == f"Undo the {self.COUNT} changes after this"  # those that are not shown, too
        history.which.choose("all")
        qtbot.waitUntil(lambda: len(history.shown) == 50 and history.older.isVisible())

    def test_tab_goes_down_the_list_where_some_rows_stayed(self, qtbot, history, desk, context, three):
        desk.save([ListingEdit(three[2], fields={"title": "Stool"})], "Stool")
        newest = history.shown[0]
        context.changes.tell({"listing"})
        qtbot.waitUntil(lambda: history.shown[0] != newest)
        buttons = [one for one in history.changes.findChildren(Button) if one.isVisible()]
        by_place = sorted(buttons, key=lambda one: (one.mapTo(history, QPoint()).y(), one.mapTo(history, QPoint()).x()))
        by_place[0].setFocus()
        for button in by_place[1:6]:
            QTest.keyClick(history.focusWidget(), Qt.Key.Key_Tab)
            assert history.focusWidget() is button


def change_text_of_sheet(code):
    """A piece of what a change from a sheet is called."""
    return {"en": "edit of 2 listings from a sheet", "zh": "按 a sheet 修改"}[code]


class TestByHand:
    def press(self, inside, text):
        """Click the first button in view with this text."""
        button = next(one for one in inside.findChildren(Button) if one.isVisible() and one.text() == text)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def test_a_change_is_taken_back_in_the_list(self, qtbot, history):
        with qtbot.waitSignal(history.undo_wanted) as told:
            self.press(history.changes, "Undo")
        assert told.args == [history.shown[0].uid]

    def test_its_button_closes_it(self, qtbot, history):
        self.press(history.footer, "Close")
        qtbot.waitUntil(lambda: not isValid(history))

    def test_what_cannot_be_read_is_told(self, qtbot, history, desk, monkeypatch):
        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        monkeypatch.setattr(desk, "count_since", fail)
        self.press(history.changes, "Show")
        qtbot.waitUntil(lambda: "disk full" in history.hint.text())
        history.hint.setText("")
        monkeypatch.setattr(desk, "history", fail)
        qtbot.keyClicks(history.search, "lamp")
        qtbot.waitUntil(lambda: "disk full" in history.hint.text())
