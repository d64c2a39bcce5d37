"""The shell with pages in it, used as a user does."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu
from shiboken6 import isValid

from app.services.errors import OutOfReach
from app.services.paging import Filter
from app.views.actions import ActionSpec
from app.views.cells import Cell, Column
from app.views.filter_fields import FilterField
from app.views.language import language
from app.views.main_window import TABS, MainWindow
from app.views.notices import Offer
from app.views.palette_entries import PaletteEntry
from app.views.panes import next_pane, panes_of
from app.views.side_panel import SidePanel
from app.views.store_picker import StoreEntry
from app.views.tab_page import TabPage
from app.views.theme import current_theme
from app.views.widgets.label import Label

Key, Mod, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton
COLUMNS = (
    Column("title", "filter.name", lambda row: Cell(row.title), sort_key="title", stretch=True, fixed=True),
    Column("price", "action.undo", lambda row: Cell(str(row.price_minor)), align="right", sort_key="price_minor"),
)


class Listings(TabPage):
    key, noun, can_sync, reads = "listings", "listings", True, frozenset({"listing"})
    own_actions = (ActionSpec("test_mine", "action.find", "wand"),)
    source = None

    def __init__(self, context):
        super().__init__(context)
        self.calls = []
        self.filters.set_fields([FilterField("status", "table.name", "choice", lambda: [("failed", "Failed")])])
        self.set_table(self.source, COLUMNS, default_density="compact")
        self.toolbar.add_primary("publish")
        self.toolbar.add("bulk_edit")
        self.actions_of_page.on("publish", lambda: self.calls.append("publish"))
        self.actions_of_page.on("bulk_edit", lambda: self.calls.append("edit"))
        self.add_history_tools()
        panel = SidePanel()
        panel.add_tab("edit", "filter.name", Label("table.name"))
        panel.add_tab("checks", "action.fix", Label("table.columns"))
        self.set_panel(panel)
        self.add_view_tools()

    def default_sort(self):
        return "price_minor", True

    def on_selection(self, selection):
        self.actions_of_page.say("publish", "status_bar.select_all", n=self.selection().count)

    def on_current(self, record):
        self.panel.title.setText(record.title if record else "")

    def fill_menu(self, menu):
        menu.addAction(self.actions_of_page["publish"])

    def show_nothing(self):
        self.say_nothing("tags", "empty.nothing", action_key="action.import", act=lambda: self.calls.append("import"))

    def sync(self):
        self.calls.append("sync")

    def palette_entries(self, text):
        return [PaletteEntry("filters", "Price below 3", lambda: self.calls.append("filter"))]

    def files_meant_here(self, paths):
        return any(path.suffix == ".trk" for path in paths)

    def take_files(self, paths):
        self.calls.append(list(paths))


class Orders(TabPage):
    key, noun = "orders", "orders"


@pytest.fixture
def open_window(context, qtbot, runner, fake_source):
    windows = []

    def make(source=None, size=(1400, 860), first_tab="listings", settings=None):
        Listings.source = source if source is not None else fake_source(300)
        if settings is not None:
            context.settings = settings
        pages = {"listings": Listings, "orders": Orders}
        window = MainWindow(context, pages, first_tab)
        qtbot.addWidget(window)
        windows.append(window)
        window.resize(*size)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        if first_tab == "listings":
            page = window.pages["listings"]
            qtbot.waitUntil(lambda: page.table.paged.is_exact or page.empty.isVisible())
        return window

    yield make
    context.jobs.cancel_all()
    qtbot.waitUntil(lambda: not context.jobs.running)
    for window in (window for window in windows if isValid(window)):
        window.toast_box.dismiss()
        window.activity._late.stop()
        window.close()
    qtbot.waitUntil(lambda: runner.is_idle)


def press(qtbot, window, key, modifier=Mod.ControlModifier):
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def menu_of(widget):
    return next(menu for menu in widget.findChildren(QMenu) if menu.isVisible())


class TestTabs:
    def test_the_first_tab_shows_its_rows_the_others_are_built_later(self, open_window):
        window = open_window()
        page = window.page
        assert window.current_key == "listings"
        assert set(window.pages) == {"listings"}
        assert page.table.paged.total == 300
        assert page.status.counts.text() == "300 listings"
        assert (page.table.paged.query.sort, page.table.paged.query.descending) == ("price_minor", True)

    def test_keys_and_clicks_change_the_tab(self, open_window, qtbot, context):
        window = open_window()
        press(qtbot, window, Key.Key_4)
        assert window.current_key == "orders"
        assert isinstance(window.page, Orders)
        assert context.settings.get("window.tab") == "orders"
        qtbot.mouseClick(window.app_bar.tabs["listings"], Left)
        assert isinstance(window.page, Listings)
        assert not window.actions_of_window["go_stores"].isEnabled()

    def test_names_badges_and_tips_in_both_languages(self, open_window, each_language):
        window = open_window()
        window.pages["listings"].badge_changed.emit(37, "amber")
        button = window.app_bar.tabs["listings"]
        name = {"zh": "商品", "en": "Listings"}[each_language]
        assert button.accessibleName() == f"{name} 37"
        assert button.toolTip() == f"{name}  Ctrl+{list(window.app_bar.tabs).index('listings') + 1}"
        assert window.windowTitle() == {"zh": "上架", "en": "Shangjia"}[each_language]

    def test_names_fold_to_icons_and_come_back(self, open_window, qtbot):
        window = open_window(size=(1024, 640))
        orders = window.app_bar.tabs["orders"]
        assert orders.shows_text
        orders.show_badge(12846, "amber")
        language.set_language("en")
        window.set_stores([StoreEntry(7, "A store with a rather long name"), StoreEntry(8, "b")])
        window.app_bar.stores.choose(7)
        window.app_bar.setFixedWidth(520)
        qtbot.waitUntil(lambda: not orders.shows_text)
        assert window.app_bar.tabs["listings"].shows_text
        assert orders.accessibleName() == "Orders 12,846"
        window.app_bar.setFixedWidth(1024)
        qtbot.waitUntil(lambda: orders.shows_text)

    def test_all_five_have_names_and_icons(self):
        assert [key for key, _ in TABS] == ["stores", "listings", "warehouses", "orders", "freight"]

    def test_an_empty_shell_before_services_are_there(self, open_window, qtbot):
        window = open_window(first_tab="")
        assert window.page is None
        assert window.pages == {}
        press(qtbot, window, Key.Key_F)
        window.show_failure("The disk is full.", lambda: window.show_tab("orders"))
        assert window.failure.texts[1] == "The disk is full."
        qtbot.mouseClick(window.failure.button, Left)
        assert window.current_key == "orders"

    def test_unknown_tabs_are_errors(self, open_window):
        with pytest.raises(KeyError):
            open_window().show_tab("today")


class TestAsking:
    def test_typing_filters_and_backspace_brings_back(self, open_window, qtbot):
        window = open_window()
        page = window.page
        press(qtbot, window, Key.Key_F)
        assert page.filters.search.hasFocus()
        qtbot.keyClicks(page.filters.search, "lamp 00012")
        qtbot.waitUntil(lambda: page.table.paged.is_exact and page.table.paged.total == 10)
        assert page.status.counts.text() == "10 listings"
        qtbot.keyClick(page.filters.search, Key.Key_Escape)
        qtbot.waitUntil(lambda: page.table.paged.total == 300)

    def test_arrow_down_goes_to_the_first_row(self, open_window, qtbot):
        window = open_window()
        window.page.focus_search()
        qtbot.keyClick(window.page.filters.search, Key.Key_Down)
        assert window.page.table.hasFocus()
        assert window.page.table.currentIndex().row() == 0

    def test_nothing_matches_offers_to_clear(self, open_window, qtbot):
        window = open_window()
        page = window.page
        page.filters.set_filters([Filter("status", "in", ("failed",))], "no such thing")
        qtbot.waitUntil(page.empty.isVisible)
        assert page.empty.texts[0] == "Nothing matches"
        qtbot.mouseClick(page.empty.button, Left)
        qtbot.waitUntil(lambda: page.table.isVisible() and page.table.paged.total == 300)
        assert page.filters.filters == ()

    def test_nothing_matches_names_what_hides_most(self, open_window, fake_source, qtbot):
        source = fake_source(300)
        source.change(7, status="failed")
        page = open_window(source).page
        page.filters.set_filters([Filter("status", "in", ("failed",))], "000123")
        page.table.paged.source.data[7] = source.data[7]
        qtbot.waitUntil(lambda: "hides" in page.empty.texts[1])
        assert page.empty.button.text() == "Remove it"
        assert page.empty.texts[1] == "“Table Failed” hides 1."
        qtbot.mouseClick(page.empty.button, Left)
        qtbot.waitUntil(lambda: page.table.isVisible() and page.table.paged.total == 1)
        assert page.filters.filters == ()
        assert page.filters.text == "000123"
        page.filters.set_filters([Filter("status", "in", ("failed",))], "no such words")
        qtbot.waitUntil(lambda: page.empty.texts[1] == "“no such words” hides 1.")
        qtbot.mouseClick(page.empty.button, Left)
        qtbot.waitUntil(lambda: page.table.paged.total == 1 and page.table.isVisible())
        assert page.filters.text == ""

    def test_nothing_yet_says_what_to_do(self, open_window, fake_source, qtbot):
        window = open_window(fake_source(0))
        qtbot.waitUntil(window.page.empty.isVisible)
        qtbot.mouseClick(window.page.empty.button, Left)
        assert window.page.calls == ["import"]

    def test_a_failure_at_first_offers_to_try_again(self, open_window, fake_source, qtbot):
        source = fake_source(5)
        source.error = OutOfReach()
        window = open_window(source)
        page = window.page
        qtbot.waitUntil(lambda: page.empty.texts[0] == "Could not be loaded")
        source.error = None
        qtbot.mouseClick(page.empty.button, Left)
        qtbot.waitUntil(page.table.isVisible)

    def test_a_failure_later_keeps_the_rows_under_a_banner(self, open_window, fake_source, qtbot):
        source = fake_source(300)
        window = open_window(source)
        page = window.page
        source.error = OutOfReach()
        page.reload()
        qtbot.waitUntil(lambda: page.banners.bars != [])
        assert page.table.isVisible()
        assert page.banners.bars[0].banner.text.startswith("Could not be loaded")
        source.error = None
        page.banners.bars[0].banner.offers[0].do()
        qtbot.waitUntil(lambda: page.banners.bars == [])

    def test_stores_reach_the_question(self, open_window, qtbot):
        window = open_window()
        heard = []
        window.stores_chosen.connect(heard.append)
        window.set_stores([StoreEntry(7, "Chenfan Digital"), StoreEntry(8, "Amber Isle Home", 1)])
        window.app_bar.stores.choose(8)
        assert window.page.table.paged.query.store_ids == (8,)
        assert heard[-1] == (8,)
        assert window.drop_overlay.target == "Amber Isle Home"
        window.set_stores([StoreEntry(7, "Chenfan Digital"), StoreEntry(9, "x")])
        assert window.page.table.paged.query.store_ids == ()

    def test_changes_elsewhere_are_read_at_once_or_when_seen(self, open_window, context, fake_source, qtbot):
        source = fake_source(300)
        window = open_window(source)
        page = window.page
        context.changes.tell({"order"})
        context.changes.tell({"listing", "sku"})
        asked = source.asked["ids"]
        qtbot.waitUntil(lambda: source.asked["ids"] == asked + 1 or source.asked["ids"] > 1)
        window.show_tab("orders")
        before = dict(source.asked)
        context.changes.tell({"listing"})
        assert source.asked == before
        window.show_tab("listings")
        qtbot.waitUntil(lambda: source.asked["ids"] > before["ids"])
        assert page.table.paged.total == 300

    def test_the_sort_is_remembered(self, open_window, context, qtbot):
        window = open_window()
        window.page.table.sort_by(0)
        again = open_window(settings=context.settings)
        query = again.page.table.paged.query
        assert (query.sort, query.descending) == ("title", False)


class TestSelection:
    def test_the_status_bar_and_the_primary_count(self, open_window, qtbot):
        window = open_window()
        page = window.page
        assert page.actions_of_page["publish"].text() == "Select all 300"
        page.table.select_ids([1, 2, 3])
        assert page.status.chosen.text() == "3 selected"
        assert page.status.select_all.text() == "Select all 300"
        assert page.actions_of_page["publish"].text() == "Select all 3"
        qtbot.mouseClick(page.status.select_all, Left)
        assert page.selection().is_all
        assert page.status.select_all.isHidden()
        assert page.selection().count == 300

    def test_without_a_choice_actions_act_on_the_filter(self, open_window):
        page = open_window().page
        assert page.selection().is_all
        assert page.selection().query == page.table.paged.query

    def test_the_current_row_is_in_the_panel_when_it_was_read(self, open_window, qtbot):
        page = open_window().page
        page.table.go_to(5)
        qtbot.waitUntil(lambda: page.panel.title.text() == "Lamp 000005")

    def test_the_context_menu_acts_on_the_choice(self, open_window, qtbot):
        window = open_window()
        page = window.page
        page.table.menu_wanted.emit(QPoint(10, 10))
        menu = menu_of(page)
        menu.actions()[0].trigger()
        menu.close()
        assert page.calls == ["publish"]

    def test_copying_is_told(self, open_window, qtbot, context):
        window = open_window()
        window.page.table.select_ids([1, 2])
        window.page.table.setFocus()
        with qtbot.waitSignal(window.page.table.copied):
            press(qtbot, window, Key.Key_C)
        assert context.notices.kept[0].text == "2 rows copied"


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
        press(qtbot, window, Key.Key_E)
        press(qtbot, window, Key.Key_Return, Mod.ControlModifier | Mod.ShiftModifier)
        assert page.calls == ["edit", "publish"]
        window.show_tab("orders")
        window.setFocus()
        press(qtbot, window, Key.Key_E)
        assert page.calls == ["edit", "publish"]

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
        qtbot.keyClicks(window.palette_box.edit, "bulk")
        qtbot.keyClick(window.palette_box.edit, Key.Key_Return)
        assert window.page.calls == ["edit"]
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
        assert isinstance(window.page, Listings)


class TestLook:
    def test_language_theme_and_text_size_from_the_menu(self, open_window, qtbot, context):
        window = open_window()
        window.open_settings_menu()
        menu = menu_of(window)
        parts = {action.text(): action.menu() for action in menu.actions() if action.menu()}
        assert list(parts) == ["Language", "Theme", "Text size", "Row height"]
        choose = {action.text(): action for part in parts.values() for action in part.actions()}
        assert choose["English"].isChecked()
        choose["Dark"].trigger()
        choose["16 px"].trigger()
        choose["Roomy"].trigger()
        choose["中文"].trigger()
        menu.close()
        assert current_theme().is_dark
        assert current_theme().body_px == 16
        assert window.page.table.density.key == "roomy"
        assert language.code == "zh"
        assert window.windowTitle() == "上架"
        stored = [context.settings.get(f"window.{name}") for name in ("theme", "body_px", "language")]
        assert stored == ["dark", 16, "zh"]

    def test_the_remembered_look_is_put_on(self, open_window, context):
        context.settings.put("window.theme", "dark")
        context.settings.put("window.body_px", 15)
        context.settings.put("window.language", "zh")
        window = open_window()
        window.look.apply()
        assert (current_theme().name, current_theme().body_px, language.code) == ("dark", 15, "zh")
        context.settings.put("window.theme", "pink")
        context.settings.put("window.body_px", 90)
        window.look.apply()
        assert current_theme().body_px == 13

    def test_flipping_by_palette(self, open_window):
        window = open_window()
        window.actions_of_window["theme"].trigger()
        assert current_theme().is_dark
        window.actions_of_window["language"].trigger()
        assert language.code == "zh"
        window.actions_of_window["theme"].trigger()
        assert not current_theme().is_dark

    def test_narrow_windows_fold(self, open_window, qtbot):
        window = open_window(size=(1024, 640))
        page = window.page
        buttons = page.toolbar._folding
        assert [button.text() for button in buttons] == [""]
        assert page.table.width() == window.width()
        assert page.panel.geometry().right() <= window.width()
        window.resize(1400, 800)
        QApplication.processEvents()
        assert buttons[0].text() == "Bulk edit…"
        assert page.table.width() < window.width()

    def test_the_panel_is_as_wide_as_it_was_left(self, open_window, context, qtbot):
        window = open_window()
        panel = window.page.panel
        assert panel.width() == 404
        panel.resized.emit(370)
        assert panel.width() == 370
        assert context.settings.get("page.listings.panel_width") == 370
        again = open_window(settings=context.settings)
        assert again.page.panel.width() == 370

    def test_dragging_the_panels_edge_stays_within_bounds(self, open_window, qtbot):
        window = open_window()
        panel = window.page.panel
        qtbot.mousePress(panel, Left, pos=QPoint(2, 300))
        qtbot.mouseMove(panel, QPoint(-200, 300))
        qtbot.mouseRelease(panel, Left, pos=QPoint(-200, 300))
        assert panel.width() == 420
        qtbot.mousePress(panel, Left, pos=QPoint(2, 300))
        qtbot.mouseMove(panel, QPoint(200, 300))
        qtbot.mouseRelease(panel, Left, pos=QPoint(200, 300))
        assert panel.width() == 360

    def test_the_panels_tabs(self, open_window, qtbot):
        panel = open_window().page.panel
        assert panel.tabs.isVisible()
        panel.tabs.setFocus()
        qtbot.keyClick(panel.tabs, Key.Key_Right)
        assert panel.tabs.current == "checks"
        assert panel.tabs.accessibleName() == "Fix the current finding"
        panel.tabs.show_count("checks", 3)
        qtbot.mouseClick(panel.tabs, Left, pos=QPoint(20, 10))
        assert panel.tabs.current == "edit"
        assert not panel.tabs.grab().isNull()
        with qtbot.waitSignal(panel.closed):
            qtbot.mouseClick(panel.close_button, Left)
        assert panel.isHidden()


class TestActivity:
    def job(self, window, runner, context, **more):
        gate = threading.Event()

        def work(*, ctx):
            ctx.report(194, 312)
            while not gate.wait(0.01):
                ctx.checkpoint()

        return context.jobs.add(runner.start(work), "filter.name", **more), gate

    def test_ctrl_j_opens_and_closes_the_panel(self, open_window, qtbot, runner, context):
        window = open_window()
        window.page.table.setFocus()
        press(qtbot, window, Key.Key_J)
        assert window.activity.isHidden()
        self.job(window, runner, context)
        press(qtbot, window, Key.Key_J)
        assert window.activity.isVisible()
        assert window.page.status.job_line.isHidden()
        assert window.actions_of_window["activity"].isChecked()
        press(qtbot, window, Key.Key_J)
        assert window.page.status.job_line.isVisible()
        context.jobs.cancel_all()
        qtbot.waitUntil(lambda: not context.jobs.running)

    def test_closing_while_jobs_run_is_asked_once(self, open_window, qtbot, runner, context):
        window = open_window()
        job, _ = self.job(window, runner, context)
        qtbot.waitUntil(lambda: job.progress.done == 194)
        assert not window.close()
        question = window._closing.question
        assert question.isVisible()
        assert "118" in question.question.text()
        assert not window.close()
        assert window._closing.question is question
        question.reject()
        assert window.isVisible()
        assert job.is_running
        context.jobs.cancel_all()
        qtbot.waitUntil(lambda: not context.jobs.running)

    def test_stop_and_quit_stops_then_closes(self, open_window, qtbot, runner, context):
        window = open_window()
        first, _ = self.job(window, runner, context)
        second, _ = self.job(window, runner, context)
        window.close()
        with qtbot.waitSignal(window.closed):
            window._closing.question.primary.click()
        assert {first.state, second.state} == {"cancelled"}
        assert not window.isVisible()

    def test_closing_in_peace(self, open_window, qtbot, context):
        window = open_window()
        window.resize(1111, 700)
        with qtbot.waitSignal(window.closed):
            window.close()
        again = open_window(settings=context.settings, size=(1111, 700))
        assert context.settings.get("window.geometry")
        assert again.size() == QSize(1111, 700)

    def test_damaged_geometry_does_no_harm(self, open_window, context):
        context.settings.put("window.geometry", "nonsense")
        assert open_window().isVisible()


def test_nothing_heavy_is_imported_with_the_window():
    code = (
        "import sys, app.views.main_window, app.views.shots; "
        "print([m for m in ('sqlalchemy', 'aiohttp', 'pandas', 'openpyxl', 'numpy', 'app.models', 'asyncpg', 'PIL') "
        "if m in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"


def test_line_edits_of_a_page_are_watched_for_files(open_window):
    window = open_window()
    assert window.page.findChildren(QLineEdit)
