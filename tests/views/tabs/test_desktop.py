"""The window over real services: first start, undo, history, guide, adding a store, restoring a backup."""

import asyncio
import shutil
import socket
import sqlite3
from contextlib import closing
from types import SimpleNamespace
from urllib.request import urlopen

import pytest
from PySide6.QtCore import SIGNAL, Qt
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu

from app.messages import tr
from app.paths import resources
from app.services import keyring_store
from app.services.application import Application
from app.services.desktop import DesktopServices
from app.services.listings.editing import ListingEdit
from app.services.listings.loading import load_listing
from app.services.listings.round_trip.writing import write_to_edit
from app.services.stores.sync.conflicts import keep_theirs
from app.services.upgrade import NoRoomToUpgrade, backup
from app.views.context import ViewContext
from app.views.covering.coverage_dialog import CoverageDialog
from app.views.covering.dialog import CoverDialog
from app.views.desktop import Desktop
from app.views.event_loop import WindowLoop
from app.views.guide_dialog import GuideDialog, guide_text
from app.views.history_dialog import HistoryDialog
from app.views.importing.dialog import ImportDialog
from app.views.language import language
from app.views.practice import Practice
from app.views.settings_dialog import SettingsDialog
from app.views.start import LateWorker
from app.views.stores.add_dialog import AddStoreDialog
from app.views.stores.conflicts import ConflictsDialog
from app.views.task_runner import TaskRunner
from app.views.view_settings import MemorySettings
from app.views.widgets.buttons import IconButton
from tests.unit.stores.market_program import running_market


@pytest.fixture
def loop(qapp):
    """Qt's loop as asyncio's, as in the program."""
    made = WindowLoop(qapp, already_running=False)
    asyncio.set_event_loop(made)
    with made:
        yield made
    asyncio.set_event_loop(None)


@pytest.fixture
def run(qtbot, loop, tmp_path, practice_file):
    """Run a coroutine with a desktop over a copy of the practice data (`is_empty`: over nothing)."""

    def start(steps, *, is_empty=False):
        folder = tmp_path / "data"
        folder.mkdir()
        app = Application(folder)
        if not is_empty:
            shutil.copyfile(practice_file, app.database_path)

        async def whole():
            services = DesktopServices(app)
            services.start_up = _nothing  # neither worker nor practice market: this is about the window
            runner = TaskRunner(heavy=LateWorker(app))
            desktop = Desktop(ViewContext(runner, MemorySettings()), lambda: services)
            ready = asyncio.Event()
            desktop.ready.connect(ready.set)
            desktop.start()
            await asyncio.wait_for(ready.wait(), 20)
            try:
                await steps(desktop, services)
            finally:
                for dialog in desktop.window.findChildren(QDialog):
                    dialog.close()
                desktop.window.close()
                runner.shutdown()
                desktop.window.deleteLater()
                app.close()

        loop.run_until_complete(whole())

    return start


async def _nothing(_language, *, ctx):
    return None


async def until(is_true, seconds=20.0):
    """Let the window work until something holds."""
    for _ in range(int(seconds / 0.02)):
        if is_true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("waited in vain")


def dialog(desktop, kind):
    found = [one for one in desktop.window.findChildren(kind) if one.isVisible()]
    return found[0] if found else None


def test_without_a_store_the_newcomers_page_is_shown(run):
    async def steps(desktop, services):
        window = desktop.window
        await until(lambda: window._stack.currentWidget() is window.first_run)
        assert window.first_run.isVisible()

    run(steps, is_empty=True)


def test_with_stores_the_listings_are_shown_and_the_picker_knows_them(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.app_bar.stores.stores)
        await until(lambda: desktop.window.page is not None and desktop.window.page.table.paged.total == 148)
        assert [store.name for store in desktop.window.app_bar.stores.stores] == ["Chenfan Digital", "Amber Isle Home"]

    run(steps)


def test_the_panel_of_jobs_is_made_ahead_of_the_first_job(run):
    """Making it takes longer than a job may hold the window up by beginning."""

    async def steps(desktop, services):
        warm = []
        desktop.warm.connect(lambda: warm.append("activity" in desktop.window.__dict__))
        await until(lambda: warm)
        assert warm == [True]
        assert len(desktop.context.jobs) == 0 and desktop.window.activity.isHidden()

    run(steps)


def test_every_tab_opens_f1_explains_it_and_keys_reach_all_it_can_do(run):
    """Whatever a tab can do does something, and is found by its name with the keyboard alone."""

    def heard(action):
        signals = ("triggered(bool)", "triggered()", "toggled(bool)")
        return any(action.receivers(SIGNAL(one)) for one in signals)

    async def steps(desktop, services):
        assert not heard(QAction(desktop.window))
        for tab in ("stores", "listings", "warehouses", "orders", "freight"):
            desktop.window.show_tab(tab)
            await until(lambda: desktop.window.page.table.paged.is_loaded)
            desktop.window.actions_of_window["guide"].trigger()
            guide = dialog(desktop, GuideDialog)
            assert len(guide.page.toPlainText()) > 80
            guide.close()
            actions = desktop.window.page.actions_of_page
            found = {entry.text for entry in desktop.window._commands("")}
            assert [one.id for one in actions if not heard(actions[one.id])] == []
            shown = [one for one in actions if actions[one.id].isVisible()]  # of two opposites one is hidden
            assert [one.id for one in shown if one.in_palette and actions[one.id].text() not in found] == []
            assert [one.id for one in actions if not one.in_palette and not one.keys] == []

    run(steps)


def choose_in_more_menu(page, id):
    """Open the toolbar's "…" and choose an action there."""
    dots = next(one for one in page.toolbar.findChildren(IconButton) if one.accessibleName() == tr("window.more"))
    dots.click()
    (menu,) = [one for one in page.window().findChildren(QMenu) if one.isVisible()]
    action = page.actions_of_page[id]
    assert action in menu.actions()
    menu.setActiveAction(action)
    QTest.keyClick(menu, Qt.Key.Key_Return)


def test_listings_are_copied_into_the_store_in_view_and_coverage_is_looked_at(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.app_bar.stores.stores and desktop.window.page is not None)
        await until(lambda: desktop.window.page.table.paged.is_loaded)
        second = desktop.window.app_bar.stores.stores[1]
        desktop.window.app_bar.stores.choose(second.id)
        choose_in_more_menu(desktop.window.page, "cover")
        await until(lambda: dialog(desktop, CoverDialog) is not None)
        covering = dialog(desktop, CoverDialog)
        await until(lambda: covering.target.count() == 2)
        assert covering.target.currentData() == second.id != covering.source.currentData()
        covering.close()
        choose_in_more_menu(desktop.window.page, "coverage")
        await until(lambda: dialog(desktop, CoverageDialog) is not None)
        view = dialog(desktop, CoverageDialog)
        await until(lambda: view.pane.table is not None)
        assert [store.id for store in view.stores] == [store.id for store in desktop.window.app_bar.stores.stores]

    run(steps)


def test_undo_and_redo_tell_what_they_did(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        before = services.listings.detail(1).record.title
        services.listings.save([ListingEdit(1, fields={"title": "Changed by hand"})], "Changed by hand")
        desktop.window.actions_of_window["undo"].trigger()
        await until(lambda: services.listings.detail(1).record.title == before)
        await until(lambda: any(toast.key == "history.undone_toast" for toast in desktop.context.notices.kept))
        desktop.window.actions_of_window["redo"].trigger()
        await until(lambda: services.listings.detail(1).record.title == "Changed by hand")

    run(steps)


def test_a_change_that_cannot_be_undone_any_more_offers_the_one_before(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        before = services.listings.detail(2).record.title
        services.listings.save([ListingEdit(2, fields={"title": "Old"})], "Old")
        services.listings.save([ListingEdit(1, fields={"title": "New"})], "New")
        with services.app.db.bulk() as connection:  # as the platform changes it
            connection.exec_driver_sql("UPDATE listing SET title = 'Synced' WHERE id = 1")
        desktop.undoing.undo()
        kept = desktop.context.notices.kept
        await until(lambda: kept)
        assert (kept[0].key, kept[0].tone) == ("history.stuck_before", "amber")
        assert "“Edited New” can no longer be undone" in kept[0].text and kept[0].text.endswith("“Edited Old”.")
        kept[0].offer.do()
        await until(lambda: services.listings.detail(2).record.title == before)
        await until(lambda: kept[0].key == "history.undone_toast")
        desktop.undoing.undo()
        await until(lambda: kept[0].key == "history.stuck")
        assert services.listings.detail(1).record.title == "Synced"
        kept[0].offer.do()
        assert dialog(desktop, HistoryDialog) is not None

    run(steps)


def test_a_workbook_opened_from_here_is_taken_back_whenever_it_is_dropped_others_are_imported(run, tmp_path):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        write_to_edit(services.app.db, tmp_path / "ours.xlsx", [1, 2])
        shutil.copyfile(resources() / "samples" / "demo-listings.xlsx", tmp_path / "theirs.xlsx")
        taken, imported = [], []
        desktop.listings_page().excel.take_back, desktop.import_files = taken.append, imported.append
        desktop.window.take_files([tmp_path / "ours.xlsx", tmp_path / "theirs.xlsx"])
        await until(lambda: imported)
        assert (taken, imported) == ([tmp_path / "ours.xlsx"], [[tmp_path / "theirs.xlsx"]])

    run(steps)


def test_the_demo_begins_with_its_workbook_but_not_a_second_time(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        desktop.practice.play_demo()
        await until(lambda: dialog(desktop, ImportDialog) is not None)
        dialog(desktop, ImportDialog).close()
        await until(lambda: dialog(desktop, ImportDialog) is None)
        services.listings.save([ListingEdit(1, fields={"title": "Changed by hand"})], "Changed by hand")
        looked = []
        desktop.practice._begin_demo = lambda *found: looked.append(Practice._begin_demo(desktop.practice, *found))
        desktop.practice.play_demo()
        await until(lambda: looked)
        assert dialog(desktop, ImportDialog) is None

    run(steps)


def test_nothing_to_undo_is_said_calmly(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        desktop.window.actions_of_window["undo"].trigger()
        await until(lambda: any(toast.key == "history.nothing_to_undo" for toast in desktop.context.notices.kept))

    run(steps)


def test_the_history_takes_back_an_older_change(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        before = services.listings.detail(1).record.title
        old = services.listings.save([ListingEdit(1, fields={"title": "First"})], "First")
        services.listings.save([ListingEdit(2, fields={"title": "Second"})], "Second")
        desktop.window.actions_of_window["history"].trigger()
        history = dialog(desktop, HistoryDialog)
        await until(lambda: history.changes._changes)
        assert [change.params["title"] for change in history.changes._changes] == ["Second", "First"]
        history.undo_wanted.emit(old.uid)
        await until(lambda: services.listings.detail(1).record.title == before)
        assert services.listings.detail(2).record.title == "Second"
        await until(lambda: history.changes._changes[1].is_undone)

    run(steps)


def test_a_large_change_is_taken_back_in_the_worker(run, monkeypatch):
    monkeypatch.setattr("app.views.undoing.MANY", 1)

    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        before = services.listings.detail(1).record.title
        services.listings.save([ListingEdit(1, fields={"title": "First"})], "First")
        desktop.undoing.undo()
        await until(
            lambda: any(job.title_key == "history.job.undo" and not job.is_running for job in desktop.context.jobs)
        )
        assert services.listings.detail(1).record.title == before
        await until(lambda: desktop.context.notices.kept)
        assert desktop.context.notices.kept[0].key == "history.undone_toast"

    run(steps)


def test_what_every_listing_is_judged_by_is_taken_back_and_brought_again_in_the_worker(run):
    async def steps(desktop, services):
        def rates():
            return [str(one.rate) for one in services.pricing.overview("en").history]

        def has_ended(key):
            return any(job.title_key == key and not job.is_running for job in desktop.context.jobs)

        await until(lambda: desktop.window.page is not None)
        before = rates()
        services.pricing.enter_rate("6.5", "USD", "")
        after = rates()
        desktop.undoing.undo()
        await until(lambda: has_ended("history.job.undo_judging"))
        assert rates() == before
        desktop.undoing.redo()
        await until(lambda: has_ended("history.job.redo_judging"))
        assert rates() == after != before
        (title,) = [job.title for job in desktop.context.jobs if job.title_key == "history.job.redo_judging"]
        assert title == "Redo “Exchange rate: 1 USD = CNY 6.5”"

    run(steps)


def test_the_history_goes_back_to_a_point_in_time(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        titles = [services.listings.detail(id).record.title for id in (1, 2)]
        first = services.listings.save([ListingEdit(1, fields={"title": "First"})], "First")
        services.listings.save([ListingEdit(1, fields={"title": "Second"})], "Second")
        services.listings.save([ListingEdit(2, fields={"title": "Third"})], "Third")
        desktop.undoing.undo_after(first)
        await until(lambda: services.listings.detail(1).record.title == "First")
        await until(lambda: desktop.context.notices.kept)
        assert services.listings.detail(2).record.title == titles[1]
        assert desktop.context.notices.kept[0].text == "Undid 2 changes; 2 listings are as they were."

    run(steps)


def test_a_part_of_a_change_is_taken_back(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        titles = {id: services.listings.detail(id).record.title for id in (1, 2)}
        change = services.listings.save([ListingEdit(id, fields={"title": f"New {id}"}) for id in (1, 2)], "Two")
        desktop.undoing.undo_part(change.uid, [2], ["title"])
        await until(lambda: services.listings.detail(2).record.title == titles[2])
        assert services.listings.detail(1).record.title == "New 1"

    run(steps)


def test_a_store_is_added_only_with_all_it_needs(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        desktop.add_store()
        form = dialog(desktop, AddStoreDialog)
        form.ways.choose("tokens")
        form.name.setText("My store")
        form.gateway.setText("http://127.0.0.1:9")
        form.primary.click()
        await until(lambda: form.problem.isVisible())
        assert "app_key" in form.problem.text()
        for line in form.secrets.values():
            line.setText("invented-0001")
        form.primary.click()
        await until(lambda: dialog(desktop, AddStoreDialog) is None)
        await until(lambda: "My store" in [store.name for store in services.stores()])

    run(steps)


class Opened:
    """Follows the page that a browser would open, to the store of this number; notes what it was asked."""

    def __init__(self, market):
        self.market, self.urls = market, []

    def __call__(self, url):
        self.urls.append(url.toString())
        chosen = f"{url.toString()}&store={self.market.store_id(0)}"
        asyncio.get_running_loop().run_in_executor(None, lambda: urlopen(chosen).close())
        return True


def test_a_store_is_added_by_the_browser_and_its_dialog_can_be_left(run, tmp_path, monkeypatch):
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)

    async def steps(desktop, services):
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            services.app.change_settings(callback_port=free.getsockname()[1])
        opened = []
        monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()) or True)
        desktop.window.show_tab("stores")
        desktop.window.page.actions_of_page["add_store"].trigger()
        form = dialog(desktop, AddStoreDialog)
        form.name.setText("By the browser")
        form.gateway.setText(market.gateway)
        form.secrets["app_key"].setText(market.announced["app_key"])
        form.secrets["app_secret"].setText(market.announced["app_secret"])
        form.primary.click()
        await until(lambda: opened)
        assert form.waiting.isVisible()
        assert not form.primary.isEnabled()
        form.reject()
        await until(lambda: dialog(desktop, AddStoreDialog) is None and desktop.context.runner.is_idle)
        assert "By the browser" not in [store.name for store in services.stores()]

        follow = Opened(market)
        monkeypatch.setattr(QDesktopServices, "openUrl", follow)
        desktop.window.page.actions_of_page["add_store"].trigger()
        form = dialog(desktop, AddStoreDialog)
        form.name.setText("By the browser")
        form.gateway.setText(market.gateway)
        form.secrets["app_key"].setText(market.announced["app_key"])
        form.secrets["app_secret"].setText(market.announced["app_secret"])
        form.primary.click()
        await until(lambda: dialog(desktop, AddStoreDialog) is None)
        assert market.announced["app_secret"] not in follow.urls[0]
        assert "By the browser" in [store.name for store in services.stores()]
        await until(lambda: desktop.context.runner.is_idle)
        await services.app.disconnect()

    with running_market(tmp_path / "market") as market:
        run(steps)


def test_a_backup_takes_the_place_of_the_data(run, tmp_path, monkeypatch):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        copy = backup(services.app.database_path, tmp_path / "elsewhere")
        services.listings.save([ListingEdit(1, fields={"title": "After the copy"})], "After the copy")
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(copy), ""))
        desktop.restore_data()
        question = next(one for one in desktop.window.findChildren(QDialog) if one.isVisible())
        question.accept()
        await until(lambda: services.listings.detail(1).record.title != "After the copy")
        kept = list((services.app.data_dir / "backups").glob("*before-restore*"))
        assert len(kept) == 1

    run(steps)


def test_a_copy_that_cannot_be_opened_leaves_nothing_behind(run, tmp_path, monkeypatch):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        copy = backup(services.app.database_path, tmp_path / "elsewhere")
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '0032'")
        monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
        before = {one.name for one in services.app.data_dir.iterdir()}
        with pytest.raises(NoRoomToUpgrade):
            services.restore(copy)
        assert {one.name for one in services.app.data_dir.iterdir()} == before

    run(steps)


def test_the_guide_has_every_page_in_both_languages(qapp):
    for code in ("zh", "en"):
        language.set_language(code)
        for topic in ("listings", "stores", "orders", "freight", "warehouses", "keys"):
            assert len(guide_text(topic)) > 60, (code, topic)
    assert guide_text("no such page") == guide_text("listings")


def test_settings_are_shown_changed_and_kept(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        desktop.window.settings_wanted.emit()
        form = dialog(desktop, SettingsDialog)
        await until(lambda: form.numbers["parallel_calls"].value() == 8)
        assert form.numbers["calls_per_s"].text() == "the platform's limit"
        assert "api-sg.aliexpress.com" in form.hosts.toPlainText()
        form.numbers["parallel_calls"].setValue(3)
        form.numbers["calls_per_s"].setValue(20)
        form.hosts.setPlainText("api-sg.aliexpress.com\n\nother.example\n")
        form.primary.click()
        await until(lambda: dialog(desktop, SettingsDialog) is None)
        stored = services.settings()
        assert (stored.parallel_calls, stored.calls_per_s) == (3, 20)
        assert stored.gateway_hosts == ("api-sg.aliexpress.com", "other.example")

    run(steps)


def test_what_was_changed_on_both_sides_is_told_after_a_sync_until_it_is_decided(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None)
        with services.app.db.read() as session:
            theirs = load_listing(session, 1)
        ours, theirs.title = theirs.title, "Their other title for this lamp"
        with services.app.db.bulk() as connection:
            keep_theirs(connection, 1, theirs)
        desktop._on_synced({})
        await until(lambda: [one.name for one in desktop.context.notices.banners()] == ["conflicts"])
        desktop.context.notices.banners()[0].offers[0].do()
        await until(lambda: dialog(desktop, ConflictsDialog) and dialog(desktop, ConflictsDialog).model.rowCount() == 1)
        dialog(desktop, ConflictsDialog).theirs.click()
        await until(lambda: not desktop.context.notices.banners())
        assert services.listings.detail(1).record.title == theirs.title != ours

    run(steps)
