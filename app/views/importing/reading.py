"""Reading a sheet in the worker process: the latest question counts, what takes long is told, a crash is an answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.messages import tr
from app.services.listings.importing.preview import ImportRequest
from app.services.tasks import Progress
from app.views.context import ViewContext
from app.views.latest_call import LatestCall
from app.views.task_runner import TaskHandle


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
        self._request: ImportRequest | None = None
        self._call = LatestCall(context, self)
        self._call.progressed.connect(self._on_progress)
        self._call.waits.connect(lambda: self.progressed.emit(tr("import.waits"), None))
        self._call.answered.connect(lambda head: self.read.emit(self._request, head))
        self._call.failed.connect(lambda error: self.failed.emit(self._request, error))
        self.survey_handle: TaskHandle | None = None

    @property
    def handle(self) -> TaskHandle | None:
        """The question in force."""
        return self._call.handle

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._call.is_busy

    def ask(self, request: ImportRequest) -> None:
        """Read what *request* says; an older question is dropped."""
        self.stop()
        self._request = request
        self._call.ask(self._desk.prepare_call(request))

    def survey(self, paths: Sequence[str]) -> None:
        """Look into further files, once nothing else is asked."""
        if self.survey_handle is None:
            handle = self.survey_handle = self._context.runner.start_heavy(*self._desk.survey_call(paths))
            handle.succeeded.connect(lambda found: self._on_survey(handle, found))

    def stop(self) -> None:
        """Ask what runs to stop; its answer is not awaited any more."""
        self._call.stop()
        if self.survey_handle is not None:
            self.survey_handle.cancel()
        self.survey_handle = None

    def _on_progress(self, progress: Progress) -> None:
        if progress.note:
            said = tr(progress.note)
        elif progress.total:
            said = tr("import.rows_read_of", done=progress.done, n=progress.total)
        else:
            said = tr("import.rows_read", n=progress.done)
        self.progressed.emit(said, progress)

    def _on_survey(self, handle: TaskHandle, found: object) -> None:
        if handle is self.survey_handle:
            self.survey_handle = None
            self.surveyed.emit(found)
