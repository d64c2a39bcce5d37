"""A key's name in a small frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.theme import current_theme
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class KeyCap(Live, QWidget):
    """One key or combination, such as `Ctrl K`."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.setAccessibleName(keys)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.dress()

    def restyle(self) -> None:
        """Size follows the text."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Text and frame."""
        metrics = current_theme().metrics("micro", strong=True)
        return QSize(metrics.horizontalAdvance(self._keys) + 10, metrics.height() + 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame and text."""
        painter = QPainter(self)
        paint_keycap(painter, QRectF(self.rect()), self._keys)
        painter.end()


def paint_keycap(painter: QPainter, rect: QRectF, keys: str) -> None:
    """Paint *keys* in a frame into *rect*."""
    theme = current_theme()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.pen("line2", 1.2))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(theme.color("text2"))
    painter.setFont(theme.font("micro", strong=True))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), keys)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
