"""Questions to the worker process of which only the latest counts: what takes long is told, a crash is an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from app.services.tasks import Progress
    from app.views.context import ViewContext
    from app.views.task_runner import TaskHandle

LATE_MS = 500
"""A question that is not being worked on after this long waits for another job of the worker process."""


class LatestCall(QObject):
    """One dialog's question.

    Emits:
        progressed: the `Progress` of the question in force.
        waits: the worker process is busy with something else.
        answered: its result.
        failed: its exception.
    """

    progressed = Signal(object)
    waits = Signal()
    answered = Signal(object)
    failed = Signal(object)

    def __init__(self, context: ViewContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._has_begun = False
        self.handle: TaskHandle | None = None
        self._late = QTimer(self, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(self._say_waiting)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self.handle is not None

    def ask(self, call: tuple[Any, ...]) -> None:
        """Ask *call*, a function path and its arguments; an older question is dropped."""
        self.stop()
        self._has_begun = False
        handle = self.handle = self._context.runner.start_heavy(*call)
        self._late.start()
        handle.progressed.connect(lambda progress: self._on_progress(handle, progress))
        handle.succeeded.connect(lambda result: self._answer(handle, self.answered, result))
        handle.failed.connect(lambda error: self._answer(handle, self.failed, error))

    def stop(self) -> None:
        """Ask what runs to stop; its answer is not awaited any more."""
        self._late.stop()
        if self.handle is not None:
            self.handle.cancel()
        self.handle = None

    def _on_progress(self, handle: TaskHandle, progress: Progress) -> None:
        if handle is self.handle:
            self._has_begun = True
            self.progressed.emit(progress)

    def _say_waiting(self) -> None:
        if not self._has_begun and self._context.jobs.running:
            self.waits.emit()

    def _answer(self, handle: TaskHandle, signal: Any, answer: object) -> None:
        if handle is self.handle:
            self.handle = None
            self._late.stop()
            signal.emit(answer)
