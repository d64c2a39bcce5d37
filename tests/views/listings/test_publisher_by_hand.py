"""Publishing in a person's hands: what fails is told, what goes through is seen at once, what waits is acted upon."""

import pytest
from PySide6.QtCore import Qt

from app.services.clock import now_ms
from app.services.listings.editing import ListingEdit
from app.services.publishing.queue import enqueue
from app.services.publishing.turns import Schedule
from app.services.worker import WorkerDied
from app.views.errors import sentence
from app.views.language import language
from app.views.listings.result_rows import FIELD
from app.views.listings.results_dialog import ResultsDialog
from app.views.listings.scheduled_dialog import ScheduledDialog
from tests.views.listings.rows import titles
from tests.views.listings.test_publisher import (
    TITLE,
    ended,
    hold,
    job_of,
    notices,
    page,
    publish,
    question,
    result,
    visible,
)
from tests.views.listings.test_sale import OfflineQuestion, ask, looks_often
from tests.views.listings.test_sale import page as on_sale

__all__ = ["hold", "looks_often", "on_sale", "page"]
LEFT = Qt.MouseButton.LeftButton
HOUR_MS = 3_600_000


def refuse(*_, **__):
    raise WorkerDied(exit_code=1)


@pytest.fixture
def fail(services, monkeypatch):
    """Let a service fail from now on."""
    return lambda name, of=None: monkeypatch.setattr(of or services.publishing, name, refuse)


@pytest.fixture
def is_told(settle):
    """Whether the page said that it failed."""

    def look(page):
        settle()
        return page.context.notices.kept[0].tone == "red" and notices(page)[0] == sentence(WorkerDied(exit_code=1))

    return look


class TestFailures:
    def test_what_cannot_be_looked_through_before_it_is_asked(self, page, services, fail, is_told):
        fail("publish_preview", services)
        page.actions_of_page["publish"].trigger()
        assert is_told(page)

    def test_what_cannot_be_queued(self, page, fail, qtbot, is_told, market):
        page.actions_of_page["publish"].trigger()
        asked = question(page, qtbot)
        fail("enqueue")
        asked.primary.click()
        ended(page, qtbot)
        assert is_told(page) and market.creates == []

    @pytest.mark.parametrize("name", ["recent", "report"])
    def test_a_result_that_cannot_be_read(self, page, db, fail, is_told, name):
        enqueue(db, 1, [page.made[0].id])
        fail(name)
        page.actions_of_page["publish_results"].trigger()
        assert is_told(page)

    def test_one_that_cannot_be_sent_again(self, page, market, fail, qtbot, settle, is_told):
        market.script.append(TITLE)
        publish(page, qtbot)
        ended(page, qtbot)
        page.context.notices.kept[0].offer.do()
        dialog = result(page, qtbot)
        settle()
        fail("send_again")
        dialog.again.click()
        assert is_told(page)

    def test_candidates_that_cannot_be_found(self, page, fail, is_told):
        fail("batch_of")
        page.editor.decide_wanted.emit(page.made[0].id)
        assert is_told(page)

    def test_what_is_superfluous_and_cannot_be_taken_off_sale(self, page, market, fail, qtbot, settle, is_told):
        market.before_write = lambda content: market.add(content)
        page.rows.select_ids([page.made[0].id])
        publish(page, qtbot)
        ended(page, qtbot)
        page.context.notices.kept[0].offer.do()
        dialog = result(page, qtbot)
        settle()
        fail("take_off_doubles")
        dialog.fix_all.click()
        question(page, qtbot).primary.click()
        assert is_told(page)
        dialog.close()

    def test_the_way_back_on_sale(self, on_sale, fail, qtbot, is_told):
        ask(on_sale, qtbot, "take_off_sale", OfflineQuestion).accept()
        qtbot.waitUntil(lambda: "2 listings are off sale." in notices(on_sale))
        fail("taken_off")
        on_sale.context.notices.kept[0].offer.do()
        assert is_told(on_sale)


def test_what_went_through_is_seen_before_the_batch_has_ended(page, services, hold, qtbot, settle):
    services.publishing.parallel = 1
    begun, gate = hold
    publish(page, qtbot)
    qtbot.waitUntil(begun.is_set)
    model, at, job = page.rows.paged, page.rows.column_at("status"), job_of(page)

    def states():
        return [str(model.index(row, at).data()) for row in range(3)]

    qtbot.waitUntil(lambda: "Sending" in states())
    page.context.jobs.pause(job)
    gate.set()
    qtbot.waitUntil(lambda: "In review" in states())
    assert page.publisher.is_running
    page.context.jobs.pause(job, paused=False)
    ended(page, qtbot)
    settle()


def test_what_is_put_right_in_the_result_is_seen_in_the_table(page, market, qtbot, settle):
    market.script.append(TITLE)
    publish(page, qtbot)
    ended(page, qtbot)
    page.context.notices.kept[0].offer.do()
    dialog = result(page, qtbot)
    settle()
    dialog.model.setData(dialog.model.index(0, FIELD), "Walnut Lamp")
    qtbot.waitUntil(lambda: "Walnut Lamp" in titles(page))
    settle()
    dialog.close()


class TestWaiting:
    """Batches that another program of the team queued: no job of this window waits for them."""

    @pytest.fixture
    def dialog(self, page, db, qtbot, settle):
        """The list of what waits, with two batches."""
        for record in page.made[:2]:
            enqueue(db, 1, [record.id], schedule=Schedule(now_ms() + HOUR_MS))
        page.reload()
        settle()
        page.actions_of_page["scheduled"].trigger()
        settle()
        shown = visible(page, ScheduledDialog)[0]
        assert shown.table.rowCount() == 2
        yield shown
        shown.close()

    def test_that_one_was_taken_back_is_heard_by_everything_that_shows_listings(self, page, dialog, qtbot, settle):
        with qtbot.waitSignal(page.context.changes.happened, check_params_cb=lambda tables: "listing" in tables):
            qtbot.mouseClick(dialog.cancel, LEFT)
        settle()
        assert dialog.table.rowCount() == 1

    def test_one_that_is_sent_now_is_sent_from_here(self, page, dialog, market, qtbot, settle):
        qtbot.mouseClick(dialog.now, LEFT)
        qtbot.waitUntil(lambda: len(market.products) == 1)
        ended(page, qtbot)
        settle()


def test_earlier_results_follow_the_language_and_a_double_click_opens_one(page, services, market, qtbot, settle):
    market.script.append(TITLE)
    publish(page, qtbot)
    ended(page, qtbot)
    services.listings.save([ListingEdit(page.made[0].id, fields={"keywords": "x"})], "x")
    services.publishing.enqueue(1, [page.made[0].id])
    page.actions_of_page["publish_results"].trigger()
    qtbot.waitUntil(lambda: bool(visible(page, ResultsDialog)))
    dialog = visible(page, ResultsDialog)[0]
    dialog.table.setCurrentCell(1, 0)
    language.set_language("zh")
    heads = [dialog.table.horizontalHeaderItem(at).text() for at in range(3)]
    assert (heads, dialog.table.item(1, 2).text()) == (["时间", "店铺", "状态"], "完成，有失败")
    assert dialog.table.currentRow() == 1
    language.set_language("en")
    at = dialog.table.visualItemRect(dialog.table.item(1, 1)).center()
    qtbot.mouseClick(dialog.table.viewport(), LEFT, pos=at)
    qtbot.mouseDClick(dialog.table.viewport(), LEFT, pos=at)
    opened = result(page, qtbot)
    settle()
    assert opened.head.figures["failed"].text() == "1"
    opened.close()
