"""Pictures of every screen in both languages and both themes, taken on the practice store: `python run.py shots DIR`.

The tour is the main job itself: open the practice store, drop the demo sheet with a few broken cells, apply, make some
mistakes, publish, look at the result, put right what one button puts right. Nothing is staged, so a screen that does
not work makes no picture.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMessageLogContext, QPoint, QRect, QSize, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget

from app.paths import resources
from app.samples.edited_book import edit_workbook
from app.samples.writing import SampleOptions, write_sample
from app.services.application import Application
from app.views.context import ViewContext
from app.views.desktop import Desktop
from app.views.drop_overlay import DropOverlay
from app.views.history_dialog import HistoryDialog
from app.views.importing.dialog import ImportDialog
from app.views.listings.bulk_edit.dialog import BulkEditDialog
from app.views.listings.code_dialog import CodeDialog
from app.views.listings.codes_dialog import CodesDialog
from app.views.listings.delist_dialog import DelistDialog
from app.views.listings.findings_dialog import FindingsDialog
from app.views.listings.publish_question import PublishQuestion
from app.views.listings.publish_result import PublishResultDialog
from app.views.listings.round_trip.dialog import SheetDialog
from app.views.listings.sale import OfflineQuestion
from app.views.listings.scheduled_dialog import ScheduledDialog
from app.views.look import Look
from app.views.picture_mishaps import be_strict, mistakes
from app.views.start import LateWorker, load_services
from app.views.stores.doctor_dialog import DoctorDialog
from app.views.stores.training_dialog import TrainingDialog
from app.views.task_runner import TaskRunner
from app.views.theme import current_theme
from app.views.view_settings import MemorySettings
from app.views.words.dialog import WordsDialog

SIZE = QSize(1440, 900)
LANGUAGES = ("zh", "en")
THEMES = ("light", "dark")
TABS = ("listings", "stores", "warehouses", "orders", "freight")
PATIENCE_S = 120.0
BROKEN_ROWS, BROKEN_CELLS = 60, 6
PUBLISHED = 24
TITLE_HEIGHT = 32
NEVER_SAID = "This plugin does not support propagateSizeHints()"
"""What Qt's platform without a screen prints for every dialog; it is about no picture."""


class PictureTour:
    """Walks through the program and takes pictures into *folder*."""

    def __init__(self, desktop: Desktop, folder: Path) -> None:
        self._desktop, self._folder = desktop, folder
        self._look = desktop.window.look
        self.taken: list[Path] = []

    @property
    def _window(self) -> Any:
        return self._desktop.window

    async def run(self) -> None:
        """The whole tour."""
        await self._everywhere("10-first-run")
        self._desktop.open_practice()
        await self._until(lambda: self._has_ended("desktop.job.practice"))
        await self._drop()
        await self._import()
        await self._publish()
        for tab in TABS:
            self._window.show_tab(tab)
            await self._rows_are_here()
            await self._everywhere(f"01-{tab}" if tab == "listings" else f"06-{tab}")
        self._window.show_tab("listings")
        await self._group_and_schedule()
        await self._edit_in_bulk()
        await self._export()
        await self._edit_in_excel()
        await self._look_at_codes()
        await self._look_at_findings()
        self._desktop.show_history()
        history = self._dialog(HistoryDialog)
        await self._until(lambda: history.shown)
        history.show_change(history.shown[0].uid)
        await asyncio.sleep(1.0)
        await self._everywhere("11-history")
        self._close_dialogs()
        self._window.open_palette()
        await self._everywhere("11-palette")
        self._window.palette_box.hide()
        self._desktop.show_guide("listings")
        await self._everywhere("12-guide")
        self._close_dialogs()
        self._desktop.show_settings()
        await self._everywhere("13-settings")
        self._close_dialogs()
        await self._look_after_a_store()
        self._desktop.add_store()
        await self._everywhere("14-add-store")
        self._close_dialogs()
        await self._cover()
        await self._train()

    async def _cover(self) -> None:
        """One practice store covers the other: first who lists what, then a few products with rules."""
        self._window.show_tab("listings")
        await self._rows_are_here()
        view = self._desktop.covering.coverage()
        await self._until(lambda: view.pane.table is not None and view.pane.table.paged.is_loaded)
        view.pane.place.choose(f"gap:{view.stores[-1].id}")
        view.pane.ask()
        await asyncio.sleep(1.5)
        await self._everywhere("16-coverage")
        rows, _ = view.chosen()
        from_id, to_id = view.stores[0].id, view.stores[-1].id
        found = await asyncio.to_thread(self._desktop.context.services.coverage.sources_for, rows, to_id)
        self._close_dialogs()
        dialog = self._desktop.covering.cover(from_id, to_id, found[0].product_ids[:6])
        await self._until(lambda: dialog.sample is not None)
        dialog.form.factor.setText("1.2")
        dialog.form.rounding.choose("end_99")
        dialog.form.sections["prices"].fold(False)
        await asyncio.sleep(1.0)
        await self._everywhere("16-cover")
        dialog.start()
        await self._until(lambda: dialog.result is not None)
        await asyncio.sleep(0.7)
        await self._everywhere("16-cover-report")
        self._close_dialogs()

    async def _group_and_schedule(self) -> None:
        """Groups beside the table, variants in it, a listing taken off sale at a time."""
        page = self._window.page
        page.grouping.show(True)
        await asyncio.sleep(0.5)
        await self._everywhere("16-groups")
        page.grouping.choose()
        await self._until(self._dialogs)
        await self._everywhere("16-put-into-group")
        self._close_dialogs()
        page.grouping.show(False)
        page.levels.toggle()
        await self._rows_are_here()
        await self._everywhere("16-variants")
        page.levels.toggle()
        page.segments.choose("live")
        await self._rows_are_here()
        page.actions_of_page["take_off_sale"].trigger()
        await self._until(self._dialogs)
        question = self._dialog(OfflineQuestion)
        question.when.choose("at")
        await self._everywhere("16-take-off-sale")
        question.accept()
        await self._until(lambda: any(job.title_key == "sale.job_later.offline" for job in self._jobs))
        page.publisher.show_scheduled()
        scheduled = self._dialog(ScheduledDialog)
        await self._until(lambda: scheduled.batches)
        await self._everywhere("16-scheduled")
        scheduled.cancel_chosen()
        await self._until(lambda: not scheduled.batches)
        self._close_dialogs()
        page.segments.choose("all")

    async def _train(self) -> None:
        """The trainers' panel on a bad day, at its head and at its foot."""
        self._desktop.show_training()
        panel = self._dialog(TrainingDialog)
        await self._until(lambda: panel.state is not None)
        panel.presets["bad_day"].click()
        await self._until(lambda: panel.state.on)
        await self._everywhere("15-training")
        panel.area.verticalScrollBar().setValue(panel.area.verticalScrollBar().maximum())
        await self._everywhere("15-training-codes")
        self._close_dialogs()

    async def _look_after_a_store(self) -> None:
        """Check its connection, let it wait and go on."""
        self._window.show_tab("stores")
        page = self._window.page
        await self._rows_are_here()
        page.facts.probe.click()
        await self._until(lambda: self._dialog(DoctorDialog, needed=False) is not None)
        await self._everywhere("14-check-connection")
        self._close_dialogs()
        page.facts.pause.click()
        await self._until(lambda: page.facts.view is not None and page.facts.view.detail.store.paused_at is not None)
        await self._everywhere("14-store-paused")
        page.facts.pause.click()

    async def _drop(self) -> None:
        overlay: DropOverlay = self._window.drop_overlay
        self._window.show_tab("listings")
        await self._rows_are_here()
        overlay.lift([resources() / "samples" / "demo-listings.xlsx", resources() / "samples" / "images"])
        await self._everywhere("03b-drop")
        overlay.hide()

    async def _import(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            sheet = Path(folder) / "supplier-quote.xlsx"
            write_sample(sheet, SampleOptions(BROKEN_ROWS, seed=7, broken=BROKEN_CELLS, images=True))
            self._desktop.import_files([sheet])
            dialog = self._dialog(ImportDialog)
            await self._until(lambda: dialog.head is not None and dialog.primary.isEnabled())
            await asyncio.sleep(1.0)
            await self._everywhere("03-import")
            dialog.apply()
            await self._until(lambda: self._has_ended("import.job"))
            await asyncio.sleep(1.0)
        self._desktop.import_files([resources() / "samples" / "demo-listings.xlsx"])
        dialog = self._dialog(ImportDialog)
        await self._until(lambda: dialog.primary.isEnabled())
        dialog.apply()
        await self._until(lambda: sum(job.title_key == "import.job" and not job.is_running for job in self._jobs) == 2)

    async def _publish(self) -> None:
        self._window.show_tab("listings")
        page = self._window.page
        page.segments.choose("drafts")
        await self._rows_are_here()
        chosen = list(page.table.paged.ids_between(0, PUBLISHED - 1))
        await self._make_mistakes(chosen)
        page.table.select_ids(chosen)
        await asyncio.sleep(0.5)
        page.publish()
        await self._until(lambda: self._dialogs())
        question = self._dialog(PublishQuestion)
        question.when.choose("at")
        await self._everywhere("04-publish-at-a-time")
        question.when.choose("now")
        await self._everywhere("04-publish-question")
        question.accept()
        await self._until(lambda: any(job.title_key == "publish.job" for job in self._jobs))
        await asyncio.sleep(1.0)
        await self._everywhere("05-publishing")
        await self._until(lambda: self._has_ended("publish.job"))
        await asyncio.sleep(0.5)
        sent = next(job for job in self._jobs if job.title_key == "publish.job")
        page.publisher.show_report(sent.result.batch_ids[0])
        await self._until(lambda: self._dialog(PublishResultDialog, needed=False) is not None)
        await asyncio.sleep(0.7)
        await self._everywhere("05-publish-result")
        await self._put_right(self._dialog(PublishResultDialog))
        await self._everywhere("05-publish-again")
        self._close_dialogs()
        page.segments.choose("all")

    async def _make_mistakes(self, listing_ids: list[int]) -> None:
        """Spoil some of what is about to be published, as a person and a stricter platform would."""
        services = self._desktop.context.services
        stores = await asyncio.to_thread(services.stores)
        await asyncio.to_thread(be_strict, next(store.gateway for store in stores if store.is_practice))
        edits = await asyncio.to_thread(mistakes, listing_ids, services.listings.detail)
        first = await asyncio.to_thread(services.listings.detail, listing_ids[0])
        await asyncio.to_thread(services.listings.save, edits, first.record.title)
        self._desktop.reload_pages()
        await self._rows_are_here()

    async def _put_right(self, dialog: PublishResultDialog) -> None:
        """Press the one button that mends every listing of a reason, at the first reason that has one."""
        for at in range(dialog.reasons.count()):
            dialog.reasons.setCurrentRow(at)
            await asyncio.sleep(0.3)
            if dialog.fix_all.isVisible():
                dialog.fix_all.click()
                await self._until(dialog.again.isEnabled)
                await asyncio.sleep(0.7)
                return

    async def _edit_in_bulk(self) -> None:
        """Prices, titles and templates of the whole filter; some are refused, and then all of it is stored."""
        page = self._window.page
        page.segments.choose("all")
        await self._rows_are_here()
        page.rows.clearSelection()
        page.acts.bulk_edit("price_minor", "multiply")
        dialog = self._dialog(BulkEditDialog)
        await self._everywhere("04-bulk-edit-empty")
        price = dialog.changes.cards[0].form
        price.value.insert("1.1")
        price.rounding.choose("end_99")
        price.rounding.chosen.emit("end_99")
        price.section.fold(False)
        price.limits["change_percent"].insert("12")
        title = dialog.changes.add_change("title", "replace").form
        title.find.insert("Lamp")
        title.replacement.insert("Light")
        dialog.changes.add_change("stock", "formula").form.formula.line.insert("stock / 0.9 + wieght")
        await asyncio.sleep(1.0)
        await self._everywhere("04-bulk-edit-error")
        formula = dialog.changes.cards[2].form.formula.line
        formula.clear()
        formula.insert("round(stock * 0.9)")
        await self._until(lambda: dialog.primary.isEnabled() and not dialog.checking.is_busy)
        await asyncio.sleep(0.7)
        await self._everywhere("04-bulk-edit")
        dialog.apply()
        await self._until(lambda: self._has_ended("bulk_edit.job"))
        await asyncio.sleep(0.7)
        await self._everywhere("04-bulk-edited")

    async def _export(self) -> None:
        """The columns of an export."""
        self._window.page.acts.export()
        await self._everywhere("04-export")
        self._close_dialogs()

    async def _edit_in_excel(self) -> None:
        """The first listings as a workbook, a few cells changed as a person would, some of them wrongly."""
        page = self._window.page
        await self._rows_are_here()
        page.rows.select_ids(list(page.rows.paged.ids_between(0, 11)))
        written: list[Path] = []
        page.excel.open_file = written.append
        page.acts.open_in_excel()
        await self._until(lambda: written)
        await asyncio.to_thread(edit_workbook, written[0])
        await self._until(lambda: self._dialog(SheetDialog, needed=False) is not None)
        dialog = self._dialog(SheetDialog)
        await self._until(lambda: dialog.primary.isEnabled() and not dialog.checking.is_busy)
        await asyncio.sleep(0.7)
        await self._everywhere("04-open-in-excel")
        dialog.apply()
        await self._until(lambda: self._has_ended("bulk_edit.job"))

    async def _look_at_codes(self) -> None:
        """A pasted list of discontinued codes, what a code stands for, the virtual ones."""
        page = self._window.page
        page.acts.delist()
        delisting = self._dialog(DelistDialog)
        await self._everywhere("05-delist-empty")
        delisting.codes.setPlainText("discontinued\nBG2001-BK  old\nBK7915\nXX9999")
        await self._until(lambda: delisting.plan is not None)
        await self._everywhere("05-delist")
        self._close_dialogs()
        CodesDialog(self._desktop.context, page).open()
        codes = self._dialog(CodesDialog)
        codes.name.setText("CB000123")
        codes.items.setText("AB1234*2+CD5678*3")
        codes.add_typed()
        await self._until(lambda: codes.table.rowCount() == 1)
        await self._everywhere("05-virtual-codes")
        self._close_dialogs()
        CodeDialog(self._desktop.context, page, 1, "AB1234*2+CD5678*3_CUS").open()
        code = self._dialog(CodeDialog)
        await self._until(lambda: bool(code.lines))
        await self._everywhere("05-code")
        self._close_dialogs()

    async def _look_at_findings(self) -> None:
        """Findings by rule, and the word lists with a title tried."""
        page = self._window.page
        page.actions_of_page["findings"].trigger()
        await self._until(lambda: self._dialog(FindingsDialog, needed=False) is not None)
        findings = self._dialog(FindingsDialog)
        await self._until(lambda: not findings.is_counting)
        await self._everywhere("05-findings")
        self._close_dialogs()
        page.checking.show_words()
        words = self._dialog(WordsDialog)
        await self._until(lambda: words.lists.count() > 0)
        words.lists.setCurrentRow(2)
        words.trial.insert("Apple green mug for Nike fans")
        await asyncio.sleep(0.7)
        await self._everywhere("05-words")
        self._close_dialogs()

    # -- helpers -----------------------------------------------------------------------------------------------

    @property
    def _jobs(self) -> list[Any]:
        return list(self._desktop.context.jobs)

    def _has_ended(self, title_key: str) -> bool:
        jobs = [job for job in self._jobs if job.title_key == title_key]
        return bool(jobs) and not any(job.is_running for job in jobs)

    def _dialogs(self) -> list[QWidget]:
        from PySide6.QtWidgets import QDialog

        return [dialog for dialog in self._window.findChildren(QDialog) if dialog.isVisible()]

    def _dialog(self, kind: type[Any], *, needed: bool = True) -> Any:
        found = [dialog for dialog in self._dialogs() if isinstance(dialog, kind)]
        if needed and not found:
            raise RuntimeError(f"no {kind.__name__} is open")
        return found[0] if found else None

    def _close_dialogs(self) -> None:
        for dialog in self._dialogs():
            dialog.close()

    async def _rows_are_here(self) -> None:
        """The first rows are shown, the second one is current, its panel is filled, its pictures arrived."""
        table = self._window.page.table
        await self._until(lambda: table.paged.is_loaded)
        if table.paged.rowCount() > 1:
            table.setCurrentIndex(table.paged.index(1, 0))
        await asyncio.sleep(1.2)

    async def _until(self, is_ready: Callable[[], Any]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not is_ready():
            if time.monotonic() > deadline:
                raise TimeoutError("the tour waits in vain; see the pictures taken so far")
            await asyncio.sleep(0.1)

    async def _everywhere(self, name: str) -> None:
        """The screen as it is, in both languages and both themes."""
        for language in LANGUAGES:
            for theme in THEMES:
                self._look.set_language(language)
                self._look.set_theme(theme)
                await asyncio.sleep(0.6)
                self._take(f"{name}-{theme}-{language}.png")

    def _take(self, file: str) -> None:
        """The window with whatever dialogs lie over it, put together as a screen shows them."""
        path = self._folder / file
        picture = self._window.grab()
        painter = QPainter(picture)
        for dialog in self._dialogs():
            _put_over(painter, dialog)
        painter.end()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not picture.save(str(path)):
            raise OSError(f"cannot write {path}")
        self.taken.append(path)


def _put_over(painter: QPainter, dialog: QWidget) -> None:
    """A dialog in the middle of the window, with the title and the edge that a desktop draws around it."""
    theme = current_theme()
    whole = QRect(0, 0, dialog.width(), dialog.height() + TITLE_HEIGHT)
    whole.moveCenter(QPoint(SIZE.width() // 2, SIZE.height() // 2))
    painter.fillRect(whole, theme.color("bar"))
    painter.setFont(theme.font("body", strong=True))
    painter.setPen(theme.color("text"))
    title = QRect(whole.left() + 14, whole.top(), whole.width() - 28, TITLE_HEIGHT)
    painter.drawText(title, int(Qt.AlignmentFlag.AlignVCenter), dialog.windowTitle())
    painter.drawPixmap(whole.left(), whole.top() + TITLE_HEIGHT, dialog.grab())
    painter.setPen(theme.color("edge"))
    painter.drawRect(whole.adjusted(-1, -1, 0, 0))


async def take_pictures(qt: QApplication, folder: Path) -> list[Path]:
    """Run the tour with data of its own. Returns: the pictures."""
    with tempfile.TemporaryDirectory() as data:
        app = Application(Path(data))
        settings = MemorySettings()
        Look(qt, settings).apply()
        runner = TaskRunner(heavy=LateWorker(app))
        desktop = Desktop(ViewContext(runner, settings), lambda: load_services(app))
        desktop.window.resize(SIZE)
        ready = asyncio.Event()
        desktop.ready.connect(ready.set)
        desktop.start()
        await ready.wait()
        await asyncio.sleep(1.0)
        tour = PictureTour(desktop, folder)
        try:
            await tour.run()
        finally:
            await _end(desktop, runner, app)
    return tour.taken


async def _end(desktop: Desktop, runner: TaskRunner, app: Application) -> None:
    desktop.window.hide()
    runner.stop_all()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    await asyncio.gather(*others, return_exceptions=True)
    await app.disconnect()
    runner.shutdown()
    await asyncio.to_thread(app.close)


def _pass_on(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt's own messages go to standard error, but for the one that says nothing."""
    if text != NEVER_SAID:
        sys.stderr.write(f"{text}\n")


def main(arguments: list[str]) -> int:
    """`DIR`: where the pictures go."""
    from app.views.event_loop import WindowLoop

    if len(arguments) != 1:
        sys.stderr.write("usage: run.py shots DIR\n")
        return 2
    qInstallMessageHandler(_pass_on)
    qt = QApplication(sys.argv[:1])
    qt.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: WindowLoop(qt)) as loop:
        taken = loop.run(take_pictures(qt, Path(arguments[0])))
    sys.stdout.write(f"{len(taken)} pictures in {arguments[0]}\n")
    return 0
