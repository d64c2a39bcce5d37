"""The real window of a data folder, driven from inside its own process: events in, moments of painting out."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer

from app.views import start
from app.views.main_window import USUAL

PATIENCE_MS = 60_000


def open_driven(folder: Path, drive: Callable[[Any], None]) -> int:
    """Open the window as `python -m app --data` does; *drive* is given its `Desktop` before anything is shown.

    Returns: the exit code, once the window was closed.
    """

    class Driven(start.Desktop):
        def show(self) -> None:
            self.window.resize(USUAL)  # the screen of the offscreen platform is smaller than anybody's
            drive(self)
            super().show()

    start.Desktop = Driven  # type: ignore[misc]
    return start.open_window(["--data", str(folder)])


def give_up() -> NoReturn:
    """End the program at once for the exception in force: a window with something running would ask whether it may
    close, and nobody would answer."""
    import psutil  # not with the program: starts are measured with this module

    traceback.print_exc()
    sys.stderr.flush()
    for helper in psutil.Process().children(recursive=True):
        helper.kill()
    os._exit(1)


class Painted(QObject):
    """Watches a widget: `moment` is when it had first painted after `arm`, provided that `is_right` says yes."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.moment = 0.0
        self._is_right: Callable[[], bool] = lambda: True
        self._then: Callable[[], object] | None = None
        self._is_armed = False
        widget.installEventFilter(self)

    def arm(self, then: Callable[[], object] | None = None, is_right: Callable[[], bool] = lambda: True) -> None:
        """From now on wait for a painting that is right; *then* is called after it."""
        self.moment, self._is_armed, self._is_right, self._then = 0.0, True, is_right, then

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Before the widget paints: the moment is taken when the event loop turns again, all being painted."""
        if self._is_armed and event.type() == QEvent.Type.Paint and self._is_right():
            self._is_armed = False
            QTimer.singleShot(0, self, self._note)
        return False

    def _note(self) -> None:
        self.moment = time.perf_counter()
        if self._then is not None:
            self._then()


class Heartbeat(QObject):
    """A timer of 5 ms: the longest time between two beats is the longest the window did not answer."""

    INTERVAL_MS = 5

    def __init__(self) -> None:
        super().__init__()
        self.longest_s = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=self.INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        moment = time.perf_counter()
        self.longest_s = max(self.longest_s, moment - self._last)
        self._last = moment

    def stop(self) -> float:
        """End it. Returns: the longest gap in seconds."""
        self._beat()
        self._timer.stop()
        return self.longest_s


def pause(milliseconds: int) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    timer = QTimer(loop, interval=milliseconds, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(loop.quit)
    timer.start()
    loop.exec()


def wait_until(is_so: Callable[[], bool], patience_ms: int = PATIENCE_MS, look_every_ms: int = 20) -> None:
    """Let the event loop run until *is_so*. Raises: TimeoutError."""
    ends = time.perf_counter() + patience_ms / 1000
    while not is_so():
        if time.perf_counter() > ends:
            raise TimeoutError("the window did not get there")
        pause(look_every_ms)


def wait_painted(probe: Painted, act: Callable[[], object], is_right: Callable[[], bool] = lambda: True) -> float:
    """Do *act* and let the event loop run until *probe* has seen a right painting. Returns: seconds in between.

    Raises: TimeoutError.
    """
    loop = QEventLoop()
    QTimer.singleShot(PATIENCE_MS, loop, loop.quit)
    probe.arm(loop.quit, is_right)
    started = time.perf_counter()
    act()
    loop.exec()
    if not probe.moment:
        raise TimeoutError("nothing was painted")
    return probe.moment - started
