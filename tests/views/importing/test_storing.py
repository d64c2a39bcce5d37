"""Storing: one job, one change, taken back as a whole; reading that is stopped, waits, or loses its process."""

import os
import signal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from app.services.errors import AppError
from app.services.worker import WorkerDied, WorkerProcess
from app.views.activity.jobs import Job


def apply(user):
    with user.qtbot.waitSignal(user.dialog.applied) as told:
        user.presses(user.dialog.primary)
    return told.args[0]


@pytest.fixture
def many_rows(tmp_path, samples):
    """Writes a long text table."""

    def write(count):
        path = tmp_path / "many.csv"
        lines = [f"K{n},Lamp number {n},K{n}-1,White,1.99,5,840,\n" for n in range(count)]
        path.write_text(",".join(samples.headers) + "\n" + "".join(lines), "utf-8")
        return path

    return write


class TestAJob:
    def test_is_shown_while_it_runs_and_says_what_it_did(self, open_import, sheet, samples, context, busy_worker):
        user = open_import(sheet(samples.lamp, samples.mug))
        with busy_worker():
            user.presses(user.dialog.primary)
            assert not user.dialog.isVisible()
            job = context.jobs.running[0]
            assert job.title == "Import 供应商报价_0612.xlsx"
        user.waits_until(lambda: job.state == "done")
        assert job.summary == "New 2 · changed 0 · unchanged 0 · refused rows 0"
        assert job.offers == []

    def test_the_dialog_is_gone_afterwards(self, open_import, sheet, samples):
        user = open_import(sheet(samples.lamp))
        apply(user)
        user.waits_until(lambda: not isValid(user.dialog))

    def test_is_started_by_enter(self, open_import, sheet, samples, stored, qtbot):
        user = open_import(sheet(samples.lamp))
        with qtbot.waitSignal(user.dialog.applied):
            QTest.keyClick(user.dialog.focusWidget(), Qt.Key.Key_Return)
        assert len(stored()) == 1

    def test_is_one_change_that_is_taken_back_whole(
        self, open_import, sheet, samples, change_row, stored, context, qtbot
    ):
        apply(open_import(sheet(samples.lamp)))
        result = apply(open_import(sheet(change_row(samples.lamp, price="21.00"), samples.mug)))
        assert result.change.listing_count == 2
        assert [(row["code"], row["price_minor"]) for row in stored()] == [("LM4402-WH", 2100), ("CF1240-BK", 840)]
        handle = context.runner.start(context.services.listings.undo, result.change.uid)
        with qtbot.waitSignal(handle.succeeded):
            pass
        assert [(row["code"], row["price_minor"]) for row in stored()] == [("LM4402-WH", 1890)]

    def test_offers_what_was_refused(self, open_import, sheet, samples, change_row, context, tmp_path, window):
        import openpyxl

        path = sheet(samples.lamp, change_row(samples.mug, price="free"))
        user = open_import(path)
        assert apply(user).error_count == 1
        job: Job = next(iter(context.jobs))
        user.waits_until(lambda: job.offers)
        assert job.offers[0].text == "Save the refused cell…"
        assert job.state == "done_with_failures"
        assert (job.progress.done, job.progress.failed) == (job.progress.total, 1)
        job.offers[0].do()
        chooser = window.findChild(QFileDialog)
        out = tmp_path / "refused.xlsx"
        chooser.fileSelected.emit(str(out))
        chooser.close()
        user.waits_until(lambda: context.notices.kept)
        assert out.name in context.notices.kept[0].text
        assert openpyxl.load_workbook(out).active["E3"].fill.fgColor.rgb == "FFFFC7CE"

    def test_offers_it_also_when_the_sheet_is_gone(
        self, open_import, sheet, samples, change_row, context, tmp_path, window
    ):
        import openpyxl

        path = sheet(samples.lamp, change_row(samples.mug, price="free"))
        user = open_import(path)
        apply(user)
        path.unlink()
        job = next(iter(context.jobs))
        user.waits_until(lambda: job.offers)
        job.offers[0].do()
        chooser = window.findChild(QFileDialog)
        out = tmp_path / "refused.xlsx"
        chooser.fileSelected.emit(str(out))
        chooser.close()
        user.waits_until(lambda: context.notices.kept)
        rows = list(openpyxl.load_workbook(out).active.values)
        assert rows[0] == ("File", "Sheet", "Row", "Column", "Header", "Value", "Reason")
        assert rows[1][:6] == ("供应商报价_0612.xlsx", "报价", "3", "E", "单价($)", "free")

    def test_stored_things_that_changed_meanwhile_are_compared_anew(self, open_import, sheet, samples, stored, app):
        user = open_import(sheet(samples.lamp))
        other = open_import(sheet(samples.lamp, name="the same.xlsx"))
        apply(other)
        assert apply(user).counts.unchanged == 1
        assert len(stored()) == 1, "the listing must not be there twice"

    def test_categories_are_learned_afterwards(self, open_import, sheet, samples, context, monkeypatch):
        told, learned = [], []
        context.changes.happened.connect(told.append)

        async def learn(store_id, ctx):
            learned.append(store_id)
            return 3

        monkeypatch.setattr(context.services.importing, "learn_categories", learn)
        user = open_import(sheet(samples.lamp), store_id=2)
        apply(user)
        user.waits_until(lambda: told)
        assert learned == [2]
        assert "listing" in told[0]


class TestFailure:
    @pytest.mark.logs_errors
    def test_the_dialog_comes_back_with_everything_typed(
        self, open_import, sheet, samples, change_row, context, stored
    ):
        user = open_import(sheet(change_row(samples.lamp, weight="?")))
        user.types_into_cell(0, "Weight kg", "840")
        user.waits_until(lambda: user.counts()["refused"] == 0)
        desk = context.services.importing
        desk.apply_call = lambda token: ("tests_of_import:gone", token)
        user.presses(user.dialog.primary)
        user.waits_until(lambda: user.dialog.isVisible())
        job = next(iter(context.jobs))
        assert job.state == "interrupted"
        assert user.dialog.preview.state.texts[0] == "Nothing was stored"
        del desk.apply_call
        user.presses(user.dialog.preview.state.button)
        user.waits_for_rows()
        assert user.counts()["refused"] == 0, "the correction is still there"
        apply(user)
        assert stored()[0]["weight_g"] == 840

    def test_a_plan_the_worker_forgot_is_made_again(self, open_import, sheet, samples, worker, stored):
        user = open_import(sheet(samples.lamp))
        for number in range(4):  # other previews push it out
            open_import(sheet(samples.mug, name=f"{number}.xlsx"))
        user.presses(user.dialog.primary)
        user.waits_until(lambda: user.dialog.isVisible())
        user.waits_for_rows()
        assert user.dialog.primary.isEnabled()
        apply(user)
        assert [row["code"] for row in stored()] == ["LM4402-WH"]

    def test_cancelled_from_the_activity_panel_nothing_is_stored(
        self, open_import, many_rows, context, busy_worker, stored
    ):
        user = open_import(many_rows(5_000))
        with busy_worker():
            user.presses(user.dialog.primary)
            context.jobs.cancel_all()
        user.waits_until(lambda: not context.jobs.running)
        assert next(iter(context.jobs)).state == "cancelled"
        user.waits_until(lambda: not isValid(user.dialog))
        assert stored() == []


class TestReading:
    def test_closing_stops_it(self, open_import, sheet, samples, busy_worker, context, stored):
        with busy_worker():
            user = open_import(sheet(samples.lamp), waits=False)
            user.waits_until(lambda: user.dialog.reading.handle is not None)
            reading = user.dialog.reading.handle
            QTest.keyClick(user.dialog, Qt.Key.Key_Escape)
            assert reading.context.stop.is_set()
        user.waits_until(lambda: context.runner.is_idle)
        user.waits_until(lambda: not isValid(user.dialog))
        assert stored() == []

    def test_in_the_middle_of_many_rows_closing_stops_it(self, open_import, many_rows, context):
        user = open_import(many_rows(150_000), waits=False)
        waiting = user.dialog.preview.state
        user.waits_until(lambda: "rows read" in waiting.detail.text() or "Comparing" in waiting.detail.text())
        outcomes = []
        user.dialog.reading.handle.cancelled.connect(lambda: outcomes.append("cancelled"))
        user.dialog.reject()
        user.waits_until(lambda: context.runner.is_idle)
        assert outcomes == ["cancelled"]

    def test_waits_with_a_note_while_the_worker_has_other_work(self, open_import, sheet, samples, context, busy_worker):
        first = open_import(sheet(samples.lamp, name="first.xlsx"))
        with busy_worker():
            first.presses(first.dialog.primary)  # a job that waits for the worker
            user = open_import(sheet(samples.mug), waits=False)
            waiting = user.dialog.preview.state
            user.waits_until(lambda: waiting.detail.text().startswith("Waiting for another file"))
            assert waiting.title.text() == "Reading 供应商报价_0612.xlsx"
            assert waiting.isVisible()
            QTest.keyClick(user.dialog, Qt.Key.Key_Tab)  # it answers
        user.waits_for_rows()
        assert user.counts()["new"] == 1

    def test_says_how_many_rows_were_read(self, open_import, sheet, samples, busy_worker, context):
        from app.services.tasks import Progress

        with busy_worker():
            user = open_import(sheet(samples.lamp), waits=False)
            user.waits_until(lambda: user.dialog.reading.handle is not None)
            handle = user.dialog.reading.handle
            handle.progressed.emit(Progress(12_000, 100_000))
            waiting = user.dialog.preview.state
            assert waiting.detail.text() == "12,000 of 100,000 rows read"
            assert waiting.bar.share == 0.12
            handle.progressed.emit(Progress(12_000))
            assert waiting.detail.text() == "12,000 rows read"
            handle.progressed.emit(Progress(3, 9, note="import.comparing"))
            assert waiting.detail.text() == "Comparing with the store"
        user.waits_for_rows()


class TestALostWorker:
    @pytest.fixture
    def own_worker(self, app):
        process = WorkerProcess()
        process.submit("app.services.listings.importing.session:survey", []).result()
        app._worker = process
        return process

    def kill(self, process):
        os.kill(process._process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def test_is_told_and_read_again_on_demand(self, open_import, sheet, samples, own_worker, context):
        with own_worker._turn:
            user = open_import(sheet(samples.lamp), waits=False)
            user.waits_until(lambda: user.dialog.reading.handle is not None)
            self.kill(own_worker)
            own_worker._process.join()
            own_worker.start = lambda: None  # the crash happens after the job was sent
        assert "background process ended" in user.waits_for_problem()
        assert isinstance(user.dialog._problem, WorkerDied)
        del own_worker.start
        user.presses(user.dialog.preview.state.button)
        user.waits_for_rows()
        assert user.counts()["new"] == 1

    def test_rows_are_read_again_by_themselves(self, open_import, sheet, samples, own_worker):
        user = open_import(sheet(samples.lamp, samples.mug))
        self.kill(own_worker)
        own_worker._process.join()
        user.dialog.preview.segments.choose("new")
        user.waits_until(lambda: user.dialog.reading.handle is not None)
        user.waits_for_rows()
        assert user.dialog.preview.segments.current == "new"
        assert [row["Merchant code"] for row in user.rows] == ["LM4402-WH", "CF1240-BK"]


def test_an_unexpected_error_of_a_page_is_told(open_import, sheet, samples):
    user = open_import(sheet(samples.lamp))
    user.dialog.preview.failed.emit(AppError("import.no_sheet", file="x.xlsx"))
    assert "x.xlsx" in user.dialog.preview.state.texts[1]
    assert not user.dialog.primary.isEnabled()
