"""The activity panel's one-line form in the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.publishing.waits import WAITS
from app.views.widgets.ground import row
from app.views.widgets.label import IconLabel, Label
from app.views.widgets.live import Live
from app.views.widgets.progress_line import ProgressLine

if TYPE_CHECKING:
    from app.views.activity.jobs import Job, Jobs


class JobLine(Live, QWidget):
    """The running job, or that there is none.

    Emits:
        pressed: show the panel.
    """

    pressed = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._is_behind = False
        self._icon = IconLabel("activity", 14, "text2")
        self.text = Label(role="small", ink="text")
        self.bar = ProgressLine(80)
        self._chevron = IconLabel("chevron-up", 14)
        layout = row(self, gap=8)
        for widget in (self._icon, self.text, self.bar, self._chevron):
            layout.addWidget(widget)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        for signal in (jobs.added, jobs.changed, jobs.ended):
            signal.connect(self._on_job)
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._show)
        self.dress()

    def retranslate(self) -> None:
        """Text in the language in force."""
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """What happened while nobody saw it: every tab has such a line, one of them at most is in view."""
        super().showEvent(event)
        if self._is_behind:
            self._show()

    def _on_job(self, _job: Job) -> None:
        """In a turn of its own: whoever began a job, or ended it, has more to do in this one."""
        if self.isVisible():
            self._soon.start()
        else:
            self._is_behind = True

    def _show(self) -> None:
        self._is_behind = False
        running = self._jobs.running
        job = running[0] if running else None
        if job is None:
            self.text.setText(tr("activity.none"))
        else:
            others = tr("activity.and_more", n=len(running) - 1) if len(running) > 1 else ""
            said = " ".join(part for part in (job.title, job.counts, others) if part)
            self.text.setText(f"{said} · {job.note}" if job.progress.note in WAITS else said)
            self.bar.show_progress(job.progress)
        self.text.set_look(ink="text" if job else "text2")
        self._icon.set_icon("activity", "accentText" if job else "text2")
        self.bar.setVisible(job is not None and self.bar.share is not None)
        self._chevron.setVisible(len(self._jobs) > 0)
        self.setAccessibleName(self.text.text())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click shows the panel."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter or Space, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)
