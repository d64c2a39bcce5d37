"""The trainers' panel as a trainer uses it, over a running practice market."""

import asyncio

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from app.services.application import Application
from app.services.desktop import DesktopServices
from app.services.marketplace.port import StoreCredentials
from app.services.stores.adding import add_store
from app.services.stores.practice_addresses import ask
from app.services.stores.training import behaviours, presets
from app.views.actions import Actions
from app.views.language import language
from app.views.stores.add_dialog import AddStoreDialog
from app.views.stores.page import StoresPage
from app.views.stores.training_dialog import TrainingDialog
from tests.new_database import lay_database
from tests.unit.stores.market_program import running_market
from tests.views.tabs.test_desktop import dialog, loop, run, until

__all__ = ["loop", "run"]


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    with running_market(tmp_path_factory.mktemp("training")) as running:
        yield running


@pytest.fixture
def services(tmp_path, market):
    """A practice store of the running market, which is normal again."""
    ask(market.gateway, "faults", dict.fromkeys(ask(market.gateway, "faults")))
    lay_database(tmp_path / "data" / "shangjia.db")
    with Application(tmp_path / "data") as app:
        add_store(app, "Chenfan Digital", market.gateway, market.credentials(), alias="prc1")
        yield DesktopServices(app)


@pytest.fixture
def panel(qtbot, context, services):
    """The panel, the market's first answer on screen."""
    context.services = services
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1200, 860)
    made = TrainingDialog(context, window)
    made.show()
    settled(qtbot, made)
    yield made
    made.close()


def settled(qtbot, panel):
    qtbot.waitUntil(lambda: panel.state is not None and panel.lines["slow"].box.isEnabled())


def click(qtbot, panel, widget):
    panel.area.ensureWidgetVisible(widget)
    at = QPoint(8, widget.height() // 2)  # on the box itself, or near a button's edge
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)
    settled(qtbot, panel)


def on(panel):
    return {id for id, line in panel.lines.items() if line.box.isChecked()}


def test_it_shows_every_behaviour_with_its_sentence(panel, each_language):
    assert on(panel) == set()
    assert panel.hint.text() == {"en": "All is normal.", "zh": "一切正常。"}[each_language]
    for behaviour in behaviours():
        line = panel.lines[behaviour.id]
        assert line.box.text()
        assert line.detail.text() == line.box.accessibleDescription() != line.box.text()


def test_a_click_switches_the_running_market_and_back(qtbot, panel, market):
    click(qtbot, panel, panel.lines["promotion"].box)
    assert ask(market.gateway, "faults")["promotion_share"] == 0.25
    assert (on(panel), panel.hint.text()) == ({"promotion"}, "1 is on.")
    click(qtbot, panel, panel.lines["promotion"].box)
    assert ask(market.gateway, "faults")["promotion_share"] == 0
    assert on(panel) == set()


def test_a_preset_and_normal(qtbot, panel, market):
    click(qtbot, panel, panel.lines["store_full"].box)
    click(qtbot, panel, panel.presets["bad_day"])
    assert on(panel) == presets()["bad_day"]
    assert panel.hint.text() == "4 are on."
    click(qtbot, panel, panel.presets["normal"])
    assert on(panel) == set()
    assert ask(market.gateway, "faults")["rates"] == {}


def test_the_keyboard_is_enough(qtbot, panel):
    box = panel.lines["slow"].box
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    settled(qtbot, panel)
    assert on(panel) == {"slow"}


def test_what_was_switched_elsewhere_is_told(qtbot, panel, market):
    ask(market.gateway, "faults", {"handling_days_max": 5, "audit_delay_s": 120})
    panel.look()
    qtbot.waitUntil(lambda: "1 is on. 1 more switch" in panel.hint.text())
    language.set_language("zh")
    assert panel.hint.text().startswith("已开启 1 项。")


def test_nothing_can_be_switched_while_the_market_is_asked(qtbot, panel):
    panel.look()
    assert not any(line.box.isEnabled() for line in panel.lines.values())
    assert not panel.codes.isEnabled()
    settled(qtbot, panel)
    assert panel.codes.isEnabled()


def test_a_code_is_issued_copied_and_withdrawn(qtbot, panel, market):
    before = set(panel.codes.copy)
    click(qtbot, panel, panel.codes.issue["ambr"])
    (code,) = set(panel.codes.copy) - before
    shown = "\n".join(label.text() for label in panel.codes.findChildren(QLabel))
    assert f"AliExpress_…{code[-4:]}" in shown
    assert code not in shown
    assert "Northlane Audio · alias nlau · 7 listings on sale" in shown
    click(qtbot, panel, panel.codes.copy[code])
    assert QGuiApplication.clipboard().text() == f"ambr {code}"
    click(qtbot, panel, panel.codes.withdraw[code])
    assert set(panel.codes.copy) == before
    assert [one["is_withdrawn"] for one in ask(market.gateway, "codes")["codes"] if one["code"] == code] == [True]


def test_a_market_that_does_not_answer_is_said_and_asked_again(qtbot, context, services, market):
    store = add_store(services.app, "Elsewhere", "http://127.0.0.1:9", StoreCredentials("1", "s", "a", "r"))
    context.services = services
    window = QWidget()
    qtbot.addWidget(window)
    panel = TrainingDialog(context, window, store.id)
    panel.show()
    qtbot.waitUntil(panel.problem.isVisible)
    assert "Open the practice store" in panel.problem.text()
    assert not panel.lines["slow"].box.isEnabled()
    assert panel.presets["normal"].isEnabled()
    with services.app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET gateway = ? WHERE id = ?", (market.gateway, store.id))
    panel.presets["normal"].click()
    settled(qtbot, panel)
    assert not panel.problem.isVisible()


def test_the_menu_of_a_practice_store_leads_there(qtbot, open_page, services, context):
    real = add_store(services.app, "Far away", "http://127.0.0.1:9", StoreCredentials("1", "s", "a", "r"))
    with services.app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET is_practice = 0 WHERE id = ?", (real.id,))
    page = open_page(StoresPage, services)
    context.actions = Actions(page, [])
    context.actions.add("training")
    for row, name, leads in ((0, "Chenfan Digital", True), (1, "Far away", False)):
        page.table.setCurrentIndex(page.table.paged.index(row, 0))
        qtbot.waitUntil(lambda name=name: page.facts.view is not None and page.facts.view.detail.store.name == name)
        menu = QMenu(page)
        page.fill_menu(menu)
        assert (context.actions["training"] in menu.actions()) is leads
        menu.deleteLater()


def test_the_palette_leads_there_and_on_to_the_shared_store(run, market):
    """From any tab, while a practice store is here; a code from the panel becomes a read-only store."""

    async def steps(desktop, services):
        gone = desktop.window.actions_of_window["training"]
        assert not gone.isVisible(), "nothing to train on yet"
        own = add_store(services.app, "Chenfan Digital", market.gateway, market.credentials(), alias="prc1")
        desktop.refresh_stores()
        await until(gone.isVisible)
        gone.trigger()
        await until(lambda: dialog(desktop, TrainingDialog) is not None)
        panel = dialog(desktop, TrainingDialog)
        assert not panel.isModal()
        await until(lambda: panel.state is not None)
        panel.codes.copy[panel.state.codes[0].code].click()
        panel.codes.add.click()
        await until(lambda: dialog(desktop, AddStoreDialog) is not None)
        form = dialog(desktop, AddStoreDialog)
        assert (form.way, form.gateway.text()) == ("shared", market.gateway)
        form.codes.setPlainText(QGuiApplication.clipboard().text())
        form.read_codes()
        await until(form.primary.isEnabled)
        desktop.sync = lambda ids: None  # the first sync of the new store is another test's
        form.primary.click()
        await until(lambda: dialog(desktop, AddStoreDialog) is None)
        stores = await asyncio.to_thread(services.stores)
        assert [(store.name, store.access, store.is_shared) for store in stores if store.id != own.id] == [
            ("nlau", "read_only", True)
        ]
        await until(lambda: desktop.context.runner.is_idle)
        await services.app.disconnect()

    run(steps, is_empty=True)


def test_the_store_the_page_shows_is_the_one_that_is_switched(run):
    async def steps(desktop, services):
        desktop.window.show_tab("stores")
        page = desktop.window.page
        await until(lambda: page.table.paged.is_loaded)
        page.table.setCurrentIndex(page.table.paged.index(1, 0))
        await until(lambda: page.facts.view is not None and page.facts.view.detail.store.alias == "prc2")
        desktop.practice.show_training()
        desktop.practice.show_training()
        await until(lambda: len(desktop.window.findChildren(TrainingDialog)) == 1)
        panel = dialog(desktop, TrainingDialog)
        assert panel._store_id == page.facts.view.detail.store.id
        await until(panel.problem.isVisible)  # the market of the copied data is not running

    run(steps)
