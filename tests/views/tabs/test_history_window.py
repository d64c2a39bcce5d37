"""The history in the real window: opened by its key, rows, fields and buttons chosen; what the database says then."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.messages import tr
from app.services.history.records import DELIST_LABEL
from app.services.listings.editing import ListingEdit
from app.services.tasks import TaskContext
from app.views.history_dialog import HistoryDialog
from app.views.listings.publish_question import PublishQuestion
from app.views.widgets.buttons import Button
from tests.views.tabs.test_desktop import dialog, loop, run, until

__all__ = ["loop", "run"]


def values(services, *ids):
    """Title and weight of listings."""
    records = [services.listings.detail(id).record for id in ids]
    return [(one.title, one.weight_g) for one in records]


def click(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


async def opened(desktop, title):
    """The key of the history, then "Show" of the change with this title. Returns: the pane, its listings there."""
    await until(lambda: desktop.window.page is not None and desktop.window.page.table.paged.is_loaded)
    QTest.keyClick(
        desktop.window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    await until(lambda: dialog(desktop, HistoryDialog) is not None)
    history = dialog(desktop, HistoryDialog)

    def shows():
        return [
            one for one in history.changes.findChildren(Button) if one.isVisible() and one.text() == tr("history.open")
        ]

    await until(lambda: history.shown and len(shows()) == len(history.shown))
    at = [change.params["title"] for change in history.shown].index(title)
    click(shows()[at])
    pane = history.pane
    await until(lambda: pane.table is not None and pane.table.paged.is_ordered)
    await until(lambda: pane.table.paged.record(0) is not None)
    return pane


def two(services):
    """A change of titles and weights of two listings."""
    services.listings.save([ListingEdit(id, {"title": f"New {id}", "weight_g": 7}) for id in (1, 2)], "Two")


def test_chosen_rows_and_fields_are_taken_back(run):
    async def steps(desktop, services):
        (first, second) = values(services, 1, 2)
        two(services)
        pane = await opened(desktop, "Two")
        click(pane.chips["title"])
        rows = pane.table.visualRect(pane.table.paged.index(1, 0))
        QTest.mouseClick(pane.table.viewport(), Qt.MouseButton.LeftButton, pos=rows.center())
        await until(lambda: pane.undo.text() == "Undo Title of 1 listing")
        click(pane.undo)
        await until(lambda: values(services, 2) == [(second[0], 7)])
        assert values(services, 1) == [("New 1", 7)]
        await until(lambda: pane.table.paged.record(1) is not None)
        click(pane.chips["title"])
        pane.table.clearSelection()
        await until(lambda: pane.undo.text() == "Undo all 2 listings")
        click(pane.undo)
        await until(lambda: values(services, 1, 2) == [first, second])

    run(steps)


def test_everything_after_a_change_is_taken_back(run):
    async def steps(desktop, services):
        before = values(services, 3)
        services.listings.save([ListingEdit(1, {"title": "First"})], "First")
        two(services)
        services.listings.save([ListingEdit(3, {"title": "Third"})], "Third")
        (weight,) = [weight for _, weight in values(services, 2)]
        assert weight == 7
        pane = await opened(desktop, "First")
        await until(pane.back.isVisible)
        assert pane.back.text() == "Undo the 2 changes after this"
        click(pane.back)
        await until(lambda: values(services, 3) == before)
        assert values(services, 1)[0][0] == "First" and values(services, 2)[0][0] != "New 2"

    run(steps)


def test_a_lone_undo_after_a_change_is_gone_back_behind(run):
    async def steps(desktop, services):
        services.listings.save([ListingEdit(1, {"title": "First"})], "First")
        services.listings.undo()
        pane = await opened(desktop, "First")
        await until(pane.back.isVisible)
        assert pane.back.text() == "Undo the 1 change after this"
        click(pane.back)
        await until(lambda: values(services, 1)[0][0] == "First")
        await until(lambda: not pane.back.isVisible() and pane.undo.isEnabled())

    run(steps)


def test_what_was_delisted_and_edited_since_is_offered_for_sending_again(run):
    """Its stock is back here; the marketplace has none of it before it is sent, and with it goes what was edited."""

    async def steps(desktop, services):
        await until(lambda: desktop.window.page is not None and desktop.window.page.table.paged.is_loaded)
        with services.app.db.reader.connect() as connection:
            listing_id, code, stock = connection.exec_driver_sql(
                "SELECT listing_id, sku.code, sku.stock FROM sku JOIN listing ON listing.id = listing_id "
                "WHERE status = 'live' AND sku.stock > 0 GROUP BY sku.code HAVING count(*) = 1 LIMIT 1"
            ).one()

        def is_left():
            with services.app.db.reader.connect() as connection:
                sql = "SELECT stock FROM sku WHERE listing_id = ? AND code = ?"
                return connection.exec_driver_sql(sql, (listing_id, code)).scalar_one()

        plan = services.delisting.plan(code, False, TaskContext())
        services.delisting.apply(plan, "", TaskContext())
        with services.app.db.bulk() as connection:  # and the marketplace has it so
            connection.exec_driver_sql("UPDATE publish_task SET state = 'live', attempts = 1")
            connection.exec_driver_sql("UPDATE listing SET sent_hash = 'without the edit' WHERE id = ?", (listing_id,))
        assert is_left() == 0 and services.listings.can_undo().label == DELIST_LABEL
        QTest.keyClick(desktop.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        toast = desktop.window.toast_box
        await until(lambda: toast.button.isVisible() and toast.button.text() == "Send again")
        assert is_left() == stock
        desktop.window.show_tab("orders")
        click(toast.button)
        await until(lambda: dialog(desktop, PublishQuestion) is not None)
        assert desktop.window.page is desktop.listings_page()
        with services.app.db.reader.connect() as connection:
            assert list(connection.exec_driver_sql("SELECT listing_id FROM publish_task WHERE state = 'queued'")) == []

    run(steps)
