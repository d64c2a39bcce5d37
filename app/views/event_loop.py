"""The window's event loop: qasync's, with what is due kept in a queue and a heap instead of Qt timers.

qasync starts a Qt timer for every callback, and one for every time-out that it keeps until it runs out although the
answer came long ago; while a store is being published these are thousands. Here one timer wakes whatever is due.
"""

from __future__ import annotations

import asyncio
import heapq
import math
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

from PySide6.QtCore import Qt, QTimer
from qasync import QEventLoop

SLICE_S = 0.004
"""A turn that lasts longer lets Qt paint and answer first; the rest comes in the next turn."""
DEAD_MIN = 64
"""So many cancelled time-outs are let be before the heap is looked through for them."""


class WindowLoop(QEventLoop):  # type: ignore[misc]  # qasync has no types
    """As `qasync.QEventLoop`; callbacks run in the order they became due, a slice of time a turn.

    In a nested Qt loop (a menu, a modal dialog) callbacks go on running. Threads: the GUI thread's only, but for
    `call_soon_threadsafe`.
    """

    def __init__(self, application: Any, **options: Any) -> None:
        self._due: deque[asyncio.Handle] = deque()
        self._later: list[asyncio.TimerHandle] = []
        self._alarm_at: float | None = None
        self._dead = 0
        self._is_woken = False
        self._turn = QTimer(singleShot=True, interval=0)
        self._turn.timeout.connect(self._run_due)
        self._alarm = QTimer(singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._alarm.timeout.connect(self._on_alarm)
        super().__init__(application, **options)

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """Run *callback* in the next turn."""
        handle = asyncio.Handle(callback, args, self, context)
        self._due.append(handle)
        if not self._is_woken:
            self._is_woken = True
            self._turn.start()
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run *callback* in *delay* seconds, at once where none are left."""
        if delay <= 0:
            return self.call_soon(callback, *args, context=context)
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run *callback* when `time()` is *when*."""
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        handle._scheduled = True  # type: ignore[attr-defined]  # what has it tells us when it is cancelled
        heapq.heappush(self._later, handle)
        if self._later[0] is handle:
            self._set_alarm()
        return handle

    def close(self) -> None:
        """Forget what is due, and end as `qasync.QEventLoop.close`."""
        super().close()
        self._turn.stop()
        self._alarm.stop()
        self._alarm_at = None
        self._due.clear()
        self._later.clear()

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """A time-out was not needed. Once most of them are dead they are swept out."""
        self._dead += 1
        if self._dead > DEAD_MIN and self._dead * 2 > len(self._later):
            self._later = [kept for kept in self._later if not kept.cancelled()]
            heapq.heapify(self._later)
            self._dead = 0

    def _run_due(self) -> None:
        """One turn. Woken anew before the first callback, which may open a loop of its own for the others."""
        self._take_due()
        count, until = len(self._due), self.time() + SLICE_S
        self._is_woken = True
        self._turn.start()
        while count and self._due:
            count -= 1
            handle = self._due.popleft()
            if not handle.cancelled():
                handle._run()
                if self.time() > until:
                    break
        if not self._due:
            self._turn.stop()
            self._is_woken = False
        self._set_alarm()

    def _take_due(self) -> None:
        """Move the timers whose time has come behind what is due already."""
        now = self.time()
        while self._later and (self._later[0].cancelled() or self._later[0].when() <= now):
            handle = heapq.heappop(self._later)
            handle._scheduled = False  # type: ignore[attr-defined]
            if handle.cancelled():
                self._dead = max(0, self._dead - 1)
            else:
                self._due.append(handle)

    def _on_alarm(self) -> None:
        self._alarm_at = None
        self._run_due()

    def _set_alarm(self) -> None:
        """Wake for the next timer, never before its time. It is set already after most turns."""
        next_at = self._later[0].when() if self._later else None
        if next_at == self._alarm_at:
            return
        self._alarm_at = next_at
        if next_at is None:
            self._alarm.stop()
        else:
            self._alarm.start(max(0, math.ceil((next_at - self.time()) * 1000)))
