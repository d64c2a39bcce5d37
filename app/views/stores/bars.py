"""A row of bars, one a day: the last is today. Painted, without a chart library."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.theme import current_theme
from app.views.widgets.live import Live

GAP = 3
LEAST = 2
"""A day without anything still shows where it is."""


class Bars(Live, QWidget):
    """Bars of equal width over the whole width; the highest value is the full height."""

    def __init__(self, tone: str = "accentText", height: int = 40, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone, self._height = tone, height
        self._values: tuple[int, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def values(self) -> tuple[int, ...]:
        """What is shown."""
        return self._values

    def show_values(self, values: Sequence[int], name: str) -> None:
        """Show *values*; *name* is read aloud with them, since bars say nothing to a screen reader."""
        self._values = tuple(values)
        spoken = f"{name}: {', '.join(map(str, values))}"
        self.setAccessibleName(spoken)
        self.setToolTip(spoken)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(120, self._height)

    def restyle(self) -> None:
        """Paint anew."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """One rectangle a day."""
        if not self._values:
            return
        theme, painter = current_theme(), QPainter(self)
        most, count = max(1, *self._values), len(self._values)
        for number, value in enumerate(self._values):
            left = round(number * (self.width() + GAP) / count)
            right = round((number + 1) * (self.width() + GAP) / count) - GAP
            high = max(LEAST, round(value / most * self.height()))
            ink = theme.ink(self._tone) if value else theme.color("line2")
            painter.fillRect(QRect(left, self.height() - high, right - left, high), ink)
        painter.end()
