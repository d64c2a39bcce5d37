"""A thin bar of true counts, with what failed as a red tail."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.services.tasks import Progress
from app.views.task_runner import progress_share
from app.views.theme import current_theme
from app.views.widgets.live import Live

HEIGHT = 4


class ProgressLine(Live, QWidget):
    """Plain painted rectangles: a styled QProgressBar repaints all the time. Hidden while the total is unknown."""

    def __init__(self, width: int = 200, *, keeps_room: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._progress = Progress()
        self._tone = ""
        self._width = width
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(keeps_room)
        self.setSizePolicy(policy)

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None while the total is unknown."""
        return progress_share(self._progress)

    def show_progress(self, progress: Progress, tone: str = "") -> None:
        """Show *progress*; *tone* colours a finished bar (green, gray)."""
        if (progress, tone) != (self._progress, self._tone):
            self._progress, self._tone = progress, tone
            self.setVisible(self.share is not None)
            self.setAccessibleName("" if self.share is None else f"{self.share:.0%}")
            self.update()

    def sizeHint(self) -> QSize:
        """Its width by 4."""
        return QSize(self._width, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, done, failed."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line2"))
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
        share, width = self.share or 0.0, self.width()
        if share > 0:
            painter.setBrush(theme.ink(self._tone or "accentText"))
            painter.drawRoundedRect(QRectF(0, 0, max(HEIGHT, width * share), HEIGHT), 2, 2)
        if self._progress.failed and self._progress.total:
            tail = max(HEIGHT, width * min(self._progress.failed / self._progress.total, share))
            painter.setBrush(theme.ink("red"))
            painter.drawRoundedRect(QRectF(max(0.0, width * share - tail), 0, tail, HEIGHT), 2, 2)
        painter.end()
