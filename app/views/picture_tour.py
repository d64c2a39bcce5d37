"""Pictures of every screen in both languages and both themes, taken on the practice store: `python run.py shots DIR`.
`--scale 2` takes them as on a screen at 200 %, `--only 04-export 13-settings` these alone.

The tour is the main job itself: open the practice store, drop the demo sheet with a few broken cells, apply, make some
mistakes, publish, look at the result, put right what one button puts right. Nothing is staged, so a screen that does
not work makes no picture.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Collection
from pathlib import Path

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
from app.views.look import Look
from app.views.picture_camera import SIZE, Camera
from app.views.picture_codes import CodesTour
from app.views.picture_freight import FreightTour
from app.views.picture_prices import PricesTour
from app.views.picture_publishing import PublishingTour
from app.views.picture_workbench import WorkbenchTour
from app.views.start import LateWorker, load_services
from app.views.stores.doctor_dialog import DoctorDialog
from app.views.stores.training_dialog import TrainingDialog
from app.views.task_runner import TaskRunner
from app.views.view_settings import MemorySettings

TABS = ("listings", "stores", "warehouses", "orders", "freight")
BROKEN_ROWS, BROKEN_CELLS = 60, 6
SCALES = (0.5, 4.0)
"""The smallest and the largest scale pictures can be taken at."""
NEVER_SAID = "This plugin does not support propagateSizeHints()"
"""What Qt's platform without a screen prints for every dialog; it is about no picture."""


class PictureTour(PublishingTour, CodesTour, PricesTour, FreightTour, WorkbenchTour):
    """Walks through the program and takes pictures into *folder*."""

    async def run(self) -> None:
        """The tour, as far as the last picture that is wanted."""
        for step in (
            self._open_practice,
            self._drop,
            self._import,
            self._publish,
            self._look_at_tabs,
            self._look_at_freight,
            self._build_overseas,
            self._group_and_schedule,
            self._edit_in_bulk,
            self._edit_in_the_table,
            self._export,
            self._edit_in_excel,
            self._look_at_codes,
            self._look_at_prices,
            self._look_at_figures,
            self._look_at_findings,
            self._look_at_likeness,
            self._look_around,
            self._cover,
            self._train,
        ):
            if self.has_all:
                return
            await step()

    async def _open_practice(self) -> None:
        """From a newcomer's page to two stores with listings."""
        await self._everywhere("10-first-run")
        if self.has_all:
            return
        self._desktop.practice.open()
        await self._until(lambda: self._has_ended("desktop.job.practice"))

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
        await self._rest(1.0)
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
            await self._rest(1.0)
            await self._everywhere("03-import")
            dialog.apply()
            await self._until(lambda: self._has_ended("import.job"))
            await self._rest(1.0)
        self._desktop.import_files([resources() / "samples" / "demo-listings.xlsx"])
        dialog = self._dialog(ImportDialog)
        await self._until(lambda: dialog.primary.isEnabled())
        dialog.apply()
        await self._until(lambda: sum(job.title_key == "import.job" and not job.is_running for job in self._jobs) == 2)


async def take_pictures(qt: QApplication, folder: Path, wanted: Collection[str] = ()) -> PictureTour:
    """Run the tour with data of its own, for these pictures or for all. Returns: the tour that was made."""
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
        tour = PictureTour(desktop, folder, wanted)
        try:
            await tour.run()
        finally:
            await _end(desktop, runner, app)
    return tour


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


def _read(arguments: list[str]) -> Namespace:
    """The folder and what is wanted. Raises: SystemExit, with how to use it, where that is wrong or help is wanted."""
    parser = ArgumentParser(prog="run.py shots", description="Pictures of every screen, both languages, both themes.")
    parser.add_argument("folder", metavar="DIR", type=Path, help="where the pictures go")
    parser.add_argument("--scale", type=_scale, default=1.0, help="as on a screen at 200 %%: 2; from 0.5 to 4")
    parser.add_argument("--only", metavar="NAME", nargs="+", default=(), help="these pictures alone, such as 04-export")
    return parser.parse_args(arguments)


def _scale(text: str) -> float:
    number = float(text)
    if not SCALES[0] <= number <= SCALES[1]:
        raise ArgumentTypeError(f"{text} is not between {SCALES[0]} and {SCALES[1]}")
    return number


def main(arguments: list[str]) -> int:
    """`DIR [--scale 2] [--only NAME …]`. Returns: 1 where a picture that is wanted is none of the tour's."""
    from app.views.event_loop import WindowLoop

    asked = _read(arguments)
    os.environ["QT_SCALE_FACTOR"] = str(asked.scale)  # Qt reads it once, before there is a window
    qInstallMessageHandler(_pass_on)
    qt = QApplication(sys.argv[:1])
    qt.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: WindowLoop(qt)) as loop:
        tour = loop.run(take_pictures(qt, asked.folder, asked.only))
    return report(tour, asked.folder)


def report(tour: Camera, folder: Path) -> int:
    """Say what was taken. Returns: the exit code, see `main`."""
    sys.stdout.write(f"{len(tour.taken)} pictures in {folder}\n")
    if tour.missing:
        sys.stderr.write(f"no picture is called {', '.join(sorted(tour.missing))}\n")
    return 1 if tour.missing else 0
