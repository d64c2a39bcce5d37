"""What every long service function gets as `ctx`: a way to report progress and to be stopped."""

from __future__ import annotations

import threading
from dataclasses import dataclass


class TaskCancelled(Exception):
    """The user asked to stop and the function reached a consistent point."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is: `done` of `total` (None = unknown), `failed` among the done, and what it waits for.

    `note` is a message key, `params` its placeholders.
    """

    done: int = 0
    total: int | None = None
    failed: int = 0
    note: str = ""
    params: tuple[tuple[str, object], ...] = ()


class TaskContext:
    """Progress and stop signal of one task. Threads: any."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.pause = threading.Event()
        self.progress = Progress()

    def report(self, done: int, total: int | None = None, *, failed: int = 0, note: str = "", **params: object) -> None:
        """Say how far the task is. One reference swap: no lock, no flood of events."""
        self.progress = Progress(done, total, failed, note, tuple(params.items()))

    def checkpoint(self) -> None:
        """Stand wherever stopping leaves consistent data.

        Raises:
            TaskCancelled: the user asked to stop.
        """
        if self.stop.is_set():
            raise TaskCancelled
