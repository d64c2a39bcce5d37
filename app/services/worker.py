"""One long-lived spawned process for files and bulk work, so that the window's process only paints and talks.

`WorkerProcess.submit(function, *args, ctx=…)` runs `function(*args, ctx=context)` there; `function` is named by
import path so that nothing but the path and picklable arguments travels. Progress comes back at most twenty times a
second; stop and pause go there through events shared by both processes. A crash of the process is a failed
task (`WorkerDied`), and the next submit starts a new one.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import multiprocessing
import threading
import time
import traceback
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

from app.services.errors import AppError
from app.services.tasks import Progress, TaskCancelled, TaskContext

REPORT_INTERVAL_S = 0.05


class WorkerDied(AppError):
    """The worker process ended in the middle of the task (out of memory, killed); `exit_code` says how."""

    code = "worker.died"


@dataclass(slots=True)
class _Job:
    function: str
    args: tuple[Any, ...]


class _RemoteContext(TaskContext):
    """The context as the function in the worker sees it: reports through the pipe, is stopped by a shared event."""

    def __init__(self, pipe: Connection, stop: Event, pause: Event) -> None:
        super().__init__()
        self.stop = stop  # type: ignore[assignment]  # same interface: is_set, set, wait
        self.pause = pause  # type: ignore[assignment]
        self._pipe = pipe
        self._last = 0.0

    def report(self, done: int, total: int | None = None, *, failed: int = 0, note: str = "", **params: object) -> None:
        super().report(done, total, failed=failed, note=note, **params)
        moment = time.monotonic()
        if moment - self._last >= REPORT_INTERVAL_S or done == total:
            self._last = moment
            self._pipe.send(("progress", self.progress))


def _serve(pipe: Connection, stop: Event, pause: Event) -> None:
    """The worker's life: take a job, run it, answer, until the pipe closes."""
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        if job is None:
            return
        context = _RemoteContext(pipe, stop, pause)
        try:
            module, _, name = job.function.partition(":")
            function = getattr(importlib.import_module(module), name)
            outcome = ("done", function(*job.args, ctx=context))
        except BaseException as error:  # noqa: BLE001 - whatever happens to a task is told to its owner
            _note_where(error)
            outcome = ("failed", error)
        try:
            pipe.send(outcome)
        except Exception as error:  # noqa: BLE001 - a result that cannot be pickled must not kill the worker
            pipe.send(("failed", RuntimeError(f"{type(error).__name__}: {error}")))


def _note_where(error: BaseException) -> None:
    """A traceback does not cross to the other process: it goes as a note, which the log shows."""
    if not isinstance(error, AppError | TaskCancelled):
        error.add_note("".join(traceback.format_tb(error.__traceback__)))


class WorkerProcess:
    """Runs one job at a time; further jobs wait in order. Threads: any."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._stop, self._pause = self._context.Event(), self._context.Event()
        self._turn = threading.Lock()
        self._numbers = itertools.count(1)
        self._threads: set[threading.Thread] = set()
        self._is_closed = False

    def start(self) -> None:
        """Start the process if there is none; call it after the first paint, off the GUI thread."""
        if self._process is None or not self._process.is_alive():
            ours, theirs = self._context.Pipe()
            self._process = self._context.Process(
                target=_serve, args=(theirs, self._stop, self._pause), name="worker", daemon=True
            )
            self._process.start()
            theirs.close()
            self._pipe = ours

    def submit(self, function: str, *args: Any, ctx: TaskContext | None = None) -> Future[Any]:
        """Run `package.module:function` with *args* in the worker; the future holds what it returned or raised."""
        future: Future[Any] = Future()
        thread = threading.Thread(
            target=self._run,
            args=(_Job(function, args), ctx or TaskContext(), future),
            name=f"worker-job-{next(self._numbers)}",
            daemon=True,
        )
        self._threads.add(thread)
        thread.start()
        return future

    def _run(self, job: _Job, ctx: TaskContext, future: Future[Any]) -> None:
        try:
            with self._turn:
                if self._is_closed:
                    future.cancel()
                    return
                if future.set_running_or_notify_cancel():
                    self._converse(job, ctx, future)
        finally:
            self._threads.discard(threading.current_thread())

    def _converse(self, job: _Job, ctx: TaskContext, future: Future[Any]) -> None:
        """Send the job and relay progress and signals until it answers or the process is gone."""
        self._stop.clear()
        self._pause.clear()
        try:
            self.start()
            assert self._pipe is not None
            self._pipe.send(job)
            while True:
                self._relay(ctx)
                if self._pipe.poll(REPORT_INTERVAL_S):
                    kind, value = self._pipe.recv()
                    if kind == "progress":
                        ctx.progress = value if isinstance(value, Progress) else ctx.progress
                        continue
                    break
        except (EOFError, OSError):
            future.set_exception(self._buried())
            return
        except Exception as error:  # noqa: BLE001 - the future's owner must hear of it
            future.set_exception(error)
            return
        if kind == "done":
            future.set_result(value)
        else:
            future.set_exception(value)

    def _relay(self, ctx: TaskContext) -> None:
        wanted = ((ctx.stop.is_set() or self._is_closed, self._stop), (ctx.pause.is_set(), self._pause))
        for is_wanted, signal in wanted:
            if is_wanted != signal.is_set():
                signal.set() if is_wanted else signal.clear()

    def _buried(self) -> WorkerDied:
        process, self._process = self._process, None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if process is None:
            return WorkerDied(exit_code=None)
        process.join(5)
        return WorkerDied(exit_code=process.exitcode)

    def close(self, timeout_s: float = 10.0) -> None:
        """Ask the running job to stop, wait for it, end the process. Safe to call twice."""
        self._is_closed = True
        self._stop.set()
        for thread in list(self._threads):
            thread.join(timeout_s)
        if self._pipe is not None:
            with contextlib.suppress(OSError):
                self._pipe.send(None)
        if self._process is not None:
            self._process.join(timeout_s)
            if self._process.is_alive():
                self._process.terminate()
                self._process.join()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
