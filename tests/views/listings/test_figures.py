"""Figures in the table, the price dialog, the editor of rates and the charts, as a person uses them."""

import threading
from importlib import import_module
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from app.messages import tr
from app.services.history.undo import undo
from app.services.pricing.renewing import renew_figures
from app.services.pricing.watching import ALL_ARE_DUE
from app.services.tasks import TaskContext
from app.views.charts import loading
from app.views.charts.dialog import ChartsDialog
from app.views.language import language
from app.views.listings.figures_keeper import FiguresKeeper
from app.views.listings.price_dialog import PriceDialog
from app.views.rates.dialog import RatesDialog
from app.views.theme import apply_theme, current_theme
from tests.unit.pricing.conftest import priced

__all__ = ["priced"]

pytestmark = pytest.mark.usefixtures("priced")


@pytest.fixture
def lamp(make_listing):
    """P1, and a variant nobody knows the cost of."""
    return make_listing("Lamp", (("AB1234", 999, 5), ("XX1", 999, 5)), freight_template_id="free")


@pytest.fixture
def opened(qtbot, context, services, settle):
    """Open a dialog over an empty window and wait until it shows what it asked for."""
    context.services = services
    kept = []

    def show(kind, *args):
        window = QWidget()
        kept.append(window)
        window.resize(1300, 860)
        qtbot.addWidget(window)
        window.show()
        dialog = kind(context, *args, window)
        dialog.open()
        settle()
        return dialog

    yield show
    settle()


def texts(widget):
    return [label.text() for label in widget.findChildren(QLabel) if label.text()]


def cell(page, key, row=0):
    return page.rows.paged.cell(page.rows.paged.index(row, page.rows.column_at(key)))


def test_the_table_shows_figures_of_today_and_says_when_they_are_not(db, lamp, open_page, settle, qtbot):
    renew_figures(db)
    page = open_page()
    assert (cell(page, "margin").text.replace("\u202f", " "), cell(page, "profit").text) == ("10.8 %", "5.14")
    assert cell(page, "profit").tip, "one of its variants is unknown, and why"
    with db.bulk() as connection:
        connection.exec_driver_sql(ALL_ARE_DUE)
    page.rows.paged.mark_stale()
    qtbot.waitUntil(lambda: cell(page, "margin").text == "…")
    renew_figures(db)
    page.context.changes.tell({"figure"})
    qtbot.waitUntil(lambda: cell(page, "margin").text not in ("…", ""))
    page.rows.setCurrentIndex(QModelIndex())
    page.actions_of_page["explain_price"].trigger()
    assert page.context.notices.kept[0].text == "Choose a row of the table first"
    page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
    page.actions_of_page["explain_price"].trigger()
    settle()
    dialog = page.findChild(PriceDialog)
    assert dialog.shown.given.code == "AB1234"
    dialog.reject()
    settle()


def test_the_price_of_a_variant_is_explained_from_its_menu(db, lamp, open_page, settle, qtbot):
    renew_figures(db)
    page = open_page()
    page.show_rows([lamp.id])
    settle()
    grid = page.editor.editor.grid
    at = grid.cell_rect(0, "price_minor").center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, grid.viewport().mapToGlobal(at))
    QApplication.sendEvent(grid.viewport(), event)
    menu = next(one for one in grid.findChildren(QMenu) if one.isVisible())
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(menu.actions()[1]).center())
    settle()
    dialog = page.findChild(PriceDialog)
    assert dialog.shown.given.code == "AB1234"
    dialog.reject()
    settle()


def test_a_margin_typed_in_the_table_becomes_a_price(db, make_listing, open_page, settle, qtbot):
    make_listing("Lamp", (("AB1234", 999, 5),), freight_template_id="free")
    renew_figures(db)
    page = open_page()
    model, column = page.rows.paged, page.rows.column_at("margin")
    assert model.data(model.index(0, column), Qt.ItemDataRole.EditRole) == "10.81%"
    model.setData(model.index(0, column), "15%")
    qtbot.waitUntil(lambda: cell(page, "price").text == "10.59")
    assert cell(page, "margin").text == "…", "until it is worked out anew"
    renew_figures(db)
    page.context.changes.tell({"figure"})
    qtbot.waitUntil(lambda: cell(page, "margin").text not in ("…", ""))
    model.setData(model.index(0, column), "95%")
    settle()
    assert "No price reaches it" in page.context.notices.kept[0].text
    assert cell(page, "price").text == "10.59"


def test_any_of_price_margin_and_profit_leads_to_the_others(qtbot, db, lamp, opened, settle):
    dialog = opened(lambda context, window: PriceDialog(context, window, lamp.id))
    shown = {name: field.text() for name, field in dialog.fields.items()}
    assert shown == {"price": "9.99", "margin": "10.81 %", "profit": "5.14"}
    assert {"16.5384 CNY", "0.5592 USD", "40.87752 CNY", "14.38 %"} <= set(texts(dialog))
    assert not dialog.primary.isEnabled()
    margin = dialog.fields["margin"]
    margin.selectAll()
    qtbot.keyClicks(margin, "15%")
    qtbot.waitUntil(lambda: dialog.fields["price"].text() == "10.59")
    assert float(dialog.fields["profit"].text()) > 7
    price = dialog.fields["price"]
    price.selectAll()
    qtbot.keyClicks(price, "99x")
    qtbot.waitUntil(lambda: "99x" in dialog.missing.text())
    assert not dialog.primary.isEnabled()
    profit = dialog.fields["profit"]
    profit.selectAll()
    qtbot.keyClicks(profit, "8")
    qtbot.waitUntil(lambda: dialog.primary.isEnabled())
    wanted = dialog.shown.price_minor
    dialog.primary.click()
    settle()
    with db.reader.connect() as connection:
        stored = connection.exec_driver_sql("SELECT price_minor FROM sku WHERE code = 'AB1234'").scalar()
    assert stored == wanted
    undo(db)
    with db.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT price_minor FROM sku WHERE code = 'AB1234'").scalar() == 999


def test_an_unknown_variant_names_what_is_missing(lamp, opened, settle):
    dialog = opened(lambda context, window: PriceDialog(context, window, lamp.id, lamp.skus[1].id))
    assert dialog.variants.currentText().startswith("XX1")
    assert "cost" in dialog.missing.text()
    assert "weight" in dialog.missing.text()
    assert not dialog.fields["margin"].isEnabled()
    assert "unknown" in texts(dialog)
    dialog.variants.setCurrentIndex(0)
    dialog._choose(0)
    settle()
    assert dialog.missing.text() == ""


def test_variants_are_named_in_the_users_language(lamp, opened, monkeypatch):
    names = {"en": ["Black", ""], "zh": ["黑色", ""]}
    monkeypatch.setattr("app.views.listings.price_dialog.variant_labels", lambda *_: names[language.code])
    dialog = opened(lambda context, window: PriceDialog(context, window, lamp.id, lamp.skus[1].id))
    assert [dialog.variants.itemText(at) for at in (0, 1)] == ["AB1234 · Black", "XX1"]
    language.set_language("zh")
    assert (dialog.variants.itemText(0), dialog.variants.currentIndex()) == ("AB1234 · 黑色", 1)


def test_steps_sources_and_what_is_missing_follow_the_language(lamp, opened):
    dialog = opened(lambda context, window: PriceDialog(context, window, lamp.id, lamp.skus[1].id))
    english = set(texts(dialog))
    assert "unknown" in english and any(text.startswith("start value of the program") for text in english)
    language.set_language("zh")
    chinese = set(texts(dialog))
    assert "未知" in chinese and any(text.startswith("程序初始值") for text in chinese)
    assert "成本" in dialog.missing.text()
    assert "unknown" not in chinese


def test_rates_follow_the_language_and_what_is_typed_stays(opened, settle, qtbot):
    dialog = opened(RatesDialog)
    assert dialog.rates.horizontalHeaderItem(0).text() == "Currency"
    qtbot.keyClicks(dialog.team["discount"], "7")
    typed = dialog.team["discount"].text()
    dialog.remove.click()
    assert dialog.problem.text()
    language.set_language("zh")
    settle()
    assert dialog.rates.horizontalHeaderItem(0).text() == "币种"
    assert dialog.rates.item(0, 3).text().startswith("程序初始值")
    assert dialog.team["discount"].text() == typed
    assert dialog.problem.text() == tr("rates.nothing_chosen")


def test_rates_are_entered_imported_removed_and_refused(qtbot, db, opened, settle, services, tmp_path):
    dialog = opened(RatesDialog)
    assert dialog.rates.item(0, 1).text() == "6.8"
    dialog.rate.setText("7.05")
    qtbot.keyClick(dialog.rate, Qt.Key.Key_Return)
    settle()
    assert [dialog.rates.item(0, at).text() for at in (0, 1, 3)] == ["USD", "7.05", "entered by hand"]
    dialog.rate.setText("705")
    dialog.enter.click()
    settle()
    assert "705" in dialog.problem.text()
    dialog.rates.setCurrentCell(0, 0)
    dialog.remove.click()
    settle()
    assert dialog.rates.item(0, 1).text() == "6.8"
    sheet = tmp_path / "fees.csv"
    sheet.write_text("类目,佣金\n5090301,5%\n", "utf-8")
    dialog.import_file(sheet)
    settle()
    shares = {dialog.commissions.item(row, 0).text(): dialog.commissions.item(row, 2).text() for row in range(2)}
    assert shares == {"–": "8 %", "5090301": "5 %"}
    dialog.team["discount"].setText("35%")
    dialog.save.click()
    settle()
    assert dialog.origins["discount"].text().startswith("entered by hand")
    dialog.save.click()
    settle()
    assert dialog.problem.text() == "Nothing differs."
    with db.reader.connect() as connection:
        labels = connection.exec_driver_sql("SELECT label FROM change ORDER BY id").scalars().all()
    assert labels == ["change.rate", "change.rate_removed", "change.commission", "change.pricing"]


def test_findings_follow_a_discount_that_is_changed_and_taken_back(qtbot, db, lamp, opened, settle, services, lane):
    floor(db, "AB1234", 650, "USD")
    services.guard.change_settings({"costs": "off"})
    services.listings.recheck(None)
    dialog = opened(RatesDialog)
    dialog.team["discount"].setText("36%")  # 9.99 is sold at 6.39
    dialog.save.click()
    settle()
    dialog.accept()
    qtbot.waitUntil(lambda: "recheck_in_worker" in lane.calls)
    settle()
    held = "SELECT hold_count FROM listing"
    with db.reader.connect() as connection:
        assert connection.exec_driver_sql(held).scalar() == 1
    services.listings.undo()
    with db.reader.connect() as connection:
        assert connection.exec_driver_sql(held).scalar() == 0


def test_a_discount_nothing_is_held_against_starts_no_job(qtbot, db, make_listing, opened, settle, services, lane):
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM stock_item")
    dialog = opened(RatesDialog)
    dialog.team["discount"].setText("36%")
    dialog.save.click()
    settle()
    dialog.accept()
    settle()
    assert lane.calls == []


def floor(db, key, minor, currency):
    """A row of the price-floor table."""
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO price_floor (match_key, code, floor_minor, currency, table_id) VALUES (?, ?, ?, ?, NULL)",
            (key, key, minor, currency),
        )


def test_charts_are_drawn_by_a_library_imported_on_the_gui_thread(qtbot, db, lamp, opened, monkeypatch):
    imported = []

    def note(name):
        imported.append((name, threading.current_thread()))
        return import_module(name)

    monkeypatch.setattr(loading, "import_module", note)
    dialog = opened(lambda context, window: ChartsDialog(context, [1, 2], 2, window))
    qtbot.waitUntil(lambda: dialog.shown is not None)
    assert imported[-1][0] == loading.LIBRARY
    assert {thread for _, thread in imported} == {threading.main_thread()}


def test_charts_show_what_is_known_follow_the_theme_and_are_exported(
    qtbot, db, lamp, make_listing, opened, settle, tmp_path, qapp
):
    make_listing("Loss", (("AB1234", 400, 5), ("AB1234", 5000, 5)), freight_template_id="free")
    floor(db, "AB1234", 6000, "CNY")  # 60.00 CNY at 6.8 for a dollar: 8.83 USD, up
    floor(db, "XX1", 100, "JPY")
    renew_figures(db)
    dialog = opened(lambda context, window: ChartsDialog(context, [1, 2], 2, window))
    qtbot.waitUntil(lambda: dialog.shown is not None)
    found = dialog.shown
    classes = {low: number for low, number in found.margins if number}
    assert classes == {-2000: 1, 1000: 1, 5000: 1}
    assert sorted(found.prices) == [(875, 400), (875, 999), (875, 5000)]
    assert sorted(found.floors) == [(1262, 400), (1262, 999), (1262, 5000)], "at 30 % off"
    assert (found.floors_of, found.floors_unknown) == (3, 1), "a floor in a currency without a rate is no point"
    assert dict(found.freight)["RU"] == (20_000_000, None, None), "what nobody carries is none"
    assert "1 variant" in dialog.note.text()
    language.set_language("zh")
    assert "1 个规格" in dialog.note.text()
    language.set_language("en")
    for at, key in enumerate(("margins", "prices", "floors", "freight")):
        dialog.part.set_current(key)
        dialog._choose(key)
        assert dialog.pages.currentIndex() == at
        for ending in ("png", "svg"):
            dialog.save_to(tmp_path / f"{key}.{ending}")
            assert (tmp_path / f"{key}.{ending}").stat().st_size > 1_000
    dialog._choose("floors")
    assert "3 variants of 3" in dialog.note.text()
    assert "1 more floor" in dialog.note.text()
    pictures = {}
    for theme in ("dark", "light"):
        ground = apply_theme(qapp, theme).color("surface")
        for plot in dialog.plots:
            assert plot.view.backgroundBrush().color() == ground
            assert plot.view.getAxis("left").textPen().color() == current_theme().color("text2")
        dialog.save_to(tmp_path / f"{theme}.png")
        pictures[theme] = QImage(str(tmp_path / f"{theme}.png")).pixelColor(2, 2)
        assert pictures[theme] == ground, "the exported picture, too"
    assert pictures["dark"] != pictures["light"]
    dialog.save_to(tmp_path / "nowhere" / "x.png")
    assert "x.png" in dialog.note.text()


def test_figures_are_renewed_when_something_changed(qtbot, context, services, db, lamp, settle):
    class Heavy:
        def submit(self, function, *args, ctx):
            from concurrent.futures import Future

            done = Future()
            done.set_result(renew_figures(db, TaskContext()))
            return done

    context.services, context.runner.heavy = services, Heavy()
    keeper = FiguresKeeper(context, context.changes)
    told = []
    context.changes.happened.connect(told.append)
    with qtbot.waitSignal(keeper.renewed) as signal:
        keeper.start()
    assert signal.args == [1]
    settle()
    assert told == [frozenset({"figure"})]
    with db.bulk() as connection:
        connection.exec_driver_sql(ALL_ARE_DUE)
    with qtbot.waitSignal(keeper.renewed):
        context.changes.tell({"listing"})
    settle()
    assert not services.pricing.is_waiting()
    keeper._seldom.stop()
    assert isinstance(services, SimpleNamespace)
