"""Choosing rows in a table, and what is kept of it over a refresh, a sort, a filter."""

import threading

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.services.paging import Filter, Query

Key, Button, Mod = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier


class TestChoosing:
    def test_a_click_chooses_a_row_by_id(self, build, fake_source, qtbot):
        page = build(fake_source(50))
        shown = []
        page.table.current_changed.connect(shown.append)
        with qtbot.waitSignal(page.table.chosen):
            page.click(3)
        assert page.ids == [4]
        assert [row.id for row in shown] == [4]
        assert page.table.current_record() is shown[0]
        assert page.table.selection().count == 1

    def test_shift_extends_and_ctrl_takes_and_drops_whole_rows(self, build, fake_source):
        page = build(fake_source(50))
        page.click(2)
        page.click(5, modifier=Mod.ShiftModifier)
        assert page.ids == [3, 4, 5, 6]
        page.click(9, column=1, modifier=Mod.ControlModifier)
        assert page.ids == [3, 4, 5, 6, 10]
        page.click(3, column=1, modifier=Mod.ControlModifier)
        assert page.ids == [3, 5, 6, 10]

    def test_select_all_is_the_filter_and_loads_nothing(self, build, fake_source):
        source = fake_source(20_000)
        page = build(source)
        asked = dict(source.asked)
        page.press(Key.Key_A, Mod.ControlModifier)
        chosen = page.table.selection()
        assert chosen.is_all
        assert chosen.count == 20_000
        assert chosen.ids == ()
        assert chosen.query == page.model.query
        assert source.asked == asked

    def test_all_but_one(self, build, fake_source):
        page = build(fake_source(300))
        page.press(Key.Key_A, Mod.ControlModifier)
        page.click(4, modifier=Mod.ControlModifier)
        chosen = page.table.selection()
        assert not chosen.is_all
        assert chosen.count == 299
        assert 5 not in chosen.ids

    def test_arrows_move_and_shift_arrows_extend(self, build, fake_source):
        page = build(fake_source(50))
        page.click(0)
        page.press(Key.Key_Down)
        page.press(Key.Key_Down, Mod.ShiftModifier)
        assert page.ids == [2, 3]
        page.press(Key.Key_End, Mod.ControlModifier)
        assert page.table.currentIndex().row() == 49
        page.press(Key.Key_Home, Mod.ControlModifier)
        assert page.table.currentIndex().row() == 0

    def test_escape_drops_the_choice(self, build, fake_source):
        page = build(fake_source(50))
        page.click(3)
        page.press(Key.Key_Escape)
        assert not page.table.selection()

    def test_choosing_by_id_and_going_there(self, build, fake_source):
        page = build(fake_source(500))
        page.table.select_ids([5, 6, 400, 9999])
        assert page.ids == [5, 6, 400]
        assert page.table.go_to(450)
        assert page.table.currentIndex().row() == 449
        assert page.table.rowAt(page.table.viewport().height() // 2) > 300
        assert not page.table.go_to(9999)

    def test_a_right_click_keeps_a_choice_it_is_in(self, build, fake_source, qtbot):
        page = build(fake_source(50))
        page.click(2)
        page.click(5, modifier=Mod.ShiftModifier)
        page.click(3, button=Button.RightButton)
        assert page.ids == [3, 4, 5, 6]
        page.click(9, button=Button.RightButton)
        assert page.ids == [10]

    def test_tab_leaves_the_table(self, build, fake_source, qtbot):
        page = build(fake_source(50))
        page.click(0)
        row, window = page.table.currentIndex(), QWidget()
        layout, after = QVBoxLayout(window), QLineEdit()
        for widget in (page.table, after):
            layout.addWidget(widget)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        page.table.setFocus()
        page.press(Key.Key_Tab)
        assert after.hasFocus()
        assert page.table.currentIndex() == row
        page.table.setParent(None)
        window.deleteLater()

    def test_typing_searches_no_million_rows(self, build, fake_source):
        source = fake_source(5000)
        page = build(source)
        page.table.setCurrentIndex(page.model.index(0, 2))
        asked = dict(source.asked)
        page.press(Key.Key_L)
        assert page.table.currentIndex().row() == 0
        assert source.asked == asked


class TestWishedTooEarly:
    """Choosing and going somewhere while only the first rows are here, the order of all is under way."""

    def ask(self, build, source, qtbot):
        """A page with its first rows, whose order waits for `source.gate`."""
        page = build(source)
        source.gate = threading.Event()
        with qtbot.waitSignal(page.model.replaced):
            page.model.ask(Query(text="Lamp 0"))
        assert not page.model.is_ordered
        return page

    def release(self, page, source, qtbot):
        with qtbot.waitSignal(page.model.ordered):
            source.gate.set()

    def test_rows_are_chosen_and_gone_to_once_their_place_is_known(self, build, fake_source, qtbot):
        source = fake_source(2000)
        page = self.ask(build, source, qtbot)
        assert page.table.go_to(1500)
        page.table.select_ids([3, 1500])
        assert page.ids == [3]
        self.release(page, source, qtbot)
        assert sorted(page.ids) == [3, 1500]
        assert page.model.id_at(page.table.currentIndex().row()) == 1500
        assert page.table.rowAt(page.table.viewport().height() // 2) > 1000

    def test_what_is_not_there_is_said_when_it_is_known(self, build, fake_source, qtbot):
        source = fake_source(2000)
        page = self.ask(build, source, qtbot)
        assert page.table.go_to(9999)
        with qtbot.waitSignal(page.table.missed) as told:
            self.release(page, source, qtbot)
        assert told.args == [9999]

    def test_a_user_who_goes_elsewhere_stays_there(self, build, fake_source, qtbot):
        source = fake_source(2000)
        page = self.ask(build, source, qtbot)
        page.table.go_to(1500)
        page.table.select_ids([1500])
        page.click(4)
        self.release(page, source, qtbot)
        assert page.ids == [5]

    def test_another_question_drops_the_wish(self, build, fake_source, qtbot):
        source = fake_source(2000)
        page = self.ask(build, source, qtbot)
        page.table.select_ids([1500])
        page.model.ask(Query(text="Lamp 00"))
        self.release(page, source, qtbot)
        assert page.ids == []

    def test_what_was_chosen_before_is_not_put_back_over_it(self, build, fake_source, qtbot):
        source = fake_source(2000)
        page = build(source)
        page.table.select_ids([1700])
        source.gate = threading.Event()
        with qtbot.waitSignal(page.model.replaced):
            page.model.ask(Query(sort="price_minor"))
        page.table.select_ids([1500])
        self.release(page, source, qtbot)
        assert page.ids == [1500]


class TestKept:
    def test_choice_current_row_and_place_survive_a_refresh(self, build, fake_source, qtbot):
        source = fake_source(2000)
        page = build(source)
        page.table.go_to(1000)
        page.table.select_ids([1000, 1001, 1500])
        top = page.model.id_at(page.table.rowAt(0))
        offset = page.table.rowViewportPosition(page.table.rowAt(0))
        for id in range(1, 100):
            del source.data[id]
        with qtbot.waitSignal(page.model.ordered):
            page.model.reload()
        assert page.ids == [1000, 1001, 1500]
        assert page.model.id_at(page.table.currentIndex().row()) == 1000
        assert page.model.id_at(page.table.rowAt(0)) == top
        assert page.table.rowViewportPosition(page.table.rowAt(0)) == offset

    def test_choice_survives_sorting_even_beyond_the_first_page(self, build, fake_source):
        page = build(fake_source(2000))
        page.table.select_ids([3, 1777])
        page.ask(Query(sort="price_minor", descending=True))
        assert sorted(page.ids) == [3, 1777]
        assert page.table.verticalScrollBar().value() == 0

    def test_the_places_of_what_is_looked_at_come_with_the_order(self, build, fake_source, qtbot):
        page = build(fake_source(2000))
        page.table.go_to(1500)
        top = page.model.id_at(page.table.rowAt(0))
        assert top and top != 1500
        with qtbot.waitSignal(page.model.ordered):
            page.model.reload()
        assert {1500, top} <= set(page.model._order.wanted)
        page.ask(Query(sort="price_minor", descending=True))
        assert page.model._order.places[1500] == page.model.position_of(1500) == page.table.currentIndex().row()

    def test_another_filter_drops_the_choice(self, build, fake_source):
        page = build(fake_source(2000))
        page.table.select_ids([3, 1777])
        page.ask(Query(text="Lamp 000003"))
        assert page.ids == []

    def test_all_stays_all_when_rows_come(self, build, fake_source, qtbot):
        source = fake_source(500)
        page = build(source)
        page.table.selectAll()
        source.data[9000] = source.data[1].__class__(9000, "Lamp new", 5)
        with qtbot.waitSignal(page.model.ordered):
            page.model.reload()
        assert page.table.selection().is_all
        assert page.table.selection().count == 501

    def test_a_choice_that_is_gone_is_gone(self, build, fake_source, qtbot):
        source = fake_source(500)
        page = build(source)
        page.table.select_ids([10, 20])
        del source.data[10]
        with qtbot.waitSignal(page.model.ordered):
            page.model.reload()
        assert page.ids == [20]


def test_filters_reach_the_source(build, fake_source):
    source = fake_source(300)
    source.change(7, status="failed")
    page = build(source)
    page.ask(Query(filters=(Filter("status", "=", "failed"),)))
    page.table.selectionModel().select(page.model.index(0, 0), QItemSelectionModel.SelectionFlag.Select)
    assert page.table.selection().is_all


class TestTold:
    def test_a_current_row_is_told_of_when_its_record_comes(self, build, fake_source, qtbot):
        page, told = build(fake_source(3000)), []
        page.click(0)
        page.table.current_changed.connect(told.append)
        page.press(Key.Key_End, Mod.ControlModifier)
        assert page.table.current_record() is None
        qtbot.waitUntil(lambda: bool(told) and told[-1] is not None and told[-1].id == 3000)

    def test_that_chosen_rows_are_gone_is_told(self, build, fake_source):
        page, told = build(fake_source(30)), []
        page.click(3)
        page.table.chosen.connect(lambda: told.append(page.ids))
        page.ask(Query("Lamp 000009"))
        assert told[-1:] == [[]]
