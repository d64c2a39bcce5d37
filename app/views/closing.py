"""Leaving: what is being typed is stored, and while jobs run it is asked once, then they stop at a consistent point."""

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
        self._is_leaving = False
        self._gives_up = False
        self.question: Confirmation | None = None
        jobs.let_go.connect(self._on_let_go)

    def may_close(self) -> bool:
        """True when nothing runs and everything typed is stored. Else the window closes by itself as soon as that is
        so; running jobs are asked about first."""
        if self._jobs.running:
            if self.question is None and not self._is_agreed:
                self._ask()
            return False
        if self._gives_up:
            return True
        self._jobs.leaving.emit()
        self._is_leaving = self._jobs.is_keeping
        return not self._is_leaving

    def _ask(self) -> None:
        left = sum(max(0, (job.progress.total or 0) - job.progress.done) for job in self._jobs.running)
        key = "closing.question" if left else "closing.question_uncounted"
        detail = next((job.leave_key for job in self._jobs.running if job.leave_key), "closing.detail")
        self._open(Confirmation(self._window, key, "closing.stop", detail_key=detail, n=left))
        assert self.question is not None
        self.question.accepted.connect(self._on_agreed)

    def _open(self, question: Confirmation) -> None:
        self.question = question
        question.finished.connect(self._on_answered)
        question.open()

    def _on_answered(self) -> None:
        self.question = None

    def _on_agreed(self) -> None:
        self._is_agreed = True
        self._jobs.ended.connect(self._on_ended)
        self._jobs.leave_all()
        self._on_ended()

    def _on_ended(self, _job: Job | None = None) -> None:
        if self._is_agreed and not self._jobs.running:
            self._is_agreed = False
            self._window.close()

    def _on_let_go(self) -> None:
        """What was typed last is stored, or cannot be: then leaving would lose it, and that is asked."""
        if not self._is_leaving:
            return
        self._is_leaving = False
        if not self._jobs.has_lost:
            self._window.close()
        elif self.question is None:
            self._open(Confirmation(self._window, "closing.unsaved", "closing.quit_anyway"))
            assert self.question is not None
            self.question.accepted.connect(self._on_given_up)

    def _on_given_up(self) -> None:
        self._gives_up = True
        self._window.close()
