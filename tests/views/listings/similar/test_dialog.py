"""Similar listings as a person goes through them: searched, seen side by side, decided, undone, exported."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.services.listings.similar.records import SimilarResult, Why
from app.services.paging import Query
from app.services.worker import WorkerDied
from app.views.listings.publish_question import PublishQuestion
from app.views.listings.sale import OfflineQuestion
from app.views.listings.similar.cards import SMALL_PICTURE, CardRows, card_size
from app.views.listings.similar.group_list import GroupRows
from tests.views.listings.similar.conftest import LAMP, dialog_of

STRICT = QAbstractItemModelTester.FailureReportingMode.Warning


def told(page):
    return [notice.text for notice in page.context.notices.kept]


def titles(dialog):
    return [one.title for one in dialog.pane.cards.rows.listings]


def test_groups_are_seen_told_apart_and_brought_back(open_dialog, lamps, qtbot, settle, services, db):
    page, dialog = open_dialog()
    tester = [QAbstractItemModelTester(model, STRICT) for model in (dialog.groups.rows, dialog.pane.cards.rows)]
    assert [type(model) for model in (dialog.groups.rows, dialog.pane.cards.rows)] == [GroupRows, CardRows]
    assert dialog.options.scope.current == "all"
    assert dialog.counts.text() == "6 listings compared. Alike: 5, groups: 2."
    rows = dialog.groups.rows
    assert [rows.index(at).data() for at in range(2)] == ["Same codes 100 %", "Nearly the same title 88 %"]
    said = rows.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Unlike0 others0 at all0\nSame codes 100 %\n3 listings, 0 on the platform"
    cards = dialog.pane.cards
    assert [one.id for one in cards.rows.listings] == lamps[0]
    assert cards.chosen == lamps[0][1:]  # the first is the one to keep
    assert "LM1-WH\nUSD 18.90\n晨帆数码\nDraft" in cards.rows.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    cards.resize(500, 200)
    assert cards.sizeHintForIndex(cards.rows.index(0)).height() == card_size(SMALL_PICTURE).height()
    # the keyboard alone: to the cards, let one go, decide
    cards.setFocus()
    qtbot.keyClick(cards, Qt.Key.Key_Space)
    assert cards.chosen == lamps[0][2:]
    assert dialog.pane.apart.text() == "1 is not the same"
    dialog.pane.apart.setFocus()
    qtbot.keyClick(dialog.pane.apart, Qt.Key.Key_Space)
    settle()
    assert dialog.groups.current.listing_ids == tuple(lamps[0][:2])
    assert dialog.counts.text() == "6 listings compared. Alike: 4, groups: 2."
    assert told(page)[0] == "1 listing told apart."
    assert dialog.hint.text() == "1 listing told apart. Undo takes it back."
    dialog.pane.apart.click()
    settle()
    assert titles(dialog) == [LAMP, f"{LAMP} Warm"]
    dialog.pane.apart.click()
    settle()
    assert dialog.state.texts[0] == "All of them are decided"
    services.listings.undo()
    page.context.changes.tell({"listing", "change"})
    settle()
    assert dialog.again.isVisible() and "changed since" in dialog.counts.text()
    dialog.again.click()
    settle()
    assert [group.listing_ids for group in dialog.groups.rows.groups] == [tuple(lamps[1])]
    assert tester
    dialog.close()


def test_a_group_is_shown_in_the_list_held_and_taken_off_sale(open_dialog, lamps, settle, qtbot, db, write):
    write("UPDATE listing SET product_id = '7', status = 'live', sent_hash = content_hash WHERE id = ?", lamps[0][1])
    page, dialog = open_dialog([lamps[0][0]])
    assert (dialog.options.scope.current, dialog.options.drafts.isVisible()) == ("chosen", True)
    assert [one.id for one in dialog.pane.cards.rows.listings] == [lamps[0][1], lamps[0][0], lamps[0][2]]
    dialog.pane.show_button.click()
    assert set(page.selection().ids) == {lamps[0][0], lamps[0][2]}
    assert dialog.pane.reason.text() == "possible duplicate"
    dialog.pane.reason.setText("")
    assert not dialog.pane.hold.isEnabled()
    dialog.pane.reason.setText("twins?")
    qtbot.keyClick(dialog.pane.reason, Qt.Key.Key_Return)
    settle()
    with db.reader.connect() as connection:
        held = connection.exec_driver_sql("SELECT listing_id, reason FROM listing_hold ORDER BY listing_id").all()
    assert list(map(tuple, held)) == [(lamps[0][0], "twins?"), (lamps[0][2], "twins?")]
    assert told(page)[0] == "2 listings are held."
    dialog.pane.hold.click()
    settle()
    assert dialog.hint.text() == "That was said before; nothing changed."
    dialog.pane.cards.selectAll()
    dialog.pane.off.click()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(OfflineQuestion)))
    question = next(one for one in page.findChildren(OfflineQuestion) if one.isVisible())
    assert question.primary.text() == "Take 1 off sale"
    question.reject()
    dialog.pane.cards.clearSelection()
    assert not dialog.pane.off.isEnabled() and dialog.pane.show_button.text() == "Show 3 in Listings"
    dialog.close()


def test_exports_failures_a_stop_and_nothing_alike(open_dialog, lamps, settle, lane, tmp_path, monkeypatch):
    _, dialog = open_dialog()
    dialog.export_to(tmp_path / "alike.csv")
    settle()
    assert dialog.hint.text() == "5 rows saved as alike.csv"
    assert len((tmp_path / "alike.csv").read_text("utf-8-sig").splitlines()) == 6
    dialog.export_to(tmp_path / "none" / "alike.xlsx")
    settle()
    assert "alike.xlsx" in dialog.hint.text()
    monkeypatch.setattr("app.services.listings.similar.acting.MOST_PAIRS", 1)
    dialog.pane.apart.click()
    settle()
    assert dialog.hint.text() == "At most 200 listings are told apart at once. Choose fewer."
    lane.error = WorkerDied(exit_code=1)
    dialog.search()
    settle()
    assert dialog.state.texts[0] == "The search did not end"
    dialog.state.button.click()
    settle()
    assert dialog.groups.rows.groups
    # stopped, narrowed until nothing is left
    lane.gate.clear()
    dialog.search()
    assert dialog.state.button.text() == "Stop" and not dialog.export.isEnabled()
    dialog.state.button.click()
    assert dialog.state.texts[0] == "Stopped"
    lane.gate.set()
    settle()
    for box in dialog.options.whys.values():
        box.setChecked(False)
    dialog.options.changed.emit()  # the pause is over
    assert dialog.state.texts[0] == "No reason is chosen"
    dialog.options.whys[Why.TITLE].setChecked(True)
    dialog.options.share.setValue(95)
    dialog.options.changed.emit()
    settle()
    assert dialog.state.texts == (
        "No similar listings",
        "6 listings compared. Those off sale and those told apart do not count.",
    )
    assert not dialog.export.isEnabled()
    dialog.close()


def test_pictures_nobody_looked_into_are_offered(open_dialog, make_listing, settle, tmp_path):
    from tests.unit.images.test_looks import SHOWN, goods

    for at in range(2):
        path = tmp_path / f"{at}.jpg"
        goods(SHOWN["red"]).resize((200 + 40 * at,) * 2).save(path)
        make_listing(f"Unlike{at} others{at} at all{at}", ((f"Q{at}", 100, 1),), (str(path),))
    _, dialog = open_dialog()
    assert dialog.look.text() == "Look into 2 main pictures" and not dialog.groups.rows.groups
    dialog.look.click()
    settle()
    assert dialog.groups.rows.index(0).data().startswith("Main pictures look the same")
    assert not dialog.look.isVisible()
    dialog.close()


def test_a_filter_is_in_focus_and_whole_stores_are_not(open_page, lamps, settle):
    page = open_page()
    for chosen, scope, groups in ((Query(text="lamp"), "chosen", 1), (Query(), "all", 2)):
        page.acts.looks.show_similar(chosen, 2)
        settle()
        dialog = dialog_of(page)
        assert (dialog.options.scope.current, len(dialog.groups.rows.groups)) == (scope, groups)
        dialog.close()


class TestBeforePublishing:
    def question(self, page, qtbot):
        page.actions_of_page["publish"].trigger()
        qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(PublishQuestion)))
        return next(one for one in page.findChildren(PublishQuestion) if one.isVisible())

    def test_the_question_counts_them_and_leads_to_them(
        self, open_page, make_sellable, services, qtbot, settle, market
    ):
        twins = [
            make_sellable(
                f"{word} lamp of another kind",
            )
            for word in ("Ash", "Birch")
        ]
        services.listings.recheck(None)
        page = open_page()
        page.rows.select_ids([one.id for one in twins])
        question = self.question(page, qtbot)
        settle()
        assert question.similar.text() == (
            "2 of them are like other listings of their store; buyers would see only one."
        )
        assert question.compare.isVisible()
        question.compare.click()
        settle()
        dialog = dialog_of(page)
        assert not dialog.options.drafts.isChecked()
        assert {one.id for one in dialog.pane.cards.rows.listings} == {one.id for one in twins}
        assert market.creates == []
        dialog.close()

    def test_nothing_alike_a_failure_and_an_answer_before_the_search(
        self, open_page, make_sellable, services, qtbot, settle, lane, monkeypatch
    ):
        make_sellable("Ash Bedside Lamp of its own kind")
        services.listings.recheck(None)
        page = open_page()
        question = self.question(page, qtbot)
        settle()
        assert question.similar.text() == "None of them is like another listing of its store."
        assert not question.compare.isVisible()
        question.reject()
        lane.error = WorkerDied(exit_code=1)
        question = self.question(page, qtbot)
        settle()
        assert not question.similar.isVisible() and question.primary.isEnabled()
        question.reject()
        lane.gate.clear()
        question = self.question(page, qtbot)
        assert question.similar.text() == "Looking for similar listings…"
        question.accept()
        lane.gate.set()
        qtbot.waitUntil(lambda: any(job.title_key == "publish.job" for job in page.context.jobs))
        qtbot.waitUntil(lambda: not page.context.jobs.running)


def test_an_empty_result_counts_nothing():
    assert SimilarResult((), 0, 0).count_of({1}) == 0
