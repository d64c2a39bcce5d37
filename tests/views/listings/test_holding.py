"""Holding listings back: asked in the table, seen in row and panel, filtered, released, taken back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.services.compliance.recheck import refresh_listing_images
from app.services.listings.holding import LONGEST_REASON
from app.services.listings.source import ListingSource
from app.services.paging import Query
from app.views.listings.columns import columns
from app.views.listings.hold_dialog import HoldDialog
from app.views.listings.publish_question import PublishQuestion

WHY = "Waits for the licence"


def told(page):
    return [notice.text for notice in page.context.notices.kept]


def holds(db):
    with db.reader.connect() as connection:
        found = connection.exec_driver_sql("SELECT listing_id, reason FROM listing_hold ORDER BY listing_id").all()
    return dict(map(tuple, found))


def test_chosen_rows_are_held_seen_and_released(open_page, make_sellable, qtbot, settle, db, write):
    first, second, third = (make_sellable(skus=((f"AB{n}", 900, 5),)) for n in range(3))
    write("UPDATE listing SET product_id = '7', status = 'live', sent_hash = content_hash WHERE id = ?", second.id)
    refresh_listing_images(db)
    page = open_page()
    page.rows.select_ids([first.id, second.id])
    page.actions_of_page["hold"].trigger()
    dialog = page.findChildren(HoldDialog)[-1]
    assert dialog.windowTitle() == "Hold 2 listings" and dialog.primary.text() == "Hold 2"
    assert (dialog.primary.isEnabled(), dialog.reason.maxLength()) == (False, LONGEST_REASON)
    qtbot.keyClicks(dialog.reason, WHY)
    qtbot.keyClick(dialog.reason, Qt.Key.Key_Return)
    settle()
    assert holds(db) == {first.id: WHY, second.id: WHY}
    assert told(page)[0] == "2 listings are held."
    rows = ListingSource(db).first_page(Query(), 10)
    shown = {column.key: column.cell for column in columns()}
    cells = {row.id: shown["status"](row) for row in rows}
    assert {row.id: shown["hold_reason"](row).text for row in rows}[first.id] == WHY
    assert (cells[first.id].text, cells[first.id].tip) == ("On hold", f"On hold: {WHY}")
    assert (cells[second.id].text, cells[second.id].tip) == ("Live", f"On hold: {WHY}")
    assert cells[third.id].tip == ""
    # the side panel says it and lets one go
    page.show_rows([first.id])
    qtbot.waitUntil(lambda: page.editor.listing_id == first.id)
    settle()
    qtbot.waitUntil(lambda: page.editor.worst.fix.isVisible() and page.editor.worst.fix.text() == "Release")
    assert WHY in page.editor.worst.text.text()
    page.editor.show_tab("findings")
    assert [one.text() for one in page.editor.findings.findChildren(QPushButton) if one.text() == "Release"]
    page.editor.worst.fix.click()
    settle()
    assert holds(db) == {second.id: WHY}
    qtbot.waitUntil(lambda: not page.editor.worst.fix.isVisible())
    page.rows.select_ids([second.id, third.id])
    for _ in range(2):
        page.actions_of_page["release_hold"].trigger()
        settle()
    assert holds(db) == {}
    assert told(page)[:2] == ["None of these listings is held by a person.", "1 listing is released."]


def test_the_question_before_sending_counts_what_is_held(open_page, make_sellable, services, qtbot, settle):
    first, second = (make_sellable(skus=((f"AB{n}", 900, 5),)) for n in range(2))
    refresh_listing_images(services.listings.db)
    services.listings.hold([first.id], WHY)
    page = open_page()
    page.rows.select_ids([first.id, second.id])
    page.actions_of_page["publish"].trigger()
    qtbot.waitUntil(lambda: bool(page.findChildren(PublishQuestion)))
    settle()
    question = page.findChildren(PublishQuestion)[-1]
    assert question.primary.text().endswith("1")
    question.reject()


def test_very_many_are_a_job_of_the_worker(open_page, make_sellable, settle, db, lane, monkeypatch, qtbot):
    ids = [make_sellable(skus=((f"AB{n}", 900, 5),)).id for n in range(3)]
    page = open_page()
    monkeypatch.setattr("app.views.listings.holding.MANY", 2)
    page.acts.holding._hold(ids, WHY)
    settle()
    assert (holds(db), lane.calls[-1]) == (dict.fromkeys(ids, WHY), "hold_in_worker")
    page.acts.holding.release(ids[:2])
    settle()
    qtbot.waitUntil(lambda: holds(db) == {ids[2]: WHY})
    assert told(page)[0] == "2 listings are released."
    page.acts.holding.ask([])  # nothing is chosen: nothing is asked
    assert not [one for one in page.findChildren(HoldDialog) if one.isVisible()]
