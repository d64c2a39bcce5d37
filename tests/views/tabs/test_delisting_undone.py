"""A delisting and its undo as a user does them, over the practice market: what is on sale there in the end."""

import asyncio
import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services.application import Application
from app.services.desktop import DesktopServices
from app.services.listings.editing import ListingEdit
from app.services.stores.practice import MARKET_NAME, reachable
from app.services.stores.reading import get_store
from app.views.context import ViewContext
from app.views.desktop import Desktop
from app.views.history_dialog import HistoryDialog
from app.views.listings.delist_dialog import DelistDialog
from app.views.start import LateWorker
from app.views.task_runner import TaskRunner
from app.views.view_settings import MemorySettings
from tests.views.tabs.test_desktop import dialog, loop, until
from tests.views.tabs.test_history_window import click, opened

__all__ = ["loop"]

CONTROL = Qt.KeyboardModifier.ControlModifier
ON_SALE = (
    "SELECT listing.id, listing.title, sku.code, sku.stock FROM sku JOIN listing ON listing.id = listing_id "
    "WHERE store_id = 1 AND status = 'live' AND sku_count {} 1 AND sku.stock > 0 AND sent_hash = content_hash "
    "AND sku.match_key IN (SELECT match_key FROM sku GROUP BY match_key HAVING count(*) = 1) "
    "AND NOT instr(sku.code, '+') ORDER BY listing.id LIMIT 1"
)


@pytest.fixture
def run(qtbot, loop, tmp_path, practice_file):
    """Run a coroutine with a desktop over a copy of the practice data, and its market."""

    def start(steps):
        folder = tmp_path / "data"
        folder.mkdir()
        app = Application(folder)
        shutil.copyfile(practice_file, app.database_path)
        shutil.copyfile(practice_file.parent / MARKET_NAME, folder / MARKET_NAME)
        app.practice.start()  # here: what is logged in a thread of Qt leaves Python a thread it takes for a living one

        async def whole():
            services = DesktopServices(app)
            services.start_up = _nothing
            runner = TaskRunner(heavy=LateWorker(app))
            desktop = Desktop(ViewContext(runner, MemorySettings()), lambda: services)
            ready = asyncio.Event()
            desktop.ready.connect(ready.set)
            desktop.start()
            await asyncio.wait_for(ready.wait(), 20)
            await until(lambda: desktop.window.page is not None and desktop.window.page.table.paged.is_loaded)
            try:
                await steps(desktop, services)
            finally:
                await app.disconnect()  # before the window closes, which ends the loop
                desktop.window.close()
                runner.shutdown()
                desktop.window.deleteLater()
                app.close()

        loop.run_until_complete(whole())

    return start


async def _nothing(_language, *, ctx):
    return None


def found(services, many):
    """A listing on sale, of one variant or of *many*, with one of its codes, which stands nowhere else."""
    with services.app.db.reader.connect() as connection:
        return connection.exec_driver_sql(ON_SALE.format(">" if many else "=")).first()


async def there(services, listing_id):
    """Status and stocks on the practice market."""
    product_id = services.listings.detail(listing_id).record.product_id
    store = await reachable(services.app, await asyncio.to_thread(get_store, services.app.db, 1))
    async with services.app.connected(store) as marketplace:
        remote = await marketplace.read_listing(product_id)
    return str(remote.status), {sku.code: sku.stock for sku in remote.content.skus}


async def sent(desktop, key):
    """Wait until what was queued is sent, as the window says."""
    await until(lambda: any(toast.key == key for toast in desktop.context.notices.kept), 60)
    await until(lambda: not desktop.context.jobs.running, 60)


async def delist(desktop, codes, *, takes_off=False):
    """Paste codes into the dialog and press its button."""
    desktop.listings_page().actions_of_page["delist"].trigger()
    await until(lambda: dialog(desktop, DelistDialog) is not None)
    shown = dialog(desktop, DelistDialog)
    shown.codes.setPlainText(codes)
    if takes_off:
        QTest.mouseClick(shown.takes_off, Qt.MouseButton.LeftButton, pos=shown.takes_off.rect().center())
        shown.takes_off.setChecked(True)
    await until(lambda: shown.plan is not None and not shown.plan.is_empty)
    click(shown.primary)
    await until(lambda: dialog(desktop, DelistDialog) is None)


async def press(desktop, key):
    desktop.window.activateWindow()
    await until(desktop.window.isActiveWindow)
    desktop.listings_page().table.setFocus()
    QTest.keyClick(desktop.window, key, CONTROL)


def test_a_listing_that_was_taken_off_sale_is_on_sale_again_after_the_undo_key(run):
    """Something was edited before: that stays."""

    async def steps(desktop, services):
        number, title, code, _ = found(services, many=True)
        assert (await there(services, number))[0] == "onSelling"
        services.listings.save([ListingEdit(number + 1, fields={"title": "Edited by hand"})], "Edited by hand")
        await delist(desktop, code, takes_off=True)
        await sent(desktop, "sale.done.offline")
        assert (await there(services, number))[0] == "offline"
        done = next(toast for toast in desktop.context.notices.kept if toast.key == "sale.done.offline")
        assert done.offer.key == "action.undo"
        await press(desktop, Qt.Key.Key_Z)
        await until(lambda: any(toast.key == "delist.undone" for toast in desktop.context.notices.kept))
        await sent(desktop, "sale.done.online")
        assert (await there(services, number))[0] == "onSelling"
        assert services.listings.detail(number + 1).record.title == "Edited by hand"
        assert services.listings.detail(number).record.title == title
        await press(desktop, Qt.Key.Key_Y)
        await until(lambda: any(toast.key == "delist.redone" for toast in desktop.context.notices.kept))
        await until(lambda: services.listings.detail(number).record.status == "off", 60)
        await until(lambda: not desktop.context.jobs.running, 60)

    run(steps)


def test_a_stock_that_was_delisted_is_back_on_the_market_after_the_undo_key(run):
    async def steps(desktop, services):
        number, _, code, stock = found(services, many=True)
        await delist(desktop, code)
        await sent(desktop, "publish.done")
        assert (await there(services, number))[1][code] == 0
        desktop.context.notices.kept.clear()
        await press(desktop, Qt.Key.Key_Z)
        await sent(desktop, "publish.done")
        assert (await there(services, number))[1][code] == stock
        assert services.listings.detail(number).record.status in ("live", "in_review")

    run(steps)


def test_in_the_history_it_says_what_comes_back_and_what_cannot(run):
    async def steps(desktop, services):
        number, _, code, _ = found(services, many=True)
        await delist(desktop, code, takes_off=True)
        await sent(desktop, "sale.done.offline")
        with services.app.db.bulk() as connection:
            connection.exec_driver_sql("UPDATE change SET params = json_set(params, '$.title', 'it')")
            connection.exec_driver_sql("UPDATE store SET access = 'read' WHERE id = 1")
        desktop.window.activateWindow()
        await until(desktop.window.isActiveWindow)
        pane = await opened(desktop, "it")
        assert pane.title.text().startswith("Delisted codes: 1 listing off sale")

        def cells():
            row = pane.table.paged.record(0)
            return [column.cell(row) for column in pane.table.paged.columns[1:5]]

        assert [cell.text for cell in cells()] == ["Sale", "On sale", "Off sale", "No"]
        assert "read" in cells()[-1].tip
        click(pane.undo)
        kept = desktop.context.notices.kept
        await until(lambda: any(toast.key == "history.undone_but" for toast in kept))
        said = next(toast for toast in kept if toast.key == "history.undone_but").text
        assert said.startswith("Undone for 0 listings. Left alone: 1 listing: ") and "read" in said
        assert services.listings.detail(number).record.status == "off"
        dialog(desktop, HistoryDialog).close()
        await press(desktop, Qt.Key.Key_Z)
        await until(lambda: any(toast.key == "history.not_undone" for toast in kept))
        with services.app.db.bulk() as connection:
            connection.exec_driver_sql("UPDATE store SET access = 'operate' WHERE id = 1")
        await press(desktop, Qt.Key.Key_Z)
        await sent(desktop, "sale.done.online")
        assert (await there(services, number))[0] == "onSelling"

    run(steps)
