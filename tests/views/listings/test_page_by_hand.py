"""The Listings tab by its menus, keys and buttons: rows and panel answer each other, and what goes wrong is told."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from app.services.errors import AppError
from app.views.listings.page import ListingsPage
from tests.views.listings.rows import titles

Key, Left = Qt.Key, Qt.MouseButton.LeftButton


def full_disk(*_, **__):
    raise AppError("publishing.journal", reason="disk full")


def make_current(page, row, settle):
    page.rows.setFocus()
    page.rows.setCurrentIndex(page.rows.paged.index(row, 0))
    settle()


def menu_of(page, row):
    """The menu of a row, opened by a right click."""
    at = page.rows.visualRect(page.rows.paged.index(row, 0)).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, page.rows.viewport().mapToGlobal(at))
    QApplication.sendEvent(page.rows.viewport(), event)
    return next(menu for menu in page.findChildren(QMenu) if menu.isVisible())


def choose(menu, text):
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


def findings_of(page, row):
    model = page.rows.paged
    return [badge.text for badge in model.cell(model.index(row, page.rows.column_at("findings"))).badges]


def test_a_cell_is_copied_by_the_menu_with_its_header_or_without(open_page, five, settle):
    page = open_page()
    price = page.rows.column_at("price")
    page.rows.setCurrentIndex(page.rows.paged.index(0, price))
    settle()
    header = page.rows.paged.headerData(price, Qt.Orientation.Horizontal)
    for text, copied in (("Copy cells", ["18.90 - 19.90"]), ("Copy with headers", [header, "18.90 - 19.90"])):
        choose(menu_of(page, 0), text)
        assert QGuiApplication.clipboard().text().splitlines() == copied


def test_f8_in_the_panel_goes_on_to_the_next_row_with_a_finding(open_page, five, qtbot, settle):
    page = open_page()
    make_current(page, 0, settle)
    qtbot.mouseClick(page.editor.editor.title, Left)
    qtbot.keyClick(page.editor.editor.title, Key.Key_F8)
    settle()
    assert titles(page)[page.rows.currentIndex().row()] == "Birch Desk Lamp"
    assert page.editor.editor.title.text() == "Birch Desk Lamp"


def test_checking_again_in_the_panel_shows_in_its_row(open_page, five, write, qtbot, settle):
    page = open_page()
    make_current(page, 0, settle)
    assert findings_of(page, 0) == []
    write("UPDATE listing SET weight_g = NULL WHERE id = ?", five[0].id)
    qtbot.mouseClick(page.editor.recheck_button, Left)
    qtbot.waitUntil(lambda: findings_of(page, 0) == ["1"])


def test_what_goes_wrong_in_the_panel_is_told(open_page, five, services, qtbot, settle, monkeypatch):
    page = open_page()
    make_current(page, 0, settle)
    monkeypatch.setattr(services.listings, "recheck", full_disk)
    qtbot.mouseClick(page.editor.recheck_button, Left)
    qtbot.waitUntil(lambda: any("disk full" in one.text for one in page.context.notices.kept))


def test_a_filter_that_cannot_be_read_is_told_and_nothing_is_done(open_page, five, qtbot, settle, monkeypatch):
    page = open_page()
    monkeypatch.setattr(page._source, "ids", full_disk)
    page.actions_of_page["recheck"].trigger()
    qtbot.waitUntil(lambda: any("disk full" in one.text for one in page.context.notices.kept))
    assert list(page.context.jobs) == []


def test_a_listing_asked_for_before_the_rows_are_found_is_shown_though_it_is_not_among_them(
    qtbot, context, services, five, settle
):
    context.services = services
    page = ListingsPage(context)
    qtbot.addWidget(page)
    page.show()
    page.segments.choose("live")
    page.activated()
    page.show_rows([five[4].id])
    settle()
    assert titles(page) == ["Ash Bedside Lamp"]
    assert page.editor.editor.title.text() == "Elm Table Lamp"


def test_stock_overseas_is_asked_for_the_chosen_rows(open_page, five, qtbot, settle):
    page = open_page()
    page.rows.select_ids([five[0].id, five[2].id])
    with qtbot.waitSignal(page.overseas_wanted) as told:
        page.actions_of_page["overseas"].trigger()
    assert (sorted(told.args[0]), told.args[1]) == (sorted([five[0].id, five[2].id]), 2)


def test_the_panel_is_leafed_through_and_closed_with_the_pointer(open_page, five, qtbot, settle):
    page = open_page()
    make_current(page, 1, settle)
    tabs = page.editor.tabs
    at = next(
        QPoint(left + width // 2, tabs.height() // 2) for key, *_, left, width in tabs._rects() if key == "history"
    )
    qtbot.mouseClick(tabs, Left, pos=at)
    assert page.editor.history.isVisible() and not page.editor.editor.isVisible()
    qtbot.mouseClick(page.editor.close_button, Left)
    assert not page.is_panel_shown


def test_the_primary_counts_anew_when_chosen_rows_are_gone(open_page, five, settle):
    page = open_page()
    page.rows.select_ids([five[0].id, five[2].id])
    assert page.actions_of_page["publish"].text() == "Publish 2"
    page.segments.choose("off")
    settle()
    assert page.actions_of_page["publish"].text() == "Publish 1"


class TestVariants:
    @pytest.fixture
    def page(self, open_page, five, qtbot, settle):
        """Variants in view, chosen at the switch."""
        made = open_page()
        switch = made.levels.switch
        qtbot.mouseClick(switch, Left, pos=switch.part_rect("variants").center())
        settle()
        assert made.levels.is_variants
        return made

    def test_what_was_pasted_is_taken_back_where_it_is_said(self, page, five, services, loaded, qtbot, settle):
        table, before = page.table, loaded(five[0].id).skus[0].price_minor
        table.setFocus()
        table.setCurrentIndex(table.paged.index(0, table.column_at("price")))
        QGuiApplication.clipboard().setText("1.23")
        qtbot.keyClick(table, Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        settle()
        changed = [loaded(one.id).skus[0].price_minor for one in five].count(123)
        assert changed == 1
        with qtbot.waitSignal(page.undo_wanted) as told:
            page.context.notices.kept[0].offer.do()
        services.listings.undo(told.args[0])
        assert loaded(five[0].id).skus[0].price_minor == before

    def test_listings_that_cannot_be_looked_up_are_told(self, page, qtbot, settle, monkeypatch):
        monkeypatch.setattr(page.levels._source, "listings_of", full_disk)
        page.table.selectRow(0)
        page.actions_of_page["recheck"].trigger()
        qtbot.waitUntil(lambda: any("disk full" in one.text for one in page.context.notices.kept))
        settle()
        assert list(page.context.jobs) == []
