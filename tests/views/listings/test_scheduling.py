"""Publishing at a time or spread over a while, what becomes of it over a restart, and letting a store wait."""

import pytest
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QMainWindow

from app.services.clock import now_ms
from app.services.publishing.pauses import pause_store, paused_stores, resume_store
from app.services.publishing.queue import enqueue
from app.services.publishing.turns import AT_ONCE, Schedule
from app.views.activity.job_row import JobRow
from app.views.closing import Closing
from app.views.listings.publish_question import PublishQuestion
from app.views.widgets.dialog import Confirmation

LEFT = Qt.MouseButton.LeftButton
HOUR_MS = 3_600_000


@pytest.fixture(autouse=True)
def looks_often(monkeypatch):
    """A pause, a stop or a due time is noticed at once."""
    monkeypatch.setattr("app.services.publishing.gate.TICK_S", 0.005)
    monkeypatch.setattr("app.services.publishing.run.STORE_LOOK_S", 0.01)
    monkeypatch.setattr("app.services.publishing.feeding.LONGEST_NAP_S", 0.01)
    monkeypatch.setattr("app.views.listings.store_pauses.LOOK_MS", 10)


@pytest.fixture
def page(open_page, make_sellable, services):
    made = [make_sellable() for _ in range(3)]
    services.listings.recheck(None)
    shown = open_page()
    shown.made = made
    return shown


def question(page, qtbot):
    def shown():
        return [one for one in page.window().findChildren(Confirmation) if one.isVisible()]

    qtbot.waitUntil(lambda: bool(shown()))
    return shown()[0]


def ask(page, qtbot):
    page.actions_of_page["publish"].trigger()
    asked = question(page, qtbot)
    assert isinstance(asked, PublishQuestion)
    return asked


def choose(qtbot, asked, when):
    qtbot.mouseClick(asked.when, LEFT, pos=asked.when.part_rect(when).center())


def job_of(page, qtbot, key="publish.job.scheduled"):
    qtbot.waitUntil(lambda: any(job.title_key == key for job in page.context.jobs))
    return next(job for job in page.context.jobs if job.title_key == key)


def in_hours(asked, hours):
    asked.at.setDateTime(QDateTime.fromMSecsSinceEpoch(now_ms() + hours * HOUR_MS))


def schedule(page, qtbot, hours=5):
    """As a user: publish, at a time."""
    asked = ask(page, qtbot)
    choose(qtbot, asked, "at")
    in_hours(asked, hours)
    qtbot.mouseClick(asked.primary, LEFT)
    job = job_of(page, qtbot)
    qtbot.waitUntil(lambda: "Waits until" in job.note)
    return job


class TestQuestion:
    def test_now_is_what_is_proposed(self, page, qtbot, each_language, each_theme):
        asked = ask(page, qtbot)
        assert asked.schedule == AT_ONCE
        assert not (asked.at.isVisible() or asked.length.isVisible() or asked.told.isVisible())
        asked.reject()

    def test_a_time_is_proposed_told_and_counted_in_the_button(self, page, qtbot, each_language):
        asked = ask(page, qtbot)
        choose(qtbot, asked, "at")
        ahead_ms = asked.schedule.at_ms - now_ms()
        assert 0 < ahead_ms <= 1.5 * HOUR_MS
        assert asked.schedule.at_ms % HOUR_MS == 0
        assert asked.at.dateTime().toString("HH:mm") in asked.told.text()
        words = {"en": ("Schedule 3", "program must be running"), "zh": ("安排 3 件", "程序要开着")}[each_language]
        assert asked.primary.text() == words[0]
        assert words[1] in asked.told.text()
        assert asked.told.height() >= asked.told.heightForWidth(asked.told.width()), "no line is cut off"
        asked.reject()

    def test_a_time_that_is_over_is_refused_in_words_and_nothing_is_queued(self, page, services, qtbot):
        asked = ask(page, qtbot)
        choose(qtbot, asked, "at")
        in_hours(asked, -1)
        assert asked.problem.text() == "This time is over. Choose a later one, or send now."
        qtbot.mouseClick(asked.primary, LEFT)
        assert asked.isVisible()
        in_hours(asked, 24 * 91)
        assert "At most 90 days ahead" in asked.problem.text()
        in_hours(asked, 3)
        assert not asked.problem.isVisible()
        asked.reject()
        assert services.publishing.open_batches() == []

    def test_a_length_is_typed_and_told_in_words(self, page, qtbot):
        asked = ask(page, qtbot)
        choose(qtbot, asked, "spread")
        assert asked.schedule == Schedule(spread_ms=2 * HOUR_MS)
        assert "About one every 40 minutes" in asked.told.text()
        asked.length.selectAll()
        qtbot.keyClicks(asked.length, "6")
        assert asked.schedule.spread_ms == 6 * HOUR_MS
        asked.unit.setFocus()
        qtbot.keyClick(asked.unit, Qt.Key.Key_Up)
        assert asked.schedule.spread_ms == 6 * 60_000
        qtbot.keyClick(asked.unit, Qt.Key.Key_Down)
        asked.length.setValue(169)
        assert "At most over 7 days" in asked.problem.text()
        asked.reject()

    def test_a_store_that_stands_still_is_named(self, page, db, qtbot, each_language):
        pause_store(db, 1)
        asked = ask(page, qtbot)
        said = [label.text() for label in asked.body.findChildren(type(asked.told))]
        assert any("晨帆数码" in text and ("paused" in text or "暂停" in text) for text in said)
        asked.reject()


class TestWaiting:
    def test_a_scheduled_batch_waits_in_view_and_is_sent_at_its_time(self, page, market, write, qtbot, settle):
        job = schedule(page, qtbot)
        assert job.title == "Scheduled for 晨帆数码 · 3 listings"
        assert market.creates == []
        assert job.rest_s is None
        write("UPDATE publish_task SET due_ms = ?", now_ms() - 1)
        qtbot.waitUntil(lambda: not job.is_running)
        assert (job.state, len(market.products)) == ("done", 3)

    def test_it_is_cancelled_from_its_line(self, page, market, loaded, services, qtbot, settle):
        job = schedule(page, qtbot)
        line = JobRow(job, page.context.jobs)
        qtbot.addWidget(line)
        line.show()
        assert "Waits until" in line.note.text()
        qtbot.mouseClick(line.cancel, LEFT)
        qtbot.waitUntil(lambda: not job.is_running)
        settle()
        assert {loaded(record.id).status for record in page.made} == {"ready"}
        assert (market.creates, services.publishing.open_batches()) == ([], [])

    def test_spread_listings_go_one_after_the_other(self, page, market, write, qtbot):
        asked = ask(page, qtbot)
        choose(qtbot, asked, "spread")
        asked.primary.click()
        job = job_of(page, qtbot)
        qtbot.waitUntil(lambda: len(market.creates) == 1)
        qtbot.waitUntil(lambda: "Waits until" in job.note)
        write("UPDATE publish_task SET due_ms = ? WHERE state = 'queued'", now_ms() - 1)
        qtbot.waitUntil(lambda: not job.is_running)
        assert len(market.creates) == 3


class TestRestart:
    def test_closing_says_what_a_schedule_needs_and_the_next_start_waits_on(
        self, page, open_page, services, market, write, qtbot, settle
    ):
        job = schedule(page, qtbot)
        window = QMainWindow()
        qtbot.addWidget(window)
        closing = Closing(window, page.context.jobs)
        assert not closing.may_close()
        assert "sent only while the program runs" in closing.question.detail.text()
        closing.question.primary.click()
        qtbot.waitUntil(lambda: not job.is_running)
        settle()
        (batch,) = services.publishing.open_batches()
        assert (batch.queued, batch.due_ms > now_ms()) == (3, True)

        again = open_page()
        again.publisher.offer_to_resume()
        qtbot.waitUntil(lambda: bool(page.context.jobs.running))
        job = page.context.jobs.running[0]
        qtbot.waitUntil(lambda: "Waits until" in job.note)
        assert not [one for one in again.findChildren(Confirmation) if one.isVisible()], "nothing is asked"
        write("UPDATE publish_task SET due_ms = ?", now_ms() - 1)
        qtbot.waitUntil(lambda: not job.is_running)
        assert len(market.products) == 3

    def test_what_missed_its_time_is_asked_about(self, page, db, market, write, qtbot, settle):
        enqueue(db, 1, [page.made[0].id], schedule=Schedule(now_ms() + HOUR_MS))
        enqueue(db, 1, [page.made[1].id], schedule=Schedule(now_ms() + HOUR_MS))
        write("UPDATE publish_task SET due_ms = ? WHERE listing_id = ?", now_ms() - HOUR_MS, page.made[0].id)
        page.publisher.offer_to_resume()
        asked = question(page, qtbot)
        assert asked.question.text() == "1 listing of 晨帆数码 was not sent. Continue now?"
        assert "program was not running at their time" in asked.detail.text()
        asked.primary.click()
        due = job_of(page, qtbot, "publish.job")
        qtbot.waitUntil(lambda: not due.is_running)
        assert market.titles() == [page.made[0].title], "what is scheduled for later is not sent along"
        waiting = job_of(page, qtbot)
        assert waiting.is_running
        page.context.jobs.cancel(waiting)
        qtbot.waitUntil(lambda: not waiting.is_running)


class TestPause:
    def test_pausing_the_job_lets_the_store_wait_in_every_program(self, page, db, market, qtbot, settle):
        job = schedule(page, qtbot)
        line = JobRow(job, page.context.jobs)
        qtbot.addWidget(line)
        line.show()
        page.context.jobs.changed.connect(lambda _: line.show_job())
        with qtbot.waitSignal(page.context.changes.happened):
            qtbot.mouseClick(line.pause, LEFT)
        assert list(paused_stores(db)) == [1]
        qtbot.waitUntil(lambda: line.pause.text() == "Resume")
        with qtbot.waitSignal(page.context.changes.happened):
            qtbot.mouseClick(line.pause, LEFT)
        assert paused_stores(db) == {}
        qtbot.waitUntil(lambda: line.pause.text() == "Pause")
        page.context.jobs.cancel(job)
        qtbot.waitUntil(lambda: not job.is_running)

    def test_a_pause_from_elsewhere_shows_and_ends_in_the_job(self, page, db, market, qtbot, settle):
        pause_store(db, 1)
        asked = ask(page, qtbot)
        asked.primary.click()
        job = job_of(page, qtbot, "publish.job")
        qtbot.waitUntil(lambda: job.state == "paused")
        qtbot.waitUntil(lambda: job.note == "Publishing to this store is paused")
        assert market.creates == []
        resume_store(db, 1)
        qtbot.waitUntil(lambda: not job.is_running)
        assert len(market.products) == 3
