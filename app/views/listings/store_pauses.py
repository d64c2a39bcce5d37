"""Publish jobs and their stores' pauses: pausing a job lets its store wait, and a pause made elsewhere is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.views.errors import sentence

if TYPE_CHECKING:
    from app.services.publishing.desk import PublishDesk
    from app.views.activity.jobs import Job
    from app.views.context import ViewContext

LOOK_MS = 1_000


class StorePauses(QObject):
    """Keeps the jobs that publish in step with the pauses in the database, which any program may change."""

    def __init__(self, context: ViewContext, desk: PublishDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._desk = context, desk
        self._jobs: dict[Job, int] = {}
        self._looks = QTimer(self, interval=LOOK_MS)
        self._looks.timeout.connect(self.look)
        self._is_looking = False
        self._said = 0

    def follow(self, job: Job, store_id: int) -> None:
        """Watch over *job* until it ends."""
        self._jobs[job] = store_id
        job.on_pause = lambda paused: self.set_paused(store_id, paused)
        if job.handle is not None:
            job.handle.finished.connect(lambda: self._forget(job))
        self._looks.start()
        self.look()

    def set_paused(self, store_id: int, paused: bool) -> None:
        """Let nothing of the store leave, or go on; all its jobs wait together."""
        self._said += 1
        act = self._desk.pause_store if paused else self._desk.resume_store
        handle = self._context.runner.call(act, store_id)
        handle.succeeded.connect(lambda _: self._context.changes.tell({"store"}))
        handle.finished.connect(self.look)
        handle.failed.connect(self._tell)

    def _tell(self, error: BaseException) -> None:
        self._context.notices.toast("window.said", tone="red", text=sentence(error))

    def look(self) -> None:
        """Ask which stores stand still."""
        if not self._jobs or self._is_looking:
            return
        self._is_looking, said = True, self._said
        handle = self._context.runner.call(self._desk.paused_stores)
        handle.succeeded.connect(lambda paused: self._show(paused) if said == self._said else None)
        handle.finished.connect(lambda: self._on_looked(said))

    def _on_looked(self, said: int) -> None:
        self._is_looking = False
        if said != self._said:
            self.look()  # the answer was older than what was said meanwhile

    def _show(self, paused: Mapping[int, int]) -> None:
        for job, store_id in self._jobs.items():
            if job.is_running and (job.state == "paused") != (store_id in paused):
                self._context.jobs.show_paused(job, store_id in paused)

    def _forget(self, job: Job) -> None:
        self._jobs.pop(job, None)
        if not self._jobs:
            self._looks.stop()
