"""Off sale and on sale again in the window, now and at a time, and the list of what waits."""

import asyncio

import pytest
from PySide6.QtCore import QDateTime, Qt

from app.messages import tr
from app.services.clock import now_ms
from app.services.errors import AppError
from app.services.paging import Query
from app.services.publishing.desk import OFFLINE
from app.services.publishing.turns import Schedule
from app.views.language import language
from app.views.listings.sale import OfflineQuestion, OnlineQuestion
from app.views.listings.scheduled_dialog import HEADERS, ScheduledDialog
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Confirmation
from tests.unit.publishing.conftest import REVIEWED
from tests.unit.publishing.helpers import publish_all

LEFT = Qt.MouseButton.LeftButton
HOUR_MS = 3_600_000


@pytest.fixture(autouse=True)
def looks_often(monkeypatch):
    """A stop or a due time is noticed at once."""
    monkeypatch.setattr("app.services.publishing.gate.TICK_S", 0.005)
    monkeypatch.setattr("app.services.publishing.run.STORE_LOOK_S", 0.01)
    monkeypatch.setattr("app.services.publishing.feeding.LONGEST_NAP_S", 0.01)


@pytest.fixture
def page(open_page, db, make_sellable, services, market):
    """Two listings that were published."""
    services.publishing.settings = REVIEWED
    asyncio.run(publish_all(db, market, [make_sellable().id for _ in range(2)], settings=REVIEWED))
    assert statuses(services) == ["live", "live"]
    return open_page()


def statuses(services):
    rows = services.listings.source().first_page(Query(), 10)
    return [row.status for row in sorted(rows, key=lambda row: row.id)]


def ask(page, qtbot, action, kind):
    page.rows.selectAll()
    page.actions_of_page[action].trigger()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(kind)))
    return next(one for one in page.findChildren(kind) if one.isVisible())


def toast(page):
    return page.context.notices.kept[0].text if page.context.notices.kept else ""


def test_off_sale_now_and_on_sale_again(page, services, qtbot):
    asked = ask(page, qtbot, "take_off_sale", OfflineQuestion)
    assert asked.question.text() == "Take 2 listings of 晨帆数码 off sale?"
    assert asked.primary.text() == "Take 2 off sale"
    asked.accept()
    qtbot.waitUntil(lambda: statuses(services) == ["off", "off"])
    qtbot.waitUntil(lambda: toast(page) == "2 listings are off sale.")
    offer = page.context.notices.kept[0].offer
    assert offer.text == "Put on sale again"
    offer.do()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(OnlineQuestion)))
    asked = next(one for one in page.findChildren(OnlineQuestion) if one.isVisible())
    assert asked.question.text() == "Put 2 listings of 晨帆数码 on sale again?"
    asked.reject()
    page.actions_of_page["take_off_sale"].trigger()
    qtbot.waitUntil(lambda: toast(page).startswith("None of the 2 can be taken off sale"))
    asked = ask(page, qtbot, "put_on_sale", OnlineQuestion)
    asked.accept()
    qtbot.waitUntil(lambda: statuses(services) == ["live", "live"])
    qtbot.waitUntil(lambda: toast(page) == "2 listings are with the platform, 2 on sale.")


def test_off_sale_at_a_time_is_listed_moved_sent_at_once_or_taken_back(page, services, qtbot, settle):
    def at_a_time():
        asked = ask(page, qtbot, "take_off_sale", OfflineQuestion)
        qtbot.mouseClick(asked.when, LEFT, pos=asked.when.part_rect("at").center())
        asked.at.setDateTime(QDateTime.fromMSecsSinceEpoch(now_ms() + 5 * HOUR_MS))
        assert asked.primary.text() == "Schedule 2"
        asked.accept()
        qtbot.waitUntil(lambda: bool(services.publishing.scheduled()))

    def texts():
        return [dialog.table.item(0, column).text() for column in (1, 3)] if dialog.batches else []

    at_a_time()
    page.actions_of_page["scheduled"].trigger()
    (dialog,) = page.findChildren(ScheduledDialog)
    qtbot.waitUntil(lambda: texts() == ["Take off sale", "2"])
    before = services.publishing.scheduled()[0].first_ms
    dialog.at.setDateTime(QDateTime.fromMSecsSinceEpoch(now_ms() - HOUR_MS))
    dialog.move_button.click()
    qtbot.waitUntil(lambda: "is over" in dialog.problem.text())
    dialog.at.setDateTime(QDateTime.fromMSecsSinceEpoch(before + HOUR_MS))
    dialog.move_button.click()
    qtbot.waitUntil(lambda: services.publishing.scheduled()[0].first_ms > before)
    dialog.cancel.click()
    qtbot.waitUntil(lambda: not dialog.batches)
    assert statuses(services) == ["live", "live"]
    assert dialog.none.isVisible()
    assert not dialog.cancel.isEnabled()
    qtbot.waitUntil(lambda: not page.context.jobs.running)
    at_a_time()
    dialog.refresh()
    qtbot.waitUntil(lambda: bool(dialog.batches))
    dialog.now.click()
    qtbot.waitUntil(lambda: statuses(services) == ["off", "off"])
    qtbot.waitUntil(lambda: not page.context.jobs.running)
    dialog.accept()


def schedule_elsewhere(services, page):
    """Off sale in five hours, queued by another program: no job of this window waits for it."""
    ids = [row.id for row in services.listings.source().first_page(Query(), 10)]
    services.publishing.enqueue_sale(1, ids, OFFLINE, Schedule(now_ms() + 5 * HOUR_MS))
    page.actions_of_page["scheduled"].trigger()
    return page.findChildren(ScheduledDialog)[-1]


def fail(*_, **__):
    raise AppError("publishing.journal", reason="disk full")


@pytest.mark.parametrize("step", ["sale_preview", "enqueue_sale"])
def test_what_fails_before_anything_is_queued_is_told(page, services, qtbot, monkeypatch, step):
    monkeypatch.setattr(services.publishing, step, fail)
    if step == "sale_preview":
        page.rows.selectAll()
        page.actions_of_page["take_off_sale"].trigger()
    else:
        asked = ask(page, qtbot, "take_off_sale", OfflineQuestion)
        qtbot.mouseClick(asked.primary, LEFT)
    qtbot.waitUntil(lambda: "disk full" in toast(page))
    assert statuses(services) == ["live", "live"]


class TestScheduled:
    def test_what_no_job_waits_for_is_sent_at_once(self, page, services, qtbot):
        dialog = schedule_elsewhere(services, page)
        qtbot.waitUntil(lambda: bool(dialog.batches))
        assert not page.context.jobs.running
        qtbot.mouseClick(dialog.now, LEFT)
        qtbot.waitUntil(lambda: statuses(services) == ["off", "off"])
        qtbot.waitUntil(lambda: toast(page) == "2 listings are off sale.")
        qtbot.waitUntil(lambda: not page.context.jobs.running)
        close = next(button for button in dialog.footer.findChildren(Button) if button.text() == "Close")
        qtbot.mouseClick(close, LEFT)
        qtbot.waitUntil(lambda: ScheduledDialog not in {type(one) for one in page.children()})

    def test_without_a_chosen_line_there_is_nothing_to_press(self, page, services, qtbot):
        dialog = schedule_elsewhere(services, page)
        acts = (dialog.at, dialog.move_button, dialog.now, dialog.cancel)
        assert not any(one.isEnabled() for one in acts), "nothing is read yet"
        qtbot.waitUntil(lambda: all(one.isEnabled() for one in acts))
        qtbot.mouseClick(
            dialog.table.viewport(),
            LEFT,
            Qt.KeyboardModifier.ControlModifier,
            dialog.table.visualItemRect(dialog.table.item(0, 1)).center(),
        )
        assert not any(one.isEnabled() for one in acts)
        dialog.accept()

    def test_what_cannot_be_read_is_told(self, page, services, qtbot, monkeypatch):
        monkeypatch.setattr(services.publishing, "scheduled", fail)
        page.actions_of_page["scheduled"].trigger()
        (dialog,) = page.findChildren(ScheduledDialog)
        qtbot.waitUntil(lambda: "disk full" in dialog.problem.text())
        assert dialog.problem.isVisible()
        dialog.accept()

    def test_it_follows_the_language(self, page, services, qtbot):
        dialog = schedule_elsewhere(services, page)
        qtbot.waitUntil(lambda: bool(dialog.batches))
        language.set_language("zh")
        heads = [dialog.table.horizontalHeaderItem(at).text() for at in range(4)]
        assert heads == [tr(key) for key in HEADERS]
        assert heads[0] == "时间（北京）"
        assert dialog.table.item(0, 1).text() == tr("scheduled.what.offline") != "Take off sale"
        assert dialog.at.accessibleName() == "新的时间"
        dialog.accept()


class TestTheJobThatWaits:
    """What was scheduled in this window has a job that waits for it, and no other."""

    @pytest.fixture
    def waiting(self, page, qtbot, monkeypatch):
        """Job and list of two listings to be taken off sale in five hours; the job sleeps soundly."""
        monkeypatch.setattr("app.services.publishing.feeding.LONGEST_NAP_S", 60.0)
        asked = ask(page, qtbot, "take_off_sale", OfflineQuestion)
        qtbot.mouseClick(asked.when, LEFT, pos=asked.when.part_rect("at").center())
        asked.at.setDateTime(QDateTime.fromMSecsSinceEpoch(now_ms() + 5 * HOUR_MS))
        qtbot.mouseClick(asked.primary, LEFT)
        qtbot.waitUntil(lambda: any("Waits until" in job.note for job in page.context.jobs))
        (job,) = page.context.jobs
        page.actions_of_page["scheduled"].trigger()
        (dialog,) = page.findChildren(ScheduledDialog)
        qtbot.waitUntil(lambda: bool(dialog.batches))
        yield job, dialog
        dialog.accept()
        page.context.jobs.cancel_all()
        qtbot.waitUntil(lambda: not page.context.jobs.running)

    def test_sent_now_it_is_woken_and_no_second_one_starts(self, page, services, waiting, qtbot):
        job, dialog = waiting
        assert job.title == "2 to be taken off sale · 晨帆数码"
        qtbot.mouseClick(dialog.now, LEFT)
        qtbot.waitUntil(lambda: statuses(services) == ["off", "off"])
        qtbot.waitUntil(lambda: not page.context.jobs.running)
        assert [(one.title, one.state) for one in page.context.jobs] == [("Taking 2 off sale · 晨帆数码", "done")]
        assert job.summary.startswith("On the platform 2 ")
        assert toast(page) == "2 listings are off sale."

    def test_taken_back_it_ends_as_cancelled_and_says_so(self, page, services, waiting, qtbot, each_language):
        job, dialog = waiting
        qtbot.mouseClick(dialog.cancel, LEFT)
        qtbot.waitUntil(lambda: not job.is_running)
        assert statuses(services) == ["live", "live"]
        said = {"en": "Cancelled; what was not sent was taken back.", "zh": "已取消，没有发送的已撤回。"}
        assert (job.state, job.summary) == ("cancelled", said[each_language])

    def test_what_had_left_before_is_told_with_what_was_taken_back(self, page, services, write, waiting, qtbot):
        job, dialog = waiting
        write("UPDATE publish_task SET due_ms = 0 WHERE id = (SELECT min(id) FROM publish_task WHERE due_ms > 0)")
        dialog.at.setDateTime(QDateTime.fromMSecsSinceEpoch(now_ms() + 6 * HOUR_MS))
        qtbot.mouseClick(dialog.move_button, LEFT)
        qtbot.waitUntil(lambda: sorted(statuses(services)) == ["live", "off"])
        qtbot.waitUntil(lambda: "Waits until" in job.note)
        qtbot.mouseClick(dialog.cancel, LEFT)
        qtbot.waitUntil(lambda: not job.is_running)
        assert job.state == "cancelled"
        assert job.summary == "On the platform 1 (live 1, in review 0) · failed 0 · unconfirmed 0 · taken back 1"


class TestNextStart:
    """What was scheduled while another window was open, in the window of the next start."""

    def left(self, services, at_ms):
        ids = [row.id for row in services.listings.source().first_page(Query(), 10)]
        services.publishing.enqueue_sale(1, ids, OFFLINE, Schedule(at_ms))

    def test_what_waits_is_still_called_what_it_is(self, page, services, write, qtbot):
        self.left(services, now_ms() + HOUR_MS)
        page.publisher.offer_to_resume()
        qtbot.waitUntil(lambda: bool(page.context.jobs.running))
        (job,) = page.context.jobs.running
        assert job.title == "2 to be taken off sale · 晨帆数码"
        qtbot.waitUntil(lambda: "Waits until" in job.note)
        write("UPDATE publish_task SET due_ms = ? WHERE due_ms > 0", now_ms() - 1)
        qtbot.waitUntil(lambda: toast(page) == "2 listings are off sale.")
        assert page.context.notices.kept[0].offer.text == "Put on sale again"

    def test_what_missed_its_time_is_asked_about_and_called_what_it_is(self, page, services, write, qtbot):
        self.left(services, now_ms() + HOUR_MS)
        write("UPDATE publish_task SET due_ms = ? WHERE due_ms > 0", now_ms() - HOUR_MS)
        page.publisher.offer_to_resume()
        qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(Confirmation)))
        asked = next(one for one in page.findChildren(Confirmation) if one.isVisible())
        assert "program was not running at their time" in asked.detail.text()
        assert statuses(services) == ["live", "live"]
        qtbot.mouseClick(asked.primary, LEFT)
        qtbot.waitUntil(lambda: statuses(services) == ["off", "off"])
        qtbot.waitUntil(lambda: toast(page) == "2 listings are off sale.")
        assert [job.title for job in page.context.jobs] == ["Taking 2 off sale · 晨帆数码"]
