"""Telling a run that still lives from one that was killed: a file lock, which the operating system drops with it.

Heartbeats would be guesses: a laptop that sleeps for an hour is alive, a killed program is dead at once. The lock
lies beside the database, so that every program working on that file sees it.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from app.services.file_lock import try_lock


def lock_dir(database: Path) -> Path:
    """Where the locks of the runs on *database* lie."""
    return database.with_name(f"{database.name}.runs")


class RunOwner:
    """One run's name in the journal (`publish_task.owner`) and its lock. Use as a context manager."""

    def __init__(self, database: Path) -> None:
        host = "".join(sign for sign in socket.gethostname() if sign.isascii() and sign.isalnum())[:40]
        self.name = f"{host or 'host'}-{os.getpid()}-{uuid4().hex}"
        self._path = lock_dir(database) / f"{self.name}.lock"
        self._handle: int | None = None

    def __enter__(self) -> RunOwner:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if not try_lock(handle):  # the name is new: nobody else can hold it
            os.close(handle)
            raise OSError(f"{self._path.name}: locking is not supported in this folder")
        self._handle = handle
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
            with contextlib.suppress(OSError):
                self._path.unlink()


def is_alive(database: Path, owner: str) -> bool:
    """Whether the run called *owner* still holds its lock. Threads and processes: any."""
    path = lock_dir(database) / f"{owner}.lock"
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        if not try_lock(handle):
            return True
    finally:
        os.close(handle)
    with contextlib.suppress(OSError):  # Windows keeps the file as long as somebody else looks at it
        path.unlink()
    return False


def dead_among(database: Path, owners: Iterable[str]) -> list[str]:
    """Those of *owners* whose run is gone, in their order."""
    return [owner for owner in owners if owner and not is_alive(database, owner)]
