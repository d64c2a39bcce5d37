"""Files on the Listings tab: what a package could not hold, the blank sheet, and everything checked again as a job."""

from pathlib import Path
from types import SimpleNamespace

from PySide6.QtWidgets import QFileDialog

from app.services.listings.exporting import ExportOptions
from app.services.packages import PackageReport
from tests.views.listings.rows import cell


class Heavy:
    """The worker process: runs the call at once and remembers it."""

    def __init__(self, result):
        self.calls, self.result = [], result

    def submit(self, function, /, *args, ctx):
        from concurrent.futures import Future

        self.calls.append((function, *args))
        future = Future()
        future.set_result(self.result)
        return future


class TestFiles:
    def dialog(self, page):
        return page.findChild(QFileDialog)

    def test_what_a_package_could_not_hold_is_said(self, open_page, five, tmp_path, settle, runner):
        report = PackageReport([tmp_path / "a.zip", tmp_path / "a-2.zip"], missing_pictures=["x.jpg"])
        result = SimpleNamespace(listings=1, skus=1, file=tmp_path / "a.zip", package=report)
        runner.heavy = Heavy(result)
        page = open_page()
        page.row_actions.export(tmp_path / "a.zip", [five[0].id], 1, ExportOptions())
        settle()
        said = [notice.text for notice in page.context.notices.kept]
        assert "One .xls is too small, so there are 2 packages: a.zip, a-2.zip." in said
        assert any("1 picture could not be read" in text and "x.jpg" in text for text in said)

    def test_the_blank_sheet_is_saved(self, open_page, services, tmp_path, settle):
        page = open_page()
        page.actions_of_page["save_template"].trigger()
        dialog = self.dialog(page)
        dialog.fileSelected.emit(str(tmp_path / "blank.xlsx"))
        dialog.close()
        settle()
        assert services.written == [Path(tmp_path / "blank.xlsx")]
        assert page.context.notices.kept[0].text == "Saved blank.xlsx"

    def test_checking_again_is_a_job_with_counts(self, open_page, five, write, qtbot, settle):
        write("UPDATE listing SET block_count = 9")
        page = open_page()
        page.actions_of_page["recheck"].trigger()
        settle()
        job = next(iter(page.context.jobs))
        assert job.title == "Check 5 listings again"
        assert job.summary == "5 checked · blocked 2 · on hold 0 · with warnings 0"
        qtbot.waitUntil(lambda: cell(page, 0, "findings") == "–")
