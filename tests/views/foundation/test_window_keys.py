"""Keys of the window, and what lies over it: palette, toast, bell, veil, first page."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from app.views.notices import Offer
from app.views.panes import next_pane, panes_of
from app.views.store_picker import StoreEntry

Key, Mod, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton


def press(qtbot, window, key, modifier=Mod.ControlModifier):
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def menu_of(widget):
    return next(menu for menu in widget.findChildren(QMenu) if menu.isVisible())


class TestKeys:
    @pytest.mark.parametrize(
        ("key", "modifier", "signal"),
        [
            (Key.Key_Z, Mod.ControlModifier, "undo_wanted"),
            (Key.Key_Y, Mod.ControlModifier, "redo_wanted"),
            (Key.Key_H, Mod.ControlModifier | Mod.ShiftModifier, "history_wanted"),
            (Key.Key_F1, Mod.NoModifier, "guide_wanted"),
        ],
    )
    def test_the_windows_keys(self, open_window, qtbot, key, modifier, signal):
        window = open_window()
        window.page.table.setFocus()
        with qtbot.waitSignal(getattr(window, signal)):
            press(qtbot, window, key, modifier)

    def test_in_a_text_ctrl_z_undoes_typing(self, open_window, qtbot):
        window = open_window()
        window.page.focus_search()
        qtbot.keyClicks(window.page.filters.search, "lamp")
        with qtbot.assertNotEmitted(window.undo_wanted, wait=50):
            press(qtbot, window, Key.Key_Z)
        assert window.page.filters.search.text() != "lamp"

    def test_page_keys_work_only_on_their_page(self, open_window, qtbot):
        window = open_window()
        page = window.page
        page.table.setFocus()
        press(qtbot, window, Key.Key_E, Mod.ControlModifier | Mod.ShiftModifier)
        press(qtbot, window, Key.Key_Return, Mod.ControlModifier | Mod.ShiftModifier)
        assert page.calls == ["export", "publish"]
        window.show_tab("orders")
        window.setFocus()
        press(qtbot, window, Key.Key_E, Mod.ControlModifier | Mod.ShiftModifier)
        assert page.calls == ["export", "publish"]

    def test_sync_where_it_means_something(self, open_window, qtbot):
        window = open_window()
        page = window.page
        press(qtbot, window, Key.Key_F5, Mod.NoModifier)
        assert page.calls == ["sync"]
        window.show_tab("orders")
        sync = window.actions_of_window["sync"]
        assert not sync.isEnabled()
        assert sync.toolTip().endswith("\nNothing to sync on this tab")

    def test_panel_density_and_columns(self, open_window, qtbot, context):
        window = open_window()
        page = window.page
        page.table.setFocus()
        assert page.is_panel_shown
        press(qtbot, window, Key.Key_B)
        assert not page.is_panel_shown
        assert not window.actions_of_window["panel"].isChecked()
        press(qtbot, window, Key.Key_B)
        assert context.settings.get("page.listings.panel_open") is True
        press(qtbot, window, Key.Key_Equal)
        assert page.table.density.key == "standard"
        press(qtbot, window, Key.Key_Minus)
        press(qtbot, window, Key.Key_0)
        assert page.table.density.key == "compact"
        window.actions_of_window["columns"].trigger()
        menu_of(page.table).close()

    def test_f6_goes_round_the_panes(self, open_window, qtbot):
        window = open_window()
        window.page.table.setFocus()
        seen = []
        for _ in range(len(panes_of(window)) * 2):
            next_pane(window, 1)
            focus = window.focusWidget()
            seen.append(next(n for n, p in enumerate(panes_of(window)) if p is focus or p.isAncestorOf(focus)))
        assert len(set(seen)) >= 5
        at = window.focusWidget()
        next_pane(window, 1)
        next_pane(window, -1)
        assert window.focusWidget() is at or window.focusWidget() is not None

    def test_tab_goes_through_the_panes_as_they_stand(self, open_window, qtbot):
        window = open_window()
        page = window.page
        order = [window.app_bar, page.toolbar, page.filters, page.table, page.panel, page.status]
        window.app_bar.tabs["listings"].setFocus()
        seen = []
        for _ in range(40):
            focus = window.focusWidget()
            pane = next(n for n, pane in enumerate(order) if pane is focus or pane.isAncestorOf(focus))
            seen.append(pane)
            if pane == len(order) - 1:
                break
            qtbot.keyClick(focus, Key.Key_Tab)
        assert seen == sorted(seen)
        assert set(seen) == set(range(len(order)))


class TestOverlays:
    def test_the_palette_lists_and_runs_actions(self, open_window, qtbot):
        window = open_window()
        window.page.table.select_ids([1, 2, 3])
        window.page.table.setFocus()
        press(qtbot, window, Key.Key_K)
        assert window.palette_box.isVisible()
        assert window.palette_box.acts_on.text() == "3 selected"
        qtbot.keyClicks(window.palette_box.edit, "export")
        qtbot.keyClick(window.palette_box.edit, Key.Key_Return)
        assert window.page.calls == ["export"]
        assert window.page.table.hasFocus()

    def test_the_palette_knows_stores_filters_and_reasons(self, open_window, qtbot):
        window = open_window()
        window.set_stores([StoreEntry(7, "Chenfan Digital"), StoreEntry(8, "Amber Isle Home")])
        palette = window.palette_box
        window.open_palette()
        qtbot.keyClicks(palette.edit, "@amber")
        qtbot.keyClick(palette.edit, Key.Key_Return)
        assert window.page.store_ids == (8,)
        palette.open_palette(text="price below")
        qtbot.keyClick(palette.edit, Key.Key_Return)
        assert window.page.calls == ["filter"]
        window.show_tab("orders")
        palette.open_palette(text="sync")
        entry = palette.rows.entry(palette.list.currentIndex().row())
        assert entry.why_not == "Nothing to sync on this tab"
        palette.close_palette()

    def test_a_toast_lies_over_the_table_and_is_counted_in_the_bell(self, open_window, context, qtbot):
        window = open_window()
        done = []
        context.notices.toast("count.listings", n=7, offer=Offer("action.undo", lambda: done.append(True)))
        assert window.rect().contains(window.toast_box.geometry())
        assert window.toast_box.x() == 24
        assert window.app_bar.unread.text == "1"
        qtbot.mouseClick(window.app_bar.bell, Left)
        menu = menu_of(window)
        assert [action.text() for action in menu.actions()] == ["7 listings"]
        menu.actions()[0].trigger()
        menu.close()
        assert done == [True]
        assert window.app_bar.unread.text == ""

    def test_an_empty_bell_says_so(self, open_window):
        window = open_window()
        window.open_bell()
        menu = menu_of(window)
        assert menu.actions()[0].text() == "No notices yet"
        assert not menu.actions()[0].isEnabled()
        menu.close()

    def test_files_over_the_window_lift_the_veil(self, open_window, qtbot, tmp_path):
        window = open_window()
        path = tmp_path / "a.xlsx"
        path.write_bytes(b"x")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        copy = Qt.DropAction.CopyAction
        for target in (window, window.page.filters.search):
            window.drop_overlay.hide()
            event = QDragEnterEvent(QPoint(5, 5), copy, data, Left, Mod.NoModifier)
            QApplication.sendEvent(target, event)
            assert window.drop_overlay.isVisible()
        with qtbot.waitSignal(window.files_dropped) as told:
            window.drop_overlay.dropped.emit([path])
        assert told.args == [[path]]

    def test_a_page_takes_the_files_it_can_do_more_with(self, open_window, qtbot):
        window = open_window()
        with qtbot.assertNotEmitted(window.files_dropped):
            window.take_files([Path("numbers.trk")])
        assert window.page.calls == [[Path("numbers.trk")]]

    def test_ctrl_o_chooses_files_without_blocking(self, open_window, qtbot):
        window = open_window()
        window.page.table.setFocus()
        press(qtbot, window, Key.Key_O)
        dialog = window.findChild(QFileDialog)
        with qtbot.waitSignal(window.files_dropped) as told:
            dialog.filesSelected.emit(["/tmp/a.xlsx"])
        assert told.args == [[Path("/tmp/a.xlsx")]]
        dialog.reject()

    def test_the_first_run_page(self, open_window, qtbot):
        window = open_window()
        window.show_first_run(True)
        assert window.page is None
        assert window.first_run.isVisible()
        for card, signal in (("practice", "practice_wanted"), ("store", "store_wanted"), ("data", "data_wanted")):
            with qtbot.waitSignal(getattr(window.first_run, signal)):
                qtbot.mouseClick(getattr(window.first_run, card).button, Left)
        window.show_first_run(False)
        assert window.page.key == "listings"
