"""The running and finished jobs of this session."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.messages import tr
from app.services.tasks import Progress, TaskContext
from app.views.errors import sentence
from app.views.task_runner import TaskHandle, progress_share

if TYPE_CHECKING:
    from app.views.notices import Offer

SHOW_AFTER_S = 0.5
REST_FROM_SHARE = 0.1
KEPT = 20
Said = tuple[str, dict[str, Any]]


@dataclass(eq=False)
class Job:
    """A task as the activity panel shows it.

    Attributes:
        state: key of the status vocabulary without `job.`: running, paused, done, done_with_failures, cancelled,
            interrupted (failed as a whole).
        progress: true counts of this run.
        handle: the task; None once it is finished.
        on_leave: how the job is stopped when the window closes, if not by cancelling.
        count: true counts read from the result, where progress does not say the last word.
        offers: buttons of a finished job: open the result, undo.
        on_pause: told when the user lets it wait (True) or go on.
        tells_rest: whether its pace says how long it still takes; not where it waits for a time.
        leave_key: message key of what leaving means for it, asked about when the window closes.
        is_taken_back: tells from the result that what it was to do was taken back elsewhere: it ends as cancelled.
    """

    title_key: str
    params: dict[str, Any]
    icon: str
    handle: TaskHandle | None
    can_pause: bool = False
    summarise: Callable[[Any], Said | None] | None = None
    offer_results: Callable[[Any], list[Offer]] | None = None
    on_leave: Callable[[TaskContext], object] | None = None
    count: Callable[[Any], Progress] | None = None
    on_pause: Callable[[bool], object] | None = None
    tells_rest: bool = True
    leave_key: str = ""
    is_taken_back: Callable[[Any], bool] | None = None
    state: str = "running"
    progress: Progress = field(default_factory=Progress)
    result: Any = None
    error: BaseException | None = None
    offers: list[Offer] = field(default_factory=list)
    started_s: float = field(default_factory=time.monotonic)
    ended_s: float | None = None

    @property
    def title(self) -> str:
        """What the job is, in the user's language."""
        return tr(self.title_key, **self.params)

    @property
    def is_running(self) -> bool:
        """Whether it still works or waits."""
        return self.state in ("running", "paused")

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start, until the end."""
        return (self.ended_s if self.ended_s is not None else time.monotonic()) - self.started_s

    @property
    def rest_s(self) -> float | None:
        """Seconds left at the pace so far; None until a tenth is done."""
        share = progress_share(self.progress)
        if not self.tells_rest or share is None or share < REST_FROM_SHARE or share >= 1 or not self.is_running:
            return None
        return self.elapsed_s * (1 - share) / share

    @property
    def counts(self) -> str:
        """`194 / 312`, or only what is done while the total is unknown."""
        done, total = self.progress.done, self.progress.total
        return tr("window.done_of", done=done, total=total) if total is not None else tr("window.done", n=done)

    @property
    def summary(self) -> str:
        """What it did or why it failed."""
        if self.error is not None:
            return sentence(self.error)
        said = self.summarise(self.result) if self.summarise and self.result is not None else None
        return tr(said[0], **said[1]) if said else ""

    @property
    def note(self) -> str:
        """What it waits for or works on just now."""
        note = self.progress.note
        return tr(note, **dict(self.progress.params)) if note else ""


class Jobs(QObject):
    """All jobs, newest first; at most 20 finished ones are kept.

    Emits:
        added: a job was started.
        changed: its progress or state changed.
        ended: it reached its outcome; `job.state` says which.
        leaving: the window is about to close: store what is being typed.
        let_go: the last task of `keep` ended.
    """

    added = Signal(object)
    changed = Signal(object)
    ended = Signal(object)
    leaving = Signal()
    let_go = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._jobs: list[Job] = []
        self._kept: set[TaskHandle] = set()
        self.has_lost = False

    def __iter__(self) -> Iterator[Job]:
        return iter(list(self._jobs))

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def running(self) -> list[Job]:
        """Jobs that work or are paused."""
        return [job for job in self._jobs if job.is_running]

    def add(
        self,
        handle: TaskHandle,
        title_key: str,
        /,
        *,
        icon: str = "activity",
        can_pause: bool = False,
        summarise: Callable[[Any], Said | None] | None = None,
        offer_results: Callable[[Any], list[Offer]] | None = None,
        on_leave: Callable[[TaskContext], object] | None = None,
        count: Callable[[Any], Progress] | None = None,
        on_pause: Callable[[bool], object] | None = None,
        tells_rest: bool = True,
        leave_key: str = "",
        is_taken_back: Callable[[Any], bool] | None = None,
        **params: Any,
    ) -> Job:
        """Show a task as a job.

        Args:
            handle: from the task runner.
            title_key: message key of what it is; *params* are its placeholders.
            icon: name of an icon.
            can_pause: whether the function heeds `ctx.pause`.
            summarise: makes message key and placeholders from the result: what it did.
            offer_results: makes the buttons of the finished job from the result.
            on_leave: stops the task when the window closes, where cancelling would take back what can wait for the
                next start.
            count: makes true counts from the result; with something failed the job is done with failures.
            on_pause, tells_rest, leave_key, is_taken_back: as in `Job`.
        """
        job = Job(title_key, params, icon, handle, can_pause, summarise, offer_results, on_leave, count)
        job.on_pause, job.tells_rest, job.leave_key, job.is_taken_back = on_pause, tells_rest, leave_key, is_taken_back
        self._jobs.insert(0, job)
        handle.progressed.connect(lambda progress: self._on_progress(job, progress))
        handle.succeeded.connect(lambda result: self._on_success(job, result))
        handle.failed.connect(lambda error: self._end(job, "interrupted", error=error))
        handle.cancelled.connect(lambda: self._end(job, "cancelled"))
        self._forget_old()
        self.added.emit(job)
        return job

    def pause(self, job: Job, paused: bool = True) -> None:
        """Let *job* wait, or go on."""
        if job.is_running and job.on_pause is not None:
            job.on_pause(paused)
        self.show_paused(job, paused)

    def show_paused(self, job: Job, paused: bool) -> None:
        """The same without telling its `on_pause`: what it stands for was paused elsewhere."""
        if job.is_running and job.handle is not None:
            job.handle.pause(paused)
            job.state = "paused" if paused else "running"
            self.changed.emit(job)

    def cancel(self, job: Job) -> None:
        """Ask *job* to stop at its next consistent point."""
        if job.handle is not None:
            job.handle.pause(False)  # a waiting function must wake to see the stop
            job.handle.cancel()

    def cancel_all(self) -> None:
        """Ask every running job to stop."""
        for job in self.running:
            self.cancel(job)

    def leave_all(self) -> None:
        """The window closes: stop every running job so that the next start can go on with it, where possible."""
        for job in self.running:
            if job.handle is not None and job.on_leave is not None:
                job.handle.pause(False)
                job.on_leave(job.handle.context)
            else:
                self.cancel(job)

    # -- short tasks that are no jobs --------------------------------------------------------------------------

    def keep(self, handle: TaskHandle) -> None:
        """Do not let the window close over this short task, such as storing what was typed. It is shown nowhere."""
        self._kept.add(handle)
        handle.succeeded.connect(lambda _: self._let_go(handle, is_lost=False))
        handle.failed.connect(lambda _: self._let_go(handle, is_lost=True))
        handle.cancelled.connect(lambda: self._let_go(handle, is_lost=True))

    @property
    def is_keeping(self) -> bool:
        """Whether a task of `keep` is under way."""
        return bool(self._kept)

    def _let_go(self, handle: TaskHandle, *, is_lost: bool) -> None:
        self._kept.discard(handle)
        self.has_lost = is_lost
        QTimer.singleShot(0, self, self._tell_let_go)  # its owner may begin the next one in the same breath

    def _tell_let_go(self) -> None:
        if not self._kept:
            self.let_go.emit()

    def _on_progress(self, job: Job, progress: Progress) -> None:
        job.progress = progress
        self.changed.emit(job)

    def _on_success(self, job: Job, result: Any) -> None:
        job.result = result
        if job.count is not None:
            job.progress = job.count(result)
        job.offers = job.offer_results(result) if job.offer_results else []
        is_taken_back = job.is_taken_back is not None and job.is_taken_back(result)
        done = "done_with_failures" if job.progress.failed else "done"
        self._end(job, "cancelled" if is_taken_back else done)

    def _end(self, job: Job, state: str, *, error: BaseException | None = None) -> None:
        job.state, job.error, job.ended_s = state, error, time.monotonic()
        job.handle = None  # its slots hold the job: together they would never be freed
        self.changed.emit(job)
        self.ended.emit(job)

    def _forget_old(self) -> None:
        finished = [job for job in self._jobs if not job.is_running]
        for job in finished[KEPT:]:
            self._jobs.remove(job)
