"""What goes otherwise on the way back from Excel: worked on, waiting, failing, stopped; and what is said of it."""

from threading import Event

import pytest
from PySide6.QtCore import Qt

from app.messages import tr
from app.services.errors import AppError
from app.services.listings.bulk_edit import session
from app.services.worker import WorkerDied
from app.views.errors import sentence
from app.views.language import language
from app.views.listings.round_trip.watching import SavedFiles
from tests.views.file_choices import choose_files

LEFT = Qt.MouseButton.LeftButton
PRICE = ("LM1-WH", "price", 20.5)


@pytest.fixture
def fails(lane, monkeypatch):
    """The worker process dies over the next call of this function."""
    submit = lane.submit

    def make(name):
        def die(function, /, *args, **kwargs):
            if function.endswith(f":{name}"):
                lane.error = WorkerDied(exit_code=9)
                monkeypatch.setattr(lane, "submit", submit)
            return submit(function, *args, **kwargs)

        monkeypatch.setattr(lane, "submit", die)

    return make


def saved(excel, *cells):
    """A workbook with these cells typed, and its dialog."""
    path = excel.opens()
    excel.types(path, *cells or [PRICE])
    return excel.sees()


def rows(dialog):
    model = dialog.preview.table.paged
    return [
        tuple(str(model.index(at, column).data() or "") for column in range(1, model.columnCount()))
        for at in range(model.rowCount())
    ]


def press(excel, button):
    excel.qtbot.mouseClick(button, LEFT)


class TestReading:
    def test_how_far_it_is_and_what_it_waits_for_is_said(self, excel, lamps, lane, runner, context, monkeypatch):
        path, run, may_end = excel.opens(), lane._run, Event()

        def slowly(function, args, ctx):
            if function.__name__ == "prepare":
                ctx.report(2, 4)
                assert may_end.wait(30)
            return run(function, args, ctx)

        monkeypatch.setattr(lane, "_run", slowly)
        lane.gate.clear()
        other = runner.start_heavy("app.services.listings.bulk_edit.session:discard", "other")
        context.jobs.add(other, "listings.job.recheck", n=3)
        excel.types(path, PRICE)
        excel.qtbot.waitUntil(lambda: bool(excel.dialogs))
        said = excel.dialogs[0].preview.state
        excel.qtbot.waitUntil(lambda: said.texts[1] == "Waiting for another job to be finished; starts by itself.")
        lane.gate.set()
        excel.qtbot.waitUntil(lambda: "2 of 4" in said.texts[1])
        may_end.set()
        excel.sees()

    def test_a_workbook_that_cannot_be_read_is_no_dead_end(self, excel, lamps, fails):
        fails("prepare")
        path = excel.opens(lamps[0])
        excel.page.excel.take_back(path)
        (dialog,) = excel.dialogs
        excel.settle()
        assert dialog.preview.state.texts[0] == "The file could not be read"
        assert (dialog.primary.isEnabled(), dialog.preview.state.button.text()) == (False, "Try again")
        press(excel, dialog.preview.state.button)
        assert excel.sees().head is not None

    def test_why_it_could_not_be_read_follows_the_language(self, excel, lamps, fails):
        fails("prepare")
        excel.page.excel.take_back(excel.opens(lamps[0]))
        (dialog,) = excel.dialogs
        excel.settle()
        before = dialog.preview.state.texts
        language.set_language("zh")
        assert dialog.preview.state.texts == ("读不了这个文件", sentence(WorkerDied(exit_code=9)))
        assert dialog.preview.state.texts[1] != before[1]

    def test_that_nothing_changes_follows_the_language(self, excel, lamps):
        path = excel.opens(lamps[0])
        excel.page.excel.take_back(path)
        dialog = excel.sees()
        assert dialog.preview.state.texts == (tr("round_trip.nothing"), tr("round_trip.nothing_detail"))
        language.set_language("zh")
        assert dialog.preview.state.texts == (tr("round_trip.nothing"), tr("round_trip.nothing_detail"))

    def test_what_the_checker_says_is_told(self, excel, lamps):
        dialog = saved(excel, ("LM1-WH", "title", "床头 Lamp"))
        assert "New after the change: Chinese in the title · 1 listing" in dialog.preview.outcome.texts

    def test_a_checker_that_died_is_told_and_the_changes_can_be_stored(self, excel, lamps, fails, loaded):
        fails("check")
        dialog = saved(excel)
        excel.qtbot.waitUntil(lambda: "9" in dialog.hint.text())
        assert not dialog.preview.outcome.checking.isVisible()
        excel.applies(dialog)
        assert loaded(lamps[0]).skus[0].price_minor == 2050

    def test_names_stand_for_ids(self, excel, lamps):
        dialog = saved(excel, ("LM1-WH", "freight_template", "Small parcels"))
        excel.qtbot.waitUntil(lambda: [row[3] for row in rows(dialog)] == ["Small parcels"])

    def test_a_plan_that_is_gone_is_made_again(self, excel, lamps, lane):
        dialog = saved(excel)
        before = lane.calls.count("prepare")
        session.close_all()
        at = dialog.preview.segments.part_rect("changed").center()
        excel.qtbot.mouseClick(dialog.preview.segments, LEFT, pos=at)
        excel.qtbot.waitUntil(lambda: lane.calls.count("prepare") == before + 1)
        assert excel.sees() is dialog and len(rows(dialog)) == 1


class TestStoring:
    def test_what_could_not_be_stored_comes_back(self, excel, lamps, fails, loaded):
        dialog = saved(excel)
        fails("apply")
        press(excel, dialog.primary)
        assert not dialog.isVisible()
        excel.qtbot.waitUntil(dialog.isVisible)
        assert dialog.preview.state.texts[0] == "Nothing was stored"
        press(excel, dialog.preview.state.button)
        excel.applies(excel.sees())
        assert loaded(lamps[0]).skus[0].price_minor == 2050

    def test_stopped_while_it_is_stored(self, excel, lamps, lane, loaded, context):
        dialog = saved(excel)
        lane.gate.clear()
        press(excel, dialog.primary)
        context.jobs.cancel_all()
        lane.gate.set()
        excel.settle()
        assert loaded(lamps[0]).skus[0].price_minor == 1890
        excel.types(dialog.path, ("LM1-WH", "price", 30))
        assert excel.sees().head.plan.counts.changed == 1, "the workbook is shown when it is saved again"


def test_what_is_previewed_goes_into_a_workbook(excel, lamps, fails, tmp_path):
    dialog = saved(excel)
    for path, said in ((tmp_path / "seen.csv", "Wrote 1 line to seen.csv."), (tmp_path / "none" / "seen.csv", "none")):
        press(excel, dialog.preview.export)
        choose_files(dialog, path)
        excel.settle()
        assert said in dialog.hint.text()
    assert "LM1-WH" in (tmp_path / "seen.csv").read_text("utf-8-sig")


def test_a_folder_that_cannot_be_made_is_told(excel, lamps, services, monkeypatch):
    def fail():
        raise AppError("publishing.journal", reason="disk full")

    monkeypatch.setattr(services.round_trip, "new_path", fail)
    excel.page.actions_of_page["open_in_excel"].trigger()
    excel.settle()
    assert "disk full" in excel.page.context.notices.kept[0].text


class TestWatching:
    @pytest.fixture
    def watched(self, qtbot, tmp_path):
        path = tmp_path / "a.xlsx"
        path.write_bytes(b"one")
        files = SavedFiles(quiet_ms=1)
        files.told = []
        files.saved.connect(files.told.append)
        files.watch(path)
        yield files, path
        files.stop()

    def test_a_file_written_in_place(self, watched, qtbot):
        files, path = watched
        path.write_bytes(b"longer than before")
        qtbot.waitUntil(lambda: files.told == [path])

    def test_a_file_taken_away_and_put_back_later(self, watched, qtbot):
        files, path = watched
        with qtbot.waitSignal(files._watcher.directoryChanged):
            path.unlink()
        qtbot.waitUntil(lambda: not files._timer.isActive())
        path.write_bytes(b"longer than before")
        qtbot.waitUntil(lambda: files.told == [path])
