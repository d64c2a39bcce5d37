"""Choosing rows in a table, and what is kept of it over a refresh, a sort, a filter."""

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
