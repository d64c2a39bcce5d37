"""The worker process of a view test: its functions, on a thread of this process."""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

from app.services.tasks import TaskContext


class Lane:
    """The worker's functions, one at a time on a thread; what goes there and comes back is pickled as for a process.

    Attributes:
        gate: nothing begins before it is set.
        calls, arguments: names of the functions asked for, and what they were given.
        contexts: where they say how far they are.
        error: raised by the next call instead.
    """

    def __init__(self) -> None:
        self.gate = Event()
        self.gate.set()
        self.calls: list[str] = []
        self.arguments: list[tuple[Any, ...]] = []
        self.contexts: list[TaskContext] = []
        self.error: Exception | None = None
        self._pool = ThreadPoolExecutor(1, "lane")

    def submit(self, function: str, /, *args: Any, ctx: TaskContext | None = None) -> Future[Any]:
        """As `WorkerProcess.submit`."""
        module, _, name = function.partition(":")
        self.calls.append(name)
        self.arguments.append(args)
        self.contexts.append(ctx or TaskContext())
        found = getattr(importlib.import_module(module), name)
        return self._pool.submit(self._run, found, pickle.loads(pickle.dumps(args)), self.contexts[-1])

    def _run(self, function: Callable[..., Any], args: tuple[Any, ...], ctx: TaskContext) -> Any:
        assert self.gate.wait(30)
        ctx.checkpoint()
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return pickle.loads(pickle.dumps(function(*args, ctx=ctx)))

    def close(self) -> None:
        """End the thread."""
        self.gate.set()
        self._pool.shutdown()
