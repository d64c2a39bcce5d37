"""Leaving while jobs run: asked once, then stopped at a consistent point."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.views.activity.jobs import Job, Jobs
from app.views.widgets.dialog import Confirmation


class Closing(QObject):
    """Decides whether the window may close now."""

    def __init__(self, window: QWidget, jobs: Jobs) -> None:
        super().__init__(window)
        self._window, self._jobs = window, jobs
        self._is_agreed = False
        self.question: Confirmation | None = None

    def may_close(self) -> bool:
        """True without running jobs; else the question is shown, and the window closes when the last job stopped."""
        if not self._jobs.running:
            return True
        if self.question is None and not self._is_agreed:
            self._ask()
        return False

    def _ask(self) -> None:
        left = sum(max(0, (job.progress.total or 0) - job.progress.done) for job in self._jobs.running)
        key = "closing.question" if left else "closing.question_uncounted"
        self.question = Confirmation(self._window, key, "closing.stop", detail_key="closing.detail", n=left)
        self.question.accepted.connect(self._on_agreed)
        self.question.finished.connect(self._on_answered)
        self.question.open()

    def _on_answered(self) -> None:
        self.question = None

    def _on_agreed(self) -> None:
        self._is_agreed = True
        self._jobs.ended.connect(self._on_ended)
        self._jobs.cancel_all()
        self._on_ended()

    def _on_ended(self, _job: Job | None = None) -> None:
        if self._is_agreed and not self._jobs.running:
            self._is_agreed = False
            self._window.close()
