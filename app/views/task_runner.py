"""Work away from the GUI thread, its outcome back in it.

Three lanes behind one runner: coroutines on the running loop (network), plain functions on a few threads
(short SQL, files), and paths of functions on the worker process (`app.services.worker`), which is handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from app.views.receivers import Outcome

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future, ThreadPoolExecutor

    from app.services.tasks import Progress, TaskContext

    Work = Future[Any] | asyncio.Task[Any]

SAMPLE_MS = 100


class HeavyLane(Protocol):
    """The worker process, as far as the window knows it."""

    def submit(self, function: str, /, *args: Any, ctx: TaskContext) -> Future[Any]:
        """Run `package.module:function` there with *args* and `ctx`."""


class TaskHandle(QObject):
    """A running task, seen from the GUI thread: exactly one of three outcomes, then `finished`. A receiver that was
    deleted meanwhile is told nothing (`Outcome`).

    Emits:
        progressed: the task's `Progress`, when it changed, at most ten times a second.
        succeeded: the function's result.
        failed: its exception, an `AppError` or a bug.
        cancelled: it was stopped.
        finished: after any of the three.
    """

    _progressed = Signal(object)
    _succeeded = Signal(object)
    _failed = Signal(object)
    _cancelled = Signal()
    _finished = Signal()

    progressed = property(lambda self: Outcome(self._progressed))
    succeeded = property(lambda self: Outcome(self._succeeded))
    failed = property(lambda self: Outcome(self._failed))
    cancelled = property(lambda self: Outcome(self._cancelled))
    finished = property(lambda self: Outcome(self._finished))

    def __init__(self) -> None:
        from app.services.tasks import TaskContext

        super().__init__()  # no parent: lives as long as the runner works on it or somebody holds it
        self.context = TaskContext()
        self.is_finished = False
        self._shown = self.context.progress

    def cancel(self) -> None:
        """Ask the task to stop at its next consistent point."""
        self.context.stop.set()

    def pause(self, paused: bool = True) -> None:
        """Ask the task to wait, or to go on; the function decides where it can."""
        if paused:
            self.context.pause.set()
        else:
            self.context.pause.clear()

    @property
    def is_paused(self) -> bool:
        """Whether the task was asked to wait."""
        return self.context.pause.is_set()

    def sample(self) -> None:
        """Tell the progress if it changed since the last sample."""
        progress = self.context.progress
        if progress is not self._shown:
            self._shown = progress
            self.progressed.emit(progress)


class TaskRunner(QObject):
    """Runs functions and coroutines and reports in the GUI thread. Threads: make and call it there only."""

    _landed = Signal(object)

    def __init__(self, workers: int = 4, heavy: HeavyLane | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.heavy = heavy
        self._workers = workers
        self._live: dict[Work, TaskHandle] = {}
        self._closed = False
        self._landed.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._sampler = QTimer(self, interval=SAMPLE_MS)
        self._sampler.timeout.connect(self._sample)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        from concurrent.futures import ThreadPoolExecutor  # here, as asyncio: the window is painted without them

        return ThreadPoolExecutor(self._workers, "task")

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs and every outcome was delivered."""
        return not self._live

    def start(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> TaskHandle:
        """Run `fn(*args, **kwargs, ctx=TaskContext)`: a coroutine function on the running loop, else on a thread."""
        import asyncio
        import inspect

        handle = TaskHandle()
        if inspect.iscoroutinefunction(fn):
            loop = asyncio.get_running_loop()
            return self._watch(loop.create_task(fn(*args, ctx=handle.context, **kwargs)), handle)
        return self._on_thread(handle, fn, *args, ctx=handle.context, **kwargs)

    def call(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> TaskHandle:
        """Run a short function that takes no `ctx` on a thread: a page of rows, a file's size."""
        return self._on_thread(TaskHandle(), fn, *args, **kwargs)

    def start_heavy(self, function: str, /, *args: Any) -> TaskHandle:
        """Run `package.module:function` with picklable *args* and a `ctx` in the worker process.

        Raises:
            RuntimeError: this runner was given no worker process.
        """
        if self.heavy is None:
            raise RuntimeError("no worker process was given to the runner")
        handle = TaskHandle()
        return self._watch(self.heavy.submit(function, *args, ctx=handle.context), handle)

    def stop_all(self) -> None:
        """Ask everything that runs to stop; outcomes still arrive."""
        for work, handle in list(self._live.items()):
            handle.cancel()
            work.cancel()

    def shutdown(self) -> None:
        """Stop everything and wait for the threads; nothing is begun or reported any more.

        Call it after the windows are hidden and before databases are closed. Coroutines are cancelled and end when
        the loop turns: `await` the tasks of the loop afterwards.
        """
        self._closed = True
        self.stop_all()
        if isValid(self._sampler):  # at the end of the program Qt may have been quicker
            self._sampler.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._live.clear()

    def _on_thread(self, handle: TaskHandle, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> TaskHandle:
        if self._closed:  # a timer of the window was quicker than its end: as if it had been shut down meanwhile
            return handle
        return self._watch(self._pool.submit(fn, *args, **kwargs), handle)

    def _watch(self, work: Work, handle: TaskHandle) -> TaskHandle:
        self._live[work] = handle
        work.add_done_callback(self._on_done)  # in whichever thread; the signal is delivered in ours
        if not self._sampler.isActive():
            self._sampler.start()
        return handle

    def _on_done(self, work: Work) -> None:
        if not self._closed:
            self._landed.emit(work)

    def _sample(self) -> None:
        for handle in list(self._live.values()):
            handle.sample()

    def _deliver(self, work: Work) -> None:
        handle = self._live.pop(work, None)
        if handle is None:
            return  # shut down meanwhile
        if not self._live:
            self._sampler.stop()
        handle.sample()  # the last word on progress
        handle.is_finished = True
        error = None if work.cancelled() else work.exception()
        if work.cancelled() or _is_stop(error):
            handle.cancelled.emit()
        elif error is not None:
            handle.failed.emit(error)
        else:
            handle.succeeded.emit(work.result())
        handle.finished.emit()


def _is_stop(error: BaseException | None) -> bool:
    from asyncio import CancelledError

    from app.services.tasks import TaskCancelled

    return isinstance(error, TaskCancelled | CancelledError)


def progress_share(progress: Progress) -> float | None:
    """How much is done, 0 to 1; None while the total is unknown."""
    return min(1.0, progress.done / progress.total) if progress.total else None
