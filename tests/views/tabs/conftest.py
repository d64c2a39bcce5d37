"""Services over a copy of the practice stores' data: synced once, then a file that every test gets for itself."""

import asyncio
import shutil
import sqlite3
from contextlib import closing

import pytest

from app.services.application import Application
from app.services.desktop import DesktopServices
from app.services.stores.practice import set_up_practice


@pytest.fixture(scope="session")
def practice_file(tmp_path_factory):
    """A database with both practice stores as they are after "Open the practice store"."""
    folder = tmp_path_factory.mktemp("practice")

    async def set_up(app):
        await set_up_practice(app, language="en")
        await app.disconnect()

    with Application(folder) as app:
        asyncio.run(set_up(app))
    with closing(sqlite3.connect(app.database_path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return app.database_path


@pytest.fixture
def services(tmp_path, practice_file):
    """The window's services over a copy of the practice data; the market itself is not running."""
    folder = tmp_path / "data"
    folder.mkdir()
    app = Application(folder)
    shutil.copyfile(practice_file, app.database_path)
    yield DesktopServices(app)
    app.close()


@pytest.fixture
def empty_services(tmp_path):
    """The window's services over an empty database."""
    app = Application(tmp_path / "empty")
    yield DesktopServices(app)
    app.close()


@pytest.fixture
def open_page(qtbot, context):
    """Show a page over services, asked and filled."""

    def show(page_class, services):
        context.services = services
        page = page_class(context)
        qtbot.addWidget(page)
        page.resize(1440, 820)
        page.show()
        page.activated()
        model = page.table.paged
        qtbot.waitUntil(lambda: model.is_ordered)
        return page

    return show
