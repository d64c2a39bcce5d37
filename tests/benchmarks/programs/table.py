"""The Listings tab of the real window, used as a person uses it: `python -m tests.benchmarks.programs.table FOLDER
[JUMPS NOTCHES]`. Without numbers the tab is only opened.

Times are seconds from the event that is sent to the window until the rows it asks for are painted.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.services.heap import DEBT
from app.views.view_settings import FileSettings
from tests.benchmarks.measuring import peak_mb, resident_mb, stolen, tell
from tests.benchmarks.programs.driven_window import (
    Heartbeat,
    Painted,
    give_up,
    open_driven,
    pause,
    wait_painted,
    wait_until,
)

FRAME_MS = 16
"""Between two notches of the wheel: a quick turn."""
KEY_MS = 120
"""Between two keystrokes: a quick typist, who does not wait for anything."""
REPAINTS = 60
INDEXED, OTHERS = ("updated", "price", "title"), ("stock", "code", "status", "category", "findings")
WORDS = {
    "latin": ("led lamp", "phone case", "sj0012345", "usb c hub", "mug 47"),
    "cyrillic": ("наушники", "лампа", "игрушка 17", "чехол", "настольная"),
    "chinese": (
        *("蓝牙耳机", "台灯", "手机壳", "耳机 usb", "收纳盒", "保温杯", "充电线", "儿童玩具", "厨房用品", "台灯 led"),
        *("手机壳 case", "充电线 usb"),
    ),
}
"""Some thirty keystrokes a script after the first of each word: of fewer, the slowest twentieth is the slowest one."""
SEGMENTS = ("drafts", "live", "off", "all")


class Session:
    """One sitting at the window."""

    def __init__(self, desktop: Any, jumps: int, notches: int) -> None:
        self._desktop, self._jumps, self._notches = desktop, jumps, notches
        self._draw = random.Random(3)
        self.told: dict[str, Any] = {}
        desktop.ready.connect(lambda: QTimer.singleShot(500, desktop, self._begin))

    def _begin(self) -> None:
        is_done = False
        try:
            self._open()
            if self._jumps:
                self._use()
            is_done = True
        finally:
            if not is_done:
                give_up()
        self._desktop.window.close()

    # -- what a table shows ------------------------------------------------------------------------------------

    def _is_whole(self) -> bool:
        """Whether every row in view is here."""
        table = self._table
        first, last = table.rowAt(0), table.rowAt(table.viewport().height() - 1)
        last = last if last >= 0 else table.paged.rowCount() - 1
        return first >= 0 and all(table.paged.cells(row) is not None for row in (first, (first + last) // 2, last))

    def _is_settled(self) -> bool:
        return (
            self._table.paged.is_exact
            and not self._table.paged._loader.is_busy
            and self._desktop.context.runner.is_idle
        )

    def _settle(self) -> None:
        wait_until(self._is_settled)
        pause(60)

    # -- opening -----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """From a click on the tab to its first rows; the page is built on the way."""
        window = self._desktop.window
        wait_until(lambda: self._desktop.context.runner.is_idle)
        started = time.perf_counter()
        QTest.mouseClick(window.app_bar.tabs["listings"], Qt.MouseButton.LeftButton)
        self._page = window.page
        self._table = self._page.table
        self._probe = Painted(self._table.viewport())
        wait_painted(self._probe, lambda: None, self._is_whole)
        self.told["open_s"] = self._probe.moment - started
        count = self._counted_after(lambda: None, started)
        self._settle()
        wait_until(lambda: not DEBT.is_open)  # memory is told of a window in which nothing happens
        self._settle()
        self.told.update(count_of_all_s=count, rows=self._table.paged.total, opened_mb=resident_mb())

    def _counted_after(self, act: Callable[[], object], started: float = 0.0) -> float:
        """Seconds until the exact number is shown."""
        moments: list[float] = []
        paged = self._table.paged
        note = lambda *_: moments.append(time.perf_counter())  # noqa: E731
        if started and paged.is_exact:
            return time.perf_counter() - started
        paged.counted.connect(note)
        started = started or time.perf_counter()
        act()
        wait_until(lambda: bool(moments), look_every_ms=2)
        paged.counted.disconnect(note)
        return moments[0] - started

    # -- using -------------------------------------------------------------------------------------------------

    def _use(self) -> None:
        taken = stolen()
        self.told["repaint_s"] = [self._repaint() for _ in range(REPAINTS)]
        self.told["wheel_s"], self.told["wheel_floor_s"] = self._beside_floor(self._turn_wheel())
        self.told["jump_s"], self.told["jump_floor_s"] = self._beside_floor(self._jump())
        self.told["sort_s"], self.told["sort_other_s"], self.told["sort_gap_s"] = {}, {}, {}
        for key in INDEXED:
            self.told["sort_s"][key], self.told["sort_gap_s"][key] = self._sort(key)
        for key in OTHERS:
            self.told["sort_other_s"][key], self.told["sort_gap_s"][key] = self._sort(key)
        self._sort("updated")
        searches = {script: self._beside_floor(self._search(words)) for script, words in WORDS.items()}
        self.told["search_s"] = {script: seconds for script, (seconds, _) in searches.items()}
        self.told["search_floor_s"] = {script: floor for script, (_, floor) in searches.items()}
        self.told["count_s"] = dict(self._count())
        wait_until(lambda: not DEBT.is_open)
        self._settle()
        helpers = psutil.Process().children(recursive=True)
        self.told.update(
            stolen=taken(),
            used_mb=resident_mb(),
            peak_mb=peak_mb(),
            helpers_mb=sum(resident_mb(one.pid) for one in helpers),
        )

    def _repaint(self) -> float:
        """The floor: all rows of the table painted anew, nothing read."""
        started = time.perf_counter()
        self._table.viewport().repaint()
        return time.perf_counter() - started

    def _beside_floor(self, acts: Iterator[float]) -> tuple[list[float], list[float]]:
        """Seconds of each act, and of a repaint right after it: what else the machine does weighs on both."""
        both = [(seconds, self._repaint()) for seconds in acts]
        return [seconds for seconds, _ in both], [floor for _, floor in both]

    def _turn_wheel(self) -> Iterator[float]:
        """From a notch of the wheel to the moved rows on the screen; other work of the window counts in."""
        bar = self._table.verticalScrollBar()
        bar.setValue(bar.maximum() // 3)
        self._settle()
        viewport = self._table.viewport()
        middle = QPointF(viewport.rect().center())
        for number in range(self._notches):
            turn = QPoint(0, -120 if number % 200 < 150 else 120)
            event = QWheelEvent(
                middle,
                viewport.mapToGlobal(middle),
                QPoint(),
                turn,
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            yield wait_painted(self._probe, lambda event=event: QApplication.sendEvent(viewport, event))
            pause(FRAME_MS)

    def _jump(self) -> Iterator[float]:
        """From a place on the scroll bar to the rows there."""
        bar = self._table.verticalScrollBar()
        for _ in range(self._jumps):
            yield wait_painted(self._probe, partial(bar.setValue, self._draw.randrange(bar.maximum())), self._is_whole)
            pause(30)

    def _sort(self, key: str) -> tuple[float, float]:
        """From a click on a column's title to the first rows, and the longest the window did not answer until the
        order of all rows was known."""
        table = self._table
        at = table.column_at(key)
        header = table.header
        place = QPoint(header.sectionViewportPosition(at) + header.sectionSize(at) // 2, header.height() // 2)
        is_new: list[bool] = []
        table.paged.replaced.connect(lambda: is_new.append(True))
        beat = Heartbeat()
        seconds = wait_painted(
            self._probe,
            lambda: QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place),
            lambda: bool(is_new) and self._is_whole(),
        )
        wait_until(self._is_settled)
        longest = beat.stop()
        pause(60)
        return seconds, longest

    def _search(self, words: tuple[str, ...]) -> Iterator[float]:
        """From each keystroke after the first to rows that hold what was typed; between words the box is emptied."""
        for word in words:
            for end in range(1, len(word) + 1):
                typed = word[:end]
                if typed.endswith(" "):
                    self._press(typed[-1])
                    continue
                seconds = self._type(typed)
                if end > 1:
                    yield seconds
                pause(max(1, KEY_MS - round(seconds * 1000)))
            self._clear()

    def _type(self, typed: str) -> float:
        paged, is_new = self._table.paged, []
        note = lambda: is_new.append(paged.query.text == typed and paged.is_loaded)  # noqa: E731
        paged.replaced.connect(note)
        seconds = wait_painted(self._probe, partial(self._press, typed[-1]), lambda: any(is_new) and self._is_whole())
        paged.replaced.disconnect(note)
        return seconds

    def _press(self, character: str) -> None:
        box = self._page.filters.search
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(box, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character))

    def _clear(self) -> None:
        QTest.keyClick(self._page.filters.search, Qt.Key.Key_Escape)
        wait_until(lambda: not self._table.paged.query.text)
        self._settle()

    def _count(self) -> Iterator[tuple[str, float]]:
        """From the end of a question to its exact number."""
        for segment in SEGMENTS:
            yield segment, self._counted_after(partial(self._page.segments.choose, segment))
            self._settle()
        for word in (word for words in WORDS.values() for word in words):
            box = self._page.filters.search
            yield word, self._counted_after(lambda word=word, box=box: (box.setText(word), box.search_now()))
            self._clear()


def main(folder: Path, jumps: int = 0, notches: int = 0) -> None:
    """Open the window with another tab in front, then use the Listings tab."""
    settings = FileSettings(folder / "window.ini")
    settings.put("window.tab", "stores")
    settings.put("window.language", "en")
    settings.put("table.listings", None)
    settings.sync()
    sessions: list[Session] = []
    open_driven(folder, lambda desktop: sessions.append(Session(desktop, jumps, notches)))
    tell(**sessions[0].told)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
