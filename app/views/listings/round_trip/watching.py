"""Noticing that a workbook was saved by another program, however that program saves."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

QUIET_MS = 900
"""A program writes a file in several steps; it counts as saved when nothing has happened for so long."""

State = tuple[int, int] | None
"""Time and size of a file, None while it is not there."""


class SavedFiles(QObject):
    """Watches workbooks. Excel writes a new file beside the old one and renames it, so the folder is watched, too, and
    the new file anew.

    Emits:
        saved: the path of a file that is another one than before.
    """

    saved = Signal(object)

    def __init__(self, parent: QObject | None = None, *, quiet_ms: int = QUIET_MS) -> None:
        super().__init__(parent)
        self._watcher = QFileSystemWatcher(self)
        self._states: dict[Path, State] = {}
        self._timer = QTimer(self, singleShot=True, interval=quiet_ms)
        self._watcher.fileChanged.connect(lambda _: self._timer.start())
        self._watcher.directoryChanged.connect(lambda _: self._timer.start())
        self._timer.timeout.connect(self._look)

    def watch(self, path: Path) -> None:
        """Tell when *path* is saved from now on."""
        self._states[path] = _state(path)
        self._watcher.addPaths([str(path), str(path.parent)])

    def forget(self, path: Path) -> None:
        """Do not watch *path* any more."""
        self._states.pop(path, None)
        self._watcher.removePath(str(path))

    def stop(self) -> None:
        """Watch nothing any more."""
        self._timer.stop()
        for path in list(self._states):
            self.forget(path)

    def _look(self) -> None:
        for path, before in list(self._states.items()):
            now = _state(path)
            if now is None or now == before:
                continue  # renamed away for a moment, or something else in its folder
            self._states[path] = now
            if str(path) not in self._watcher.files():
                self._watcher.addPath(str(path))
            self.saved.emit(path)


def _state(path: Path) -> State:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found.st_size else None
