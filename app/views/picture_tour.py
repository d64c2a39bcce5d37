"""Pictures of every screen in both languages and both themes, taken on the practice store: `python run.py shots DIR`.

The tour is the main job itself: open the practice store, drop the demo sheet with a few broken cells, apply, make some
mistakes, publish, look at the result, put right what one button puts right. Nothing is staged, so a screen that does
not work makes no picture.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import cast

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app.paths import resources
from app.samples.writing import SampleOptions, write_sample
from app.services.application import Application
from app.views.context import ViewContext
from app.views.desktop import Desktop
from app.views.drop_overlay import DropOverlay
from app.views.history_dialog import HistoryDialog
from app.views.importing.dialog import ImportDialog
from app.views.listings.publish_question import PublishQuestion
from app.views.listings.publish_result import PublishResultDialog
from app.views.look import Look
from app.views.picture_camera import SIZE
from app.views.picture_freight import FreightTour
from app.views.picture_mishaps import be_strict, mistakes
from app.views.picture_prices import PricesTour
from app.views.picture_workbench import WorkbenchTour
from app.views.start import LateWorker, load_services
from app.views.stores.doctor_dialog import DoctorDialog
from app.views.stores.training_dialog import TrainingDialog
from app.views.task_runner import TaskRunner
from app.views.view_settings import MemorySettings

TABS = ("listings", "stores", "warehouses", "orders", "freight")
BROKEN_ROWS, BROKEN_CELLS = 60, 6
PUBLISHED = 24
NEVER_SAID = "This plugin does not support propagateSizeHints()"
"""What Qt's platform without a screen prints for every dialog; it is about no picture."""


class PictureTour(PricesTour, FreightTour, WorkbenchTour):
    """Walks through the program and takes pictures into *folder*."""

    async def run(self) -> None:
        """The whole tour."""
        await self._everywhere("10-first-run")
        self._desktop.practice.open()
        await self._until(lambda: self._has_ended("desktop.job.practice"))
        await self._drop()
        await self._import()
        await self._publish()
        await self._look_at_tabs()
        await self._look_at_freight()
        self._window.show_tab("listings")
        await self._build_overseas()
        await self._group_and_schedule()
        await self._edit_in_bulk()
        await self._export()
        await self._edit_in_excel()
        await self._look_at_codes()
        await self._look_at_prices()
        await self._look_at_figures()
        await self._look_at_findings()
        await self._look_at_likeness()
        await self._look_around()
        await self._cover()
        await self._train()

    async def _look_at_tabs(self) -> None:
        """Each tab with its rows."""
        for tab in TABS:
            self._window.show_tab(tab)
            await self._rows_are_here()
            await self._everywhere(f"01-{tab}" if tab == "listings" else f"06-{tab}")

    async def _look_around(self) -> None:
        """What belongs to no tab: history, palette, guide, settings, signing in."""
        self._desktop.undoing.show_history()
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

    async def _train(self) -> None:
        """The trainers' panel on a bad day, at its head and at its foot."""
        self._desktop.practice.show_training()
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


def _folder(arguments: list[str]) -> Path:
    """The folder that is named. Raises: SystemExit, with how to use it, where none is or help is wanted."""
    parser = ArgumentParser(prog="run.py shots", description="Pictures of every screen, both languages, both themes.")
    parser.add_argument("folder", metavar="DIR", type=Path, help="where the pictures go")
    return cast(Path, parser.parse_args(arguments).folder)


def main(arguments: list[str]) -> int:
    """`DIR`: where the pictures go."""
    from app.views.event_loop import WindowLoop

    folder = _folder(arguments)
    qInstallMessageHandler(_pass_on)
    qt = QApplication(sys.argv[:1])
    qt.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: WindowLoop(qt)) as loop:
        taken = loop.run(take_pictures(qt, folder))
    sys.stdout.write(f"{len(taken)} pictures in {folder}\n")
    return 0
