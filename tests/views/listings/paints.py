"""What a view shows when it is painted by itself: a grab paints it, too, and would hide that nobody asked for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractItemView


class Paints(QObject):
    """Asks *has* at every painting of *view*.

    Attributes:
        seen: the answers.
    """

    def __init__(self, view: QAbstractItemView, has: Callable[[], bool]) -> None:
        super().__init__(view)
        self._has = has
        self.seen: list[bool] = []
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let it be painted."""
        if event.type() == QEvent.Type.Paint:
            self.seen.append(self._has())
        return False
