"""Leaving the window: what is typed is stored first, jobs are stopped so that the next start can go on with them."""

import threading

import pytest
from PySide6.QtWidgets import QMainWindow

from app.services.errors import AppError
from app.services.tasks import TaskContext
from app.views.activity.jobs import Jobs
from app.views.closing import Closing
from app.views.listings.page import ListingsPage
from app.views.main_window import MainWindow
from app.views.widgets.dialog import Confirmation


@pytest.fixture
def jobs():
    return Jobs()


class Window(QMainWindow):
    """A window that asks before it closes, and counts."""

    def __init__(self, jobs):
        super().__init__()
        self.closing = Closing(self, jobs)
        self.closed = 0

    def closeEvent(self, event):
        if self.closing.may_close():
            self.closed += 1
            event.accept()
        else:
            event.ignore()


@pytest.fixture
def window(jobs, qtbot):
    made = Window(jobs)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def held(runner):
    """A task that waits for a gate."""
    gate = threading.Event()

    def work(*, ctx):
        while not gate.wait(0.005):
            ctx.checkpoint()

    return runner.start(work), gate


class TestTyping:
    def test_without_anything_to_store_it_closes_at_once(self, window, jobs, qtbot):
        told = []
        jobs.leaving.connect(lambda: told.append(1))
        window.close()
        assert (window.closed, told) == (1, [1])

    def test_it_waits_for_what_is_being_stored_and_closes_by_itself(self, window, jobs, runner, qtbot):
        handle, gate = held(runner)
        jobs.leaving.connect(lambda: jobs.keep(handle) if not handle.is_finished else None)
        assert not window.close()
        assert window.isVisible()
        gate.set()
        qtbot.waitUntil(lambda: window.closed == 1)
        assert not window.isVisible()

    def test_what_cannot_be_stored_is_asked_about_once(self, window, jobs, runner, qtbot):
        def fail():
            raise AppError("publishing.journal", reason="disk full")

        jobs.leaving.connect(lambda: jobs.keep(runner.call(fail)))
        window.close()
        qtbot.waitUntil(lambda: window.closing.question is not None)
        asked = window.closing.question
        assert "could not be stored" in asked.question.text()
        asked.reject()
        assert window.isVisible()
        window.close()
        qtbot.waitUntil(lambda: window.closing.question is not None)
        window.closing.question.primary.click()
        assert window.closed == 1

    def test_tasks_kept_at_other_times_do_not_close_anything(self, window, jobs, runner, qtbot):
        handle = runner.call(lambda: 1)
        jobs.keep(handle)
        with qtbot.waitSignal(jobs.let_go):
            pass
        assert window.closed == 0
        assert not jobs.is_keeping


class TestJobs:
    def test_a_job_with_a_way_of_its_own_to_stop_is_not_cancelled(self, jobs, runner, qtbot):
        left = []
        with_own, gate = held(runner)
        jobs.add(with_own, "filter.name", on_leave=lambda ctx: (left.append(ctx), gate.set()))
        other, _ = held(runner)
        jobs.add(other, "filter.name")
        jobs.leave_all()
        qtbot.waitUntil(lambda: not jobs.running)
        assert [type(ctx) for ctx in left] == [TaskContext]
        assert left == [with_own.context]
        assert {job.state for job in jobs} == {"done", "cancelled"}

    def test_a_paused_job_wakes_up_to_stop(self, jobs, runner, qtbot):
        handle, gate = held(runner)
        job = jobs.add(handle, "filter.name", on_leave=lambda ctx: gate.set())
        jobs.pause(job)
        jobs.leave_all()
        assert not handle.is_paused
        qtbot.waitUntil(lambda: not jobs.running)

    def test_stop_and_quit_leaves_instead_of_cancelling(self, window, jobs, runner, qtbot):
        left = []
        handle, gate = held(runner)
        jobs.add(handle, "filter.name", on_leave=lambda ctx: (left.append(1), gate.set()))
        assert not window.close()
        window.closing.question.primary.click()
        qtbot.waitUntil(lambda: window.closed == 1)
        assert left == [1]


class TestRealWindow:
    """The page in the shell, closed in the middle of a word."""

    @pytest.fixture
    def shell(self, context, services, make_sellable, qtbot, settle):
        context.services = services
        made = make_sellable()
        window = MainWindow(context, {"listings": ListingsPage}, "listings")
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        page = window.pages["listings"]
        qtbot.waitUntil(lambda: page.rows.paged.is_ordered)
        page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
        settle()
        window.record = made
        yield window
        window.activity._late.stop()

    def test_a_word_being_typed_is_stored_before_the_window_goes(self, shell, loaded, type_into, qtbot):
        page = shell.pages["listings"]
        type_into(page.editor.editor.title, "Typed and closed")
        with qtbot.waitSignal(shell.closed):
            shell.close()
        assert loaded(shell.record.id).title == "Typed and closed"

    def test_a_cell_being_edited_is_stored_before_the_window_goes(self, shell, loaded, qtbot):
        page = shell.pages["listings"]
        grid = page.editor.editor.grid
        grid.setCurrentIndex(grid.skus.index(0, 3))
        grid.edit(grid.skus.index(0, 3))
        editor = next(one for one in grid.viewport().children() if one.isWidgetType() and one.isVisible())
        editor.setText("77")
        with qtbot.waitSignal(shell.closed):
            shell.close()
        assert loaded(shell.record.id).skus[0].stock == 77

    def test_a_save_that_fails_keeps_the_window_open(self, shell, type_into, qtbot):
        page = shell.pages["listings"]

        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        save = page.editor.saver._save
        page.editor.saver._save = fail
        type_into(page.editor.editor.title, "Typed and stuck")
        shell.close()
        qtbot.waitUntil(lambda: bool(shell.findChildren(Confirmation)))
        assert shell.isVisible()
        shell.findChild(Confirmation).reject()
        qtbot.waitUntil(lambda: not shell.context.jobs.is_keeping)  # the lost focus made it try once more
        page.editor.saver._save = save
        with qtbot.waitSignal(shell.closed):
            shell.close()
