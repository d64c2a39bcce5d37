"""A count beside a word: how many wait, how many are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.theme import current_theme
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class CountBadge(Live, QWidget):
    """A count on a tone's ground; hidden while empty. The accessible name is the number."""

    def __init__(self, tone: str = "gray", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._tone = "", tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.dress()
        self.hide()

    @property
    def text(self) -> str:
        """What it shows."""
        return self._text

    def show_count(self, count: int | str | None, tone: str = "") -> None:
        """Show *count*; 0, None or an empty text hide it."""
        self._text = f"{count:,}" if isinstance(count, int) and count else str(count or "")
        self._tone = tone or self._tone
        self.setAccessibleName(self._text)
        self.setVisible(bool(self._text))
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Size follows the text."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Text and padding, at least a circle."""
        metrics = current_theme().metrics("micro", strong=True)
        height = metrics.height() + 1
        return QSize(max(height, metrics.horizontalAdvance(self._text) + 12), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A pill with the count."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = theme.tone(self._tone)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.ground)
        painter.drawRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)
        painter.setPen(ink.text)
        painter.setFont(theme.font("micro", strong=True))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._text)
        painter.end()
