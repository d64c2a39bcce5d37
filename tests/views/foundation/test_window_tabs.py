"""Tabs of the window, what their pages ask, what is chosen in them."""

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from app.services.errors import OutOfReach
from app.services.paging import Filter
from app.views.language import language
from app.views.main_window import TABS
from app.views.store_picker import StoreEntry

Key, Mod, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton


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

    def test_a_number_that_is_not_known_yet_is_not_told(self, open_window, qtbot, fake_source):
        """First rows are not all rows: the primary keeps its number until the new one is counted."""
        window = open_window(fake_source(3000))
        publish, source, told = window.page.actions_of_page["publish"], window.page.table.paged.source, []
        assert "3,000" in publish.text()
        publish.changed.connect(lambda: told.append(publish.text()))
        source.gate = threading.Event()
        with qtbot.waitSignal(window.page.table.paged.replaced):
            window.page.filters.search.setText("Lamp 001")
        qtbot.wait(20)
        assert told == []
        source.gate.set()
        qtbot.waitUntil(lambda: window.page.table.paged.is_ordered)
        assert len(set(told)) == 1
        assert "1,000" in told[0]

    def test_keys_and_clicks_change_the_tab(self, open_window, qtbot, context):
        window = open_window()
        press(qtbot, window, Key.Key_4)
        assert window.current_key == "orders"
        assert window.page.key == "orders"
        assert context.settings.get("window.tab") == "orders"
        qtbot.mouseClick(window.app_bar.tabs["listings"], Left)
        assert window.page.key == "listings"
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

    def test_a_tab_that_is_asked_for_too_early_is_marked_and_shown_later(self, open_window):
        window = open_window(first_tab="")
        window.show_tab("listings")
        window.show_tab("orders")
        assert window.current_key == "orders"
        assert window.page is None and window.pages == {}
        assert window.context.actions is None, "the first paint needs no actions"
        assert window.app_bar.stores.text() == "All stores", "nobody knows yet that there are none"
        window.open_tabs()
        assert window.page is window.pages["orders"]
        assert list(window.pages) == ["orders"]
        window.set_stores([])
        assert window.app_bar.stores.text() == "No store yet"
        assert window.context.actions is window.actions_of_window
        assert not window.windowIcon().isNull()

    def test_parts_are_made_when_they_are_needed(self, open_window, qtbot, runner):
        window = open_window()
        parts = ("activity", "first_run", "failure", "palette_box", "toast_box")
        assert not [part for part in parts if part in vars(window)]
        window.resize(1300, 800)
        window.context.notices.toast("filter.copied", n=1)
        assert window.toast_box.isVisible()
        window.open_palette()
        assert window.palette_box.isVisible()
        window.palette_box.close_palette()
        job = window.context.jobs.add(runner.start(lambda ctx: None), "filter.name")
        assert [row.job for row in window.activity.rows] == [job], "the panel knows the job it was made for"

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
        qtbot.waitUntil(lambda: page.table.paged.is_ordered and page.table.paged.total == 10)
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
