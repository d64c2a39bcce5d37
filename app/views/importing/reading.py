"""Reading a sheet in the worker process: the latest question counts, what takes long is told, a crash is an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.messages import tr
from app.services.listings.importing.preview import ImportRequest
from app.services.tasks import Progress
from app.views.context import ViewContext
from app.views.task_runner import TaskHandle

LATE_MS = 500
"""A reading that has not begun after this long waits for another job of the worker process."""


class Reading(QObject):
    """One dialog's questions to the worker process.

    Emits:
        progressed: (a finished sentence, `Progress` or None).
        read: (the `ImportRequest`, its `ImportHead`).
        failed: (the `ImportRequest`, the exception).
        surveyed: `FileHead`s of further files.
    """

    progressed = Signal(str, object)
    read = Signal(object, object)
    failed = Signal(object, object)
    surveyed = Signal(object)

    def __init__(self, context: ViewContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._desk = context, context.services.importing
        self._has_begun = False
        self.handle: TaskHandle | None = None
        self.survey_handle: TaskHandle | None = None
        self._late = QTimer(self, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(self._say_waiting)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self.handle is not None

    def ask(self, request: ImportRequest) -> None:
        """Read what *request* says; an older question is dropped."""
        self.stop()
        self._has_begun = False
        handle = self.handle = self._context.runner.start_heavy(*self._desk.prepare_call(request))
        self._late.start()
        handle.progressed.connect(lambda progress: self._on_progress(handle, progress))
        handle.succeeded.connect(lambda head: self._answer(handle, self.read, request, head))
        handle.failed.connect(lambda error: self._answer(handle, self.failed, request, error))

    def survey(self, paths: Sequence[str]) -> None:
        """Look into further files, once nothing else is asked."""
        if self.survey_handle is None:
            handle = self.survey_handle = self._context.runner.start_heavy(*self._desk.survey_call(paths))
            handle.succeeded.connect(lambda found: self._on_survey(handle, found))

    def stop(self) -> None:
        """Ask what runs to stop; its answer is not awaited any more."""
        self._late.stop()
        for handle in (self.handle, self.survey_handle):
            if handle is not None:
                handle.cancel()
        self.handle = self.survey_handle = None

    def _on_progress(self, handle: TaskHandle, progress: Progress) -> None:
        if handle is not self.handle:
            return
        self._has_begun = True
        if progress.note:
            said = tr(progress.note)
        elif progress.total:
            said = tr("import.rows_read_of", done=progress.done, n=progress.total)
        else:
            said = tr("import.rows_read", n=progress.done)
        self.progressed.emit(said, progress)

    def _say_waiting(self) -> None:
        """The worker process is busy with something else."""
        if not self._has_begun and self._context.jobs.running:
            self.progressed.emit(tr("import.waits"), None)

    def _answer(self, handle: TaskHandle, signal: Any, request: ImportRequest, answer: object) -> None:
        if handle is self.handle:
            self.handle = None
            self._late.stop()
            signal.emit(request, answer)

    def _on_survey(self, handle: TaskHandle, found: object) -> None:
        if handle is self.survey_handle:
            self.survey_handle = None
            self.surveyed.emit(found)
