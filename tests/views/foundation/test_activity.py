"""Jobs: true counts, what they wait for, how they ended, and the panel that shows them."""

import threading

import pytest
from PySide6.QtCore import Qt

from app.services.errors import OutOfReach
from app.services.tasks import Progress
from app.views import icons
from app.views.activity.job_line import JobLine
from app.views.activity.job_row import JobRow, rest_text
from app.views.activity.jobs import KEPT, Job, Jobs
from app.views.activity.panel import ActivityPanel
from app.views.language import language
from app.views.notices import Offer
from app.views.task_runner import TaskHandle
from app.views.theme import current_theme
from tests.views.layout_checks import settle_layouts

Left = Qt.MouseButton.LeftButton


class Steps:
    """A job's function that goes on when told."""

    def __init__(self, progress=None, result="done", error=None):
        self.progress = progress or Progress(194, 312, 8, "activity.none")
        self.result, self.error = result, error
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, *, ctx):
        ctx.progress = self.progress
        self.begun.set()
        while not self.go_on.wait(0.01):
            ctx.checkpoint()
        if self.error is not None:
            raise self.error
        return self.result


@pytest.fixture
def jobs():
    return Jobs()


@pytest.fixture
def start(jobs, runner, qtbot):
    steps = []

    def go(**more):
        step = Steps(**{name: more.pop(name) for name in ("progress", "result", "error") if name in more})
        steps.append(step)
        job = jobs.add(runner.start(step), "filter.name", **more)
        qtbot.waitUntil(step.begun.is_set)
        return job, step

    yield go
    for step in steps:
        step.go_on.set()
    qtbot.waitUntil(lambda: runner.is_idle)


def end(job, step, qtbot):
    step.go_on.set()
    qtbot.waitUntil(lambda: not job.is_running)


class TestJobs:
    def test_progress_and_success(self, jobs, start, qtbot):
        job, step = start(progress=Progress(1, 4))
        qtbot.waitUntil(lambda: job.progress.done == 1)
        assert (job.title, job.counts, job.state) == ("Name", "1 / 4", "running")
        assert jobs.running == [job]
        with qtbot.waitSignal(jobs.ended):
            step.go_on.set()
        assert job.state == "done"
        assert job.result == "done"
        assert jobs.running == []
        assert list(jobs) == [job]

    def test_failures_among_the_rows(self, start, qtbot):
        job, step = start()
        end(job, step, qtbot)
        assert job.state == "done_with_failures"

    def test_a_failed_job_says_why(self, start, qtbot):
        job, step = start(error=OutOfReach())
        end(job, step, qtbot)
        assert job.state == "interrupted"
        assert job.summary

    def test_cancelling_wakes_a_paused_job(self, jobs, start, qtbot):
        job, _ = start(can_pause=True)
        jobs.pause(job)
        assert job.state == "paused"
        assert job.handle.context.pause.is_set()
        jobs.cancel(job)
        qtbot.waitUntil(lambda: not job.is_running)
        assert job.state == "cancelled"
        jobs.pause(job)
        assert job.state == "cancelled"

    def test_results_become_a_sentence_and_buttons(self, start, qtbot):
        done = []
        job, step = start(
            result=7,
            summarise=lambda n: ("count.rows", {"n": n}),
            offer_results=lambda n: [Offer("action.undo", lambda: done.append(n))],
        )
        end(job, step, qtbot)
        assert job.summary == "7 rows"
        job.offers[0].do()
        assert done == [7]

    def test_a_finished_job_holds_no_task(self, start, qtbot):
        job, step = start()
        end(job, step, qtbot)
        assert job.handle is None

    def test_old_jobs_are_forgotten_running_ones_never(self, jobs, start, runner, qtbot):
        kept, _ = start()
        for _ in range(KEPT + 5):
            jobs.add(runner.call(int), "filter.name")
            qtbot.waitUntil(lambda: len(jobs.running) == 1)
        start()
        assert kept in list(jobs)
        assert len(jobs) <= KEPT + 3

    def test_rest_time_only_after_a_tenth(self, start):
        job = Job("filter.name", {}, "activity", None, progress=Progress(5, 100))
        job.started_s -= 10
        assert job.rest_s is None
        job.progress = Progress(50, 100)
        assert job.rest_s == pytest.approx(10, abs=1)
        job.progress = Progress(50)
        assert job.rest_s is None
        assert job.counts == "50"

    @pytest.mark.parametrize(
        ("seconds", "text"), [(3, "about 10 s left"), (94, "about 90 s left"), (400, "about 7 min left")]
    )
    def test_rest_time_is_rounded(self, seconds, text):
        assert rest_text(seconds) == text

    def test_cancel_all(self, jobs, start, qtbot):
        every = [start()[0] for _ in range(2)]
        jobs.cancel_all()
        qtbot.waitUntil(lambda: not jobs.running)
        assert {job.state for job in every} == {"cancelled"}


class TestPanel:
    @pytest.fixture
    def panel(self, jobs, qtbot):
        made = ActivityPanel(jobs)
        qtbot.addWidget(made)
        made.resize(1200, 200)
        return made

    def test_a_short_job_does_not_open_it(self, panel, jobs, runner, qtbot):
        jobs.add(runner.call(int), "filter.name")
        qtbot.waitUntil(lambda: not jobs.running)
        panel._open_if_running()
        assert panel.isHidden()
        panel._late.stop()

    def test_a_long_one_does_after_half_a_second(self, panel, start, qtbot):
        job, _ = start()
        assert panel.isHidden()
        with qtbot.waitSignal(panel.shown):
            pass
        assert panel.rows[0].job is job

    def test_a_row_tells_what_it_waits_for(self, panel, start, qtbot, each_language):
        job, _ = start()
        panel.open_panel()
        qtbot.waitUntil(lambda: job.progress.done == 194)
        row = panel.rows[0]
        row.show_job()
        assert row.counts.text() == "194 / 312"
        words = {"zh": ("失败 8", "没有进行中的任务"), "en": ("8 failed", "No running jobs")}[each_language]
        assert all(word in row.note.text() for word in words)
        assert row.bar.share == pytest.approx(194 / 312)
        assert "194 / 312" in row.accessibleName()

    def test_pause_resume_cancel_by_button(self, panel, start, qtbot):
        job, _ = start(can_pause=True)
        panel.open_panel()
        row = panel.rows[0]
        qtbot.mouseClick(row.pause, Left)
        qtbot.waitUntil(lambda: row.pause.text() == "Resume")
        assert job.state == "paused"
        qtbot.mouseClick(row.pause, Left)
        qtbot.waitUntil(lambda: row.pause.text() == "Pause")
        qtbot.mouseClick(row.cancel, Left)
        qtbot.waitUntil(lambda: row.ending.accessibleName() == "Cancelled")
        assert row.cancel.isHidden()
        assert row.pause.isHidden()

    def test_a_job_that_cannot_pause_has_no_such_button(self, panel, start):
        start()
        panel.open_panel()
        assert panel.rows[0].pause.isHidden()

    def test_a_finished_row_offers_its_results(self, panel, start, qtbot):
        done = []
        job, step = start(offer_results=lambda _: [Offer("action.undo", lambda: done.append(True))])
        panel.open_panel()
        end(job, step, qtbot)
        row = panel.rows[0]
        assert row.ending.accessibleName() == "Done, with failures"
        qtbot.mouseClick(row._offers[0], Left)
        assert done == [True]

    def test_bars_stand_below_each_other_whatever_the_buttons(self, panel, start, qtbot):
        offers = [Offer("window.title", lambda: None), Offer("history.hint", lambda: None)]
        for offered in ([], offers):
            job, step = start(offer_results=lambda _, offered=offered: offered)
            end(job, step, qtbot)
        panel.show()
        panel.open_panel()
        plain, wide = panel.rows[1], panel.rows[0]
        qtbot.waitUntil(lambda: wide._offers and wide._buttons.parentWidget().width() > 400)
        settle_layouts()
        assert plain.bar.x() == wide.bar.x()
        assert plain.ending.parentWidget().x() == wide.ending.parentWidget().x()

    def test_an_interrupted_row_says_why(self, panel, start, qtbot):
        job, step = start(error=OutOfReach(), progress=Progress(0, 8))
        panel.open_panel()
        end(job, step, qtbot)
        row = panel.rows[0]
        assert row.note.text() == job.summary
        assert row.ending.accessibleName() == "Interrupted"
        assert row.bar.isHidden()  # nothing was counted: no empty bar beside an ending

    def test_a_row_ends_in_the_colours_of_the_vocabulary(self, panel, start, qtbot, each_language):
        """An import whose worker told no last count: what its result says counts."""
        job, step = start(progress=Progress(0, 56), count=lambda _: Progress(56, 56, 3))
        panel.open_panel()
        end(job, step, qtbot)
        row = panel.rows[0]
        assert job.state == "done_with_failures"
        assert {"zh": "完成，有失败", "en": "Done, with failures"}[each_language] in row.accessibleName()
        assert row.counts.isHidden()
        shown = row.grab().toImage()
        middle = row.bar.geometry().center().y()
        line = [shown.pixelColor(x, middle).name() for x in range(row.bar.x(), row.bar.geometry().right())]
        assert line[2] == current_theme().ink("green").name()
        assert line[-3] == current_theme().ink("red").name()
        chip = [shown.pixelColor(x, middle).name() for x in range(row.bar.geometry().right(), row.note.x())]
        assert current_theme().tone("red").ground.name() in chip

    def test_four_are_in_view_the_rest_scrolls(self, panel, jobs, runner, qtbot):
        for _ in range(7):
            jobs.add(runner.call(int), "filter.name")
        qtbot.waitUntil(lambda: not jobs.running)
        panel.open_panel()
        assert panel._area.height() == 4 * 32
        assert len(panel.rows) == 7
        panel._late.stop()

    def test_closing_and_the_summary(self, panel, start, qtbot):
        start()
        panel.open_panel()
        assert panel._summary.text() == "1 running · 0 finished"
        language.set_language("zh")
        assert panel._summary.text() == "1 个进行中 · 已结束 0 个"
        with qtbot.waitSignal(panel.closed):
            qtbot.mouseClick(panel.close_button, Left)
        assert panel.isHidden()
        panel._late.stop()


class TestBeginning:
    def test_a_row_is_made_in_a_turn_of_its_own(self, jobs, start, qtbot):
        panel = ActivityPanel(jobs)
        qtbot.addWidget(panel)
        before = len(panel.findChildren(JobRow))
        job = jobs.add(TaskHandle(), "filter.name")
        assert len(panel.findChildren(JobRow)) == before == 0
        qtbot.waitUntil(lambda: len(panel.findChildren(JobRow)) == 1)
        assert [row.job for row in panel.rows] == [job]

    def test_the_first_row_finds_the_pictures_of_its_buttons_drawn(self, jobs, qtbot):
        panel = ActivityPanel(jobs)
        qtbot.addWidget(panel)
        icons._drawn.cache_clear()
        panel.draw_ahead()
        drawn = icons._drawn.cache_info().misses
        jobs.add(TaskHandle(), "filter.name", icon="send", can_pause=True)
        assert len(panel.rows) == 1
        assert icons._drawn.cache_info().misses == drawn + 1, "its own icon alone"

    def test_a_panel_that_is_opened_at_once_has_all_rows(self, jobs, qtbot):
        panel = ActivityPanel(jobs)
        qtbot.addWidget(panel)
        for _ in range(2):
            jobs.add(TaskHandle(), "filter.name")
        panel.open_panel()
        assert len(panel.findChildren(JobRow)) == 2


class TestLine:
    def test_it_names_the_running_job_and_counts_the_others(self, jobs, start, qtbot):
        line = JobLine(jobs)
        qtbot.addWidget(line)
        line.show()
        assert line.text.text() == "No running jobs"
        first, step = start()
        second, other = start()
        qtbot.waitUntil(lambda: second.progress.done == 194)
        qtbot.waitUntil(lambda: line.text.text() == "Name 194 / 312 +1")
        assert line.accessibleName() == line.text.text()
        end(second, other, qtbot)
        end(first, step, qtbot)
        assert line.text.text() == "No running jobs"

    def test_it_says_until_when_a_job_waits(self, jobs, start, qtbot):
        line = JobLine(jobs)
        qtbot.addWidget(line)
        line.show()
        waits = Progress(5, 9, 0, "publishing.quota_used_up", (("until", "00:00"),))
        job, step = start(progress=waits)
        qtbot.waitUntil(lambda: "Waits until 00:00" in line.text.text())
        end(job, step, qtbot)

    def test_out_of_view_it_does_nothing_and_catches_up_when_it_is_shown(self, jobs, start, qtbot):
        """Every tab has one, and while listings are sent a job changes ten times a second."""
        line = JobLine(jobs)
        qtbot.addWidget(line)
        job, step = start()
        qtbot.waitUntil(lambda: job.progress.done == 194)
        assert line.text.text() == "No running jobs"
        line.show()
        assert line.text.text() == "Name 194 / 312"
        line.hide()
        end(job, step, qtbot)
        assert line.text.text() == "Name 194 / 312"
        line.show()
        assert line.text.text() == "No running jobs"

    def test_it_opens_by_mouse_and_key(self, jobs, qtbot):
        line = JobLine(jobs)
        qtbot.addWidget(line)
        line.show()
        with qtbot.waitSignal(line.pressed):
            qtbot.mouseClick(line, Left)
        with qtbot.waitSignal(line.pressed):
            qtbot.keyClick(line, Qt.Key.Key_Return)
