"""From the Freight templates tab to the listings and back: who uses a template, replaced in bulk, proposed, undone."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from app.services.paging import Filter, Query
from app.views.filter_editor import FilterEditor
from app.views.freight.match_dialog import MatchDialog
from app.views.freight.trial_dialog import TrialDialog
from app.views.listings.bulk_edit.dialog import BulkEditDialog
from tests.views.listings.lane import Lane
from tests.views.tabs.test_desktop import dialog, loop, run, until

__all__ = ["loop", "run"]


def used(services, *ids):
    """Templates of these listings; of all the number of listings by template."""
    with services.app.db.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT id, freight_template_id FROM listing ORDER BY id").all()
    return [template for id, template in rows if id in ids] if ids else [template for _, template in rows]


async def listings_page(desktop):
    await until(lambda: desktop.window.page is not None and desktop.window.page.key == "listings")
    page = desktop.window.page
    await until(lambda: page.table is not None and page.table.paged.is_loaded)
    return page


async def of_kind(desktop, kind: type[QDialog]):
    await until(lambda: dialog(desktop, kind) is not None)
    return dialog(desktop, kind)


async def closed(desktop, kind):
    await until(lambda: dialog(desktop, kind) is None)


async def show_users(desktop, services):
    """The listings of the template in view. Returns: its row, and one of the same store to take its place."""
    desktop.window.show_tab("freight")
    freight = desktop.window.page
    await until(lambda: freight.table.paged.is_loaded)
    rows = freight.template_table.paged.source.first_page(Query(), 50)
    row = next(one for one in rows if one.name == "小件普货" and one.listing_count)
    freight.table.setCurrentIndex(freight.table.paged.index(rows.index(row), 0))
    await until(lambda: freight.current() is not None and freight.current().id == row.id)
    freight.actions_of_page["template_listings"].trigger()
    listings = await listings_page(desktop)
    await until(lambda: listings.table.paged.total == row.listing_count)
    assert tuple(listings.filters.filters) == (Filter("freight_template", "=", row.template_id),)
    assert tuple(listings.store_ids) == (row.store_id,)
    await change_chip(listings, row)
    return row, next(one for one in rows if one.store_id == row.store_id and one.id != row.id)


async def change_chip(listings, row):
    """The chip opens on its template; the listings without it, and again those with it."""
    await until(lambda: row.name in listings.filters._chips[0].accessibleName())
    for operator, is_with in (("not in", False), ("in", True)):
        QTest.mouseClick(listings.filters._chips[0], Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
        editor = next(one for one in listings.filters.findChildren(FilterEditor) if one.isVisible())
        items = [editor.list.item(at) for at in range(editor.list.count())]
        ticked = [item.text() for item in items if item.checkState() == Qt.CheckState.Checked]
        assert editor.operator.currentText() and ticked == [row.name]
        editor.operator.setCurrentIndex(editor.operator.findData(operator))
        QTest.mouseClick(editor.apply, Qt.MouseButton.LeftButton)
        assert listings.filters.filters == (Filter("freight_template", operator, (row.template_id,)),)
        await until(lambda wanted=is_with: (listings.table.paged.total == row.listing_count) is wanted)


async def replace_it(desktop, services, row, other):
    """A bulk edit with its preview; taken back."""
    before = used(services)
    desktop.window.show_tab("freight")
    desktop.window.page.actions_of_page["replace_template"].trigger()
    edit = await of_kind(desktop, BulkEditDialog)
    (card,) = edit.changes.cards
    await until(lambda: card.form.value.count() > 1)
    assert card.field.value == "freight_template_id"
    card.form.value.choose(other.template_id)
    card.form.value.activated.emit(card.form.value.currentIndex())
    await until(lambda: edit.primary.isEnabled())
    assert used(services) == before, "nothing is written before it is applied"
    edit.primary.click()
    await closed(desktop, BulkEditDialog)
    await until(lambda: row.template_id not in used(services) and desktop.context.runner.is_idle)
    after = used(services)
    assert after.count(other.template_id) == before.count(other.template_id) + row.listing_count
    desktop.undoing.undo(services.listings.history()[0].uid)
    await until(lambda: used(services) == before)


async def propose(desktop, services):
    """Listings whose template is gone get one; those that were not ticked keep theirs; taken back."""
    with services.app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET freight_template_id = 'gone' WHERE id IN (1, 2, 3)")
    listings = desktop.listings_page()
    desktop.window.app_bar.stores.choose(None)
    listings.filters.set_filters([Filter("freight_template", "=", "gone")])
    desktop.window.show_tab("listings")
    await until(lambda: listings.table.paged.total == 3)
    desktop.window.show_tab("freight")
    desktop.window.page.actions_of_page["match_templates"].trigger()
    match = await of_kind(desktop, MatchDialog)
    assert desktop.window.page is listings
    await until(lambda: match.matches)
    assert [(one.id, one.reason) for one in match.matches] == [(id, "fits_goods") for id in (1, 2, 3)]
    match.table.setCurrentIndex(match.model.index(0, 0))
    QTest.keyClick(match, Qt.Key.Key_Space)
    match.only.setChecked(False)
    assert [one.id for one in match.model.wanted] == [2, 3]
    assert match.model.data(match.model.index(0, 0)).startswith("☐")
    count = len(services.listings.history())
    match.primary.click()
    await until(lambda: used(services, 2, 3) == [one.proposed[0] for one in match.matches[1:]])
    await until(lambda: all(not job.is_running for job in desktop.context.jobs))
    assert used(services, 1) == ["gone"]
    done = services.listings.history()
    for change in done[: len(done) - count]:
        desktop.undoing.undo(change.uid)
    await until(lambda: used(services, 1, 2, 3) == ["gone"] * 3)


async def from_a_listing(desktop, row):
    """Proposals and a trial of one row of the Listings tab; its own template is gone, another one is tried."""
    listings = desktop.window.page
    await until(lambda: listings.table.paged.is_loaded)
    listings.table.select_ids([1])
    listings.table.setCurrentIndex(listings.table.paged.index(0, 0))
    await until(lambda: listings.rows.current_record() is not None)
    listings.actions_of_page["match_freight"].trigger()
    match = await of_kind(desktop, MatchDialog)
    await until(lambda: match.matches)
    assert len(match.matches) == 1
    match.reject()
    listings.actions_of_page["try_freight"].trigger()
    trial = await of_kind(desktop, TrialDialog)
    assert trial.named.value == "own"
    await until(lambda: "gone" in trial.hint.text())
    trial.named.choose(f"synced:{row.id}")
    trial.try_it()
    await until(lambda: trial.rows)
    trial.accept()


def test_a_templates_listings_are_shown_replaced_proposed_and_each_taken_back(run):
    lane = Lane()

    async def steps(desktop, services):
        desktop.context.runner.heavy = lane
        row, other = await show_users(desktop, services)
        await replace_it(desktop, services, row, other)
        await propose(desktop, services)
        await from_a_listing(desktop, row)
        for timer in (desktop.figures._seldom, desktop.figures._soon):
            timer.stop()  # a look at the figures must not begin when the runner is gone
        await until(lambda: desktop.context.runner.is_idle)

    try:
        run(steps)
    finally:
        lane.close()
