"""Programs that begin with everything loaded: forked from one that loaded it once, which no test process does safely.

Loading takes a second of processor time and publishing a few listings a tenth of it. Each program is a process of its
own all the same: it can be killed, and its end says how it ended. Where the system cannot fork, each loads its own.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

WAYS = multiprocessing.get_all_start_methods()
FORKING: Any = multiprocessing.get_context("forkserver" if "forkserver" in WAYS else "spawn")


def load_once(*modules: str) -> None:
    """Have these loaded before programs begin; to be said before the first does."""
    if "forkserver" in WAYS:
        FORKING.set_forkserver_preload(["pytest", *modules])


class Program:
    """A function that runs in a process of its own, as `asyncio.subprocess.Process` tells of it."""

    def __init__(self, function: Callable[..., None], *arguments: Any) -> None:
        handle, name = tempfile.mkstemp(prefix="said-")
        os.close(handle)
        self._file, self._said = Path(name), b""
        self._process = FORKING.Process(target=_speaking, args=(name, function, arguments))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        code: int | None = self._process.exitcode
        return code

    def kill(self) -> None:
        """As `kill -9`."""
        self._process.kill()

    async def wait(self) -> int:
        """Until its end. Returns: its exit code."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        if self._file.exists():
            self._said = self._file.read_bytes()
            self._file.unlink()
        code: int = self._process.exitcode
        return code

    async def communicate(self) -> tuple[bytes, None]:
        """Until its end. Returns: what it said."""
        await self.wait()
        return self._said, None


def _speaking(name: str, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """In the program: its standard output is the file."""
    file = os.open(name, os.O_WRONLY)
    os.dup2(file, 1)
    function(*arguments)
