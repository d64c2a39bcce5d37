"""Pictures of widgets, for looking at them and for the guide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop
from PySide6.QtWidgets import QWidget

PATIENCE_MS = 5_000


def settle(is_ready: Callable[[], bool], patience_ms: int = PATIENCE_MS) -> bool:
    """Let events run until *is_ready*; False if it was not within *patience_ms*."""
    deadline = QDeadlineTimer(patience_ms)
    while not is_ready() and not deadline.hasExpired():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
    QCoreApplication.processEvents()
    return is_ready()


def grab(widget: QWidget, path: Path, size: tuple[int, int] | None = None) -> Path:
    """Save a PNG of *widget* as it is painted now.

    Args:
        widget: shown before if it was not; stays as it is.
        path: of the picture; missing folders are made.
        size: logical pixels to resize to first, such as (1440, 900).

    Returns:
        *path*.

    Raises:
        OSError: the picture cannot be written.
    """
    if size is not None:
        widget.resize(*size)
    if not widget.isVisible():
        widget.show()
    QCoreApplication.processEvents()
    path.parent.mkdir(parents=True, exist_ok=True)
    if not widget.grab().save(str(path)):
        raise OSError(f"cannot write {path}")
    return path


if __name__ == "__main__":
    import sys

    from app.views.picture_tour import main

    sys.exit(main(sys.argv[1:]))
