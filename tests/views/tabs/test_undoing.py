"""Undo and redo by their keys, when they cannot be done: the window says why, and nothing is changed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services.errors import AppError
from app.services.listings.editing import ListingEdit
from tests.views.tabs.test_desktop import loop, run, until

__all__ = ["loop", "run"]

Key = Qt.Key


def full_disk(*_, **__):
    raise AppError("publishing.journal", reason="disk full")


@pytest.mark.parametrize(
    ("key", "act"), [(Key.Key_Z, "change"), (Key.Key_Z, "undo"), (Key.Key_Y, "can_redo"), (Key.Key_Y, "redo")]
)
def test_what_fails_is_told(run, key, act):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None and desktop.window.page.table.paged.is_loaded)
        services.listings.save([ListingEdit(1, fields={"title": "Changed by hand"})], "Changed by hand")
        if key == Key.Key_Y:
            services.listings.undo()
        before = services.listings.detail(1).record.title
        setattr(services.listings, act, full_disk)
        desktop.window.page.table.setFocus()
        QTest.keyClick(desktop.window, key, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: any("disk full" in toast.text for toast in desktop.context.notices.kept))
        assert services.listings.detail(1).record.title == before

    run(steps)


def test_that_there_is_nothing_to_bring_again_is_said(run):
    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None and desktop.window.page.table.paged.is_loaded)
        desktop.window.page.table.setFocus()
        QTest.keyClick(desktop.window, Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: any(toast.key == "history.nothing_to_redo" for toast in desktop.context.notices.kept))

    run(steps)


def test_that_the_change_before_cannot_be_found_is_told(run):
    """The newest change cannot be taken back any more, and what is before it cannot be read."""

    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None and desktop.window.page.table.paged.is_loaded)
        services.listings.save([ListingEdit(1, fields={"title": "New"})], "New")
        with services.app.db.bulk() as connection:  # as the platform changes it
            connection.exec_driver_sql("UPDATE listing SET title = 'Synced' WHERE id = 1")
        services.listings.next_to_undo = full_disk
        desktop.window.page.table.setFocus()
        QTest.keyClick(desktop.window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: any("disk full" in toast.text for toast in desktop.context.notices.kept))
        assert services.listings.detail(1).record.title == "Synced"

    run(steps)
