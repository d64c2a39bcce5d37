"""Looking for rubbish that refers to itself, in pieces that nobody notices.

Python would look whenever a thread makes enough objects, in that thread: QObjects would be destroyed where they do
not live. So its own collector is off, and the window's thread looks by a timer: at what is new as soon as there is
some of it, and at everything only while nothing is under way. What a publish makes in five seconds takes 40 ms to
go through; in a tenth of a second it makes a fiftieth of that.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.services import heap
from app.services.collection import freeze_for_good

LOOK_MS = 100
YOUNG = 2_000
"""So many objects made and not freed are worth looking through: a millisecond."""
FEW = 200
"""Fewer new objects than these may stay, however long: a window in which nothing happens is let be."""
MIDDLE = 2
"""After so many looks at what is new, what they left is looked through once more."""
WHOLE_S, WHOLE_AT_LAST_S = 50.0, 600.0
"""Everything is looked through so long after the last time if nothing is under way; after the longer time anyhow."""


class Sweeper(QObject):
    """Collects garbage on the thread it lives in.

    Args:
        is_idle: whether nothing is under way that a longer look would hold up.
        clock: seconds that only go on.
        give_back: gives the memory that is free to the system, elsewhere; asked for once that of `heap.DEBT` is due.
    """

    def __init__(
        self,
        is_idle: Callable[[], bool],
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
        give_back: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(parent)
        self._is_idle, self._clock, self._give_back = is_idle, clock, give_back
        self._whole_at = clock()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._at_last = QTimer(self, singleShot=True)
        self._at_last.timeout.connect(self.start)

    @property
    def is_looking(self) -> bool:
        """Whether it began, and did not end."""
        return self._timer.isActive()

    def start(self) -> None:
        """Look from now on."""
        if not self.is_looking:
            self._whole_at = self._clock()
            self._timer.start()

    def start_within(self, milliseconds: int) -> None:
        """Look so much later at the latest."""
        self._at_last.start(milliseconds)

    def settle(self) -> None:
        """What is there now stays, modules, classes and the shell: it is not looked through again. Rubbish is let go
        before, or it would stay with it."""
        gc.collect(1)
        freeze_for_good()

    def stop(self) -> None:
        """Look no more: the program ends."""
        self._timer.stop()
        self._at_last.stop()

    def look(self) -> None:
        """Look through as much as it is time for."""
        if heap.DEBT.is_due():
            self._give_back()
        young, middle, old = gc.get_count()
        since_s, is_worth_it = self._clock() - self._whole_at, young >= FEW or middle + old > 0
        if since_s >= WHOLE_AT_LAST_S or (since_s >= WHOLE_S and is_worth_it and self._is_idle()):
            self._whole_at = self._clock()
            gc.collect()
        elif young >= YOUNG:
            gc.collect(1 if middle >= MIDDLE else 0)
