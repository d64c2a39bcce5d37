"""Stores, Orders, Freight templates, Warehouse templates: the practice store's real data, found, sorted, explained."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel

from app.views.freight.page import FreightPage
from app.views.language import language
from app.views.orders.page import OrdersPage
from app.views.stores.add_dialog import AddStoreDialog
from app.views.stores.page import StoresPage
from app.views.warehouses.page import WarehousesPage

PAGES = (StoresPage, OrdersPage, FreightPage, WarehousesPage)


def texts(page, column):
    """What a column shows, row by row."""
    model = page.table.paged
    at = page.table.column_at(column)
    return [model.index(row, at).data(Qt.ItemDataRole.DisplayRole) for row in range(model.rowCount())]


def panel_text(page):
    """Everything the side panel says."""
    return "\n".join(label.text() for label in page.facts.findChildren(QLabel))


def search(qtbot, page, text):
    """Type into the search box as a user does."""
    page.filters.search.setFocus()
    qtbot.keyClicks(page.filters.search, text)
    qtbot.waitUntil(lambda: page.table.paged.query.text == text and page.table.paged.is_ordered)
    qtbot.waitUntil(lambda: page.context.runner.is_idle)


@pytest.mark.parametrize("page_class", PAGES)
def test_every_model_keeps_qts_promises(qtbot, open_page, services, page_class):
    page = open_page(page_class, services)
    QAbstractItemModelTester(page.table.paged, QAbstractItemModelTester.FailureReportingMode.Fatal)
    page.ask()
    qtbot.waitUntil(lambda: page.context.runner.is_idle)
    page.reload()
    qtbot.waitUntil(lambda: page.context.runner.is_idle)


@pytest.mark.parametrize(("page_class", "count"), [(StoresPage, 2), (OrdersPage, 40), (WarehousesPage, 2)])
def test_the_practice_stores_data_is_there(open_page, services, page_class, count):
    page = open_page(page_class, services)
    assert page.table.paged.total == count


@pytest.mark.parametrize("page_class", PAGES)
def test_an_empty_tab_says_what_to_do(qtbot, open_page, empty_services, page_class):
    page = open_page(page_class, empty_services)
    qtbot.waitUntil(lambda: page.empty.isVisible())
    title, detail = page.empty.texts
    assert title
    assert detail
    assert page.empty.button.isVisible()


@pytest.mark.parametrize("page_class", PAGES)
def test_choosing_a_row_explains_it_in_both_languages(qtbot, open_page, services, page_class):
    page = open_page(page_class, services)
    page.table.setCurrentIndex(page.table.paged.index(0, 0))
    qtbot.waitUntil(lambda: len(panel_text(page)) > 40)
    english = panel_text(page)
    language.set_language("zh")
    qtbot.waitUntil(lambda: panel_text(page) != english)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in panel_text(page))


def test_a_store_shows_its_health_and_counts(qtbot, open_page, services):
    page = open_page(StoresPage, services)
    page.table.setCurrentIndex(page.table.paged.index(0, 0))
    qtbot.waitUntil(lambda: "Freight" in panel_text(page) or "template" in panel_text(page))
    live = dict(zip(texts(page, "name"), texts(page, "live"), strict=True))
    assert sum(int(text.replace(",", "")) for text in live.values()) > 100
    assert "127.0.0.1" in panel_text(page)


def test_the_buttons_of_the_stores_tab_tell_the_window(qtbot, open_page, services):
    page = open_page(StoresPage, services)
    page.actions_of_page["add_store"].trigger()
    form = page.findChild(AddStoreDialog)
    assert (form.isVisible(), form.way) == (True, "browser")
    form.close()
    with qtbot.waitSignal(page.practice_wanted):
        page.actions_of_page["open_practice"].trigger()
    page.table.select_ids([1])
    with qtbot.waitSignal(page.sync_wanted) as told:
        page.sync()
    assert told.args[0] == (1,)


def records(page):
    return [page.table.paged.record(row) for row in range(page.table.paged.rowCount())]


def test_orders_stand_by_deadline_and_count_what_must_be_sent(qtbot, open_page, services):
    page = open_page(OrdersPage, services)
    qtbot.waitUntil(lambda: all(records(page)))  # those out of view come after the first paint
    rows = records(page)
    deadlines = [row.deadline_ms for row in rows if row.deadline_ms is not None]
    assert deadlines == sorted(deadlines)
    page.segments.choose("to_ship")
    qtbot.waitUntil(lambda: page.table.paged.is_ordered and page.table.paged.total < 40)
    qtbot.waitUntil(lambda: all(records(page)))
    states = {record.status for record in records(page)}
    assert states <= {"WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS"}


def test_orders_are_found_by_number_and_buyers_stay_masked(qtbot, open_page, services):
    page = open_page(OrdersPage, services)
    wanted = page.table.paged.record(5).order_id
    search(qtbot, page, wanted[-7:])
    qtbot.waitUntil(lambda: texts(page, "order") == [wanted])
    assert all("•" in buyer or buyer == "–" for buyer in texts(page, "buyer"))


def test_a_freight_template_names_zones_and_who_is_not_served(qtbot, open_page, services):
    page = open_page(FreightPage, services)
    seen = ""
    for row in range(page.table.paged.rowCount()):
        page.table.setCurrentIndex(page.table.paged.index(row, 0))
        name = page.table.paged.record(row).name
        qtbot.waitUntil(lambda name=name: page.facts.title.text() == name)
        seen += panel_text(page)
    assert "not served" in seen
    assert "USD" in seen


def test_warehouse_templates_name_their_countries(qtbot, open_page, services):
    page = open_page(WarehousesPage, services)
    page.table.setCurrentIndex(page.table.paged.index(0, 0))
    qtbot.waitUntil(lambda: "_C" in panel_text(page))
    countries = texts(page, "countries")[0].split()
    assert all(country in panel_text(page) for country in countries)


def test_sorting_by_a_header_reverses_on_the_second_click(qtbot, open_page, services):
    page = open_page(StoresPage, services)
    at = page.table.column_at("name")
    page.table.sort_by(at)
    qtbot.waitUntil(lambda: page.table.paged.query.sort == "name" and page.table.paged.is_ordered)
    qtbot.waitUntil(lambda: page.context.runner.is_idle)
    first = texts(page, "name")
    page.table.sort_by(at)
    qtbot.waitUntil(lambda: texts(page, "name") == first[::-1])


def test_rows_are_copied_as_cells(qtbot, open_page, services, qapp):
    page = open_page(WarehousesPage, services)
    page.table.selectAll()
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.context.runner.is_idle)
    lines = qapp.clipboard().text().strip().splitlines()
    assert len(lines) == 2
    assert lines[0].count("\t") >= 3


def test_a_change_elsewhere_is_shown_at_once(qtbot, open_page, services):
    page = open_page(WarehousesPage, services)
    with services.app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE warehouse_template SET name = 'Renamed elsewhere' WHERE id = 1")
    page.context.changes.tell({"warehouse_template"})
    qtbot.waitUntil(lambda: "Renamed elsewhere" in texts(page, "name"))
