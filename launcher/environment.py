"""The environment `.venv`, made from the locked versions and stamped with what it was made from.

The stamp is written last, so a setup that was broken off is redone; while it fits, a start needs neither network nor
pip. A new environment is made while the old one stands aside, and the old one comes back if that fails.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from launcher.processes import run_helper
from launcher.speech import NotReady, say, tr


@dataclass(frozen=True)
class Stamp:
    """What an environment was made from. `lock`: SHA-256 of the lock file; `python`: minor version such as `3.11`."""

    lock: str
    python: str


class Environment:
    """The environment of the checkout *root*."""

    def __init__(self, root: Path) -> None:
        self.folder = root / ".venv"
        self.lock = root / "requirements.lock"
        self.build = root / "build"
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self._stamp = self.folder / "shangjia.json"

    def is_current(self) -> bool:
        """Whether the stamp fits the lock file and this interpreter, and the interpreter behind it still exists."""
        try:
            stamp = json.loads(self._stamp.read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return stamp == asdict(self._wanted()) and self.python.exists()

    def _wanted(self) -> Stamp:
        lock = hashlib.sha256(self.lock.read_bytes()).hexdigest()
        return Stamp(lock, "{}.{}".format(*sys.version_info[:2]))

    @contextmanager
    def setup(self) -> Iterator[None]:
        """One setup at a time: of two launchers started together the second waits. The system frees it on a crash.

        Raises:
            NotReady: the folder of the program cannot be written to.
        """
        try:
            self.build.mkdir(exist_ok=True)
            file = (self.build / "setup.lock").open("ab")
        except OSError as error:
            say(tr("launcher.read_only", folder=self.build.parent, reason=error))
            raise NotReady from error
        with file:
            _lock(file.fileno())
            yield

    def make(self) -> None:
        """Make the environment anew.

        Raises:
            NotReady: `venv` or pip failed, or a program of the old environment is running (Windows).
        """
        say(tr("launcher.making", python="{}.{}.{}".format(*sys.version_info[:3]), folder=self.folder))
        aside = self._set_aside()
        try:
            self._create()
        except BaseException:
            _discard(self.folder)
            if aside.exists():
                aside.rename(self.folder)
            raise
        _discard(aside)
        part = self._stamp.with_suffix(".part")
        part.write_text(json.dumps(asdict(self._wanted())), "utf-8")
        part.replace(self._stamp)
        say(tr("launcher.made"))

    def _set_aside(self) -> Path:
        aside = self.build / "previous-venv"
        _discard(aside)
        if self.folder.exists() or self.folder.is_symlink():
            try:
                self.folder.rename(aside)
            except OSError as error:
                say(tr("launcher.in_use", folder=self.folder, reason=error))
                raise NotReady from error
        return aside

    def _create(self) -> None:
        # Started by the interpreter of `.venv` itself, the new one must still stand on the interpreter behind that.
        base = getattr(sys, "_base_executable", None) or sys.executable
        if run_helper(base, "-I", "-m", "venv", self.folder):
            say(tr("launcher.venv_failed"))
            raise NotReady
        install = ("install", "--disable-pip-version-check", "--no-input", "--quiet", "--no-deps", "--require-hashes")
        if run_helper(self.python, "-I", "-m", "pip", *install, "-r", self.lock):
            say(tr("launcher.pip_failed"))
            raise NotReady


def _lock(descriptor: int) -> None:
    """Wait for the file to be ours, and keep it until it is closed."""
    if sys.platform == "win32":
        import msvcrt

        while True:
            with suppress(OSError):
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # itself tries for ten seconds
                break
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _discard(folder: Path) -> None:
    """Delete a folder, or the link to one."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
