"""Flat areas of the window: a ground of the theme and at most one hairline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.views.theme import current_theme
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QLayout

EDGES = ("", "top", "bottom", "left", "right")


class Ground(Live, QWidget):
    """An area in a ground colour with an optional hairline along one edge."""

    def __init__(self, ground: str = "surface", edge: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ground, self._edge = ground, edge
        self.dress()

    def set_ground(self, ground: str) -> None:
        """Another colour."""
        self._ground = ground
        self.update()

    def restyle(self) -> None:
        """Paint anew."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and hairline."""
        theme, painter = current_theme(), QPainter(self)
        painter.fillRect(event.rect(), theme.color(self._ground))
        width, height = self.width(), self.height()
        line = {
            "top": (0, 0, width, 1),
            "bottom": (0, height - 1, width, 1),
            "left": (0, 0, 1, height),
            "right": (width - 1, 0, 1, height),
        }.get(self._edge)
        if line:
            painter.fillRect(*line, theme.color("line"))
        painter.end()


class Bar(Ground):
    """A row of controls with a minimum height that grows with the text size."""

    def __init__(
        self, height: int, ground: str = "bar", edge: str = "bottom", edges: int = 12, parent: QWidget | None = None
    ) -> None:
        self._height = height
        super().__init__(ground, edge, parent)
        self.row = row(self, edges=edges)

    def restyle(self) -> None:
        """As high as the text size asks for."""
        self.setMinimumHeight(current_theme().height(self._height))
        super().restyle()


class Separator(Live, QWidget):
    """A short upright line between groups of a bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(13, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """One pixel in the middle."""
        painter = QPainter(self)
        painter.fillRect(6, 0, 1, self.height(), current_theme().color("line2"))
        painter.end()


def row(widget: QWidget | None = None, *, edges: int = 0, gap: int = 6) -> QHBoxLayout:
    """A row layout with our gaps."""
    layout = QHBoxLayout(widget) if widget is not None else QHBoxLayout()
    layout.setContentsMargins(edges, 0, edges, 0)
    layout.setSpacing(gap)
    return layout


def column(widget: QWidget | None = None, *, edges: int = 0, gap: int = 0) -> QVBoxLayout:
    """A column layout with our gaps."""
    layout = QVBoxLayout(widget) if widget is not None else QVBoxLayout()
    layout.setContentsMargins(edges, edges, edges, edges)
    layout.setSpacing(gap)
    return layout


def emptied(layout: QLayout, keep: int = 0, spared: Collection[QWidget] = ()) -> None:
    """Let go of the widgets of *layout*, all but the last *keep* entries (a stretch, as a rule) and those *spared*,
    which are put back by the caller.

    They are hidden at once: deleting waits for the event loop, and until then they would stand where new ones come.
    """
    still_wanted = frozenset(spared)
    while layout.count() > keep:
        item = layout.takeAt(0)
        old = item.widget() if item is not None else None
        if old is not None and old not in still_wanted:
            old.hide()
            old.deleteLater()
