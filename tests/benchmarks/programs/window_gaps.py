"""The real window on a data folder, with a heart that beats every 5 ms: `… FOLDER SHEET COUNT PAINT IDLE_S`.

It publishes COUNT listings, imports SHEET and raises the price of every listing there is then, as a user does, by the
dialogs. PAINT is 1: the Listings table is in view and repainted ten times a second; 0: another tab is in view.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from app.views import start
from app.views.desktop import Desktop
from tests.benchmarks.measuring import cpu_s, peak_mb, tell
from tests.benchmarks.outbox import DATABASE, ready

BEAT_MS = 5
PAINT_MS = 100
LOOK_S = 0.05
PATIENCE_S = 600
OTHER_TAB = "freight"
PERCENT = "7"
"""What the bulk edit adds to every price."""


class Heart:
    """Beats while the event loop turns. A gap between two beats counts for the phase that is on when it ends.

    Attributes:
        phase: what the window does just now; "" is not counted.
        gaps_ms: of each phase: how long each gap was, and how long the GUI thread itself worked in it.
    """

    def __init__(self) -> None:
        self.phase = ""
        self.gaps_ms: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer = QTimer(interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        if self.phase:
            self.gaps_ms[self.phase].append((1000 * (now - self._last), 1000 * (worked - self._worked)))
        self._last, self._worked = now, worked


class Watched(Desktop):
    """The window's desktop, which begins by itself once it is ready."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.heart = Heart()
        self.told: dict[str, Any] = {}
        self.ready.connect(self._begin)

    def _begin(self) -> None:
        self.driving = asyncio.ensure_future(self._drive())

    async def _drive(self) -> None:
        folder, sheet, count, paints, idle_s = _arguments()
        try:
            await self._settle(paints)
            await self._rest("idle", idle_s)
            await self._publish(folder, count)
            await self._settle(paints)
            await self._import(sheet, paints)
            await self._settle(paints)
            await self._edit(paints)
            await self._settle(paints)
            await self._rest("idle", idle_s)
            self.told["peak_mb"] = peak_mb()
        finally:
            self.heart.stop()
            self.window.close()

    async def _rest(self, phase: str, seconds: float) -> None:
        self.heart.phase = phase
        await asyncio.sleep(seconds)
        self.heart.phase = ""

    async def _settle(self, paints: bool) -> None:
        """Everything asked for has been answered; the tab of this run is in view."""
        self.heart.phase = ""
        page = self.listings_page()
        self.window.show_tab("listings" if paints else OTHER_TAB)
        await _until(lambda: self.context.runner.is_idle)
        await asyncio.sleep(1)
        await _until(lambda: self.context.runner.is_idle)
        if paints and not hasattr(self, "_painter"):
            self._painter = QTimer(self, interval=PAINT_MS)
            self._painter.timeout.connect(page.rows.viewport().repaint)
            self._painter.start()

    async def _publish(self, folder: Path, count: int) -> None:
        from app.views.widgets.dialog import Confirmation

        page, heart = self.listings_page(), self.heart
        _, ids = ready(folder / DATABASE, count)
        ended: list[bool] = []
        page.publisher.batch_ended.connect(lambda: ended.append(True))
        heart.phase = "publish.asking"
        page.publisher.publish(ids)
        await _until(lambda: bool(page.findChildren(Confirmation)))
        await asyncio.sleep(LOOK_S)
        spent, started = cpu_s(), time.perf_counter()
        heart.phase = "publish.checking"
        page.findChildren(Confirmation)[0].accept()
        await _until(lambda: page.publisher.is_running)
        heart.phase = "publish.sending"
        await _until(lambda: bool(ended))
        heart.phase = "publish.shown"
        self.told |= {"publish_cpu_s": cpu_s() - spent, "publish_s": time.perf_counter() - started}

    async def _import(self, sheet: Path, paints: bool) -> None:
        from app.views.importing.dialog import ImportDialog

        heart = self.heart
        heart.phase = "import.opening"
        self.import_files([sheet])
        dialog = self.window.findChildren(ImportDialog)[-1]
        dialog.reading.read.connect(lambda *_: setattr(heart, "phase", "import.shown"))
        stored: list[bool] = []
        dialog.applied.connect(lambda _: (setattr(heart, "phase", "import.stored"), stored.append(True)))
        await asyncio.sleep(LOOK_S)
        started = time.perf_counter()
        heart.phase = "import.reading"
        await _until(dialog.primary.isEnabled)
        await _until(lambda: self.context.runner.is_idle)
        self.window.show_tab("listings" if paints else OTHER_TAB)
        await asyncio.sleep(LOOK_S)
        heart.phase = "import.storing"
        dialog.apply()
        await _until(lambda: bool(stored))
        self.told["import_s"] = time.perf_counter() - started

    async def _edit(self, paints: bool) -> None:
        from app.views.listings.bulk_edit.dialog import BulkEditDialog

        heart, page = self.heart, self.listings_page()
        self.window.show_tab("listings")
        await _until(lambda: page.rows.paged.is_exact and self.context.runner.is_idle)
        heart.phase = "edit.opening"
        page.actions_of_page["bulk_edit"].trigger()
        await _until(lambda: bool(page.findChildren(BulkEditDialog)) and self.context.runner.is_idle)
        dialog = page.findChildren(BulkEditDialog)[-1]
        stored: list[Any] = []
        dialog.working.answered.connect(lambda _: setattr(heart, "phase", "edit.shown"))
        dialog.applied.connect(lambda done: (setattr(heart, "phase", "edit.stored"), stored.append(done)))
        self.window.show_tab("listings" if paints else OTHER_TAB)
        await asyncio.sleep(LOOK_S)
        started = time.perf_counter()
        heart.phase = "edit.planning"
        QTest.keyClicks(dialog.changes.cards[0].form.value, PERCENT)
        await _until(lambda: dialog.head is not None)
        await asyncio.sleep(LOOK_S)
        heart.phase = "edit.checking"
        await _until(lambda: not dialog.checking.is_busy and dialog.primary.isEnabled())
        heart.phase = "edit.storing"
        dialog.primary.click()
        await _until(lambda: bool(stored))
        self.told |= {"edit_s": time.perf_counter() - started, "edited": stored[0].changed}


async def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        await asyncio.sleep(LOOK_S)


def _arguments() -> tuple[Path, Path, int, bool, float]:
    folder, sheet, count, paints, idle_s = sys.argv[1:6]
    return Path(folder), Path(sheet), int(count), paints == "1", float(idle_s)


def main() -> None:
    """Open the window as the program does, and tell the gaps once it is closed."""
    made: list[Watched] = []

    def watched(*args: Any) -> Watched:
        made.append(Watched(*args))
        return made[0]

    start.Desktop = watched  # type: ignore[assignment, misc]
    start.open_window(["--data", sys.argv[1]])
    made[0].driving.result()
    tell(**made[0].told, gaps_ms=made[0].heart.gaps_ms)


if __name__ == "__main__":
    main()
